import type { Apart } from './apart.ts';
import type { Doubt } from './doubt.ts';
import { type Budget, type Held, HeldPieces } from './held.ts';
import { isFar, Receiver } from './receiver.ts';
import type { Segment } from './segment.ts';
import { Sums } from './sums.ts';
import { OctetWindow } from './window.ts';

/** Segments of a direction at most of which it is known what was cut off them. */
const MOST_CUTS = 4096;

/** What waits in a direction in which nothing ever did: most are never out of order. */
const NOTHING = new HeldPieces({ held: 0 });

/** Who reads a direction. `frame` is the frame whose arrival made the octets readable. */
export interface HalfReader {
  /** `half.end` grew: octets up to there are contiguous. */
  readable(half: Half, frame: number, sec: number, nsec: number): void;
  /**
   * Octets `from`…`to` are not in the capture; reading goes on at `to` with an empty window.
   * @param orFin where nothing follows: what was acknowledged behind `to` is a FIN, or one octet more
   */
  gap(half: Half, from: number, to: number, acknowledged: boolean, frame: number, orFin: boolean): void;
  /**
   * `frame` brings octets from `from` on again, which the peer has not acknowledged: whether it has had them before cannot be known.
   */
  repeated(half: Half, from: number, frame: number, sec: number, nsec: number): void;
}

/** What one segment's octets turned out to be. */
export type Verdict = 'new' | 'early' | 'duplicate' | 'keep-alive' | 'beyond-window';

/**
 * One direction of a TCP connection: segments in, a contiguous octet window out. It is that window, rather than to have one: readers
 * look into it for every segment.
 *
 * Where segments overlap, the octets that arrived first stay, as most receivers keep what they have (and as Wireshark shows it); a
 * difference is reported.
 */
export class Half extends OctetWindow {
  /** Sequence number of position `end`. Meaningless until `based`. */
  next = 0;
  based = false;
  /** Sequence number of position 0, when a SYN or its acknowledgment told it. */
  first = 0;
  /** The direction was seen from its SYN on. */
  anchored = false;
  /** As in `Segment`, of the SYN of its sender. */
  scale = -1;
  /** Bits by which the windows that its sender tells are shifted; -1 where it is not known. */
  shift = -1;
  /** Segments that were seen, and those of them with octets. */
  frames = 0;
  segments = 0;
  bytes = 0;
  retransmissions = 0;
  outOfOrder = 0;
  keepAlives = 0;
  gaps = 0;
  gapBytes = 0;
  /** The hole that the reader is told of is what was cut off a segment when it was captured. */
  cutOff = false;
  readonly sums: Sums;
  /** What waits behind a segment with a wrong checksum. */
  doubt: Doubt | null = null;
  /** What came from beyond the window. */
  apart: Apart | null = null;
  /** Sequence number behind the last octet, once a FIN was seen. */
  finSeq = 0;
  finSeen = false;
  finFrame = 0;
  /** Octets that were cut off segments, by the sequence number of the first one. */
  private cuts: Map<number, number> | null = null;
  /** The peer, as the one who takes these octets. */
  readonly receiver = new Receiver();
  /** Lowest sequence number that carried data. */
  lowest = 0;
  /** What waits behind a hole, or for the direction to begin. */
  private held = NOTHING;
  private readonly budget: Budget;
  private readonly reader: HalfReader;

  /** @param addresses what the two addresses add to a checksum */
  constructor(reader: HalfReader, budget: Budget, addresses: number) {
    super();
    this.reader = reader;
    this.budget = budget;
    this.sums = new Sums(addresses);
  }

  /** Octets of memory that what waits counts for. */
  get heldBytes(): number {
    return this.held.size;
  }

  get waiting(): boolean {
    return !this.held.empty;
  }

  /** The peer knows that nothing follows. */
  get finAcknowledged(): boolean {
    return this.finSeen && this.receiver.ahead(this.finSeq) > 0;
  }

