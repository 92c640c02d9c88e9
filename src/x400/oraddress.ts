import { APPLICATION, CONTEXT, key, oid, readTlv, stringOctets, TAG, type Tlv } from '../asn1/ber.ts';
import { decodeString, decodeStringAt, type StringKind } from '../asn1/strings.ts';
import { KnownOctets } from '../base/known.ts';

/**
 * O/R names and domain identifiers as people write them: `/C=GB/ADMD=GOLD 400/PRMD=ACME/O=Sales/OU1=North/S=Smith/G=Ann/`.
 *
 * Keywords are those of RFC 2156 §4.1 (X.402 annex F's where that has none); an attribute's teletex or universal form stands in when
 * the printable one is absent. `/` and `$` in values are written `$/` and `$$` (RFC 2156 §4.2). Read straight from BER, so that a
 * summary of thousands of messages builds no trees; damage ends the attribute it hits, nothing else.
 */

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);
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

/** Text of a string element; `kind` when an implicit tag hides the universal one. */
export function text(bytes: Uint8Array, tlv: Tlv, kind: StringKind = 'PRINTABLE'): string {
  const own = tlv.cls === 0 ? (KINDS[tlv.tag] ?? kind) : kind;
  if (tlv.constructed) return decodeString(own, stringOctets(bytes, tlv));
  return decodeStringAt(own, bytes, tlv.content, tlv.contentEnd);
}

/** The element inside an explicit tag; null when there is none. */
function inside(bytes: Uint8Array, tlv: Tlv): Tlv | null {
  return tlv.constructed ? readTlv(bytes, tlv.content, tlv.contentEnd) : null;
}

/** Text of a CHOICE of strings behind an explicit tag (country, ADMD, PRMD). */
function choice(bytes: Uint8Array, tlv: Tlv): string | null {
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

class Attributes {
  private readonly slots: (string | undefined)[] = new Array<undefined>(ORDER.length).fill(undefined);
  private others: Map<string, string> | null = null;

  /** The first value of an attribute stays: printable forms are read before teletex and universal ones. */
  add(keyword: string, value: string | null): void {
    if (value === null) return;
    const slot = SLOTS.get(keyword);
    if (slot !== undefined) {
      this.slots[slot] ??= value;
      return;
    }
    this.others ??= new Map();
    if (!this.others.has(keyword)) this.others.set(keyword, value);
  }

  render(): string {
    let out = '';
    for (let i = 0; i < ORDER.length; i++) {
      const value = this.slots[i];
      if (value !== undefined) out += `/${ORDER[i]}=${escaped(value)}`;
    }
    if (this.others !== null) {
      for (const [keyword, value] of this.others) out += `/${escaped(keyword)}=${escaped(value)}`;
    }
    return out === '' ? '' : `${out}/`;
  }
}

function escaped(value: string): string {
  return value.includes('/') || value.includes('$') ? value.replace(/[/$]/g, '$$$&') : value;
}

const names = new KnownOctets<string>(4096, 512);
const domains = new KnownOctets<string>(1024, 128);

/** The O/R name or address whose contents (built-in attributes, DDAs, extension attributes, directory name) are in `tlv`. */
export function orName(bytes: Uint8Array, tlv: Tlv): string {
  return names.of(bytes, tlv.content, tlv.contentEnd, () => render(bytes, tlv));
}

function render(bytes: Uint8Array, tlv: Tlv): string {
  const attributes = new Attributes();
  let name: string | null = null;
  let first = true;
  for (let at = tlv.content; at < tlv.contentEnd; first = false) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === SEQUENCE && first) builtIn(bytes, part, attributes);
    else if (part.key === SEQUENCE) domainDefined(bytes, part, attributes, 'PRINTABLE');
    else if (part.key === SET) extensionAttributes(bytes, part, attributes);
    else if (part.key === C(0)) name = directoryName(bytes, inside(bytes, part));
  }
  const address = attributes.render();
  if (name === null || name === '') return address;
  return address === '' ? name : `${address}DN=${escaped(name)}/`;
}

function builtIn(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    switch (part.key) {
      case A(1):
        into.add('C', choice(bytes, part));
        break;
      case A(2):
        into.add('ADMD', choice(bytes, part));
        break;
      case C(0):
        into.add('X121', text(bytes, part));
        break;
      case C(1):
        into.add('T-ID', text(bytes, part));
        break;
      case C(2):
        into.add('PRMD', choice(bytes, part));
        break;
      case C(3):
        into.add('O', text(bytes, part));
        break;
      case C(4):
        into.add('UA-ID', text(bytes, part));
        break;
      case C(5):
        personalName(bytes, part, into, 'PRINTABLE');
        break;
      case C(6):
        units(bytes, part, into);
    }
  }
}

