import { key, TAG, type Tlv } from '../../asn1/ber.ts';
import { stringOctets } from '../../asn1/contents.ts';
import { lookAtTeletex } from '../../asn1/iso2022.ts';
import { hexadecimal } from '../../base/numbers.ts';
import { parts } from './elements.ts';

export type Tell = (code: string, detail: string) => void;

/** The string types of O/R names and headings; `universal` is the SET that holds a BMPString or UniversalString. */
export type Form = 'printable' | 'numeric' | 'ia5' | 'teletex' | 'universal';

/** Name, string type and upper bound in characters of a value. */
export type Bound = readonly [name: string, form: Form, longest: number];

/** What a universal tag says: a CHOICE of strings, or an encoder that took another type than the one that belongs there. */
const FORMS: ReadonlyMap<number, Form> = new Map([
  [key(0, TAG.printable), 'printable'],
  [key(0, TAG.numeric), 'numeric'],
  [key(0, TAG.ia5), 'ia5'],
  [key(0, TAG.teletex), 'teletex'],
]);

const NAMES: Readonly<Record<Form, string>> = {
  printable: 'PrintableString',
  numeric: 'NumericString',
  ia5: 'IA5String',
  teletex: 'TeletexString',
  universal: 'UniversalString',
};

/** X.680 §41.4: the alphabets, by octet. */
const alphabet = (has: RegExp): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, octet) => (has.test(String.fromCharCode(octet)) ? 1 : 0));
const ALPHABETS: Partial<Record<Form, Uint8Array>> = {
  printable: alphabet(/[A-Za-z0-9 '()+,\-./:=?]/),
  numeric: alphabet(/[0-9 ]/),
  ia5: Uint8Array.from({ length: 256 }, (_, octet) => (octet < 0x80 ? 1 : 0)),
};

const BMP = key(0, TAG.bmp);
const UNIVERSAL = key(0, TAG.universal);

/**
 * Upper bound and characters of one string.
 *
 * @param form type of a string whose own tag is hidden by another; a universal tag speaks for itself
 */
export function checkString(bytes: Uint8Array, tlv: Tlv, form: Form, longest: number, what: string, tell: Tell): void {
  if (tlv.fault !== null) return;
  if (form === 'universal') {
    // UniversalOrBMPString: SET { CHOICE { BMPString, UniversalString }, language PrintableString }.
    for (const part of parts(bytes, tlv)) {
      const width = part.key === BMP ? 2 : part.key === UNIVERSAL ? 4 : 0;
      if (width > 0) tooLong(Math.ceil(stringOctets(bytes, part).length / width), longest, what, tell);
    }
    return;
  }
  const own = tlv.cls === 0 ? (FORMS.get(tlv.key) ?? null) : form;
  // Nearly all of them are primitive, and are read where they stand: a view of each would cost more than reading it.
  const octets = tlv.constructed ? stringOctets(bytes, tlv) : bytes;
  const start = tlv.constructed ? 0 : tlv.content;
  const end = tlv.constructed ? octets.length : tlv.contentEnd;
  if (own === 'teletex') {
    const { characters, reserved } = lookAtTeletex(octets, start, end);
    if (characters !== null) tooLong(characters, longest, what, tell);
    if (reserved !== null)
      tell(
        'p1.string',
        `${what} is a TeletexString with the code ${hexadecimal(reserved, 2)}, which T.61 does not have there`,
      );
    return;
  }
  tooLong(end - start, longest, what, tell);
  const has = own === null ? undefined : ALPHABETS[own];
  if (own === null || has === undefined) return;
  for (let i = start; i < end; i++) {
    if (has[octets[i]!] !== 0) continue;
    tell(
      'p1.string',
      `${what} is ${own === 'ia5' ? 'an' : 'a'} ${NAMES[own]} with the character ${hexadecimal(octets[i]!, 2)}`,
    );
    return;
  }
}

export function tooLong(length: number, longest: number, what: string, tell: Tell, unit = 'characters'): void {
  if (length > longest) tell('p1.upper-bound', `${what} has ${length} ${unit}, at most ${longest} are allowed`);
}
