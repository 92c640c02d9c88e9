import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Origin } from '../../src/model/origin.ts';
import { OctetWindow } from '../../src/net/window.ts';

/** An octet of the model: what it is, where it was captured, and which segment brought it. */
interface Octet {
  readonly value: number;
  readonly frame: number;
  readonly offset: number;
  readonly segment: number;
}

type Step =
  | { readonly do: 'append'; readonly length: number; readonly frame: number; readonly parts: number }
  | { readonly do: 'skip'; readonly length: number }
  | { readonly do: 'keep'; readonly back: number }
  | { readonly do: 'shrink' };

const HISTORY = 8192;
const append = (size: fc.Arbitrary<number>, parts: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant('append'), length: size, frame: fc.integer({ min: 1, max: 1000 }), parts });
const segment = fc.integer({ min: 0, max: 1460 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: append(segment, fc.constant(1)) },
    { weight: 20, arbitrary: append(fc.integer({ min: 1, max: 3 }), fc.constant(1)) },
    { weight: 1, arbitrary: append(fc.integer({ min: 1, max: 40_000 }), fc.constant(1)) },
    { weight: 4, arbitrary: append(segment, fc.integer({ min: 2, max: 4 })) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('skip'), length: fc.integer({ min: 1, max: 9000 }) }) },
    { weight: 15, arbitrary: fc.record({ do: fc.constant('keep'), back: fc.nat({ max: 20_000 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shrink') }) },
  ),
  // So many that it slides, and forgets where octets were that have left it.
  { minLength: 1, maxLength: 200, size: 'max' },
);

/** A window beside an array of all octets that ever came; null where some are missing. */
class Both {
  readonly window = new OctetWindow();
  readonly octets: (Octet | null)[] = [];
  /** From here on the window must hold octets. */
  needed = 0;
  /** The first position after the last hole. */
  private hole = 0;
  private seed = 1;

  take(step: Step): void {
    const { window, octets } = this;
    if (step.do === 'append') this.append(step.length, step.frame, step.parts);
    else if (step.do === 'skip') {
      window.skip(step.length);
      for (let i = 0; i < step.length; i++) octets.push(null);
      this.hole = octets.length;
    } else if (step.do === 'shrink') window.shrink();
    // A reader goes forward only.
    else window.keep = Math.max(window.keep, window.end - step.back);
    this.needed = Math.max(this.hole, Math.min(window.keep, octets.length - HISTORY));
  }

  private append(length: number, frame: number, parts: number): void {
    const start = frame % 7;
    const bytes = new Uint8Array(start + length + 3).map(() => (this.seed = (this.seed * 75 + 74) % 65537));
    // As IP fragments put it together: each part in a frame of its own.
    const origin = parts === 1 ? null : new Origin();
    const size = Math.ceil(length / parts);
    origin?.add(0, 1, 0, start);
    for (let i = 0; i < length; i++) {
      const part = Math.floor(i / size);
      if (origin !== null && i % size === 0) origin.add(start + i, 2000 + part, 40, Math.min(size, length - i));
      const at = origin === null ? { frame, offset: 54 + i } : { frame: 2000 + part, offset: 40 + (i % size) };
      this.octets.push({ value: bytes[start + i]!, ...at, segment: frame });
    }
    this.window.append(bytes, start, length, frame, 54, origin, frame * 2, frame * 3);
  }
}

describe('the octet window', () => {
  it('holds what is needed, and knows where it was captured, whatever comes', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 10 }),
        (list, places) => {
          const both = new Both();
          const { window, octets } = both;
          for (const step of list) {
            both.take(step);
            expect(window.end).toBe(octets.length);
            expect(window.base).toBeLessThanOrEqual(both.needed);
            const held = octets.slice(window.base);
            const values = Uint8Array.from(held, octet => octet!.value);
            expect(Buffer.compare(window.buffer.subarray(0, held.length), values)).toBe(0);
          }
          const at = (place: number) => window.base + Math.floor(place * (window.end - window.base));
          for (const [i, place] of [0, ...places].entries()) {
            const from = at(place);
            const to = Math.min(window.end, from + 1 + i * 100);
            const held = octets.slice(from, to).map(octet => octet!);
            const where = window.locate(from, to).flatMap(({ frame, offset, length }) => {
              return Array.from({ length }, (_, n) => [frame, offset + n]);
            });
            expect(where).toEqual(held.map(octet => [octet.frame, octet.offset]));
            if (held.length === 0) continue;
            expect(window.frameAt(from)).toBe(held[0]!.segment);
            const last = Math.max(...held.map(octet => octet.segment));
            expect(window.arrival(from, to)).toEqual({ frame: last, time: { sec: last * 2, nsec: last * 3 } });
            const again = Uint8Array.from(held, octet => octet.value);
            expect(window.differs(from, again, 0, again.length)).toBe(false);
            again[again.length >> 1]! ^= 1;
            expect(window.differs(from, again, 0, again.length)).toBe(true);
          }
        },
      ),
      // To make a failing sequence shorter takes minutes.
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('compares only what it still holds', () => {
    const window = new OctetWindow();
    window.append(new Uint8Array(100).fill(1), 0, 100, 1, 54, null, 0, 0);
    window.skip(10);
    window.append(new Uint8Array(100).fill(2), 0, 100, 2, 54, null, 0, 0);
    expect(window.differs(90, new Uint8Array(40).fill(2), 0, 40)).toBe(false);
    expect(window.differs(90, new Uint8Array(20).fill(9), 0, 20)).toBe(false);
    expect(window.differs(90, new Uint8Array(21).fill(9), 0, 21)).toBe(true);
    expect([window.frameAt(109), window.locate(90, 110), window.arrival(0, 110)]).toEqual([0, [], null]);
  });

  it('takes no more memory than what is needed calls for', () => {
    const window = new OctetWindow();
    const octets = new Uint8Array(1460);
    for (let i = 0; i < 10_000; i++) {
      window.append(octets, 0, octets.length, i + 1, 54, null, 0, 0);
      window.keep = window.end;
    }
    expect(window.buffer.length).toBeLessThanOrEqual(32_768);
    window.shrink();
    expect([window.buffer.length, window.end - window.base]).toEqual([8192, 8192]);
    window.release();
    expect([window.buffer.length, window.base]).toEqual([0, window.end]);
  });
});
