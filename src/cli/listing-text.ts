import type { CaptureReport } from '../model/report.ts';
import { captureLine, noteLine, warningLine } from '../report/capture.ts';
import { csv, markdownTable, table } from '../report/columns.ts';
import type { Look } from '../report/look.ts';
import { markdown } from '../report/safe.ts';
import type { Listing } from './listing.ts';

export { csv };

/** A listing for people: heading where it helps, table, closing. */
export function* textListing<T>(
  listing: Listing<T>,
  report: CaptureReport,
  look: Look,
  wide: boolean,
  files: number,
): Generator<string> {
  if (files > 1 || report.warnings.length > 0) yield captureLine(report, look);
  for (const warning of report.warnings) yield warningLine(warning, look);
  if (!isEmpty(listing.rows(report))) {
    const rows: Iterable<T> = { [Symbol.iterator]: () => listing.rows(report)[Symbol.iterator]() };
    yield* table(wide ? listing.wideColumns : listing.columns, rows, look, wide);
  }
  yield noteLine(listing.closing(report), look);
}

/** A listing as a section of a Markdown document. */
export function* markdownListing<T>(listing: Listing<T>, report: CaptureReport, wide: boolean): Generator<string> {
  yield `## ${markdown(report.file)}\n\n`;
  for (const warning of report.warnings) yield `- ${markdown(warning.message, 600)}\n`;
  if (report.warnings.length > 0) yield '\n';
  if (!isEmpty(listing.rows(report))) {
    yield* markdownTable(wide ? listing.wideColumns : listing.columns, listing.rows(report));
    yield '\n';
  }
  yield `${markdown(listing.closing(report), 2000)}\n`;
}

function isEmpty<T>(rows: Iterable<T>): boolean {
  for (const _ of rows) return false;
  return true;
}
