import { readTlv } from '../../asn1/ber.ts';
import { oid } from '../../asn1/contents.ts';
import { encodedValue } from '../../x400/external.ts';

/** One PDV-list of fully-encoded user data (X.226 §8.4.2); positions are indices of the octets that were walked. */
export interface Pdv {
  readonly contextId: number;
  readonly transferSyntax: string | null;
  readonly form: 'single-ASN1-type' | 'octet-aligned' | 'arbitrary';
  /** The PDV-list, tag included. */
  readonly start: number;
  readonly end: number;
  /** The value: the BER element(s) of a single ASN.1 type, or the octets in the octet-aligned or arbitrary string. */
  readonly valueStart: number;
  readonly valueEnd: number;
  /** An octet-aligned value in several segments: its octets still stand in their elements. */
  readonly segmented: boolean;
  /** An arbitrary value in several segments or with unused bits: no octets to read on. */
  readonly opaque: boolean;
  readonly broken: boolean;
}

/** The PDV-lists of `61 …`; empty when these are no fully-encoded user data. */
export function readPdvs(bytes: Uint8Array, start: number, end: number): Pdv[] {
  const outer = readTlv(bytes, start, end);
  if (outer === null || outer.cls !== 1 || outer.tag !== 1 || !outer.constructed) return [];
  const out: Pdv[] = [];
  for (let at = outer.content; at < outer.contentEnd; ) {
    const list = readTlv(bytes, at, outer.contentEnd)!;
    at = list.end;
    if (list.cls !== 0 || list.tag !== 16) continue;
    let contextId = -1;
    let transferSyntax: string | null = null;
    for (let inner = list.content; inner < list.contentEnd; ) {
      const part = readTlv(bytes, inner, list.contentEnd)!;
      inner = part.end;
      if (part.cls === 0 && part.tag === 6) transferSyntax = oid(bytes, part.content, part.contentEnd);
      else if (part.cls === 0 && part.tag === 2) contextId = smallInteger(bytes, part.content, part.contentEnd);
      else if (part.cls === 2 && part.tag <= 2) {
        const bits = part.tag === 2;
        const whole = !part.constructed && part.contentEnd > part.content && bytes[part.content] === 0;
        out.push({
          contextId,
          transferSyntax,
          form: part.tag === 0 ? 'single-ASN1-type' : part.tag === 1 ? 'octet-aligned' : 'arbitrary',
          start: list.start,
          end: list.end,
          valueStart: bits && whole ? part.content + 1 : part.content,
          valueEnd: part.contentEnd,
          segmented: part.tag === 1 && part.constructed,
          opaque: bits && !whole,
          broken: outer.fault !== null || list.fault !== null || part.fault !== null,
        });
      }
    }
  }
  return out;
}

function smallInteger(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < Math.min(end, start + 6); i++) value = value * 256 + bytes[i]!;
  return value;
}

/** The value in an EXTERNAL with an indirect reference, which normal mode puts around an APDU of reliable transfer; null for others. */
export function externalValue(
  bytes: Uint8Array,
  start: number,
  end: number,
): { contextId: number; start: number; end: number } | null {
  const outer = readTlv(bytes, start, end);
  if (outer === null || outer.cls !== 0 || outer.tag !== 8) return null;
  let contextId = -1;
  for (let at = outer.content; at < outer.contentEnd; ) {
    const part = readTlv(bytes, at, outer.contentEnd)!;
    at = part.end;
    if (part.cls === 0 && part.tag === 2) contextId = smallInteger(bytes, part.content, part.contentEnd);
    else if (part.cls === 2) {
      const start = encodedValue(bytes, part);
      return start < 0 ? null : { contextId, start, end: part.contentEnd };
    }
  }
  return null;
}

/** Where the fast path found the fragment; valid until the next call. */
export const found = { contextId: 0, start: 0, end: 0 };

let stop = 0;

/** Reads a definite length at `at`; the contents' first octet, or -1. Sets `stop` to the end of the contents. */
function definite(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  let length = bytes[at]!;
  let content = at + 1;
  if (length >= 0x80) {
    const octets = length & 0x7f;
    if (octets === 0 || octets > 4 || content + octets > end) return -1;
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + bytes[content++]!;
  }
  stop = content + length;
  return stop <= end ? content : -1;
}

/**
 * The one octet string of `61 { 30 { 02 ctx, A0 { 04 … } } }`, in definite lengths that fill the octets exactly: how RTTR fragments
 * travel in bulk. True when it is so (the result is in `found`); anything else takes the general way, with the same outcome.
 */
export function plainFragment(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end || bytes[start] !== 0x61) return false;
  let at = definite(bytes, start + 1, end);
  if (at < 0 || stop !== end || bytes[at] !== 0x30) return false;
  at = definite(bytes, at + 1, end);
  if (at < 0 || stop !== end || bytes[at] !== 0x02 || bytes[at + 1] !== 1) return false;
  const contextId = bytes[at + 2]!;
  at += 3;
  if (bytes[at] !== 0xa0) return false;
  at = definite(bytes, at + 1, end);
  if (at < 0 || stop !== end || bytes[at] !== 0x04) return false;
  at = definite(bytes, at + 1, end);
  if (at < 0 || stop !== end) return false;
  found.contextId = contextId;
  found.start = at;
  found.end = end;
  return true;
}
