import { describe, expect, it } from 'vitest';
import { readTlv } from '../../../src/asn1/ber.ts';
import { judgeApdu } from '../../../src/engine/upper/apdu.ts';
import { checkIpm } from '../../../src/engine/upper/ipm-check.ts';
import {
  app,
  bitString,
  ctx,
  ctxc,
  ia5String,
  indefinite,
  integer,
  octetString,
  sequence,
  set,
  tlv,
} from '../../kit/ber.ts';
import { cat, type Part, latin1 as text } from '../../kit/bytes.ts';
import { bind, Capture } from './kit.ts';

const printable = (s: string) => tlv(0x13, text(s));
const numeric = (s: string) => tlv(0x12, text(s));
type Text = Part | string | readonly Text[];
const octets = (t: Text): Part =>
  typeof t === 'string' ? text(t) : Array.isArray(t) ? t.map(part => octets(part as Text)) : (t as Part);
const teletex = (...parts: Text[]) => tlv(0x14, octets(parts));
const long = (n: number) => 'x'.repeat(n);

const COUNTRY = app(1, printable('GB'));
const ADMD = app(2, printable('GOLD'));
const DOMAIN = app(3, COUNTRY, ADMD, printable('ACME'));
const NAME = app(0, sequence(COUNTRY, ADMD, ctx(3, text('Org'))));
const recipient = (name: Part, ...more: Part[]) =>
  ctxc(2, set(name, integer(1, 0x80), bitString('10101000', 0x81), ...more));
const arrival = set(ctx(0, text('260301091500Z')), integer(0, 0x82));

interface Parts {
  readonly identifier?: Part;
  readonly originator?: Part;
  readonly recipient?: Part;
  readonly trace?: Part;
  readonly more?: Part;
  readonly type?: number;
  readonly content?: Part;
}

const CONTENT = tlv(0xa0, set(app(11, printable('id'))), sequence());

function message(p: Parts): Uint8Array {
  const envelope = set(
    p.identifier ?? app(4, DOMAIN, ia5String('L1')),
    p.originator ?? NAME,
    integer(p.type ?? 22, 0x46),
    p.recipient ?? recipient(NAME),
    p.trace ?? app(9, sequence(DOMAIN, arrival)),
    p.more ?? [],
  );
  return tlv(0xa0, envelope, octetString(p.content ?? CONTENT));
}

function told(p: Parts): string[] {
  const out: string[] = [];
  judgeApdu(message(p), (code, detail) => void out.push(`${code}: ${detail}`));
  return out;
}

const attribute = (type: number, value: Part) => sequence(integer(type, 0x80), ctxc(1, value));
const extended = (...attributes: Part[]) => app(0, sequence(COUNTRY, ADMD), set(...attributes));
/** A universal personal name with parts of these lengths. */
const universal = (...lengths: number[]) =>
  set(...lengths.map((length, i) => ctxc(i, tlv(0x1e, new Uint8Array(2 * length)))));
const extension = (type: number, value: Part) => ctxc(3, sequence(integer(type, 0x80), ctxc(2, value)));

