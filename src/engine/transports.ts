import { numbered } from '../base/numbers.ts';
import { linkTypeName } from '../capture/link.ts';
import type { OddFrames } from '../capture/odd-frames.ts';
import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import type { PortMap } from '../capture/select.ts';
import type { CaptureWarning, Section, StreamReport } from '../model/report.ts';
import type { Sighting, Stamp } from '../model/tsdu.ts';
import type { Profile } from '../mta/knobs.ts';
import { Machine } from '../mta/machine.ts';
import { type ConnectFacts, type Connects, endsOf, type Unreached } from '../mta/refusals.ts';
import type { Connection } from '../net/connection.ts';
import { FlowTable, type SegmentWatch, type UnreachableWatch } from '../net/flows.ts';
import { reasonOf } from '../net/icmp.ts';
import { IpDecoder } from '../net/ip.ts';
import { type ConditionRow, Conditions } from './conditions.ts';
import type { BufferChange, FramingMark, PduRecord, RequestCandidate } from './sink.ts';
import { type StreamRow, streamReport } from './stream-row.ts';
import { Transport } from './transport.ts';
import type { UserFeed } from './users.ts';

export interface TransportOptions {
  /** Ports of ISO transport; `null` looks at every TCP stream and keeps those with evidence. */
  readonly ports: PortMap;
  /** Ports whose streams are kept without evidence, where `ports` is null. */
  readonly named: Uint8Array;
  readonly profile: Profile;
  /** False where nobody asks for findings and events: none are prepared. */
  readonly judge: boolean;
  /** Whether anybody reads this section of the report; of others no rows are kept, unless something else is learnt from them. */
  readonly keep: (section: Section) => boolean;
  /** Detail runs: every TPKT with its trees. */
  readonly onPdu?: ((pdu: PduRecord) => void) | undefined;
  /** Packet lists: every segment, before its octets are read. */
  readonly onSegment?: SegmentWatch | undefined;
  /** Extracts: every ICMP message about the SYN of a connection. */
  readonly onUnreachable?: UnreachableWatch | undefined;
  /** Buffer timelines: every change of what an emulated machine holds. */
  readonly onBuffers?: ((change: BufferChange) => void) | undefined;
  readonly onFraming?: ((mark: FramingMark) => void) | undefined;
}

/** What the transport layer of a whole capture came to, beside its streams, in the order in which it was met. */
export interface TransportResult {
  readonly format: string;
  readonly linkTypes: string[];
  readonly frames: number;
  readonly selectedFrames: number;
  readonly bytes: number;
  readonly first: Stamp | null;
  readonly last: Stamp | null;
  readonly warnings: CaptureWarning[];
  readonly connects: Connects;
  readonly candidates: RequestCandidate[];
  readonly conditions: ConditionRow[];
  /** The emulated machines by address; whether a host is an MTA, and whether its machine lived on, is not known yet. */
  readonly machines: ReadonlyMap<string, Machine>;
}

/** Who is told what became of the streams. */
export interface StreamTold {
  /** The row of a stream, once its user was told of its end; `protocol` is what the transport layer alone tells. */
  stream(row: StreamRow): void;
  /** A stream that had a user is no ISO transport after all. */
  none(stream: number): void;
}

/** Machines by address, made when a connection of the host first comes up, or is met in mid-stream. */
class Machines {
  readonly all = new Map<string, Machine>();
  private readonly profile: Profile;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  of(address: string): Machine {
    let machine = this.all.get(address);
    if (machine === undefined) {
      machine = new Machine(this.profile);
      this.all.set(address, machine);
    }
    return machine;
  }
}

/**
 * The lower half of the analysis of one capture, sans-IO: frames go into `frames`, TSDUs go out to the users of the connections.
 * Bytes → frames → segments → TPDUs → TSDUs; what is met on the way waits here until the capture has said who is an MTA.
 */
export class Transports {
  readonly frames: FrameSink;
  private readonly conditions = new Conditions();
  private readonly warnings: CaptureWarning[] = [];
  private readonly options: TransportOptions;
  private readonly told: StreamTold;
  private readonly decoder: IpDecoder;
  private readonly flows: FlowTable;
  private readonly machines: Machines;
  private readonly candidates: RequestCandidate[] = [];
  /** By their ends: those that were not accepted at once, and what comes behind these, which may belong to the same connect(). */
  private readonly connects = new Map<string, ConnectFacts[]>();
  private selected = 0;

