import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { thousands } from '../report/format.ts';
import type { SortKey } from '../report/html/order.ts';
import { type PacketRow, ROW } from '../report/html/table.ts';
import { FilterBar } from './filter-bar.tsx';
import { FramePanes } from './frame.tsx';
import { Grade } from './grade.tsx';
import { useKept } from './kept.ts';
import { VirtualList } from './list.tsx';
import type { RowList } from './source.ts';
import { useShared } from './state.ts';

const COLUMNS: readonly { key: SortKey; head: string; class: string }[] = [
  { key: 'no', head: 'No.', class: 'no' },
  { key: 'time', head: 'Time', class: 'time' },
  { key: 'stream', head: 'Stream', class: 'stream' },
  { key: 'source', head: 'Source', class: 'source' },
  { key: 'destination', head: 'Destination', class: 'destination' },
  { key: 'protocol', head: 'Protocol', class: 'protocol' },
  { key: 'length', head: 'Length', class: 'length' },
  { key: 'info', head: 'Info', class: 'info' },
];

/** What may be cut at the end of its column. */
const CUT: readonly SortKey[] = ['source', 'destination', 'info'];

const KIND_CLASS: Readonly<Record<number, string>> = {
  [ROW.ack]: 'quiet',
  [ROW.control]: 'control',
  [ROW.part]: 'quiet',
  [ROW.transport]: 'transport',
  [ROW.association]: 'association',
};