  /** The sequence numbers of a segment without what has arrived before at its beginning and end, in order or not. */
  lacks({ seq, length }: Pick<Segment, 'seq' | 'length'>): readonly [from: number, to: number] {
    const to = (seq + length) | 0;
    if (!this.based) return [seq, to];
    const lacking = this.held.lacks(((seq - this.next) | 0) < 0 ? this.next : seq, to);
    if (this.doubt === null) return lacking;
    // What waits behind a hole and what waits for an answer may stand by turns.
    for (let [first, last] = lacking; ; ) {
      const [from, end] = this.held.lacks(...this.doubt.lacks(first, last));
      if (from === first && end === last) return [from, end];
      first = from;
      last = end;
    }
  }

  /** Whether octets before this sequence number have arrived, without a hole right before it. */
  reaches(seq: number): boolean {
    if (!this.based || ((seq - this.next) | 0) <= 0) return true;
    const [from, to] = this.held.lacks((seq - 1) | 0, seq);
    return ((to - from) | 0) <= 0;
  }

  /** Whether the peer acknowledged the octets before a position that has just been reached. */
  acknowledged(position: number): boolean {
    return this.receiver.ahead(this.next - (this.end - position)) >= 0;
  }

  /** Segments of this direction were seen whose octets nobody has read yet: behind a hole, or in doubt. */
  get pending(): boolean {
    return !this.held.empty || this.doubt !== null;
  }

  /** The first octet after the SYN has this sequence number. */
  anchor(seq: number): void {
    if (this.based) return;
    this.based = true;
    this.anchored = true;
    this.next = seq;
    this.first = seq;
  }

  /** The first octet has another number than was thought before any came. */
  reanchor(seq: number): void {
    this.next = seq;
    this.first = seq;
  }

  /** Payload of one segment. Says what it was and, for repeated octets, whether they differ from those received before. */
  data(s: Segment): { verdict: Verdict; differs: boolean } {
    let start = s.start;
    let length = s.captured;
    let seq = s.seq;
    if (this.segments++ === 0 || ((seq - this.lowest) | 0) < 0) this.lowest = seq;
    if (s.captured < s.length || s.lacking > 0) this.noteCut(s);
    if (!this.based) {
      if (this.repeatsLast(s)) return this.keptAlive();
      this.hold(seq, s, start, length);
      if (this.held.repeated > 0) this.retransmissions++;
      return s.captured > 0 ? EARLY : NEW;
    }
    // Half-closed, a side keeps alive with the number of its FIN.
    if (s.length === 1 && this.finSeen && seq === this.finSeq) return this.keptAlive();
    const ahead = (seq - this.next) | 0;
    if (ahead === 0 && this.held.empty) {
      this.extend(s, start, length);
      return NEW;
    }
    if (ahead > 0) {
      if (this.repeatsLast(s)) return this.keptAlive();
      if (this.receiver.refuses(seq, this.next)) return BEYOND;
      const differs = this.hold(seq, s, start, length);
      const { repeated } = this.held;
      if (repeated > 0) this.retransmissions++;
      // A copy of what waits comes late, not early.
      if (repeated === 0 || repeated < length) this.outOfOrder++;
      return differs ? EARLY_DIFFERS : EARLY;
    }
    if (ahead < 0) {
      this.again(s, ahead);
      if (s.length <= 1 && ahead === -1) return this.keptAlive();
      const known = Math.min(-ahead, length);
      const differs = this.differs(this.end + ahead, s.bytes, start, known);
      this.retransmissions++;
      start += known;
      length -= known;
      seq = (seq + known) | 0;
      if (length === 0) return differs ? DUPLICATE_DIFFERS : DUPLICATE;
      const heldDiffers = this.take(seq, s, start, length);
      return differs || heldDiffers ? NEW_DIFFERS : NEW;
    }
    const differs = this.take(seq, s, start, length);
    if (this.held.repeated > 0) this.retransmissions++;
    return differs ? NEW_DIFFERS : NEW;
  }

  private noteCut({ seq, length, captured, lacking }: Segment): void {
    this.cuts ??= new Map();
    this.cuts.set((seq + captured) | 0, length - captured + lacking);
    // Of those that came again whole none is asked for.
    if (this.cuts.size > MOST_CUTS) this.cuts.delete(this.cuts.keys().next().value!);
  }

  /** One octet that is the last of those that wait. */
  private repeatsLast({ seq, length }: Segment): boolean {
    return length === 1 && !this.held.empty && this.held.end === ((seq + 1) | 0);
  }

