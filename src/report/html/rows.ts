import type { FrameSink } from '../../capture/reader.ts';
import type { PortMap } from '../../capture/select.ts';
import type { PduRecord } from '../../engine/sink.ts';
import type { StreamReport } from '../../model/report.ts';
import type { Stamp } from '../../model/tsdu.ts';
import { IpDecoder, type SegmentSink } from '../../net/ip.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../../net/segment.ts';
import { thousands } from '../format.ts';
import { pduWords } from './info.ts';
import { type PacketColumns, PacketTable, ROW, type RowKind, StreamIndex } from './table.ts';

/**
 * Makes the packet list: give it each frame and then the PDUs that the frame completes. Rows beyond `limit` are counted, not kept.
 */
export class RowBuilder implements FrameSink, SegmentSink {
  /** Frames offered, with those beyond the limit. */
  offered = 0;
  /** Stream and direction of the frame at hand; -1 when it belongs to none. */
  stream = -1;
  private readonly limit: number;
  private readonly index: StreamIndex;
  private readonly decoder: IpDecoder;
  private readonly words: string[] = [];
  private readonly wordAt = new Map<string, number>();
  private readonly steps: number[] = [];
  private readonly waits: number[] = [];
  private readonly streams: number[] = [];
  private readonly directions: number[] = [];
  private readonly lengths: number[] = [];
  private readonly payloads: number[] = [];
  private readonly kinds: number[] = [];
  private readonly protocols: number[] = [];
  private readonly infos: number[] = [];
  private lastNo = 0;
  private readonly start: Stamp;
  private lastNanos = 0;
  /** TPKTs in the row at hand: further ones are added to its text. */
  private inRow = 0;
  private direction = 0;

  constructor(ports: PortMap, streams: readonly StreamReport[], start: Stamp, limit: number) {
    this.index = new StreamIndex(streams);
    this.decoder = new IpDecoder(ports, this);
    this.start = start;
    this.limit = limit;
  }

  get rows(): number {
    return this.steps.length;
  }

  frame: FrameSink['frame'] = (no, sec, nsec, bytes, start, end, wireLength, linkType) => {
    this.offered++;
    this.stream = -1;
    this.direction = 0;
    this.kind = ROW.other;
    this.text = 'not a whole TCP segment';
    this.payload = 0;
    this.decoder.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    this.inRow = 0;
    if (this.rows >= this.limit) return;
    const nanos = (sec - this.start.sec) * 1e9 + (nsec - this.start.nsec);
    this.steps.push(no - this.lastNo);
    this.waits.push(nanos - this.lastNanos);
    this.lastNo = no;
    this.lastNanos = nanos;
    this.streams.push(this.stream);
    this.directions.push(this.direction);
    this.lengths.push(wireLength);
    this.payloads.push(this.payload);
    this.kinds.push(this.kind);
    this.protocols.push(this.word(this.kind === ROW.other ? 'ip' : 'tcp'));
    this.infos.push(this.word(this.text));
  };

  private kind: RowKind = ROW.other;
  private text = '';
  private payload = 0;

  segment(s: Segment): void {
    const source = this.decoder.addressText(s.family, s.source);
    const destination = this.decoder.addressText(s.family, s.destination);
    const found = this.index.find(source, s.sourcePort, destination, s.destinationPort, s.frame);
    if (found !== null) {
      this.stream = found.stream.id;
      this.direction = found.direction;
    }
    this.payload = s.length;
    this.kind = s.flags & (SYN | FIN | RST) ? ROW.control : s.length > 0 ? ROW.part : ROW.ack;
    const names = FLAGS.filter(([bit]) => s.flags & bit).map(([, name]) => name);
    this.text = `${s.sourcePort} → ${s.destinationPort} [${names.join(', ')}]${s.length > 0 ? ` ${thousands(s.length)} octets` : ''}`;
  }

  /** A PDU that the frame at hand completes (or, when octets waited for a hole to be given up, an earlier one). */
  pdu(pdu: PduRecord): void {
    const at = this.rows - 1;
    if (at < 0 || pdu.frame !== this.lastNo) return;
    const words = pduWords(pdu);
    const text = this.inRow === 0 ? words.info : `${this.words[this.infos[at]!]} | ${words.info}`;
    this.inRow++;
    // A burst of tiny TPKTs in one frame: some are told, all are in the tree.
    if (this.inRow <= 4) this.infos[at] = this.word(text);
    else if (this.inRow === 5) this.infos[at] = this.word(`${this.words[this.infos[at]!]} | …`);
    if (this.kinds[at]! < words.kind || this.inRow === 1) this.kinds[at] = words.kind;
    this.protocols[at] = this.word(words.protocol);
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

  columns(): PacketColumns {
    const { words, steps, waits, streams, directions, lengths, payloads, kinds, protocols, infos } = this;
    return { words, steps, waits, streams, directions, lengths, payloads, kinds, protocols, infos };
  }

  table(): PacketTable {
    return new PacketTable(this.columns());
  }
}

const FLAGS: readonly (readonly [number, string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [8, 'PSH'],
  [ACK, 'ACK'],
];
