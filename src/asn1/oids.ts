/**
 * Names of registered objects, as Wireshark prints them where it knows them (X.419 annex, X.411, X.413, X.420, X.435, STANAG 4406,
 * X.500, ISO 8571, ISO 9506). `arc` is common to the rows behind it, which give the last arc's names from 0 on; '' is unassigned.
 */
const ARCS: readonly (readonly [arc: string, names: string])[] = [
  [
    '2.6.0.1',
    `id-ac-mts-access-88 id-ac-mts-forced-access-88 id-ac-mts-reliable-access-88 id-ac-mts-forced-reliable-access-88
    id-ac-ms-access-88 id-ac-ms-reliable-access-88 id-ac-mts-transfer id-ac-mts-access-94 id-ac-mts-forced-access-94
    id-ac-mts-reliable-access-94 id-ac-mts-forced-reliable-access-94 id-ac-ms-access-94 id-ac-ms-reliable-access-94`,
  ],
  [
    '2.6.0.2',
    `. id-as-msse id-as-mdse-88 . . id-as-mrse-88 id-as-mase-88 id-as-mtse id-as-mts-rtse id-as-ms-88 id-as-ms-rtse id-as-mts
    id-as-mta-rtse id-as-ms-msse id-as-mdse-94 id-as-mrse-94 id-as-mase-94 id-as-ms-94`,
  ],
  ['2.6.1.10', 'InterPersonal-Message-1984 InterPersonal-Message-1988'],
  [
    '2.6.1.5',
    `id-hex-incomplete-copy id-hex-languages id-hex-auto-submitted id-hex-body-part-signatures id-hex-ipm-security-label
    id-hex-authorization-time id-hex-circulation-list-recipients id-hex-distribution-codes id-hex-extended-subject
    id-hex-information-categories id-hex-manual-handling-instructions id-hex-originators-reference
    id-hex-precedence-policy-id`,
  ],
  ['2.6.1.20', 'id-rex-circulation-list-indicator id-rex-precedence'],
  ['2.6.1.18', 'id-sec-ipm-security-request id-sec-security-common-fields'],
  ['2.6.1.19', 'id-on-absence-advice id-on-change-of-address-advice'],
  [
    '2.6.1.4',
    `id-et-ia5-text . id-et-g3-facsimile id-et-g4-class1 id-et-teletex id-et-videotex id-et-encrypted id-et-message
    id-et-mixed-mode id-et-bilaterally-defined id-et-nationally-defined id-et-general-text id-et-file-transfer . id-et-report
    id-et-notification id-et-voice id-et-content`,
  ],
  [
    '2.6.1.11',
    `id-ep-ia5-text . id-ep-g3-facsimile . id-ep-teletex id-ep-videotex id-ep-encrypted id-ep-message . . .
    id-ep-general-text id-ep-file-transfer . . id-ep-notification id-ep-voice id-ep-content`,
  ],
  [
    '2.6.4.3',
    `id-att-child-sequence-numbers id-att-content id-att-content-confidentiality-algorithm-identifier
    id-att-content-correlator id-att-content-identifier
    id-att-content-integrity-check id-att-content-length id-att-content-returned id-att-content-type id-att-conversion-with-loss-prohibited
    id-att-converted-EITs id-att-creation-time id-att-delivered-EITs id-att-delivery-flags id-att-dl-expansion-history
    id-att-retrieval-status id-att-entry-type id-att-originally-intended-recipient-name
    id-att-message-delivery-envelope id-att-message-identifier id-att-message-delivery-time
    id-att-message-origin-authentication-check id-att-message-security-label id-att-message-submission-time
    id-att-message-token id-att-original-EITs id-att-originator-certificate id-att-originator-name
    id-att-other-recipient-names id-att-parent-sequence-number id-att-per-recipient-report-delivery-fields
    id-att-priority id-att-proof-of-delivery-request id-att-redirection-history id-att-report-delivery-envelope
    id-att-reporting-DL-name id-att-reporting-MTA-certificate id-att-report-origin-authentication-check
    id-att-security-classification id-att-sequence-number id-att-subject-submission-identifier
    id-att-this-recipient-name id-att-ac-correlated-report-list id-att-ac-report-summary
    id-att-ac-uncorrelated-report-list . id-att-auto-action-error . id-att-auto-action-subject-entry
    id-att-auto-action-type id-att-deferred-delivery-cancellation-time id-att-deferred-delivery-time
    id-att-deletion-time id-att-dl-expansion-prohibited id-att-internal-trace-information id-att-latest-delivery-time
    . id-att-message-group-name . id-att-message-submission-envelope . id-att-ms-submission-error
    id-att-originating-MTA-certificate id-att-originator-report-request id-att-originator-return-address
    id-att-per-message-indicators id-att-per-recipient-message-submission-fields
    id-att-per-recipient-probe-submission-fields id-att-probe-origin-authentication-check
    id-att-probe-submission-envelope id-att-proof-of-submission id-att-recipient-names
    id-att-recipient-reassignment-prohibited id-att-storage-period id-att-storage-time id-att-trace-information
    id-att-ac-report-subject-entry . id-att-dl-exempted-recipients id-att-signature-verification-status
    id-att-certificate-selectors id-att-multiple-originator-certificates id-att-recipient-certificate`,
  ],
  [
    '2.6.4.9',
    '. . . id-ext-originator-token id-ext-protected-change-credentials id-ext-protected-change-credentials-capability',
  ],
  ['2.6.1.6', `id-sat-ipm-entry-type id-sat-ipm-synopsis id-sat-body-parts-summary id-sat-ipm-auto-discarded`],
  [
    '2.6.1.7',
    `id-hat-heading id-hat-this-ipm id-hat-originator id-hat-replied-to-IPM id-hat-subject id-hat-expiry-time
    id-hat-reply-time id-hat-importance id-hat-sensitivity id-hat-auto-forwarded id-hat-authorizing-users
    id-hat-primary-recipients id-hat-copy-recipients id-hat-blind-copy-recipients id-hat-obsoleted-IPMs
    id-hat-related-IPMs id-hat-reply-recipients id-hat-incomplete-copy id-hat-languages id-hat-rn-requestors
    id-hat-nrn-requestors id-hat-reply-requestors id-hat-auto-submitted id-hat-body-part-signatures
    id-hat-ipm-security-label id-hat-body-part-security-label id-hat-body-part-encryption-token
    id-hat-authorization-time id-hat-circulation-list-recipients id-hat-distribution-codes id-hat-extended-subject
    id-hat-information-category id-hat-manual-handling-instructions id-hat-originators-reference
    id-hat-precedence-policy-id id-hat-forwarded-content-token id-hat-forwarded-token id-hat-precedence
    id-hat-body-part-signature-verification-status`,
  ],
  [
    '2.6.1.8',
    `id-bat-body id-bat-ia5-text-body-parts . id-bat-g3-facsimile-body-parts id-bat-g4-class1-body-parts
    id-bat-teletex-body-parts id-bat-videotex-body-parts id-bat-encrypted-body-parts id-bat-message-body-parts
    id-bat-mixed-mode-body-parts id-bat-bilaterally-defined-body-parts id-bat-nationally-defined-body-parts
    id-bat-extended-body-part-types id-bat-ia5-text-parameters . id-bat-g3-facsimile-parameters id-bat-teletex-parameters
    id-bat-videotex-parameters id-bat-encrypted-parameters id-bat-message-parameters id-bat-ia5-text-data .
    id-bat-g3-facsimile-data id-bat-teletex-data id-bat-videotex-data id-bat-encrypted-data id-bat-message-data`,
  ],
  [
    '2.6.1.9',
    `id-nat-subject-ipm id-nat-ipn-originator id-nat-ipm-intended-recipient id-nat-conversion-eits id-nat-non-receipt-reason
    id-nat-discard-reason id-nat-auto-forward-comment id-nat-returned-ipm id-nat-receipt-time id-nat-acknowledgment-mode
    id-nat-suppl-receipt-info id-nat-notification-extensions id-nat-nrn-extensions id-nat-rn-extensions
    id-nat-other-notification-type-fields`,
  ],
  [
    '2.6.1.13',
    `id-cat-correlated-delivered-ipns id-cat-correlated-delivered-replies id-cat-delivered-ipn-summary
    id-cat-delivered-replies-summary id-cat-forwarded-ipms id-cat-forwarding-ipms id-cat-ipm-recipients
    id-cat-obsoleted-ipms id-cat-obsoleting-ipms id-cat-related-ipms id-cat-relating-ipms id-cat-replied-to-ipm
    id-cat-replying-ipms id-cat-revised-reply-time id-cat-submitted-ipn-status id-cat-submitted-ipns
    id-cat-submitted-reply-status id-cat-subject-ipm id-cat-recipient-category`,
  ],
  [
    '2.6.4.4',
    'id-act-ipm-auto-forward id-act-auto-alert id-act-auto-correlate-reports id-act-auto-delete id-act-auto-modify',
  ],
  ['2.6.1.15', 'id-aa-ipm-auto-acknowledgement id-aa-ipm-auto-correlate id-aa-ipm-auto-discard id-aa-ipm-auto-advise'],
  ['2.6.7.5', 'id-sat-edims-entry-type id-sat-edim-synopsis id-sat-edi-notification-indicator'],
  [
    '2.6.7.6',
    `id-hat-heading id-hat-this-edim id-hat-originator id-hat-recipients id-hat-edin-receiver id-hat-responsibility-forwarded
    id-hat-edi-bodypart-type id-hat-incomplete-copy id-hat-expiry-time id-hat-related-messages id-hat-obsoleted-edims
    id-hat-edi-application-security-element id-hat-edi-application-security-extensions id-hat-cross-referencing-information
    id-hat-edi-message-type id-hat-service-string-advice id-hat-syntax-identifier id-hat-interchange-sender
    id-hat-date-and-time-of-preparation id-hat-application-reference id-hat-heading-extensions`,
  ],
  [
    '2.6.7.7',
    `id-rat-this-recipient id-rat-action-request-for-this-recipient id-rat-edi-notification-requests-for-this-recipient
    id-rat-responsibility-passing-allowed-for-this-recipient id-rat-interchange-recipient-for-this-recipient
    id-rat-recipient-reference-for-this-recipient id-rat-interchange-control-reference-for-this-recipient
    id-rat-processing-priority-code-for-this-recipient id-rat-acknowledgement-request-for-this-recipient
    id-rat-communications-agreement-id-for-this-recipient id-rat-test-indicator-for-this-recipient
    id-rat-edi-notification-security-for-this-recipient id-rat-edi-reception-security-for-this-recipient
    id-rat-recipient-extensions-for-this-recipient id-rat-authorization-information-for-this-recipient`,
  ],
  [
    '2.6.7.8',
    `id-bat-body id-bat-interchange-length id-bat-edi-body-part id-bat-edim-body-part id-bat-message-parameters
    id-bat-message-data id-bat-extended-body-part-types`,
  ],
  [
    '2.6.7.9',
    `id-nat-subject-edim id-nat-edin-originator id-nat-first-recipient id-nat-notification-time
    id-nat-notification-security-elements id-nat-notification-extensions id-nat-edin-initiator id-nat-pn-supplementary-info
    id-nat-pn-extensions id-nat-nn-reason-code id-nat-nn-supplementary-info id-nat-nn-extensions id-nat-forwarded-to
    id-nat-fn-reason-code id-nat-fn-supplementary-info id-nat-fn-extensions`,
  ],
  ['2.6.7.1', 'id-edi-compression id-edi-compression-v42bis'],
  ['2.6.7.10', 'id-mct-pedi'],
  [
    '2.6.7.11',
    `id-bp-edifact-ISO646 id-bp-edifact-TeletexString id-bp-edifact-octet id-bp-ansiX12-ISO646 id-bp-ansiX12-TeletexString
    id-bp-ansiX12-octet id-bp-ansiX12-ebcdic id-bp-untdi-ISO646 id-bp-untdi-TeletexString id-bp-untdi-octet
    id-bp-private-octet id-bp-undefined-octet id-bp-edifact-8859`,
  ],
  ['2.6.7.13', 'id-for-action id-for-copy'],
  ['2.6.7.16', 'id-syn-removed id-syn-place-holder'],
  ['2.6.7.19', 'id-ext-submission-options id-ext-invalid-assembly-instructions'],
  [
    '2.6.3.4',
    `id-eit-unknown id-eit-telex id-eit-ia5-text id-eit-g3-facsimile id-eit-g4-class-1 id-eit-teletex id-eit-videotex
    id-eit-voice id-eit-sfd id-eit-mixed-mode`,
  ],
  [
    '1.3.26.0.4406.0.2',
    `primary-precedence copy-precedence message-type address-list-indicator exempted-address extended-authorisation-info
    distribution-codes handling-instructions message-instructions codress-message originator-reference
    other-recipients-indicator pilot-forwarding-info acp127-message-identifier originator-plad acp127-notification-request
    acp127-notification-response information-labels`,
  ],
  [
    '1.3.26.0.4406.0.7',
    `adatp3 corrections adatp3-parameters corrections-parameters . . forwarded-encrypted forwarded-encrypted-parameters .
    mm-message mm-message-parameters . acp127-data acp127-data-parameters`,
  ],
  ['1.3.26.0.4406.0.4', '. mm'],
  ['1.3.26.0.4406.0.8', 'priority-level-qualifier'],
  [
    '2.5.3',
    `. id-ac-directory-access id-ac-directory-system id-ac-directory-operational-binding-management
    id-ac-shadow-consumer-initiated id-ac-shadow-supplier-initiated id-ac-reliable-shadow-supplier-initiated
    id-ac-reliable-shadow-consumer-initiated`,
  ],
  [
    '2.5.9',
    `. id-as-directory-access id-as-directory-system id-as-directory-shadow
    id-as-directory-operational-binding-management id-as-directory-reliable-shadow
    id-as-directory-reliable-operational-binding-management`,
  ],
];

