import type { Analyze } from '../../app/analyzer.ts';
import { type Ast, evaluate } from '../../filter/index.ts';
import { rowSource } from '../../report/filter-rows.ts';
import { count } from '../../report/format.ts';
import {
  ASSOCIATION_COLUMNS,
  ASSOCIATION_COLUMNS_WIDE,
  type AssociationRow,
  associationRows,
} from '../../report/messages.ts';
import { analyzer } from '../analyzer.ts';
import { filtered } from '../filtered.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';
import { filterOf } from '../selection.ts';

const LISTING: Listing<AssociationRow> = {
  title: 'Associations',
  level: 'rows',
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
  const ast = await filterOf(options.filter, 'association');
  const holds = (row: AssociationRow, filter: Ast) => evaluate(filter, rowSource('association', row.association));
  const chosen = filtered('association', LISTING, holds, ast, options.format, analyze ?? (await analyzer()));
  return runListing(chosen.listing, files, options, io, chosen.analyze);
}
