import { count, thousands } from './format.ts';
import { type CaptureVerdict, type GateResult, type Judged, profileNames, toldUnder, unchecked } from './judged.ts';
import { attribute, xml } from './safe.ts';

/**
 * JUnit XML as Jenkins, GitLab and GitHub readers take it: a suite a capture, a test case a profile, so that the number of cases
 * does not change with what is found. The failing findings stand in the failure's text.
 */
export function* junit(result: GateResult): Generator<string> {
  const cases = casesOf(result.captures);
  const failures = result.captures.reduce((n, capture) => n + failedProfiles(capture).length, 0);
  const errors = casesOf(result.captures.filter(capture => capture.error !== null));
  const seconds = result.captures.reduce((n, capture) => n + capture.seconds, 0);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="mtascope gate" tests="${cases}" failures="${failures}" errors="${errors}" time="${time(seconds)}">\n`;
  for (const capture of result.captures) yield* suite(capture);
  yield '</testsuites>\n';
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}

function profilesOf(capture: CaptureVerdict): readonly string[] {
  return capture.profiles.length > 0 ? capture.profiles : ['policy'];
}

/** A finding of no profile is told under each. */
function concerns({ profiles }: Judged, profile: string): boolean {
  return profiles.length === 0 || profiles.includes(profile);
}

function failsUnder(entry: Judged, profile: string): boolean {
  return entry.fails && concerns(entry, profile);
}

function casesOf(captures: readonly CaptureVerdict[]): number {
  return captures.reduce((n, capture) => n + profilesOf(capture).length, 0);
}

function failedProfiles(capture: CaptureVerdict): readonly string[] {
  return profilesOf(capture).filter(profile => capture.judged.some(entry => failsUnder(entry, profile)));
}

function* suite(capture: CaptureVerdict): Generator<string> {
  const profiles = profilesOf(capture);
  const errors = capture.error === null ? 0 : profiles.length;
  const nothing = unchecked(capture);
  const name = attribute(capture.file);
  yield `  <testsuite name="${name}" tests="${profiles.length}" failures="${failedProfiles(capture).length}" errors="${errors}" skipped="${nothing === null ? 0 : profiles.length}" time="${time(capture.seconds)}">\n`;
  for (const profile of profiles) {
    yield `    <testcase name="${attribute(profile)}" classname="${name}" time="${time(capture.seconds / profiles.length)}">\n`;
    if (capture.error !== null) {
      const type = capture.status === 'crashed' ? 'internal error' : 'unreadable';
      yield `      <error type="${type}" message="${attribute(capture.error)}">${xml(capture.error)}</error>\n`;
    }
    const fails = capture.judged.filter(entry => failsUnder(entry, profile));
    if (fails.length > 0) {
      const first = fails[0]!;
      const more = fails.length > 1 ? ` (and ${thousands(fails.length - 1)} more)` : '';
      const text = fails.map(entry => findingText(entry, profile)).join('\n\n');
      yield `      <failure type="${attribute(first.finding.code)}" message="${attribute(toldUnder(first, profile).message + more)}">${xml(text)}</failure>\n`;
    }
    if (nothing !== null) yield `      <skipped>${xml(nothing)}</skipped>\n`;
    const others = capture.judged.filter(entry => !entry.fails && concerns(entry, profile));
    const counted = `${count(capture.streams, 'stream')}, ${count(capture.tpkts, 'TPKT')}, longest ${thousands(capture.longest)}`;
    const lines = [counted, ...others.map(entry => headline(entry, profile))];
    if (capture.error === null) yield `      <system-out>${xml(lines.join('\n'))}</system-out>\n`;
    yield '    </testcase>\n';
  }
  yield '  </testsuite>\n';
}

function headline(entry: Judged, profile: string): string {
  const { severity, accepted } = entry;
  const finding = toldUnder(entry, profile);
  const frame = finding.frame === null ? '' : ` frame ${finding.frame}`;
  const stream = finding.stream === null ? '' : ` stream ${finding.stream}`;
  return `${accepted ?? severity} ${finding.code}${frame}${stream}: ${finding.message}`;
}

function findingText(entry: Judged, profile: string): string {
  const finding = toldUnder(entry, profile);
  return [
    headline(entry, profile),
    (finding.request?.event ?? finding.event)?.text ?? '',
    finding.explanation,
    finding.filter === '' ? '' : `Wireshark: ${finding.filter}`,
    entry.profiles.length > 1 ? `Profiles: ${profileNames(entry.profiles)}` : '',
  ]
    .filter(line => line !== '')
    .join('\n');
}