  /** Of a segment that begins before `next`: what it repeats without need is told to nobody. */
  private again(s: Segment, ahead: number): void {
    const from = Math.max(ahead, this.receiver.ahead(this.next));
    if (from < Math.min(ahead + s.length, 0)) this.reader.repeated(this, this.end + from, s.frame, s.sec, s.nsec);
  }

  /** RFC 1122 4.2.3.6: a keep-alive repeats one octet (or none) just below what is to be sent next, with any content. */
  private keptAlive(): typeof KEEP_ALIVE {
    this.keepAlives++;
    return KEEP_ALIVE;
  }

  /** As of `Receiver`. */
  acknowledge(ack: number, window: number, doubtful: boolean): void {
    this.receiver.acknowledge(ack, window, this.anchored ? this.first : null, doubtful);
  }

  /** A SYN is answered, and nothing was sent yet: what was acknowledged before was of another incarnation (RFC 5961 4). */
  disown(): void {
    if (this.segments === 0) this.receiver.disown();
  }

  /** Nothing follows the octets of this segment. False when it can't be of this connection: an old one, or far from all others. */
  finish(s: Segment): boolean {
    const seq = (s.seq + s.length + s.lacking) | 0;
    const ahead = (seq - this.next) | 0;
    const again = this.finSeen && seq === this.finSeq;
    if (this.based && !again && (ahead < 0 || (ahead > 0 && this.receiver.refuses(seq, this.next)))) return false;
    this.finSeen = true;
    this.finFrame = s.frame;
    this.finSeq = seq;
    return true;
  }

  /** Whether a sequence number is outside of the receiver's window, or in another part of its space than the stream. */
  isFar(seq: number): boolean {
    return this.based && (isFar(seq, this.next) || this.receiver.refuses(seq, this.next));
  }

  /** A segment whose octets were counted when it came will be taken now. */
  recall({ length }: Segment): void {
    if (length > 0) this.segments--;
  }

  /** Whether the stream is beyond where this segment begins. */
  passed({ seq }: Segment): boolean {
    return ((this.next - seq) | 0) > 0;
  }

  /** The peer acknowledged octets that the capture does not show. */
  holeAcknowledged(): boolean {
    return !this.held.empty && this.receiver.ahead(this.next) > 0;
  }

  /** A direction without SYN begins at the lowest octet that was held, from where it can be read on. */
  startMidstream(): void {
    const { first } = this.held;
    if (this.based || first === undefined) return;
    this.based = true;
    this.next = first.seq;
  }

  /** The frame of what can be read on from, behind a hole only where those are given up; infinite where there is nothing. */
  heldFrame(behindHole: boolean): number {
    const { first } = this.held;
    return first !== undefined && (behindHole || first.seq === this.next) ? first.frame : Number.POSITIVE_INFINITY;
  }

  /** The direction was just anchored while segments waited: those before the anchor are none of it, the rest may be readable. */
  startDrain(): void {
    for (let h = this.held.first; h !== undefined && ((h.seq - this.next) | 0) < 0; h = this.held.first)
      this.held.shift();
    this.drain(null);
  }

  /**
   * Give up the first hole, if one is before what is held: that becomes readable, frame by frame, after a `gap`.
   * @param until a frame behind which nothing is read yet
   */
  readOn(until = Number.POSITIVE_INFINITY): void {
    const { first } = this.held;
    if (first === undefined) return;
    const missing = (first.seq - this.next) | 0;
    if (missing < 0) {
      // Half the sequence space away from the rest: it cannot be put in order with it.
      this.held.shift();
      return;
    }
    if (missing > 0) this.lose(missing, this.receiver.ahead(first.seq) >= 0, first.frame);
    this.drain(null, until);
  }

  /** Nothing follows: octets that the FIN or the peer's acknowledgment proves, but no segment brought, are a hole at the end. */
  closeTail(frame: number): void {
    // Of a side of which nothing was captured that is what is told (`tcp.one-sided`).
    if (!this.based || this.frames === 0) return;
    // A FIN takes a sequence number (RFC 9293 3.4): one that was not captured looks like an octet, and may be all that is missing.
    const missing = this.finSeen ? (this.finSeq - this.next) | 0 : this.receiver.ahead(this.next) - 1;
    if (missing > 0 && missing < 1 << 30) this.lose(missing, true, frame, !this.finSeen);
  }

