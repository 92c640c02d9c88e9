import wrap from 'wrap-ansi';
import type { Finding, RequestEvidence } from '../model/finding.ts';
import { type CaptureReport, SEVERITIES } from '../model/report.ts';
import { frameList, thousands } from './format.ts';
import { textLine } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { clean, cleanLines } from './safe.ts';
import { bareMessage, shortCode } from './verdict.ts';

/** A finding with its number: `extract --finding` takes it. */
export interface Numbered {
  readonly number: number;
  readonly finding: Finding;
}

/** The worst first, of these the requests, else in the order of the report. */
export function* ordered({ findings }: CaptureReport): Generator<Numbered> {
  const ranks: number[][] = SEVERITIES.flatMap(() => [[], []]);
  let number = 0;
  for (const { severity, request } of findings)
    ranks[2 * SEVERITIES.indexOf(severity) + (request === undefined ? 1 : 0)]!.push(++number);
  for (const rank of ranks) for (const number of rank) yield { number, finding: findings.at(number - 1)! };
}

/** Findings told in full; the others of the same code are told in one line each, and then only counted. */
const IN_FULL = 5;
const IN_SHORT = 10;

const INDENT = 14;
/** Below this width the labels stand on lines of their own. */
const NARROW = INDENT + 30;

/**
 * What a command that is printed to be pasted needs of the options that were given, a space before each word. Null where the capture
 * came through a pipe: no command can read it again.
 */
export type Carried = ((command: string) => string) | null;

/** The findings of a capture as a tired person understands them: what and where first, then why, how sure, what next. */
export function* findingsText(report: CaptureReport, look: Look, carried: Carried): Generator<string> {
  const told = new Map<string, number>();
  const left = new Map<string, number>();
  for (const entry of ordered(report)) {
    const { finding } = entry;
    const n = told.get(finding.code) ?? 0;
    if (n >= IN_SHORT) {
      left.set(finding.code, (left.get(finding.code) ?? 0) + 1);
      continue;
    }
    told.set(finding.code, n + 1);
    if (finding.request !== undefined && n < IN_FULL) yield requestText(entry, report, look, carried);
    else yield shortText(entry, look);
  }
  for (const [code, n] of left) {
    yield textLine(`${mark(look, 'note')} ${thousands(n)} more ${code} (--format json lists them all)`, look);
  }
}

function headline(finding: Finding): string {
  const frame = finding.frame === null ? '' : ` at frame ${thousands(finding.frame)}`;
  const stream = finding.stream === null ? '' : ` (stream ${finding.stream})`;
  return `${shortCode(finding.code)}${frame}${stream}`;
}

function requestText({ number, finding }: Numbered, report: CaptureReport, look: Look, carried: Carried): string {
  const request = finding.request!;
  const victim = clean(request.victim);
  const outcome =
    finding.severity === 'error'
      ? `the MTA at ${victim} would stop here`
      : finding.code === 'mta.9404-possible'
        ? `the MTA at ${victim} may stop here`
        : clean(finding.message);
  const lines = [
    textLine(`${mark(look, finding.severity)} ${paint(look, 'bold', headline(finding))}: ${outcome}`, look),
    // As the log viewer shows it: the request on a line of its own.
    ...cleanLines(request.event.text)
      .replace(/ (?=The request was for)/, '\n')
      .split('\n')
      .flatMap(line => wrapped(line, (look.width ?? Number.POSITIVE_INFINITY) - 4, 4)),
    '',
  ];
  const add = (label: string, text: string): void => {
    if (text === '') return;
    const columns = look.width ?? Number.POSITIVE_INFINITY;
    if (columns < NARROW) {
      lines.push(`  ${paint(look, 'dim', label)}`, ...wrapped(typography(look, text), columns - 4, 4));
      return;
    }
    const rows = wrapped(typography(look, text), columns - INDENT, INDENT);
    rows[0] = `  ${paint(look, 'dim', label.padEnd(INDENT - 2))}${rows[0]!.slice(INDENT)}`;
    lines.push(...rows);
  };
  add('Why', cleanLines(finding.explanation).replaceAll('\n', ' '));
  add('Request', requestLine(request));
  if (request.hits !== null) add('Hits', clean(request.hits, 400));
  add('How sure', certainty(request));
  if (finding.count > 1)
    add('Repeated', `${thousands(finding.count)} times on this stream and direction; this is the first`);
  if (finding.filter !== '') add('Wireshark', clean(finding.filter, 1000));
  add('Next', typography(look, commands(finding, number, report.file, carried).join(look.unicode ? ' · ' : '; ')));
  return `${lines.join('\n')}\n\n`;
}

/** Commands that look closer, to be pasted. */
function commands(finding: Finding, number: number, name: string, carried: Carried): string[] {
  const explain = `mtascope explain ${finding.code}`;
  if (carried === null) return [explain, 'show and extract need the capture in a file'];
  // A name that begins like an option would be taken for one.
  const file = shellWord(name.replace(/^-(?=.)/, './-'));
  return [
    `mtascope show ${finding.frame} ${file}${carried('show')}`,
    explain,
    `mtascope extract ${file} --finding ${number} -o finding-${number}.pcapng${carried('extract')}`,
  ];
}

function requestLine(request: RequestEvidence): string {
  const [least, most] = request.elementsRange;
  const range = least === most ? '' : ` (${thousands(least)} to ${thousands(most)} over the admissible models)`;
  return (
    `${request.headerOctets.replace(/(..)(?!$)/g, '$1 ')} read as a header: ${thousands(request.declaredLength)} octets, ` +
    `${thousands(request.headers)} headers and ${thousands(request.elements)} elements${range}; stream offset ${thousands(request.streamOffset)}, ` +
    `header in frame ${frameList(request.headerFrames)}`
  );
}

const MODELS = {
  all: 'fatal under all admissible models of',
  some: 'fatal under some admissible models of',
  none: 'fatal under no admissible model of',
} as const;

function certainty(request: RequestEvidence): string {
  const assumptions =
    request.assumptions.length === 0
      ? ''
      : `; assumes: ${request.assumptions.map(text => clean(text, 400)).join('; ')}`;
  const margin = `, ${thousands(request.margin)} octets from the edge`;
  return `${MODELS[request.models]} ${clean(request.profile)}${margin}${assumptions}`;
}

function shortText({ finding }: Numbered, look: Look): string {
  const repeated = finding.count > 1 ? `, ${thousands(finding.count)} times` : '';
  const head = `${mark(look, finding.severity)} ${paint(look, 'bold', headline(finding))}${repeated}: `;
  return textLine(`${head}${clean(bareMessage(finding), 600)}`, look);
}

function wrapped(text: string, columns: number, indent: number): string[] {
  const pad = ' '.repeat(indent);
  // In a pipe nobody counts columns: a line stays whole, so that it can be searched for.
  if (columns === Number.POSITIVE_INFINITY) return text.split('\n').map(line => `${pad}${line}`);
  return wrap(text, Math.max(20, columns), { hard: true })
    .split('\n')
    .map(line => `${pad}${line}`);
}

/** A word as a shell takes it, for commands that are printed to be pasted. */
export function shellWord(word: string): string {
  const text = clean(word, 1000);
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
