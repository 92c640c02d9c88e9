import type { Finding, Severity } from '../model/finding.ts';

/** Why a finding does not count against its capture. */
export type Accepted = 'baseline' | 'expected';

/** A finding as the policy grades it. */
export interface Judged {
  readonly finding: Finding;
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
  readonly captures: readonly CaptureVerdict[];
  /** Entries of the baseline that did not occur in the captures judged. */
  readonly staleBaseline: number;
}

export function failing(verdict: CaptureVerdict): readonly Judged[] {
  return verdict.judged.filter(entry => entry.fails);
}

export function countBy(captures: readonly CaptureVerdict[], status: CaptureStatus): number {
  return captures.filter(capture => capture.status === status).length;
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
