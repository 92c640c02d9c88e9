// `npm run bench`: mtascope beside the peers that are installed, whole processes, in turn, medians of interleaved rounds on a warm
// page cache. Checks the counts against the generator's truth. Writes bench/data/results.{md,json}; --rounds N, --quick.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { capture, median, wrong } from './captures.mjs';

const BIN = join(import.meta.dirname, '../bin/mtascope.js');
const argument = name => process.argv[process.argv.indexOf(name) + 1];
const rounds = process.argv.includes('--rounds') ? Number(argument('--rounds')) : 7;
const quick = process.argv.includes('--quick');
const FIELDS = ['frame.number', 'tcp.stream', 'tpkt.length', 'cotp.type'].flatMap(f => ['-e', f]);

/** [what, our arguments, peer, peer's command line, goal as ours / peer's (smaller is better), rounds] */
function rows(mixed, iso, small) {
  const ours = (...args) => [process.execPath, BIN, ...args];
  const slow = Math.min(rounds, 3);
  return [
    ['analyze, mixed', ours('analyze', mixed, '--format', 'json'), 'capinfos -c', ['capinfos', '-c', mixed], 1, rounds],
    [
      'analyze, mixed',
      ours('analyze', mixed, '--format', 'json'),
      'tcpdump port 102',
      ['tcpdump', '-r', mixed, '-w', '/dev/null', 'tcp port 102'],
      1.2,
      rounds,
    ],
    [
      'analyze, mixed',
      ours('analyze', mixed, '--format', 'json'),
      'tshark -z conv,tcp',
      ['tshark', '-n', '-r', mixed, '-q', '-z', 'conv,tcp'],
      1 / 80,
      quick ? 1 : slow,
    ],
    [
      'analyze, port 102 only',
      ours('analyze', iso, '--format', 'json'),
      'tcpdump port 102',
      ['tcpdump', '-r', iso, '-w', '/dev/null', 'tcp port 102'],
      2.5,
      rounds,
    ],
    [
      'analyze, port 102 only',
      ours('analyze', iso, '--format', 'json'),
      'tshark -T fields',
      ['tshark', '-n', '-r', iso, '-Y', 'tpkt', '-T', 'fields', ...FIELDS],
      1 / 35,
      quick ? 1 : slow,
    ],
    [
      'messages, port 102 only',
      ours('messages', iso, '--format', 'json'),
      'tshark -T fields',
      ['tshark', '-n', '-r', iso, '-Y', 'tpkt', '-T', 'fields', ...FIELDS],
      1 / 25,
      quick ? 1 : slow,
    ],
    [
      'analyze, 200 packets',
      ours('analyze', small, '--format', 'json'),
      'tshark -T fields',
      ['tshark', '-n', '-r', small, '-Y', 'tpkt', '-T', 'fields', ...FIELDS],
      0.45,
      rounds,
    ],
    ['--help', ours('--help'), 'node -e 0', [process.execPath, '-e', '0'], 1.25, rounds * 3],
  ];
}

function run([command, ...args]) {
  const start = process.hrtime.bigint();
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  if (error?.code === 'ENOENT') return null;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Peak resident memory in MiB, from GNU time; null where it is not installed. */
function peak(command) {
  const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '%M', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return error === undefined ? Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024) : null;
}

const sizes = quick ? ['256m', '64m'] : ['1g', '256m'];
const made = [capture('mixed', sizes[0]), capture('iso', sizes[1]), capture('small', '1g')];
if (made.some(m => m === null)) {
  console.error('../shared/bench is missing: no captures to measure with');
  process.exit(1);
}
for (const { file, truth } of made) {
  const { stdout } = spawnSync(process.execPath, [BIN, 'analyze', file, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const errors = wrong(JSON.parse(stdout), truth);
  if (errors.length > 0) throw new Error(`${file}: ${errors.join('; ')}`);
}
const results = [];
for (const [what, ours, peer, theirs, goal, times] of rows(...made.map(m => m.file))) {
  const [a, b] = [[], []];
  run(ours);
  for (let i = 0; i < times; i++) {
    a.push(run(ours));
    const t = run(theirs);
    if (t === null) break;
    b.push(t);
  }
  const row = {
    what,
    peer,
    ours: median(a),
    theirs: b.length === 0 ? null : median(b),
    goal,
    rounds: times,
    memory: peak(ours),
  };
  results.push({ ...row, ratio: row.theirs === null ? null : row.ours / row.theirs });
  const last = results.at(-1);
  console.log(
    `${what} beside ${peer}: ${last.ours.toFixed(3)} s, ${last.theirs === null ? 'not installed' : `${last.theirs.toFixed(3)} s, ratio ${last.ratio.toFixed(3)} (goal ${goal.toFixed(3)})`}, ${last.memory} MiB`,
  );
}
const table = [
  `Node ${process.version}, ${cpus().length} cores, ${cpus()[0].model.trim()}; sizes ${sizes.join(' and ')}; medians of interleaved rounds.`,
  '',
  '| work | beside | ours, s | peer, s | ratio | goal | reached | peak MiB |',
  '|---|---|---|---|---|---|---|---|',
  ...results.map(
    r =>
      `| ${r.what} | ${r.peer} | ${r.ours.toFixed(3)} | ${r.theirs?.toFixed(3) ?? '–'} | ${r.ratio?.toFixed(3) ?? '–'} | ${r.goal.toFixed(3)} | ${r.ratio === null ? '–' : r.ratio <= r.goal ? 'yes' : 'no'} | ${r.memory ?? '–'} |`,
  ),
].join('\n');
const folder = join(import.meta.dirname, 'data');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'results.md'), `${table}\n`);
writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
console.log(`\n${table}`);
