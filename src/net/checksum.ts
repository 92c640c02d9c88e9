import type { Segment } from './segment.ts';

const BLOCK = 65_536;

let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/**
 * Does the TCP checksum fit (RFC 9293 3.1)? `addresses` is what the two addresses add. Only for segments that were captured whole.
 *
 * The one's complement sum is the same whatever the byte order and the word size it is taken in, but for the order of the two octets
 * of the result (RFC 1071 2), so the words are read as the machine has them, 32 bits at a time, and their halves added in integers.
 */
export function checksumFits(s: Segment, addresses: number): boolean {
  if (viewed !== s.bytes) {
    viewed = s.bytes;
    view = new DataView(s.bytes.buffer, s.bytes.byteOffset, s.bytes.byteLength);
  }
  const v = view;
  const end = s.start + s.length;
  let low = 0;
  let high = 0;
  let p = s.header;
  // What segmentation offload leaves in a capture is longer than a datagram: each block's sums stay below 2^31.
  for (const whole = end - 15; p < whole; ) {
    for (const block = Math.min(whole, p + BLOCK); p < block; p += 16) {
      const a = v.getInt32(p, true);
      const b = v.getInt32(p + 4, true);
      const c = v.getInt32(p + 8, true);
      const d = v.getInt32(p + 12, true);
      low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0;
      high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    }
    low %= 65535;
    high %= 65535;
  }
  for (; p + 2 <= end; p += 2) low = (low + v.getUint16(p, true)) | 0;
  // The sums are modulo 2^16 - 1, in which 256 times a sum is the sum with its octets exchanged.
  let sum = (low % 65535) + (high % 65535);
  if (p < end) sum += s.bytes[p]!;
  return (sum * 256 + addresses + 6 + (end - s.header)) % 65535 === 0;
}
