import type { WholeReport } from '../../model/report.ts';
import type { Profile } from '../../mta/knobs.ts';
import type { BufferLine, LengthCount } from './buffers.ts';
import type { SentDetail } from './detail.ts';
import type { Misread } from './misread.ts';
import type { PacketColumns } from './table.ts';

/** Bounds of one report page. What goes beyond them is counted in `Left` and said on the page. */
export const BOUNDS = {
  /** Rows of the packet lists of all captures. */
  rows: 150_000,
  /** Octets of frames whose trees the page can build, before compression. */
  frameBytes: 12 << 20,
  /** The same for the streams of fatal requests, on top of that. */
  fatalBytes: 6 << 20,
  /** Frames named by findings that come with trees made beforehand. */
  pinned: 200,
  /** Points of the buffer timelines. */
  samples: 40_000,
  findings: 20_000,
  streams: 20_000,
  messages: 20_000,
  associations: 20_000,
  /** Lengths of the length distribution, over all directions. */
  lengths: 40_000,
} as const;

/** How many of a thing the page holds, and how many there are. */
export interface Share {
  readonly kept: number;
  readonly of: number;
}

export interface Left {
  readonly rows: Share;
  /** Frames with octets. */
  readonly frames: Share;
  readonly bufferLines: Share;
  readonly findings: Share;
  readonly streams: Share;
  readonly messages: Share;
  readonly associations: Share;
  readonly lengthLines: Share;
}

/** What the viewer knows of a capture without asking for packets. */
export interface CaptureSummary {
  readonly report: WholeReport;
  readonly buffers: readonly BufferLine[];
  readonly lengths: readonly LengthCount[];
  readonly misread: readonly Misread[];
  readonly left: Left;
}

export interface PageCapture extends CaptureSummary {
  readonly rows: PacketColumns;
  /** Frames that findings name and whose octets are not among the stored ones. */
  readonly pinned: readonly SentDetail[];
}

export interface PageData {
  readonly version: string;
  readonly profile: Profile;
  /** TCP ports of ISO transport, null for any. */
  readonly ports: readonly number[] | null;
  readonly captures: readonly PageCapture[];
}

/** The largest length that no admissible model calls illegal, and the smallest that all do: the limit's admissible band. */
export interface Band {
  readonly quiet: number;
  readonly fatal: number;
}
