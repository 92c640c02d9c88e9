import { plot } from 'asciichart';
import type { BufferChange } from '../engine/sink.ts';
import type { Direction, Finding } from '../model/finding.ts';
import type { CaptureReport, StreamReport } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import { assess } from '../mta/request.ts';
import type { Column } from './columns.ts';
import { count, endpoint, iso, thousands } from './format.ts';
import { textLine } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { clean } from './safe.ts';
import { Thinned } from './thinned.ts';

/** What stands at one place of a timeline: of several requests the most of each. */
interface Sample {
  readonly frame: number;
  readonly lastFrame: number;
  readonly sec: number;
  readonly nsec: number;
  /** Elements held while the TPKT was received, and elements that its header asked for. */
  readonly held: number;
  readonly asked: number;
}

/** Samples kept for a direction. */
const SAMPLES = 4096;

function joined(a: Sample, b: Sample): Sample {
  return { ...a, lastFrame: b.lastFrame, held: Math.max(a.held, b.held), asked: Math.max(a.asked, b.asked) };
}

/** What the machines at both ends of one stream held, in bounded memory. */
export class BufferTimeline {
  readonly samples = [new Thinned(SAMPLES, joined), new Thinned(SAMPLES, joined)] as const;
  /** The change that held the most, by direction. */
  readonly peak: [BufferChange | null, BufferChange | null] = [null, null];
  /** How often each length was asked for, and where first, by direction. */
  readonly lengths: readonly [Map<number, Seen>, Map<number, Seen>] = [new Map(), new Map()];
  readonly controlBlocks: [number, number] = [0, 0];

  change(change: BufferChange): void {
    const { direction, frame, sec, nsec, held, elements } = change;
    this.controlBlocks[direction] = Math.max(this.controlBlocks[direction], change.controlBlocks);
    if (change.kind !== 'request') return;
    this.samples[direction].add({ frame, lastFrame: frame, sec, nsec, held, asked: elements });
    if (held > (this.peak[direction]?.held ?? -1)) this.peak[direction] = change;
    const seen = this.lengths[direction].get(change.length);
    if (seen === undefined) this.lengths[direction].set(change.length, { count: 1, frame, elements });
    else seen.count++;
  }

  /** Elements asked for in both directions, in capture order, as at most `most` numbers: the largest of each stretch. */
  asked(most: number): number[] {
    const [a, b] = this.samples;
    const list = [...a.list, ...b.list].sort((x, y) => x.frame - y.frame);
    return list.length <= most ? list.map(s => s.asked) : columns(list, most, s => s.asked);
  }
}

interface Seen {
  count: number;
  readonly frame: number;
  readonly elements: number;
}

/** Distinct lengths that are listed, the largest ones. */
const LISTED = 8;
const CHART_ROWS = 16;

/** The timeline of a stream for people: for each end what its machine held, against the limits that the profile admits. */
export function* buffersText(
  timeline: BufferTimeline,
  stream: StreamReport,
  report: CaptureReport,
  profile: Profile,
  look: Look,
): Generator<string> {
  const { maxElements, elementDataBytes, controlBlocks } = profile.fields;
  const client = endpoint(stream.client.address, stream.client.port);
  const server = endpoint(stream.server.address, stream.server.port);
  yield textLine(paint(look, 'bold', `Stream ${stream.id}: ${client} → ${server}`), look);
  const { min, max } = maxElements.range;
  const limit = min === max ? `more than ${max}` : `more than ${min} to ${max} (the limit is not published)`;
  const holds = `an element holds ${thousands(elementDataBytes.value)} octets; a request for ${limit} is illegal`;
  yield textLine(`${clean(profile.name)}: ${holds}`, look);
  for (const direction of [0, 1] as const) {
    yield '\n';
    yield* oneEnd(direction, timeline, stream, report, profile, look);
    const host = report.hosts.find(h => h.address === (direction === 0 ? stream.server : stream.client).address);
    if (host !== undefined) {
      const most = timeline.controlBlocks[direction];
      const blocks =
        most === 0
          ? 'this stream took no control block'
          : `control blocks: ${thousands(most)} of ${thousands(controlBlocks.value)} in use at most while this stream lasted`;
      const mta =
        host.mta === null ? 'nothing in the capture says that it is an MTA' : `counts as an MTA (${host.mta})`;
      yield textLine(`  ${blocks}; ${clean(mta)}`, look);
    }
  }
}

