/**
 * `npm run test:oracle`: every field that tshark prints of the OSI captures stands in ours with the same value, or a row of
 * explained.ts says which of the two is wrong. Prints agreements, differences, and what only one side saw.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tsharkAvailable } from '../kit/tshark.ts';
import { differences, ours, theirs } from './compare.ts';
import { explain } from './explained.ts';

const BUNDLED = join(import.meta.dirname, '../../captures');
const SHARED = join(import.meta.dirname, '../../../shared/captures');
const FOLDERS = ['x400', 'stacks', 'crafted', 'port102-other'];
/** tshark keeps one reassembly for a whole file (R6, R15): out-of-order and interleaved captures are judged elsewhere. */
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

const files = [...captures(BUNDLED), ...FOLDERS.flatMap(folder => captures(join(SHARED, folder)))];
const explained = new Map<string, number>();
const onlyOurs = new Map<string, number>();
let agreed = 0;
let unexplained = 0;
for (const file of files) {
  const [mine, other] = [await ours(file), theirs(file, PREFERENCES, '')];
  for (const [key, n] of other) agreed += Math.min(n, mine.get(key) ?? 0);
  for (const d of differences(mine, other)) {
    if (d.ours > d.tshark) {
      onlyOurs.set(d.field, (onlyOurs.get(d.field) ?? 0) + d.ours - d.tshark);
      continue;
    }
    const reason = explain(file, d);
    if (reason !== null) {
      explained.set(reason.id, (explained.get(reason.id) ?? 0) + d.tshark - d.ours);
      continue;
    }
    unexplained++;
    console.log(`${file}: ${d.field} = ${d.value.slice(0, 80)}: tshark ${d.tshark} times, mtascope ${d.ours}`);
  }
}
console.log(`\n${files.length} captures, ${agreed} field values agree`);
for (const [id, n] of explained) console.log(`  explained: ${id}, ${n} values only tshark prints`);
const top = [...onlyOurs].sort((a, b) => b[1] - a[1]);
console.log(`only mtascope prints ${top.reduce((n, [, k]) => n + k, 0)} values of ${top.length} fields, most often`);
for (const [name, n] of top.slice(0, 15)) console.log(`  ${name} ${n}`);
console.log(`${unexplained} unexplained differences`);
process.exit(unexplained === 0 ? 0 : 1);
