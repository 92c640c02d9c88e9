/**
 * Frames as the page carries them: the octets of selected frames with the capture's own frame numbers, so that the engine in the
 * page sees exactly what it saw when the report was made. Little-endian, one frame after the other:
 * number u32, seconds f64, nanoseconds u32, wire length u32, link type u32, captured length u32, octets.
 */
export interface StoredFrame {
  readonly no: number;
  readonly sec: number;
  readonly nsec: number;
  readonly wireLength: number;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

const HEAD = 28;

export function packFrame(f: StoredFrame): Uint8Array {
  const out = new Uint8Array(HEAD + f.bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, f.no, true);
  view.setFloat64(4, f.sec, true);
  view.setUint32(12, f.nsec, true);
  view.setUint32(16, f.wireLength, true);
  view.setUint32(20, f.linkType, true);
  view.setUint32(24, f.bytes.length, true);
  out.set(f.bytes, HEAD);
  return out;
}

/** Finds frames by number in what `packFrame` wrote one after the other, in ascending order of number. */
export class FrameStore {
  private readonly data: Uint8Array;
  private readonly view: DataView;
  private readonly at = new Map<number, number>();

  /** Throws a RangeError when the data end within a frame: then the page is damaged. */
  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let p = 0; p < data.length; ) {
      this.at.set(this.view.getUint32(p, true), p);
      p += HEAD + this.view.getUint32(p + 24, true);
      if (p > data.length) throw new RangeError('the stored frames are cut');
    }
  }

  get size(): number {
    return this.at.size;
  }

  has(no: number): boolean {
    return this.at.has(no);
  }

  get(no: number): StoredFrame | null {
    const p = this.at.get(no);
    if (p === undefined) return null;
    const { view } = this;
    const length = view.getUint32(p + 24, true);
    return {
      no,
      sec: view.getFloat64(p + 4, true),
      nsec: view.getUint32(p + 12, true),
      wireLength: view.getUint32(p + 16, true),
      linkType: view.getUint32(p + 20, true),
      bytes: this.data.subarray(p + HEAD, p + HEAD + length),
    };
  }
}
