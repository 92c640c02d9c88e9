import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import { linkTypeName, type PortMap } from '../capture/select.ts';
import type { Finding } from '../model/finding.ts';
import type { Association, Message } from '../model/message.ts';
import type { CaptureReport, CaptureWarning, EmulatedEvent, HostReport, StreamReport } from '../model/report.ts';
import type { Fault, Stamp, TransportUser } from '../model/tsdu.ts';
import { connectFailed, noControlBlock } from '../mta/events.ts';
import type { Profile } from '../mta/knobs.ts';
import { Machine } from '../mta/machine.ts';
import { type ConnectFacts, type Refusal, refusals, type Sighting } from '../mta/refusals.ts';
import type { Connection } from '../net/connection.ts';
import { FlowTable, type SegmentWatch } from '../net/flows.ts';
import { IpDecoder } from '../net/ip.ts';
import { ruleOf } from '../rules/catalogue.ts';
import { Conditions, makeFinding } from './conditions.ts';
import type { BufferChange, PduRecord, RequestCandidate } from './sink.ts';
import { streamReport } from './stream-row.ts';
import { Transport } from './transport.ts';
import { judgeRequests } from './verdicts.ts';

export interface AnalysisOptions {
  /** Ports of ISO transport; `null` looks at every TCP stream and keeps those with evidence. */
  readonly ports: PortMap;
  readonly mta: readonly string[];
  readonly profile: Profile;
  readonly keepGoing: boolean;
  /** False where nobody asks for findings and events: none are made. */
  readonly judge: boolean;
  /** Makes the user of one transport connection; its results go to `associations` and `messages` of the analysis. */
  readonly makeUpper: (stream: number, client: string, server: string, analysis: CaptureAnalysis) => TransportUser;
  /** Detail runs: every TPKT with its trees. */
  readonly onPdu?: ((pdu: PduRecord) => void) | undefined;
  /** Packet lists: every segment, before its octets are read. */
  readonly onSegment?: SegmentWatch | undefined;
  /** Buffer timelines: every change of what an emulated machine holds. */
  readonly onBuffers?: ((change: BufferChange) => void) | undefined;
}

/** Machines by address, made when a host first opens a connection. */
class Machines {
  readonly all = new Map<string, Machine>();
  private readonly profile: Profile;
  private readonly keepGoing: boolean;

  constructor(profile: Profile, keepGoing: boolean) {
    this.profile = profile;
    this.keepGoing = keepGoing;
  }

  of(address: string): Machine {
    let machine = this.all.get(address);
    if (machine === undefined) {
      machine = new Machine(this.profile, this.keepGoing);
      this.all.set(address, machine);
    }
    return machine;
  }
}

/**
 * The analysis of one capture, sans-IO: frames go into `frames`, the report comes out of `finish`.
 * Bytes → frames → segments → TPDUs → user; what is met on the way waits here until the capture has said who is an MTA.
 */
export class CaptureAnalysis {
  readonly frames: FrameSink;
  readonly conditions = new Conditions();
  readonly associations: Association[] = [];
  readonly messages: Message[] = [];
  readonly warnings: CaptureWarning[] = [];
  private readonly options: AnalysisOptions;
  private readonly decoder: IpDecoder;
  private readonly flows: FlowTable;
  private readonly machines: Machines;
  private readonly candidates: RequestCandidate[] = [];
  private readonly streams: StreamReport[] = [];
  private readonly connects: ConnectFacts[] = [];
  /** Address to the reason why it counts as an MTA, or as something else. */
  private readonly evidence = new Map<string, string>();
  private readonly otherUse = new Set<string>();
  private selected = 0;

