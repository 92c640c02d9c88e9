import { nearest } from '../base/nearest.ts';

/**
 * How values of a field compare. `any`: by what is there. `layer`: it is there or not, and contains octets. `none`: it can only be there
 * or not.
 */
export type FieldKind = 'number' | 'text' | 'boolean' | 'octets' | 'address' | 'time' | 'any' | 'layer' | 'none';

export interface FieldInfo {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label?: string;
  /** The values that this field can have, or the names of its numbers: nothing else is ever equal to it. */
  readonly values?: readonly string[];
  /** Other words for them, which tables show: `RST` for `reset`. */
  readonly shown?: Readonly<Record<string, string>>;
  /** A number that may be a fraction; of times: seconds since 1970 rather than a date. */
  readonly fractions?: boolean;
  /** Of addresses: the version of IP, where there is only one. */
  readonly family?: 4 | 6;
}

/** What is known of the values behind a written name. */
export interface ValueInfo {
  readonly kind: FieldKind;
  readonly values: readonly string[];
  readonly shown: Readonly<Record<string, string>>;
  readonly fractions: boolean;
  readonly family: 4 | 6 | null;
}

/** Fields of several names as one. Kinds that differ are none that could be counted on. */
export function valueInfo(infos: readonly (FieldInfo | undefined)[]): ValueInfo {
  const kinds = new Set(infos.map(info => info?.kind ?? 'any'));
  const kind = kinds.size === 1 ? [...kinds][0]! : 'any';
  return {
    kind,
    values: [...new Set(infos.flatMap(info => info?.values ?? []))],
    shown: Object.assign({}, ...infos.map(info => info?.shown ?? {})),
    fractions: infos.some(info => info?.fractions === true),
    family: infos[0]?.family ?? null,
  };
}

/** Numbers stand for truths too; what is not known is compared with what is there. */
export function comparable(a: FieldKind, b: FieldKind): boolean {
  if (b === 'layer' || b === 'none') return false;
  const numbers: readonly FieldKind[] = ['number', 'boolean'];
  return a === b || a === 'any' || b === 'any' || (numbers.includes(a) && numbers.includes(b));
}

/** Octets are in octets, and text is in text. */
export function containable(a: FieldKind, b: FieldKind): boolean {
  if (b === 'none') return false;
  const octets: readonly FieldKind[] = ['octets', 'layer'];
  return a === 'any' || b === 'any' || octets.includes(a) === octets.includes(b);
}

const table = (kind: FieldKind, rows: string, more: Partial<FieldInfo> = {}): FieldInfo[] =>
  rows
    .trim()
    .split(/\s*\n\s*/)
    .map(row => {
      const space = row.indexOf(' ');
      return { name: row.slice(0, space), kind, label: row.slice(space + 1), ...more };
    });

/** Fields that every packet of an ISO transport stream has, under Wireshark's names where it has one. */
export const PACKET_FIELDS: readonly FieldInfo[] = [
  ...table(
    'number',
    `frame.number Frame number
    frame.len Frame length on the wire
    frame.cap_len Frame length as captured
    tcp.stream Stream number, as the stream table prints it
    tcp.srcport Source port
    tcp.dstport Destination port
    tcp.len TCP payload octets
    tcp.seq Sequence number, relative to the SYN
    tcp.ack Acknowledgment number, relative to the SYN
    tcp.flags TCP flags
    tcp.window_size_value Window as sent
    icmp.type Type of an ICMP message
    icmp.code Code of an ICMP message
    icmpv6.type Type of an ICMPv6 message
    icmpv6.code Code of an ICMPv6 message
    mtascope.direction 0 client to server, 1 server to client
    mtascope.stream_offset Offset of a TPKT in its direction`,
  ),
  ...table('text', 'frame.comment Comments of the frame, in pcapng'),
  ...table('number', 'frame.time_relative Seconds since the first frame', { fractions: true }),
  ...table('time', 'frame.time_epoch Seconds since 1970', { fractions: true }),
  ...table('time', 'frame.time Arrival time, UTC'),
  ...table(
    'boolean',
    `tcp.flags.syn SYN
    tcp.flags.ack ACK
    tcp.flags.fin FIN
    tcp.flags.reset RST
    tcp.flags.push PSH`,
    { values: ['Set', 'Not set'] },
  ),
  ...table(
    'address',
    `ip.src Source address (IPv4)
    ip.dst Destination address (IPv4)`,
    { family: 4 },
  ),
  ...table(
    'address',
    `ipv6.src Source address (IPv6)
    ipv6.dst Destination address (IPv6)`,
    { family: 6 },
  ),
  ...table(
    'none',
    `tcp.analysis.retransmission Octets that came before
    tcp.analysis.out_of_order Octets that come late
    tcp.analysis.lost_segment Octets before these are missing
    tcp.analysis.keep_alive One octet repeated to keep the connection`,
  ),
  ...table(
    'layer',
    `tcp.segment_data Octets that complete no TPKT in their frame
    frame The frame
    ip IPv4
    ipv6 IPv6
    tcp TCP
    icmp ICMP, what it says of a SYN of a stream
    icmpv6 ICMPv6, the same
    tpkt TPKT, RFC 1006
    cotp COTP, X.224
    ses Session, X.225
    pres Presentation, X.226
    acse ACSE, X.227
    rtse RTSE, X.228
    ros ROSE, X.229
    p1 X.411 P1
    p3 X.411 P3
    p7 X.413 P7
    p22 X.420 P2 and P22
    p772 STANAG 4406
    p35 X.435 P35, EDI messages and notifications
    amhs AMHS message header
    content Content of another type
    mms MMS
    s7comm S7comm
    s7comm-plus S7comm-plus
    t125 T.125`,
  ),
];

