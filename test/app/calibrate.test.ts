import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeFile } from '../../src/app/analyze.ts';
import { loadProfile } from '../../src/mta/profile.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { analyzeOptions } from '../kit/analysis.ts';
import { cat } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Wire } from '../kit/wire.ts';

const CLIENT = { address: '192.0.2.1', port: 1025 };
const SERVER = { address: '192.0.2.2', port: 102 };
const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const ARTICLE_50 = join(CAPTURES, 'q182619-5.0.pcap');
const ARTICLE_55 = join(CAPTURES, 'q182619-5.5.pcap');
const dir = folder();

const EVENT_9404 = (n: number, thread: number) =>
  `A fatal MTA error has occurred. An illegal buffer request has been made. The request was for ${n} headers and ${n} elements. [BASE TCP/IP DRVR ${thread}] (16)`;

/** The events that the emulated machine would log, as Event Viewer exports them, on a clock that is `ahead` seconds fast. */
async function log(capture: string, profile: string, ahead: number): Promise<string> {
  const report = await analyzeFile(capture, { ...analyzeOptions(profile), level: 'light' });
  const rows = report.events.map(({ event, time }) => {
    const at = new Date((time.sec + ahead + 1) * 1000).toISOString().slice(0, 19);
    return `Error,${at}Z,MSExchangeMTA,${event.id},(10),"${event.text}"`;
  });
  return ['Level,Date and Time,Source,Event ID,Task Category', ...rows].join('\n');
}

