/**
 * BER (X.690) element reader: total for any octets, no exceptions, nothing copied unless a constructed string has to be joined.
 *
 * Positions are indices of the caller's buffer; `end` is always exclusive. What is wrong with an element is said in its `fault`,
 * and the element is still returned, clipped to the octets that are there, so that whatever can be read is read.
 */

/** Nesting that is followed; deeper elements are kept as octets. Real X.400 stays below 30. */
export const MAX_DEPTH = 64;

export type TagClass = 0 | 1 | 2 | 3;
export const UNIVERSAL = 0;
export const APPLICATION = 1;
export const CONTEXT = 2;

/** Universal tag numbers (X.680 §8.6). */
export const TAG = {
  eoc: 0,
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  objectDescriptor: 7,
  external: 8,
  real: 9,
  enumerated: 10,
  embeddedPdv: 11,
  utf8: 12,
  relativeOid: 13,
  sequence: 16,
  set: 17,
  numeric: 18,
  printable: 19,
  teletex: 20,
  videotex: 21,
  ia5: 22,
  utcTime: 23,
  generalizedTime: 24,
  graphic: 25,
  visible: 26,
  general: 27,
  universal: 28,
  bmp: 30,
} as const;

export type BerFaultCode =
  | 'ber.truncated' // the element runs past the octets that hold it
  | 'ber.length' // reserved or impossible length octets
  | 'ber.tag' // tag number of more than four octets, or cut
  | 'ber.eoc' // indefinite length without end-of-contents
  | 'ber.depth'; // nested deeper than MAX_DEPTH

export interface Tlv {
  /** Identifier: class and number in one integer, as `key()` makes it. */
  readonly key: number;
  readonly cls: TagClass;
  readonly tag: number;
  readonly constructed: boolean;
  /** First identifier octet. */
  readonly start: number;
  /** First contents octet. */
  readonly content: number;
  /** Behind the last contents octet (end-of-contents octets are not contents). */
  readonly contentEnd: number;
  /** Behind the element, end-of-contents octets included. */
  readonly end: number;
  readonly fault: BerFaultCode | null;
}

/** Class and tag number as one comparable integer. */
export function key(cls: number, tag: number): number {
  return cls * 0x10000000 + tag;
}

/** Class of a key. */
export function keyClass(k: number): TagClass {
  return Math.floor(k / 0x10000000) as TagClass;
}

/** Tag number of a key. */
export function keyTag(k: number): number {
  return k % 0x10000000;
}

/**
 * The element that begins at `pos`. Null only when there is no octet at all (`pos >= end`).
 * `depth` bounds the walk through nested indefinite lengths.
 */
export function readTlv(bytes: Uint8Array, pos: number, end: number, depth = 0): Tlv | null {
  if (pos >= end) return null;
  const first = bytes[pos]!;
  const cls = (first >> 6) as TagClass;
  const constructed = (first & 0x20) !== 0;
  let tag = first & 0x1f;
  let at = pos + 1;
  if (tag === 0x1f) {
    tag = 0;
    let octets = 0;
    for (;;) {
      if (at >= end) return broken(cls, tag, constructed, pos, end, 'ber.truncated');
      const octet = bytes[at++]!;
      tag = tag * 128 + (octet & 0x7f);
      octets++;
      if ((octet & 0x80) === 0) break;
      if (octets === 4) return broken(cls, 0, constructed, pos, end, 'ber.tag');
    }
    // Four octets hold 28 bits: just what key() has room for.
  }
  if (at >= end) return broken(cls, tag, constructed, pos, end, 'ber.truncated');
  let length = bytes[at++]!;
  if (length === 0x80) {
    if (!constructed) return broken(cls, tag, constructed, pos, end, 'ber.length');
    return indefinite(bytes, cls, tag, pos, at, end, depth);
  }
  if (length > 0x80) {
    const octets = length & 0x7f;
    if (length === 0xff) return broken(cls, tag, constructed, pos, end, 'ber.length');
    if (at + octets > end) return broken(cls, tag, constructed, pos, end, 'ber.truncated');
    length = 0;
    for (let i = 0; i < octets; i++) {
      length = length * 256 + bytes[at++]!;
      if (length > 0xffffffffffff) return broken(cls, tag, constructed, pos, end, 'ber.length');
    }
  }
  const whole = at + length <= end;
  const stop = whole ? at + length : end;
  return {
    key: cls * 0x10000000 + tag,
    cls,
    tag,
    constructed,
    start: pos,
    content: at,
    contentEnd: stop,
    end: stop,
    fault: whole ? null : 'ber.truncated',
  };
}

