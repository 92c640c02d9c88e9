import type { Segment } from './segment.ts';

let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/**
 * Does the TCP checksum fit (RFC 9293 3.1)? `addresses` is what the two addresses add. Only for segments that were captured whole.
 *
 * The one's complement sum is the same whatever the byte order and the word size it is taken in, but for the order of the two octets
 * of the result (RFC 1071 2), so the words are read 32 bits at a time and added as doubles: 2^21 of them fit without a rounding, more
 * than the longest datagram or what segmentation offload leaves in a capture.
 */
export function checksumFits(s: Segment, addresses: number): boolean {
  if (viewed !== s.bytes) {
    viewed = s.bytes;
    view = new DataView(s.bytes.buffer, s.bytes.byteOffset, s.bytes.byteLength);
  }
  const v = view;
  const end = s.start + s.length;
  let even = 0;
  let odd = 0;
  let p = s.header;
  for (const whole = end - 31; p < whole; p += 32) {
    even += v.getUint32(p, true) + v.getUint32(p + 4, true) + v.getUint32(p + 8, true) + v.getUint32(p + 12, true);
    odd +=
      v.getUint32(p + 16, true) + v.getUint32(p + 20, true) + v.getUint32(p + 24, true) + v.getUint32(p + 28, true);
  }
  for (; p + 2 <= end; p += 2) even += v.getUint16(p, true);
  // The sums are modulo 2^16 - 1, in which 2^16 and 2^32 are 1, and 256 times a sum is the sum with its octets exchanged. A remainder
  // of doubles would cost more than all the rest of a short segment.
  const total = even + odd;
  const low = total >>> 0;
  const high = (total - low) / 0x1_0000_0000;
  let sum = ((low & 0xffff) + (low >>> 16) + high) % 65535;
  if (p < end) sum += s.bytes[p]!;
  return (sum * 256 + addresses + 6 + (end - s.header)) % 65535 === 0;
}

/**
 * Was the checksum left to the network card? Then the sum of the pseudo header stands in its place, with the length, or without it where
 * the card also cuts the segment into pieces. Such a segment was captured before it was finished, and is not damaged.
 */
export function checksumIsLeft(s: Segment, addresses: number): boolean {
  const { bytes, header } = s;
  const rest = ((bytes[header + 16]! << 8) | bytes[header + 17]!) - addresses - 6;
  return rest % 65535 === 0 || (rest - (s.start + s.length - header)) % 65535 === 0;
}
