import type { Direction } from '../model/finding.ts';
import type { Fault } from '../model/tsdu.ts';

/**
 * Faults of the last TSDU of each direction. A TPKT that declares more than it carries ends its TSDU with octets of the next one, and
 * that comes out only behind it: what was found wrong with those octets is nothing that was sent.
 */
export class HeldFaults {
  private readonly held = new Map<number, Fault[]>();
  private readonly tell: (stream: number, fault: Fault) => void;
  /** The TSDU that is being read. */
  private stream = -1;
  private direction: Direction = 0;
  private frame = 0;

  constructor(tell: (stream: number, fault: Fault) => void) {
    this.tell = tell;
  }

  add(stream: number, fault: Fault): void {
    const { direction, frame } = fault;
    if (stream !== this.stream || direction !== this.direction || frame !== this.frame) return this.tell(stream, fault);
    const key = stream * 2 + direction;
    const known = this.held.get(key);
    if (known === undefined) this.held.set(key, [fault]);
    else known.push(fault);
  }

  /** A TSDU that `frame` completed is read next: the one before it was framed well. */
  begin(stream: number, direction: Direction, frame: number): void {
    if (this.held.size > 0) this.release(stream, direction);
    this.stream = stream;
    this.direction = direction;
    this.frame = frame;
  }

  /** It has been read. */
  end(): void {
    this.stream = -1;
  }

  /** The last TSDU had octets that are none of it. */
  drop(stream: number, direction: Direction): void {
    this.held.delete(stream * 2 + direction);
  }

  release(stream: number, direction: Direction): void {
    const key = stream * 2 + direction;
    const faults = this.held.get(key);
    if (faults === undefined) return;
    this.held.delete(key);
    for (const fault of faults) this.tell(stream, fault);
  }
}
