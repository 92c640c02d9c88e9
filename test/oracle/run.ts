/**
 * `npm run test:oracle`: every field that tshark prints of the OSI captures stands in ours with the same value, or a row of
 * explained.ts says which of the two is wrong. Captures of several streams are compared stream by stream. Prints agreements,
 * differences, and what only one side saw. Arguments pick captures by a part of their path.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { tsharkAvailable, tsharkSplit } from '../kit/tshark.ts';
import { differences, ours, split, type Tally, theirs } from './compare.ts';
import { EXPLAINED, explain } from './explained.ts';

const BUNDLED = join(import.meta.dirname, '../../captures');
const SHARED = join(import.meta.dirname, '../../../shared/captures');
const FOLDERS = ['x400', 'stacks', 'crafted', 'port102-other'];
/** The default of tshark: on, it shows nothing more of a stream behind a hole (R1). */
const PREFERENCES = ['tcp.reassemble_out_of_order:FALSE'];
/** PDML of larger captures takes tshark minutes. */
const MAX_BYTES = 1 << 20;

if (!tsharkAvailable()) {
  console.log('tshark is not installed: nothing was compared');
  process.exit(process.env.CI === undefined ? 0 : 1);
}

function captures(folder: string): string[] {
  if (!existsSync(folder)) {
    console.log(`${folder} is missing: its captures are not compared`);
    return [];
  }
  return readdirSync(folder)
    .filter(name => /\.(pcap|pcapng)(\.gz)?$/.test(name))
    .map(name => join(folder, name))
    .filter(file => statSync(file).size <= MAX_BYTES)
    .sort();
}

const wanted = process.argv.slice(2);
const files = [...captures(BUNDLED), ...FOLDERS.flatMap(folder => captures(join(SHARED, folder)))].filter(
  file => wanted.length === 0 || wanted.some(part => file.includes(part)),
);
const scratch = mkdtempSync(join(tmpdir(), 'mtascope-oracle-'));
const explained = new Map<string, Map<string, number>>();
const onlyOurs = new Map<string, number>();
let unexplained = 0;
let agreed = 0;
let streams = 0;

function judge(file: string, mine: Tally, other: Tally): void {
  for (const [key, n] of other) agreed += Math.min(n, mine.get(key) ?? 0);
  for (const d of differences(mine, other)) {
    if (d.ours > d.tshark) {
      onlyOurs.set(d.field, (onlyOurs.get(d.field) ?? 0) + d.ours - d.tshark);
      continue;
    }
    const reason = explain(file, d);
    if (reason !== null) {
      const places = explained.get(reason.id) ?? new Map<string, number>();
      explained.set(reason.id, places);
      const place = `${basename(file)} ${d.field}`;
      places.set(place, (places.get(place) ?? 0) + d.tshark - d.ours);
      continue;
    }
    unexplained++;
    console.log(`${file}: ${d.field} = ${d.value.slice(0, 80)}: tshark ${d.tshark} times, mtascope ${d.ours}`);
  }
}

async function capture(file: string, number: number): Promise<void> {
  const mine = await ours(file);
  const filters = split(mine.report);
  if (filters.length === 0) judge(file, mine.tally, await theirs(file, PREFERENCES));
  for (const [i, filter] of filters.entries()) {
    const part = join(scratch, `${number}-${i}.pcapng`);
    tsharkSplit(file, filter, part);
    streams++;
    const [ofUs, ofTshark] = await Promise.all([ours(part), theirs(part, PREFERENCES)]);
    rmSync(part);
    judge(file, ofUs.tally, ofTshark);
  }
}

let next = 0;
async function worker(): Promise<void> {
  while (next < files.length) {
    const number = next++;
    await capture(files[number]!, number);
  }
}

try {
  await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, worker));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${files.length} captures (${streams} streams of them on their own), ${agreed} field values agree`);
for (const { id } of EXPLAINED) {
  const places = [...(explained.get(id) ?? [])];
  if (places.length === 0) continue;
  console.log(`explained: ${id}, ${places.reduce((n, [, k]) => n + k, 0)} values only tshark prints`);
  for (const [place, n] of places.sort()) console.log(`  ${place} ${n}`);
}
const top = [...onlyOurs].sort((a, b) => b[1] - a[1]);
console.log(`only mtascope prints ${top.reduce((n, [, k]) => n + k, 0)} values of ${top.length} fields, most often`);
for (const [name, n] of top.slice(0, 15)) console.log(`  ${name} ${n}`);
// A row that explains nothing has outlived its reason: the next defect would hide behind it.
const idle = wanted.length > 0 || !existsSync(SHARED) ? [] : EXPLAINED.filter(e => !explained.has(e.id)).map(e => e.id);
if (idle.length > 0) console.log(`rows that explain nothing: ${idle.join(', ')}`);
console.log(`${unexplained} unexplained differences`);
process.exit(unexplained === 0 && idle.length === 0 ? 0 : 1);
