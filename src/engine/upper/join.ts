import { Origin } from '../../model/origin.ts';
import type { UserData } from './osi.ts';

/** Joins pieces of octets that arrive one by one, with their origin. */
export class Join {
  private readonly pieces: Uint8Array[] = [];
  private length = 0;
  private origin: Origin | null = null;

  add(bytes: Uint8Array, start: number, end: number, origin: Origin | null): void {
    if (origin !== null) {
      this.origin ??= new Origin();
      this.origin.join(this.length, origin, start, end);
    }
    this.pieces.push(bytes.slice(start, end));
    this.length += end - start;
  }

  /** Everything, at most `most` octets of it. */
  whole(most: number): UserData {
    const bytes = new Uint8Array(Math.min(this.length, most));
    let at = 0;
    for (const piece of this.pieces) {
      if (at >= bytes.length) break;
      bytes.set(piece.subarray(0, bytes.length - at), at);
      at += piece.length;
    }
    return { bytes, start: 0, end: bytes.length, origin: this.origin };
  }
}
