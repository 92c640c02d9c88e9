import type { PduRecord } from '../../engine/sink.ts';
import type { FieldSource, FieldValue } from '../../filter/index.ts';
import type { Field } from '../../model/field.ts';
import type { StoredFrame } from './frames.ts';
import { linkTrees } from './link-tree.ts';
import { type PacketRow, ROW } from './table.ts';

/** The first sequence number of each direction of a stream, so that numbers can be told relative to it as Wireshark does. */
export type Bases = Map<string, number>;

const NONE: readonly FieldValue[] = [];

/** A packet as a filter sees it: the row, the frame's own layers, and the trees of the TPKTs that it completes. */
export class PacketFields implements FieldSource {
  private readonly row: PacketRow;
  private readonly frame: StoredFrame | null;
  private readonly pdus: readonly PduRecord[];
  private readonly bases: Bases;
  private byName: Map<string, FieldValue[]> | null = null;

  /** `bases` is shared by the packets of a capture, which are to be asked in their order. */
  constructor(row: PacketRow, frame: StoredFrame | null, pdus: readonly PduRecord[], bases: Bases) {
    this.row = row;
    this.frame = frame;
    this.pdus = pdus;
    this.bases = bases;
    if (frame !== null && row.stream >= 0) this.noteBase(frame);
  }

  values(name: string): readonly FieldValue[] {
    this.byName ??= this.collect();
    return this.byName.get(name) ?? NONE;
  }

  private noteBase(frame: StoredFrame): void {
    const mine = `${this.row.stream}/${this.row.direction}`;
    if (this.bases.has(mine)) return;
    const tcp = linkTrees(frame.bytes, frame.linkType).find(tree => tree.layer === 'tcp');
    const seq = tcp?.fields.find(f => f.name === 'tcp.seq_raw')?.value;
    // Without a SYN the first octet seen is taken for number 1.
    if (typeof seq === 'number') this.bases.set(mine, this.row.kind === ROW.control ? seq : seq - 1);
  }

  private collect(): Map<string, FieldValue[]> {
    const out = new Map<string, FieldValue[]>();
    const { row, frame } = this;
    const put = (name: string, value: FieldValue): void => {
      const list = out.get(name);
      if (list === undefined) out.set(name, [value]);
      else list.push(value);
    };
    const walk = (fields: readonly Field[]): void => {
      for (const f of fields) {
        put(f.name, {
          ...(f.value === undefined ? {} : { value: f.value }),
          ...(f.text === undefined ? {} : { text: f.text }),
        });
        walk(f.children);
      }
    };
    put('frame', {});
    put('frame.number', { value: row.no });
    put('frame.time_relative', { value: row.time });
    put('frame.len', { value: row.length });
    if (row.stream >= 0) {
      put('tcp.stream', { value: row.stream });
      put('tcp.len', { value: row.payload });
      put('mtascope.direction', { value: row.direction });
    }
    if (row.kind === ROW.part) put('tcp.segment_data', {});
    if (frame !== null) {
      put('frame.cap_len', { value: frame.bytes.length });
      put('frame.time_epoch', { value: frame.sec + frame.nsec / 1e9 });
      put('frame.time', { value: frame.sec + frame.nsec / 1e9 });
      for (const tree of linkTrees(frame.bytes, frame.linkType)) {
        if (tree.layer !== 'frame') put(tree.layer, {});
        walk(tree.fields);
      }
    }
    const one = (name: string): number | null => {
      const value = out.get(name)?.[0]?.value;
      return typeof value === 'number' ? value : null;
    };
    const flags = one('tcp.flags');
    if (flags !== null) {
      for (const [name, bit] of FLAGS) put(name, { value: (flags & bit) !== 0 });
      const mine = this.bases.get(`${row.stream}/${row.direction}`);
      const peer = this.bases.get(`${row.stream}/${1 - row.direction}`);
      const seq = one('tcp.seq_raw');
      const ack = one('tcp.ack_raw');
      if (seq !== null && mine !== undefined) put('tcp.seq', { value: (seq - mine) >>> 0 });
      if (ack !== null && peer !== undefined && flags & 16) put('tcp.ack', { value: (ack - peer) >>> 0 });
    }
    for (const pdu of this.pdus) {
      put('mtascope.stream_offset', { value: pdu.streamOffset });
      for (const tree of pdu.trees) {
        put(tree.layer, { octets: () => tree.bytes.subarray(tree.start, tree.end) });
        walk(tree.fields);
      }
    }
    return out;
  }
}

const FLAGS: readonly (readonly [string, number])[] = [
  ['tcp.flags.fin', 1],
  ['tcp.flags.syn', 2],
  ['tcp.flags.reset', 4],
  ['tcp.flags.push', 8],
  ['tcp.flags.ack', 16],
];
