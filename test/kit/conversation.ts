import { cat, type Part } from './bytes.ts';
import { type Ipv4Options, type Ipv6Options, ipv4, ipv4Fragments, ipv6, ipv6Fragments } from './ip.ts';
import type { Way } from './link.ts';
import { FLAG, maximumSegmentSize, tcp } from './tcp.ts';
import type { Wire } from './wire.ts';

export interface Station {
  readonly address: string;
  readonly port: number;
  /** Initial sequence number. */
  readonly isn?: number;
}

interface Half {
  readonly station: Station;
  readonly isn: number;
  /** Octets of the stream that were sent, once each, in order; what `segment` cuts from. */
  sent: Uint8Array;
  /** Stream offset up to which the other side has acknowledged. */
  acked: number;
  fin: boolean;
  packets: number;
}

export interface SendOptions {
  /** Lengths of the segments; the last one repeats. The maximum segment size when absent. */
  readonly segments?: readonly number[];
  /** Without the receiver's acknowledgement. */
  readonly quiet?: boolean;
}

interface ConversationOptions {
  readonly mss?: number;
  readonly window?: number;
  /** Bits by which both multiply their windows (RFC 7323 2.2); no such option when absent. */
  readonly scale?: number;
  readonly ip4?: Ipv4Options;
  readonly ip6?: Ipv6Options;
}

/**
 * One TCP connection between two stations, segment by segment. It keeps both sequence spaces; `send` plays a well-behaved
 * pair, `segment` puts any piece of what was queued on the wire in any order, again, overlapping or not at all.
 */
export class Conversation {
  readonly wire: Wire;
  private readonly halves: readonly [Half, Half];
  private readonly mss: number;
  private readonly window: number;
  private readonly scale: number | undefined;
  private readonly ip4: Ipv4Options;
  private readonly ip6: Ipv6Options;

  constructor(wire: Wire, client: Station, server: Station, options: ConversationOptions = {}) {
    this.wire = wire;
    this.mss = options.mss ?? 1460;
    this.window = options.window ?? 8760;
    this.scale = options.scale;
    this.ip4 = options.ip4 ?? {};
    this.ip6 = options.ip6 ?? {};
    this.halves = [half(client, 0x00a1_b200), half(server, 0x0c3d_4e00)];
  }

  /** SYN, SYN-ACK, ACK: three frame numbers. */
  open(): number[] {
    return [this.syn(), this.synAck(), this.ack(0)];
  }

  syn(): number {
    return this.emit(0, { seq: this.isn(0), ack: 0, flags: FLAG.syn, options: this.options() });
  }

  private options(): Uint8Array {
    const scale = this.scale === undefined ? [] : [1, 3, 3, this.scale];
    return cat(maximumSegmentSize(this.mss), scale);
  }

  synAck(): number {
    return this.emit(1, {
      seq: this.isn(1),
      ack: this.isn(0) + 1,
      flags: FLAG.syn | FLAG.ack,
      options: this.options(),
    });
  }

  /** RST+ACK as the answer to the SYN: nothing listens. */
  refuse(): number {
    return this.emit(1, { seq: 0, ack: this.isn(0) + 1, flags: FLAG.rst | FLAG.ack });
  }

  /** Send octets in order and have them acknowledged; returns the frames that carry them. */
  send(way: Way, bytes: Uint8Array, options: SendOptions = {}): number[] {
    const from = this.queue(way, bytes);
    const lengths = options.segments ?? [this.mss];
    const frames: number[] = [];
    for (let at = from, i = 0; at < from + bytes.length; i++) {
      const length = Math.min(lengths[Math.min(i, lengths.length - 1)]!, from + bytes.length - at);
      frames.push(this.segment(way, at, length));
      at += length;
      if (!options.quiet && (i % 2 === 1 || at === from + bytes.length)) this.ack(other(way), at);
    }
    return frames;
  }

  /** Append octets to what a side has to say, without a frame; returns their stream offset. */
  queue(way: Way, bytes: Uint8Array): number {
    const h = this.halves[way];
    const from = h.sent.length;
    h.sent = cat(h.sent, bytes);
    return from;
  }

  /** One segment of queued octets, `offset` counted from the start of the stream. `instead` sends other octets there. */
  segment(way: Way, offset: number, length: number, instead?: Uint8Array): number {
    const payload = instead ?? this.halves[way].sent.subarray(offset, offset + length);
    return this.emit(way, {
      seq: this.isn(way) + 1 + offset,
      ack: this.acknowledges(way),
      flags: FLAG.ack | FLAG.psh,
      payload,
    });
  }

