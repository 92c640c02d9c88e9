import { defineModule } from '../asn1/schema.ts';
import { RTSE } from './rtse.ts';

/**
 * Presentation protocol, X.226 (1994) §8.2, with the later protocol-options and nominated contexts.
 *
 * PDV values are OPEN: the caller picks their type by `contextId` (the presentation-context-identifier of the PDV-list).
 * In X.410-1984 mode CP and CPA carry the RTORQ and RTOAC components, refusal is a bare RTORJ, abort a bare RTAB, and S-DATA carry
 * raw octets (X.226 §8.4.3).
 */
export const PRESENTATION = defineModule({
  proto: 'pres',
  imports: [RTSE],
  types: {
    'CP-type': `SET {
      mode-selector [0] Mode-selector,
      x410-mode-parameters? [1] rtse.RTORQapdu,
      normal-mode-parameters? [2] SEQ {
        protocol-version? [0] Protocol-version,
        calling-presentation-selector? [1] OCTETS,
        called-presentation-selector? [2] OCTETS,
        presentation-context-definition-list? [4] Context-list,
        default-context-name? [6] Default-context-name,
        presentation-requirements? [8] Presentation-requirements,
        user-session-requirements? [9] User-session-requirements,
        protocol-options? [11?] Protocol-options,
        initiators-nominated-context? [12?] INT,
        extensions? [14] SEQ {},
        user-data? User-data
      }
    }`,
    'CPA-PPDU': `SET {
      mode-selector [0] Mode-selector,
      x410-mode-parameters? [1] rtse.RTOACapdu,
      normal-mode-parameters? [2] SEQ {
        protocol-version? [0] Protocol-version,
        responding-presentation-selector? [3] OCTETS,
        presentation-context-definition-result-list? [5] Result-list,
        presentation-requirements? [8] Presentation-requirements,
        user-session-requirements? [9] User-session-requirements,
        protocol-options? [11?] Protocol-options,
        responders-nominated-context? [13?] INT,
        user-data? User-data
      }
    }`,
    'CPR-PPDU': `CHOICE {
      x400-mode-parameters rtse.RTORJapdu,
      normal-mode-parameters SEQ {
        protocol-version? [0] Protocol-version,
        responding-presentation-selector? [3] OCTETS,
        presentation-context-definition-result-list? [5] Result-list,
        default-context-result? [7] Result,
        provider-reason? [10] INT { reason-not-specified temporary-congestion local-limit-exceeded
          called-presentation-address-unknown protocol-version-not-supported default-context-not-supported
          user-data-not-readable no-PSAP-available },
        user-data? User-data
      }
    }`,
    'Abort-type': 'CHOICE { aru-ppdu ARU-PPDU, arp-ppdu ARP-PPDU }',
    'ARU-PPDU': `CHOICE {
      x400-mode-parameters rtse.RTABapdu,
      normal-mode-parameters [0] SEQ {
        presentation-context-identifier-list? [0] Presentation-context-identifier-list,
        user-data? User-data
      }
    }`,
    'ARP-PPDU': `SEQ {
      provider-reason? [0] INT { reason-not-specified unrecognized-ppdu unexpected-ppdu unexpected-session-service-primitive
        unrecognized-ppdu-parameter unexpected-ppdu-parameter invalid-ppdu-parameter-value },
      event-identifier? [1] INT { cp-PPDU cpa-PPDU cpr-PPDU aru-PPDU arp-PPDU ac-PPDU aca-PPDU td-PPDU ttd-PPDU te-PPDU tc-PPDU
        tcc-PPDU rs-PPDU rsa-PPDU s-release-indication s-release-confirm s-token-give-indication s-token-please-indication
        s-control-give-indication s-sync-minor-indication s-sync-minor-confirm s-sync-major-indication s-sync-major-confirm
        s-p-exception-report-indication s-u-exception-report-indication s-activity-start-indication
        s-activity-resume-indication s-activity-interrupt-indication s-activity-interrupt-confirm
        s-activity-discard-indication s-activity-discard-confirm s-activity-end-indication s-activity-end-confirm }
    }`,
    'Typed-data-type': `CHOICE { acPPDU [0] AC-PPDU, acaPPDU [1] ACA-PPDU, ttdPPDU User-data }`,
    'AC-PPDU': `SEQ {
      presentation-context-addition-list? [0] Context-list,
      presentation-context-deletion-list? [1] SEQOF Presentation-context-identifier,
      user-data? User-data
    }`,
    'ACA-PPDU': `SEQ {
      presentation-context-addition-result-list? [0] Result-list,
      presentation-context-deletion-result-list? [1] Presentation-context-deletion-result-list,
      user-data? User-data
    }`,
    'RS-PPDU': `SEQ {
      presentation-context-identifier-list? [0] Presentation-context-identifier-list,
      user-data? User-data
    }`,
    'Mode-selector': 'SET { mode-value [0] INT { x410-1984-mode normal-mode } }',
    'Protocol-version': 'BITS { version-1 }',
    'Protocol-options': 'BITS { nominated-context short-encoding packed-encoding-rules }',
    'Presentation-requirements': 'BITS { context-management restoration }',
    'User-session-requirements': `BITS { half-duplex duplex expedited-data minor-synchronize major-synchronize resynchronize
      activity-management negotiated-release capability-data exceptions typed-data symmetric-synchronize data-separation }`,
    'Context-list': `SEQOF SEQ {
      presentation-context-identifier Presentation-context-identifier,
      abstract-syntax-name OID,
      transfer-syntax-name-list SEQOF Transfer-syntax-name
    }`,
    'Default-context-name': 'SEQ { abstract-syntax-name [0] OID, transfer-syntax-name [1] OID }',
    'Presentation-context-identifier': 'INT',
    'Presentation-context-identifier-list': `SEQOF SEQ {
      presentation-context-identifier Presentation-context-identifier,
      transfer-syntax-name OID
    }`,
    'Presentation-context-deletion-result-list': 'SEQOF INT { acceptance user-rejection }',
    Result: 'INT { acceptance user-rejection provider-rejection }',
    'Result-list': `SEQOF SEQ {
      result [0] Result,
      transfer-syntax-name? [1] Transfer-syntax-name,
      provider-reason? [2] INT { reason-not-specified abstract-syntax-not-supported
        proposed-transfer-syntaxes-not-supported local-limit-on-DCS-exceeded }
    }`,
    'Transfer-syntax-name': 'OID',
    'User-data': 'CHOICE { simply-encoded-data [A0] OCTETS, fully-encoded-data [A1] Fully-encoded-data }',
    'Fully-encoded-data': 'SEQOF PDV-list',
    'PDV-list': `SEQ {
      transfer-syntax-name? Transfer-syntax-name,
      presentation-context-identifier Presentation-context-identifier,
      presentation-data-values CHOICE {
        single-ASN1-type [0] OPEN(; presentation-context-identifier),
        octet-aligned [1] OCTETS,
        arbitrary [2] BITS
      }
    }`,
  },
});

