/**
 * The skip test: which frames can be ruled out without a closer look.
 *
 * It runs on every packet of a capture, so it allocates nothing and answers from a handful of octets. What it cannot rule out
 * cheaply (fragments, extension headers) it lets through; `net/` decides then.
 */

import { ipOffset, linkTypeKnown, RAW_IP } from './link.ts';
import { mayQuote, quoted } from './quoted.ts';
import { MAX_TUNNELS, mayTunnel, tunnelled } from './tunnels.ts';

/** Octet n of the ports map is non-zero when TCP port n is of interest; `null` takes every TCP packet. */
export type PortMap = Uint8Array | null;

export function portMap(ports: readonly number[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}

/**
 * What the skip test makes of a frame: it holds no TCP octet of a port that is looked at, be it in the quotation of an ICMP message; it
 * may; or it ends before that can be told.
 */
export const OTHER = 0;
export const WANTED = 1;
export const CUT = 2;
export type Kind = typeof OTHER | typeof WANTED | typeof CUT;

/** Octets in which a frame without an IP header that was found may end before it: what stands before TCP seldom takes more. */
const HEADERS = 128;

/** The depth of a packet that an ICMP message quotes: in it nothing is opened. */
const QUOTED = MAX_TUNNELS + 1;

/**
 * What the frame at `p`…`q` is. `CUT` is no more than a frame's length: whether a snap length cut it, and what it may have been, is for
 * `cutShort` to say.
 * @param depth how many packets the one that is looked at stands in
 */
export function candidate(b: Uint8Array, p: number, q: number, linkType: number, ports: PortMap, depth = 0): Kind {
  const n =
    linkType === 1 && b[p + 12] === 0x08 && b[p + 13] === 0 && q - p >= 38 ? p + 14 : ipOffset(b, p, q, linkType);
  if (n < 0) return q - p < HEADERS ? CUT : OTHER;
  const first = b[n]!;
  let t: number;
  if (first >> 4 === 4) {
    const protocol = b[n + 9]!;
    const fragment = (b[n + 6]! & 0x3f) | b[n + 7]!;
    t = n + ((first & 0x0f) << 2);
    if (protocol !== 6) {
      if (mayTunnel(protocol)) return fragment !== 0 ? WANTED : inner(b, t, q, protocol, ports, depth);
      if (mayQuote(protocol)) return isFirst(b, n) ? quotes(b, t, q, protocol, ports, depth) : OTHER;
      return protocol === 51 ? WANTED : OTHER; // an authentication header may stand before TCP
    }
    if (fragment) return WANTED; // the ports may stand in another one
  } else {
    if (n + 40 > q) return CUT;
    const next = b[n + 6]!;
    t = n + 40;
    if (next !== 6) {
      if (mayTunnel(next)) return inner(b, t, q, next, ports, depth);
      if (mayQuote(next)) return quotes(b, t, q, next, ports, depth);
      return next === 0 || next === 43 || next === 44 || next === 60 || next === 51 ? WANTED : OTHER;
    }
  }
  if (t + 4 > q) return CUT;
  if (ports === null) return WANTED;
  return (ports[(b[t]! << 8) | b[t + 1]!]! | ports[(b[t + 2]! << 8) | b[t + 3]!]!) !== 0 ? WANTED : OTHER;
}

/** The same for the packet in a tunnel. */
function inner(b: Uint8Array, t: number, q: number, protocol: number, ports: PortMap, depth: number): Kind {
  if (depth >= MAX_TUNNELS) return OTHER;
  const n = tunnelled(b, t, q, protocol);
  return n >= 0 ? candidate(b, n, q, RAW_IP, ports, depth + 1) : OTHER;
}

/** Where IPv4 names the protocol, behind the place where IPv6 names the next header. */
const PROTOCOL = 9;
/** Octets of the link header of Ethernet. */
const LINK = 14;

const whole = new Uint8Array(2 * HEADERS);

/**
 * Whether the frame at `p`…`q`, which was longer on the wire and is `CUT`, may have held TCP: what is there of its headers is looked at as
 * if they went on. Where not even the link header is whole, anything may have followed.
 */
export function cutShort(b: Uint8Array, p: number, q: number, linkType: number): boolean {
  const size = q - p;
  // The first octet of an IPv4 header without options, should one begin there.
  whole.fill(0x45);
  for (let i = 0; i < size && i < HEADERS; i++) whole[i] = b[p + i]!;
  const n = ipOffset(whole, 0, whole.length, linkType);
  if (n < 0) return size < LINK && linkTypeKnown(linkType);
  return n + PROTOCOL >= size || candidate(whole, 0, whole.length, linkType, null) === WANTED;
}

/** Whether the IPv4 packet at `n` is whole, or the first of its fragments: an ICMP message has all that it is known by in that one. */
function isFirst(b: Uint8Array, n: number): boolean {
  return ((b[n + 6]! & 0x1f) | b[n + 7]!) === 0;
}

/** The same for the packet that an ICMP message quotes. */
function quotes(b: Uint8Array, t: number, q: number, protocol: number, ports: PortMap, depth: number): Kind {
  if (depth === QUOTED) return OTHER;
  const n = quoted(b, t, q, protocol);
  return n >= 0 && candidate(b, n, q, RAW_IP, ports, QUOTED) === WANTED ? WANTED : OTHER;
}