/** An element of definite length as its header alone tells it; nothing says that its contents are there. */
export interface Extent {
  readonly identifier: number;
  readonly content: number;
  readonly end: number;
}

/**
 * The element that begins at `pos`, where only a part of its contents may have come yet: `readTlv` would clip it to that. Null for an
 * indefinite length or a tag number above 30, and when its header is not whole before `limit`.
 */
export function extentAt(bytes: Uint8Array, pos: number, limit: number): Extent | null {
  if (pos + 2 > limit) return null;
  const identifier = bytes[pos]!;
  if ((identifier & 0x1f) === 0x1f) return null;
  const first = bytes[pos + 1]!;
  if (first < 0x80) return { identifier, content: pos + 2, end: pos + 2 + first };
  const octets = first & 0x7f;
  const content = pos + 2 + octets;
  if (octets === 0 || octets > 6 || content > limit) return null;
  let length = 0;
  for (let i = pos + 2; i < content; i++) length = length * 256 + bytes[i]!;
  return { identifier, content, end: content + length };
}

/** An element whose header cannot be read: everything up to `end` belongs to it, and it has no contents. */
function broken(
  cls: TagClass,
  tag: number,
  constructed: boolean,
  start: number,
  end: number,
  fault: BerFaultCode,
): Tlv {
  return {
    key: cls * 0x10000000 + tag,
    cls,
    tag,
    constructed,
    start,
    content: end,
    contentEnd: end,
    end,
    fault,
  };
}

/** Looks for the end-of-contents octets that match the indefinite length whose contents begin at `content`. */
function indefinite(
  bytes: Uint8Array,
  cls: TagClass,
  tag: number,
  start: number,
  content: number,
  end: number,
  depth: number,
): Tlv {
  let fault: BerFaultCode | null = null;
  let at = content;
  let stop = end;
  let contentEnd = end;
  for (;;) {
    if (at >= end) {
      fault = 'ber.eoc';
      break;
    }
    if (bytes[at] === 0 && (at + 1 >= end || bytes[at + 1] === 0)) {
      contentEnd = at;
      stop = Math.min(at + 2, end);
      if (at + 1 >= end) fault = 'ber.eoc';
      break;
    }
    if (depth >= MAX_DEPTH) {
      fault = 'ber.depth';
      break;
    }
    const inner = readTlv(bytes, at, end, depth + 1)!;
    if (inner.fault !== null) {
      // The end cannot be found behind a damaged element. Its own fault is reported when it is read.
      fault = inner.fault === 'ber.depth' ? 'ber.depth' : 'ber.eoc';
      break;
    }
    at = inner.end;
  }
  return {
    key: cls * 0x10000000 + tag,
    cls,
    tag,
    constructed: true,
    start,
    content,
    contentEnd,
    end: stop,
    fault,
  };
}

/** Contents octets of a string type, joined when the encoding is constructed (X.690 §8.7, §8.21); a view when it is primitive. */
export function stringOctets(bytes: Uint8Array, tlv: Tlv): Uint8Array {
  if (!tlv.constructed) return bytes.subarray(tlv.content, tlv.contentEnd);
  const parts: Uint8Array[] = [];
  const size = segments(bytes, tlv, 0, parts);
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function segments(bytes: Uint8Array, tlv: Tlv, depth: number, parts: Uint8Array[]): number {
  let size = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(bytes, at, tlv.contentEnd, depth + 1)!;
    if (inner.constructed) {
      if (depth < MAX_DEPTH) size += segments(bytes, inner, depth + 1, parts);
    } else {
      parts.push(bytes.subarray(inner.content, inner.contentEnd));
      size += inner.contentEnd - inner.content;
    }
    at = inner.end;
  }
  return size;
}

export interface Bits {
  /** The octets behind the initial octet, segments joined. */
  readonly octets: Uint8Array;
  /** Unused bits of the last octet (X.690 §8.6.2); as coded, so it may be out of range. */
  readonly unused: number;
  /** False when there is no initial octet, it is over 7, or a segment but the last has unused bits. */
  readonly valid: boolean;
}

