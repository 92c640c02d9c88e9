import { numbered } from '../base/numbers.ts';
import { hex } from '../base/text.ts';
import type { Direction } from '../model/finding.ts';
import type { Half, HalfReader } from '../net/half.ts';
import {
  EVIDENCE,
  findTpkt,
  headerFaults,
  plausibleData,
  plausibleHeader,
  TPKT_HEADER,
  TPKT_MAX,
  TPKT_MIN,
  TPKT_VERSION,
} from '../osi/tpkt.ts';
import { type Guide, MachineWalk } from './machine-walk.ts';

/** Who takes the TPKTs. Positions are stream offsets. */
export interface TpktTaker {
  /** A whole TPKT. */
  tpkt(framing: Framing, position: number, length: number, frame: number, sec: number, nsec: number): void;
  /** Largest TPDU the connection allows, in octets, when it is known. */
  readonly tpduSize: number | null;
}

/** Who is told how the framing of a direction goes; `index` is where `position` stands in `half.buffer`. */
export interface FramingWatcher {
  /**
   * Four octets that the machine takes for a header became readable with the arrival of `frame`. False where it refuses them, and reads
   * nothing behind them.
   */
  header(framing: Framing, position: number, index: number, frame: number, sec: number, nsec: number): boolean;
  /** The framing of a TPKT is at odds with its octets; `code` is a rule of `rules/tpkt.ts`. */
  fault(framing: Framing, code: string, position: number, frame: number, detail: string): void;
  /** A TPKT begins at `position`, found only now: the machine may have read its header while the framing was lost. */
  begins(framing: Framing, position: number): void;
  /** What stands at `position` claims too much and holds no TPDU: no TPKT begins there. */
  misread(framing: Framing, position: number): void;
  /** Framing was lost at `lostAt` and found again at `position`, on evidence; `framing.previous` is the TPKT that led astray. */
  resynchronised(framing: Framing, lostAt: number, position: number, frame: number): void;
  /** Octets are missing, as of `HalfReader`: whatever was being put together has a hole. */
  hole(framing: Framing, from: number, to: number, acknowledged: boolean, frame: number, orFin: boolean): void;
  /** As of `HalfReader`. */
  repeated(framing: Framing, from: number, frame: number, sec: number, nsec: number): void;
}

const SOUND = 0;
const LOST = 1;

/**
 * TPKT framing of one direction (RFC 1006 section 6), and beside it the walk of a machine that reads the same headers while the framing is
 * sound. After a header that cannot be one, the framing searches for the next TPKT on evidence (two plausible headers in a row).
 */
export class Framing implements HalfReader, Guide {
  readonly direction: Direction;
  /** Position of the next header. */
  position = 0;
  tpkts = 0;
  /** Octets of these TPKTs. */
  framed = 0;
  longest = 0;
  /** Octets before the first TPKT of a direction that was met in mid-stream. */
  ahead = 0;
  /** The direction was seen from its first octet on, and does not begin with a TPKT. */
  foreign = false;
  /** Position from which on the framing rests on evidence instead of an unbroken chain from the SYN; -1 while it does not. */
  unanchoredAt = -1;
  unanchoredFrame = 0;
  unanchoredBecause: 'no-syn' | 'gap' | 'framing' | null = null;
  /**
   * The TPKT before `position`: where it began, and its length; -1 when there is none. One that may itself be a header read at the wrong
   * place does not count: where it leads astray, the length of the TPKT before it was false.
   */
  previous = -1;
  previousLength = 0;
  readonly machine: MachineWalk;
  private readonly taker: TpktTaker;
  private readonly watcher: FramingWatcher;
  private mode = SOUND;
  private announced = false;
  private lostAt = 0;
  private scanned = 0;
  private reserved = 0;
  private started = false;
  /** What is framed now may have been whole before: only now it is known where it begins. */
  private late = false;
  /** TPKTs behind `previous` that do not count. */
  private doubtful = 0;

