import { openReader } from '../../src/capture/open.ts';
import { cat, hex, type Part, u16, u32 } from './bytes.ts';
import { address, internetChecksum, ipv4, ipv4Fragments, ipv6, ipv6Fragments } from './ip.ts';
import { type CapturedFrame, pcap } from './pcap.ts';

/** The ends of the tunnel, which are nobody's that a report is about. */
export const OUTER = {
  four: ['198.51.100.1', '198.51.100.2'],
  six: ['2001:db8:ffff::1', '2001:db8:ffff::2'],
} as const;
const MACS = hex('02aabbccdd01 02aabbccdd02');

/** An Ethernet frame that holds an IP packet, in another frame, or in several. */
export interface Wrapping {
  readonly name: string;
  readonly linkType: number;
  /** Of those that hold no Ethernet frame only the packet in it goes on. */
  wrap(frame: Uint8Array, no: number): readonly Uint8Array[];
  /** Wireshark's names of the layers before the inner IP header. */
  readonly layers: string;
}

const packetOf = (frame: Uint8Array): Uint8Array => {
  const packet = frame.subarray(14);
  const size = packet[0]! >> 4 === 4 ? (packet[2]! << 8) | packet[3]! : 40 + ((packet[4]! << 8) | packet[5]!);
  return packet.subarray(0, size);
};
const typeOf = (frame: Uint8Array): Uint8Array => frame.subarray(12, 14);

const ethernetFrame = (packet: Uint8Array): Uint8Array =>
  cat(MACS, u16(packet[0]! >> 4 === 4 ? 0x0800 : 0x86dd), packet);

/** In an IPv4 packet in Ethernet. */
const four = (payload: Uint8Array, protocol: number): Uint8Array =>
  ethernetFrame(ipv4(OUTER.four[0], OUTER.four[1], payload, { protocol }));
const six = (payload: Uint8Array, protocol: number): Uint8Array =>
  ethernetFrame(ipv6(OUTER.six[0], OUTER.six[1], payload, { protocol }));

export function udp(port: number, payload: Uint8Array, checksum: 'none' | 4 | 6 = 'none', from = 49_152): Uint8Array {
  const size = payload.length + 8;
  const header = (sum: number) => cat(u16(from), u16(port), u16(size), u16(sum));
  if (checksum === 'none') return cat(header(0), payload);
  const [source, destination] = (checksum === 4 ? OUTER.four : OUTER.six).map(address) as [Uint8Array, Uint8Array];
  const pseudo = checksum === 4 ? [0, 17, u16(size)] : [u32(size), 0, 0, 0, 17];
  const sum = internetChecksum(source, destination, pseudo, header(0), payload);
  return cat(header(sum === 0 ? 0xffff : sum), payload);
}

/** RFC 2784, RFC 2890. */
export function gre(
  type: number,
  payload: Uint8Array,
  o: { checksum?: boolean; key?: number; sequence?: number } = {},
): Uint8Array {
  const flags = (o.checksum ? 0x80 : 0) | (o.key === undefined ? 0 : 0x20) | (o.sequence === undefined ? 0 : 0x10);
  const packet = (sum: number) =>
    cat(
      [flags, 0],
      u16(type),
      o.checksum ? [u16(sum), 0, 0] : [],
      o.key === undefined ? [] : u32(o.key),
      o.sequence === undefined ? [] : u32(o.sequence),
      payload,
    );
  return packet(o.checksum ? internetChecksum(packet(0)) : 0);
}

/** RFC 2637 4.1: a PPP frame in call 7; `acknowledged` where the packet acknowledges another. */
export const pptp = (frame: Part, sequence: number, acknowledged?: number): Uint8Array => {
  const ppp = cat(frame);
  const acknowledges = acknowledged !== undefined;
  const numbers = [u32(sequence), acknowledges ? u32(acknowledged) : []];
  return cat(0x30, acknowledges ? 0x81 : 1, 0x88, 0x0b, u16(ppp.length), u16(7), ...numbers, ppp);
};

