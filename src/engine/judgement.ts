import { addTo } from '../base/lists.ts';
import { numbered } from '../base/numbers.ts';
import type { Finding } from '../model/finding.ts';
import type { CaptureWarning, EmulatedEvent, HostReport, StreamReport } from '../model/report.ts';
import type { Rows } from '../model/rows.ts';
import { compareStamps, type Sighting, type Stamp } from '../model/tsdu.ts';
import { connectFailed, logged, noControlBlock } from '../mta/events.ts';
import type { Profile } from '../mta/knobs.ts';
import { type Refusal, refusals } from '../mta/refusals.ts';
import { explanationOf, ruleOf } from '../rules/catalogue.ts';
import type { ConditionRow, Conditions } from './conditions.ts';
import { type FailedConnect, failedFindings, hostOf, openFindings } from './connects.ts';
import { FindingList, sourceOf } from './finding-list.ts';
import { MAX_FRAMES, makeFinding, underRule } from './make-finding.ts';
import type { TransportResult } from './transports.ts';
import { judgeRequests } from './verdicts.ts';

export interface JudgementOptions {
  /** Addresses of MTA hosts; when empty, hosts with evidence count. */
  readonly mta: readonly string[];
  readonly profile: Profile;
  readonly keepGoing: boolean;
}

/** What the streams tell of the hosts: which are MTAs, and which something else. */
export class HostEvidence {
  /** Of each MTA the first stream by number that tells of it, whichever ended first. */
  private readonly mtas = new Map<string, { readonly stream: number; readonly what: string }>();
  private readonly others = new Set<string>();
  private readonly named: readonly string[];
  private readonly here = new Set<string>();

  /** @param named addresses of which it is asked whether they have a stream */
  constructor(named: readonly string[]) {
    this.named = named;
  }

  add({ id, client, server, protocol }: StreamReport, mta: boolean): void {
    for (const address of this.named)
      if (address === client.address || address === server.address) this.here.add(address);
    if (!mta && protocol === '') return;
    for (const { address } of [client, server]) {
      if (!mta) this.others.add(address);
      else if (!((this.mtas.get(address)?.stream ?? Number.POSITIVE_INFINITY) < id))
        this.mtas.set(address, { stream: id, what: protocol === '' ? 'OSI session' : protocol });
    }
  }

  mtaReason(address: string): string | null {
    const found = this.mtas.get(address);
    return found === undefined ? null : `${found.what} on stream ${found.stream}`;
  }

  /** A named host has a stream, be it one that never came up. */
  has(address: string): boolean {
    return this.here.has(address);
  }

  /** The host was seen with another protocol. */
  elsewhere(address: string): boolean {
    return this.others.has(address);
  }
}

/** What follows from everything that was met in a capture, now that it has told who is an MTA. */
export class Judgement {
  private readonly options: JudgementOptions;
  private readonly transport: TransportResult;
  private readonly evidence: HostEvidence;
  /** The fatal event by host. */
  private readonly terminated = new Map<string, Sighting>();
  /** What it would have been asked and have logged behind that, by host. */
  private readonly leftOut = new Map<string, { requests: number; events: number }>();

  constructor(options: JudgementOptions, transport: TransportResult, evidence: HostEvidence) {
    this.options = options;
    this.transport = transport;
    this.evidence = evidence;
  }

  /** `lower` are the conditions of the transport layer and below, `upper` those of its users. */
  judge(lower: Conditions, upper: Conditions): { findings: Rows<Finding>; events: EmulatedEvent[] } {
    const { candidates, warnings, frames } = this.transport;
    const verdicts = judgeRequests(candidates, this.options.profile, {
      mta: address => this.mtaReason(address),
      stopped: address => {
        const stopped = this.terminated.has(address) && !this.options.keepGoing;
        if (stopped) this.leave(address, 'requests');
        return stopped;
      },
      stop: (address, at) => {
        if (!this.terminated.has(address)) this.terminated.set(address, at);
      },
    });
    const blocks = this.controlBlockEvents(lower);
    const connects = this.connectEvents(this.transport.last ?? { sec: 0, nsec: 0 });
    const first = [
      ...verdicts.findings.map(finding => this.withLeftOut(finding)),
      ...connects.findings,
      ...blocks.findings,
      ...this.absentMtas(),
    ];
    const last = warnings.map(warning => captureFinding(warning, frames));
    const findings = new FindingList([sourceOf(first), lower, upper, sourceOf(last)]);
    const events = [...verdicts.events, ...connects.events, ...blocks.events].sort(inTimeOrder);
    return { findings, events };
  }

  private mtaReason(address: string): string | null {
    if (this.options.mta.length > 0) return this.options.mta.includes(address) ? 'named by --mta' : null;
    return this.evidence.mtaReason(address);
  }

  /**
   * Of a host that is named and is not there nothing can be claimed, and no other host is asked about once one is named: with none of
   * them in the capture, the emulated machine is switched off.
   */
  private absentMtas(): Finding[] {
    const { mta } = this.options;
    if (mta.length === 0) return [];
    const absent = [...new Set(mta)].filter(address => !this.evidence.has(address));
    const none = !mta.some(address => this.evidence.has(address));
    const rule = ruleOf('mta.not-in-capture')!;
    return absent.map(address =>
      makeFinding({
        ...underRule(rule),
        severity: none ? rule.severity : 'note',
        stream: null,
        direction: null,
        frame: null,
        frames: [],
        message: `${address}, named as an MTA, has no stream in this capture${none ? ': nothing is claimed about any MTA' : ''}`,
        explanation: explanationOf(rule),
        identity: address,
      }),
    );
  }

