import type { Direction } from '../model/finding.ts';
import { compareStamps, type Sighting } from '../model/tsdu.ts';
import type { TpduType } from '../osi/cotp.ts';

/** Frames of one direction that wait at most; more would tell nothing new. */
const MOST = 64;

/** What the capture holds of one side of the connection. */
export interface Heard {
  /** Nothing is missing before the last that came. */
  readonly anchored: boolean;
  /** Any frame of it. */
  readonly present: boolean;
}

/**
 * Which side sent its CR or CC, and what was sent before both were through (X.224 6.5). What a side left out itself is certain. That the
 * CR or CC of the other was not sent yet is known only from what that side is seen to say next: its octets may be missing in the capture,
 * or be handed up late (docs/adr/0021).
 */
export class ConnectOrder {
  private readonly connected: [boolean, boolean] = [false, false];
  /** Of each side, what came before the CR or CC of the other was read. */
  private readonly early: [Early[], Early[]] = [[], []];
  private readonly tell: (direction: Direction, frame: number, detail: string) => void;

  constructor(tell: (direction: Direction, frame: number, detail: string) => void) {
    this.tell = tell;
  }

  /** The next TPDU, which `own` sent in this direction. Once both have connected there is nothing to ask any more. */
  see(type: TpduType, direction: Direction, at: Sighting, own: Heard, other: Heard): void {
    const peer = direction === 0 ? 1 : 0;
    const connects = type === 'CR' || type === 'CC';
    if (!this.connected[direction]) {
      if (own.anchored) this.answered(peer, at, connects);
      else this.early[peer] = [];
    }
    if (connects) this.connected[direction] = true;
    if (connects || type === 'DR' || type === 'ER' || !own.anchored) return;
    const detail = `${type} before CR and CC`;
    // What only one side sent proves nothing about what the other answered.
    if (!this.connected[direction] || this.connected[peer]) {
      if (other.present) this.tell(direction, at.frame, detail);
    } else if (other.anchored && this.early[direction].length < MOST) this.early[direction].push({ ...at, detail });
  }

  /** The CR of another transport connection on the same network connection. */
  begin(direction: Direction): void {
    this.connected[0] = direction === 0;
    this.connected[1] = direction === 1;
  }

  /** The first thing that the other side says, with nothing missing before it: what was sent earlier came too early. */
  private answered(direction: Direction, at: Sighting, connects: boolean): void {
    const later = (early: Sighting) => at.frame > early.frame && compareStamps(at.time, early.time) >= 0;
    const waiting = this.early[direction];
    for (const early of waiting) if (later(early)) this.tell(direction, early.frame, early.detail);
    this.early[direction] = connects ? [] : waiting.filter(early => !later(early));
  }

  /** The other side ended, and all that it said is known: it never sent CR or CC. */
  never(direction: Direction): void {
    for (const { frame, detail } of this.early[direction]) this.tell(direction, frame, detail);
    this.early[direction] = [];
  }
}

type Early = Sighting & { readonly detail: string };
