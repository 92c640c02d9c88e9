import { InternalLimit } from '../base/limits.ts';
import { giveOctets, takeOctets } from '../base/octets.ts';
import { Origin } from '../model/origin.ts';
import type { OctetWindow } from '../net/window.ts';

const EMPTY = new Uint8Array(0);
/** Room for the TSDUs of most stacks, so that they need not move. */
const FIRST_ROOM = 16_384;

/** The octets of one direction and where they were captured; the other numbers are stream offsets, or indices of `buffer`. */
export type Window = Pick<OctetWindow, 'base' | 'buffer' | 'frameAt' | 'locate'>;

/**
 * The TSDUs of one direction, put together from DT TPDUs (X.224 6.3). One that a single TPDU brings is none of this: it is taken from the
 * window as it stands.
 */
export class Assembly {
  /** TSDUs whose end has come, whole or not. */
  ended = 0;
  /** Where the TPKT begins that brought the last of these ends; -1 before the first. */
  lastEnd = -1;
  /** A TSDU has begun whose end has not come. */
  open = false;
  /** Octets of it are missing, or it is too long to keep: it will not be handed up. */
  damaged = false;
  /** What has come of it. */
  bytes: Uint8Array = EMPTY;
  length = 0;
  firstFrame = 0;
  origin: Origin | null = null;
  private readonly withOrigin: boolean;

  constructor(withOrigin: boolean) {
    this.withOrigin = withOrigin;
  }

  /** The TPKT at `position` brings the end of a TSDU. */
  end(position: number): void {
    this.ended++;
    this.lastEnd = position;
  }

  /**
   * Indices `from`…`to` of the window, from the TPKT at `position`, go on with the TSDU, or begin it. Returns false when the limit is
   * reached: the octets are then given up.
   */
  append(window: Window, position: number, from: number, to: number): boolean {
    if (!this.open) {
      this.open = true;
      this.firstFrame = window.frameAt(position);
      this.origin = this.withOrigin ? new Origin() : null;
    }
    const length = to - from;
    if (this.damaged || length <= 0) return true;
    if (this.length + length > InternalLimit.tsduBytes) {
      this.damaged = true;
      this.release();
      return false;
    }
    if (this.length + length > this.bytes.length) {
      const larger = takeOctets(Math.max(FIRST_ROOM, (this.length + length) * 2));
      if (this.length > 0) larger.set(this.bytes.subarray(0, this.length));
      giveOctets(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(window.buffer.subarray(from, to), this.length);
    this.origin?.join(this.length, originOf(window, from, to), 0, length);
    this.length += length;
    return true;
  }

  /** Octets from `from` on are missing in the TPKT at `position`, or in what it belongs to. */
  damage(window: Window, position: number, from: number): void {
    const index = position - window.base;
    const b = window.buffer;
    // Where its DT header says EOT, the TSDU ends with this TPKT: the next one is whole.
    if (from - position >= 7 && b[index + 4] === 2 && b[index + 5] === 0xf0 && b[index + 6] === 0x80) this.drop();
    else {
      this.open = true;
      this.damaged = true;
    }
  }

  /** Nobody needs what was put together so far: it was handed up, or is of no use. */
  drop(): void {
    this.release();
    this.open = false;
    this.damaged = false;
    this.origin = null;
  }

  private release(): void {
    giveOctets(this.bytes);
    this.bytes = EMPTY;
    this.length = 0;
  }
}

/** The provenance of window octets `from`…`to`, for a copy that begins at 0. */
export function originOf(window: Window, from: number, to: number): Origin {
  const origin = new Origin();
  let at = 0;
  for (const piece of window.locate(window.base + from, window.base + to)) {
    origin.add(at, piece.frame, piece.offset, piece.length);
    at += piece.length;
  }
  return origin;
}
