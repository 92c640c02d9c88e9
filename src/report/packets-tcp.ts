import type { Direction } from '../model/finding.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../net/segment.ts';

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [FIN, 'FIN'],
  [SYN, 'SYN'],
  [RST, 'RST'],
  [8, 'PSH'],
  [ACK, 'ACK'],
  [32, 'URG'],
  [64, 'ECE'],
  [128, 'CWR'],
];

/** What Wireshark's TCP analysis calls a segment. */
export type TcpMark =
  | 'Retransmission'
  | 'Fast Retransmission'
  | 'Spurious Retransmission'
  | 'Out-Of-Order'
  | 'Previous segment not captured'
  | 'ACKed unseen segment'
  | 'Keep-Alive'
  | 'Keep-Alive ACK'
  | 'ZeroWindow'
  | 'ZeroWindowProbe'
  | 'ZeroWindowProbeAck'
  | 'Window Full'
  | 'Window Update'
  | `Dup ACK ${number}#${number}`;

export interface TcpSight {
  /** Relative to the first sequence number of each side; the segment's own when no SYN was seen is 1. */
  readonly seq: number;
  readonly ack: number;
  /** The window in octets: scaled where both SYNs were seen. */
  readonly window: number;
  readonly marks: readonly TcpMark[];
  /** Every octet of it came before. */
  readonly repeated: boolean;
  /** `MSS=1460 WS=128 SACK_PERM` */
  readonly options: string;
}

interface Side {
  base: number | null;
  /** Sequence number behind the highest octet seen, and when that was, in nanoseconds. */
  next: number;
  nextAt: number;
  seen: boolean;
  lastAck: number;
  lastAckFrame: number;
  ackSeen: boolean;
  duplicates: number;
  lastWindow: number;
  /** -1 while the SYN did not offer scaling. */
  scale: number;
  keepAlive: boolean;
  /** Its last segment was one octet into a closed window: no octet counts as sent by it. */
  probe: boolean;
  zeroWindow: boolean;
}

const side = (): Side => ({
  base: null,
  next: 0,
  nextAt: 0,
  seen: false,
  lastAck: 0,
  lastAckFrame: 0,
  ackSeen: false,
  duplicates: 0,
  lastWindow: -1,
  scale: -1,
  keepAlive: false,
  probe: false,
  zeroWindow: false,
});

/** The sequence number behind a segment, whose SYN or FIN counts as one octet. */
function endOf(s: Segment): number {
  return (s.seq + s.length + (s.flags & (SYN | FIN) ? 1 : 0)) | 0;
}

/** At most one octet, the last one again (RFC 9293 3.8.4). */
function isKeepAlive(s: Segment, own: Side, control: number): boolean {
  return own.seen && control === 0 && s.length <= 1 && ((s.seq - own.next) | 0) === -1;
}

/** One octet, the next, while the other side's window is closed (RFC 9293 3.8.6.1). */
function isProbe(s: Segment, own: Side, peer: Side, control: number): boolean {
  return own.seen && control === 0 && s.length === 1 && s.seq === own.next && peer.zeroWindow;
}

/** Out-of-order rather than repeated: no later than this behind the highest octet, unless the round trip is known (Wireshark's 3 ms). */
const OUT_OF_ORDER = 3e6;
const FAST = 20e6;

/**
 * The remarks that Wireshark makes on the segments of one connection (its "TCP analysis"), by its rules as far as they concern a
 * packet list. What octets are new is not decided here: reassembly does that.
 */
export class TcpRemarks {
  private readonly sides: [Side, Side] = [side(), side()];
  /** The second that times count from: nanoseconds since then are whole numbers, and compare exactly. */
  private origin: number | null = null;
  private synAt = -1;
  private roundTrip = -1;
  private syns = 0;

  see(s: Segment, direction: Direction): TcpSight {
    const own = this.sides[direction];
    const peer = this.sides[direction === 0 ? 1 : 0];
    this.origin ??= s.sec;
    const at = (s.sec - this.origin) * 1e9 + s.nsec;
    const control = s.flags & (SYN | FIN | RST);
    if (s.flags & SYN) {
      own.scale = s.scale;
      this.syns |= 1 << direction;
      if (own.base === null || !own.seen) own.base = s.seq;
      if (!(s.flags & ACK)) this.synAt = at;
    } else if (this.roundTrip < 0 && this.synAt >= 0 && s.flags & ACK) this.roundTrip = at - this.synAt;
    // Without a SYN numbering begins at 1, so that the octets count as they would have.
    own.base ??= (s.seq - 1) | 0;
    if (s.flags & ACK) peer.base ??= (s.ack - 1) | 0;
    const marks = this.marks(s, own, peer, at, control);
    const window = this.window(s, direction);
    const fresh = !own.seen || ((s.seq + s.length - own.next) | 0) > 0;
    const sight: TcpSight = {
      seq: (s.seq - own.base) >>> 0,
      ack: s.flags & ACK ? (s.ack - (peer.base ?? s.ack)) >>> 0 : 0,
      window,
      marks,
      repeated: s.length > 0 && !fresh,
      options: s.flags & SYN ? options(s) : '',
    };
    this.learn(s, own, peer, at, control, window);
    return sight;
  }

  private window(s: Segment, direction: Direction): number {
    return this.scaling && !(s.flags & SYN) ? s.window << this.sides[direction].scale : s.window;
  }

  /** Both SYNs were seen, and offer to scale windows (RFC 7323 2.2). */
  private get scaling(): boolean {
    return this.syns === 3 && this.sides[0].scale >= 0 && this.sides[1].scale >= 0;
  }

