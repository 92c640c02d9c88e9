import type { Direction } from '../../model/finding.ts';
import { compareStamps, type Fault, type Stamp, type Tsdu } from '../../model/tsdu.ts';
import type { Surroundings } from './types.ts';

/** Faults that wait for the other side's next TSDU, at most. */
const MOST_WAITING = 64;

/**
 * The faults of one association on their way out.
 *
 * A fault that rests on what the other side did not send has to wait: its octets may be lost without anybody knowing yet, or be handed
 * up late. The next TSDU from there proves that nothing is missing in between.
 */
export class WaitingFaults {
  private readonly around: Surroundings;
  private waiting: (Fault & { readonly time: Stamp })[] = [];
  private readonly seen: [boolean, boolean] = [false, false];

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** @param time when it happened, as far as the capture has come */
  raise(fault: Fault, onPeer: boolean, time: Stamp): void {
    if (!onPeer) this.tell(fault);
    else if (this.waiting.length < MOST_WAITING) this.waiting.push({ ...fault, time });
  }

  /** A TSDU of this direction is at hand, and nothing before it is missing: what waited for that is told, or was too hasty. */
  arrived(t: Tsdu): void {
    this.seen[t.direction] = true;
    if (this.waiting.length === 0) return;
    const rest: typeof this.waiting = [];
    for (const fault of this.waiting) {
      if (fault.direction === t.direction) rest.push(fault);
      else if (!t.late && t.lastFrame >= fault.frame && compareStamps(t.time, fault.time) >= 0) this.tell(fault);
    }
    this.waiting = rest;
  }

  /** Octets of this direction were lost: they may have held what was missed. */
  gap(direction: Direction): void {
    this.waiting = this.waiting.filter(fault => fault.direction === direction);
  }

  /** Both sides closed their directions: what the other side sent is all there, if anything of it was ever seen. */
  closed(): void {
    for (const fault of this.waiting) if (this.seen[fault.direction === 0 ? 1 : 0]) this.tell(fault);
    this.waiting = [];
  }

  private tell({ code, direction, frame, detail }: Fault): void {
    this.around.sink.fault(this.around.stream, { code, direction, frame, detail });
  }
}
