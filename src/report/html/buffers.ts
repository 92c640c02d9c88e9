import type { PduRecord } from '../../engine/sink.ts';
import type { Direction, Finding } from '../../model/finding.ts';
import type { Lifetime } from '../../mta/knobs.ts';
import { elementsOf, type RequestModel } from '../../mta/request.ts';
import { ROW } from './table.ts';

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

/** Samples kept for a direction; beyond it neighbours are joined, the larger one staying, so that no peak is lost. */
export const MAX_SAMPLES = 2048;

interface Line {
  readonly stream: number;
  readonly direction: Direction;
  samples: BufferSample[];
  held: number;
  of: number;
  /** TPKTs that one sample stands for, and how many of them the last one has. */
  stride: number;
  fill: number;
}

/**
 * What the emulated machine holds for each direction, TPKT by TPKT, by the same arithmetic as the analysis: a header asks for
 * elements, the end of the TSDU (or of the TPDU, as the profile says) gives them back.
 */
export class BufferRecorder {
  private readonly lines = new Map<string, Line>();
  private readonly model: RequestModel;
  private readonly lifetime: Lifetime;
  private readonly maxSamples: number;

  constructor(model: RequestModel, lifetime: Lifetime, maxSamples = MAX_SAMPLES) {
    this.model = model;
    this.lifetime = lifetime;
    this.maxSamples = maxSamples;
  }

  pdu(pdu: PduRecord, kind: number, time: number): void {
    const line = this.line(pdu.stream, pdu.direction);
    const asked = elementsOf(this.model, pdu.length);
    line.held += asked;
    this.add(line, { frame: pdu.frame, time, length: pdu.length, asked, held: line.held });
    if (kind !== ROW.fragment || this.lifetime === 'tpdu') line.held = 0;
  }

  /** The requests that the findings are about: their headers belong to no TPKT that the framing knows. */
  request(finding: Finding, time: number): void {
    const { request, stream, direction, frame } = finding;
    if (request === undefined || stream === null || direction === null || frame === null) return;
    const line = this.line(stream, direction);
    const { declaredLength: length, elements: asked } = request;
    const sample = { frame, time, length, asked, held: asked };
    const same = line.samples.findIndex(s => s.frame === frame && s.length === length);
    if (same >= 0) return;
    const after = line.samples.findIndex(s => s.frame > frame);
    if (after < 0) line.samples.push(sample);
    else line.samples.splice(after, 0, sample);
  }

  /** Every line with at least one sample, by stream. At most `budget` samples in all; `left` lines were left out. */
  result(budget: number, first: ReadonlySet<number>): { lines: BufferLine[]; left: number } {
    const all = [...this.lines.values()].sort(
      (a, b) =>
        Number(first.has(b.stream)) - Number(first.has(a.stream)) || a.stream - b.stream || a.direction - b.direction,
    );
    const lines: BufferLine[] = [];
    let used = 0;
    for (const { stream, direction, samples, of } of all) {
      if (used + samples.length > budget) continue;
      used += samples.length;
      lines.push({ stream, direction, samples, of });
    }
    return { lines, left: all.length - lines.length };
  }

  private line(stream: number, direction: Direction): Line {
    const key = `${stream}/${direction}`;
    let line = this.lines.get(key);
    if (line === undefined) {
      line = { stream, direction, samples: [], held: 0, of: 0, stride: 1, fill: 0 };
      this.lines.set(key, line);
    }
    return line;
  }

  private add(line: Line, sample: BufferSample): void {
    line.of++;
    const last = line.samples.length - 1;
    if (line.fill > 0 && line.fill < line.stride) {
      line.fill++;
      if (sample.held > line.samples[last]!.held) line.samples[last] = sample;
      return;
    }
    line.samples.push(sample);
    line.fill = 1;
    if (line.samples.length < this.maxSamples) return;
    const half: BufferSample[] = [];
    for (let i = 0; i < line.samples.length; i += 2) {
      const a = line.samples[i]!;
      const b = line.samples[i + 1];
      half.push(b !== undefined && b.held > a.held ? b : a);
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

  pdu(pdu: PduRecord): void {
    const key = `${pdu.stream}/${pdu.direction}`;
    let entry = this.all.get(key);
    if (entry === undefined) {
      entry = { stream: pdu.stream, direction: pdu.direction, counts: new Map() };
      this.all.set(key, entry);
    }
    entry.counts.set(pdu.length, (entry.counts.get(pdu.length) ?? 0) + 1);
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
