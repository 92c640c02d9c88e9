import { extentAt } from '../../asn1/ber.ts';
import { giveOctets, takeOctets } from '../../base/octets.ts';
import type { Direction } from '../../model/finding.ts';
import { Origin } from '../../model/origin.ts';
import type { Stamp } from '../../model/tsdu.ts';
import { Extent } from './extent.ts';
import { type Stretch, unread } from './unread.ts';

/** Octets of an APDU that level `light` keeps: enough for the identifiers and the originator. */
export const LIGHT_OCTETS = 4096;

/** Checkpoints that wait for their acknowledgement; a window is rarely above 10. */
const MOST_OPEN_MARKS = 4096;
/** Checkpoints behind the last confirmed one that are remembered: its acknowledgement may not have reached a sender that resumes. */
const CONFIRMED_MARKS = 64;

/** What a buffer begins with: most messages are longer. */
const FIRST_BUFFER = 4096;
/** Room that is made for an APDU at once because its length says so. */
const MOST_TRUSTED = 256 * 1024;
const NONE = new Uint8Array(0);
/** Octets of an APDU in which nothing is left out: envelope and heading of most. */
const FIRST_LOOK = 4096;
/** How often one APDU is looked at for octets to leave out: each look begins at its beginning. */
const MOST_LOOKS = 64;

interface Mark {
  readonly serial: number;
  readonly octets: number;
}

/** Serial number 0 stands for the beginning (X.225 §7.27). */
const START: Mark = { serial: 0, octets: 0 };

/** One APDU on its way: what has come of it, and up to where the receiver confirmed it. */
export class Transfer extends Extent {
  /** Way in which it goes; it may be resumed on a connection that the other host opened. */
  direction: Direction;
  /** Activity identifier in hex; null when the activity's start was not seen. */
  readonly activity: string | null;
  /** Octets of the APDU so far. */
  octets = 0;
  /** DT SPDUs that brought them. */
  fragments = 0;
  /** Octets since the last synchronization point, to be held against the checkpoint size. */
  sinceMark = 0;
  checkpoints = 0;
  /** Last synchronization point that the receiver confirmed. */
  confirmed: number | null = null;
  confirmedOctets = 0;
  lastSerial: number | null = null;
  /** Why it cannot be whole any more. */
  damaged: string | null = null;
  /** Where it was taken up again, in words. */
  resumed: string | null = null;
  /** Identifier of the activity that it was resumed in, in hex. */
  resumedAs: string | null = null;
  private marks: Mark[] = [];
  /** How many of them are confirmed; they stand in front. */
  private acknowledged = 0;
  private buffer: Uint8Array;
  private kept = 0;
  private most: number;
  /** What was left out, in order; the last one may still be coming. Its octets in the buffer are whatever was there. */
  private left: Stretch[] = [];
  /** Whether any may be left out. */
  private sparse: boolean;
  /** With how many octets to look for the next ones. */
  private look = FIRST_LOOK;
  private looks = 0;
  /** Null when the run does not ask for provenance. */
  private origin: Origin | null = null;

  /**
   * @param most octets of the APDU that are kept
   * @param sparse octets that no row and no rule asks for may be left out (unread.ts)
   */
  constructor(
    direction: Direction,
    activity: string | null,
    frame: number,
    time: Stamp,
    most: number,
    sparse: boolean,
  ) {
    super(frame, time);
    this.direction = direction;
    this.activity = activity;
    this.most = most;
    this.sparse = sparse;
    this.buffer = NONE;
  }

  add(bytes: Uint8Array, start: number, end: number, origin: Origin | null): void {
    const length = end - start;
    // Behind a hole the octets have no known place in the APDU: they are counted, and what stands before stays exact.
    const room = this.damaged === null ? Math.min(length, this.most - this.kept) : 0;
    if (room > 0) {
      if (origin !== null) {
        this.origin ??= new Origin();
        this.origin.join(this.kept, origin, start, start + room);
        this.sparse = false;
      }
      const last = this.left.at(-1);
      const skipped = last === undefined || last.to <= this.kept ? 0 : Math.min(last.to - this.kept, room);
      this.kept += skipped;
      if (skipped < room) this.store(bytes, start + skipped, start + room);
    }
    this.octets += length;
    this.sinceMark += length;
  }

  private store(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const whole = this.kept === 0 ? extentAt(bytes, start, end) : null;
    const due = whole === null ? 0 : Math.min(whole.end - start, this.most, MOST_TRUSTED);
    this.makeRoom(Math.max(this.kept + length, due));
    if (length < 64) for (let i = 0; i < length; i++) this.buffer[this.kept + i] = bytes[start + i]!;
    else this.buffer.set(bytes.subarray(start, end), this.kept);
    this.kept += length;
    if (this.sparse && this.kept >= this.look) this.leaveOut();
  }