describe('mtascope calibrate', () => {
  it('names the TPKT of a pasted event, with the wraps and lost spaces of the article', async () => {
    const event = 'The request was for 30\n headers and 30 elements. [BASE\nTCP/IP DRVR 10] (16)';
    const ran = await mtascope(['calibrate', ARTICLE_50, '--profile', 'exchange-5.0', '--event', event]);
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('9404: a request for 30 headers and 30 elements');
    expect(ran.out).toMatch(/lengths 60,089 to 62,160: frame 76 \(61,568\)/);
    expect(ran.out).toMatch(/cause: frame 76, length 61,568, stream 1, client to server/);
    expect(ran.out).toContain('2,053 to 2,123 octets when the whole TPKT counts');
  });

  it('matches an exported log by time and prints the clock offset', async () => {
    writeFileSync(join(dir, 'app.csv'), await log(ARTICLE_55, 'exchange-5.5', 7242));
    const ran = await mtascope(['calibrate', ARTICLE_55, '--log', 'app.csv', '--format', 'json'], { cwd: dir });
    expect(ran.code).toBe(0);
    const found = JSON.parse(ran.out);
    expect(found.logs).toMatchObject([{ name: 'app.csv', format: 'table', records: 2, problems: [] }]);
    const { events } = JSON.parse((await mtascope(['events', ARTICLE_55, '--format', 'json'])).out).captures[0];
    const cause = found.requests[0].cause;
    expect(events.map((each: { event: { id: number } }) => each.event.id)).toEqual([9215, 9404]);
    expect(found.clock.pairs).toEqual([
      { record: 0, frame: events[0].frame, tpkt: null },
      { record: 1, frame: 39, tpkt: cause },
    ]);
    expect(found.clock.offset).toBeGreaterThan(7241);
    expect(found.clock.offset).toBeLessThan(7244);
    expect(found.requests).toHaveLength(1);
    expect(found.tpkts[found.requests[0].cause]).toMatchObject({ frame: 39, length: 61568 });
    const text = await mtascope(['calibrate', ARTICLE_55, '--log', 'app.csv'], { cwd: dir });
    expect(text.out).toMatch(/Clock: the log is 02:00:4[2-4] ahead of the capture, .*2 log entries matched/);
  });

  it('writes a profile that --profile takes, and that judges the capture as the log says', async () => {
    const args = ['calibrate', ARTICLE_55, '--event', EVENT_9404(29, 36), '-o', 'site.json'];
    const ran = await mtascope(args, { cwd: dir });
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('use it with --profile site.json');
    const profile = loadProfile(JSON.parse(readFileSync(join(dir, 'site.json'), 'utf8')));
    expect(profile.fields.rounding.range).toEqual(['floor']);
    expect(profile.fields.threadNumber.value).toBe(36);
    const again = await mtascope(['events', ARTICLE_55, '--profile', 'site.json', '--format', 'json'], { cwd: dir });
    const { events } = JSON.parse(again.out).captures[0];
    expect(events.at(-1).event.text).toBe(EVENT_9404(29, 36));
  });

  it('looks through several captures and says in which the cause is', async () => {
    const ran = await mtascope([
      'calibrate',
      join(CAPTURES, 'clean-association.pcap'),
      ARTICLE_55,
      '--event',
      EVENT_9404(29, 8),
    ]);
    expect(ran.out).toMatch(/cause: .*q182619-5\.5\.pcap frame 39, length 61,568, stream 1,/);
    const files = [join(CAPTURES, 'clean-association.pcap'), ARTICLE_55];
    const { out } = await mtascope(['calibrate', ...files, '--event', EVENT_9404(29, 8), '--format', 'json']);
    const found = JSON.parse(out);
    const time = expect.stringMatching(/^1998-06-\d\dT[\d:.]+Z$/);
    const cause = { file: ARTICLE_55, frame: 39, stream: 1, direction: 0, length: 61568, time };
    expect(found.tpkts[found.requests[0].cause]).toMatchObject(cause);
  });

  it('says so when no TPKT asks for that', async () => {
    const ran = await mtascope(['calibrate', join(CAPTURES, 'clean-association.pcap'), '--event', EVENT_9404(30, 10)]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('none in the capture');
    expect(ran.out).not.toContain('cause:');
    expect(ran.out).toContain('no TPKT of the capture asks for 30 headers and 30 elements');
  });

  it('shows nothing of a log that could command a terminal', async () => {
    const ran = await mtascope(['calibrate', ARTICLE_55, '--log', 'evil\u001b[31m.csv'], { cwd: dir });
    expect(ran.code).toBe(2);
    writeFileSync(join(dir, 'evil.txt'), `\u001b]0;x\u0007 ${EVENT_9404(29, 8)} \u001b[2J`);
    const read = await mtascope(['calibrate', ARTICLE_55, '--log', 'evil.txt'], { cwd: dir });
    expect(read.out).toContain('cause: frame 39');
    expect(read.out.includes('\u001b')).toBe(false);
    const asJson = await mtascope(['calibrate', ARTICLE_55, '--log', 'evil.txt', '--format', 'json'], { cwd: dir });
    expect(asJson.out.includes('\u001b')).toBe(false);
  });

  it('takes a capture with very many TPKTs that fit, and refuses more than it can hold in one line', async () => {
    const [few, many] = [150_000, 210_000].map(n => {
      const tcp = new Conversation(new Wire('2026-01-01T00:00:00Z'), CLIENT, SERVER);
      tcp.open();
      const unit = tpkt([2, 0xf0, 0x80]);
      tcp.send(0, cat(Array(n).fill(unit)), { segments: [60_000] });
      const path = join(dir, `${n}.pcap`);
      writeFileSync(path, tcp.wire.pcap());
      return path;
    });
    const read = await mtascope(['calibrate', few!, '--event', EVENT_9404(1, 10)]);
    expect([read.code, read.err]).toEqual([0, '']);
    expect(read.out).toContain('150,000 TPKT headers');
    const refused = await mtascope(['calibrate', many!, '--event', EVENT_9404(1, 10)]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/^.*210000\.pcap: more than 200000 TPKTs could have asked for that request; .*\n$/);
  });

  it.each([
    ['no observation', [], 'give --event with the text of an event'],
    ['a log that is not there', ['--log', 'none.csv'], 'none.csv: no such file'],
    ['a folder', ['--log', '.'], 'is a directory'],
    ['a text without an event', ['--event', 'hello', '-o', 'none.json'], 'no 9404 with its numbers was found'],
    ['standard output for the profile', ['--event', EVENT_9404(29, 8), '-o', '-'], '-o names the profile'],
  ])('refuses %s with one line and exit code 2, and writes nothing', async (_what, args, message) => {
    const before = readdirSync(dir).sort();
    const ran = await mtascope(['calibrate', ARTICLE_55, ...args], { cwd: dir });
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(message);
    expect(ran.err.trimEnd()).not.toContain('\n');
    expect(readdirSync(dir).sort()).toEqual(before);
  });
});
