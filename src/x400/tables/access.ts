import { X509SAT } from '../../asn1/directory.ts';
import { defineModule } from '../../asn1/schema.ts';
import { ADDRESS } from './address.ts';
import { MTS } from './mts.ts';

/** X.411 MTS access (P3): bind, submission, delivery and administration ports. Operation and error codes are those of X.419. */
export const ACCESS = defineModule({
  proto: 'p1',
  id: 'p3',
  imports: [ADDRESS, MTS, X509SAT],
  types: {
    MTSBindArgument: `GUARD SET {
      initiator-name ObjectName,
      messages-waiting? [1!] MessagesWaiting,
      initiator-credentials [2] mts.Credentials,
      security-context? [3] or.SecurityContext,
      extensions? [5] SETOF mts.ExtensionField
    }`,
    MTSBindResult: `GUARD SET {
      responder-name ObjectName,
      messages-waiting? [1!] MessagesWaiting,
      responder-credentials [2] mts.Credentials,
      extensions? [5] SETOF mts.ExtensionField
    }`,
    'PAR-mts-bind-error': 'alias mts.MTABindError',
    ObjectName: 'CHOICE { user-agent or.ORName, mTA [0] IA5, message-store [4] or.ORName }',
    MessagesWaiting: 'SET { urgent [0] DeliveryQueue, normal [1] DeliveryQueue, non-urgent [2] DeliveryQueue }',
    DeliveryQueue: 'SET { messages [0] INT, octets@p1.delivery-queue.octets? [1] INT }',

    MessageSubmissionArgument: 'SEQ { envelope MessageSubmissionEnvelope, content mts.Content }',
    MessageSubmissionEnvelope: `SET {
      originator-name or.ORName,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      priority? mts.Priority,
      per-message-indicators? mts.PerMessageIndicators,
      deferred-delivery-time? [0] UTCTIME,
      extensions? [2] SETOF mts.ExtensionField,
      per-recipient-fields [1] SEQOF PerRecipientMessageSubmissionFields
    }`,
    PerRecipientMessageSubmissionFields: `SET {
      recipient-name or.ORName, originator-report-request [0] OriginatorReportRequest,
      explicit-conversion? [1] mts.ExplicitConversion, extensions? [2] SETOF mts.ExtensionField }`,
    OriginatorReportRequest: 'BITS { report=3 non-delivery-report }',
    MessageSubmissionResult: `SET {
      message-submission-identifier or.MTSIdentifier,
      message-submission-time [0] UTCTIME,
      content-identifier? mts.ContentIdentifier,
      extensions? [1] SETOF mts.ExtensionField
    }`,
    ProbeSubmissionArgument: 'alias ProbeSubmissionEnvelope',
    ProbeSubmissionEnvelope: `SET {
      originator-name or.ORName,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      content-length? [0] INT,
      per-message-indicators? mts.PerMessageIndicators,
      extensions? [2] SETOF mts.ExtensionField,
      per-recipient-fields [3] SEQOF PerRecipientProbeSubmissionFields
    }`,
    PerRecipientProbeSubmissionFields: `SET {
      recipient-name or.ORName, originator-report-request [0] OriginatorReportRequest,
      explicit-conversion? [1] mts.ExplicitConversion, extensions? [2] SETOF mts.ExtensionField }`,
    ProbeSubmissionResult: `SET {
      probe-submission-identifier or.MTSIdentifier,
      probe-submission-time [0] UTCTIME,
      content-identifier? mts.ContentIdentifier,
      extensions? [1] SETOF mts.ExtensionField
    }`,
    CancelDeferredDeliveryArgument: 'alias or.MTSIdentifier',
    CancelDeferredDeliveryResult: 'NULL',
    /** Local code 2 is delivery-control too, when the MTS user invokes it; its argument adds the extensions. */
    SubmissionControlArgument: `SET {
      restrict? [0] BOOL,
      permissible-operations? [1] Operations,
      permissible-maximum-content-length? [2] INT,
      permissible-lowest-priority? mts.Priority,
      permissible-content-types? [4] SETOF ContentType,
      permissible-encoded-information-types? EncodedInformationTypesConstraints,
      permissible-security-context? [5] or.SecurityContext,
      extensions? [6] SETOF mts.ExtensionField
    }`,
    SubmissionControlResult: `SET {
      waiting-operations? [0] Operations, waiting-messages? [1] WaitingMessages,
      waiting-content-types? [2] SETOF ContentType, waiting-encoded-information-types? or.EncodedInformationTypes,
      extensions? [6] SETOF mts.ExtensionField }`,
    Controls: `SET {
      restrict? [0] BOOL,
      permissible-operations? [1] Operations,
      permissible-maximum-content-length? [2] INT,
      permissible-lowest-priority? mts.Priority,
      permissible-content-types? [4] SETOF ContentType,
      permissible-encoded-information-types? EncodedInformationTypesConstraints,
      permissible-security-context? [5] or.SecurityContext
    }`,
    ContentType: 'alias mts.ContentType',
    Operations: 'BITS { probe-submission-or-report-delivery message-submission-or-message-delivery }',
    WaitingMessages: 'BITS { long-content low-priority other-security-labels }',
    EncodedInformationTypesConstraints: `SEQ {
      unacceptable-eits? [0] or.ExtendedEncodedInformationTypes, acceptable-eits? [1] or.ExtendedEncodedInformationTypes,
      exclusively-acceptable-eits? [2] or.ExtendedEncodedInformationTypes }`,

    MessageDeliveryArgument: `SEQ {
      message-delivery-identifier or.MTSIdentifier, message-delivery-time UTCTIME, other-fields OtherMessageDeliveryFields,
      content mts.Content }`,
    MessageDeliveryEnvelope: `SEQ {
      message-delivery-identifier or.MTSIdentifier, message-delivery-time UTCTIME, other-fields OtherMessageDeliveryFields }`,
    OtherMessageDeliveryFields: `SET {
      content-type CHOICE { built-in [0] mts.BuiltInContentType, extended mts.ExtendedContentType },
      originator-name or.ORName,
      original-encoded-information-types? [1] or.EncodedInformationTypes,
      priority? mts.Priority,
      delivery-flags? [2] DeliveryFlags,
      other-recipient-names? [3] SEQOF@p1.OtherRecipientName_element or.ORName,
      this-recipient-name [4] or.ORName,
      originally-intended-recipient-name? [5] or.ORName,
      converted-encoded-information-types? [6] or.EncodedInformationTypes,
      message-submission-time [7] UTCTIME,
      content-identifier? [8] mts.ContentIdentifier,
      extensions? [9] SETOF mts.ExtensionField
    }`,
    DeliveryFlags: 'BITS { implicit-conversion-prohibited=1 }',
    MessageDeliveryResult: `SET {
      recipient-certificate? [0] mts.RecipientCertificate, proof-of-delivery? [1] mts.ProofOfDelivery,
      extensions? [2] SETOF mts.ExtensionField }`,
    ReportDeliveryArgument: `SET {
      subject-submission-identifier or.MTSIdentifier,
      content-identifier? mts.ContentIdentifier,
      content-type? mts.ContentType,
      original-encoded-information-types? or.EncodedInformationTypes,
      extensions? [1] SETOF mts.ExtensionField,
      per-recipient-fields SEQOF PerRecipientReportDeliveryFields,
      returned-content? [0] OCTETS
    }`,
    ReportDeliveryEnvelope: 'alias ReportDeliveryArgument',
    PerRecipientReportDeliveryFields: `SET {
      actual-recipient-name [0] or.ORName,
      report-type [1] mts.ReportType,
      converted-encoded-information-types? or.EncodedInformationTypes,
      originally-intended-recipient-name? [2] or.ORName,
      supplementary-information? [3] PRINTABLE,
      extensions? [4] SETOF mts.ExtensionField
    }`,
    ReportDeliveryResult: 'CHOICE { empty-result NULL, extensions SETOF mts.ExtensionField }',
    DeliveryControlArgument: `SET {
      restrict? [0] BOOL,
      permissible-operations? [1] Operations,
      permissible-maximum-content-length? [2] INT,
      permissible-lowest-priority? mts.Priority,
      permissible-content-types? [4] SETOF ContentType,
      permissible-encoded-information-types? EncodedInformationTypesConstraints,
      permissible-security-context? [5] or.SecurityContext,
      extensions? [6] SETOF mts.ExtensionField
    }`,
    DeliveryControlResult: `SET {
      waiting-operations? [0] Operations, waiting-messages? [1] WaitingMessages,
      waiting-content-types? [2] SETOF ContentType, waiting-encoded-information-types? or.EncodedInformationTypes,
      extensions? [6] SETOF mts.ExtensionField }`,

    RegisterArgument: `SET {
      user-name? or.ORName,
      user-address? [0] UserAddress,
      deliverable-class? SETOF DeliverableClass,
      default-delivery-controls? [2!] Controls,
      redirections? [3] SEQOF RecipientRedirection,
      restricted-delivery? [4] SEQOF Restriction,
      retrieve-registrations? [5] RegistrationTypes,
      extensions? [6] SETOF mts.ExtensionField
    }`,
    UserAddress: `CHOICE {
      x121 [0] SEQ { x121-address? NUMERIC, tsap-id? PRINTABLE }, presentation [1] x509sat.PresentationAddress }`,
    DeliverableClass: 'alias MessageClass',
    RedirectionClass: 'alias MessageClass',
    MessageClass: `SET {
      content-types? [0] SETOF ContentType,
      maximum-content-length? [1] INT,
      encoded-information-types-constraints? [2] EncodedInformationTypesConstraints,
      security-labels? [3] or.SecurityContext,
      priority? [4] SETOF mts.Priority,
      objects? [5] ENUM { messages reports both },
      applies-only-to? [6] SEQOF Restriction,
      extensions? [7] SETOF mts.ExtensionField
    }`,
    RecipientRedirection: `SET {
      redirection-classes? [0] SETOF RedirectionClass, recipient-assigned-alternate-recipient? [1] or.ORName }`,
    Restriction: `SET {
      permitted? BOOL,
      source-type? BITS { originated-by redirected-by dl-expanded-by },
      source-name? CHOICE { exact-match [0] or.ORName, pattern-match [1] or.ORName }
    }`,
    RegistrationTypes: `SEQ {
      standard-parameters? [0] BITS { user-name user-address deliverable-class default-delivery-controls redirections
        restricted-delivery },
      extensions? [1] SETOF mts.ExtensionType
    }`,
    RegisterResult: `CHOICE {
      empty-result NULL,
      non-empty-result SET { registered-information? [0] RegisterArgument, extensions? [1] SETOF mts.ExtensionField }
    }`,
    ChangeCredentialsArgument: 'GUARD SET { old-credentials [0] mts.Credentials, new-credentials [1] mts.Credentials }',
    'RES-change-credentials': 'NULL',

    ImproperlySpecifiedRecipients: 'SEQOF@p1.RecipientName_element or.ORName',
    SecurityProblem: `INT { assemby-instructions-conflict-with-security-services authentication-problem
      authentication-failure-on-subject-message confidentiality-association-problem decryption-failed
      decryption-key-unobtainable failure-of-proof-of-message forbidden-user-security-label-register
      incompatible-change-with-original-security-context integrity-failure-on-subject-message invalid-security-label
      invalid-security-label-update key-failure mandatory-parameter-absence operation-security-failure
      redirection-prohibited refused-alternate-recipient-name repudiation-failure-of-message
      responder-credentials-checking-problem security-context-failure security-context-problem security-policy-violation
      security-services-refusal token-decryption-failed token-error unable-to-aggregate-security-labels
      unauthorised-dl-name unauthorised-entry-class unauthorised-originally-intended-recipient-name
      unauthorised-originator-name unauthorised-recipient-name unauthorised-security-label-update unauthorised-user-name
      unknown-security-label unsupported-algorithm-identifier unsupported-security-policy }`,
    RefusedOperation: `SET {
      refused-argument CHOICE {
        built-in-argument [1] INT { user-name user-address deliverable-content-types deliverable-maximum-content-length
          deliverable-encoded-information-types-constraints deliverable-security-labels recipient-assigned-redirections
          restricted-delivery retrieve-registrations restrict=10 permissible-operations permissible-lowest-priority
          permissible-encoded-information-types permissible-content-types permissible-maximum-content-length
          permissible-security-context },
        refused-extension mts.ExtensionType
      },
      refusal-reason [2] INT { facility-unavailable facility-not-subscribed parameter-unacceptable }
    }`,
    'PAR-submission-control-violated': 'NULL',
    'PAR-originator-invalid': 'NULL',
    'PAR-element-of-service-not-subscribed': 'NULL',
    'PAR-old-credentials-incorrectly-specified': 'NULL',
    'PAR-new-credentials-unacceptable': 'NULL',
    'PAR-message-submission-identifier-invalid': 'NULL',
    'PAR-deferred-delivery-cancellation-rejected': 'NULL',
    'PAR-delivery-control-violated': 'NULL',
    'PAR-register-rejected': 'NULL',
    'PAR-inconsistent-request': 'NULL',
    'PAR-unsupported-critical-function': 'NULL',
    'PAR-control-violates-registration': 'NULL',
    'PAR-remote-bind-error': 'NULL',
  },
  tables: {
    arguments: {
      1: 'RegisterArgument',
      2: 'SubmissionControlArgument',
      3: 'MessageSubmissionArgument',
      4: 'ProbeSubmissionArgument',
      5: 'MessageDeliveryArgument',
      6: 'ReportDeliveryArgument',
      7: 'CancelDeferredDeliveryArgument',
      8: 'ChangeCredentialsArgument',
    },
    results: {
      1: 'RegisterResult',
      2: 'SubmissionControlResult',
      3: 'MessageSubmissionResult',
      4: 'ProbeSubmissionResult',
      5: 'MessageDeliveryResult',
      6: 'ReportDeliveryResult',
      7: 'CancelDeferredDeliveryResult',
      8: 'RES-change-credentials',
    },
    errors: {
      1: 'PAR-submission-control-violated',
      2: 'PAR-originator-invalid',
      3: 'ImproperlySpecifiedRecipients',
      4: 'PAR-element-of-service-not-subscribed',
      5: 'PAR-old-credentials-incorrectly-specified',
      6: 'PAR-new-credentials-unacceptable',
      7: 'PAR-message-submission-identifier-invalid',
      8: 'PAR-deferred-delivery-cancellation-rejected',
      9: 'PAR-delivery-control-violated',
      10: 'PAR-register-rejected',
      11: 'PAR-inconsistent-request',
      12: 'SecurityProblem',
      13: 'PAR-unsupported-critical-function',
      14: 'PAR-control-violates-registration',
      15: 'PAR-remote-bind-error',
      16: 'RefusedOperation',
    },
  },
});
