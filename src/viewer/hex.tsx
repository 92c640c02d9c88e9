import type { JSX } from 'preact';
import { type MutableRef, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { frameList } from '../report/format.ts';
import type { FrameDetail } from '../report/html/detail.ts';
import { useCursor } from './cursor.ts';
import { VirtualList } from './list.tsx';
import type { Mark } from './state.ts';
import { ascii } from './text.ts';
import type { Line } from './tree.tsx';
import { lineOf } from './tree.tsx';

/** Octets of a row; half of them where no more fit. */
const WIDTH = 16;

/** How many octets a row has: whether the 16 of a row fit is seen when they are there. */
function useWidth(pane: MutableRef<HTMLElement | null>, detail: FrameDetail): number {
  const [width, setWidth] = useState(WIDTH);
  const taken = useRef(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const row = pane.current!.querySelector('.sizer > .row');
      const end = row?.lastElementChild;
      if (row == null || end == null) return;
      if (width === WIDTH) taken.current = end.getBoundingClientRect().right - row.getBoundingClientRect().left;
      setWidth(taken.current > row.clientWidth ? WIDTH / 2 : WIDTH);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(pane.current!);
    return () => observer.disconnect();
  }, [width, detail]);
  return width;
}

export interface HexProps {
  readonly detail: FrameDetail;
  readonly lines: readonly Line[];
  readonly mark: Mark | null;
  onMark(mark: Mark): void;
}

/** The octets, those of the selected field marked. Selecting an octet selects the innermost field that holds it. */
export function HexPane({ detail, lines, mark, onMark }: HexProps): JSX.Element {
  const pane = useRef<HTMLDivElement>(null);
  const width = useWidth(pane, detail);
  const [space, setSpace] = useState(0);
  const [cursor, setCursor] = useState(0);
  const place = useCursor(cursor);
  useEffect(() => {
    const to = mark !== null && mark.space < detail.spaces.length ? mark.space : 0;
    setSpace(to);
    if (mark === null) setCursor(0);
    else if (cursor < mark.start || cursor >= mark.end) setCursor(mark.start);
  }, [mark?.space, mark?.start, mark?.end, detail]);
  const at = Math.min(space, detail.spaces.length - 1);
  const { bytes, pieces } = detail.spaces[at]!;
  const inMark = (i: number): boolean => mark !== null && mark.space === at && i >= mark.start && i < mark.end;
  const rows = Math.ceil(bytes.length / width);
  const pick = (i: number): void => {
    const to = Math.min(Math.max(i, 0), bytes.length - 1);
    place.current = to;
    setCursor(to);
    const line = lineOf(lines, { space: at, start: to, end: to + 1, name: '' });
    onMark(line >= 0 ? lines[line]!.mark : { space: at, start: to, end: to + 1, name: '' });
  };
  const key = (event: KeyboardEvent): boolean => {
    const step: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -width,
      ArrowDown: width,
      PageUp: -width * 10,
      PageDown: width * 10,
    };
    const by = step[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    pick(place.current + by);
    return true;
  };
  const octet = (i: number, text: string): JSX.Element => (
    <span
      key={i}
      class={`o${inMark(i) ? ' m' : ''}${i === cursor && mark !== null ? ' c' : ''}`}
      data-at={i}
      onClick={event => {
        event.stopPropagation();
        pick(i);
      }}
    >
      {text}
    </span>
  );
  const row = (n: number): JSX.Element => {
    const from = n * width;
    const slice = Array.from(bytes.subarray(from, from + width));
    return (
      <>
        <span class="offset">{from.toString(16).padStart(4, '0')}</span>
        <span class="octets">
          {slice.map((o, i) => octet(from + i, o.toString(16).padStart(2, '0')))}
          {/* The characters of a row that ends early stand below the others. */}
          {Array.from({ length: width - slice.length }, (_, i) => (
            <span key={from + slice.length + i} aria-hidden="true">
              {'\u00a0\u00a0'}
            </span>
          ))}
        </span>
        <span class="ascii" aria-hidden="true">
          {slice.map((o, i) => octet(from + i, ascii(o)))}
        </span>
      </>
    );
  };
  const frames = pieces === null ? [] : [...new Set(pieces.map(p => p.frame))].sort((a, b) => a - b);
  return (
    <div class="hex" ref={pane}>
      {detail.spaces.length > 1 && (
        <div class="spaces" role="group" aria-label="Octets of">
          {detail.spaces.map((s, i) => (
            <button key={i} type="button" aria-pressed={i === at} onClick={() => setSpace(i)}>
              {s.label}
            </button>
          ))}
        </div>
      )}
      {frames.length > 0 && <p class="origin">Put together from frame {frameList(frames)}</p>}
      <VirtualList
        id={`hex-${at}`}
        label={`Octets of ${detail.spaces[at]!.label}`}
        role="listbox"
        count={rows}
        rowHeight={20}
        selected={mark !== null && mark.space === at ? Math.floor(cursor / width) : -1}
        reveal={mark}
        onSelect={n => pick(n * width)}
        onKey={key}
        row={row}
        empty="No octets."
      />
    </div>
  );
}
