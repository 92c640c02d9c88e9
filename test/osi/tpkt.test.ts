import { describe, expect, it } from 'vitest';
import { findTpkt, headerFaults } from '../../src/osi/tpkt.ts';
import { cat, type Part } from '../kit/bytes.ts';
import { dt } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';

const LOST = 5;
const noise = new Uint8Array(LOST).fill(3);
const DATA = tpkt(dt([1, 2, 3]));

/** Where the search finds a TPKT; when it does not, from where it looks again. */
function found(octets: Part, final = false, from = 0): { at: number } | { again: number } {
  const b = cat(octets);
  const at = findTpkt(b, from, b.length, 0, final);
  return at < 0 ? { again: ~at } : { at };
}

describe('the search for a TPKT', () => {
  it('takes one with another behind it', () => {
    expect(found([noise, DATA, DATA])).toEqual({ at: LOST });
    expect(found([DATA, DATA, DATA], false, 1)).toEqual({ at: DATA.length });
  });

  it('waits there for the second header as long as octets may follow', () => {
    for (const rest of [[], DATA.subarray(0, 6)]) {
      expect(found([noise, DATA, rest])).toEqual({ again: LOST });
    }
    expect(found([noise, DATA], true)).toEqual({ at: LOST });
    expect(found([noise, DATA, 3], true)).toEqual({ again: LOST + DATA.length + 1 - 6 });
  });

  it('goes on behind one that something else follows', () => {
    expect(found([DATA, noise, noise, DATA, DATA])).toEqual({ at: DATA.length + 2 * LOST });
  });

  it('stops where no header can be read any more, and begins there again', () => {
    const b = cat(noise, DATA, DATA);
    let at = findTpkt(b, 0, LOST + 3, 0, false);
    expect(at).toBe(~2);
    at = findTpkt(b, ~at, b.length, 0, false);
    expect(at).toBe(LOST);
    expect(findTpkt(b, b.length, b.length, 0, false)).toBe(~b.length);
  });
});

it('what is wrong with a header: the reserved octet, a length that no TPDU has, or that was not agreed', () => {
  const codes = (...of: Parameters<typeof headerFaults>) => headerFaults(...of).map(f => f.code);
  expect(codes(0, 7, null)).toEqual([]);
  expect(codes(0, 1028, 1024)).toEqual([]);
  expect(codes(1, 7, null)).toEqual(['tpkt.reserved']);
  expect(codes(0, 6, null)).toEqual(['tpkt.length-short']);
  expect(codes(0, 1029, 1024)).toEqual(['tpkt.exceeds-tpdu-size']);
  expect(headerFaults(10, 1029, 1024).map(f => f.detail)).toEqual([
    'reserved octet 0x0a',
    'length 1029, the connection allows TPDUs of 1024 octets',
  ]);
});
