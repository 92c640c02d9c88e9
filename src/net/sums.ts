import { checksumFits, checksumIsLeft } from './checksum.ts';
import { isWhole, type Segment } from './segment.ts';

/**
 * What the checksums of one sender tell. A wrong one means damage only where others of it fit: captures at a sender with checksum offload
 * show wrong ones throughout.
 */
export class Sums {
  /** Segments whose checksum fits, and those whose does not; no more are counted once the peer took one of the latter. */
  sound = 0;
  bad = 0;
  tell = true;
  private readonly addresses: number;

  /** @param addresses what the two addresses add to a checksum */
  constructor(addresses: number) {
    this.addresses = addresses;
  }

  /** Whether a checksum that does not fit means damage. */
  get matter(): boolean {
    return this.tell && this.sound > 0 && this.bad <= 8 + (this.sound >> 2);
  }

  /** Counts a segment. Whether it may be damaged: its checksum does not fit, where others of its sender do. */
  wrong(s: Segment): boolean {
    if (!this.tell || !isWhole(s)) return false;
    if (checksumFits(s, this.addresses)) {
      this.sound++;
      return false;
    }
    if (checksumIsLeft(s, this.addresses)) return false;
    this.bad++;
    return this.matter;
  }

  /** The same of a segment that nobody merges and no answer tells of, which is not counted. */
  misfits(s: Segment): boolean {
    return this.matter && misfits(s, this.addresses);
  }
}

/** Whether the checksum of a segment that is there as a whole is wrong, other than one that was left to the hardware. */
export function misfits(s: Segment, addresses: number): boolean {
  return isWhole(s) && !checksumFits(s, addresses) && !checksumIsLeft(s, addresses);
}
