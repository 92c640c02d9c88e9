import { numbered } from '../base/numbers.ts';
import type { Direction } from '../model/finding.ts';
import type { StreamState } from '../model/report.ts';
import type { Sighting } from '../model/tsdu.ts';
import { Apart } from './apart.ts';
import { checksumFits, checksumIsLeft } from './checksum.ts';
import { Doubt, type Dropped } from './doubt.ts';
import { Half, type HalfReader } from './half.ts';
import type { Budget } from './held.ts';
import type { Unreachable, Unreached } from './icmp.ts';
import type { Opening } from './opening.ts';
import { ACK, FIN, isWhole, RST, type Segment, SYN, UNSEEN } from './segment.ts';

/** What the user of a connection is told; `readers` take the octets of each direction. */
export interface ConnectionUser {
  readonly readers: readonly [HalfReader, HalfReader];
  /** A condition of the TCP layer: `code` is a rule of `rules/tcp.ts`. */
  condition(code: string, direction: Direction, frame: number, detail: string): void;
  /** The connection is established (SYN and SYN-ACK seen), or is met in mid-stream. */
  opened(frame: number, sec: number, nsec: number): void;
  /** FIN both ways or RST: what holds a control block lets it go. Late segments may still follow. */
  ended(how: 'fin' | 'rst', frame: number, sec: number, nsec: number): void;
  /** Nothing follows any more. */
  finished(how: 'fin' | 'rst' | 'eof', frame: number, sec: number, nsec: number): void;
}

/** What a connection learns from the segment that it begins with. */
export type FirstSegment = Pick<
  Segment,
  'family' | 'source' | 'sourcePort' | 'destination' | 'destinationPort' | 'frame' | 'sec' | 'nsec'
>;

/** Without a SYN the lowest octet is where a direction begins; segments may stand out of order, so some are awaited. */
const MIDSTREAM_SEGMENTS = 128;
const MIDSTREAM_BYTES = 262_144;
/** Octets by which a SYN may come after data of its own connection in a file whose frames are out of order. */
const FILE_DISORDER = 1 << 22;
/** More than a receiver would hold back: a hole this old is lost when the peer acknowledged it, or not. */
const HELD_ACKNOWLEDGED = 1 << 20;
const HELD_UNKNOWN = 4 << 20;

/** How long a connect waits for its answer, at most: two SYNs that are further apart do not cross. */
const CROSSING_SECONDS = 75;

/** SYNs, refusals and ICMP messages of one connection that are told apart: more than any stack repeats. */
const MOST_SIGHTINGS = 16;
/** Hosts wait longer, after a refusal as well; the copies of a mirror port are a millisecond apart. */
const COPY_SECONDS = 0.1;

/** One TCP connection (one incarnation of a four-tuple): handshake, both halves, end. */
export class Connection {
  readonly kind = 'connection';
  readonly id: number;
  readonly family: number;
  readonly clientAddress: number;
  readonly clientPort: number;
  readonly serverAddress: number;
  readonly serverPort: number;
  readonly halves: readonly [Half, Half];
  readonly user: ConnectionUser;
  firstFrame: number;
  lastFrame: number;
  frames = 0;
  startSec: number;
  startNsec: number;
  endSec: number;
  endNsec: number;
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
  /** Frames that each side sent. */
  readonly sent: [number, number] = [0, 0];
  isn = 0;
  /** Sequence numbers of the first SYN-ACK, and of the last SYN. */
  private answerIsn = 0;
  /** A later SYN-ACK with another sequence number. */
  private otherAnswer: Pick<Segment, 'seq' | 'scale'> | null = null;
  private lastIsn = 0;
  rstFrame = 0;
  rstFrom: Direction = 0;
  /** A SYN with another sequence number on a connection that is not closed: maybe a new incarnation, maybe an intruder. */
  private rivalIsn = 0;
  rival = false;
  /** Its row is written and its buffers are gone. */
  folded = false;
  private scales: [number, number] = [-1, -1];
  private ended = false;
  endFrame = 0;

  private readonly addressSum: number;
  private readonly onEnd: (c: Connection) => void;

