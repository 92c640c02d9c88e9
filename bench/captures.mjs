// The benchmark's captures: made by the generator of the shared folder, kept outside the repository, with their truth beside them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GENERATOR = join(import.meta.dirname, '../../shared/bench/gen.mjs');

/** Path and truth of one capture, generated when it is not there yet; null without the generator. */
export function capture(
  profile,
  size,
  { seed = 1, folder = process.env.BENCH_DATA ?? join(tmpdir(), 'mtascope-bench') } = {},
) {
  if (!existsSync(GENERATOR)) return null;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${profile}-${size}-${seed}.pcap`);
  if (!existsSync(`${file}.truth.json`)) {
    const run = spawnSync(process.execPath, [GENERATOR, profile, file, '--size', size, '--seed', String(seed)], {
      stdio: 'ignore',
    });
    if (run.status !== 0) throw new Error(`the generator failed on ${file}`);
  }
  return { file, truth: JSON.parse(readFileSync(`${file}.truth.json`, 'utf8')) };
}

/** What differs between a report and the generator's truth; empty when all counts are right. */
export function wrong(report, truth) {
  const [c] = report.captures;
  const done = c.streams.filter(s => s.state === 'closed');
  const sum = key => done.reduce((n, s) => n + s.directions[0][key] + s.directions[1][key], 0);
  const rows = [
    ['frames', c.frames, truth.packets],
    ['frames of port 102', c.selectedFrames, truth.isoPackets],
    ['connections', c.streams.length, truth.isoConnections],
    ['octets', sum('bytes'), truth.isoStreamBytes],
    ['TPKTs', sum('tpkts'), truth.tpkts],
  ];
  return rows
    .filter(([, mine, theirs]) => mine !== theirs)
    .map(([what, mine, theirs]) => `${what}: ${mine}, truth ${theirs}`);
}
