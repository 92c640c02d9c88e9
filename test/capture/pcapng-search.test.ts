import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openReader } from '../../src/capture/open.ts';
import type { FrameSink } from '../../src/capture/reader.ts';
import { PcapngCopy } from '../../src/capture/write-pcapng.ts';
import type { CaptureWarning } from '../../src/model/report.ts';
import { Window } from '../../src/source/feed.ts';
import { chunkCuts } from '../kit/arbitraries.ts';
import { cat, type Part } from '../kit/bytes.ts';
import { order } from '../kit/pcap.ts';
import { Section } from '../kit/pcapng.ts';

const time = { sec: 1_000_000_000, nsec: 0 };
const frame = (octet: number, length = 40) => new Uint8Array(length).fill(octet);
const section = (bigEndian = false) => new Section(bigEndian).interface({ linkType: 101 });
const HEAD = section().bytes().length;
/** Octets of a block of `frame`. */
const BLOCK = 72;

/** Frames as `number first-octet length`, and the warnings, of a file that comes in pieces. */
function read(bytes: Uint8Array, cuts: readonly number[] = [], everyFrame = true) {
  const frames: string[] = [];
  const warnings: CaptureWarning[] = [];
  const sink: FrameSink = {
    frame: (no, _sec, _nsec, b, p, q) => void frames.push(`${no} ${q > p ? b[p] : ''} ${q - p}`),
  };
  const warn = (w: CaptureWarning) => void (w.code !== 'capture.time' && warnings.push(w));
  const options = { ports: null, everyFrame, sink, warn };
  const window = new Window('test', { open: head => openReader(head, options) });
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    window.append(bytes.subarray(from, to));
    from = to;
  }
  const reader = window.finish();
  return { frames, warnings, count: reader.frames };
}

/** What a copy writes. */
function copied(bytes: Uint8Array, cuts: readonly number[] = []): { written: Uint8Array; frames: number } {
  const copy = new PcapngCopy({ edits: new Map(), rest: 'keep', strip: false, application: '' });
  const window = new Window('test', { open: () => copy });
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    window.append(bytes.subarray(from, to));
    from = to;
  }
  window.finish();
  return { written: copy.out.take().slice(), frames: copy.frames };
}

function set(bytes: Uint8Array, at: number, value: number, little = true): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  new DataView(out.buffer).setUint32(at, value, little);
  return out;
}

const four = () =>
  section().enhanced(time, frame(1)).enhanced(time, frame(2)).enhanced(time, frame(3)).enhanced(time, frame(4)).bytes();
const octets = (frames: readonly string[]) => frames.map(row => Number(row.split(' ')[1]));

