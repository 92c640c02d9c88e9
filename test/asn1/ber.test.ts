import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ber from '../../src/asn1/ber.ts';
import * as contents from '../../src/asn1/contents.ts';
import { decode } from '../../src/asn1/decode.ts';
import { defineModule } from '../../src/asn1/schema.ts';
import { generalizedTime, utcTime } from '../../src/asn1/times.ts';
import { find } from '../../src/asn1/tree.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const tlv = (hex: string, end?: number): ber.Tlv => ber.readTlv(bytes(hex), 0, end ?? bytes(hex).length)!;

describe('elements (X.690 §8.1)', () => {
  it.each([
    ['02 01 05', { cls: 0, tag: 2, constructed: false, content: 2, contentEnd: 3, end: 3, fault: null }],
    ['a3 81 01 00', { cls: 2, tag: 3, constructed: true, content: 3, contentEnd: 4, end: 4, fault: null }],
    ['04 83 00 00 02 aa bb', { tag: 4, content: 5, contentEnd: 7, fault: null }], // longer than it has to be: BER, not DER
    ['5f 81 01 01 ff', { cls: 1, tag: 129, content: 4, contentEnd: 5, fault: null }],
    ['30 80 02 01 01 00 00', { content: 2, contentEnd: 5, end: 7, fault: null }],
    ['30 80 30 80 00 00 04 02 00 00 00 00', { contentEnd: 10, end: 12, fault: null }], // octets 00 00 inside a string
    ['24 80 04 01 61 04 01 62 00 00', { contentEnd: 8, end: 10 }],
  ])('%s', (hex, expected) => {
    expect(tlv(hex)).toMatchObject(expected);
  });

  it.each([
    ['04 05 61 62', 'ber.truncated', 2, 4],
    ['04', 'ber.truncated', 1, 1],
    ['04 82 01', 'ber.truncated', 3, 3],
    ['1f 81', 'ber.truncated', 2, 2],
    ['1f ff ff ff ff 01 00', 'ber.tag', 7, 7],
    ['04 80 61 00 00', 'ber.length', 5, 5], // indefinite and primitive
    ['04 ff', 'ber.length', 2, 2], // reserved
    ['04 89 01 00 00 00 00 00 00 00 00', 'ber.length', 11, 11],
    ['30 80 02 01 01', 'ber.eoc', 2, 5],
    ['30 80 02 01 01 00', 'ber.eoc', 2, 6],
  ])('%s is %s', (hex, fault, content, end) => {
    expect(tlv(hex)).toMatchObject({ fault, content, end });
  });

  it('stops at the depth limit', () => {
    const deep = bytes('3080'.repeat(80) + '0000'.repeat(80));
    expect(ber.readTlv(deep, 0, deep.length)!.fault).toBe('ber.depth');
    const fine = bytes('3080'.repeat(60) + '0000'.repeat(60));
    expect(ber.readTlv(fine, 0, fine.length)!.fault).toBeNull();
    expect(ber.readTlv(fine, fine.length, fine.length)).toBeNull();
  });

  it('stays inside its limits for any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(10), (octets, cut) => {
        const end = Math.max(0, octets.length - cut);
        for (let at = 0; at < end; ) {
          const t = ber.readTlv(octets, at, end)!;
          expect(t.start).toBe(at);
          expect(t.content).toBeGreaterThan(at);
          expect(t.contentEnd).toBeGreaterThanOrEqual(t.content);
          expect(t.end).toBeGreaterThanOrEqual(t.contentEnd);
          expect(t.end).toBeLessThanOrEqual(end);
          contents.stringOctets(octets, t);
          contents.bitString(octets, t);
          contents.integer(octets, t.content, t.contentEnd);
          contents.oid(octets, t.content, t.contentEnd);
          at = t.end;
        }
      }),
      { numRuns: 5000, seed: 9404 },
    );
  });
});

