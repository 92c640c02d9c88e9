import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant by `given`, or null when none is near: at most a third of its letters may differ. */
export function nearest(given: string, candidates: Iterable<string>): string | null {
  const wanted = given.toLowerCase();
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const d = distance(wanted, candidate.toLowerCase());
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best !== null && least <= Math.max(1, Math.floor(Math.max(wanted.length, best.length) / 3)) ? best : null;
}

/** ` (did you mean X?)` or nothing. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  const found = nearest(given, candidates);
  return found === null ? '' : ` (did you mean ${found}?)`;
}