  constructor(direction: Direction, taker: TpktTaker, watcher: FramingWatcher) {
    this.direction = direction;
    this.taker = taker;
    this.watcher = watcher;
    this.machine = new MachineWalk(this);
  }

  /** True while every header was read in an unbroken chain from the first octet after the SYN. */
  get anchored(): boolean {
    return this.unanchoredAt < 0;
  }

  /** True while it is not known where the next TPKT begins. */
  get lost(): boolean {
    return this.mode === LOST;
  }

  /** What the machine reads now is no header of the framing, as far as is known. */
  get astray(): boolean {
    return this.mode === LOST || this.machine.at !== this.position;
  }

  readable(half: Half, frame: number, sec: number, nsec: number): void {
    if (!this.started) this.begin(half, frame);
    this.late = false;
    const { machine } = this;
    for (;;) {
      if (machine.at >= 0 && this.astray) machine.alone(half, frame, sec, nsec);
      if (this.mode === LOST ? !this.search(half, frame, false) : !this.next(half, frame, sec, nsec)) break;
    }
    // Of the last TPKT the framing may know the header by now, and the machine be within what has come of the rest.
    if (machine.at >= 0 && this.astray) machine.alone(half, frame, sec, nsec);
    const need = this.mode === LOST ? this.scanned : this.previous >= 0 ? this.previous : this.position;
    half.keep = machine.at >= 0 && machine.at < need ? machine.at : need;
  }

  gap(half: Half, from: number, to: number, acknowledged: boolean, frame: number, orFin: boolean): void {
    if (!this.started) this.begin(half, frame);
    if (this.mode === LOST) this.finishLost(half, frame);
    this.watcher.hole(this, from, to, acknowledged, frame, orFin);
    this.unanchored(from, frame, 'gap');
    this.machine.stop();
    // Another hole in a TPKT that was passed over: where the next one begins is known all the same.
    if (this.mode === SOUND && to <= this.position) return;
    if (this.mode === SOUND && this.announced) {
      const end = this.position + this.pendingLength;
      // The hole lies within a TPKT whose length is known: where the next one begins is known too.
      if (to <= end) {
        this.position = end;
        this.announced = false;
        this.previous = -1;
        return;
      }
    }
    this.previous = -1;
    this.lose(half, to, to);
  }

  repeated(_half: Half, from: number, frame: number, sec: number, nsec: number): void {
    this.watcher.repeated(this, from, frame, sec, nsec);
  }

  /** The direction ends: what waits for more octets is as complete as it gets. */
  finish(half: Half, frame: number): void {
    if (this.mode === LOST) this.finishLost(half, frame);
    while (this.mismatched(half, frame)) this.finishLost(half, frame);
    if (this.mode === LOST || half.end <= this.position) return;
    const have = half.end - this.position;
    const declared = this.announced ? this.pendingLength : null;
    this.watcher.fault(
      this,
      'tpkt.unfinished',
      this.position,
      frame,
      declared === null ? `${numbered(have, 'octet')} of a header` : `${have} of ${declared} octets`,
    );
  }

  /** Whether other TPKTs begin within the one that the direction ends in: they are searched for from the first of them on. */
  private mismatched(half: Half, frame: number): boolean {
    if (!this.announced) return false;
    const boundary = this.boundaryInside(half);
    if (boundary < 0) return false;
    const position = this.position;
    if (boundary < position) this.watcher.misread(this, position);
    else {
      const detail = `declares ${this.pendingLength} octets, but another TPKT begins ${boundary - position} octets behind its start`;
      const by = half.arrival(position, position + TPKT_HEADER);
      this.watcher.fault(this, 'tpkt.length-mismatch', position, by?.frame ?? frame, detail);
    }
    this.lose(half, position, boundary);
    return true;
  }

