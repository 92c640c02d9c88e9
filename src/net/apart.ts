import { copyOf, type Segment } from './segment.ts';

const MOST_OCTETS = 1 << 18;
/** More than a sender has on its way without an answer, where windows are not scaled. */
const WINDOW = 1 << 16;
const MOST_SEGMENTS = 256;

/**
 * Segments of one direction from beyond the window of their receiver, in order of arrival. They are old or forged, unless the peer
 * acknowledges them before the stream has reached them: then the capture lacks what moved the window.
 */
export class Apart {
  private waiting: Segment[] = [];
  private octets = 0;
  /** Frames that the receiver had sent when the last of them came; how many came since the last of those, and their octets. */
  private heard = 0;
  private unheard = 0;
  private unheardOctets = 0;

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  get full(): boolean {
    return this.octets > MOST_OCTETS || this.waiting.length >= MOST_SEGMENTS;
  }

  /** @param heard frames that the receiver has sent by now */
  add(s: Segment, heard: number): void {
    if (heard !== this.heard) this.unheard = this.unheardOctets = 0;
    this.heard = heard;
    this.unheard++;
    this.unheardOctets += s.length;
    this.waiting.push(copyOf(s));
    this.octets += s.length;
  }

  /**
   * Whether the acknowledgements that moved the window are not in the capture: nobody sends so much to a receiver that says nothing, and
   * a receiver answers what it ignores (RFC 9293 3.10.7.4).
   */
  get isUnanswered(): boolean {
    return this.unheardOctets > WINDOW;
  }

  /** All that wait: what the receiver has let pass without a word for it, and what nothing of it follows. */
  parted(): readonly [ignored: Segment[], unheard: Segment[]] {
    const from = this.waiting.length - this.unheard;
    return [this.waiting.slice(0, from), this.waiting.slice(from)];
  }

  /** Takes out all that wait, or those that end at `acked` or before. */
  take(acked: number | null = null): Segment[] {
    const known = ({ seq, length }: Segment) => acked === null || ((acked - seq - length) | 0) >= 0;
    const out = this.waiting.filter(known);
    this.waiting = this.waiting.filter(s => !known(s));
    this.octets = this.waiting.reduce((sum, s) => sum + s.length, 0);
    this.unheard = this.unheardOctets = 0;
    return out;
  }
}
