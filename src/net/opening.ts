import type { Sighting } from '../model/tsdu.ts';
import { ACK, FIN, RST, type Segment, SYN } from './segment.ts';

/** SYNs that are kept here: more than any stack repeats. */
const MOST_SYNS = 16;

/**
 * A connection of which nothing was seen but its SYN, once or again. Most of a scan or a flood never gets further, and waits for the end
 * of the capture: what it may become would take twenty times as much.
 */
export class Opening {
  readonly kind = 'opening';
  readonly id: number;
  readonly folded = false;
  readonly family: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Of the first SYN. */
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly seq: number;
  readonly scale: number;
  count = 1;
  /** SYNs whose checksum fits. */
  sound: number;
  /** Frame, seconds and nanoseconds of each further SYN. */
  private more: number[] | null = null;

  constructor(id: number, s: Segment, sound: boolean) {
    this.id = id;
    this.family = s.family;
    this.source = s.source;
    this.destination = s.destination;
    this.sourcePort = s.sourcePort;
    this.destinationPort = s.destinationPort;
    this.frame = s.frame;
    this.sec = s.sec;
    this.nsec = s.nsec;
    this.seq = s.seq;
    this.scale = s.scale;
    this.sound = sound ? 1 : 0;
  }

  /** A SYN without anything else. */
  static isOne({ flags, length }: Segment): boolean {
    return (flags & (SYN | ACK | RST | FIN)) === SYN && length === 0;
  }

  /** Takes the same SYN again; false for anything else. */
  repeats(s: Segment, fits: (s: Segment) => boolean): boolean {
    const same = Opening.isOne(s) && s.seq === this.seq && s.source === this.source && s.sourcePort === this.sourcePort;
    if (!same || this.count === MOST_SYNS) return false;
    this.count++;
    if (fits(s)) this.sound++;
    this.more ??= [];
    this.more.push(s.frame, s.sec, s.nsec);
    return true;
  }

  *syns(): Generator<Sighting> {
    yield { frame: this.frame, time: { sec: this.sec, nsec: this.nsec } };
    const { more } = this;
    if (more === null) return;
    for (let i = 0; i < more.length; i += 3) {
      yield { frame: more[i]!, time: { sec: more[i + 1]!, nsec: more[i + 2]! } };
    }
  }
}
