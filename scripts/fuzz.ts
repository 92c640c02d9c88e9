/**
 * Mutated captures through the whole analysis: `npm run fuzz -- --seed N --seconds S [--case N]`.
 *
 * The input is the bundled captures and, when they are there, the shared ones. Every case is a function of seed and number, so that
 * a failure can be run again with `--case`. A failing input made from a bundled capture is written to test/fuzz-regressions, where
 * the tests replay it for ever; others go to the temporary folder.
 * A second process does the work; this side watches it, since a hang can only be seen from outside.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check } from './fuzz/check.ts';
import { corpus, mutant } from './fuzz/mutate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = [join(root, 'captures'), join(root, '../shared/captures'), join(root, 'test/fuzz-regressions')];
/** No case of this size takes a second; a case that takes this long hangs. */
const HANG_MS = 20_000;

interface Task {
  readonly seed: number;
  readonly first: number;
  readonly until: number;
  /** Folder for the input at hand, and for the file that holds the number of the case. */
  readonly folder: string;
}

interface Failure {
  readonly number: number;
  readonly why: string;
}

const progressFile = (folder: string) => join(folder, 'case');

async function work(task: Task): Promise<void> {
  const all = corpus(FOLDERS);
  // Written through at once: a hang leaves the number behind.
  const progress = openSync(progressFile(task.folder), 'w');
  for (let n = task.first; n === task.first || Date.now() < task.until; n++) {
    writeSync(progress, String(n).padEnd(16), 0);
    try {
      await check(mutant(all, task.seed, n).bytes, join(task.folder, 'capture'));
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send!({ number: n, why } satisfies Failure);
    }
  }
  closeSync(progress);
  process.disconnect();
}

async function watch(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, seconds: { type: 'string' }, case: { type: 'string' } },
  });
  const seed = Number(values.seed ?? 1);
  const seconds = values.case === undefined ? Number(values.seconds ?? 20) : 0;
  if (!Number.isInteger(seed) || !Number.isFinite(seconds)) throw new Error('--seed and --seconds take numbers');
  const all = corpus(FOLDERS);
  const folder = mkdtempSync(join(tmpdir(), 'mtascope-fuzz-'));
  const until = Date.now() + seconds * 1000;
  const failures = new Map<string, Failure>();
  let next = Number(values.case ?? 0);
  let done = 0;
  let hung = true;
  while (hung) {
    writeFileSync(progressFile(folder), '');
    const outcome = await run({ seed, first: next, until, folder }, failure => {
      const kind = failure.why.split('\n').slice(0, 2).join(' ').replace(/\d+/g, 'N');
      if (!failures.has(kind)) failures.set(kind, failure);
    });
    const reached = Math.max(next, reachedIn(folder));
    done += reached - next + 1;
    hung = outcome !== null && Date.now() < until;
    if (outcome !== null) failures.set(`${outcome} ${reached}`, { number: reached, why: outcome });
    next = reached + 1;
  }
  rmSync(folder, { recursive: true, force: true });
  for (const { number, why } of failures.values()) {
    const { name, bytes } = mutant(all, seed, number);
    // Shared captures are not ours to copy, in no shape.
    const kept = name.includes(FOLDERS[0]!)
      ? join(root, 'test/fuzz-regressions')
      : join(tmpdir(), 'mtascope-fuzz-failures');
    mkdirSync(kept, { recursive: true });
    const file = join(kept, `${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.pcap`);
    writeFileSync(file, bytes);
    console.error(`${name}\n  kept as ${file}\n  ${why.split('\n').slice(0, 8).join('\n  ')}\n`);
  }
  console.log(`${done} cases of seed ${seed} on ${all.length} captures: ${failures.size} kinds of failure`);
  return failures.size === 0 ? 0 : 1;
}

function reachedIn(folder: string): number {
  return Number(readFileSync(progressFile(folder), 'utf8').trim() || -1);
}

/** Resolves with null when the worker is through, else with what stopped it. */
function run(task: Task, failed: (failure: Failure) => void): Promise<string | null> {
  const worker = fork(fileURLToPath(import.meta.url), ['--worker', JSON.stringify(task)], {
    execArgv: process.execArgv,
  });
  return new Promise(resolve => {
    let last = -1;
    let since = Date.now();
    let hang = false;
    const timer = setInterval(() => {
      const now = reachedIn(task.folder);
      if (now !== last) {
        last = now;
        since = Date.now();
      } else if (Date.now() - since > HANG_MS) {
        hang = true;
        worker.kill('SIGKILL');
      }
    }, 250);
    worker.on('message', message => failed(message as Failure));
    worker.on('close', (code, signal) => {
      clearInterval(timer);
      resolve(code === 0 ? null : hang ? `hangs for ${HANG_MS / 1000} s` : `ends the process with ${code ?? signal}`);
    });
  });
}

if (process.argv[2] === '--worker') await work(JSON.parse(process.argv[3]!) as Task);
else process.exitCode = await watch();
