import type { CaptureReport, CaptureWarning } from '../model/report.ts';
import { table } from './columns.ts';
import { type Carried, findingsText } from './findings.ts';
import { count, duration, moment, secondsBetween, thousands } from './format.ts';
import { textLine } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { otherPorts } from './other-ports.ts';
import { clean } from './safe.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, type StreamRow, streamRows } from './streams.ts';
import { checked, doubtful, quiet, type Survey, survey, totals } from './survey.ts';

export interface TextOptions {
  readonly look: Look;
  readonly wide: boolean;
  readonly profile: string;
  /** Number of rules that were checked. */
  readonly rules: number;
  /** Whether streams of every port were looked at. */
  readonly anyPort: boolean;
  readonly carried: Carried;
}

/** More streams than a person reads: then only those with something to say are shown, and the rest are counted. */
const MANY_STREAMS = 60;

/** A whole capture for people: one line about the file, the streams, the findings or that there are none. */
export function* captureText(report: CaptureReport, options: TextOptions): Generator<string> {
  const { look, carried } = options;
  yield captureLine(report, look);
  // Most of what is wrong with a file is a finding below, with its code; only the rest is told here.
  const untold = new Set(report.warnings.map(warning => warning.message));
  if (untold.size > 0) for (const { message } of report.findings) untold.delete(message);
  for (const warning of report.warnings) if (untold.has(warning.message)) yield warningLine(warning, look);
  if (report.streams.length === 0) {
    yield textLine(`${mark(look, 'unknown')} ${nothing(report, options.anyPort)}`, look);
    yield* findingsText(report, look, carried);
    return;
  }
  yield '\n';
  yield* streamTable(report, options);
  yield '\n';
  yield* findingsText(report, look, carried);
  const seen = survey(report.streams);
  yield* doubts(seen, look);
  yield closing(report, seen, options);
}

export function warningLine(warning: CaptureWarning, look: Look): string {
  const frame = warning.frame === null ? '' : `frame ${thousands(warning.frame)}: `;
  return textLine(`${mark(look, 'warning')} ${frame}${clean(warning.message, 600)}`, look);
}

/** A closing remark under a table. */
export function noteLine(text: string, look: Look): string {
  return textLine(clean(text, 2000), look);
}

/** `file  pcap, Ethernet  412 frames, 2 min 31 s from 1998-06-03 09:12:04 UTC`. */
export function captureLine(report: CaptureReport, look: Look): string {
  const { first, last } = report;
  // The last frame of a file may be earlier than the first.
  const seconds = first === null || last === null ? 0 : secondsBetween(first, last);
  const span =
    first === null || last === null
      ? ''
      : `, ${duration(Math.abs(seconds))} from ${moment(seconds < 0 ? last : first, 0)} UTC`;
  const others = report.frames - report.selectedFrames;
  const skipped = others > 0 && report.selectedFrames > 0 ? `; ${thousands(others)} of other traffic` : '';
  const kind = [report.format, ...report.linkTypes].map(text => clean(text)).join(', ');
  return textLine(
    `${paint(look, 'bold', clean(report.file, 400))}  ${kind}  ${count(report.frames, 'frame')}${span}${skipped}`,
    look,
  );
}

function nothing(report: CaptureReport, anyPort: boolean): string {
  if (report.frames === 0) return 'an empty capture: nothing was checked.';
  const hint = otherPorts(anyPort);
  return `no ISO transport stream among these frames: nothing was checked.${hint === '' ? '' : ` ${hint}.`}`;
}

function* streamTable(report: CaptureReport, options: TextOptions): Generator<string> {
  const { look, wide } = options;
  const columns = wide ? STREAM_COLUMNS_WIDE : STREAM_COLUMNS;
  if (wide || report.streams.length <= MANY_STREAMS) {
    yield* table(columns, streamRows(report), look, wide);
    return;
  }
  const chosen = new Set<number>();
  for (const finding of report.findings) {
    if (chosen.size >= MANY_STREAMS) break;
    if (finding.stream !== null && finding.severity !== 'note') chosen.add(finding.stream);
  }
  for (const stream of report.streams) {
    if (chosen.size >= 10) break;
    chosen.add(stream.id);
  }
  const rows: StreamRow[] = [...streamRows(report, stream => chosen.has(stream.id))];
  yield* table(columns, rows, look, wide);
  const left = report.streams.length - rows.length;
  yield `${paint(look, 'dim', typography(look, ` ${thousands(left)} more (mtascope streams lists all)`))}\n`;
}

/** Where nothing is claimed, and why. */
function* doubts(seen: Survey, look: Look): Generator<string> {
  for (const sentence of doubtful(seen)) yield textLine(`${mark(look, 'unknown')} ${sentence}`, look);
}

/** What was checked, so that silence means something. */
function closing(report: CaptureReport, seen: Survey, options: TextOptions): string {
  const { look, profile, rules } = options;
  let worst = false;
  let fatal = false;
  for (const { severity, request } of report.findings) {
    if (severity === 'note') continue;
    worst = true;
    fatal ||= request !== undefined;
  }
  const verdict = fatal ? '' : `; ${quiet(report.hosts)}`;
  const symbol = worst ? mark(look, 'note') : seen.partial ? mark(look, 'unknown') : mark(look, 'ok');
  const streams = count(report.streams.length, 'stream');
  return textLine(`${symbol} ${streams}, ${totals(seen)}${verdict} (${clean(profile)}). ${checked(seen, rules)}`, look);
}
