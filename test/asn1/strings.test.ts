import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeString, type StringKind } from '../../src/asn1/strings.ts';

const text = (kind: StringKind, ...octets: (number | string)[]): string =>
  decodeString(
    kind,
    Uint8Array.from(octets.flatMap(o => (typeof o === 'number' ? [o] : [...o].map(c => c.charCodeAt(0))))),
  );

describe('T.61', () => {
  // What RFC 2156 gateways and Wireshark's T.61 table agree on; tshark.test.ts has the whole table judged.
  it('puts the diacritic, which comes first, on its letter', () => {
    expect(text('TELETEX', 'M', 0xc8, 'uller, Ren', 0xc2, 'e, ', 0xcf, 'Capek, Fran', 0xcb, 'cois')).toBe(
      'Müller, René, Čapek, François',
    );
    expect(text('TELETEX', 0xc8, ' ', 0xc1, ' ')).toBe('¨`');
  });
  it('has its own right half', () => {
    expect(text('TELETEX', 0xf9, 0xe1, 0xfb, 0xa4, 0xa6, 0xa8)).toBe('øÆß$#¤');
  });
  it('keeps reserved codes of the left half, which only ASCII writers send', () => {
    expect(text('TELETEX', '#$\\^`{}~')).toBe('#$\\^`{}~');
  });
  it('marks what is no character', () => {
    expect(text('TELETEX', 'a', 0xff, 0xc9, 'b', 0xc2)).toBe('a\ufffd\ufffdb\ufffd');
  });
});

describe('ISO 2022 designators', () => {
  it.each([
    ['A', 0xe9, 'é'],
    ['B', 0xb1, 'ą'],
    ['L', 0xd0, 'а'],
    ['F', 0xe1, 'α'],
    ['H', 0xe0, 'א'],
    ['M', 0xfd, 'ı'],
    ['b', 0xa4, '€'],
  ])('G1 by ESC 2/13 %s', (final, octet, expected) => {
    expect(text('GENERAL', 'x', 0x1b, '-', final, octet, 'y')).toBe(`x${expected}y`);
  });
  it('double octets in G0 and back', () => {
    expect(text('GENERAL', 0x1b, '$B', 0x46, 0x7c, 0x4b, 0x5c, 0x1b, '(B', ' ok')).toBe('日本 ok');
    expect(text('TELETEX', 0x1b, '$B', 0x46, 0x7c, 0x1b, '(B', 'A', 0xc8, 'o')).toBe('日Aö');
    expect(text('GENERAL', 0x1b, '$)C', 0xc7, 0xd1, 0xb1, 0xdb)).toBe('한글');
  });
  it('locking shifts', () => {
    expect(text('GENERAL', 0x1b, '-F', 'a', 0x0e, 0x61, 0x0f, 'b')).toBe('aαb');
  });
  it('Latin-1 without any designation, and T.61 where it is named', () => {
    expect(text('GENERAL', 0xe9)).toBe('é');
    expect(text('GENERAL', 0x1b, ')v', 0xc2, 'e')).toBe('é');
  });
});

describe('other types', () => {
  it('reads two-octet and four-octet characters', () => {
    expect(text('BMP', 0x04, 0x16, 0xd8, 0x3d, 0xde, 0x00)).toBe('Ж😀');
    expect(text('BMP', 0xd8, 0x3d, 0x00, 0x41, 0x00)).toBe('\ufffdA\ufffd');
    expect(text('UNIVERSAL', 0, 1, 0xf6, 0, 0, 0x11, 0, 0)).toBe('😀\ufffd');
    expect(text('UTF8', 0xc3, 0xa9, 0xff)).toBe('é\ufffd');
  });
  it('has no eighth bit in IA5', () => {
    expect(text('IA5', 'ab', 0xe9, '\r\n')).toBe('ab\ufffd\r\n');
  });
});

it('reads any octets as any type', () => {
  const kinds: StringKind[] = [
    'IA5',
    'TELETEX',
    'VIDEOTEX',
    'GRAPHIC',
    'GENERAL',
    'UTF8',
    'BMP',
    'UNIVERSAL',
    'DESCRIPTOR',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 40 }), (kind, octets) => {
      const decoded = decodeString(kind, octets);
      expect(decoded.length).toBeLessThanOrEqual(octets.length * 2 + 1);
    }),
    { numRuns: 3000, seed: 9404 },
  );
});