  private marks(s: Segment, own: Side, peer: Side, at: number, control: number): TcpMark[] {
    const marks: TcpMark[] = [];
    const ahead = own.seen ? (s.seq - own.next) | 0 : 0;
    const bare = s.length === 0 && control === 0;
    const keepAlive = isKeepAlive(s, own, control);
    if (peer.seen && s.flags & ACK && ((s.ack - peer.next) | 0) > 0 && !(control & RST))
      marks.push('ACKed unseen segment');
    if (own.seen && ahead > 0 && !(control & RST)) marks.push('Previous segment not captured');
    const probe = isProbe(s, own, peer, control);
    if (probe) marks.push('ZeroWindowProbe');
    else if (keepAlive) marks.push('Keep-Alive');
    else if (own.seen && ahead < 0 && (s.length > 0 || control & (SYN | FIN))) marks.push(this.late(s, own, peer, at));
    if (bare && !keepAlive && own.ackSeen && ahead === 0 && s.ack === own.lastAck) {
      if (peer.probe && s.window === 0 && own.lastWindow === 0) marks.push('ZeroWindowProbeAck');
      else if (peer.keepAlive) marks.push('Keep-Alive ACK');
      else if (s.window !== own.lastWindow) {
        if (s.window !== 0) marks.push('Window Update');
      } else if (s.window !== 0) marks.push(`Dup ACK ${own.lastAckFrame}#${own.duplicates + 1}`);
    }
    if (s.window === 0 && control === 0 && s.flags & ACK) marks.push('ZeroWindow');
    if (s.length > 0 && control === 0 && peer.ackSeen && peer.lastWindow > 0) {
      const shift = this.scaling ? peer.scale : 0;
      if (((s.seq + s.length) | 0) === ((peer.lastAck + (peer.lastWindow << shift)) | 0)) marks.push('Window Full');
    }
    return marks;
  }

  private late(s: Segment, own: Side, peer: Side, at: number): TcpMark {
    const since = at - own.nextAt;
    if (peer.duplicates >= 2 && peer.lastAck === s.seq && since < FAST) return 'Fast Retransmission';
    const limit = this.roundTrip > 0 ? this.roundTrip : OUT_OF_ORDER;
    const last = endOf(s) === own.next;
    if (since < limit && !last) return 'Out-Of-Order';
    const known = peer.ackSeen && ((s.seq + s.length - peer.lastAck) | 0) <= 0;
    return known && s.length > 0 ? 'Spurious Retransmission' : 'Retransmission';
  }

  private learn(s: Segment, own: Side, peer: Side, at: number, control: number, window: number): void {
    const end = endOf(s);
    const keepAlive = isKeepAlive(s, own, control);
    own.keepAlive = keepAlive;
    own.probe = isProbe(s, own, peer, control);
    if (!(control & RST) && !keepAlive && !own.probe && (!own.seen || ((end - own.next) | 0) > 0)) {
      own.next = end;
      own.nextAt = at;
      own.seen = true;
    }
    if (s.flags & ACK) {
      const repeats =
        own.ackSeen &&
        s.ack === own.lastAck &&
        s.length === 0 &&
        control === 0 &&
        s.window === own.lastWindow &&
        !keepAlive;
      if (repeats) own.duplicates++;
      // Data in between leave the count alone: a duplicate refers to the first segment that acknowledged so much.
      else if (!own.ackSeen || s.ack !== own.lastAck) {
        own.duplicates = 0;
        own.lastAckFrame = s.frame;
      }
      if (!own.ackSeen || ((s.ack - own.lastAck) | 0) > 0) own.lastAck = s.ack;
      own.ackSeen = true;
    }
    own.lastWindow = s.window;
    own.zeroWindow = window === 0 && control === 0;
  }
}

/** `1043 → 102 [PSH, ACK] Seq=1 Ack=1 Win=8760 Len=29`, as Wireshark sums up a segment. */
export function tcpSummary(
  sourcePort: number,
  destinationPort: number,
  flags: number,
  length: number,
  { seq, ack, window }: Pick<TcpSight, 'seq' | 'ack' | 'window'>,
): string {
  const acknowledged = flags & ACK ? ` Ack=${ack}` : '';
  return `${sourcePort} → ${destinationPort} [${flagNames(flags)}] Seq=${seq}${acknowledged} Win=${window} Len=${length}`;
}

export function flagNames(flags: number): string {
  const set = FLAG_NAMES.filter(([bit]) => flags & bit).map(([, name]) => name);
  return set.length === 0 ? '<None>' : set.join(', ');
}

/** The options of a SYN, as far as they were captured. */
function options({ bytes: b, header, start, end: captured }: Segment): string {
  const out: string[] = [];
  const end = Math.min(start, captured);
  for (let i = header + 20; i < end; ) {
    const kind = b[i]!;
    if (kind === 0) break;
    if (kind === 1) {
      i++;
      continue;
    }
    const size = b[i + 1] ?? 0;
    if (size < 2 || i + size > end) break;
    const u32 = (p: number) => ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
    if (kind === 2 && size === 4) out.push(`MSS=${(b[i + 2]! << 8) | b[i + 3]!}`);
    if (kind === 3 && size === 3) out.push(`WS=${1 << Math.min(14, b[i + 2]!)}`);
    if (kind === 4) out.push('SACK_PERM');
    if (kind === 8 && size === 10) out.push(`TSval=${u32(i + 2)} TSecr=${u32(i + 6)}`);
    i += size;
  }
  return out.join(' ');
}
