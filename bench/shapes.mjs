// The second half of `npm run bench:smoke`: seconds, and no more than this repository. Shapes of traffic that the backbone mixes do not
// have (tags, IPv6, small packets, pcapng, one octet a segment) have to be counted right, and an analysis may cost no more than twice its
// budget, which is a multiple of a plain walk over the same records in the same process: absolute times say nothing on a shared machine.
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { grow, octets } from './grow.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = join(root, 'bench', 'data');
mkdirSync(data, { recursive: true });

/** Budget: how many plain walks one analysis may cost; what it cost when this was written stands in docs/performance.md. */
const CASES = [
  // First, as in a process of its own: what the compiler learns from the other shapes costs these small steps a third more.
  { name: 'one-octet segments', kind: 'octets', options: { count: 1_000_000 }, budget: 25 },
  { name: 'mixed, 5 % on port 102', kind: 'mixed', options: { size: octets('96m') }, budget: 5 },
  {
    name: 'small packets, VLAN, IPv6',
    kind: 'mixed',
    options: { size: octets('24m'), frame: 90, vlan: true, ipv6: true },
    budget: 10,
  },
  { name: 'pcapng', kind: 'mixed', options: { size: octets('96m'), ng: true }, budget: 5 },
  { name: 'one stream', kind: 'stream', options: { size: octets('48m') }, budget: 10 },
];

async function analysis() {
  const out = join(data, `shapes-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `export { analyzeFile } from './src/app/analyze.ts'; export { loadProfile } from './src/mta/profile.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    outfile: out,
    logLevel: 'error',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return import(pathToFileURL(out).href);
}

/** The least that any reader does: each record's length, and one octet of each packet. */
function walk(path) {
  const fd = openSync(path, 'r');
  const size = fstatSync(fd).size;
  const b = Buffer.alloc(1 << 20);
  let have = 0;
  let packets = 0;
  let sum = 0;
  let ng = -1;
  for (let at = 0; at < size; ) {
    const n = readSync(fd, b, have, b.length - have, at);
    at += n;
    have += n;
    let p = 0;
    if (ng < 0) {
      ng = b.readUInt32BE(0) === 0x0a0d0d0a ? 1 : 0;
      if (ng === 0) p = 24;
    }
    for (;;) {
      if (p + 16 > have) break;
      const q = p + (ng === 1 ? 4 : 8);
      const length = b[q] | (b[q + 1] << 8) | (b[q + 2] << 16) | (b[q + 3] << 24);
      const end = p + length + (ng === 1 ? 0 : 16);
      if (end > have) break;
      if (ng === 0 || b[p] === 6) {
        packets++;
        sum += b[p + 30];
      }
      p = end;
    }
    b.copyWithin(0, p, have);
    have -= p;
  }
  closeSync(fd);
  if (sum < 0) throw new Error('unreachable, but it keeps the loop from being dropped');
  return packets;
}

const { analyzeFile, loadProfile } = await analysis();
const options = {
  ports: [102],
  anyPort: false,
  mta: [],
  profile: loadProfile('exchange-5.5'),
  keepGoing: false,
  level: 'full',
  crossCheck: false,
};
let failed = false;
for (const { name, kind, options: shape, budget } of CASES) {
  const path = join(data, `shapes-${kind}${shape.ng ? '-ng' : ''}${shape.vlan ? '-vlan' : ''}.pcap`);
  const truth = grow(kind, path, shape);
  const walks = [];
  const runs = [];
  let report;
  for (let round = 0; round < 5; round++) {
    let started = process.cpuUsage();
    const packets = walk(path);
    walks.push(process.cpuUsage(started).user + process.cpuUsage(started).system);
    if (packets !== truth.packets)
      throw new Error(`${name}: the plain walk counts ${packets} packets, ${truth.packets} were written`);
    started = process.cpuUsage();
    report = await analyzeFile(path, options);
    runs.push(process.cpuUsage(started).user + process.cpuUsage(started).system);
  }
  const counted = {
    packets: report.frames,
    isoConnections: report.streams.length,
    tpkts: report.streams.reduce((sum, s) => sum + s.directions[0].tpkts + s.directions[1].tpkts, 0),
  };
  const wrong = Object.keys(counted).filter(key => counted[key] !== truth[key]);
  // The least of each: a walk takes some milliseconds, and now and then five times as many.
  const ratio = Math.min(...runs) / Math.min(...walks);
  const slow = ratio > budget * 2;
  if (wrong.length > 0 || slow) failed = true;
  const verdict =
    wrong.length > 0
      ? `WRONG: ${wrong.map(key => `${key} ${counted[key]}, not ${truth[key]}`).join('; ')}`
      : slow
        ? 'TOO SLOW'
        : 'ok';
  process.stdout.write(`${name.padEnd(28)} ${ratio.toFixed(1).padStart(6)} walks, budget ${budget}  ${verdict}\n`);
}
process.exitCode = failed ? 1 : 0;