export const vxlan = (frame: Uint8Array): Uint8Array => cat(hex('08000000 00007b00'), frame);
export const geneve = (type: number, payload: Uint8Array, options: Part = []): Uint8Array => {
  const list = cat(options);
  return cat(list.length / 4, 0, u16(type), hex('00007b00'), list, payload);
};
/** TS 29.281; `more` is what the flags ask for. */
export const gtp = (packet: Uint8Array, flags = 0x30, more: Part = []): Uint8Array => {
  const rest = cat(more, packet);
  return cat(flags, 0xff, u16(rest.length), u32(0x1234), rest);
};
export const ERSPAN_2 = hex('1005 0064 00000003');
export const ERSPAN_3 = hex('2005 0064 00010203 0000 8000');
/** With the platform's subheader. */
export const ERSPAN_3_PLATFORM = cat(hex('2005 0064 00010203 0000 8001'), hex('0c00 0007 0000 0001'));

/** 802.2 LLC and SNAP (RFC 1042), up to the EtherType. */
const SNAP = hex('aaaa03 000000');

const wrapping =
  (linkType: number) =>
  (name: string, layers: string, wrap: (frame: Uint8Array, no: number) => Part): Wrapping => ({
    name,
    linkType,
    layers,
    wrap: (frame, no) => [cat(wrap(frame, no))],
  });

const inEthernet = wrapping(1);

/** The packet in a UDP packet between the ends of the tunnel. */
const inUdp = (port: number, payload: Uint8Array): Uint8Array => four(udp(port, payload), 17);

/** Tunnels, in Ethernet. */
export const TUNNELS: readonly Wrapping[] = [
  inEthernet('GRE', 'eth:ip:gre', f => four(gre(0x0800, packetOf(f)), 47)),
  inEthernet('GRE with checksum, key and sequence', 'eth:ip:gre', (f, no) =>
    four(gre(0x0800, packetOf(f), { checksum: true, key: 7, sequence: no }), 47),
  ),
  inEthernet('GRE, Ethernet', 'eth:ip:gre:eth', f => four(gre(0x6558, f), 47)),
  inEthernet('GRE over IPv6', 'eth:ipv6:gre', f => six(gre(0x0800, packetOf(f)), 47)),
  inEthernet('GRE, MPLS', 'eth:ip:gre:mpls', f => four(gre(0x8847, cat(hex('000641ff'), packetOf(f))), 47)),
  inEthernet('ERSPAN I', 'eth:ip:gre:eth', f => four(gre(0x88be, f), 47)),
  inEthernet('ERSPAN II', 'eth:ip:gre:erspan:eth', (f, no) =>
    four(gre(0x88be, cat(ERSPAN_2, f), { sequence: no }), 47),
  ),
  inEthernet('ERSPAN III', 'eth:ip:gre:erspan:eth', (f, no) =>
    four(gre(0x22eb, cat(ERSPAN_3, f), { sequence: no }), 47),
  ),
  inEthernet('ERSPAN III with a subheader', 'eth:ip:gre:erspan:eth', (f, no) =>
    four(gre(0x22eb, cat(ERSPAN_3_PLATFORM, f), { sequence: no }), 47),
  ),
  inEthernet('PPTP', 'eth:ip:gre:ppp', (f, no) => four(pptp([hex('ff03 0021'), packetOf(f)], no), 47)),
  inEthernet('PPTP, compressed fields and an acknowledgement', 'eth:ip:gre:ppp', (f, no) =>
    four(pptp([0x21, packetOf(f)], no, no), 47),
  ),
  inEthernet('VXLAN', 'eth:ip:udp:vxlan:eth', f => inUdp(4789, vxlan(f))),
  inEthernet('VXLAN with a UDP checksum', 'eth:ip:udp:vxlan:eth', f => four(udp(4789, vxlan(f), 4), 17)),
  inEthernet('VXLAN over IPv6', 'eth:ipv6:udp:vxlan:eth', f => six(udp(4789, vxlan(f), 6), 17)),
  inEthernet('Geneve, Ethernet', 'eth:ip:udp:geneve:eth', f => inUdp(6081, geneve(0x6558, f))),
  inEthernet('Geneve with options', 'eth:ip:udp:geneve', f =>
    inUdp(6081, geneve(0x0800, packetOf(f), hex('0102 80 01 0a0b0c0d 0103 02 00'))),
  ),
  inEthernet('GTP-U', 'eth:ip:udp:gtp', f => inUdp(2152, gtp(packetOf(f)))),
  inEthernet('GTP-U with a sequence number', 'eth:ip:udp:gtp', (f, no) =>
    inUdp(2152, gtp(packetOf(f), 0x32, [u16(no), 0, 0])),
  ),
  inEthernet('GTP-U with extension headers', 'eth:ip:udp:gtp', f =>
    inUdp(2152, gtp(packetOf(f), 0x34, hex('0000 00 85 01 10 09 c0 01 0123 00'))),
  ),
  inEthernet('IP in IP', 'eth:ip', f => four(packetOf(f), 4)),
  inEthernet('IPv4 in IPv6', 'eth:ipv6', f => six(packetOf(f), 4)),
  inEthernet('IPv4 in IPv6 with a tunnel encapsulation limit', 'eth:ipv6', f =>
    ethernetFrame(
      ipv6(OUTER.six[0], OUTER.six[1], packetOf(f), {
        protocol: 4,
        extensions: [{ type: 60, body: hex('040104 010100') }],
      }),
    ),
  ),
  inEthernet('VXLAN in GRE', 'eth:ip:gre:eth:ip:udp:vxlan:eth', f =>
    four(gre(0x6558, inUdp(4789, vxlan(f)), { checksum: true }), 47),
  ),
  inEthernet('four tunnels', 'eth:ip:ip:ip:ip', f =>
    four(
      [0, 1, 2].reduce((packet, id) => ipv4(OUTER.four[0], OUTER.four[1], packet, { protocol: 4, id }), packetOf(f)),
      4,
    ),
  ),
];

