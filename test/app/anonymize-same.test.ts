import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeFile } from '../../src/app/analyze.ts';
import { type Comparison, difference } from '../../src/app/extract-same.ts';
import { proofLines } from '../../src/cli/extract-evidence.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { folder } from '../cli/kit.ts';
import { cat, filler, Random, u16 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt, tsdu } from '../kit/cotp.ts';
import { MtaPair } from '../kit/mta.ts';
import { ses } from '../kit/session.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';
import { anonymizeInto, options } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../shared/captures/', import.meta.url));
const without = existsSync(SHARED) ? '' : ' (skipped: ../shared/captures is not there)';
const dir = folder();

/** What is found where, and what the streams are; `numbers` take frames of a result back to the original. */
function shown(report: WholeReport, numbers: readonly number[] | null): string[] {
  const back = (frame: number | null) => (frame === null || numbers === null ? frame : numbers[frame - 1]);
  return [
    // Findings about the file as a whole tell of its form, which is another one.
    ...report.findings
      .filter(f => f.stream !== null)
      .map(f => `${f.code} ${f.severity} ${f.direction} at ${back(f.frame)} (${f.frames.map(back)}), ${f.count} times`)
      .sort(),
    ...report.streams.map(s => `stream from ${back(s.firstFrame)} to ${back(s.lastFrame)}: ${s.protocol}, ${s.state}`),
    ...report.associations.map(a => `association from ${back(a.firstFrame)}: ${a.protocol}, ${a.mode}, ${a.outcome}`),
    ...report.messages.map(m => `${m.kind} at ${back(m.firstFrame)}: ${m.state}, ${m.checkpoints} points`),
  ];
}

async function unchanged(file: string, profile: string, anyPort = false): Promise<void> {
  const result = await anonymizeInto(dir, file, profile, null, anyPort);
  const before = shown(await analyzeFile(file, options(profile, anyPort)), null);
  const after = shown(await analyzeFile(result.path, options(profile, anyPort)), result.numbers);
  expect(after, file).toEqual(before);
  const { missing, added, protocols } = result;
  expect({ missing, added, protocols }, file).toEqual({ missing: [], added: [], protocols: [] });
}

describe('an anonymized capture shows what the original shows, and nothing more', () => {
  it.each(SAMPLES.map(sample => [sample.file, sample.build().expected.profile] as const))('%s', async (file, profile) =>
    unchanged(join(CAPTURES, file), profile),
  );

  it.each([
    ['another version', 4, 27],
    ['another length', 3, 25],
  ])('a TPKT with a false length and one with %s beside it', async (name, version, declare) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
    tcp.open();
    const transport = new Transport(tcp);
    transport.connect();
    new MtaPair(transport, { mode: 'x410', names: ['MTA-A', 'MTA-B'] }).bind();
    const sound = tpkt(dt(filler(20)));
    const lying = tpkt(dt(filler(30)), { declare: 40 });
    const other = tpkt(dt(filler(20)), { version, declare });
    for (const unit of [sound, ...(version === 4 ? [other, lying] : [lying, other]), sound, sound]) tcp.send(0, unit);
    tcp.close(0);
    const path = join(dir, `${name}.pcap`);
    writeFileSync(path, wire.pcap());
    await unchanged(path, 'exchange-5.0');
  });

  // Octets of the data are read as TPKTs and TPDUs; which ones they make, another octet beside them may decide.
  it.each([1, 14, 65, 107])('data read as TPKTs behind false lengths, %i', async seed => {
    const random = new Random(seed);
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
    tcp.open();
    const transport = new Transport(tcp, 512);
    transport.connect(9);
    const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-A', 'MTA-B'] });
    pair.bind();
    pair.ssdu(0, ses.as(pair.activityId(1)));
    const data = Uint8Array.from({ length: 6000 }, () => random.pick([0, 1, 2, 3, 3, 3, 7, 16, 20, 128, 240]));
    const units = tsdu(pair.data(data), transport.size);
    for (let lies = 0; lies < 3; lies++) {
      const unit = random.pick(units);
      unit.set(u16(random.below(1500)), 2);
    }
    tcp.send(0, cat(...units));
    tcp.close(0);
    const path = join(dir, `${seed}.pcap`);
    writeFileSync(path, wire.pcap());
    await unchanged(path, 'exchange-5.5');
  });

  it.skipIf(without !== '').each([
    ['x400', false],
    ['stacks', false],
    ['crafted', false],
    ['port102-other', false],
    ['tpkt-other-port', true],
  ] as const)(
    `shared captures: %s${without}`,
    async (name, anyPort) => {
      const under = join(SHARED, name);
      const files = readdirSync(under).filter(f => /\.(pcap|pcapng|cap)(\.gz)?$/.test(f));
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) await unchanged(join(under, file), 'exchange-5.5', anyPort);
    },
    300_000,
  );
});

