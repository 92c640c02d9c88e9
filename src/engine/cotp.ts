import { InternalLimit } from '../base/limits.ts';
import { numbered } from '../base/numbers.ts';
import type { LayerTree } from '../model/field.ts';
import type { Direction } from '../model/finding.ts';
import type { Origin } from '../model/origin.ts';
import type { Sighting } from '../model/tsdu.ts';
import type { Connection } from '../net/connection.ts';
import { type CotpContext, type CotpFault, carriesData, parseTpdu, type Tpdu } from '../osi/cotp.ts';
import { cotpTree } from '../osi/cotp-tree.ts';
import { h323, rdpNegotiation } from '../osi/foreign.ts';
import { TPKT_HEADER, tpktTree } from '../osi/tpkt.ts';
import { Assembly, originOf, type Window } from './assembly.ts';
import { checkTpdu } from './conduct.ts';
import { ConnectState } from './connect-state.ts';
import { DoubtedFaults } from './doubted.ts';
import { ConnectOrder, type Heard } from './early.ts';
import type { Ends } from './ends.ts';
import type { Framing, TpktTaker } from './framing.ts';
import type { EngineSink } from './sink.ts';
import type { UserFeed } from './users.ts';

/** The connection whose TPKTs hold the TPDUs. */
export interface CotpCarrier {
  readonly connection: Connection;
  readonly readers: readonly [Framing, Framing];
  readonly client: string;
  readonly server: string;
  condition(code: string, direction: Direction, frame: number, detail: string): void;
  /** These octets told what is in the stream. */
  mark(direction: Direction, position: number, length: number): void;
  /** A CR or CC came: it is a connection of ISO transport, whatever its ports are. */
  connects(): void;
}

/** COTP on one connection: takes TPKT by TPKT, and hands the TSDUs to the user above. */
export class Cotp implements TpktTaker {
  /** What CR and CC settled. */
  readonly settled = new ConnectState();
  readonly assemblies: readonly [Assembly, Assembly];
  /** A user that is known before any TSDU: RDP by its negotiation, H.323 because it has no COTP. */
  foreign: 'RDP' | 'H.323' | null = null;
  /** A TSDU was handed up. */
  used = false;
  private readonly carrier: CotpCarrier;
  private readonly connection: Connection;
  private readonly users: UserFeed;
  private readonly ends: Ends;
  private readonly pdu: EngineSink['pdu'];
  private readonly detail: boolean;
  private order: ConnectOrder | null = null;
  private doubted: DoubtedFaults | null = null;
  /** In detail runs, of the TPKT at hand. */
  private trees: LayerTree[] | null = null;

  constructor(carrier: CotpCarrier, users: UserFeed, ends: Ends, pdu: EngineSink['pdu']) {
    this.carrier = carrier;
    this.connection = carrier.connection;
    this.users = users;
    this.ends = ends;
    this.pdu = pdu;
    this.detail = pdu !== undefined;
    this.assemblies = [new Assembly(this.detail), new Assembly(this.detail)];
  }

  get tpduSize(): number | null {
    return this.settled.tpduSize;
  }

  tpkt(framing: Framing, position: number, length: number, frame: number, sec: number, nsec: number): void {
    const { direction } = framing;
    const half = this.connection.halves[direction];
    const b = half.buffer;
    const index = position - half.base;
    if (
      length <= this.settled.plainLength &&
      length >= 7 &&
      b[index + 4] === 2 &&
      b[index + 5] === 0xf0 &&
      (b[index + 6]! & 0x7f) === 0 &&
      !this.detail
    ) {
      // Class 0 DT, the bulk of everything: X.224 13.7.3 with LI 2.
      this.doubted?.release(direction);
      this.data(direction, position, index + 7, index + length, b[index + 6] === 0x80, frame, sec, nsec);
      return;
    }
    this.tpdus(framing, position, length, frame, sec, nsec);
  }

