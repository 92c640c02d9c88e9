import type { Analyze } from '../../app/analyzer.ts';
import { count } from '../../report/format.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, type StreamRow, streamRows } from '../../report/streams.ts';
import { analyzer } from '../analyzer.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';

const LISTING: Listing<StreamRow> = {
  title: 'Streams',
  level: 'full',
  sections: ['streams'],
  columns: STREAM_COLUMNS,
  wideColumns: STREAM_COLUMNS_WIDE,
  rows: streamRows,
  closing: report =>
    report.streams.length === 0
      ? 'No ISO transport stream; --port and --any-port look at other ports.'
      : `${count(report.streams.length, 'stream')} in ${count(report.selectedFrames, 'frame')} of ${count(report.frames, 'frame')}.`,
};

export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  return runListing(LISTING, files, options, io, analyze ?? (await analyzer()));
}