describe('strings of an envelope', () => {
  it('nothing is told of a sound one', () => {
    expect(told({})).toEqual([]);
    const everything = extended(
      attribute(1, printable(long(64))),
      attribute(2, teletex('M', 0xc8, 'uller')),
      attribute(4, set(ctx(0, [0xcf, 0x63]), ctx(1, text('Ann')))),
      attribute(5, sequence(teletex('Vertrieb'))),
      attribute(6, sequence(sequence(teletex('RFC-822'), teletex('a(a)b')))),
      attribute(9, numeric('10115')),
      attribute(17, set(printable('Main St. 1'), teletex('Main St. 1'))),
      attribute(16, set(sequence(printable('a'), printable('b')), teletex(long(180)))),
      attribute(22, sequence(ctx(0, text('49301234')), ctx(1, text('12')))),
      attribute(23, integer(3)),
      attribute(
        24,
        set(
          tlv(
            0x1e,
            [...long(64)].flatMap(() => [0x30, 0x42]),
          ),
          printable('de'),
        ),
      ),
      attribute(26, universal(64, 40, 16, 16)),
    );
    expect(told({ originator: everything, recipient: recipient(everything) })).toEqual([]);
  });

  const cases: [what: string, parts: Parts, wanted: string][] = [
    [
      'an identifier’s domain',
      { identifier: app(4, app(3, COUNTRY, app(2, printable('GO_LD'))), ia5String('L1')) },
      'p1.string: message: identifier: administration-domain-name is a PrintableString with the character 0x5f',
    ],
    [
      'the PRMD of an identifier, which has no tag of its own',
      { identifier: app(4, app(3, COUNTRY, ADMD, printable(long(17))), ia5String('L1')) },
      'p1.upper-bound: message: identifier: private-domain-name has 17 characters, at most 16 are allowed',
    ],
    [
      'a local identifier',
      { identifier: app(4, DOMAIN, ia5String('L\xe4')) },
      'p1.string: message: the local identifier is an IA5String with the character 0xe4',
    ],
    [
      'a country',
      { originator: app(0, sequence(app(1, printable('GBR')))) },
      'p1.upper-bound: message: originator: country-name has 3 characters, at most 2 are allowed',
    ],
    [
      'a country of X.121',
      { originator: app(0, sequence(app(1, numeric('2a4')))) },
      'p1.string: message: originator: country-name is a NumericString with the character 0x61',
    ],
    [
      'a numeric identifier',
      { originator: app(0, sequence(ctx(4, text('12-3')))) },
      'p1.string: message: originator: numeric-user-identifier is a NumericString with the character 0x2d',
    ],
    [
      'a domain in the trace',
      { trace: app(9, sequence(app(3, COUNTRY, app(2, printable('G*'))), arrival)) },
      'p1.string: message: the trace: administration-domain-name is a PrintableString with the character 0x2a',
    ],
    [
      'an MTA in the internal trace',
      { more: extension(38, sequence(sequence(DOMAIN, ia5String(long(33)), arrival))) },
      'p1.upper-bound: message: the internal trace: mta-name has 33 characters, at most 32 are allowed',
    ],
    [
      'an MTA that was attempted',
      {
        more: extension(
          38,
          sequence(
            sequence(DOMAIN, ia5String('A'), set(ctx(0, text('260301091500Z')), integer(0, 0x82), ia5String(long(33)))),
          ),
        ),
      },
      'p1.upper-bound: message: the internal trace: attempted mta-name has 33 characters, at most 32 are allowed',
    ],
    [
      'a content identifier',
      { more: tlv(0x4a, text('a_b')) },
      'p1.string: message: the content-identifier is a PrintableString with the character 0x5f',
    ],
    [
      'a teletex name in a code page',
      { recipient: recipient(extended(attribute(2, teletex('M', 0xfc, 'ller ', 0x93)))) },
      'p1.string: message, recipient 1: teletex-common-name is a TeletexString with the code 0x93, which T.61 does not have there',
    ],
    [
      'a common name',
      { originator: extended(attribute(1, printable(long(65)))) },
      'p1.upper-bound: message: originator: common-name has 65 characters, at most 64 are allowed',
    ],
    [
      'a street',
      { originator: extended(attribute(17, set(printable(long(31))))) },
      'p1.upper-bound: message: originator: street-address has 31 characters, at most 30 are allowed',
    ],
    [
      'lines of an address',
      { originator: extended(attribute(16, set(sequence(...Array.from({ length: 7 }, () => printable('x')))))) },
      'p1.upper-bound: message: originator: unformatted-postal-address has 7 lines, at most 6 are allowed',
    ],
    [
      'a universal name, in characters',
      { originator: extended(attribute(24, set(tlv(0x1e, new Uint8Array(130))))) },
      'p1.upper-bound: message: originator: universal-common-name has 65 characters, at most 64 are allowed',
    ],
    [
      'a universal personal name',
      { originator: extended(attribute(26, universal(65, 40, 16, 16))) },
      'p1.upper-bound: message: originator: universal-personal-name: surname has 65 characters, at most 64 are allowed',
    ],
    [
      'a teletex personal name',
      { originator: extended(attribute(4, set(ctx(0, text(long(41)))))) },
      'p1.upper-bound: message: originator: teletex-personal-name: surname has 41 characters, at most 40 are allowed',
    ],
    [
      'domain-defined attributes of teletex',
      {
        originator: extended(
          attribute(6, sequence(...Array.from({ length: 5 }, () => sequence(teletex('a'), teletex('b'))))),
        ),
      },
      'p1.upper-bound: message: originator: teletex-domain-defined-attributes has 5 domain-defined attributes, at most 4 are allowed',
    ],
    [
      'a privacy mark',
      { more: extension(20, set(printable(long(129)))) },
      'p1.upper-bound: message: the privacy-mark has 129 characters, at most 128 are allowed',
    ],
    [
      'a content correlator',
      { more: extension(23, ia5String(long(513))) },
      'p1.upper-bound: message: the content-correlator has 513 octets, at most 512 are allowed',
    ],
    [
      'a history',
      { more: extension(25, sequence(...Array.from({ length: 513 }, () => sequence()))) },
      'p1.upper-bound: message: the redirection-history has 513 elements, at most 512 are allowed',
    ],
    [
      'an alternate recipient',
      { recipient: recipient(NAME, extension(2, app(0, sequence(ctx(3, text('a&b')))))) },
      'p1.string: message, recipient 1: originator-requested-alternate-recipient: organization-name is a PrintableString with the character 0x26',
    ],
  ];
  it.each(cases)('%s', (_what, parts, wanted) => {
    expect(told(parts)).toEqual([wanted]);
    // Only names that nothing was said about are remembered.
    expect(told(parts)).toEqual([wanted]);
  });

  it('a long name of an MTA in a bind', () => {
    const codes = (name: string) => {
      const capture = new Capture();
      bind(capture.connect(), { name });
      return capture.faults.map(f => `${f.code}: ${f.detail}`);
    };
    expect(codes(long(32))).toEqual([]);
    expect(codes(long(33))).toEqual([
      'p1.upper-bound: bind argument: the mta-name has 33 characters, at most 32 are allowed',
    ]);
  });

  it('a report: its subject, its recipients, what it adds', () => {
    const judge = (subject: Part, fields: Part, more: Part = []) => {
      const envelope = set(app(4, DOMAIN, ia5String('R1')), NAME, app(9, sequence(DOMAIN, arrival)));
      const out: string[] = [];
      const apdu = tlv(0xa1, envelope, set(subject, ctxc(0, set(fields)), more));
      judgeApdu(apdu, (code, detail) => void out.push(`${code}: ${detail}`));
      return out;
    };
    const subject = app(4, DOMAIN, ia5String('L1'));
    const delivered = ctxc(3, ctx(0, text('260301091500Z')), ctxc(1, ctxc(0, ctx(0, text('260301091500Z')))));
    const actual = (name: string) => [
      tlv(0xa0, sequence(ctx(3, text(name)))),
      integer(1, 0x81),
      bitString('10101000', 0x82),
      delivered,
    ];
    expect(judge(subject, actual('Org'), ctx(2, new Uint8Array(1024)))).toEqual([]);
    expect(judge(app(4, DOMAIN, ia5String(long(33))), [])[0]).toContain(
      'report content: subject: the local identifier',
    );
    expect(judge(subject, actual('a_b'))[0]).toContain('report content, recipient 1: organization-name is a');
    expect(judge(subject, [actual('a'), ctx(5, text(long(257)))])[0]).toContain(
      'the supplementary-information has 257',
    );
    expect(judge(subject, [], ctx(2, new Uint8Array(1025)))[0]).toContain('the additional-information has 1025 octets');
  });
});

