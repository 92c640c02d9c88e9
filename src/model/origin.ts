/** A run of octets as they stand in one captured frame: `frame` is 1-based, `offset` counts from the frame's first octet. */
export interface Piece {
  readonly frame: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Where the octets of a joined byte space (a TCP direction, a TSDU, an SSDU, an APDU) were captured.
 *
 * Every piece says "from position `at`, `length` octets stand in frame `frame` at `offset`". A join copies octets once and
 * appends pieces that already point at frames, so a look-up never chains through layers.
 */
export class Origin {
  private readonly at: number[] = [];
  private readonly frames: number[] = [];
  private readonly offsets: number[] = [];
  private readonly lengths: number[] = [];

  add(at: number, frame: number, offset: number, length: number): void {
    if (length <= 0) return;
    const last = this.at.length - 1;
    if (
      last >= 0 &&
      this.frames[last] === frame &&
      this.at[last]! + this.lengths[last]! === at &&
      this.offsets[last]! + this.lengths[last]! === offset
    ) {
      this.lengths[last]! += length;
      return;
    }
    this.at.push(at);
    this.frames.push(frame);
    this.offsets.push(offset);
    this.lengths.push(length);
  }

  /** The pieces that hold positions `from` (inclusive) to `to` (exclusive), in order of position. */
  locate(from: number, to: number): Piece[] {
    const out: Piece[] = [];
    for (let i = this.firstAt(from); i < this.at.length && this.at[i]! < to; i++) {
      const start = Math.max(from, this.at[i]!);
      const end = Math.min(to, this.at[i]! + this.lengths[i]!);
      if (end <= start) continue;
      out.push({ frame: this.frames[i]!, offset: this.offsets[i]! + start - this.at[i]!, length: end - start });
    }
    return out;
  }

  /** Append what `from`…`to` of `other` holds, so that it begins at position `at` here. */
  join(at: number, other: Origin, from: number, to: number): void {
    for (let i = other.firstAt(from); i < other.at.length && other.at[i]! < to; i++) {
      const start = Math.max(from, other.at[i]!);
      const end = Math.min(to, other.at[i]! + other.lengths[i]!);
      if (end > start)
        this.add(at + start - from, other.frames[i]!, other.offsets[i]! + start - other.at[i]!, end - start);
    }
  }

  private firstAt(position: number): number {
    let low = 0;
    let high = this.at.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.at[mid]! + this.lengths[mid]! <= position) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

/** The origin of `size` octets at `from`, for a copy that begins at 0. */
export function rebased(origin: Origin, from: number, size: number): Origin {
  const out = new Origin();
  out.join(0, origin, from, from + size);
  return out;
}
