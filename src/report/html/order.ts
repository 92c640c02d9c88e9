import type { PacketTable } from './table.ts';

/** By what a packet list is ordered. */
export const SORT_KEYS = ['no', 'time', 'stream', 'source', 'destination', 'protocol', 'length', 'info'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Order {
  /** Only this stream; null for all. */
  readonly stream: number | null;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** Row numbers of the table in the order asked for; `matches` has an octet a row, 1 for those to be shown. */
export function order(table: PacketTable, request: Order, matches: Uint8Array | null): Uint32Array {
  const out = new Uint32Array(table.count);
  let n = 0;
  for (let i = 0; i < table.count; i++) {
    if (matches !== null && matches[i] === 0) continue;
    if (request.stream !== null && table.streams[i] !== request.stream) continue;
    out[n++] = i;
  }
  const rows = out.subarray(0, n);
  const key = keyOf(table, request.sort);
  if (key !== null) {
    const keys = new Float64Array(table.count);
    for (const i of rows) keys[i] = key(i);
    rows.sort((a, b) => keys[a]! - keys[b]! || a - b);
  }
  if (request.descending) rows.reverse();
  return rows;
}

/** A number a row to sort by; null for the order of the capture. */
function keyOf(table: PacketTable, sort: SortKey): ((i: number) => number) | null {
  const { columns } = table;
  switch (sort) {
    case 'length':
      return i => columns.lengths[i]!;
    case 'stream':
      return i => table.streams[i]!;
    case 'time':
      return i => table.times[i]!;
    case 'protocol': {
      const rank = ranks(columns.words);
      return i => rank[columns.protocols[i]!]!;
    }
    case 'source': {
      const rank = ranks(columns.ends.map(e => addressKey(e.source)));
      return i => rank[columns.pairs[i]!]!;
    }
    case 'destination': {
      const rank = ranks(columns.ends.map(e => addressKey(e.destination)));
      return i => rank[columns.pairs[i]!]!;
    }
    case 'info': {
      const heads = new Map<string, number>();
      const head = new Uint32Array(table.count);
      for (let i = 0; i < table.count; i++) {
        const text = table.infoHead(i);
        if (!heads.has(text)) heads.set(text, heads.size);
        head[i] = heads.get(text)!;
      }
      const rank = ranks([...heads.keys()]);
      // Segments of the same ports and flags stand in the order of their sequence numbers.
      return i => rank[head[i]!]! * 2 ** 32 + columns.seqs[i]!;
    }
    case 'no':
      return null;
  }
}

/** The place of each text among all of them; equal texts have the same. */
function ranks(texts: readonly string[]): Uint32Array {
  const sorted = [...texts.keys()].sort((a, b) => (texts[a]! < texts[b]! ? -1 : texts[a]! > texts[b]! ? 1 : 0));
  const out = new Uint32Array(texts.length);
  for (const [place, at] of sorted.entries()) {
    const before = sorted[place - 1];
    out[at] = before !== undefined && texts[before] === texts[at] ? out[before]! : place;
  }
  return out;
}

/** Numbers of an IPv4 address as numbers: .9 before .10. */
function addressKey(address: string): string {
  return address.includes(':') ? address : address.replace(/\d+/g, digits => digits.padStart(3, '0'));
}
