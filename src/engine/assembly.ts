import { InternalLimit } from '../base/limits.ts';
import { giveOctets, takeOctets } from '../base/octets.ts';
import { Origin } from '../model/origin.ts';
import type { Half } from '../net/half.ts';

const EMPTY = new Uint8Array(0);
/** Room for the TSDUs of most stacks, so that they need not move. */
const FIRST_ROOM = 16_384;

/** A TSDU that is being put together from DT TPDUs (X.224 6.3). */
export class Assembly {
  bytes: Uint8Array = EMPTY;
  length = 0;
  /** Octets of it are missing, or it is too long to keep: it will not be handed up. */
  damaged: boolean;
  readonly firstFrame: number;
  readonly origin: Origin | null;

  constructor(firstFrame: number, withOrigin: boolean, damaged = false) {
    this.firstFrame = firstFrame;
    this.origin = withOrigin ? new Origin() : null;
    this.damaged = damaged;
  }

  /** Append octets `from`…`to` of the window. Returns false when the limit is reached: the octets are then given up. */
  append(half: Half, from: number, to: number): boolean {
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
    this.bytes.set(half.buffer.subarray(from, to), this.length);
    this.origin?.join(this.length, originOf(half, from, to), 0, length);
    this.length += length;
    return true;
  }

  /** Give the buffer back: nobody reads it any more. */
  release(): void {
    giveOctets(this.bytes);
    this.bytes = EMPTY;
  }
}

/** The provenance of window octets `from`…`to`, for a copy that begins at 0. */
export function originOf(half: Half, from: number, to: number): Origin {
  const origin = new Origin();
  let at = 0;
  for (const piece of half.locate(half.base + from, half.base + to)) {
    origin.add(at, piece.frame, piece.offset, piece.length);
    at += piece.length;
  }
  return origin;
}
