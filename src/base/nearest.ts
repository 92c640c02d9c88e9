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
  if (best === null) return null;
  // Two letters swapped count as two differences.
  const longest = Math.max(wanted.length, best.length);
  const allowed = longest <= 3 ? 1 : Math.max(2, Math.floor(longest / 3));
  return least <= allowed ? best : null;
}

/** ` (did you mean X?)` or nothing. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  const found = nearest(given, candidates);
  return found === null ? '' : ` (did you mean ${found}?)`;
}