  constructor(
    id: number,
    s: FirstSegment,
    fromClient: boolean,
    makeUser: (c: Connection) => ConnectionUser,
    budget: Budget,
    addressSum: number,
    onEnd: (c: Connection) => void,
  ) {
    this.id = id;
    this.onEnd = onEnd;
    this.addressSum = addressSum;
    this.family = s.family;
    this.clientAddress = fromClient ? s.source : s.destination;
    this.clientPort = fromClient ? s.sourcePort : s.destinationPort;
    this.serverAddress = fromClient ? s.destination : s.source;
    this.serverPort = fromClient ? s.destinationPort : s.sourcePort;
    this.firstFrame = this.lastFrame = s.frame;
    this.startSec = this.endSec = s.sec;
    this.startNsec = this.endNsec = s.nsec;
    this.user = makeUser(this);
    this.halves = [new Half(this.user.readers[0], budget), new Half(this.user.readers[1], budget)];
  }

  get state(): StreamState {
    const [c, s] = this.halves;
    if (this.rstFrame > 0) return !this.accepted && this.synSeen && this.rstFrom === 1 ? 'refused' : 'reset';
    if (c.finSeen && s.finSeen) return 'closed';
    if (c.finSeen || s.finSeen) return 'half-closed';
    if (!this.synSeen && !this.synAckSeen) return 'open';
    if (c.segments + s.segments > 0) return 'open';
    if (!this.synAckSeen) return this.confirmed !== null ? 'open' : 'unanswered';
    return this.confirmed !== null ? 'open' : 'opening';
  }

  get closed(): boolean {
    return this.ended;
  }

  get synAckSeen(): boolean {
    return this.synAck !== null;
  }

  /** The server accepted it: nobody acknowledges or sends anything before the SYN-ACK, which may not be in the capture. */
  get accepted(): boolean {
    return this.synAckSeen || this.confirmed !== null || this.halves[1].bytes > 0;
  }

  /** Does this SYN begin another incarnation of the four-tuple (RFC 9293 3.5)? */
  reopens(s: Segment, direction: Direction): boolean {
    if (!(s.flags & SYN)) {
      if (!this.rival) return false;
      // The rival is real once the other side accepts it, or data goes on from it; a forged one may have the very next number.
      const goesOn = s.seq === ((this.rivalIsn + 1) | 0) && s.seq !== this.halves[0].next;
      return direction === 0 && goesOn && s.length > 0;
    }
    if (this.misfits(s, this.halves[direction])) return false;
    for (const d of [0, 1] as const) this.settle(this.halves[d], d, 'over');
    if (s.flags & ACK) {
      if (this.rival) return s.ack === ((this.rivalIsn + 1) | 0);
      // Where a connection has ended, the SYN that another SYN-ACK answers is not in the capture.
      if (!this.ended) return false;
      return this.synSeen ? answersAnother(s, direction, this.isn) : this.synAckSeen && s.seq !== this.answerIsn;
    }
    if (this.crosses(s, direction)) return false;
    if (!this.synSeen)
      return this.synAckSeen ? s.seq !== ((this.halves[0].first - 1) | 0) : !this.precedes(s, direction);
    if (s.seq === this.isn && direction === 0) return this.ended && this.accepted && isLater(s, this);
    if (this.ended || this.rstFrame > 0) return true;
    const [c, r] = this.halves;
    if (c.finSeen || r.finSeen) return true;
    if (!this.accepted) return true;
    this.rival = true;
    this.rivalIsn = s.seq;
    return false;
  }

  /** Both sides open at the same time, each with a SYN of its own (RFC 9293 3.5, figure 7). */
  private crosses(s: Segment, direction: Direction): boolean {
    if (direction === 0 || !this.synSeen || this.ended) return false;
    const half = this.halves[1];
    if (half.anchored) return s.seq === ((half.first - 1) | 0);
    return this.sent[1] === 0 && s.sec - this.endSec <= CROSSING_SECONDS;
  }