const tagged =
  (...tags: string[]) =>
  (f: Uint8Array) =>
    cat(f.subarray(0, 12), tags.map(hex), f.subarray(12));

const WLAN = hex('0801 0000 0a5500000001 0a5500000002 0a5500000003 1000');
const QOS = cat(hex('8802 0000 0a5500000001 0a5500000002 0a5500000003 1000'), [0, 0]);
const FOUR_ADDRESSES = hex('0803 0000 0a5500000001 0a5500000002 0a5500000003 1000 0a5500000004');

/** Link layers. */
export const LINKS: readonly Wrapping[] = [
  inEthernet('802.1ad and 802.1Q', 'eth:ieee8021ad:vlan', tagged('88a8 0064', '8100 2005')),
  inEthernet('802.1ah', 'eth:ieee8021ad:ieee8021ah', f => [MACS, hex('88a8 0064 88e7 00000abc'), f]),
  inEthernet('802.1ah without a B-TAG', 'eth:ieee8021ah', f => [MACS, hex('88e7 00000abc'), f]),
  inEthernet('MPLS pseudowire', 'eth:mpls:pwethcw:eth', f => [MACS, hex('8847 000651ff 00000000'), f]),
  wrapping(104)('Cisco HDLC', 'chdlc', f => [hex('0f00'), typeOf(f), packetOf(f)]),
  wrapping(107)('Frame Relay, IP', 'fr', f => [hex('1841 03cc'), packetOf(f)]),
  wrapping(107)('Frame Relay, SNAP', 'fr', f => [hex('1841 03 00 80 000000'), typeOf(f), packetOf(f)]),
  wrapping(107)("Frame Relay, Cisco's", 'fr', f => [hex('1841'), typeOf(f), packetOf(f)]),
  wrapping(6)('Token Ring', 'tr:llc', f => [hex('1040 0a5500000001 0a5500000002'), SNAP, typeOf(f), packetOf(f)]),
  wrapping(6)('Token Ring with source routing', 'tr:llc', f => [
    hex('1040 0a5500000001 8a5500000002 0680 0011 0020'),
    SNAP,
    typeOf(f),
    packetOf(f),
  ]),
  wrapping(10)('FDDI', 'fddi:llc', f => [hex('50 0a5500000001 0a5500000002'), SNAP, typeOf(f), packetOf(f)]),
  wrapping(105)('802.11', 'wlan:llc', f => [WLAN, SNAP, typeOf(f), packetOf(f)]),
  wrapping(105)('802.11 QoS', 'wlan:llc', f => [QOS, SNAP, typeOf(f), packetOf(f)]),
  wrapping(105)('802.11 with four addresses', 'wlan:llc', f => [FOUR_ADDRESSES, SNAP, typeOf(f), packetOf(f)]),
  wrapping(127)('radiotap', 'radiotap:wlan:llc', f => [hex('0000 0800 00000000'), WLAN, SNAP, typeOf(f), packetOf(f)]),
  wrapping(127)('radiotap with time, flags and a padded header', 'radiotap:wlan:llc', f => [
    hex('0000 1100 03000000 0102030405060708 20'),
    QOS,
    [0, 0],
    SNAP,
    typeOf(f),
    packetOf(f),
  ]),
  wrapping(192)('PPI', 'ppi:wlan:llc', f => [
    hex('0000 2000 69000000 0200 1400 0000000000000000 0000 0200 00000000 00000000'),
    WLAN,
    SNAP,
    typeOf(f),
    packetOf(f),
  ]),
  wrapping(163)('AVS', 'wlancap:wlan:llc', f => [
    hex('80211001 00000040'),
    new Uint8Array(56),
    WLAN,
    SNAP,
    typeOf(f),
    packetOf(f),
  ]),
  wrapping(119)('Prism', 'wlancap:wlan:llc', f => [
    hex('44000000 90000000 776c616e30000000 0000000000000000'),
    new Uint8Array(120),
    WLAN,
    SNAP,
    typeOf(f),
    packetOf(f),
  ]),
  wrapping(239)('NFLOG', 'nflog', f => [
    hex('02000001 0800 0100 08000100 0500 0a00 4c000000 0800 0b00 000003e8'),
    u16le(packetOf(f).length + 4),
    hex('0900'),
    packetOf(f),
  ]),
];

