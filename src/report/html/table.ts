import { addTo } from '../../base/lists.ts';
import type { Direction } from '../../model/finding.ts';
import type { StreamReport } from '../../model/report.ts';
import { flagNames, tcpSummary } from '../packets-tcp.ts';

/** What a row of the packet list is about; the ladder draws by it. */
export const ROW = {
  /** A segment that only acknowledges. */
  ack: 0,
  /** SYN, FIN or RST. */
  control: 1,
  /** Octets that complete no TPKT. */
  part: 2,
  /** A TPKT with a part of a TSDU. */
  fragment: 3,
  /** A TPKT that completes a TSDU. */
  data: 4,
  /** A TPDU that is no data: CR, CC, DR … */
  transport: 5,
  /** Association: CONNECT, ACCEPT, FINISH, ABORT … */
  association: 6,
  /** Not TCP, or a fragment of a datagram. */
  other: 7,
} as const;
export type RowKind = (typeof ROW)[keyof typeof ROW];

/** One row of the packet list, a frame. */
export interface PacketRow {
  readonly no: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  /** -1 when the frame belongs to none of the streams. */
  readonly stream: number;
  readonly direction: Direction;
  /** Addresses; empty when the frame has none. */
  readonly source: string;
  readonly destination: string;
  /** Octets on the wire. */
  readonly length: number;
  /** Octets of TCP payload. */
  readonly payload: number;
  readonly kind: RowKind;
  /** The columns of `mtascope packets`. */
  readonly protocol: string;
  readonly info: string;
}

/** Where packets come from and go to. */
export interface PacketEnds {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/**
 * Rows as columns: how they are kept, embedded and sent. `protocols`, `remarks` and `texts` are indices into `words`, `pairs` into
 * `ends`. Texts of segments would nearly all be different: their numbers are kept, and the text is made of them when a row is shown.
 */
export interface PacketColumns {
  readonly words: string[];
  readonly ends: PacketEnds[];
  /** Each row's frame number less that of the row before. */
  readonly steps: number[];
  /** Nanoseconds since the row before. */
  readonly waits: number[];
  readonly streams: number[];
  readonly directions: number[];
  readonly pairs: number[];
  readonly lengths: number[];
  readonly payloads: number[];
  readonly kinds: number[];
  readonly protocols: number[];
  /** What Info begins with. */
  readonly remarks: number[];
  /** Flags of the segment that Info sums up; -1 where it does not. */
  readonly flags: number[];
  readonly seqs: number[];
  readonly acks: number[];
  readonly windows: number[];
  /** What Info ends with. */
  readonly texts: number[];
  /** The comments of each frame that has some, by its number. */
  readonly comments: [frame: number, comments: readonly string[]][];
}

/** The packet list as typed columns: 100,000 rows in some megabytes. */
export class PacketTable {
  readonly count: number;
  readonly frames: Uint32Array;
  readonly times: Float64Array;
  readonly streams: Int32Array;
  readonly columns: PacketColumns;
  private readonly commented: ReadonlyMap<number, readonly string[]>;

  constructor(columns: PacketColumns) {
    this.columns = columns;
    this.commented = new Map(columns.comments);
    this.count = columns.steps.length;
    this.frames = new Uint32Array(this.count);
    this.times = new Float64Array(this.count);
    this.streams = Int32Array.from(columns.streams);
    let no = 0;
    let nanos = 0;
    for (let i = 0; i < this.count; i++) {
      no += columns.steps[i]!;
      nanos += columns.waits[i]!;
      this.frames[i] = no;
      this.times[i] = nanos / 1e9;
    }
  }

  /** Comments of a frame, by its number. */
  comments(no: number): readonly string[] {
    return this.commented.get(no) ?? [];
  }

  row(i: number): PacketRow {
    const c = this.columns;
    const { source, destination } = c.ends[c.pairs[i]!]!;
    return {
      no: this.frames[i]!,
      time: this.times[i]!,
      stream: this.streams[i]!,
      direction: c.directions[i] as Direction,
      source,
      destination,
      length: c.lengths[i]!,
      payload: c.payloads[i]!,
      kind: c.kinds[i] as RowKind,
      protocol: c.words[c.protocols[i]!]!,
      info: this.info(i),
    };
  }

  private info(i: number): string {
    const c = this.columns;
    const flags = c.flags[i]!;
    const { sourcePort, destinationPort } = c.ends[c.pairs[i]!]!;
    const sight = { seq: c.seqs[i]!, ack: c.acks[i]!, window: c.windows[i]! };
    const summary = flags < 0 ? '' : tcpSummary(sourcePort, destinationPort, flags, c.payloads[i]!, sight);
    return c.words[c.remarks[i]!]! + summary + c.words[c.texts[i]!]!;
  }

  /** Info up to its first number that differs from packet to packet: what it is ordered by first. */
  infoHead(i: number): string {
    const c = this.columns;
    const remarks = c.words[c.remarks[i]!]!;
    const flags = c.flags[i]!;
    if (flags < 0) return remarks + c.words[c.texts[i]!]!;
    const { sourcePort, destinationPort } = c.ends[c.pairs[i]!]!;
    return `${remarks}${sourcePort} → ${destinationPort} [${flagNames(flags)}]`;
  }

  /** Whether the row is an ICMP message. */
  isIcmp(i: number): boolean {
    return this.columns.words[this.columns.protocols[i]!]!.startsWith('ICMP');
  }

  /** Row of the frame, or the nearest row after it; `count` when there is none. */
  indexOf(frame: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.frames[mid]! < frame) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

/** Finds the stream of a segment by what the finished report says of the streams. */
export class StreamIndex {
  private readonly byEnds = new Map<string, StreamReport[]>();

  constructor(streams: readonly StreamReport[]) {
    for (const s of streams) {
      const key = ends(s.client.address, s.client.port, s.server.address, s.server.port);
      addTo(this.byEnds, key, s);
    }
    for (const list of this.byEnds.values()) list.sort((a, b) => a.firstFrame - b.firstFrame);
  }

  /** The last incarnation of these ends that begins at or before `frame`; null when the report does not have it. */
  find(
    source: string,
    sourcePort: number,
    destination: string,
    destinationPort: number,
    frame: number,
  ): { stream: StreamReport; direction: Direction } | null {
    const list = this.byEnds.get(ends(source, sourcePort, destination, destinationPort));
    if (list === undefined) return null;
    let found: StreamReport | null = null;
    for (const s of list) if (s.firstFrame <= frame) found = s;
    if (found === null) return null;
    const { client } = found;
    return { stream: found, direction: client.address === source && client.port === sourcePort ? 0 : 1 };
  }
}

function ends(a: string, ap: number, b: string, bp: number): string {
  const x = `${a} ${ap}`;
  const y = `${b} ${bp}`;
  return x < y ? `${x} ${y}` : `${y} ${x}`;
}
