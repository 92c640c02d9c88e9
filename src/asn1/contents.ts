import { joinOctets } from '../base/octets.ts';
import { hex } from '../base/text.ts';
import { MAX_DEPTH, readTlv, type Tlv } from './ber.ts';

/** What the contents octets of an element say: total for any octets, and nothing is copied unless a constructed string has to be joined. */

/** Contents octets of a string type, joined when the encoding is constructed (X.690 §8.7, §8.21); a view when it is primitive. */
export function stringOctets(bytes: Uint8Array, tlv: Tlv): Uint8Array {
  if (!tlv.constructed) return bytes.subarray(tlv.content, tlv.contentEnd);
  const parts: Uint8Array[] = [];
  const size = segments(bytes, tlv, 0, parts);
  return parts.length === 1 ? parts[0]! : joinOctets(parts, size);
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

/** Whether an element is there as a whole, and so is each segment of a constructed one (X.690 §8.6.4, §8.7.3). */
export function whole(bytes: Uint8Array, tlv: Tlv, depth = 0): boolean {
  if (tlv.fault !== null || depth > MAX_DEPTH) return false;
  if (!tlv.constructed) return true;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(bytes, at, tlv.contentEnd, depth + 1)!;
    if (!whole(bytes, inner, depth + 1)) return false;
    at = inner.end;
  }
  return true;
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
