import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));

interface Change {
  kind: 'request' | 'hand-over' | 'close';
  direction: 0 | 1;
  frame: number;
  length: number | null;
  elements: number;
  held: number;
  machineHeld: number;
}

async function changes(stream: number, file: string, ...argv: string[]): Promise<Change[]> {
  const { code, out, err } = await mtascope(['buffers', String(stream), file, '--format', 'json', ...argv]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out).changes;
}

describe('buffers', () => {
  it("keeps the machine's own books: what is asked for is given back, and the peak is that of the stream table", async () => {
    for (const { file } of SAMPLES) {
      const { streams } = JSON.parse((await mtascope(['streams', bundled(file), '--format', 'json'])).out).captures[0];
      for (const stream of streams.slice(0, 4)) {
        const list = await changes(stream.id, bundled(file));
        for (const direction of [0, 1] as const) {
          const own = list.filter(c => c.direction === direction);
          let held = 0;
          for (const change of own) {
            held += change.kind === 'request' ? change.elements : -change.elements;
            expect(change.held, `${file} ${stream.id} frame ${change.frame}`).toBe(held);
            expect(change.machineHeld).toBeGreaterThanOrEqual(change.held);
          }
          const peak = Math.max(0, ...own.map(c => c.held));
          expect(peak, `${file} ${stream.id}`).toBe(stream.directions[direction].peakElements);
          // Behind a hole nobody knows where the machine reads its next header.
          if (stream.anchored)
            expect(own.filter(c => c.kind === 'request').length).toBeGreaterThanOrEqual(
              stream.directions[direction].tpkts,
            );
        }
      }
    }
  });

  it('draws the fatal request in the zone where all models call it illegal', async () => {
    const { code, out } = await mtascope(['buffers', '1', bundled('q182619-5.0.pcap'), '--profile', 'exchange-5.0']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +\d+(–\d+)? +[┼┤].*┊ illegal$/m);
    expect(out).toMatch(/✖ 61,568 octets {2}30 elements.*illegal under all of the admissible models {2}frame 76/);
    expect(out).toContain('✖ 9404 at frame 76');
    expect(out).toMatch(/control blocks: \d+ of 20 in use/);
  });

  it('draws what may be illegal as such, and a quiet stream in words', async () => {
    const refused = await mtascope(['buffers', '0', bundled('refused-connect.pcap')]);
    expect(refused.out).toContain('this stream took no control block');
    const possible = await mtascope(['buffers', '0', bundled('zone-16.pcap')]);
    expect(possible.out).toContain('illegal under some of the admissible models');
    const quiet = await mtascope(['buffers', '0', bundled('clean-association.pcap')]);
    expect(quiet.out).toContain('every request is for 1 element');
    expect(quiet.out).not.toContain('┼');
  });

  it('labels each row of the chart with the numbers that are drawn there', async () => {
    for (const [profile, peak] of [
      ['exchange-5.0', 30],
      ['exchange-5.5', 29],
    ] as const) {
      const { out } = await mtascope(['buffers', '1', bundled('q182619-5.0.pcap'), '--profile', profile]);
      const rows = [...out.matchAll(/^ +(\d+)(?:–(\d+))? +[┼┤](.*)$/gm)].map(([, from, to, drawn]) => ({
        from: Number(from),
        to: Number(to ?? from),
        drawn: drawn!,
      }));
      // From the top to 0 without a gap, and nothing else than the request in its row.
      expect(rows.at(-1)!.from).toBe(0);
      for (const [i, row] of rows.slice(1).entries()) expect(rows[i]!.from).toBe(row.to + 1);
      const drawn = rows.find(row => /[╭─]/.test(row.drawn))!;
      expect(drawn.from).toBeLessThanOrEqual(peak);
      expect(drawn.to).toBeGreaterThanOrEqual(peak);
      for (const { to, drawn: line } of rows)
        if (line.includes(' illegal')) expect(to).toBeGreaterThan(line.includes('may be') ? 15 : 28);
    }
  });

  it('fits the terminal with every line', async () => {
    for (const width of [60, 80, 100]) {
      const look = { color: false, unicode: true, width };
      const { out } = await mtascope(['buffers', '1', bundled('q182619-5.0.pcap')], { look });
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });

  it('shows what may be illegal by the event of a machine that would log it, and events does not deny it', async () => {
    const { out } = await mtascope(['analyze', bundled('zone-16.pcap')]);
    expect(out).toContain('The request was for 16 headers and 16 elements.');
    expect(out).toContain(
      "rounds up and counts the whole TPKT in elements of 2,072 octets, with a legal limit of 15 elements; the profile's own values ask for 15, which is legal",
    );
    const events = await mtascope(['events', bundled('zone-16.pcap')]);
    expect(events.out).toContain('is not certain: 1 finding of mtascope analyze says what is possible');
    expect((await mtascope(['events', bundled('zone-15.pcap')])).out).toContain('would have logged nothing');
    const fatal = await mtascope(['events', bundled('q182619-5.0.pcap'), '--profile', 'exchange-5.0']);
    expect(fatal.out).toMatch(
      /stops at frame \d+ \(exception 0xE00524BC where Raise Exception on fatal error is set\)\./,
    );
  });

  it('has ASCII for terminals without symbols, and fits them', async () => {
    const look = { color: false, unicode: false, width: 70 };
    const { out } = await mtascope(['buffers', '1', bundled('q182619-5.0.pcap')], { look });
    expect(out).toMatch(/^[\x20-\x7e\n]+$/);
    for (const line of out.split('\n').filter(l => /[|+]/.test(l))) expect(line.length, line).toBeLessThanOrEqual(70);
  });

  it('has one CSV row a change, and says when there is no such stream', async () => {
    const file = bundled('q182619-5.0.pcap');
    const { out } = await mtascope(['buffers', '1', file, '--format', 'csv']);
    expect(out.trimEnd().split('\r\n')).toHaveLength(1 + (await changes(1, file)).length);
    for (const format of ['text', 'csv', 'json']) {
      const none = await mtascope(['buffers', '9', file, '--format', format]);
      expect([none.code, none.err]).toEqual([
        2,
        'stream 9: the capture has streams 0 to 1 (`mtascope streams` lists them)\n',
      ]);
    }
  });
});

describe('streams --sparkline', () => {
  it('draws the requests, a full bar being illegal', async () => {
    const { out } = await mtascope(['streams', bundled('q182619-5.0.pcap'), '--sparkline']);
    expect(out).toMatch(/9404, frame 76 +▁+█$/m);
    const csv = (await mtascope(['streams', bundled('q182619-5.0.pcap'), '--sparkline', '--format', 'csv'])).out;
    expect(csv.split('\r\n')[0]).toMatch(/,requests$/);
    expect(csv).toMatch(/1 29"?\r\n$/);
    const look = { color: false, unicode: false, width: 200 };
    expect((await mtascope(['streams', bundled('q182619-5.0.pcap'), '--sparkline'], { look })).out).toMatch(/_+#$/m);
  });
});

describe('rows by --filter', () => {
  const file = bundled('q182619-5.0.pcap');

  it('selects streams, associations and messages, in tables and in documents', async () => {
    const one = await mtascope(['streams', file, '--filter', 'stream.state == reset', '--format', 'json']);
    expect(JSON.parse(one.out).captures[0].streams.map((s: { id: number }) => s.id)).toEqual([1]);
    const table = await mtascope(['streams', file, '--filter', 'stream.address == 192.0.2.0/24 && stream.id < 1']);
    expect(table.out).toContain('1 stream in');
    const none = await mtascope(['streams', file, '--filter', 'stream.id == 9']);
    expect([none.code, none.out]).toEqual([0, 'No stream for which the filter holds.\n']);
    const messages = JSON.parse(
      (await mtascope(['messages', file, '--filter', 'message.state == complete', '--format', 'json'])).out,
    );
    const all = JSON.parse((await mtascope(['messages', file, '--format', 'json'])).out);
    const complete = all.captures[0].messages.filter((m: { state: string }) => m.state === 'complete');
    expect(messages.captures[0].messages).toEqual(complete);
    expect(complete.length).toBeLessThan(all.captures[0].messages.length);
    const associations = await mtascope(['associations', file, '--filter', 'association.messages > 100']);
    expect([associations.code, associations.out]).toEqual([0, 'No association for which the filter holds.\n']);
  });

  it('knows its own fields only', async () => {
    const { code, err } = await mtascope(['messages', file, '--filter', 'message.sate == complete']);
    expect(code).toBe(2);
    expect(err).toContain('there is no field message.sate; did you mean message.state?');
    // A name that stands for two fields is none where these are not.
    expect((await mtascope(['streams', 'x', '--filter', 'tcp.port == 102'])).err).not.toContain('did you mean');
  });
});
