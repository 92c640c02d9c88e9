import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { BareMms } from '../../src/engine/upper/mms.ts';
import type { Field } from '../../src/model/field.ts';
import { MMS } from '../../src/osi/mms.ts';
import { filterFor } from '../../src/report/copied-filter.ts';
import { packetFields } from '../../src/report/filter-fields.ts';
import { pduInfo } from '../../src/report/packets-info.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { ctx, ctxc, integer, sequence, tlv } from '../kit/ber.ts';
import { latin1, type Part } from '../kit/bytes.ts';
import { columns } from '../kit/columns.ts';
import { ses } from '../kit/session.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import * as upper from '../kit/upper.ts';
import { differences, ours, theirs } from '../oracle/compare.ts';

const CONTEXTS: readonly upper.Context[] = [
  [1, upper.OID.acse],
  [3, upper.OID.mms],
];
const opens = (tag: number) => ctxc(tag, integer(1));
const data = (pdu: Part) => ses.dt(upper.userData([3, pdu]));

const visible = (text: string) => tlv(26, latin1(text));
const object = (domain: string, item: string) => ctxc(1, visible(domain), visible(item));
const variable = (name: Part) => sequence(ctxc(0, name));
const float = (...octets: number[]) => ctx(7, 8, ...octets);

const READ = ctxc(
  0,
  integer(7),
  ctxc(4, ctxc(1, ctxc(0, variable(object('LD0', 'LLN0$ST$Mod')), variable(ctx(0, latin1('V')))))),
);
const VALUE = ctxc(1, integer(7), ctxc(4, ctxc(1, float(0x41, 0xd0, 0, 0))));
const VALUES = ctxc(1, integer(7), ctxc(4, ctxc(1, float(0x41, 0xd0, 0, 0), float(0x41, 0xd0, 0, 0), ctx(0, 10))));
const NONE = ctxc(1, integer(8), ctxc(5, ctx(0, 3), ctx(0, 3)));
const LIST = ctxc(0, integer(300), ctxc(1, ctxc(0, ctx(0, 9)), ctxc(1, ctx(0))));
const OPEN_FILE = ctxc(0, integer(2), tlv([0xbf, 72], ctxc(0, tlv(25, latin1('COMTRADE/1.cfg'))), ctx(1, 0)));
const REPORT = ctxc(3, ctxc(0, ctxc(1, ctx(0, latin1('RPT'))), ctxc(0, ctx(3, 1))));
const STATUS = ctxc(3, ctxc(1, ctx(0, 0), ctx(1, 2)));
const ERROR = ctxc(2, ctx(0, 9), ctxc(2, ctxc(0, ctx(7, 2))));
const UNKNOWN_ERROR = ctxc(2, ctx(0, 9), ctxc(2, ctxc(0, ctx(7, 99))));
const REJECT = ctxc(4, ctx(0, 9), ctx(1, 1));
const CANCEL = ctx(5, 9);
const NO_SERVICE = ctxc(0, integer(7), ctxc(30, ctx(0)));

test('MMS above a session is named, in the PDUs that open the association too', async () => {
  const cn = ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mmsContext, opens(8))])));
  const ac = ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare(upper.OID.mmsContext, opens(9))])));
  expect(await columns(cn, ac, data(READ), data(VALUE))).toEqual([
    'MMS initiate-RequestPDU',
    'MMS initiate-ResponsePDU',
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS 07 confirmed-ResponsePDU: read 26.000000',
  ]);
});

test('and where the PDU that opens it is cut short', async () => {
  const user = upper.userData([1, upper.aarq(upper.OID.mmsContext, ctxc(8, ctx(0, 0, 99), ctx(1, 5), ctx(2, 5)))]);
  const cut = ses.cn({ units: 2 }, upper.cp(CONTEXTS, user).slice(0, -4));
  expect((await columns(cut, data(READ)))[0]).toBe('MMS initiate-RequestPDU');
});

test('and in mid-stream, where nobody has said which contexts there are', async () => {
  expect(await columns(data(READ), data(VALUE), data(READ), data(VALUE))).toEqual([
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS 07 confirmed-ResponsePDU: read 26.000000',
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS 07 confirmed-ResponsePDU: read 26.000000',
  ]);
});