  /** No more octets come: a search that waits for a second header takes what there is. */
  private finishLost(half: Half, frame: number): void {
    this.late = true;
    while (this.mode === LOST ? this.search(half, frame, true) : this.next(half, frame, 0, 0));
  }

  private pendingLength = 0;

  private begin(half: Half, frame: number): void {
    this.started = true;
    if (half.anchored) return;
    this.unanchored(0, half.frameAt(half.base) || frame, 'no-syn');
    this.machine.stop();
    this.lose(half, half.base, half.base);
  }

  /** One step of sound framing; false when more octets are needed. */
  private next(half: Half, frame: number, sec: number, nsec: number): boolean {
    const position = this.position;
    const have = half.end - position;
    if (have < TPKT_HEADER) return false;
    const index = position - half.base;
    const b = half.buffer;
    if (!this.announced) {
      const length = (b[index + 2]! << 8) | b[index + 3]!;
      this.machine.header(position, index, length, frame, sec, nsec);
      if (b[index] !== TPKT_VERSION) return this.badVersion(half, position, index, frame);
      if (length < TPKT_HEADER) {
        this.fault(half, 'tpkt.length-invalid', position, frame, `length ${length}`);
        this.lose(half, position, position + 1);
        return true;
      }
      this.announced = true;
      this.pendingLength = length;
      if (this.late) this.watcher.begins(this, position);
      if (length > this.longest) this.longest = length;
      const reserved = b[index + 1]!;
      if (reserved !== 0) this.reserved = reserved;
      const faults = headerFaults(reserved, length, this.taker.tpduSize);
      if (faults.length > 0) for (const { code, detail } of faults) this.fault(half, code, position, frame, detail);
    }
    const length = this.pendingLength;
    // A length beyond what was negotiated whose TPDU cannot be one either: taking it would swallow what follows, however it was cut.
    const size = this.taker.tpduSize;
    if (have >= EVIDENCE && size !== null && length > size + TPKT_HEADER && !plausibleHeader(b, index, b[index + 1]!)) {
      this.watcher.misread(this, position);
      this.lose(half, position, this.searchStart(position));
      return true;
    }
    if (have < length) return false;
    this.tpkts++;
    this.framed += length;
    this.announced = false;
    const by = this.late ? half.arrival(position, position + length) : null;
    if (by === null) this.taker.tpkt(this, position, length, frame, sec, nsec);
    else this.taker.tpkt(this, position, length, by.frame, by.time.sec, by.time.nsec);
    if (this.counts(b, index, position)) {
      this.previous = position;
      this.previousLength = length;
      this.doubtful = 0;
    } else this.doubtful++;
    this.position = position + length;
    return true;
  }

  /**
   * Whether a TPKT is surely one. `LL 02 F0`, read two octets late, begins with 03 where the length there is 768 to 1023; what tells it
   * from a header is the reserved octet, which in front of class 0 data alone may be anything (Q151626). The window keeps no more than one
   * length for those that do not count.
   */
  private counts(b: Uint8Array, index: number, position: number): boolean {
    const reserved = b[index + 1]!;
    if (reserved === 0 || this.previous < 0 || position - this.previous > TPKT_MAX) return true;
    return plausibleData(b, index, reserved);
  }

  /** What is wrong with a header, at the frame that brought it: after a search that is not the one which ended the search. */
  private fault(half: Half, code: string, position: number, frame: number, detail: string): void {
    const by = this.late ? half.arrival(position, position + TPKT_HEADER) : null;
    this.watcher.fault(this, code, position, by?.frame ?? frame, detail);
  }

  private badVersion(half: Half, position: number, index: number, frame: number): boolean {
    const octets = hex(half.buffer, index, index + 4);
    const first = this.tpkts === 0 && this.anchored;
    if (first) this.foreign = true;
    this.fault(
      half,
      first ? 'tpkt.not-tpkt' : 'tpkt.version',
      position,
      frame,
      first ? `the direction begins with ${octets}` : `octets ${octets} where a TPKT should begin`,
    );
    this.lose(half, position, this.searchStart(position));
    return true;
  }

