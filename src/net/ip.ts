import type { FrameSink } from '../capture/reader.ts';
import { ipOffset, type PortMap } from '../capture/select.ts';
import type { Origin } from '../model/origin.ts';
import { AddressTable, ipv4Text } from './address.ts';
import { extensionSize, FRAGMENT, mayHoldTcp } from './extension.ts';
import { FragmentTable } from './fragments.ts';
import { emptySegment, type Segment } from './segment.ts';

/**
 * What Linux hands to segmentation offload at most (GSO_MAX_SIZE, 8 × 65,535), with room for link headers: a frame that claims to have
 * been longer on the wire has a damaged length.
 */
const MAX_WIRE = 8 * 65_535 + 256;

/** Takes TCP segments in capture order. The segment is reused: copy what must stay. */
export interface SegmentSink {
  segment(s: Segment): void;
}

/** Frames to TCP segments: link layer, IPv4 with options and fragments, IPv6 with extension headers and fragments. */
export class IpDecoder implements FrameSink {
  readonly addresses = new AddressTable();
  readonly fragments = new FragmentTable();
  /** Frames that a snap length cut, and frames with an earlier time than one before; each with the first of them. */
  cutFrames = 0;
  firstCut = 0;
  backwards = 0;
  firstBackwards = 0;
  /** Frames with a length on the wire that cannot be. */
  damaged = 0;
  firstDamaged = 0;
  private lastSec = 0;
  private lastNsec = 0;
  private readonly ports: PortMap;
  private readonly sink: SegmentSink;
  private readonly s: Segment = emptySegment();

  constructor(ports: PortMap, sink: SegmentSink) {
    this.ports = ports;
    this.sink = sink;
  }

  /** What the addresses of a segment add to its checksum (RFC 9293 3.1, RFC 8200 8.1). */
  addressSum(family: number, address: number): number {
    return family === 4 ? (address >>> 16) + (address & 0xffff) : this.addresses.sum(address);
  }

  addressText(family: number, address: number): string {
    return family === 4 ? ipv4Text(address) : this.addresses.text(address);
  }

  frame(
    no: number,
    sec: number,
    nsec: number,
    b: Uint8Array,
    p: number,
    q: number,
    wireLength: number,
    linkType: number,
  ): void {
    const n = ipOffset(b, p, q, linkType);
    if (n < 0) return;
    const s = this.s;
    s.frame = no;
    s.sec = sec;
    s.nsec = nsec;
    if (wireLength > q - p) {
      if (wireLength > MAX_WIRE) {
        if (this.damaged++ === 0) this.firstDamaged = no;
      } else if (this.cutFrames++ === 0) this.firstCut = no;
    }
    if ((sec < this.lastSec || (sec === this.lastSec && nsec < this.lastNsec)) && this.backwards++ === 0)
      this.firstBackwards = no;
    this.lastSec = sec;
    this.lastNsec = nsec;
    const wireEnd = p + Math.max(wireLength, q - p);
    if (b[n]! >> 4 === 4) this.ipv4(b, n, q, p, wireEnd);
    else this.ipv6(b, n, q, p, wireEnd);
  }

  private ipv4(b: Uint8Array, n: number, q: number, p: number, wireEnd: number): void {
    const header = (b[n]! & 15) << 2;
    const protocol = b[n + 9]!;
    if (header < 20 || !mayHoldTcp(4, protocol)) return;
    const total = (b[n + 2]! << 8) | b[n + 3]!;
    // A total length of 0 is what segmentation offload leaves in a capture at the sender: the frame's length holds.
    const end = total === 0 ? frameEnd(p, q, wireEnd) : Math.min(n + total, wireEnd);
    const t = n + header;
    const s = this.s;
    s.family = 4;
    s.source = word(b, n + 12);
    s.destination = word(b, n + 16);
    const fragment = ((b[n + 6]! & 0x3f) << 8) | b[n + 7]!;
    if (fragment === 0) return this.upper(4, protocol, b, t, q, end, p, null);
    if (end > q) return; // cut by a snap length: the datagram can never be whole
    const key = `4/${s.source}/${s.destination}/${protocol}/${(b[n + 4]! << 8) | b[n + 5]!}`;
    this.fragment(4, key, protocol, (fragment & 0x1fff) << 3, (fragment & 0x2000) !== 0, b, t, end, p);
  }

