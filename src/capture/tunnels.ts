import { ethernet, etherType, ipAt, type Passed, pppFrame } from './link.ts';

/** IP protocol numbers of what may carry a packet of its own. */
const IPV4 = 4;
const UDP = 17;
const IPV6 = 41;
const GRE = 47;

/** UDP ports of tunnels, as IANA assigned them. */
const GTP_U = 2152;
const VXLAN = 4789;
const GENEVE = 6081;

const ETHERNET_BRIDGING = 0x6558;

/** IP packets in IP packets that are opened, the innermost not counted. */
export const MAX_TUNNELS = 4;

/** Whether an IP packet of this protocol may carry another one. */
export function mayTunnel(protocol: number): boolean {
  return protocol === UDP || protocol === GRE || protocol === IPV4 || protocol === IPV6;
}

/** False where the first fragment of a datagram, at `t`…`q`, says that no tunnel begins in it: UDP of other ports. */
export function maybeTunnel(b: Uint8Array, t: number, q: number, protocol: number): boolean {
  return protocol !== UDP || t + 4 > q || tunnelPort(b, t) !== 0;
}

/**
 * Position of the IP packet in `t`…`q`, which is what an IP packet of `protocol` carries; -1 when there is none. Allocates nothing: a
 * UDP packet of other ports costs a look at these.
 */
export function tunnelled(b: Uint8Array, t: number, q: number, protocol: number, passed?: Passed): number {
  switch (protocol) {
    case UDP:
      return udp(b, t, q, passed);
    case GRE:
      return gre(b, t, q, passed);
    case IPV4:
    case IPV6:
      return ipAt(b, t, q);
    default:
      return -1;
  }
}

/** The port that names the tunnel: the lower one where both could, as in Wireshark; 0 when neither does. */
function tunnelPort(b: Uint8Array, t: number): number {
  const from = (b[t]! << 8) | b[t + 1]!;
  const to = (b[t + 2]! << 8) | b[t + 3]!;
  const low = Math.min(from, to);
  if (low === VXLAN || low === GENEVE || low === GTP_U) return low;
  const high = Math.max(from, to);
  return high === VXLAN || high === GENEVE || high === GTP_U ? high : 0;
}

function udp(b: Uint8Array, t: number, q: number, passed?: Passed): number {
  if (t + 16 > q) return -1;
  const port = tunnelPort(b, t);
  if (port === 0) return -1;
  passed?.('udp', t, t + 8);
  const n = t + 8;
  if (port === GTP_U) return gtp(b, n, q, passed);
  if (port === GENEVE) return geneve(b, n, q, passed);
  // RFC 7348 5: flags, the network identifier, and what is reserved.
  passed?.('vxlan', n, n + 8);
  return ethernet(b, n + 8, q, passed);
}

/** RFC 2784, RFC 2890: the flags say which words there are. Source routes (RFC 1701) are left alone. */
function gre(b: Uint8Array, t: number, q: number, passed?: Passed): number {
  if (t + 4 > q) return -1;
  const flags = b[t]!;
  if ((b[t + 1]! & 7) === 1) return pptp(b, t, q, passed);
  if (flags & 0x40 || b[t + 1]! & 7) return -1;
  const n = t + 4 + (flags & 0x80 ? 4 : 0) + (flags & 0x20 ? 4 : 0) + (flags & 0x10 ? 4 : 0);
  if (n > q) return -1;
  const type = (b[t + 2]! << 8) | b[t + 3]!;
  passed?.('gre', t, n);
  if (type === 0x88be || type === 0x22eb) return erspan(b, n, q, type === 0x22eb || (flags & 0x10) !== 0, passed);
  return bridged(b, n, q, type, passed);
}

/** RFC 2637 4.1, version 1 of GRE: the length of a PPP frame and its call, its number, and the one that is acknowledged where a flag says so. */
function pptp(b: Uint8Array, t: number, q: number, passed?: Passed): number {
  const n = t + (b[t + 1]! & 0x80 ? 16 : 12);
  if (b[t] !== 0x30 || b[t + 2] !== 0x88 || b[t + 3] !== 0x0b || n > q) return -1;
  passed?.('gre', t, n);
  return pppFrame(b, n, Math.min(q, n + ((b[t + 4]! << 8) | b[t + 5]!)), passed);
}

function bridged(b: Uint8Array, n: number, q: number, type: number, passed?: Passed): number {
  if (type === ETHERNET_BRIDGING) return ethernet(b, n, q, passed);
  // No length stands in the place of the type.
  return type <= 0x05dc ? -1 : etherType(b, n, q, type, passed);
}

/** draft-foschiano-erspan 4: type I has no header, and no sequence number in GRE; II has eight octets, III twelve and an optional subheader. */
function erspan(b: Uint8Array, n: number, q: number, headed: boolean, passed?: Passed): number {
  if (!headed) return ethernet(b, n, q, passed);
  if (n + 12 > q) return -1;
  const version = b[n]! >> 4;
  let end = n + 8;
  if (version === 2) {
    // The frame type: Ethernet, or anything else.
    if (b[n + 10]! & 0x7c) return -1;
    end = b[n + 11]! & 1 ? n + 20 : n + 12;
  } else if (version !== 1) return -1;
  if (end > q) return -1;
  passed?.('erspan', n, end);
  return ethernet(b, end, q, passed);
}

/** RFC 8926 3.4: options in words of four octets, and an EtherType. */
function geneve(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  if (b[n]! >> 6 !== 0) return -1;
  const end = n + 8 + ((b[n]! & 0x3f) << 2);
  if (end > q) return -1;
  passed?.('geneve', n, end);
  return bridged(b, end, q, (b[n + 2]! << 8) | b[n + 3]!, passed);
}

/** 3GPP TS 29.281 5.1, 5.2: a G-PDU of version 1; four more octets where a flag asks for one of them, then extension headers in fours. */
function gtp(b: Uint8Array, n: number, q: number, passed?: Passed): number {
  const flags = b[n]!;
  if (flags >> 4 !== 3 || b[n + 1] !== 0xff) return -1;
  let at = n + 8;
  if (flags & 7) {
    at += 4;
    let next = flags & 4 ? b[n + 11]! : 0;
    while (next !== 0) {
      if (at + 4 > q || b[at] === 0) return -1;
      at += b[at]! << 2;
      if (at > q) return -1;
      next = b[at - 1]!;
    }
  }
  if (at > q) return -1;
  passed?.('gtp', n, at);
  return ipAt(b, at, q);
}
