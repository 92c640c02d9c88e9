import type { Direction } from '../model/finding.ts';
import type { Sighting } from '../model/tsdu.ts';
import type { Half } from './half.ts';
import type { Unreachable, Unreached } from './icmp.ts';
import { ACK, type Segment, UNSEEN } from './segment.ts';

/** Octets by which a SYN may come after data of its own connection in a file whose frames are out of order. */
const FILE_DISORDER = 1 << 22;
/** How long a connect waits for its answer, at most: two SYNs that are further apart do not cross. */
const CROSSING_SECONDS = 75;
/** SYNs, refusals and ICMP messages of one connection that are told apart: more than any stack repeats. */
const MOST_SIGHTINGS = 16;
/** Segments from elsewhere in the sequence space of which nobody thinks that the connection went there. */
const MOST_STRAYS = 4;
/** Hosts wait longer, after a refusal as well; the copies of a mirror port are a millisecond apart. */
const COPY_SECONDS = 0.1;

/** What a SYN-ACK says of its sender. */
type Answer = Pick<Segment, 'seq' | 'scale'>;

const NONE: readonly never[] = [];

type At = Pick<Segment, 'sec' | 'nsec'>;

/** The time of a last frame. */
interface End {
  readonly endSec: number;
  readonly endNsec: number;
}

/** How far a connection has come when a SYN follows. */
export interface Course extends End {
  /** FIN both ways, or RST. */
  readonly closed: boolean;
  readonly rstFrame: number;
}

/**
 * The opening of one connection: SYNs of both sides, their answers, the acknowledgement that ends it, and the SYN of another incarnation.
 * It tells both directions where they begin.
 */
export class Handshake {
  synCount = 0;
  /** The first SYNs of the client, and the first RSTs that answered them. */
  syns: Sighting[] = [];
  readonly refusals: Sighting[] = [];
  /** What ICMP told of these SYNs while nothing had accepted them. */
  readonly unreached: Unreached[] = [];
  synSeen = false;
  synAck: Sighting | null = null;
  /** The first segment in which the client acknowledges the SYN-ACK, which need not be in the capture. */
  confirmed: Sighting | null = null;
  private confirmedSeq = 0;
  /** The last segment of the client that was far behind its SYN, and how many different ones there were. */
  private stray: Pick<Segment, 'seq' | 'ack'> | null = null;
  private strays = 0;
  /** Sequence numbers of the first SYN, of the last one, and of the first SYN-ACK. */
  isn = 0;
  private lastIsn = 0;
  private answerIsn = 0;
  /** Later SYN-ACKs with another sequence number. */
  private otherAnswers: readonly Answer[] = NONE;
  /** A SYN on a connection that is up: maybe a new incarnation, maybe an intruder. */
  private rivalIsn = 0;
  rival = false;
  private readonly halves: readonly [Half, Half];

  constructor(halves: readonly [Half, Half]) {
    this.halves = halves;
  }

  get synAckSeen(): boolean {
    return this.synAck !== null;
  }

  /** The server accepted it: nobody acknowledges or sends anything before the SYN-ACK, which may not be in the capture. */
  get accepted(): boolean {
    return this.synAckSeen || this.confirmed !== null || this.halves[1].bytes > 0;
  }

  /** A SYN without an acknowledgement. */
  takeSyn(s: Segment, direction: Direction): void {
    if (direction === 1 && this.synSeen) this.meets(s);
    else this.asks(sighting(s), s, direction);
  }

  /** A SYN-ACK that comes late, or answers a SYN of another incarnation: the client resets that one (RFC 9293 3.5, figure 8). */
  strange(s: Segment, direction: Direction): boolean {
    return direction === 1 && this.synSeen && !this.answers(s, direction);
  }

  /** A SYN-ACK, the first or another one. */
  takeAnswer(s: Segment, direction: Direction): void {
    if (this.synAck !== null) {
      if (direction === 1 && s.seq !== this.answerIsn && this.otherAnswers.length < MOST_SIGHTINGS)
        this.otherAnswers = [...this.otherAnswers, { seq: s.seq, scale: s.scale }];
      return;
    }
    const half = this.halves[direction];
    const other = this.halves[direction === 0 ? 1 : 0];
    this.synAck = sighting(s);
    this.answerIsn = s.seq;
    half.scale = s.scale;
    this.agree();
    half.anchor((s.seq + 1) | 0);
    if (!other.based) other.anchor(s.ack);
    other.disown();
    if (other.waiting) other.startDrain();
    if (half.waiting) half.startDrain();
  }

  /** Takes a RST that answers the SYN. */
  refuse(s: Segment): void {
    const at = sighting(s);
    if (this.refusals.length < MOST_SIGHTINGS && !isCopy(at, this.refusals, this.syns)) this.refusals.push(at);
  }

