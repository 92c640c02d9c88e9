import { defineModule } from '../asn1/schema.ts';

/**
 * Reliable transfer, X.228, in normal and X.410-1984 mode (X.410 has no [16]…[22] around the APDUs: use the …apdu types).
 *
 * `open`, `userDataRJ` and `userdataAB` hold the RTSE user's value: OPEN without keys, the caller knows from the presentation
 * context or the application protocol what it is (for P1 the MTABind of p1.ts).
 */
export const RTSE = defineModule({
  proto: 'rtse',
  types: {
    'RTSE-apdus': `CHOICE {
      rtorq-apdu [16] RTORQapdu, rtoac-apdu [17] RTOACapdu, rtorj-apdu [18] RTORJapdu,
      rttp-apdu RTTPapdu, rttr-apdu RTTRapdu, rtab-apdu [22] RTABapdu
    }`,
    RTORQapdu: `SET {
      checkpointSize? [0] INT,
      windowSize? [1] INT,
      dialogueMode? [2] INT { monologue twa },
      connectionDataRQ [3] ConnectionData,
      applicationProtocol? [4] INT { mts-84=1 mts-transfer=12 }
    }`,
    RTOACapdu: 'SET { checkpointSize? [0] INT, windowSize? [1] INT, connectionDataAC [2] ConnectionData }',
    RTORJapdu: `SET {
      refuseReason? [0] INT { rtsBusy cannotRecover validationFailure unacceptableDialogueMode },
      userDataRJ? [1] OPEN()
    }`,
    RTTPapdu: 'INT',
    RTTRapdu: 'OCTETS',
    RTABapdu: `SET {
      abortReason? [0] INT { localSystemProblem invalidParameter unrecognizedActivity temporaryProblem protocolError
        permanentProblem userError transferCompleted },
      reflectedParameter? [1] BITS,
      userdataAB? [2] OPEN()
    }`,
    ConnectionData: 'CHOICE { open [0] GUARD OPEN(), recover [1] SessionConnectionIdentifier }',
    SessionConnectionIdentifier: `SEQ {
      callingSSuserReference CHOICE { t61String TELETEX, octetString OCTETS },
      commonReference UTCTIME,
      additionalReferenceInformation? [0] TELETEX
    }`,
    /** The EXTERNAL in which normal mode wraps a user's APDU before it is cut into RTTR fragments. */
    EXTERNAL: `[U8] SEQ {
      direct-reference@rtse.direct_reference? OID,
      indirect-reference@rtse.indirect_reference? INT,
      data-value-descriptor@rtse.data_value_descriptor? DESCRIPTOR,
      encoding@rtse.encoding CHOICE {
        single-ASN1-type [0] OPEN(; indirect-reference, direct-reference),
        octet-aligned [1] OCTETS,
        arbitrary [2] BITS
      }
    }`,
  },
});
