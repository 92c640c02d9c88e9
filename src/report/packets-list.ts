import { addTo } from '../base/lists.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { Transport } from '../engine/transport.ts';
import type { Direction } from '../model/finding.ts';
import type { Stamp } from '../model/tsdu.ts';
import type { Connection } from '../net/connection.ts';
import { headersOf, lastIp, packetEnd } from '../net/headers.ts';
import type { Segment } from '../net/segment.ts';
import { secondsBetween } from './format.ts';
import { TcpRemarks, type TcpSight } from './packets-tcp.ts';

/** The frame of a row, and the stream that it belongs to. */
export interface Place {
  readonly no: number;
  readonly sec: number;
  readonly nsec: number;
  /** Seconds since the first frame that was listed or could have been. */
  readonly relative: number;
  /** Octets on the wire, and in the capture. */
  readonly wireLength: number;
  readonly capturedLength: number;
  readonly stream: number;
  readonly direction: Direction;
  /** Of the frame, as pcapng has them. */
  readonly comments: readonly string[];
}

/** What every row of the list has. */
export interface Listed extends Place {
  readonly family: number;
  readonly source: string;
  readonly destination: string;
}

/** One frame of an ISO transport stream, and what it completes. */
export interface Packet extends Listed {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly rawWindow: number;
  /** Payload octets on the wire. */
  readonly length: number;
  readonly tcp: TcpSight;
  /** The TPKTs that this frame completes. */
  readonly pdus: readonly PduRecord[];
  /** Its octets stand where no TPKT is framed. */
  readonly unframed: boolean;
  /** Its octets, where somebody asked for them. */
  readonly octets: PacketOctets | null;
}

/** The octets of a frame and of what is in it: each layer with everything that it carries, as Wireshark counts them. */
export interface PacketOctets {
  readonly frame: Uint8Array;
  readonly ip: Uint8Array;
  readonly tcp: Uint8Array;
  readonly payload: Uint8Array;
}

/** A frame as a capture reader hands it over: `bytes` are only valid for as long as nothing else is read. */
export interface FrameOctets {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly linkType: number;
}

/** A row that is final. */
interface Made<T> {
  readonly packet: null;
  readonly result: T | null;
}

interface Held<T> {
  readonly no: number;
  readonly connection: Connection;
  readonly direction: Direction;
  /** Null once it is final and `result` was made of it: trees are large, and nobody needs them twice. */
  packet: (Packet & { pdus: PduRecord[]; unframed: boolean }) | null;
  result: T | null;
}

export interface ListerOptions<T> {
  /** Drops packets that nobody asked for before anything is kept of them. */
  readonly wanted?: (packet: { stream: number; no: number }) => boolean;
  /** The time that relative times count from, asked for with the first frame; otherwise that of the first frame handed in. */
  readonly first?: () => Stamp | null;
  /** Comments of the frame at hand; unless given, rows have none. */
  readonly comments?: () => readonly string[];
  /**
   * What is to be kept of a packet that is final; null drops it. Called once a packet, mostly in capture order.
   * `pdus` is only valid during the call.
   */
  readonly finish: (packet: Packet) => T | null;
  /** The same of the frame of an ICMP message, whose octets are only valid during the call; unless given, they are no rows. */
  readonly told?: (place: Place, frame: FrameOctets) => T | null;
  /** Whether a TPKT that comes too late for its frame could have changed the list; all of them unless given. */
  readonly matters?: (record: PduRecord) => boolean;
  /** Keep the octets of packets until they are final: that is a copy of each, so only on demand. */
  readonly octets?: boolean;
}

const NO_COMMENTS: readonly string[] = [];
/** Packets that wait for octets which others still keep back; beyond it the oldest are listed as they are. */
const MOST_HELD = 16_384;

/**
 * Puts frames, their segments and the TPKTs that they complete together, in capture order and in bounded memory.
 *
 * Feed it by `frame`, `segment`, `unreachable` and `pdu`; `take` hands out the packets that are final. A packet is final once its direction has no
 * hole before it: octets behind a hole become TPKTs only when the hole is filled or given up.
 */
export class PacketLister<T> {
  /** TPKTs that matter and whose frame had been listed before they could be read; and where the first of them ends. */
  late = 0;
  firstLate = 0;
  private readonly queue: (Held<T> | Made<T>)[] = [];
  private readonly byFrame = new Map<number, Held<T>[]>();
  private readonly remarks = new WeakMap<Connection, TcpRemarks>();
  private first: Stamp | null = null;
  private wireLength = 0;
  private capturedLength = 0;
  private current: FrameOctets | null = null;
  private ended = false;
  private last: Held<T> | null = null;
  private readonly wanted: NonNullable<ListerOptions<T>['wanted']>;
  private readonly finish: ListerOptions<T>['finish'];
  private readonly told: NonNullable<ListerOptions<T>['told']>;
  private readonly matters: NonNullable<ListerOptions<T>['matters']>;
  private readonly octets: boolean;
  private readonly start: () => Stamp | null;
  private readonly comments: () => readonly string[];

  constructor({ wanted, first, comments, finish, told, matters, octets }: ListerOptions<T>) {
    this.wanted = wanted ?? (() => true);
    this.start = first ?? (() => null);
    this.comments = comments ?? (() => NO_COMMENTS);
    this.finish = finish;
    this.told = told ?? (() => null);
    this.matters = matters ?? (() => true);
    this.octets = octets === true;
  }

  /** A frame begins; what follows up to the next call belongs to it. */
  frame(sec: number, nsec: number, frame: FrameOctets, wireLength: number): void {
    const capturedLength = frame.end - frame.start;
    this.seal();
    this.current = frame;
    this.first ??= this.start() ?? { sec, nsec };
    this.wireLength = Math.max(wireLength, capturedLength);
    this.capturedLength = capturedLength;
  }

