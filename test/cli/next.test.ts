import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../src/report/look.ts';
import { latin1 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));

/** The commands behind the first "Next", as a shell splits them. */
async function next(argv: readonly string[], cwd: string): Promise<string[][]> {
  const { out } = await mtascope(argv, { cwd });
  const line = /^ {2}Next +(.*)$/m.exec(out)![1]!;
  return line.split(' · ').map(command => {
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    return stdout.trimEnd().split('\n').slice(1);
  });
}

describe('the commands that are printed to be pasted', () => {
  it('carry what the run was given and they take, quoted for a shell', async () => {
    const file = bundled('q182619-5.0.pcap');
    const given = [
      '--port',
      '102',
      '--port',
      '2000',
      '--any-port',
      '--profile',
      'exchange-5.0',
      '--set',
      'maxElements=24',
    ];
    const commands = await next(
      ['analyze', file, ...given, '--mta', '192.0.2.40', '--keep-going', '--cross-check', '--wide'],
      folder(),
    );
    const carried = [...given.slice(0, 5), '--mta', '192.0.2.40', ...given.slice(5), '--keep-going'];
    expect(commands.map(words => words[0])).toEqual(['show', 'explain', 'extract']);
    expect(commands[0]!.slice(3)).toEqual(carried);
    expect(commands[1]).toHaveLength(2);
    expect(commands[2]!.slice(6)).toEqual(carried);
  });

  it('carry nothing when nothing was given', async () => {
    const file = bundled('q182619-5.0.pcap');
    expect(await next(['analyze', file], folder())).toEqual([
      ['show', '76', file],
      ['explain', 'mta.9404'],
      ['extract', file, '--finding', '1', '-o', 'finding-1.pcapng'],
    ]);
  });

  it('are kept apart by what a shell takes where a terminal has no dot for it', async () => {
    const { out } = await mtascope(['analyze', bundled('q182619-5.0.pcap')], { look: { ...PLAIN, unicode: false } });
    expect(
      /^ {2}Next +(.*)$/m
        .exec(out)![1]!
        .split('; ')
        .map(command => command.split(' ')[1]),
    ).toEqual(['show', 'explain', 'extract']);
  });

  it('work as printed, whatever the names of files', async () => {
    const at = folder();
    const profile = "o'neill $HOME.json";
    const made = await mtascope(['profiles', 'exchange-5.0', '--format', 'json', '-o', join(at, profile)]);
    expect(made.code).toBe(0);
    mkdirSync(join(at, 'a b'));
    const file = join(at, 'a b', "it's.pcap");
    copyFileSync(bundled('q182619-5.0.pcap'), file);
    const argv = ['analyze', file, '--profile', join(at, profile), '--set', 'maxElements=24', '--any-port'];
    const commands = await next(argv, at);
    for (const words of commands) {
      const { code, err } = await mtascope(words, { cwd: at });
      expect([code, err], words.join(' ')).toEqual([0, '']);
    }
    expect((await mtascope(commands[0]!, { cwd: at })).out).toContain('9404');
  });
});

describe('where else to look', () => {
  const web = join(folder(), 'web.pcap');
  const wire = new Wire('1998-06-15T09:15:00Z');
  const talk = new Conversation(wire, { address: '10.0.0.1', port: 1040 }, { address: '10.0.0.2', port: 8080 });
  talk.open();
  talk.send(0, latin1('GET / HTTP/1.0\r\n\r\n'));
  writeFileSync(web, wire.pcap());
  const OTHER = '--port and --any-port look at other ports';

  it.each([['analyze'], ['streams'], ['packets'], ['show', '4'], ['follow', '0'], ['buffers', '0']])(
    '%s says it where there is no ISO transport stream, and not when all ports were looked at',
    async (...command) => {
      const plain = await mtascope([...command, web]);
      expect(plain.out + plain.err).toContain(OTHER);
      const all = await mtascope([...command, web, '--any-port']);
      expect(all.out + all.err).not.toContain('other ports');
      expect(all.out + all.err).not.toMatch(/ \(\)|; ?\./);
    },
  );

  it('packets --any-port counts no frame of other traffic among those of ISO transport streams', async () => {
    const { out } = await mtascope(['packets', web, '--any-port']);
    expect(out).toBe('0 packets; 5 frames of other traffic.\n');
  });
});
