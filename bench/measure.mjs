// One whole process: time on the clock, processor time and memory.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const GNU_TIME = '/usr/bin/time';
const note = join(tmpdir(), `mtascope-bench-${process.pid}.time`);
process.on('exit', () => rmSync(note, { force: true }));

// Certificates of the surroundings, which Node reads before anything else: 30 ms of each process here, ours and `node -e 0` alike.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** One run of a shell line: seconds on the clock, seconds of processor time, peak memory in MB (0 where it cannot be measured). */
export function once(line) {
  const timed = existsSync(GNU_TIME);
  const [program, args] = timed ? [GNU_TIME, ['-o', note, '-f', '%U %S %M', 'sh', '-c', line]] : ['sh', ['-c', line]];
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 26, env });
  const wall = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${line}\nends with ${status}: ${stderr}`);
  if (!timed) return { wall, cpu: wall, memory: 0 };
  const [user, system, memory] = readFileSync(note, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, memory: memory / 1024 };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