test('a PDU says what it is about, and why nothing came of it', async () => {
  const said = [
    READ,
    VALUES,
    LIST,
    NONE,
    OPEN_FILE,
    REPORT,
    CANCEL,
    ERROR,
    NO_SERVICE,
    REJECT,
    READ,
    UNKNOWN_ERROR,
    READ,
  ];
  const cn = ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mmsContext, opens(8))])));
  const ac = ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare(upper.OID.mmsContext, opens(9))])));
  expect((await columns(cn, ac, ...said.map(data), data(STATUS))).slice(2)).toEqual([
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS 07 confirmed-ResponsePDU: read object-non-existent (1 of 3)',
    'MMS 300 confirmed-RequestPDU: getNameList domain',
    'MMS 08 confirmed-ResponsePDU: write object-access-denied',
    'MMS 02 confirmed-RequestPDU: fileOpen COMTRADE/1.cfg',
    'MMS unconfirmed-PDU: informationReport RPT',
    'MMS 09 cancel-RequestPDU',
    'MMS 09 confirmed-ErrorPDU access: object-non-existent',
    'MMS 07 confirmed-RequestPDU: uploadSegment',
    'MMS 09 rejectPDU confirmed-requestPDU: unrecognized-service',
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS 09 confirmed-ErrorPDU access: 99',
    'MMS 07 confirmed-RequestPDU: read LD0 LLN0$ST$Mod V',
    'MMS unconfirmed-PDU: unsolicitedStatus',
  ]);
});

test('names that would fill pages are cut', async () => {
  const many = Array.from({ length: 60 }, (_, i) => variable(object('LOGICAL_DEVICE', `MMXU${i}$MX$PhV$phsA`)));
  const [row] = await columns(data(ctxc(0, integer(7), ctxc(4, ctxc(1, ctxc(0, ...many))))), data(VALUE), data(READ));
  expect(row).toMatch(/^MMS 07 confirmed-RequestPDU: read LOGICAL_DEVICE MMXU0\$MX\$PhV\$phsA .* …$/);
  expect(row!.length).toBeLessThan(1100);
});

const trees = (bytes: Uint8Array, end: number) =>
  new BareMms().tree({ bytes, start: 0, end, origin: null } as unknown as Parameters<BareMms['tree']>[0]);

test('a PDU that is cut anywhere is read as far as it goes', () => {
  for (const whole of [READ, VALUES, LIST, NONE, OPEN_FILE, REPORT, STATUS, ERROR, REJECT, CANCEL, NO_SERVICE]) {
    for (let end = 0; end <= whole.length; end++) {
      const seen = [0, 40].map(behind => {
        const bytes = new Uint8Array(end + behind).fill(0xee);
        bytes.set(whole.subarray(0, end));
        const list = trees(bytes, end);
        const check = (fields: readonly Field[]): void => {
          for (const field of fields) {
            expect(field.end, `${field.name}, cut to ${end}`).toBeLessThanOrEqual(end);
            check(field.children);
          }
        };
        check(list[0]!.fields);
        return [pduInfo(list), list[0]!.fields];
      });
      expect(seen[1], `cut to ${end}, with other octets behind`).toEqual(seen[0]);
    }
  }
});

/** The text of the only field of this name. */
function shown(pdu: Uint8Array, name: string): string | undefined {
  const all = (fields: readonly Field[]): Field[] => fields.flatMap(f => [f, ...all(f.children)]);
  return all(trees(pdu, pdu.length)[0]!.fields).find(f => f.name === name)?.text;
}

