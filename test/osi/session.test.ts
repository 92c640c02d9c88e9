import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from '../../src/model/field.ts';
import { Origin } from '../../src/model/origin.ts';
import {
  checkSpdu,
  findParameter,
  isPlainData,
  numberOf,
  parseSsdu,
  serialOf,
  sessionTrees,
} from '../../src/osi/session.ts';
import { cat, latin1 } from '../kit/bytes.ts';
import { pi, ses, spdu } from '../kit/session.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const parse = (bytes: Uint8Array) => parseSsdu(bytes, 0, bytes.length);
const names = (bytes: Uint8Array) => parse(bytes).spdus.map(s => s.name);

describe('a TSDU is cut into its SPDUs', () => {
  // Octets of a Wireshark wiki capture and of ../shared/docs/protocols.md, appendix B; what they are is read off tshark.
  const vectors: [octets: string, names: string[]][] = [
    ['01 00 2d 05 29 03 02 01 01', ['GT', 'AS']],
    ['01 00 01 00 61 00', ['GT', 'DT']],
    ['01 00 31 03 2a 01 31', ['GT', 'MIP']],
    ['02 00 32 03 2a 01 31', ['PT', 'MIA']],
    ['01 00 29 03 2a 01 33', ['GT', 'AE']],
    ['01 00 29 06 0f 01 01 2a 01 37', ['GT', 'MAP']],
    ['02 00 2a 03 2a 01 33', ['PT', 'MAA']],
    ['02 11 10 01 01 c1 0c 61 0a 30 08 02 01 03 a0 03 02 01 05', ['PT']],
    ['15 00', ['GTC']],
    ['16 00', ['GTA']],
    ['01 00 19 03 32 01 01', ['GT', 'AI']],
    ['02 00 1a 00', ['PT', 'AIA']],
    ['19 07 11 01 03 c1 02 a0 00', ['AB']],
    ['1a 00', ['AA']],
    ['02 00 00 05 31 03 01 02 03', ['PT', 'ER']],
    ['21 03 19 01 03 61 00', ['TD']],
    ['05 00 61 00', ['EX']],
    ['07 03 18 01 01', ['PR']],
    ['09 13 11 01 01 c1 0e 61 0c 30 0a 02 01 01 a0 05 62 03 80 01 00', ['FN']],
  ];
  it.each(vectors)('%s', (octets, expected) => {
    const ssdu = parse(hex(octets));
    expect(ssdu.spdus.map(s => s.name)).toEqual(expected);
    expect(ssdu.faults).toEqual([]);
  });

  it('the same SI is another SPDU behind GT or PT', () => {
    expect(names(cat(spdu(25, pi(17, 1))))).toEqual(['AB']);
    expect(names(cat(spdu(1), spdu(25, pi(50, 1))))).toEqual(['GT', 'AI']);
    expect(names(cat(spdu(26)))).toEqual(['AA']);
    expect(names(cat(spdu(2), spdu(26)))).toEqual(['PT', 'AIA']);
  });

  it('extended concatenation goes on to the end, and data take the rest', () => {
    const bytes = cat(spdu(1), spdu(45, pi(41, 1)), spdu(41, pi(42, latin1('1'))), spdu(1, [], [1, 2, 3]));
    const { spdus, faults } = parse(bytes);
    expect(spdus.map(s => s.name)).toEqual(['GT', 'AS', 'AE', 'DT']);
    expect(bytes.subarray(spdus[3]!.infoStart, spdus[3]!.infoEnd)).toEqual(new Uint8Array([1, 2, 3]));
    expect(faults).toEqual([]);
  });

  it('lengths in one octet and in three', () => {
    for (const size of [0, 1, 254, 255, 600, 65000]) {
      const bytes = ses.cn({}, new Uint8Array(size));
      const [cn] = parse(bytes).spdus;
      const data = findParameter(cn!, 193)!;
      expect(data.declared).toBe(size);
      expect(data.valueEnd - data.valueStart).toBe(size);
      expect(cn!.valueEnd).toBe(bytes.length);
      expect(parse(bytes).faults).toEqual([]);
    }
  });

  it('parameters in groups are found in their group only', () => {
    const bytes = ses.ar({ activity: [2, 1, 2], old: [2, 1, 1], point: 3, linking: { calling: [0x79] } });
    const ar = parse(bytes).spdus[1]!;
    expect(serialOf(bytes, findParameter(ar, 42, 33))).toBe(3);
    expect(findParameter(ar, 42)).toBeNull();
    expect(bytes.subarray(findParameter(ar, 41)!.valueStart, findParameter(ar, 41)!.valueEnd)).toEqual(
      new Uint8Array([2, 1, 2]),
    );
    expect(numberOf(bytes, findParameter(ar, 10, 33))).toBe(0x79);
  });

  it('tells which octets overrun, and reads what is there', () => {
    const { spdus, faults } = parse(hex('01 00 2d 1e 29 03 02 01 01'));
    expect(spdus.map(s => s.name)).toEqual(['GT', 'AS']);
    expect(faults).toMatchObject([
      { code: 'ses.overrun', start: 2, end: 9, detail: 'AS declares 30 octets, 5 are there' },
    ]);
    expect(findParameter(spdus[1]!, 41)!.declared).toBe(3);
  });

  it('octets behind an SPDU that stands alone are told', () => {
    expect(parse(hex('16 00 16 00')).faults).toMatchObject([{ code: 'ses.concatenation', start: 2, end: 4 }]);
  });

  it('knows the plain data TSDU', () => {
    expect(isPlainData(hex('01 00 01 00'), 0, 4)).toBe(true);
    expect(isPlainData(hex('01 00 01 03 19 01 03'), 0, 7)).toBe(false);
  });
});