  /** A SYN that stands later in the file than what follows it: the file is out of order. */
  private precedes(s: Segment, direction: Direction): boolean {
    const { segments, lowest, finSeen, finSeq, ackSeen, acked } = this.halves[direction];
    if (segments === 0 && !finSeen && !ackSeen) return true;
    const known = segments > 0 ? lowest : finSeen ? finSeq : acked;
    const behind = (known - s.seq) | 0;
    return behind > 0 && behind < FILE_DISORDER;
  }

  /** Takes the SYNs over that came before anything else did. */
  opens(opening: Opening): void {
    const [half] = this.halves;
    half.soundSums = opening.sound;
    half.badSums = opening.count - opening.sound;
    for (const at of opening.syns()) {
      this.frames++;
      this.sent[0]++;
      this.lastFrame = at.frame;
      this.endSec = at.time.sec;
      this.endNsec = at.time.nsec;
      this.asks(at, opening, 0);
    }
  }

  segment(s: Segment, direction: Direction): void {
    this.frames++;
    this.sent[direction]++;
    this.lastFrame = s.frame;
    this.endSec = s.sec;
    this.endNsec = s.nsec;
    const half = this.halves[direction];
    const peer = this.halves[direction === 0 ? 1 : 0];
    const flags = s.flags;
    const bare = s.length === 0 && (flags & SYN) === 0;
    if (bare && this.weighs(s, peer) && this.misfits(s, half)) {
      half.badSums++;
      return this.damaged(s, direction, nameOf(s));
    }
    if (peer.doubt !== null && flags & ACK && peer.doubt.acknowledges(s.ack))
      this.settle(peer, direction === 0 ? 1 : 0, 'acknowledged');
    const wrong = !bare && isWhole(s) && this.corrupt(s, half);
    if ((wrong || half.doubt !== null) && this.waits(s, half, direction, wrong)) return;
    this.take(s, direction, half, peer);
  }

  private take(s: Segment, direction: Direction, half: Half, peer: Half): void {
    const flags = s.flags;
    // Beginning and end stand in functions of their own that a SYN calls already: what is compiled while a connection sends has met them.
    const control = flags & (SYN | FIN | RST);
    if (control !== 0 && this.begins(s, direction, half)) return;
    if ((flags & (SYN | ACK)) === ACK) {
      if (direction === 0 && this.confirmed === null) this.confirms(s, peer);
      const scale = this.scales[direction];
      const scaled = this.scales[0] >= 0 && this.scales[1] >= 0;
      peer.acknowledge(s.ack, this.windowsTell ? s.window << (scaled ? scale : 0) : -1);
      if (peer.apart !== null) this.rejoin(peer, direction === 0 ? 1 : 0);
    }
    // What rides on a SYN, data or a FIN, has the number behind the SYN's own.
    if (flags & SYN) s.seq = (s.seq + 1) | 0;
    if (s.length > 0) {
      const result = half.data(s);
      if (result.differs) this.conflict(s, direction, result.verdict);
      if (result.verdict === 'beyond-window') return this.setApart(s, direction, half);
      if (half.waiting) this.awaited(half);
    }
    if (control !== 0) this.ends(s, direction, half);
  }

  /** Whether both sides said by what windows are multiplied, or that they are not. */
  private get windowsTell(): boolean {
    return this.synSeen && this.synAckSeen && this.scales[0] > UNSEEN && this.scales[1] > UNSEEN;
  }

  /** What SYN and RST do. True when that is all there is to the segment. */
  private begins(s: Segment, direction: Direction, half: Half): boolean {
    if (s.flags & RST) this.reset(s, direction, half);
    else if (s.flags & SYN) this.syn(s, direction);
    return (s.flags & RST) !== 0;
  }

  /** Keeps a segment from outside of the window until the peer acknowledges it, or the stream gets there without it. */
  private setApart(s: Segment, direction: Direction, half: Half): void {
    // A SYN was counted when it came, and would be once more.
    if (s.flags & SYN || half.passed(s)) return this.outside(s, direction);
    half.apart ??= new Apart();
    if (half.apart.full) for (const old of half.apart.take()) this.outside(old, direction);
    half.apart.add(s);
  }

