import { UsageError } from '../base/errors.ts';
import type { Ast } from '../filter/index.ts';

/**
 * The filter of `--filter`, null without one. The language and the list of fields are loaded only when there is one.
 *
 * @param rows the names of rows (`message`, `stream`, …) instead of those of packets
 */
export async function filterOf(text: unknown, rows?: 'message' | 'association' | 'stream'): Promise<Ast | null> {
  if (typeof text !== 'string') return null;
  const { parseFilter } = await import('../filter/index.ts');
  const fields =
    rows === undefined
      ? (await import('../report/filter-fields.ts')).packetFields()
      : (await import('../report/filter-rows.ts')).rowFields(rows);
  const parsed = parseFilter(text, fields);
  if (parsed.ok) return parsed.ast;
  // Long filters are shown around the place; the marks stand under what is wrong.
  const from = Math.max(0, parsed.position - 40);
  const shown = text.slice(from, from + 100).replace(/\s/g, ' ');
  const marks = '^'.repeat(Math.max(1, Math.min(parsed.end, from + 100) - parsed.position));
  throw new UsageError(
    `--filter: ${parsed.error} (at character ${parsed.position + 1})\n  ${shown}\n  ${' '.repeat(parsed.position - from)}${marks}`,
  );
}
