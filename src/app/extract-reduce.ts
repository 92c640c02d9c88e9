import { FIN, RST, SYN } from '../net/segment.ts';
import type { Unit } from './extract-frames.ts';

export interface Reduced {
  readonly units: readonly Unit[];
  /** Analyses made. */
  readonly tests: number;
}

/**
 * The smallest set of segments that `holds` still accepts, by delta debugging (Zeller and Hildebrandt 2002) over segments: first
 * what usually goes in one piece (other streams, what follows, bare acknowledgements), then halves of halves down to single ones.
 * Handshakes, the first data each way (CR and CC) and `fixed` frames stay. `holds` is asked at most `budget` times.
 */
export function reduce(
  all: readonly Unit[],
  stream: number,
  fixed: ReadonlySet<number>,
  holds: (units: readonly Unit[]) => boolean,
  budget: number,
): Reduced {
  let tests = 0;
  const test = (units: readonly Unit[]): boolean => {
    if (tests >= budget) return false;
    tests++;
    return holds(units);
  };
  const keepers = protectedUnits(all, fixed);
  let best = all;
  const attempt = (units: readonly Unit[]): void => {
    if (units.length < best.length && test(units)) best = units;
  };

  const streams = [...new Set(all.map(unit => unit.stream))];
  attempt(all.filter(unit => unit.stream === stream));
  for (const other of streams) {
    if (other !== stream && best.some(unit => unit.stream === other))
      attempt(best.filter(unit => unit.stream !== other));
  }
  best = withoutTail(best, fixed, test);
  attempt(best.filter(unit => keepers.has(unit) || !bare(unit)));
  best = thinned(best, keepers, test);
  return { units: best, tests };
}

function bare(unit: Unit): boolean {
  return unit.length === 0 && (unit.flags & (SYN | FIN | RST)) === 0;
}

function protectedUnits(all: readonly Unit[], fixed: ReadonlySet<number>): Set<Unit> {
  const out = new Set<Unit>();
  const seen = new Set<string>();
  const once = (key: string, unit: Unit): void => {
    if (!seen.has(key)) out.add(unit);
    seen.add(key);
  };
  for (const unit of all) {
    if (unit.frames.some(frame => fixed.has(frame.no))) out.add(unit);
    if (unit.flags & SYN) once(`syn ${unit.stream} ${unit.direction}`, unit);
    else if (bare(unit) && unit.direction === 0) once(`ack ${unit.stream}`, unit);
    else if (unit.length > 0) once(`data ${unit.stream} ${unit.direction}`, unit);
  }
  return out;
}

/** The shortest beginning that holds: what comes after a finding seldom matters. */
function withoutTail(
  units: readonly Unit[],
  fixed: ReadonlySet<number>,
  test: (units: readonly Unit[]) => boolean,
): readonly Unit[] {
  let low = 0;
  units.forEach((unit, i) => {
    if (unit.frames.some(frame => fixed.has(frame.no))) low = i + 1;
  });
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(units.slice(0, middle))) high = middle;
    else low = middle + 1;
  }
  return units.slice(0, high);
}

function thinned(
  units: readonly Unit[],
  keepers: ReadonlySet<Unit>,
  test: (units: readonly Unit[]) => boolean,
): readonly Unit[] {
  let best = units;
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    // From the end: later octets depend on earlier ones, not the other way round.
    for (let end = best.length; end > 0; ) {
      const from = Math.max(0, end - size);
      const cut = new Set(best.slice(from, end).filter(unit => !keepers.has(unit)));
      if (cut.size > 0) {
        const rest = best.filter(unit => !cut.has(unit));
        if (test(rest)) best = rest;
      }
      end = from;
    }
  }
  return best;
}
