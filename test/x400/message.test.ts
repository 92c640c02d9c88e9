import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dissectApdu } from '../../src/x400/dissect.ts';
import { summarizeApdu } from '../../src/x400/message.ts';
import type { ApduSummary } from '../../src/x400/summary.ts';
import { app, bitString, ctxc, indefinite, integer, set, tlv, utcTime } from '../kit/ber.ts';
import { latin1, type Part } from '../kit/bytes.ts';
import * as p1 from '../kit/p1.ts';
import { external } from '../kit/upper.ts';
import { apdusOf, CAPTURES, haveCaptures } from './apdus.ts';

interface Truth {
  readonly kind: 'message' | 'probe' | 'report';
  readonly mpdu: string;
  readonly gdi: string;
  readonly recipients: number;
  readonly content_bytes?: number;
  readonly priority?: number | null;
  readonly content_type?: string;
  readonly subject?: string;
  readonly reports?: string[];
}

const captures = haveCaptures();
if (!captures) console.warn(`${CAPTURES} is missing: summaries are not held to the producers' records`);

const truth = captures
  ? new Map(
      (JSON.parse(readFileSync(`${CAPTURES}stacks/truth/p1_apdus.json`, 'utf8')) as Truth[]).map(t => [t.mpdu, t]),
    )
  : new Map<string, Truth>();

const PRIORITIES = ['normal', 'non-urgent', 'urgent'];

function hold(s: ApduSummary): void {
  const t = truth.get(s.localIdentifier ?? '')!;
  expect(t, `${s.localIdentifier} is not among the records`).toBeDefined();
  expect(s.kind).toBe(t.kind);
  expect(s.truncated).toBe(false);
  expect(s.recipients.length).toBe(t.recipients);
  const [country, admd, prmd] = t.gdi.split('/');
  expect(s.mtsIdentifier).toBe(`[/C=${country}/ADMD=${admd}/${prmd === undefined ? '' : `PRMD=${prmd}/`};${t.mpdu}]`);
  if (t.content_bytes !== undefined) expect(s.size).toBe(t.content_bytes);
  if (t.kind === 'message') expect(s.priority).toBe(PRIORITIES[t.priority ?? 0]);
  if (t.content_type !== undefined)
    expect(s.contentType).toMatch(new RegExp(`\\(${t.content_type.replaceAll('.', '\\.')}\\)$`));
  if (t.subject !== undefined) expect(s.subjectLocalIdentifier).toBe(t.subject);
  if (t.reports !== undefined) {
    const became = s.recipients.map(r => (r.outcome?.delivered ? 'delivered' : `non-delivered`));
    expect(became.map(b => b === 'delivered')).toEqual(t.reports.map(r => r.startsWith('delivered')));
  }
}

describe.runIf(captures)('APDUs that an independent encoder made', () => {
  it.each([
    ['stacks/p1_normal_mixed_len_definite_long.pcap', 8],
    ['stacks/p1_x410_mixed_len_definite_long.pcap', 8],
    ['stacks/p1_x410_mixed_len_indefinite.pcap', 8],
    ['stacks/p1_x410_turn_reports.pcap', 4],
    ['stacks/p1_x410_large_600k.pcap', 1],
    ['stacks/p1_normal_random_900k.pcap', 1],
    ['stacks/net_ipv6_p1_mixed.pcap', 4],
  ])('%s: all %i as produced', (file, count) => {
    const apdus = apdusOf(file)!;
    expect(apdus.length).toBe(count);
    for (const apdu of apdus) hold(summarizeApdu(apdu));
  });

  it('reads the first 4 KiB of a large message, and says that it is a part', () => {
    const apdu = apdusOf('stacks/p1_x410_large_600k.pcap')![0]!;
    const s = summarizeApdu(apdu, 0, 4096);
    expect(s).toMatchObject({ localIdentifier: 'LARGE-600K', truncated: true, size: 600347, contentType: 'P2 (2)' });
    expect(s.ipm?.subject).not.toBeNull();
  });

  it('says what became of each recipient', () => {
    const report = apdusOf('stacks/p1_x410_turn_reports.pcap')!
      .map(a => summarizeApdu(a))
      .at(-1)!;
    expect(report.kind).toBe('report');
    expect(report.recipients.map(r => r.outcome)).toMatchObject([
      { delivered: false, reason: 'unable-to-transfer', diagnostic: 'unrecognised-OR-name', diagnosticCode: 0 },
      { delivered: false, reason: 'transfer-failure', reasonCode: 0, diagnostic: 'ambiguous-OR-name' },
      { delivered: true, time: '260301091950Z', reason: null },
    ]);
    expect(report.recipients[0]!.outcome!.supplementary).toBe('unrecognised OR name');
    expect(report.originator).toContain('/S=Jones/G=Carol/');
  });

  it('reads an APDU inside the EXTERNAL of normal mode', () => {
    const apdu = apdusOf('stacks/p1_x410_turn_reports.pcap')![0]!;
    const wrapped = external(5, apdu);
    expect(summarizeApdu(wrapped)).toEqual(summarizeApdu(apdu));
    expect(dissectApdu(wrapped).trees.map(t => t.layer)).toEqual(['p1', 'p22']);
  });
});

