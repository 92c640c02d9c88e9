import type { BufferChange } from '../../engine/sink.ts';
import type { Direction, Finding } from '../../model/finding.ts';

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

/** Samples kept for a direction; beyond it neighbours are joined, so that no peak is lost. */
export const MAX_SAMPLES = 2048;

/** Two neighbours as one: the larger request stays, with the most that was held meanwhile. */
function joined(a: BufferSample, b: BufferSample): BufferSample {
  const stays = b.asked > a.asked || (b.asked === a.asked && b.held > a.held) ? b : a;
  return { ...stays, held: Math.max(a.held, b.held) };
}

interface Line {
  readonly stream: number;
  readonly direction: Direction;
  samples: BufferSample[];
  of: number;
  /** TPKTs that one sample stands for, and how many of them the last one has. */
  stride: number;
  fill: number;
}

/** What the emulated machine holds for each direction, as the engine tells it, header by header. */
export class BufferRecorder {
  private readonly lines = new Map<string, Line>();
  private readonly maxSamples: number;

  constructor(maxSamples = MAX_SAMPLES) {
    this.maxSamples = maxSamples;
  }

  change(change: BufferChange): void {
    if (change.kind !== 'request') return;
    const { frame, length, elements, held, sec, nsec } = change;
    this.add(this.line(change.stream, change.direction), {
      frame,
      time: sec + nsec / 1e9,
      length,
      asked: elements,
      held,
    });
  }

  /** Every line with at least one sample, by stream. At most `budget` samples in all; `left` lines were left out. */
  result(budget: number, first: ReadonlySet<number>, start: number): { lines: BufferLine[]; left: number } {
    const all = [...this.lines.values()].sort(
      (a, b) =>
        Number(first.has(b.stream)) - Number(first.has(a.stream)) || a.stream - b.stream || a.direction - b.direction,
    );
    const lines: BufferLine[] = [];
    let used = 0;
    for (const { stream, direction, samples, of } of all) {
      if (used + samples.length > budget) continue;
      used += samples.length;
      lines.push({
        stream,
        direction,
        samples: samples.map(x => ({ ...x, time: Number((x.time - start).toFixed(6)) })),
        of,
      });
    }
    return { lines, left: all.length - lines.length };
  }

  private line(stream: number, direction: Direction): Line {
    const key = `${stream}/${direction}`;
    let line = this.lines.get(key);
    if (line === undefined) {
      line = { stream, direction, samples: [], of: 0, stride: 1, fill: 0 };
      this.lines.set(key, line);
    }
    return line;
  }

  private add(line: Line, sample: BufferSample): void {
    line.of++;
    const last = line.samples.length - 1;
    if (line.fill > 0 && line.fill < line.stride) {
      line.fill++;
      line.samples[last] = joined(line.samples[last]!, sample);
      return;
    }
    line.samples.push(sample);
    line.fill = 1;
    if (line.samples.length < this.maxSamples) return;
    const half: BufferSample[] = [];
    for (let i = 0; i < line.samples.length; i += 2) {
      const a = line.samples[i]!;
      const b = line.samples[i + 1];
      half.push(b === undefined ? a : joined(a, b));
    }
    line.samples = half;
    line.stride *= 2;
    line.fill = line.stride;
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
