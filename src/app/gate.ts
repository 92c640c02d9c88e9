import { resolve } from 'node:path';
import { addTo } from '../base/lists.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { type CaptureReport, SEVERITIES } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import { applyOverrides } from '../mta/profile.ts';
import type { CaptureVerdict, Judged } from '../report/judged.ts';
import { survey } from '../report/survey.ts';
import type { Analyze } from './analyzer.ts';
import type { Baseline } from './baseline.ts';
import { fits } from './config.ts';
import { profileByName } from './config-profile.ts';
import type { FailOn } from './config-schema.ts';
import { gateFinding, limitFindings } from './gate-limits.ts';
import type { Expectation, Policy } from './policy.ts';

/** A finding with the profiles under which it occurs, before the policy has graded it. */
interface Found {
  readonly finding: Finding;
  readonly profiles: string[];
  readonly tellings: { readonly profiles: string[]; readonly finding: Finding }[];
}

export interface CaptureJudgement {
  readonly verdict: CaptureVerdict;
  /** One report a profile, in the order of the policy; empty when the capture could not be judged. */
  readonly reports: readonly CaptureReport[];
  /** What went wrong, for the caller to tell: an `InputError`, or a bug of ours. */
  readonly failure: Error | null;
}

export interface GateContext {
  readonly cwd: string;
  readonly analyze: Analyze;
  readonly baseline: Baseline | null;
  readonly onProgress?: ((bytesRead: number, bytesTotal: number | null) => void) | null;
  /** Milliseconds of a clock that only runs forward. */
  now(): number;
}

export async function profilesOf(policy: Policy): Promise<Profile[]> {
  const profiles: Profile[] = [];
  for (const { name, folder, where } of policy.profiles) {
    const profile = profileByName(name, folder, where);
    profiles.push(policy.set.reduce((made, set) => applyOverrides(made, set.settings, set.where), profile));
  }
  return profiles;
}

/** Judges one capture under every profile of its policy. Only wrong usage is thrown; what befalls the capture is in the verdict. */
export async function judgeCapture(file: string, policy: Policy, context: GateContext): Promise<CaptureJudgement> {
  const started = context.now();
  const profiles = await profilesOf(policy);
  const base = { file, profiles: profiles.map(profile => profile.name), failOn: policy.failOn };
  const reports: CaptureReport[] = [];
  const found: Found[] = [];
  try {
    for (const profile of profiles) {
      const stream = context.analyze([file], {
        ports: policy.ports,
        anyPort: policy.anyPort,
        mta: policy.mta,
        profile,
        keepGoing: false,
        level: 'full',
        crossCheck: false,
        ...(context.onProgress ? { onProgress: context.onProgress } : {}),
      });
      for await (const report of stream) {
        reports.push(report);
        merge(found, [...report.findings, ...limitFindings(report, policy)], profile.name);
      }
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'UsageError' || error.name === 'ClosedPipe') throw error;
    const status = error.name === 'InputError' ? 'unreadable' : 'crashed';
    // The verdict names the file itself.
    const message = error.message.startsWith(`${file}: `) ? error.message.slice(file.length + 2) : error.message;
    const nothing = { judged: [], ...counts(undefined), seconds: (context.now() - started) / 1000 };
    return { verdict: { ...base, ...nothing, status, error: message }, reports: [], failure: error };
  }
  const judged = judge(file, found, base.profiles, policy, context);
  const seconds = (context.now() - started) / 1000;
  return {
    verdict: { ...base, status: statusOf(judged), judged, ...counts(reports[0]), seconds, error: null },
    reports,
    failure: null,
  };
}

function counts(report: CaptureReport | undefined): Pick<CaptureVerdict, 'frames' | 'streams' | 'tpkts' | 'longest'> {
  if (report === undefined) return { frames: 0, streams: 0, tpkts: 0, longest: 0 };
  const { tpkts, longest } = survey(report.streams);
  return { frames: report.frames, streams: report.streams.length, tpkts, longest };
}

/** The same finding under another profile is one finding, with the numbers of each. */
function merge(found: Found[], findings: readonly Finding[], profile: string): void {
  const keyOf = (f: Finding) => JSON.stringify([f.code, f.stream, f.direction, f.frame, f.fingerprint]);
  const open = new Map<string, Found[]>();
  for (const entry of found) addTo(open, keyOf(entry.finding), entry);
  for (const finding of findings) {
    // Several equal ones in one report stay several: each is matched with one of the other profile.
    const known = open.get(keyOf(finding))?.shift();
    if (known === undefined) {
      found.push({ finding, profiles: [profile], tellings: [{ profiles: [profile], finding }] });
      continue;
    }
    known.profiles.push(profile);
    const alike = known.tellings.find(telling => told(telling.finding) === told(finding));
    if (alike === undefined) known.tellings.push({ profiles: [profile], finding });
    else alike.profiles.push(profile);
  }
}

