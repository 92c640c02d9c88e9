import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { WholeReport } from '../../../src/model/report.ts';
import { analyzeOptions, analyzePath } from '../../kit/analysis.ts';

/** Captures of independent stacks, and what their producers recorded. They are no part of the project. */
const CAPTURES = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url));
const there = existsSync(CAPTURES);
const real = there ? describe : describe.skip;
if (!there) console.warn('../shared/captures is missing: the tests on real captures are skipped');

const open = (file: string): Promise<WholeReport> => analyzePath(`${CAPTURES}${file}`, analyzeOptions());

/** Local identifiers in order, stream and direction by stream and direction, as the manifest's wire check lists them. */
function wireChecks(): Map<string, string[][]> {
  const out = new Map<string, string[][]>();
  for (const line of readFileSync(`${CAPTURES}stacks/MANIFEST.tsv`, 'utf8').split('\n').slice(1)) {
    const [file, , , , , counts = ''] = line.split('\t');
    const check = /wire check, MTS local-identifiers \(incl\. report subject ids\) in order: ([^;]*)/.exec(counts);
    if (check === null) continue;
    out.set(
      file!,
      check[1]!.split(' | ').map(part =>
        part
          .replace(/^stream \d+ \w+: /, '')
          .trim()
          .split(','),
      ),
    );
  }
  return out;
}

real('P1 of ISODE 8 with contents of an independent encoder', () => {
  const checks = there ? wireChecks() : new Map<string, string[][]>();

  it('the manifest lists enough of them', () => {
    expect(checks.size).toBeGreaterThan(15);
  });

  // Octets of these were captured in an order that is not the wire's: what framing makes of them is judged elsewhere.
  const files = [...checks.keys()].filter(file => !/snap|shuffled/.test(file));
  it.each(files)('%s: the messages, probes and reports that its producer sent, and no violation', async file => {
    const report = await open(`stacks/${file}`);
    const whole = report.messages.filter(m => m.state === 'complete');
    const lists: string[][] = [];
    for (const stream of new Set(whole.map(m => m.stream))) {
      for (const direction of [0, 1]) {
        const own = whole.filter(m => m.stream === stream && m.direction === direction);
        const ids = own.flatMap(m => [
          m.localIdentifier!,
          ...(m.subjectLocalIdentifier === null ? [] : [m.subjectLocalIdentifier]),
        ]);
        if (ids.length > 0) lists.push(ids);
      }
    }
    expect(lists).toEqual(checks.get(file));
    expect(upper(report)).toEqual([]);
  });
});

/** Violations of the layers above transport, by code. */
function upper(report: WholeReport): string[] {
  return report.findings
    .filter(f => /^(ses|pres|acse|rtse|ros|p1|p22|p772|s7)\./.test(f.code) && f.severity === 'error')
    .map(f => f.code);
}

real('who speaks', () => {
  const cases: [file: string, protocols: string[], associations: number][] = [
    ['x400/wsamples__p772-transfer-success.pcap', ['P1 (1988)'], 2],
    ['x400/wsamples__x400-ping-success.pcap', ['P1 (1988)'], 1],
    ['stacks/isode_ftam_get_700k_text.pcap', ['FTAM'], 1],
    ['stacks/isode_quipu_dap.pcap', ['X.500 DAP'], 5],
    ['stacks/isode_imisc_rose.pcap', ['OSI 1.17.1.1.2'], 11],
    ['stacks/isode_rtf_x410_put_small.pcap', ['RTSE (X.410 mode), application protocol 132'], 1],
    ['stacks/p3_normal_rose_submit_probe.pcap', ['P3'], 1],
    ['stacks/mms_parallel_60.pcap', ['MMS'], 60],
    ['stacks/mms_reporting.pcap', ['IEC 61850 MMS'], 1],
    ['stacks/s7_20_clients.pcap', ['S7comm'], 20],
    ['port102-other/wsamples__mms.pcap.gz', ['TASE.2'], 1],
    ['port102-other/ndpi__s7comm-plus.pcap', ['S7comm-plus'], 1],
    ['port102-other/iti__mms-readRequest.pcap', ['MMS'], 1],
    ['port102-other/icsnpp-cotp__cotp2.pcapng', [], 0],
    ['crafted/k_x410_app12.pcap', ['P1 (1988, X.410 mode)'], 1],
    ['crafted/mid.pcap', ['P1 (1988)'], 1],
  ];
  it.each(cases)('%s: %j', async (file, protocols, associations) => {
    const report = await open(file);
    expect([...new Set(report.associations.map(a => a.protocol))]).toEqual(protocols);
    expect(report.associations).toHaveLength(associations);
    expect(upper(report)).toEqual([]);
  });

  it('only X.400 and reliable transfer make MTAs of hosts', async () => {
    for (const file of [
      'stacks/mms_reporting.pcap',
      'stacks/s7_20_clients.pcap',
      'stacks/isode_ftam_get_700k_text.pcap',
    ]) {
      expect(
        (await open(file)).hosts.filter(h => h.mta !== null),
        file,
      ).toEqual([]);
    }
    for (const file of [
      'x400/wsamples__x400-ping-success.pcap',
      'stacks/p1_x410_turn_reports.pcap',
      'stacks/p3_normal_rose_submit_probe.pcap',
    ]) {
      expect(
        (await open(file)).hosts.filter(h => h.mta !== null),
        file,
      ).toHaveLength(2);
    }
  });
});

real('what tshark cannot do', () => {
  it('interleaved transfers, discard, extended concatenation', async () => {
    const rows = async (file: string) =>
      (await open(`crafted/${file}`)).messages.map(m => [m.localIdentifier, m.state]);
    expect(await rows('n2_p1_interleaved.pcap')).toEqual([
      ['MSG.A', 'complete'],
      ['MSG.B', 'complete'],
    ]);
    expect(await rows('n3_discard.pcap')).toEqual([
      ['MSG.N', 'discarded'],
      ['MSG.AD', 'complete'],
    ]);
    expect(await rows('n4_extconcat.pcap')).toEqual([['MSG.X', 'complete']]);
  });

  it('tells how associations end', async () => {
    const [refused, released] = (await open('x400/wsamples__p772-transfer-success.pcap')).associations;
    expect(refused).toMatchObject({ outcome: 'refused', rtse: { connection: 'recover' } });
    expect(refused!.ended).toContain('busy');
    expect(released).toMatchObject({
      initiator: 'percival.smhs.co.uk',
      responder: 'guinevere.smhs.co.uk',
      outcome: 'released',
    });
    const aborted = (await open('stacks/p1_normal_user_abort.pcap')).associations[0]!;
    expect(aborted).toMatchObject({ outcome: 'aborted', endedBy: 0, messages: [2, 0] });
    const killed = (await open('stacks/p1_normal_initiator_killed.pcap')).associations[0]!;
    expect(killed).toMatchObject({ outcome: 'lost', messages: [3, 0] });
  });
});
