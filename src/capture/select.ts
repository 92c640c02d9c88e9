/**
 * The skip test: which frames can be ruled out without a closer look.
 *
 * It runs on every packet of a capture, so it allocates nothing and answers from a handful of octets. What it cannot rule out
 * cheaply (fragments, extension headers) it lets through; `net/` decides then.
 */

/** Link types as in the tcpdump.org registry. */
const NAMES = new Map<number, string>([
  [0, 'BSD loopback'],
  [1, 'Ethernet'],
  [9, 'PPP'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [51, 'PPPoE'],
  [101, 'raw IP'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux cooked v1'],
  [228, 'raw IPv4'],
  [229, 'raw IPv6'],
  [276, 'Linux cooked v2'],
]);

export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `link type ${linkType}`;
}

export function linkTypeKnown(linkType: number): boolean {
  return NAMES.has(linkType);
}

/** Octet n of the ports map is non-zero when TCP port n is of interest; `null` takes every TCP packet. */
export type PortMap = Uint8Array | null;

/**
 * Position of the IP header of the frame at `p`…`q`, or -1 when it carries none.
 * Ethernet II, 802.3 with LLC/SNAP, stacked VLAN tags, MPLS and PPPoE in Ethernet, Linux cooked, BSD loopback, raw IP.
 */
export function ipOffset(b: Uint8Array, p: number, q: number, linkType: number): number {
  switch (linkType) {
    case 1:
      return q - p < 14 ? -1 : etherType(b, p + 14, q, (b[p + 12]! << 8) | b[p + 13]!);
    case 113:
      return q - p < 16 ? -1 : etherType(b, p + 16, q, (b[p + 14]! << 8) | b[p + 15]!);
    case 276:
      return q - p < 20 ? -1 : etherType(b, p + 20, q, (b[p]! << 8) | b[p + 1]!);
    case 0:
    case 108:
      return q - p < 4 ? -1 : loopback(b, p, q);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return ipAt(b, p, q);
    case 9:
      return q - p < 4 ? -1 : pppPayload(b, b[p] === 0xff && b[p + 1] === 0x03 ? p + 2 : p, q);
    case 51:
      return q - p < 8 ? -1 : pppPayload(b, p + 6, q);
    default:
      return -1;
  }
}

function ipAt(b: Uint8Array, n: number, q: number): number {
  if (n + 20 > q) return -1;
  const version = b[n]! >> 4;
  return version === 4 || version === 6 ? n : -1;
}

/** The address family stands in the byte order of the capturing host; both are tried, BSD's IPv6 numbers differ by system. */
function loopback(b: Uint8Array, p: number, q: number): number {
  const family = b[p]! === 0 && b[p + 1]! === 0 ? b[p + 3]! : b[p]!;
  return family === 2 || family === 24 || family === 28 || family === 30 ? ipAt(b, p + 4, q) : -1;
}

function etherType(b: Uint8Array, n: number, q: number, type: number): number {
  // IEEE 802.1Q/802.1ad tags stack; 9100 and 9200 are the older double-tagging types.
  while (type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200) {
    if (n + 4 > q) return -1;
    type = (b[n + 2]! << 8) | b[n + 3]!;
    n += 4;
  }
  if (type === 0x0800 || type === 0x86dd) return ipAt(b, n, q);
  if (type <= 0x05dc) {
    // 802.3: a length, then LLC; only SNAP (AA AA 03, OUI 000000) and the IP SAP (06 06 03) carry IP.
    if (n + 8 <= q && b[n] === 0xaa && b[n + 1] === 0xaa && b[n + 2] === 3 && !b[n + 3] && !b[n + 4] && !b[n + 5]) {
      return etherType(b, n + 8, q, (b[n + 6]! << 8) | b[n + 7]!);
    }
    return n + 3 <= q && b[n] === 0x06 && b[n + 1] === 0x06 && b[n + 2] === 3 ? ipAt(b, n + 3, q) : -1;
  }
  if (type === 0x8847 || type === 0x8848) return mpls(b, n, q);
  if (type === 0x8864) return n + 8 <= q ? pppPayload(b, n + 6, q) : -1;
  return -1;
}

/** Labels up to the bottom of the stack (RFC 3032). */
function mpls(b: Uint8Array, n: number, q: number): number {
  while (n + 4 <= q && !(b[n + 2]! & 1)) n += 4;
  return n + 4 <= q ? ipAt(b, n + 4, q) : -1;
}

/** The protocol field has two octets, the first even; compressed it is the second, odd one alone (RFC 1661 2, 6.5). */
function pppPayload(b: Uint8Array, n: number, q: number): number {
  if (n + 2 > q) return -1;
  const first = b[n]!;
  if (first & 1) return first === 0x21 || first === 0x57 ? ipAt(b, n + 1, q) : -1;
  const protocol = (first << 8) | b[n + 1]!;
  // RFC 3032 4.3: MPLS unicast and multicast.
  if (protocol === 0x0281 || protocol === 0x0283) return mpls(b, n + 2, q);
  return protocol === 0x0021 || protocol === 0x0057 ? ipAt(b, n + 2, q) : -1;
}

/** False only when the frame at `p`…`q` certainly holds no TCP octet of a port in `ports`. */
export function candidate(b: Uint8Array, p: number, q: number, linkType: number, ports: PortMap): boolean {
  const n =
    linkType === 1 && b[p + 12] === 0x08 && b[p + 13] === 0 && q - p >= 38 ? p + 14 : ipOffset(b, p, q, linkType);
  if (n < 0) return false;
  const first = b[n]!;
  let t: number;
  if (first >> 4 === 4) {
    if (b[n + 9] !== 6) return b[n + 9] === 51; // an authentication header may stand before TCP
    if ((b[n + 6]! & 0x3f) | b[n + 7]!) return true; // a fragment: the ports may stand in another one
    t = n + ((first & 0x0f) << 2);
  } else {
    if (n + 40 > q) return false;
    const next = b[n + 6]!;
    if (next !== 6) return next === 0 || next === 43 || next === 44 || next === 60 || next === 51;
    t = n + 40;
  }
  if (t + 4 > q) return false;
  if (ports === null) return true;
  return (ports[(b[t]! << 8) | b[t + 1]!]! | ports[(b[t + 2]! << 8) | b[t + 3]!]!) !== 0;
}