/** All that people are told of a finding and that a profile has a say in. */
function told({ message, explanation, event, request }: Finding): string {
  const numbers = request === undefined ? [] : [request.event.text, request.headers, request.elements, request.models];
  return JSON.stringify([message, explanation, event?.text, ...numbers]);
}

function judge(
  file: string,
  found: readonly Found[],
  names: readonly string[],
  policy: Policy,
  context: GateContext,
): Judged[] {
  const capture = resolve(context.cwd, file);
  const open: Expectation[] = [...policy.expect];
  const judged: Judged[] = [];
  const missing = new Set(open);
  for (const whole of found) {
    const met = open.filter(expectation => meets(whole.finding, whole.profiles, expectation));
    for (const expectation of met) missing.delete(expectation);
    const grade = policy.grade(whole.finding.code, whole.finding.severity);
    if (grade === 'off') continue;
    const foreseen = whole.profiles.filter(name => met.some(({ profile }) => (profile ?? name) === name));
    for (const [part, expected] of [
      [under(whole, name => foreseen.includes(name)), true],
      [under(whole, name => !foreseen.includes(name)), false],
    ] as const) {
      if (part === null) continue;
      const accepted = expected ? 'expected' : context.baseline?.accepts(capture, part.finding) ? 'baseline' : null;
      judged.push({ ...part, severity: grade, accepted, fails: accepted === null && reaches(grade, policy.failOn) });
    }
  }
  judged.push(...unmet(missing, entry => whyNot(entry, names), capture, policy, context.baseline));
  context.baseline?.seen(capture);
  return judged.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** The finding under some of its profiles: what is expected of one machine may not befall another. Null under none of them. */
function under({ profiles, tellings }: Found, wanted: (profile: string) => boolean): Found | null {
  const told = tellings
    .map(telling => ({ ...telling, profiles: telling.profiles.filter(wanted) }))
    .filter(telling => telling.profiles.length > 0);
  return told[0] === undefined ? null : { finding: told[0].finding, profiles: profiles.filter(wanted), tellings: told };
}

/** A profile under which nothing was judged shows nothing, whatever is in the capture. */
function whyNot({ profile }: Expectation, names: readonly string[]): string {
  if (profile === undefined || names.includes(profile)) return 'which did not occur';
  return `but it was not judged by that profile (${names.join(', ')})${didYouMean(profile, names)}`;
}

function* unmet(
  expectations: Iterable<Expectation>,
  why: (expectation: Expectation) => string,
  capture: string,
  policy: Policy,
  baseline: Baseline | null,
): Generator<Judged> {
  for (const expectation of expectations) {
    const what = describe(expectation);
    const finding = gateFinding('gate.expected', `expected ${what}, ${why(expectation)}`, null, null, what);
    const grade = policy.grade(finding.code, finding.severity);
    if (grade === 'off') continue;
    const accepted = baseline?.accepts(capture, finding) ? 'baseline' : null;
    yield {
      finding,
      tellings: [{ profiles: [], finding }],
      severity: grade,
      profiles: [],
      accepted,
      fails: accepted === null && reaches(grade, policy.failOn),
    };
  }
}

/** What the gate says of a capture that the policy expects something of and that is not in the run; `file` is its pattern. */
export async function judgeAbsent(
  file: string,
  { expect, why }: { readonly expect: readonly Expectation[]; readonly why: string },
  policy: Policy,
  { path, baseline }: { readonly path: string; readonly baseline: Baseline | null },
): Promise<CaptureVerdict> {
  const judged = [...unmet(expect, () => why, path, policy, baseline)];
  baseline?.seen(path);
  const profiles = (await profilesOf(policy)).map(profile => profile.name);
  const rest = { ...counts(undefined), seconds: 0, error: null };
  return { file, profiles, failOn: policy.failOn, judged, status: statusOf(judged), ...rest };
}

function statusOf(judged: readonly Judged[]): 'failed' | 'warned' | 'clean' {
  if (judged.some(entry => entry.fails)) return 'failed';
  return judged.some(entry => entry.accepted === null && entry.severity !== 'note') ? 'warned' : 'clean';
}

function reaches(severity: Severity, failOn: FailOn): boolean {
  return failOn !== 'never' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);
}

function meets(finding: Finding, profiles: readonly string[], expectation: Expectation): boolean {
  return (
    fits(expectation.code, finding.code) &&
    (expectation.frame === undefined || expectation.frame === finding.frame) &&
    (expectation.stream === undefined || expectation.stream === finding.stream) &&
    (expectation.profile === undefined || profiles.includes(expectation.profile))
  );
}

function describe({ code, frame, stream, profile }: Expectation): string {
  const parts = [
    code,
    frame === undefined ? '' : `at frame ${frame}`,
    stream === undefined ? '' : `on stream ${stream}`,
    profile === undefined ? '' : `under ${profile}`,
  ];
  return parts.filter(part => part !== '').join(' ');
}
