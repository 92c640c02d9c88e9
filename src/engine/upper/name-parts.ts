import { CONTEXT, key, TAG, type Tlv } from '../../asn1/ber.ts';
import { parts } from './elements.ts';
import { checkString, type Form, type Tell, tooLong } from './string-check.ts';

/** The parts of an O/R name that there are in a printable, a teletex and a universal form (X.411 figure 4, annex B). */

const C = (tag: number): number => key(CONTEXT, tag);
const NUMERIC = key(0, TAG.numeric);

/** The universal form (1999) has bounds of its own. */
const PERSONAL: ReadonlyMap<number, readonly [name: string, longest: number, universal: number]> = new Map([
  [C(0), ['surname', 40, 64]],
  [C(1), ['given-name', 16, 40]],
  [C(2), ['initials', 5, 16]],
  [C(3), ['generation-qualifier', 3, 16]],
]);

/** ISO 3166 has two letters, X.121 three digits. */
const LONGEST_ALPHA_COUNTRY = 2;
const LONGEST_NUMERIC_COUNTRY = 3;
const LONGEST_UNIT = 32;
const MOST_UNITS = 4;
const LONGEST_DDA_TYPE = 8;
const LONGEST_DDA_VALUE = 128;
const MOST_DDAS = 4;

export function checkCountry(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  const longest = tlv.key === NUMERIC ? LONGEST_NUMERIC_COUNTRY : LONGEST_ALPHA_COUNTRY;
  checkString(bytes, tlv, 'printable', longest, what, tell);
}

export function checkPersonalName(bytes: Uint8Array, name: Tlv, form: Form, what: string, tell: Tell): void {
  for (const piece of parts(bytes, name)) {
    const known = PERSONAL.get(piece.key);
    if (known === undefined) continue;
    const [part, longest, universal] = known;
    checkString(bytes, piece, form, form === 'universal' ? universal : longest, `${what}: ${part}`, tell);
  }
}

export function checkUnits(bytes: Uint8Array, list: Tlv, form: Form, what: string, tell: Tell): void {
  let units = 0;
  for (const unit of parts(bytes, list)) {
    units++;
    checkString(bytes, unit, form, LONGEST_UNIT, `${what}: organizational-unit-name ${units}`, tell);
  }
  if (units > MOST_UNITS)
    tell('p1.upper-bound', `${what}: ${units} organizational units, at most ${MOST_UNITS} are allowed`);
}

export function checkDomainDefined(bytes: Uint8Array, list: Tlv, form: Form, what: string, tell: Tell): void {
  let count = 0;
  for (const attribute of parts(bytes, list)) {
    count++;
    const [type, value] = parts(bytes, attribute);
    const label = `domain-defined attribute ${count}`;
    if (type !== undefined) checkString(bytes, type, form, LONGEST_DDA_TYPE, `${what}: type of ${label}`, tell);
    if (value !== undefined) checkString(bytes, value, form, LONGEST_DDA_VALUE, `${what}: value of ${label}`, tell);
  }
  tooLong(count, MOST_DDAS, what, tell, 'domain-defined attributes');
}
