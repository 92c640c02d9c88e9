import { thousands } from '../base/numbers.ts';
import type { Finding, LogEvent } from '../model/finding.ts';
import { type Refusal, saidBy } from '../mta/refusals.ts';
import { explanationOf, ruleOf } from '../rules/catalogue.ts';
import { MAX_FRAMES, makeFinding, underRule } from './make-finding.ts';

/** A connect() that failed, of a host that is an MTA or may be one. */
export interface FailedConnect {
  readonly refusal: Refusal;
  /** Nothing says that the host is an MTA, nor that it is something else. */
  readonly unknown: boolean;
  /** Null where its Winsock error is not known. */
  readonly event: LogEvent | null;
}

/** Failed connects that have a finding each: a week of one a minute. More are a scan or a flood, and told of together. */
const MOST_FAILED = 10_000;
/** The same for those whose failure the capture cannot tell, which all stand in its last minute. */
const MOST_OPEN = 100;

/** What connects are told of together by, finest first: the first that leaves few groups is taken. */
const GROUPINGS: readonly ((r: Refusal) => string)[] = [
  r => `${hostOf(r.client)} ${hostOf(r.server)}`,
  r => hostOf(r.server),
  r => hostOf(r.client),
  () => '',
];
const MOST_GROUPS = 100;

/** The findings about connects that failed: one each, or, where there are very many, by their hosts. A scan hides no outage of an MTA. */
export function failedFindings(connects: readonly FailedConnect[]): Finding[] {
  return [false, true].flatMap(unknown =>
    grouped(
      connects.filter(c => c.unknown === unknown),
      MOST_FAILED,
      c => c.refusal,
    ).map(failedFinding),
  );
}

/** The findings about connects whose failure the capture cannot tell, in the same way. */
export function openFindings(connects: readonly Refusal[]): Finding[] {
  return grouped(connects, MOST_OPEN, r => r).map(openFinding);
}

function grouped<T>(list: readonly T[], most: number, refusalOf: (t: T) => Refusal): T[][] {
  if (list.length <= most) return list.map(each => [each]);
  for (const grouping of GROUPINGS) {
    const groups = new Map<string, T[]>();
    for (const each of list) {
      const refusal = refusalOf(each);
      const key = `${refusal.winsock} ${grouping(refusal)}`;
      const known = groups.get(key);
      if (known !== undefined) known.push(each);
      else if (groups.set(key, [each]).size > MOST_GROUPS) break;
    }
    if (groups.size <= MOST_GROUPS) return [...groups.values()];
  }
  return [];
}

function failedFinding(group: readonly FailedConnect[]): Finding {
  const rule = ruleOf('mta.9215')!;
  const [{ refusal: first, unknown, event }] = group as [FailedConnect];
  const hosts = hostsOf(group.map(c => c.refusal));
  const how = howOf(first);
  const error = first.winsock === null ? 'Winsock error not known' : `Winsock ${first.winsock}`;
  const one = `${first.server} ${how.one} (${error}), ${first.syns} ${first.syns === 1 ? 'SYN' : 'SYNs'}`;
  const many = `${thousands(group.length)} connects from ${hosts.from} to ${hosts.to} were ${how.many} (${error})`;
  const who = hosts.one ? `${hostOf(first.client)} is an MTA` : 'those are MTAs that connect';
  return makeFinding({
    ...placeOf(group.map(c => c.refusal)),
    ...underRule(rule),
    severity: unknown ? 'note' : rule.severity,
    message: `9215 at frame ${first.frame}: ${group.length === 1 ? one : many}`,
    explanation: `${group.length === 1 ? '' : 'The first: '}${first.why}. ${unknown ? `Nothing in the capture says that ${who} (--mta names it). ` : ''}${rule.help}`,
    identity: `${first.winsock}|${group.length === 1 ? 'one' : 'many'}`,
    ...(event === null ? {} : { event }),
  });
}

function howOf({ winsock, unreached }: Refusal): { one: string; many: string } {
  if (winsock === 10061) return { one: 'refused the connection', many: 'refused' };
  if (unreached === null) return { one: 'did not answer', many: 'not answered' };
  return { one: `was not reached: ICMP ${saidBy(unreached)}`, many: 'answered by ICMP alone' };
}

function openFinding(group: readonly Refusal[]): Finding {
  const rule = ruleOf('mta.9215-possible')!;
  const [first] = group as [Refusal];
  const one = group.length === 1;
  const hosts = hostsOf(group);
  const what = one
    ? first.why
    : `${thousands(group.length)} connects from ${hosts.from} to ${hosts.to} without answer, but the capture ends before their waits are over`;
  return makeFinding({
    ...placeOf(group),
    ...underRule(rule),
    message: `9215 possible at frame ${first.frame}: ${what}`,
    explanation: `${explanationOf(rule)}${one ? '' : ` The first: ${first.why}.`}`,
    identity: one ? 'one' : 'many',
  });
}

/** Where a finding about these stands: of several streams none is named. */
function placeOf(group: readonly Refusal[]) {
  const [first] = group as [Refusal];
  const one = group.length === 1;
  const frames: number[] = [];
  for (const r of group) {
    if (frames.length >= MAX_FRAMES) break;
    frames.push(...(one ? r.frames : r.frames.slice(0, MAX_FRAMES - frames.length)));
  }
  return {
    stream: one ? first.stream : null,
    direction: one ? (0 as const) : null,
    frame: first.frame,
    frames,
    count: group.length,
  };
}

function hostsOf(group: readonly Refusal[]) {
  const from = new Set(group.map(r => hostOf(r.client)));
  const to = new Set(group.map(r => hostOf(r.server)));
  return {
    from: hostsText(from),
    to: hostsText(to),
    one: from.size === 1,
  };
}

function hostsText(hosts: ReadonlySet<string>): string {
  return hosts.size === 1 ? [...hosts][0]! : `${thousands(hosts.size)} hosts`;
}

/** The address of "address:port". */
export function hostOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}