function u16le(n: number): number[] {
  return u16(n).reverse();
}

/** Tunnels whose packets come in two fragments, cut at so many octets. */
export const FRAGMENTED: readonly Wrapping[] = [
  halved('GRE in fragments', 47, 24, f => gre(0x0800, packetOf(f), { checksum: true })),
  halved('GRE, cut in the inner IP header', 47, 16, f => gre(0x0800, packetOf(f), { checksum: true })),
  halved('VXLAN in fragments', 17, 48, f => udp(4789, vxlan(f), 4)),
  halved('VXLAN, cut in its header', 17, 8, f => udp(4789, vxlan(f), 4)),
  halved('IP in IP in fragments', 4, 32, packetOf),
  {
    name: 'GTP-U over IPv6 in fragments',
    linkType: 1,
    layers: 'eth:ipv6',
    wrap: (f, no) =>
      ipv6Fragments(OUTER.six[0], OUTER.six[1], udp(2152, gtp(packetOf(f)), 6), [24], no, 17).map(ethernetFrame),
  },
];

function halved(name: string, protocol: number, cut: number, payload: (frame: Uint8Array) => Uint8Array): Wrapping {
  return {
    name,
    linkType: 1,
    layers: 'eth:ip',
    wrap: (f, no) =>
      ipv4Fragments(OUTER.four[0], OUTER.four[1], payload(f), [cut], { protocol, id: no & 0xffff }).map(ethernetFrame),
  };
}

/** A classic Ethernet capture, each frame wrapped. */
export function wrapped(bytes: Uint8Array, { linkType, wrap }: Wrapping): Uint8Array<ArrayBuffer> {
  const frames: CapturedFrame[] = [];
  const reader = openReader(bytes, {
    ports: null,
    everyFrame: true,
    warn: ({ message }) => {
      throw new Error(message);
    },
    sink: {
      frame(no, sec, nsec, b, start, end) {
        for (const frame of wrap(b.slice(start, end), no)) frames.push({ time: { sec, nsec }, bytes: frame });
      },
    },
  });
  reader?.push(bytes, 0, bytes.length);
  return pcap(frames, { linkType });
}
