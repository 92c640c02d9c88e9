import { Random } from './bytes.ts';

/**
 * Run something over the same octets in many cuts: whole, in pieces of 1, 2, 3 and 7 octets, at every single place (short
 * inputs), and at seeded random places. `name` tells a failing cut apart.
 */
export function everySplit(bytes: Uint8Array, run: (chunks: Uint8Array[], name: string) => void, seed = 1): void {
  run([bytes], 'whole');
  for (const size of [1, 2, 3, 7]) run(pieces(bytes, size), `pieces of ${size}`);
  if (bytes.length <= 512) {
    for (let at = 1; at < bytes.length; at++) run([bytes.subarray(0, at), bytes.subarray(at)], `cut at ${at}`);
  }
  const random = new Random(seed);
  for (let round = 0; round < 8; round++) run(randomPieces(bytes, random), `random, seed ${seed}, round ${round}`);
}

export function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(bytes.subarray(at, at + size));
  return out;
}

/** Short and long pieces mixed, empty ones among them, as a pipe hands them over. */
export function randomPieces(bytes: Uint8Array, random: Random): Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const reach = random.pick([0, 1, 4, 24, 100, 1500, 70000]);
    const end = Math.min(bytes.length, at + random.below(reach + 1));
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
}
