import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { mtascope } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const FILES = readdirSync(CAPTURES)
  .filter(name => /\.pcap(ng)?(\.gz)?$/.test(name))
  .map(name => join(CAPTURES, name));

/** Addresses, which CSV has without their ports. Lists and objects have columns of other names. */
const APART = new Set(['source', 'destination']);

type Row = Readonly<Record<string, unknown>>;

describe('every format says the same of a capture', () => {
  it.each([
    ['streams', 'streams'],
    ['events', 'events'],
    ['associations', 'associations'],
    ['messages', 'messages'],
    ['packets', 'packets'],
  ])('%s', async (command, list) => {
    const as = async (format: string) => (await mtascope([command, ...FILES, '--format', format])).out;
    const { captures } = JSON.parse(await as('json')) as { captures: { file: string; [list: string]: unknown }[] };
    const rows = captures.flatMap(capture => capture[list] as Row[]);
    const lines = (await as('ndjson')).trimEnd().split('\n');
    const ndjson = lines.map(line => JSON.parse(line) as Row).filter(({ type }) => type === list.slice(0, -1));
    expect(ndjson.map(({ type: _, file: __, ...row }) => row)).toEqual(rows);
    const csv: Record<string, string>[] = parse(await as('csv'), { columns: true });
    expect(csv).toHaveLength(rows.length);
    for (const [i, row] of rows.entries()) {
      for (const [key, value] of Object.entries(csv[i]!)) {
        const same = row[key];
        if (same === null) expect(value, key).toBe('');
        else if (same !== undefined && typeof same !== 'object' && !APART.has(key))
          expect(value, key).toBe(String(same));
      }
    }
    const markdown = (await as('markdown')).split('\n').filter(line => line.startsWith('| '));
    const heads = captures.filter(capture => (capture[list] as Row[]).length > 0).length;
    expect(markdown).toHaveLength(rows.length + 2 * heads);
  });
});
