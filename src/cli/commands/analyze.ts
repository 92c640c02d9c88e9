import type { Analyze } from '../../app/analyzer.ts';
import { captureText } from '../../report/capture.ts';
import { ALL_SECTIONS } from '../../report/json.ts';
import { captureMarkdown } from '../../report/markdown.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, type StreamRow, streamRows } from '../../report/streams.ts';
import { RULES } from '../../rules/catalogue.ts';
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
  text: (report, head, look, wide) =>
    captureText(report, { look, wide, profile: head.profile.name, rules: RULES.length }),
  markdown: (report, head, wide) => captureMarkdown(report, head.profile.name, wide),
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