  private rejoin(half: Half, direction: Direction): void {
    const { apart } = half;
    if (apart === null || !half.ackSeen) return;
    const peer = this.halves[direction === 0 ? 1 : 0];
    for (const s of apart.take(half.acked)) {
      if (half.passed(s)) this.outside(s, direction);
      else this.take(s, direction, half, peer);
    }
    if (apart.empty) half.apart = null;
  }

  private outside(s: Segment, direction: Direction, what = nameOf(s)): void {
    this.user.condition('tcp.beyond-window', direction, s.frame, `${what} outside the window, ignored`);
  }

  /** What FIN does, once the octets of its segment were taken. */
  private ends(s: Segment, direction: Direction, half: Half): void {
    if (s.flags & FIN && !half.finish(s)) {
      if (s.length === 0) this.setApart(s, direction, half);
      else this.outside(s, direction, 'a FIN');
    }
    if (!this.ended && this.halves[0].finSeen && this.halves[1].finSeen) this.end('fin', s);
  }

  /** The end of the capture, or of the time that late segments are awaited. */
  finish(how: 'fin' | 'rst' | 'eof'): void {
    // Before any hole is given up: what waits may acknowledge octets of the other side.
    for (const direction of [0, 1] as const) {
      const half = this.halves[direction];
      this.settle(half, direction, 'over');
      if (half.apart !== null) for (const s of half.apart.take()) this.outside(s, direction);
    }
    for (const half of this.halves) {
      if (!half.based) half.startMidstream();
      while (half.waiting) half.skipHole();
      half.closeTail(this.lastFrame);
    }
    this.user.finished(how, this.lastFrame, this.endSec, this.endNsec);
    for (const half of this.halves) half.release();
  }

  giveUpHoles(): void {
    for (const half of this.halves) {
      if (!half.based) half.startMidstream();
      if (half.waiting) half.skipHole();
    }
  }

  /** Whether a segment may be damaged: its checksum does not fit, where others of its sender do, and where an answer can tell. */
  private corrupt(s: Segment, half: Half): boolean {
    if (!half.sumsTell) return false;
    if (checksumFits(s, this.addressSum)) {
      half.soundSums++;
      return false;
    }
    if (checksumIsLeft(s, this.addressSum)) return false;
    half.badSums++;
    return half.sumsMatter && half.ackSeen;
  }

  /** Whether a segment without octets ends the connection, or acknowledges what the capture does not show: few do, and are looked at. */
  private weighs({ flags, ack }: Segment, peer: Half): boolean {
    if ((flags & (FIN | RST)) !== 0) return true;
    return (flags & ACK) !== 0 && peer.based && ((ack - peer.next) | 0) > 0;
  }

  /** Whether a segment that nobody merges and no answer tells of is damaged. */
  private misfits(s: Segment, half: Half): boolean {
    if (!half.sumsMatter || !isWhole(s)) return false;
    return !checksumFits(s, this.addressSum) && !checksumIsLeft(s, this.addressSum);
  }

  /** Keeps a segment until it is known whether the octets of one with a wrong checksum were taken. False when it need not wait. */
  private waits(s: Segment, half: Half, direction: Direction, wrong: boolean): boolean {
    const lacking = wrong ? half.lacks(s) : null;
    if (lacking !== null && ((s.flags & SYN) !== 0 || ((lacking[1] - lacking[0]) | 0) <= 0)) {
      this.damaged(s, direction, nameOf(s));
      return true;
    }
    if (s.flags & RST) this.settle(half, direction, 'over');
    if (half.doubt === null && !wrong) return false;
    // An acknowledgement alone is in nobody's way.
    if (s.length === 0 && (s.flags & (SYN | FIN)) === 0) return false;
    if (!wrong) for (const gone of half.doubt!.repeats(s)) this.damaged(gone, direction);
    half.doubt ??= new Doubt();
    half.doubt.add(s, lacking);
    if (half.doubt.settled || half.doubt.full) this.settle(half, direction, 'unanswered');
    return true;
  }

