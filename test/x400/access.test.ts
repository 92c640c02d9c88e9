import { describe, expect, it } from 'vitest';
import { decode } from '../../src/asn1/decode.ts';
import type { Type } from '../../src/asn1/schema.ts';
import { find, findAll } from '../../src/asn1/tree.ts';
import { bindType, errorName, operationName, operationType, type Protocol } from '../../src/x400/protocol.ts';
import { openX400, typeByOid } from '../../src/x400/registry.ts';
import { MS } from '../../src/x400/tables/ms.ts';
import { ascii, Generator, oidOctets, tlv } from '../asn1/generate.ts';
import { tsharkAvailable } from '../kit/tshark.ts';
import { type Dialogue, differences, judgedDialogue, ours } from './judge.ts';

const tshark = tsharkAvailable();
if (!tshark) console.warn('tshark is not installed: the tables of P3 and P7 are not judged');

/**
 * Operations whose every part tshark decodes. P7's 3 and 4 expand components of P3, whose tags are implicit (X.413 says so);
 * tshark takes them for explicit ones.
 */
const CODES = {
  P3: { argument: [1, 3, 4, 5, 6, 7, 8], result: [1, 3, 4, 5, 6, 7], error: [1, 3, 12, 16] },
  P7: {
    argument: [20, 21, 22, 23, 24, 25, 26],
    result: [20, 21, 22, 23, 24, 25, 26],
    error: [21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 32, 33, 34],
  },
} as const;
const ASSOCIATION = {
  P3: { context: '2.6.0.1.0', syntax: '2.6.0.2.11' },
  P7: { context: '2.6.0.1.4', syntax: '2.6.0.2.9' },
} as const;

const ATTRIBUTES = [
  '2.6.4.3.19',
  '2.6.4.3.27',
  '2.6.4.3.4',
  '2.6.4.3.31',
  '2.6.4.3.38',
  // Sequence number, entry type, times and lengths: what lists and fetches ask for first.
  ...[0, 6, 10, 11, 12, 15, 16, 20, 23, 25, 29, 39, 43, 48, 49, 50, 51, 52, 57, 73, 74, 76].map(n => `2.6.4.3.${n}`),
  // Correlations, errors and summaries, which are composite.
  ...[42, 44, 61, 79].map(n => `2.6.4.3.${n}`),
  '2.6.1.6.0',
  '2.6.1.6.2',
  ...[0, 1, 2, 3, 7, 14, 16, 18].map(n => `2.6.1.13.${n}`),
  '2.6.1.7.38',
  '2.6.1.7.4',
  '2.6.1.7.1',
  '2.6.1.7.11',
];
/** What tshark has no dissector for, or leaves out together with what stands behind it. */
const SKIP = [
  ...['presentation-capabilities', 'valuesWithContext', 'telex', 'voice', 'simple-formattable-document', 'tif1'],
  ...[
    'registration-parameter',
    'extended-registrations',
    'retrieve-registrations',
    'refused-extension',
    'returned-content',
  ],
];

describe.runIf(tshark).each(['P3', 'P7'] as const)('%s', protocol => {
  it.each([1, 301])(
    'agrees with tshark, seed %i and on',
    seed => {
      const objects = ATTRIBUTES.map(oid => [oid, typeByOid(oid)!] as const);
      const value = (type: Type, n: number): Uint8Array => new Generator(seed + n, objects, {}, SKIP).value(type);
      const g = new Generator(seed);
      const apdus: { kind: 'argument' | 'result' | 'error'; code: number; value: Uint8Array }[] = [];
      for (let n = 10; apdus.length < 60; n++) {
        const kind = g.pick(['argument', 'result', 'error'] as const);
        const code = g.pick<number>(CODES[protocol][kind]);
        const octets = value(operationType(protocol, kind, code)!, n);
        if (octets.length < 20_000) apdus.push({ kind, code, value: octets });
      }
      const dialogue: Dialogue = {
        ...ASSOCIATION[protocol],
        argument: value(bindType(protocol, 'argument'), 1),
        result: value(bindType(protocol, 'result'), 2),
        apdus,
      };
      const theirs = judgedDialogue(dialogue);
      const mine = [
        { type: bindType(protocol, 'argument'), octets: dialogue.argument },
        { type: bindType(protocol, 'result'), octets: dialogue.result },
        ...apdus.map(a => ({ type: operationType(protocol, a.kind, a.code)!, octets: a.value })),
      ];
      expect(theirs.length).toBe(mine.length);
      let agreed = 0;
      mine.forEach(({ type, octets }, i) => {
        const d = decode(type, '', octets, 0, octets.length, { open: openX400, showCredentials: true });
        const fields = ours(d.fields);
        const rows = differences(fields, theirs[i]!);
        agreed += fields.length - rows.ours.length;
        const elsewhere = /^(x509\w+|ber)\./;
        // Extension 46, attribute values of P7's substrings and matching rules, contents of types 0, 1 and 40: ours, or told otherwise.
        const special =
          /^p1\.(CertificateSelectors|\w+_element=$|unknown\.)|^p7\.((initial|any|final|match_value|value)_element|position)=|^p22\.\w+_element=$/;
        expect({
          i,
          called: type.called,
          ours: rows.ours.filter(f => !elsewhere.test(f) && !special.test(f)),
          tshark: rows.tshark.filter(f => !elsewhere.test(f) && !special.test(f)),
        }).toEqual({ i, called: type.called, ours: [], tshark: [] });
      });
      expect(agreed).toBeGreaterThan(1_200);
    },
    60_000,
  );
});

