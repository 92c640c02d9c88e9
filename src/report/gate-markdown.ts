import { thousands } from './format.ts';
import {
  type CaptureVerdict,
  countBy,
  failing,
  type GateResult,
  profileNames,
  toldByAll,
  totals,
  unchecked,
} from './judged.ts';
import { githubData, githubProperty, markdown } from './safe.ts';
import { bareMessage, shortCode } from './verdict.ts';

const ICONS: Readonly<Record<CaptureVerdict['status'], string>> = {
  clean: '✅',
  warned: '⚠️',
  failed: '❌',
  unreadable: '❌',
  crashed: '❌',
};

/** Captures and findings that a summary lists; GitHub cuts a summary at 1 MiB. */
const ROWS = 500;
const FINDINGS = 200;

/** The whole run for people: what failed first, then one row a capture. */
export function* gateMarkdown(result: GateResult): Generator<string> {
  const passed = countBy(result.captures, 'clean') + countBy(result.captures, 'warned') === result.captures.length;
  yield `# mtascope gate: ${passed ? 'passed' : 'failed'}\n\n`;
  yield `${totals(result.captures)}${result.policy === null ? '' : `, policy ${markdown(result.policy)}`}${result.baseline === null ? '' : `, baseline ${markdown(result.baseline)}`}.\n\n`;
  for (const notice of result.notices) yield `> ${markdown(notice, 600)}\n\n`;
  let left = FINDINGS;
  for (const capture of result.captures) {
    if (capture.error === null && failing(capture).length === 0) continue;
    yield `## ${ICONS[capture.status]} ${markdown(capture.file, 300)}\n\n`;
    if (capture.error !== null) yield `${capture.status}: ${markdown(capture.error, 600)}\n`;
    for (const entry of failing(capture)) {
      if (left-- <= 0) continue;
      const { finding } = entry;
      const frame = finding.frame === null ? '' : `, frame ${thousands(finding.frame)}`;
      const under = entry.profiles.length > 0 ? `, under ${markdown(profileNames(entry.profiles))}` : '';
      yield `- **${markdown(shortCode(finding.code))}**${frame}${under}: ${markdown(toldByAll(entry, bareMessage), 600)}\n`;
      if (finding.filter !== '') yield `  - Wireshark: \`${finding.filter.replace(/[^\x20-\x5f\x61-\x7e]/g, '?')}\`\n`;
    }
    yield '\n';
  }
  if (left < 0) yield `${thousands(-left)} more findings.\n\n`;
  yield '| | Capture | TPKTs | Longest | Findings |\n| --- | --- | ---: | ---: | ---: |\n';
  for (const capture of result.captures.slice(0, ROWS)) {
    const nothing = unchecked(capture) !== null;
    const icon = nothing && capture.status === 'clean' ? '❔' : ICONS[capture.status];
    yield `| ${icon} ${capture.status}${nothing ? ', nothing was checked' : ''} | ${markdown(capture.file, 300)} | ${thousands(capture.tpkts)} | ${thousands(capture.longest)} | ${thousands(capture.judged.length)} |\n`;
  }
  if (result.captures.length > ROWS) yield `\n${thousands(result.captures.length - ROWS)} more captures.\n`;
}

/** GitHub shows ten annotations of each level a step; more would push out the first. */
const ANNOTATIONS = 10;
const LEVELS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Workflow commands: annotations on the capture files. */
export function* githubAnnotations(result: GateResult): Generator<string> {
  const given = { error: 0, warning: 0, notice: 0 };
  const annotate = function* (
    level: keyof typeof given,
    file: string,
    title: string,
    message: string,
  ): Generator<string> {
    if (given[level]++ >= ANNOTATIONS) return;
    yield `::${level} file=${githubProperty(file)},title=${githubProperty(title)}::${githubData(message)}\n`;
  };
  for (const notice of result.notices) yield `::warning title=mtascope::${githubData(notice)}\n`;
  for (const capture of result.captures) {
    if (capture.error !== null) yield* annotate('error', capture.file, `mtascope: ${capture.status}`, capture.error);
    const nothing = unchecked(capture);
    if (nothing !== null) yield* annotate('notice', capture.file, 'mtascope: nothing was checked', nothing);
    for (const entry of capture.judged) {
      const { finding, severity, accepted, fails } = entry;
      if (accepted !== null || (severity === 'note' && !fails)) continue;
      const frame = finding.frame === null ? '' : ` at frame ${finding.frame}`;
      const events = entry.tellings.map(telling => telling.finding.request?.event.text);
      const event = [...new Set(events)].map(text => (text === undefined ? '' : `\n${text}`)).join('');
      yield* annotate(
        fails ? 'error' : LEVELS[severity],
        capture.file,
        `${finding.code}${frame}`,
        `${toldByAll(entry, ({ message }) => message)}${event}`,
      );
    }
  }
}
