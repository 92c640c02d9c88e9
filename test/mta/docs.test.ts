import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadProfile } from '../../src/mta/profile.ts';
import { requestModel } from '../../src/mta/request.ts';

const DOC = readFileSync(new URL('../../docs/mta.md', import.meta.url), 'utf8');
const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());

describe('docs/mta.md', () => {
  it('states the zones that the profiles have', () => {
    for (const [column, name] of [
      [0, 'exchange-4.0'],
      [0, 'exchange-5.0'],
      [1, 'exchange-5.5'],
    ] as const) {
      const { someFrom, allFrom } = requestModel(loadProfile(name));
      const show = (value: number) => value.toLocaleString('en-US');
      const rows = DOC.split('\n')
        .filter(line => /^\| (?:up to|from|\d)[^|]*\|[^|]*\| (?:none|some|all) \|/.test(line))
        .map(cells);
      expect(rows.map(row => row[column])).toEqual([
        `up to ${show(someFrom - 1)}`,
        `${show(someFrom)} to ${show(allFrom - 1)}`,
        `from ${show(allFrom)}`,
      ]);
    }
  });

  it('states the value of every field of every profile', () => {
    const rows = DOC.split('\n')
      .filter(line => line.startsWith('| `'))
      .map(cells);
    const names = ['exchange-4.0', 'exchange-5.0', 'exchange-5.5', 'tpkt-64k'];
    const fields = Object.entries(loadProfile('exchange-5.0').fields);
    expect(rows.map(row => row[0]!.replaceAll('`', '')).sort()).toEqual(fields.map(([field]) => field).sort());
    for (const row of rows) {
      const field = row[0]!.replaceAll('`', '') as 'rounding';
      for (const [i, name] of names.entries()) {
        const written = row[i + 1] === 'same' ? row[1]! : row[i + 1]!;
        const value = String(loadProfile(name).fields[field].value);
        expect(written.split(/[ ,(]/)[0], `${name} ${field}`).toBe(value);
      }
    }
  });
});
