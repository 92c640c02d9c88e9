import { ipAt } from './link.ts';

/** ICMP (RFC 792) and ICMPv6 (RFC 4443) by their IP protocol numbers. */
export const ICMP = 1;
export const ICMPV6 = 58;

/** Type, code, checksum and a word that depends on the code stand before the packet that a message is about. */
const HEADER = 8;

/** Whether an IP packet of this protocol may quote another one. */
export function mayQuote(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/**
 * Position of the IP packet that the ICMP message at `t`…`q` says could not be delivered (RFC 792 type 3, RFC 4443 type 1); -1 when it
 * is another message. Allocates nothing.
 */
export function quoted(b: Uint8Array, t: number, q: number, protocol: number): number {
  const six = protocol === ICMPV6;
  if (t >= q || b[t] !== (six ? 1 : 3)) return -1;
  const n = ipAt(b, t + HEADER, q);
  return n >= 0 && b[n]! >> 4 === (six ? 6 : 4) ? n : -1;
}