  private leave(host: string, what: 'requests' | 'events'): void {
    const left = this.leftOut.get(host) ?? { requests: 0, events: 0 };
    left[what]++;
    this.leftOut.set(host, left);
  }

  /** The fatal one also says what is not listed, since the machine has stopped. Call when everything else is judged. */
  private withLeftOut(finding: Finding): Finding {
    if (finding.code !== 'mta.9404') return finding;
    const left = this.leftOut.get(finding.request!.victim);
    if (left === undefined) return finding;
    const { requests, events } = left;
    const parts = [requests > 0 ? numbered(requests, 'request') : '', events > 0 ? numbered(events, 'event') : ''];
    const what = parts.filter(part => part !== '').join(', ');
    const text = `Since the machine has stopped, what follows is left out (${what}); --keep-going lists it.`;
    return { ...finding, explanation: `${finding.explanation} ${text}` };
  }

  /** The host's machine had stopped when it would have logged this: a connect that began before its end fails after it. */
  private silent(host: string, logged: Sighting): boolean {
    const end = this.terminated.get(host);
    return end !== undefined && !this.options.keepGoing && inTimeOrder(end, logged) < 0;
  }

  private connectEvents(end: Stamp): { findings: Finding[]; events: EmulatedEvent[] } {
    const failed: FailedConnect[] = [];
    const events: EmulatedEvent[] = [];
    const open: Refusal[] = [];
    const indices = new Map<string, number>();
    const thread = this.options.profile.fields.threadNumber.value;
    for (const refusal of refusals(this.transport.connects, end)) {
      const { frame, time, stream, winsock, failed: known } = refusal;
      const host = hostOf(refusal.client);
      const unknown = this.mtaReason(host) === null;
      if (unknown && (this.evidence.elsewhere(host) || this.options.mta.length > 0)) continue;
      if (this.silent(host, refusal)) {
        if (winsock !== null) this.leave(host, 'events');
        continue;
      }
      if (!known) {
        open.push(refusal);
        continue;
      }
      if (winsock === null) {
        failed.push({ refusal, unknown, event: null });
        continue;
      }
      const index = (indices.get(host) ?? 0) + 1;
      indices.set(host, index);
      const rendered = connectFailed(winsock, index, thread);
      const event = logged(rendered);
      failed.push({ refusal, unknown, event });
      events.push({ frame, time, host, stream, event, illustrative: rendered.illustrative });
    }
    return { findings: [...failedFindings(failed), ...openFindings(open)], events };
  }

  private controlBlockEvents(conditions: Conditions): { findings: Finding[]; events: EmulatedEvent[] } {
    const findings: Finding[] = [];
    const events: EmulatedEvent[] = [];
    const rule = ruleOf('mta.9156')!;
    const rendered = noControlBlock(this.options.profile.fields.controlBlocks.value);
    const event = logged(rendered);
    const byHost = new Map<string, ConditionRow[]>();
    const silent = new Set<string>();
    for (const row of conditions.take('mta.9156')) {
      const host = row.detail;
      if (this.mtaReason(host) === null) continue;
      if (this.silent(host, { frame: row.frame, time: row.time! })) {
        silent.add(host);
        continue;
      }
      addTo(byHost, host, row);
    }
    // It would have been told of once.
    for (const host of silent) if (!byHost.has(host)) this.leave(host, 'events');
    for (const [host, rows] of byHost) {
      const [row] = rows as [ConditionRow];
      const more = rows.length > 1 ? `; ${rows.length} connections found none` : '';
      findings.push(
        makeFinding({
          ...underRule(rule),
          stream: row.stream,
          direction: row.direction,
          frame: row.frame,
          frames: rows.slice(0, MAX_FRAMES).map(({ frame }) => frame),
          message: `9156 at frame ${row.frame}: the MTA at ${host} has no free control block, ${this.options.profile.fields.controlBlocks.value} are configured${more}`,
          explanation: explanationOf(rule),
          identity: '',
          event,
        }),
      );
      events.push({
        frame: row.frame,
        time: row.time!,
        host,
        stream: row.stream,
        event,
        illustrative: rendered.illustrative,
      });
    }
    return { findings, events };
  }

  /** The machines' high-water marks, and which of them are MTAs. Call after `judge`. */
  hosts(): HostReport[] {
    return Array.from(this.transport.machines, ([address, machine]) => ({
      address,
      mta: this.mtaReason(address),
      controlBlocksPeak: machine.controlBlocksPeak,
      controlBlocksConfigured: machine.controlBlocksConfigured,
      headersPeak: machine.headersPeak,
      elementsPeak: machine.elementsPeak,
      terminatedAt: this.terminated.get(address)?.frame ?? null,
    }));
  }
}

/** A record that is cut or damaged where the reading ends became no frame, of all the `frames`, to be looked at. */
function captureFinding(w: CaptureWarning, frames: number): Finding {
  const rule = ruleOf(w.code);
  const frame = w.frame === null || w.frame > frames ? null : w.frame;
  return makeFinding({
    code: w.code,
    severity: rule?.severity ?? 'warning',
    stream: null,
    direction: null,
    frame,
    frames: frame === null ? [] : [frame],
    message: w.message,
    explanation: explanationOf(rule),
    clause: rule?.clause ?? null,
    identity: w.code,
  });
}

/** As the log has them: one that is decided at a frame may be logged when a wait runs out. */
function inTimeOrder(a: Sighting, b: Sighting): number {
  return compareStamps(a.time, b.time) || a.frame - b.frame;
}
