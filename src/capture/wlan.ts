import type { Passed } from './link.ts';

/** What monitors put before an IEEE 802.11 header: Prism's and AVS's headers, radiotap (link types as in the tcpdump.org registry). */
export const PRISM = 119;
export const RADIOTAP = 127;
export const AVS = 163;
export const WLAN = 105;

/** Position of the LLC header in a data frame that anybody could read; -1 in others, and in fragments of IEEE 802.11 itself. */
export function wlanPayload(b: Uint8Array, p: number, q: number, linkType: number, passed?: Passed): number {
  if (linkType === WLAN) return dataFrame(b, p, q, false, passed);
  const size = linkType === RADIOTAP ? radiotapSize(b, p, q) : monitorSize(b, p, q, linkType);
  if (size < 0 || p + size > q) return -1;
  passed?.(linkType === RADIOTAP ? 'radiotap' : 'wlancap', p, p + size);
  return dataFrame(b, p + size, q, linkType === RADIOTAP && padded(b, p, p + size), passed);
}

/** IEEE 802.11-2016 9.2.4, 9.3.2.1. @param aligned the receiver filled the header up to a multiple of four octets */
function dataFrame(b: Uint8Array, p: number, q: number, aligned: boolean, passed?: Passed): number {
  if (p + 24 > q) return -1;
  const kind = b[p]!;
  // Version 0, type 2 (data); the subtypes with 0x40 carry none.
  if ((kind & 0x4f) !== 0x08) return -1;
  const flags = b[p + 1]!;
  // Encrypted, or a fragment: more to come, or not the first.
  if (flags & 0x44 || b[p + 22]! & 0x0f) return -1;
  let n = p + ((flags & 3) === 3 ? 30 : 24);
  if (kind & 0x80) {
    if (n + 2 > q || b[n]! & 0x80) return -1; // an A-MSDU holds several packets
    n += flags & 0x80 ? 6 : 2;
  }
  if (aligned) n = p + ((n - p + 3) & ~3);
  if (n > q) return -1;
  passed?.('wlan', p, n);
  return n;
}

/** https://www.radiotap.org: version 0, a pad octet, the length with what is optional, all little-endian. */
function radiotapSize(b: Uint8Array, p: number, q: number): number {
  if (p + 8 > q || b[p] !== 0) return -1;
  const size = b[p + 2]! | (b[p + 3]! << 8);
  return size < 8 ? -1 : size;
}

/** The "data pad" flag. Behind the words that say what is present stands the time of eight octets, if any, then the flags. */
function padded(b: Uint8Array, p: number, end: number): boolean {
  const present = b[p + 4]!;
  if (!(present & 2)) return false;
  let at = p + 4;
  while (at + 4 <= end && b[at + 3]! & 0x80) at += 4;
  at += 4;
  if (present & 1) at = p + ((at - p + 7) & ~7) + 8;
  return at < end && (b[at]! & 0x20) !== 0;
}

/** AVS names its version (802.11 capture header 1 and 2) and its length; Prism's header has 144 octets, and cards sent AVS's in its place. */
function monitorSize(b: Uint8Array, p: number, q: number, linkType: number): number {
  if (p + 8 > q) return -1;
  if (b[p] === 0x80 && b[p + 1] === 0x21 && b[p + 2] === 0x10) {
    const size = (b[p + 6]! << 8) | b[p + 7]!;
    return b[p + 4] || b[p + 5] || size < 8 ? -1 : size;
  }
  return linkType === PRISM ? 144 : -1;
}
