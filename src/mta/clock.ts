/** Something with a time in the log's clock, and something of the same kind in the capture's. Seconds. */
export interface Timed {
  /** What may be matched with what: "9404", "9215/10061". */
  readonly kind: string;
  readonly seconds: number;
}

export interface ClockOffset {
  /** Log minus capture, seconds: the server's zone and its clock error together. */
  readonly offset: number;
  /** Width of the interval in which the offset lies. */
  readonly spread: number;
  /** Indices of log entries with the capture entries that they meet, in log order. */
  readonly pairs: readonly { readonly log: number; readonly capture: number }[];
  /** False when another offset would match as many. */
  readonly unique: boolean;
}

/** A log writes whole seconds, and the event comes a moment after its cause. */
const TOLERANCE = 2;
/** Differences considered; beyond, the log is matched by its first entries. */
const MOST_PAIRS = 200_000;

/**
 * The difference between two clocks under which most log entries fall on something of their kind in the capture; null when nothing
 * can be compared. The zone of the server is part of the offset, so that it may be hours.
 */
export function clockOffset(log: readonly Timed[], capture: readonly Timed[]): ClockOffset | null {
  const differences: { readonly d: number; readonly log: number; readonly capture: number }[] = [];
  for (const [i, entry] of log.entries()) {
    for (const [k, seen] of capture.entries()) {
      if (entry.kind !== seen.kind) continue;
      differences.push({ d: entry.seconds - seen.seconds, log: i, capture: k });
    }
    if (differences.length > MOST_PAIRS) break;
  }
  if (differences.length === 0) return null;
  differences.sort((a, b) => a.d - b.d || a.log - b.log);

  // Slide a window of the tolerance over the sorted differences and keep the one that holds most log entries.
  const inside = new Map<number, number>();
  let best = { from: 0, to: 0, matched: 0 };
  let rivals = 0;
  let from = 0;
  for (let to = 0; to < differences.length; to++) {
    add(inside, differences[to]!.log, 1);
    while (differences[to]!.d - differences[from]!.d > TOLERANCE) add(inside, differences[from++]!.log, -1);
    if (inside.size > best.matched) {
      best = { from, to, matched: inside.size };
      rivals = 0;
    } else if (inside.size === best.matched && differences[from]!.d > differences[best.to]!.d) rivals++;
  }
  const chosen = differences.slice(best.from, best.to + 1);
  const low = chosen[0]!.d;
  const high = chosen.at(-1)!.d;
  const seen = new Set<number>();
  const pairs = chosen
    .filter(pair => !seen.has(pair.log) && seen.add(pair.log))
    .map(pair => ({ log: pair.log, capture: pair.capture }));
  return {
    offset: (low + high) / 2,
    spread: high - low,
    pairs: pairs.sort((a, b) => a.log - b.log),
    unique: rivals === 0,
  };
}

function add(counts: Map<number, number>, key: number, step: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + step;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
