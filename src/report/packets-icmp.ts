import type { LayerTree } from '../model/field.ts';
import { codeName } from '../net/icmp.ts';
import { linkTrees } from './html/link-tree.ts';
import type { PacketWords } from './packets-info.ts';
import type { FrameOctets, Listed, Place } from './packets-list.ts';

/** An ICMP message that says of a SYN of a stream that it was not delivered. */
export interface IcmpPacket extends Listed {
  readonly type: number;
  readonly code: number;
  /** The SYN that it quotes; its sequence number is as it was sent. */
  readonly quoted: {
    readonly source: string;
    readonly destination: string;
    readonly sourcePort: number;
    readonly destinationPort: number;
    readonly seq: number;
  };
  /** The layers of the frame, those that the message quotes among them. */
  readonly trees: readonly LayerTree[];
}

/** The frame holds such a message (`readUnreachable`). `bytes` of its trees are those that were handed over: they may be used again. */
export function icmpPacket(place: Place, { bytes, start, end, linkType }: FrameOctets): IcmpPacket {
  const trees = linkTrees(bytes.subarray(start, end), linkType);
  const at = trees.findIndex(isIcmp);
  const [ip, icmp, ipQuoted, tcp] = trees.slice(at - 1) as [LayerTree, LayerTree, LayerTree, LayerTree];
  const number = (tree: LayerTree, name: string): number => Number(valueIn(tree, name));
  return {
    ...place,
    ...endsOf(ip),
    family: icmp.layer === 'icmp' ? 4 : 6,
    type: number(icmp, `${icmp.layer}.type`),
    code: number(icmp, `${icmp.layer}.code`),
    quoted: {
      ...endsOf(ipQuoted),
      sourcePort: number(tcp, 'tcp.srcport'),
      destinationPort: number(tcp, 'tcp.dstport'),
      seq: number(tcp, 'tcp.seq_raw'),
    },
    trees,
  };
}

/** What the columns say of one, in Wireshark's words. */
export function icmpWords(family: number, code: number): PacketWords {
  const four = family === 4;
  const text = `Destination ${four ? 'unreachable' : 'Unreachable'} (${codeName(family, code)})`;
  return { protocol: four ? 'ICMP' : 'ICMPv6', remarks: '', segment: false, text };
}

export function isIcmp({ layer }: { readonly layer: string }): boolean {
  return layer === 'icmp' || layer === 'icmpv6';
}

function endsOf(ip: LayerTree): { source: string; destination: string } {
  return { source: String(valueIn(ip, `${ip.layer}.src`)), destination: String(valueIn(ip, `${ip.layer}.dst`)) };
}

function valueIn(tree: LayerTree, name: string): unknown {
  return tree.fields.find(field => field.name === name)?.value;
}