describe('the form of an SPDU', () => {
  const faults = (bytes: Uint8Array, version: 1 | 2 | null = 2) => {
    const { spdus } = parse(bytes);
    return spdus.flatMap(s => checkSpdu(bytes, s, { version })).map(f => f.code);
  };

  it('every SPDU that the test kit writes is in order', () => {
    const all = [
      ses.cn(
        {
          callingReference: [1],
          commonReference: [2],
          tsduMaximum: [0, 0],
          initialSerial: 1,
          tokens: 0,
          callingSelector: [1],
          calledSelector: [2],
        },
        [1],
      ),
      ...[
        ses.ac({}, [1]),
        ses.rf(2, [1]),
        ses.fn(),
        ses.dn(),
        ses.nf(),
        ses.ab(3),
        ses.aa(),
        ses.gt(0x55),
        ses.pt(1),
        ses.gtc(),
        ses.gta(),
      ],
      ...[
        ses.dt([1]),
        ses.td([1]),
        ses.mip(1),
        ses.mia(1),
        ses.map(1),
        ses.maa(1),
        ses.ae(1),
        ses.aea(1),
        ses.as([1]),
        ses.ai(1),
        ses.aia(),
      ],
      ...[
        ses.ad(5),
        ses.ada(),
        ses.rs({ tokens: 0, type: 0, serial: 1 }),
        ses.ra({ tokens: 0, serial: 1 }),
        ses.er([1]),
        ses.ed(6),
      ],
    ];
    for (const bytes of all) expect(faults(bytes), Buffer.from(bytes).toString('hex')).toEqual([]);
  });

  it('user data lengths go by the version', () => {
    expect(faults(ses.fn(new Uint8Array(513)), 1)).toEqual(['ses.user-data-too-long']);
    expect(faults(ses.fn(new Uint8Array(513)), 2)).toEqual([]);
    expect(faults(ses.fn(new Uint8Array(513)), null)).toEqual([]);
  });

  it('an ACCEPT goes by the version that it chooses itself', () => {
    expect(faults(ses.ac({ versions: 1 }, new Uint8Array(513)), null)).toEqual(['ses.user-data-too-long']);
    expect(faults(ses.ac({ versions: 1 }, new Uint8Array(512)), null)).toEqual([]);
    expect(faults(ses.ac({ versions: 2 }, new Uint8Array(513)), null)).toEqual([]);
  });

  it('an ABORT reflects nine octets, an EXCEPTION REPORT as many as there are', () => {
    const abort = (octets: number) => spdu(25, [pi(17, 5), pi(49, new Uint8Array(octets))]);
    expect(faults(abort(9))).toEqual([]);
    expect(faults(abort(10))).toEqual(['ses.parameter-too-long']);
    expect(faults(ses.er(new Uint8Array(100)))).toEqual([]);
  });

  it('enclosure items of version 1', () => {
    const segment = cat(spdu(1), spdu(49, [pi(25, 1), pi(42, latin1('1'))]));
    expect(faults(segment, 1)).toEqual(['ses.enclosure']);
    expect(faults(segment, 2)).toEqual([]);
    // An ACCEPT says itself which version it chooses; its later segments do not.
    const accept = (version: number) => spdu(14, [pi(5, pi(19, 0), pi(22, version)), pi(20, 2, 0x49), pi(25, 1)]);
    expect(faults(accept(1))).toEqual(['ses.enclosure']);
    expect(faults(accept(2))).toEqual([]);
    expect(faults(spdu(14, [pi(25, 2), pi(193, new Uint8Array(600))]))).toEqual([]);
  });
});

