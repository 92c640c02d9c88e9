import type { ImpliedSize, ObservedRequest, Reading } from '../mta/calibrate.ts';
import type { LogRecord } from '../mta/eventlog.ts';
import { count, moment, thousands } from '../report/format.ts';
import { textLine } from '../report/lines.ts';
import type { Look } from '../report/look.ts';
import { clean } from '../report/safe.ts';
import { type CalibrationRun, streamOf } from './calibrate.ts';

/** TPKTs that a reading names; more are counted. */
const NAMED = 8;
const DIRECTIONS = ['client to server', 'server to client'] as const;
const ROUNDING = { ceil: 'a part of an element counts', floor: 'only whole elements count' } as const;
const BASIS = { whole: 'the whole TPKT', tpdu: 'the TPDU', 'user-data': 'the user data' } as const;

/** What a calibration found, for people. */
export function calibrationText(run: CalibrationRun, look: Look): string {
  const lines: string[] = [];
  for (const { name, log } of run.sources) {
    const others = log.others === 0 ? '' : `, ${count(log.others, 'other event')} passed over`;
    lines.push(`${clean(name)}: ${count(log.records.length, 'record')} of 9404, 9215, 9156${others}`);
    for (const problem of log.problems) lines.push(`  not read: ${clean(problem)}`);
  }
  lines.push(`${count(run.headers, 'TPKT header')} read by the emulated machines`, '');
  for (const request of run.calibration.requests) lines.push(...requestLines(request, run), '');
  const { clock } = run.calibration;
  if (clock !== null) {
    const matched = `${count(clock.pairs.length, 'log entry', 'log entries')} matched`;
    const sure = clock.unique ? '' : '; another offset would match as many';
    lines.push(
      `Clock: the log is ${ahead(clock.offset)} the capture, within ${clock.spread.toFixed(1)} s; ${matched}${sure}`,
    );
  }
  for (const note of run.calibration.notes) lines.push(`Note: ${clean(note, 400)}`);
  while (lines.at(-1) === '') lines.pop();
  return lines.map(line => textLine(line, look)).join('');
}

function requestLines(request: ObservedRequest, run: CalibrationRun): string[] {
  const record = run.records[request.record]!;
  const asked = `${request.headers} headers and ${request.elements} elements`;
  const lines = [`9404${when(record)}: a request for ${asked}`];
  for (const reading of request.readings) lines.push(`  ${readingText(reading, run)}`);
  if (request.cause !== null) lines.push(`  cause: ${where(request.cause, run, true)}`);
  if (request.judged !== null) {
    const judged = request.cause === null ? 'the longest TPKT' : 'it';
    lines.push(
      `  if ${judged} (${thousands(run.tpkts[request.judged]!.length)} octets) asked for that, an element holds`,
    );
    for (const implied of request.implied) lines.push(`    ${impliedText(implied)}`);
  }
  return lines;
}

function readingText(reading: Reading, run: CalibrationRun): string {
  const model = `${BASIS[reading.lengthBasis]} counts, ${ROUNDING[reading.rounding]}`;
  if (reading.lengths === null) return `${model}: no length asks for that`;
  const [from, to] = reading.lengths;
  const named = reading.tpkts.slice(0, NAMED).map(tpkt => where(tpkt, run, false));
  const more = reading.tpkts.length > NAMED ? `, and ${count(reading.tpkts.length - NAMED, 'other')}` : '';
  const found = named.length === 0 ? 'none in the capture' : named.join(', ') + more;
  return `${model}: lengths ${thousands(from)} to ${thousands(to)}: ${found}`;
}

function impliedText({ rounding, lengthBasis, sizes, attestedInside }: ImpliedSize): string {
  const model = `when ${BASIS[lengthBasis]} counts and ${ROUNDING[rounding]}`;
  if (sizes === null) return `no number of octets ${model}`;
  const attested = attestedInside ? ' (the attested 2,072 is among them)' : '';
  return `${thousands(sizes[0])} to ${thousands(sizes[1])} octets ${model}${attested}`;
}

function where(index: number, run: CalibrationRun, long: boolean): string {
  const tpkt = run.tpkts[index]!;
  const several = new Set(run.tpkts.map(each => each.file)).size > 1;
  const file = several ? `${clean(tpkt.file)} ` : '';
  if (!long) return `${file}frame ${tpkt.frame} (${thousands(tpkt.length)})`;
  const stands = `stream ${streamOf(tpkt)}, ${DIRECTIONS[tpkt.direction]}, stream offset ${tpkt.streamOffset}`;
  return `${file}frame ${tpkt.frame}, length ${thousands(tpkt.length)}, ${stands}, ${moment(tpkt.time)} UTC`;
}

function when({ time }: LogRecord): string {
  if (time === null) return '';
  const zone = time.zone === 'utc' ? ' UTC' : ', server time';
  return ` at ${moment({ sec: time.seconds, nsec: 0 }, 0)}${zone}${time.ambiguous ? ' (or day and month exchanged)' : ''}`;
}

function ahead(offset: number): string {
  const seconds = Math.round(Math.abs(offset));
  const parts = [
    Math.floor(seconds / 86400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const [days, hours, minutes, rest] = parts as [number, number, number, number];
  const two = (value: number) => String(value).padStart(2, '0');
  const text = `${days > 0 ? `${count(days, 'day')} ` : ''}${two(hours)}:${two(minutes)}:${two(rest)}`;
  return offset >= 0 ? `${text} ahead of` : `${text} behind`;
}
