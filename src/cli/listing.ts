import type { Analyze, AnalyzeOptions } from '../app/analyzer.ts';
import type { CaptureReport } from '../model/report.ts';
import { captureLine, noteLine, warningLine } from '../report/capture.ts';
import { type Column, csv, markdownTable, table } from '../report/columns.ts';
import { type Head, jsonDocument, ndjson, type Section } from '../report/json.ts';
import { type Look, PLAIN } from '../report/look.ts';
import { markdown } from '../report/safe.ts';
import { analyzeAll, analyzeOptions, headOf, threadsOf } from './analysis.ts';
import type { Io } from './io.ts';
import { writeResult } from './output.ts';

/** A command that lists rows of every capture. */
export interface Listing<T> {
  readonly title: string;
  readonly level: AnalyzeOptions['level'];
  readonly sections: readonly Section[];
  readonly columns: readonly Column<T>[];
  readonly wideColumns: readonly Column<T>[];
  rows(report: CaptureReport): Iterable<T>;
  /** The line behind the table: how many, or that there are none. */
  closing(report: CaptureReport): string;
  /** What people see of a capture instead of line, table and closing. */
  text?(report: CaptureReport, head: Head, look: Look, wide: boolean): Iterable<string>;
  /** What a Markdown document says of a capture instead of heading, table and closing. */
  markdown?(report: CaptureReport, head: Head, wide: boolean): Iterable<string>;
}

/** The look of what goes into a file: plain, complete, UTF-8. */
export function lookFor(output: unknown, io: Io): Look {
  return typeof output === 'string' && output !== '-' ? PLAIN : io.look;
}

export async function runListing<T>(
  listing: Listing<T>,
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze: Analyze,
): Promise<number> {
  const asked = await analyzeOptions(options, io, listing.level);
  const analysis = analyzeAll(files, asked, io, analyze, await threadsOf(files, options, analyze));
  const head = headOf(asked.profile, io);
  const parts = render(listing, analysis.reports, head, options, lookFor(options.output, io), files.length, io);
  await writeResult(io, options.output, coalesce(parts), files);
  return analysis.exitCode();
}

async function* render<T>(
  listing: Listing<T>,
  reports: AsyncIterable<CaptureReport>,
  head: Head,
  options: Record<string, unknown>,
  look: Look,
  files: number,
  io: Io,
): AsyncGenerator<string> {
  const wide = options.wide === true;
  switch (options.format) {
    case 'json':
      yield* jsonDocument(head, reports, listing.sections);
      return;
    case 'ndjson':
      for await (const report of reports) yield* ndjson(head, report, listing.sections);
      return;
    case 'csv': {
      let first = true;
      for await (const report of reports) {
        // A table of rows has no place for what is said about the file.
        for (const warning of report.warnings) io.warn(`${report.file}: ${warning.message}`);
        yield* csv(listing.wideColumns, listing.rows(report), first);
        first = false;
      }
      if (first) yield* csv(listing.wideColumns, []);
      return;
    }
    case 'markdown':
      yield `# ${listing.title}\n`;
      for await (const report of reports) {
        yield '\n';
        yield* listing.markdown?.(report, head, wide) ?? markdownListing(listing, report, wide);
      }
      return;
    default: {
      let first = true;
      for await (const report of reports) {
        if (!first) yield '\n';
        first = false;
        yield* listing.text?.(report, head, look, wide) ?? textListing(listing, report, look, wide, files);
      }
    }
  }
}

function* textListing<T>(
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

function* markdownListing<T>(listing: Listing<T>, report: CaptureReport, wide: boolean): Generator<string> {
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

/** Few large writes instead of one a row. */
async function* coalesce(parts: AsyncIterable<string>): AsyncGenerator<string> {
  const LIMIT = 65_536;
  let held: string[] = [];
  let size = 0;
  for await (const part of parts) {
    held.push(part);
    size += part.length;
    if (size < LIMIT) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  if (size > 0) yield held.join('');
}
