import { hexadecimal } from '../../base/numbers.ts';
import type { Layer } from '../../capture/link.ts';
import { type Field, field } from '../../model/field.ts';
import { reasonOf } from '../../net/icmp.ts';

/** A header for people to look at. */
export interface Shown {
  readonly title: string;
  readonly fields: Field[];
}

type Show = (b: Uint8Array, start: number, end: number) => Shown;

/** What there is to see of the headers around IP; names are Wireshark's. The octets of a header are all there. */
export const LINK_FIELDS: Readonly<Record<Exclude<Layer, 'ip' | 'ipv6' | 'tcp'>, Show>> = {
  eth: (b, p) => {
    const type = word16(b, p + 12);
    const long = type <= 0x05dc;
    return {
      title: `${long ? 'IEEE 802.3 Ethernet' : `Ethernet II, Src: ${mac(b, p + 6)}, Dst: ${mac(b, p)}`}`,
      fields: [
        field('eth.dst', 'Destination', p, p + 6, mac(b, p)),
        field('eth.src', 'Source', p + 6, p + 12, mac(b, p + 6)),
        long
          ? field('eth.len', 'Length', p + 12, p + 14, type)
          : field('eth.type', 'Type', p + 12, p + 14, type, hexadecimal(type, 4)),
      ],
    };
  },
  vlan: tag('vlan', '802.1Q Virtual LAN'),
  ieee8021ad: tag('ieee8021ad', 'IEEE 802.1ad'),
  ieee8021ah: (b, p) => {
    const isid = word32(b, p) & 0xffffff;
    return {
      title: `IEEE 802.1ah, I-SID: ${isid}, C-Src: ${mac(b, p + 10)}, C-Dst: ${mac(b, p + 4)}`,
      fields: [
        field('ieee8021ah.isid', 'I-SID', p + 1, p + 4, isid),
        field('ieee8021ah.cdst', 'C-Destination', p + 4, p + 10, mac(b, p + 4)),
        field('ieee8021ah.csrc', 'C-Source', p + 10, p + 16, mac(b, p + 10)),
        type('ieee8021ah.etype', b, p + 16),
      ],
    };
  },
  llc: (b, p, end) => ({
    title: 'Logical-Link Control',
    fields: [
      field('llc.dsap', 'DSAP', p, p + 1, b[p]!, hexadecimal(b[p]!, 2)),
      field('llc.ssap', 'SSAP', p + 1, p + 2, b[p + 1]!, hexadecimal(b[p + 1]!, 2)),
      field('llc.control', 'Control', p + 2, p + 3, b[p + 2]!, hexadecimal(b[p + 2]!, 2)),
      ...(end - p === 8 ? [field('llc.oui', 'OUI', p + 3, p + 6, 0, '00:00:00'), type('llc.type', b, p + 6)] : []),
    ],
  }),
  mpls: (b, p) => {
    const entry = word32(b, p);
    const [label, exp, bottom, ttl] = [entry >>> 12, (entry >> 9) & 7, (entry >> 8) & 1, entry & 0xff];
    return {
      title: `MultiProtocol Label Switching Header, Label: ${label}, Exp: ${exp}, S: ${bottom}, TTL: ${ttl}`,
      fields: [
        field('mpls.label', 'Label', p, p + 3, label),
        field('mpls.exp', 'Experimental bits', p + 2, p + 3, exp),
        field('mpls.bottom', 'Bottom of stack', p + 2, p + 3, bottom),
        field('mpls.ttl', 'TTL', p + 3, p + 4, ttl),
      ],
    };
  },
  pwethcw: (b, p) => ({
    title: 'PW Ethernet Control Word',
    fields: [field('pweth.cw.sequence_number', 'Sequence number', p + 2, p + 4, word16(b, p + 2))],
  }),
  pppoes: (b, p) => ({
    title: 'PPP-over-Ethernet Session',
    fields: [
      field('pppoe.session_id', 'Session ID', p + 2, p + 4, word16(b, p + 2), hexadecimal(word16(b, p + 2), 4)),
      field('pppoe.payload_length', 'Payload length', p + 4, p + 6, word16(b, p + 4)),
    ],
  }),
  ppp: (b, p, end) => {
    const short = (b[end - 1]! & 1) !== 0 && (end - p) % 2 === 1;
    const at = short ? end - 1 : end - 2;
    const protocol = short ? b[at]! : word16(b, at);
    return {
      title: 'Point-to-Point Protocol',
      fields: [field('ppp.protocol', 'Protocol', at, end, protocol, hexadecimal(protocol, 4))],
    };
  },
  sll: (b, p, end) =>
    end - p === 16
      ? {
          title: 'Linux cooked capture v1',
          fields: [
            field('sll.pkttype', 'Packet type', p, p + 2, word16(b, p)),
            field('sll.src.eth', 'Source', p + 6, p + 12, mac(b, p + 6)),
            type('sll.etype', b, p + 14),
          ],
        }
      : {
          title: 'Linux cooked capture v2',
          fields: [
            type('sll.etype', b, p),
            field('sll.ifindex', 'Interface index', p + 4, p + 8, word32(b, p + 4)),
            field('sll.pkttype', 'Packet type', p + 10, p + 11, b[p + 10]!),
            field('sll.src.eth', 'Source', p + 12, p + 18, mac(b, p + 12)),
          ],
        },
  null: (b, p) => {
    const family = b[p] === 0 && b[p + 1] === 0 ? b[p + 3]! : b[p]!;
    return { title: 'Null/Loopback', fields: [field('null.family', 'Family', p, p + 4, family)] };
  },
  chdlc: (b, p) => ({ title: 'Cisco HDLC', fields: [type('chdlc.protocol', b, p + 2)] }),
  fr: (b, p) => {
    // Q.922: six bits of the DLCI in the first octet, four in the second.
    const dlci = ((b[p]! >> 2) << 4) | (b[p + 1]! >> 4);
    return { title: 'Frame Relay', fields: [field('fr.dlci', 'DLCI', p, p + 2, dlci)] };
  },
  tr: (b, p, end) => ({
    title: 'Token-Ring',
    fields: [
      field('tr.ac', 'Access control', p, p + 1, b[p]!, hexadecimal(b[p]!, 2)),
      field('tr.fc', 'Frame control', p + 1, p + 2, b[p + 1]!, hexadecimal(b[p + 1]!, 2)),
      field('tr.dst', 'Destination', p + 2, p + 8, mac(b, p + 2)),
      field('tr.src', 'Source', p + 8, p + 14, mac(b, p + 8)),
      ...(end > p + 14
        ? [field('tr.rif', 'Routing information', p + 14, end, undefined, `${end - p - 14} octets`)]
        : []),
    ],
  }),
  fddi: (b, p) => ({
    title: 'Fiber Distributed Data Interface',
    fields: [
      field('fddi.fc', 'Frame control', p, p + 1, b[p]!, hexadecimal(b[p]!, 2)),
      field('fddi.dst', 'Destination', p + 1, p + 7, mac(b, p + 1, true)),
      field('fddi.src', 'Source', p + 7, p + 13, mac(b, p + 7, true)),
    ],
  }),
  wlan: (b, p) => {
    const way = b[p + 1]! & 3;
    const four = way === 3 ? [field('wlan.addr', 'Address 4', p + 24, p + 30, mac(b, p + 24))] : [];
    return {
      title: `IEEE 802.11 ${b[p]! & 0x80 ? 'QoS Data' : 'Data'}`,
      fields: [
        field('wlan.fc', 'Frame control', p, p + 2, word16(b, p), hexadecimal(word16(b, p), 4)),
        field('wlan.ra', 'Receiver', p + 4, p + 10, mac(b, p + 4)),
        field('wlan.ta', 'Transmitter', p + 10, p + 16, mac(b, p + 10)),
        field('wlan.addr', 'Address 3', p + 16, p + 22, mac(b, p + 16)),
        ...four,
      ],
    };
  },
  radiotap: (_b, p, end) => ({
    title: `Radiotap Header v0, Length ${end - p}`,
    fields: [field('radiotap.length', 'Length', p + 2, p + 4, end - p)],
  }),
  wlancap: (_b, p, end) => ({ title: `802.11 radio information, ${end - p} octets`, fields: [] }),
  ppi: (b, p, end) => ({
    title: `PPI version 0, ${end - p} bytes`,
    fields: [field('ppi.dlt', 'Link type', p + 4, p + 8, b[p + 4]! | (b[p + 5]! << 8))],
  }),
  nflog: (b, p) => ({
    title: 'Linux Netfilter NFLOG',
    fields: [
      field('nflog.family', 'Family', p, p + 1, b[p]!),
      field('nflog.res_id', 'Resource ID', p + 2, p + 4, word16(b, p + 2)),
    ],
  }),
  udp: (b, p) => ({
    title: `User Datagram Protocol, Src Port: ${word16(b, p)}, Dst Port: ${word16(b, p + 2)}`,
    fields: [
      field('udp.srcport', 'Source port', p, p + 2, word16(b, p)),
      field('udp.dstport', 'Destination port', p + 2, p + 4, word16(b, p + 2)),
      field('udp.length', 'Length', p + 4, p + 6, word16(b, p + 4)),
      field('udp.checksum', 'Checksum', p + 6, p + 8, word16(b, p + 6), hexadecimal(word16(b, p + 6), 4)),
    ],
  }),
  icmp: (b, p) => unreachable('icmp', 4, b, p),
  icmpv6: (b, p) => unreachable('icmpv6', 6, b, p),
  gre: (b, p, end) => {
    const words: Field[] = [];
    let at = p + 4;
    for (const [flag, size, name, label] of GRE_WORDS) {
      if (!(b[p]! & flag)) continue;
      const value = size === 2 ? word16(b, at) : word32(b, at);
      words.push(
        field(
          name,
          label,
          at,
          at + size,
          value,
          size === 2 || flag === 0x20 ? hexadecimal(value, size * 2) : undefined,
        ),
      );
      at += 4;
    }
    return {
      title: `Generic Routing Encapsulation (${hexadecimal(word16(b, p + 2), 4)})`,
      fields: [
        field('gre.flags_and_version', 'Flags and version', p, p + 2, word16(b, p), hexadecimal(word16(b, p), 4)),
        type('gre.proto', b, p + 2),
        ...words.filter(f => f.end <= end),
      ],
    };
  },
  erspan: (b, p, end) => {
    const third = b[p]! >> 4 === 2;
    return {
      title: `Encapsulated Remote Switch Packet ANalysis Type ${third ? 'III' : 'II'}`,
      fields: [
        field('erspan.version', 'Version', p, p + 1, b[p]! >> 4),
        field('erspan.vlan', 'VLAN', p, p + 2, word16(b, p) & 0xfff),
        field('erspan.spanid', 'SPAN ID', p + 2, p + 4, word16(b, p + 2) & 0x3ff),
        ...(third
          ? [field('erspan.timestamp', 'Timestamp', p + 4, p + 8, word32(b, p + 4))]
          : [field('erspan.index', 'Index', p + 4, p + 8, word32(b, p + 4) & 0xfffff)]),
        ...(end - p === 20 ? [field('erspan.platid', 'Platform ID', p + 12, p + 13, b[p + 12]! >> 2)] : []),
      ],
    };
  },
  vxlan: (b, p) => ({
    title: 'Virtual eXtensible Local Area Network',
    fields: [
      field('vxlan.flags', 'Flags', p, p + 2, word16(b, p), hexadecimal(word16(b, p), 4)),
      field('vxlan.vni', 'VXLAN network identifier', p + 4, p + 7, word32(b, p + 4) >>> 8),
    ],
  }),
  geneve: (b, p, end) => {
    const vni = word32(b, p + 4) >>> 8;
    return {
      title: `Generic Network Virtualization Encapsulation, VNI: ${hexadecimal(vni, 6)}`,
      fields: [
        type('geneve.proto_type', b, p + 2),
        field('geneve.vni', 'Virtual network identifier', p + 4, p + 7, vni),
        ...(end > p + 8 ? [field('geneve.options', 'Options', p + 8, end, undefined, `${end - p - 8} octets`)] : []),
      ],
    };
  },
  gtp: (b, p) => ({
    title: 'GPRS Tunneling Protocol',
    fields: [
      field('gtp.flags', 'Flags', p, p + 1, b[p]!, hexadecimal(b[p]!, 2)),
      field('gtp.message', 'Message type', p + 1, p + 2, b[p + 1]!, 'T-PDU'),
      field('gtp.length', 'Length', p + 2, p + 4, word16(b, p + 2)),
      field('gtp.teid', 'TEID', p + 4, p + 8, word32(b, p + 4), hexadecimal(word32(b, p + 4), 8)),
    ],
  }),
};

