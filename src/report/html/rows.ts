import type { FrameSink } from '../../capture/reader.ts';
import type { PortMap } from '../../capture/select.ts';
import type { PduRecord } from '../../engine/sink.ts';
import type { StreamReport } from '../../model/report.ts';
import type { Stamp } from '../../model/tsdu.ts';
import type { SegmentWatch } from '../../net/flows.ts';
import type { Unreachable } from '../../net/icmp.ts';
import { IpDecoder } from '../../net/ip.ts';
import type { Segment } from '../../net/segment.ts';
import { icmpWords, isIcmp } from '../packets-icmp.ts';
import { type PacketWords, packetWords } from '../packets-info.ts';
import { type Packet, PacketLister } from '../packets-list.ts';
import { clean } from '../safe.ts';
import { packetKind, segmentKind } from './kind.ts';
import { linkTrees } from './link-tree.ts';
import { type PacketColumns, type PacketEnds, ROW, StreamIndex } from './table.ts';

/** Characters of an Info text that are kept, as many as the list in the terminal shows. */
const MAX_INFO = 1000;

/** What a row needs of a segment before it is final. */
interface Seen {
  readonly ends: PacketEnds;
  readonly flags: number;
  readonly length: number;
}

/**
 * Makes the packet list: hand it each frame, then its segment and the PDUs that it completes, and call `settle` now and then. What a
 * row says is decided where `mtascope packets` decides it. Rows beyond `limit` are counted, not kept.
 */
export class RowBuilder {
  /** Frames offered, with those beyond the limit. */
  offered = 0;
  /** Stream of the frame at hand, known before its octets are read; -1 when it belongs to none. */
  stream = -1;
  /** The comments of the frame at hand. */
  comments: () => readonly string[] = () => [];
  private readonly limit: number;
  private readonly index: StreamIndex;
  private readonly decoder: IpDecoder;
  private readonly lister: PacketLister<never>;
  private readonly words: string[] = [];
  private readonly wordAt = new Map<string, number>();
  private readonly ends: PacketEnds[] = [];
  private readonly endsAt = new Map<string, number>();
  private readonly made: Omit<PacketColumns, 'words' | 'ends'> = {
    steps: [],
    waits: [],
    streams: [],
    directions: [],
    pairs: [],
    lengths: [],
    payloads: [],
    kinds: [],
    protocols: [],
    remarks: [],
    flags: [],
    seqs: [],
    acks: [],
    windows: [],
    texts: [],
    comments: [],
  };
  private readonly frames: number[] = [];
  private lastNo = 0;
  private readonly start: Stamp;
  private lastNanos = 0;
  private direction = 0;
  /** The segment that the frame at hand holds or completes. */
  private seen: Seen | null = null;
  /** What the frame at hand says by ICMP of a segment. */
  private told: PacketWords | null = null;
  private readonly anyPort: boolean;
  private readonly about: ReadonlyMap<number, number>;

  /** @param about the frames of ICMP messages about a SYN, and its stream */
  constructor(
    ports: PortMap,
    streams: readonly StreamReport[],
    about: ReadonlyMap<number, number>,
    start: Stamp,
    limit: number,
  ) {
    this.anyPort = ports === null;
    this.about = about;
    this.index = new StreamIndex(streams);
    this.decoder = new IpDecoder(ports, {
      segment: s => this.decoded(s),
      unreachable: m => this.quoted(m),
    });
    this.lister = new PacketLister<never>({
      wanted: ({ no }) => no === this.lastNo,
      first: () => start,
      finish: packet => {
        this.fill(packet);
        return null;
      },
    });
    this.start = start;
    this.limit = limit;
  }

  get rows(): number {
    return this.frames.length;
  }

