import { ipOffset } from '../capture/link.ts';
import type { Piece } from '../model/origin.ts';
import { AddressTable } from '../net/address.ts';
import { AUTHENTICATION, extensionSize, FRAGMENT, mayHoldTcp, ROUTING } from '../net/extension.ts';
import type { KeptFrame, Unit } from './extract-frames.ts';

/** What the link and network layers of a frame become: other addresses, nothing behind the datagram, no options that tell of hosts. */
export class AddressRewriter {
  private readonly known = new Map<string, Uint8Array>();
  private readonly taken = new Set<string>();
  private readonly counts = new Map<number, number>();

  /** Addresses that occur in the capture are never given out as pseudonyms: note all of them before the first rewrite. */
  note(frame: KeptFrame): void {
    for (const [from, length] of addressesOf(frame)) this.taken.add(key(frame.bytes.subarray(from, from + length)));
  }

  /** The pseudonym of 4, 6 or 16 octets. */
  of(address: Uint8Array): Uint8Array {
    const id = key(address);
    let found = this.known.get(id);
    if (found === undefined) {
      // Nobody and everybody stay themselves.
      if (address.every(octet => octet === 0) || address.every(octet => octet === 0xff)) found = address.slice();
      else
        do found = this.next(address.length);
        while (this.taken.has(key(found)));
      this.known.set(id, found);
    }
    return found;
  }

  /** The pseudonym of an address as the analysis writes it; null when no frame has it. */
  textOf(address: string): string | null {
    for (const [id, found] of this.known) {
      if (id.length === 8 && dotted(Buffer.from(id, 'hex')) === address) return dotted(found);
      if (id.length !== 32) continue;
      const table = new AddressTable();
      if (table.text(table.intern(Buffer.from(id, 'hex'), 0)) === address) return table.text(table.intern(found, 0));
    }
    return null;
  }

  /** RFC 5737 and RFC 2544 networks, RFC 3849 prefix, locally administered MAC addresses. */
  private next(length: number): Uint8Array {
    const n = (this.counts.get(length) ?? 0) + 1;
    this.counts.set(length, n);
    if (length === 4)
      return n < 255 ? Uint8Array.of(192, 0, 2, n) : Uint8Array.of(198, 18 + ((n >> 16) & 1), (n >> 8) & 255, n & 255);
    const out = new Uint8Array(length);
    if (length === 16) out.set([0x20, 0x01, 0x0d, 0xb8]);
    else out[0] = 2;
    out[length - 3] = (n >> 16) & 255;
    out[length - 2] = (n >> 8) & 255;
    out[length - 1] = n & 255;
    return out;
  }

  rewrite(bytes: Uint8Array, linkType: number): void {
    for (const [from, length] of addressesOf({ bytes, linkType })) {
      bytes.set(this.of(bytes.subarray(from, from + length)), from);
    }
    const n = ipOffset(bytes, 0, bytes.length, linkType);
    if (n < 0) return;
    const version = bytes[n]! >> 4;
    const size = (bytes[n + 2]! << 8) | bytes[n + 3]!;
    const end = version === 4 ? (size === 0 ? bytes.length : n + size) : ipv6End(bytes, n);
    // Ethernet padding: old drivers leave memory in it.
    if (end < bytes.length) bytes.fill(0, end);
    if (version === 4) ipv4Options(bytes, n, Math.min(end, bytes.length));
    else extensions(bytes, 6, bytes[n + 6]!, n + 40, Math.min(end, bytes.length));
  }
}

/** The checksum of an IPv4 header, when it was right before. */
export function headerChecksum(before: Uint8Array, after: Uint8Array, linkType: number): void {
  const n = ipOffset(after, 0, after.length, linkType);
  if (n < 0 || after[n]! >> 4 !== 4) return;
  const end = n + ((after[n]! & 15) << 2);
  if (end > after.length || end < n + 20 || sum(before, n, end, 0) % 65535 !== 0) return;
  after[n + 10] = after[n + 11] = 0;
  store(after, n + 10, ~fold(sum(after, n, end, 0)) & 0xffff);
}

/**
 * The checksum of a segment over its frames. One that fitted fits again, one that did not goes on not fitting: the receiver of a
 * damaged segment dropped it. Segments that were cut by a snap length are left alone; nobody can check them.
 */
export function segmentChecksum(
  unit: Unit,
  before: ReadonlyMap<number, Uint8Array>,
  after: ReadonlyMap<number, Uint8Array>,
): void {
  const { linkType } = unit.frames[0]!;
  const size = unit.tcp.reduce((n, piece) => n + piece.length, 0);
  if (size < unit.header + unit.length || size < 20) return;
  const fitted = segmentFits(unit, before);
  const [high, low] = [locate(unit.tcp, 16), locate(unit.tcp, 17)];
  const put = (value: number): void => {
    after.get(high.frame)![high.offset] = value >> 8;
    after.get(low.frame)![low.offset] = value & 255;
  };
  put(0);
  const right = ~fold(pseudoSum(unit, after, linkType, size)) & 0xffff;
  // Any other value but its complement twin of zero does not fit.
  put(fitted ? right : right ^ 0x5a5a);
}

