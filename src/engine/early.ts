import { compareStamps, type Sighting } from '../model/tsdu.ts';

/** Frames of one direction that wait at most; more would tell nothing new. */
const MOST = 64;

/**
 * Data of one side that came before the CR or CC of the other was read. That this was not sent yet is known only from what the other
 * side is seen to say next: its octets may be missing in the capture, or be handed up late (docs/adr/0021).
 */
export class EarlyData {
  private waiting: (Sighting & { readonly detail: string })[] = [];
  private readonly tell: (frame: number, detail: string) => void;

  constructor(tell: (frame: number, detail: string) => void) {
    this.tell = tell;
  }

  add(at: Sighting, detail: string): void {
    if (this.waiting.length < MOST) this.waiting.push({ ...at, detail });
  }

  /** The first thing that the other side says, with nothing missing before it: what was sent earlier came too early. */
  answered(at: Sighting, connects: boolean): void {
    const later = (early: Sighting) => at.frame > early.frame && compareStamps(at.time, early.time) >= 0;
    for (const early of this.waiting) if (later(early)) this.tell(early.frame, early.detail);
    this.waiting = connects ? [] : this.waiting.filter(early => !later(early));
  }

  /** The other side ended, and all that it said is known: it never sent CR or CC. */
  never(): void {
    for (const { frame, detail } of this.waiting) this.tell(frame, detail);
    this.waiting = [];
  }

  /** What the other side said may be missing. */
  forget(): void {
    this.waiting = [];
  }
}
