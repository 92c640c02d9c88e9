import type { Disturbance } from '../model/finding.ts';
import type { Half } from '../net/half.ts';
import { TPKT_HEADER } from '../osi/tpkt.ts';

/** The framing that the machine sets out with. */
export interface Guide {
  /** Position from which on the framing comes to headers itself, or has to tell whether it does; infinite while it is lost. */
  readonly horizon: number;
  /** Whether a TPKT begins at a position that its search, which wants two in a row, has passed by. */
  overlooks(half: Half, position: number): boolean;
  /** As of `FramingWatcher`. */
  header(position: number, index: number, frame: number, sec: number, nsec: number): boolean;
}

/**
 * The walk of a machine that takes every header at its word. While the framing is sound both read the same headers; after one that
 * cannot be one, the machine goes on from where the last length sends it.
 */
export class MachineWalk {
  /** Where it reads its next header; -1 once that cannot be known. */
  at = 0;
  /**
   * The last TPKT that the machine read where one begins, and whose length led it away from the framing: until both meet again, what it
   * reads follows from there.
   */
  parting: Disturbance | null = null;
  /** Where both met again, and what had parted them: a TPKT before that one led the framing there, not the machine. */
  private met = 0;
  private parted: Disturbance | null = null;
  /** The header that it read last. */
  private from = 0;
  private readonly guide: Guide;

  constructor(guide: Guide) {
    this.guide = guide;
  }

  /** The framing reads the header at `position`: together with the machine, where that is there now. */
  header(position: number, index: number, length: number, frame: number, sec: number, nsec: number): void {
    const now = this.at === position;
    if (this.parting !== null && (now || this.from === position)) {
      this.met = position;
      this.parted = this.parting;
      this.parting = null;
    }
    if (now) this.read(position, index, length, frame, sec, nsec);
  }

  /** What led the machine to the header that it reads together with the framing, to which the TPKT at `previous` led that; -1 when none did. */
  ledBy(half: Half, previous: number, length: number): Disturbance | null {
    if (this.parted !== null && previous < this.met) return this.parted;
    return previous < 0 ? null : partingAt(half, previous, length);
  }

  /** Its own way once it has left the framing, also within a TPKT that is not whole yet. */
  alone(half: Half, frame: number, sec: number, nsec: number): void {
    const { horizon } = this.guide;
    while (this.at >= half.base && this.at + TPKT_HEADER <= half.end && this.at < horizon) {
      // Where the header that it goes on from is that of a TPKT, the one before is not to blame.
      if (this.guide.overlooks(half, this.from)) this.parting = partingAt(half, this.from, this.at - this.from);
      const index = this.at - half.base;
      const length = (half.buffer[index + 2]! << 8) | half.buffer[index + 3]!;
      this.read(this.at, index, length, frame, sec, nsec);
    }
  }

  /** What it would read next is not in the capture. */
  stop(): void {
    this.at = -1;
    this.parted = null;
  }

  private read(position: number, index: number, length: number, frame: number, sec: number, nsec: number): void {
    const taken = this.guide.header(position, index, frame, sec, nsec);
    this.from = position;
    this.at = taken && length >= TPKT_HEADER ? position + length : -1;
  }
}

/** The TPKT at `position` sends the machine astray by its length. */
function partingAt(half: Half, position: number, length: number): Disturbance {
  return { streamOffset: position, declaredLength: length, frame: half.frameAt(position), trueBoundary: null };
}
