import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/app/in-order.ts';

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
