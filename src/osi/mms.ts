import { defineModule } from '../asn1/schema.ts';
import { ACSE } from './acse.ts';
import { EVENTS } from './mms-events.ts';
import { OBJECTS } from './mms-objects.ts';
import { VARIABLES } from './mms-variables.ts';

/** Bits of ServiceSupportOptions: the confirmed services by tag number, 56 under the name of its result, then the unconfirmed ones. */
const SUPPORT = `status getNameList identify rename read write getVariableAccessAttributes defineNamedVariable defineScatteredAccess
  getScatteredAccessAttributes deleteVariableAccess defineNamedVariableList getNamedVariableListAttributes deleteNamedVariableList
  defineNamedType getNamedTypeAttributes deleteNamedType input output takeControl relinquishControl defineSemaphore deleteSemaphore
  reportSemaphoreStatus reportPoolSemaphoreStatus reportSemaphoreEntryStatus initiateDownloadSequence downloadSegment
  terminateDownloadSequence initiateUploadSequence uploadSegment terminateUploadSequence requestDomainDownload requestDomainUpload
  loadDomainContent storeDomainContent deleteDomain getDomainAttributes createProgramInvocation deleteProgramInvocation start stop
  resume reset kill getProgramInvocationAttributes obtainFile defineEventCondition deleteEventCondition getEventConditionAttributes
  reportEventConditionStatus alterEventConditionMonitoring triggerEvent defineEventAction deleteEventAction getEventActionAttributes
  reportActionStatus defineEventEnrollment deleteEventEnrollment alterEventEnrollment reportEventEnrollmentStatus
  getEventEnrollmentAttributes acknowledgeEventNotification getAlarmSummary getAlarmEnrollmentSummary readJournal writeJournal
  initializeJournal reportJournalStatus createJournal deleteJournal getCapabilityList fileOpen fileRead fileClose fileRename fileDelete
  fileDirectory unsolicitedStatus informationReport eventNotification attachToEventCondition attachToSemaphore conclude cancel`;

/**
 * The Manufacturing Message Specification, ISO 9506-2 (1990), whose module tags explicitly: what is IMPLICIT there has the default tag
 * here. Where Wireshark spells a component in another way than the standard, it stands behind `@`.
 */
