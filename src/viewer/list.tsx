import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { thousands } from '../report/format.ts';
import { useCursor } from './cursor.ts';
import { useKept } from './kept.ts';

/** Browsers cap the height of an element; beyond this the scroll position is scaled. */
const MAX_HEIGHT = 6_000_000;
const OVERSCAN = 8;
/** Rows that are printed, from the first one in sight on where there are more. */
const PRINTED = 500;

export interface VirtualProps {
  readonly id: string;
  readonly label: string;
  /** What the place that is scrolled to is kept by while the list is not there; it begins at its top without. */
  readonly place?: string;
  readonly count: number;
  readonly rowHeight: number;
  /** Position of the selected row, -1 without one. */
  readonly selected: number;
  /** Changes whenever the selected row should be brought into view. */
  readonly reveal?: unknown;
  readonly columns?: number;
  readonly role?: 'grid' | 'listbox';
  onSelect(i: number): void;
  onOpen?(i: number): void;
  /** Rows that are about to be shown. */
  onRange?(from: number, to: number): void;
  onKey?(event: KeyboardEvent): boolean;
  row(i: number): ComponentChildren;
  rowClass?(i: number): string;
  readonly head?: ComponentChildren;
  readonly empty?: string;
}

/** Paper does not scroll: what is printed is there before. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useLayoutEffect(() => {
    const before = (): void => setPrinting(true);
    const after = (): void => setPrinting(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return printing;
}

/** Rows of one height, of which only those in sight exist: 100,000 rows cost as much as 40. Driven by the keyboard as a whole. */
export function VirtualList(props: VirtualProps): JSX.Element {
  const { count, rowHeight, selected, id } = props;
  const box = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const cursor = useCursor(selected);
  const [top, setTop] = useKept(props.place ?? null, 0);
  /** Where the list stood when it was left: rows may be there only later. */
  const left = useRef(top);
  const [height, setHeight] = useState(400);
  const full = count * rowHeight;
  const shown = Math.min(full, MAX_HEIGHT);
  const scale = shown > height && full > shown ? (full - height) / (shown - height) : 1;
  const real = top * scale;
  const printing = usePrinting();
  const first = Math.floor(real / rowHeight);
  const from = printing ? Math.max(0, Math.min(first, count - PRINTED)) : Math.max(0, first - OVERSCAN);
  const to = Math.min(count, printing ? from + PRINTED : Math.ceil((real + height) / rowHeight) + OVERSCAN);

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setHeight(Math.max(rowHeight, element.clientHeight - head.current!.offsetHeight));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (count === 0 || left.current === 0) return;
    box.current!.scrollTop = left.current;
    left.current = 0;
  }, [count]);
  useEffect(() => props.onRange?.(from, to), [from, to, count]);
  useLayoutEffect(() => {
    if (selected < 0 || selected >= count) return;
    const element = box.current!;
    const at = selected * rowHeight;
    const seen = element.scrollTop * scale;
    const room = element.clientHeight - head.current!.offsetHeight - rowHeight;
    if (at < seen) element.scrollTop = Math.max(0, at - room / 3) / scale;
    else if (at > seen + room) element.scrollTop = (at - (room * 2) / 3) / scale;
  }, [selected, count, props.reveal]);

  /** The event comes a frame later, when the view may have been left: what a list that is gone says of its place is nothing. */
  const scrolled = (): void => {
    if (box.current !== null) setTop(box.current.scrollTop);
  };
  const key = (event: KeyboardEvent): void => {
    if (props.onKey?.(event)) {
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const now = Math.max(cursor.current, 0);
    const target: Record<string, number> = {
      ArrowDown: cursor.current < 0 ? 0 : now + 1,
      ArrowUp: now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: 0,
      End: count - 1,
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && cursor.current >= 0) {
      props.onOpen?.(cursor.current);
      return;
    }
    const next = target[event.key];
    if (next === undefined || count === 0) return;
    event.preventDefault();
    cursor.current = Math.min(count - 1, Math.max(0, next));
    props.onSelect(cursor.current);
  };
  const grid = (props.role ?? 'grid') === 'grid';
  const rows: JSX.Element[] = [];
  for (let i = from; i < to; i++) {
    rows.push(
      <div
        key={i}
        id={`${id}-${i}`}
        role={grid ? 'row' : 'option'}
        class={`row ${props.rowClass?.(i) ?? ''}${i === selected ? ' selected' : ''}`}
        aria-selected={i === selected}
        {...(grid ? { 'aria-rowindex': i + 2 } : { 'aria-posinset': i + 1, 'aria-setsize': count })}
        style={{
          height: `${rowHeight}px`,
          ...(printing ? {} : { transform: `translateY(${i * rowHeight - real + top}px)` }),
        }}
        onClick={() => props.onSelect(i)}
        onDblClick={() => props.onOpen?.(i)}
      >
        {props.row(i)}
      </div>,
    );
  }
  const active = selected >= from && selected < to ? `${id}-${selected}` : undefined;
  return (
    <div
      class="virtual"
      role={props.role ?? 'grid'}
      aria-label={props.label}
      aria-activedescendant={active}
      {...(grid ? { 'aria-rowcount': count + 1, 'aria-colcount': props.columns } : {})}
      tabIndex={0}
      ref={box}
      onKeyDown={key}
      onScroll={scrolled}
    >
      <div class="sticky" role="presentation" ref={head}>
        {props.head}
      </div>
      <div class="sizer" role={grid ? 'rowgroup' : 'presentation'} style={printing ? {} : { height: `${shown}px` }}>
        {rows}
      </div>
      {printing && to - from < count && (
        <p class="left">
          ! Rows {thousands(from + 1)} to {thousands(to)} of {thousands(count)}.
        </p>
      )}
      {count === 0 &&
        (grid ? (
          <div class="row" role="row">
            <span role="gridcell" class="empty">
              {props.empty}
            </span>
          </div>
        ) : (
          <p class="empty" role="option" aria-selected={false}>
            {props.empty}
          </p>
        ))}
    </div>
  );
}
