/** Octets of packets that wait for a time, at most. */
const MOST_OCTETS = 1 << 20;

/** A packet without a time, as a reader hands it over; `at` is where its record begins. */
interface TimelessFrame {
  readonly no: number;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
}

/** Packets without a time before the first that has one. They were captured no later than that: here they wait for it. */
export class Timeless {
  /** False once a time is known, or too many wait for one. */
  waiting = true;
  private frames: TimelessFrame[] = [];
  private octets = 0;

  /** Keeps a packet. True when no more should wait. */
  add(frame: TimelessFrame): boolean {
    this.frames.push(frame);
    this.octets += frame.bytes.length;
    return this.octets > MOST_OCTETS;
  }

  /** Those that wait, in order; no more will. */
  take(): readonly TimelessFrame[] {
    const { frames } = this;
    this.waiting = false;
    this.frames = [];
    return frames;
  }
}
