import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import width from 'string-width';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/definitions.ts';
import { folder, mtascope } from './kit.ts';

const file = fileURLToPath(new URL('../../captures/q182619-5.0.pcap', import.meta.url));
const at = (columns: number) => ({ look: { color: false, unicode: true, width: columns } });

describe('at narrow widths', () => {
  it.each([
    ['analyze', file],
    ['messages', file],
    ['streams', file],
    ['associations', file],
    ['events', file],
    ['show', '76', file],
    ['buffers', '1', file],
    ['follow', '1', file],
    ['packets', file],
    ['profiles', 'exchange-5.5'],
    ['profiles', 'exchange-5.0'],
    ['explain', 'mta.9404'],
    ['calibrate', file, '--event', 'The request was for 30 headers and 30 elements.'],
    ['extract', file, '--finding', '1', '-o', 'x.pcapng'],
  ])('%s fits its terminal with every line', async (...argv) => {
    for (const columns of [80, 100, 72, 60]) {
      const { code, out } = await mtascope(argv, { ...at(columns), cwd: folder() });
      expect(code).toBe(0);
      for (const line of out.split('\n')) expect(width(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it.each(COMMANDS.map(command => command.name))('the help of %s is wrapped, but for its examples', async name => {
    const { out } = await mtascope([name, '--help'], at(60));
    const [help] = out.split('\nExamples:\n');
    for (const line of help!.split('\n')) expect(width(line), line).toBeLessThanOrEqual(60);
  });

  it('messages shortens how a transfer ended before it leaves out who wrote to whom', async () => {
    const { out } = await mtascope(['messages', file], at(80));
    expect(out).toMatch(/^ Identifier +Kind +From +To +Octets +Frames +Transfer$/m);
    expect(out).toMatch(/\? damaged$/m);
    expect(out.replace(/\s+/g, ' ')).toContain('in short: Transfer (--wide shows all)');
    expect((await mtascope(['messages', file], at(200))).out).toContain('? damaged: its');
    expect((await mtascope(['messages', file])).out).toContain('? damaged: its framing was lost');
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