export function Packets(): JSX.Element {
  const { source, summary, selection, select, goto } = useShared();
  const { capture, frame, filter } = selection;
  const [sort, setSort] = useKept<SortKey>('packets by', 'no');
  const [descending, setDescending] = useKept('packets descending', false);
  const [onlyStream, setOnlyStream] = useKept('packets of the stream', false);
  const [list, setList] = useState<RowList | null>(null);
  const [busy, setBusy] = useState('');
  const [wrong, setWrong] = useState('');
  const [, redraw] = useState(0);
  const [at, setAt] = useState(-1);
  const chosen = useRef(-1);
  const stream = onlyStream ? selection.stream : null;

  useEffect(() => {
    let live = true;
    const gone = new AbortController();
    setWrong('');
    const progress = (done: number, total: number): void => {
      if (live) setBusy(`Filtering … ${Math.floor((100 * done) / Math.max(total, 1))} %`);
    };
    source
      .list(capture, { filter, stream, sort, descending }, progress, gone.signal)
      .then(result => {
        if (live) setList(result);
      })
      .catch((error: Error) => {
        if (live) setWrong(error.message);
      })
      .finally(() => {
        if (live) setBusy('');
      });
    return () => {
      live = false;
      gone.abort();
    };
  }, [source, capture, filter, stream, sort, descending, summary]);
  useEffect(() => {
    let live = true;
    if (list === null || frame === null) setAt(-1);
    else
      list.positionOf(frame).then(
        position => {
          if (live) setAt(position);
        },
        (error: Error) => {
          if (live) setWrong(error.message);
        },
      );
    return () => {
      live = false;
    };
  }, [list, frame]);

  const named = useMemo(() => {
    const out = new Map<number, 'error' | 'warning' | 'note'>();
    for (const f of [...summary.report.findings].reverse()) for (const no of f.frames) out.set(no, f.severity);
    return out;
  }, [summary]);
  const ends = useMemo(() => new Map(summary.report.streams.map(s => [s.id, s])), [summary]);
  const ipv6 = summary.report.streams.some(s => s.client.address.includes(':'));
  const order = (key: SortKey): void => {
    setDescending(key === sort ? !descending : false);
    setSort(key);
  };
  const failed = (error: Error): void => setWrong(error.message);
  /** The row may have to be fetched first; then only the last one that was chosen counts. */
  const choose = (i: number): void => {
    chosen.current = i;
    const go = (): boolean => {
      const r = list?.row(i) ?? null;
      if (r !== null) goto(r.no, { stream: r.stream < 0 ? null : r.stream });
      return r !== null;
    };
    if (go()) return;
    list?.ensure(i, i + 1).then(() => {
      if (chosen.current === i) go();
    }, failed);
  };
  const cell = (row: PacketRow, key: SortKey): string => {
    if (key === 'no') return thousands(row.no);
    if (key === 'time') return row.time.toFixed(6);
    if (key === 'stream') {
      const s = ends.get(row.stream);
      return s === undefined ? '–' : `${row.stream} ${row.direction === 0 ? '→' : '←'}`;
    }
    if (key === 'length') return thousands(row.length);
    return row[key] || '–';
  };
  const row = (i: number): JSX.Element => {
    const r = list!.row(i);
    if (r === null)
      return (
        <span role="gridcell" class="wait">
          …
        </span>
      );
    const grade = named.get(r.no);
    return (
      <>
        {COLUMNS.map(c => (
          <span
            key={c.key}
            role="gridcell"
            class={`cell ${c.class}`}
            title={CUT.includes(c.key) ? cell(r, c.key) : undefined}
          >
            {c.key === 'no' && grade !== undefined && <Grade severity={grade} />}
            {cell(r, c.key)}
          </span>
        ))}
      </>
    );
  };
  const head = (
    <div class="row head" role="row" aria-rowindex={1}>
      {COLUMNS.map(c => (
        <span
          key={c.key}
          role="columnheader"
          class={`cell ${c.class}`}
          aria-sort={c.key === sort ? (descending ? 'descending' : 'ascending') : 'none'}
        >
          <button type="button" onClick={() => order(c.key)}>
            {c.head}
            <span aria-hidden="true">{c.key === sort ? (descending ? ' ▾' : ' ▴') : ''}</span>
          </button>
        </span>
      ))}
    </div>
  );
  const { rows, frames } = summary.left;
  return (
    <section class={`packets${ipv6 ? ' ipv6' : ''}`} aria-label="Packets">
      <FilterBar filter={filter} wrong={wrong} onFilter={text => select({ filter: text })} />
      <div class="bar">
        <span role="status" class="count">
          {busy !== '' ? busy : list === null ? '' : `${thousands(list.count)} of ${thousands(rows.kept)} packets`}
        </span>
        <label>
          <input
            type="checkbox"
            checked={onlyStream}
            disabled={selection.stream === null}
            onChange={() => setOnlyStream(!onlyStream)}
          />{' '}
          only stream {selection.stream ?? '–'}
        </label>
        {rows.kept < rows.of && (
          <span class="left">
            ! {thousands(rows.of - rows.kept)} of {thousands(rows.of)} packets are left out of this page;{' '}
            <code>mtascope serve</code> shows them all
          </span>
        )}
        {frames.kept < rows.kept && (
          <span class="left">
            ! octets and trees for {thousands(frames.kept)} of {thousands(rows.of)} frames
            {filter !== '' && (
              <>
                ; a filter finds no others here, <code>mtascope serve</code> looks at all
              </>
            )}
          </span>
        )}
      </div>
      <div class="panes">
        {list !== null && (
          <VirtualList
            id="packet"
            label="Packet list"
            place="packets at"
            count={list.count}
            columns={COLUMNS.length}
            rowHeight={24}
            selected={at}
            head={head}
            onSelect={choose}
            onRange={(from, to) => {
              list.ensure(from, to).then(() => redraw(n => n + 1), failed);
            }}
            row={row}
            rowClass={i => {
              const r = list.row(i);
              return r === null ? '' : `${KIND_CLASS[r.kind] ?? ''} ${named.get(r.no) ?? ''}`;
            }}
            empty={filter === '' ? 'No packets of ISO transport streams.' : 'No packet matches the filter.'}
          />
        )}
        <FramePanes />
      </div>
    </section>
  );
}
