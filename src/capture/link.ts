import { AVS, PRISM, RADIOTAP, WLAN, wlanPayload } from './wlan.ts';

/** The packet without any header before it. */
export const RAW_IP = 101;

/** Link types as in the tcpdump.org registry. */
const NAMES = new Map<number, string>([
  [0, 'BSD loopback'],
  [1, 'Ethernet'],
  [6, 'Token Ring'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [51, 'PPPoE'],
  [RAW_IP, 'raw IP'],
  [104, 'Cisco HDLC'],
  [WLAN, 'IEEE 802.11'],
  [107, 'Frame Relay'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux cooked v1'],
  [PRISM, 'IEEE 802.11 with Prism header'],
  [RADIOTAP, 'IEEE 802.11 with radiotap header'],
  [AVS, 'IEEE 802.11 with AVS header'],
  [192, 'PPI'],
  [228, 'raw IPv4'],
  [229, 'raw IPv6'],
  [239, 'NFLOG'],
  [276, 'Linux cooked v2'],
]);

export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `link type ${linkType}`;
}

export function linkTypeKnown(linkType: number): boolean {
  return NAMES.has(linkType);
}

/** The headers below TCP, by Wireshark's names. */
export type Layer =
  | 'chdlc'
  | 'erspan'
  | 'eth'
  | 'fddi'
  | 'fr'
  | 'geneve'
  | 'gre'
  | 'gtp'
  | 'icmp'
  | 'icmpv6'
  | 'ieee8021ad'
  | 'ieee8021ah'
  | 'ip'
  | 'ipv6'
  | 'llc'
  | 'mpls'
  | 'nflog'
  | 'null'
  | 'ppi'
  | 'ppp'
  | 'pppoes'
  | 'pwethcw'
  | 'radiotap'
  | 'sll'
  | 'tcp'
  | 'tr'
  | 'udp'
  | 'vlan'
  | 'vxlan'
  | 'wlan'
  | 'wlancap';

/** Told of each header that is passed on the way to IP; nobody asks where packets are only skipped. */
export type Passed = (layer: Layer, start: number, end: number) => void;

/** Position of the first IP header of the frame at `p`…`q`, or -1 when it carries none that is read. */
export function ipOffset(b: Uint8Array, p: number, q: number, linkType: number, passed?: Passed): number {
  switch (linkType) {
    case 1:
      return ethernet(b, p, q, passed);
    case 113:
      return q - p < 16 ? -1 : typed(b, p, 'sll', p + 16, q, (b[p + 14]! << 8) | b[p + 15]!, passed);
    case 276:
      return q - p < 20 ? -1 : typed(b, p, 'sll', p + 20, q, (b[p]! << 8) | b[p + 1]!, passed);
    case 0:
    case 108:
      return q - p < 4 ? -1 : loopback(b, p, q, passed);
    case 12:
    case 14:
    case RAW_IP:
    case 228:
    case 229:
      return ipAt(b, p, q);
    case 9:
      return pppFrame(b, p, q, passed);
    case 51:
      return pppoe(b, p, q, passed);
    case 104:
      // A Cisco HDLC header: address, control, EtherType (RFC 1547 4.3.1 has the format).
      return q - p < 4 ? -1 : typed(b, p, 'chdlc', p + 4, q, (b[p + 2]! << 8) | b[p + 3]!, passed);
    case 107:
      return frameRelay(b, p, q, passed);
    case 6:
      return tokenRing(b, p, q, passed);
    case 10:
      return fddi(b, p, q, passed);
    case WLAN:
    case RADIOTAP:
    case PRISM:
    case AVS:
      return llc(b, wlanPayload(b, p, q, linkType, passed), q, passed);
    case 192:
      return ppi(b, p, q, passed);
    case 239:
      return nflog(b, p, q, passed);
    default:
      return -1;
  }
}

export function ipAt(b: Uint8Array, n: number, q: number): number {
  if (n + 20 > q) return -1;
  const version = b[n]! >> 4;
  return version === 4 || version === 6 ? n : -1;
}

export function ethernet(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  return q - p < 14 ? -1 : typed(b, p, 'eth', p + 14, q, (b[p + 12]! << 8) | b[p + 13]!, passed);
}

/** A header at `p`…`n` that ends in an EtherType. */
function typed(b: Uint8Array, p: number, layer: Layer, n: number, q: number, type: number, passed?: Passed): number {
  passed?.(layer, p, n);
  return etherType(b, n, q, type, passed);
}

/** The address family stands in the byte order of the capturing host; both are tried, BSD's IPv6 numbers differ by system. */
function loopback(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  const family = b[p]! === 0 && b[p + 1]! === 0 ? b[p + 3]! : b[p]!;
  passed?.('null', p, p + 4);
  return family === 2 || family === 24 || family === 28 || family === 30 ? ipAt(b, p + 4, q) : -1;
}

/** What an EtherType names at `n`; up to 05DC it is the length of IEEE 802.3, and LLC follows. */
export function etherType(b: Uint8Array, n: number, q: number, type: number, passed?: Passed): number {
  for (;;) {
    if (type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200) {
      // IEEE 802.1Q/802.1ad tags stack; 9100 and 9200 are the older double-tagging types.
      if (n + 4 > q) return -1;
      type = (b[n + 2]! << 8) | b[n + 3]!;
      passed?.(passedTag(b, n), n, n + 4);
      n += 4;
    } else if (type === 0x88e7) {
      // IEEE 802.1ah 9.7: the I-TAG has the customer's addresses in it.
      if (n + 18 > q) return -1;
      type = (b[n + 16]! << 8) | b[n + 17]!;
      passed?.('ieee8021ah', n, n + 18);
      n += 18;
    } else break;
  }
  if (type === 0x0800 || type === 0x86dd) return ipAt(b, n, q);
  if (type <= 0x05dc) return llc(b, n, q, passed);
  if (type === 0x8847 || type === 0x8848) return mpls(b, n, q, passed);
  if (type === 0x8864) return pppoe(b, n, q, passed);
  return -1;
}

function passedTag(b: Uint8Array, n: number): Layer {
  return b[n - 2] === 0x88 ? 'ieee8021ad' : 'vlan';
}

/** Only SNAP (AA AA 03, OUI 000000: RFC 1042) and the IP SAP (06 06 03) carry IP. `n` is -1 where there is no LLC header. */
function llc(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  if (n < 0) return -1;
  if (n + 8 <= q && b[n] === 0xaa && b[n + 1] === 0xaa && b[n + 2] === 3) return snap(b, n, n + 3, q, 'llc', passed);
  if (n + 3 > q || b[n] !== 0x06 || b[n + 1] !== 0x06 || b[n + 2] !== 3) return -1;
  passed?.('llc', n, n + 3);
  return ipAt(b, n + 3, q);
}

/** OUI and EtherType at `n`, the last part of the header that begins at `from`. */
function snap(b: Uint8Array, from: number, n: number, q: number, layer: Layer, passed?: Passed): number {
  if (n + 5 > q || b[n] || b[n + 1] || b[n + 2]) return -1;
  const type = (b[n + 3]! << 8) | b[n + 4]!;
  // There are no lengths here, and so no LLC in LLC.
  return type <= 0x05dc ? -1 : typed(b, from, layer, n + 5, q, type, passed);
}

/** Labels up to the bottom of the stack (RFC 3032). The first four bits behind it tell IP and the control word apart (RFC 4928 3). */
function mpls(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  while (n + 4 <= q) {
    passed?.('mpls', n, n + 4);
    n += 4;
    if (b[n - 2]! & 1) return n < q && b[n]! >> 4 === 0 ? pseudowire(b, n, q, passed) : ipAt(b, n, q);
  }
  return -1;
}

/** Ethernet behind a control word of which the first half is zero (RFC 4448 4.6). Labels in it are not looked at. */
function pseudowire(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  if (n + 18 > q || b[n] || b[n + 1]) return -1;
  if (b[n + 16] === 0x88 && (b[n + 17]! & 0xf0) === 0x40) return -1;
  passed?.('pwethcw', n, n + 4);
  return ethernet(b, n + 4, q, passed);
}

/** RFC 2516: six octets, then PPP without address and control. */
function pppoe(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  if (n + 8 > q) return -1;
  passed?.('pppoes', n, n + 6);
  return ppp(b, n + 6, n + 6, q, passed);
}

/** PPP with the address and control fields of HDLC, or without (RFC 1662 3.2). */
export function pppFrame(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  return q - p < 4 ? -1 : ppp(b, p, b[p] === 0xff && b[p + 1] === 0x03 ? p + 2 : p, q, passed);
}

/** The protocol field at `n` has two octets, the first even; compressed it is the second, odd one alone (RFC 1661 2, 6.5). */
function ppp(b: Uint8Array, from: number, n: number, q: number, passed?: Passed): number {
  if (n + 2 > q) return -1;
  const first = b[n]!;
  const behind = first & 1 ? n + 1 : n + 2;
  const protocol = first & 1 ? first : (first << 8) | b[n + 1]!;
  passed?.('ppp', from, behind);
  // RFC 3032 4.3: MPLS unicast and multicast.
  if (protocol === 0x0281 || protocol === 0x0283) return mpls(b, behind, q, passed);
  return protocol === 0x0021 || protocol === 0x0057 ? ipAt(b, behind, q) : -1;
}

/** Q.922 address of two octets (or up to four), then RFC 2427, or Cisco's EtherType. */
function frameRelay(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  let n = p + 1;
  // The last octet of an address is odd.
  while (n < p + 4 && n < q && !(b[n - 1]! & 1)) n++;
  if (n + 4 > q || !(b[n - 1]! & 1)) return -1;
  if (b[n] !== 0x03) {
    const type = (b[n]! << 8) | b[n + 1]!;
    return type <= 0x05dc ? -1 : typed(b, p, 'fr', n + 2, q, type, passed);
  }
  n++;
  if (b[n] === 0) n++;
  const kind = b[n++];
  if (kind === 0x80) return snap(b, p, n, q, 'fr', passed);
  if (kind !== 0xcc && kind !== 0x8e) return -1;
  passed?.('fr', p, n);
  return ipAt(b, n, q);
}

/** IEEE 802.5: access control, frame control, addresses, and source routing where the first bit of the source says so. */
function tokenRing(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  if (q - p < 15 || (b[p + 1]! & 0xc0) !== 0x40) return -1;
  const n = p + 14 + (b[p + 8]! & 0x80 ? b[p + 14]! & 0x1f : 0);
  passed?.('tr', p, Math.min(n, q));
  return llc(b, n, q, passed);
}

/** Frame control of LLC frames (ISO 9314-2 7.3.3), addresses. */
function fddi(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  if (q - p < 13 || (b[p]! & 0x70) !== 0x50) return -1;
  passed?.('fddi', p, p + 13);
  return llc(b, p + 13, q, passed);
}

/** Per-packet information: a length and the link type of what follows, little-endian. */
function ppi(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  if (q - p < 8 || b[p] !== 0) return -1;
  const n = p + (b[p + 2]! | (b[p + 3]! << 8));
  const linkType = b[p + 4]! | (b[p + 5]! << 8);
  if (n < p + 8 || n > q || linkType === 192) return -1;
  passed?.('ppi', p, n);
  return ipOffset(b, n, q, linkType, passed);
}

/** Netfilter's attributes: length, type and value, filled up to four octets, in the byte order of the host; type 9 is the packet. */
function nflog(b: Uint8Array, p: number, q: number, passed?: Passed): number {
  if (q - p < 8) return -1;
  // Types are small: the octet that is not zero is the lower one.
  const low = b[p + 6] === 0 ? 1 : 0;
  for (let n = p + 4; n + 4 <= q; ) {
    const size = b[n + low]! | (b[n + 1 - low]! << 8);
    if (size < 4) return -1;
    if (b[n + 2 + low] === 9) {
      passed?.('nflog', p, n + 4);
      return ipAt(b, n + 4, q);
    }
    n += (size + 3) & ~3;
  }
  return -1;
}
