import type { Layer } from '../capture/link.ts';
import { ICMPV6 } from '../capture/quoted.ts';
import { AUTHENTICATION, extensionSize, FRAGMENT, mayHoldTcp, ROUTING } from '../net/extension.ts';
import { type Header, isIp, packetEnd } from '../net/headers.ts';

/** Positions and lengths of the addresses in headers, counted from where a header begins. */
const ADDRESSES: Partial<Record<Layer, readonly (readonly [number, number])[]>> = {
  eth: [
    [0, 6],
    [6, 6],
  ],
  fddi: [
    [1, 6],
    [7, 6],
  ],
  ieee8021ah: [
    [4, 6],
    [10, 6],
  ],
  ip: [
    [12, 4],
    [16, 4],
  ],
  ipv6: [
    [8, 16],
    [24, 16],
  ],
  tr: [
    [2, 6],
    [8, 6],
  ],
  wlan: [
    [4, 6],
    [10, 6],
    [16, 6],
  ],
};

/** Positions and lengths of all addresses in the headers. */
export function addressesIn(b: Uint8Array, headers: readonly Header[]): [number, number][] {
  const out: [number, number][] = [];
  for (const { layer, start, end } of headers) {
    for (const [from, length] of ADDRESSES[layer] ?? []) out.push([start + from, length]);
    // Linux cooked: the address has eight octets of room, and a field that says how many count.
    if (layer === 'sll') out.push([end - start === 16 ? start + 6 : start + 12, 6]);
    if (layer === 'wlan' && (b[start + 1]! & 3) === 3) out.push([start + 24, 6]);
  }
  return out;
}

/** Everything in the headers that tells of hosts and is no address: options, extensions, notes of who captured, and padding. */
export function emptyHeaders(b: Uint8Array, headers: readonly Header[]): void {
  for (const header of headers) {
    const { layer, start, end } = header;
    CONTENTS[layer]?.(b, start, end);
    // Behind the headers that a message quotes stands what the segment carried, and perhaps where in the router it was lost (RFC 5837).
    if (layer === 'icmp' || layer === 'icmpv6') b.fill(0, headers.at(-1)!.end);
    if (!isIp(header)) continue;
    const to = packetEnd(b, header);
    // Ethernet padding: old drivers leave memory in it.
    if (to < b.length) b.fill(0, to);
    if (layer === 'ipv6') emptyExtensions(b, 6, b[start + 6]!, end, Math.min(to, b.length));
    else {
      // Routes and time stamps name hosts: "no operation" takes their place (RFC 791 3.1).
      b.fill(1, start + 20, end);
      if (((b[start + 6]! & 0x1f) | b[start + 7]!) === 0)
        emptyExtensions(b, 4, b[start + 9]!, end, Math.min(to, b.length));
    }
  }
}

/** What a header carries beside addresses that may name somebody. Kinds and sizes stay, so that what follows is found. */
const CONTENTS: Partial<Record<Layer, (b: Uint8Array, start: number, end: number) => void>> = {
  // RFC 8926 3.5: class, type, and the length of the data in words.
  geneve: (b, start, end) => {
    for (let at = start + 8; at + 4 <= end; ) {
      const next = at + 4 + ((b[at + 3]! & 0x1f) << 2);
      b.fill(0, at + 4, Math.min(next, end));
      at = next;
    }
  },
  // TS 29.281 5.2.1: the length in words, contents, the type of the next.
  gtp: (b, start, end) => {
    for (let at = start + 12; at + 4 <= end; at += b[at]! << 2) b.fill(0, at + 1, at + (b[at]! << 2) - 1);
  },
  // Type and length, little-endian; positions on the earth among them.
  ppi: (b, start, end) => {
    for (let at = start + 8; at + 4 <= end; ) {
      const next = at + 4 + (b[at + 2]! | (b[at + 3]! << 8));
      b.fill(0, at + 4, Math.min(next, end));
      at = next;
    }
  },
  // Prefix, users and hardware addresses, all but the first attribute, which says of what protocol the packet is.
  nflog: (b, start, end) => {
    const low = b[start + 6] === 0 ? 1 : 0;
    for (let at = start + 4; at + 4 < end; ) {
      const size = b[at + low]! | (b[at + 1 - low]! << 8);
      if (b[at + 2 + low] !== 1) b.fill(0, at + 4, Math.min(at + size, end - 4));
      at += (size + 3) & ~3;
    }
  },
  // Prism: the name of the device.
  wlancap: (b, start, end) => {
    if (end - start === 144 && b[start] !== 0x80) b.fill(0, start + 8, start + 24);
  },
};