  private leaveOut(): void {
    const next = ++this.looks > MOST_LOOKS ? Number.POSITIVE_INFINITY : unread(this.buffer, this.kept);
    if (typeof next === 'number') this.look = next;
    else {
      this.left.push(next);
      this.look = next.to + 1;
    }
  }

  private makeRoom(size: number): void {
    const { buffer } = this;
    if (size <= buffer.length) return;
    const grown = takeOctets(Math.max(FIRST_BUFFER, buffer.length * 2, size));
    let from = 0;
    for (const stretch of this.left) {
      grown.set(buffer.subarray(from, stretch.from), from);
      from = stretch.to;
    }
    if (from < this.kept) grown.set(buffer.subarray(from, this.kept), from);
    giveOctets(buffer);
    this.buffer = grown;
  }

  /** A synchronization point from the sender. */
  mark(serial: number | null): void {
    this.checkpoints++;
    this.sinceMark = 0;
    if (serial === null) return;
    this.lastSerial = serial;
    // Behind a hole no point has a known place.
    if (this.damaged !== null) return;
    if (this.unconfirmed < MOST_OPEN_MARKS) this.marks.push({ serial, octets: this.octets });
  }

  /** The receiver's acknowledgement: everything up to `serial` (X.225 §7.20, cumulative). */
  confirm(serial: number): void {
    let n = this.acknowledged;
    while (n < this.marks.length && this.marks[n]!.serial <= serial) n++;
    if (n === this.acknowledged) {
      this.confirmed = Math.max(this.confirmed ?? 0, serial);
      return;
    }
    const last = this.marks[n - 1]!;
    this.confirmed = last.serial;
    this.confirmedOctets = last.octets;
    this.acknowledged = n;
    if (n >= 2 * CONFIRMED_MARKS) {
      this.marks.splice(0, n - CONFIRMED_MARKS);
      this.acknowledged = CONFIRMED_MARKS;
    }
  }

  get unconfirmed(): number {
    return this.marks.length - this.acknowledged;
  }

  /**
   * Throw away what lies behind synchronization point `serial`; null for the last one that was confirmed. Damage goes with it, for no point
   * behind a hole is remembered. Of a point that nobody saw or remembers the place is unknown, and so is that of all octets to come.
   */
  rollBack(serial: number | null): void {
    this.sinceMark = 0;
    if (serial === null) return this.shorten(this.confirmedOctets);
    // X.225 §7.27: the next point has the number behind it, and none above it counts any more.
    this.lastSerial = serial === 0 ? null : serial;
    this.confirmed = this.lastSerial;
    const mark = serial === 0 ? START : this.marks.find(m => m.serial === serial);
    if (mark === undefined) this.damaged ??= `resumed from checkpoint ${serial}, which the capture does not show`;
    else {
      this.damaged = null;
      this.shorten(mark.octets);
    }
  }

  /** Throw away what lies behind this many octets. */
  shorten(octets: number): void {
    if (octets >= this.octets) return;
    this.sinceMark = Math.max(0, this.sinceMark - (this.octets - octets));
    this.octets = octets;
    this.kept = Math.min(this.kept, this.octets);
    // What comes again may be something else.
    this.left = this.left.filter(stretch => stretch.from < this.kept);
    this.look = Math.min(this.look, Math.max(FIRST_LOOK, this.kept));
    this.marks = this.marks.filter(m => m.octets <= this.octets);
    this.acknowledged = Math.min(this.acknowledged, this.marks.length);
    this.confirmedOctets = Math.min(this.confirmedOctets, this.octets);
    if (this.origin !== null) {
      const cut = new Origin();
      cut.join(0, this.origin, 0, this.kept);
      this.origin = cut;
    }
  }

  /** What is kept of the APDU: all of it when `whole`, but for what was left out, whose octets are anything. */
  get apdu(): Uint8Array {
    this.makeRoom(this.kept);
    return this.buffer.subarray(0, this.kept);
  }

  /** Octets of memory that it takes. */
  get held(): number {
    return this.left.reduce((held, { from, to }) => held - (Math.min(to, this.kept) - from), this.kept);
  }

  get whole(): boolean {
    return this.kept === this.octets;
  }

  get provenance(): Origin | null {
    return this.origin;
  }

  /** Octets of the whole APDU as its outermost length says; null for an indefinite length, or when too little has come. */
  total(): number | null {
    if (this.damaged !== null) return null;
    const total = extentAt(this.buffer, 0, this.kept)?.end ?? 0;
    return total >= this.octets && total > 0 ? total : null;
  }

  /** Frees the octets; the numbers stay. */
  release(): void {
    this.most = 0;
    giveOctets(this.buffer);
    this.buffer = NONE;
    this.kept = 0;
    this.left = [];
    this.origin = null;
    this.marks = [];
    this.acknowledged = 0;
  }
}
