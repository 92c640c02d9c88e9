import type { Analyze } from '../../app/analyzer.ts';
import { type Ast, evaluate } from '../../filter/index.ts';
import { rowSource } from '../../report/filter-rows.ts';
import { count } from '../../report/format.ts';
import { otherPorts } from '../../report/other-ports.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, type StreamRow, streamRows } from '../../report/streams.ts';
import { analyzeOptions } from '../analysis.ts';
import { analyzer } from '../analyzer.ts';
import { filtered } from '../filtered.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';
import { filterOf } from '../selection.ts';

const LISTING: Omit<Listing<StreamRow>, 'closing'> = {
  title: 'Streams',
  level: 'full',
  sections: ['streams'],
  columns: STREAM_COLUMNS,
  wideColumns: STREAM_COLUMNS_WIDE,
  rows: streamRows,
};

export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  const ast = await filterOf(options.filter, 'stream');
  const holds = (row: StreamRow, filter: Ast) => evaluate(filter, rowSource('stream', row.stream));
  let read = analyze ?? (await analyzer());
  const hint = otherPorts(options.anyPort === true);
  let listing: Listing<StreamRow> = {
    ...LISTING,
    closing: ({ streams, selectedFrames, frames }) =>
      streams.length === 0
        ? `No ISO transport stream${hint === '' ? '' : `; ${hint}`}.`
        : `${count(streams.length, 'stream')} in ${count(selectedFrames, 'frame')} of ${count(frames, 'frame')}.`,
  };
  if (options.sparkline === true) {
    const { analyzeRequests } = await import('../../app/sparklines.ts');
    const { sparklineColumn } = await import('../../report/buffers-sparkline.ts');
    const { analyze: counting, requests } = analyzeRequests();
    const profile = analyzeOptions(options, io, LISTING.level).profile;
    const column = sparklineColumn(requests, profile);
    read = counting;
    listing = { ...listing, columns: [...STREAM_COLUMNS, column], wideColumns: [...STREAM_COLUMNS_WIDE, column] };
  }
  const chosen = filtered('stream', listing, holds, ast, options.format, read);
  return runListing(chosen.listing, files, options, io, chosen.analyze);
}
