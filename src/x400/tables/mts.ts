import { X509AF, X509CE, X509IF } from '../../asn1/directory.ts';
import { defineModule } from '../../asn1/schema.ts';
import { ADDRESS } from './address.ts';

/**
 * X.411 MTS abstract service: what envelopes of all ports share, credentials, tokens, and the extensions.
 *
 * Extension values not in the table (36 of the message store, 41, 43 and 44 of the IPM service, private ones) are the caller's to open.
 */
export const MTS = defineModule({
  proto: 'p1',
  id: 'mts',
  imports: [ADDRESS, X509AF, X509CE, X509IF],
  types: {
    Credentials: 'CHOICE { simple Password, strong [0] StrongCredentials, protected [1] ProtectedPassword }',
    Password: 'CHOICE { ia5-string SECRET IA5, octet-string SECRET OCTETS }',
    StrongCredentials: `SET {
      bind-token? [0] SECRET Token, certificate? [1] x509af.Certificates, certificate-selector? [2] x509ce.CertificateAssertion }`,
    ProtectedPassword: `SECRET SET {
      signature Signature, time1? [0] UTCTIME, time2? [1] UTCTIME, random1? [2] BITS, random2? [3] BITS }`,
    Signature: 'SEQ { algorithmIdentifier x509af.AlgorithmIdentifier, encrypted BITS }',
    MTABindError: `INT { busy authentication-error=2 unacceptable-dialogue-mode unacceptable-security-context
      inadequate-association-confidentiality }`,

    Content: 'OCTETS',
    ContentType: 'CHOICE { built-in BuiltInContentType, extended ExtendedContentType }',
    BuiltInContentType: `[A6] INT { unidentified external interpersonal-messaging-1984 interpersonal-messaging-1988=22
      edi-messaging=35 voice-messaging=40 }`,
    ExtendedContentType: 'OID',
    ContentIdentifier: '[A10] PRINTABLE',
    PerMessageIndicators: `[A8] BITS { disclosure-of-other-recipients implicit-conversion-prohibited
      alternate-recipient-allowed content-return-request reserved bit-5 bit-6 service-message }`,
    ExplicitConversion: `INT { ia5-text-to-teletex ia5-text-to-g3-facsimile=8 ia5-text-to-g4-class-1 ia5-text-to-videotex
      teletex-to-ia5-text teletex-to-g3-facsimile teletex-to-g4-class-1 teletex-to-videotex videotex-to-ia5-text=16
      videotex-to-teletex }`,
    Priority: '[A7] ENUM { normal non-urgent urgent }',
    ReportType: 'CHOICE { delivery [0] DeliveryReport, non-delivery [1] NonDeliveryReport }',
    DeliveryReport: `SET {
      message-delivery-time [0] UTCTIME,
      type-of-MTS-user? [1] INT { public private ms dl pdau physical-recipient other }
    }`,
    NonDeliveryReport: `SET {
      non-delivery-reason-code [0] NonDeliveryReasonCode,
      non-delivery-diagnostic-code? [1] NonDeliveryDiagnosticCode
    }`,
    NonDeliveryReasonCode: `INT { transfer-failure unable-to-transfer conversion-not-performed
      physical-rendition-not-performed physical-delivery-not-performed restricted-delivery directory-operation-unsuccessful
      deferred-delivery-not-performed transfer-failure-for-security-reason }`,
    NonDeliveryDiagnosticCode: `INT { unrecognised-OR-name ambiguous-OR-name mts-congestion loop-detected
      recipient-unavailable maximum-time-expired encoded-information-types-unsupported content-too-long
      conversion-impractical implicit-conversion-prohibited implicit-conversion-not-subscribed invalid-arguments
      content-syntax-error size-constraint-violation protocol-violation content-type-not-supported too-many-recipients
      no-bilateral-agreement unsupported-critical-function conversion-with-loss-prohibited line-too-long page-split
      pictorial-symbol-loss punctuation-symbol-loss alphabetic-character-loss multiple-information-loss
      recipient-reassignment-prohibited redirection-loop-detected dl-expansion-prohibited no-dl-submit-permission
      dl-expansion-failure physical-rendition-attributes-not-supported
      undeliverable-mail-physical-delivery-address-incorrect
      undeliverable-mail-physical-delivery-office-incorrect-or-invalid
      undeliverable-mail-physical-delivery-address-incomplete undeliverable-mail-recipient-unknown
      undeliverable-mail-recipient-deceased undeliverable-mail-organization-expired
      undeliverable-mail-recipient-refused-to-accept undeliverable-mail-recipient-did-not-claim
      undeliverable-mail-recipient-changed-address-permanently undeliverable-mail-recipient-changed-address-temporarily
      undeliverable-mail-recipient-changed-temporary-address undeliverable-mail-new-address-unknown
      undeliverable-mail-recipient-did-not-want-forwarding undeliverable-mail-originator-prohibited-forwarding
      secure-messaging-error unable-to-downgrade unable-to-complete-transfer transfer-attempts-limit-reached
      incorrect-notification-type dl-expansion-prohibited-by-security-policy forbidden-alternate-recipient
      security-policy-violation security-services-refusal unauthorised-dl-member unauthorised-dl-name
      unauthorised-originally-intended-recipient-name unauthorised-originator-name unauthorised-recipient-name
      unreliable-system authentication-failure-on-subject-message decryption-failed decryption-key-unobtainable
      double-envelope-creation-failure double-enveloping-message-restoring-failure failure-of-proof-of-message
      integrity-failure-on-subject-message invalid-security-label key-failure mandatory-parameter-absence
      operation-security-failure repudiation-failure-of-message security-context-failure token-decryption-failed token-error
      unknown-security-label unsupported-algorithm-identifier unsupported-security-policy }`,

    TraceInformation: '[A9] SEQOF TraceInformationElement',
    TraceInformationElement: `SEQ {
      global-domain-identifier or.GlobalDomainIdentifier,
      domain-supplied-information SET {
        arrival-time [0] UTCTIME,
        routing-action [2] RoutingAction,
        attempted-domain? or.GlobalDomainIdentifier,
        deferred-time? [1] UTCTIME,
        converted-encoded-information-types? or.EncodedInformationTypes,
        other-actions? [3] OtherActions
      }
    }`,
    InternalTraceInformation: 'SEQOF InternalTraceInformationElement',
    InternalTraceInformationElement: `SEQ {
      global-domain-identifier or.GlobalDomainIdentifier,
      mta-name IA5,
      mta-supplied-information SET {
        arrival-time [0] UTCTIME,
        routing-action [2] RoutingAction,
        attempted? CHOICE { mta IA5, domain or.GlobalDomainIdentifier },
        deferred-time? [1] UTCTIME,
        converted-encoded-information-types? or.EncodedInformationTypes,
        other-actions? [3] OtherActions
      }
    }`,
    RoutingAction: 'ENUM { relayed rerouted }',
    OtherActions: 'BITS { redirected dl-operation }',

    ExtensionField: `SEQ {
      type@p1.extension.type ExtensionType,
      criticality? [1] Criticality,
      value? [2] OPEN(extensions; type)
    }`,
    ExtensionType: 'CHOICE { standard-extension [0] StandardExtension, private-extension [3] OID }',
    StandardExtension: `INT { recipient-reassignment-prohibited=1 originator-requested-alternate-recipient
      dl-expansion-prohibited conversion-with-loss-prohibited latest-delivery-time requested-delivery-method
      physical-forwarding-prohibited physical-forwarding-address-request physical-delivery-modes registered-mail-type
      recipient-number-for-advice physical-rendition-attributes originator-return-address physical-delivery-report-request
      originator-certificate message-token content-confidentiality-algorithm-identifier content-integrity-check
      message-origin-authentication-check message-security-label proof-of-submission-request proof-of-delivery-request
      content-correlator probe-origin-authentication-check redirection-history dl-expansion-history
      physical-forwarding-address recipient-certificate proof-of-delivery originator-and-DL-expansion-history
      reporting-DL-name reporting-MTA-certificate report-origin-authentication-check originating-MTA-certificate
      proof-of-submission forwarding-request trace-information internal-trace-information reporting-MTA-name
      multiple-originator-certificates blind-copy-recipients dl-exempted-recipients body-part-encryption-token
      forwarded-content-token certificate-selectors certificate-selectors-override }`,
    Criticality: 'BITS { for-submission for-transfer for-delivery }',

    RecipientReassignmentProhibited: 'ENUM { recipient-reassignment-allowed recipient-reassignment-prohibited }',
    OriginatorRequestedAlternateRecipient: 'alias or.ORName',
    DLExpansionProhibited: 'ENUM { dl-expansion-allowed dl-expansion-prohibited }',
    ConversionWithLossProhibited: 'ENUM { conversion-with-loss-allowed conversion-with-loss-prohibited }',
    LatestDeliveryTime: 'UTCTIME',
    DeferredDeliveryTime: 'UTCTIME',
    MessageSubmissionTime: 'UTCTIME',
    MessageDeliveryTime: 'UTCTIME',
    ContentLength: 'INT',
    RequestedDeliveryMethod: `SEQOF INT { any-delivery-method mhs-delivery physical-delivery telex-delivery teletex-delivery
      g3-facsimile-delivery g4-facsimile-delivery ia5-terminal-delivery videotex-delivery telephone-delivery }`,
    PhysicalForwardingProhibited: 'ENUM { physical-forwarding-allowed physical-forwarding-prohibited }',
    PhysicalForwardingAddressRequest: `ENUM {
      physical-forwarding-address-not-requested physical-forwarding-address-requested }`,
    PhysicalDeliveryModes: `BITS { ordinary-mail special-delivery express-mail counter-collection
      counter-collection-with-telephone-advice counter-collection-with-telex-advice
      counter-collection-with-teletex-advice bureau-fax-delivery }`,
    RegisteredMailType: 'INT { non-registered-mail registered-mail registered-mail-to-addressee-in-person }',
    RecipientNumberForAdvice: 'TELETEX',
    PhysicalRenditionAttributes: 'OID',
    OriginatorReturnAddress: 'alias or.ORAddress',
    PhysicalDeliveryReportRequest: `INT { return-of-undeliverable-mail-by-PDS return-of-notification-by-PDS
      return-of-notification-by-MHS return-of-notification-by-MHS-and-PDS }`,
    OriginatorCertificate: 'alias x509af.Certificates',
    MessageToken: 'alias Token',
    ContentConfidentialityAlgorithmIdentifier: 'alias x509af.AlgorithmIdentifier',
    ContentIntegrityCheck: 'alias Signature',
    MessageOriginAuthenticationCheck: 'alias Signature',
    MessageSecurityLabel: 'alias or.SecurityLabel',
    ProofOfSubmissionRequest: 'ENUM { proof-of-submission-not-requested proof-of-submission-requested }',
    ProofOfDeliveryRequest: 'ENUM { proof-of-delivery-not-requested proof-of-delivery-requested }',
    ContentCorrelator: 'CHOICE { ia5text IA5, octets OCTETS }',
    ProbeOriginAuthenticationCheck: 'alias Signature',
    RedirectionHistory: 'SEQOF Redirection',
    Redirection: `SEQ {
      intended-recipient-name SEQ { intended-recipient or.ORName, redirection-time UTCTIME },
      redirection-reason ENUM { recipient-assigned-alternate-recipient originator-requested-alternate-recipient
        recipient-MD-assigned-alternate-recipient directory-look-up alias }
    }`,
    DLExpansionHistory: 'SEQOF DLExpansion',
    DLExpansion: 'SEQ { dl or.ORName, dl-expansion-time UTCTIME }',
    PhysicalForwardingAddress: 'alias or.ORName',
    RecipientCertificate: 'alias x509af.Certificates',
    ProofOfDelivery: 'alias Signature',
    OriginatorAndDLExpansionHistory: 'SEQOF OriginatorAndDLExpansion',
    OriginatorAndDLExpansion: 'SEQ { originator-or-dl-name or.ORName, origination-or-expansion-time UTCTIME }',
    ReportingDLName: 'alias or.ORName',
    ReportingMTACertificate: 'alias x509af.Certificates',
    ReportOriginAuthenticationCheck: 'alias Signature',
    OriginatingMTACertificate: 'alias x509af.Certificates',
    ProofOfSubmission: 'alias Signature',
    ReportingMTAName: 'SEQ { domain or.GlobalDomainIdentifier, mta-name IA5, mta-directory-name? [0] x509if.Name }',
    ExtendedCertificates: 'SETOF ExtendedCertificate',
    ExtendedCertificate: 'CHOICE { directory-entry [0] x509if.Name, certificate [1] x509af.Certificates }',
    DLExemptedRecipients: 'SETOF@p1.ORAddressAndOrDirectoryName_element or.ORName',
    CertificateSelectors: `SET {
      encryption-recipient? [0] x509ce.CertificateAssertion, encryption-originator? [1] x509ce.CertificateAssertion,
      content-integrity-check? [2] x509ce.CertificateAssertion, token-signature? [3] x509ce.CertificateAssertion,
      message-origin-authentication? [4] x509ce.CertificateAssertion }`,

    Token: 'SEQ { token-type-identifier [0] OID, token [1] OPEN(tokens; token-type-identifier) }',
    AsymmetricToken: `SEQ {
      asymmetric-token-data@p1.asymmetric_token_data_element SEQ {
        signature-algorithm-identifier x509af.AlgorithmIdentifier,
        name CHOICE { recipient-name or.ORName, mta [3] or.MTANameAndOptionalGDI },
        time UTCTIME,
        signed-data? [0] TokenData,
        encryption-algorithm-identifier? [1] x509af.AlgorithmIdentifier,
        encrypted-data? [2] BITS
      },
      algorithm-identifier x509af.AlgorithmIdentifier,
      encrypted BITS
    }`,
    TokenData: 'SEQ { type@p1.token-data-type [0] TokenDataType, value [1] OPEN(tokendata; type) }',
    TokenDataType: `INT { bind-token-signed-data=1 message-token-signed-data message-token-encrypted-data
      bind-token-encrypted-data }`,
    BindTokenSignedData: 'BITS',
    MessageTokenSignedData: `SEQ {
      content-confidentiality-algorithm-identifier? [0] x509af.AlgorithmIdentifier, content-integrity-check? [1] Signature,
      message-security-label? [2] or.SecurityLabel, proof-of-delivery-request? [3] ProofOfDeliveryRequest,
      message-sequence-number? [4] INT }`,
    MessageTokenEncryptedData: `SEQ {
      content-confidentiality-key? [0] BITS, content-integrity-check? [1] Signature, message-security-label? [2] or.SecurityLabel,
      content-integrity-key? [3] BITS, message-sequence-number? [4] INT }`,
    BindTokenEncryptedData: `[U8] SEQ {
      direct-reference@ber.direct_reference? OID,
      indirect-reference@ber.indirect_reference? INT,
      data-value-descriptor@ber.data_value_descriptor? DESCRIPTOR,
      encoding@ber.encoding CHOICE {
        single-ASN1-type@ber.single_ASN1_type [0] OPEN(; direct-reference),
        octet-aligned@ber.octet_aligned [1] OCTETS,
        arbitrary@ber.arbitrary [2] BITS
      }
    }`,
  },
  tables: {
    tokens: { '2.6.3.6.0': 'AsymmetricToken' },
    tokendata: {
      1: 'BindTokenSignedData',
      2: 'MessageTokenSignedData',
      3: 'MessageTokenEncryptedData',
      4: 'BindTokenEncryptedData',
    },
    extensions: {
      1: 'RecipientReassignmentProhibited',
      2: 'OriginatorRequestedAlternateRecipient',
      3: 'DLExpansionProhibited',
      4: 'ConversionWithLossProhibited',
      5: 'LatestDeliveryTime',
      6: 'RequestedDeliveryMethod',
      7: 'PhysicalForwardingProhibited',
      8: 'PhysicalForwardingAddressRequest',
      9: 'PhysicalDeliveryModes',
      10: 'RegisteredMailType',
      11: 'RecipientNumberForAdvice',
      12: 'PhysicalRenditionAttributes',
      13: 'OriginatorReturnAddress',
      14: 'PhysicalDeliveryReportRequest',
      15: 'OriginatorCertificate',
      16: 'MessageToken',
      17: 'ContentConfidentialityAlgorithmIdentifier',
      18: 'ContentIntegrityCheck',
      19: 'MessageOriginAuthenticationCheck',
      20: 'MessageSecurityLabel',
      21: 'ProofOfSubmissionRequest',
      22: 'ProofOfDeliveryRequest',
      23: 'ContentCorrelator',
      24: 'ProbeOriginAuthenticationCheck',
      25: 'RedirectionHistory',
      26: 'DLExpansionHistory',
      27: 'PhysicalForwardingAddress',
      28: 'RecipientCertificate',
      29: 'ProofOfDelivery',
      30: 'OriginatorAndDLExpansionHistory',
      31: 'ReportingDLName',
      32: 'ReportingMTACertificate',
      33: 'ReportOriginAuthenticationCheck',
      34: 'OriginatingMTACertificate',
      35: 'ProofOfSubmission',
      37: 'TraceInformation',
      38: 'InternalTraceInformation',
      39: 'ReportingMTAName',
      40: 'ExtendedCertificates',
      42: 'DLExemptedRecipients',
      45: 'CertificateSelectors',
      46: 'CertificateSelectors',
    },
  },
});
