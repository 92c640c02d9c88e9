import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attribute,
  clean,
  cleanLines,
  csvField,
  githubData,
  githubProperty,
  html,
  json,
  markdown,
  tap,
  xml,
} from '../../src/report/safe.ts';

/** Everything that a terminal or a reader might obey, among ordinary text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;title\u0007',
        '\u009b31m',
        '\u202e',
        '\u2066',
        '\u0000',
        '\r',
        '\n',
        '\t',
        '\u200b',
        '\ufeff',
        '\u2028',
      ),
      fc.constantFrom(
        '<script>',
        '&amp;',
        '"',
        "'",
        ']]>',
        '-->',
        '|',
        '`',
        '[a](javascript:x)',
        '@everyone',
        '=1+1',
        '::error::',
        '#',
        '%0A',
      ),
      fc.constantFrom('\ud800', '\udc00', '\uffff', '\u{e0041}', '\u{1f600}', 'è', '漢', 'x', ' ', '-', '+'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map(parts => parts.join(''));

const controls = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const controlsButNewline = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('text out of captures', () => {
  it('never brings a control, format or bidi character to a reader, whatever the writer', () => {
    fc.assert(
      fc.property(hostile, text => {
        for (const write of [clean, csvField, markdown, githubProperty, tap]) expect(write(text)).not.toMatch(controls);
        for (const write of [cleanLines, html, xml, attribute, githubData])
          expect(write(text)).not.toMatch(controlsButNewline);
        expect(json({ text })).not.toMatch(controls);
      }),
      { numRuns: 500 },
    );
  });

  it('is bounded, and the cut never splits a character', () => {
    expect(clean('a'.repeat(65_536))).toHaveLength(200 + '… (65336 more)'.length);
    expect(clean('\u{1f600}'.repeat(200), 5)).toBe(`${'\u{1f600}'.repeat(2)}… (396 more)`);
  });

  it('stays readable: what is removed is shown by its number', () => {
    expect(clean('a\u001b[2Jb\u202ec\u0000')).toBe('a\\x1b[2Jb\\u202ec\\x00');
    expect(clean('Müller 漢字')).toBe('Müller 漢字');
  });

  it('keeps the value in JSON', () => {
    fc.assert(
      fc.property(hostile, text => {
        expect(JSON.parse(json({ text }))).toEqual(JSON.parse(JSON.stringify({ text })));
      }),
    );
  });

  it('is no formula in a spreadsheet', () => {
    for (const start of ['=', '+', '-', '@', '\t=', ' =', '\uff1d']) {
      expect(csvField(`${start}HYPERLINK("http://x")`).replace(/^"/, '')).toMatch(/^'|^\\x09/);
    }
    expect(csvField(-5)).toBe('-5');
    expect(csvField('a,"b"')).toBe('"a,""b"""');
    expect(csvField(null)).toBe('');
  });

  it('is no markup', () => {
    fc.assert(
      fc.property(hostile, text => {
        expect(html(text)).not.toMatch(/[<>"']/);
        expect(attribute(text)).not.toMatch(/[<>"'\n]/);
        expect(markdown(text)).not.toMatch(/[<>]|(?<!\\)\||(?<!\\)`|(?<!\\)\[/);
      }),
    );
  });

  it('is no workflow command of its own', () => {
    expect(githubData('a\n::set-output name=x::y')).toBe('a%0A::set-output name=x::y');
    expect(githubProperty('a,title=b::c')).toBe('a%2Ctitle=b%3A%3Ac');
  });
});
