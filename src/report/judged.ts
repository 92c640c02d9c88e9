import type { Finding, Severity } from '../model/finding.ts';
import { count, thousands } from './format.ts';

/** Why a finding does not count against its capture. */
export type Accepted = 'baseline' | 'expected';

/** A finding as some profiles tell it alike. */
export interface Telling {
  /** Empty for a finding of no profile (`gate.expected`). */
  readonly profiles: readonly string[];
  readonly finding: Finding;
}

/** A finding as the policy grades it. */
export interface Judged {
  /** As the first profile tells it. */
  readonly finding: Finding;
  /** Each profile's own numbers: the same octets are another request to another machine. Never empty. */
  readonly tellings: readonly Telling[];
  /** After the policy's grading; `finding.severity` is the rule's own. */
  readonly severity: Severity;
  /** Profiles under which it is found. */
  readonly profiles: readonly string[];
  readonly accepted: Accepted | null;
  /** True when it makes the capture fail: not accepted, and at or above the policy's `failOn`. */
  readonly fails: boolean;
}

export type CaptureStatus =
  | 'clean'
  | 'warned' // findings below `failOn`
  | 'failed'
  | 'unreadable' // input that can't be read
  | 'crashed'; // a bug of ours

/** What the gate says about one capture. */
export interface CaptureVerdict {
  /** As a person and a build server know it: relative to the working directory, with slashes. */
  readonly file: string;
  readonly status: CaptureStatus;
  readonly profiles: readonly string[];
  readonly failOn: Severity | 'never';
  readonly judged: readonly Judged[];
  readonly frames: number;
  readonly streams: number;
  readonly tpkts: number;
  readonly longest: number;
  readonly seconds: number;
  /** Why it could not be judged; null otherwise. */
  readonly error: string | null;
}

export interface GateResult {
  readonly version: string;
  readonly policy: string | null;
  /** The file of findings that are accepted; null without one. */
  readonly baseline: string | null;
  readonly captures: readonly CaptureVerdict[];
  /** What is odd about the run itself, a sentence each: a pattern of the policy that fits nothing, for instance. */
  readonly notices: readonly string[];
  /** Entries of the baseline that did not occur in the captures judged. */
  readonly staleBaseline: number;
}

export function failing(verdict: CaptureVerdict): readonly Judged[] {
  return verdict.judged.filter(entry => entry.fails);
}

export function countBy(captures: readonly CaptureVerdict[], status: CaptureStatus): number {
  return captures.filter(capture => capture.status === status).length;
}

/** Why a verdict says nothing of the hosts: there was not a single TPKT to look at. Null when there was. */
export function unchecked({ error, tpkts, streams, status }: CaptureVerdict): string | null {
  // What failed says why by itself.
  if (error !== null || tpkts > 0 || status === 'failed') return null;
  return `nothing was checked: ${streams === 0 ? 'no stream on the ports looked at' : `no TPKT in ${count(streams, 'stream')}`}`;
}

const WORDS: readonly (readonly [CaptureStatus, string])[] = [
  ['clean', 'clean'],
  ['warned', 'with warnings'],
  ['failed', 'failed'],
  ['unreadable', 'unreadable'],
  ['crashed', 'not judged for a bug of ours'],
];

/** `12 captures: 10 clean, 1 failed, 1 unreadable`: the same in every output. */
export function totals(captures: readonly CaptureVerdict[]): string {
  const counts = WORDS.map(([status, word]) => [countBy(captures, status), word] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${thousands(n)} ${word}`);
  const empty = captures.filter(capture => unchecked(capture) !== null).length;
  const where = empty === captures.length ? '' : ` in ${thousands(empty)}`;
  const nothing = empty === 0 ? '' : `; nothing was checked${where}`;
  return `${count(captures.length, 'capture')}: ${counts.join(', ')}${nothing}`;
}

/** `exchange-5.0, 5.5`: profiles of one family share their name. */
export function profileNames(names: readonly string[]): string {
  let family = '';
  return names
    .map(name => {
      const head = name.slice(0, name.indexOf('-') + 1);
      if (head !== '' && head === family) return name.slice(head.length);
      family = head;
      return name;
    })
    .join(', ');
}

/** The finding with the numbers of this profile. */
export function toldUnder({ finding, tellings }: Judged, profile: string): Finding {
  return tellings.find(telling => telling.profiles.includes(profile))?.finding ?? finding;
}

/** What all profiles say in one text: once what they have in common, and then of each what differs, with its name. */
export function toldByAll({ tellings }: Judged, tell: (finding: Finding) => string): string {
  const profiles = new Map<string, string[]>();
  for (const telling of tellings) {
    const text = tell(telling.finding);
    profiles.set(text, [...(profiles.get(text) ?? []), ...telling.profiles]);
  }
  const texts = [...profiles.keys()];
  if (texts.length === 1) return texts[0]!;
  const shared = commonStart(texts);
  return shared + texts.map(text => `${text.slice(shared.length)} (${profileNames(profiles.get(text)!)})`).join('; ');
}

/** What all begin with, up to a blank: numbers and words stay whole. */
function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let end = 0;
  while (end < first.length && others.every(text => text[end] === first[end])) end++;
  return first.slice(0, first.lastIndexOf(' ', end - 1) + 1);
}