describe('filters of the message store', () => {
  const explicit = (n: number, value: Uint8Array) => tlv(0x20000000 + n, true, value);
  const text = tlv(20, false, ascii('Quarterly'));
  const oid = (attribute: string) => tlv(6, false, oidOctets(attribute));
  const read = (item: Uint8Array) => decode(MS.type('FilterItem'), '', item, 0, item.length, { open: openX400 });

  it.each([
    ['that is known', '2.6.1.7.4', 'p22.SubjectField'],
    ['that nobody knows', '1.2.3', 'ber.unknown.TeletexString'],
  ])('have substrings of the type of an attribute %s (X.413 FilterItem)', (_, attribute, name) => {
    const strings = tlv(16, true, explicit(0, text), explicit(1, text), explicit(2, text));
    const { fields, faults } = read(explicit(1, tlv(16, true, oid(attribute), strings)));
    expect(faults).toEqual([]);
    expect(findAll(fields, name).map(f => f.value)).toEqual(['Quarterly', 'Quarterly', 'Quarterly']);
  });

  it('have match values of a type that the matching rule gives, which no table has', () => {
    const [rule, attribute, value] = ['1.2.4', '2.6.1.7.4', tlv(2, false, Uint8Array.of(7))].map((part, n) =>
      explicit(n, typeof part === 'string' ? oid(part) : part),
    );
    const { fields, faults } = read(explicit(6, tlv(16, true, rule!, attribute!, value!)));
    expect(faults).toEqual([]);
    expect(find(fields, 'p7.match_value_element')!.children.map(f => f.value)).toEqual([7]);
  });
});

describe('auto-actions that are registered with a message store', () => {
  const C = 0x20000000;
  const explicit = (n: number, ...value: Uint8Array[]) => tlv(C + n, true, ...value);
  const read = (type: string, parameter: Uint8Array) => {
    const octets = tlv(16, true, tlv(6, false, oidOctets(type)), explicit(1, parameter));
    return decode(MS.type('AutoActionRegistration'), '', octets, 0, octets.length, { open: openX400 });
  };
  const present = explicit(0, explicit(0, explicit(4, tlv(6, false, oidOctets('2.6.1.7.4')))));
  const name = tlv(0x10000000, true, tlv(16, true, tlv(C + 3, false, ascii('Org'))));
  const recipients = tlv(C + 1, true, tlv(17, true, name, tlv(C, false, Uint8Array.of(3, 0x10))));

  it('forward as in 1994: a SEQUENCE with the envelope and heading of what is sent on', () => {
    const envelope = tlv(17, true, name, tlv(0x10000006, false, Uint8Array.of(22)), recipients);
    const heading = tlv(17, true, tlv(0x1000000b, true, tlv(19, false, ascii('F1'))));
    const comment = explicit(5, tlv(19, false, ascii('on leave')));
    const options = explicit(6, tlv(3, false, Uint8Array.of(2, 0x84)));
    const parameter = tlv(16, true, present, explicit(1, envelope), explicit(2, heading), comment, options);
    const { fields, faults } = read('2.6.4.4.0', parameter);
    expect(faults).toEqual([]);
    const values = ['p7.present', 'p1.organization_name', 'p22.user_relative_identifier', 'p7.nrn_comment'];
    expect(values.map(f => find(fields, f)?.value)).toEqual(['2.6.1.7.4', 'Org', 'F1', 'on leave']);
    expect(
      find(fields, 'p7.ipm_auto_forward_options')!
        .children.filter(f => f.value === true)
        .map(f => f.label),
    ).toEqual(['forward-all-object-types', 'delete-delivered-object']);
  });

  it('forward as in 1988: a SET, with the forwarding information in an OCTET STRING', () => {
    const information = tlv(17, true, tlv(C, false, ascii('away')), tlv(C + 2, false, ascii('FW')));
    const wrapped = explicit(3, tlv(4, false, information));
    const done = explicit(2, tlv(1, false, Uint8Array.of(255)));
    const parameter = tlv(17, true, present, explicit(1, tlv(17, true, name, recipients)), done, wrapped);
    const { fields, faults } = read('2.6.4.4.0', parameter);
    expect(faults).toEqual([]);
    const values = ['p7.delete_after_auto_forwarding', 'p7.auto_forwarding_comment', 'p7.this_ipm_prefix'];
    expect(values.map(f => find(fields, f)?.value)).toEqual([true, 'away', 'FW']);
  });

  it.each(['2.6.4.4.0', '2.6.4.4.1', '2.6.4.4.4', '2.6.1.15.0', '2.6.1.15.2', '2.6.1.15.3'])(
    'of any value: %s',
    oid => {
      for (let seed = 1; seed <= 20; seed++) {
        const octets = new Generator(seed, [['2.6.1.5.1', typeByOid('2.6.1.5.1')!]]).value(typeByOid(oid)!);
        expect(read(oid, octets).faults).toEqual([]);
      }
    },
  );
});

describe('names', () => {
  it('knows every operation and error that has a type', () => {
    for (let code = 0; code < 40; code++) {
      for (const protocol of ['P3', 'P7'] as Protocol[]) {
        if (operationType(protocol, 'argument', code) !== null)
          expect(operationName(protocol, code, false)).not.toBeNull();
        if (operationType(protocol, 'error', code) !== null) expect(errorName(protocol, code)).not.toBeNull();
      }
    }
    expect(operationName('P3', 3, true)).toBe('message-submission');
    expect(errorName('P7', 26)).toBe('security-error');
    expect(operationType('P1', 'argument', 3)).toBeNull();
  });
});