function* oneEnd(
  direction: Direction,
  timeline: BufferTimeline,
  stream: StreamReport,
  report: CaptureReport,
  profile: Profile,
  look: Look,
): Generator<string> {
  const receiver = direction === 0 ? stream.server.address : stream.client.address;
  const arrow = direction === 0 ? '→' : '←';
  const { list, of: total } = timeline.samples[direction];
  const peak = timeline.peak[direction];
  if (peak === null) {
    yield textLine(`${arrow} ${receiver} was asked for nothing`, look);
    return;
  }
  const head = `${arrow} ${receiver}: ${count(total, 'request')}, at most ${count(peak.held, 'element')} held (frame ${thousands(peak.frame)})`;
  yield textLine(paint(look, 'bold', head), look);
  const most = Math.max(...list.map(s => s.asked));
  if (peak.held > most) yield* chart(list, s => s.held, 'elements held', null, look, report);
  if (most > 1)
    yield* chart(list, s => s.asked, 'elements asked for at once', profile.fields.maxElements.range, look, report);
  else yield textLine(`  every request is for ${count(most, 'element')}`, look);
  yield* longest(timeline.lengths[direction], profile, look);
  for (const finding of report.findings) {
    if (finding.stream === stream.id && finding.direction === direction && finding.request !== undefined)
      yield verdict(finding, look);
  }
}

function verdict(finding: Finding, look: Look): string {
  return textLine(`  ${mark(look, finding.severity)} ${clean(finding.message, 500)}`, look);
}

/** A timeline drawn, one column a request or stretch of requests; with `band` the limits that the profile admits. */
function* chart(
  samples: readonly Sample[],
  of: (sample: Sample) => number,
  title: string,
  band: { readonly min: number; readonly max: number } | null,
  look: Look,
  report: CaptureReport,
): Generator<string> {
  const most = samples.reduce((n, sample) => Math.max(n, of(sample)), 0);
  // The band is drawn when something came near it: a quiet stream would be a flat line below much air.
  const shown = band !== null && most * 2 >= band.min ? band : null;
  const rows = chartRows(Math.max(2, most, shown === null ? 0 : shown.max + 2), shown);
  const labels = rows.map(row =>
    row.from === row.to ? thousands(row.to) : `${thousands(row.from)}–${thousands(row.to)}`,
  );
  const lead = Math.max(5, ...labels.map(label => label.length)) + 3;
  const room = Math.max(10, Math.min(look.width ?? 100, 140) - lead - NOTE);
  const series = columns(samples, room, of);
  yield `${paint(look, 'dim', typography(look, `  ${title}`))}\n`;
  // A row stands for the numbers of its label: nothing is rounded to the next.
  const drawn = plot(
    series.map(value => rows.findIndex(row => value <= row.to)),
    {
      min: 0,
      max: rows.length - 1,
      height: rows.length - 1,
      offset: 2,
      format: index => `${typography(look, labels[Math.round(index)]!).padStart(lead - 1)} `,
      ...(look.unicode ? {} : { symbols: ASCII }),
    },
  );
  let told = '';
  for (const [i, line] of drawn.split('\n').entries()) {
    const { from, to } = rows[rows.length - 1 - i]!;
    const zone = shown === null || to <= shown.min ? '' : from > shown.max ? 'illegal' : 'may be illegal';
    const note = zone === '' ? '' : ` ${look.unicode ? '┊' : ':'}${zone === told ? '' : ` ${zone}`}`;
    told = zone;
    const text = note === '' ? line.trimEnd() : line.padEnd(lead + 1 + series.length) + note;
    yield `${zone === '' ? text : paint(look, zone === 'illegal' ? 'red' : 'yellow', text)}\n`;
  }
  const first = samples[0]!;
  const last = samples.at(-1)!;
  const start = report.first ?? first;
  const at = (s: Sample): string => `${(s.sec - start.sec + (s.nsec - start.nsec) / 1e9).toFixed(3)} s`;
  const left = `frame ${thousands(first.frame)}, ${at(first)}`;
  const right = samples.length < 2 ? '' : `frame ${thousands(last.lastFrame)}, ${at(last)}`;
  const gap = ' '.repeat(Math.max(2, series.length - left.length - right.length));
  yield textLine(`${' '.repeat(lead + 1)}${left}${gap}${right}`.trimEnd(), look);
}