/** Whether the checksum of a segment that was captured whole fits. */
function segmentFits(unit: Unit, frames: ReadonlyMap<number, Uint8Array>): boolean {
  const size = unit.tcp.reduce((n, piece) => n + piece.length, 0);
  if (size < unit.header + unit.length) return true;
  return pseudoSum(unit, frames, unit.frames[0]!.linkType, size) % 65535 === 0;
}

function pseudoSum(unit: Unit, frames: ReadonlyMap<number, Uint8Array>, linkType: number, size: number): number {
  const bytes = frames.get(unit.tcp[0]!.frame)!;
  const n = ipOffset(bytes, 0, bytes.length, linkType);
  const [from, to] = bytes[n]! >> 4 === 4 ? [n + 12, n + 20] : [n + 8, n + 40];
  const segment = new Uint8Array(size);
  let at = 0;
  for (const piece of unit.tcp) {
    segment.set(frames.get(piece.frame)!.subarray(piece.offset, piece.offset + piece.length), at);
    at += piece.length;
  }
  return sum(segment, 0, size, sum(bytes, from, to, 6 + size));
}

/** TCP options that carry more than the connection's own numbers are made empty. RFC 9293 3.2, RFC 7323, RFC 2018. */
const PLAIN_OPTIONS = new Set([0, 1, 2, 3, 4, 5, 8]);

export function tcpOptions(unit: Unit, frames: ReadonlyMap<number, Uint8Array>): void {
  const at = (i: number) => {
    const { frame, offset } = locate(unit.tcp, i);
    return { bytes: frames.get(frame)!, offset };
  };
  const have = unit.tcp.reduce((n, piece) => n + piece.length, 0);
  const end = Math.min(unit.header, have);
  for (let i = 20; i < end; ) {
    const { bytes, offset } = at(i);
    const kind = bytes[offset]!;
    if (kind === 0) break;
    if (kind === 1) {
      i++;
      continue;
    }
    if (i + 1 >= end) break;
    const next = at(i + 1);
    const size = next.bytes[next.offset]!;
    if (size < 2) break;
    if (!PLAIN_OPTIONS.has(kind)) {
      for (let k = i + 2; k < Math.min(i + size, end); k++) {
        const octet = at(k);
        octet.bytes[octet.offset] = 0;
      }
    }
    i += size;
  }
}

function locate(pieces: readonly Piece[], index: number): { frame: number; offset: number } {
  let at = 0;
  for (const piece of pieces) {
    if (index < at + piece.length) return { frame: piece.frame, offset: piece.offset + index - at };
    at += piece.length;
  }
  throw new RangeError(`a segment has no octet ${index}`);
}

/** Positions and lengths of the link and network addresses. */
function addressesOf({ bytes, linkType }: Pick<KeptFrame, 'bytes' | 'linkType'>): [number, number][] {
  const out: [number, number][] = [];
  if (linkType === 1 && bytes.length >= 12) out.push([0, 6], [6, 6]);
  // Linux cooked: the address has eight octets of room, and a field that says how many count.
  if (linkType === 113 && bytes.length >= 14) out.push([6, 6]);
  if (linkType === 276 && bytes.length >= 20) out.push([12, 6]);
  const n = ipOffset(bytes, 0, bytes.length, linkType);
  if (n < 0) return out;
  if (bytes[n]! >> 4 === 4 && n + 20 <= bytes.length) out.push([n + 12, 4], [n + 16, 4]);
  if (bytes[n]! >> 4 === 6 && n + 40 <= bytes.length) out.push([n + 8, 16], [n + 24, 16]);
  return out;
}

function ipv4Options(b: Uint8Array, n: number, end: number): void {
  const t = Math.min(n + ((b[n]! & 15) << 2), b.length);
  // Routes and time stamps name hosts: "no operation" takes their place (RFC 791 3.1).
  if (t > n + 20) b.fill(1, n + 20, t);
  if (((b[n + 6]! & 0x1f) | b[n + 7]!) === 0) extensions(b, 4, b[n + 9]!, t, end);
}

function ipv6End(b: Uint8Array, n: number): number {
  const length = (b[n + 4]! << 8) | b[n + 5]!;
  return length === 0 ? b.length : n + 40 + length;
}

/** Extension headers keep their kind and size; hop-by-hop and destination options become padding, routes and codes zeros (RFC 8200 4). */
function extensions(b: Uint8Array, family: 4 | 6, type: number, from: number, end: number): void {
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

/** The 16-bit words of `from`…`to`, added up. */
function sum(b: Uint8Array, from: number, to: number, start: number): number {
  let total = start;
  let i = from;
  for (; i + 1 < to; i += 2) total += (b[i]! << 8) | b[i + 1]!;
  if (i < to) total += b[i]! << 8;
  return total;
}

function fold(total: number): number {
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 65536);
  return total;
}

function store(b: Uint8Array, at: number, value: number): void {
  b[at] = value >> 8;
  b[at + 1] = value & 255;
}

function dotted(address: Uint8Array): string {
  return address.join('.');
}

function key(address: Uint8Array): string {
  return Buffer.from(address).toString('hex');
}
