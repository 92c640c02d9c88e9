import { addTo } from '../base/lists.ts';
import type { PduRecord } from '../engine/sink.ts';
import { type Ast, type FieldSource, type FieldValue, lookedAt } from '../filter/index.ts';
import type { Field, LayerTree } from '../model/field.ts';
import { isIp, packetEnd } from '../net/headers.ts';
import { iso, nanoseconds } from './format.ts';
import type { IcmpPacket } from './packets-icmp.ts';
import type { Packet, PacketOctets, Place } from './packets-list.ts';

/** A packet as a filter sees it: frame, addresses, TCP, and every field of the trees of the TPKTs that it completes. */
export class PacketSource implements FieldSource {
  private readonly packet: Packet;
  private index: Map<string, FieldValue[]> | null = null;

  constructor(packet: Packet) {
    this.packet = packet;
  }

  values(name: string): readonly FieldValue[] {
    const own = valuesOf(FRAME, name, this.packet);
    if (own !== null) return own;
    if (this.packet.pdus.length === 0) return NONE;
    if (name === 'mtascope.stream_offset') return this.packet.pdus.map(pdu => ({ value: pdu.streamOffset }));
    this.index ??= indexOf(this.packet.pdus.flatMap(pdu => pdu.trees));
    return this.index.get(name) ?? NONE;
  }
}

const NONE: readonly FieldValue[] = [];

type Read<P = Packet> = (p: P) => FieldValue | null;

/** A field that rows have beside their trees; null for others. */
function valuesOf<P extends Place>(
  fields: Readonly<Record<string, Read<P>>>,
  name: string,
  p: P,
): readonly FieldValue[] | null {
  // The one that a frame may have several times.
  if (name === 'frame.comment') return p.comments.map(value => ({ value }));
  const read = fields[name];
  if (read === undefined) return null;
  const value = read(p);
  return value === null ? NONE : [value];
}

const is = (value: FieldValue['value'] | null): FieldValue | null =>
  value === null || value === undefined ? null : { value };
const present = (there: boolean): FieldValue | null => (there ? {} : null);
const FLAGS = {
  'tcp.flags.fin': 1,
  'tcp.flags.syn': 2,
  'tcp.flags.reset': 4,
  'tcp.flags.push': 8,
  'tcp.flags.ack': 16,
};
function flag(flags: number, bit: number): FieldValue {
  const value = (flags & bit) !== 0;
  return { value, text: value ? 'Set' : 'Not set' };
}
const remarked =
  (...names: string[]): Read =>
  p =>
    present(p.tcp.marks.some(m => names.includes(m)));

/** A layer with its octets; without them only that it is there. */
const layer =
  (of: keyof PacketOctets, there: (p: Packet) => boolean = () => true): Read =>
  p => {
    if (!there(p)) return null;
    const { octets } = p;
    return octets === null ? {} : { octets: () => octets[of] };
  };

/** Those of which a filter may want octets that nobody keeps unasked. */
const WITH_OCTETS = ['frame', 'ip', 'ipv6', 'tcp', 'tcp.segment_data'];

/** Does the filter look into frames, so that the lister has to keep their octets? */
export function looksIntoFrames(filter: Ast | null): boolean {
  if (filter === null) return false;
  const names = lookedAt(filter);
  return WITH_OCTETS.some(name => names.has(name));
}

/** Fields of every row. */
const PLACE: Readonly<Record<string, Read<Place>>> = {
  'frame.number': p => is(p.no),
  'frame.time': p => ({ value: nanoseconds(p), text: iso(p) }),
  'frame.time_epoch': p => is(nanoseconds(p)),
  'frame.time_relative': p => is(p.relative),
  'frame.len': p => is(p.wireLength),
  'frame.cap_len': p => is(p.capturedLength),
  // Of a row that no stream takes there is none.
  'tcp.stream': p => is(p.stream < 0 ? null : p.stream),
  'mtascope.direction': p => is(p.direction),
};

