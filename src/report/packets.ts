import width from 'string-width';
import type { Finding } from '../model/finding.ts';
import type { Column } from './columns.ts';
import { endpoint, iso } from './format.ts';
import { cutTo } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { type IcmpPacket, icmpWords } from './packets-icmp.ts';
import { packetWords } from './packets-info.ts';
import type { Listed, Packet } from './packets-list.ts';
import { tcpSummary } from './packets-tcp.ts';
import { clean } from './safe.ts';

/** A line of the packet list. Text of captures in `info` is not yet safe. */
export interface PacketRow {
  readonly file: string;
  readonly packet: Listed;
  /** Its segment; null of an ICMP message. */
  readonly segment: Pick<Packet, 'sourcePort' | 'destinationPort' | 'flags' | 'length' | 'tcp'> | null;
  readonly icmp: Omit<IcmpPacket, 'trees'> | null;
  /** The TPKTs that the frame completes: where they begin, the frames that they come from, the layers in them. */
  readonly pdus: readonly {
    readonly streamOffset: number;
    readonly length: number;
    readonly frames: readonly number[];
    readonly layers: readonly string[];
  }[];
  readonly protocol: string;
  readonly info: string;
  /** The findings that name this frame, worst first. */
  readonly findings: readonly Finding[];
}

export function packetRow(file: string, packet: Packet, findings: readonly Finding[]): PacketRow {
  const { pdus, ...rest } = packet;
  const { protocol, remarks, segment, text } = packetWords(packet);
  const { sourcePort, destinationPort, flags, length, tcp } = packet;
  const summary = segment ? tcpSummary(sourcePort, destinationPort, flags, length, tcp) : '';
  return {
    file,
    packet: rest,
    segment: rest,
    icmp: null,
    pdus: pdus.map(pdu => ({
      streamOffset: pdu.streamOffset,
      length: pdu.length,
      frames: [...new Set(pdu.pieces.map(piece => piece.frame))],
      layers: pdu.trees.map(tree => tree.layer),
    })),
    protocol,
    info: remarks + summary + text,
    findings,
  };
}

export function icmpRow(file: string, message: IcmpPacket, findings: readonly Finding[]): PacketRow {
  const { trees: _, ...icmp } = message;
  const { protocol, text: info } = icmpWords(message.family, message.code);
  return { file, packet: icmp, segment: null, icmp, pdus: [], protocol, info, findings };
}

export const PACKET_COLUMNS: readonly Column<PacketRow>[] = [
  { key: 'file', head: 'File', value: row => row.file },
  { key: 'no', head: 'No.', value: row => row.packet.no, right: true },
  { key: 'time', head: 'Time', value: row => iso(row.packet) },
  { key: 'relative', head: 'Seconds', value: row => Number(row.packet.relative.toFixed(9)), right: true },
  { key: 'stream', head: 'Stream', value: row => row.packet.stream, right: true },
  { key: 'source', head: 'Source', value: row => row.packet.source },
  { key: 'sourcePort', head: 'Port', value: row => row.segment?.sourcePort ?? null, right: true },
  { key: 'destination', head: 'Destination', value: row => row.packet.destination },
  { key: 'destinationPort', head: 'Port', value: row => row.segment?.destinationPort ?? null, right: true },
  { key: 'protocol', head: 'Protocol', value: row => row.protocol },
  { key: 'length', head: 'Length', value: row => row.packet.wireLength, right: true },
  { key: 'info', head: 'Info', value: row => row.info },
  { key: 'findings', head: 'Findings', value: row => row.findings.map(f => f.code).join(' ') },
];

/** As `PACKET_COLUMNS`, without what a person sees from the heading or the address. */
export const PACKET_COLUMNS_MARKDOWN: readonly Column<PacketRow>[] = PACKET_COLUMNS.filter(
  column => !['file', 'time', 'sourcePort', 'destinationPort'].includes(column.key),
);

export function packetJson(row: PacketRow): Record<string, unknown> {
  const { packet, segment, icmp, pdus, protocol, info, findings } = row;
  return {
    no: packet.no,
    time: iso(packet),
    relative: Number(packet.relative.toFixed(9)),
    stream: packet.stream,
    direction: packet.direction,
    source: segment === null ? packet.source : endpoint(packet.source, segment.sourcePort),
    destination: segment === null ? packet.destination : endpoint(packet.destination, segment.destinationPort),
    protocol,
    length: packet.wireLength,
    info,
    tcp: segment === null ? null : tcpJson(segment),
    ...(icmp === null ? {} : { icmp: icmpJson(icmp) }),
    ...(packet.comments.length === 0 ? {} : { comments: packet.comments }),
    pdus,
    findings: findings.map(finding => finding.code),
  };
}