describe('legal ways of writing the same', () => {
  const address = { country: 'GB', admd: 'GOLD', surname: 'Smith' };
  const identifier = p1.mtsIdentifier(address, 'L1');

  it('per-recipient-indicators in pieces, and none at all', () => {
    const requested = (indicators: Part) => {
      const to = set(p1.orName(address), integer(1, 0x80), indicators);
      return summarizeApdu(ctxc(2, identifier, ctxc(2, to))).recipients[0]!.requested;
    };
    const expected = ['responsibility', 'originating-MTA-non-delivery-report', 'non-delivery-report'];
    expect(requested(bitString('10101', 0x81))).toEqual(expected);
    expect(requested(tlv(0xa1, bitString('10101')))).toEqual(expected);
    expect(requested(indefinite(0xa1, bitString('10101')))).toEqual(expected);
    expect(requested(tlv(0x81, 0))).toEqual(['none']);
  });

  it('a priority that is none is not taken for the default', () => {
    const priority = (...members: Part[]) => summarizeApdu(ctxc(0, set(identifier, ...members))).priority;
    expect(priority()).toBe('normal');
    expect(priority(tlv(0x47, 2))).toBe('urgent');
    expect(priority(tlv(0x47, 0, 1))).toBe('non-urgent');
    expect([tlv(0x47, 7), tlv(0x47, 1, 1), tlv(0x47)].map(member => priority(member))).toEqual([null, null, null]);
  });

  it('a local identifier that is damaged is none', () => {
    const local = (...part: Part[]) =>
      summarizeApdu(ctxc(0, set(app(4, p1.globalDomain(address), ...part)))).localIdentifier;
    expect(local(tlv(0x16, latin1('L1')))).toBe('L1');
    expect(local(tlv(0x36, latin1('260301.0915.001')))).toBeNull();
    expect(local(latin1('\x16\x09L1'))).toBeNull();
  });

  it('the members of a delivery-report in either order', () => {
    const time = utcTime('260301091500Z', 0x80);
    const outcome = (...members: Part[]) => {
      const last = ctxc(3, time, ctxc(1, ctxc(0, ...members)));
      const fields = set(p1.orNameAs(0xa0, address), integer(1, 0x81), last);
      return summarizeApdu(ctxc(1, set(), set(identifier, ctxc(0, fields)))).recipients[0]!.outcome;
    };
    expect(outcome(time, integer(1, 0x81))).toMatchObject({ delivered: true, time: '260301091500Z' });
    expect(outcome(integer(1, 0x81), time)).toMatchObject({ delivered: true, time: '260301091500Z' });
  });
});

it('says nothing of octets that are no MTS-APDU', () => {
  const nothing = { kind: null, mtsIdentifier: null, recipients: [], ipm: null };
  expect(summarizeApdu(new Uint8Array([0x04, 0x02, 1, 2]))).toMatchObject({ ...nothing, truncated: false });
  expect(summarizeApdu(new Uint8Array(0))).toMatchObject({ ...nothing, truncated: true });
});