  /** The first acknowledgement of the client. Where SYNs that were repeated had different answers (SYN cookies, proxies), it takes one. */
  confirms(s: Segment): void {
    if (this.synSeen && !follows(s.seq, this.isn) && !this.isElsewhere(s)) return;
    this.confirmed = sighting(s);
    this.confirmedSeq = s.seq;
    const server = this.halves[1];
    if (this.otherAnswers.length === 0 || server.end > 0) return;
    const to = (isn: number) => Math.abs((s.ack - isn - 1) | 0);
    const other = this.otherAnswers.reduce((best, each) => (to(each.seq) < to(best.seq) ? each : best));
    if (to(other.seq) >= to(this.answerIsn)) return;
    this.answerIsn = other.seq;
    server.scale = other.scale;
    this.agree();
    server.reanchor((other.seq + 1) | 0);
    if (server.waiting) server.startDrain();
  }

  /**
   * Whether the client is far from its SYN for good: who waits for an answer says nothing, and of an old connection little comes late. What
   * lies between is not in the capture.
   */
  private isElsewhere({ seq, ack }: Segment): boolean {
    if (seq === this.stray?.seq && ack === this.stray.ack) return false;
    this.stray = { seq, ack };
    return ++this.strays === MOST_STRAYS;
  }

  /** Is it of the same incarnation as the SYN, which nothing but this has followed (RFC 9293 3.10.7.3)? */
  answers(s: Segment, direction: Direction): boolean {
    const { next } = this.halves[0];
    if (direction === 0) return s.seq === next || s.seq === this.isn;
    // Octets that came with the SYN may be acknowledged with it.
    return (s.flags & ACK) !== 0 && ((s.ack - this.isn) | 0) > 0 && ((s.ack - next) | 0) <= 0;
  }

  /** Whether the server says something to another incarnation, while nothing has accepted the SYN: the client has no use for it. */
  isStale(s: Segment): boolean {
    return this.synSeen && !this.accepted && !follows(s.ack, this.isn);
  }

  /** The SYN of the other side, which opens as well: it asks for nothing more, and each will acknowledge the other's. */
  private meets(s: Segment): void {
    const half = this.halves[1];
    if (half.anchored) return;
    half.scale = s.scale;
    this.agree();
    half.anchor((s.seq + 1) | 0);
  }

  /** A SYN that asks for a connection, the first or another one. */
  asks(at: Sighting, s: Pick<Segment, 'seq' | 'scale'>, direction: Direction): void {
    if (s.seq === this.lastIsn && isCopy(at, this.syns, this.refusals)) return;
    this.lastIsn = s.seq;
    this.synCount++;
    // Most have one, and an array that grows takes room for many.
    if (this.synCount === 1) this.syns = [at];
    else if (this.syns.length < MOST_SIGHTINGS) this.syns.push(at);
    if (this.synSeen) return;
    this.synSeen = true;
    this.isn = s.seq;
    // What was acknowledged before by a client that is elsewhere in its numbers belongs to another incarnation.
    if (this.confirmed !== null && !follows(this.confirmedSeq, s.seq)) {
      this.confirmed = null;
      this.halves[1].disown();
    }
    this.halves[direction].scale = s.scale;
    this.agree();
    this.halves[direction].anchor((s.seq + 1) | 0);
    if (this.halves[direction].waiting) this.halves[direction].startDrain();
  }

  /** Windows are multiplied where both sides say by what (RFC 7323 2.2); where one may have, and it is not seen, they tell nothing. */
  private agree(): void {
    const [client, server] = this.halves;
    const tell = this.synSeen && this.synAckSeen && client.scale > UNSEEN && server.scale > UNSEEN;
    const scaled = client.scale >= 0 && server.scale >= 0;
    for (const half of this.halves) half.shift = tell ? (scaled ? half.scale : 0) : -1;
  }

  /** Takes what ICMP tells of a SYN of the client that was not accepted; false when it tells of anything else. */
  unreachable(m: Unreachable): boolean {
    const asked = this.synSeen && !this.synAckSeen && m.seq === this.isn;
    if (!asked && !(this.rival && m.seq === this.rivalIsn)) return false;
    const { family, from, code, seq } = m;
    const at = { ...sighting(m), family, from, code, seq };
    if (this.unreached.length < MOST_SIGHTINGS && !isCopy(at, this.unreached, this.syns)) this.unreached.push(at);
    return true;
  }

  /** A rival is real once the other side accepts it, or data goes on from it; a forged one may have the very next number. */
  rivalGoesOn(s: Segment, direction: Direction): boolean {
    if (!this.rival || direction !== 0 || s.length === 0) return false;
    return s.seq === ((this.rivalIsn + 1) | 0) && s.seq !== this.halves[0].next;
  }

