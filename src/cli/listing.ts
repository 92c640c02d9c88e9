import type { Analyze, AnalyzeOptions } from '../app/analyzer.ts';
import type { CaptureReport, Section } from '../model/report.ts';
import { chunks, octets } from '../report/chunks.ts';
import type { Column } from '../report/columns.ts';
import { type Head, jsonDocument, ndjson } from '../report/json.ts';
import { type Look, PLAIN } from '../report/look.ts';
import { analyzeAll, analyzeOptions, headOf, threadsOf } from './analysis.ts';
import type { Io } from './io.ts';
import { isStandardOutput, writeResult } from './output.ts';

/** A text of its own for people and for documents. */
export interface OwnText {
  text(report: CaptureReport, head: Head, look: Look, options: Readonly<Record<string, unknown>>): Iterable<string>;
  markdown(report: CaptureReport, head: Head, wide: boolean): Iterable<string>;
}

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
  /** What is said of a capture instead of a heading, the table and the closing. Loaded when it is needed. */
  own?(): Promise<OwnText>;
}

/** The look of what goes into a file: plain, complete, UTF-8. */
export function lookFor(output: unknown, io: Io): Look {
  return typeof output === 'string' && !isStandardOutput(output) ? PLAIN : io.look;
}

export async function runListing<T>(
  listing: Listing<T>,
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze: Analyze,
): Promise<number> {
  const asked = { ...analyzeOptions(options, io, listing.level), sections: listing.sections };
  const threads = await threadsOf(files, options, analyze);
  const head = headOf(asked.profile, io);
  if (options.format === 'json') {
    const { sections } = listing;
    const analysis = analyzeAll<CaptureReport | Uint8Array[]>(files, asked, io, analyze, threads, pool =>
      pool.jsonText(sections),
    );
    await writeResult(io, options.output, jsonDocument(head, analysis.reports, sections), files);
    return analysis.exitCode();
  }
  const analysis = analyzeAll(files, asked, io, analyze, threads, pool => pool.analyze);
  const parts = render(listing, analysis.reports, head, options, lookFor(options.output, io), files.length, io);
  await writeResult(io, options.output, parts, files);
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
): AsyncGenerator<string | Uint8Array> {
  const wide = options.wide === true;
  if (options.format === 'ndjson') {
    for await (const report of reports) yield* octets(ndjson(head, report, listing.sections));
    return;
  }
  // Programs don't wait for what only people's tables need.
  const { csv, markdownListing, textListing } = await import('./listing-text.ts');
  const own = options.format === 'csv' ? undefined : await listing.own?.();
  let first = true;
  if (options.format === 'markdown') yield `# ${listing.title}\n`;
  for await (const report of reports) {
    if (options.format === 'csv') {
      // A table of rows has no place for what is said about the file.
      for (const warning of report.warnings) io.warn(`${report.file}: ${warning.message}`);
      yield* chunks(csv(listing.wideColumns, listing.rows(report), first));
    } else if (options.format === 'markdown') {
      yield '\n';
      yield* chunks(own?.markdown(report, head, wide) ?? markdownListing(listing, report, wide));
    } else {
      if (!first) yield '\n';
      yield* chunks(own?.text(report, head, look, options) ?? textListing(listing, report, look, wide, files));
    }
    first = false;
  }
  if (first && options.format === 'csv') yield* csv(listing.wideColumns, []);
}
