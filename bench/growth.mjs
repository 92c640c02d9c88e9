// node bench/growth.mjs: how the cost of an analysis grows with the size of the capture, the number of streams, the length of one stream,
// the number of one-octet segments, of holes and of SYNs without answer. Counts are checked against what bench/grow.mjs wrote before anything is timed.
// Writes the charts and the part of docs/performance.md between the marks, and bench/data/growth.json.
//
//   node bench/growth.mjs [--rounds 3] [--quick] [--only size,streams,stream,octets,holes,syns] [--no-docs]
//
// --quick takes smaller steps, in which much of what is measured is the start of the program.
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chart } from './chart.mjs';
import { grow } from './grow.mjs';
import { median, once } from './measure.mjs';
import { writePart } from './page.mjs';

const { values: asked } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'no-docs': { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..');
const data = join(import.meta.dirname, 'data');
mkdirSync(data, { recursive: true });
const result = join(data, 'growth-result.json');
const analyze = path =>
  `${process.execPath} ${join(root, 'bin', 'mtascope.js')} analyze ${path} --format json -o ${result}`;
const say = text => process.stdout.write(`${text}\n`);

/** Faster but wrong counts as not done. The report has a row a line, and may be too long for one string. */
async function check(path) {
  const truth = JSON.parse(readFileSync(`${path}.truth.json`, 'utf8'));
  const run = once(analyze(path));
  const found = { frames: 0, streams: 0, tpkts: 0 };
  for await (const line of createInterface({ input: createReadStream(result) })) {
    const frames = /^ {6}"frames": (\d+)/.exec(line);
    if (frames !== null) found.frames += Number(frames[1]);
    if (!line.startsWith('        {"id":') || !line.includes('"directions":')) continue;
    const { directions } = JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line);
    found.streams++;
    found.tpkts += directions[0].tpkts + directions[1].tpkts;
  }
  const pairs = {
    frames: [found.frames, truth.packets],
    streams: [found.streams, truth.isoConnections],
    tpkts: [found.tpkts, truth.tpkts],
  };
  const wrong = Object.entries(pairs).filter(([, [mine, theirs]]) => mine !== theirs);
  if (wrong.length > 0)
    throw new Error(`${path}: ${wrong.map(([key, [mine, theirs]]) => `${key} ${mine}, not ${theirs}`).join('; ')}`);
  return run;
}

function grown(kind, value, options) {
  const path = join(data, `${kind}-${value}.pcap`);
  if (!existsSync(`${path}.truth.json`)) grow(kind, path, options);
  return path;
}

const charts = [];
/** How the cost grows: one point for each capture, a chart, and the ratio between the last and the first point's unit cost. */
async function growth(name, title, unit, steps, goal) {
  if (asked.only !== '' && !asked.only.split(',').includes(name)) return;
  const points = [];
  for (const { value, path } of steps) {
    const first = await check(path);
    // What takes long varies little: the run that was checked will do.
    const runs = first.cpu > 15 ? [first] : Array.from({ length: Number(asked.rounds) }, () => once(analyze(path)));
    points.push({ value, cpu: median(runs.map(r => r.cpu)), mb: Math.max(...runs.map(r => r.memory)) });
  }
  // What one more unit costs at the end, against what it costs at the beginning: the start of the program and the time until its
  // code is compiled stand in neither.
  const slope = (p, q) => (q.cpu - p.cpu) / (q.value - p.value);
  const before = slope(points[0], points[1]);
  // Below a twentieth of a second the steps are lost in the noise of the machine.
  const telling = points.length > 2 && points[1].cpu - points[0].cpu > 0.05;
  const factor = telling ? slope(points.at(-2), points.at(-1)) / before : null;
  charts.push({ name, title, unit, points, factor, goal });
  say(
    `${title}: ${points.map(p => `${p.value} ${unit} ${p.cpu.toFixed(2)} s ${p.mb.toFixed(0)} MB`).join(', ')}; ${verdict(factor, goal)}`,
  );
}
const steps = (kind, list, options) => list.map(value => ({ value, path: grown(kind, value, options(value)) }));
await growth(
  'size',
  'Size of the capture',
  'MiB',
  steps('mixed', asked.quick ? [128, 256, 512] : [1024, 4096, 16_384], mib => ({ size: mib * 2 ** 20 })),
  1.05,
);
await growth(
  'streams',
  'Short streams',
  'streams',
  steps('streams', asked.quick ? [1000, 4000, 16_000] : [1000, 10_000, 100_000, 1_000_000], count => ({ count })),
  1.5,
);
await growth(
  'stream',
  'One stream',
  'MiB',
  steps('stream', asked.quick ? [32, 64, 128] : [512, 2048, 8192], mib => ({ size: mib * 2 ** 20 })),
  1.05,
);
await growth(
  'octets',
  'One-octet segments',
  'segments',
  steps('octets', asked.quick ? [10_000, 40_000, 160_000] : [100_000, 300_000, 1_000_000], count => ({ count })),
  1.05,
);
await growth(
  'holes',
  'Streams with a hole each',
  'streams',
  steps('holes', asked.quick ? [1000, 4000, 16_000] : [1000, 10_000, 100_000], count => ({ count })),
  1.5,
);
await growth(
  'syns',
  'Connects without answer',
  'SYNs',
  steps('syns', asked.quick ? [4000, 16_000, 64_000] : [10_000, 100_000, 1_000_000], count => ({ count })),
  1.5,
);

function verdict(factor, goal) {
  if (factor === null) return 'the steps are too small to tell how it grows';
  return `one more unit at the end costs ${factor.toFixed(2)} × what it costs at the beginning (goal ≤ ${goal})`;
}

function markdown() {
  const out = [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, medians of ${asked.rounds} runs${asked.quick ? ', **quick** steps' : ''}.`,
  ];
  for (const c of charts) {
    out.push('', `### ${c.title}`, '', `| ${c.unit} | processor s | peak MB |`, '|---:|---:|---:|');
    for (const p of c.points)
      out.push(`| ${p.value.toLocaleString('en-US')} | ${p.cpu.toFixed(2)} | ${p.mb.toFixed(0)} |`);
    out.push(
      '',
      `![${c.title}: processor seconds](images/perf-${c.name}.svg)`,
      '',
      `${verdict(c.factor, c.goal)}.`.replace(/^./, x => x.toUpperCase()),
    );
  }
  return out.join('\n');
}

writeFileSync(join(data, 'growth.json'), `${JSON.stringify(charts, null, 1)}\n`);
if (!asked['no-docs'] && asked.only === '') {
  writePart('growth', markdown());
  for (const c of charts) {
    const points = c.points.map(p => [p.value, p.cpu]);
    writeFileSync(
      join(root, 'docs', 'images', `perf-${c.name}.svg`),
      chart(`${c.title}: processor time`, c.unit, 'seconds', points),
    );
  }
} else say(markdown());