  constructor(options: TransportOptions, users: UserFeed, told: StreamTold) {
    this.options = options;
    this.told = told;
    this.machines = new Machines(options.profile);
    const around = {
      sink: {
        condition: options.judge ? this.conditions.add.bind(this.conditions) : () => {},
        request: (candidate: RequestCandidate) => (options.judge ? this.candidates.push(candidate) - 1 : -1),
        pdu: options.onPdu,
        buffers: options.onBuffers,
        framing: options.onFraming,
      },
      users,
      profile: options.profile,
      emulate: options.judge,
      certain: ({ clientPort, serverPort }: Connection) =>
        options.ports !== null || options.named[clientPort] === 1 || options.named[serverPort] === 1,
      machines: this.machines,
      addressText: (family: number, address: number) => this.decoder.addressText(family, address),
    };
    this.flows = new FlowTable({
      ports: options.ports,
      makeUser: connection => new Transport(connection, around),
      addressSum: (family, address) => this.decoder.addressSum(family, address),
      fold: connection => this.fold(connection),
      watch: options.onSegment,
      watchUnreachable: options.onUnreachable,
    });
    this.decoder = new IpDecoder(options.ports, this.flows);
    this.frames = this.decoder;
  }

  warn = (warning: CaptureWarning): void => void this.warnings.push(warning);

  reads = (reader: CaptureReader): void => {
    this.decoder.reader = reader;
  };

  /** The capture has ended: `reader` has read it, `bytes` octets of it. Call once. */
  finish(reader: CaptureReader, bytes: number, compressed: boolean): TransportResult {
    this.flows.end();
    this.describeFrames(reader);
    const span = reader.span();
    this.describeSpan(reader, span);
    return {
      format: reader.format + (compressed ? '+gzip' : ''),
      linkTypes: [...reader.linkTypes].map(linkTypeName),
      frames: reader.frames,
      selectedFrames: this.selected,
      bytes,
      first: span?.first ?? null,
      last: span?.last ?? null,
      warnings: this.warnings,
      connects: this.connects,
      candidates: this.candidates,
      conditions: this.conditions.rows,
      machines: this.machines.all,
    };
  }

  /** What the frames themselves leave open, one line each. */
  private describeFrames(reader: CaptureReader): void {
    const { cut, damaged, backwards, fragments, tunnels } = this.decoder;
    const add = (code: string, frame: number, message: string, offset: number | null = null) =>
      this.warn({ code, message, frame, offset });
    if (cut.count > 0) {
      add(
        'capture.snaplen',
        cut.frame,
        `a snap length cut ${cut.count} of the frames analyzed, the first is ${placeOf(cut)}`,
        cut.offset,
      );
    }
    const short = reader.cut;
    if (short.count > 0) {
      add(
        'capture.snaplen',
        short.frame,
        `a snap length cut ${numbered(short.count, 'frame')} short of the TCP ports, the first is ${placeOf(short)}; what is cut so short can't be analyzed`,
        short.offset,
      );
    }
    if (damaged.count > 0) {
      add(
        'capture.record-length',
        damaged.frame,
        `${damaged.count} of the frames analyzed claim a length on the wire that no frame has, the first is ${placeOf(damaged)}; where the IP header has no length either, what was captured is taken as the whole`,
        damaged.offset,
      );
    }
    if (backwards.count > 0) {
      const { count } = backwards;
      const place = placeOf(backwards);
      add(
        'capture.time',
        backwards.frame,
        `${count === 1 ? `${place} is earlier than the one before it` : `${count} frames are earlier than the one before them, the first is ${place}`}; frames are read in the order of the file (reordercap sorts it)`,
        backwards.offset,
      );
    }
    for (const table of [fragments, tunnels]) {
      table.end();
      if (table.lost > 0) {
        add(
          'capture.fragments',
          table.lostFrame,
          `${numbered(table.lost, 'IP datagram')} not put together, the first begins in frame ${table.lostFrame}`,
        );
      }
      if (table.contradicted > 0) {
        add(
          'capture.fragments',
          table.contradictedFrame,
          `fragments of ${numbered(table.contradicted, 'IP datagram')} contradict each other (other octets in the same place, or another end), the first in frame ${table.contradictedFrame}; in IPv4 what came first stays, in IPv6 the datagram is dropped`,
        );
      }
    }
  }

  /** Frames that were not analyzed are not looked at one by one: of their times the first and the last are known. */
  private describeSpan(reader: CaptureReader, span: ReturnType<CaptureReader['span']>): void {
    if (span === null || this.decoder.backwards.count > 0) return;
    const { first, last } = span;
    if (last.sec > first.sec || (last.sec === first.sec && last.nsec >= first.nsec)) return;
    this.warn({
      code: 'capture.time',
      message:
        'the last frame of the file is earlier than the first; frames are read in the order of the file (reordercap sorts it)',
      frame: reader.frames,
      offset: null,
    });
  }

