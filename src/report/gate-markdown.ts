import { thousands } from './format.ts';
import { type CaptureVerdict, countBy, failing, type GateResult, profileNames } from './judged.ts';
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
  const failed = result.captures.length - countBy(result.captures, 'clean') - countBy(result.captures, 'warned');
  yield `# mtascope gate: ${failed === 0 ? 'passed' : 'failed'}\n\n`;
  yield `${thousands(result.captures.length)} captures, ${thousands(failed)} failed${result.policy === null ? '' : `, policy ${markdown(result.policy)}`}.\n\n`;
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
      yield `- **${markdown(shortCode(finding.code))}**${frame}${under}: ${markdown(bareMessage(finding), 600)}\n`;
      if (finding.filter !== '') yield `  - Wireshark: \`${finding.filter.replace(/[^\x20-\x5f\x61-\x7e]/g, '?')}\`\n`;
    }
    yield '\n';
  }
  if (left < 0) yield `${thousands(-left)} more findings.\n\n`;
  yield '| | Capture | TPKTs | Longest | Findings |\n| --- | --- | ---: | ---: | ---: |\n';
  for (const capture of result.captures.slice(0, ROWS)) {
    yield `| ${ICONS[capture.status]} ${capture.status} | ${markdown(capture.file, 300)} | ${thousands(capture.tpkts)} | ${thousands(capture.longest)} | ${thousands(capture.judged.length)} |\n`;
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
  for (const capture of result.captures) {
    if (capture.error !== null) yield* annotate('error', capture.file, `mtascope: ${capture.status}`, capture.error);
    for (const { finding, severity, accepted, fails } of capture.judged) {
      if (accepted !== null || (severity === 'note' && !fails)) continue;
      const frame = finding.frame === null ? '' : ` at frame ${finding.frame}`;
      const event = finding.request === undefined ? '' : `\n${finding.request.event.text}`;
      yield* annotate(
        fails ? 'error' : LEVELS[severity],
        capture.file,
        `${finding.code}${frame}`,
        `${finding.message}${event}`,
      );
    }
  }
}
