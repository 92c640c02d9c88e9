import type { PacketTable } from '../report/html/table.ts';
import type { ListRequest, RowList } from './source.ts';

/** Row numbers of the table in the order asked for; `matches` has an octet a row, 1 for those to be shown. */
export function order(table: PacketTable, request: ListRequest, matches: Uint8Array | null): Uint32Array {
  const out = new Uint32Array(table.count);
  let n = 0;
  for (let i = 0; i < table.count; i++) {
    if (matches !== null && matches[i] === 0) continue;
    if (request.stream !== null && table.streams[i] !== request.stream) continue;
    out[n++] = i;
  }
  const rows = out.subarray(0, n);
  const { columns } = table;
  const { sort, descending } = request;
  const words = (at: readonly number[]) => {
    const rank = new Map(
      [...columns.words.keys()].sort((a, b) => (columns.words[a]! < columns.words[b]! ? -1 : 1)).map((w, i) => [w, i]),
    );
    return (i: number): number => rank.get(at[i]!)!;
  };
  const key =
    sort === 'length'
      ? (i: number) => columns.lengths[i]!
      : sort === 'stream'
        ? (i: number) => table.streams[i]!
        : sort === 'time'
          ? (i: number) => table.times[i]!
          : sort === 'protocol'
            ? words(columns.protocols)
            : sort === 'info'
              ? words(columns.infos)
              : null;
  if (key !== null) {
    const keys = new Float64Array(table.count);
    for (const i of rows) keys[i] = key(i);
    rows.sort((a, b) => keys[a]! - keys[b]! || a - b);
  }
  if (descending) rows.reverse();
  return rows;
}

export function localList(table: PacketTable, rows: Uint32Array): RowList {
  return {
    count: rows.length,
    row: i => table.row(rows[i]!),
    ensure: async () => {},
    positionOf: async frame => {
      const at = table.indexOf(frame);
      return table.frames[at] === frame ? rows.indexOf(at) : -1;
    },
  };
}