  /** A header read too late means that the TPKT before it is shorter than it says: the search begins inside it. */
  private searchStart(position: number): number {
    return this.previous >= 0 ? Math.min(this.previous + TPKT_MIN, position) : position + 1;
  }

  private lose(half: Half, at: number, from: number): void {
    this.machine.parting ??= this.machine.ledBy(half, this.previous, this.previousLength);
    this.mode = LOST;
    this.lostAt = at;
    this.scanned = from;
    this.announced = false;
  }

  /** Look for the next TPKT on evidence; true when framing is sound again. */
  private search(half: Half, frame: number, final: boolean): boolean {
    const { base } = half;
    const from = Math.max(this.scanned, base) - base;
    const at = findTpkt(half.buffer, from, half.end - base, this.reserved, final);
    this.scanned = base + (at < 0 ? ~at : at);
    return at >= 0 && this.found(half, frame);
  }

  private found(half: Half, frame: number): boolean {
    this.mode = SOUND;
    this.late = true;
    this.position = this.scanned;
    if (this.tpkts === 0 && this.ahead === 0) this.ahead = this.position;
    // They began behind this one, or take it in.
    if (this.position < this.lostAt) this.tpkts -= this.doubtful;
    this.doubtful = 0;
    const carrier = half.frameAt(this.position) || frame;
    if (this.anchored) this.unanchored(this.lostAt, carrier, 'framing');
    this.watcher.resynchronised(this, this.lostAt, this.position, carrier);
    const { parting } = this.machine;
    if (parting?.trueBoundary === null && parting.streamOffset < this.position)
      this.machine.parting = { ...parting, trueBoundary: this.boundaryBehind(half, parting.streamOffset) };
    this.previous = -1;
    return true;
  }

  /**
   * Where the TPKT behind the one at `from` begins, now that the framing was found again: it may have a false length itself, so that no
   * other follows on it and the search went on.
   */
  boundaryBehind(half: Half, from: number): number {
    for (let at = Math.max(from + TPKT_MIN, half.base); at < this.position; at++)
      if (plausibleData(half.buffer, at - half.base, this.reserved)) return at;
    return this.position;
  }

  private unanchored(position: number, frame: number, because: 'no-syn' | 'gap' | 'framing'): void {
    if (this.unanchoredAt >= 0) return;
    this.unanchoredAt = position;
    this.unanchoredFrame = frame;
    this.unanchoredBecause = because;
  }

  /** Behind a TPKT that is not whole yet while its header is known. */
  get horizon(): number {
    return this.mode === LOST ? Number.POSITIVE_INFINITY : this.position + (this.announced ? this.pendingLength : 0);
  }

  overlooks(half: Half, position: number): boolean {
    if (this.mode !== LOST || position < this.lostAt || position < half.base) return false;
    return plausibleData(half.buffer, position - half.base, this.reserved);
  }

  header(position: number, index: number, frame: number, sec: number, nsec: number): boolean {
    return this.watcher.header(this, position, index, frame, sec, nsec);
  }

  /** Start of a TPKT chain within the unfinished one, or -1: its length then is not what it says. */
  private boundaryInside({ buffer, base, end }: Half): number {
    const size = this.taker.tpduSize;
    const own = this.position - base;
    const suspect =
      end - this.position < EVIDENCE ||
      (size !== null && this.pendingLength > size + TPKT_HEADER) ||
      !plausibleHeader(buffer, own, this.reserved) ||
      !this.counts(buffer, own, this.position);
    const from = suspect ? this.searchStart(this.position) : this.position + TPKT_MIN;
    let at = findTpkt(buffer, Math.max(from - base, 0), end - base, this.reserved, true);
    if (at === own) at = findTpkt(buffer, own + 1, end - base, this.reserved, true);
    return at < 0 ? -1 : base + at;
  }
}
