import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import width from 'string-width';
import { describe, expect, it } from 'vitest';
import { csv, markdownTable, table } from '../../src/report/columns.ts';
import { PLAIN } from '../../src/report/look.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, streamRows } from '../../src/report/streams.ts';
import { capture, stream } from './fixtures.ts';

const lines = (parts: Iterable<string>): string[] => [...parts].join('').split('\n').slice(0, -1);
const at = (columns: number) => ({ color: false, unicode: true, width: columns });

describe('a table', () => {
  it('fits its terminal at every width, and says what it left out', () => {
    const report = capture({
      streams: [
        ...capture().streams,
        stream(3, { client: { address: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 65_535 } }),
      ],
    });
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 200 }), columns => {
        for (const line of lines(table(STREAM_COLUMNS, streamRows(report), at(columns), false))) {
          expect(width(line)).toBeLessThanOrEqual(columns);
        }
      }),
    );
    const narrow = lines(table(STREAM_COLUMNS, streamRows(capture()), at(80), false));
    expect(narrow[0]).not.toContain('Elem.');
    expect(narrow.join(' ').replace(/\s+/g, ' ')).toMatch(
      /left out for the width: Elem\., TPDU, Frames.*\(--wide shows all\)/,
    );
    for (const line of narrow) expect(width(line)).toBeLessThanOrEqual(80);
    // Addresses say something only as a whole: of the two the server's leaves.
    const least = lines(table(STREAM_COLUMNS, streamRows(capture()), at(42), false));
    expect(least[0]).not.toContain('Server');
    expect(least[1]).toContain(`${[...capture().streams][0]!.client.address}:`);
  });

  it('drops columns in their stated order', () => {
    const shown = (columns: number) => lines(table(STREAM_COLUMNS, streamRows(capture()), at(columns), false))[0]!;
    let known = new Set<string>();
    for (const columns of [70, 80, 90, 100, 110, 120]) {
      const heads = new Set(
        shown(columns)
          .trim()
          .split(/\s{2,}/),
      );
      for (const head of known) expect(heads).toContain(head);
      known = heads;
    }
    expect(known).toContain('Elem.');
  });

  it('never keeps an arrow without the head that says what is counted', () => {
    for (let columns = 40; columns <= 130; columns++) {
      const [head] = lines(table(STREAM_COLUMNS, streamRows(capture()), at(columns), false));
      if (/←/.test(head!)) expect(head, String(columns)).toContain('TPKTs →');
    }
  });

  it('is full and plain in a pipe, and keeps every column when asked to', () => {
    const piped = lines(table(STREAM_COLUMNS, streamRows(capture()), PLAIN, false));
    expect(piped[0]).toContain('Elem.');
    expect(piped.join('\n')).toBe(stripVTControlCharacters(piped.join('\n')));
    expect(lines(table(STREAM_COLUMNS_WIDE, streamRows(capture()), at(40), true))[0]).toContain('Called TSAP');
  });

  it('sets numbers flush right, in thousands for people and bare for machines', () => {
    const [head, , , third] = lines(table(STREAM_COLUMNS, streamRows(capture()), PLAIN, false));
    const end = head!.indexOf('Longest') + 'Longest'.length;
    expect(third!.slice(0, end)).toMatch(/61,568$/);
    const [names, ...rows] = [...csv(STREAM_COLUMNS_WIDE, streamRows(capture()))].map(line =>
      line.trimEnd().split(','),
    );
    expect(rows[2]![names!.indexOf('clientToServer.maxTpktLength')]).toBe('61568');
  });

  it('shows marks as words where the terminal knows no symbols', () => {
    const text = lines(table(STREAM_COLUMNS, streamRows(capture()), { ...PLAIN, unicode: false }, false)).join('\n');
    expect(text).toContain('error 9404, frame 233');
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('gives colour to marks only when asked', () => {
    const colored = [...table(STREAM_COLUMNS, streamRows(capture()), { ...PLAIN, color: true }, false)].join('');
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(
      [...table(STREAM_COLUMNS, streamRows(capture()), PLAIN, false)].join(''),
    );
  });

  it('lets no escape sequence of a capture through, in any format', () => {
    const evil = stream(0, { protocol: '\u001b[2J\u202eP1', callingTsap: '=cmd|x', calledTsap: '</td><script>' });
    const report = capture({ streams: [evil] });
    for (const parts of [
      table(STREAM_COLUMNS_WIDE, streamRows(report), PLAIN, true),
      csv(STREAM_COLUMNS_WIDE, streamRows(report)),
      markdownTable(STREAM_COLUMNS_WIDE, streamRows(report)),
    ]) {
      const text = [...parts].join('');
      expect(text).not.toMatch(/[\u001b\u202e]/);
      expect(text).not.toMatch(/,=cmd/);
    }
    expect([...markdownTable(STREAM_COLUMNS_WIDE, streamRows(report))].join('')).not.toContain('<script>');
  });

  it('draws a row alike whether the library does it or the padding of long tables', () => {
    const streams = Array.from({ length: 500 }, (_, i) =>
      stream(i, { protocol: i % 3 === 0 ? 'P1 (1988)' : '漢字 è', state: i % 2 === 0 ? 'reset' : 'open' }),
    );
    for (const look of [PLAIN, { ...PLAIN, color: true }, at(90), at(62), { ...at(200), unicode: false }]) {
      const rows = lines(table(STREAM_COLUMNS, streamRows(capture({ streams })), look, false)).slice(1, 501);
      const turned = lines(
        table(STREAM_COLUMNS, streamRows(capture({ streams: streams.toReversed() })), look, false),
      ).slice(1, 501);
      expect(turned.toReversed()).toEqual(rows);
    }
  });

  it('keeps one row a line and the same columns in blocks of many rows', () => {
    const report = capture({ streams: Array.from({ length: 600 }, (_, i) => stream(i)), findings: [] });
    const text = lines(table(STREAM_COLUMNS, streamRows(report), PLAIN, false));
    expect(text).toHaveLength(601);
    const column = text[0]!.indexOf('Server');
    for (const line of text.slice(1)) expect(line.slice(column)).toMatch(/^10\.1\.4\.20:102 /);
  });
});
