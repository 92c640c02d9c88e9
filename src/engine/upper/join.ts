import { InternalLimit } from '../../base/limits.ts';
import { Origin } from '../../model/origin.ts';
import type { Spdu } from '../../osi/session.ts';
import type { UserData } from './osi.ts';

/** Room for what begins to be joined. */
const FIRST_ROOM = 4096;

export interface FirstSegment {
  readonly spdu: Spdu;
  readonly bytes: Uint8Array;
}

/** Joins pieces of octets that arrive one by one, with their origin; `InternalLimit.ssduBytes` of them at most. */
export class Join {
  /** More came than is kept: nothing of it is. */
  overflowed = false;
  private bytes = new Uint8Array(FIRST_ROOM);
  private length = 0;
  private origin: Origin | null = null;
  /** The first segment, which alone has the parameters, in octets of its own; null where none count. */
  readonly first: FirstSegment | null;

  constructor(first: FirstSegment | null = null) {
    this.first = first;
  }

  /** False when the limit is reached with these octets; what comes later is passed over. */
  add(bytes: Uint8Array, start: number, end: number, origin: Origin | null): boolean {
    if (this.overflowed) return true;
    const length = this.length + end - start;
    if (length > InternalLimit.ssduBytes) {
      this.overflowed = true;
      this.bytes = new Uint8Array(0);
      this.origin = null;
      return false;
    }
    if (length > this.bytes.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(bytes.subarray(start, end), this.length);
    if (origin !== null) {
      this.origin ??= new Origin();
      this.origin.join(this.length, origin, start, end);
    }
    this.length = length;
    return true;
  }

  /** Everything, once nothing is to come; null beyond the limit. */
  whole(): UserData | null {
    if (this.overflowed) return null;
    return { bytes: this.bytes, start: 0, end: this.length, origin: this.origin };
  }
}
