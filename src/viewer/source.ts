import type { Profile } from '../mta/knobs.ts';
import type { Progress } from '../report/html/book.ts';
import type { CaptureSummary } from '../report/html/data.ts';
import type { FrameDetail } from '../report/html/detail.ts';
import type { Order } from '../report/html/order.ts';
import type { PacketRow } from '../report/html/table.ts';

export interface ListRequest extends Order {
  readonly filter: string;
}

/** Rows of a packet list, some of which may still be on their way. */
export interface RowList {
  readonly count: number;
  /** Null while the row is being fetched. */
  row(i: number): PacketRow | null;
  /** Fetch these rows; resolves at once when all are there. */
  ensure(from: number, to: number): Promise<void>;
  /** Position of the frame in this list, or -1. */
  positionOf(frame: number): Promise<number>;
}

export interface CaptureEntry {
  readonly name: string;
  /** Null while it is being analyzed. */
  readonly summary: CaptureSummary | null;
  /** Why it can't be read, without its name; empty otherwise. With a summary, that is what was read before. */
  readonly error: string;
  /** 0 to 1 while it is being analyzed. */
  readonly progress: number;
}

export type { Progress };

/** Where the viewer takes captures from: the page itself, or the local server. */
export interface Source {
  readonly version: string;
  readonly profile: Profile;
  /** Whether streams of every port were looked at. */
  readonly anyPort: boolean;
  readonly captures: readonly CaptureEntry[];
  /** What the page can say about a frame; null when neither octets nor trees of it are at hand. */
  detail(capture: number, frame: number): Promise<FrameDetail | null>;
  /** Rejects with an Error whose message is for people when the filter can't be applied. `gone`: nobody waits for the list any more. */
  list(capture: number, request: ListRequest, progress: Progress, gone?: AbortSignal): Promise<RowList>;
  /** Calls back whenever `captures` has changed. */
  watch(changed: () => void): void;
  /**
   * Takes a capture from the person at the browser; null where captures can't be added. Resolves with its place in `captures` once it
   * has been read, and rejects with an Error whose message is for people when it can't be. `tell` says how far it is.
   */
  readonly add: ((file: File, tell: (text: string) => void) => Promise<number>) | null;
}

/** The stream of a frame; null when it has none, or no row. */
export async function streamOf(source: Source, capture: number, frame: number): Promise<number | null> {
  const list = await source.list(capture, { filter: '', stream: null, sort: 'no', descending: false }, () => {});
  const at = await list.positionOf(frame);
  if (at < 0) return null;
  await list.ensure(at, at + 1);
  const stream = list.row(at)?.stream ?? -1;
  return stream < 0 ? null : stream;
}
