export const ROUTING = 43;
/** Fragment header (RFC 8200 4.5): always eight octets. */
export const FRAGMENT = 44;
/** Authentication header; the only one of these that IPv4 has too. */
export const AUTHENTICATION = 51;

/** Hop-by-hop options, routing, destination options: counted in units of eight octets beyond the first eight (RFC 8200 4.3, 4.4, 4.6). */
const IN_EIGHTS = [0, ROUTING, 60];

/** Octets of the extension header that stands at `t` and is named `type`; 0 when that is none which can stand before TCP. At least 8. */
export function extensionSize(b: Uint8Array, t: number, type: number): number {
  if (type === FRAGMENT) return 8;
  // RFC 4302 2.2: in units of four octets, less two.
  if (type === AUTHENTICATION) return Math.max(8, (b[t + 1]! + 2) << 2);
  return IN_EIGHTS.includes(type) ? (b[t + 1]! + 1) << 3 : 0;
}

/** Whether a datagram that names `type` may hold TCP. */
export function mayHoldTcp(family: 4 | 6, type: number): boolean {
  return type === 6 || type === AUTHENTICATION || (family === 6 && (type === FRAGMENT || IN_EIGHTS.includes(type)));
}
