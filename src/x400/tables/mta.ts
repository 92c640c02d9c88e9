import { X509AF, X509IF } from '../../asn1/directory.ts';
import { defineModule } from '../../asn1/schema.ts';
import { ADDRESS } from './address.ts';
import { MTS } from './mts.ts';

/**
 * X.411 MTA abstract service (P1): bind, message, probe, report. 1984 APDUs are a subset with the same tags; `additional-information`
 * is then the billing information.
 */
export const MTA = defineModule({
  proto: 'p1',
  id: 'mta',
  imports: [ADDRESS, MTS, X509AF, X509IF],
  types: {
    MTABindArgument: `GUARD CHOICE {
      unauthenticated NULL,
      authenticated [1] SET {
        initiator-name@p1.authenticated.initiator-name [0] IA5,
        initiator-credentials [1] mts.Credentials,
        security-context? [2] or.SecurityContext
      }
    }`,
    MTABindResult: `GUARD CHOICE {
      unauthenticated NULL,
      authenticated [1] SET {
        responder-name@p1.authenticated.responder-name [0] IA5,
        responder-credentials [1] mts.Credentials
      }
    }`,
    MTABindError: 'alias mts.MTABindError',

    'MTS-APDU': 'CHOICE { message [0] Message, probe [2] ProbeTransferEnvelope, report [1] Report }',
    Message: 'SEQ { envelope MessageTransferEnvelope, content mts.Content }',
    Report: 'SEQ { envelope ReportTransferEnvelope, content ReportTransferContent }',

    MessageTransferEnvelope: `SET {
      message-identifier or.MTSIdentifier,
      originator-name or.ORName,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      priority? mts.Priority,
      per-message-indicators? mts.PerMessageIndicators,
      deferred-delivery-time? [0] UTCTIME,
      per-domain-bilateral-information? [1] SEQOF PerDomainBilateralInformation,
      trace-information mts.TraceInformation,
      extensions? [3] SETOF mts.ExtensionField,
      per-recipient-fields [2] SEQOF PerRecipientMessageTransferFields
    }`,
    PerRecipientMessageTransferFields: `SET {
      recipient-name or.ORName,
      originally-specified-recipient-number [0] INT,
      per-recipient-indicators [1] PerRecipientIndicators,
      explicit-conversion? [2] mts.ExplicitConversion,
      extensions? [3] SETOF mts.ExtensionField
    }`,
    ProbeTransferEnvelope: `SET {
      probe-identifier or.MTSIdentifier,
      originator-name or.ORName,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      content-length? [0] INT,
      per-message-indicators? mts.PerMessageIndicators,
      per-domain-bilateral-information? [1] SEQOF PerDomainBilateralInformation,
      trace-information mts.TraceInformation,
      extensions? [3] SETOF mts.ExtensionField,
      per-recipient-fields [2] SEQOF PerRecipientProbeTransferFields
    }`,
    PerRecipientProbeTransferFields: `SET {
      recipient-name or.ORName,
      originally-specified-recipient-number [0] INT,
      per-recipient-indicators [1] PerRecipientIndicators,
      explicit-conversion? [2] mts.ExplicitConversion,
      extensions? [3] SETOF mts.ExtensionField
    }`,
    ReportTransferEnvelope: `SET {
      report-identifier or.MTSIdentifier,
      report-destination-name or.ORName,
      trace-information mts.TraceInformation,
      extensions? [1] SETOF mts.ExtensionField
    }`,
    ReportTransferContent: `SET {
      subject-identifier or.MTSIdentifier,
      subject-intermediate-trace-information? mts.TraceInformation,
      original-encoded-information-types? or.EncodedInformationTypes,
      content-type? mts.ContentType,
      content-identifier? mts.ContentIdentifier,
      returned-content? [1] OCTETS,
      additional-information? [2] ANY,
      extensions? [3] SETOF mts.ExtensionField,
      per-recipient-fields [0] SEQOF PerRecipientReportTransferFields
    }`,
    PerRecipientReportTransferFields: `SET {
      actual-recipient-name [0] or.ORName,
      originally-specified-recipient-number [1] INT,
      per-recipient-indicators [2] PerRecipientIndicators,
      last-trace-information [3] SET {
        arrival-time [0] UTCTIME,
        converted-encoded-information-types? or.EncodedInformationTypes,
        report-type [1] mts.ReportType
      },
      originally-intended-recipient-name? [4] or.ORName,
      supplementary-information? [5] PRINTABLE,
      extensions? [6] SETOF mts.ExtensionField
    }`,
    PerDomainBilateralInformation: `SEQ {
      country-name or.CountryName,
      domain CHOICE {
        administration-domain-name or.AdministrationDomainName,
        private-domain SEQ {
          administration-domain-name [0] or.AdministrationDomainName,
          private-domain-identifier [1] or.PrivateDomainName
        }
      },
      bilateral-information ANY
    }`,
    PerRecipientIndicators: `BITS { responsibility originating-MTA-report originating-MTA-non-delivery-report
      originator-report originator-non-delivery-report reserved-5 reserved-6 reserved-7 }`,
  },
});
