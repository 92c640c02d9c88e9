import { Origin } from '../model/origin.ts';

/** A datagram put together: the transport header and payload, and where their octets were captured. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly frame: number;
  readonly frameOffset: number;
}

interface Pending {
  parts: Part[];
  total: number;
  held: number;
}

/** Bounds what a capture of stray fragments can make us hold (RFC 791 lets a host wait; we forget the oldest). */
const MAX_DATAGRAMS = 256;
const MAX_PARTS = 1024;

/** IPv4 and IPv6 fragment reassembly. Where fragments overlap, the octets that arrived first stay. */
export class FragmentTable {
  /** Frame of the first fragment of a datagram that was given up. */
  lost = 0;
  lostFrame = 0;
  private readonly pending = new Map<string, Pending>();

  /**
   * One fragment: `offset` in octets within the datagram, `more` as the header says. Returns the datagram once it is whole.
   * `key` tells datagrams apart (addresses, identification, protocol).
   */
  add(
    key: string,
    offset: number,
    more: boolean,
    b: Uint8Array,
    start: number,
    end: number,
    frame: number,
    frameStart: number,
  ): Datagram | null {
    if (end <= start) return null;
    let entry = this.pending.get(key);
    if (entry === undefined) {
      if (this.pending.size >= MAX_DATAGRAMS) this.giveUp(this.pending.keys().next().value!);
      entry = { parts: [], total: -1, held: 0 };
      this.pending.set(key, entry);
    }
    if (!more) entry.total = offset + end - start;
    if (entry.parts.length < MAX_PARTS) insert(entry, offset, b, start, end, frame, frameStart);
    if (entry.total < 0 || entry.held < entry.total) return null;
    this.pending.delete(key);
    return join(entry);
  }

  /** The capture ends: what is not whole by now never will be. */
  end(): void {
    for (const key of [...this.pending.keys()]) this.giveUp(key);
  }

  private giveUp(key: string): void {
    const frame = this.pending.get(key)!.parts[0]?.frame ?? 0;
    if (this.lost++ === 0) this.lostFrame = frame;
    this.pending.delete(key);
  }
}

function insert(
  entry: Pending,
  offset: number,
  b: Uint8Array,
  start: number,
  end: number,
  frame: number,
  frameStart: number,
): void {
  let at = offset;
  const to = offset + end - start;
  const fresh: Part[] = [];
  const take = (from: number, until: number) => {
    if (until <= from) return;
    const p = start + from - offset;
    fresh.push({ offset: from, bytes: b.slice(p, p + until - from), frame, frameOffset: p - frameStart });
    entry.held += until - from;
  };
  for (const part of entry.parts) {
    if (part.offset >= to) break;
    const partEnd = part.offset + part.bytes.length;
    if (partEnd <= at) continue;
    take(at, Math.min(part.offset, to));
    at = Math.max(at, partEnd);
  }
  take(at, to);
  entry.parts = [...entry.parts, ...fresh].sort((x, y) => x.offset - y.offset);
}

function join(entry: Pending): Datagram {
  const bytes = new Uint8Array(entry.total);
  const origin = new Origin();
  for (const part of entry.parts) {
    const room = entry.total - part.offset;
    if (room <= 0) break;
    const octets = part.bytes.length > room ? part.bytes.subarray(0, room) : part.bytes;
    bytes.set(octets, part.offset);
    origin.add(part.offset, part.frame, part.frameOffset, octets.length);
  }
  return { bytes, origin };
}
