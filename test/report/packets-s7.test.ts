import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { S7 } from '../../src/engine/upper/s7.ts';
import { pduInfo } from '../../src/report/packets-info.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { hex } from '../kit/bytes.ts';
import { columns } from '../kit/columns.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';

/** `32 07 0000 reference`, lengths, parameter, data. */
const SETUP = hex('32010000 0100 0008 0000 f0000001000101e0');
const SZL_REQUEST = hex('32070000 0200 0008 0008 0001120411440100 ff090004 00110000');
const SZL_ANSWER = hex('32070000 0200 000c 000c 0001120812840101 00000000 ff090008 0011 0000 001c0000');
const SZL_REFUSED = hex('32070000 0300 000c 0004 0001120812840102 0000d402 0a000000');
const SZL_LATER = hex('32070000 0400 000c 000c 0001120812840103 01000000 ff090008 0011 0000 001c0000');
const STOP = hex('32070000 0000 0008 0000 0100100000000000');
const NO_NAME = hex('32070000 0000 0008 0000 0001120411490900');

test('a userdata PDU says what it asks for, answers or tells', async () => {
  expect(await columns(SETUP, SZL_ANSWER, SZL_REQUEST, SZL_REFUSED, NO_NAME, STOP, SETUP, SZL_LATER)).toEqual([
    'S7COMM ROSCTR:[Job     ] Function:[Setup communication]',
    'S7COMM ROSCTR:[Userdata] Function:[Response] -> [CPU functions] -> [Read SZL] ID=0x0011 Index=0x0000',
    'S7COMM ROSCTR:[Userdata] Function:[Request] -> [CPU functions] -> [Read SZL] ID=0x0011 Index=0x0000',
    'S7COMM ROSCTR:[Userdata] Function:[Response] -> [CPU functions] -> [Read SZL] -> Errorcode:[0xd402]',
    'S7COMM ROSCTR:[Userdata] Function:[Request] -> [group 9] -> [subfunction 9]',
    'S7COMM ROSCTR:[Userdata] Function:[Push-Undef] -> [Mode-transition] -> [STOP]',
    'S7COMM ROSCTR:[Job     ] Function:[Setup communication]',
    // The second and later units of an answer go on with its records: these are no ID and no index.
    'S7COMM ROSCTR:[Userdata] Function:[Response] -> [CPU functions] -> [Read SZL]',
  ]);
});

test('a PDU that is cut anywhere, or whose lengths are too long, is read as far as its own octets', () => {
  const s7 = new S7();
  for (const whole of [SZL_REQUEST, SZL_ANSWER, SZL_REFUSED, STOP]) {
    for (let end = 0; end <= whole.length; end++) {
      const seen = [0, 40].map(behind => {
        const bytes = new Uint8Array(end + behind).fill(0xee);
        bytes.set(whole.subarray(0, end));
        const tsdu = { bytes, start: 0, end, origin: null } as unknown as Parameters<S7['tree']>[0];
        const [tree] = s7.tree(tsdu);
        for (const field of tree?.fields ?? [])
          expect(field.end, `${field.name}, cut to ${end}`).toBeLessThanOrEqual(end);
        return { read: s7.read(tsdu, () => {}), title: tree?.title, fields: tree?.fields };
      });
      expect(seen[1], `cut to ${end}, with other octets behind`).toEqual(seen[0]);
    }
  }
});

const SHARED = join(import.meta.dirname, '../../../shared/captures');
/** What we leave out: names of what blocks, events, alarms and jobs are asked for, tshark's own reassembly, and its complaints. */
const MORE =
  /( Event='[^']*'| Type:\[\w+\]| -> Block:\[[^\]]*\]| (SubscribedEvents|AlmType|ByAlarmtype|JobID)=\S*| \(S7COMM (reassembled|fragment)[^)]*\)| ID=\S+ Index=\S+|\[Malformed Packet\])+$/;
const FILES = [
  'port102-other/iti__step7_s300_stop.pcapng',
  'port102-other/iti__tia_s300_flashLed.pcapng',
  'port102-other/iti__tia_s300_downloadHwConfig.pcapng',
];
const FIELDS = [
  ...['head', 'length', 'reqres1', 'type', 'funcgroup', 'subfunc', 'seq_num', 'dataunitref', 'lastdataunit'].map(
    name => `s7comm.param.userdata.${name}`,
  ),
  's7comm.param.modetrans.subfunc',
  's7comm.param.errcod',
];
const REMARKS = /^(\[TCP [^\]]*\] *)+(\| *)?/;

describe.skipIf(!tsharkAvailable() || !existsSync(SHARED))('with tshark and the shared captures', () => {
  it.each(FILES)('the same functions in %s', async name => {
    const file = join(SHARED, name);
    const theirs = tsharkFields(file, ['frame.number', '_ws.col.Info'], [], 's7comm.header.rosctr == 7');
    const ours = new Map<number, string[]>();
    await analyzeBytes(readFileSync(file), analyzeOptions(), {
      onPdu: ({ frame, trees }) => void ours.set(frame, [...(ours.get(frame) ?? []), pduInfo(trees).info]),
    });
    const bare = (info: string) => info.replace(REMARKS, '').replace(MORE, '');
    expect(theirs.length).toBeGreaterThan(1);
    for (const row of theirs) {
      const frame = Number(row['frame.number']![0]);
      const [, last] = /(ROSCTR:(?:(?!ROSCTR:).)*)$/.exec(row['_ws.col.Info']![0]!)!;
      expect(bare(ours.get(frame)?.at(-1) ?? ''), `frame ${frame}`).toBe(bare(last!));
    }
  });

  it.each(FILES)('the same values in %s', async name => {
    const file = join(SHARED, name);
    const ours: string[] = [];
    await analyzeBytes(readFileSync(file), analyzeOptions(), {
      onPdu: ({ frame, trees }) => {
        for (const { fields } of trees)
          for (const { name, value } of fields) if (FIELDS.includes(name)) ours.push(`${frame} ${name} ${value}`);
      },
    });
    const theirs = tsharkFields(file, ['frame.number', ...FIELDS], [], 's7comm.param.userdata.head').flatMap(row =>
      FIELDS.flatMap(name =>
        (row[name] ?? []).filter(v => v !== '').map(v => `${row['frame.number']![0]} ${name} ${Number(v)}`),
      ),
    );
    expect(theirs.length).toBeGreaterThan(10);
    expect(ours.sort()).toEqual(theirs.sort());
  });
});