/** Extension headers keep their kind and size; hop-by-hop and destination options become padding, routes and codes zeros (RFC 8200 4). */
export function emptyExtensions(b: Uint8Array, family: 4 | 6, type: number, from: number, end: number): void {
  let next = type;
  let t = from;
  while (next !== 6 && t + 8 <= end && mayHoldTcp(family, next)) {
    // Behind the first fragment of a datagram no header begins where the fragment begins.
    if (next === FRAGMENT && (b[t + 2]! | (b[t + 3]! & 0xf8)) !== 0) return;
    const size = extensionSize(b, t, next);
    const to = Math.min(t + size, end);
    if (next === ROUTING) b.fill(0, t + 4, to);
    else if (next === AUTHENTICATION) b.fill(0, Math.min(t + 12, to), to);
    else if (next !== FRAGMENT) {
      b.fill(0, t + 2, to);
      // PadN holds up to 255 octets; a longer area is so many Pad1.
      if (size - 4 <= 255) {
        b[t + 2] = 1;
        b[t + 3] = size - 4;
      }
    }
    next = b[t]!;
    t += size;
  }
}

/** Sums of the addresses of an IP packet, as it was and as it is to be. */
export interface AddressSums {
  readonly before: number;
  readonly after: number;
}

/**
 * The checksums of IPv4, ICMP, UDP and GRE headers, the innermost first, since the outer ones count it in. One that fitted fits again;
 * where one did not, or what it is made of was not captured, it stays. TCP is no part of this.
 * @param around the packet whose payload these octets are, where its header is not among them
 */
export function mendChecksums(
  before: Uint8Array,
  after: Uint8Array,
  headers: readonly Header[],
  around: AddressSums = { before: 0, after: 0 },
): void {
  for (let i = headers.length - 1; i >= 0; i--) {
    const { layer, start, end } = headers[i]!;
    const packet = headers.slice(0, i).findLast(isIp);
    const to = packet === undefined ? before.length : packetEnd(before, packet);
    if (layer === 'ip') mend(before, after, start + 10, start, end, 0, 0);
    else if (layer === 'icmp') mend(before, after, start + 2, start, to, 0, 0);
    else if (layer === 'icmpv6' && packet !== undefined) {
      const rest = ICMPV6 + to - start;
      mend(before, after, start + 2, start, to, addressSum(before, packet) + rest, addressSum(after, packet) + rest);
    } else if (layer === 'gre' && before[start]! & 0x80) {
      mend(before, after, start + 4, start, to, 0, 0);
    } else if (layer === 'udp' && (before[start + 6]! | before[start + 7]!) !== 0) {
      const size = (before[start + 4]! << 8) | before[start + 5]!;
      const sums =
        packet === undefined ? around : { before: addressSum(before, packet), after: addressSum(after, packet) };
      mend(before, after, start + 6, start, start + size, sums.before + 17 + size, sums.after + 17 + size);
      // RFC 768: a sum of zero is sent as its twin, since zero says that there is none.
      if ((after[start + 6]! | after[start + 7]!) === 0) after.fill(0xff, start + 6, start + 8);
    }
  }
}

function mend(
  before: Uint8Array,
  after: Uint8Array,
  at: number,
  from: number,
  to: number,
  sumBefore: number,
  sumAfter: number,
): void {
  if (to > before.length || to < at + 2 || sum(before, from, to, sumBefore) % 65535 !== 0) return;
  after.fill(0, at, at + 2);
  const right = ~fold(sum(after, from, to, sumAfter)) & 0xffff;
  after[at] = right >> 8;
  after[at + 1] = right & 255;
}

/** What the addresses of a packet add to a checksum of what it carries. */
export function addressSum(b: Uint8Array, { layer, start }: Header): number {
  return layer === 'ip' ? sum(b, start + 12, start + 20, 0) : sum(b, start + 8, start + 40, 0);
}

/** The 16-bit words of `from`…`to`, added up. */
export function sum(b: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  let i = from;
  for (; i + 1 < to; i += 2) total += (b[i]! << 8) | b[i + 1]!;
  if (i < to) total += b[i]! << 8;
  return total;
}

export function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65536);
  return folded;
}
