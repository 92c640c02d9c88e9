/**
 * BER (X.690) element reader: total for any octets, no exceptions, nothing copied.
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