  private damaged({ frame, length }: Dropped, direction: Direction, what = numbered(length, 'octet')): void {
    this.user.condition('tcp.checksum', direction, frame, `${what}; the receiver drops such a segment`);
  }

  /** What waits is taken, in order of arrival. */
  private settle(half: Half, direction: Direction, why: 'acknowledged' | 'unanswered' | 'over'): void {
    const { doubt } = half;
    if (doubt === null) return;
    half.doubt = null;
    if (why !== 'acknowledged')
      for (const gone of doubt.strays(seq => half.reaches(seq))) this.damaged(gone, direction);
    // The checksums of this sender tell nothing.
    if (why !== 'over' && !doubt.settled) half.sumsTell = false;
    const peer = this.halves[direction === 0 ? 1 : 0];
    for (const s of doubt) this.take(s, direction, half, peer);
  }

  private awaited(half: Half): void {
    if (!half.based) {
      if (half.segments >= MIDSTREAM_SEGMENTS || half.heldBytes >= MIDSTREAM_BYTES) half.startMidstream();
    } else if (half.heldBytes >= (half.holeAcknowledged() ? HELD_ACKNOWLEDGED : HELD_UNKNOWN)) half.skipHole();
  }

  private syn(s: Segment, direction: Direction): void {
    if (s.flags & ACK) {
      // One that comes late, or answers a SYN of another incarnation: the client resets that one (RFC 9293 3.5, figure 8).
      if (direction === 1 && this.synSeen && !this.answers(s, direction)) return;
      const other = this.halves[direction === 0 ? 1 : 0];
      if (this.synAck === null) {
        this.synAck = sighting(s);
        this.answerIsn = s.seq;
        if (this.rstFrame > 0 && this.synSeen && this.halves[0].bytes + this.halves[1].bytes === 0) this.revive();
        this.scales[direction] = s.scale;
        this.halves[direction].anchor((s.seq + 1) | 0);
        if (!other.based) other.anchor(s.ack);
        other.disown();
        if (other.waiting) other.startDrain();
        if (this.halves[direction].waiting) this.halves[direction].startDrain();
        this.user.opened(s.frame, s.sec, s.nsec);
      } else if (direction === 1 && s.seq !== this.answerIsn) this.otherAnswer = { seq: s.seq, scale: s.scale };
      other.acknowledge(s.ack, this.windowsTell ? s.window : -1);
      return;
    }
    if (direction === 1 && this.synSeen) this.meets(s);
    else this.asks(sighting(s), s, direction);
  }

  /** The first acknowledgement of the client. Where SYNs that were repeated had different answers (SYN cookies, proxies), it takes one. */
  private confirms(s: Segment, peer: Half): void {
    this.confirmed = sighting(s);
    const other = this.otherAnswer;
    const to = (isn: number) => Math.abs((s.ack - isn - 1) | 0);
    if (other === null || to(other.seq) >= to(this.answerIsn) || peer.end > 0) return;
    this.answerIsn = other.seq;
    this.scales[1] = other.scale;
    peer.reanchor((other.seq + 1) | 0);
    if (peer.waiting) peer.startDrain();
  }

  /** Is it of the same incarnation as the SYN, which nothing but this has followed (RFC 9293 3.10.7.3)? */
  private answers(s: Segment, direction: Direction): boolean {
    const { next } = this.halves[0];
    if (direction === 0) return s.seq === next || s.seq === this.isn;
    // Octets that came with the SYN may be acknowledged with it.
    return (s.flags & ACK) !== 0 && ((s.ack - this.isn) | 0) > 0 && ((s.ack - next) | 0) <= 0;
  }

  /** The SYN of the other side, which opens as well: it asks for nothing more, and each will acknowledge the other's. */
  private meets(s: Segment): void {
    const half = this.halves[1];
    if (half.anchored) return;
    this.scales[1] = s.scale;
    half.anchor((s.seq + 1) | 0);
  }