export function bitString(bytes: Uint8Array, tlv: Tlv): Bits {
  if (!tlv.constructed) {
    const size = tlv.contentEnd - tlv.content;
    if (size < 1) return { octets: bytes.subarray(tlv.content, tlv.content), unused: 0, valid: false };
    const unused = bytes[tlv.content]!;
    return {
      octets: bytes.subarray(tlv.content + 1, tlv.contentEnd),
      unused,
      valid: unused < 8 && (size > 1 || unused === 0),
    };
  }
  const parts: Uint8Array[] = [];
  segments(bytes, tlv, 0, parts);
  let size = 0;
  let unused = 0;
  let valid = true;
  for (const part of parts) {
    if (part.length === 0) {
      valid = false;
      continue;
    }
    if (unused !== 0) valid = false;
    unused = part[0]!;
    if (unused > 7) valid = false;
    size += part.length - 1;
  }
  const octets = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    if (part.length === 0) continue;
    octets.set(part.subarray(1), at);
    at += part.length - 1;
  }
  return { octets, unused, valid };
}

/** Whether bit `n` (0 is the leading bit of the first octet) is one; bits that are not there are zero. */
export function bit(bits: Bits, n: number): boolean {
  const octet = n >> 3;
  return octet < bits.octets.length && (bits.octets[octet]! & (0x80 >> (n & 7))) !== 0;
}

/** The first eight bits of a BIT STRING as an octet; bits that are not there are zero. */
export function leadingBits(bytes: Uint8Array, tlv: Tlv): number {
  if (tlv.constructed) return bitString(bytes, tlv).octets[0] ?? 0;
  return tlv.contentEnd - tlv.content < 2 ? 0 : bytes[tlv.content + 1]!;
}

/**
 * Two's complement contents octets (X.690 §8.3): a number up to 2^53, a bigint up to eight octets, and lower-case hex above
 * (moduli, serial numbers), where a decimal helps nobody. Null when there are no contents octets.
 */
export function integer(bytes: Uint8Array, start: number, end: number): number | bigint | string | null {
  const size = end - start;
  if (size < 1) return null;
  if (size <= 6) {
    let value = (bytes[start]! << 24) >> 24;
    for (let i = start + 1; i < end; i++) value = value * 256 + bytes[i]!;
    return value;
  }
  if (size > 9 || (size === 9 && bytes[start] !== 0)) return hex(bytes, start, end);
  let value = BigInt((bytes[start]! << 24) >> 24);
  for (let i = start + 1; i < end; i++) value = value * 256n + BigInt(bytes[i]!);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Object identifier in dotted decimal (X.690 §8.19). Null when there are no contents or the last subidentifier is cut. */
export function oid(bytes: Uint8Array, start: number, end: number, relative = false): string | null {
  if (end <= start || (bytes[end - 1]! & 0x80) !== 0) return null;
  let out = '';
  let value = 0;
  let big = 0n;
  let octets = 0;
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    octets++;
    if (octets <= 7) value = value * 128 + (octet & 0x7f);
    else {
      if (octets > 32) return null; // 224 bits: more than any registered arc; keeps the arithmetic linear
      if (octets === 8) big = BigInt(value);
      big = big * 128n + BigInt(octet & 0x7f);
    }
    if (octet & 0x80) continue;
    if (out === '' && !relative) {
      if (octets > 7) out = `2.${big - 80n}`;
      else out = value < 40 ? `0.${value}` : value < 80 ? `1.${value - 40}` : `2.${value - 80}`;
    } else {
      out += `${out === '' ? '' : '.'}${octets > 7 ? big : value}`;
    }
    value = 0;
    octets = 0;
  }
  return out;
}

const HEX: string[] = [];
/** Octets as lower-case hex without separators. */
export function hex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (HEX.length === 0) for (let i = 0; i < 256; i++) HEX.push(i.toString(16).padStart(2, '0'));
  let out = '';
  for (let i = start; i < end; i++) out += HEX[bytes[i]!];
  return out;
}

/** Octets as ISO 8859-1 text: IA5, Printable, Numeric and times, whose octets are their characters. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let out = '';
  for (let i = start; i < end; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}
