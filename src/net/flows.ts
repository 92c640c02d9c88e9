import { mix } from '../base/mix.ts';
import type { Direction } from '../model/finding.ts';
import { checksumFits } from './checksum.ts';
import { ClosedConnections } from './closed.ts';
import { Connection, type ConnectionUser, type FirstSegment } from './connection.ts';
import { EarlyMessages } from './early-icmp.ts';
import type { Budget } from './held.ts';
import type { Unreachable } from './icmp.ts';
import type { SegmentSink } from './ip.ts';
import { Opening } from './opening.ts';
import { ACK, isWhole, type Segment, SYN } from './segment.ts';

/** Closed connections that wait for late segments before they are folded into their row. */
const LINGER = 256;
/** Octets held out of order over all connections; beyond it the oldest holes are given up. */
const MAX_HELD = 24 << 20;

export interface FlowOptions {
  /** Ports that mark the server side. */
  ports: Uint8Array;
  /** Whether the client sends such octets, and the server does not; null where both may. */
  fromClient: (s: Segment) => boolean | null;
  makeUser: (c: Connection) => ConnectionUser;
  /** What an address adds to a checksum. */
  addressSum: (family: number, address: number) => number;
  /** The connection is complete: its numbers are final, its buffers are gone. */
  fold: (c: Connection, how: 'fin' | 'rst' | 'eof') => void;
  /** Sees each segment before its connection takes it (packet lists). The segment is reused: nobody keeps it. */
  watch?: SegmentWatch | undefined;
  /** Sees each ICMP message that tells of a SYN of a connection; one that stands before its SYN, when that comes. */
  watchUnreachable?: UnreachableWatch | undefined;
}

export type SegmentWatch = (s: Segment, c: Connection, direction: Direction) => void;
export type UnreachableWatch = (m: Unreachable, c: Connection) => void;

/**
 * Segments to connections: an open-addressed table over integer keys, so that a look-up costs no string and no object.
 * A key is (address, address, ports, family) with the smaller end first, so both directions meet in one slot.
 */
export class FlowTable implements SegmentSink {
  /** Connections created so far, the next connection's number. */
  count = 0;
  private keys = new Int32Array(4 * 1024);
  /** A number is that of a closed connection. */
  private slots: (Connection | Opening | number | undefined)[] = new Array(1024);
  private readonly closed = new ClosedConnections();
  private used = 0;
  private readonly options: FlowOptions;
  private readonly budget: Budget = { held: 0 };
  private readonly lingering: Connection[] = [];
  private readonly early = new EarlyMessages();

  constructor(options: FlowOptions) {
    this.options = options;
  }

  segment(s: Segment): void {
    const forward = s.source < s.destination || (s.source === s.destination && s.sourcePort <= s.destinationPort);
    const a = forward ? s.source : s.destination;
    const b = forward ? s.destination : s.source;
    const ports = forward ? (s.sourcePort << 16) | s.destinationPort : (s.destinationPort << 16) | s.sourcePort;
    const slot = this.find(a, b, ports, s.family);
    let c = this.slots[slot];
    if (typeof c === 'number') {
      if ((s.flags & SYN) === 0 || !this.closed.reopens(c, s, this.sum(s))) return;
      this.closed.remove(c);
      c = this.slots[slot] = this.open(s);
    } else {
      // Told apart by a field: `instanceof` costs more than all the rest before it was compiled.
      if (c?.kind === 'opening') {
        if (c.repeats(s, this.fits)) return;
        c = this.slots[slot] = this.grown(c);
      }
      if (c === undefined) {
        const at = slot * 4;
        this.keys[at] = a;
        this.keys[at + 1] = b;
        this.keys[at + 2] = ports;
        this.keys[at + 3] = s.family;
        c = this.slots[slot] = this.open(s);
        if (++this.used * 2 > this.slots.length) this.grow();
      } else if (s.flags & SYN || c.rival) {
        const direction: Direction = s.source === c.clientAddress && s.sourcePort === c.clientPort ? 0 : 1;
        if (c.reopens(s, direction)) {
          if (!c.folded) this.fold(c);
          c = this.slots[slot] = this.open(s);
        }
      }
    }
    if (c.kind !== 'connection') return;
    const direction: Direction = s.source === c.clientAddress && s.sourcePort === c.clientPort ? 0 : 1;
    this.options.watch?.(s, c, direction);
    if (c.folded) return;
    if (s.flags & SYN && this.early.has(s.seq)) this.awaited(s, c, direction);
    else c.segment(s, direction);
    if (this.budget.held > MAX_HELD) this.relieve();
  }

  /** A message about anything but the SYN of a connect, under way or still to come, says nothing: an intruder does not know its number. */
  unreachable(m: Unreachable): void {
    const slot = this.slotOf(m.source, m.sourcePort, m.destination, m.destinationPort, m.family);
    let c = this.slots[slot];
    if (typeof c === 'object' && c.kind === 'opening' && c.seq === m.seq) c = this.slots[slot] = this.grown(c);
    if (typeof c !== 'object' || c.kind !== 'connection' || !this.tell(m, c)) this.early.add(m);
  }

