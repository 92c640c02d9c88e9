import { defineModule } from '../../asn1/schema.ts';
import { ACCESS } from './access.ts';
import { ADDRESS } from './address.ts';
import { IPMS } from './ipms.ts';
import { MS } from './ms.ts';
import { MTS } from './mts.ts';

/**
 * What users register with a message store to be done for them: X.413 (auto-alert, auto-modify) and X.420 (auto-forward,
 * auto-acknowledgement, auto-discard, auto-advise). Both modules have EXPLICIT TAGS.
 */
export const AUTO_ACTIONS = defineModule({
  proto: 'p7',
  id: 'auto',
  tags: 'explicit',
  imports: [ACCESS, ADDRESS, IPMS, MS, MTS],
  types: {
    AutoAlertRegistrationParameter: `SET {
      filter? [0] p7.Filter,
      alert-destinations? [1] SEQOF AlertDestination,
      requested-attributes? [2] SETOF p7.AttributeSelection,
      suppress-alert-destinations? [3] BOOL
    }`,
    AlertDestination: 'SEQ { alert-address p22.External, alert-qualifier? OCTETS }',
    AutoModifyRegistrationParameter: `SET {
      entry-class? [0] p7.EntryClass, filter? [1] p7.Filter, modifications [2] SEQOF p7.EntryModification }`,

    /** A SEQUENCE in the application contexts of 1994, a SET in those of 1988. */
    AutoForwardRegistrationParameter: `CHOICE {
      ipm-auto-forward-registration-parameter SEQ {
        filter? [0] p7.Filter,
        forwarding-envelope [1] p3.MessageSubmissionEnvelope,
        forwarding-heading [2] p22.Heading,
        forwarding-cover-note? [3] p22.BodyPart,
        submission-options? [4] p7.MSSubmissionOptions,
        nrn-comment? [5] PRINTABLE,
        ipm-auto-forward-options? [6] BITS { forward-all-object-types include-returned-content include-returned-ipm
          forwarded-content-prohibited preserve-retrieval-status delete-delivered-object }
      },
      auto-forward-registration-parameter-88 SET {
        filter? [0] p7.Filter,
        auto-forward-arguments [1] AutoForwardArguments,
        delete-after-auto-forwarding? [2] BOOL,
        forwarding-information [3] INSIDE ForwardingInformation1988
      }
    }`,
    AutoForwardArguments: `SET {
      originator-name or.ORName,
      content-identifier? mts.ContentIdentifier,
      priority? mts.Priority,
      per-message-indicators? mts.PerMessageIndicators,
      deferred-delivery-time? [0~] UTCTIME,
      extensions? [2~] SETOF mts.ExtensionField,
      per-recipient-fields [1~] SEQOF p3.PerRecipientMessageSubmissionFields
    }`,
    ForwardingInformation1988: `SET {
      auto-forwarding-comment? [0~] PRINTABLE, ia5-cover-note? [1~] p22.IA5TextBodyPart, this-ipm-prefix? [2~] PRINTABLE }`,
    AutoAcknowledgementRegistrationParameter: `SET {
      auto-acknowledge-suppl-receipt-info? [0] PRINTABLE, submission-options? [1] p7.MSSubmissionOptions }`,
    AutoDiscardRegistrationParameter: `SET {
      filter? [0] p7.Filter,
      submission-options? [1] p7.MSSubmissionOptions,
      auto-discard-expired-ipms [2] BOOL,
      auto-discard-obsoleted-ipms [3] BOOL,
      restrict-obsoleting-to-originator [4] BOOL
    }`,
    AutoAdviseRegistrationParameter: `SET {
      enabled? [0] BOOL,
      filter? [1] p7.Filter,
      advice-notifications [2] SETOF p22.IPMSExtension,
      suppress-subsequent-notifications? [3] BOOL,
      use-ipm-if-an-not-supported? [4] BOOL,
      submission-options? [5] p7.MSSubmissionOptions
    }`,
  },
});
