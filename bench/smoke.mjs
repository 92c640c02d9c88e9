// `npm run bench:smoke`: seconds. Right counts, and the analysis against a plain walk of the same file by the same runtime: a
// ratio, so that a slow machine does not matter. Fails on a wrong count or on a ratio over twice its budget.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { capture, wrong } from './captures.mjs';
import { median } from './measure.mjs';

const BIN = join(import.meta.dirname, '../bin/mtascope.js');
/** Time of `analyze` over the time of the walk, both with the start of the process. */
const BUDGET = { mixed: 4, iso: 20 };
const ROUNDS = 5;

if (process.argv[2] === '--walk') walk(process.argv[3]);
else main();

/** The least that any reader of the format does: step over every record. */
function walk(file) {
  const fd = openSync(file, 'r');
  const buffer = Buffer.allocUnsafe(1 << 20);
  let have = 0;
  let frames = 0;
  readSync(fd, buffer, 0, 24, null);
  for (;;) {
    const n = readSync(fd, buffer, have, buffer.length - have, null);
    if (n === 0) break;
    have += n;
    let at = 0;
    while (at + 16 <= have) {
      const next = at + 16 + buffer.readUInt32LE(at + 8);
      if (next > have) break;
      at = next;
      frames++;
    }
    buffer.copyWithin(0, at, have);
    have -= at;
  }
  closeSync(fd);
  console.log(frames);
}

function timed(args) {
  const start = process.hrtime.bigint();
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`${args.join(' ')}: exit ${run.status}: ${run.stderr}`);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, out: run.stdout };
}

function main() {
  let failed = 0;
  for (const [profile, size] of [
    ['mixed', '96m'],
    ['iso', '48m'],
  ]) {
    const made = capture(profile, size);
    if (made === null) {
      console.log('../shared/bench is missing: no captures to measure with');
      process.exit(process.env.CI === undefined ? 0 : 1);
    }
    const { file, truth } = made;
    const report = JSON.parse(timed([BIN, 'analyze', file, '--format', 'json']).out);
    const errors = wrong(report, truth);
    const ratios = [];
    for (let i = 0; i < ROUNDS; i++) {
      const plain = timed([import.meta.filename, '--walk', file]);
      if (Number(plain.out) !== truth.packets) errors.push(`walk: ${plain.out.trim()} frames`);
      ratios.push(timed([BIN, 'analyze', file, '--format', 'json']).seconds / plain.seconds);
    }
    const ratio = median(ratios);
    if (ratio > 2 * BUDGET[profile]) errors.push(`${ratio.toFixed(2)} times a plain walk, budget ${BUDGET[profile]}`);
    console.log(
      `${profile} ${size}: ${ratio.toFixed(2)} x a plain walk (budget ${BUDGET[profile]})${errors.length === 0 ? '' : `: ${errors.join('; ')}`}`,
    );
    failed += errors.length;
  }
  process.exit(failed === 0 ? 0 : 1);
}