describe('the tree', () => {
  const flat = (fields: readonly Field[]): Field[] => fields.flatMap(f => [f, ...flat(f.children)]);

  it('has Wireshark’s names and values', () => {
    const bytes = ses.cn({
      callingSelector: latin1('MTA1'),
      calledSelector: latin1('MTA2'),
      tokens: 0x24,
      initialSerial: 7,
    });
    const [tree] = sessionTrees(bytes, parse(bytes), null);
    const value = (name: string) => flat(tree!.fields).find(f => f.name === name)?.value;
    expect(value('ses.type')).toBe(13);
    expect(value('ses.req.flags')).toBe(0x0249);
    expect(value('ses.half_duplex')).toBe(true);
    expect(value('ses.duplex')).toBe(false);
    expect(value('ses.protocol_version2')).toBe(true);
    expect(value('ses.calling_session_selector')).toBe('4d544131');
    expect(value('ses.major_activity_token_setting')).toBe(2);
    expect(value('ses.synchronize_minor_token_setting')).toBe(1);
    expect(value('ses.initial_serial_number')).toBe('7');
  });

  it('is one tree an SPDU, each field within its SPDU', () => {
    const bytes = cat(spdu(1), spdu(45, pi(41, [2, 1, 1])));
    const origin = new Origin();
    origin.add(0, 8, 61, bytes.length);
    const trees = sessionTrees(bytes, parse(bytes), origin);
    expect(trees.map(t => [t.start, t.end])).toEqual([
      [0, 2],
      [2, 9],
    ]);
    expect(trees[1]!.title).toBe('ISO 8327-1 OSI Session Protocol, ACTIVITY START (AS) SPDU');
    expect(origin.locate(6, 9)).toEqual([{ frame: 8, offset: 67, length: 3 }]);
  });

  it('shows thousands of faults in little more time than it takes to read them', { timeout: 5000 }, () => {
    const bytes = cat(spdu(1), ...Array.from({ length: 60_000 }, () => spdu(99, [])));
    const trees = sessionTrees(bytes, parse(bytes), null);
    expect(trees.length).toBe(60_001);
    expect(trees.slice(1).every(t => t.fields[0]!.fault !== undefined)).toBe(true);
  });

  it('shows what is wrong where it is wrong', () => {
    const bytes = cat(spdu(1), spdu(49, pi(42, latin1('x'))));
    const ssdu = parse(bytes);
    const extra = ssdu.spdus.flatMap(s => checkSpdu(bytes, s, { version: 2 }));
    const found = flat(sessionTrees(bytes, ssdu, null, extra).flatMap(t => t.fields)).filter(
      f => f.fault !== undefined,
    );
    expect(found.map(f => [f.label, f.fault])).toEqual([
      ['Serial Number', 'MIP: the serial number is not written in decimal digits'],
    ]);
  });
});

describe('for any octets', () => {
  const octets = fc.uint8Array({ maxLength: 200 });
  /** Octets that look like SPDUs: known codes with small lengths. */
  const likely = fc
    .array(fc.oneof(fc.constantFrom(0, 1, 2, 3, 5, 10, 13, 14, 25, 33, 41, 42, 45, 49, 50, 193, 255), fc.nat(255)), {
      maxLength: 80,
    })
    .map(list => new Uint8Array(list));

  it('parser, checks and trees end, stay inside, and throw nothing', () => {
    fc.assert(
      fc.property(fc.oneof(octets, likely), fc.nat(5), (bytes, lead) => {
        const padded = cat(new Uint8Array(lead), bytes, 0xaa);
        const end = lead + bytes.length;
        const ssdu = parseSsdu(padded, lead, end);
        const inside = (a: number, b: number) => expect(a >= lead && a <= b && b <= end).toBe(true);
        let last = lead;
        for (const s of ssdu.spdus) {
          expect(s.start).toBe(last);
          inside(s.start, s.valueEnd);
          inside(s.infoStart, s.infoEnd);
          last = Math.max(s.valueEnd, s.infoEnd);
          for (const p of s.parameters) inside(p.start, p.valueEnd);
          for (const f of checkSpdu(padded, s, { version: 1 })) inside(f.start, f.end);
        }
        for (const f of ssdu.faults) inside(f.start, f.end);
        const walk = (fields: readonly Field[]): void => {
          for (const f of fields) {
            inside(f.start, f.end);
            walk(f.children);
          }
        };
        for (const tree of sessionTrees(padded, ssdu, null)) walk(tree.fields);
      }),
      { numRuns: 2000 },
    );
  });
});
