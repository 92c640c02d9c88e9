import type { OpenValue } from '../asn1/decode.ts';
import { X509AF, X509SAT } from '../asn1/directory.ts';
import type { Module, Type } from '../asn1/schema.ts';
import { ACCESS } from './tables/access.ts';
import { ADDRESS } from './tables/address.ts';
import { AUTO_ACTIONS } from './tables/auto-actions.ts';
import { EDIMS } from './tables/edims.ts';
import { FTBP } from './tables/ftbp.ts';
import { IPMS } from './tables/ipms.ts';
import { MMS } from './tables/mms.ts';
import { MS } from './tables/ms.ts';
import { MTA } from './tables/mta.ts';
import { MTS } from './tables/mts.ts';

/** Every module of X.400, for tests and for look-ups by object identifier. */
export const MODULES: readonly Module[] = [ADDRESS, MTS, MTA, ACCESS, MS, IPMS, AUTO_ACTIONS, FTBP, MMS, EDIMS];

/** Extensions of envelopes whose types other services define (X.411: "some standard-extensions are defined elsewhere"). */
const EXTENSIONS: Readonly<Record<number, readonly [Module, string]>> = {
  36: [MS, 'SequenceNumber'],
  41: [IPMS, 'BlindCopyRecipientsField'],
  43: [IPMS, 'BodyPartTokens'],
  44: [IPMS, 'ForwardedContentToken'],
};

/** Single objects: the report body part (X.420), and private heading extensions that user agents are known to send. */
const SINGLE: Readonly<Record<string, readonly [Module, string]>> = {
  '2.6.1.4.14': [ACCESS, 'ReportDeliveryArgument'],
  '1.2.826.0.1004.10.1.1': [X509SAT, 'IA5String'],
};

