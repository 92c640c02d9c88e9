import { InternalLimit } from '../base/limits.ts';
import { numbered } from '../base/numbers.ts';
import type { LayerTree } from '../model/field.ts';
import type { Direction } from '../model/finding.ts';
import type { Origin } from '../model/origin.ts';
import type { Fault, Sighting } from '../model/tsdu.ts';
import type { Profile } from '../mta/knobs.ts';
import type { Machine } from '../mta/machine.ts';
import { codeOf, quietLength, type RequestModel, refuses, requestModel } from '../mta/request.ts';
import type { Connection, ConnectionUser } from '../net/connection.ts';
import type { Half } from '../net/half.ts';
import {
  type CotpFault,
  carriesData,
  DEFAULT_TPDU_SIZE,
  parseTpdu,
  sizeOffer,
  type Tpdu,
  tsapText,
} from '../osi/cotp.ts';
import { cotpTree } from '../osi/cotp-tree.ts';
import { h323, isTls, rdpNegotiation } from '../osi/foreign.ts';
import { EVIDENCE, TPKT_HEADER, tpktTree } from '../osi/tpkt.ts';
import { Assembly, originOf } from './assembly.ts';
import { candidateOf, excessOf } from './candidate.ts';
import { BY_THE_LENGTH, ConnectState, checkTpdu } from './conduct.ts';
import { EarlyData } from './early.ts';
import { Ends } from './ends.ts';
import { Framing, type TpktUser } from './framing.ts';
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

/** One transport connection over one TCP connection: TPKT, COTP, the machines at both ends, and the user above. */
export class Transport implements ConnectionUser, TpktUser {
  readonly readers: readonly [Framing, Framing];
  readonly connection: Connection;
  /** Largest TPDU in octets by CR and CC; null until a CC was seen. */
  tpduSize: number | null = null;
  callingTsap: string | null = null;
  calledTsap: string | null = null;
  readonly tsdus: [number, number] = [0, 0];
  readonly client: string;
  readonly server: string;
  /** A user that is known before any TSDU: RDP by its negotiation, H.323 because it has no COTP. */
  foreign: 'RDP' | 'H.323' | null = null;
  /** A TSDU was handed up. */
  used = false;
  private readonly around: TransportSurroundings;
  private readonly assemblies: [Assembly | null, Assembly | null] = [null, null];
  private readonly model: RequestModel;
  private readonly quiet: number;
  private readonly ends: Ends;
  /** When a connection came up that is not known to be one of ISO transport. */
  private uncertain: Sighting | null = null;
  /** The frame of the RST that ended the connection; 0 while there is none. */
  private resetFrame = 0;
  /** Of each direction, and what CR and CC settled: made when there is something for them. */
  private requests: [Requests, Requests] | null = null;
  private settled: ConnectState | null = null;
  /** Class 0 data without any check left to make: the fast path may take it. */
  private plainData = false;
  private readonly detail: boolean;
  /** Faults of the last TPKT of each direction that rest on its length. */
  private doubted: Fault[] | null = null;
  /** Where the TPKTs begin that completed the last TSDUs. */
  private readonly lastUp: [number, number] = [-1, -1];
  private pduTrees: LayerTree[] | null = null;
  /** By the side that sent it. */
  private early: [EarlyData, EarlyData] | null = null;
  /** Longest TPKT whose DT is within the negotiated size. */
  private plainLength = 0;

  constructor(connection: Connection, around: TransportSurroundings) {
    this.connection = connection;
    this.around = around;
    this.readers = [new Framing(0, this), new Framing(1, this)];
    this.client = around.addressText(connection.family, connection.clientAddress);
    this.server = around.addressText(connection.family, connection.serverAddress);
    this.model = requestModel(around.profile);
    this.quiet = quietLength(around.profile);
    this.detail = around.sink.pdu !== undefined;
    const { profile, machines, sink } = around;
    this.ends = new Ends({ stream: connection.id, client: this.client, server: this.server, profile, machines, sink });
  }