const FRAME: Readonly<Record<string, Read>> = {
  ...PLACE,
  frame: layer('frame'),
  tcp: layer('tcp'),
  ip: layer('ip', p => p.family === 4),
  ipv6: layer('ip', p => p.family === 6),
  'ip.src': p => is(p.family === 4 ? p.source : null),
  'ip.dst': p => is(p.family === 4 ? p.destination : null),
  'ipv6.src': p => is(p.family === 6 ? p.source : null),
  'ipv6.dst': p => is(p.family === 6 ? p.destination : null),
  'tcp.srcport': p => is(p.sourcePort),
  'tcp.dstport': p => is(p.destinationPort),
  'tcp.len': p => is(p.length),
  'tcp.seq': p => is(p.tcp.seq),
  'tcp.ack': p => is(p.tcp.ack),
  'tcp.flags': p => is(p.flags),
  'tcp.window_size_value': p => is(p.rawWindow),
  ...Object.fromEntries(Object.entries(FLAGS).map(([name, bit]): [string, Read] => [name, p => flag(p.flags, bit)])),
  'tcp.segment_data': layer('payload', p => p.length > 0 && p.pdus.length === 0 && !p.unframed && !p.tcp.repeated),
  'tcp.analysis.retransmission': remarked('Retransmission', 'Fast Retransmission', 'Spurious Retransmission'),
  'tcp.analysis.out_of_order': remarked('Out-Of-Order'),
  'tcp.analysis.lost_segment': remarked('Previous segment not captured'),
  'tcp.analysis.keep_alive': remarked('Keep-Alive'),
};

/** An ICMP message as a filter sees it: its frame, and every field of its own layers and of those that it quotes. */
export class IcmpSource implements FieldSource {
  private readonly packet: IcmpPacket;
  private index: Map<string, FieldValue[]> | null = null;

  constructor(packet: IcmpPacket) {
    this.packet = packet;
  }

  values(name: string): readonly FieldValue[] {
    const own = valuesOf(PLACE, name, this.packet);
    if (own !== null) return own;
    this.index ??= quotedIndex(this.packet.trees);
    return this.index.get(name) ?? NONE;
  }
}

/** A layer has the octets up to the end of its IP packet; the numbers of a segment that is quoted count as they were sent. */
function quotedIndex(trees: readonly LayerTree[]): Map<string, FieldValue[]> {
  const { bytes } = trees[0]!;
  let end = bytes.length;
  const ends = trees.map(tree => {
    if (isIp(tree)) end = Math.min(end, packetEnd(bytes, tree));
    return end;
  });
  const index = indexOf(trees, (tree, i) => bytes.subarray(tree.start, ends[i]));
  index.set('frame', [{ octets: () => bytes }]);
  for (const name of ['tcp.seq', 'tcp.ack']) index.set(name, index.get(`${name}_raw`) ?? []);
  for (const [name, bit] of Object.entries(FLAGS))
    index.set(name, index.get('tcp.flags')?.map(({ value }) => flag(Number(value), bit)) ?? []);
  return index;
}

/** What a TPKT adds to the packet that it is completed by. */
export class PduSource implements FieldSource {
  private readonly pdu: PduRecord;
  private index: Map<string, FieldValue[]> | null = null;

  constructor(pdu: PduRecord) {
    this.pdu = pdu;
  }

  values(name: string): readonly FieldValue[] {
    if (name === 'mtascope.stream_offset') return [{ value: this.pdu.streamOffset }];
    this.index ??= indexOf(this.pdu.trees);
    return this.index.get(name) ?? NONE;
  }
}

/** A TPKT by itself, with what it has of the packet. */
export class TpktSource extends PduSource {
  private readonly own: Readonly<Record<string, FieldValue>>;

  constructor(pdu: PduRecord) {
    super(pdu);
    this.own = {
      'frame.number': { value: pdu.frame },
      'tcp.stream': { value: pdu.stream },
      'mtascope.direction': { value: pdu.direction },
    };
  }

  override values(name: string): readonly FieldValue[] {
    const own = this.own[name];
    return own === undefined ? super.values(name) : [own];
  }
}

/** Every field of the trees by name, and each layer under its own name with its octets. */
function indexOf(
  trees: readonly LayerTree[],
  octetsOf = (tree: LayerTree, _at: number) => tree.bytes.subarray(tree.start, tree.end),
): Map<string, FieldValue[]> {
  const index = new Map<string, FieldValue[]>();
  const walk = (fields: readonly Field[]): void => {
    for (const field of fields) {
      addTo(index, field.name, field);
      walk(field.children);
    }
  };
  for (const [i, tree] of trees.entries()) {
    addTo(index, tree.layer, { octets: () => octetsOf(tree, i) });
    walk(tree.fields);
  }
  return index;
}