/** Names that stand for others: one field for two, and Wireshark's newer names of P1 and P22 (renamed in 4.2). */
const JOINED: ReadonlyMap<string, readonly string[]> = new Map([
  ['ip.addr', ['ip.src', 'ip.dst']],
  ['ip.host', ['ip.src', 'ip.dst']],
  ['ipv6.addr', ['ipv6.src', 'ipv6.dst']],
  ['ipv6.host', ['ipv6.src', 'ipv6.dst']],
  ['tcp.port', ['tcp.srcport', 'tcp.dstport']],
  ['x411', ['p1']],
  ['x420', ['p22']],
]);
const RENAMED: readonly (readonly [string, string])[] = [
  ['x411.', 'p1.'],
  ['x420.', 'p22.'],
];

/** Protocols whose fields come from tables that this layer does not know: without a list, any name of theirs is taken. */
const OPEN =
  /^(cotp|tpkt|ses|pres|acse|rtse|ros|p1|p3|p7|p22|p772|p35|amhs|content|mms|s7comm|s7comm-plus|t124|t125|x509\w*)\./;

/** Fields that exist, but not where the filter is held against; `why` goes on behind the name of one. */
export interface Elsewhere {
  readonly fields: FieldIndex;
  readonly why: string;
}

/** The fields that a filter may name. */
export class FieldIndex {
  private readonly fields = new Map<string, FieldInfo>();
  /** False when names of the upper layers are taken unseen, since the list of them is not at hand. */
  readonly complete: boolean;
  private readonly elsewhere: Elsewhere | null;

  constructor(fields: Iterable<FieldInfo>, complete: boolean, elsewhere: Elsewhere | null = null) {
    for (const info of fields) this.fields.set(info.name, info);
    this.complete = complete;
    this.elsewhere = elsewhere;
  }

  /** Why a name that is none of these is refused, and what was probably meant. */
  absent(written: string): { readonly error: string; readonly nearest: string | null } {
    if (this.elsewhere !== null && this.elsewhere.fields.resolve(written) !== null)
      return { error: `${written} ${this.elsewhere.why}`, nearest: null };
    const near = this.nearest(written);
    return { error: `there is no field ${written}${near === null ? '' : `; did you mean ${near}?`}`, nearest: near };
  }

  /** The names whose values the written name stands for; null when there is no such field. */
  resolve(written: string): readonly string[] | null {
    const joined = JOINED.get(written);
    if (joined !== undefined) return joined.every(name => this.fields.has(name)) ? joined : null;
    const name = canonical(written);
    const found = [name, `${name}_element`].find(n => this.fields.has(n));
    if (found !== undefined) return [found];
    return !this.complete && OPEN.test(name) ? [name, `${name}_element`] : null;
  }

  about(names: readonly string[]): ValueInfo {
    return valueInfo(names.map(name => this.fields.get(name)));
  }

  all(): Iterable<FieldInfo> {
    return this.fields.values();
  }

  info(name: string): FieldInfo | undefined {
    return this.fields.get(canonical(name));
  }

  /** The field that was probably meant. */
  nearest(written: string): string | null {
    const joined = [...JOINED.keys()].filter(name => this.resolve(name) !== null);
    return nearest(canonical(written), [...this.fields.keys(), ...joined]);
  }

  /** Fields whose name begins so, aliases among them. */
  *starting(prefix: string): Generator<FieldInfo> {
    for (const info of this.fields.values()) if (info.name.startsWith(prefix)) yield info;
    for (const [name, parts] of JOINED) {
      const first = this.fields.get(parts[0]!);
      if (first !== undefined && name.startsWith(prefix)) yield { ...first, name, label: `${parts.join(' or ')}` };
    }
    for (const [from, to] of RENAMED) {
      if (!prefix.startsWith(from)) continue;
      for (const info of this.fields.values()) {
        if (info.name.startsWith(to + prefix.slice(from.length)))
          yield { ...info, name: from + info.name.slice(to.length) };
      }
    }
  }
}

/** Wireshark's newer names as its older ones, which the trees carry. */
function canonical(written: string): string {
  for (const [from, to] of RENAMED) if (written.startsWith(from)) return to + written.slice(from.length);
  return written;
}

/** What can be named without the tables of the upper layers at hand. */
export const PACKET_INDEX = new FieldIndex(PACKET_FIELDS, false);
