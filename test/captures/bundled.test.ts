import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import type { Expected, ExpectedFinding } from '../../scripts/captures/scene.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeOptions, analyzePath } from '../kit/analysis.ts';

const folder = new URL('../../captures/', import.meta.url);

function analyze(file: string, profile: string, settings: readonly string[] = []): Promise<WholeReport> {
  return analyzePath(fileURLToPath(new URL(file, folder)), analyzeOptions(profile, settings));
}

/** A finding as the expected results write it down: the keys that they know. */
function plain(finding: Finding, like: ExpectedFinding | undefined): Record<string, unknown> {
  const all: Record<string, unknown> = { ...finding, ...finding.request };
  const keys = like ? Object.keys(like) : ['code', 'stream', 'direction', 'frame'];
  return Object.fromEntries(keys.map(key => [key, all[key]]));
}

function same(finding: Finding, like: ExpectedFinding): boolean {
  return finding.code === like.code && finding.stream === like.stream && finding.direction === like.direction;
}

function compare(report: WholeReport, expected: Expected): void {
  expect(report.frames).toBe(expected.frames);
  expect(
    report.streams.map((s, i) => ({
      client: s.client,
      server: s.server,
      state: s.state,
      tpduSize: s.tpduSize,
      ...(expected.streams[i]?.protocol === undefined ? {} : { protocol: s.protocol }),
      directions: s.directions.map(d => ({
        bytes: d.bytes,
        tpkts: d.tpkts,
        tsdus: d.tsdus,
        maxTpktLength: d.maxTpktLength,
      })),
    })),
  ).toEqual(expected.streams);

  // Every error and warning, and whichever notes the expected result asks for.
  const listed = report.findings.filter(f => f.severity !== 'note' || expected.findings.some(e => same(f, e)));
  const key = (f: { code: string; stream: number | null; frame: number | null }) => `${f.code} ${f.stream} ${f.frame}`;
  const sort = <T extends { code: string; stream: number | null; frame: number | null }>(list: readonly T[]) =>
    [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const wanted = sort(expected.findings);
  expect(
    sort(listed).map(f =>
      plain(
        f,
        wanted.find(e => same(f, e)),
      ),
    ),
  ).toEqual(wanted);

  for (const finding of report.findings) {
    expect(finding.message, finding.code).not.toBe('');
    for (const frame of finding.frames) expect(frame).toBeLessThanOrEqual(report.frames);
  }
  if (expected.messages !== undefined) {
    expect(
      report.messages.map(m => ({
        kind: m.kind,
        localIdentifier: m.localIdentifier,
        state: m.state,
        stream: m.stream,
        direction: m.direction,
      })),
    ).toEqual(expected.messages);
  }
}

describe('the report on each bundled capture is what its generator expects', () => {
  test.each(SAMPLES.map(s => [s.file, s] as const))('%s', async (file, sample) => {
    const { expected } = sample.build();
    compare(await analyze(file, expected.profile), expected);
  });
});

describe("the article's events", () => {
  test.each([
    ['q182619-5.0.pcap', 'exchange-5.0', 30, 10],
    ['q182619-5.5.pcap', 'exchange-5.5', 29, 8],
  ])('%s', async (file, profile, count, thread) => {
    const report = await analyze(file, profile);
    const [refused, fatal, ...more] = report.events;
    expect(more).toEqual([]);
    expect(refused!.event.id).toBe(9215);
    expect(refused!.event.text).toMatch(/^A sockets error 10061 on a connect\(\) call was detected\./);
    expect(fatal!.event.id).toBe(9404);
    expect(fatal!.event.text).toContain(`The request was for ${count} headers and ${count} elements.`);
    expect(fatal!.event.text).toMatch(new RegExp(`\\[BASE TCP/IP DRVR ${thread}\\] \\(16\\)$`));
    expect(report.hosts.find(h => h.address === fatal!.host)?.terminatedAt).toBe(fatal!.frame);
  });
});

test('a strict version check leaves the misread header of the article without effect, and believes one that begins with 03', async () => {
  const claims = async (file: string) =>
    (await analyze(file, 'exchange-5.0', ['versionCheck=strict'])).findings.filter(f => /^mta\.9404/.test(f.code));
  expect(await claims('q182619-5.0.pcap')).toEqual([]);
  expect((await claims('q182619-version3.pcap')).map(f => f.code)).toEqual(['mta.9404']);
});

test('the corrected version reports what would have been', async () => {
  const report = await analyze('q182619-5.5.pcap', 'exchange-5.5-sp1');
  expect(report.findings.filter(f => /^mta\.94/.test(f.code)).map(f => [f.code, f.severity])).toEqual([
    ['mta.9404-fixed', 'note'],
  ]);
  expect(report.hosts.every(h => h.terminatedAt === null)).toBe(true);
  const said = async (file: string) =>
    (await analyze(file, 'exchange-5.5-sp1')).findings.find(f => f.code === 'mta.9404-fixed')!.message;
  expect(await said('q182619-5.5.pcap')).toContain('would have been a 9404');
  expect(await said('zone-29.pcap')).toContain('might have been a 9404');
});