  private fold(c: Connection): void {
    const transport = c.user as Transport;
    if (!this.options.keep('streams') && !this.options.judge && this.options.ports !== null) {
      this.selected += c.frames;
      return;
    }
    const row = streamReport(c, transport);
    if (!isNamed(row, this.options)) {
      const foreign = transport.foreignOctets;
      // What a user makes of its TSDUs is not known here: with one, the stream stays until it has told.
      if (foreign || (!transport.cotp.used && !hasEvidence(row))) {
        transport.withdraw();
        this.conditions.drop(stream => stream === c.id);
        if (transport.cotp.used) this.told.none(c.id);
        return;
      }
    }
    this.selected += c.frames;
    this.told.stream(row);
    if (!c.synSeen && !c.synAckSeen && c.halves[0].bytes + c.halves[1].bytes > 0) {
      this.conditions.add('tcp.midstream', c.id, null, c.firstFrame, 'the capture has no SYN of it');
    }
    for (const d of [0, 1] as const) {
      const other = d === 0 ? 1 : 0;
      if (c.halves[d].bytes > 0 && c.sent[other] === 0) {
        this.conditions.add(
          'tcp.one-sided',
          c.id,
          d,
          c.firstFrame,
          `nothing of ${other === 0 ? transport.client : transport.server} is in the capture`,
        );
      }
    }
    if (this.options.judge && (c.syns.length > 0 || this.connects.size > 0)) this.noteConnect(c, transport);
  }

  /** What there is to know of a connect, unless its one SYN was answered: that tells of no failure, and most are like that. */
  private noteConnect(c: Connection, transport: Transport): void {
    const ends = endsOf(`${transport.client}:${c.clientPort}`, `${transport.server}:${c.serverPort}`);
    const accepted = acceptance(c);
    const rivals = rivalSyns(c, accepted);
    // An incarnation of the four-tuple that failed was folded before: the same connect() may have been tried again.
    const known = this.connects.get(ends);
    if (c.syns.length === 0 && (known === undefined || accepted === null)) return;
    if (c.syns.length === 1 && known === undefined && accepted !== null && rivals.length === 0) return;
    const gaveUp = accepted === null && c.rstFrame > 0 && c.refusals.length === 0;
    const facts: ConnectFacts = {
      stream: c.id,
      syns: rivals.length === 0 ? c.syns.slice() : c.syns.filter(syn => !rivals.includes(syn)),
      accepted,
      resets: c.refusals.length === 0 ? NONE : c.refusals,
      unreached: this.unreached(c, true),
      abandoned: gaveUp ? { ...lastOf(c), frame: c.rstFrame } : null,
    };
    if (known === undefined) this.connects.set(ends, [facts]);
    else known.push(facts);
    if (rivals.length > 0)
      this.connects.get(ends)!.push({
        stream: c.id,
        syns: rivals,
        accepted: null,
        resets: NONE,
        unreached: this.unreached(c, false),
        abandoned: null,
      });
  }

  /** What ICMP told of the SYNs that the connection began with, or of its rival's. */
  private unreached(c: Connection, own: boolean): readonly Unreached[] {
    const about = c.unreached.filter(({ seq }) => (seq === c.isn) === own);
    if (about.length === 0) return NONE;
    return about.map(({ frame, time, family, from, code }) => {
      return { frame, time, from: this.decoder.addressText(family, from), ...reasonOf(family, code) };
    });
  }
}

const NONE: readonly never[] = [];

function placeOf({ frame, offset }: OddFrames): string {
  return offset === null ? `frame ${frame}` : `frame ${frame} at byte ${offset}`;
}

function lastOf(c: Connection): Sighting {
  return { frame: c.lastFrame, time: { sec: c.endSec, nsec: c.endNsec } };
}

/**
 * The SYN-ACK, or where the capture lacks it the client's acknowledgement; in a file whose frames are out of order they may stand before
 * the SYN. Without either, octets of the server tell that it accepted.
 */
function acceptance(c: Connection): Sighting | null {
  const { syns } = c;
  const answer = c.synAck ?? c.confirmed;
  if (answer !== null) return { ...answer, frame: Math.max(answer.frame, syns[0]?.frame ?? 0) };
  if (!c.accepted) return null;
  return syns.length > 0 ? lastOf(c) : { frame: c.firstFrame, time: { sec: c.startSec, nsec: c.startNsec } };
}

/**
 * SYNs with another sequence number on a connection that was up: a client that lost its connection and opens it again from the same
 * port. It is that only where the connection did not go on: the client answered the challenge ACK with a RST (RFC 5961 4.2), or its
 * SYNs are repeated and the last thing to be seen. One alone is an intruder's or a stray (docs/adr/0003).
 */
function rivalSyns(c: Connection, accepted: Sighting | null): Sighting[] {
  if (!c.rival || accepted === null) return [];
  const behind = c.syns.filter(syn => syn.frame > accepted.frame);
  const last = behind.at(-1)?.frame ?? 0;
  const reset = c.rstFrame > last && c.rstFrom === 0;
  return reset || (behind.length > 1 && last === c.lastFrame) ? behind : [];
}

/** Whether a stream stays whatever it holds: one on a port that is looked at. */
export function isNamed(row: StreamReport, { ports, named }: TransportOptions): boolean {
  return ports !== null || named[row.client.port] === 1 || named[row.server.port] === 1;
}

/** `--any-port`: a stream of another port stays when at least two TPKTs were framed in it, or a CR was answered. */
export function hasEvidence(row: StreamReport): boolean {
  return row.protocol !== '' || row.tpduSize !== null || row.directions.some(d => d.tsdus > 1 && d.tpkts > 1);
}
