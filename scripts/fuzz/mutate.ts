import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cat, Random } from '../../test/kit/bytes.ts';
import { order } from '../../test/kit/pcap.ts';

export interface Seedling {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Captures up to this size: small ones say as much and run more often. */
const LARGEST = 160_000;

/** Every capture below `folders`, in the order of their names; folders that are not there give nothing. */
export function corpus(folders: readonly string[]): Seedling[] {
  const out: Seedling[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(pcap|pcapng|cap|pcap\.gz)$/.test(entry.name) && statSync(path).size <= LARGEST) {
        out.push({ name: path, bytes: new Uint8Array(readFileSync(path)) });
      }
    }
  };
  for (const folder of folders) if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) walk(folder);
  return out;
}

const INTERESTING = [0, 1, 2, 3, 4, 5, 6, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xf080, 0xffff];

type Mutation = (bytes: Uint8Array, random: Random, all: readonly Seedling[]) => Uint8Array;

function overwrite(bytes: Uint8Array, at: number, octets: readonly number[]): Uint8Array {
  const out = cat(bytes);
  octets.forEach((octet, i) => {
    if (at + i < out.length) out[at + i] = octet;
  });
  return out;
}

/** A place for a change: often near the head, where the lengths of the file are, else anywhere. */
function place(bytes: Uint8Array, random: Random): number {
  return random.below(8) === 0 ? random.below(Math.min(bytes.length, 64)) : random.below(bytes.length);
}

const MUTATIONS: readonly Mutation[] = [
  // One octet, one bit.
  (b, r) => overwrite(b, place(b, r), [r.below(256)]),
  (b, r) => {
    const at = place(b, r);
    return overwrite(b, at, [b[at]! ^ (1 << r.below(8))]);
  },
  // A 16- or 32-bit number that lengths trip over, in either byte order.
  (b, r) => {
    const { u16, u32 } = order(r.below(2) === 0);
    const n = r.pick(INTERESTING);
    return overwrite(b, place(b, r), r.below(2) === 0 ? u16(n) : u32(r.below(2) === 0 ? n : 0xffffffff - n));
  },
  // Cut off, cut out, doubled, put in, moved.
  (b, r) => b.subarray(0, r.below(b.length)),
  (b, r) => {
    const [from, to] = range(b, r);
    return cat(b.subarray(0, from), b.subarray(to));
  },
  (b, r) => {
    const [from, to] = range(b, r);
    return cat(b.subarray(0, to), b.subarray(from));
  },
  (b, r) => {
    const at = place(b, r);
    return cat(b.subarray(0, at), r.bytes(1 + r.below(40)), b.subarray(at));
  },
  (b, r) => {
    const [from, to] = range(b, r);
    const rest = cat(b.subarray(0, from), b.subarray(to));
    const at = r.below(rest.length + 1);
    return cat(rest.subarray(0, at), b.subarray(from, to), rest.subarray(at));
  },
  // The end of another capture behind the beginning of this one.
  (b, r, all) => {
    const other = r.pick(all).bytes;
    return cat(b.subarray(0, r.below(b.length)), other.subarray(r.below(other.length)));
  },
  (b, r) => shuffled(b, r),
  (b, r) => shuffled(b, r),
  (b, r) => header(b, r),
  (b, r) => header(b, r),
  (b, r) => header(b, r),
];

function range(bytes: Uint8Array, random: Random): [number, number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(random.pick([4, 40, 400, 4000])))];
}

/** Octets that look like a TPKT header, a DT TPDU or a BER length are changed where they stand. */
function header(bytes: Uint8Array, random: Random): Uint8Array {
  const spots: number[] = [];
  for (let at = 24; at + 7 < bytes.length; at++) {
    if (bytes[at] === 3 && bytes[at + 1] === 0 && bytes[at + 4]! < 0x40) spots.push(at);
  }
  if (spots.length === 0) return bytes;
  const at = random.pick(spots) + random.pick([0, 1, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20]);
  return overwrite(bytes, at, [
    random.below(3) === 0 ? random.below(256) : random.pick([0, 1, 2, 3, 0x30, 0x80, 0x84, 0xa0, 0xf0, 0xff]),
  ]);
}

/** The records of a classic capture, or the blocks of a pcapng file: dropped, doubled, exchanged, in another order. */
function shuffled(bytes: Uint8Array, random: Random): Uint8Array {
  const [head, items] = records(bytes) ?? blocks(bytes) ?? [bytes, []];
  if (items.length < 2) return bytes;
  const out = [...items];
  for (let round = 1 + random.below(6); round > 0 && out.length > 1; round--) {
    const i = random.below(out.length);
    const j = Math.min(out.length - 1, i + 1 + random.below(4));
    switch (random.below(4)) {
      case 0:
        out.splice(i, 1);
        break;
      case 1:
        out.splice(j, 0, out[i]!);
        break;
      case 2:
        [out[i], out[j]] = [out[j]!, out[i]!];
        break;
      default:
        out.splice(i, j - i, ...random.shuffle(out.slice(i, j)));
    }
  }
  return cat(head, out);
}

type Parts = [head: Uint8Array, items: Uint8Array[]];

function records(bytes: Uint8Array): Parts | null {
  if (bytes.length < 24) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34].includes(view.getUint32(0, true));
  if (!little && ![0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34].includes(view.getUint32(0))) return null;
  const size = view.getUint32(0, little) === 0xa1b2cd34 ? 24 : 16;
  const items: Uint8Array[] = [];
  for (let at = 24; at + size <= bytes.length; ) {
    const end = at + size + view.getUint32(at + 8, little);
    if (end > bytes.length) break;
    items.push(bytes.subarray(at, end));
    at = end;
  }
  return [bytes.subarray(0, 24), items];
}

function blocks(bytes: Uint8Array): Parts | null {
  if (bytes.length < 28) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0x0a0d0d0a) return null;
  const little = view.getUint32(8, true) === 0x1a2b3c4d;
  const items: Uint8Array[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const end = at + view.getUint32(at + 4, little);
    if (end > bytes.length || end < at + 12) break;
    items.push(bytes.subarray(at, end));
    at = end;
  }
  return [bytes.subarray(0, 0), items];
}

/** Case `n` of a run: the same seed, number and corpus give the same octets. */
export function mutant(all: readonly Seedling[], seed: number, n: number): Seedling {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b));
  const base = random.pick(all);
  let { bytes } = base;
  for (let rounds = 1 + random.below(random.pick([1, 3, 8])); rounds > 0 && bytes.length > 0; rounds--) {
    bytes = random.pick(MUTATIONS)(bytes, random, all);
  }
  return { name: `case ${n} of seed ${seed}, from ${base.name}`, bytes };
}
