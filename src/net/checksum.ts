import type { Segment } from './segment.ts';

let viewed: Uint8Array | null = null;
let view: DataView = new DataView(new ArrayBuffer(0));

/**
 * Does the TCP checksum fit (RFC 9293 3.1)? `addresses` is what the two addresses add. Only for segments that were captured whole.
 *
 * Words are added 32 bits at a time into a double: 2^21 of them fit exactly, and a segment has 2^14 at most.
 */
export function checksumFits(s: Segment, addresses: number): boolean {
  if (viewed !== s.bytes) {
    viewed = s.bytes;
    view = new DataView(s.bytes.buffer, s.bytes.byteOffset, s.bytes.byteLength);
  }
  const end = s.start + s.length;
  let sum = addresses + 6 + (end - s.header);
  let p = s.header;
  for (; p + 4 <= end; p += 4) sum += view.getUint32(p);
  if (p + 2 <= end) {
    sum += view.getUint16(p);
    p += 2;
  }
  if (p < end) sum += s.bytes[p]! << 8;
  // 2^16 is 1 modulo 65535, so the 32-bit words fold into the one's complement sum.
  return sum % 65535 === 0;
}
