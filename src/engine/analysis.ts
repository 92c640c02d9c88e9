import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import type { PortMap } from '../capture/select.ts';
import type { Association, Message } from '../model/message.ts';
import type { CaptureReport, CaptureWarning, StreamReport } from '../model/report.ts';
import type { Fault } from '../model/tsdu.ts';
import { Conditions } from './conditions.ts';
import { Judgement, type JudgementOptions } from './judgement.ts';
import { hasEvidence, type TransportOptions, type TransportResult, Transports } from './transports.ts';
import { type MakeUser, Users } from './users.ts';

export interface AnalysisOptions extends TransportOptions, JudgementOptions {
  /** Makes the user of one transport connection; its results go to `associations` and `messages` of the analysis. */
  readonly makeUpper: (stream: number, client: string, server: string, analysis: UserAnalysis) => ReturnType<MakeUser>;
}

/**
 * The upper half of the analysis of one capture: the users of the transport connections, and, once the transport layer has come to its
 * end, the judgement of everything.
 */
export class UserAnalysis {
  readonly users: Users;
  private readonly conditions = new Conditions();
  private readonly associations: Association[] = [];
  private readonly messages: Message[] = [];
  private readonly options: AnalysisOptions;

  constructor(options: AnalysisOptions) {
    this.options = options;
    this.users = new Users((stream, client, server) => options.makeUpper(stream, client, server, this));
  }

  addAssociation = (a: Association): void => void this.associations.push(a);
  addMessage = (m: Message): void => void this.messages.push(m);
  addFault = (stream: number, f: Fault): void => {
    if (this.options.judge) this.conditions.add(f.code, stream, f.direction, f.frame, f.detail);
  };

  /** The capture has ended, and every user was told so. Call once. */
  finish(file: string, transport: TransportResult): CaptureReport {
    const { outcomes, hits } = this.users;
    const lower = new Conditions(transport.conditions);
    let streams: StreamReport[] = transport.streams;
    for (const row of transport.streams) row.protocol = outcomes[row.id]?.protocol || row.protocol;
    if (this.options.ports === null) {
      const none = new Set(streams.filter(row => !hasEvidence(row)).map(row => row.id));
      for (const conditions of [lower, this.conditions]) conditions.drop(stream => none.has(stream));
      streams = streams.filter(row => !none.has(row.id));
    }
    // RDP mixes TPKTs with its own fast-path PDUs, which begin otherwise ([MS-RDPBCGR] 2.2.9.1.2).
    const rdp = new Set(streams.filter(row => row.protocol === 'RDP').map(row => row.id));
    if (rdp.size > 0) lower.drop((stream, code) => code === 'tpkt.version' && rdp.has(stream));
    for (const [request, words] of hits) transport.candidates[request]!.hits = words;
    const judgement = new Judgement(this.options, { ...transport, streams }, outcomes);
    const { findings, events } = this.options.judge
      ? judgement.judge(lower, this.conditions)
      : { findings: [], events: [] };
    const { format, linkTypes, frames, selectedFrames, bytes, first, last, warnings } = transport;
    return {
      file,
      format,
      linkTypes,
      frames,
      selectedFrames,
      bytes,
      first,
      last,
      warnings,
      streams,
      findings,
      events,
      hosts: judgement.hosts(),
      associations: this.associations.sort((a, b) => a.id - b.id),
      messages: this.messages,
    };
  }
}

/** The analysis of one capture, sans-IO and in one thread: frames go into `frames`, the report comes out of `finish`. */
export class CaptureAnalysis {
  readonly frames: FrameSink;
  readonly warn: (warning: CaptureWarning) => void;
  /** The ports that the frames are to be of. */
  readonly ports: PortMap;
  private readonly transports: Transports;
  private readonly upper: UserAnalysis;

  constructor(options: AnalysisOptions) {
    this.upper = new UserAnalysis(options);
    this.transports = new Transports(options, this.upper.users);
    this.ports = options.ports;
    this.frames = this.transports.frames;
    this.warn = this.transports.warn;
  }

  /** The capture has ended. Call once. */
  finish(file: string, reader: CaptureReader, bytes: number, compressed: boolean): CaptureReport {
    return this.upper.finish(file, this.transports.finish(reader, bytes, compressed));
  }
}
