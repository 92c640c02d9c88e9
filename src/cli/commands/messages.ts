import type { Analyze } from '../../app/analyzer.ts';
import { type Ast, evaluate } from '../../filter/index.ts';
import { rowSource } from '../../report/filter-rows.ts';
import {
  MESSAGE_COLUMNS,
  MESSAGE_COLUMNS_WIDE,
  type MessageRow,
  messageRows,
  messageSummary,
} from '../../report/messages.ts';
import { analyzer } from '../analyzer.ts';
import { filtered } from '../filtered.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';
import { filterOf } from '../selection.ts';

const LISTING: Listing<MessageRow> = {
  title: 'Messages',
  level: 'rows',
  sections: ['messages'],
  columns: MESSAGE_COLUMNS,
  wideColumns: MESSAGE_COLUMNS_WIDE,
  rows: messageRows,
  closing: report => `${messageSummary(report.messages)}.`,
};

export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  const ast = await filterOf(options.filter, 'message');
  const holds = (row: MessageRow, filter: Ast) => evaluate(filter, rowSource('message', row.message));
  const chosen = filtered('message', LISTING, holds, ast, options.format, analyze ?? (await analyzer()));
  return runListing(chosen.listing, files, options, io, chosen.analyze);
}
