import type { Analyze } from '../../app/analyzer.ts';
import { ALL_SECTIONS } from '../../report/json.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, type StreamRow, streamRows } from '../../report/streams.ts';
import { analyzer } from '../analyzer.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';

const LISTING: Listing<StreamRow> = {
  title: 'Analysis',
  level: 'full',
  sections: ALL_SECTIONS,
  columns: STREAM_COLUMNS,
  wideColumns: STREAM_COLUMNS_WIDE,
  rows: streamRows,
  closing: () => '',
  own: () => import('../analysis-text.ts'),
};

/** Exit code 0 whatever is found: only `gate` judges. */
export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  return runListing(LISTING, files, options, io, analyze ?? (await analyzer()));
}
