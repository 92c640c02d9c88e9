import { thousands } from '../base/numbers.ts';
import type { Finding } from '../model/finding.ts';
import type { Refusal } from '../mta/refusals.ts';
import { ruleOf } from '../rules/catalogue.ts';
import { MAX_FRAMES, makeFinding } from './conditions.ts';

/** Connects that have a finding each; more are a scan, a flood or an outage, and told of together. */
const MOST_EACH = 100;

/** What connects are told of together by, finest first: the first that leaves no more groups than findings are wanted is taken. */
const GROUPINGS: readonly ((r: Refusal) => string)[] = [
  r => `${hostOf(r.client)} ${hostOf(r.server)}`,
  r => hostOf(r.server),
  r => hostOf(r.client),
  () => '',
];

/** The findings about connects whose failure the capture cannot tell: one each, or, where there are many, by their hosts. */
export function unansweredFindings(connects: readonly Refusal[]): Finding[] {
  if (connects.length <= MOST_EACH) return connects.map(oneFinding);
  for (const key of GROUPINGS) {
    const groups = new Map<string, Refusal[]>();
    for (const connect of connects) {
      const known = groups.get(key(connect));
      if (known === undefined) groups.set(key(connect), [connect]);
      else known.push(connect);
    }
    if (groups.size <= MOST_EACH) return [...groups.values()].map(groupFinding);
  }
  return [];
}

function oneFinding(r: Refusal): Finding {
  return finding([r], r.frames, r.why, '', r.server);
}

function groupFinding(group: readonly Refusal[]): Finding {
  const [first] = group as [Refusal];
  if (group.length === 1) return oneFinding(first);
  const frames: number[] = [];
  for (const r of group) {
    if (frames.length >= MAX_FRAMES) break;
    frames.push(...r.frames.slice(0, MAX_FRAMES - frames.length));
  }
  const from = new Set(group.map(r => hostOf(r.client)));
  const to = new Set(group.map(r => hostOf(r.server)));
  const what = `${thousands(group.length)} connects from ${hostsText(from)} to ${hostsText(to)} without answer, but the capture ends before their waits are over`;
  return finding(group, frames, what, ` The first: ${first.why}.`, `${nameOf(from)} ${nameOf(to)}`);
}

function finding(
  group: readonly Refusal[],
  frames: readonly number[],
  what: string,
  more: string,
  identity: string,
): Finding {
  const rule = ruleOf('mta.9215-possible')!;
  const [first] = group as [Refusal];
  const one = group.length === 1;
  return makeFinding({
    code: rule.code,
    severity: rule.severity,
    // Of several streams none is named.
    stream: one ? first.streams[0]! : null,
    direction: one ? 0 : null,
    frame: first.frame,
    frames: [...frames],
    message: `9215 possible at frame ${first.frame}: ${what}`,
    explanation: `${rule.certain} ${rule.help}${more}`,
    clause: rule.clause,
    count: group.length,
    identity,
  });
}

function hostsText(hosts: ReadonlySet<string>): string {
  return hosts.size === 1 ? nameOf(hosts) : `${thousands(hosts.size)} hosts`;
}

/** What stays the same in another capture. */
function nameOf(hosts: ReadonlySet<string>): string {
  return hosts.size === 1 ? [...hosts][0]! : '*';
}

/** The address of "address:port". */
function hostOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}
