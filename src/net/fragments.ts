import { mix } from '../base/mix.ts';
import { equalOctets } from '../base/octets.ts';
import { Origin } from '../model/origin.ts';

/** A datagram put together: what stands behind its IP header, and where these octets were captured. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly origin: Origin;
  /** The protocol that the first fragment names (RFC 8200 4.5: those of the others do not count). */
  readonly protocol: number;
}

/** One fragment as its headers have it; `bytes[start…end)` is what it carries, `offset` its place in the datagram. */
export interface Fragment extends Arrival {
  readonly offset: number;
  readonly more: boolean;
  readonly protocol: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where the frame begins in `bytes`. */
  readonly frameStart: number;
  /** Where `bytes` were captured, when they are a datagram put together; else null. */
  readonly origin: Origin | null;
  /** Whether the datagram is missed when it cannot be put together. */
  readonly missed: boolean;
}

interface Arrival {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
}

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly frame: number;
  /** In the frame, or in what `origin` tells of. */
  readonly at: number;
  readonly origin: Origin | null;
}

interface Pending {
  /** In order, without overlap. */
  parts: Part[];
  /** Octets of the datagram; -1 until the last fragment says so. */
  total: number;
  protocol: number;
  /** The fragment that came first. */
  readonly first: Arrival;
  contradicted: boolean;
  missed: boolean;
  /** All that came so far came before, in a datagram that is whole: nobody misses the rest. */
  copies: boolean;
  /** Given up: fragments that are still to come are dropped with it. */
  dropped: boolean;
}

/** Bounds what a capture of stray fragments can make us hold (RFC 791 lets a host wait; we forget the oldest). */
const MAX_DATAGRAMS = 256;
const MAX_PARTS = 1024;
/** How long a host waits at most (RFC 1122 3.3.2: 60 to 120 seconds); identifications are used again after some time. */
const PATIENCE_SECONDS = 120;
/** Datagrams that are whole and kept to tell copies of their fragments by: those of a mirror port come a millisecond later. */
const MAX_DONE = 64;
const COPY_SECONDS = 0.1;
/** Neither the total length of IPv4 nor the payload length of IPv6 can say more. */
const MAX_DATAGRAM = 65_535;

/**
 * IPv4 and IPv6 fragment reassembly.
 *
 * Fragments may contradict each other: other octets in the same place, another end, octets beyond the end. In IPv4 what came first
 * stays (RFC 791 lets receivers choose). In IPv6 fragments that overlap, or cannot be of one datagram, end it, with all that are still to
 * come; only a fragment that comes again with the same octets is no harm (RFC 5722, RFC 8200 4.5).
 */
export class FragmentTable {
  /** Datagrams that were given up, and the frame in which the first of them begins. */
  lost = 0;
  lostFrame = 0;
  /** Datagrams that contradict themselves, and the frame that shows the first contradiction. */
  contradicted = 0;
  contradictedFrame = 0;
  private readonly pending = new Map<string, Pending>();
  /** The newest ones that are whole, with the arrival of the fragment that was the last to come. */
  private readonly done = new Map<string, Arrival & { readonly bytes: Uint8Array }>();

  /** Returns the datagram once it is whole. `key` tells datagrams apart: addresses and identification, and in IPv4 the protocol. */
  add(key: string, family: 4 | 6, f: Fragment): Datagram | null {
    const to = f.offset + f.end - f.start;
    if (to <= f.offset) return null;
    const copy = this.isCopy(key, f, to);
    let entry = this.pending.get(key);
    if (entry !== undefined && apart(f, entry.first) > (entry.copies ? COPY_SECONDS : PATIENCE_SECONDS)) {
      this.giveUp(key);
      entry = undefined;
    }
    entry ??= this.open(key, f);
    if (entry.dropped) return null;
    entry.copies &&= copy;
    entry.missed ||= f.missed && !copy;
    const { parts } = entry;
    const reached = parts.length === 0 ? 0 : end(parts[parts.length - 1]!);
    const fits = to <= MAX_DATAGRAM && (entry.total < 0 || (f.more ? to <= entry.total : to === entry.total));
    const sound = fits && (f.more || reached <= to) && agrees(parts, f, to, family === 6);
    if (!sound) this.contradict(entry, f.frame);
    if (!sound && family === 6) {
      entry.dropped = true;
      entry.parts = [];
      return null;
    }
    if (!fits) return null;
    if (!f.more) entry.total = to;
    if (f.offset === 0 && entry.protocol < 0) entry.protocol = f.protocol;
    if (parts.length < MAX_PARTS) insert(entry, f, to);
    if (!isWhole(entry)) return null;
    this.pending.delete(key);
    const whole = join(entry);
    this.done.delete(key);
    if (this.done.size >= MAX_DONE) this.done.delete(this.done.keys().next().value!);
    this.done.set(key, { bytes: whole.bytes, frame: f.frame, sec: f.sec, nsec: f.nsec });
    return { ...whole, protocol: entry.protocol };
  }

  /** Whether fragments wait for others of a datagram that is missed without them. */
  awaits(key: string): boolean {
    return this.pending.get(key)?.missed === true;
  }

