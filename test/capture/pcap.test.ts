import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openReader } from '../../src/capture/open.ts';
import { openCopy } from '../../src/capture/write-open.ts';
import { crossCheck } from '../../src/source/cross-check.ts';
import { type CapturedFrame, pcap } from '../kit/pcap.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';

/** Captured and original length of each frame. */
function lengths(bytes: Uint8Array): number[][] {
  const out: number[][] = [];
  const frame = (_no: number, _s: number, _ns: number, _b: Uint8Array, p: number, q: number, wire: number): void =>
    void out.push([q - p, wire]);
  const reader = openReader(bytes, { ports: null, everyFrame: true, sink: { frame }, warn: () => {} })!;
  reader.push(bytes, 0, bytes.length);
  return out;
}

/** A file of an old version, whose records may have their lengths the other way round. */
function old(frames: readonly CapturedFrame[], bigEndian: boolean, minor: number, swap: boolean): Uint8Array {
  const out = pcap(frames, { bigEndian });
  const view = new DataView(out.buffer);
  view.setUint16(6, minor, !bigEndian);
  for (let at = 24; swap && at < out.length; ) {
    const [captured, wire] = [view.getUint32(at + 8, !bigEndian), view.getUint32(at + 12, !bigEndian)];
    view.setUint32(at + 8, wire, !bigEndian);
    view.setUint32(at + 12, captured, !bigEndian);
    at += 16 + captured;
  }
  return out;
}

const time = { sec: 900_000_000, nsec: 0 };
const FRAMES = [
  { time, bytes: new Uint8Array(60) },
  { time, bytes: new Uint8Array(68), wireLength: 1514 },
  { time, bytes: new Uint8Array(60) },
];
const LENGTHS = [
  [60, 60],
  [68, 1514],
  [60, 60],
];

test.each([
  [2, true],
  [3, true],
  [3, false],
])('the lengths of a record had other places before version 2.4: 2.%i, exchanged: %s', async (minor, swap) => {
  for (const bigEndian of [false, true]) {
    const file = old(FRAMES, bigEndian, minor, swap);
    expect(lengths(file)).toEqual(LENGTHS);
    const copy = openCopy(file, { edits: new Map(), rest: 'keep', strip: false, application: 'test' })!;
    copy.push(file, 0, file.length);
    expect(lengths(copy.out.take().slice())).toEqual(LENGTHS);
    const path = join(tmpdir(), `mtascope-old-${process.pid}.pcap`);
    writeFileSync(path, file);
    try {
      expect(await crossCheck(path)).toMatchObject({ applicable: false });
      if (tsharkAvailable()) {
        const rows = tsharkFields(path, ['frame.cap_len', 'frame.len']);
        expect(rows.map(row => [Number(row['frame.cap_len']), Number(row['frame.len'])])).toEqual(LENGTHS);
      }
    } finally {
      rmSync(path);
    }
  }
});

test('what a record of version 2.4 claims to have been longer than its packet was is left as it is', () => {
  expect(lengths(pcap([{ time, bytes: new Uint8Array(60), wireLength: 40 }]))).toEqual([[60, 40]]);
});
