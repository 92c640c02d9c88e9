import type { Finding, Severity } from '../model/finding.ts';
import { type CaptureReport, SEVERITIES, type StreamReport } from '../model/report.ts';
import { count, thousands } from './format.ts';
import type { Mark } from './look.ts';
import { both } from './survey.ts';

export interface Verdict {
  readonly mark: Mark;
  readonly text: string;
}

export function worse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}

/** The worst finding of each stream; the first of equals. */
export function worstByStream(report: CaptureReport): Map<number, Finding> {
  const worst = new Map<number, Finding>();
  for (const finding of report.findings) {
    if (finding.stream === null) continue;
    const known = worst.get(finding.stream);
    if (known === undefined || worse(finding.severity, known.severity)) worst.set(finding.stream, finding);
  }
  return worst;
}

/** `9404` of `mta.9404`: an event is known by its number; other codes stay whole. */
export function shortCode(code: string): string {
  if (code === 'mta.9404-possible') return '9404 possible';
  if (code === 'mta.9404-fixed') return '9404 before the fix';
  return code.replace(/^mta\.(?=\d+$)/, '');
}

/** The message without the code and frame that stand before it anyway. */
export function bareMessage(finding: Finding): string {
  const { code, message } = finding;
  for (const head of [code, shortCode(code)]) {
    if (!message.startsWith(head)) continue;
    const rest = message.slice(head.length).replace(/^(?: at frame [\d,]+)?(?: \(stream \d+\))?: /, '');
    if (rest.length < message.length - head.length) return rest;
  }
  return message;
}

export function verdictOf(stream: StreamReport, finding: Finding | undefined): Verdict {
  if (finding !== undefined) {
    const where = finding.frame === null ? '' : `, frame ${thousands(finding.frame)}`;
    return { mark: finding.severity, text: `${shortCode(finding.code)}${where}` };
  }
  if (!stream.anchored) return { mark: 'unknown', text: doubt(stream) };
  return { mark: 'ok', text: 'ok' };
}

function doubt(stream: StreamReport): string {
  if (stream.unanchoredBecause === 'no-syn') return 'no SYN';
  if (stream.unanchoredBecause === 'framing') return 'framing lost';
  return count(both(stream, 'gaps'), 'hole');
}

/** What the table prints for a state. */
export const ENDED: Record<StreamReport['state'], string> = {
  refused: 'refused',
  unanswered: 'unanswered',
  opening: 'opening',
  open: '–',
  'half-closed': 'half-closed',
  closed: 'FIN',
  reset: 'RST',
};

/** `P1 (1988)` or an en dash. */
export function orDash(text: string | null): string {
  return text === null || text === '' ? '–' : text;
}
