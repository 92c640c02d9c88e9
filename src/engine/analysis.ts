import type { CaptureReader, FrameSink, ReadCapture } from '../capture/reader.ts';
import type { PortMap } from '../capture/select.ts';
import type { Association, Message } from '../model/message.ts';
import type { CaptureReport, CaptureWarning, StreamReport } from '../model/report.ts';
import type { Aside } from '../model/rows.ts';
import type { Fault } from '../model/tsdu.ts';
import { Conditions } from './conditions.ts';
import { HostEvidence, Judgement, type JudgementOptions } from './judgement.ts';
import { RowStore } from './row-store.ts';
import type { StreamRow } from './stream-row.ts';
import { hasEvidence, type TransportOptions, type TransportResult, Transports } from './transports.ts';
import { type MakeUser, Users } from './users.ts';

export interface AnalysisOptions extends TransportOptions, JudgementOptions {
  /** Makes the user of one transport connection; its results go to `associations` and `messages` of the analysis. */
  readonly makeUpper: (stream: number, client: string, server: string, analysis: UserAnalysis) => ReturnType<MakeUser>;
  /** Null keeps all rows in memory. */
  readonly aside: {
    readonly streams: Aside<StreamReport>;
    readonly associations: Aside<Association>;
    readonly messages: Aside<Message>;
  } | null;
}

/**
 * The upper half of the analysis of one capture: the users of the transport connections, and, once the transport layer has come to its
 * end, the judgement of everything.
 */
export class UserAnalysis {
  readonly users: Users;
  private readonly conditions = new Conditions();
  private readonly evidence: HostEvidence;
  /** Streams of another port that turned out to be no ISO transport (`--any-port`), and the frames of these. */
  private readonly none = new Set<number>();
  private noFrames = 0;
  /** Streams that the transport layer itself tells to be another protocol's. */
  private readonly foreign = new Map<number, string>();
  private readonly streams: RowStore<StreamReport>;
  private readonly associations: RowStore<Association>;
  private readonly messages: RowStore<Message>;
  private readonly options: AnalysisOptions;

  constructor(options: AnalysisOptions) {
    this.options = options;
    this.evidence = new HostEvidence(options.mta);
    this.streams = new RowStore(options.aside?.streams ?? null);
    this.associations = new RowStore(options.aside?.associations ?? null);
    this.messages = new RowStore(options.aside?.messages ?? null);
    this.users = new Users(
      (stream, client, server) => options.makeUpper(stream, client, server, this),
      (stream, f) => this.conditions.add(f.code, stream, f.direction, f.frame, f.detail),
    );
  }

  /** Its user has ended, and what that was is known. */
  addStream = (row: StreamRow, certain: boolean): void => {
    const outcome = this.users.outcomes[row.id];
    row.protocol = outcome?.protocol || row.protocol;
    if (!certain && !hasEvidence(row)) {
      this.dropStream(row.id);
      this.noFrames += row.frames;
      return;
    }
    this.streams.put(row.id, row);
    this.evidence.add(row, outcome?.mtaEvidence === true);
    if (row.protocol === 'RDP' || row.protocol === 'H.323') this.foreign.set(row.id, row.protocol);
  };
  dropStream = (stream: number): void => void this.none.add(stream);
  addAssociation = (a: Association): void => {
    if (this.options.keep('associations')) this.associations.put(a.id, a);
  };
  addMessage = (number: number, m: Message): void => {
    if (this.options.keep('messages')) this.messages.put(number, m);
  };
  changeMessage = (number: number, known: Partial<Message>): void => this.messages.change(number, known);
  addFault = (stream: number, f: Fault): void => {
    if (this.options.judge) this.users.fault(stream, f);
  };

  /**
   * The stream is recognised as S7, MMS, RDP, H.323 or another protocol that no MTA speaks: whoever received it there was no MTA, be there
   * one on the same host.
   */
  private isOthers(stream: number): boolean {
    if (this.foreign.has(stream)) return true;
    const outcome = this.users.outcomes[stream];
    return outcome !== undefined && outcome.protocol !== '' && !outcome.mtaEvidence;
  }

  /** The capture has ended, and every user was told so. Call once. */
  finish(file: string, transport: TransportResult): CaptureReport {
    const { none, foreign, streams } = this;
    const { hits } = this.users;
    const lower = transport.conditions;
    if (none.size > 0) {
      for (const conditions of [lower, this.conditions]) conditions.drop(stream => none.has(stream));
      for (const rows of [this.associations, this.messages])
        rows.drop(({ stream }: { stream: number }) => none.has(stream));
    }
    for (const candidate of transport.candidates) {
      const { stream } = candidate;
      candidate.withdrawn ||= none.has(stream) || (this.options.mta.length === 0 && this.isOthers(stream));
    }
    // RDP mixes TPKTs with its own fast-path PDUs, which begin otherwise ([MS-RDPBCGR] 2.2.9.1.2).
    if (foreign.size > 0) lower.drop((stream, code) => code === 'tpkt.version' && foreign.get(stream) === 'RDP');
    for (const [request, words] of hits) transport.candidates[request]!.hits = words;
    const judgement = new Judgement(this.options, transport, this.evidence);
    const { findings, events } = this.options.judge
      ? judgement.judge(lower, this.conditions)
      : { findings: [], events: [] };
    const { format, linkTypes, frames, bytes, first, last, warnings } = transport;
    return {
      file,
      format,
      linkTypes,
      frames,
      selectedFrames: transport.selectedFrames - this.noFrames,
      bytes,
      first,
      last,
      warnings,
      streams,
      findings,
      events,
      hosts: judgement.hosts(),
      associations: this.associations,
      messages: this.messages,
    };
  }
}

/** The analysis of one capture, sans-IO and in one thread: frames go into `frames`, the report comes out of `finish`. */
export class CaptureAnalysis {
  readonly frames: FrameSink;
  readonly warn: (warning: CaptureWarning) => void;
  /** Who hands over the frames, so that what is wrong with one says where it stands. */
  readonly reads: (reader: CaptureReader) => void;
  /** The ports that the frames are to be of. */
  readonly ports: PortMap;
  private readonly transports: Transports;
  private readonly upper: UserAnalysis;

  constructor(options: AnalysisOptions) {
    this.upper = new UserAnalysis(options);
    this.transports = new Transports(options, this.upper.users, {
      stream: this.upper.addStream,
      none: this.upper.dropStream,
    });
    this.ports = options.ports;
    this.frames = this.transports.frames;
    this.warn = this.transports.warn;
    this.reads = this.transports.reads;
  }

  /** The capture has ended. Call once. */
  finish(file: string, reader: ReadCapture, bytes: number, compressed: boolean): CaptureReport {
    return this.upper.finish(file, this.transports.finish(reader, bytes, compressed));
  }
}