describe('values', () => {
  it('joins the segments of strings, however they nest', () => {
    const nested = bytes('24 80 04 02 61 62 24 04 04 02 63 64 00 00');
    expect(
      Buffer.from(contents.stringOctets(nested, tlv('24 80 04 02 61 62 24 04 04 02 63 64 00 00'))).toString(),
    ).toBe('abcd');
  });
  it('says when what a constructed string holds is no segments', () => {
    const types = defineModule({ proto: 't', types: { Text: 'IA5', Any: 'ANY' } });
    const read = (hex: string, type = 'Text') => decode(types.type(type), 't.text', bytes(hex), 0, bytes(hex).length);
    expect(read('36 06 04 01 61 04 01 62')).toMatchObject({ fields: [{ value: 'ab' }], faults: [] });
    expect(read('36 04 53 6d 69 74').faults).toMatchObject([{ code: 'asn1.value', start: 0, end: 6 }]);
    const unknown = read('36 04 53 6d 69 74', 'Any');
    expect(unknown.faults.map(f => f.code)).toEqual(['ber.truncated']);
    expect(JSON.stringify(unknown.fields)).not.toContain('ber.unknown.IA5String');
  });
  it('reads bit strings, and says when their initial octet is wrong', () => {
    const read = (hex: string): contents.Bits => contents.bitString(bytes(hex), tlv(hex));
    expect(read('03 02 04 b0')).toMatchObject({ unused: 4, valid: true });
    expect(contents.bit(read('03 02 04 b0'), 0)).toBe(true);
    expect(contents.bit(read('03 02 04 b0'), 1)).toBe(false);
    expect(contents.bit(read('03 02 04 b0'), 99)).toBe(false);
    expect(read('03 02 08 b0').valid).toBe(false);
    expect(read('03 00').valid).toBe(false);
    expect(read('03 01 00')).toMatchObject({ unused: 0, valid: true });
    expect(read('23 08 03 02 00 f0 03 02 04 a0')).toMatchObject({ octets: bytes('f0a0'), unused: 4, valid: true });
    expect(read('23 08 03 02 04 f0 03 02 04 a0').valid).toBe(false);
  });
  it.each([
    ['05', 5],
    ['ff', -1],
    ['00ff', 255],
    ['8000', -32768],
    ['7fffffffffff', 0x7fffffffffff],
    ['1fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['20000000000000', 2n ** 53n],
    ['8000000000000000', -(2n ** 63n)],
    ['00ffffffffffffffff', 2n ** 64n - 1n],
    ['01000000000000000000', '01000000000000000000'],
    ['', null],
  ])('INTEGER %s', (hex, expected) => {
    const octets = bytes(hex);
    expect(contents.integer(octets, 0, octets.length)).toBe(expected);
  });
  it.each([
    ['5600010c', '2.6.0.1.12'],
    ['2b1a00a236000401', '1.3.26.0.4406.0.4.1'],
    ['00', '0.0'],
    ['8837', '2.999'],
    ['6983a8c6f2f4b5d3c1a2b47f', '2.25.7469843468990476767487'],
    ['80', null],
    ['', null],
  ])('OBJECT IDENTIFIER %s', (hex, expected) => {
    const octets = bytes(hex);
    const value = contents.oid(octets, 0, octets.length);
    if (expected !== null && expected.length > 24) expect(value).toMatch(/^2\.25\.\d{20,}$/);
    else expect(value).toBe(expected);
  });
  it.each([
    ['980603091307Z', '98-06-03 09:13:07 (UTC)'],
    ['9806030913', '98-06-03 09:13'],
    ['9806030913-0530', '98-06-03 09:13 (UTC-0530)'],
    ['98060309130xZ', null],
    ['garbage', null],
  ])('UTCTime %s', (text, expected) => {
    expect(utcTime(text)).toBe(expected);
  });
  it.each([
    ['20260301091500Z', '2026-03-01 09:15:00 (UTC)'],
    ['2026030109', '2026-03-01 09'],
    ['20260301091500.25+0100', '2026-03-01 09:15:00.25 (UTC+0100)'],
    ['2026', null],
  ])('GeneralizedTime %s', (text, expected) => {
    expect(generalizedTime(text)).toBe(expected);
  });
});

describe('decoding by a table', () => {
  const T = defineModule({
    proto: 't',
    types: {
      Record: `SET {
        name [0] PRINTABLE, number? [1] INT { one=1 two }, flags? [2] Flags, list? [3] SEQOF Item, kind Kind, open? [4] OPEN(things; kind)
      }`,
      Flags: 'BITS { first third=2 }',
      Item: 'SEQ { id INT, note? IA5 }',
      Kind: 'CHOICE { small [5] INT, named [6] OID }',
      Thing: 'SEQ { a INT }',
    },
    tables: { things: { 7: 'Thing', '1.2.3': 'BOOL' } },
  });
  const read = (hex: string) => decode(T.type('Record'), '', bytes(hex), 0, bytes(hex).length);

  it('names, numbers and ranges', () => {
    const d = read('31 18 81 01 02 80 01 61 82 02 05 a0 a3 08 30 03 02 01 09 30 01 05 85 01 07');
    expect(find(d.fields, 't.number')).toMatchObject({ value: 2, text: 'two (2)', start: 2, end: 5 });
    expect(find(d.fields, 't.Flags.spare.bit1')?.value).toBe(false);
    expect(find(d.fields, 't.Flags.third')?.value).toBe(true);
    expect(find(d.fields, 't.list')).toMatchObject({ value: 2, text: '2 items' });
    expect(find(d.fields, 't.kind')).toMatchObject({ value: 5, text: 'small (5)' });
    // The second item is cut inside: its own range is blamed, and what follows is read.
    expect(d.faults.map(f => [f.code, f.start, f.end])).toEqual([['ber.truncated', 21, 22]]);
  });

  it('opens a value by a component that stands behind it in a SET', () => {
    const d = read('31 0d a4 05 30 03 02 01 2a 85 01 07 80 01 61');
    expect(d.faults).toEqual([]);
    expect(find(d.fields, 't.Thing_element')?.children[0]).toMatchObject({ name: 't.a', value: 42 });
    expect(find(read('31 0d a4 03 01 01 ff 86 02 2a 03 80 01 61').fields, 't.open')?.value).toBe(true);
  });

  it('says what is missing, unknown, doubled and out of place', () => {
    const d = read('31 0b 81 01 01 81 01 02 89 00 85 01 07');
    expect(d.faults.map(f => [f.code, f.start, f.end])).toEqual([
      ['asn1.duplicate', 5, 8],
      ['asn1.unknown', 8, 10],
      ['asn1.missing', 0, 13],
    ]);
    expect(d.fields[0]!.children.map(f => f.name)).toContain('ber.unknown.primitive');
  });

  it('reads on when a table throws at nothing but itself', () => {
    expect(() => defineModule({ proto: 'x', types: { A: 'SEQ { a Nothing }' } }).type('A').list).toThrow(SyntaxError);
    expect(() => defineModule({ proto: 'x', types: { A: 'SEQ { a INT' } }).type('A')).toThrow(SyntaxError);
  });
});
