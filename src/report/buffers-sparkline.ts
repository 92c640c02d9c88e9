import sparkly from 'sparkly';
import type { Profile } from '../mta/knobs.ts';
import type { Column } from './columns.ts';
import type { StreamRow } from './streams.ts';

/** Elements that each TPKT of a stream asked for, both directions together in at most `SPARKS` numbers, by file and stream. */
export type Requests = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

export const SPARKS = 16;

/** Bars where the terminal has no block characters, from little to much. */
const ASCII = '_.-:=+*#';

/** The requests of a stream as bars. A full bar is a request that some admissible model calls illegal. */
export function sparklineColumn(requests: Requests, profile: Profile): Column<StreamRow> {
  const limit = profile.fields.maxElements.range.min + 1;
  const of = (row: StreamRow): readonly number[] => requests.get(row.file)?.get(row.stream.id) ?? [];
  return {
    key: 'requests',
    head: 'Requests',
    value: row => of(row).join(' '),
    text: row =>
      of(row)
        .map(() => '#')
        .join(''),
    decorate: (row, _text, look) => {
      // Steps as sparkly has them, on a scale that does not depend on the stream.
      const scaled = of(row).map(n => Math.min(1, Math.max(0, n - 1) / Math.max(1, limit - 1)));
      if (look.unicode) return sparkly(scaled, { minimum: 0, maximum: 1 });
      return scaled.map(n => ASCII[Math.round(n * (ASCII.length - 1))]!).join('');
    },
  };
}
