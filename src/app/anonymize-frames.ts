import type { Piece } from '../model/origin.ts';
import { AddressTable } from '../net/address.ts';
import { type Header, headersIn, headersOf, lastIp, payloadOf } from '../net/headers.ts';
import {
  addressesIn,
  addressSum,
  emptyExtensions,
  emptyHeaders,
  fold,
  mendChecksums,
  sum,
} from './anonymize-headers.ts';
import type { KeptFrame, Unit } from './extract-frames.ts';

/** Frames by number. */
type Frames = ReadonlyMap<number, Uint8Array>;

/** What the link and network layers of a frame become: other addresses, nothing behind the datagram, no options that tell of hosts. */
export class AddressRewriter {
  private readonly known = new Map<string, Uint8Array>();
  private readonly taken = new Set<string>();
  private readonly counts = new Map<number, number>();

  /** Addresses that occur in the capture are never given out as pseudonyms: note all of them before the first rewrite. */
  note({ bytes, linkType }: KeptFrame): void {
    this.noteAll(bytes, headersOf(bytes, linkType));
  }

  /** The same for what stands in the datagram of a segment, whose headers may be cut anywhere. */
  noteDatagram(unit: Unit, frames: Frames): void {
    const datagram = datagramOf(unit, frames);
    if (datagram !== null) this.noteAll(datagram.bytes, datagram.headers);
  }

  private noteAll(bytes: Uint8Array, headers: readonly Header[]): void {
    for (const [from, length] of addressesIn(bytes, headers)) this.taken.add(key(bytes.subarray(from, from + length)));
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
    this.rewriteHeaders(bytes, headersOf(bytes, linkType));
  }

  /**
   * The headers in the datagram of a segment that came in fragments. What fragments hold that the datagram does not (others had it before)
   * is nothing that anybody reads: it goes.
   */
  rewriteDatagram(unit: Unit, before: Frames, after: Frames): void {
    const datagram = datagramOf(unit, before);
    if (datagram === null) return;
    const bytes = datagram.bytes.slice();
    const { family, protocol } = datagram;
    emptyExtensions(bytes, family, protocol, 0, bytes.length);
    this.rewriteHeaders(bytes, datagram.headers);
    scatter(datagram.pieces, datagram.bytes, bytes, after);
    for (const { no, linkType } of unit.frames) {
      const octets = after.get(no)!;
      const header = lastIp(headersOf(octets, linkType));
      const payload = header === undefined ? null : payloadOf(octets, header);
      if (payload?.fragment !== true) continue;
      let at = payload.start;
      const own = datagram.pieces.filter(piece => piece.frame === no).sort((a, b) => a.offset - b.offset);
      for (const { offset, length } of own) {
        if (offset > at) octets.fill(0, at, offset);
        at = Math.max(at, offset + length);
      }
      octets.fill(0, at);
    }
  }

  private rewriteHeaders(bytes: Uint8Array, headers: readonly Header[]): void {
    for (const [from, length] of addressesIn(bytes, headers)) {
      const address = bytes.slice(from, from + length);
      // IEEE 802.5: the first bit of a source says that a route follows, and is no part of the address.
      const routed = headers.some(({ layer, start }) => layer === 'tr' && from === start + 8) ? address[0]! & 0x80 : 0;
      address[0]! ^= routed;
      bytes.set(this.of(address), from);
      bytes[from]! |= routed;
    }
    emptyHeaders(bytes, headers);
  }
}

/** A datagram that was put together: its octets and where they stand, and the headers that it begins with. */
interface DatagramView {
  readonly pieces: readonly Piece[];
  readonly bytes: Uint8Array;
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly headers: readonly Header[];
  /** The packet that was cut, as its first fragment has it. */
  readonly around: { readonly frame: number; readonly header: Header };
}

/** Null for a segment that stands in one frame. */
function datagramOf({ datagram, frames }: Unit, octets: Frames): DatagramView | null {
  const first = datagram?.[0];
  if (datagram === null || first === undefined) return null;
  const { linkType } = frames.find(frame => frame.no === first.frame)!;
  const frame = octets.get(first.frame)!;
  const header = lastIp(headersOf(frame, linkType));
  const payload = header === undefined ? null : payloadOf(frame, header);
  if (header === undefined || payload === null) return null;
  const bytes = joined(datagram, octets);
  const family = header.layer === 'ip' ? 4 : 6;
  const { protocol } = payload;
  const headers = headersIn(bytes, family, protocol);
  return { pieces: datagram, bytes, family, protocol, headers, around: { frame: first.frame, header } };
}

function octetsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((n, piece) => n + piece.length, 0);
}

function joined(pieces: readonly Piece[], frames: Frames): Uint8Array {
  const out = new Uint8Array(octetsOf(pieces));
  let at = 0;
  for (const { frame, offset, length } of pieces) {
    out.set(frames.get(frame)!.subarray(offset, offset + length), at);
    at += length;
  }
  return out;
}

/** Puts what differs between `was` and `is` where it stands in the frames. */
function scatter(pieces: readonly Piece[], was: Uint8Array, is: Uint8Array, frames: Frames): void {
  let at = 0;
  for (const { frame, offset, length } of pieces) {
    const octets = frames.get(frame)!;
    for (let i = 0; i < length; i++) if (is[at + i] !== was[at + i]) octets[offset + i] = is[at + i]!;
    at += length;
  }
}

/** The checksums of the headers around TCP, once everything else is as it is to be: in a frame, and in a datagram of fragments. */
export function headerChecksums(before: Uint8Array, after: Uint8Array, linkType: number): void {
  mendChecksums(before, after, headersOf(before, linkType));
}

export function datagramChecksums(unit: Unit, before: Frames, after: Frames): void {
  const datagram = datagramOf(unit, before);
  if (datagram === null) return;
  const { pieces, bytes, headers, around } = datagram;
  const was = joined(pieces, after);
  const is = was.slice();
  const of = (frames: Frames) => addressSum(frames.get(around.frame)!, around.header);
  mendChecksums(bytes, is, headers, { before: of(before), after: of(after) });
  scatter(pieces, was, is, after);
}

/**
 * The checksum of a segment over its frames. One that fitted fits again, one that did not goes on not fitting: the receiver of a
 * damaged segment dropped it. Segments that were cut by a snap length are left alone; nobody can check them.
 */
export function segmentChecksum(unit: Unit, before: Frames, after: Frames): void {
  const size = octetsOf(unit.tcp);
  if (size < unit.header + unit.length || size < 20) return;
  const fitted = pseudoSum(unit, before, size) % 65535 === 0;
  const [high, low] = [locate(unit.tcp, 16), locate(unit.tcp, 17)];
  const put = (value: number): void => {
    after.get(high.frame)![high.offset] = value >> 8;
    after.get(low.frame)![low.offset] = value & 255;
  };
  put(0);
  const right = ~fold(pseudoSum(unit, after, size)) & 0xffff;
  // Any other value but its complement twin of zero does not fit.
  put(fitted ? right : right ^ 0x5a5a);
}

function pseudoSum(unit: Unit, frames: Frames, size: number): number {
  const segment = joined(unit.tcp, frames);
  return sum(segment, 0, size, addressesAround(unit, frames) + 6 + size);
}

/** What the addresses of the innermost packet add: in the frame, or in the datagram that was put together, or of the packet that was cut. */
function addressesAround(unit: Unit, frames: Frames): number {
  const datagram = datagramOf(unit, frames);
  if (datagram === null) {
    const { no, linkType } = unit.frames[0]!;
    const bytes = frames.get(no)!;
    return addressSum(bytes, lastIp(headersOf(bytes, linkType))!);
  }
  const inner = lastIp(datagram.headers);
  if (inner !== undefined) return addressSum(datagram.bytes, inner);
  return addressSum(frames.get(datagram.around.frame)!, datagram.around.header);
}

/** TCP options that carry more than the connection's own numbers are made empty. RFC 9293 3.2, RFC 7323, RFC 2018. */
const PLAIN_OPTIONS = new Set([0, 1, 2, 3, 4, 5, 8]);

export function tcpOptions(unit: Unit, frames: Frames): void {
  const at = (i: number) => {
    const { frame, offset } = locate(unit.tcp, i);
    return { bytes: frames.get(frame)!, offset };
  };
  const end = Math.min(unit.header, octetsOf(unit.tcp));
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

function dotted(address: Uint8Array): string {
  return address.join('.');
}

function key(address: Uint8Array): string {
  return Buffer.from(address).toString('hex');
}
