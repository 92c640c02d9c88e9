import type { Direction } from '../model/finding.ts';
import type { Fault } from '../model/tsdu.ts';
import type { CotpFault } from '../osi/cotp.ts';

/** What rests on where the TPKT ends, so that a false length of it is behind it. */
const BY_THE_LENGTH: ReadonlySet<string> = new Set([
  'cotp.class0-user-data',
  'cotp.concatenation',
  'cotp.dt-too-large',
  'cotp.ed-length',
  'cotp.user-data-length',
]);

/** Faults of TPDUs on their way out: those that rest on the length of their TPKT wait for the next one of the same direction. */
export class DoubtedFaults {
  private waiting: Fault[] = [];
  private readonly tell: (fault: Fault) => void;

  constructor(tell: (fault: Fault) => void) {
    this.tell = tell;
  }

  /** What was found in a TPKT that `frame` completed. */
  raise(faults: readonly CotpFault[], direction: Direction, frame: number): void {
    for (const { code, detail } of faults) {
      const fault = { code, direction, frame, detail };
      if (BY_THE_LENGTH.has(code)) this.waiting.push(fault);
      else this.tell(fault);
    }
  }

  /** The next TPKT of this direction follows where the last one ends, or nothing does. */
  release(direction: Direction): void {
    if (this.waiting.length === 0) return;
    for (const fault of this.waiting) if (fault.direction === direction) this.tell(fault);
    this.drop(direction);
  }

  /** The last TPKT of this direction is shorter than it says. */
  drop(direction: Direction): void {
    this.waiting = this.waiting.filter(fault => fault.direction !== direction);
  }
}
