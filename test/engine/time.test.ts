import { expect, test } from 'vitest';
import { captureLine } from '../../src/report/capture.ts';
import { PLAIN } from '../../src/report/look.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { filler } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { ethernet } from '../kit/link.ts';
import { pcap } from '../kit/pcap.ts';
import { Section } from '../kit/pcapng.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

const FRAME = ethernet().frame(filler(60), 4, 0);

// None of these frames is one that the analysis looks at: only the first and the last are known.
test.each([
  ['pcap', (times: number[]) => pcap(times.map(sec => ({ time: { sec, nsec: 0 }, bytes: FRAME })))],
  [
    'pcapng',
    (times: number[]) => {
      const section = new Section().interface({ linkType: 1 });
      for (const sec of times) section.enhanced({ sec, nsec: 0 }, FRAME);
      return section.bytes();
    },
  ],
])('%s: a last frame that is earlier than the first spans time all the same, and is told', async (_format, file) => {
  const report = await analyzeBytes(file([1_000_000_090, 1_000_000_050, 1_000_000_030]));
  expect([report.first?.sec, report.last?.sec]).toEqual([1_000_000_090, 1_000_000_030]);
  expect(captureLine(report, PLAIN)).toContain('3 frames, 1 min from 2001-09-09 01:47:10 UTC');
  expect(report.warnings).toMatchObject([{ code: 'capture.time', frame: 3 }]);
});

test('a packet without a time of its own (SPB) is no earlier than the one before it', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  const section = new Section().interface({ linkType: 1 });
  wire.frames.forEach(({ time, bytes }, i) => {
    if (i % 2 === 0) section.enhanced(time, bytes);
    else section.simple(bytes);
  });
  const { warnings, streams } = await analyzeBytes(section.bytes());
  expect(warnings.map(w => w.message)).toEqual([
    expect.stringMatching(/^frame 2 at byte 140 has no time .*\(3 times;/),
  ]);
  // The last of the five is an EPB, the one before it has the time of the third.
  expect([streams[0]!.start, streams[0]!.end]).toEqual([wire.frames[0]!.time, wire.frames.at(-1)!.time]);
});

test('a first frame before 1970 is earlier than none', async () => {
  const wire = new Wire('1970-01-01T01:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  const section = new Section().interface({ linkType: 1, offset: -7200 });
  for (const { time, bytes } of wire.frames) section.enhanced({ sec: time.sec - 7200, nsec: time.nsec }, bytes);
  const { warnings, first } = await analyzeBytes(section.bytes());
  expect([warnings, first?.sec]).toEqual([[], -3600]);
});

test('SYNs without a time before the first packet that has one are no connect of 1970', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  for (const pause of [3000, 6000]) {
    tcp.syn();
    wire.wait(pause);
  }
  tcp.open();
  const section = new Section().interface({ linkType: 1 });
  wire.frames.forEach(({ time, bytes }, i) => {
    if (i < 2) section.simple(bytes);
    else section.enhanced(time, bytes);
  });
  const { findings, streams, warnings } = await analyzeBytes(section.bytes());
  expect(findings.map(f => f.code)).toEqual(['capture.time']);
  expect(streams.map(s => s.start.sec)).toEqual([Date.parse('2001-01-01T00:00:09Z') / 1000]);
  expect(warnings).toMatchObject([{ code: 'capture.time', frame: null, offset: 48 }]);
});
