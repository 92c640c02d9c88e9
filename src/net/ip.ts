import { ipOffset, RAW_IP } from '../capture/link.ts';
import { OddFrames } from '../capture/odd-frames.ts';
import { mayQuote } from '../capture/quoted.ts';
import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import { candidate, type PortMap, WANTED } from '../capture/select.ts';
import { MAX_TUNNELS, maybeTunnel, mayTunnel, tunnelled } from '../capture/tunnels.ts';
import type { Origin } from '../model/origin.ts';
import { AddressTable, ipv4Text, word } from './address.ts';
import { extensionSize, FRAGMENT, mayHoldTcp } from './extension.ts';
import { FragmentTable, Unwanted } from './fragments.ts';
import { emptyUnreachable, readUnreachable, type Unreachable } from './icmp.ts';
import { emptySegment, LEAST_HEADER, type Segment, UNSEEN } from './segment.ts';

/**
 * What Linux hands to segmentation offload at most (GSO_MAX_SIZE, 8 × 65,535), with room for link headers: a frame that claims to have
 * been longer on the wire has a damaged length.
 */
const MAX_WIRE = 8 * 65_535 + 256;

/** Takes TCP segments in capture order. The segment is reused: copy what must stay. */
export interface SegmentSink {
  segment(s: Segment): void;
  /** ICMP says that a segment was not delivered. The message is reused as well. */
  unreachable?(m: Unreachable): void;
}

/**
 * Frames to TCP segments: link layer, IPv4 with options and fragments, IPv6 with extension headers and fragments, and tunnels of these.
 * Of ICMP what says that such a segment was not delivered.
 * On the way down a frame the fields below say what the octets at hand are; nothing comes back up.
 */
