import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTlv } from '../../src/asn1/ber.ts';
import { domainName, orName } from '../../src/x400/oraddress.ts';
import { ascii, cat, oidOctets, tlv } from '../asn1/generate.ts';

const A = 0x10000000;
const C = 0x20000000;
const printable = (s: string) => tlv(19, false, ascii(s));
const numeric = (s: string) => tlv(18, false, ascii(s));
const ctx = (n: number, s: string) => tlv(C + n, false, ascii(s));
const seq = (...parts: Uint8Array[]) => tlv(16, true, ...parts);
const set = (...parts: Uint8Array[]) => tlv(17, true, ...parts);
const bmp = (s: string) =>
  set(tlv(30, false, Uint8Array.from([...s].flatMap(c => [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255]))));
const extension = (type: number, value: Uint8Array) => seq(tlv(C, false, Uint8Array.of(type)), tlv(C + 1, true, value));

function name(...parts: Uint8Array[]): string {
  const octets = tlv(A, true, ...parts);
  return orName(octets, readTlv(octets, 0, octets.length)!);
}
const bsa = (...parts: Uint8Array[]) =>
  seq(tlv(A + 1, true, printable('GB')), tlv(A + 2, true, printable('GOLD 400')), ...parts);

describe('O/R addresses', () => {
  it('writes the usual form from the top of the hierarchy down', () => {
    expect(
      name(
        bsa(
          tlv(C + 2, true, printable('ACME')),
          ctx(3, 'ACME Ltd'),
          tlv(C + 5, true, ctx(0, 'Smith'), ctx(1, 'Ann'), ctx(2, 'B'), ctx(3, 'III')),
          tlv(C + 6, true, printable('Sales'), printable('North')),
        ),
        seq(seq(printable('RFC-822'), printable('ann(a)acme.example'))),
      ),
    ).toBe(
      '/C=GB/ADMD=GOLD 400/PRMD=ACME/O=ACME Ltd/OU1=Sales/OU2=North/S=Smith/G=Ann/I=B/GQ=III/DD.RFC-822=ann(a)acme.example/',
    );
  });

  it('has every domain-defined attribute of a type, and teletex ones of other types', () => {
    const fax = (number: string) => seq(printable('FAX'), printable(number));
    const teletex = (type: string) => seq(tlv(20, false, ascii(type)), tlv(20, false, ascii('T')));
    const both = set(extension(6, seq(teletex('FAX'), teletex('TLX'))));
    expect(name(seq(), seq(fax('1'), fax('2')), both)).toBe('/DD.FAX=1/DD.FAX=2/DD.TLX=T/');
  });

  it('keeps the single space of an absent ADMD, numeric codes, and X.121, terminal and numeric user identifiers', () => {
    const parts = seq(
      tlv(A + 1, true, numeric('234')),
      tlv(A + 2, true, printable(' ')),
      ctx(0, '23412345678'),
      ctx(1, 'TTX-1'),
      tlv(C + 2, true, numeric('77')),
      ctx(4, '12345'),
    );
    expect(name(parts)).toBe('/C=234/ADMD= /PRMD=77/X121=23412345678/T-ID=TTX-1/UA-ID=12345/');
  });

  it('takes teletex and universal forms where the printable one is absent, and only there', () => {
    const teletex = (s: number[]) => tlv(20, false, Uint8Array.from(s));
    const muller = [0x4d, 0xc8, 0x75, 0x6c, 0x6c, 0x65, 0x72];
    const extensions = set(
      extension(24, bmp('Жуков')),
      extension(2, teletex(muller)),
      extension(4, set(tlv(C, false, Uint8Array.from(muller)), ctx(1, 'Jo'))),
      extension(5, seq(teletex([...ascii('Unit')]))),
      extension(25, bmp('Компания')),
    );
    expect(name(bsa(), extensions)).toBe('/C=GB/ADMD=GOLD 400/O=Компания/OU1=Unit/CN=Müller/S=Müller/G=Jo/');
    expect(name(bsa(ctx(3, 'Printed')), set(extension(1, printable('Common')), extension(24, bmp('Жуков'))))).toBe(
      '/C=GB/ADMD=GOLD 400/O=Printed/CN=Common/',
    );
  });

  it('reads postal attributes, terminal type and network address', () => {
    const extensions = set(
      extension(8, printable('GB')),
      extension(9, printable('SW1A 1AA')),
      extension(13, set(printable('A. Smith'))),
      extension(16, set(seq(printable('1 High St'), printable('London')))),
      extension(17, set(tlv(20, false, ascii('High St')))),
      extension(22, seq(ctx(0, '4420700'), ctx(1, '12'))),
      extension(23, tlv(2, false, Uint8Array.of(5))),
    );
    expect(name(bsa(), extensions)).toBe(
      '/C=GB/ADMD=GOLD 400/PD-C=GB/PD-CODE=SW1A 1AA/PD-PN=A. Smith/PD-ADDRESS=1 High St, London/PD-STREET=High St/NET-NUM=4420700+12/T-TY=G3FAX/',
    );
  });

  it('reads a value that was tagged implicitly', () => {
    expect(name(bsa(), set(seq(tlv(C, false, Uint8Array.of(1)), ctx(1, 'carol jones'))))).toBe(
      '/C=GB/ADMD=GOLD 400/CN=carol jones/',
    );
  });

  it('escapes what separates attributes', () => {
    expect(name(bsa(ctx(3, 'A/B $5')))).toBe('/C=GB/ADMD=GOLD 400/O=A$/B $$5/');
  });

  it('writes a directory name as RFC 4514 does', () => {
    const ava = (type: string, value: string) => set(seq(tlv(6, false, oidOctets(type)), printable(value)));
    const dn = tlv(C, true, seq(ava('2.5.4.6', 'GB'), ava('2.5.4.10', 'Acme, Ltd'), ava('2.5.4.3', 'Ann')));
    expect(name(seq(), dn)).toBe('CN=Ann,O=Acme\\, Ltd,C=GB');
    expect(name(bsa(), dn)).toBe('/C=GB/ADMD=GOLD 400/DN=CN=Ann,O=Acme\\, Ltd,C=GB/');
  });

  it('writes domains', () => {
    const octets = tlv(
      A + 3,
      true,
      tlv(A + 1, true, printable('IT')),
      tlv(A + 2, true, printable('X400IT')),
      numeric('9'),
    );
    expect(domainName(octets, readTlv(octets, 0, octets.length)!)).toBe('/C=IT/ADMD=X400IT/PRMD=9/');
  });

  it('leaves out an attribute that is damaged, and takes none of the octets beside it', () => {
    const organization = (identifier: number, length: number) =>
      Uint8Array.of(identifier, length, ...ascii('ACME Ltd'));
    const after = tlv(C + 5, true, ctx(0, 'Smith'));
    expect(name(bsa(organization(0x83, 8), after))).toBe('/C=GB/ADMD=GOLD 400/O=ACME Ltd/S=Smith/');
    // A length that takes in what follows; a constructed encoding, whose "segments" are letters.
    expect(name(bsa(organization(0x83, 80), after))).toBe('/C=GB/ADMD=GOLD 400/');
    expect(name(bsa(organization(0xa3, 8), after))).toBe('/C=GB/ADMD=GOLD 400/S=Smith/');
    const segments = tlv(C + 3, true, tlv(4, false, ascii('ACME')), tlv(4, false, ascii(' Ltd')));
    expect(name(bsa(segments, after))).toBe('/C=GB/ADMD=GOLD 400/O=ACME Ltd/S=Smith/');
    const pair = seq(printable('FAX'), Uint8Array.of(19, 20, ...ascii('1')));
    expect(name(seq(), seq(seq(printable('TLX'), printable('2')), pair))).toBe('/DD.TLX=2/');
  });

  it('remembers texts, not buffers', () => {
    const octets = tlv(A, true, bsa(ctx(3, 'First')));
    const before = orName(octets, readTlv(octets, 0, octets.length)!);
    octets.set(ascii('Other'), octets.length - 5);
    expect(orName(octets, readTlv(octets, 0, octets.length)!)).toBe(before.replace('First', 'Other'));
    octets.set(ascii('First'), octets.length - 5);
    expect(orName(octets, readTlv(octets, 0, octets.length)!)).toBe(before);
  });

  it('reads any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), octets => {
        const all = cat([Uint8Array.of(0x60, 0x80), octets]);
        const tlv = readTlv(all, 0, all.length)!;
        expect(typeof orName(all, tlv)).toBe('string');
        expect(typeof domainName(all, tlv)).toBe('string');
      }),
      { numRuns: 3000, seed: 9404 },
    );
  });
});
