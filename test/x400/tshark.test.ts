import { describe, expect, it } from 'vitest';
import type { Type } from '../../src/asn1/schema.ts';
import { dissectApdu } from '../../src/x400/dissect.ts';
import { FTBP } from '../../src/x400/tables/ftbp.ts';
import { IPMS } from '../../src/x400/tables/ipms.ts';
import { MMS } from '../../src/x400/tables/mms.ts';
import { MTA } from '../../src/x400/tables/mta.ts';
import { ascii, Generator, oidOctets, tlv } from '../asn1/generate.ts';
import * as p1 from '../kit/p1.ts';
import { tsharkAvailable } from '../kit/tshark.ts';
import { apdusOf, CAPTURES, haveCaptures } from './apdus.ts';
import { differences, judged, judgedFile, ours } from './judge.ts';

const tshark = tsharkAvailable();
if (!tshark) console.warn('tshark is not installed: the tables of P1, P22 and P772 are not judged');
if (!haveCaptures()) console.warn(`${CAPTURES} is missing: real APDUs are not judged`);

const mine = (apdu: Uint8Array): string[] => dissectApdu(apdu).trees.flatMap(t => ours(t.fields));

describe.runIf(tshark && haveCaptures())('APDUs of captures', () => {
  it('reads every field of the STANAG 4406 transfer as tshark does', () => {
    const file = 'x400/wsamples__p772-transfer-success.pcap';
    const rows = differences(mine(apdusOf(file)![0]!), judgedFile(CAPTURES + file)[0]!);
    // An empty BIT STRING has no octets; tshark prints its initial octet.
    expect(rows).toEqual({
      ours: ['p1.built_in_encoded_information_types='],
      tshark: ['p1.built_in_encoded_information_types=00'],
    });
  });

  it.each([
    'stacks/p1_normal_mixed_len_definite_long.pcap',
    'stacks/p1_x410_mixed_len_indefinite.pcap',
    'stacks/p1_x410_turn_reports.pcap',
  ])('reads every field that tshark prints of %s', file => {
    const apdus = apdusOf(file)!;
    const theirs = judged(apdus);
    expect(theirs.length).toBe(apdus.length);
    apdus.forEach((apdu, i) => {
      const rows = differences(mine(apdu), theirs[i]!);
      expect(rows.tshark).toEqual([]);
      // The producer tags extension attribute values implicitly: tshark leaves them out. Unknown elements are text only there.
      const known = /^(p1\.(CommonName|value_element)|p22\.InformationObject|ber\.unknown\.\w+)=/;
      expect(rows.ours.filter(f => !known.test(f))).toEqual([]);
    });
  });
});

/** Fields that tshark has no dissector for, or prints in another form; nothing else may differ. */
const ONLY_OURS = [
  /^x509(if|af|ce|sat)\./, // extension 46, algorithm parameters, extension values, absolute times
  /^ber\.(unknown|bitstring)/,
  /^p1\.(CertificateSelectors|encryption_|content_integrity_check|token_signature|message_origin_authentication)/, // extension 46
  /^p22\.Interchange_Data_Element_element=/, // of T.411, elsewhere in tshark
  /^p22\.(parameter|compression_algorithm_param|extensions_item)_element=/, // open values
];
const ONLY_TSHARK = [
  /^ber\.unknown/,
  /^p1\.unknown\.standard_extension=/,
  /^p22\.advice=0/, // printed although it is absent
];

/** Fields of the alternatives of a type and of those that it is made of, but for some by their names. */
function alternatives(
  type: Type,
  without: readonly string[],
  seen = new Set<Type>(),
  out = new Set<string>(),
): Set<string> {
  if (seen.has(type)) return out;
  seen.add(type);
  if (['SEQ', 'SET', 'CHOICE'].includes(type.op)) {
    for (const c of type.list) {
      if (without.includes(c.name)) continue;
      if (type.op === 'CHOICE') out.add(c.field);
      alternatives(c.type, without, seen, out);
    }
  } else if (['SEQOF', 'SETOF', 'EXPLICIT', 'SECRET', 'GUARD', 'INSIDE'].includes(type.op)) {
    alternatives(type.of, without, seen, out);
  }
  return out;
}

