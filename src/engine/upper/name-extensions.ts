import { CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { integer } from '../../asn1/contents.ts';
import { parts } from './elements.ts';
import { checkCountry, checkDomainDefined, checkPersonalName, checkUnits } from './name-parts.ts';
import { checkString, type Form, type Tell, tooLong } from './string-check.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);

type Check = (bytes: Uint8Array, value: Tlv, what: string, tell: Tell) => void;

const string =
  (form: Form, longest: number): Check =>
  (bytes, value, what, tell) =>
    checkString(bytes, value, form, longest, what, tell);

const LONGEST_PDS_PARAMETER = 30;
const MOST_ADDRESS_LINES = 6;
const LONGEST_UNFORMATTED = 180;

/** PDSParameter: SET { printable-string, teletex-string }, both with their own tags. */
const pds: Check = (bytes, value, what, tell) => {
  for (const part of parts(bytes, value)) checkString(bytes, part, 'printable', LONGEST_PDS_PARAMETER, what, tell);
};

/** UnformattedPostalAddress: SET { printable-address SEQUENCE OF PrintableString, teletex-string }. */
const unformatted: Check = (bytes, value, what, tell) => {
  for (const part of parts(bytes, value)) {
    if (part.key !== SEQUENCE) {
      checkString(bytes, part, 'teletex', LONGEST_UNFORMATTED, what, tell);
      continue;
    }
    const lines = parts(bytes, part);
    for (const line of lines) checkString(bytes, line, 'printable', LONGEST_PDS_PARAMETER, `a line of ${what}`, tell);
    tooLong(lines.length, MOST_ADDRESS_LINES, what, tell, 'lines');
  }
};

/** ExtendedNetworkAddress: the number and sub-address of E.163 and E.164; presentation addresses have no bound. */
const LONGEST_NUMBER = 15;
const LONGEST_SUB_ADDRESS = 40;
const network: Check = (bytes, value, what, tell) => {
  if (value.key !== SEQUENCE) return;
  for (const part of parts(bytes, value)) {
    if (part.key === C(0)) checkString(bytes, part, 'numeric', LONGEST_NUMBER, `number of ${what}`, tell);
    else if (part.key === C(1))
      checkString(bytes, part, 'numeric', LONGEST_SUB_ADDRESS, `sub-address of ${what}`, tell);
  }
};

const personal =
  (form: Form): Check =>
  (bytes, value, what, tell) =>
    checkPersonalName(bytes, value, form, what, tell);
const units =
  (form: Form): Check =>
  (bytes, value, what, tell) =>
    checkUnits(bytes, value, form, what, tell);
const domainDefined =
  (form: Form): Check =>
  (bytes, value, what, tell) =>
    checkDomainDefined(bytes, value, form, what, tell);

/** Extension attributes by type (X.411 figure 4, annex B). 23, the terminal type, is a number. */
const ATTRIBUTES: ReadonlyMap<number, readonly [name: string, check: Check]> = new Map<
  number,
  readonly [string, Check]
>([
  [1, ['common-name', string('printable', 64)]],
  [2, ['teletex-common-name', string('teletex', 64)]],
  [3, ['teletex-organization-name', string('teletex', 64)]],
  [4, ['teletex-personal-name', personal('teletex')]],
  [5, ['teletex-organizational-unit-names', units('teletex')]],
  [6, ['teletex-domain-defined-attributes', domainDefined('teletex')]],
  [7, ['pds-name', string('printable', 16)]],
  [8, ['physical-delivery-country-name', checkCountry]],
  [9, ['postal-code', string('printable', 16)]],
  [10, ['physical-delivery-office-name', pds]],
  [11, ['physical-delivery-office-number', pds]],
  [12, ['extension-OR-address-components', pds]],
  [13, ['physical-delivery-personal-name', pds]],
  [14, ['physical-delivery-organization-name', pds]],
  [15, ['extension-physical-delivery-address-components', pds]],
  [16, ['unformatted-postal-address', unformatted]],
  [17, ['street-address', pds]],
  [18, ['post-office-box-address', pds]],
  [19, ['poste-restante-address', pds]],
  [20, ['unique-postal-name', pds]],
  [21, ['local-postal-attributes', pds]],
  [22, ['extended-network-address', network]],
  [24, ['universal-common-name', string('universal', 64)]],
  [25, ['universal-organization-name', string('universal', 64)]],
  [26, ['universal-personal-name', personal('universal')]],
  [27, ['universal-organizational-unit-names', units('universal')]],
  [28, ['universal-domain-defined-attributes', domainDefined('universal')]],
  [29, ['universal-physical-delivery-office-name', string('universal', LONGEST_PDS_PARAMETER)]],
  [30, ['universal-physical-delivery-office-number', string('universal', LONGEST_PDS_PARAMETER)]],
  [31, ['universal-extension-OR-address-components', string('universal', LONGEST_PDS_PARAMETER)]],
  [32, ['universal-physical-delivery-personal-name', string('universal', LONGEST_PDS_PARAMETER)]],
  [33, ['universal-physical-delivery-organization-name', string('universal', LONGEST_PDS_PARAMETER)]],
  [34, ['universal-extension-physical-delivery-address-components', string('universal', LONGEST_PDS_PARAMETER)]],
  [35, ['universal-unformatted-postal-address', string('universal', LONGEST_UNFORMATTED)]],
  [36, ['universal-street-address', string('universal', LONGEST_PDS_PARAMETER)]],
  [37, ['universal-post-office-box-address', string('universal', LONGEST_PDS_PARAMETER)]],
  [38, ['universal-poste-restante-address', string('universal', LONGEST_PDS_PARAMETER)]],
  [39, ['universal-unique-postal-name', string('universal', LONGEST_PDS_PARAMETER)]],
  [40, ['universal-local-postal-attributes', string('universal', LONGEST_PDS_PARAMETER)]],
]);

/** ExtensionAttributes: SET OF SEQUENCE { [0] type, [1] value }. */
export function checkExtensionAttributes(bytes: Uint8Array, set: Tlv, what: string, tell: Tell): void {
  for (const attribute of parts(bytes, set)) {
    if (attribute.fault !== null) return;
    let known: readonly [string, Check] | undefined;
    for (const part of parts(bytes, attribute)) {
      if (part.key === C(0)) {
        const type = integer(bytes, part.content, part.contentEnd);
        known = typeof type === 'number' ? ATTRIBUTES.get(type) : undefined;
      } else if (part.key === C(1) && known !== undefined) {
        const value = readTlv(bytes, part.content, part.contentEnd);
        if (value !== null && value.fault === null) known[1](bytes, value, `${what}: ${known[0]}`, tell);
      }
    }
  }
}
