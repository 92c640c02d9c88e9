import { hexadecimal } from '../../base/numbers.ts';
import { linkTypeKnown, linkTypeName } from '../../capture/link.ts';
import { field, type LayerTree } from '../../model/field.ts';
import { ipv4Text, ipv6Text } from '../../net/address.ts';
import { type Header, headersIn, headersOf, lastIp, payloadOf } from '../../net/headers.ts';
import { LINK_FIELDS, type Shown, word16, word32 } from './link-fields.ts';

/**
 * The layers below TPKT of one captured frame, for people to look at: link, IP, tunnels, TCP. Reads what is there and stops where the
 * octets end; positions are offsets in the frame. Names are Wireshark's.
 */
export function linkTrees(b: Uint8Array, linkType: number): LayerTree[] {
  const headers = headersOf(b, linkType);
  if (headers.length === 0 && b.length > 0) {
    const title = linkTypeKnown(linkType) ? `${linkTypeName(linkType)}, no IP packet` : linkTypeName(linkType);
    return [{ layer: 'frame', title, bytes: b, start: 0, end: b.length, origin: null, fields: [] }];
  }
  return treesOf(b, headers);
}

/**
 * The same of the headers of a datagram that a frame of this link type completes, up to TCP's, which begins at `at`; none where a datagram
 * in that one came in fragments too.
 */
export function datagramTrees(b: Uint8Array, at: number, frame: Uint8Array, linkType: number): LayerTree[] {
  const outer = lastIp(headersOf(frame, linkType));
  const payload = outer === undefined ? null : payloadOf(frame, outer);
  if (payload === null) return [];
  const headers = headersIn(b, outer!.layer === 'ip' ? 4 : 6, payload.protocol);
  const last = headers.at(-1);
  return last?.layer === 'tcp' && last.start === at ? treesOf(b, headers) : [];
}

function treesOf(b: Uint8Array, headers: readonly Header[]): LayerTree[] {
  return headers.map(({ layer, start, end }) => {
    const show = layer === 'ip' ? ipv4 : layer === 'ipv6' ? ipv6 : layer === 'tcp' ? tcp : LINK_FIELDS[layer];
    return { layer, bytes: b, start, end, origin: null, ...show(b, start, end) };
  });
}

function ipv4(b: Uint8Array, n: number, end: number): Shown {
  const header = end - n;
  const source = ipv4Text(word32(b, n + 12) | 0);
  const destination = ipv4Text(word32(b, n + 16) | 0);
  const fragment = word16(b, n + 6);
  const title = `Internet Protocol Version 4, Src: ${source}, Dst: ${destination}`;
  const fields = [
    field('ip.version', 'Version', n, n + 1, 4),
    field('ip.hdr_len', 'Header length', n, n + 1, header, `${header} octets`),
    field('ip.dsfield', 'Differentiated services', n + 1, n + 2, b[n + 1]!, hexadecimal(b[n + 1]!, 2)),
    field('ip.len', 'Total length', n + 2, n + 4, word16(b, n + 2)),
    field('ip.id', 'Identification', n + 4, n + 6, word16(b, n + 4), hexadecimal(word16(b, n + 4), 4)),
    field('ip.flags.df', "Don't fragment", n + 6, n + 7, (fragment & 0x4000) !== 0),
    field('ip.flags.mf', 'More fragments', n + 6, n + 7, (fragment & 0x2000) !== 0),
    field('ip.frag_offset', 'Fragment offset', n + 6, n + 8, (fragment & 0x1fff) << 3),
    field('ip.ttl', 'Time to live', n + 8, n + 9, b[n + 8]!),
    field('ip.proto', 'Protocol', n + 9, n + 10, b[n + 9]!),
    field('ip.checksum', 'Header checksum', n + 10, n + 12, word16(b, n + 10), hexadecimal(word16(b, n + 10), 4)),
    field('ip.src', 'Source', n + 12, n + 16, source),
    field('ip.dst', 'Destination', n + 16, n + 20, destination),
  ];
  return { title, fields };
}

function ipv6(b: Uint8Array, n: number): Shown {
  const source = ipv6Text(groups(b, n + 8));
  const destination = ipv6Text(groups(b, n + 24));
  const title = `Internet Protocol Version 6, Src: ${source}, Dst: ${destination}`;
  const fields = [
    field('ipv6.version', 'Version', n, n + 1, 6),
    field('ipv6.plen', 'Payload length', n + 4, n + 6, word16(b, n + 4)),
    field('ipv6.nxt', 'Next header', n + 6, n + 7, b[n + 6]!),
    field('ipv6.hlim', 'Hop limit', n + 7, n + 8, b[n + 7]!),
    field('ipv6.src', 'Source', n + 8, n + 24, source),
    field('ipv6.dst', 'Destination', n + 24, n + 40, destination),
  ];
  return { title, fields };
}

const FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** ICMP may quote the beginning of a header alone: of it what is there. */
function tcp(b: Uint8Array, t: number, end: number): Shown {
  const header = (b[t + 12]! >> 4) << 2;
  const flags = b[t + 13] ?? 0;
  const names = FLAG_NAMES.filter((_, i) => flags & (1 << i)).join(', ');
  const [source, destination] = [word16(b, t), word16(b, t + 2)];
  const title = `Transmission Control Protocol, Src Port: ${source}, Dst Port: ${destination}`;
  const fields = [
    field('tcp.srcport', 'Source port', t, t + 2, source),
    field('tcp.dstport', 'Destination port', t + 2, t + 4, destination),
    field('tcp.seq_raw', 'Sequence number (raw)', t + 4, t + 8, word32(b, t + 4)),
    field('tcp.ack_raw', 'Acknowledgment number (raw)', t + 8, t + 12, word32(b, t + 8)),
    field('tcp.hdr_len', 'Header length', t + 12, t + 13, header, `${header} octets`),
    field('tcp.flags', 'Flags', t + 12, t + 14, flags, `${hexadecimal(flags, 3)} (${names})`),
    field('tcp.window_size_value', 'Window', t + 14, t + 16, word16(b, t + 14)),
    field('tcp.checksum', 'Checksum', t + 16, t + 18, word16(b, t + 16), hexadecimal(word16(b, t + 16), 4)),
    field('tcp.urgent_pointer', 'Urgent pointer', t + 18, t + 20, word16(b, t + 18)),
    ...(end > t + 20 ? [field('tcp.options', 'Options', t + 20, end, undefined, `${end - t - 20} octets`)] : []),
  ];
  return { title, fields: fields.filter(f => f.end <= end) };
}

function groups(b: Uint8Array, at: number): number[] {
  return Array.from({ length: 8 }, (_, i) => word16(b, at + 2 * i));
}
