/**
 * The skip test: which frames can be ruled out without a closer look.
 *
 * It runs on every packet of a capture, so it allocates nothing and answers from a handful of octets. What it cannot rule out
 * cheaply (fragments, extension headers) it lets through; `net/` decides then.
 */

import { ipOffset, RAW_IP } from './link.ts';
import { MAX_TUNNELS, mayTunnel, tunnelled } from './tunnels.ts';

/** Octet n of the ports map is non-zero when TCP port n is of interest; `null` takes every TCP packet. */
export type PortMap = Uint8Array | null;

/**
 * False only when the frame at `p`…`q` certainly holds no TCP octet of a port in `ports`.
 * @param depth how many packets the one that is looked at stands in
 */
export function candidate(b: Uint8Array, p: number, q: number, linkType: number, ports: PortMap, depth = 0): boolean {
  const n =
    linkType === 1 && b[p + 12] === 0x08 && b[p + 13] === 0 && q - p >= 38 ? p + 14 : ipOffset(b, p, q, linkType);
  if (n < 0) return false;
  const first = b[n]!;
  let t: number;
  if (first >> 4 === 4) {
    const protocol = b[n + 9]!;
    const fragment = (b[n + 6]! & 0x3f) | b[n + 7]!;
    t = n + ((first & 0x0f) << 2);
    if (protocol !== 6) {
      if (!mayTunnel(protocol)) return protocol === 51; // an authentication header may stand before TCP
      return fragment !== 0 || inner(b, t, q, protocol, ports, depth);
    }
    if (fragment) return true; // the ports may stand in another one
  } else {
    if (n + 40 > q) return false;
    const next = b[n + 6]!;
    t = n + 40;
    if (next !== 6) {
      if (mayTunnel(next)) return inner(b, t, q, next, ports, depth);
      return next === 0 || next === 43 || next === 44 || next === 60 || next === 51;
    }
  }
  if (t + 4 > q) return false;
  if (ports === null) return true;
  return (ports[(b[t]! << 8) | b[t + 1]!]! | ports[(b[t + 2]! << 8) | b[t + 3]!]!) !== 0;
}

/** The same for the packet in a tunnel. */
function inner(b: Uint8Array, t: number, q: number, protocol: number, ports: PortMap, depth: number): boolean {
  if (depth === MAX_TUNNELS) return false;
  const n = tunnelled(b, t, q, protocol);
  return n >= 0 && candidate(b, n, q, RAW_IP, ports, depth + 1);
}
