import { UsageError } from '../base/errors.ts';
import type { Ast, FieldIndex } from '../filter/index.ts';

/** What a filter is held against. */
type Held = 'packet' | 'tpkt' | 'message' | 'association' | 'stream';

/**
 * The filter of `--filter`, null without one. The language and the list of fields are loaded only when there is one.
 *
 * @param of what it is held against: packets, single TPKTs, or rows
 */
export async function filterOf(text: unknown, of: Held): Promise<Ast | null> {
  if (typeof text !== 'string') return null;
  const { parseFilter } = await import('../filter/index.ts');
  const fields = await fieldsOf(of);
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

async function fieldsOf(of: Held): Promise<FieldIndex> {
  if (of !== 'packet' && of !== 'tpkt') return (await import('../report/filter-rows.ts')).rowFields(of);
  const { packetFields, tpktFields } = await import('../report/filter-fields.ts');
  return of === 'packet' ? packetFields() : tpktFields();
}