export const MMS = defineModule({
  proto: 'mms',
  id: 'iso9506',
  imports: [ACSE],
  types: {
    MMSpdu: `CHOICE {
      confirmed-RequestPDU [0] Confirmed-RequestPDU, confirmed-ResponsePDU [1] Confirmed-ResponsePDU,
      confirmed-ErrorPDU [2] Confirmed-ErrorPDU, unconfirmed-PDU [3] Unconfirmed-PDU, rejectPDU [4] RejectPDU,
      cancel-RequestPDU [5] INT, cancel-ResponsePDU [6] INT, cancel-ErrorPDU [7] Cancel-ErrorPDU,
      initiate-RequestPDU [8] Initiate-RequestPDU, initiate-ResponsePDU [9] Initiate-ResponsePDU,
      initiate-ErrorPDU [10] ServiceError,
      conclude-RequestPDU [11] NULL, conclude-ResponsePDU [12] NULL, conclude-ErrorPDU [13] ServiceError
    }`,
    'Confirmed-RequestPDU': `SEQ {
      invokeID INT,
      listOfModifier? SEQOF Modifier,
      confirmedServiceRequest ConfirmedServiceRequest,
      cs-request-detail@mms.cs_request_detail? [79] ANY
    }`,
    'Confirmed-ResponsePDU': `SEQ {
      invokeID INT,
      confirmedServiceResponse ConfirmedServiceResponse,
      cs-request-detail@mms.cs_request_detail? [79] ANY
    }`,
    'Confirmed-ErrorPDU': 'SEQ { invokeID [0] INT, modifierPosition? [1] INT, serviceError [2] ServiceError }',
    'Unconfirmed-PDU': `SEQ {
      unconfirmedService UnconfirmedService,
      cs-request-detail@mms.cs_request_detail? [79] ANY
    }`,
    UnconfirmedService: `CHOICE {
      informationReport [0] InformationReport, unsolicitedStatus [1] Status-Response, eventNotification [2] EventNotification
    }`,
    Modifier:
      'CHOICE { attach-To-Event-Condition [0] AttachToEventCondition, attach-To-Semaphore [1] AttachToSemaphore }',
    ConfirmedServiceRequest: `CHOICE {
      status [0] BOOL, getNameList [1] GetNameList-Request, identify [2] NULL, rename [3] Rename-Request,
      read [4] Read-Request, write [5] Write-Request,
      getVariableAccessAttributes [6!] GetVariableAccessAttributes-Request, defineNamedVariable [7] DefineNamedVariable-Request,
      defineScatteredAccess [8] DefineScatteredAccess-Request, getScatteredAccessAttributes [9!] ObjectName,
      deleteVariableAccess [10] DeleteVariableAccess-Request,
      defineNamedVariableList [11] DefineNamedVariableList-Request, getNamedVariableListAttributes [12!] ObjectName,
      deleteNamedVariableList [13] DeleteNamedVariableList-Request,
      defineNamedType [14] DefineNamedType-Request, getNamedTypeAttributes [15!] ObjectName,
      deleteNamedType [16] DeleteNamedType-Request,
      input [17] Input-Request, output [18] Output-Request,
      takeControl [19] TakeControl-Request, relinquishControl [20] RelinquishControl-Request,
      defineSemaphore [21] DefineSemaphore-Request, deleteSemaphore [22!] ObjectName, reportSemaphoreStatus [23!] ObjectName,
      reportPoolSemaphoreStatus [24] ReportPoolSemaphoreStatus-Request,
      reportSemaphoreEntryStatus [25] ReportSemaphoreEntryStatus-Request,
      initiateDownloadSequence [26] InitiateDownloadSequence-Request, downloadSegment [27] Identifier,
      terminateDownloadSequence [28] TerminateDownloadSequence-Request,
      initiateUploadSequence [29] Identifier, uploadSegment [30] INT, terminateUploadSequence [31] INT,
      requestDomainDownload [32] RequestDomainDownload-Request, requestDomainUpload [33] RequestDomainUpload-Request,
      loadDomainContent [34] LoadDomainContent-Request, storeDomainContent [35] StoreDomainContent-Request,
      deleteDomain [36] Identifier, getDomainAttributes [37] Identifier,
      createProgramInvocation [38] CreateProgramInvocation-Request, deleteProgramInvocation [39] Identifier,
      start [40] Start-Request, stop [41] Stop-Request, resume [42] Start-Request, reset [43] Stop-Request, kill [44] Stop-Request,
      getProgramInvocationAttributes [45] Identifier,
      obtainFile [46] ObtainFile-Request,
      defineEventCondition [47] DefineEventCondition-Request,
      deleteEventCondition@mms.confirmedServiceRequest.deleteEventCondition [48!] DeleteEventCondition-Request,
      getEventConditionAttributes [49!] ObjectName, reportEventConditionStatus [50!] ObjectName,
      alterEventConditionMonitoring [51] AlterEventConditionMonitoring-Request, triggerEvent [52] TriggerEvent-Request,
      defineEventAction [53] DefineEventAction-Request,
      deleteEventAction@mms.confirmedServiceRequest.deleteEventAction [54!] DeleteEventAction-Request,
      getEventActionAttributes [55!] ObjectName, reportEventActionStatus [56!] ObjectName,
      defineEventEnrollment [57] DefineEventEnrollment-Request,
      deleteEventEnrollment@mms.confirmedServiceRequest.deleteEventEnrollment [58!] DeleteEventEnrollment-Request,
      alterEventEnrollment [59] AlterEventEnrollment-Request, reportEventEnrollmentStatus [60!] ObjectName,
      getEventEnrollmentAttributes [61] GetEventEnrollmentAttributes-Request,
      acknowledgeEventNotification [62] AcknowledgeEventNotification-Request,
      getAlarmSummary [63] GetAlarmSummary-Request, getAlarmEnrollmentSummary [64] GetAlarmEnrollmentSummary-Request,
      readJournal [65] ReadJournal-Request, writeJournal [66] WriteJournal-Request,
      initializeJournal [67] InitializeJournal-Request, reportJournalStatus [68!] ObjectName,
      createJournal [69] CreateJournal-Request, deleteJournal [70] CreateJournal-Request,
      getCapabilityList [71] GetCapabilityList-Request,
      fileOpen [72] FileOpen-Request, fileRead [73] INT, fileClose [74] INT, fileRename [75] FileRename-Request,
      fileDelete [76] FileName, fileDirectory [77] FileDirectory-Request
    }`,
    ConfirmedServiceResponse: `CHOICE {
      status [0] Status-Response, getNameList [1] GetNameList-Response, identify [2] Identify-Response, rename [3] NULL,
      read [4] Read-Response, write [5] Write-Response,
      getVariableAccessAttributes [6] GetVariableAccessAttributes-Response, defineNamedVariable [7] NULL,
      defineScatteredAccess [8] NULL, getScatteredAccessAttributes [9] GetScatteredAccessAttributes-Response,
      deleteVariableAccess [10] Delete-Response,
      defineNamedVariableList [11] NULL, getNamedVariableListAttributes [12] GetNamedVariableListAttributes-Response,
      deleteNamedVariableList [13] Delete-Response,
      defineNamedType [14] NULL, getNamedTypeAttributes [15] GetNamedTypeAttributes-Response, deleteNamedType [16] Delete-Response,
      input [17] VISIBLE, output [18] NULL,
      takeControl [19!] TakeControl-Response, relinquishControl [20] NULL, defineSemaphore [21] NULL, deleteSemaphore [22] NULL,
      reportSemaphoreStatus [23] ReportSemaphoreStatus-Response,
      reportPoolSemaphoreStatus [24] ReportPoolSemaphoreStatus-Response,
      reportSemaphoreEntryStatus [25] ReportSemaphoreEntryStatus-Response,
      initiateDownloadSequence@mms.initiateDownloadSequence_element [26] NULL, downloadSegment [27] LoadData-Response,
      terminateDownloadSequence [28] NULL,
      initiateUploadSequence [29] InitiateUploadSequence-Response, uploadSegment [30] LoadData-Response,
      terminateUploadSequence [31] NULL,
      requestDomainDownload@mms.requestDomainDownLoad_element [32] NULL, requestDomainUpload [33] NULL,
      loadDomainContent [34] NULL, storeDomainContent [35] NULL,
      deleteDomain [36] NULL, getDomainAttributes [37] GetDomainAttributes-Response,
      createProgramInvocation [38] NULL, deleteProgramInvocation [39] NULL,
      start [40] NULL, stop [41] NULL, resume [42] NULL, reset [43] NULL, kill [44] NULL,
      getProgramInvocationAttributes [45] GetProgramInvocationAttributes-Response,
      obtainFile [46] NULL,
      defineEventCondition [47] NULL, deleteEventCondition@mms.confirmedServiceResponse.deleteEventCondition [48] INT,
      getEventConditionAttributes [49] GetEventConditionAttributes-Response,
      reportEventConditionStatus [50] ReportEventConditionStatus-Response,
      alterEventConditionMonitoring [51] NULL, triggerEvent [52] NULL,
      defineEventAction [53] NULL, deleteEventAction [54] INT, getEventActionAttributes [55] GetEventActionAttributes-Response,
      reportEventActionStatus@mms.reportActionStatus [56] INT,
      defineEventEnrollment [57] NULL, deleteEventEnrollment@mms.confirmedServiceResponse.deleteEventEnrollment [58] INT,
      alterEventEnrollment [59] AlterEventEnrollment-Response,
      reportEventEnrollmentStatus [60] ReportEventEnrollmentStatus-Response,
      getEventEnrollmentAttributes [61] GetEventEnrollmentAttributes-Response,
      acknowledgeEventNotification [62] NULL,
      getAlarmSummary [63] GetAlarmSummary-Response, getAlarmEnrollmentSummary [64] GetAlarmEnrollmentSummary-Response,
      readJournal [65] ReadJournal-Response, writeJournal [66] NULL, initializeJournal [67] INT,
      reportJournalStatus [68] ReportJournalStatus-Response, createJournal [69] NULL, deleteJournal [70] NULL,
      getCapabilityList [71] GetCapabilityList-Response,
      fileOpen [72] FileOpen-Response, fileRead [73] FileRead-Response, fileClose [74] NULL, fileRename [75] NULL,
      fileDelete [76] NULL, fileDirectory [77] FileDirectory-Response
    }`,

    'Initiate-RequestPDU': `SEQ {
      localDetailCalling? [0] INT,
      proposedMaxServOutstandingCalling [1] INT,
      proposedMaxServOutstandingCalled [2] INT,
      proposedDataStructureNestingLevel? [3] INT,
      mmsInitRequestDetail [4] SEQ {
        proposedVersionNumber [0] INT,
        proposedParameterCBB [1] ParameterSupportOptions,
        servicesSupportedCalling [2] ServiceSupportOptions
      }
    }`,
    'Initiate-ResponsePDU': `SEQ {
      localDetailCalled? [0] INT,
      negotiatedMaxServOutstandingCalling@mms.negociatedMaxServOutstandingCalling [1] INT,
      negotiatedMaxServOutstandingCalled@mms.negociatedMaxServOutstandingCalled [2] INT,
      negotiatedDataStructureNestingLevel@mms.negociatedDataStructureNestingLevel? [3] INT,
      mmsInitResponseDetail [4] SEQ {
        negotiatedVersionNumber@mms.negociatedVersionNumber [0] INT,
        negotiatedParameterCBB@mms.negociatedParameterCBB [1] ParameterSupportOptions,
        servicesSupportedCalled [2] ServiceSupportOptions
      }
    }`,
    ParameterSupportOptions: 'BITS { str1 str2 vnam valt vadr vsca tpy vlis real cei=10 }',
    ServiceSupportOptions: `BITS { ${SUPPORT} }`,

    'Cancel-ErrorPDU': 'SEQ { originalInvokeID [0] INT, serviceError [1] ServiceError }',
    ServiceError: `SEQ {
      errorClass [0!] CHOICE {
        vmd-state [0] INT { other vmd-state-conflict vmd-operational-problem domain-transfer-problem state-machine-id-invalid },
        application-reference [1] INT { other application-unreachable connection-lost application-reference-invalid
          context-unsupported },
        definition [2] INT { other object-undefined invalid-address type-unsupported type-inconsistent object-exists
          object-attribute-inconsistent },
        resource [3] INT { other memory-unavailable processor-resource-unavailable mass-storage-unavailable capability-unavailable
          capability-unknown },
        service [4] INT { other primitives-out-of-sequence object-state-conflict pdu-size continuation-invalid
          object-constraint-conflict },
        service-preempt [5] INT { other timeout deadlock cancel },
        time-resolution [6] INT { other unsupportable-time-resolution },
        access [7] INT { other object-access-unsupported object-non-existent object-access-denied object-invalidated },
        initiate [8] INT { other version-incompatible max-segment-insufficient max-services-outstanding-calling-insufficient
          max-services-outstanding-called-insufficient service-CBB-insufficient parameter-CBB-insufficient
          nesting-level-insufficient },
        conclude [9] INT { other further-communication-required },
        cancel [10] INT { other invoke-id-unknown cancel-not-possible },
        file [11] INT { other filename-ambiguous file-busy filename-syntax-error content-type-invalid position-invalid
          file-access-denied file-non-existent duplicate-filename insufficient-space-in-filestore },
        others [12] INT
      },
      additionalCode? [1] INT,
      additionalDescription? [2] VISIBLE,
      serviceSpecificInformation? [3!] CHOICE {
        obtainFile [0] FileError,
        start [1] ProgramInvocationState, stop [2] ProgramInvocationState, resume [3] ProgramInvocationState,
        reset [4] ProgramInvocationState,
        deleteVariableAccess [5] INT, deleteNamedVariableList [6] INT, deleteNamedType [7] INT,
        defineEventEnrollment-Error [8!] ObjectName,
        fileRename [9] FileError,
        additionalService@mms.additionalService [10] ANY,
        changeAccessControl [11] INT
      }
    }`,
    RejectPDU: `SEQ {
      originalInvokeID? [0] INT,
      rejectReason CHOICE {
        confirmed-requestPDU [1] INT { other unrecognized-service unrecognized-modifier invalid-invokeID invalid-argument
          invalid-modifier max-serv-outstanding-exceeded max-recursion-exceeded=8 value-out-of-range },
        confirmed-responsePDU [2] INT { other unrecognized-service invalid-invokeID invalid-result max-recursion-exceeded=5
          value-out-of-range },
        confirmed-errorPDU [3] INT { other unrecognized-service invalid-invokeID invalid-serviceError value-out-of-range },
        unconfirmedPDU [4] INT { other unrecognized-service invalid-argument max-recursion-exceeded value-out-of-range },
        pdu-error [5] INT { unknown-pdu-type invalid-pdu illegal-acse-mapping },
        cancel-requestPDU [6] INT { other invalid-invokeID },
        cancel-responsePDU [7] INT { other invalid-invokeID },
        cancel-errorPDU [8] INT { other invalid-invokeID invalid-serviceError value-out-of-range },
        conclude-requestPDU [9] INT { other invalid-argument },
        conclude-responsePDU [10] INT { other invalid-result },
        conclude-errorPDU [11] INT { other invalid-serviceError value-out-of-range }
      }
    }`,

    Identifier: 'VISIBLE',
    ObjectName: `CHOICE {
      vmd-specific [0] Identifier,
      domain-specific [1] SEQ { domainId Identifier, itemId Identifier },
      aa-specific [2] Identifier
    }`,
    FileName: 'SEQOF GRAPHIC',
    /** Milliseconds since midnight, and days since 1984 in two more octets. */
    TimeOfDay: 'OCTETS',
    ApplicationReference: `SEQ {
      ap-title? [0!] acse.AP-title,
      ap-invocation-id? [1!] INT,
      ae-qualifier? [2!] acse.AE-qualifier,
      ae-invocation-id? [3!] INT
    }`,
    ...OBJECTS,
    ...VARIABLES,
    ...EVENTS,
  },
});