describe.runIf(tshark)('random values of every type', () => {
  const objects = [IPMS, FTBP, MMS].flatMap(m =>
    Object.keys(m.source.tables!.objects!).map(k => [k, m.lookup('objects', k)!] as const),
  );
  const skip = ['presentation-capabilities', 'telex', 'voice', 'simple-formattable-document', 'tif1'];
  skip.push('returned-content', 'valuesWithContext', 'content'); // opened by type; not dissected; OCTET STRING form

  it('agree with tshark in every alternative of body parts and of what comes by object identifier', () => {
    const reached = new Map<string, number>();
    const extension = tlv(16, true, tlv(6, false, oidOctets('1.2.3')), tlv(4, false, Uint8Array.of(5, 0)));
    // Those that hold any value at all, and what tshark gives up at.
    const any = ['nationally-defined', 'access-control', 'attribute-extensions', 'private-use', 'dist-Extensions'];
    const without = [...skip, ...any, 'data-value-descriptor'];
    const value = (type: Type, seed: number): Uint8Array =>
      new Generator(seed, objects, { Extension: () => extension }, without, reached).value(type, 2);
    const basic = (n: number): Uint8Array => value(IPMS.type('BodyPart'), n + 1);
    const extended = (oid: string, octets: Uint8Array): Uint8Array =>
      tlv(0x2000000f, true, tlv(8, true, tlv(6, false, oidOctets(oid)), tlv(0x20000000, true, octets)));
    const bodies = [
      ...objects.map(([oid, type], n) => [1, 2, 3, 4, 5, 6, 7, 8].map(k => extended(oid, value(type, 8 * n + k)))),
      ...Array.from({ length: 20 }, (_, n) => [basic(2 * n), basic(2 * n + 1)]),
    ];
    const domain = { country: 'GB', admd: 'GOLD' };
    const envelope = { domain, local: 'L', originator: { ...domain, surname: 'Smith' }, arrival: '260301091500Z' };
    const heading = tlv(17, true, tlv(0x1000000b, true, tlv(19, false, ascii('I1'))));
    const apdus = bodies.map(parts =>
      p1.message(
        { ...envelope, recipients: [envelope.originator], contentType: 22 },
        tlv(0x20000000, true, heading, tlv(16, true, ...parts)),
      ),
    );
    const theirs = judged(apdus);
    apdus.forEach((apdu, i) => {
      const { trees, faults } = dissectApdu(apdu, 0, apdu.length, { showCredentials: true });
      expect(faults).toEqual([]);
      const rows = differences(
        trees.flatMap(t => ours(t.fields)),
        theirs[i]!,
      );
      expect({
        ours: rows.ours.filter(f => !ONLY_OURS.some(p => p.test(f))),
        tshark: rows.tshark.filter(f => !ONLY_TSHARK.some(p => p.test(f)) && !f.startsWith('x509')),
      }).toEqual({ ours: [], tshark: [] });
    });
    // The generator makes single ASN.1 types and standard extensions of what is open.
    const fixed = ['single-ASN1-type', 'octet-aligned', 'arbitrary', 'private-extension'];
    const types = [IPMS.type('BodyPart'), ...objects.map(([, type]) => type)];
    const all = types.flatMap(t => [...alternatives(t, [...without, ...fixed])]);
    expect(all.filter(field => !reached.has(field))).toEqual([]);
  }, 60_000);

  it.each([1, 101, 201])(
    'agree with tshark, seed %i and on',
    seed => {
      const apdus: Uint8Array[] = [];
      for (let s = seed; apdus.length < 40; s++) {
        const military = s % 3 === 0;
        const content = (g: Generator): Uint8Array => g.value((military ? MMS : IPMS).type('InformationObject'), 6);
        const hooks = {
          ContentType: () =>
            military ? tlv(6, false, oidOctets('1.3.26.0.4406.0.4.1')) : tlv(0x10000006, false, Uint8Array.of(22)),
          Content: (g: Generator) => tlv(4, false, content(g)),
        };
        const g = new Generator(
          s,
          objects,
          hooks,
          skip.filter(name => name !== 'content'),
        );
        const body = new Generator(s + 7, objects, hooks, skip);
        hooks.Content = () => tlv(4, false, content(body));
        const apdu = g.value(MTA.type('MTS-APDU'));
        if (apdu.length < 30_000) apdus.push(apdu);
      }
      const theirs = judged(apdus);
      expect(theirs.length).toBe(apdus.length);
      let agreed = 0;
      apdus.forEach((apdu, i) => {
        const fields = mine(apdu);
        const rows = differences(fields, theirs[i]!);
        agreed += fields.length - rows.ours.length;
        expect({
          ours: rows.ours.filter(f => !ONLY_OURS.some(p => p.test(f))),
          tshark: rows.tshark.filter(f => !ONLY_TSHARK.some(p => p.test(f))),
        }).toEqual({ ours: [], tshark: [] });
      });
      expect(agreed).toBeGreaterThan(8_000);
    },
    60_000,
  );
});
