import type { Analyze } from '../app/analyzer.ts';
import { type Ast, evaluate } from '../filter/index.ts';
import type { Association, Message } from '../model/message.ts';
import type { CaptureReport, StreamReport } from '../model/report.ts';
import { rowSource } from '../report/filter-rows.ts';
import type { Listing } from './listing.ts';

/** Which part of a report `--filter` selects from. */
export interface Filtered<T> {
  readonly listing: Listing<T>;
  readonly analyze: Analyze;
}

const APPLY = {
  message: (report: CaptureReport, ast: Ast): CaptureReport => ({
    ...report,
    messages: messagesOf(report.messages, ast),
  }),
  association: (report: CaptureReport, ast: Ast): CaptureReport => ({
    ...report,
    associations: [...report.associations].filter((a: Association) => evaluate(ast, rowSource('association', a))),
  }),
  stream: (report: CaptureReport, ast: Ast): CaptureReport => {
    const streams = [...report.streams].filter((s: StreamReport) => evaluate(ast, rowSource('stream', s)));
    // The count speaks of the streams that are there.
    return { ...report, streams, selectedFrames: streams.reduce((sum, stream) => sum + stream.frames, 0) };
  },
};

const ROWS = {
  message: (report: CaptureReport) => report.messages.length,
  association: (report: CaptureReport) => report.associations.length,
  stream: (report: CaptureReport) => report.streams.length,
};

/**
 * A listing of the rows for which the filter holds. People's tables keep what a row says of rows that were left out (the report that
 * answers a message); a document for programs holds the selection alone.
 */
export function filtered<T>(
  kind: keyof typeof APPLY,
  listing: Listing<T>,
  holds: (row: T, ast: Ast) => boolean,
  ast: Ast | null,
  format: unknown,
  analyze: Analyze,
): Filtered<T> {
  if (ast === null) return { listing, analyze };
  const apply = (report: CaptureReport): CaptureReport => APPLY[kind](report, ast);
  if (format === 'json' || format === 'ndjson') {
    return {
      listing,
      async *analyze(files, options) {
        for await (const report of analyze(files, options)) yield apply(report);
      },
    };
  }
  return {
    listing: {
      ...listing,
      *rows(report) {
        for (const row of listing.rows(report)) if (holds(row, ast)) yield row;
      },
      closing: report => {
        const chosen = apply(report);
        // That the capture has none would be another statement.
        return ROWS[kind](report) > 0 && ROWS[kind](chosen) === 0
          ? `No ${kind} for which the filter holds.`
          : listing.closing(chosen);
      },
    },
    analyze,
  };
}

/** Messages point at the reports that answer them by their place in the list. */
function messagesOf(messages: Iterable<Message>, ast: Ast): Message[] {
  const places = new Map<number, number>();
  const kept: Message[] = [];
  let number = 0;
  for (const message of messages) {
    if (evaluate(ast, rowSource('message', message))) {
      places.set(number, places.size);
      kept.push(message);
    }
    number++;
  }
  return kept.map(message => ({
    ...message,
    answeredBy: message.answeredBy === null ? null : (places.get(message.answeredBy) ?? null),
  }));
}