  private asks(at: Sighting, s: Pick<Segment, 'seq' | 'scale'>, direction: Direction): void {
    if (s.seq === this.lastIsn && isCopy(at, this.syns, this.refusals)) return;
    this.lastIsn = s.seq;
    this.synCount++;
    // Most have one, and an array that grows takes room for many.
    if (this.synCount === 1) this.syns = [at];
    else if (this.syns.length < MOST_SIGHTINGS) this.syns.push(at);
    if (this.synSeen) return;
    this.synSeen = true;
    this.isn = s.seq;
    this.scales[direction] = s.scale;
    this.halves[direction].anchor((s.seq + 1) | 0);
    if (this.halves[direction].waiting) this.halves[direction].startDrain();
  }

  /** A RST answered a SYN before, but not for good: the same SYN was sent again, and is accepted now. */
  private revive(): void {
    this.rstFrame = 0;
    this.ended = false;
    this.endFrame = 0;
  }

  private reset(s: Segment, direction: Direction, half: Half): void {
    // Hosts send one to free a port, or to answer late segments: a connection that is gone is not reset by it.
    if (this.halves[0].finAcknowledged && this.halves[1].finAcknowledged) return;
    // RFC 5961 3.2: a reset counts only within the window; one far from it is an intruder's or a stray.
    const ahead = half.based ? (s.seq - half.next) | 0 : 0;
    const answersSyn = this.synSeen && !this.accepted;
    if (answersSyn && !this.answers(s, direction)) {
      this.user.condition('tcp.beyond-window', direction, s.frame, 'a RST that does not answer the SYN, ignored');
      return;
    }
    if (!answersSyn && half.based && this.synAckSeen && (ahead < -65536 || ahead > 1 << 30)) {
      this.outside(s, direction, 'a RST');
      return;
    }
    const other = direction === 0 ? 1 : 0;
    this.settle(this.halves[other], other, 'over');
    if (answersSyn && direction === 1 && this.refusals.length < MOST_SIGHTINGS) {
      const at = sighting(s);
      if (!isCopy(at, this.refusals, this.syns)) this.refusals.push(at);
    }
    if (this.rstFrame === 0) {
      this.rstFrame = s.frame;
      this.rstFrom = direction;
    }
    if (!this.ended) this.end('rst', s);
  }

  /** Takes what ICMP tells of a SYN of the client that was not accepted; false when it tells of anything else. */
  unreachable(m: Unreachable): boolean {
    if (m.source !== this.clientAddress || m.sourcePort !== this.clientPort) return false;
    const asked = this.synSeen && !this.synAckSeen && m.seq === this.isn;
    if (!asked && !(this.rival && m.seq === this.rivalIsn)) return false;
    const { family, from, code, seq } = m;
    const at = { ...sighting(m), family, from, code, seq };
    if (this.unreached.length < MOST_SIGHTINGS && !isCopy(at, this.unreached, this.syns)) this.unreached.push(at);
    return true;
  }

  private end(how: 'fin' | 'rst', s: Segment): void {
    this.ended = true;
    this.endFrame = s.frame;
    this.user.ended(how, s.frame, s.sec, s.nsec);
    this.onEnd(this);
  }

  private conflict(s: Segment, direction: Direction, verdict: string): void {
    const code = verdict === 'duplicate' ? 'tcp.retransmission-differs' : 'tcp.overlap-differs';
    this.user.condition(code, direction, s.frame, 'repeated octets differ from those received first, which are kept');
  }
}

function nameOf({ length, flags }: Segment): string {
  if (length > 0) return numbered(length, 'octet');
  return flags & RST ? 'a RST' : flags & SYN ? 'a SYN' : flags & FIN ? 'a FIN' : 'an acknowledgement';
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

/** So much later than the last frame of a connection that it is no copy of one (see `isCopy`). */
export function isLater(s: Segment, { endSec, endNsec }: { endSec: number; endNsec: number }): boolean {
  return s.sec - endSec + (s.nsec - endNsec) / 1e9 > COPY_SECONDS;
}

function sighting({ frame, sec, nsec }: Pick<Segment, 'frame' | 'sec' | 'nsec'>): Sighting {
  return { frame, time: { sec, nsec } };
}
