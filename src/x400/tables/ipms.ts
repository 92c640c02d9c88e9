import { X509AF, X509CE } from '../../asn1/directory.ts';
import { defineModule } from '../../asn1/schema.ts';
import { ACCESS } from './access.ts';
import { ADDRESS } from './address.ts';
import { MS } from './ms.ts';
import { MTS } from './mts.ts';

/**
 * X.420 interpersonal messages (P2 and P22). 1984 contents have the same tags; body parts 1, 2, 10 and 12 are theirs alone. Values of
 * extensions and of extended body parts are OPEN by object identifier: table `objects`.
 */
export const IPMS = defineModule({
  proto: 'p22',
  imports: [ADDRESS, MTS, ACCESS, MS, X509AF, X509CE],
  types: {
    /** `content`: X.420 says that a forwarded content is an OCTET STRING; the object without one is as common. */
    InformationObject: 'CHOICE { ipm [0] IPM, ipn [1] IPN, content INSIDE InformationObject }',
    IPM: 'SEQ { heading Heading, body Body }',
    /** A content of which only the encoding is known. */
    AnyContent: 'ANY',
    Heading: `SET {
      this-IPM IPMIdentifier,
      originator? [0] ORDescriptor,
      authorizing-users? [1] SEQOF AuthorizingUsersSubfield,
      primary-recipients? [2] SEQOF PrimaryRecipientsSubfield,
      copy-recipients? [3] SEQOF CopyRecipientsSubfield,
      blind-copy-recipients? [4] BlindCopyRecipientsField,
      replied-to-IPM? [5] IPMIdentifier,
      obsoleted-IPMs? [6] SEQOF ObsoletedIPMsSubfield,
      related-IPMs? [7] SEQOF RelatedIPMsSubfield,
      subject? [8!] SubjectField,
      expiry-time? [9] UTCTIME,
      reply-time? [10] UTCTIME,
      reply-recipients? [11] SEQOF ReplyRecipientsSubfield,
      importance? [12] ImportanceField,
      sensitivity? [13] SensitivityField,
      auto-forwarded? [14] BOOL,
      extensions? [15] SETOF IPMSExtension
    }`,
    IPMIdentifier: '[A11] SET { user? or.ORName, user-relative-identifier PRINTABLE }',
    ThisIPMField: 'alias IPMIdentifier',
    RepliedToIPMField: 'alias IPMIdentifier',
    ObsoletedIPMsSubfield: 'alias IPMIdentifier',
    RelatedIPMsSubfield: 'alias IPMIdentifier',
    ORDescriptor: 'SET { formal-name? or.ORName, free-form-name? [0] TELETEX, telephone-number? [1] PRINTABLE }',
    OriginatorField: 'alias ORDescriptor',
    AuthorizingUsersSubfield: 'alias ORDescriptor',
    ReplyRecipientsSubfield: 'alias ORDescriptor',
    RecipientSpecifier: `SET {
      recipient [0] ORDescriptor, notification-requests? [1] NotificationRequests, reply-requested? [2] BOOL,
      recipient-extensions? [3] SETOF IPMSExtension }`,
    PrimaryRecipientsSubfield: 'alias RecipientSpecifier',
    CopyRecipientsSubfield: 'alias RecipientSpecifier',
    BlindCopyRecipientsSubfield: 'alias RecipientSpecifier',
    BlindCopyRecipientsField: 'SEQOF BlindCopyRecipientsSubfield',
    NotificationRequests: 'BITS { rn nrn ipm-return an-supported suppress-an }',
    SubjectField: 'TELETEX',
    ExpiryTimeField: 'UTCTIME',
    ReplyTimeField: 'UTCTIME',
    ImportanceField: 'ENUM { low normal high }',
    SensitivityField: 'ENUM { personal=1 private company-confidential }',
    AutoForwardedField: 'BOOL',
    IPMSExtension: 'SEQ { type OID, value? OPEN(objects; type) }',

    Body: 'SEQOF BodyPart',
    BodyPart: `CHOICE {
      basic CHOICE {
        ia5-text [0] IA5TextBodyPart,
        telex [1] SEQ { parameters SET { number-of-pages? [0] INT }, data@p22.telex.data IA5 },
        voice [2] ANY,
        g3-facsimile [3] G3FacsimileBodyPart,
        g4-class1 [4] G4Class1BodyPart,
        teletex [5] TeletexBodyPart,
        videotex [6] VideotexBodyPart,
        nationally-defined [7] ANY,
        encrypted [8] EncryptedBodyPart,
        message [9] SEQ { parameters MessageParameters, data@p22.message.data_element IPM },
        simple-formattable-document [10] ANY,
        mixed-mode [11] MixedModeBodyPart,
        tif1 [12] ANY,
        bilaterally-defined [14] OCTETS
      },
      extended [15] SEQ { parameters? [0] External, data@p22.extended.data_element External }
    }`,
    External: `[U8] SEQ {
      direct-reference@ber.direct_reference? OID,
      indirect-reference@ber.indirect_reference? INT,
      data-value-descriptor@ber.data_value_descriptor? DESCRIPTOR,
      encoding@ber.encoding CHOICE {
        single-ASN1-type@ber.single_ASN1_type [0] OPEN(objects; direct-reference),
        octet-aligned@ber.octet_aligned [1] OCTETS,
        arbitrary@ber.arbitrary [2] BITS
      }
    }`,
    IA5TextBodyPart: 'SEQ { parameters IA5TextParameters, data@p22.ia5text.data IA5TextData }',
    IA5TextParameters: 'SET { repertoire? [0] ENUM { ita2=2 ia5=5 } }',
    IA5TextData: 'IA5',
    G3FacsimileBodyPart: 'SEQ { parameters G3FacsimileParameters, data@p22.g3facsimile.data G3FacsimileData }',
    G3FacsimileParameters:
      'SET { number-of-pages? [0] INT, non-basic-parameters? [1] or.G3FacsimileNonBasicParameters }',
    G3FacsimileData: 'SEQOF BITS',
    G4Class1BodyPart: 'SEQOF@p22.Interchange_Data_Element_element ANY',
    MixedModeBodyPart: 'SEQOF@p22.Interchange_Data_Element_element ANY',
    TeletexBodyPart: 'SEQ { parameters TeletexParameters, data@p22.teletex.data TeletexData }',
    TeletexParameters: `SET {
      number-of-pages? [0] INT, telex-compatible? [1] BOOL, non-basic-parameters? [2] or.TeletexNonBasicParameters }`,
    TeletexData: 'SEQOF TELETEX',
    VideotexBodyPart: 'SEQ { parameters VideotexParameters, data@p22.videotex.data VIDEOTEX }',
    VideotexParameters: 'SET { syntax? [0] INT { ids data-syntax1 data-syntax2 data-syntax3 } }',
    VideotexData: 'VIDEOTEX',
    EncryptedBodyPart: 'SEQ { parameters EncryptedParameters, data@p22.encrypted.data BITS }',
    EncryptedParameters: `SET {
      algorithm-identifier x509af.AlgorithmIdentifier, originator-certificates? mts.ExtendedCertificates }`,
    EncryptedData: 'BITS',
    MessageParameters: `SET { delivery-time? [0] UTCTIME, delivery-envelope? [1] p3.OtherMessageDeliveryFields }`,
    MessageData: 'alias IPM',
    BilaterallyDefinedBodyPart: 'OCTETS',
    GeneralTextParameters: 'SETOF CharacterSetRegistration',
    CharacterSetRegistration: 'INT',
    GeneralTextData: 'GENERAL',
    VoiceParameters: `SEQ {
      voice-message-duration? [0] INT, voice-encoding-type [1] OID, supplementary-information? [2] IA5 }`,
    VoiceData: 'OCTETS',
    ForwardedContentParameters: `SET {
      delivery-time? [0] UTCTIME,
      delivery-envelope? [1] p3.OtherMessageDeliveryFields,
      mts-identifier? [2] or.MTSIdentifier,
      submission-proof? [3] SET {
        proof-of-submission [0] mts.ProofOfSubmission, originating-MTA-certificate [1] mts.OriginatingMTACertificate,
        message-submission-envelope p3.MessageSubmissionEnvelope }
    }`,

    IPN: `SET {
      subject-ipm IPMIdentifier,
      ipn-originator? [1] ORDescriptor,
      ipm-intended-recipient? [2] ORDescriptor,
      conversion-eits? or.EncodedInformationTypes,
      notification-extensions? [3] SETOF IPMSExtension,
      choice [0] CHOICE {
        non-receipt-fields [0] NonReceiptFields,
        receipt-fields [1] ReceiptFields,
        other-notification-type-fields [2] SETOF IPMSExtension
      }
    }`,
    NonReceiptFields: `SET {
      non-receipt-reason [0] NonReceiptReasonField,
      discard-reason? [1] DiscardReasonField,
      auto-forward-comment? [2] AutoForwardCommentField,
      returned-ipm? [3] ReturnedIPMField,
      nrn-extensions? [4] SETOF IPMSExtension
    }`,
    NonReceiptReasonField: 'ENUM { ipm-discarded ipm-auto-forwarded }',
    DiscardReasonField: 'ENUM { ipm-expired ipm-obsoleted user-subscription-terminated not-used }',
    AutoForwardCommentField: 'PRINTABLE',
    ReturnedIPMField: 'alias IPM',
    ReceiptFields: `SET {
      receipt-time [0] ReceiptTimeField,
      acknowledgment-mode? [1] AcknowledgmentModeField,
      suppl-receipt-info? [2] SupplReceiptInfoField,
      rn-extensions? [3] SETOF IPMSExtension
    }`,
    ReceiptTimeField: 'UTCTIME',
    AcknowledgmentModeField: 'ENUM { manual automatic }',
    SupplReceiptInfoField: 'PRINTABLE',
    SubjectIPMField: 'alias IPMIdentifier',
    IPNOriginatorField: 'alias ORDescriptor',
    IPMIntendedRecipientField: 'alias ORDescriptor',
    AbsenceAdvice: 'SEQ { advice? BodyPart, next-available? UTCTIME }',
    ChangeOfAddressAdvice: 'SEQ { new-address [0] ORDescriptor, effective-from? [1] UTCTIME }',

    IncompleteCopy: 'NULL',
    Languages: 'SETOF Language',
    Language: 'PRINTABLE',
    AutoSubmitted: 'ENUM { not-auto-submitted auto-generated auto-replied }',
    BodyPartSignatures: `SETOF SET {
      body-part-number INT,
      body-part-signature SEQ { algorithmIdentifier x509af.AlgorithmIdentifier, encrypted BITS },
      originator-certificate-selector? [1] x509ce.CertificateAssertion,
      originator-certificates? [0] mts.ExtendedCertificates
    }`,
    IPMSecurityLabel: `SEQ {
      content-security-label [0] or.SecurityLabel, heading-security-label? [1] or.SecurityLabel,
      body-part-security-labels? [2] SEQOF BodyPartSecurityLabel }`,
    BodyPartSecurityLabel: 'CHOICE { body-part-unlabelled [0] NULL, body-part-security-label [1] or.SecurityLabel }',
    AuthorizationTime: 'GENTIME',
    CirculationList: 'SEQOF CirculationMember',
    CirculationMember: 'SET { circulation-recipient RecipientSpecifier, checked? Checkmark }',
    Checkmark: `CHOICE {
      simple NULL,
      timestamped GENTIME,
      signed SEQ {
        circulation-signature-data SEQ {
          algorithm-identifier x509af.AlgorithmIdentifier, this-IPM ThisIPMField, timestamp GENTIME },
        algorithm-identifier x509af.AlgorithmIdentifier,
        encrypted BITS
      }
    }`,
    CirculationListIndicator: 'NULL',
    DistributionCodes: 'SEQOF DistributionCode',
    DistributionCode: 'SEQ { oid-code? OID, alphanumeric-code? or.UniversalString, or-descriptor? [0] ORDescriptor }',
    ExtendedSubject: 'alias or.UniversalString',
    InformationCategories: 'SEQOF InformationCategory',
    InformationCategory: 'SEQ { reference? [0] OID, description? [1] or.UniversalString }',
    ManualHandlingInstructions: 'SEQOF ManualHandlingInstruction',
    ManualHandlingInstruction: 'alias or.UniversalString',
    OriginatorsReference: 'alias or.UniversalString',
    PrecedencePolicyIdentifier: 'OID',
    Precedence: 'INT',

    RecipientSecurityRequest: 'BITS { content-non-repudiation content-proof ipn-non-repudiation ipn-proof }',
    IpnSecurityResponse: `SET {
      content-or-arguments CHOICE {
        original-content OCTETS,
        original-security-arguments SET {
          original-content-integrity-check? [0] mts.ContentIntegrityCheck,
          original-message-origin-authentication-check? [1] mts.MessageOriginAuthenticationCheck,
          original-message-token? [2] mts.Token }
      },
      security-diagnostic-code? INT { integrity-failure-on-subject-message integrity-failure-on-forwarded-message
        moac-failure-on-subject-message unsupported-security-policy unsupported-algorithm-identifier decryption-failed
        token-error unable-to-sign-notification unable-to-sign-message-receipt authentication-failure-on-subject-message
        security-context-failure-message message-sequence-failure message-security-labelling-failure
        repudiation-failure-of-message failure-of-proof-of-message signature-key-unobtainable decryption-key-unobtainable
        key-failure unsupported-request-for-security-service inconsistent-request-for-security-service
        ipn-non-repudiation-provided-instead-of-content-proof token-decryption-failed
        double-enveloping-message-restoring-failure unauthorised-dl-member reception-security-failure
        unsuitable-alternate-recipient security-services-refusal unauthorised-recipient
        unknown-certification-authority-name unknown-dl-name unknown-originator-name unknown-recipient-name
        security-policy-violation }
    }`,
    BodyPartTokens: `SETOF SET {
      body-part-number INT,
      body-part-choice CHOICE { encryption-token EncryptionToken, message-or-content-body-part [0] BodyPartTokens }
    }`,
    /** From here on to RecipientCategory: attributes of the message store (X.420 annex). */
    IPMSynopsis: 'SEQOF BodyPartSynopsis',
    BodyPartSynopsis: `CHOICE {
      message@p22.message_element [0] SEQ { number [0] p7.SequenceNumber, synopsis [1] IPMSynopsis },
      non-message [1] SEQ {
        type [0] OID, parameters@p22.parameters_element? [1] External, size [2] INT, processed? [3] BOOL }
    }`,
    BodyPartDescriptor: `SEQ {
      data@p22.data [0] OID, parameters@p22.parameters? [1] OID, this-child-entry? [2] p7.SequenceNumber, position [3] INT,
      size [4] INT, processed? [5] BOOL }`,
    BodyPartSignatureVerification: `SETOF SET {
      body-part-sequence-number [0] INT, body-part-signature@p22.body_part_signature [1] p7.SignatureStatus }`,
    CorrelatedDeliveredIPNs: 'CHOICE { no-ipn-received [0] NULL, ipns-received [1] SEQOF p7.SequenceNumber }',
    CorrelatedDeliveredReplies: 'CHOICE { no-reply-received [0] NULL, received-replies [1] SEQOF p7.SequenceNumber }',
    IPMLocation: 'CHOICE { stored SETOF p7.SequenceNumber, absent NULL }',
    IPMEntryType: 'ENUM { ipm rn nrn on }',
    DeliveredIPNStatus: `INT { no-ipn-requested an-requested=3 nrn-requested=5 rn-requested=10 an-received=13
      ipm-auto-forwarded=15 ipm-discarded=20 rn-received=25 }`,
    DeliveredReplyStatus: 'INT { no-reply-requested reply-outstanding reply-received }',
    SubmittedIPNStatus: `INT { no-ipn-requested nrn-requested=5 nrn-with-ipm-return-requested=10 rn-requested=15
      rn-with-ipm-return-requested=20 ipm-auto-forwarded=25 ipm-discarded=30 rn-sent=35 }`,
    SubmittedReplyStatus: 'INT { no-reply-requested no-reply-intended reply-pending reply-sent }',
    RecipientCategory:
      'INT { primary-recipient copy-recipient blind-copy-recipient category-unknown circulation-list }',
    EncryptionToken: `SET {
      encryption-algorithm-identifier x509af.AlgorithmIdentifier,
      encrypted-key BITS,
      recipient-certificate-selector? [0] x509ce.CertificateAssertion,
      recipient-certificate? [1] x509af.Certificates,
      originator-certificate-selector? [2] x509ce.CertificateAssertion,
      originator-certificates? [3] mts.ExtendedCertificates
    }`,
    ForwardedContentToken: `SETOF SET {
      body-part-number INT,
      body-part-choice CHOICE { forwarding-token mts.Token, message-or-content-body-part ForwardedContentToken }
    }`,
  },
  tables: {
    objects: {
      '2.6.1.5.0': 'IncompleteCopy',
      '2.6.1.5.1': 'Languages',
      '2.6.1.5.2': 'AutoSubmitted',
      '2.6.1.5.3': 'BodyPartSignatures',
      '2.6.1.5.4': 'IPMSecurityLabel',
      '2.6.1.5.5': 'AuthorizationTime',
      '2.6.1.5.6': 'CirculationList',
      '2.6.1.5.7': 'DistributionCodes',
      '2.6.1.5.8': 'ExtendedSubject',
      '2.6.1.5.9': 'InformationCategories',
      '2.6.1.5.10': 'ManualHandlingInstructions',
      '2.6.1.5.11': 'OriginatorsReference',
      '2.6.1.5.12': 'PrecedencePolicyIdentifier',
      '2.6.1.20.0': 'CirculationListIndicator',
      '2.6.1.20.1': 'Precedence',
      '2.6.1.18.0': 'RecipientSecurityRequest',
      '2.6.1.18.1': 'IpnSecurityResponse',
      '2.6.1.19.0': 'AbsenceAdvice',
      '2.6.1.19.1': 'ChangeOfAddressAdvice',
      '2.6.1.4.0': 'IA5TextData',
      '2.6.1.4.2': 'G3FacsimileData',
      '2.6.1.4.3': 'G4Class1BodyPart',
      '2.6.1.4.4': 'TeletexData',
      '2.6.1.4.5': 'VideotexData',
      '2.6.1.4.6': 'EncryptedData',
      '2.6.1.4.7': 'MessageData',
      '2.6.1.4.8': 'MixedModeBodyPart',
      '2.6.1.4.9': 'BilaterallyDefinedBodyPart',
      '2.6.1.4.11': 'GeneralTextData',
      '2.6.1.4.15': 'IPN',
      '2.6.1.4.16': 'VoiceData',
      '2.6.1.4.17.2.6.1.10.0': 'InformationObject',
      '2.6.1.4.17.2.6.1.10.1': 'InformationObject',
      '2.6.1.11.0': 'IA5TextParameters',
      '2.6.1.11.2': 'G3FacsimileParameters',
      '2.6.1.11.4': 'TeletexParameters',
      '2.6.1.11.5': 'VideotexParameters',
      '2.6.1.11.6': 'EncryptedParameters',
      '2.6.1.11.7': 'MessageParameters',
      '2.6.1.11.11': 'GeneralTextParameters',
      '2.6.1.11.15': 'MessageParameters',
      '2.6.1.11.16': 'VoiceParameters',
      '2.6.1.11.17.2.6.1.10.0': 'ForwardedContentParameters',
      '2.6.1.11.17.2.6.1.10.1': 'ForwardedContentParameters',
      '2.6.1.11.17.1.3.26.0.4406.0.4.1': 'ForwardedContentParameters',
    },
  },
});
