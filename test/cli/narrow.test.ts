import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import width from 'string-width';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/definitions.ts';
import { folder, mtascope } from './kit.ts';

const file = fileURLToPath(new URL('../../captures/q182619-5.0.pcap', import.meta.url));
const at = (columns: number) => ({ look: { color: false, unicode: true, width: columns } });

const WIDTHS = [40, 50, 60, 72, 80, 100, 140];
/** Addresses of IPv6, many streams, messages that are resumed, a connect without answer. */
const OTHERS = ['ipv6', 'control-blocks', 'activity-resumed', 'unanswered-connect', 'zone-28', 'clean-association'].map(
  name => fileURLToPath(new URL(`../../captures/${name}.pcap`, import.meta.url)),
);
const TABLES = [
  ['analyze'],
  ['messages'],
  ['streams'],
  ['streams', '--sparkline'],
  ['associations'],
  ['events'],
  ['packets'],
  ['gate'],
  ['show', '7'],
  ['show', '9', '--expand', '--names'],
  ['buffers', '0'],
  ['follow', '0'],
  ['follow', '0', '--layer', 'rtse'],
];

async function fits(argv: readonly string[], columns: number, unicode = true): Promise<string> {
  const look = { color: false, unicode, width: columns };
  const { code, out } = await mtascope(argv, { look, cwd: folder() });
  expect(code, argv.join(' ')).toBeLessThan(argv[0] === 'gate' ? 2 : 1);
  for (const line of out.split('\n')) {
    expect(width(line), line).toBeLessThanOrEqual(columns);
    expect(line).not.toMatch(/ $/);
  }
  return out;
}