describe('the proof', () => {
  const file = join(CAPTURES, 'q182619-5.5.pcap');
  const all = new Set([0, 1]);

  async function reports(): Promise<{ report: WholeReport; comparison: Comparison }> {
    const report = await analyzeFile(file, options('exchange-5.5'));
    const numbers = Array.from({ length: report.frames }, (_, i) => i + 1);
    return { report, comparison: { original: report, numbers, anonymized: true } };
  }

  it('finds no difference between a capture and itself', async () => {
    const { report, comparison } = await reports();
    expect(report.findings.length).toBeGreaterThan(0);
    expect(difference(report, comparison, all)).toEqual({ missing: [], added: [], protocols: [] });
  });

  it('sees a finding that is gone, one that is new, one that is there twice and one that is met more often', async () => {
    const { report, comparison } = await reports();
    const [first] = report.findings;
    const others = { ...report, findings: report.findings.slice(1) };
    expect(difference(others, comparison, all)).toMatchObject({ missing: [first], added: [] });
    const fresh = { ...first!, code: 'ses.serial-number', frame: 16 };
    const more = { ...report, findings: [fresh, ...report.findings] };
    expect(difference(more, comparison, all)).toMatchObject({ missing: [], added: [fresh] });
    const twice = { ...report, findings: [first!, ...report.findings] };
    expect(difference(twice, comparison, all)).toMatchObject({ missing: [], added: [first] });
    const often = { ...first!, count: first!.count + 1 };
    const repeated = { ...report, findings: [often, ...report.findings.slice(1)] };
    expect(difference(repeated, comparison, all)).toMatchObject({ missing: [first], added: [] });
  });

  it('sees a stream whose protocol is another one, and one that is gone', async () => {
    const { report, comparison } = await reports();
    const [stream, other] = report.streams;
    const before = stream!.protocol;
    const changed = { ...report, streams: [{ ...stream!, protocol: 'MMS' }, other!] };
    expect(difference(changed, comparison, all).protocols).toEqual([{ stream: 0, before, after: 'MMS' }]);
    const gone = { ...report, streams: [other!] };
    expect(difference(gone, comparison, all).protocols).toEqual([{ stream: 0, before, after: null }]);
  });

  it('says so in the closing lines', async () => {
    const { report, comparison } = await reports();
    const done = await anonymizeInto(dir, file);
    expect(proofLines(done).join()).not.toContain('failed');
    const fresh = { ...report.findings[0]!, code: 'ses.serial-number', frame: 16 };
    const streams = [report.streams[0]!, { ...report.streams[1]!, protocol: 'MMS' }];
    const other = { ...report, findings: [...report.findings, fresh], streams };
    expect(proofLines({ ...done, ...difference(other, comparison, all) }).slice(1)).toEqual([
      '  proof failed: the result has what the capture has not: ses.serial-number at frame 16',
      '  proof failed: stream 1 was P1 (1984), the result shows MMS',
    ]);
  });
});
