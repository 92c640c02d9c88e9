import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dissectApdu } from '../../src/x400/dissect.ts';
import { Conversation } from '../kit/conversation.ts';
import { saidIn } from '../kit/pcap.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));
const SHARED = join(import.meta.dirname, '../../../shared/captures');
const without = existsSync(SHARED) ? '' : ' (skipped: ../shared/captures is not there)';
const root = folder();
let made = 0;
const target = () => join(root, `out${++made}`);

describe('extract --messages', () => {
  it('writes each APDU and content as it was sent, under names in the order of transfer', async () => {
    const directory = target();
    const file = bundled('clean-association.pcap');
    const { code, out, err } = await mtascope(['extract', file, '--messages', directory]);
    expect([code, err]).toEqual([0, '']);
    const { messages } = JSON.parse((await mtascope(['messages', file, '--format', 'json'])).out).captures[0];
    const names = readdirSync(directory).sort();
    expect(names.filter(name => name.endsWith('.p1.ber'))).toHaveLength(messages.length);
    for (const [i, message] of messages.entries()) {
      const name = names.filter(n => n.endsWith('.p1.ber'))[i]!;
      expect(name).toBe(`${String(i + 1).padStart(4, '0')}-${message.localIdentifier}.p1.ber`);
      expect(out).toContain(name);
      const octets = readFileSync(join(directory, name));
      // What was written is an APDU by itself, and the same one.
      const tree = dissectApdu(octets).trees[0]!;
      expect([tree.layer, tree.end, JSON.stringify(tree.fields).includes(message.localIdentifier)]).toEqual([
        'p1',
        octets.length,
        true,
      ]);
      const content = names.find(n => n.startsWith(name.slice(0, 5)) && n !== name);
      if (message.kind === 'message') expect(octets.includes(readFileSync(join(directory, content!)))).toBe(true);
    }
    expect(names.some(name => name.startsWith('.'))).toBe(false);
  });

  it('says how many transfers were not complete, and writes nothing of them', async () => {
    const directory = target();
    const { out } = await mtascope(['extract', bundled('q182619-5.0.pcap'), '--messages', directory, '--content']);
    expect(out).toContain('1 transfer not complete, of which nothing is written');
    expect(readdirSync(directory).every(name => /^\d{4}-[\w.-]+\.p2\.ber$/.test(name))).toBe(true);
  });

  it('leaves nothing of a stream that is other traffic at its end', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const ends = [
      { address: '192.0.2.1', port: 40000 },
      { address: '192.0.2.2', port: 4102 },
    ] as const;
    const tcp = new Conversation(wire, ...ends);
    tcp.open();
    tcp.send(0, new Uint8Array(60_000).fill(0x41));
    for (const [way, octets] of saidIn(bundled('clean-association.pcap'))) tcp.send(way, octets);
    const file = join(root, 'other.pcap');
    writeFileSync(file, wire.pcap());
    const directory = target();
    const { code, out } = await mtascope(['extract', file, '--any-port', '--messages', directory]);
    expect([code, readdirSync(directory)]).toEqual([0, []]);
    expect(out).not.toContain('.ber');
  });

  it('takes the streams asked for only', async () => {
    const directory = target();
    await mtascope(['extract', bundled('q182619-5.0.pcap'), '--messages', directory, '--stream', '0']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('refuses what cannot go together, and a folder that is a file', async () => {
    const file = bundled('clean-association.pcap');
    const both = await mtascope(['extract', file, '--messages', target(), '--finding', '1']);
    expect([both.code, both.out]).toEqual([2, '']);
    expect(both.err).toContain('--finding cuts a capture and --messages writes APDUs');
    expect((await mtascope(['extract', file, '--content'])).err).toContain('--content belongs to --messages');
    const taken = join(root, 'taken');
    writeFileSync(taken, '');
    const wrong = await mtascope(['extract', file, '--messages', taken]);
    expect([wrong.code, wrong.err]).toEqual([2, `${taken}: is a file, not a folder\n`]);
  });

  it('takes no folder for standard output', async () => {
    const { code, err } = await mtascope(['extract', bundled('ipv6.pcap'), '--messages', '-'], { cwd: folder() });
    expect([code, err]).toEqual([2, expect.stringMatching(/^extract: --messages writes files into a folder/)]);
  });

  it('makes the folders on the way, and says where none can be made', async () => {
    const file = bundled('clean-association.pcap');
    const deep = join(target(), 'a', 'b');
    expect((await mtascope(['extract', file, '--messages', deep])).code).toBe(0);
    expect(readdirSync(deep)).not.toEqual([]);
    // Node's own way never comes back from here.
    const { code, err } = await mtascope(['extract', file, '--messages', '/proc/mtascope/out']);
    expect(code).toBe(2);
    expect(err).toMatch(/^\/proc\/mtascope\/out: can't be made: /);
  });

  it('says when a name is taken by a folder, and leaves nothing half-written', async () => {
    const directory = target();
    await mtascope(['extract', bundled('clean-association.pcap'), '--messages', directory]);
    const first = readdirSync(directory).sort()[0]!;
    const again = target();
    mkdirSync(join(again, first), { recursive: true });
    writeFileSync(join(again, first, 'x'), '');
    const { code, err } = await mtascope(['extract', bundled('clean-association.pcap'), '--messages', again]);
    expect(code).toBe(2);
    expect(err).toContain("can't be written");
    expect(readdirSync(again)).toEqual([first]);
  });
});

describe.skipIf(without !== '')(`on real captures${without}`, () => {
  it('names contents by their type, and keeps names safe', async () => {
    const directory = target();
    await mtascope(['extract', join(SHARED, 'x400/wsamples__p772-transfer-success.pcap'), '--messages', directory]);
    expect(readdirSync(directory).sort()).toEqual([
      '0001-percival.s_055680_20051001113050.p1.ber',
      '0001-percival.s_055680_20051001113050.p772.ber',
    ]);
    expect(
      readFileSync(join(directory, '0001-percival.s_055680_20051001113050.p772.ber')).includes('P772 Message'),
    ).toBe(true);
  });

  it('writes what P3 submits and delivers: the arguments, and their contents by their type', async () => {
    const directory = target();
    const file = join(SHARED, 'stacks/p3_normal_rose_submit_probe.pcap');
    const { out } = await mtascope(['extract', file, '--messages', directory]);
    const names = readdirSync(directory).sort();
    const { messages } = JSON.parse((await mtascope(['messages', file, '--format', 'json'])).out).captures[0];
    const complete = messages.filter((m: { state: string }) => m.state === 'complete');
    expect(names.filter(name => name.endsWith('.p3.ber'))).toHaveLength(complete.length);
    const submission = readFileSync(join(directory, '0001-P3-260301-0001.p3.ber'));
    const content = readFileSync(join(directory, '0001-P3-260301-0001.p22.ber'));
    expect(submission.includes(content)).toBe(true);
    expect(content.length).toBe(messages[0].size);
    expect(out).toContain('0001-P3-260301-0001.p22.ber');
  });
});