  /** A SYN of which ICMP told before. */
  private awaited(s: Segment, c: Connection, direction: Direction): void {
    const told = this.early.take(s);
    c.segment(s, direction);
    for (const m of told) this.tell(m, c);
  }

  private tell(m: Unreachable, c: Connection): boolean {
    if (c.folded || !c.unreachable(m)) return false;
    this.options.watchUnreachable?.(m, c);
    return true;
  }

  /** The capture ends: every connection that is still open or lingering is folded, in order of creation. No segment may follow. */
  end(): void {
    const rest: (Connection | Opening)[] = [];
    for (const c of this.slots) if (typeof c === 'object' && !c.folded) rest.push(c);
    // Each is free once it was folded: what that leaves takes its place.
    this.slots.length = 0;
    this.lingering.length = 0;
    rest.sort((x, y) => y.id - x.id);
    for (let c = rest.pop(); c !== undefined; c = rest.pop()) this.fold(c);
  }

  private open(s: Segment): Connection | Opening {
    const { watch } = this.options;
    // Whoever watches the segments wants to know what they belong to.
    if (watch === undefined && Opening.isOne(s) && !this.early.has(s.seq))
      return new Opening(this.count++, s, this.fits(s));
    return this.connection(this.count++, s, this.fromClient(s));
  }

  /** Who opened a connection that begins with this segment. Where nothing tells, the lower port is taken for the server's. */
  private fromClient(s: Segment): boolean {
    if (s.flags & SYN) return (s.flags & ACK) === 0;
    const told = this.options.fromClient(s);
    if (told !== null) return told;
    const { ports } = this.options;
    const toward = ports[s.destinationPort]! - ports[s.sourcePort]!;
    return toward !== 0 ? toward > 0 : s.destinationPort <= s.sourcePort;
  }

  /** The connection that a SYN alone may become. */
  private grown(opening: Opening): Connection {
    const c = this.connection(opening.id, opening, true);
    c.opens(opening);
    return c;
  }

  private connection(id: number, s: FirstSegment, fromClient: boolean): Connection {
    return new Connection(id, s, fromClient, this.options.makeUser, this.budget, this.sum(s), this.linger);
  }

  /** What the addresses add to a checksum. */
  private sum({ family, source, destination }: FirstSegment): number {
    const { addressSum } = this.options;
    return addressSum(family, source) + addressSum(family, destination);
  }

  private readonly fits = (s: Segment): boolean => isWhole(s) && checksumFits(s, this.sum(s));

  /** Both sides have closed: the connection waits for late segments. A callback, so that no segment has to ask. */
  private readonly linger = (c: Connection): void => {
    for (const half of c.halves) half.shrink();
    this.lingering.push(c);
    if (this.lingering.length > LINGER) {
      const oldest = this.lingering.shift()!;
      // It may have come up after all, and then ended again.
      if (oldest.folded || !oldest.closed) return;
      this.fold(oldest);
      if (this.options.watch === undefined && oldest.handshake.synSeen && !oldest.handshake.rival) this.forget(oldest);
    }
  };

  /** Nobody asks for a folded connection any more, unless its segments are watched. */
  private forget(c: Connection): void {
    const { clientAddress, clientPort, serverAddress, serverPort } = c;
    const slot = this.slotOf(clientAddress, clientPort, serverAddress, serverPort, c.family);
    if (this.slots[slot] === c) this.slots[slot] = this.closed.add(c);
  }

  private fold(open: Connection | Opening): void {
    const c = open.kind === 'opening' ? this.grown(open) : open;
    const how = c.rstFrame > 0 ? 'rst' : c.closed ? 'fin' : 'eof';
    c.finish(how);
    c.folded = true;
    this.options.fold(c, how);
  }

  private relieve(): void {
    for (const c of this.slots) if (typeof c === 'object' && c.kind === 'connection' && !c.folded) c.giveUpHoles();
  }

  private slotOf(from: number, fromPort: number, to: number, toPort: number, family: number): number {
    return from < to || (from === to && fromPort <= toPort)
      ? this.find(from, to, (fromPort << 16) | toPort, family)
      : this.find(to, from, (toPort << 16) | fromPort, family);
  }

  private find(a: number, b: number, ports: number, family: number): number {
    const mask = this.slots.length - 1;
    let i = mix(a ^ mix(b ^ mix(ports ^ family))) & mask;
    const keys = this.keys;
    while (this.slots[i] !== undefined) {
      const at = i * 4;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === ports && keys[at + 3] === family) return i;
      i = (i + 1) & mask;
    }
    return i;
  }

  private grow(): void {
    const { keys, slots } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.slots = new Array(slots.length * 2);
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === undefined) continue;
      const at = i * 4;
      const to = this.find(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!);
      this.slots[to] = slots[i];
      this.keys.set(keys.subarray(at, at + 4), to * 4);
    }
  }
}