describe('at narrow widths', () => {
  it.each([
    ['analyze', file],
    ['messages', file],
    ['streams', file],
    ['associations', file],
    ['events', file],
    ['gate', file],
    ['show', '76', file],
    ['buffers', '1', file],
    ['follow', '1', file],
    ['packets', file],
    ['profiles'],
    ['profiles', 'exchange-5.5'],
    ['profiles', 'exchange-5.0'],
    ['rules'],
    ['explain', 'mta.9404'],
    ['calibrate', file, '--event', 'The request was for 30 headers and 30 elements.'],
    ['extract', file, '--finding', '1', '-o', 'x.pcapng'],
    ['annotate', file, '-o', 'x.pcapng'],
  ])('%s fits its terminal with every line', async (...argv) => {
    for (const columns of WIDTHS) for (const unicode of [true, false]) await fits(argv, columns, unicode);
  });

  it.each(TABLES)('%s %s %s of other captures', async (...argv) => {
    for (const capture of OTHERS) for (const columns of WIDTHS) await fits([...argv, capture], columns);
  });

  it('a table of which not even the columns that never leave have room stands row by row, whole', async () => {
    const events = await fits(['events', file], 40);
    expect(events).toMatch(/^ Time \(UTC\) {2}1998-06-15 09:15:01\.506\n Frame {7}8\n Stream {6}0\n/);
    expect(events.replace(/\s+/g, ' ')).toContain('Text A sockets error 10061 on a connect() call was detected.');
    expect(events).not.toContain('left out');
    expect(await fits(['events', file], 60)).toMatch(/^ Time \(UTC\) +Frame +Event +Text\n/);
    expect(await fits(['streams', file, '--sparkline'], 40)).toMatch(/^ Requests {2}▁+█$/m);
  });

  it('packets and follow say which columns had no room, in the order in which these leave', async () => {
    expect(await fits(['packets', file], 60)).toMatch(/^ +No\. +Time +Dir +Protocol +Length +Info\n/);
    const narrower = await fits(['packets', file], 54);
    expect(narrower).toMatch(/^ +No\. +Time +Dir +Protocol +Info\n/);
    expect(narrower.replace(/\s+/g, ' ')).toContain('left out for the width: Length (--wide shows all)');
    expect(await fits(['packets', file], 40)).toMatch(/^ +No\. +Dir +Protocol +Info\n/);
    expect(await fits(['follow', '1', file], 80)).toMatch(/^ *Frames +Seconds +Octets$/m);
    const ladder = await fits(['follow', '1', file], 50);
    expect(ladder).toMatch(/^ *Frames +Octets$/m);
    expect(ladder.replace(/\s+/g, ' ')).toContain('left out for the width: Seconds (--wide shows all)');
    expect(await fits(['follow', '1', file], 40)).toMatch(/^ *Frames$/m);
    for (const argv of [['packets'], ['follow', '1']]) {
      const { out } = await mtascope([...argv, file, '--wide'], at(40));
      expect(out).not.toContain('left out');
      expect(out).toMatch(/(Time|Seconds) +.*(Length|Octets)/);
    }
  });

  it.each([['mtascope', '--help'], ...COMMANDS.map(command => [command.name, command.name, '--help'])])(
    'the help of %s is wrapped, but for its examples',
    async (_name, ...argv) => {
      for (const columns of [40, 46, 52, 60]) {
        const { out } = await mtascope(argv, at(columns));
        const [help] = out.split('\nExamples:\n');
        // What stands in front of it is to be pasted as well.
        const [, ...lines] = help!.split('\n');
        for (const line of lines) expect(width(line), line).toBeLessThanOrEqual(columns);
      }
    },
  );

  it('what is said of an example fits 80 columns', async () => {
    for (const { name } of COMMANDS) {
      const { out } = await mtascope([name, '--help'], at(80));
      for (const line of out.match(/^ *# .*$/gm) ?? []) expect(width(line), line).toBeLessThanOrEqual(80);
    }
  });

  it('a description stands below its option where there is no room beside it', async () => {
    const { out } = await mtascope(['packets', '--help'], at(40));
    expect(out).toContain('\n  --any-port\n      find ISO transport on other ports\n      too, by evidence\n');
    expect((await mtascope(['packets', '--help'], at(60))).out).toMatch(/^ {2}--any-port {13}find ISO transport on/m);
  });

  it('messages shortens how a transfer ended before it leaves out who wrote to whom', async () => {
    const { out } = await mtascope(['messages', file], at(80));
    expect(out).toMatch(/^ Identifier +Kind +From +To +Octets +Frames +Transfer$/m);
    expect(out).toMatch(/\? damaged$/m);
    expect(out.replace(/\s+/g, ' ')).toContain('in short: Transfer (--wide shows all)');
    expect((await mtascope(['messages', file], at(200))).out).toContain('? damaged: its');
    expect((await mtascope(['messages', file])).out).toContain('? damaged: its framing was lost');
  });

  it('messages says of a report in short what became of its recipients, and keeps the end of what is cut', async () => {
    const captures = (name: string) => fileURLToPath(new URL(`../../captures/${name}.pcap`, import.meta.url));
    const { out } = await mtascope(['messages', captures('clean-association-1984')], at(40));
    expect(out).toMatch(/^ 980616\.0800\.R03 +46–50 +not delivered$/m);
    const narrow = (await mtascope(['messages', captures('clean-association')], at(32))).out;
    expect(narrow).toMatch(/^ …\S*0700\.002 +26–54 +complete$/m);
    expect(narrow).toMatch(/^ …\S*0701\.R01 +64–68 +delivered$/m);
  });

  it('gate sets the names of captures below each other, whatever stands for the signs', async () => {
    const captures = ['clean-association.pcap', 'gap.pcap', 'stray-tls.pcap'].map(name =>
      fileURLToPath(new URL(`../../captures/${name}`, import.meta.url)),
    );
    for (const unicode of [true, false]) {
      const look = { color: false, unicode, width: 200 };
      const { out } = await mtascope(['gate', '--no-config', ...captures], { look, cwd: folder() });
      const lines = out.split('\n').slice(0, 3);
      expect(new Set(lines.map(line => line.indexOf('captures'))).size).toBe(1);
      expect(new Set(lines.map(line => line.search(/(?<= {2})\S[^/]*$/))).size).toBe(1);
    }
  });

  it('streams calls the TPKTs of the server by more than an arrow where they are left out', async () => {
    expect((await mtascope(['streams', file], at(64))).out.replace(/\s+/g, ' ')).toMatch(
      /left out for the width: [^(]*TPKTs ←/,
    );
  });

  it('streams shows one address whole rather than two in part', async () => {
    const { out } = await mtascope(['streams', file], at(40));
    expect(out).toMatch(/^ 0 +192\.0\.2\.40:1040 +! 9215, frame 8$/m);
    expect(out.replace(/\s+/g, ' ')).toContain('TPKTs →, Server (--wide shows all)');
  });

  it('follow keeps its columns, however many frames a line has', async () => {
    const { out } = await mtascope(['follow', '1', file, '--layer', 'rtse']);
    const arrows = out.split('\n').flatMap(line => {
      const place = line.search(/ [→←] | {4}← /);
      return /^ +\d/.test(line) && place >= 0 ? [line.indexOf('.')] : [];
    });
    expect(arrows.length).toBeGreaterThan(5);
    expect(new Set(arrows).size).toBe(1);
    expect(out).toMatch(/^ *\d+ … \d+ +\d/m);
  });

  it('extract wraps the numbers of frames, and leaves them whole in a pipe', async () => {
    const cwd = folder();
    const argv = ['extract', file, '--finding', '1', '-o', join(cwd, 'x.pcapng')];
    const piped = (await mtascope(argv, { cwd })).out;
    const frames = piped.split('\n').filter(line => line.startsWith('  frames: '));
    expect(frames).toHaveLength(1);
    expect(frames[0]!.length).toBeGreaterThan(80);
  });
});
