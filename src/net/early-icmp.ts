import type { Unreachable } from './icmp.ts';
import type { Segment } from './segment.ts';

/** SYNs that are waited for, the newest, and messages about each: more than any stack repeats. */
const MOST_SYNS = 64;
const MOST_MESSAGES = 16;
/** How long a connect is tried, at most: longer apart, another one has the number. */
const SECONDS = 75;

/**
 * ICMP messages about SYNs that are still to come. Where two threads wrote a file a message may stand before its SYN, and a capture may
 * begin between a SYN and its repetition.
 */
export class EarlyMessages {
  /** By the sequence number that they quote. */
  private readonly bySeq = new Map<number, Unreachable[]>();

  /** Keeps a copy. */
  add(m: Unreachable): void {
    const same = this.bySeq.get(m.seq);
    if (same !== undefined) {
      if (same.length < MOST_MESSAGES) same.push({ ...m });
      return;
    }
    if (this.bySeq.size === MOST_SYNS) this.bySeq.delete(this.bySeq.keys().next().value!);
    this.bySeq.set(m.seq, [{ ...m }]);
  }

  /** Whether a message may be about a SYN with this number. */
  has(seq: number): boolean {
    return this.bySeq.has(seq);
  }

  /** Those about this SYN, in the order in which they came; nobody gets them again. */
  take(s: Segment): readonly Unreachable[] {
    const list = this.bySeq.get(s.seq)!;
    this.bySeq.delete(s.seq);
    return list.filter(
      m =>
        m.family === s.family &&
        m.source === s.source &&
        m.destination === s.destination &&
        m.sourcePort === s.sourcePort &&
        m.destinationPort === s.destinationPort &&
        Math.abs(m.sec - s.sec) <= SECONDS,
    );
  }
}
