import { ipOffset, linkTypeName } from '../../capture/link.ts';
import { type Field, field, type LayerTree } from '../../model/field.ts';
import { ipv4Text, ipv6Text } from '../../net/address.ts';
import { extensionSize, FRAGMENT, mayHoldTcp } from '../../net/extension.ts';

/**
 * The layers below TPKT of one captured frame, for people to look at: link, IP, TCP. Reads what is there and stops where the octets
 * end; positions are offsets in the frame. Names are Wireshark's.
 */
export function linkTrees(b: Uint8Array, linkType: number): LayerTree[] {
  const out: LayerTree[] = [];
  const add = (layer: string, title: string, start: number, end: number, fields: Field[]): void => {
    out.push({ layer, title, bytes: b, start, end, origin: null, fields });
  };
  const n = ipOffset(b, 0, b.length, linkType);
  const linkEnd = n < 0 ? b.length : n;
  if (linkType === 1 && b.length >= 14) {
    const tags: Field[] = [];
    for (let p = 12; p + 4 <= linkEnd && isTag(word16(b, p)); p += 4) {
      const tci = word16(b, p + 2);
      tags.push(
        field('vlan.id', 'VLAN ID', p + 2, p + 4, tci & 0xfff),
        field('vlan.priority', 'Priority', p + 2, p + 3, tci >> 13),
      );
    }
    const typeAt = 12 + tags.length * 2;
    add('eth', `Ethernet II, Src: ${mac(b, 6)}, Dst: ${mac(b, 0)}`, 0, linkEnd, [
      field('eth.dst', 'Destination', 0, 6, mac(b, 0)),
      field('eth.src', 'Source', 6, 12, mac(b, 6)),
      ...tags,
      field('eth.type', 'Type', typeAt, typeAt + 2, word16(b, typeAt), hex(word16(b, typeAt), 4)),
    ]);
  } else if (linkEnd > 0) {
    add('frame', `${linkTypeName(linkType)} header, ${linkEnd} octets`, 0, linkEnd, []);
  }
  if (n < 0) return out;
  const t = b[n]! >> 4 === 4 ? ipv4(b, n, add) : ipv6(b, n, add);
  if (t >= 0 && t + 20 <= b.length) tcp(b, t, add);
  return out;
}

type Add = (layer: string, title: string, start: number, end: number, fields: Field[]) => void;

/** Returns the position of the TCP header, or -1 when this frame does not hold it. */
function ipv4(b: Uint8Array, n: number, add: Add): number {
  const header = (b[n]! & 15) << 2;
  if (header < 20 || n + header > b.length) return -1;
  const source = ipv4Text(word32(b, n + 12) | 0);
  const destination = ipv4Text(word32(b, n + 16) | 0);
  const fragment = word16(b, n + 6);
  add('ip', `Internet Protocol Version 4, Src: ${source}, Dst: ${destination}`, n, n + header, [
    field('ip.version', 'Version', n, n + 1, 4),
    field('ip.hdr_len', 'Header length', n, n + 1, header, `${header} octets`),
    field('ip.dsfield', 'Differentiated services', n + 1, n + 2, b[n + 1]!, hex(b[n + 1]!, 2)),
    field('ip.len', 'Total length', n + 2, n + 4, word16(b, n + 2)),
    field('ip.id', 'Identification', n + 4, n + 6, word16(b, n + 4), hex(word16(b, n + 4), 4)),
    field('ip.flags.df', "Don't fragment", n + 6, n + 7, (fragment & 0x4000) !== 0),
    field('ip.flags.mf', 'More fragments', n + 6, n + 7, (fragment & 0x2000) !== 0),
    field('ip.frag_offset', 'Fragment offset', n + 6, n + 8, (fragment & 0x1fff) << 3),
    field('ip.ttl', 'Time to live', n + 8, n + 9, b[n + 8]!),
    field('ip.proto', 'Protocol', n + 9, n + 10, b[n + 9]!),
    field('ip.checksum', 'Header checksum', n + 10, n + 12, word16(b, n + 10), hex(word16(b, n + 10), 4)),
    field('ip.src', 'Source', n + 12, n + 16, source),
    field('ip.dst', 'Destination', n + 16, n + 20, destination),
  ]);
  return (fragment & 0x3fff) === 0 ? tcpAt(b, 4, b[n + 9]!, n + header) : -1;
}