/** Columns that the longest remark on a zone takes. */
const NOTE = ' ┊ may be illegal'.length + 1;

interface ChartRow {
  readonly from: number;
  readonly to: number;
}

/** Rows from 0 up to `top`, of as few numbers each as there is room for; none has numbers on both sides of a limit. */
function chartRows(top: number, band: { readonly min: number; readonly max: number } | null): ChartRow[] {
  const step = Math.ceil(top / CHART_ROWS);
  const ends = new Set(band === null ? [0] : [0, band.min, band.max]);
  for (let end = (band?.min ?? 0) % step; end < top + step; end += step) ends.add(end);
  const sorted = [...ends].sort((a, b) => a - b);
  return sorted.map((to, i) => ({ from: i === 0 ? 0 : sorted[i - 1]! + 1, to }));
}

const ASCII: [string, string, string, string, string, string, string, string, string, string] = [
  '+',
  '+',
  '-',
  '-',
  '-',
  '\\',
  '/',
  '\\',
  '/',
  '|',
];

/** One value a column: the most of the samples that share it. */
function columns(samples: readonly Sample[], room: number, of: (sample: Sample) => number): number[] {
  if (samples.length <= room) {
    // Few requests are drawn wider, so that a single one can be seen.
    const times = Math.min(4, Math.floor(room / samples.length));
    return samples.flatMap(sample => Array<number>(times).fill(of(sample)));
  }
  return Array.from({ length: room }, (_, i) => {
    const from = Math.floor((i * samples.length) / room);
    const to = Math.floor(((i + 1) * samples.length) / room);
    return samples.slice(from, to).reduce((most, s) => Math.max(most, of(s)), 0);
  });
}

/** The longest requests, and what the profile's admissible models say of each. */
function* longest(lengths: ReadonlyMap<number, Seen>, profile: Profile, look: Look): Generator<string> {
  const list = [...lengths].sort((a, b) => b[0] - a[0]);
  for (const [length, seen] of list.slice(0, LISTED)) {
    const { outcome, range, models } = assess(profile, length, 3);
    const elements =
      range[0] === range[1] || seen.elements <= 1
        ? count(seen.elements, 'element')
        : `${count(seen.elements, 'element')} (${range[0]} to ${range[1]})`;
    const said =
      outcome === 'nothing'
        ? 'asks for nothing'
        : models === 'none'
          ? 'legal'
          : `illegal under ${models} of the admissible models`;
    const times =
      seen.count === 1
        ? `frame ${thousands(seen.frame)}`
        : `${thousands(seen.count)} times, first in frame ${thousands(seen.frame)}`;
    const sign =
      models === 'all' ? mark(look, 'error') : models === 'some' ? mark(look, 'warning') : mark(look, 'note');
    yield textLine(`  ${sign} ${thousands(length).padStart(6)} octets  ${elements}, ${said}  ${times}`, look);
  }
  if (list.length > LISTED) yield textLine(`    ${count(list.length - LISTED, 'shorter length')}`, look);
}

export const BUFFER_COLUMNS: readonly Column<BufferChange>[] = [
  { key: 'frame', head: 'Frame', value: c => c.frame, right: true },
  { key: 'time', head: 'Time', value: c => iso(c) },
  { key: 'direction', head: 'Direction', value: c => c.direction, right: true },
  { key: 'receiver', head: 'Receiver', value: c => c.receiver },
  { key: 'kind', head: 'Kind', value: c => c.kind },
  { key: 'streamOffset', head: 'Offset', value: c => (c.kind === 'request' ? c.streamOffset : null), right: true },
  { key: 'length', head: 'Length', value: c => (c.kind === 'request' ? c.length : null), right: true },
  { key: 'elements', head: 'Elements', value: c => c.elements, right: true },
  { key: 'held', head: 'Held', value: c => c.held, right: true },
  { key: 'machineHeld', head: 'Machine', value: c => c.machineHeld, right: true },
  { key: 'controlBlocks', head: 'Control blocks', value: c => c.controlBlocks, right: true },
];

export function bufferJson(change: BufferChange): Record<string, unknown> {
  return Object.fromEntries(BUFFER_COLUMNS.map(column => [column.key, column.value(change)]));
}