  /** An empty segment that acknowledges all that the other side has queued, or up to `offset`. */
  ack(way: Way, offset?: number): number {
    const peer = this.halves[other(way)];
    peer.acked = offset ?? peer.sent.length + (peer.fin ? 1 : 0);
    return this.emit(way, { seq: this.next(way), ack: this.acknowledges(way), flags: FLAG.ack });
  }

  /** One octet before the next one to be sent, again: a keep-alive (RFC 1122 §4.2.3.6). */
  keepAlive(way: Way): number {
    return this.emit(way, {
      seq: this.next(way) - 1,
      ack: this.acknowledges(way),
      flags: FLAG.ack,
      payload: this.halves[way].sent.subarray(-1),
    });
  }

  fin(way: Way): number {
    const peer = this.halves[other(way)];
    peer.acked = peer.sent.length + (peer.fin ? 1 : 0);
    const frame = this.emit(way, { seq: this.next(way), ack: this.acknowledges(way), flags: FLAG.fin | FLAG.ack });
    this.halves[way].fin = true;
    return frame;
  }

  /** FIN each way, the first from `way`. */
  close(way: Way): number[] {
    return [this.fin(way), this.ack(other(way)), this.fin(other(way)), this.ack(way)];
  }

  reset(way: Way): number {
    return this.emit(way, { seq: this.next(way), ack: this.acknowledges(way), flags: FLAG.rst | FLAG.ack });
  }

  /** The TCP segment as its fragments would carry it: `cuts` in octets of the segment, multiples of eight. */
  fragments(way: Way, offset: number, length: number, cuts: readonly number[]): Uint8Array[] {
    const h = this.halves[way];
    const segment = this.tcp(way, {
      seq: this.isn(way) + 1 + offset,
      ack: this.acknowledges(way),
      flags: FLAG.ack | FLAG.psh,
      payload: h.sent.subarray(offset, offset + length),
    });
    const [from, to] = [h.station.address, this.halves[other(way)].station.address];
    const id = ++h.packets;
    return this.version === 4
      ? ipv4Fragments(from, to, segment, cuts, { ...this.ip4, id })
      : ipv6Fragments(from, to, segment, cuts, id);
  }

  get version(): 4 | 6 {
    return this.halves[0].station.address.includes(':') ? 6 : 4;
  }

  private isn(way: Way): number {
    return this.halves[way].isn;
  }

  private next(way: Way): number {
    const h = this.halves[way];
    return h.isn + 1 + h.sent.length + (h.fin ? 1 : 0);
  }

  private acknowledges(way: Way): number {
    const peer = this.halves[other(way)];
    return peer.isn + 1 + peer.acked;
  }

  private tcp(
    way: Way,
    s: { seq: number; ack: number; flags: number; payload?: Uint8Array; options?: Part },
  ): Uint8Array {
    const from = this.halves[way].station;
    const to = this.halves[other(way)].station;
    return tcp(
      {
        source: from.address,
        destination: to.address,
        sourcePort: from.port,
        destinationPort: to.port,
        seq: s.seq >>> 0,
        ack: s.ack >>> 0,
        flags: s.flags,
        window: this.window,
        ...(s.options === undefined ? {} : { options: s.options }),
      },
      s.payload ?? new Uint8Array(0),
    );
  }

  /** The SYN as an IP packet, not put on the wire: what a router that cannot deliver it quotes. */
  synPacket(): Uint8Array {
    return this.packet(0, { seq: this.isn(0), ack: 0, flags: FLAG.syn, options: this.options() });
  }

  private emit(way: Way, s: Parameters<Conversation['tcp']>[1]): number {
    return this.wire.packet(this.packet(way, s), this.version, way);
  }

  private packet(way: Way, s: Parameters<Conversation['tcp']>[1]): Uint8Array {
    const from = this.halves[way];
    const to = this.halves[other(way)].station.address;
    const segment = this.tcp(way, s);
    const id = ++from.packets;
    return this.version === 4
      ? ipv4(from.station.address, to, segment, { dontFragment: true, id: 0x1000 * (way + 1) + id, ...this.ip4 })
      : ipv6(from.station.address, to, segment, this.ip6);
  }
}

export function other(way: Way): Way {
  return way === 0 ? 1 : 0;
}

function half(station: Station, isn: number): Half {
  return { station, isn: station.isn ?? isn, sent: new Uint8Array(0), acked: 0, fin: false, packets: 0 };
}