describe('strings of an interpersonal content', () => {
  const heading = (...members: Part[]) => tlv(0xa0, set(app(11, printable('id')), ...members), sequence());
  const subject = (...parts: Text[]) => heading(ctxc(8, teletex(...parts)));
  const of = (content: Part) => told({ content });

  it.each<[string, Text[]]>([
    ['accents before their letters', ['K', 0xc8, 'oln, Espa', 0xc4, 'na, ', 0xcf, 'Cech']],
    ['symbols of the right half', [0xa4, 0xb0, 0xfb, 0xe1]],
    ['symbols of ASCII that T.61 lacks', ['{a} ~ \\ ^ # $ `']],
    ['another set by escape', [0x1b, 0x2d, 0x41, 0xe5, 0xff]],
    ['lines', ['a', 0x0d, 0x0a, 'b']],
    ['the umlaut of some administrations', [0xc9, 'u']],
    ['an underline', [0xcc, '1']],
    ['128 characters in more octets', [...Array.from({ length: 128 }, () => [0xc8, 0x75])]],
  ])('a subject with %s', (_what, parts) => {
    expect(of(subject(...parts))).toEqual([]);
  });

  it.each<[string, Text[], number]>([
    ['ISO 8859-1', ['Gr', 0xfc, 0xdf, 'e ', 0xe5], 0xdf],
    ['a capital of ISO 8859-1', [0xdc, 'bung'], 0xdc],
    ['quotation marks of Windows', [0x93, 'x', 0x94], 0x93],
    ['a code that ends the table', [0xff], 0xff],
    ['a diacritic at the end', ['x', 0xc8], 0xc8],
    ['a diacritic before a digit', [0xc1, '1'], 0xc1],
    ['a NUL at the end', ['x', 0], 0],
    ['a tabulator', ['x', 9, 'y'], 9],
  ])('a subject with %s', (_what, parts, code) => {
    const hex = `0x${code.toString(16).padStart(2, '0')}`;
    expect(of(subject(...parts))).toEqual([
      `p22.string: the subject is a TeletexString with the code ${hex}, which T.61 does not have there`,
    ]);
  });

  it('upper bounds and alphabets', () => {
    expect(of(subject(long(129)))[0]).toBe('p22.upper-bound: the subject has 129 characters, at most 128 are allowed');
    expect(of(tlv(0xa0, set(app(11, printable('<a@b>'))), sequence()))[0]).toContain(
      'p22.string: this-IPM: user-relative-identifier is a PrintableString with the character 0x3c',
    );
    expect(of(heading(ctxc(0, ctx(0, text(long(65))))))[0]).toContain(
      'p22.upper-bound: originator: free-form-name has 65',
    );
    expect(of(heading(ctxc(2, set(ctxc(0, ctx(1, text('+49_')))))))[0]).toContain(
      'p22.string: primary-recipients: telephone-number is a',
    );
    expect(of(heading(ctxc(0, app(0, sequence(ctx(3, text('a_b')))))))[0]).toContain(
      'p22.string: originator: organization-name is a',
    );
    const notification = (comment: string) =>
      tlv(0xa1, app(11, printable('id')), ctxc(0, ctxc(0, integer(1, 0x80), ctx(2, text(comment)))));
    expect(of(notification('forwarded'))).toEqual([]);
    expect(of(notification(long(257)))[0]).toContain('p22.upper-bound: the auto-forward-comment has 257');
    expect(of(receipt('260301091500Z', long(256)))).toEqual([]);
    expect(of(receipt('260301091500Z', long(257)))[0]).toContain('p22.upper-bound: the suppl-receipt-info has 257');
  });

  const receipt = (time: string, ...more: string[]) =>
    tlv(0xa1, app(11, printable('id')), ctxc(0, ctxc(1, ctx(0, text(time)), ...more.map(m => ctx(2, text(m))))));

  it.each(['260301091500Z', '2603010915Z', '260301091500+1400', '2603010915-1200', '000229235959Z', '491231235959Z'])(
    'the time %s',
    time => {
      expect(of(heading(ctx(9, text(time)), ctx(10, text(time))))).toEqual([]);
      expect(of(receipt(time))).toEqual([]);
    },
  );

  it.each([
    ['260229091500Z', 'is no UTCTime'],
    ['20260301091500Z', 'is no UTCTime'],
    ['260301240000Z', 'is no UTCTime'],
    ['260301091500.5Z', 'is no UTCTime'],
    ['', 'is no UTCTime'],
    ['2603010915', 'has no time zone'],
  ])('the time %s', (time, why) => {
    expect(of(heading(ctx(9, text(time))))).toEqual([`p22.time: the expiry-time ${why}`]);
    expect(of(heading(ctx(10, text(time))))).toEqual([`p22.time: the reply-time ${why}`]);
    expect(of(receipt(time))).toEqual([`p22.time: the receipt-time ${why}`]);
  });
});

