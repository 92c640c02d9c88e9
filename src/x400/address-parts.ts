import { CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { stringOctets, whole } from '../asn1/contents.ts';
import { decodeString, decodeStringAt, type StringKind } from '../asn1/strings.ts';

/** What the attributes of an address are made of: strings, and the parts that come in a printable, a teletex and a universal form. */

const SET = key(0, TAG.set);

const KINDS: Partial<Record<number, StringKind>> = {
  [TAG.utf8]: 'UTF8',
  [TAG.numeric]: 'NUMERIC',
  [TAG.printable]: 'PRINTABLE',
  [TAG.teletex]: 'TELETEX',
  [TAG.ia5]: 'IA5',
  [TAG.visible]: 'VISIBLE',
  [TAG.general]: 'GENERAL',
  [TAG.graphic]: 'GRAPHIC',
  [TAG.universal]: 'UNIVERSAL',
  [TAG.bmp]: 'BMP',
};

/**
 * Text of a string element; `kind` when an implicit tag hides the universal one. Null for a damaged one: a length that is too large brings
 * the octets of its neighbours, and segments that are none swallow its own.
 */
export function text(bytes: Uint8Array, tlv: Tlv, kind: StringKind = 'PRINTABLE'): string | null {
  if (!whole(bytes, tlv)) return null;
  const own = tlv.cls === 0 ? (KINDS[tlv.tag] ?? kind) : kind;
  if (tlv.constructed) return decodeString(own, stringOctets(bytes, tlv));
  return decodeStringAt(own, bytes, tlv.content, tlv.contentEnd);
}

/** The element inside an explicit tag; null when there is none. */
export function inside(bytes: Uint8Array, tlv: Tlv): Tlv | null {
  return tlv.constructed ? readTlv(bytes, tlv.content, tlv.contentEnd) : null;
}

/** Text of a CHOICE of strings behind an explicit tag (country, ADMD, PRMD). */
export function choice(bytes: Uint8Array, tlv: Tlv): string | null {
  const inner = inside(bytes, tlv);
  return inner === null ? null : text(bytes, inner);
}

/** Keywords in the order in which an address is written; whatever else there is follows in order of appearance. */
const ORDER = [
  'C',
  'ADMD',
  'PRMD',
  'X121',
  'T-ID',
  'O',
  'OU1',
  'OU2',
  'OU3',
  'OU4',
  'UA-ID',
  'CN',
  'S',
  'G',
  'I',
  'GQ',
];
const SLOTS = new Map(ORDER.map((keyword, i) => [keyword, i]));

export class Attributes {
  private readonly slots: (string | undefined)[] = new Array<undefined>(ORDER.length).fill(undefined);
  private others: Map<string, readonly string[]> | null = null;

  /** The first value of an attribute stays: printable forms are read before teletex and universal ones. */
  add(keyword: string, value: string | null): void {
    if (value === null) return;
    const slot = SLOTS.get(keyword);
    if (slot !== undefined) {
      this.slots[slot] ??= value;
      return;
    }
    this.addEach(keyword, [value]);
  }

  /** The same of what may be there several times in one form. `keyword` is none of those that come first. */
  addEach(keyword: string, values: readonly string[]): void {
    this.others ??= new Map();
    if (!this.others.has(keyword)) this.others.set(keyword, values);
  }

  render(): string {
    let out = '';
    for (let i = 0; i < ORDER.length; i++) {
      const value = this.slots[i];
      if (value !== undefined) out += `/${ORDER[i]}=${escaped(value)}`;
    }
    if (this.others !== null) {
      for (const [keyword, values] of this.others)
        for (const value of values) out += `/${escaped(keyword)}=${escaped(value)}`;
    }
    return out === '' ? '' : `${out}/`;
  }
}

export function escaped(value: string): string {
  return value.includes('/') || value.includes('$') ? value.replace(/[/$]/g, '$$$&') : value;
}

const PERSONAL = ['S', 'G', 'I', 'GQ'];

export function personalName(bytes: Uint8Array, tlv: Tlv, into: Attributes, kind: StringKind): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    const keyword = part.cls === CONTEXT ? PERSONAL[part.tag] : undefined;
    if (keyword !== undefined)
      into.add(keyword, kind === 'UNIVERSAL' ? universal(bytes, part) : text(bytes, part, kind));
  }
}

export function units(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  let n = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    into.add(`OU${++n}`, part.key === SET ? universal(bytes, part) : text(bytes, part));
  }
}

/** Domain-defined attributes: each has a type, and several may have the same. */
export function domainDefined(bytes: Uint8Array, tlv: Tlv, into: Attributes, kind: StringKind): void {
  const found = new Map<string, string[]>();
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const pair = readTlv(bytes, at, tlv.contentEnd)!;
    at = pair.end;
    const type = inside(bytes, pair);
    const value = type === null ? null : readTlv(bytes, type.end, pair.contentEnd);
    if (type === null || value === null) continue;
    const read = (part: Tlv): string | null => (part.key === SET ? universal(bytes, part) : text(bytes, part, kind));
    const [name, told] = [read(type), read(value)];
    if (name === null || told === null) continue;
    const keyword = `DD.${name}`;
    const values = found.get(keyword);
    if (values === undefined) found.set(keyword, [told]);
    else values.push(told);
  }
  for (const [keyword, values] of found) into.addEach(keyword, values);
}

/** UniversalOrBMPString: SET { CHOICE { BMPString, UniversalString }, language }. */
export function universal(bytes: Uint8Array, tlv: Tlv): string | null {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === key(0, TAG.bmp) || part.key === key(0, TAG.universal)) return text(bytes, part);
  }
  return null;
}