const PERSONAL = ['S', 'G', 'I', 'GQ'];

function personalName(bytes: Uint8Array, tlv: Tlv, into: Attributes, kind: StringKind): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    const keyword = part.cls === CONTEXT ? PERSONAL[part.tag] : undefined;
    if (keyword !== undefined)
      into.add(keyword, kind === 'UNIVERSAL' ? universal(bytes, part) : text(bytes, part, kind));
  }
}

function units(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  let n = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    into.add(`OU${++n}`, part.key === SET ? universal(bytes, part) : text(bytes, part));
  }
}

function domainDefined(bytes: Uint8Array, tlv: Tlv, into: Attributes, kind: StringKind): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const pair = readTlv(bytes, at, tlv.contentEnd)!;
    at = pair.end;
    const type = inside(bytes, pair);
    const value = type === null ? null : readTlv(bytes, type.end, pair.contentEnd);
    if (type === null || value === null) continue;
    const read = (part: Tlv): string => (part.key === SET ? (universal(bytes, part) ?? '') : text(bytes, part, kind));
    into.add(`DD.${read(type)}`, read(value));
  }
}

/** UniversalOrBMPString: SET { CHOICE { BMPString, UniversalString }, language }. */
function universal(bytes: Uint8Array, tlv: Tlv): string | null {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === key(0, TAG.bmp) || part.key === key(0, TAG.universal)) return text(bytes, part);
  }
  return null;
}

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
        lines.push(text(bytes, inner));
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

function extensionAttributes(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
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
    parts.push(text(bytes, part, 'NUMERIC'));
  }
  into.add('NET-NUM', parts.join('+'));
}

/** `/C=GB/ADMD=GOLD 400/PRMD=ACME/` of a GlobalDomainIdentifier. */
export function domainName(bytes: Uint8Array, tlv: Tlv): string {
  return domains.of(bytes, tlv.content, tlv.contentEnd, () => renderDomain(bytes, tlv));
}

function renderDomain(bytes: Uint8Array, tlv: Tlv): string {
  const attributes = new Attributes();
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === A(1)) attributes.add('C', choice(bytes, part));
    else if (part.key === A(2)) attributes.add('ADMD', choice(bytes, part));
    else attributes.add('PRMD', part.cls === CONTEXT ? choice(bytes, part) : text(bytes, part));
  }
  return attributes.render();
}

/** Attribute types that RFC 4514 §3 abbreviates, and those that X.400 directories use. */
const TYPES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/** A directory name (the RDNSequence) the most significant RDN last, as RFC 4514 writes it. */
export function directoryName(bytes: Uint8Array, sequence: Tlv | null): string | null {
  if (sequence === null) return null;
  const rdns: string[] = [];
  for (let at = sequence.content; at < sequence.contentEnd; ) {
    const rdn = readTlv(bytes, at, sequence.contentEnd)!;
    at = rdn.end;
    const pairs: string[] = [];
    for (let inner = rdn.content; inner < rdn.contentEnd; ) {
      const pair = readTlv(bytes, inner, rdn.contentEnd)!;
      inner = pair.end;
      const type = inside(bytes, pair);
      const value = type === null ? null : readTlv(bytes, type.end, pair.contentEnd);
      if (type === null || value === null) continue;
      const dotted = oid(bytes, type.content, type.contentEnd) ?? '?';
      pairs.push(`${TYPES[dotted] ?? dotted}=${quoted(text(bytes, value))}`);
    }
    rdns.push(pairs.join('+'));
  }
  return rdns.reverse().join(',');
}

/** RFC 4514 §2.4: the characters that have a meaning in the string form. */
function quoted(value: string): string {
  return value.replace(/[",+;<>\\]|^[# ]| $/g, '\\$&').replaceAll('\0', '\\00');
}

/**
 * X.420 §7.1.1: the user's O/R name and the user-relative identifier, which alone is what people search for. An EDIM identifier (X.435
 * §7.1) is the same with context tags.
 */
export function ipmId(bytes: Uint8Array, tlv: Tlv): string | null {
  let user = '';
  let relative: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === A(0) || part.key === C(0)) user = orName(bytes, part);
    else relative = text(bytes, part);
  }
  return relative === null && user === '' ? null : user === '' ? relative : `${relative ?? ''} ${user}`;
}
