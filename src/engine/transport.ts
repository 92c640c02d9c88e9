import { numbered } from '../base/numbers.ts';
import type { Direction } from '../model/finding.ts';
import type { Sighting } from '../model/tsdu.ts';
import type { Profile } from '../mta/knobs.ts';
import type { Machine } from '../mta/machine.ts';
import { codeOf, quietLength, type RequestModel, refuses, requestModel } from '../mta/request.ts';
import type { Connection, ConnectionUser } from '../net/connection.ts';
import type { Half } from '../net/half.ts';
import { isTls } from '../osi/foreign.ts';
import { EVIDENCE, TPKT_HEADER, TPKT_MAX } from '../osi/tpkt.ts';
import { candidateOf, excessOf } from './candidate.ts';
import { Cotp, type CotpCarrier } from './cotp.ts';
import { Ends } from './ends.ts';
import { Framing, type FramingWatcher } from './framing.ts';
import { Requests } from './requests.ts';
import type { EngineSink } from './sink.ts';
import type { UserFeed } from './users.ts';

/** What a transport connection needs from its surroundings. */
export interface TransportSurroundings {
  readonly sink: EngineSink;
  readonly profile: Profile;
  /** False where nobody asks what the machines would have done: their control blocks stay closed. */
  readonly emulate: boolean;
  /** Whether a connection is one of ISO transport by its ports alone; else its control blocks wait for a CR. */
  readonly certain: (connection: Connection) => boolean;
  readonly machines: { of(address: string): Machine };
  readonly addressText: (family: number, address: number) => string;
  readonly users: UserFeed;
}

/** One transport connection over one TCP connection: its TPKTs, what is in them, and the machines at both ends. */
export class Transport implements ConnectionUser, FramingWatcher, CotpCarrier {
  readonly readers: readonly [Framing, Framing];
  readonly connection: Connection;
  readonly client: string;
  readonly server: string;
  readonly cotp: Cotp;
  private readonly around: TransportSurroundings;
  private readonly model: RequestModel;
  private readonly quiet: number;
  private readonly ends: Ends;
  /** When a connection came up that is not known to be one of ISO transport. */
  private uncertain: Sighting | null = null;
  /** The frame of the RST that ended the connection; 0 while there is none. */
  private resetFrame = 0;
  /** Of each direction: made when there is something for them. */
  private requests: [Requests, Requests] | null = null;

  constructor(connection: Connection, around: TransportSurroundings) {
    this.connection = connection;
    this.around = around;
    this.client = around.addressText(connection.family, connection.clientAddress);
    this.server = around.addressText(connection.family, connection.serverAddress);
    this.model = requestModel(around.profile);
    this.quiet = quietLength(around.profile);
    const { profile, machines, sink } = around;
    this.ends = new Ends({ stream: connection.id, client: this.client, server: this.server, profile, machines, sink });
    this.cotp = new Cotp(this, around.users, this.ends, sink.pdu);
    this.readers = [new Framing(0, this.cotp, this), new Framing(1, this.cotp, this)];
  }

  /**
   * What speaks against ISO transport: a direction begins otherwise, or was met in mid-stream, and is mostly something else. Two headers
   * that fit are found in any download that is long enough. What may be the rest of one TPKT, of which the capture lacks the header, says nothing.
   */
  get foreignOctets(): boolean {
    let met = 0;
    let framed = 0;
    for (const direction of [0, 1] as const) {
      const reader = this.readers[direction];
      if (!reader.foreign && reader.unanchoredBecause !== 'no-syn') continue;
      met += this.connection.halves[direction].bytes;
      if (!reader.foreign && reader.ahead < TPKT_MAX) met -= reader.ahead;
      framed += reader.framed;
    }
    return framed * 2 < met;
  }

  withdraw(): void {
    for (const requests of this.requests ?? []) requests.withdraw();
  }

  // --- the TCP connection

  condition(code: string, direction: Direction, frame: number, detail: string): void {
    this.around.sink.condition(code, this.connection.id, direction, frame, detail);
  }

  opened(frame: number, sec: number, nsec: number): void {
    this.resetFrame = 0;
    if (!this.around.emulate) return;
    if (this.around.certain(this.connection)) this.ends.open(frame, sec, nsec);
    else this.uncertain = { frame, time: { sec, nsec } };
  }

