import { defineModule } from '../../asn1/schema.ts';
import { ACCESS } from './access.ts';
import { ADDRESS } from './address.ts';
import { IPMS } from './ipms.ts';
import { MTS } from './mts.ts';

/**
 * X.435 (ISO/IEC 10021-9) EDI messages and notifications (P35). What EDIFACT's UNB segment has as "reference/password", and what X12
 * has as authorization, is kept as credentials are. Values of extensions are OPEN by object identifier: table `objects`.
 */
export const EDIMS = defineModule({
  proto: 'p35',
  imports: [ADDRESS, MTS, ACCESS, IPMS],
  types: {
    /** §6 */
    InformationObject: 'CHOICE { edim [0] EDIM, edin [1] EDIN }',
    ForwardedContent: 'INSIDE InformationObject',
    /** §7.1; unlike an IPM identifier, the name has a tag of its own. */
    EDIMIdentifier: 'SET { user [0] or.ORName, user-relative-identifier [1] PRINTABLE }',
    /** §7.2; the value is NULL when there is none. */
    ExtensionField: 'SEQ { type [0] OID, criticality? [1] BOOL, value? [2] OPEN(objects; type) }',

    EDIM: 'SEQ { heading Heading, body Body }',
    Heading: `SEQ {
      this-EDIM [1] EDIMIdentifier,
      originator? [2] or.ORName,
      recipients? [3] SETOF RecipientsSubField,
      edin-receiver? [4] EDINReceiverField,
      responsibility-forwarded? [5] BOOL,
      edi-bodypart-type? [6] OID,
      incomplete-copy? [7] BOOL,
      expiry-time? [8] UTCTIME,
      related-messages? [9] SEQOF RelatedMessageReference,
      obsoleted-EDIMs? [10] SEQOF ObsoletedEDIMsSubfield,
      edi-application-security-elements? [11] EDIApplicationSecurityElementsField,
      cross-referencing-information? [12] SETOF CrossReferencingInformationSubField,
      edi-message-type? [13] SETOF EDIMessageTypeFieldSubField,
      service-string-advice? [14] ServiceStringAdviceField,
      syntax-identifier? [15] SyntaxIdentifierField,
      interchange-sender? [16] InterchangeSenderField,
      date-and-time-of-preparation? [17] UTCTIME,
      application-reference? [18] TELETEX,
      heading-extensions? [19] SETOF HeadingExtensionsSubField
    }`,
    /** §8.2.3 */
    RecipientsSubField: `SEQ {
      recipient [1] or.ORName,
      action-request? [2] OID,
      edi-notification-requests-field? [3] EDINotificationRequestsField,
      responsibility-passing-allowed? [4] BOOL,
      interchange-recipient? [5] InterchangeRecipientField,
      recipient-reference? [6] RecipientReferenceField,
      interchange-control-reference? [7] TELETEX,
      processing-priority-code? [8] TELETEX,
      acknowledgement-request? [9] BOOL,
      communications-agreement-id? [10] TELETEX,
      test-indicator? [11] BOOL,
      authorization-information? [12] AuthorizationInformationField,
      recipient-extensions? [13] SETOF RecipientExtensionsSubField
    }`,
    EDINotificationRequestsField: `SEQ {
      edi-notification-requests? [0] EDINotificationRequests, edi-notification-security? [1] EDINotificationSecurity,
      edi-reception-security? [2] EDIReceptionSecurity }`,
    EDINotificationRequests: 'BITS { pn nn fn }',
    EDINotificationSecurity: 'BITS { proof non-repudiation }',
    EDIReceptionSecurity: 'BITS { proof non-repudiation }',
    InterchangeRecipientField: `SEQ {
      recipient-identification [0] TELETEX, identification-code-qualifier? [1] TELETEX, routing-address? [2] TELETEX }`,
    RecipientReferenceField:
      'SEQ { recipient-reference [0] SECRET TELETEX, recipient-reference-qualifier? [1] TELETEX }',
    AuthorizationInformationField: `SEQ {
      authorization-information [0] SECRET TELETEX, authorization-information-qualifier? [1] TELETEX }`,
    RecipientExtensionsSubField: 'alias ExtensionField',
    EDINReceiverField: `SEQ {
      edin-receiver-name [0] or.ORName, original-edim-identifier? [1] EDIMIdentifier, first-recipient? [2] or.ORName }`,
    /** Editions differ on the [1] of a message that is no EDIM: an EXTERNAL at first, an object identifier in 1999. */
    RelatedMessageReference: 'CHOICE { edi-message-reference [0] EDIMIdentifier, external-message-reference ANY }',
    ObsoletedEDIMsSubfield: 'alias EDIMIdentifier',
    EDIApplicationSecurityElementsField: `SEQ {
      edi-application-security-element? [0] BITS,
      edi-encrypted-primary-bodypart? [1] BOOL,
      edi-application-security-extensions? [2] SETOF EDIApplicationSecurityExtension
    }`,
    EDIApplicationSecurityExtension: 'alias ExtensionField',
    CrossReferencingInformationSubField: `SEQ {
      application-cross-reference [0] OCTETS, message-reference? [1] EDIMIdentifier, body-part-reference [2] INT }`,
    EDIMessageTypeFieldSubField: 'TELETEX',
    ServiceStringAdviceField: `SEQ {
      component-data-element-separator [0] OCTETS, data-element-separator [1] OCTETS, decimal-notation [2] OCTETS,
      release-indicator? [3] OCTETS, reserved? [4] OCTETS, segment-terminator [5] OCTETS }`,
    SyntaxIdentifierField: 'SEQ { syntax-identifier TELETEX, syntax-version PRINTABLE }',
    InterchangeSenderField: `SEQ {
      sender-identification [0] TELETEX, identification-code-qualifier? [1] TELETEX,
      address-for-reverse-routing? [2] TELETEX }`,
    HeadingExtensionsSubField: 'alias ExtensionField',

    Body: 'SEQ { primary-body-part PrimaryBodyPart, additional-body-parts? SEQOF EDIM-ExtendedBodyPart }',
    PrimaryBodyPart: 'CHOICE { edi-body-part [0] EDIBodyPart, forwarded-EDIM [1] EDIMBodyPart }',
    EDIBodyPart: 'OCTETS',
    'EDIM-ExtendedBodyPart': `SEQ {
      body-part-reference? [0] INT,
      extended-body-part [1] SEQ { parameters? [0] p22.External, data p22.External }
    }`,
    EDIMBodyPart: 'SEQ { parameters? [0] MessageParameters, data [1] MessageData }',
    MessageParameters: `SET {
      delivery-time? [0] UTCTIME, delivery-envelope? [1] p3.OtherMessageDeliveryFields, other-parameters? [2] TELETEX }`,
    MessageData: 'SEQ { heading Heading, body BodyOrRemoved }',
    BodyOrRemoved: `SEQ {
      primary-or-removed CHOICE { removed-edi-body [0] NULL, primary-body-part [1] PrimaryBodyPart },
      additional-body-parts? SEQOF CHOICE {
        external-body-part [0] EDIM-ExtendedBodyPart, place-holder [1] EDIM-ExtendedBodyPart }
    }`,

    EDIN: `CHOICE {
      positive-notification [0] PositiveNotificationFields,
      negative-notification [1] NegativeNotificationFields,
      forwarded-notification [2] ForwardedNotificationFields
    }`,
    CommonFields: `SEQ {
      subject-edim [1] EDIMIdentifier,
      edin-originator [2] or.ORName,
      first-recipient? [3] or.ORName,
      notification-time [4] UTCTIME,
      notification-security-elements? [5] SecurityElementsField,
      edin-initiator [6] ENUM { internal-ua external-ua internal-ms },
      notifications-extensions? [7] SETOF NotificationExtensionsSubField
    }`,
    SecurityElementsField: `SEQ {
      original-content? [0] mts.Content,
      original-content-integrity-check? [1] mts.ContentIntegrityCheck,
      edi-application-security-elements? [2] EDIApplicationSecurityElementsField,
      security-extensions? [3] SETOF SecurityExtensionsSubField
    }`,
    SecurityExtensionsSubField: 'alias ExtensionField',
    NotificationExtensionsSubField: 'alias ExtensionField',
    PositiveNotificationFields: `SEQ {
      pn-common-fields [0] CommonFields, pn-supplementary-information? [1] TELETEX,
      pn-extensions? [2] SETOF PNExtensionsSubField }`,
    PNExtensionsSubField: 'alias ExtensionField',

    NegativeNotificationFields: `SEQ {
      nn-common-fields [0] CommonFields, nn-reason-code [1] NNReasonCodeField, nn-supplementary-information? [2] TELETEX,
      nn-extensions? [3] SETOF NNExtensionsSubField }`,
    NNExtensionsSubField: 'alias ExtensionField',
    NNReasonCodeField: `CHOICE {
      nn-ua-ms-reason-code [0] SEQ { nn-ua-ms-basic-code [0] NNUAMSBasicCodeField, nn-ua-ms-diagnostic? [1] NNUAMSDiagnosticField },
      nn-user-reason-code [1] SEQ { nn-user-basic-code [0] NNUserBasicCodeField, nn-user-diagnostic? [1] NNUserDiagnosticField },
      nn-pdau-reason-code [2] SEQ { nn-pdau-basic-code [0] NNPDAUBasicCodeField, nn-pdau-diagnostic? [1] NNPDAUDiagnosticField }
    }`,
    NNUAMSBasicCodeField: `INT { unspecified cannot-deliver-to-user delivery-timeout message-discarded subscription-terminated
      forwarding-error security-error }`,
    NNUAMSDiagnosticField: `INT { protocol-violation=1 edim-originator-unknown edim-recipient-unknown edim-recipient-ambiguous
      action-request-not-supported edim-expired edim-obsoleted duplicate-edim unsupported-extension incomplete-copy-rejected
      edim-too-large-for-application forwarded-edim-not-delivered forwarded-edim-delivery-time-out forwarding-loop-detected
      unable-to-accept-responsibility interchange-sender-unknown interchange-recipient-unknown invalid-heading-field
      invalid-bodypart-type invalid-message-type invalid-syntax-id message-integrity-failure forwarded-message-integrity-failure
      unsupported-algorithm decryption-failed token-error unable-to-sign-notification unable-to-sign-message-receipt
      authentication-failure security-context-failure message-sequence-failure message-security-labelling-failure
      repudiation-failure proof-service-failure compression-unsupported }`,
    NNUserBasicCodeField: `INT { unspecified syntax-error interchange-sender-unknown interchange-recipient-unknown
      invalid-heading-field invalid-bodypart-type invalid-message-type functional-group-not-supported subscription-terminated
      no-bilateral-agreement user-defined-reason }`,
    NNUserDiagnosticField: 'INT { compression-unsupported=1 }',
    NNPDAUBasicCodeField: 'INT { unspecified undeliverable-mail physical-rendition-not-performed }',
    NNPDAUDiagnosticField: `INT { physical-rendition-attributes-not-supported=31
      undeliverable-mail-physical-delivery-address-incorrect undeliverable-mail-physical-delivery-office-incorrect-or-invalid
      undeliverable-mail-physical-delivery-address-incomplete undeliverable-mail-recipient-unknown
      undeliverable-mail-recipient-deceased undeliverable-mail-organization-expired
      undeliverable-mail-recipient-refused-to-accept undeliverable-mail-recipient-did-not-claim
      undeliverable-mail-recipient-changed-address-permanently undeliverable-mail-recipient-changed-address-temporarily
      undeliverable-mail-recipient-changed-temporary-address undeliverable-mail-new-address-unknown
      undeliverable-mail-recipient-did-not-want-forwarding undeliverable-mail-originator-prohibited-forwarding }`,

    ForwardedNotificationFields: `SEQ {
      fn-common-fields [0] CommonFields, forwarded-to [1] or.ORName, fn-reason-code [2] FNReasonCodeField,
      fn-supplementary-information? [3] TELETEX, fn-extensions? [4] SETOF FNExtensionsSubField }`,
    FNExtensionsSubField: 'alias ExtensionField',
    FNReasonCodeField: `CHOICE {
      fn-ua-ms-reason-code [0] SEQ {
        fn-ua-ms-basic-code [0] FNUAMSBasicCodeField, fn-ua-ms-diagnostic? [1] FNUAMSDiagnosticField, fn-security-check? [2] BOOL },
      fn-user-reason-code [1] SEQ { fn-user-basic-code [0] FNUserBasicCodeField, fn-user-diagnostic? [1] INT },
      fn-pdau-reason-code [2] SEQ { fn-pdau-basic-code [0] FNPDAUBasicCodeField, fn-pdau-diagnostic? [1] INT }
    }`,
    FNUAMSBasicCodeField: `INT { unspecified onward-routing edim-recipient-unknown edim-originator-unknown forwarded-by-edi-ms }`,
    FNUAMSDiagnosticField: 'INT { recipient-name-changed=1 recipient-name-deleted }',
    FNUserBasicCodeField: `INT { unspecified forwarded-for-archiving forwarded-for-information forwarded-for-additional-action
      subscription-changed heading-field-not-supported bodypart-type-not-supported message-type-not-supported
      syntax-identifier-not-supported interchange-sender-unknown user-defined-reason }`,
    FNPDAUBasicCodeField: 'INT { unspecified forwarded-for-physical-rendition-and-delivery }',

    CompressionParameter: `SEQ {
      compression-algorithm-id [0] OID, compression-algorithm-param [1] OPEN(objects; compression-algorithm-id) }`,
    V42BisCompressionParameter: `SEQ {
      dictionary-size? [0] INT, largest-compressed-chain? [1] INT, last-entries-to-delete? [2] INT }`,
    EDISubmissionOptions: 'SET { assembly-instructions [0] SEQOF BodyPartSpecifier }',
    BodyPartSpecifiers: 'SEQOF BodyPartSpecifier',
    BodyPartSpecifier: `CHOICE {
      stored-entry [0] INT, submitted-body-part [2] INT,
      stored-body-part [3] SEQ { message-entry INT, body-part-number INT }
    }`,
  },
  tables: {
    objects: {
      '2.6.7.1.0': 'CompressionParameter',
      '2.6.7.1.1': 'V42BisCompressionParameter',
      '2.6.7.19.0': 'EDISubmissionOptions',
      '2.6.7.19.1': 'BodyPartSpecifiers',
      '2.6.1.4.17.2.6.7.10.0': 'ForwardedContent',
      '2.6.1.11.17.2.6.7.10.0': 'p22.ForwardedContentParameters',
    },
  },
});