function ipv6(b: Uint8Array, n: number, add: Add): number {
  if (n + 40 > b.length) return -1;
  const source = ipv6Text(groups(b, n + 8));
  const destination = ipv6Text(groups(b, n + 24));
  add('ipv6', `Internet Protocol Version 6, Src: ${source}, Dst: ${destination}`, n, n + 40, [
    field('ipv6.version', 'Version', n, n + 1, 6),
    field('ipv6.plen', 'Payload length', n + 4, n + 6, word16(b, n + 4)),
    field('ipv6.nxt', 'Next header', n + 6, n + 7, b[n + 6]!),
    field('ipv6.hlim', 'Hop limit', n + 7, n + 8, b[n + 7]!),
    field('ipv6.src', 'Source', n + 8, n + 24, source),
    field('ipv6.dst', 'Destination', n + 24, n + 40, destination),
  ]);
  return tcpAt(b, 6, b[n + 6]!, n + 40);
}

/** Position of the TCP header behind the extension headers at `from`, the first of them named `type`. */
function tcpAt(b: Uint8Array, family: 4 | 6, type: number, from: number): number {
  let next = type;
  let t = from;
  while (next !== 6) {
    if (t + 8 > b.length || !mayHoldTcp(family, next) || (next === FRAGMENT && word16(b, t + 2) & 0xfff9)) return -1;
    const size = extensionSize(b, t, next);
    next = b[t]!;
    t += size;
  }
  return t;
}

const FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

function tcp(b: Uint8Array, t: number, add: Add): void {
  const header = (b[t + 12]! >> 4) << 2;
  if (header < 20) return;
  const end = Math.min(t + header, b.length);
  const flags = b[t + 13]!;
  const names = FLAG_NAMES.filter((_, i) => flags & (1 << i)).join(', ');
  const [source, destination] = [word16(b, t), word16(b, t + 2)];
  add('tcp', `Transmission Control Protocol, Src Port: ${source}, Dst Port: ${destination}`, t, end, [
    field('tcp.srcport', 'Source port', t, t + 2, source),
    field('tcp.dstport', 'Destination port', t + 2, t + 4, destination),
    field('tcp.seq_raw', 'Sequence number (raw)', t + 4, t + 8, word32(b, t + 4)),
    field('tcp.ack_raw', 'Acknowledgment number (raw)', t + 8, t + 12, word32(b, t + 8)),
    field('tcp.hdr_len', 'Header length', t + 12, t + 13, header, `${header} octets`),
    field('tcp.flags', 'Flags', t + 12, t + 14, flags, `${hex(flags, 3)} (${names})`),
    field('tcp.window_size_value', 'Window', t + 14, t + 16, word16(b, t + 14)),
    field('tcp.checksum', 'Checksum', t + 16, t + 18, word16(b, t + 16), hex(word16(b, t + 16), 4)),
    field('tcp.urgent_pointer', 'Urgent pointer', t + 18, t + 20, word16(b, t + 18)),
    ...(end > t + 20 ? [field('tcp.options', 'Options', t + 20, end, undefined, `${end - t - 20} octets`)] : []),
  ]);
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}

function mac(b: Uint8Array, at: number): string {
  return Array.from(b.subarray(at, at + 6), octet => octet.toString(16).padStart(2, '0')).join(':');
}

function groups(b: Uint8Array, at: number): number[] {
  return Array.from({ length: 8 }, (_, i) => word16(b, at + 2 * i));
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

function word16(b: Uint8Array, p: number): number {
  return (b[p]! << 8) | b[p + 1]!;
}

function word32(b: Uint8Array, p: number): number {
  return ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
}
