import { APPLICATION, CONTEXT, key, latin1, readTlv, stringOctets, TAG, type Tlv } from '../../asn1/ber.ts';
import { KnownOctets } from '../../base/known.ts';
import type { Tell } from './p1-check.ts';

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);
const PRINTABLE = key(0, TAG.printable);

/** Attribute and upper bound (X.411, ub-…) of the built-in standard attributes that are plain strings. */
const ATTRIBUTES: ReadonlyMap<number, readonly [name: string, longest: number, printable: boolean]> = new Map([
  [C(0), ['network-address', 16, false]],
  [C(1), ['terminal-identifier', 24, true]],
  [C(3), ['organization-name', 64, true]],
  [C(4), ['numeric-user-identifier', 32, false]],
]);

const PERSONAL: ReadonlyMap<number, readonly [name: string, longest: number]> = new Map([
  [C(0), ['surname', 40]],
  [C(1), ['given-name', 16]],
  [C(2), ['initials', 5]],
  [C(3), ['generation-qualifier', 3]],
]);

const LONGEST_DOMAIN = 16;
const LONGEST_UNIT = 32;
const MOST_UNITS = 4;
const LONGEST_DDA_TYPE = 8;
const LONGEST_DDA_VALUE = 128;
const MOST_DDAS = 4;

const NOT_PRINTABLE = /[^A-Za-z0-9 '()+,\-./:=?]/;

/** Names that nothing was to be said about. */
const sound = new KnownOctets<true | undefined>(4096, 512);

/** Upper bounds and character sets of an O/R name (X.411 annex B, X.680 §41.4). `tlv` holds the name's components. */
export function checkOrName(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  sound.of(bytes, tlv.content, tlv.contentEnd, () => {
    let told = false;
    checkComponents(bytes, tlv, what, (code, detail) => {
      told = true;
      tell(code, detail);
    });
    return told ? undefined : true;
  });
}

function checkComponents(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  let sequences = 0;
  for (const part of parts(bytes, tlv)) {
    if (part.fault !== null) return;
    if (part.key !== SEQUENCE) continue;
    if (sequences === 0) checkAttributes(bytes, part, what, tell);
    else if (sequences === 1) checkDomainDefined(bytes, part, what, tell);
    sequences++;
  }
}

function parts(bytes: Uint8Array, outer: Tlv): Tlv[] {
  const out: Tlv[] = [];
  for (let at = outer.content; at < outer.contentEnd; ) {
    const part = readTlv(bytes, at, outer.contentEnd)!;
    at = part.end;
    out.push(part);
  }
  return out;
}

function checkAttributes(bytes: Uint8Array, list: Tlv, what: string, tell: Tell): void {
  for (const part of parts(bytes, list)) {
    const plain = ATTRIBUTES.get(part.key);
    if (plain !== undefined) checkString(bytes, part, plain[1], plain[2], `${what}: ${plain[0]}`, tell);
    else if (part.key === A(2) || part.key === C(2)) {
      const inner = readTlv(bytes, part.content, part.contentEnd);
      const name = part.key === A(2) ? 'administration-domain-name' : 'private-domain-name';
      if (inner !== null) checkString(bytes, inner, LONGEST_DOMAIN, inner.key === PRINTABLE, `${what}: ${name}`, tell);
    } else if (part.key === C(5)) {
      for (const piece of parts(bytes, part)) {
        const known = PERSONAL.get(piece.key);
        if (known !== undefined) checkString(bytes, piece, known[1], true, `${what}: ${known[0]}`, tell);
      }
    } else if (part.key === C(6)) {
      let units = 0;
      for (const unit of parts(bytes, part)) {
        units++;
        checkString(bytes, unit, LONGEST_UNIT, true, `${what}: organizational-unit-name ${units}`, tell);
      }
      if (units > MOST_UNITS)
        tell('p1.upper-bound', `${what}: ${units} organizational units, at most ${MOST_UNITS} are allowed`);
    }
  }
}

function checkDomainDefined(bytes: Uint8Array, list: Tlv, what: string, tell: Tell): void {
  let count = 0;
  for (const attribute of parts(bytes, list)) {
    count++;
    const [type, value] = [...parts(bytes, attribute)];
    if (type !== undefined)
      checkString(bytes, type, LONGEST_DDA_TYPE, true, `${what}: type of domain-defined attribute ${count}`, tell);
    if (value !== undefined)
      checkString(bytes, value, LONGEST_DDA_VALUE, true, `${what}: value of domain-defined attribute ${count}`, tell);
  }
  if (count > MOST_DDAS)
    tell('p1.upper-bound', `${what}: ${count} domain-defined attributes, at most ${MOST_DDAS} are allowed`);
}

function checkString(bytes: Uint8Array, tlv: Tlv, longest: number, printable: boolean, what: string, tell: Tell): void {
  const octets = stringOctets(bytes, tlv);
  if (octets.length > longest)
    tell('p1.upper-bound', `${what} has ${octets.length} characters, at most ${longest} are allowed`);
  if (!printable || (tlv.cls === 0 && tlv.key !== PRINTABLE)) return;
  const stray = NOT_PRINTABLE.exec(latin1(octets));
  if (stray !== null) {
    const code = stray[0].charCodeAt(0).toString(16).padStart(2, '0');
    tell('p1.string', `${what} is a PrintableString with the character 0x${code}`);
  }
}
