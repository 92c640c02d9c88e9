import { equalOctets, giveOctets, takeOctets } from '../base/octets.ts';
import type { Origin, Piece } from '../model/origin.ts';
import type { Sighting } from '../model/tsdu.ts';

/** Octets behind the reader that stay, so that a retransmission's content can be compared with what was received. */
const HISTORY = 8192;
const FIRST_BUFFER = 1024;
const BULK_BUFFER = 32_768;
/** Numbers that describe a piece. */
const PIECE = 6;
/** Pieces that are kept though their octets have left the window. */
const MOST_PIECES = 64;
const EMPTY = new Uint8Array(0);

/**
 * The octets of one direction that its reader still needs, or that repeated ones are compared with: positions `base`…`end`, one behind
 * the other in `buffer`, and where each was captured.
 *
 * Positions are offsets from the first octet after the SYN (or from the first octet seen when there was none), as doubles: they do
 * not wrap. Each octet is copied once, into the window.
 */
export class OctetWindow {
  /** First position behind the contiguous octets. */
  end = 0;
  /** Position of `buffer[0]`. */
  base = 0;
  buffer: Uint8Array = EMPTY;
  /** The reader needs octets from here on; the window may drop what is before. */
  keep = 0;
  /**
   * Where the octets of the window stand: for each piece its position, its frame, its place in that, and the time and the frame of its
   * segment, which is another one where fragments were put together.
   */
  private pieces: number[] = [];

  /**
   * Puts `length` octets of `b` from `start` on behind the others. `frame` and the time are those of their segment; they stand at
   * `frameOffset` of that frame, or where `origin` says (positions as in `b`).
   */
  append(
    b: Uint8Array,
    start: number,
    length: number,
    frame: number,
    frameOffset: number,
    origin: Origin | null,
    sec: number,
    nsec: number,
  ): void {
    if (length === 0) return;
    const at = this.end - this.base;
    if (at + length > this.buffer.length) this.makeRoom(length);
    const to = this.end - this.base;
    const buffer = this.buffer;
    if (length < 48) for (let i = 0; i < length; i++) buffer[to + i] = b[start + i]!;
    else buffer.set(start === 0 && length === b.length ? b : b.subarray(start, start + length), to);
    if (origin === null) this.pieces.push(this.end, frame, frameOffset, sec, nsec, frame);
    else {
      let position = this.end;
      for (const p of origin.locate(start, start + length)) {
        this.pieces.push(position, p.frame, p.offset, sec, nsec, frame);
        position += p.length;
      }
    }
    this.end += length;
  }

  /** Octets are missing behind the last ones: it goes on behind them, with nothing in it. */
  skip(length: number): void {
    this.end += length;
    this.base = this.end;
    this.keep = this.end;
    this.pieces.length = 0;
  }

  /** Whether octets of `b` are others than those that the window still holds from `position` on. */
  differs(position: number, b: Uint8Array, start: number, length: number): boolean {
    const skip = Math.max(0, this.base - position);
    return length > skip && !equalOctets(this.buffer, position + skip - this.base, b, start + skip, length - skip);
  }

  /** Nothing much will follow: a small buffer holds what is still needed, where that is little. */
  shrink(): void {
    const from = this.windowStart();
    const live = this.end - from;
    if (this.buffer.length <= HISTORY || live > HISTORY) return;
    const small = takeOctets(live);
    small.set(this.buffer.subarray(from - this.base, from - this.base + live));
    giveOctets(this.buffer);
    this.buffer = small;
    this.base = from;
    this.dropPieces(from);
  }

  /** Gives the buffer back. */
  release(): void {
    giveOctets(this.buffer);
    this.buffer = EMPTY;
    this.base = this.end;
    this.pieces = [];
  }

  /** Where positions `from`…`to` were captured; only what the window still holds. */
  locate(from: number, to: number): Piece[] {
    const out: Piece[] = [];
    const { pieces } = this;
    for (let i = this.pieceIndex(from); i >= 0 && i < pieces.length && pieces[i]! < to; i += PIECE) {
      const at = pieces[i]!;
      const start = Math.max(from, at);
      const end = Math.min(to, i + PIECE < pieces.length ? pieces[i + PIECE]! : this.end);
      if (end > start) {
        out.push({
          frame: pieces[i + 1]!,
          offset: pieces[i + 2]! + start - at,
          length: end - start,
        });
      }
    }
    return out;
  }

  /** The frame whose segment brought the octet at `position`, 0 when the window no longer knows. */
  frameAt(position: number): number {
    const i = this.pieceIndex(position);
    return i < 0 ? 0 : this.pieces[i + 5]!;
  }

  /** The frame whose segment brought the last of positions `from`…`to` that the window still holds; null when it holds none. */
  arrival(from: number, to: number): Sighting | null {
    const { pieces } = this;
    let last = -1;
    for (let i = Math.max(0, this.pieceIndex(from)); i < pieces.length && pieces[i]! < to; i += PIECE)
      if (last < 0 || pieces[i + 5]! > pieces[last + 5]!) last = i;
    if (last < 0) return null;
    return { frame: pieces[last + 5]!, time: { sec: pieces[last + 3]!, nsec: pieces[last + 4]! } };
  }

  /** From here on octets are needed, by the reader or to be compared with repeated ones. */
  private windowStart(): number {
    return Math.max(this.base, Math.min(this.keep, this.end - HISTORY));
  }

  /** Slide the window, or enlarge it when the reader still needs most of it. */
  private makeRoom(length: number): void {
    const from = this.windowStart();
    const live = this.end - from;
    const needed = live + length;
    const shift = from - this.base;
    if (needed * 2 <= this.buffer.length || (this.buffer.length >= 65536 && needed <= this.buffer.length)) {
      if (shift > 0) this.buffer.copyWithin(0, shift, shift + live);
    } else {
      // Whoever outgrows the first buffer sends in bulk.
      let size = this.buffer.length === 0 ? FIRST_BUFFER : Math.max(BULK_BUFFER, this.buffer.length);
      while (size < needed * 2 && (size < 65536 || size < needed)) size *= 2;
      const larger = takeOctets(size);
      if (live > 0) larger.set(this.buffer.subarray(shift, shift + live));
      giveOctets(this.buffer);
      this.buffer = larger;
    }
    this.base = from;
    this.dropPieces(from);
  }

  /** Forgets the pieces before `from`, many at a time: to move the others up costs more than to keep some. */
  private dropPieces(from: number): void {
    if (this.pieces.length < MOST_PIECES * PIECE) return;
    const keep = this.pieceIndex(from);
    if (keep <= 0) return;
    this.pieces.splice(0, keep);
  }

  /** Where in `pieces` the last one stands that begins at `position` or before; negative when none does. */
  private pieceIndex(position: number): number {
    const { pieces } = this;
    let low = 0;
    let high = pieces.length / PIECE;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (pieces[mid * PIECE]! <= position) low = mid + 1;
      else high = mid;
    }
    return (low - 1) * PIECE;
  }
}