  /** Nothing follows: what waits is given up, and the buffer. Further data would be wrong. */
  override release(): void {
    this.held.clear();
    super.release();
  }

  /** Keep octets that wait for others. Returns whether some that wait already differ. */
  private hold(seq: number, s: Segment, start: number, length: number): boolean {
    if (this.held === NOTHING) this.held = new HeldPieces(this.budget);
    return this.held.add(seq, s, start, length);
  }

  /** Octets of a segment from `next` on, while nothing waits. */
  private extend(s: Segment, start: number, length: number): void {
    this.append(s.bytes, start, length, s.frame, s.frameOffset + start - s.start, s.origin, s.sec, s.nsec);
    this.grew(length);
    this.reader.readable(this, s.frame, s.sec, s.nsec);
    if (s.captured < s.length) this.cut(s.length - s.captured, s.frame);
  }

  private grew(length: number): void {
    this.next = (this.next + length) | 0;
    this.bytes += length;
  }

  /** A segment that begins at `next` while others wait: those arrived first, so it only fills what they leave open. */
  private take(seq: number, s: Segment, start: number, length: number): boolean {
    if (this.held.empty) {
      this.extend(s, start, length);
      return false;
    }
    const differs = this.hold(seq, s, start, length);
    this.drain(s);
    return differs;
  }

  /**
   * Move what became contiguous into the window. Without an arriving segment each piece counts as arriving in its own, but none before
   * what stands before it.
   */
  private drain(arriving: Segment | null, until = Number.POSITIVE_INFINITY): void {
    if (this.held.first?.seq !== this.next) return;
    let latest: Pick<Held, 'frame' | 'sec' | 'nsec'> | null = arriving;
    for (let h = this.held.first; h?.seq === this.next && h.frame <= until; h = this.held.first) {
      this.held.shift();
      this.append(h.bytes, 0, h.bytes.length, h.frame, h.frameOffset, h.origin, h.sec, h.nsec);
      this.grew(h.bytes.length);
      // What waited behind a segment in doubt may have arrived after that one.
      if (latest === null || latest.frame < h.frame) latest = h;
      if (latest !== arriving || h.missing > 0) this.reader.readable(this, latest.frame, latest.sec, latest.nsec);
      if (h.missing > 0) this.cut(h.missing, h.frame);
    }
    if (latest !== null && latest === arriving) this.reader.readable(this, latest.frame, latest.sec, latest.nsec);
  }

  /** A snap length cut `missing` octets off the segment that was just taken: they were on the wire and will not come again. */
  private cut(missing: number, frame: number): void {
    const next = this.held.first;
    if (next !== undefined) missing = Math.min(missing, (next.seq - this.next) | 0);
    if (missing > 0) this.lose(missing, true, frame);
  }

  private lose(missing: number, acknowledged: boolean, frame: number, orFin = false): void {
    const known = this.cuts?.get(this.next);
    this.cutOff = known !== undefined && missing <= known;
    this.cuts?.delete(this.next);
    // The reader is told first: what it holds before the hole is as complete as it gets.
    this.reader.gap(this, this.end, this.end + missing, acknowledged, frame, orFin);
    this.gaps++;
    this.gapBytes += missing;
    this.anchored = false;
    this.skip(missing);
    this.next = (this.next + missing) | 0;
  }
}

const NEW = { verdict: 'new', differs: false } as const;
const NEW_DIFFERS = { verdict: 'new', differs: true } as const;
const EARLY = { verdict: 'early', differs: false } as const;
const EARLY_DIFFERS = { verdict: 'early', differs: true } as const;
const DUPLICATE = { verdict: 'duplicate', differs: false } as const;
const DUPLICATE_DIFFERS = { verdict: 'duplicate', differs: true } as const;
const KEEP_ALIVE = { verdict: 'keep-alive', differs: false } as const;
const BEYOND = { verdict: 'beyond-window', differs: false } as const;
