import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeFile } from '../../src/app/analyze.ts';
import type { Field } from '../../src/model/field.ts';
import { folder } from '../cli/kit.ts';
import { integer, tlv } from '../kit/ber.ts';
import { cat, latin1, type Part, u16 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import type { Way } from '../kit/link.ts';
import { pi, ses, spdu } from '../kit/session.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';
import { anonymizeInto, options } from './kit.ts';

const dir = folder();

/** What the session service leaves to its user, as X.228 writes it: a T61String, a UTCTime, numbers of activities. */
const t61 = (text: string): Part => tlv(20, latin1(text));
const reference = t61('MTA-PARIS-07');
const time = tlv(23, latin1('980603071500Z'));

function capture(name: string, tsdus: readonly (readonly [Way, Uint8Array])[]): string {
  const wire = new Wire('1998-06-03T07:00:00Z');
  const tcp = new Conversation(wire, { address: '10.1.2.3', port: 2000 }, { address: '10.1.2.4', port: 102 });
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect();
  for (const [way, bytes] of tsdus) transport.tsdu(way, bytes);
  const file = join(dir, `${name}.pcap`);
  writeFileSync(file, wire.pcap());
  return file;
}

/** The values of the session layer, in order, each with its name. */
async function values(file: string): Promise<[name: string, value: string][]> {
  const out: [string, string][] = [];
  const walk = (f: Field): void => {
    if (f.value !== undefined) out.push([f.name, String(f.value)]);
    f.children.forEach(walk);
  };
  await analyzeFile(file, options('exchange-5.5'), {
    onPdu: pdu => {
      for (const tree of pdu.trees) if (tree.layer === 'ses') tree.fields.forEach(walk);
    },
  });
  return out;
}

const IDENTITIES = new Set([
  'ses.calling_ss_user_reference',
  'ses.called_ss_user_reference',
  'ses.common_reference',
  'ses.additional_reference_information',
  'ses.calling_session_selector',
  'ses.called_session_selector',
]);

const connect = {
  commonReference: time,
  tsduMaximum: [2048, 4096],
  initialSerial: 407,
  tokens: 0x06,
  units: 0x0b79,
  callingSelector: latin1('SORBONNE'),
  calledSelector: latin1('0420'),
} as const;

/** One association with every parameter that holds a number, a code or digits. */
const association: readonly (readonly [Way, Uint8Array])[] = [
  [0, ses.cn({ ...connect, callingReference: reference, additionalReference: tlv(20, latin1('42')) })],
  [1, ses.ac({ ...connect, callingReference: t61('MTA-LYON-12') })],
  [0, ses.as(integer(65))],
  [0, ses.mip(407)],
  [1, ses.mia(407)],
  [0, ses.map(408)],
  [1, ses.maa(408)],
  [0, ses.rs({ tokens: 0x15, type: 2, serial: 31 })],
  [1, ses.ra({ tokens: 0x15, serial: 31 })],
  [0, cat(spdu(1), spdu(53, [pi(26, 5), pi(27, 0), pi(42, latin1('31')), pi(53, 2), pi(54, latin1('77'))]))],
  [0, ses.ai(5)],
  [1, ses.aia()],
  [0, ses.ar({ activity: integer(66), old: integer(65), point: 30, linking: { calling: reference, common: time } })],
  [0, ses.ad(128)],
  [1, ses.ada()],
  [1, ses.pt(0x41)],
  [1, ses.ed(6)],
  [0, spdu(7, pi(24, 4))],
  [0, ses.gt(0x15)],
  [0, ses.fn(undefined, true)],
];

describe('session parameters, anonymized', () => {
  it('that are numbers, codes, flags or digits stay', async () => {
    const file = capture('association', association);
    const { path, missing, added } = await anonymizeInto(dir, file);
    expect({ missing, added }).toEqual({ missing: [], added: [] });
    const [before, after] = [await values(file), await values(path)];
    expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name));
    const structure = (rows: typeof before) => rows.filter(([name]) => !IDENTITIES.has(name));
    expect(structure(after)).toEqual(structure(before));
    const names = new Set(before.map(([name]) => name));
    for (const part of ['initial_serial_number', 'serial_number', 'second_serial_number', 'activity_identifier'])
      expect(names).toContain(`ses.${part}`);
    for (const part of ['resync_type', 'prepare_type', 'reason_code', 'version.flags', 'tken_item.flags'])
      expect(names).toContain(`ses.${part}`);
  });

  it('that are serial numbers of symmetric synchronization stay', async () => {
    const numbers = ['407', '900', '999999', '1234567', '7654321'].map((digits, i) =>
      pi([23, 55, 56, 57, 58][i]!, latin1(digits)),
    );
    const file = capture('symmetric', [[0, spdu(13, [pi(5, pi(19, 0), pi(22, 2), numbers), pi(20, u16(0x0b49))])]]);
    const { path } = await anonymizeInto(dir, file);
    const before = await values(file);
    expect(before.map(([, value]) => value)).toContain('7654321');
    expect(await values(path)).toEqual(before);
  });

  it('that name somebody are replaced: equal ones alike, in the element that they stand in', async () => {
    const file = capture('names', association);
    const { path, bytes } = await anonymizeInto(dir, file);
    const [before, after] = [await values(file), await values(path)];
    const pseudonyms = new Map<string, Set<string>>();
    before.forEach(([name, value], i) => {
      if (!IDENTITIES.has(name)) return;
      expect(after[i]![1], name).not.toBe(value);
      expect(after[i]![1], name).toHaveLength(value.length);
      pseudonyms.set(value, (pseudonyms.get(value) ?? new Set()).add(after[i]![1]));
    });
    for (const [value, made] of pseudonyms) expect(made.size, value).toBe(1);
    const calling = after.find(([name]) => name === 'ses.calling_ss_user_reference')![1];
    expect(calling).toMatch(/^140c/);
    const common = Buffer.from(after.find(([name]) => name === 'ses.common_reference')![1], 'hex');
    expect(common.subarray(0, 2)).toEqual(Buffer.from([23, 13]));
    expect(common.toString('latin1', 2)).toMatch(/^90\d{10}Z$/);
    for (const text of ['PARIS', 'LYON', 'SORBONNE', '0420', '980603']) expect(bytes.includes(text), text).toBe(false);
  });

  it('that hold something else than they should tell nothing of it', async () => {
    const odd: [Way, Uint8Array][] = [
      [0, ses.as(latin1('ANNA07'))],
      [0, cat(spdu(1), spdu(49, pi(42, latin1('ANNA'))))],
      [0, cat(spdu(1), spdu(49, pi(42, latin1('004930123456'))))],
      [0, cat(spdu(1), spdu(45, pi(41, cat(2, 9, latin1('ANNA')))))],
      [0, cat(spdu(1), spdu(49, [pi(42, latin1('12')), pi(99, u16(0x414e), u16(0x4e41))]))],
    ];
    const file = capture('odd', [...association.slice(0, 2), ...odd]);
    const { bytes, missing, added } = await anonymizeInto(dir, file);
    for (const text of ['ANNA', '004930123456']) expect(bytes.includes(text), text).toBe(false);
    expect({ missing, added }).toEqual({ missing: [], added: [] });
  });
});
