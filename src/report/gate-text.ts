import width from 'string-width';
import { count, thousands } from './format.ts';
import {
  type CaptureVerdict,
  failing,
  type GateResult,
  type Judged,
  profileNames,
  toldByAll,
  totals,
  unchecked,
} from './judged.ts';
import { textLine } from './lines.ts';
import { type Look, type Mark, mark, paint, typography } from './look.ts';
import { clean } from './safe.ts';
import { bareMessage, shortCode } from './verdict.ts';

const MARKS: Readonly<Record<CaptureVerdict['status'], Mark>> = {
  clean: 'ok',
  warned: 'warning',
  failed: 'error',
  unreadable: 'error',
  crashed: 'error',
};

/** Failing findings that are told one by one; the rest are counted. */
const TOLD = 10;

/** Columns for the names of these captures. */
export function nameColumns(captures: readonly string[], look: Look): number {
  return captures.reduce((most, capture) => Math.max(most, Math.min(60, width(nameText(capture, look)))), 0);
}

function nameText(capture: string, look: Look): string {
  return typography(look, clean(capture, 300));
}

/** What the build log says of one capture: one line when it is clean, one more for each finding that fails it. */
export function verdictText(verdict: CaptureVerdict, look: Look, columns: number): string {
  const sign = mark(
    look,
    verdict.status === 'clean' && unchecked(verdict) !== null ? 'unknown' : MARKS[verdict.status],
  );
  const name = nameText(verdict.file, look);
  // Where words stand for the signs, they are of different lengths.
  const room = (text: string, most: number) => ' '.repeat(Math.max(0, most - width(text)));
  const head = `${sign}${room(sign, look.unicode ? 1 : 'warning'.length)} ${paint(look, 'bold', name)}${room(name, columns)}`;
  const fails = failing(verdict);
  const told = fails.slice(0, TOLD);
  const line = (text: string): string => `${head}  ${text}`;
  if (verdict.error !== null)
    return textLine(
      line(`${verdict.status === 'crashed' ? 'internal error: ' : ''}${clean(verdict.error, 600)}`),
      look,
    );
  if (told.length === 0) return textLine(line(summary(verdict)), look);
  const rest = fails.length > told.length ? [`${thousands(fails.length - told.length)} more`] : [];
  if (told.length === 1) return textLine(line(failure(told[0]!, verdict)), look);
  const lines = [...told.map(entry => failure(entry, verdict)), ...rest].map(text => `    ${text}`);
  return [line(count(fails.length, 'finding')), ...lines].map(text => textLine(text, look)).join('');
}

function failure(entry: Judged, verdict: CaptureVerdict): string {
  const { finding, severity, profiles } = entry;
  const frame = finding.frame === null ? '' : ` at frame ${thousands(finding.frame)}`;
  const stream = finding.stream === null ? '' : ` (stream ${finding.stream})`;
  const under = verdict.profiles.length > 1 && profiles.length > 0 ? ` under ${profileNames(profiles)}` : '';
  const graded = severity === finding.severity ? '' : ` [${severity}]`;
  return `${shortCode(finding.code)}${frame}${under}${stream}${graded}: ${clean(toldByAll(entry, bareMessage), 400)}`;
}

function summary(verdict: CaptureVerdict): string {
  const open = verdict.judged.filter(entry => entry.accepted === null && entry.severity !== 'note');
  const accepted = verdict.judged.length - verdict.judged.filter(entry => entry.accepted === null).length;
  const parts: string[] = [];
  if (open.length > 0) {
    const codes = [...new Set(open.map(entry => entry.finding.code))].slice(0, 3).join(', ');
    parts.push(`${count(open.length, 'finding')} below --fail-on ${verdict.failOn} (${clean(codes)})`);
  }
  if (accepted > 0) parts.push(`${thousands(accepted)} known or expected`);
  parts.push(unchecked(verdict) ?? `${count(verdict.tpkts, 'TPKT')}, longest ${thousands(verdict.longest)}`);
  return parts.join('; ');
}

/** `12 captures: 10 clean, 1 warned, 1 failed · policy mtascope.config.json · JUnit report.xml`. */
export function closingText(result: GateResult, outputs: readonly string[], look: Look): string {
  const parts = [
    totals(result.captures),
    result.policy === null ? 'no policy file' : `policy ${clean(result.policy)}`,
    ...(result.baseline === null ? [] : [`baseline ${clean(result.baseline)}`]),
    ...outputs,
  ];
  if (result.staleBaseline > 0)
    parts.push(`${count(result.staleBaseline, 'finding')} of the baseline gone (--update-baseline)`);
  return textLine(parts.join(' · '), look);
}