  private tpdus(framing: Framing, position: number, length: number, frame: number, sec: number, nsec: number): void {
    const { carrier, connection, settled } = this;
    const { direction } = framing;
    const half = connection.halves[direction];
    const b = half.buffer;
    const index = position - half.base;
    const end = index + length;
    this.doubted?.release(direction);
    if (this.foreign === null && !settled.requestSeen() && !settled.confirmSeen()) {
      const sign = h323(b, index + TPKT_HEADER, end);
      if (sign > 0) {
        this.foreign = 'H.323';
        carrier.mark(direction, position + TPKT_HEADER, sign);
      }
    }
    const copy = this.detail ? new TpktCopy(half, index, length) : null;
    this.trees = copy?.trees ?? null;
    const faults: CotpFault[] = [];
    let handed = false;
    for (let at = this.foreign === 'H.323' ? end : index + TPKT_HEADER; at < end; ) {
      copy?.tpdu(at - index, settled.context);
      const t = parseTpdu(b, at, end, settled.context, faults);
      if (t === null) break;
      const connects = t.type === 'CR' || t.type === 'CC';
      if (framing.anchored || connects)
        checkTpdu(settled, t, direction, b, at > index + TPKT_HEADER, faults, connects && this.isComplete(framing));
      if (!settled.established)
        this.inOrder(t, direction, { frame, time: { sec, nsec } }, half.acknowledged(position + length));
      if (t.type === 'DT') {
        this.data(direction, position, t.dataStart, t.end, t.eot, frame, sec, nsec);
        handed = true;
      } else if (connects) this.connect(t, direction, frame);
      else if (t.type === 'DR' || t.type === 'ER') settled.released = true;
      at = carriesData(t.type) ? end : t.dataStart;
    }
    this.trees = null;
    if (faults.length > 0) {
      this.doubted ??= new DoubtedFaults(f => carrier.condition(f.code, f.direction, f.frame, f.detail));
      this.doubted.raise(faults, direction, frame);
    }
    if (!handed) this.ends.handOver(direction, true, frame, sec, nsec);
    if (copy === null) return;
    const pieces = half.locate(position, position + length);
    this.pdu!({ stream: connection.id, direction, streamOffset: position, length, frame, pieces, trees: copy.trees });
  }

  private inOrder(t: Tpdu, direction: Direction, at: Sighting, late: boolean): void {
    const { carrier } = this;
    this.order ??= new ConnectOrder((...early) => carrier.condition('cotp.before-connect', ...early));
    const own = this.heard(direction);
    // What was acknowledged before it came says nothing about the order of both sides.
    this.order.see(
      t.type,
      direction,
      at,
      late ? { ...own, anchored: false } : own,
      this.heard(direction === 0 ? 1 : 0),
    );
  }

  private heard(direction: Direction): Heard {
    return {
      anchored: this.carrier.readers[direction].anchored,
      present: this.connection.halves[direction].frames > 0,
    };
  }

  private connect(t: Tpdu, direction: Direction, frame: number): void {
    const { carrier } = this;
    const half = this.connection.halves[direction];
    carrier.connects();
    if (t.rdp) {
      this.foreign = 'RDP';
      const variable = t.start + 7;
      carrier.mark(direction, half.base + variable, rdpNegotiation(half.buffer, variable, t.dataStart));
    }
    if (t.type === 'CR' && this.settled.released) this.order?.begin(direction);
    this.settled.take(t, half.buffer, direction, (code, detail) => carrier.condition(code, direction, frame, detail));
  }

