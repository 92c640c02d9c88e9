import { equalOctets } from '../base/octets.ts';
import { type Origin, rebased } from '../model/origin.ts';
import type { Segment } from './segment.ts';

/** What a piece counts beside its octets: its object. Many pieces of one octet are not to take a hundred times their size. */
export const OVERHEAD = 64;

export interface Held {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly frameOffset: number;
  readonly origin: Origin | null;
  /** Octets behind these that the segment carried but a snap length cut off. */
  readonly missing: number;
}

/** Octets held out of order over all streams: the bound that makes old holes be given up. */
export interface Budget {
  held: number;
}

/** The octets of one direction that wait for others before them: pieces in order and without overlap, of which what came first stays. */
export class HeldPieces {
  /** Nothing waits. A field, since each segment asks. */
  empty = true;
  /** Octets of memory that they count for. */
  size = 0;
  /** Octets of the segment that was added last that waited already. */
  repeated = 0;
  private list: Held[] = [];
  /** Pieces at the head of `list` that were taken out already: to move the rest up for each would cost the square of their number. */
  private taken = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get first(): Held | undefined {
    return this.list[this.taken];
  }

  /** Sequence number behind the last of them. Meaningless when empty. */
  get end(): number {
    const last = this.list[this.list.length - 1];
    return last === undefined ? 0 : (last.seq + last.bytes.length + last.missing) | 0;
  }

  /** Keep the part of a segment that nothing covers yet. Returns whether a covered part differs. */
  add(seq: number, s: Segment, start: number, length: number): boolean {
    let differs = false;
    this.repeated = 0;
    let at = seq;
    const to = (seq + length) | 0;
    const take = (i: number, until: number): number => {
      const size = (until - at) | 0;
      if (size <= 0) return 0;
      const p = start + ((at - seq) | 0);
      const held = {
        seq: at,
        bytes: s.bytes.slice(p, p + size),
        frame: s.frame,
        sec: s.sec,
        nsec: s.nsec,
        frameOffset: s.frameOffset + p - s.start,
        origin: s.origin === null ? null : rebased(s.origin, p, size),
        missing: until === to ? s.length - s.captured : 0,
      };
      if (i === this.list.length) this.list.push(held);
      else this.list.splice(i, 0, held);
      this.empty = false;
      this.count(size + OVERHEAD);
      return 1;
    };
    let i = this.indexOf(seq);
    for (; i < this.list.length; i++) {
      const h = this.list[i]!;
      if (((h.seq - to) | 0) >= 0) break;
      const hEnd = (h.seq + h.bytes.length) | 0;
      i += take(i, h.seq);
      const from = ((h.seq - at) | 0) > 0 ? h.seq : at;
      const until = ((hEnd - to) | 0) < 0 ? hEnd : to;
      const size = (until - from) | 0;
      if (size > 0) {
        this.repeated += size;
        differs ||= !equalOctets(h.bytes, (from - h.seq) | 0, s.bytes, start + ((from - seq) | 0), size);
      }
      at = ((hEnd - at) | 0) > 0 ? hEnd : at;
    }
    take(i, to);
    return differs;
  }

  /** `from`…`to` without what pieces hold at its beginning and at its end; nothing when they hold all of it. */
  lacks(from: number, to: number): readonly [from: number, to: number] {
    for (let i = this.indexOf(from); i < this.list.length; i++) {
      const h = this.list[i]!;
      if (((h.seq - from) | 0) > 0) break;
      from = (h.seq + h.bytes.length) | 0;
    }
    for (let i = this.indexOf((to - 1) | 0); ((to - from) | 0) > 0 && i >= this.taken; i--) {
      const h = this.list[i];
      if (h === undefined || ((h.seq - to) | 0) >= 0) continue;
      if (((h.seq + h.bytes.length - to) | 0) < 0) break;
      to = h.seq;
    }
    return [from, to];
  }

  /** Takes the first one out; undefined when there is none. */
  shift(): Held | undefined {
    const h = this.first;
    if (h === undefined) return undefined;
    this.count(-h.bytes.length - OVERHEAD);
    if (++this.taken * 2 >= this.list.length) {
      this.list.splice(0, this.taken);
      this.taken = 0;
      this.empty = this.list.length === 0;
    }
    return h;
  }

  clear(): void {
    this.count(-this.size);
    this.list = [];
    this.taken = 0;
    this.empty = true;
  }

  private count(octets: number): void {
    this.size += octets;
    this.budget.held += octets;
  }

  /** Where in `list` the first piece stands that ends behind `seq`. */
  private indexOf(seq: number): number {
    let low = this.taken;
    let high = this.list.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      const h = this.list[mid]!;
      if (((h.seq + h.bytes.length - seq) | 0) <= 0) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}