  segment(s: Segment, connection: Connection, direction: Direction): void {
    let remarks = this.remarks.get(connection);
    if (remarks === undefined) {
      remarks = new TcpRemarks();
      this.remarks.set(connection, remarks);
    }
    const tcp = remarks.see(s, direction);
    if (!this.wanted({ stream: connection.id, no: s.frame })) return;
    const { client, server } = connection.user as Transport;
    const first = this.first ?? s;
    const held: Held<T> = {
      no: s.frame,
      connection,
      direction,
      result: null,
      packet: {
        no: s.frame,
        sec: s.sec,
        nsec: s.nsec,
        relative: secondsBetween(first, s),
        wireLength: this.wireLength,
        capturedLength: this.capturedLength,
        stream: connection.id,
        direction,
        comments: this.comments(),
        family: s.family,
        source: direction === 0 ? client : server,
        destination: direction === 0 ? server : client,
        sourcePort: s.sourcePort,
        destinationPort: s.destinationPort,
        flags: s.flags,
        rawWindow: s.window,
        length: s.length,
        tcp,
        pdus: [],
        unframed: false,
        octets: this.octets && this.current !== null ? octetsOf(s, this.current) : null,
      },
    };
    this.queue.push(held);
    this.last = held;
    addTo(this.byFrame, s.frame, held);
  }

  /** The frame at hand is an ICMP message about a SYN of this stream: it goes to the client. */
  unreachable({ frame: no, sec, nsec }: Pick<Segment, 'frame' | 'sec' | 'nsec'>, stream: number): void {
    if (!this.wanted({ stream, no })) return;
    const { wireLength, capturedLength } = this;
    const relative = secondsBetween(this.first!, { sec, nsec });
    const comments = this.comments();
    const place = { no, sec, nsec, relative, wireLength, capturedLength, stream, direction: 1, comments } as const;
    this.queue.push({ packet: null, result: this.told(place, this.current!) });
  }

  pdu(record: PduRecord): void {
    // What the end of a connection makes readable is told with its last frame, which may be the other side's.
    const of = (frame: number): Held<T> | undefined =>
      this.byFrame.get(frame)?.find(h => h.connection.id === record.stream && h.direction === record.direction);
    const ends = record.pieces.at(-1)?.frame ?? record.frame;
    const held = of(record.frame) ?? of(ends);
    if (held !== undefined && held.packet !== null) held.packet.pdus.push(record);
    else if (this.wanted({ stream: record.stream, no: ends }) && this.matters(record)) {
      if (this.late++ === 0) this.firstLate = ends;
    }
  }

  /** Nothing waits to be handed out. */
  get empty(): boolean {
    return this.queue.length === 0;
  }

  end(): void {
    this.seal();
    this.ended = true;
  }

  /** The next frame comes: what the last one completed is known, unless its octets wait behind a hole. */
  private seal(): void {
    const { last } = this;
    this.last = null;
    if (last === null || last.packet === null) return;
    const half = last.connection.halves[last.direction];
    last.packet.unframed = last.packet.length > 0 && lost(last);
    const { length, pdus, unframed } = last.packet;
    // Behind the TPKTs that it completes, a packet may hold others that are found later; octets behind a hole are other packets'.
    const open = length > 0 && (unframed || (pdus.length === 0 && (!half.based || half.pending)));
    if (!open || last.connection.folded) this.make(last);
  }

  private make(held: Held<T>): void {
    const packet = held.packet!;
    if (packet.pdus.length > 0) packet.unframed = false;
    held.result = this.finish(packet);
    held.packet = null;
    // The list may have grown old while the frame was read: emptied, it does not keep its young trees alive for another collection.
    packet.pdus.length = 0;
    this.byFrame.delete(held.no);
  }

  /** What was made of the packets that are final, in capture order. The last frame is kept: it may still complete something. */
  *take(): Generator<T> {
    let taken = 0;
    while (taken < this.queue.length) {
      const held = this.queue[taken]!;
      if (held.packet !== null) {
        const waits = held === this.last || (this.queue.length - taken <= MOST_HELD && !settled(held));
        if (!this.ended && waits) break;
        this.make(held);
      }
      taken++;
      if (held.result !== null) yield held.result;
    }
    if (taken > 0) this.queue.splice(0, taken);
  }
}

/**
 * The segment's place is in the frame, or in what fragments were put together to: then IP is what this frame has of them. In a tunnel the
 * innermost packet is the one that is meant.
 */
function octetsOf(s: Segment, { bytes, start, end, linkType }: FrameOctets): PacketOctets {
  const frame = bytes.slice(start, end);
  const header = lastIp(headersOf(frame, linkType));
  // What the header says, without the padding of short frames.
  const ip =
    header === undefined ? frame.subarray(frame.length) : frame.subarray(header.start, packetEnd(frame, header));
  const whole = s.origin === null;
  const at = whole ? s.frameOffset - (s.start - s.header) : s.header;
  const from = whole ? frame : s.bytes.slice();
  const tcp = from.subarray(at, at + (s.start - s.header) + s.captured);
  return { frame, ip, tcp, payload: tcp.subarray(s.start - s.header) };
}

function settled<T>(held: Held<T>): boolean {
  const { connection } = held;
  if (connection.folded) return true;
  if (lost(held)) return false;
  const half = connection.halves[held.direction];
  return held.packet!.pdus.length > 0 || (half.based && !half.pending);
}

function lost<T>({ connection, direction }: Held<T>): boolean {
  return (connection.user as Transport).readers[direction].lost;
}