  get peaks(): readonly [number, number] {
    return this.ends.peaks;
  }

  ended(how: 'fin' | 'rst', frame: number, sec: number, nsec: number): void {
    if (how === 'rst') this.resetFrame = frame;
    if (this.cotp.used) this.around.users.ended(this.connection.id, how, frame, { sec, nsec });
    this.ends.close(frame, sec, nsec);
  }

  finished(how: 'fin' | 'rst' | 'eof', frame: number, sec: number, nsec: number): void {
    // A connection that the capture meets in mid-stream takes no control block, but it has hosts.
    const [client, server] = this.connection.halves;
    if (this.around.emulate && client.bytes + server.bytes > 0 && this.uncertain === null) this.ends.meet();
    for (const direction of [0, 1] as const) {
      this.readers[direction].finish(this.connection.halves[direction], frame);
      this.cotp.finished(direction, frame);
    }
    this.cotp.over();
    if (this.cotp.used) this.around.users.close(this.connection.id, how, frame, { sec, nsec });
    this.ends.close(frame, sec, nsec);
  }

  connects(): void {
    if (this.uncertain === null) return;
    const { frame, time } = this.uncertain;
    this.ends.open(frame, time.sec, time.nsec);
    this.uncertain = null;
  }

  // --- TPKT

  header(framing: Framing, position: number, index: number, frame: number, sec: number, nsec: number): boolean {
    const direction = framing.direction;
    const half = this.connection.halves[direction];
    const b = half.buffer;
    const version = b[index]!;
    const length = (b[index + 2]! << 8) | b[index + 3]!;
    if (this.around.sink.framing !== undefined) this.mark(direction, position, TPKT_HEADER);
    this.ends.request(direction, length, version, this.cotp.tpduSize, position, frame, sec, nsec);
    if (!this.gone(frame) && (length > this.quiet || length < TPKT_HEADER))
      this.candidate(framing, half, position, length, frame, sec, nsec);
    return !refuses(this.model, length, version, this.cotp.tpduSize);
  }

  /** What was still under way at a reset comes to a host that has no connection any more. */
  private gone(frame: number): boolean {
    return this.resetFrame > 0 && frame > this.resetFrame;
  }

  private candidate(
    framing: Framing,
    half: Half,
    position: number,
    length: number,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const { direction } = framing;
    const { tpduSize } = this.cotp;
    const stream = this.connection.id;
    const receiver = direction === 0 ? this.server : this.client;
    const answers = this.answersTo(direction);
    const read = { stream, receiver, position, length, frame, sec, nsec, tpduSize, answers };
    const candidate = candidateOf(read, framing, half, this.around.profile);
    if (codeOf(candidate.assessment.outcome) === null) return;
    this.requests ??= [new Requests(), new Requests()];
    if (!this.requests[direction].add(candidate)) return;
    // Whether that is a TPKT tells where the machine left the framing.
    const { parting } = framing.machine;
    if (parting !== null) this.mark(direction, parting.streamOffset, EVIDENCE);
    const number = this.around.sink.request(candidate);
    if (number < 0 || !this.cotp.used) return;
    const doubtful = candidate.misread || (tpduSize !== null && length > tpduSize + TPKT_HEADER);
    const { lastEnd } = this.cotp.assemblies[direction];
    const excess = doubtful && lastEnd === framing.previous ? excessOf(framing, half, position) : 0;
    this.around.users.hit(stream, direction, number, excess);
  }

  fault(framing: Framing, code: string, position: number, frame: number, detail: string): void {
    const { direction } = framing;
    this.requests?.[direction].fault(code, position);
    // Where a TPKT does not end, what follows its header tells whether it was one.
    this.mark(
      direction,
      position,
      code === 'tpkt.unfinished' || code === 'tpkt.length-mismatch' ? EVIDENCE : TPKT_HEADER,
    );
    const half = this.connection.halves[direction];
    const tls = code === 'tpkt.version' && isTls(half.buffer, position - half.base);
    // RDP mixes TPKTs with its own fast-path PDUs, which begin otherwise ([MS-RDPBCGR] 2.2.9.1.2).
    if (code === 'tpkt.version' && !tls && this.cotp.foreign === 'RDP') return;
    this.condition(tls ? 'tpkt.tls' : code, direction, frame, `${detail} (stream offset ${position})`);
  }

