import { describe, expect, it } from 'vitest';
import { emptySegment, type Segment } from '../../src/net/segment.ts';
import { Sums } from '../../src/net/sums.ts';

/** What the addresses add, and what the pseudo header does beside them. */
const ADDRESSES = 0x1234;
const HEADER = 20;
const PROTOCOL = 6;

/** A segment of five octets with this checksum, or the one that fits. */
function segment(checksum?: number): Segment {
  const bytes = Uint8Array.from([...new Uint8Array(HEADER), 1, 2, 3, 4, 5]);
  const sum = ADDRESSES + PROTOCOL + bytes.length + 0x0102 + 0x0304 + 0x0500;
  const field = checksum ?? 0xffff - (sum % 0xffff);
  bytes.set([field >> 8, field & 0xff], 16);
  return { ...emptySegment(), bytes, start: HEADER, length: 5, captured: 5, end: bytes.length };
}

/** Those of a sender of which so many fit and do not. */
function sums(sound: number, bad: number): Sums {
  const sums = new Sums(ADDRESSES);
  for (let i = 0; i < sound; i++) sums.wrong(segment());
  for (let i = 0; i < bad; i++) sums.wrong(segment(1));
  return sums;
}

describe('the checksums of a sender', () => {
  it('mean damage where others fit, and not where most do not', () => {
    expect([sums(0, 0), sums(1, 0), sums(1, 7)].map(s => s.wrong(segment(1)))).toEqual([false, true, true]);
    expect([sums(1, 8), sums(100, 32), sums(100, 33)].map(s => s.wrong(segment(1)))).toEqual([false, true, false]);
    expect(sums(10, 0).wrong(segment())).toBe(false);
  });

  it('tell nothing once a segment with a wrong one was taken', () => {
    const taken = sums(10, 0);
    taken.tell = false;
    expect([taken.wrong(segment(1)), taken.misfits(segment(1)), taken.bad]).toEqual([false, false, 0]);
  });

  it('are not asked for where the network card was to fill them in, or a snap length cut the segment', () => {
    const some = sums(10, 0);
    const left = segment(ADDRESSES + PROTOCOL + HEADER + 5);
    const cut = { ...segment(1), captured: 4, end: HEADER + 4 };
    expect([left, cut].map(s => some.wrong(s) || some.misfits(s))).toEqual([false, false]);
    expect([some.sound, some.bad]).toEqual([10, 0]);
  });

  it('count a segment only where they are asked whether it is wrong', () => {
    const some = sums(3, 1);
    expect([some.misfits(segment(1)), some.misfits(segment())]).toEqual([true, false]);
    expect([some.sound, some.bad]).toEqual([3, 1]);
  });
});
