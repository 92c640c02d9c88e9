import type { Analyze } from '../../app/analyzer.ts';
import {
  MESSAGE_COLUMNS,
  MESSAGE_COLUMNS_WIDE,
  type MessageRow,
  messageRows,
  messageSummary,
} from '../../report/messages.ts';
import { analyzer } from '../analyzer.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';

const LISTING: Listing<MessageRow> = {
  title: 'Messages',
  level: 'full',
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
  return runListing(LISTING, files, options, io, analyze ?? (await analyzer()));
}
