import { cat, u16, u32 } from './bytes.ts';
import { address, internetChecksum, ipv4, ipv6 } from './ip.ts';

/** Codes of destination unreachable: RFC 792 and RFC 1812 5.2.7.1, RFC 4443 3.1. */
export const CODE = {
  network: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  hostProhibited: 10,
  prohibited: 13,
} as const;
export const CODE6 = { noRoute: 0, prohibited: 1, address: 3, port: 4 } as const;

/** The IP packet in which `from` tells the sender of `packet` that it was not delivered. Without `octets` all of it is quoted. */
export function unreachable(from: string, to: string, code: number, packet: Uint8Array, octets?: number): Uint8Array {
  const four = packet[0]! >> 4 === 4;
  const message = (checksum: number) =>
    cat(four ? 3 : 1, code, u16(checksum), u32(0), packet.subarray(0, octets ?? packet.length));
  if (four) return ipv4(from, to, message(internetChecksum(message(0))), { protocol: 1, ttl: 255 });
  // RFC 4443 2.3: the pseudo-header of RFC 8200 8.1 counts.
  const pseudo = cat(address(from), address(to), u32(message(0).length), u32(58));
  return ipv6(from, to, message(internetChecksum(pseudo, message(0))), { protocol: 58, hopLimit: 255 });
}

/** As many octets of a packet as RFC 792 asks for: the IP header and eight more. */
export function leastQuote(packet: Uint8Array): number {
  return (packet[0]! >> 4 === 4 ? (packet[0]! & 15) << 2 : 40) + 8;
}
