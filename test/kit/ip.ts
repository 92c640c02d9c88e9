import { cat, type Part, u16, u32 } from './bytes.ts';

/** The four or sixteen octets of an address in text. */
export function address(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  return cat([...left, ...zeros, ...right].map(g => u16(Number.parseInt(g, 16))));
}

/** The one's complement sum of RFC 1071, complemented. */
export function internetChecksum(...parts: readonly Part[]): number {
  const bytes = cat(parts);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Ipv4Options {
  readonly id?: number;
  readonly ttl?: number;
  readonly protocol?: number;
  /** Padded to a multiple of four with end-of-options octets. */
  readonly options?: Part;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In octets, a multiple of eight. */
  readonly fragmentOffset?: number;
  /** What the total length field says; the true length when absent (0 is what segmentation offload leaves). */
  readonly totalLength?: number;
}

export function ipv4(source: string, destination: string, payload: Uint8Array, o: Ipv4Options = {}): Uint8Array {
  let options = cat(o.options ?? []);
  if (options.length % 4 !== 0) options = cat(options, new Uint8Array(4 - (options.length % 4)));
  const headerLength = 20 + options.length;
  const flags = (o.dontFragment ? 0x4000 : 0) | (o.moreFragments ? 0x2000 : 0) | ((o.fragmentOffset ?? 0) >>> 3);
  const header = (checksum: number) =>
    cat(
      0x40 | (headerLength / 4),
      0,
      u16(o.totalLength ?? headerLength + payload.length),
      u16(o.id ?? 0),
      u16(flags),
      o.ttl ?? 128,
      o.protocol ?? 6,
      u16(checksum),
      address(source),
      address(destination),
      options,
    );
  return cat(header(internetChecksum(header(0))), payload);
}

/** The payload in fragments cut at `cuts` (octets, multiples of eight), in order. */
export function ipv4Fragments(
  source: string,
  destination: string,
  payload: Uint8Array,
  cuts: readonly number[],
  o: Ipv4Options = {},
): Uint8Array[] {
  const edges = [0, ...cuts, payload.length];
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1]!;
    const more = to < payload.length;
    return ipv4(source, destination, payload.subarray(from, to), { ...o, fragmentOffset: from, moreFragments: more });
  });
}

/** An IPv6 extension header: `type` names it in the header before (0 hop-by-hop, 43 routing, 60 destination, 51 AH). */
export interface Extension {
  readonly type: number;
  /** What follows the next-header and length octets; its length plus two must be a multiple of eight. */
  readonly body: Part;
}

export interface Ipv6Options {
  readonly hopLimit?: number;
  readonly protocol?: number;
  readonly extensions?: readonly Extension[];
}

export function ipv6(source: string, destination: string, payload: Uint8Array, o: Ipv6Options = {}): Uint8Array {
  const extensions = o.extensions ?? [];
  const types = [...extensions.map(e => e.type), o.protocol ?? 6];
  const chain = extensions.map((e, i) => {
    const body = cat(e.body);
    if ((body.length + 2) % 8 !== 0) throw new RangeError('an extension header fills multiples of eight octets');
    // RFC 4302: the authentication header counts in four-octet units, less two.
    const units = e.type === 51 ? (body.length + 2) / 4 - 2 : (body.length + 2) / 8 - 1;
    return cat(types[i + 1]!, units, body);
  });
  const rest = cat(chain, payload);
  return cat(
    [0x60, 0, 0, 0],
    u16(rest.length),
    types[0]!,
    o.hopLimit ?? 64,
    address(source),
    address(destination),
    rest,
  );
}

/** The payload behind IPv6 fragment headers (RFC 8200 §4.5), cut at `cuts`. */
export function ipv6Fragments(
  source: string,
  destination: string,
  payload: Uint8Array,
  cuts: readonly number[],
  id: number,
  protocol = 6,
): Uint8Array[] {
  const edges = [0, ...cuts, payload.length];
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1]!;
    const header = cat(protocol, 0, u16(from | (to < payload.length ? 1 : 0)), u32(id));
    return ipv6(source, destination, cat(header, payload.subarray(from, to)), { protocol: 44 });
  });
}
