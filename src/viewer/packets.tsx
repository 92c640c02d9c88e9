import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import { moment, thousands } from '../report/format.ts';
import type { FrameDetail, ViewTree } from '../report/html/detail.ts';
import { machineTrees } from '../report/html/machine-tree.ts';
import type { SortKey } from '../report/html/order.ts';
import { type PacketRow, ROW } from '../report/html/table.ts';
import { CopyButton } from './copy.tsx';
import { FilterBar } from './filter-bar.tsx';
import { HexPane } from './hex.tsx';
import { VirtualList } from './list.tsx';
import type { RowList } from './source.ts';
import { useShared } from './state.ts';
import { dump, hexText, safe } from './text.ts';
import { LayerTree, lineOf, linesOf } from './tree.tsx';

const COLUMNS: readonly { key: SortKey; head: string; class: string }[] = [
  { key: 'no', head: 'No.', class: 'no' },
  { key: 'time', head: 'Time', class: 'time' },
  { key: 'stream', head: 'Stream', class: 'stream' },
  { key: 'protocol', head: 'Protocol', class: 'protocol' },
  { key: 'length', head: 'Length', class: 'length' },
  { key: 'info', head: 'Info', class: 'info' },
];

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
  const [sort, setSort] = useState<SortKey>('no');
  const [descending, setDescending] = useState(false);
  const [onlyStream, setOnlyStream] = useState(false);
  const [list, setList] = useState<RowList | null>(null);
  const [busy, setBusy] = useState('');
  const [wrong, setWrong] = useState('');
  const [, redraw] = useState(0);
  const [at, setAt] = useState(-1);
  const stream = onlyStream ? selection.stream : null;

  useEffect(() => {
    let live = true;
    setWrong('');
    const progress = (done: number, total: number): void => {
      if (live) setBusy(`Filtering … ${Math.floor((100 * done) / Math.max(total, 1))} %`);
    };
    source
      .list(capture, { filter, stream, sort, descending }, progress)
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
    };
  }, [source, capture, filter, stream, sort, descending, summary]);
  useEffect(() => {
    let live = true;
    if (list === null || frame === null) setAt(-1);
    else
      list.positionOf(frame).then(position => {
        if (live) setAt(position);
      });
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
  const order = (key: SortKey): void => {
    setDescending(key === sort ? !descending : false);
    setSort(key);
  };
  const cell = (row: PacketRow, key: SortKey): string => {
    if (key === 'no') return thousands(row.no);
    if (key === 'time') return row.time.toFixed(6);
    if (key === 'stream') {
      const s = ends.get(row.stream);
      return s === undefined ? '–' : `${row.stream} ${row.direction === 0 ? '→' : '←'}`;
    }
    if (key === 'protocol') return row.protocol.toUpperCase();
    if (key === 'length') return thousands(row.length);
    return row.info;
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
          <span key={c.key} role="gridcell" class={`cell ${c.class}`}>
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
    <section class="packets" aria-label="Packets">
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
            ! {thousands(rows.of - rows.kept)} of {thousands(rows.of)} packets are left out of this page; `mtascope
            serve` shows them all
          </span>
        )}
        {frames.kept < rows.kept && (
          <span class="left">
            ! octets and trees for {thousands(frames.kept)} of {thousands(rows.of)} frames
          </span>
        )}
      </div>
      <div class="panes">
        {list !== null && (
          <VirtualList
            id="packet"
            label="Packet list"
            count={list.count}
            columns={COLUMNS.length}
            rowHeight={24}
            selected={at}
            head={head}
            onSelect={i => {
              const r = list.row(i);
              if (r !== null) goto(r.no, { stream: r.stream < 0 ? null : r.stream });
            }}
            onRange={(from, to) => {
              list.ensure(from, to).then(() => redraw(n => n + 1));
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

export function Grade({ severity }: { severity: 'error' | 'warning' | 'note' }): JSX.Element {
  const sign = { error: '✖', warning: '!', note: '·' }[severity];
  return (
    <span class={`grade ${severity}`}>
      <span aria-hidden="true">{sign}&nbsp;</span>
      <span class="offscreen">{severity} </span>
    </span>
  );
}

/** What the machine reads stands before what was sent, since it is what the verdict is about. */
function withMachineTrees(detail: FrameDetail, findings: readonly Finding[]): FrameDetail {
  const { trees } = detail;
  const low = trees.filter(tree => tree.pdu < 0);
  return {
    ...detail,
    trees: [...low, ...machineTrees(findings, detail.no), ...trees.filter(tree => tree.pdu >= 0)],
  };
}

/** Tree and octets of the selected frame. */
function FramePanes(): JSX.Element {
  const { source, summary, selection, select, goto } = useShared();
  const { capture, frame, mark } = selection;
  const [detail, setDetail] = useState<FrameDetail | null>(null);
  const [state, setState] = useState('');
  useEffect(() => {
    let live = true;
    if (frame === null) {
      setDetail(null);
      setState('Select a packet to see its layers and octets.');
      return;
    }
    setState(`Dissecting frame ${thousands(frame)} …`);
    source
      .detail(capture, frame)
      .then(found => {
        if (!live) return;
        setDetail(found === null ? null : withMachineTrees(found, summary.report.findings));
        setState(found === null ? `The octets of frame ${thousands(frame)} are not in this page.` : '');
      })
      .catch((error: Error) => {
        if (!live) return;
        setDetail(null);
        setState(`Frame ${thousands(frame)} can't be shown: ${error.message}`);
      });
    return () => {
      live = false;
    };
  }, [source, capture, frame, summary]);
  const lines = useMemo(() => (detail === null ? [] : linesOf(detail)), [detail]);
  if (detail === null || frame === null) return <p class="hint">{state}</p>;
  const current = lineOf(lines, mark);
  const line = current >= 0 ? lines[current]! : null;
  const space = detail.spaces[mark?.space ?? 0] ?? detail.spaces[0]!;
  const octets = mark === null ? detail.spaces[0]!.bytes : space.bytes.subarray(mark.start, mark.end);
  return (
    <>
      <div class="pane-tree">
        <h2>
          Frame {thousands(frame)}{' '}
          <small>
            {moment({ sec: detail.sec, nsec: detail.nsec })} UTC, {thousands(detail.wireLength)} octets
          </small>
        </h2>
        {detail.spaces[0]!.bytes.length < detail.wireLength && (
          <p class="hint">
            ! {thousands(detail.spaces[0]!.bytes.length)} of {thousands(detail.wireLength)} octets were captured.
          </p>
        )}
        {detail.note !== '' && <p class="hint">! {detail.note}</p>}
        {detail.completedIn.map(no => (
          <p class="hint" key={no}>
            Part of a TPKT that ends in{' '}
            <button type="button" class="link" onClick={() => goto(no)}>
              frame {thousands(no)}
            </button>
          </p>
        ))}
        <LayerTree detail={detail} mark={mark} onMark={m => select({ mark: m })} />
      </div>
      <div class="pane-hex">
        <HexPane detail={detail} lines={lines} mark={mark} onMark={m => select({ mark: m })} />
        <div class="named" role="status">
          {line === null
            ? mark === null
              ? 'Nothing selected'
              : `octets ${mark.start}–${mark.end - 1}`
            : `${line.mark.name} [${line.mark.start}–${Math.max(line.mark.start, line.mark.end - 1)}] ${line.text}`}
        </div>
        <div class="copies" role="group" aria-label="Copy">
          Copy{' '}
          <CopyButton
            label="text"
            what={line === null ? 'the frame as text' : 'the field as text'}
            text={() => (line === null ? lines.map(l => `${'  '.repeat(l.depth - 1)}${l.text}`).join('\n') : line.text)}
          />
          <CopyButton
            label="hex"
            what="octets as hex"
            text={() => (octets.length <= 64 ? hexText(octets) : dump(octets))}
          />
          <CopyButton label="filter" what="Wireshark filter" text={() => filterFor(line?.field ?? null, frame)} />
          <CopyButton label="JSON" what="JSON" text={() => jsonFor(detail, line?.tree ?? null, line?.field ?? null)} />
        </div>
      </div>
    </>
  );
}

/** A display filter for the field's value; for one without a value, for the frame. */
export function filterFor(
  field: { name: string; value: number | boolean | string | null } | null,
  frame: number,
): string {
  if (field === null || field.value === null) return `frame.number == ${frame}`;
  const { name, value } = field;
  if (typeof value !== 'string') return `${name} == ${value}`;
  if (/^([0-9a-f]{2})+$/.test(value) && value.length > 2) return `${name} == ${value.replace(/(..)(?!$)/g, '$1:')}`;
  if (/^(\d+\.){3}\d+$|^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(value)) return `${name} == ${value}`;
  return `${name} == ${JSON.stringify(safe(value, 2000))}`;
}

function jsonFor(detail: FrameDetail, tree: ViewTree | null, field: unknown): string {
  const { no, wireLength, trees } = detail;
  return JSON.stringify(field ?? tree ?? { frame: no, wireLength, trees }, null, 2);
}