  private ipv6(b: Uint8Array, n: number, q: number, p: number, wireEnd: number): void {
    if (n + 40 > q) return;
    const length = (b[n + 4]! << 8) | b[n + 5]!;
    const end = length === 0 ? frameEnd(p, q, wireEnd) : Math.min(n + 40 + length, wireEnd);
    const s = this.s;
    s.family = 6;
    s.source = this.addresses.intern(b, n + 8);
    s.destination = this.addresses.intern(b, n + 24);
    this.upper(6, b[n + 6]!, b, n + 40, q, end, p, null);
  }

  /** What stands behind the IP header, or in a datagram put together: TCP, or headers before it, as many as there is room for. */
  private upper(
    family: 4 | 6,
    type: number,
    b: Uint8Array,
    from: number,
    q: number,
    end: number,
    p: number,
    origin: Origin | null,
  ): void {
    let next = type;
    let t = from;
    while (next !== 6) {
      if (t + 8 > q || !mayHoldTcp(family, next)) return;
      if (next === FRAGMENT) {
        const field = (b[t + 2]! << 8) | b[t + 3]!;
        if ((field & 0xfff9) !== 0) {
          // Cut by a snap length, the datagram can never be whole; a fragment of a fragment is nobody's.
          if (end > q || origin !== null || !mayHoldTcp(6, b[t]!)) return;
          const key = `6/${this.s.source}/${this.s.destination}/${word(b, t + 4)}`;
          return this.fragment(6, key, b[t]!, field & 0xfff8, (field & 1) !== 0, b, t + 8, end, p);
        }
        // An atomic fragment (RFC 6946) is whole.
      }
      const size = extensionSize(b, t, next);
      next = b[t]!;
      t += size;
    }
    this.tcp(b, t, q, end, p, origin);
  }

  private fragment(
    family: 4 | 6,
    key: string,
    protocol: number,
    offset: number,
    more: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
    frameStart: number,
  ): void {
    const { frame } = this.s;
    const whole = this.fragments.add(key, family, { offset, more, protocol, bytes, start, end, frame, frameStart });
    if (whole === null) return;
    const size = whole.bytes.length;
    this.upper(family, whole.protocol, whole.bytes, 0, size, size, 0, whole.origin);
  }

  private tcp(b: Uint8Array, t: number, q: number, end: number, p: number, origin: Origin | null): void {
    if (t + 20 > q) return;
    const s = this.s;
    s.sourcePort = (b[t]! << 8) | b[t + 1]!;
    s.destinationPort = (b[t + 2]! << 8) | b[t + 3]!;
    const ports = this.ports;
    if (ports !== null && !(ports[s.sourcePort]! | ports[s.destinationPort]!)) return;
    const header = (b[t + 12]! >> 4) << 2;
    if (header < 20) return;
    s.seq = word(b, t + 4);
    s.ack = word(b, t + 8);
    s.flags = b[t + 13]!;
    s.window = (b[t + 14]! << 8) | b[t + 15]!;
    s.scale = s.flags & 2 ? windowScale(b, t + 20, Math.min(t + header, q)) : -1;
    s.bytes = b;
    s.header = t;
    s.start = t + header;
    s.length = Math.max(0, end - s.start);
    s.captured = Math.max(0, Math.min(s.length, q - s.start));
    s.frameOffset = s.start - p;
    s.origin = origin;
    this.sink.segment(s);
  }
}

/** Where a frame ended on the wire, when nothing but its record says so. */
function frameEnd(p: number, q: number, wireEnd: number): number {
  return wireEnd - p > MAX_WIRE ? q : wireEnd;
}

/** RFC 7323 2.2; -1 when the SYN does not offer scaling. */
function windowScale(b: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; ) {
    const kind = b[i]!;
    if (kind === 0) break;
    if (kind === 1) {
      i++;
      continue;
    }
    const size = b[i + 1]!;
    if (i + 1 >= end || size < 2) break;
    if (kind === 3 && size === 3 && i + 2 < end) return Math.min(14, b[i + 2]!);
    i += size;
  }
  return -1;
}

function word(b: Uint8Array, p: number): number {
  return (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
}
