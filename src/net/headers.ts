import { ipOffset, type Layer } from '../capture/link.ts';
import { ICMP, mayQuote, quoted } from '../capture/quoted.ts';
import { MAX_TUNNELS, mayTunnel, tunnelled } from '../capture/tunnels.ts';
import { extensionSize, FRAGMENT, mayHoldTcp } from './extension.ts';
import { tcpHeader } from './icmp.ts';
import { LEAST_HEADER } from './segment.ts';

/** A header by Wireshark's name, and where it stands. */
export interface Header {
  readonly layer: Layer;
  readonly start: number;
  readonly end: number;
}

/** What an IP packet carries: its protocol, and where that begins; `fragment` when it is only a part of it, `first` when it begins there. */
export interface Payload {
  readonly protocol: number;
  readonly start: number;
  readonly fragment: boolean;
  readonly first: boolean;
}

/**
 * The headers of a frame from the link to TCP, as far as the frame alone has them: a fragment is the last. An ICMP message that says what
 * was not delivered, or the first fragment of one, is followed by the headers that it quotes; TCP's may be cut there.
 */
export function headersOf(b: Uint8Array, linkType: number): Header[] {
  const out: Header[] = [];
  const n = ipOffset(b, 0, b.length, linkType, (layer, start, end) => out.push({ layer, start, end }));
  if (n >= 0) packets(b, n, 0, out);
  return out;
}

/** The headers in a datagram that was put together, of which the IP header is not part. */
export function headersIn(b: Uint8Array, family: 4 | 6, protocol: number): Header[] {
  const out: Header[] = [];
  const payload = behindExtensions(b, family, protocol, 0);
  if (payload !== null) behind(b, payload, 0, out);
  return out;
}

export function isIp({ layer }: { readonly layer: string }): boolean {
  return layer === 'ip' || layer === 'ipv6';
}

/** The packet that the frame is about: the innermost, or the one that the frame has a fragment of. */
export function lastIp(headers: readonly Header[]): Header | undefined {
  return headers.findLast(isIp);
}

/** Where an IP packet ends; without a length, as segmentation offload leaves it, where the octets end. */
export function packetEnd(b: Uint8Array, { layer, start }: { readonly layer: string; readonly start: number }): number {
  const at = layer === 'ip' ? start + 2 : start + 4;
  const said = (b[at]! << 8) | b[at + 1]!;
  return said === 0 ? b.length : start + said + (layer === 'ip' ? 0 : 40);
}

/** What the IP packet with its header at `start` carries; null when the frame ends before that. */
export function payloadOf(b: Uint8Array, { layer, start, end }: Header): Payload | null {
  if (layer === 'ipv6') return behindExtensions(b, 6, b[start + 6]!, end);
  const fragment = ((b[start + 6]! & 0x3f) | b[start + 7]!) !== 0;
  const first = ((b[start + 6]! & 0x1f) | b[start + 7]!) === 0;
  const payload = { protocol: b[start + 9]!, start: end, fragment, first };
  return fragment ? payload : behindExtensions(b, 4, payload.protocol, end);
}

function packets(b: Uint8Array, at: number, depth: number, out: Header[]): void {
  const header = ipHeader(b, at);
  if (header === null) return;
  out.push(header);
  const payload = payloadOf(b, header);
  if (payload === null) return;
  if (!payload.fragment) behind(b, payload, depth, out);
  else if (payload.first && mayQuote(payload.protocol)) quotation(b, payload.protocol, payload.start, out);
}

function ipHeader(b: Uint8Array, at: number): Header | null {
  const four = b[at]! >> 4 === 4;
  const size = four ? (b[at]! & 15) << 2 : 40;
  return size < 20 || at + size > b.length ? null : { layer: four ? 'ip' : 'ipv6', start: at, end: at + size };
}

function behind(b: Uint8Array, { protocol, start }: Payload, depth: number, out: Header[]): void {
  if (protocol === 6) {
    const size = (b[start + 12]! >> 4) << 2;
    if (start + LEAST_HEADER <= b.length && size >= 20)
      out.push({ layer: 'tcp', start, end: Math.min(start + size, b.length) });
    return;
  }
  if (mayQuote(protocol)) return quotation(b, protocol, start, out);
  if (depth === MAX_TUNNELS || !mayTunnel(protocol)) return;
  const n = tunnelled(b, start, b.length, protocol, (layer, from, end) => out.push({ layer, start: from, end }));
  if (n >= 0) packets(b, n, depth + 1, out);
}

function quotation(b: Uint8Array, protocol: number, start: number, out: Header[]): void {
  const n = quoted(b, start, b.length, protocol);
  if (n < 0) return;
  out.push({ layer: protocol === ICMP ? 'icmp' : 'icmpv6', start, end: n });
  const ip = ipHeader(b, n);
  if (ip === null) return;
  out.push(ip);
  const payload = payloadOf(b, ip);
  if (payload === null || !payload.first || payload.protocol !== 6 || payload.start >= b.length) return;
  const tcp = payload.start;
  out.push({ layer: 'tcp', start: tcp, end: Math.min(tcp + tcpHeader(b, tcp, b.length), b.length) });
}

/** What stands behind the extension headers at `from`, the first of them named `type`; null when it cannot be read. */
function behindExtensions(b: Uint8Array, family: 4 | 6, type: number, from: number): Payload | null {
  let next = type;
  let t = from;
  while (next !== 6 && !mayTunnel(next) && !mayQuote(next)) {
    if (t + 8 > b.length || !mayHoldTcp(family, next)) return null;
    const fragment = next === FRAGMENT && (b[t + 2]! | (b[t + 3]! & 0xf9)) !== 0;
    const first = next !== FRAGMENT || (b[t + 2]! | (b[t + 3]! & 0xf8)) === 0;
    const size = extensionSize(b, t, next);
    next = b[t]!;
    t += size;
    if (fragment) return { protocol: next, start: t, fragment, first };
  }
  return { protocol: next, start: t, fragment: false, first: true };
}
