import { key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { type Attributes, domainDefined, inside, personalName, text, units, universal } from './address-parts.ts';

/** Extension attributes of an O/R address (X.411 figure 4). */

const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);

/** PDSParameter: SET { PrintableString, TeletexString }, both optional; the unformatted address has lines of strings. */
function postal(bytes: Uint8Array, tlv: Tlv): string | null {
  let teletex: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === key(0, TAG.printable)) return text(bytes, part);
    if (part.key === key(0, TAG.teletex)) teletex = text(bytes, part);
    if (part.key === SEQUENCE) {
      const lines: string[] = [];
      for (let line = part.content; line < part.contentEnd; ) {
        const inner = readTlv(bytes, line, part.contentEnd)!;
        line = inner.end;
        lines.push(text(bytes, inner) ?? '');
      }
      return lines.join(', ');
    }
  }
  return teletex;
}

/** Keyword and form of each extension attribute (X.411 figure 4, part 22); 25-40 are the universal forms of 3-6 and 10-21. */
const EXTENSION: Partial<
  Record<number, readonly [keyword: string, form: 'string' | 'postal' | 'universal' | 'choice']>
> = {
  1: ['CN', 'string'],
  2: ['CN', 'string'],
  3: ['O', 'string'],
  7: ['PD-SYSTEM', 'string'],
  8: ['PD-C', 'choice'],
  9: ['PD-CODE', 'choice'],
  10: ['PD-OFFICE', 'postal'],
  11: ['PD-OFFICE-NUM', 'postal'],
  12: ['PD-EXT-ADDRESS', 'postal'],
  13: ['PD-PN', 'postal'],
  14: ['PD-O', 'postal'],
  15: ['PD-EXT-DELIVERY', 'postal'],
  16: ['PD-ADDRESS', 'postal'],
  17: ['PD-STREET', 'postal'],
  18: ['PD-BOX', 'postal'],
  19: ['PD-RESTANTE', 'postal'],
  20: ['PD-UNIQUE', 'postal'],
  21: ['PD-LOCAL', 'postal'],
  24: ['CN', 'universal'],
  25: ['O', 'universal'],
  29: ['PD-OFFICE', 'universal'],
  30: ['PD-OFFICE-NUM', 'universal'],
  31: ['PD-EXT-ADDRESS', 'universal'],
  32: ['PD-PN', 'universal'],
  33: ['PD-O', 'universal'],
  34: ['PD-EXT-DELIVERY', 'universal'],
  35: ['PD-ADDRESS', 'universal'],
  36: ['PD-STREET', 'universal'],
  37: ['PD-BOX', 'universal'],
  38: ['PD-RESTANTE', 'universal'],
  39: ['PD-UNIQUE', 'universal'],
  40: ['PD-LOCAL', 'universal'],
};

const TERMINALS: Partial<Record<number, string>> = {
  3: 'TLX',
  4: 'TTX',
  5: 'G3FAX',
  6: 'G4FAX',
  7: 'IA5',
  8: 'VTX',
};

export function extensionAttributes(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  // Printable forms first: an attribute is added once (1 common-name before 2 teletex before 24 universal).
  const found: [number, Tlv][] = [];
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const attribute = readTlv(bytes, at, tlv.contentEnd)!;
    at = attribute.end;
    const type = inside(bytes, attribute);
    const wrapped = type === null ? null : readTlv(bytes, type.end, attribute.contentEnd);
    if (type === null || wrapped === null || type.contentEnd - type.content !== 1) continue;
    // Some encoders tag the value implicitly; then the tag stands for the value's own.
    found.push([bytes[type.content]!, wrapped]);
  }
  found.sort((a, b) => a[0] - b[0]);
  for (const [type, wrapped] of found) extensionAttribute(bytes, type, wrapped, into);
}

function extensionAttribute(bytes: Uint8Array, type: number, wrapped: Tlv, into: Attributes): void {
  const row = EXTENSION[type];
  const inner = inside(bytes, wrapped);
  const value = inner ?? wrapped;
  if (row !== undefined) {
    const [keyword, form] = row;
    const teletex = type === 2 || type === 3 ? 'TELETEX' : 'PRINTABLE';
    if (form === 'string' || form === 'choice') into.add(keyword, text(bytes, value, teletex));
    else if (inner === null) return;
    else if (form === 'postal') into.add(keyword, postal(bytes, inner.key === SET ? inner : wrapped));
    else into.add(keyword, universal(bytes, inner.key === SET ? inner : wrapped));
    return;
  }
  if (type === 23) {
    const number = value.contentEnd > value.content ? bytes[value.contentEnd - 1]! : 0;
    into.add('T-TY', TERMINALS[number] ?? String(number));
    return;
  }
  if (inner === null) return;
  const nested = inner.key === SET || inner.key === SEQUENCE ? inner : wrapped;
  if (type === 4) personalName(bytes, nested, into, 'TELETEX');
  else if (type === 26) personalName(bytes, nested, into, 'UNIVERSAL');
  else if (type === 5 || type === 27) units(bytes, nested, into);
  else if (type === 6 || type === 28) domainDefined(bytes, nested, into, 'TELETEX');
  else if (type === 22) networkAddress(bytes, inner, into);
}

function networkAddress(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  if (tlv.key !== SEQUENCE) {
    into.add('NET-PSAP', 'presentation address');
    return;
  }
  const parts: string[] = [];
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    parts.push(text(bytes, part, 'NUMERIC') ?? '');
  }
  into.add('NET-NUM', parts.join('+'));
}