  constructor(options: AnalysisOptions) {
    this.options = options;
    this.machines = new Machines(options.profile, options.keepGoing);
    const around = {
      sink: {
        condition: options.judge ? this.conditions.add.bind(this.conditions) : () => {},
        request: options.judge ? (c: RequestCandidate) => void this.candidates.push(c) : () => {},
        pdu: options.onPdu,
        buffers: options.onBuffers,
      },
      profile: options.profile,
      emulate: options.judge,
      machines: this.machines,
      addressText: (family: number, address: number) => this.decoder.addressText(family, address),
      makeUpper: (stream: number, client: string, server: string) => options.makeUpper(stream, client, server, this),
    };
    this.flows = new FlowTable({
      ports: options.ports,
      makeUser: connection => new Transport(connection, around),
      addressSum: (family, address) => this.decoder.addressSum(family, address),
      fold: connection => this.fold(connection),
      watch: options.onSegment,
    });
    this.decoder = new IpDecoder(options.ports, this.flows);
    this.frames = this.decoder;
  }

  addAssociation = (a: Association): void => void this.associations.push(a);
  addMessage = (m: Message): void => void this.messages.push(m);
  addFault = (stream: number, f: Fault): void => {
    if (this.options.judge) this.conditions.add(f.code, stream, f.direction, f.frame, f.detail);
  };
  warn = (warning: CaptureWarning): void => void this.warnings.push(warning);

  /** The capture has ended. Call once. */
  finish(file: string, reader: CaptureReader, bytes: number, compressed: boolean): CaptureReport {
    this.flows.end();
    this.describeFrames();
    const span = reader.span();
    const streams = this.streams.sort((a, b) => a.id - b.id);
    const { findings, events } = this.options.judge
      ? this.judge(span?.last ?? { sec: 0, nsec: 0 })
      : { findings: [], events: [] };
    return {
      file,
      format: reader.format + (compressed ? '+gzip' : ''),
      linkTypes: [...reader.linkTypes].map(linkTypeName),
      frames: reader.frames,
      selectedFrames: this.selected,
      bytes,
      first: span?.first ?? null,
      last: span?.last ?? null,
      warnings: this.warnings,
      streams,
      findings,
      events,
      hosts: this.hostReports(),
      associations: this.associations.sort((a, b) => a.id - b.id),
      messages: this.messages,
    };
  }

  private judge(last: Stamp): { findings: Finding[]; events: EmulatedEvent[] } {
    const verdicts = judgeRequests(
      this.candidates,
      this.options.profile,
      {
        mta: address => this.mtaReason(address),
        terminatedAt: address => this.machines.of(address).terminatedAt,
        terminate: (address, frame) => this.machines.of(address).terminate(frame),
      },
      this.options.keepGoing,
    );
    const blocks = this.controlBlockEvents();
    const connects = this.connectEvents(last);
    const findings = [
      ...verdicts.findings,
      ...connects.findings,
      ...blocks.findings,
      ...this.conditions.findings(),
      ...this.warnings.map(captureFinding),
    ].sort(byImportance);
    const events = [...verdicts.events, ...connects.events, ...blocks.events].sort((a, b) => a.frame - b.frame);
    return { findings, events };
  }

  /** What the frames themselves leave open, one line each. */
  private describeFrames(): void {
    const { cutFrames, firstCut, backwards, firstBackwards, fragments } = this.decoder;
    fragments.end();
    const add = (code: string, frame: number, message: string) => this.warn({ code, message, frame, offset: null });
    if (cutFrames > 0) {
      add(
        'capture.snaplen',
        firstCut,
        `a snap length cut ${cutFrames} of the frames analyzed, the first is frame ${firstCut}`,
      );
    }
    if (backwards > 0) {
      add(
        'capture.time',
        firstBackwards,
        `${backwards} frames are earlier than the one before them, the first is frame ${firstBackwards}; they are read in the order of the file (reordercap sorts it)`,
      );
    }
    if (fragments.lost > 0) {
      add(
        'capture.fragments',
        fragments.lostFrame,
        `${fragments.lost} IP datagrams were not put together, the first begins in frame ${fragments.lostFrame}`,
      );
    }
  }