test.each([
  ['floating_point', ctx(7, 8, 0x41, 0xd0, 0, 0), '26'],
  ['floating_point', ctx(7, 8, 0x3d, 0xcc, 0xcc, 0xcd), '0.1'],
  ['floating_point', ctx(7, 11, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a), '0.1'],
  ['floating_point', ctx(7, 8, 0x41, 0xd0), undefined],
  ['utc_time', ctx(17, 0x5c, 0x60, 0xdc, 0xdb, 0x3e, 0xa0, 0xb5, 0x3f), '2019-02-11 02:24:27.244 (UTC)'],
  ['utc_time', ctx(17, 1), undefined],
  ['data.binary-time', ctx(12, 0, 0, 0x03, 0xe8, 0, 1), '1984-01-02 00:00:01.000 (UTC)'],
  ['data.binary-time', ctx(12, 0, 0, 0x03, 0xe8), '00:00:01.000'],
  ['data.binary-time', ctx(12, 0xff, 0xff, 0xff, 0xff), undefined],
])('%s is shown as a reader reads it', (name, value, text) => {
  expect(shown(ctxc(1, integer(7), ctxc(4, ctxc(1, value))), `mms.${name}`)).toBe(text);
});

const SHARED = join(import.meta.dirname, '../../../shared/captures');
const FILES = [
  'port102-other/ctsamples__GOOSE_and_MMS.pcapng',
  'port102-other/emreekin__simens.pcap',
  'port102-other/iti__mms-cancelRequest.pcap',
  'port102-other/iti__mms-stopRequest.pcap',
  'port102-other/iti__piccolo.pcap',
  'port102-other/wsamples__mms.pcap.gz',
  'stacks/mms_client1_read_write_report.pcap',
  'stacks/mms_reporting.pcap',
];
const missing = FILES.filter(name => !existsSync(join(SHARED, name)));
if (missing.length > 0)
  console.log(`not compared with tshark, for they are missing in ${SHARED}: ${missing.join(', ')}`);

const FLOAT = / -?\d+\.\d{6}$/;

describe.skipIf(!tsharkAvailable() || missing.length > 0)('with tshark and the shared captures', () => {
  it.each(FILES)('the same PDUs and names in %s', async name => {
    const file = join(SHARED, name);
    const rows = tsharkFields(file, ['frame.number', '_ws.col.Info'], [], 'mms');
    const shown = new Map<number, string[]>();
    await analyzeBytes(readFileSync(file), analyzeOptions(), {
      onPdu: ({ frame, trees }) => {
        if (trees.some(tree => tree.layer === 'mms'))
          shown.set(frame, [...(shown.get(frame) ?? []), pduInfo(trees).info]);
      },
    });
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      const frame = Number(row['frame.number']![0]);
      const info = row['_ws.col.Info']!.join(',');
      // Of several PDUs in a frame the last one stands in its column; a number, the last of several, in the place of names.
      const mine = shown.get(frame)?.at(-1) ?? '';
      const number = FLOAT.exec(mine);
      if (number !== null) expect(info, `frame ${frame}`).toContain(number[0]);
      const words = info.replace(FLOAT, '').split(' ');
      const ours = mine.replace(/(PDU): \w+/, '$1').split(' ');
      expect(
        ours.filter(word => words.includes(word)),
        `frame ${frame}: ${mine}`,
      ).toEqual(words);
    }
  });

  it.each(FILES)('the same values in %s', async name => {
    const file = join(SHARED, name);
    const other = await theirs(file, []);
    const { tally } = await ours(file);
    const missed = differences(tally, other).filter(d => d.field.startsWith('mms.') && d.ours < d.tshark);
    expect(missed).toEqual([]);
    expect([...other.keys()].filter(key => key.startsWith('mms.')).length).toBeGreaterThan(10);
  });
});

describe('with tshark', () => {
  it.skipIf(!tsharkAvailable())('the names of fields are those of Wireshark, but for what it does not decode', () => {
    const run = spawnSync('tshark', ['-G', 'fields'], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const known = new Set(run.stdout.split('\n').map(line => line.split('\t')[2]));
    // A type of its own is a field in the search for fields only.
    const types = new Set(Object.keys(MMS.source.types).map(name => `mms.${name.replaceAll('-', '_')}`));
    const names = [...packetFields().all()].map(({ name }) => name).filter(name => name.startsWith('mms.'));
    expect(names.length).toBeGreaterThan(600);
    const own = names.filter(name => !known.has(name) && !types.has(name.replace(/_element$/, '')));
    expect(own.filter(name => filterFor({ name, value: 1 }, 9) !== 'frame.number == 9')).toEqual([]);
  });
});
