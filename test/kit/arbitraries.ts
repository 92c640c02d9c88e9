import fc from 'fast-check';

/** A piece of a direction's octets as one segment carries it. */
export interface Slice {
  readonly offset: number;
  readonly length: number;
}

/**
 * Every way to send `length` octets: cut anywhere, some pieces twice, some overlapping their neighbours, in any order.
 * All pieces carry the same octets for the same offsets and together they cover everything.
 */
export function segmentShuffle(length: number, maximum = 24): fc.Arbitrary<Slice[]> {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, length - 1) }), { maxLength: maximum });
  const extra = fc.array(fc.tuple(fc.nat({ max: Math.max(0, length - 1) }), fc.integer({ min: 1, max: 1460 })), {
    maxLength: 8,
  });
  const widen = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), {
    minLength: maximum + 1,
    maxLength: maximum + 1,
  });
  return fc
    .tuple(cuts, extra, widen)
    .map(([at, again, wide]) => {
      const edges = [0, ...at.filter(c => c < length).sort((a, b) => a - b), length];
      const cover = edges.slice(0, -1).map((from, i): Slice => {
        const [before, after] = wide[i]!;
        const start = Math.max(0, from - before);
        return { offset: start, length: Math.min(length, edges[i + 1]! + after) - start };
      });
      const repeats = again.map(([offset, size]): Slice => ({ offset, length: Math.min(size, length - offset) }));
      return [...cover, ...repeats];
    })
    .chain(slices => fc.shuffledSubarray(slices, { minLength: slices.length, maxLength: slices.length }));
}

/** Cut places for a file of `length` octets, ascending. */
export function chunkCuts(length: number): fc.Arbitrary<number[]> {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: Math.max(1, length - 1) }), { maxLength: 60 })
    .map(cuts => cuts.sort((a, b) => a - b));
}
