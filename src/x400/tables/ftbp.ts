import { defineModule } from '../../asn1/schema.ts';
import { ADDRESS } from './address.ts';

/** ISO 8571-4: what attributes of files are made of. */
const FTAM = defineModule({
  proto: 'ftam',
  types: {
    'Permitted-Actions-Attribute': `BITS { read insert replace extend erase read-attribute change-attribute delete-Object traversal
      reverse-traversal random-Order pass link }`,
  },
});

/** X.420 annex B.13: the file transfer body part, whose attributes are FTAM's (ISO 8571). Access passwords are credentials. */
export const FTBP = defineModule({
  proto: 'p22',
  id: 'ftbp',
  imports: [ADDRESS, FTAM],
  types: {
    FileTransferParameters: `SEQ {
      related-stored-file? [0] RelatedStoredFile,
      contents-type? [1] CHOICE {
        document-type [0] SEQ { document-type-name OID, parameter? [0] ANY },
        constraint-set-and-abstract-syntax [1] SEQ { constraint-set-name OID, abstract-syntax-name OID }
      },
      environment? [2] SEQ {
        application-reference? [0] GeneralIdentifier,
        machine? [1] GeneralIdentifier,
        operating-system? [2] OID,
        user-visible-string? [3] SEQOF GRAPHIC
      },
      compression? [3] SEQ { compression-algorithm-id [0] OID, compression-algorithm-param [1] ANY },
      file-attributes? [4] FileAttributes,
      extensions? [5] SETOF ANY
    }`,
    FileTransferData: 'SEQOF@p22.FileTransferData_item_element External',
    External: `[U8] SEQ {
      direct-reference@ber.direct_reference? OID,
      indirect-reference@ber.indirect_reference? INT,
      data-value-descriptor@ber.data_value_descriptor? DESCRIPTOR,
      encoding@ber.encoding CHOICE {
        single-ASN1-type@ber.single_ASN1_type [0] OPEN(; direct-reference),
        octet-aligned@ber.octet_aligned [1] OCTETS,
        arbitrary@ber.arbitrary [2] BITS
      }
    }`,
    GeneralIdentifier: 'CHOICE { registered-identifier [0] OID, descriptive-identifier [1] SEQOF GRAPHIC }',
    RelatedStoredFile: `SETOF SEQ {
      file-identifier CHOICE {
        pathname-and-version [0] SEQ { pathname [0] Pathname-Attribute, file-version? [1] GRAPHIC },
        cross-reference [1] SEQ {
          application-cross-reference [0] OCTETS,
          message-reference? [1] SET { user? [0] or.ORName, user-relative-identifier [1] PRINTABLE },
          body-part-reference? [2] INT }
      },
      relationship? CHOICE {
        explicit-relationship [0] INT { unspecified new-file replacement extension }, descriptive-relationship [1] GRAPHIC }
    }`,
    FileAttributes: `SEQ {
      pathname? Pathname-Attribute,
      permitted-actions? [1] ftam.Permitted-Actions-Attribute,
      storage-account? [3] CHOICE { no-value-available [0] NULL, actual-values@p22.account.actual-values GRAPHIC },
      date-and-time-of-creation? [4] Date-and-Time-Attribute,
      date-and-time-of-last-modification? [5] Date-and-Time-Attribute,
      date-and-time-of-last-read-access? [6] Date-and-Time-Attribute,
      date-and-time-of-last-attribute-modification? [7] Date-and-Time-Attribute,
      identity-of-creator? [8] User-Identity-Attribute,
      identity-of-last-modifier? [9] User-Identity-Attribute,
      identity-of-last-reader? [10] User-Identity-Attribute,
      identity-of-last-attribute-modifier? [11] User-Identity-Attribute,
      object-availability? [12] Object-Availability-Attribute,
      object-size? [13] Object-Size-Attribute,
      future-object-size? [14] Object-Size-Attribute,
      access-control? [15] SECRET ANY,
      legal-qualifications? [16] Legal-Qualification-Attribute,
      private-use? [17] ANY,
      attribute-extensions? [22] ANY
    }`,
    'Pathname-Attribute': `CHOICE {
      incomplete-pathname [0] SEQOF@ftam.Pathname_item GRAPHIC, complete-pathname [23] SEQOF@ftam.Pathname_item GRAPHIC }`,
    'User-Identity-Attribute':
      'CHOICE { no-value-available [0] NULL, actual-values@p22.identity.actual-values GRAPHIC }',
    'Date-and-Time-Attribute': `CHOICE {
      no-value-available@ftam.no_value_available_element [0] NULL, actual-values@ftam.actual_values5 [1] GENTIME }`,
    'Object-Size-Attribute': `CHOICE {
      no-value-available@ftam.no_value_available_element [0] NULL, actual-values@ftam.actual_values7 [1] INT }`,
    'Object-Availability-Attribute': `CHOICE {
      no-value-available@ftam.no_value_available_element [0] NULL,
      actual-values@ftam.actual_values8 [1] INT { immediate-availability deferred-availability }
    }`,
    'Legal-Qualification-Attribute': `CHOICE {
      no-value-available@ftam.no_value_available_element [0] NULL, actual-values@ftam.actual_values9 [1] GRAPHIC }`,
  },
  tables: { objects: { '2.6.1.11.12': 'FileTransferParameters', '2.6.1.4.12': 'FileTransferData' } },
});
