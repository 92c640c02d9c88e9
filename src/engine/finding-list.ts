import type { Finding } from '../model/finding.ts';
import type { Rows } from '../model/rows.ts';

/** What the order of findings depends on. */
type Place = Pick<Finding, 'code' | 'severity' | 'frame' | 'stream'>;

/** Findings that are made when they are asked for, by number. */
export interface FindingSource {
  readonly length: number;
  /** Whether there is a finding of that number. */
  has(number: number): boolean;
  placeOf(number: number): Place;
  finding(number: number): Finding;
}

/** The findings of a report in order. Those of a source are made anew whenever they are read: a million of them stay out of memory. */
export class FindingList implements Rows<Finding> {
  private readonly sources: readonly FindingSource[];
  /** Where the numbers of each source begin. */
  private readonly starts: number[] = [];
  private readonly order: Uint32Array;

  /** @param sources of equals, the one of the earlier source comes first */
  constructor(sources: readonly FindingSource[]) {
    this.sources = sources;
    let end = 0;
    for (const source of sources) {
      this.starts.push(end);
      end += source.length;
    }
    this.order = this.sorted(end);
  }

  get length(): number {
    return this.order.length;
  }

  at(index: number): Finding | undefined {
    const number = this.order[index];
    return number === undefined ? undefined : this.made(number);
  }

  *[Symbol.iterator](): Generator<Finding> {
    for (const number of this.order) yield this.made(number);
  }

  private made(number: number): Finding {
    let source = this.starts.length - 1;
    while (number < this.starts[source]!) source--;
    return this.sources[source]!.finding(number - this.starts[source]!);
  }

  /** What stops the machine first, then by severity, then in capture order. */
  private sorted(end: number): Uint32Array {
    const numbers = new Uint32Array(end);
    const rank = new Uint8Array(end);
    const frame = new Float64Array(end);
    const stream = new Float64Array(end);
    let count = 0;
    this.sources.forEach((source, s) => {
      for (let i = 0; i < source.length; i++) {
        if (!source.has(i)) continue;
        const number = this.starts[s]! + i;
        const place = source.placeOf(i);
        numbers[count++] = number;
        rank[number] = place.code === 'mta.9404' ? 0 : RANK[place.severity];
        frame[number] = place.frame ?? 0;
        stream[number] = place.stream ?? -1;
      }
    });
    return numbers
      .subarray(0, count)
      .sort((a, b) => rank[a]! - rank[b]! || frame[a]! - frame[b]! || stream[a]! - stream[b]! || a - b);
  }
}

const RANK = { error: 1, warning: 2, note: 3 } as const;

/** Findings that are made already. */
export function sourceOf(findings: readonly Finding[]): FindingSource {
  return {
    length: findings.length,
    has: () => true,
    placeOf: number => findings[number]!,
    finding: number => findings[number]!,
  };
}
