import { linkTypeName } from '../capture/link.ts';
import type { CaptureReader, FrameSink, ReadCapture } from '../capture/reader.ts';
import type { PortMap } from '../capture/select.ts';
import type { CaptureReport, CaptureWarning, Section, StreamReport } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import { Machine } from '../mta/machine.ts';
import type { Connects } from '../mta/refusals.ts';
import type { Connection } from '../net/connection.ts';
import { FlowTable, type SegmentWatch, type UnreachableWatch } from '../net/flows.ts';
import { IpDecoder } from '../net/ip.ts';
import type { Segment } from '../net/segment.ts';
import { EVIDENCE, plausibleHeader } from '../osi/tpkt.ts';
import { Conditions } from './conditions.ts';
import { ConnectLog } from './connect-log.ts';
import { frameWarnings } from './frame-warnings.ts';
import type { BufferChange, FramingMark, PduRecord, RequestCandidate } from './sink.ts';
import { type StreamRow, streamReport } from './stream-row.ts';
import { Transport } from './transport.ts';
import type { UserFeed } from './users.ts';

export interface TransportOptions {
  /** Ports of ISO transport; `null` looks at every TCP stream and keeps those with evidence. */
  readonly ports: PortMap;
  /** Ports whose streams are kept without evidence, where `ports` is null. */
  readonly named: Uint8Array;
  readonly profile: Profile;
  /** False where nobody asks for findings and events: none are prepared. */
  readonly judge: boolean;
  /** Whether anybody reads this section of the report; of others no rows are kept, unless something else is learnt from them. */
  readonly keep: (section: Section) => boolean;
  /** Detail runs: every TPKT with its trees. */
  readonly onPdu?: ((pdu: PduRecord) => void) | undefined;
  /** Packet lists: every segment, before its octets are read. */
  readonly onSegment?: SegmentWatch | undefined;
  /** Extracts and packet lists: every ICMP message about the SYN of a connection. */
  readonly onUnreachable?: UnreachableWatch | undefined;
  /** Buffer timelines: every change of what an emulated machine holds. */
  readonly onBuffers?: ((change: BufferChange) => void) | undefined;
  readonly onFraming?: ((mark: FramingMark) => void) | undefined;
}

/** What the transport layer of a whole capture came to, beside its streams, in the order in which it was met. */
export interface TransportResult
  extends Pick<
    CaptureReport,
    'format' | 'linkTypes' | 'frames' | 'selectedFrames' | 'bytes' | 'first' | 'last' | 'warnings'
  > {
  readonly connects: Connects;
  readonly candidates: RequestCandidate[];
  readonly conditions: Conditions;
  /** The emulated machines by address; whether a host is an MTA, and whether its machine lived on, is not known yet. */
  readonly machines: ReadonlyMap<string, Machine>;
}

/** Who is told what became of the streams. */
export interface StreamTold {
  /**
   * The row of a stream, once its user was told of its end; `protocol` is what the transport layer alone tells.
   * @param certain whether it stays whatever its user makes of it
   */
  stream(row: StreamRow, certain: boolean): void;
  /** A stream that had a user is no ISO transport after all. */
  none(stream: number): void;
}

/** Machines by address, made when a connection of the host first comes up, or is met in mid-stream. */
class Machines {
  readonly all = new Map<string, Machine>();
  private readonly profile: Profile;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  of(address: string): Machine {
    let machine = this.all.get(address);
    if (machine === undefined) {
      machine = new Machine(this.profile);
      this.all.set(address, machine);
    }
    return machine;
  }
}

/**
 * The lower half of the analysis of one capture, sans-IO: frames go into `frames`, TSDUs go out to the users of the connections.
 * Bytes → frames → segments → TPDUs → TSDUs; what is met on the way waits here until the capture has said who is an MTA.
 */
export class Transports {
  readonly frames: FrameSink;
  private readonly conditions = new Conditions();
  private readonly warnings: CaptureWarning[] = [];
  private readonly options: TransportOptions;
  private readonly told: StreamTold;
  private readonly decoder: IpDecoder;
  private readonly flows: FlowTable;
  private readonly machines: Machines;
  private readonly candidates: RequestCandidate[] = [];
  private readonly connects = new ConnectLog((family, address) => this.decoder.addressText(family, address));
  private selected = 0;