  private fold(c: Connection): void {
    const transport = c.user as Transport;
    this.selected += c.frames;
    const row = streamReport(c, transport);
    if (this.options.ports === null && !hasEvidence(row)) {
      this.conditions.drop(c.id);
      return;
    }
    this.streams.push(row);
    if (!c.synSeen && !c.synAckSeen && c.halves[0].bytes + c.halves[1].bytes > 0) {
      this.conditions.add('tcp.midstream', c.id, null, c.firstFrame, `stream ${c.id} has no SYN in the capture`);
    }
    for (const d of [0, 1] as const) {
      const other = d === 0 ? 1 : 0;
      if (c.halves[d].bytes > 0 && c.sent[other] === 0) {
        this.conditions.add(
          'tcp.one-sided',
          c.id,
          d,
          c.firstFrame,
          `nothing of ${other === 0 ? transport.client : transport.server} is in the capture`,
        );
      }
    }
    const { upper } = transport;
    if (upper?.mtaEvidence) {
      const what = upper.protocol === '' ? 'OSI session' : upper.protocol;
      for (const address of [transport.client, transport.server]) {
        if (!this.evidence.has(address)) this.evidence.set(address, `${what} on stream ${c.id}`);
      }
    } else if ((upper !== null && upper.protocol !== '') || transport.foreign !== null) {
      this.otherUse.add(transport.client).add(transport.server);
    }
    if (this.options.judge && c.synFrames.length > 0) this.noteConnect(c, transport);
  }

  private noteConnect(c: Connection, transport: Transport): void {
    const at = (frame: number, time: number): Sighting => ({
      frame,
      time: { sec: Math.floor(time), nsec: Math.round((time % 1) * 1e9) },
    });
    const accepted = c.synAckSeen || c.halves[1].bytes > 0;
    this.connects.push({
      stream: c.id,
      client: `${transport.client}:${c.clientPort}`,
      server: `${transport.server}:${c.serverPort}`,
      syns: c.synFrames.map((frame, i) => at(frame, c.synTimes[i]!)),
      // In a file whose frames are out of order the answer may stand before the SYN.
      accepted: c.synAckSeen
        ? at(Math.max(c.synAckFrame, c.synFrames[0]!), c.synAckTime)
        : accepted
          ? at(c.lastFrame, c.endSec)
          : null,
      resets: c.refusals.map((frame, i) => at(frame, c.refusalTimes[i]!)),
      abandoned: !accepted && c.rstFrame > 0 && c.refusals.length === 0 ? at(c.rstFrame, c.endSec) : null,
    });
  }

  private mtaReason(address: string): string | null {
    if (this.options.mta.length > 0) return this.options.mta.includes(address) ? 'named by --mta' : null;
    return this.evidence.get(address) ?? null;
  }

  private connectEvents(end: { sec: number; nsec: number }): { findings: Finding[]; events: EmulatedEvent[] } {
    const findings: Finding[] = [];
    const events: EmulatedEvent[] = [];
    const rule = ruleOf('mta.9215')!;
    const indices = new Map<string, number>();
    for (const r of refusals(this.connects, end)) {
      const host = r.client.slice(0, r.client.lastIndexOf(':'));
      const reason = this.mtaReason(host);
      if (reason === null && (this.otherUse.has(host) || this.options.mta.length > 0)) continue;
      if (r.winsock === null) {
        findings.push(unansweredFinding(r));
        continue;
      }
      const dead = this.machines.of(host).terminatedAt;
      if (dead !== null && dead < r.frame && !this.options.keepGoing) continue;
      const index = (indices.get(host) ?? 0) + 1;
      indices.set(host, index);
      const rendered = connectFailed(r.winsock, index, this.options.profile.fields.threadNumber.value);
      const event = { id: rendered.id, text: rendered.text };
      findings.push(
        makeFinding({
          code: 'mta.9215',
          severity: reason === null ? 'note' : rule.severity,
          stream: r.streams[0]!,
          direction: 0,
          frame: r.frame,
          frames: r.frames,
          message: `9215 at frame ${r.frame}: ${r.server} ${r.winsock === 10061 ? 'refused the connection' : 'did not answer'} (Winsock ${r.winsock}), ${r.syns} SYNs`,
          explanation: `${r.why}. ${reason === null ? `Nothing in the capture says that ${host} is an MTA (--mta names it). ` : ''}${rule.help}`,
          clause: rule.clause,
          identity: `${r.winsock}|${r.server}`,
          event,
        }),
      );
      events.push({
        frame: r.frame,
        time: r.time,
        host,
        stream: r.streams[0]!,
        event,
        illustrative: rendered.illustrative,
      });
    }
    return { findings, events };
  }