export class IpDecoder implements FrameSink {
  readonly addresses = new AddressTable();
  readonly fragments = new FragmentTable();
  /** Datagrams of tunnels: fragments of UDP whose first one is still to come are no reason to give up one of TCP. */
  readonly tunnels = new FragmentTable();
  private readonly unwanted = new Unwanted();
  /** The last frame holds TCP of a port that is looked at, or a fragment that may, or ICMP that quotes it. */
  concerned = false;
  /**
   * Frames that a snap length cut, and cut within the TCP header, with a length on the wire that cannot be, and with an earlier time than
   * one before.
   */
  readonly cut = new OddFrames();
  readonly headless = new OddFrames();
  readonly damaged = new OddFrames();
  readonly backwards = new OddFrames();
  /** Who hands over the frames of a file. */
  reader: Pick<CaptureReader, 'at'> | null = null;
  private lastSec = Number.NEGATIVE_INFINITY;
  private lastNsec = 0;
  private readonly ports: PortMap;
  private readonly sink: SegmentSink;
  private readonly s: Segment = emptySegment();
  private readonly m: Unreachable = emptyUnreachable();
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where the frame begins in `bytes`, when these are no datagram put together. */
  private frameStart = 0;
  private origin: Origin | null = null;
  /** Octets that the frame at hand had on the wire. */
  private wireLength = 0;
  /** The packet at hand was put together from fragments. */
  private joined = false;
  /** Octets that it says to have beyond what holds it, which was cut with its own length: mirrors truncate so, and `editcap -L`. */
  private short = 0;
  /** Packets around the packet at hand. */
  private depth = 0;

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
    this.concerned = false;
    const n = ipOffset(b, p, q, linkType);
    if (n < 0) return;
    const s = this.s;
    s.frame = no;
    s.sec = sec;
    s.nsec = nsec;
    this.wireLength = wireLength;
    this.bytes = b;
    this.frameStart = p;
    this.origin = null;
    this.depth = 0;
    this.ip(n, q, p + Math.max(wireLength, q - p));
  }

  /** The IP packet at `n`; what holds it was captured up to `q` and reached up to `limit` on the wire. */
  private ip(n: number, q: number, limit: number): void {
    this.joined = false;
    if (this.bytes[n]! >> 4 === 4) this.ipv4(n, q, limit);
    else this.ipv6(n, q, limit);
  }

  private ipv4(n: number, q: number, limit: number): void {
    const b = this.bytes;
    const header = (b[n]! & 15) << 2;
    const protocol = b[n + 9]!;
    if (header < 20 || !(protocol === 6 || mayHoldTcp(4, protocol) || mayTunnel(protocol) || mayQuote(protocol)))
      return;
    const total = (b[n + 2]! << 8) | b[n + 3]!;
    // A total length of 0 is what segmentation offload leaves in a capture at the sender: the frame's length holds.
    const end = total === 0 ? this.frameEnd(q, limit) : Math.min(n + total, limit);
    this.short = Math.max(0, n + total - limit);
    const t = n + header;
    const s = this.s;
    s.family = 4;
    s.source = word(b, n + 12);
    s.destination = word(b, n + 16);
    const fragment = ((b[n + 6]! & 0x3f) << 8) | b[n + 7]!;
    if (fragment === 0) return protocol === 6 ? this.tcp(t, q, end) : this.upper(4, protocol, t, q, end);
    if (mayQuote(protocol)) {
      if ((fragment & 0x1fff) === 0) this.quotation(protocol, t, Math.min(q, end));
      return;
    }
    const id = (protocol << 16) | (b[n + 4]! << 8) | b[n + 5]!;
    this.fragment(4, id, protocol, (fragment & 0x1fff) << 3, (fragment & 0x2000) !== 0, t, q, end);
  }

  private ipv6(n: number, q: number, limit: number): void {
    if (n + 40 > q) return;
    const b = this.bytes;
    const length = (b[n + 4]! << 8) | b[n + 5]!;
    const end = length === 0 ? this.frameEnd(q, limit) : Math.min(n + 40 + length, limit);
    this.short = Math.max(0, n + 40 + length - limit);
    const s = this.s;
    s.family = 6;
    s.source = this.addresses.intern(b, n + 8);
    s.destination = this.addresses.intern(b, n + 24);
    this.upper(6, b[n + 6]!, n + 40, q, end);
  }

  /** What stands behind the IP header, or in a datagram put together: TCP, or headers before it, as many as there is room for. */
  private upper(family: 4 | 6, type: number, from: number, q: number, end: number): void {
    const b = this.bytes;
    let next = type;
    let t = from;
    while (next !== 6) {
      if (mayTunnel(next)) return this.tunnel(next, t, q, end);
      if (mayQuote(next)) return this.quotation(next, t, Math.min(q, end));
      if (t + 8 > q || !mayHoldTcp(family, next)) return;
      if (next === FRAGMENT) {
        const field = (b[t + 2]! << 8) | b[t + 3]!;
        if ((field & 0xfff9) !== 0) {
          if (mayQuote(b[t]!)) {
            if ((field & 0xfff8) === 0) this.quotation(b[t]!, t + 8, Math.min(q, end));
            return;
          }
          // A fragment of a fragment is nobody's.
          if (this.joined || !(mayHoldTcp(6, b[t]!) || mayTunnel(b[t]!))) return;
          return this.fragment(6, word(b, t + 4), b[t]!, field & 0xfff8, (field & 1) !== 0, t + 8, q, end);
        }
        // An atomic fragment (RFC 6946) is whole.
      }
      const size = extensionSize(b, t, next);
      next = b[t]!;
      t += size;
    }
    this.tcp(t, q, end);
  }

  /** The innermost packet is the one that counts; the addresses of those around it are those of the tunnel. */
  private tunnel(protocol: number, t: number, q: number, end: number): void {
    if (this.depth++ === MAX_TUNNELS) return;
    const to = Math.min(q, end);
    const n = tunnelled(this.bytes, t, to, protocol);
    if (n >= 0) this.ip(n, to, end);
  }

  /**
   * A message says something to the host whose segment it quotes. Of one in fragments the first has all that counts; out of octets that
   * were put together (of a tunnel) none is read: it fits every link whole.
   */
  private quotation(protocol: number, t: number, end: number): void {
    const { s, m, ports } = this;
    if (this.origin !== null || !readUnreachable(this.bytes, t, end, protocol, this.addresses, m)) return;
    if (m.source !== s.destination || m.family !== s.family) return;
    if (ports !== null && !(ports[m.sourcePort]! | ports[m.destinationPort]!)) return;
    m.frame = s.frame;
    m.sec = s.sec;
    m.nsec = s.nsec;
    m.from = s.source;
    m.frameOffset = m.start - this.frameStart;
    this.concerned = true;
    this.sink.unreachable?.(m);
  }

  /** @param id what tells datagrams between two addresses apart: the identification, and in IPv4 the protocol */
  private fragment(
    family: 4 | 6,
    id: number,
    protocol: number,
    offset: number,
    more: boolean,
    start: number,
    q: number,
    end: number,
  ): void {
    const { bytes, frameStart, origin } = this;
    const { frame, sec, nsec, source, destination } = this.s;
    const tunnel = !mayHoldTcp(family, protocol);
    if (tunnel) {
      if (offset > 0) {
        if (this.unwanted.has(family, source, destination, id)) return;
      } else if (maybeTunnel(bytes, start, q, protocol)) this.unwanted.drop(family, source, destination, id);
      else return this.unwanted.add(family, source, destination, id);
    }
    const table = tunnel ? this.tunnels : this.fragments;
    const key = `${family}/${source}/${destination}/${id}`;
    const missed = !tunnel || (offset === 0 && this.wanted(protocol, start, q));
    if (missed || table.awaits(key)) this.count(end > q || this.short > 0 ? this.cut : null);
    if (end > q) return; // cut by a snap length: the datagram can never be whole
    const whole = table.add(key, family, {
      offset,
      more,
      protocol,
      bytes,
      start,
      end,
      frame,
      sec,
      nsec,
      frameStart,
      origin,
      missed,
    });
    if (whole === null) return;
    const size = whole.bytes.length;
    this.bytes = whole.bytes;
    this.frameStart = 0;
    this.origin = whole.origin;
    this.joined = true;
    this.upper(family, whole.protocol, 0, size, size);
  }

  /** Whether the first fragment of a tunnel's datagram shows TCP of a port that is looked at. */
  private wanted(protocol: number, t: number, q: number): boolean {
    const n = tunnelled(this.bytes, t, q, protocol);
    return n >= 0 && candidate(this.bytes, n, q, RAW_IP, this.ports, this.depth + 1) === WANTED;
  }

  private tcp(t: number, q: number, end: number): void {
    if (t + 4 > q) return;
    const b = this.bytes;
    const s = this.s;
    s.sourcePort = (b[t]! << 8) | b[t + 1]!;
    s.destinationPort = (b[t + 2]! << 8) | b[t + 3]!;
    const ports = this.ports;
    if (ports !== null && !(ports[s.sourcePort]! | ports[s.destinationPort]!)) return;
    const header = (b[t + 12]! >> 4) << 2;
    const headless = t + LEAST_HEADER > q || (this.short > 0 && t + header > end);
    this.count(end > q || this.short > 0 ? (headless ? this.headless : this.cut) : null);
    // A receiver has no use for a header that is longer than its datagram (RFC 9293 3.1: data offset).
    if (headless || header < 20 || t + header > end) return;
    s.seq = word(b, t + 4);
    s.ack = word(b, t + 8);
    s.flags = b[t + 13]!;
    s.window = (b[t + 14]! << 8) | b[t + 15]!;
    s.scale = s.flags & 2 ? windowScale(b, t + 20, t + header, q) : -1;
    s.bytes = b;
    s.header = t;
    s.start = t + header;
    s.length = end - s.start;
    s.lacking = this.short;
    s.end = Math.min(q, end);
    s.captured = Math.max(0, s.end - s.start);
    s.frameOffset = s.start - this.frameStart;
    s.origin = this.origin;
    this.sink.segment(s);
  }

  /**
   * The frame at hand holds TCP of a port that is looked at, or a fragment that may.
   * @param cut where octets of the datagram are missing; what a snap length takes of padding or of a frame check sequence is no loss
   */
  private count(cut: OddFrames | null): void {
    if (this.concerned) return;
    this.concerned = true;
    const { frame, sec, nsec } = this.s;
    if (this.wireLength > MAX_WIRE) {
      this.damaged.add(frame, this.reader);
    } else cut?.add(frame, this.reader);
    if (sec < this.lastSec || (sec === this.lastSec && nsec < this.lastNsec)) this.backwards.add(frame, this.reader);
    this.lastSec = sec;
    this.lastNsec = nsec;
  }

  /** Where a packet ends of which only what holds it has a length. */
  private frameEnd(q: number, limit: number): number {
    return limit - this.frameStart > MAX_WIRE ? q : limit;
  }
}

/** RFC 7323 2.2, of the options at `from`…`to`, which were captured up to `q`; -1 when the SYN does not offer scaling. */
function windowScale(b: Uint8Array, from: number, to: number, q: number): number {
  const end = Math.min(to, q);
  for (let i = from; i < end; ) {
    const kind = b[i]!;
    if (kind === 0) return -1;
    if (kind === 1) {
      i++;
      continue;
    }
    const size = b[i + 1]!;
    if (i + 1 >= end || size < 2) break;
    if (kind === 3 && size === 3 && i + 2 < end) return Math.min(14, b[i + 2]!);
    i += size;
  }
  return to > q ? UNSEEN : -1;
}