  begins({ direction }: Framing, position: number): void {
    this.requests?.[direction].begins(position);
  }

  misread(framing: Framing, position: number): void {
    this.requests?.[framing.direction].misread(position);
    this.mark(framing.direction, position, EVIDENCE);
  }

  resynchronised(framing: Framing, lostAt: number, position: number, frame: number): void {
    const { direction } = framing;
    const half = this.connection.halves[direction];
    const behind = (streamOffset: number) => {
      const boundary = framing.boundaryBehind(half, streamOffset);
      this.mark(direction, boundary, EVIDENCE);
      return boundary;
    };
    this.requests?.[direction].boundary(lostAt, position, behind);
    const index = position - half.base;
    // Found by two headers in a row, each with the beginning of its TPDU.
    this.mark(direction, position, EVIDENCE);
    this.mark(direction, position + ((half.buffer[index + 2]! << 8) | half.buffer[index + 3]!), EVIDENCE);
    // A TPKT begins within the one before: that one is shorter than it says, and its TSDU was handed up with octets of this one.
    const { previous, previousLength } = framing;
    const end = previous >= 0 ? behind(previous) : position;
    const within = end < lostAt && previous >= 0;
    const handedUp = within && previous === this.cotp.assemblies[direction].lastEnd;
    const excess = handedUp ? Math.max(previous + previousLength - end, 0) : 0;
    this.cotp.resynchronised(direction, within);
    if (this.cotp.used) this.around.users.gap(this.connection.id, direction, frame, excess);
    // A stream that begins or goes on with a TPKT, behind what the capture lacks: nothing was lost, and the hole is told by itself.
    if (lostAt === position || (framing.unanchoredBecause === 'no-syn' && afterKeepAlive(half, position))) return;
    const detail = `framing lost at stream offset ${lostAt}, found again at ${position}`;
    this.condition('tpkt.resynchronised', direction, frame, detail);
  }

  hole(framing: Framing, from: number, to: number, acknowledged: boolean, frame: number, orFin: boolean): void {
    const { direction } = framing;
    const half = this.connection.halves[direction];
    const cut = half.cutOff && acknowledged;
    const code = cut ? 'tcp.truncated' : acknowledged ? 'tcp.gap' : 'tcp.gap-unacknowledged';
    const octets = numbered(to - from, 'octet');
    const missing = orFin ? `${octets} and a FIN, or ${numbered(to - from + 1, 'octet')},` : octets;
    this.condition(code, direction, frame, `${missing} at stream offset ${from}`);
    // A hole behind one in the same TPKT adds nothing: what it belongs to is given up already.
    if (framing.position <= from) this.cotp.damage(direction, framing.position, from);
    // The TPKT that it tears never comes out whole; its header says all the same where the next one begins.
    if (framing.position < from && !framing.lost)
      this.mark(direction, framing.position, Math.min(EVIDENCE, from - framing.position));
    if (this.cotp.used) this.around.users.gap(this.connection.id, direction, frame, null);
  }

  repeated({ direction }: Framing, from: number, frame: number, sec: number, nsec: number): void {
    if (this.requests === null || this.gone(frame)) return;
    this.requests[direction].repeated(from, { frame, sec, nsec, answers: this.answersTo(direction) });
  }

  /** Segments of the other side so far. */
  private answersTo(direction: Direction): number {
    return this.connection.halves[direction === 0 ? 1 : 0].frames;
  }

  mark(direction: Direction, streamOffset: number, length: number): void {
    this.around.sink.framing?.({ stream: this.connection.id, direction, streamOffset, length });
  }
}

/**
 * All that the direction has before `position` is one octet in a segment of its own. A keep-alive repeats the one before the next (RFC 9293
 * 3.8.4); without anything before it, only the TPKT right behind it tells it from an octet of the stream.
 */
function afterKeepAlive(half: Half, position: number): boolean {
  const frame = half.frameAt(0);
  return position === 1 && frame > 0 && frame !== half.frameAt(1);
}