/** The PPDUs by the session service primitive that carries them, and the field that holds each (Wireshark's names). */
export const PPDUS = {
  /** CONNECT user data. */
  CP: { type: 'CP-type', field: 'pres.cptype', label: 'CP-type' },
  /** ACCEPT user data. */
  CPA: { type: 'CPA-PPDU', field: 'pres.cpapdu', label: 'CPA-PPDU' },
  /** REFUSE reason code parameter, behind its first octet. */
  CPR: { type: 'CPR-PPDU', field: 'pres.cprtype', label: 'CPR-PPDU' },
  /** ABORT user data: ARU and ARP, normal and X.410-1984 mode. */
  AB: { type: 'Abort-type', field: 'pres.aborttype', label: 'Abort type' },
  /** DATA TRANSFER, EXPEDITED, CAPABILITY DATA, FINISH, DISCONNECT, tokens, activities … user data in normal mode. */
  TD: { type: 'User-data', field: 'pres.user_data', label: 'user-data' },
  /** TYPED DATA user data: TTD, and AC and ACA of context management. */
  TTD: { type: 'Typed-data-type', field: 'pres.Typed_data_type', label: 'Typed data type' },
  /** RESYNCHRONIZE and its acknowledgement. */
  RS: { type: 'RS-PPDU', field: 'pres.RS_PPDU_element', label: 'RS-PPDU' },
} as const;
