import type { FrameSink } from './reader.ts';

/*
 * Frames as octets, for a reader in another thread. Each is a record of eight 32-bit words in the machine's byte order, behind them the
 * frame's octets, filled up to whole doubles:
 *
 *   seconds, nanoseconds (doubles: a damaged time may be anything), number, length on the wire, link type, octets
 */

const HEAD = 32;

/** A buffer lent until it is handed on; all views show the same octets from 0 on. */
export class Slate {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  readonly buffer: ArrayBuffer;

  constructor(buffer: ArrayBuffer) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}

export interface SlateStore {
  /** A buffer with room for at least `octets`, a multiple of eight. */
  take(octets: number): Slate;
  /** The buffer that was taken last holds `octets` of records. */
  full(slate: Slate, octets: number): void;
}

/** Writes frames down. `flush` hands on what the last buffer holds. */
export class FrameWriter implements FrameSink {
  private readonly store: SlateStore;
  private slate: Slate | null = null;
  private at = 0;

  constructor(store: SlateStore) {
    this.store = store;
  }

  frame(
    no: number,
    sec: number,
    nsec: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    linkType: number,
  ): void {
    const length = end - start;
    const size = HEAD + ((length + 7) & ~7);
    if (this.slate !== null && this.at + size > this.slate.bytes.length) this.flush();
    this.slate ??= this.store.take(size);
    const { doubles, words, bytes: to } = this.slate;
    const at = this.at;
    doubles[at >> 3] = sec;
    doubles[(at >> 3) + 1] = nsec;
    const word = (at >> 2) + 4;
    words[word] = no;
    words[word + 1] = wireLength;
    words[word + 2] = linkType;
    words[word + 3] = length;
    // A view costs more than to copy what short frames hold.
    if (length < 96) for (let i = 0; i < length; i++) to[at + HEAD + i] = bytes[start + i]!;
    else to.set(bytes.subarray(start, end), at + HEAD);
    this.at = at + size;
  }

  flush(): void {
    if (this.slate !== null && this.at > 0) this.store.full(this.slate, this.at);
    this.slate = null;
    this.at = 0;
  }
}

/** Hands over the frames in the first `octets` of a slate. They stand in it: they are lent for the call only. */
export function replayFrames({ bytes, words, doubles }: Slate, octets: number, sink: FrameSink): void {
  for (let at = 0; at < octets; ) {
    const word = (at >> 2) + 4;
    const length = words[word + 3]!;
    const start = at + HEAD;
    sink.frame(
      words[word]!,
      doubles[at >> 3]!,
      doubles[(at >> 3) + 1]!,
      bytes,
      start,
      start + length,
      words[word + 1]!,
      words[word + 2]!,
    );
    at = start + ((length + 7) & ~7);
  }
}