describe('the content type against the content', () => {
  const ipm = (heading: Part, ...body: Part[]) => tlv(0xa0, set(app(11, printable('id')), heading), sequence(...body));
  const bodyPart = (n: number) => ctxc(n, set(), octetString(text('x')));
  const judge = (type: number, content: Part) => told({ type, content });
  const told84 = (what: string) => [
    `p22.content-type: the content has ${what}, the content type is P2 (1984), which has none`,
  ];

  it('extensions and extended body parts under 2', () => {
    const contents: [Part, string][] = [
      [ipm(ctxc(15, sequence(tlv(6, [0x56, 1, 5, 1])))), 'heading extensions'],
      [ipm(ctxc(2, set(ctxc(0), ctxc(3, sequence(tlv(6, [0x56, 1, 20, 0])))))), 'recipient extensions'],
      [ipm([], bodyPart(0), bodyPart(15)), 'an extended body part'],
      [tlv(0xa1, app(11, printable('i')), ctxc(0, ctxc(1)), ctxc(3)), 'notification-extensions'],
      [tlv(0xa1, app(11, printable('i')), ctxc(0, ctxc(2))), 'other-notification-type-fields'],
      [tlv(0xa1, app(11, printable('i')), ctxc(0, ctxc(0, integer(0, 0x80), ctxc(4)))), 'nrn-extensions'],
      [tlv(0xa1, app(11, printable('i')), ctxc(0, ctxc(1, ctx(0, text('260301091500Z')), ctxc(3)))), 'rn-extensions'],
    ];
    for (const [content, what] of contents) {
      expect(judge(2, content)).toEqual(told84(what));
      expect(judge(22, content)).toEqual([]);
    }
  });

  it('messages forwarded in messages, deeper than is followed, are an IPM all the same', () => {
    let body: Uint8Array = indefinite(0x30, bodyPart(0));
    for (let i = 0; i < 30; i++)
      body = indefinite(0x30, indefinite(0xa9, set(), indefinite(0x30, set(app(11, printable('id'))), body)));
    expect(judge(22, indefinite(0xa0, set(app(11, printable('id'))), body))).toEqual([]);
  });

  it('body parts of both editions, attachments of 1984 among them', () => {
    const both = ipm([], ...[0, 3, 5, 6, 7, 8, 9, 11, 14].map(bodyPart));
    expect(judge(2, both)).toEqual([]);
    expect(judge(22, both)).toEqual([]);
  });

  it('body parts of 1984 alone under 22', () => {
    expect(judge(2, ipm([], bodyPart(1)))).toEqual([]);
    expect(judge(22, ipm([], bodyPart(1)))).toEqual([
      'p22.content-type: the content has a telex body part, the content type is P22 (1988), which dropped it',
    ]);
  });

  it('a military content may have both', () => {
    const content = octetString(ipm(ctxc(15), bodyPart(15), bodyPart(1)));
    const out: string[] = [];
    checkIpm(content, readTlv(content, 0, content.length)!, false, 'P772', code => void out.push(code));
    expect(out).toEqual([]);
  });
});

it('damage ends the check of what it hits', () => {
  const whole = message({ originator: extended(attribute(2, teletex(long(70)))) });
  for (let cut = 1; cut < whole.length; cut++) {
    const damaged = cat(whole);
    damaged[cut] = damaged[cut]! ^ 0x80;
    expect(() => judgeApdu(damaged, () => undefined)).not.toThrow();
  }
});