  frame: FrameSink['frame'] = (no, sec, nsec, bytes, start, end, wireLength, linkType) => {
    this.stream = -1;
    this.direction = 0;
    this.seen = null;
    this.told = null;
    this.decoder.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    // The skip test lets more through: fragments of UDP are shown only where they are known to be a tunnel's.
    if (!this.decoder.concerned || this.foreign()) return;
    this.offered++;
    this.lister.frame(sec, nsec, { bytes, start, end, linkType }, wireLength);
    if (this.rows >= this.limit) return;
    const { made: c } = this;
    const seen = this.seen as Seen | null;
    const nanos = (sec - this.start.sec) * 1e9 + (nsec - this.start.nsec);
    c.steps.push(no - this.lastNo);
    c.waits.push(nanos - this.lastNanos);
    this.lastNo = no;
    this.lastNanos = nanos;
    this.frames.push(no);
    c.streams.push(this.stream);
    c.directions.push(this.direction);
    c.pairs.push(this.pair(seen?.ends ?? hosts(bytes.subarray(start, end), linkType)));
    c.lengths.push(wireLength);
    c.payloads.push(seen?.length ?? 0);
    c.kinds.push(seen === null ? ROW.other : segmentKind(seen.flags, seen.length));
    // Of a frame that no stream takes (a fragment, a piece of a header) this stays; the others are told when they are final.
    const told = this.told as RowBuilder['told'];
    c.protocols.push(this.word(seen !== null ? 'TCP' : (told?.protocol ?? 'IP')));
    c.remarks.push(this.word(''));
    c.flags.push(-1);
    c.seqs.push(0);
    c.acks.push(0);
    c.windows.push(0);
    c.texts.push(this.word(told?.text ?? 'not a whole TCP segment'));
    const comments = this.comments();
    if (comments.length > 0) c.comments.push([no, comments]);
  };

  segment: SegmentWatch = (s, connection, direction) => this.lister.segment(s, connection, direction);

  pdu(pdu: PduRecord): void {
    this.lister.pdu(pdu);
  }

  /** Lets go of what is final. */
  settle(): void {
    for (const _ of this.lister.take());
  }

  /** No frame follows. */
  end(): void {
    this.lister.end();
    this.settle();
  }

  columns(): PacketColumns {
    return { words: this.words, ends: this.ends, ...this.made };
  }

  /** Without ports every stream is followed: a segment of one that turned out to be no ISO transport is other traffic. */
  private foreign(): boolean {
    return this.anyPort && this.seen !== null && this.stream < 0;
  }

  private decoded(s: Segment): void {
    const source = this.decoder.addressText(s.family, s.source);
    const destination = this.decoder.addressText(s.family, s.destination);
    const { sourcePort, destinationPort, flags, length } = s;
    const found = this.index.find(source, sourcePort, destination, destinationPort, s.frame);
    if (found !== null) {
      this.stream = found.stream.id;
      this.direction = found.direction;
    }
    this.seen = { ends: { source, sourcePort, destination, destinationPort }, flags, length };
  }

  /** A message about a SYN of a stream goes to its client. */
  private quoted({ frame, family, code }: Unreachable): void {
    this.stream = this.about.get(frame) ?? -1;
    this.direction = this.stream < 0 ? 0 : 1;
    this.told = icmpWords(family, code);
  }

  private fill(packet: Packet): void {
    const at = this.rowOf(packet.no);
    if (at < 0) return;
    const { made: c } = this;
    const words = packetWords(packet);
    c.kinds[at] = packetKind(packet);
    c.protocols[at] = this.word(words.protocol);
    c.remarks[at] = this.word(words.remarks);
    c.texts[at] = this.word(clean(words.text, MAX_INFO));
    if (!words.segment) return;
    c.flags[at] = packet.flags;
    c.seqs[at] = packet.tcp.seq;
    c.acks[at] = packet.tcp.ack;
    c.windows[at] = packet.tcp.window;
  }

  private rowOf(no: number): number {
    let low = 0;
    let high = this.frames.length - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      if (this.frames[mid]! < no) low = mid + 1;
      else if (this.frames[mid]! > no) high = mid - 1;
      else return mid;
    }
    return -1;
  }

  private word(text: string): number {
    let at = this.wordAt.get(text);
    if (at === undefined) {
      at = this.words.length;
      this.words.push(text);
      this.wordAt.set(text, at);
    }
    return at;
  }

  private pair(ends: PacketEnds): number {
    const key = `${ends.source} ${ends.sourcePort} ${ends.destination} ${ends.destinationPort}`;
    let at = this.endsAt.get(key);
    if (at === undefined) {
      at = this.ends.length;
      this.ends.push(ends);
      this.endsAt.set(key, at);
    }
    return at;
  }
}

/** Who sent a frame to whom when there is no segment to say so. */
function hosts(bytes: Uint8Array, linkType: number): PacketEnds {
  const out = { source: '', sourcePort: 0, destination: '', destinationPort: 0 };
  for (const { layer, fields } of linkTrees(bytes, linkType)) {
    // What ICMP quotes was another packet.
    if (isIcmp({ layer })) break;
    for (const { name, value } of fields) {
      if (name === 'ip.src' || name === 'ipv6.src') out.source = String(value);
      else if (name === 'ip.dst' || name === 'ipv6.dst') out.destination = String(value);
    }
  }
  return out;
}
