import type { BufferChange } from '../../engine/sink.ts';
import type { Direction, Finding } from '../../model/finding.ts';
import { Thinned } from '../thinned.ts';

/** A point of a buffer timeline: after what the frame did, `held` elements are held for the direction. */
export interface BufferSample {
  readonly frame: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  /** TPKT length that asked. */
  readonly length: number;
  /** Elements asked for by the header. */
  readonly asked: number;
  /** Elements held while this TPKT was being received (its request granted). */
  readonly held: number;
}

export interface BufferLine {
  readonly stream: number;
  readonly direction: Direction;
  readonly samples: BufferSample[];
  /** TPKTs that the samples stand for; more than samples when they were thinned out. */
  readonly of: number;
}

/** Samples kept for a direction. */
const MAX_SAMPLES = 2048;

/** Two neighbours as one: the larger request stays, with the most that was held meanwhile. */
function joined(a: BufferSample, b: BufferSample): BufferSample {
  const stays = b.asked > a.asked || (b.asked === a.asked && b.held > a.held) ? b : a;
  return { ...stays, held: Math.max(a.held, b.held) };
}

interface Line {
  readonly stream: number;
  readonly direction: Direction;
  readonly samples: Thinned<BufferSample>;
}

/** What the emulated machine holds for each direction, as the engine tells it, header by header. */
export class BufferRecorder {
  private readonly lines = new Map<string, Line>();

  change(change: BufferChange): void {
    if (change.kind !== 'request') return;
    const { frame, length, elements, held, sec, nsec } = change;
    const sample = { frame, time: sec + nsec / 1e9, length, asked: elements, held };
    this.line(change.stream, change.direction).samples.add(sample);
  }

  /** Every line with at least one sample, by stream. At most `budget` samples in all; `left` lines were left out. */
  result(budget: number, first: ReadonlySet<number>, start: number): { lines: BufferLine[]; left: number } {
    const all = [...this.lines.values()].sort(
      (a, b) =>
        Number(first.has(b.stream)) - Number(first.has(a.stream)) || a.stream - b.stream || a.direction - b.direction,
    );
    const lines: BufferLine[] = [];
    let used = 0;
    for (const { stream, direction, samples } of all) {
      const { list, of } = samples;
      if (used + list.length > budget) continue;
      used += list.length;
      lines.push({
        stream,
        direction,
        samples: list.map(x => ({ ...x, time: Number((x.time - start).toFixed(6)) })),
        of,
      });
    }
    return { lines, left: all.length - lines.length };
  }

  private line(stream: number, direction: Direction): Line {
    const key = `${stream}/${direction}`;
    let line = this.lines.get(key);
    if (line === undefined) {
      line = { stream, direction, samples: new Thinned(MAX_SAMPLES, joined) };
      this.lines.set(key, line);
    }
    return line;
  }
}

/** TPKT lengths of one direction: how many TPKTs of each length. */
export interface LengthCount {
  readonly stream: number;
  readonly direction: Direction;
  /** [length, count] pairs, ascending by length. */
  readonly counts: [number, number][];
}

export class LengthRecorder {
  private readonly all = new Map<string, { stream: number; direction: Direction; counts: Map<number, number> }>();

  change(change: BufferChange): void {
    if (change.kind === 'request') this.count(change.stream, change.direction, change.length, 1);
  }

  /** What was no TPKT but taken for one has no place in a distribution of TPKTs: the findings tell of it. */
  without(findings: readonly Finding[]): this {
    for (const { request, stream, direction } of findings) {
      if (request === undefined || stream === null || direction === null || request.disturbance === null) continue;
      if (request.disturbance.streamOffset === request.streamOffset) continue;
      this.count(stream, direction, request.declaredLength, -1);
    }
    return this;
  }

  private count(stream: number, direction: Direction, length: number, by: number): void {
    const key = `${stream}/${direction}`;
    let entry = this.all.get(key);
    if (entry === undefined) {
      entry = { stream, direction, counts: new Map() };
      this.all.set(key, entry);
    }
    const n = (entry.counts.get(length) ?? 0) + by;
    if (n > 0) entry.counts.set(length, n);
    else entry.counts.delete(length);
  }

  result(): LengthCount[] {
    return [...this.all.values()]
      .sort((a, b) => a.stream - b.stream || a.direction - b.direction)
      .map(({ stream, direction, counts }) => ({
        stream,
        direction,
        counts: [...counts].sort((a, b) => a[0] - b[0]),
      }));
  }
}
