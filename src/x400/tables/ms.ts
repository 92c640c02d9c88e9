import { defineModule } from '../../asn1/schema.ts';
import { ACCESS } from './access.ts';
import { ADDRESS } from './address.ts';
import { MTS } from './mts.ts';

/**
 * X.413 message store access (P7). Its module has EXPLICIT TAGS. Attribute values are OPEN by attribute type; the object identifiers
 * of attributes are in the registry (registry.ts), those of MSExtensions and of auto-actions too. Submission control and cancel-deferred-delivery are P3's.
 */
export const MS = defineModule({
  proto: 'p7',
  tags: 'explicit',
  imports: [ACCESS, ADDRESS, MTS],
  types: {
    MSBindArgument: `GUARD SET {
      initiator-name or.ORName,
      initiator-credentials [2] mts.Credentials,
      security-context? [3~] or.SecurityContext,
      fetch-restrictions? [4] Restrictions,
      ms-configuration-request? [5] BOOL,
      ua-registration-identifier? [6] PRINTABLE,
      bind-extensions? [7] MSExtensions
    }`,
    MSBindResult: `GUARD SET {
      responder-credentials [2] mts.Credentials,
      available-auto-actions? [3] SETOF AutoActionType,
      available-attribute-types? [4] SETOF AttributeType,
      alert-indication? [5] BOOL,
      content-types-supported? [6] SETOF OID,
      entry-classes-supported? [7] SETOF EntryClass,
      matching-rules-supported? [8] SETOF OID,
      bind-result-extensions? [9] MSExtensions,
      message-group-depth? [10] INT,
      auto-action-error-indication? [11] AutoActionErrorIndication,
      unsupported-extensions? [12] SETOF OID,
      ua-registration-id-unknown? [13] BOOL,
      service-information? [14] GENERAL
    }`,
    'PAR-ms-bind-error': `CHOICE {
      unqualified-error BindProblem,
      qualified-error SET {
        bind-problem [0] BindProblem, supplementary-information? [1] GENERAL, bind-extension-errors? [2] SETOF OID }
    }`,
    BindProblem: `ENUM { authentication-error unacceptable-security-context unable-to-establish-association
      bind-extension-problem inadequate-association-confidentiality }`,
    Restrictions: `SET {
      allowed-content-types? [0] SETOF OID, allowed-EITs? [1] SETOF MS-EIT, maximum-attribute-length? [2] INT }`,
    'MS-EIT': 'OID',
    MSExtensions: 'SEQOF MSExtensionItem',
    MSExtensionItem: `[U8~] SEQ {
      direct-reference@ber.direct_reference OID,
      value@ber.single_ASN1_type? [0] OPEN(; direct-reference)
    }`,
    ChangeCredentialsAlgorithms: 'SETOF OID',
    OriginatorToken: 'alias mts.MessageToken',
    ProtectedChangeCredentials: `GUARD SEQ {
      algorithm-identifier [0~] OID, old-credentials mts.Credentials, password-delta [2~] SECRET BITS }`,
    AutoActionType: 'OID',
    AttributeType: 'OID',
    Attribute: 'SEQ { attribute-type AttributeType, attribute-values SEQOF OPEN(; attribute-type) }',
    AttributeValueAssertion: 'SEQ { attribute-type AttributeType, attribute-value OPEN(; attribute-type) }',
    EntryClass: `INT { delivery submission draft stored-message delivery-log submission-log message-log auto-action-log }`,
    SequenceNumber: 'INT',
    CreationTime: 'UTCTIME',
    DeletionTime: 'UTCTIME',
    DeferredDeliveryCancellationTime: 'UTCTIME',
    StorageTime: 'UTCTIME',
    StoragePeriod: 'INT',
    RetrievalStatus: 'INT { new listed processed }',
    EntryType: `INT { delivered-message delivered-report returned-content submitted-message submitted-probe draft-message
      auto-action-event }`,
    ReportSummary: `ENUM { no-report-requested no-report-received report-outstanding delivery-cancelled
      delivery-report-from-another-recipient non-delivery-report-from-another-recipient
      delivery-report-from-intended-recipient non-delivery-report-from-intended-recipient }`,
    MessageGroupName: 'SEQOF GroupNamePart',
    GroupNamePart: 'GENERAL',
    ReportLocation: 'CHOICE { no-correlated-reports [0] NULL, location [1] SEQOF PerRecipientReport }',
    PerRecipientReport: 'SEQ { report-entry [0] SequenceNumber, position? [1] INT }',
    AutoActionError: `SET {
      error-code@p7.error_code_element [0] CHOICE { local@ros.local INT, global@ros.global OID }, error-parameter? [1] ANY }`,
    SubmissionError: `CHOICE {
      submission-control-violated [1] NULL,
      originator-invalid [2] NULL,
      recipient-improperly-specified [3] p3.ImproperlySpecifiedRecipients,
      element-of-service-not-subscribed [4] NULL,
      inconsistent-request [11] NULL,
      security-error [12] p3.SecurityProblem,
      unsupported-critical-function [13] NULL,
      remote-bind-error [15] NULL,
      service-error [27] ServiceErrorParameter,
      message-group-error [30] MessageGroupErrorParameter,
      ms-extension-error [31] MSExtensionErrorParameter,
      entry-class-error [34] EntryClassErrorParameter
    }`,
    SignatureStatus: `INT { signature-absent verification-in-progress verification-succeeded verification-not-possible
      content-converted signature-encrypted algorithm-not-supported certificate-not-obtainable verification-failed }`,
    SignatureVerificationStatus: `SET {
      content-integrity-check? [0] SignatureStatus,
      message-origin-authentication-check? [1] SignatureStatus,
      message-token? [2] SignatureStatus,
      report-origin-authentication-check? [3] SignatureStatus,
      proof-of-delivery? [4] SignatureStatus,
      proof-of-submission? [5] SignatureStatus
    }`,
    AutoActionErrorIndication: 'CHOICE { indication-only [0] NULL, auto-action-log-entry [1] SequenceNumber }',

    Selector: `SET {
      child-entries? [0] BOOL,
      range? [1] CHOICE {
        sequence-number-range [0] SEQ {
          from@p7.numberRange.number? [0] SequenceNumber, to@p7.NumberRange.to? [1] SequenceNumber },
        creation-time-range [1] SEQ { from@p7.timeRange.time? [0] UTCTIME, to@p7.timeRange.to? [1] UTCTIME }
      },
      filter? [2] Filter,
      limit? [3] INT,
      override? [4] OverrideRestrictions
    }`,
    OverrideRestrictions: `BITS { override-content-types-restriction override-EITs-restriction
      override-attribute-length-restriction }`,
    Filter: 'CHOICE { item [0] FilterItem, and [1] SETOF Filter, or [2] SETOF Filter, not [3] Filter }',
    FilterItem: `CHOICE {
      equality [0] AttributeValueAssertion,
      substrings [1] SEQ { type AttributeType, strings SEQOF CHOICE {
        initial [0] OPEN(; type), any [1] OPEN(; type), final [2] OPEN(; type) } },
      greater-or-equal [2] AttributeValueAssertion,
      less-or-equal [3] AttributeValueAssertion,
      present [4] AttributeType,
      approximate-match [5] AttributeValueAssertion,
      other-match [6] SEQ { matching-rule [0] OID, attribute-type [1] AttributeType, match-value [2] ANY }
    }`,
    AttributeSelection: 'SET { type AttributeType, from? [0] INT, count? [1] INT }',
    EntryInformation: `SEQ {
      sequence-number SequenceNumber,
      attributes? SETOF Attribute,
      value-count-exceeded? [0] SETOF AttributeValueCount
    }`,
    AttributeValueCount: 'SEQ { type [0] AttributeType, total [1] INT }',
    MSSubmissionOptions: `SET {
      object-entry-class? [0] EntryClass, disable-auto-modify? [1] BOOL, add-message-group-names? [2] SETOF MessageGroupName,
      ms-submission-extensions? [3] MSExtensions }`,
    CommonSubmissionResults: `SET {
      created-entry? [0] SequenceNumber, auto-action-error-indication? [1] AutoActionErrorIndication,
      ms-submission-result-extensions? [2] MSExtensions }`,

    SummarizeArgument: `SET {
      entry-class? [0] EntryClass, selector [1] Selector, summary-requests? [2] SEQOF AttributeType,
      summarize-extensions? [3] MSExtensions }`,
    SummarizeResult: `SET {
      next? [0] SequenceNumber,
      count [1] INT,
      span? [2] SEQ { lowest [0] SequenceNumber, highest [1] SequenceNumber },
      summaries? [3] SEQOF Summary,
      summarize-result-extensions? [4] MSExtensions
    }`,
    Summary: `SET {
      absent? [0] INT,
      present@p7.summary.present? [1] SETOF@p7.present_item_element SEQ { type AttributeType, value OPEN(; type), count INT }
    }`,
    ListArgument: `SET {
      entry-class? [0] EntryClass, selector [1] Selector, requested-attributes? [3] SETOF AttributeSelection,
      list-extensions? [4] MSExtensions }`,
    ListResult: `SET {
      next? [0] SequenceNumber, requested? [1] SEQOF EntryInformation, list-result-extensions? [2] MSExtensions }`,
    FetchArgument: `SET {
      entry-class? [0] EntryClass,
      item CHOICE { search [1] Selector, precise [2] SequenceNumber },
      requested-attributes? [3] SETOF AttributeSelection,
      fetch-extensions? [4] MSExtensions
    }`,
    FetchResult: `SET {
      entry-information? [0] EntryInformation, list? [1] SEQOF SequenceNumber, next? [2] SequenceNumber,
      fetch-result-extensions? [3] MSExtensions }`,
    DeleteArgument: `SET {
      entry-class? [0] EntryClass,
      items CHOICE { selector [1] Selector, sequence-numbers [2] SETOF SequenceNumber },
      delete-extensions? [3] MSExtensions
    }`,
    DeleteResult: `CHOICE {
      delete-result-88 NULL,
      delete-result-94 SET { entries-deleted? [0] SEQOF SequenceNumber, delete-result-extensions? [1] MSExtensions }
    }`,
    'Register-MSArgument': `GUARD SET {
      auto-action-registrations? [0] SETOF AutoActionRegistration,
      auto-action-deregistrations? [1] SETOF AutoActionDeregistration,
      list-attribute-defaults? [2] SETOF AttributeType,
      fetch-attribute-defaults? [3] SETOF AttributeType,
      change-credentials? [4] SEQ { old-credentials [0] mts.Credentials, new-credentials [1] mts.Credentials },
      user-security-labels? [5] SETOF@p7.SecurityLabel_element or.SecurityLabel,
      ua-registrations? [6] SETOF UARegistration,
      submission-defaults? [7] MSSubmissionOptions,
      message-group-registrations? [8] SEQOF@p7.MessageGroupRegistrations_item CHOICE {
        register-group [0] MessageGroupNameAndDescriptor, deregister-group [1] MessageGroupName,
        change-descriptors [2] MessageGroupNameAndDescriptor },
      registration-status-request? [9] RegistrationTypes,
      register-ms-extensions? [10] MSExtensions
    }`,
    AutoActionRegistration: `SEQ {
      auto-action-type AutoActionType, registration-identifier? [0] INT, registration-parameter? [1] OPEN(; auto-action-type) }`,
    AutoActionDeregistration: 'SEQ { auto-action-type AutoActionType, registration-identifier? [0] INT }',
    UARegistration: `SET {
      ua-registration-identifier [0] PRINTABLE, ua-list-attribute-defaults? [1] SETOF AttributeType,
      ua-fetch-attribute-defaults? [2] SETOF AttributeType, ua-submission-defaults? [3] MSSubmissionOptions,
      content-specific-defaults? [4] MSExtensions }`,
    MessageGroupNameAndDescriptor:
      'SET { message-group-name [0] MessageGroupName, message-group-descriptor? [1] GENERAL }',
    RegistrationTypes: `SET {
      registrations? [0] BITS { auto-action-registrations list-attribute-defaults fetch-attribute-defaults ua-registrations
        submission-defaults message-group-registrations },
      extended-registrations? [1] SETOF OID,
      restrict-message-groups? [2] SET {
        parent-group? [0] MessageGroupName, immediate-descendants-only? [1] BOOL, omit-descriptors? [2] BOOL }
    }`,
    'Register-MSResult': `CHOICE {
      no-status-information NULL,
      registered-information SET {
        auto-action-registrations? [0] SETOF AutoActionRegistration,
        list-attribute-defaults? [1] SETOF AttributeType,
        fetch-attribute-defaults? [2] SETOF AttributeType,
        ua-registrations? [3] SETOF UARegistration,
        submission-defaults? [4] MSSubmissionOptions,
        message-group-registrations? [5] SETOF MessageGroupNameAndDescriptor,
        register-ms-result-extensions? [6] MSExtensions
      }
    }`,
    AlertArgument: 'SET { alert-registration-identifier [0] INT, new-entry? [2] EntryInformation }',
    AlertResult: 'NULL',
    ModifyArgument: `SET {
      entry-class? [0] EntryClass,
      entries CHOICE { selector [1] Selector, specific-entries [2] SEQOF SequenceNumber },
      modifications [3] SEQOF EntryModification,
      modify-extensions? [4] MSExtensions
    }`,
    EntryModification: `SET {
      strict? [0] BOOL,
      modification CHOICE {
        add-attribute [1] Attribute, remove-attribute [2] AttributeType, add-values [3] OrderedAttribute,
        remove-values [4] OrderedAttribute }
    }`,
    OrderedAttribute: `SEQ {
      attribute-type AttributeType,
      attribute-values SEQOF SEQ { value? [0] ANY, position? [1] INT }
    }`,
    ModifyResult: 'SET { entries-modified? [0] SEQOF SequenceNumber, modify-result-extensions? [1] MSExtensions }',
    MSMessageSubmissionArgument: `SEQ {
      envelope p3.MessageSubmissionEnvelope, content mts.Content, submission-options? [4] MSSubmissionOptions }`,
    MSMessageSubmissionResult: `CHOICE {
      mts-result SET {
        message-submission-identifier or.MTSIdentifier,
        message-submission-time [0~] UTCTIME,
        content-identifier? mts.ContentIdentifier,
        extensions? [1~] SETOF mts.ExtensionField,
        ms-message-result? [4] CommonSubmissionResults
      },
      store-draft-result [4] CommonSubmissionResults
    }`,
    MSProbeSubmissionArgument: `SET {
      originator-name or.ORName,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      content-length? [0~] INT,
      per-message-indicators? mts.PerMessageIndicators,
      extensions? [2~] SETOF mts.ExtensionField,
      per-recipient-fields [3~] SEQOF p3.PerRecipientProbeSubmissionFields,
      submission-options? [4] MSSubmissionOptions
    }`,
    MSProbeSubmissionResult: `SET {
      probe-submission-identifier or.MTSIdentifier,
      probe-submission-time [0~] UTCTIME,
      content-identifier? mts.ContentIdentifier,
      extensions? [1~] SETOF mts.ExtensionField,
      ms-probe-result? [4] CommonSubmissionResults
    }`,

    'PAR-attribute-error': `SET { problems [0] SETOF SET {
      problem [0] INT { invalid-attribute-value unavailable-attribute-type inappropriate-matching attribute-type-not-subscribed
        inappropriate-for-operation inappropriate-modification single-valued-attribute },
      type [1] AttributeType, value? [2] OPEN(; type) } }`,
    'PAR-auto-action-request-error': `SET { problems [0] SETOF SET {
      problem [0] INT { unavailable-auto-action-type auto-action-type-not-subscribed not-willing-to-perform },
      type@p7.auto_action_type [1] AutoActionType } }`,
    'PAR-delete-error': `SET {
      problems [0] SETOF SET {
        problem [0] INT { child-entry-specified delete-restriction-problem new-entry-specified entry-class-restriction
          stored-message-exists },
        sequence-number [1] SequenceNumber },
      entries-deleted? [1] SETOF SequenceNumber
    }`,
    'PAR-fetch-restriction-error': `SET { problems [0] SETOF SET {
      problem@p7.fetch-restriction-problem [3] INT { content-type-problem=1 eit-problem maximum-length-problem },
      restriction CHOICE { content-type@p7.extended-content-type [0] OID, eit [1] SETOF MS-EIT, attribute-length [2] INT } } }`,
    'PAR-range-error': 'SET { problem@p7.pAR-range-error.problem [0] INT { reversed } }',
    'PAR-sequence-number-error': `SET { problems [1] SETOF SET {
      problem [0] INT { no-such-entry }, sequence-number [1] SequenceNumber } }`,
    'PAR-invalid-parameters-error': 'NULL',
    ServiceErrorParameter: `SET {
      problem@p7.serviceErrorParameter.problem [0] INT { busy unavailable unwilling-to-perform },
      supplementary-information? [1] GENERAL }`,
    MessageGroupErrorParameter: `SET {
      problem@p7.messageGroupErrorParameter.group-problem [0] INT { name-not-registered name-already-registered
        parent-not-registered group-not-empty name-in-use child-group-registered group-depth-exceeded },
      name [1] MessageGroupName }`,
    MSExtensionErrorParameter: 'CHOICE { ms-extension-problem [0] MSExtensionItem, unknown-ms-extension [1] OID }',
    'PAR-register-ms-error': `SET {
      problem [0] ENUM { registration-not-supported registration-improperly-specified registration-limit-exceeded },
      registration-type [1] RegistrationTypes }`,
    ModifyErrorParameter: `SET {
      entries-modified? [0] SEQOF SequenceNumber, failing-entry [1] SequenceNumber, modification-number [2] INT,
      problem@p7.modifyErrorParameter.problem [3] INT { attribute-not-present value-not-present
        attribute-or-value-already-exists invalid-position modify-restriction-problem } }`,
    EntryClassErrorParameter: `SET {
      entry-class [0] EntryClass,
      problem@p7.entryClassErrorParameter.problem [1] T-entry-class-problem }`,
    'T-entry-class-problem': 'BITS { unsupported-entry-class entry-class-not-subscribed inappropriate-entry-class }',
  },
  tables: {
    arguments: {
      2: 'p3.SubmissionControlArgument',
      3: 'MSMessageSubmissionArgument',
      4: 'MSProbeSubmissionArgument',
      7: 'p3.CancelDeferredDeliveryArgument',
      20: 'SummarizeArgument',
      21: 'ListArgument',
      22: 'FetchArgument',
      23: 'DeleteArgument',
      24: 'Register-MSArgument',
      25: 'AlertArgument',
      26: 'ModifyArgument',
    },
    results: {
      2: 'p3.SubmissionControlResult',
      3: 'MSMessageSubmissionResult',
      4: 'MSProbeSubmissionResult',
      7: 'p3.CancelDeferredDeliveryResult',
      20: 'SummarizeResult',
      21: 'ListResult',
      22: 'FetchResult',
      23: 'DeleteResult',
      24: 'Register-MSResult',
      25: 'AlertResult',
      26: 'ModifyResult',
    },
    errors: {
      21: 'PAR-attribute-error',
      22: 'PAR-auto-action-request-error',
      23: 'PAR-delete-error',
      24: 'PAR-fetch-restriction-error',
      25: 'PAR-range-error',
      26: 'p3.SecurityProblem',
      27: 'ServiceErrorParameter',
      28: 'PAR-sequence-number-error',
      29: 'PAR-invalid-parameters-error',
      30: 'MessageGroupErrorParameter',
      31: 'MSExtensionErrorParameter',
      32: 'PAR-register-ms-error',
      33: 'ModifyErrorParameter',
      34: 'EntryClassErrorParameter',
    },
  },
});