const SINGLE: Readonly<Record<string, string>> = {
  '2.1.1': 'basic-encoding',
  '2.1.1.0': 'basic-encoding',
  '2.2.1.0.1': 'id-as-acse',
  '2.3.2': 'id-as-rtse',
  '2.4.3': 'id-as-rose',
  '2.2.3.1.1': 'password-based authentication',
  '1.0.9506.2.3': 'MMS',
  '1.0.9506.2.1': 'mms-abstract-syntax-version1',
  '1.0.8571.1.1': 'iso-ftam',
  '1.0.8571.2.1': 'ftam-pci',
  '1.0.8571.2.2': 'ftam-file-directory',
  '1.0.8571.2.3': 'ftam-text',
  '1.0.8571.2.4': 'ftam-binary',
  '2.9.0.0.2': 'cmip',
  '2.9.1.1.4': 'joint-iso-itu-t(2) ms(9) cmip(1) cmip-pci(1) abstractSyntax(4)',
  '1.2.826.0.1004.10.1.1': 'nexor-originating-ua',
  '2.6.3.6.0': 'id-tok-asymmetricToken',
};

let names: Map<string, string> | null = null;

/** The registered name of an object identifier, or null. */
export function oidName(oid: string): string | null {
  if (names === null) {
    names = new Map(Object.entries(SINGLE));
    for (const [arc, list] of ARCS) {
      list.split(/\s+/).forEach((name, i) => {
        if (name !== '.') names!.set(`${arc}.${i}`, name);
      });
    }
  }
  return names.get(oid) ?? null;
}
