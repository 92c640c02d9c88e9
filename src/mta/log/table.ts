import { parse } from 'csv-parse/sync';
import { factsFromInsertions, findMessages } from './message.ts';
import { type EventLog, isKnownId, type LogRecord } from './record.ts';
import { type DateOrder, firstTime } from './time.ts';

/*
 * Exported application logs: comma or tab separated by the event viewers of NT and later, by dumpel, or by Export-Csv. Columns and
 * their order differ (NT writes no heading, later viewers leave the text without one), so that a row is understood by its cells.
 */

const DELIMITERS = [',', '\t', ';'] as const;
const FEWEST_CELLS = 4;

/** The log as a table, or null when no delimiter makes rows of events out of it. */
export function readTable(text: string, order: DateOrder): EventLog | null {
  let best: EventLog | null = null;
  for (const delimiter of DELIMITERS) {
    if (!text.includes(delimiter)) continue;
    const log = readWith(text, delimiter, order);
    if (log.records.length > (best?.records.length ?? 0)) best = log;
  }
  return best;
}

function readWith(text: string, delimiter: string, order: DateOrder): EventLog {
  const problems: string[] = [];
  const rows: string[][] = parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: error => {
      problems.push(`line ${error?.lines ?? '?'}: ${error?.message ?? 'unreadable'}`);
    },
  });
  const records: LogRecord[] = [];
  let others = 0;
  for (const row of rows) {
    if (row.length < FEWEST_CELLS) continue;
    const idCells = row.map(cell => (/^\s*\d{1,5}\s*$/.test(cell) ? Number(cell) : null));
    const id = idCells.find(cell => cell !== null && isKnownId(cell));
    if (id === undefined || id === null || !isKnownId(id)) {
      // A heading has no number.
      if (idCells.some(cell => cell !== null)) others++;
      continue;
    }
    const at = idCells.indexOf(id);
    const message = row.map(cell => findMessages(cell)[0]).find(found => found?.facts.id === id);
    const facts = message?.facts ?? afterId(id, row.slice(at + 1));
    if (facts === null) {
      problems.push(`a row with event ${id} whose text is none that is known: ${row.join(' ').slice(0, 120)}`);
      continue;
    }
    const place = row.filter(cell => findMessages(cell).length === 0).join(' ');
    records.push({ ...facts, time: firstTime(place, order), raw: row.join(delimiter) });
  }
  return { format: 'table', records, others, problems };
}

/** dumpel writes the insertion strings as further cells, behind source, user and computer. */
function afterId(id: 9404 | 9215 | 9156, cells: readonly string[]): ReturnType<typeof factsFromInsertions> {
  const flat = cells.flatMap(cell => cell.trim().split(/\s{1,4}(?=\d|BASE)|(?<=\d)\s{1,4}/));
  for (let i = 0; i < flat.length; i++) {
    if (/^\d{1,5}$/.test(flat[i]!)) return factsFromInsertions(id, flat.slice(i));
  }
  return null;
}