  /** A SYN or SYN-ACK that this connection began with, once more: nothing but a lost answer, or a copy, is behind it. */
  repeats(s: Segment, direction: Direction, so: Course): boolean {
    if (this.rival) return false;
    if (s.flags & ACK) return direction === 1 && this.synAckSeen && s.seq === this.answerIsn;
    return direction === 0 && this.synSeen && s.seq === this.isn && !isLater(s, so);
  }

  /** Does this SYN begin another incarnation of the four-tuple (RFC 9293 3.5)? */
  reopens(s: Segment, direction: Direction, so: Course): boolean {
    if (s.flags & ACK) {
      if (this.rival) return s.ack === ((this.rivalIsn + 1) | 0);
      // Where a connection has ended, the SYN that another SYN-ACK answers is not in the capture.
      if (!so.closed) return false;
      return this.synSeen ? answersAnother(s, direction, this.isn) : this.synAckSeen && s.seq !== this.answerIsn;
    }
    if (this.crosses(s, direction, so)) return false;
    if (!this.synSeen && !this.synAckSeen) return isLater(s, so) || !this.precedes(s, direction);
    const isn = this.synSeen ? this.isn : (this.halves[0].first - 1) | 0;
    if (s.seq === isn && direction === 0) {
      if (so.closed) return this.accepted && asksAnew(s, this.asked(so), so);
      // Who has acknowledged the answer to a SYN does not repeat it.
      if (this.confirmed !== null && asksAnew(s, this.asked(so), so)) this.competes(s);
      return false;
    }
    if (!this.synSeen) return true;
    if (so.closed || so.rstFrame > 0) return true;
    const [c, r] = this.halves;
    if (c.finSeen || r.finSeen) return true;
    if (!this.accepted) return true;
    this.competes(s);
    return false;
  }

  private competes({ seq }: Segment): void {
    this.rival = true;
    this.rivalIsn = seq;
  }

  /** When the last SYN came; the end of a connection that has none. */
  asked({ endSec, endNsec }: End): At {
    return this.syns.at(-1)?.time ?? { sec: endSec, nsec: endNsec };
  }

  /** Both sides open at the same time, each with a SYN of its own (RFC 9293 3.5, figure 7). */
  private crosses(s: Segment, direction: Direction, so: Course): boolean {
    if (direction === 0 || !this.synSeen || so.closed) return false;
    const half = this.halves[1];
    if (half.anchored) return s.seq === ((half.first - 1) | 0);
    return half.frames === 0 && s.sec - so.endSec <= CROSSING_SECONDS;
  }

  /** A SYN that stands later in the file than what follows it: the file is out of order. */
  private precedes(s: Segment, direction: Direction): boolean {
    const { segments, lowest, finSeen, finSeq, receiver } = this.halves[direction];
    if (segments === 0 && !finSeen && !receiver.ackSeen) return true;
    const known = segments > 0 ? lowest : finSeen ? finSeq : receiver.acked;
    const behind = (known - s.seq) | 0;
    return behind > 0 && behind < FILE_DISORDER;
  }
}

/** A SYN-ACK that belongs to another incarnation than the one whose client began with `isn`. */
export function answersAnother(s: Segment, direction: Direction, isn: number): boolean {
  return direction === 1 ? s.ack !== ((isn + 1) | 0) : s.seq !== isn;
}

/**
 * The last one of these once more, with no answer of the other side in between: a mirror port that shows both sides of a switch. No host
 * repeats a SYN, or the RST that answers one, so soon.
 */
function isCopy({ time }: Sighting, of: readonly Sighting[], answers: readonly Sighting[]): boolean {
  const last = of[of.length - 1];
  if (last === undefined || (answers[answers.length - 1]?.frame ?? 0) > last.frame) return false;
  return Math.abs(time.sec - last.time.sec + (time.nsec - last.time.nsec) / 1e9) < COPY_SECONDS;
}

/** Whether a SYN with the number of the last one is no copy of that, nor of one in another part of the file. */
export function asksAnew(s: At, { sec, nsec }: At, end: End): boolean {
  return isLater(s, { endSec: sec, endNsec: nsec }) && secondsSince(s, end) >= 0;
}

/** So much later than the last frame of a connection that it is no copy of one (see `isCopy`). */
export function isLater(s: At, end: End): boolean {
  return secondsSince(s, end) > COPY_SECONDS;
}

function secondsSince(s: At, { endSec, endNsec }: End): number {
  return s.sec - endSec + (s.nsec - endNsec) / 1e9;
}

/** Whether a sequence number may be that of what an incarnation says whose SYN has the number `isn`. */
function follows(seq: number, isn: number): boolean {
  const ahead = (seq - isn) | 0;
  return ahead > 0 && ahead < FILE_DISORDER;
}

function sighting({ frame, sec, nsec }: Pick<Segment, 'frame' | 'sec' | 'nsec'>): Sighting {
  return { frame, time: { sec, nsec } };
}