  /** The capture ends: what is not whole by now never will be. */
  end(): void {
    for (const key of [...this.pending.keys()]) this.giveUp(key);
  }

  /** A fragment once more of a datagram that is whole by now. */
  private isCopy(key: string, f: Fragment, to: number): boolean {
    const whole = this.done.get(key);
    if (whole === undefined || apart(f, whole) > COPY_SECONDS) return false;
    const fits = f.more ? to < whole.bytes.length : to === whole.bytes.length;
    return fits && equalOctets(whole.bytes, f.offset, f.bytes, f.start, to - f.offset);
  }

  private open(key: string, { frame, sec, nsec }: Arrival): Pending {
    if (this.pending.size >= MAX_DATAGRAMS) this.giveUp(this.pending.keys().next().value!);
    const entry = {
      parts: [],
      total: -1,
      protocol: -1,
      first: { frame, sec, nsec },
      contradicted: false,
      missed: false,
      copies: true,
      dropped: false,
    };
    this.pending.set(key, entry);
    return entry;
  }

  private contradict(entry: Pending, frame: number): void {
    if (entry.contradicted || !entry.missed) return;
    entry.contradicted = true;
    if (this.contradicted++ === 0) this.contradictedFrame = frame;
  }

  private giveUp(key: string): void {
    const { missed, first } = this.pending.get(key)!;
    this.pending.delete(key);
    if (missed && this.lost++ === 0) this.lostFrame = first.frame;
  }
}

/**
 * The newest datagrams of which the first fragment says that nobody wants them. What else comes of them is passed over without a key, as
 * are most fragments of UDP. An older one that is asked for by mistake is no harm: it waits in the table, and is not missed.
 */
export class Unwanted {
  private readonly slots = new Int32Array(4 * SLOTS);

  has(family: number, source: number, destination: number, id: number): boolean {
    const at = slot(source, destination, id);
    const s = this.slots;
    return s[at] === family && s[at + 1] === source && s[at + 2] === destination && s[at + 3] === id;
  }

  add(family: number, source: number, destination: number, id: number): void {
    const at = slot(source, destination, id);
    this.slots[at] = family;
    this.slots[at + 1] = source;
    this.slots[at + 2] = destination;
    this.slots[at + 3] = id;
  }

  /** The identification was used again. */
  drop(family: number, source: number, destination: number, id: number): void {
    if (this.has(family, source, destination, id)) this.slots[slot(source, destination, id)] = 0;
  }
}

const SLOTS = 1024;

function slot(source: number, destination: number, id: number): number {
  return (mix(source ^ mix(destination ^ mix(id))) & (SLOTS - 1)) * 4;
}

function apart(a: Arrival, b: Arrival): number {
  return Math.abs(a.sec - b.sec + (a.nsec - b.nsec) / 1e9);
}

function end(part: Part): number {
  return part.offset + part.bytes.length;
}

/** @param exact a fragment that overlaps with others has to be one of them that comes again */
function agrees(parts: readonly Part[], f: Fragment, to: number, exact: boolean): boolean {
  for (const part of parts) {
    if (part.offset >= to) break;
    const from = Math.max(part.offset, f.offset);
    const until = Math.min(end(part), to);
    if (until <= from) continue;
    if (exact && (part.offset !== f.offset || end(part) !== to)) return false;
    for (let i = from; i < until; i++) {
      if (part.bytes[i - part.offset] !== f.bytes[f.start + i - f.offset]) return false;
    }
  }
  return true;
}

/** Keeps of a fragment what is not there yet. */
function insert(entry: Pending, f: Fragment, to: number): void {
  let at = f.offset;
  const fresh: Part[] = [];
  const take = (from: number, until: number) => {
    if (until <= from) return;
    const p = f.start + from - f.offset;
    const bytes = f.bytes.slice(p, p + until - from);
    fresh.push({ offset: from, bytes, frame: f.frame, at: p - f.frameStart, origin: f.origin });
  };
  for (const part of entry.parts) {
    if (part.offset >= to) break;
    if (end(part) <= at) continue;
    take(at, Math.min(part.offset, to));
    at = Math.max(at, end(part));
  }
  take(at, to);
  entry.parts = [...entry.parts, ...fresh].sort((x, y) => x.offset - y.offset);
}

/** Every octet up to the end is there; what stands beyond it (a contradiction) does not count. */
function isWhole({ parts, total }: Pending): boolean {
  if (total < 0) return false;
  let at = 0;
  for (const part of parts) {
    if (part.offset > at) break;
    at = end(part);
  }
  return at >= total;
}

function join(entry: Pending): { bytes: Uint8Array; origin: Origin } {
  const bytes = new Uint8Array(entry.total);
  const origin = new Origin();
  for (const part of entry.parts) {
    const room = entry.total - part.offset;
    if (room <= 0) break;
    const octets = part.bytes.length > room ? part.bytes.subarray(0, room) : part.bytes;
    bytes.set(octets, part.offset);
    if (part.origin === null) origin.add(part.offset, part.frame, part.at, octets.length);
    else origin.join(part.offset, part.origin, part.at, part.at + octets.length);
  }
  return { bytes, origin };
}