  constructor(options: TransportOptions, users: UserFeed, told: StreamTold) {
    this.options = options;
    this.told = told;
    this.machines = new Machines(options.profile);
    const around = {
      sink: {
        condition: options.judge ? this.conditions.add.bind(this.conditions) : () => {},
        request: (candidate: RequestCandidate) => (options.judge ? this.candidates.push(candidate) - 1 : -1),
        pdu: options.onPdu,
        buffers: options.onBuffers,
        framing: options.onFraming,
      },
      users,
      profile: options.profile,
      emulate: options.judge,
      certain: (connection: Connection) => isNamed(connection, options),
      machines: this.machines,
      addressText: (family: number, address: number) => this.decoder.addressText(family, address),
    };
    this.flows = new FlowTable({
      ports: options.ports ?? options.named,
      fromClient,
      makeUser: connection => new Transport(connection, around),
      addressSum: (family, address) => this.decoder.addressSum(family, address),
      fold: connection => this.fold(connection),
      watch: options.onSegment,
      watchUnreachable: options.onUnreachable,
    });
    this.decoder = new IpDecoder(options.ports, this.flows);
    this.frames = this.decoder;
  }

  warn = (warning: CaptureWarning): void => void this.warnings.push(warning);

  reads = (reader: CaptureReader): void => {
    this.decoder.reader = reader;
  };

  /** The capture has ended: `reader` has read it, `bytes` octets of it. Call once. */
  finish(reader: ReadCapture, bytes: number, compressed: boolean): TransportResult {
    this.flows.end();
    for (const table of [this.decoder.fragments, this.decoder.tunnels]) table.end();
    this.warnings.push(...frameWarnings(this.decoder, reader));
    const span = reader.span();
    return {
      format: reader.format + (compressed ? '+gzip' : ''),
      linkTypes: [...reader.linkTypes].map(linkTypeName),
      frames: reader.frames,
      selectedFrames: this.selected,
      bytes,
      first: span?.first ?? null,
      last: span?.last ?? null,
      warnings: this.warnings,
      connects: this.connects.connects,
      candidates: this.candidates,
      conditions: this.conditions,
      machines: this.machines.all,
    };
  }

  private fold(c: Connection): void {
    const transport = c.user as Transport;
    if (!this.options.keep('streams') && !this.options.judge && this.options.ports !== null) {
      this.selected += c.frames;
      return;
    }
    const row = streamReport(c, transport);
    const named = isNamed(c, this.options);
    const { settled } = transport.cotp;
    const connects = settled.requestSeen() || settled.confirmSeen();
    if (!named) {
      const foreign = transport.foreignOctets;
      // What a user makes of its TSDUs is not known here: with one, the stream stays until it has told.
      if (foreign || (!transport.cotp.used && !connects && !hasEvidence(row))) {
        transport.withdraw();
        this.conditions.dropStream(c.id);
        if (transport.cotp.used) this.told.none(c.id);
        return;
      }
    }
    this.selected += c.frames;
    this.told.stream(row, named || connects);
    if (!c.handshake.synSeen && !c.handshake.synAckSeen && c.halves[0].bytes + c.halves[1].bytes > 0) {
      const guessed = !named && !settled.sidesTold && c.serverPort < c.clientPort;
      const guess = guessed ? ', and the lower port is taken for that of the server' : '';
      this.conditions.add('tcp.midstream', c.id, null, c.firstFrame, `the capture has no SYN of it${guess}`);
    }
    for (const d of [0, 1] as const) {
      const other = d === 0 ? 1 : 0;
      if (c.halves[d].bytes > 0 && c.halves[other].frames === 0) {
        this.conditions.add(
          'tcp.one-sided',
          c.id,
          d,
          c.firstFrame,
          `nothing of ${other === 0 ? transport.client : transport.server} is in the capture`,
        );
      }
    }
    if (this.options.judge) this.connects.note(c, transport.client, transport.server);
  }
}

/** Whether a stream stays whatever it holds: one on a port that is looked at. */
function isNamed({ clientPort, serverPort }: Connection, { ports, named }: TransportOptions): boolean {
  return ports !== null || named[clientPort] === 1 || named[serverPort] === 1;
}

/** `--any-port`: a stream of another port without CR and CC stays when at least two TPKTs were framed in it. */
export function hasEvidence(row: StreamReport): boolean {
  return row.protocol !== '' || row.directions.some(d => d.tsdus > 1 && d.tpkts > 1);
}

/** A CR comes from the side that opened the TCP connection, a CC from the other one (RFC 1006 section 5). */
function fromClient({ bytes, start, captured }: Segment): boolean | null {
  if (captured < EVIDENCE || !plausibleHeader(bytes, start, 0)) return null;
  const code = bytes[start + 5]! >> 4;
  return code === 0xe || code === 0xd ? code === 0xe : null;
}