/** Attributes, auto-actions and extensions of the message store (annexes of X.413, X.420 and X.435): arc, then number and type. */
const ATTRIBUTES: readonly (readonly [arc: string, module: Module, rows: string])[] = [
  [
    '2.6.4.3',
    MTS,
    `1 Content 3 ContentCorrelator 4 ContentIdentifier 5 ContentIntegrityCheck 6 ContentLength 8 ExtendedContentType
    9 ConversionWithLossProhibited 14 DLExpansion 20 MessageDeliveryTime 21 MessageOriginAuthenticationCheck
    22 MessageSecurityLabel 23 MessageSubmissionTime 24 MessageToken 26 OriginatorCertificate 31 Priority 32 ProofOfDeliveryRequest 33 Redirection 35 ReportingDLName 36 ReportingMTACertificate
    37 ReportOriginAuthenticationCheck 51 DeferredDeliveryTime 53 DLExpansionProhibited 54 InternalTraceInformationElement 55 LatestDeliveryTime
    62 OriginatingMTACertificate 64 OriginatorReturnAddress 65 PerMessageIndicators 68 ProbeOriginAuthenticationCheck
    70 ProofOfSubmission 72 RecipientReassignmentProhibited 75 TraceInformationElement 80 CertificateSelectors
    81 ExtendedCertificates 82 ExtendedCertificates`,
  ],
  [
    '2.6.4.3',
    ADDRESS,
    '17 ORName 19 MTSIdentifier 27 ORName 28 ORName 38 SecurityClassification 40 MTSIdentifier 41 ORName 71 ORName 78 ORName',
  ],
  [
    '2.6.4.3',
    ACCESS,
    `13 DeliveryFlags 18 MessageDeliveryEnvelope 30 PerRecipientReportDeliveryFields 34 ReportDeliveryEnvelope
    59 MessageSubmissionEnvelope 63 OriginatorReportRequest 66 PerRecipientMessageSubmissionFields
    67 PerRecipientProbeSubmissionFields 69 ProbeSubmissionEnvelope`,
  ],
  [
    '2.6.4.3',
    MS,
    `0 SequenceNumber 10 MS-EIT 11 CreationTime 12 MS-EIT 15 RetrievalStatus 16 EntryType 25 MS-EIT 29 SequenceNumber
    39 SequenceNumber 42 ReportLocation 43 ReportSummary 44 PerRecipientReport 46 AutoActionError 48 SequenceNumber
    49 AutoActionType 50 DeferredDeliveryCancellationTime 52 DeletionTime 57 MessageGroupName 61 SubmissionError
    73 StoragePeriod 74 StorageTime 76 SequenceNumber 79 SignatureVerificationStatus`,
  ],
  ['2.6.4.3', X509AF, '2 AlgorithmIdentifier'],
  [
    '2.6.4.4',
    AUTO_ACTIONS,
    '0 AutoForwardRegistrationParameter 1 AutoAlertRegistrationParameter 4 AutoModifyRegistrationParameter',
  ],
  [
    '2.6.1.15',
    AUTO_ACTIONS,
    '0 AutoAcknowledgementRegistrationParameter 2 AutoDiscardRegistrationParameter 3 AutoAdviseRegistrationParameter',
  ],
  ['2.6.4.9', MS, '3 OriginatorToken 4 ProtectedChangeCredentials 5 ChangeCredentialsAlgorithms'],
  ['2.6.1.6', IPMS, '0 IPMEntryType 1 IPMSynopsis 2 BodyPartDescriptor'],
  [
    '2.6.1.13',
    IPMS,
    `0 CorrelatedDeliveredIPNs 1 CorrelatedDeliveredReplies 2 DeliveredIPNStatus 3 DeliveredReplyStatus 6 ORDescriptor 7 IPMLocation
    9 IPMLocation 13 ReplyTimeField 14 SubmittedIPNStatus 16 SubmittedReplyStatus 18 RecipientCategory`,
  ],
  [
    '2.6.1.7',
    IPMS,
    `0 Heading 1 ThisIPMField 2 OriginatorField 3 RepliedToIPMField 4 SubjectField 5 ExpiryTimeField 6 ReplyTimeField
    7 ImportanceField 8 SensitivityField 9 AutoForwardedField 10 AuthorizingUsersSubfield 11 PrimaryRecipientsSubfield
    12 CopyRecipientsSubfield 13 BlindCopyRecipientsSubfield 14 ObsoletedIPMsSubfield 15 RelatedIPMsSubfield
    16 ReplyRecipientsSubfield 17 IncompleteCopy 18 Language 19 ORDescriptor 20 ORDescriptor 21 ORDescriptor 22 AutoSubmitted
    23 BodyPartSignatures 24 IPMSecurityLabel 25 BodyPartSecurityLabel 26 BodyPartTokens 27 AuthorizationTime
    28 CirculationMember 29 DistributionCode 30 ExtendedSubject 31 InformationCategory 32 ManualHandlingInstruction
    33 OriginatorsReference 34 PrecedencePolicyIdentifier 35 ForwardedContentToken 37 Precedence 38 BodyPartSignatureVerification`,
  ],
  [
    '2.6.1.13',
    MS,
    `4 SequenceNumber 5 SequenceNumber 8 SequenceNumber 10 SequenceNumber 11 SequenceNumber 12 SequenceNumber 15 SequenceNumber
    17 SequenceNumber`,
  ],
  ['2.6.1.7', MTS, '36 MessageToken'],
  [
    '2.6.1.8',
    IPMS,
    `0 Body 1 IA5TextBodyPart 3 G3FacsimileBodyPart 4 G4Class1BodyPart 5 TeletexBodyPart 6 VideotexBodyPart 7 EncryptedBodyPart
    9 MixedModeBodyPart 10 BilaterallyDefinedBodyPart 13 IA5TextParameters 15 G3FacsimileParameters 16 TeletexParameters
    17 VideotexParameters 18 EncryptedParameters 19 MessageParameters 20 IA5TextData 22 G3FacsimileData 23 TeletexData
    24 VideotexData 25 EncryptedData 26 MessageData`,
  ],
  ['2.6.1.8', MS, '8 SequenceNumber'],
  [
    '2.6.1.9',
    IPMS,
    `0 SubjectIPMField 1 IPNOriginatorField 2 IPMIntendedRecipientField 4 NonReceiptReasonField 5 DiscardReasonField
    6 AutoForwardCommentField 7 ReturnedIPMField 8 ReceiptTimeField 9 AcknowledgmentModeField 10 SupplReceiptInfoField
    11 IPMSExtension 12 IPMSExtension 13 IPMSExtension 14 IPMSExtension`,
  ],
  ['2.6.1.9', MS, '3 MS-EIT'],
  [
    '2.6.7.6',
    EDIMS,
    `0 Heading 1 EDIMIdentifier 4 EDINReceiverField 9 RelatedMessageReference 10 ObsoletedEDIMsSubfield
    12 EDIApplicationSecurityExtension 13 CrossReferencingInformationSubField 14 EDIMessageTypeFieldSubField
    15 ServiceStringAdviceField 16 SyntaxIdentifierField 17 InterchangeSenderField 20 HeadingExtensionsSubField`,
  ],
  [
    '2.6.7.7',
    EDIMS,
    `2 EDINotificationRequests 4 InterchangeRecipientField 5 RecipientReferenceField 11 EDINotificationSecurity
    12 EDIReceptionSecurity 13 RecipientExtensionsSubField 14 AuthorizationInformationField`,
  ],
  ['2.6.7.8', EDIMS, '0 Body 2 EDIBodyPart 4 MessageParameters 5 MessageData'],
  [
    '2.6.7.9',
    EDIMS,
    `0 EDIMIdentifier 4 SecurityElementsField 5 NotificationExtensionsSubField 8 PNExtensionsSubField 9 NNReasonCodeField
    11 NNExtensionsSubField 13 FNReasonCodeField 15 FNExtensionsSubField`,
  ],
];

let attributes: Map<string, readonly [Module, string]> | null = null;

function attribute(oid: string): readonly [Module, string] | undefined {
  if (attributes === null) {
    attributes = new Map();
    for (const [arc, module, rows] of ATTRIBUTES) {
      const words = rows.split(/\s+/);
      for (let i = 0; i + 1 < words.length; i += 2) attributes.set(`${arc}.${words[i]}`, [module, words[i + 1]!]);
    }
  }
  return attributes.get(oid);
}

/** The type that an object identifier stands for in extensions, body parts and message store attributes; null when unknown. */
export function typeByOid(oid: string): Type | null {
  for (const module of [IPMS, MMS, FTBP, EDIMS]) {
    const type = module.lookup('objects', oid);
    if (type !== null) return type;
  }
  const row = attribute(oid) ?? SINGLE[oid];
  return row === undefined ? null : row[0].type(row[1]);
}

/** `DecodeOptions.open` for everything that P1, P3, P7 and the contents leave open. */
export function openX400(value: OpenValue): Type | null {
  if (value.oid !== null) return typeByOid(value.oid);
  if (value.fieldName !== 'p1.value_element' || value.contextId === null) return null;
  const row = EXTENSIONS[value.contextId];
  return row === undefined ? null : row[0].type(row[1]);
}