describe('a block with a false length', () => {
  const said = (bytes: Uint8Array) => {
    const { frames, warnings } = read(bytes);
    return [octets(frames), ...warnings.map(w => [w.code, w.frame, w.offset, w.message])];
  };

  test.each([
    ['none', 0],
    ['less than its packet has', 40],
    ['into the next block', 76],
    ['the length of two', 144],
    ['more than the file has', 400],
    ['more than a block can have', 0x7000_0000],
    ['no multiple of 4', 73],
  ])('whose second one is right is read, and all behind it: %s', (_, length) => {
    const message = `block at byte ${HEAD} (frame 1) claims a length of ${length} octets, but its second length is 72, 72 octets on, and the next block begins behind it: that was taken; Wireshark reads no further than here`;
    expect(said(set(four(), HEAD + 4, length))).toEqual([
      [1, 2, 3, 4],
      ['capture.block', 1, HEAD, message],
    ]);
  });

  test('in the second place only is read as before', () => {
    const message = `block at byte ${HEAD} (frame 1) begins with a length of 72 and ends with 0: where the first is false, blocks behind it are missing`;
    expect(said(set(four(), HEAD + 68, 0))).toEqual([
      [1, 2, 3, 4],
      ['capture.block', 1, HEAD, message],
    ]);
  });

  test('in both places is lost, and said to be, with what follows', () => {
    const at = HEAD + BLOCK;
    const bytes = set(set(four(), at + 4, 0), at + 68, 0);
    const message = `block at byte ${at} claims a length of 0 octets; reading went on at byte ${at + 72}, what stands between (72 octets) was not read; the numbers of frames from 2 on may differ from Wireshark's, which reads no further than the damage`;
    expect(said(bytes)).toEqual([
      [1, 3, 4],
      ['capture.block', 2, at, message],
    ]);
  });

  test('that comes again is told once, with its number', () => {
    let bytes = cat(four(), four().slice(HEAD));
    for (const n of [0, 3]) bytes = set(set(bytes, HEAD + n * BLOCK + 4, 0), HEAD + n * BLOCK + 68, 0);
    const { frames, warnings } = read(bytes);
    expect(frames).toEqual(['1 2 40', '2 3 40', '3 1 40', '4 2 40', '5 3 40', '6 4 40']);
    expect(warnings.map(w => [w.offset, /\(2 times/.test(w.message)])).toEqual([[HEAD, true]]);
  });

  test('is found again where octets were lost or added', () => {
    const bytes = four();
    const at = HEAD + BLOCK + 30;
    expect(octets(read(cat(bytes.slice(0, at), [0xd], bytes.slice(at))).frames)).toEqual([1, 2, 3, 4]);
    expect(octets(read(cat(bytes.slice(0, at), bytes.slice(at + 3))).frames)).toEqual([1, 2, 4]);
    // The number of octets that were captured, read out of its place, reaches beyond the file.
    expect(octets(read(cat(bytes.slice(0, at - 20), bytes.slice(at - 17))).frames)).toEqual([1, 3, 4]);
  });

  test('is not looked for in the packet itself, which may hold a capture', () => {
    const inner = section().enhanced(time, frame(9)).enhanced(time, frame(9)).bytes();
    const bytes = section().enhanced(time, inner).enhanced(time, frame(2)).enhanced(time, frame(3)).bytes();
    expect(octets(read(set(set(bytes, HEAD + 4, 0), HEAD + inner.length + 28, 0)).frames)).toEqual([2, 3]);
    const simple = section().simple(inner).enhanced(time, frame(2)).enhanced(time, frame(3)).bytes();
    expect(octets(read(set(set(simple, HEAD + 4, 0), HEAD + inner.length + 12, 0)).frames)).toEqual([2, 3]);
    for (const file of [section().enhanced(time, inner).bytes(), section().simple(inner).bytes()]) {
      for (let end = HEAD + 12; end < file.length; end++) {
        const { frames, warnings } = read(file.slice(0, end));
        expect([frames, warnings.map(w => w.code)]).toEqual([[], ['capture.truncated']]);
      }
    }
  });

  test('of a section header or an interface leaves nothing to be read before the next section', () => {
    const two = cat(section().enhanced(time, frame(1)).bytes(), four(), four());
    const second = HEAD + BLOCK;
    const third = second + HEAD + 4 * BLOCK;
    for (const at of [second, second + 28]) {
      const length = new DataView(two.buffer).getUint32(at + 4, true);
      expect(octets(read(set(two, at + 4, 8)).frames)).toEqual([1, 1, 2, 3, 4, 1, 2, 3, 4]);
      expect(octets(read(set(set(two, at + 4, 8), at + length - 4, 8)).frames)).toEqual([1, 1, 2, 3, 4]);
    }
    const magic = set(two, second + 8, 0);
    expect(octets(read(magic).frames)).toEqual([1, 1, 2, 3, 4]);
    const nothing = read(magic.slice(0, third)).warnings;
    expect(nothing).toMatchObject([{ code: 'capture.block', frame: 2, offset: second }]);
    expect(nothing[0]!.message).toContain('has no byte-order magic; what stands before it (1 frame) was analyzed');
  });

  test('ends the reading where nothing is found behind it for 4 MiB', () => {
    const beside = (gap: number) => cat(four(), new Uint8Array(gap), four());
    expect(octets(read(beside((4 << 20) - 64)).frames)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    const { frames, warnings } = read(beside(4 << 20));
    expect(octets(frames)).toEqual([1, 2, 3, 4]);
    expect(warnings).toMatchObject([{ code: 'capture.block', frame: 5, offset: HEAD + 4 * BLOCK }]);
  });
});

const packets = fc.array(
  fc.record({ length: fc.nat({ max: 90 }), comment: fc.boolean(), simple: fc.integer({ min: 0, max: 9 }) }),
  { minLength: 3, maxLength: 9 },
);
type Packets = typeof packets extends fc.Arbitrary<infer T> ? T : never;

/** A file of such packets, with where each of their blocks begins and its length. */
function file(all: Packets, bigEndian: boolean): { bytes: Uint8Array; blocks: readonly [number, number][] } {
  const s = section(bigEndian);
  const blocks: [number, number][] = [];
  all.forEach(({ length, comment, simple }, i) => {
    const at = s.bytes().length;
    if (simple === 0) s.simple(frame(i + 1, length));
    else s.enhanced(time, frame(i + 1, length), { comments: comment ? [`comment ${'x'.repeat(i)}`] : [] });
    blocks.push([at, s.bytes().length - at]);
  });
  return { bytes: s.bytes(), blocks };
}

describe('whatever the damage', () => {
  const random = fc.oneof(fc.nat({ max: 600 }), fc.nat({ max: 0xffff_ffff }));

  test('a false first length loses no packet', () => {
    fc.assert(
      fc.property(packets, fc.boolean(), fc.nat(), random, (all, bigEndian, which, length) => {
        const { bytes, blocks } = file(all, bigEndian);
        const [at] = blocks[which % blocks.length]!;
        // Some lengths are confirmed by what stands by chance where the second one would be: that of the packet, or of the next block.
        const padded = Math.ceil(length / 4) * 4;
        const second = at + padded - 4;
        const there = second + 4 > bytes.length ? 0 : new DataView(bytes.buffer).getUint32(second, !bigEndian);
        fc.pre(there !== length && there !== padded);
        const damaged = set(bytes, at + 4, length, !bigEndian);
        expect(read(damaged).frames).toEqual(read(bytes).frames);
        expect(read(copied(damaged).written)).toEqual({ ...read(bytes), warnings: [] });
      }),
      { numRuns: 200 },
    );
  });

  test('a file that is cut has the packets before the cut and no others', () => {
    fc.assert(
      fc.property(packets, fc.boolean(), fc.nat(), (all, bigEndian, cut) => {
        const { bytes, blocks } = file(all, bigEndian);
        const end = HEAD + (cut % (bytes.length - HEAD + 1));
        const whole = blocks.filter(([at, length]) => at + length <= end).length;
        const { frames, warnings } = read(bytes.slice(0, end));
        expect(frames).toEqual(read(bytes).frames.slice(0, whole));
        const clean = end === bytes.length || blocks.some(([at]) => at === end);
        expect(warnings.map(w => w.code)).toEqual(clean ? [] : ['capture.truncated']);
      }),
    );
  });

  test('pieces of the file, a copy and the skip test make no difference, and what stands before it and well behind it is read', () => {
    const patch = fc.record({ at: fc.nat(), put: fc.uint8Array({ maxLength: 12 }), take: fc.nat({ max: 12 }) });
    const tried = fc.tuple(packets, fc.boolean(), patch, fc.array(fc.nat({ max: 2000 }), { maxLength: 20 }));
    fc.assert(
      fc.property(tried, ([all, bigEndian, { at, put, take }, cuts]) => {
        const { bytes, blocks } = file(all, bigEndian);
        const from = HEAD + (at % (bytes.length - HEAD));
        const parts: Part[] = [bytes.slice(0, from), put, bytes.slice(from + take)];
        const damaged = cat(parts);
        const places = cuts.map(cut => cut % damaged.length).sort((a, b) => a - b);
        const once = read(damaged);
        expect(read(damaged, places)).toEqual(once);
        expect(read(damaged, [], false).count).toBe(once.count);
        const { written, frames } = copied(damaged, places);
        expect(frames).toBe(once.count);
        expect(read(written).frames).toEqual(once.frames);
        const whole = read(bytes).frames;
        const before = blocks.filter(([start, length]) => start + length <= from).length;
        expect(once.frames.slice(0, before)).toEqual(whole.slice(0, before));
      }),
      { numRuns: 200 },
    );
  });

  test('behind one damaged packet the second next one and all others are read', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        chunkCuts(700),
        (big, at, put, cuts) => {
          const all = Array.from({ length: 8 }, () => ({ length: 40, comment: false, simple: 1 }));
          const { bytes, blocks } = file(all, big);
          const [start, length] = blocks[2]!;
          const from = start + (at % (length - put.length));
          const damaged = cat(bytes.slice(0, from), put, bytes.slice(from + put.length));
          expect(octets(read(damaged, cuts).frames).slice(-4)).toEqual([5, 6, 7, 8]);
        },
      ),
    );
  });
});

test('the byte order is that of the section', () => {
  const { u32 } = order(true);
  const bytes = cat(
    four(),
    section(true).enhanced(time, frame(5)).enhanced(time, frame(6)).enhanced(time, frame(7)).bytes(),
  );
  const at = bytes.length - 2 * BLOCK;
  bytes.set(cat(u32(0)), at + 4);
  bytes.set(cat(u32(0)), at + 68);
  expect(octets(read(bytes).frames)).toEqual([1, 2, 3, 4, 5, 7]);
});