function tcpJson({ tcp, flags, length }: NonNullable<PacketRow['segment']>) {
  return { seq: tcp.seq, ack: tcp.ack, flags, length, remarks: tcp.marks };
}

function icmpJson({ type, code, quoted }: NonNullable<PacketRow['icmp']>) {
  const { source, sourcePort, destination, destinationPort, seq } = quoted;
  return {
    type,
    code,
    quoted: { source: endpoint(source, sourcePort), destination: endpoint(destination, destinationPort), seq },
  };
}

/** A column of the list; `leaves` says in which order columns make room for Info. */
interface ListColumn {
  readonly head: string;
  readonly right: boolean;
  readonly leaves: number;
  width: number;
}

/** Columns that Info takes at least while another one can leave. */
const LEAST_INFO = 14;

/**
 * The list as text, row by row: columns are as wide as their widest cell so far, since later rows are not known yet.
 * Info gives way where the terminal is narrow; below 90 columns stream and arrow stand for the addresses, and where that leaves Info no
 * room Length leaves, then Time, then Protocol.
 */
export class PacketText {
  private readonly look: Look;
  private readonly wide: boolean;
  private readonly narrow: boolean;
  private readonly columns: readonly ListColumn[];
  /** The columns that have room, the last of which is Info. */
  private readonly shown: readonly boolean[];

  constructor(look: Look, wide: boolean) {
    this.look = look;
    this.wide = wide;
    this.narrow = !wide && look.width !== null && look.width < 90;
    const of = (head: string, columns: number, leaves = 0, right = false) => ({ head, width: columns, leaves, right });
    this.columns = [
      of('No.', 5, 0, true),
      of('Time', 10, 2, true),
      ...(this.narrow ? [of('Dir', 4)] : [of('Source', 9), of('Destination', 11)]),
      of('Protocol', 8, 1),
      of('Length', 6, 3, true),
    ];
    const left = new Set<ListColumn>();
    const leaving = this.columns.filter(column => column.leaves > 0).sort((x, y) => y.leaves - x.leaves);
    const room = () => look.width! - this.columns.reduce((sum, c) => (left.has(c) ? sum : sum + c.width + 2), 0);
    if (this.narrow) for (const column of leaving) if (room() < LEAST_INFO) left.add(column);
    this.shown = this.columns.map(column => !left.has(column));
  }

  /** The heads have room for the first row, and for the one that answers it. */
  head({ packet }: PacketRow): string {
    const room = Math.max(width(packet.source), width(packet.destination));
    const least = [width(String(packet.no)), 0, ...(this.narrow ? [0] : [room, room])];
    for (const [i, column] of this.columns.entries()) column.width = Math.max(column.width, least[i] ?? 0);
    return this.line([...this.columns.map(column => column.head), 'Info'], 'bold');
  }

  /** What stands below the list: which columns had no room. */
  left(): string | null {
    const names = this.columns.filter((_, i) => !this.shown[i]).map(column => column.head);
    return names.length === 0 ? null : `left out for the width: ${names.join(', ')} (--wide shows all)`;
  }

  row({ packet, protocol, info, findings }: PacketRow): string {
    const worst = findings[0];
    const sign =
      worst === undefined
        ? ''
        : `${mark({ ...this.look, color: false }, worst.severity)} ${worst.code.replace(/^mta\./, '')} `;
    const arrow = packet.direction === 0 ? `${packet.stream} →` : `${packet.stream} ←`;
    const cells = [
      String(packet.no),
      packet.relative.toFixed(6),
      ...(this.narrow ? [arrow] : [packet.source, packet.destination]),
      protocol,
      String(packet.wireLength),
      sign + info,
    ];
    const style =
      worst === undefined ? null : worst.severity === 'error' ? 'red' : worst.severity === 'warning' ? 'yellow' : null;
    return this.line(cells, style);
  }

  private line(cells: readonly string[], style: 'bold' | 'red' | 'yellow' | null): string {
    const { columns, shown, look } = this;
    let out = '';
    for (const [i, column] of columns.entries()) {
      if (!shown[i]) continue;
      const cell = typography(look, cells[i]!);
      const taken = width(cell);
      column.width = Math.max(column.width, taken);
      const room = ' '.repeat(column.width - taken);
      out += `${column.right ? room + cell : cell + room}  `;
    }
    const left = this.wide || look.width === null ? Number.POSITIVE_INFINITY : Math.max(1, look.width - width(out));
    const info = cutTo(left, typography(look, clean(cells.at(-1)!, 1000)), look);
    const text = (out + info).trimEnd();
    return `${style === null ? text : paint(look, style, text)}\n`;
  }
}
