import { describe, expect, it } from 'vitest';
import { InternalLimit } from '../../src/base/limits.ts';
import { Assembly, type Window } from '../../src/engine/assembly.ts';
import { cat } from '../kit/bytes.ts';
import { dt } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';

/** TPKTs that a frame each brought, from this stream offset on; the octets of each stand at offset 54 of its frame. */
function windowOf(base: number, ...tpkts: Uint8Array[]): Window & { at(i: number): number } {
  const starts = tpkts.map((_, i) => base + tpkts.slice(0, i).reduce((n, t) => n + t.length, 0));
  const carrier = (position: number) => starts.findLastIndex(start => start <= position);
  return {
    base,
    buffer: cat(tpkts),
    at: i => starts[i]!,
    frameAt: position => carrier(position) + 1,
    locate: (from, to) => [{ frame: carrier(from) + 1, offset: 54 + from - starts[carrier(from)]!, length: to - from }],
  };
}

const HEADERS = 7;
const parts = [tpkt(dt([1, 2, 3], false)), tpkt(dt([4], false)), tpkt(dt([5, 6]))] as const;

function append(assembly: Assembly, window: ReturnType<typeof windowOf>, i: number, length: number): boolean {
  const index = window.at(i) - window.base + HEADERS;
  return assembly.append(window, window.at(i), index, index + length);
}

describe('a TSDU of several DT TPDUs', () => {
  it('is their user data, from the frame of the first', () => {
    const window = windowOf(100, ...parts);
    const assembly = new Assembly(false);
    [3, 1, 2].forEach((length, i) => void append(assembly, window, i, length));
    assembly.end(window.at(2));
    expect([...assembly.bytes.subarray(0, assembly.length)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(assembly).toMatchObject({ firstFrame: 1, open: true, damaged: false, origin: null, ended: 1 });
    expect(assembly.lastEnd).toBe(window.at(2));
  });

  it('knows where each octet was captured, when asked for', () => {
    const window = windowOf(100, ...parts);
    const assembly = new Assembly(true);
    [3, 1].forEach((length, i) => void append(assembly, window, i, length));
    expect(assembly.origin!.locate(2, 4)).toEqual([
      { frame: 1, offset: 54 + HEADERS + 2, length: 1 },
      { frame: 2, offset: 54 + HEADERS, length: 1 },
    ]);
  });

  it('leaves nothing to the next one', () => {
    const window = windowOf(0, ...parts);
    const assembly = new Assembly(true);
    append(assembly, window, 0, 3);
    assembly.drop();
    expect(assembly).toMatchObject({ open: false, damaged: false, length: 0, origin: null });
    append(assembly, window, 1, 1);
    expect(assembly).toMatchObject({ firstFrame: 2, length: 1 });
    expect(assembly.bytes[0]).toBe(4);
  });

  it('is given up when it is too long to keep, and that is said once', () => {
    const length = InternalLimit.tsduBytes / 2;
    const window = windowOf(0, new Uint8Array(length));
    const assembly = new Assembly(false);
    const said = [0, 1, 2, 3].map(() => assembly.append(window, 0, 0, length));
    expect(said).toEqual([true, true, false, true]);
    expect(assembly).toMatchObject({ open: true, damaged: true, length: 0 });
  });
});

describe('missing octets', () => {
  it('damage the TSDU that they belong to, be it begun or not', () => {
    const window = windowOf(0, ...parts);
    for (const begun of [true, false]) {
      const assembly = new Assembly(false);
      if (begun) append(assembly, window, 0, 3);
      assembly.damage(window, window.at(1), window.at(1) + HEADERS);
      append(assembly, window, 2, 2);
      expect(assembly).toMatchObject({ open: true, damaged: true });
    }
  });

  it('end it where the header of its last TPDU was still seen', () => {
    const window = windowOf(0, ...parts);
    for (const [seen, open] of [
      [HEADERS, false],
      [HEADERS - 1, true],
    ] as const) {
      const assembly = new Assembly(false);
      append(assembly, window, 0, 3);
      assembly.damage(window, window.at(2), window.at(2) + seen);
      expect(assembly.open).toBe(open);
    }
  });
});