  /**
   * What speaks against ISO transport: a direction begins otherwise, or was met in mid-stream, and is mostly something else. Two headers
   * that fit are found in any download that is long enough.
   */
  get foreignOctets(): boolean {
    let met = 0;
    let framed = 0;
    for (const direction of [0, 1] as const) {
      const reader = this.readers[direction];
      if (!reader.foreign && reader.unanchoredBecause !== 'no-syn') continue;
      met += this.connection.halves[direction].bytes;
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
    if (this.used) this.around.users.ended(this.connection.id, how, frame, { sec, nsec });
    this.ends.close(frame, sec, nsec);
  }

  finished(how: 'fin' | 'rst' | 'eof', frame: number, sec: number, nsec: number): void {
    // A connection that the capture meets in mid-stream takes no control block, but it has hosts.
    const [client, server] = this.connection.halves;
    if (this.around.emulate && client.bytes + server.bytes > 0 && this.uncertain === null) this.ends.meet();
    for (const direction of [0, 1] as const) {
      this.readers[direction].finish(this.connection.halves[direction], frame);
      this.tellDoubted(direction);
      // S7-1200 and S7-1500 send DTs without octets and EOT, which say no more than that they are there.
      const open = this.assemblies[direction];
      if (open !== null && !open.damaged && open.length > 0)
        this.condition('cotp.no-eot', direction, frame, `${numbered(open.length, 'octet')} of a TSDU without its end`);
      this.drop(direction);
    }
    for (const direction of [0, 1] as const) {
      if (this.isWhole(direction === 0 ? 1 : 0)) this.early?.[direction].never();
    }
    if (this.used) this.around.users.close(this.connection.id, how, frame, { sec, nsec });
    this.ends.close(frame, sec, nsec);
  }

  // --- TPKT

  header(framing: Framing, position: number, index: number, frame: number, sec: number, nsec: number): boolean {
    const direction = framing.direction;
    const half = this.connection.halves[direction];
    const b = half.buffer;
    const version = b[index]!;
    const length = (b[index + 2]! << 8) | b[index + 3]!;
    if (this.around.sink.framing !== undefined) this.mark(direction, position, TPKT_HEADER);
    this.ends.request(direction, length, version, this.tpduSize, position, frame, sec, nsec);
    // What was still under way at a reset comes to a host that has no connection any more.
    const gone = this.resetFrame > 0 && frame > this.resetFrame;
    if (!gone && (length > this.quiet || length < TPKT_HEADER))
      this.candidate(framing, half, position, length, frame, sec, nsec);
    return !refuses(this.model, length, version, this.tpduSize);
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
    const { tpduSize } = this;
    const stream = this.connection.id;
    const receiver = direction === 0 ? this.server : this.client;
    const read = { stream, receiver, position, length, frame, sec, nsec, tpduSize };
    const candidate = candidateOf(read, framing, half, this.around.profile);
    if (codeOf(candidate.assessment.outcome) === null) return;
    this.requests ??= [new Requests(), new Requests()];
    if (!this.requests[direction].add(candidate)) return;
    const number = this.around.sink.request(candidate);
    if (number < 0 || !this.used) return;
    const doubtful = candidate.misread || (tpduSize !== null && length > tpduSize + TPKT_HEADER);
    const excess = doubtful && this.lastUp[direction] === framing.previous ? excessOf(framing, half, position) : 0;
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
    if (code === 'tpkt.version' && !tls && this.foreign === 'RDP') return;
    this.condition(tls ? 'tpkt.tls' : code, direction, frame, `${detail} (stream offset ${position})`);
  }

  misread(framing: Framing, position: number): void {
    this.requests?.[framing.direction].misread(position);
    this.mark(framing.direction, position, EVIDENCE);
  }

  resynchronised(framing: Framing, lostAt: number, position: number, frame: number): void {
    const { direction } = framing;
    this.requests?.[direction].boundary(lostAt, position);
    const half = this.connection.halves[direction];
    const index = position - half.base;
    // Found by two headers in a row, each with the beginning of its TPDU.
    this.mark(direction, position, EVIDENCE);
    this.mark(direction, position + ((half.buffer[index + 2]! << 8) | half.buffer[index + 3]!), EVIDENCE);
    this.drop(direction);
    // A TPKT begins within the one before: that one is shorter than it says, and its TSDU was handed up with octets of this one.
    const within = position < lostAt && framing.previous >= 0;
    const handedUp = within && framing.previous === this.lastUp[direction];
    const excess = handedUp ? Math.max(framing.previous + framing.previousLength - position, 0) : 0;
    if (within) this.dropDoubted(direction);
    if (this.used) this.around.users.gap(this.connection.id, direction, frame, excess);
    // A stream that begins or goes on with a TPKT, behind what the capture lacks: nothing was lost, and the hole is told by itself.
    if (lostAt === position) return;
    const detail = `framing lost at stream offset ${lostAt}, found again at ${position}`;
    this.condition('tpkt.resynchronised', direction, frame, detail);
  }

  hole(framing: Framing, from: number, to: number, acknowledged: boolean, frame: number): void {
    const { direction } = framing;
    const half = this.connection.halves[direction];
    const cut = half.truncated > 0 && acknowledged;
    const code = cut ? 'tcp.truncated' : acknowledged ? 'tcp.gap' : 'tcp.gap-unacknowledged';
    this.condition(code, direction, frame, `${numbered(to - from, 'octet')} at stream offset ${from}`);
    // A hole behind one in the same TPKT adds nothing: what it belongs to is given up already.
    if (framing.position <= from) this.damage(direction, half, framing.position, from, frame);
    // The TPKT that it tears never comes out whole; its header says all the same where the next one begins.
    if (framing.position < from && !framing.lost)
      this.mark(direction, framing.position, Math.min(EVIDENCE, from - framing.position));
    if (this.used) this.around.users.gap(this.connection.id, direction, frame, null);
  }

  private mark(direction: Direction, streamOffset: number, length: number): void {
    this.around.sink.framing?.({ stream: this.connection.id, direction, streamOffset, length });
  }

  tpkt(
    framing: Framing,
    position: number,
    index: number,
    length: number,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const direction = framing.direction;
    const half = this.connection.halves[direction];
    const b = half.buffer;
    if (
      !this.detail &&
      length >= 7 &&
      b[index + 4] === 2 &&
      b[index + 5] === 0xf0 &&
      this.plainData &&
      (b[index + 6]! & 0x7f) === 0 &&
      length <= this.plainLength
    ) {
      // Class 0 DT, the bulk of everything: X.224 13.7.3 with LI 2.
      if (this.doubted !== null) this.tellDoubted(direction);
      const eot = b[index + 6] === 0x80;
      this.userData(direction, half, position, index + 7, index + length, eot, frame, sec, nsec);
      return;
    }
    this.tpdus(framing, half, position, index, length, frame, sec, nsec);
  }

  // --- COTP

  private get state(): ConnectState {
    this.settled ??= new ConnectState();
    return this.settled;
  }

  /** The next TPKT of this direction follows where the last one ends, or nothing does. */
  private tellDoubted(direction: Direction): void {
    if (this.doubted === null) return;
    for (const fault of this.doubted)
      if (fault.direction === direction) this.condition(fault.code, direction, fault.frame, fault.detail);
    this.dropDoubted(direction);
  }

  private dropDoubted(direction: Direction): void {
    const rest = this.doubted?.filter(fault => fault.direction !== direction) ?? [];
    this.doubted = rest.length > 0 ? rest : null;
  }

  private tpdus(
    framing: Framing,
    half: Half,
    position: number,
    index: number,
    length: number,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const direction = framing.direction;
    this.tellDoubted(direction);
    const trees: LayerTree[] | null = this.detail ? [] : null;
    const b = half.buffer;
    const end = index + length;
    if (this.foreign === null && !this.state.requestSeen() && !this.state.confirmSeen()) {
      const sign = h323(b, index + TPKT_HEADER, end);
      if (sign > 0) {
        this.foreign = 'H.323';
        this.mark(direction, position + TPKT_HEADER, sign);
      }
    }
    const faults: CotpFault[] = [];
    const copy = trees === null ? null : this.copyOf(half, position, length);
    if (trees !== null) trees.push(tpktTree(copy!.bytes, 0, length, copy!.origin));
    this.pduTrees = trees;
    let handed = false;
    for (let at = this.foreign === 'H.323' ? end : index + 4; at < end; ) {
      const t = parseTpdu(b, at, end, this.state.context, faults);
      if (t === null) {
        if (trees !== null) trees.push(cotpTree(copy!.bytes, at - index, length, null, copy!.origin, faults));
        break;
      }
      const next = carriesData(t.type) ? end : t.dataStart;
      if (trees !== null)
        trees.push(
          cotpTree(copy!.bytes, at - index, next - index, shift(t, index), copy!.origin, shiftFaults(t.faults, index)),
        );
      if (framing.anchored || t.type === 'CR' || t.type === 'CC')
        checkTpdu(this.state, t, direction, b, at > index + 4, faults, this.tpduSize, framing.anchored);
      if (!this.state.established) this.checkOrder(t, framing, { frame, time: { sec, nsec } });
      this.take(t, direction, half, position, frame, sec, nsec);
      handed ||= t.type === 'DT';
      at = next;
    }
    this.pduTrees = null;
    for (const { code, detail } of faults) {
      if (!BY_THE_LENGTH.has(code)) this.condition(code, direction, frame, detail);
      else {
        this.doubted ??= [];
        this.doubted.push({ code, direction, frame, detail });
      }
    }
    if (!handed) this.ends.handOver(direction, true, frame, sec, nsec);
    if (trees !== null) {
      this.around.sink.pdu!({
        stream: this.connection.id,
        direction,
        streamOffset: position,
        length,
        frame,
        pieces: half.locate(position, position + length),
        trees,
      });
    }
  }

  /** Data before CR and CC (X.224 6.5): what its own side left out is certain, what the other did has to wait for a sign of it. */
  private checkOrder(t: Tpdu, { direction, anchored }: Framing, at: Sighting): void {
    const peer = direction === 0 ? 1 : 0;
    const connects = t.type === 'CR' || t.type === 'CC';
    const { early, state } = this;
    if (!state.hasSpoken(direction)) {
      if (anchored) early?.[peer].answered(at, connects);
      else early?.[peer].forget();
    }
    if (connects || t.type === 'DR' || t.type === 'ER' || !anchored) return;
    const detail = `${t.type} before CR and CC`;
    // What only one side sent proves nothing about what the other answered.
    if (!state.hasSpoken(direction) || state.hasSpoken(peer)) {
      if (this.connection.sent[peer] > 0) this.condition('cotp.before-connect', direction, at.frame, detail);
    } else if (this.readers[peer].anchored) {
      this.early ??= [this.earlyData(0), this.earlyData(1)];
      this.early[direction].add(at, detail);
    }
  }

  private earlyData(direction: Direction): EarlyData {
    return new EarlyData((frame, detail) => this.condition('cotp.before-connect', direction, frame, detail));
  }

  /** Whether everything is at hand that this side ever sent, as far as its SYN, its end and the acknowledgements of the other tell. */
  private isWhole(direction: Direction): boolean {
    const half = this.connection.halves[direction];
    const unseen = half.ackSeen ? (half.acked - half.next) | 0 : 0;
    // The last number acknowledged may be that of the FIN.
    return half.anchored && this.readers[direction].anchored && unseen <= 1 && this.connection.sent[direction] > 0;
  }

  private take(
    t: Tpdu,
    direction: Direction,
    half: Half,
    position: number,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const b = half.buffer;
    if (t.type === 'DT') {
      this.userData(direction, half, position, t.dataStart, t.end, t.eot, frame, sec, nsec);
      return;
    }
    if (t.type !== 'CR' && t.type !== 'CC') {
      this.state.note(t, direction);
      return;
    }
    if (this.uncertain !== null) {
      const { frame: at, time } = this.uncertain;
      this.ends.open(at, time.sec, time.nsec);
      this.uncertain = null;
    }
    if (t.rdp) {
      this.foreign = 'RDP';
      const variable = t.start + 7;
      this.mark(direction, half.base + variable, rdpNegotiation(b, variable, t.dataStart));
    }
    const offer = sizeOffer(b, t);
    for (const fault of offer.faults) this.condition(fault.code, direction, frame, fault.detail);
    if (t.type === 'CR') this.state.offered = offer.size;
    else {
      // RFC 1006 section 5: a CC without the parameter leaves the default, 65531 octets.
      this.tpduSize = offer.size ?? DEFAULT_TPDU_SIZE;
      this.plainLength = this.tpduSize + 4;
      this.state.confirm(t, offer, (code, detail) => this.condition(code, direction, frame, detail));
    }
    this.callingTsap ??= tsapText(b, t, 0xc1);
    this.calledTsap ??= tsapText(b, t, 0xc2);
    this.state.note(t, direction);
    this.plainData = this.state.plainData;
  }

  /** User data of a DT TPDU; `from`…`to` index the window. */
  private userData(
    direction: Direction,
    half: Half,
    position: number,
    from: number,
    to: number,
    eot: boolean,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const assembly = this.assemblies[direction];
    if (eot) {
      this.tsdus[direction]++;
      this.lastUp[direction] = position;
    }
    if (assembly === null && eot) {
      this.handUp(
        direction,
        half.buffer,
        from,
        to,
        half.frameAt(position),
        frame,
        sec,
        nsec,
        this.detail ? originOf(half, from, to) : null,
      );
    } else {
      const joined = assembly ?? new Assembly(half.frameAt(position), this.detail);
      this.assemblies[direction] = joined;
      if (!joined.append(half, from, to)) {
        const detail = `a TSDU of more than ${InternalLimit.tsduBytes} octets is not kept`;
        this.condition('capture.limit', direction, frame, detail);
      }
      if (eot) {
        if (!joined.damaged) {
          this.handUp(direction, joined.bytes, 0, joined.length, joined.firstFrame, frame, sec, nsec, joined.origin);
        }
        this.drop(direction);
      }
    }
    this.ends.handOver(direction, eot, frame, sec, nsec);
  }

  /** Octets from `from` on are missing in the TPKT at `position`, or in what it belongs to. */
  private damage(direction: Direction, half: Half, position: number, from: number, frame: number): void {
    const index = position - half.base;
    const b = half.buffer;
    // Where its DT header says EOT, the TSDU ends with this TPKT: the next one is whole (X.224 6.3).
    if (from - position >= 7 && b[index + 4] === 2 && b[index + 5] === 0xf0 && b[index + 6] === 0x80)
      this.drop(direction);
    else if (this.assemblies[direction] !== null) this.assemblies[direction]!.damaged = true;
    else this.assemblies[direction] = new Assembly(frame, false, true);
  }

  /** Whatever of a TSDU was put together so far is of no use. */
  private drop(direction: Direction): void {
    this.assemblies[direction]?.release();
    this.assemblies[direction] = null;
  }

  private handUp(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    firstFrame: number,
    lastFrame: number,
    sec: number,
    nsec: number,
    origin: Origin | null,
  ): void {
    const { users } = this.around;
    if (!this.used) {
      this.used = true;
      users.open(this.connection.id, this.client, this.server);
    }
    users.tsdu(this.connection.id, {
      bytes: this.detail ? bytes.slice(start, end) : bytes,
      start: this.detail ? 0 : start,
      end: this.detail ? end - start : end,
      direction,
      firstFrame,
      lastFrame,
      time: { sec, nsec },
      origin,
      trees: this.pduTrees,
    });
  }

  private copyOf(half: Half, position: number, length: number): { bytes: Uint8Array; origin: Origin } {
    const index = position - half.base;
    return { bytes: half.buffer.slice(index, index + length), origin: originOf(half, index, index + length) };
  }
}

function shift(t: Tpdu, by: number): Tpdu {
  return {
    ...t,
    start: t.start - by,
    dataStart: t.dataStart - by,
    end: t.end - by,
    parameters: t.parameters.map(p => ({ ...p, start: p.start - by, valueStart: p.valueStart - by, end: p.end - by })),
  };
}

function shiftFaults(faults: readonly CotpFault[], by: number): CotpFault[] {
  return faults.map(f => ({ ...f, at: f.at - by }));
}
