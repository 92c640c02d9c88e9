import type { CaptureWarning } from '../model/report.ts';
import type { OddFrames } from './odd-frames.ts';
import type { PortMap } from './select.ts';

/** Takes the frames that the skip test let through. `bytes` is only valid during the call. */
export interface FrameSink {
  frame(
    no: number,
    sec: number,
    nsec: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    linkType: number,
  ): void;
}

/**
 * A sans-IO capture reader. Feed it windows of the file: `push` takes the whole records in `bytes[start…end)` and returns the
 * position of the first octet it could not use yet; the caller keeps those octets, puts more behind them and calls again.
 */
export interface CaptureReader {
  readonly format: string;
  /** Frames read so far. */
  readonly frames: number;
  /** Where in the (decompressed) file the record begins that is being handed over. */
  readonly at: number;
  /** Octets that the pending record needs as a whole, when they are known to exceed the window; else 0. */
  readonly need: number;
  readonly linkTypes: ReadonlySet<number>;
  /** Frames that a snap length cut before their TCP ports, among those that the skip test looked at. */
  readonly cut: OddFrames;
  push(bytes: Uint8Array, start: number, end: number): number;
  /** The input ends; `bytes[start…end)` is what `push` left. */
  end(bytes: Uint8Array, start: number, end: number): void;
  /** Time of the first and of the last frame read, null before the first one. */
  span(): { first: { sec: number; nsec: number }; last: { sec: number; nsec: number } } | null;
  /** Comments of the frame that is being handed over (pcapng); empty in other formats. */
  comments(): string[];
}

/** What is asked of a reader once it has read the capture. */
export type ReadCapture = Pick<CaptureReader, 'format' | 'frames' | 'linkTypes' | 'cut' | 'span'>;

export interface ReaderOptions {
  ports: PortMap;
  /** Hand over every frame, also those that the skip test rules out (packet lists, copies). */
  everyFrame?: boolean;
  sink: FrameSink;
  warn: (warning: CaptureWarning) => void;
}

/** Libpcap's own bound for a captured packet; a larger length is damage, not data. */
export const MAX_PACKET = 262_144;
