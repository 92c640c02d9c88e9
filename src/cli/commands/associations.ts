import type { Analyze } from '../../app/analyzer.ts';
import { count } from '../../report/format.ts';
import {
  ASSOCIATION_COLUMNS,
  ASSOCIATION_COLUMNS_WIDE,
  type AssociationRow,
  associationRows,
} from '../../report/messages.ts';
import { analyzer } from '../analyzer.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';

const LISTING: Listing<AssociationRow> = {
  title: 'Associations',
  level: 'full',
  sections: ['associations'],
  columns: ASSOCIATION_COLUMNS,
  wideColumns: ASSOCIATION_COLUMNS_WIDE,
  rows: associationRows,
  closing: report =>
    `${report.associations.length === 0 ? 'No associations' : count(report.associations.length, 'association')}.`,
};

export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  return runListing(LISTING, files, options, io, analyze ?? (await analyzer()));
}
