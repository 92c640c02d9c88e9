import type { PacketTable } from './table.ts';

/** By what a packet list is ordered. */
export const SORT_KEYS = ['no', 'time', 'stream', 'protocol', 'length', 'info'] as const;
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
  const words = (at: readonly number[]): ((i: number) => number) => {
    const sorted = [...columns.words.keys()].sort((a, b) => (columns.words[a]! < columns.words[b]! ? -1 : 1));
    const rank = new Uint32Array(sorted.length);
    for (const [i, word] of sorted.entries()) rank[word] = i;
    return i => rank[at[i]!]!;
  };
  switch (sort) {
    case 'length':
      return i => columns.lengths[i]!;
    case 'stream':
      return i => table.streams[i]!;
    case 'time':
      return i => table.times[i]!;
    case 'protocol':
      return words(columns.protocols);
    case 'info':
      return words(columns.infos);
    case 'no':
      return null;
  }
}