/** The words that flags of GRE ask for, in order (RFC 2890 2). */
const GRE_WORDS = [
  [0x80, 2, 'gre.checksum', 'Checksum'],
  [0x20, 4, 'gre.key', 'Key'],
  [0x10, 4, 'gre.sequence_number', 'Sequence number'],
] as const;

/** Destination unreachable; of ICMP no other message is read. */
function unreachable(layer: 'icmp' | 'icmpv6', family: 4 | 6, b: Uint8Array, p: number): Shown {
  const [kind, code] = [b[p]!, b[p + 1]!];
  const { words } = reasonOf(family, code);
  return {
    title: `Internet Control Message Protocol${family === 4 ? '' : ' v6'}, Destination unreachable (${words})`,
    fields: [
      field(`${layer}.type`, 'Type', p, p + 1, kind, `Destination unreachable (${kind})`),
      field(`${layer}.code`, 'Code', p + 1, p + 2, code, `${words} (${code})`),
      field(`${layer}.checksum`, 'Checksum', p + 2, p + 4, word16(b, p + 2), hexadecimal(word16(b, p + 2), 4)),
    ],
  };
}

function tag(layer: 'vlan' | 'ieee8021ad', name: string): Show {
  return (b, p) => {
    const tci = word16(b, p);
    const [priority, dei, id] = [tci >> 13, (tci >> 12) & 1, tci & 0xfff];
    return {
      title: `${name}, PRI: ${priority}, DEI: ${dei}, ID: ${id}`,
      fields: [
        field(`${layer}.priority`, 'Priority', p, p + 1, priority),
        field(`${layer}.dei`, 'DEI', p, p + 1, dei),
        field(`${layer}.id`, 'ID', p, p + 2, id),
        ...(layer === 'vlan' ? [type('vlan.etype', b, p + 2)] : []),
      ],
    };
  };
}

function type(name: string, b: Uint8Array, at: number): Field {
  return field(name, 'Type', at, at + 2, word16(b, at), hexadecimal(word16(b, at), 4));
}

/** @param turned the ring has the most significant bit of an octet first (ISO 9314-2), Ethernet the least: shown is Ethernet's order */
function mac(b: Uint8Array, at: number, turned = false): string {
  const octets = b.subarray(at, at + 6);
  return Array.from(octets, octet => (turned ? reversed(octet) : octet).toString(16).padStart(2, '0')).join(':');
}

function reversed(octet: number): number {
  let out = 0;
  for (let bit = 0; bit < 8; bit++) out |= ((octet >> bit) & 1) << (7 - bit);
  return out;
}

export function word16(b: Uint8Array, p: number): number {
  return (b[p]! << 8) | b[p + 1]!;
}

export function word32(b: Uint8Array, p: number): number {
  return ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
}