  private controlBlockEvents(): { findings: Finding[]; events: EmulatedEvent[] } {
    const findings: Finding[] = [];
    const events: EmulatedEvent[] = [];
    const rule = ruleOf('mta.9156')!;
    const rendered = noControlBlock(this.options.profile.fields.controlBlocks.value);
    const event = { id: rendered.id, text: rendered.text };
    const seen = new Set<string>();
    for (const row of this.conditions.take('mta.9156')) {
      const host = row.detail;
      if (this.mtaReason(host) === null || seen.has(host)) continue;
      seen.add(host);
      findings.push(
        makeFinding({
          code: 'mta.9156',
          severity: rule.severity,
          stream: row.stream,
          direction: row.direction,
          frame: row.frame,
          frames: row.frames,
          message: `9156 at frame ${row.frame}: the MTA at ${host} has no free control block, ${this.options.profile.fields.controlBlocks.value} are configured`,
          explanation: `${rule.certain} ${rule.help}`,
          clause: rule.clause,
          identity: host,
          event,
        }),
      );
      const stream = this.streams.find(s => s.id === row.stream);
      events.push({
        frame: row.frame,
        time: stream?.start ?? { sec: 0, nsec: 0 },
        host,
        stream: row.stream,
        event,
        illustrative: rendered.illustrative,
      });
    }
    return { findings, events };
  }

  private hostReports(): HostReport[] {
    return [...this.machines.all].map(([address, m]) => ({
      address,
      mta: this.mtaReason(address),
      controlBlocksPeak: m.controlBlocksPeak,
      controlBlocksConfigured: m.controlBlocksConfigured,
      headersPeak: m.headersPeak,
      elementsPeak: m.elementsPeak,
      terminatedAt: m.terminatedAt,
    }));
  }
}

function unansweredFinding(r: Refusal): Finding {
  const rule = ruleOf('mta.9215-possible')!;
  return makeFinding({
    code: rule.code,
    severity: rule.severity,
    stream: r.streams[0]!,
    direction: 0,
    frame: r.frame,
    frames: r.frames,
    message: `9215 possible at frame ${r.frame}: ${r.why}`,
    explanation: `${rule.certain} ${rule.help}`,
    clause: rule.clause,
    identity: r.server,
  });
}

/** `--any-port`: a stream stays when at least two TPKTs were framed in it, or a CR was answered. */
function hasEvidence(row: StreamReport): boolean {
  return row.protocol !== '' || row.tpduSize !== null || row.directions.some(d => d.tsdus > 1 && d.tpkts > 1);
}

function captureFinding(w: CaptureWarning): Finding {
  const rule = ruleOf(w.code);
  return makeFinding({
    code: w.code,
    severity: rule?.severity ?? 'warning',
    stream: null,
    direction: null,
    frame: w.frame,
    frames: w.frame === null ? [] : [w.frame],
    message: w.message,
    explanation: rule === undefined ? '' : `${rule.certain} ${rule.help}`,
    clause: rule?.clause ?? null,
    identity: w.code,
  });
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

/** What stops the machine first, then by severity, then in capture order. */
function byImportance(a: Finding, b: Finding): number {
  const fatal = Number(b.code === 'mta.9404') - Number(a.code === 'mta.9404');
  return (
    fatal ||
    RANK[a.severity] - RANK[b.severity] ||
    (a.frame ?? 0) - (b.frame ?? 0) ||
    (a.stream ?? -1) - (b.stream ?? -1)
  );
}