  /** User data of a DT TPDU in the TPKT at `position`; `from`…`to` index the window. */
  private data(
    direction: Direction,
    position: number,
    from: number,
    to: number,
    eot: boolean,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const half = this.connection.halves[direction];
    const assembly = this.assemblies[direction];
    const late = eot && half.acknowledged(half.base + to);
    if (eot) assembly.end(position);
    if (eot && !assembly.open) {
      const origin = this.detail ? originOf(half, from, to) : null;
      this.handUp(direction, half.buffer, from, to, half.frameAt(position), frame, sec, nsec, late, origin);
    } else {
      if (!assembly.append(half, position, from, to)) {
        const detail = `a TSDU of more than ${InternalLimit.tsduBytes} octets is not kept`;
        this.carrier.condition('capture.limit', direction, frame, detail);
      }
      if (eot) {
        const { damaged, bytes, length, firstFrame, origin } = assembly;
        if (!damaged) this.handUp(direction, bytes, 0, length, firstFrame, frame, sec, nsec, late, origin);
        assembly.drop();
      }
    }
    this.ends.handOver(direction, eot, frame, sec, nsec);
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
    late: boolean,
    origin: Origin | null,
  ): void {
    const { carrier, connection, detail, users } = this;
    if (!this.used) {
      this.used = true;
      users.open(connection.id, carrier.client, carrier.server);
    }
    users.tsdu(connection.id, {
      bytes: detail ? bytes.slice(start, end) : bytes,
      start: detail ? 0 : start,
      end: detail ? end - start : end,
      direction,
      firstFrame,
      lastFrame,
      time: { sec, nsec },
      late,
      origin,
      trees: this.trees,
    });
  }

  /** Octets from `from` on are missing in the TPKT at `position`, or in what it belongs to. */
  damage(direction: Direction, position: number, from: number): void {
    this.assemblies[direction].damage(this.connection.halves[direction], position, from);
  }

  /** The framing was lost, and is found again. @param within a TPKT begins within the last one, which is shorter than it says */
  resynchronised(direction: Direction, within: boolean): void {
    this.assemblies[direction].drop();
    if (within) this.doubted?.drop(direction);
  }

  /** No TPKT follows in this direction. */
  finished(direction: Direction, frame: number): void {
    const assembly = this.assemblies[direction];
    this.doubted?.release(direction);
    // S7-1200 and S7-1500 send DTs without octets and EOT, which say no more than that they are there.
    if (assembly.length > 0 && !assembly.damaged) {
      const detail = `${numbered(assembly.length, 'octet')} of a TSDU without its end`;
      this.carrier.condition('cotp.no-eot', direction, frame, detail);
    }
    assembly.drop();
  }

  /** Nor in the other one. */
  over(): void {
    for (const direction of [0, 1] as const) if (this.isWhole(direction === 0 ? 1 : 0)) this.order?.never(direction);
  }

  /** Whether nothing is missing before what is read now, on either side. */
  private isComplete({ anchored, direction }: Framing): boolean {
    return anchored && this.isWhole(direction === 0 ? 1 : 0);
  }

  /** Whether everything is at hand that this side ever sent, as far as its SYN, its end and the acknowledgements of the other tell. */
  private isWhole(direction: Direction): boolean {
    const half = this.connection.halves[direction];
    const { anchored, present } = this.heard(direction);
    // The last number acknowledged may be that of the FIN.
    return half.anchored && anchored && half.receiver.ahead(half.next) <= 1 && present;
  }
}

/** A TPKT of a detail run, copied, with the trees of its own layers and of what it completes. */
class TpktCopy {
  readonly trees: LayerTree[];
  private readonly bytes: Uint8Array;
  private readonly origin: Origin;

  constructor(window: Window, index: number, length: number) {
    this.bytes = window.buffer.slice(index, index + length);
    this.origin = originOf(window, index, index + length);
    this.trees = [tpktTree(this.bytes, 0, length, this.origin)];
  }

  tpdu(at: number, context: CotpContext): void {
    const { bytes, origin } = this;
    const faults: CotpFault[] = [];
    const t = parseTpdu(bytes, at, bytes.length, context, faults);
    const end = t === null || carriesData(t.type) ? bytes.length : t.dataStart;
    this.trees.push(cotpTree(bytes, at, end, t, origin, faults));
  }
}
