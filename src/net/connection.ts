import { numbered } from '../base/numbers.ts';
import type { Direction } from '../model/finding.ts';
import type { StreamState } from '../model/report.ts';
import { Apart } from './apart.ts';
import { Doubt, type Dropped } from './doubt.ts';
import { Half, type HalfReader } from './half.ts';
import { Handshake } from './handshake.ts';
import type { Budget } from './held.ts';
import { giveUp, giveUpAll, giveUpOverdue } from './holes.ts';
import type { Unreachable } from './icmp.ts';
import type { Opening } from './opening.ts';
import { ACK, FIN, RST, type Segment, SYN } from './segment.ts';

/** What the user of a connection is told; `readers` take the octets of each direction. */
export interface ConnectionUser {
  readonly readers: readonly [HalfReader, HalfReader];
  /** A condition of the TCP layer: `code` is a rule of `rules/tcp.ts`. */
  condition(code: string, direction: Direction, frame: number, detail: string): void;
  /** The connection is established: SYN and SYN-ACK seen, or the SYN and the client's acknowledgement of the SYN-ACK. */
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
  readonly handshake: Handshake;
  readonly user: ConnectionUser;
  firstFrame: number;
  lastFrame: number;
  frames = 0;
  startSec: number;
  startNsec: number;
  endSec: number;
  endNsec: number;
  rstFrame = 0;
  rstFrom: Direction = 0;
  /** Its row is written and its buffers are gone. */
  folded = false;
  private up = false;
  private ended = false;
  endFrame = 0;

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
    this.family = s.family;
    this.clientAddress = fromClient ? s.source : s.destination;
    this.clientPort = fromClient ? s.sourcePort : s.destinationPort;
    this.serverAddress = fromClient ? s.destination : s.source;
    this.serverPort = fromClient ? s.destinationPort : s.sourcePort;
    this.firstFrame = this.lastFrame = s.frame;
    this.startSec = this.endSec = s.sec;
    this.startNsec = this.endNsec = s.nsec;
    this.user = makeUser(this);
    this.halves = [
      new Half(this.user.readers[0], budget, addressSum),
      new Half(this.user.readers[1], budget, addressSum),
    ];
    this.handshake = new Handshake(this.halves);
  }

  get state(): StreamState {
    const [c, s] = this.halves;
    const { synSeen, synAckSeen, accepted, confirmed } = this.handshake;
    if (this.rstFrame > 0) return !accepted && synSeen && this.rstFrom === 1 ? 'refused' : 'reset';
    if (c.finSeen && s.finSeen) return 'closed';
    if (c.finSeen || s.finSeen) return 'half-closed';
    if (!synSeen && !synAckSeen) return 'open';
    if (c.segments + s.segments > 0) return 'open';
    if (confirmed !== null) return 'open';
    return synAckSeen ? 'opening' : 'unanswered';
  }

  /** Does this segment begin another incarnation of the four-tuple, or go on with one that had begun (RFC 9293 3.5)? */
  reopens(s: Segment, direction: Direction): boolean {
    if ((s.flags & SYN) === 0) return this.handshake.rivalGoesOn(s, direction);
    if (this.halves[direction].sums.misfits(s)) return false;
    if (!this.handshake.repeats(s, direction, this))
      for (const d of [0, 1] as const) this.settle(this.halves[d], d, 'over');
    return this.handshake.reopens(s, direction, this);
  }

  /** A SYN of what may be another incarnation was seen: any segment may go on from it. */
  get rival(): boolean {
    return this.handshake.rival;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** Takes the SYNs over that came before anything else did. */
  opens(opening: Opening): void {
    const [half] = this.halves;
    half.sums.sound = opening.sound;
    half.sums.bad = opening.count - opening.sound;
    for (const at of opening.syns()) {
      this.frames++;
      half.frames++;
      this.lastFrame = at.frame;
      this.endSec = at.time.sec;
      this.endNsec = at.time.nsec;
      this.handshake.asks(at, opening, 0);
    }
  }

  segment(s: Segment, direction: Direction): void {
    this.frames++;
    this.lastFrame = s.frame;
    this.endSec = s.sec;
    this.endNsec = s.nsec;
    const half = this.halves[direction];
    half.frames++;
    const peer = this.halves[direction === 0 ? 1 : 0];
    const flags = s.flags;
    const bare = s.length === 0 && (flags & SYN) === 0;
    if (bare && this.weighs(s, peer) && half.sums.misfits(s)) {
      half.sums.bad++;
      return this.damaged(s, direction, nameOf(s));
    }
    if (peer.doubt !== null && flags & ACK && peer.doubt.acknowledges(s.ack))
      this.settle(peer, direction === 0 ? 1 : 0, 'acknowledged');
    // Before the peer has acknowledged anything, no answer can tell.
    const wrong = !bare && half.sums.wrong(s) && half.receiver.ackSeen;
    if ((wrong || half.doubt !== null) && this.waits(s, half, direction, wrong)) return;
    this.take(s, direction, half, peer);
  }

  private take(s: Segment, direction: Direction, half: Half, peer: Half): void {
    const flags = s.flags;
    // Beginning and end stand in functions of their own that a SYN calls already: what is compiled while a connection sends has met them.
    const control = flags & (SYN | FIN | RST);
    if (control !== 0 && this.begins(s, direction, half)) return;
    if ((flags & (SYN | ACK)) === ACK) {
      const { handshake } = this;
      if (direction === 0) {
        if (handshake.confirmed === null) this.confirms(s);
      } else if (handshake.synAck === null && handshake.isStale(s)) return this.stale(s, direction);
      const { shift } = half;
      peer.acknowledge(s.ack, shift < 0 ? -1 : s.window << shift, half.isFar(s.seq));
      if (peer.apart !== null) this.rejoin(peer, direction === 0 ? 1 : 0);
    }
    // What rides on a SYN, data or a FIN, has the number behind the SYN's own.
    if (flags & SYN) s.seq = (s.seq + 1) | 0;
    if (s.length > 0) {
      const result = half.data(s);
      if (result.differs) this.conflict(s, direction, result.verdict);
      if (result.verdict === 'beyond-window') return this.setApart(s, direction, half);
      if (half.waiting) giveUpOverdue(half, peer);
    }
    if (control !== 0) this.ends(s, direction, half);
  }

  /** The client acknowledges the SYN-ACK: the connection is up, also where that one is not in the capture. */
  private confirms(s: Segment): void {
    const { handshake } = this;
    handshake.confirms(s);
    if (handshake.confirmed === null || !handshake.synSeen) return;
    if (this.isRefused && handshake.syns.at(-1)!.frame > this.rstFrame) this.revive();
    if (!this.ended) this.comesUp(s);
  }

  private comesUp(s: Segment): void {
    if (this.up) return;
    this.up = true;
    this.user.opened(s.frame, s.sec, s.nsec);
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
    const peer = this.halves[direction === 0 ? 1 : 0];
    if (half.apart?.full) {
      for (const old of half.apart.take()) this.outside(old, direction);
      half.apart = null;
    }
    half.apart ??= new Apart();
    half.apart.add(s, peer.frames);
    if (!half.apart.isUnanswered) return;
    const [ignored, unheard] = half.apart.parted();
    half.receiver.forgetWindow();
    half.apart = null;
    for (const old of ignored) this.outside(old, direction);
    for (const old of unheard) this.takeLate(old, direction, half, peer);
  }

  /** Takes a segment that was set apart. */
  private takeLate(s: Segment, direction: Direction, half: Half, peer: Half): void {
    half.recall(s);
    this.take(s, direction, half, peer);
  }

  private rejoin(half: Half, direction: Direction): void {
    const { apart, receiver } = half;
    if (apart === null || !receiver.ackSeen) return;
    const peer = this.halves[direction === 0 ? 1 : 0];
    for (const s of apart.take(receiver.acked)) {
      if (half.passed(s)) this.outside(s, direction);
      else this.takeLate(s, direction, half, peer);
    }
    if (apart.empty) half.apart = null;
  }

  /** An acknowledgement alone that belongs to another incarnation only asks for a RST (RFC 9293 3.5, figure 8). */
  private stale(s: Segment, direction: Direction): void {
    if (s.length > 0 || s.flags & FIN) this.outside(s, direction);
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
    for (const direction of [0, 1] as const) this.settle(this.halves[direction], direction, 'over');
    for (const direction of [0, 1] as const)
      for (const s of this.halves[direction].apart?.take() ?? []) this.outside(s, direction);
    giveUpAll(this.halves, this.lastFrame);
    this.user.finished(how, this.lastFrame, this.endSec, this.endNsec);
    for (const half of this.halves) half.release();
  }

  giveUpHoles(): void {
    for (const half of this.halves) giveUp(half);
  }

  /** Whether a segment without octets ends the connection, or acknowledges what the capture does not show: few do, and are looked at. */
  private weighs({ flags, ack }: Segment, peer: Half): boolean {
    if ((flags & (FIN | RST)) !== 0) return true;
    return (flags & ACK) !== 0 && peer.based && ((ack - peer.next) | 0) > 0;
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
    if (!wrong) for (const gone of half.doubt!.repeats(s, rest => half.lacks(rest))) this.damaged(gone, direction);
    half.doubt ??= new Doubt();
    half.doubt.add(s, lacking);
    if (half.doubt.settled || half.doubt.isFull(half.receiver.window)) this.settle(half, direction, 'unanswered');
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
    if (why !== 'over' && !doubt.settled) half.sums.tell = false;
    const peer = this.halves[direction === 0 ? 1 : 0];
    for (const s of doubt) this.take(s, direction, half, peer);
  }

  private syn(s: Segment, direction: Direction): void {
    const { handshake } = this;
    if ((s.flags & ACK) === 0) return handshake.takeSyn(s, direction);
    if (handshake.strange(s, direction)) return;
    const first = !handshake.synAckSeen;
    if (first && this.isRefused) this.revive();
    handshake.takeAnswer(s, direction);
    if (first) this.comesUp(s);
    // The window of a SYN is as it stands there (RFC 7323 2.2).
    this.halves[direction === 0 ? 1 : 0].acknowledge(s.ack, this.halves[direction].shift < 0 ? -1 : s.window, false);
  }

  /** A RST has ended it before anything was said. */
  private get isRefused(): boolean {
    return this.rstFrame > 0 && this.handshake.synSeen && this.halves[0].bytes + this.halves[1].bytes === 0;
  }

  /** A RST answered a SYN before, but not for good: the same SYN was sent again, and is accepted now. */
  private revive(): void {
    this.rstFrame = 0;
    this.ended = false;
    this.up = false;
    this.endFrame = 0;
  }

  private reset(s: Segment, direction: Direction, half: Half): void {
    // Hosts send one to free a port, or to answer late segments: a connection that is gone is not reset by it.
    if (this.halves[0].finAcknowledged && this.halves[1].finAcknowledged) return;
    // RFC 5961 3.2: a reset counts only within the window; one far from it is an intruder's or a stray.
    const ahead = half.based ? (s.seq - half.next) | 0 : 0;
    const far = ahead < -65536 || ahead > 1 << 30 || half.receiver.refuses(s.seq, half.next);
    const { handshake } = this;
    const answersSyn = handshake.synSeen && !handshake.accepted;
    if (answersSyn && !handshake.answers(s, direction)) {
      this.user.condition('tcp.beyond-window', direction, s.frame, 'a RST that does not answer the SYN, ignored');
      return;
    }
    if (!answersSyn && half.based && handshake.synAckSeen && far) {
      if (s.length === 0) this.setApart(s, direction, half);
      else this.outside(s, direction, 'a RST');
      return;
    }
    const other = direction === 0 ? 1 : 0;
    this.settle(this.halves[other], other, 'over');
    if (answersSyn && direction === 1) handshake.refuse(s);
    if (this.rstFrame === 0) {
      this.rstFrame = s.frame;
      this.rstFrom = direction;
    }
    if (!this.ended) this.end('rst', s);
  }

  /** Takes what ICMP tells of a SYN of the client that was not accepted; false when it tells of anything else. */
  unreachable(m: Unreachable): boolean {
    return m.source === this.clientAddress && m.sourcePort === this.clientPort && this.handshake.unreachable(m);
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
