import { OVERHEAD } from './held.ts';
import { copyOf, FIN, type Segment } from './segment.ts';

/** Octets of memory that may wait in any case, and of a window those that are waited for: beyond what systems give one connection. */
const LEAST_ROOM = 1 << 18;
const MOST_WINDOW = 1 << 24;

interface Waiting {
  readonly segment: Segment;
  /** Octets that it came with; the segment loses those that come again. */
  readonly length: number;
  readonly doubtful: boolean;
  /** Some of its octets came again. */
  repeated: boolean;
}

/** A segment that its receiver dropped. */
export interface Dropped {
  readonly frame: number;
  readonly length: number;
}

/**
 * The segments of one direction from one with a wrong checksum on, in order of arrival, until it is known whether its receiver took it.
 *
 * It did not where the octets come again before they are acknowledged: the segment was damaged on the wire (RFC 9293 3.1). Where
 * they are acknowledged first, the checksum says nothing: segments that a host merged, or had not finished when they were captured
 * (segmentation and checksum offload), have none that fits.
 */
export class Doubt {
  private waiting: Waiting[] = [];
  /** Those of them that may be damaged: few, and asked about for each segment that comes. */
  private doubtful: Waiting[] = [];
  private size = 0;

  /** Whether nothing is left to be waited for. */
  get settled(): boolean {
    return this.doubtful.length === 0;
  }

  /** Whether more waits than a sender may send before an answer. `window`: what the receiver would take; its segments take room beside. */
  isFull(window: number): boolean {
    return this.size > Math.max(LEAST_ROOM, 2 * Math.min(window, MOST_WINDOW));
  }

  /** @param lacking of a doubtful segment: the sequence numbers that have not arrived before; null for one that only waits */
  add(s: Segment, lacking: readonly [from: number, to: number] | null): void {
    const segment = copyOf(s);
    if (lacking !== null) shorten(segment, (lacking[0] - s.seq) | 0, (lacking[1] - s.seq) | 0);
    const waiting = { segment, length: s.length, doubtful: lacking !== null, repeated: false };
    this.waiting.push(waiting);
    if (waiting.doubtful) this.doubtful.push(waiting);
    this.size += s.captured + OVERHEAD;
  }

  /** `from`…`to` without what segments with right checksums bring at its beginning and at its end. */
  lacks(from: number, to: number): readonly [from: number, to: number] {
    for (let found = true; found && ((to - from) | 0) > 0; ) {
      found = false;
      for (const { segment, doubtful } of this.waiting) {
        if (doubtful) continue;
        const end = (segment.seq + segment.length) | 0;
        const first = ((from - segment.seq) | 0) >= 0 && ((end - from) | 0) > 0;
        const last = ((to - segment.seq) | 0) > 0 && ((end - to) | 0) >= 0;
        if (first) from = end;
        else if (last) to = segment.seq;
        found ||= first || last;
      }
    }
    return [from, to];
  }

  /** The peer has the octets of the first doubtful segment. */
  acknowledges(ack: number): boolean {
    const first = this.doubtful[0]?.segment;
    return first !== undefined && ((ack - first.seq - first.length) | 0) >= 0;
  }

  /**
   * A segment with a right checksum: what it brings again of doubtful ones, these did not bring, nor what would stand behind its FIN.
   * Returns the ones that go.
   * @param lacks what has not arrived before of the rest of one: an acknowledgement of other octets says nothing about it
   */
  repeats(s: Segment, lacks: (rest: Segment) => readonly [from: number, to: number]): Dropped[] {
    const gone: Dropped[] = [];
    for (const waiting of this.doubtful) {
      const { segment, length } = waiting;
      const ahead = (s.seq - segment.seq) | 0;
      const behind = s.flags & FIN ? Number.POSITIVE_INFINITY : (s.seq + s.length - segment.seq) | 0;
      if (behind <= 0 || ahead >= segment.length) continue;
      waiting.repeated = true;
      if (ahead > 0) shorten(segment, 0, ahead);
      else shorten(segment, Math.min(behind, segment.length), segment.length);
      const [from, to] = lacks(segment);
      const left = Math.max(0, (to - from) | 0);
      const start = left === 0 ? segment.length : (from - segment.seq) | 0;
      shorten(segment, start, start + left);
      if (segment.length === 0) gone.push({ frame: segment.frame, length });
    }
    if (gone.length > 0) this.leave(({ segment }) => segment.length === 0);
    return gone;
  }

  /**
   * Doubtful segments that nobody acknowledged and of which some octets came again, or that have a hole before them: their sequence number
   * may be what was damaged. Returns the ones that go.
   * @param reached whether what was read, or waits elsewhere, ends at this sequence number or behind it
   */
  strays(reached: (seq: number) => boolean): Dropped[] {
    const follows = ({ seq }: Segment) =>
      reached(seq) ||
      this.waiting.some(({ segment: s }) => ((seq - s.seq) | 0) > 0 && ((s.seq + s.length - seq) | 0) >= 0);
    const stray = this.doubtful.filter(({ segment, repeated }) => repeated || !follows(segment));
    if (stray.length > 0) this.leave(waiting => stray.includes(waiting));
    return stray.map(({ segment: { frame }, length }) => ({ frame, length }));
  }

  /** Doubtful segments that go. */
  private leave(goes: (waiting: Waiting) => boolean): void {
    this.waiting = this.waiting.filter(waiting => !waiting.doubtful || !goes(waiting));
    this.doubtful = this.doubtful.filter(waiting => !goes(waiting));
  }

  /** All that waits, in order of arrival. */
  *[Symbol.iterator](): Generator<Segment> {
    for (const { segment } of this.waiting) yield segment;
  }
}

/** Keeps octets `from`…`to` of the payload; a FIN stands behind the last one. */
function shorten(s: Segment, from: number, to: number): void {
  if (to < s.length) s.flags &= ~FIN;
  s.seq = (s.seq + from) | 0;
  s.start += from;
  s.frameOffset += from;
  s.captured = Math.max(0, Math.min(s.captured, to) - from);
  s.length = to - from;
  s.end = s.start + s.captured;
}
