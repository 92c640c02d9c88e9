import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/app/in-order.ts';
import { ipv4 } from '../kit/ip.ts';
import { LINKTYPE } from '../kit/link.ts';
import { pcap } from '../kit/pcap.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { folder } from './kit.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin', 'mtascope.js');
const CAPTURES = readdirSync(join(ROOT, 'captures'))
  .filter(name => /\.pcap/.test(name))
  .map(name => join('captures', name));

const mtascope = (...args: string[]) =>
  spawnSync(process.execPath, [BIN, ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 120_000 });

describe('several captures at once', () => {
  it.each([
    ['analyze', 'json'],
    ['analyze', 'table'],
    ['streams', 'csv'],
    ['messages', 'ndjson'],
  ])('%s --format %s says the same, octet by octet, in any number of threads', (command, format) => {
    const files = [...CAPTURES.slice(0, 12), 'gone.pcap', 'package.json', ...CAPTURES.slice(12)];
    const [one, two, many] = ['1', '2', '5'].map(jobs =>
      mtascope(command, ...files, '--format', format, '--jobs', jobs),
    );
    expect(one!.status).toBe(2);
    expect(one!.stdout.length).toBeGreaterThan(1000);
    for (const other of [two!, many!]) {
      expect(other.stdout).toBe(one!.stdout);
      expect(other.stderr).toBe(one!.stderr);
      expect(other.status).toBe(one!.status);
    }
  });

  it('gate judges the same', () => {
    const args = ['gate', ...CAPTURES, '--profile', 'exchange-5.0', '--profile', 'exchange-5.5'];
    const [one, two] = ['1', '2'].map(jobs => mtascope(...args, '--jobs', jobs));
    expect(one!.status).toBe(1);
    expect(two!.stdout).toBe(one!.stdout);
    expect(two!.status).toBe(1);
  });
});

describe('inOrder', () => {
  it('yields in order, starts no more than it may, and lets a failure come in its turn', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    const started = inOrder([30, 1, 20, 1, 1, 0], 2, async (ms, i) => {
      most = Math.max(most, ++running);
      await new Promise(done => setTimeout(done, ms));
      running--;
      if (i === 5) throw new Error('the last');
      return i;
    });
    await expect(async () => {
      for await (const i of started) seen.push(i);
    }).rejects.toThrow('the last');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(3);
  });
});

describe('a capture that takes more memory than its thread has', () => {
  /** Connections that come no further than their SYN-ACK, each from an address of its own: some KB of state for 112 octets of capture. */
  const server = { address: '192.0.2.1', port: 102 };
  const many = pcap(
    Array.from({ length: 40_000 }, (_, i) => {
      const client = { address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, port: 1025 };
      const frame = (from: typeof client, to: typeof client, flags: number, seq: number, ack: number) => {
        const ends = { source: from.address, destination: to.address, sourcePort: from.port, destinationPort: to.port };
        const segment = tcp({ ...ends, seq, ack, flags }, new Uint8Array());
        return { time: { sec: 1, nsec: 0 }, bytes: ipv4(from.address, to.address, segment) };
      };
      return [frame(client, server, FLAG.syn, 7, 0), frame(server, client, FLAG.syn | FLAG.ack, 9, 8)];
    }).flat(),
    { linkType: LINKTYPE.raw },
  );
  const [good] = CAPTURES.filter(name => name.endsWith('clean-association.pcap')).map(name => join(ROOT, name));

  function small(...args: string[]) {
    const cwd = folder();
    const names = ['a.pcap', 'b.pcap', 'c.pcap', 'd.pcap', 'e.pcap'];
    for (const name of names) {
      // Octets of gzip don't tell how many there are.
      const heavy = name === 'e.pcap' ? gzipSync(many) : many;
      writeFileSync(join(cwd, name), name === 'd.pcap' ? readFileSync(good!) : heavy);
    }
    const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=50' };
    const ran = spawnSync(process.execPath, [BIN, ...args.slice(0, 1), ...names, ...args.slice(1), '--jobs', '2'], {
      cwd,
      env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { ...ran, files: () => readdirSync(cwd).filter(name => !names.includes(name)), cwd };
  }

  it('gate judges the others all the same, and ends with 70', () => {
    const { status, stdout, stderr, files, cwd } = small('gate', '--no-config', '--junit', 'j.xml');
    expect(stderr.split('\n').filter(line => line !== '')).toEqual(
      ['a', 'b', 'c', 'e'].map(name => expect.stringMatching(`^mtascope: ${name}.pcap: the capture needs more memory`)),
    );
    expect(stdout).toContain('✔ d.pcap');
    expect(stdout).toContain('5 captures: 1 clean, 4 not judged');
    expect(status).toBe(70);
    expect(files()).toEqual(['j.xml']);
    expect(readFileSync(join(cwd, 'j.xml'), 'utf8').match(/<testcase /g)).toHaveLength(5);
  });

  it('streams lists the others', () => {
    const { status, stdout, stderr } = small('streams', '--format', 'json');
    expect(stderr.match(/needs more memory/g)).toHaveLength(4);
    expect(JSON.parse(stdout).captures.map((capture: { file: string }) => capture.file)).toEqual(['d.pcap']);
    expect(status).toBe(70);
  });
});

describe('a process that ends before its work', () => {
  it('exit code 70, and nothing is left of what was being written', async () => {
    const cwd = folder();
    const hook = join(cwd, 'hook.cjs');
    writeFileSync(hook, `setTimeout(() => { throw new Error('from nowhere'); }, 500);`);
    const child = spawn(process.execPath, ['-r', hook, BIN, 'streams', '-', '-o', 'out.txt'], {
      cwd,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const code = await new Promise(done => child.once('exit', done));
    expect(code).toBe(70);
    expect(readdirSync(cwd)).toEqual(['hook.cjs']);
  });
});
