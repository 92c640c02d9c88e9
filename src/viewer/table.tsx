import { type ComponentChildren, Fragment, type JSX } from 'preact';
import { type MutableRef, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { count as counted, thousands } from '../report/format.ts';
import { useKept } from './kept.ts';

export interface TableColumn<T> {
  readonly key: string;
  readonly head: string;
  /** What the column is sorted by. */
  value(row: T): string | number | null;
  /** What is shown; `value` unless given. */
  show?(row: T): ComponentChildren;
  /** What the search of the table looks at; `value` and what is shown as text unless given. */
  words?(row: T): string;
  readonly right?: boolean;
  /** Text that may be long: it wraps anywhere. */
  readonly long?: boolean;
  /** A few words that stay on one line, whatever room the long ones would take. */
  readonly whole?: boolean;
}

export interface TableProps<T> {
  readonly id: string;
  readonly caption: string;
  readonly unit: string;
  readonly rows: readonly T[];
  readonly columns: readonly TableColumn<T>[];
  isSelected?(row: T): boolean;
  onSelect?(row: T): void;
  /** What the button of a row is called: the first column becomes one. */
  action?(row: T): string;
  readonly note?: string;
}

/** Rows shown at first; more on demand. */
const FIRST = 50;

/** Here every row is a block, whether a table would fit or not: it could hardly be read. */
const NARROW = '(max-width: 720px)';

/**
 * A table that can be sorted by any column and searched. Where it does not fit, every row is a block, in which the values have their
 * heads above them (app.css).
 */
export function SortTable<T>(props: TableProps<T>): JSX.Element {
  const { rows, columns, id } = props;
  const [by, setBy] = useKept<string | null>(`${id} by`, null);
  const [descending, setDescending] = useKept(`${id} descending`, false);
  const [search, setSearch] = useKept(`${id} search`, '');
  const [limit, setLimit] = useKept(`${id} limit`, FIRST);
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const kept =
      wanted === '' ? [...rows] : rows.filter(row => columns.some(c => wordsOf(c, row).toLowerCase().includes(wanted)));
    const column = columns.find(c => c.key === by);
    if (column !== undefined) {
      kept.sort((a, b) => compare(column.value(a), column.value(b)));
      if (descending) kept.reverse();
    }
    return kept;
  }, [rows, columns, by, descending, search]);
  const order = (key: string): void => {
    setDescending(key === by ? !descending : false);
    setBy(key);
  };
  const box = useRef<HTMLDivElement>(null);
  useBlocks(box, [found, columns, limit]);
  return (
    <div class="sorttable" id={id}>
      <div class="tablebar">
        <h2>{props.caption}</h2>
        <span class="count" role="status">
          {found.length === rows.length
            ? counted(rows.length, props.unit)
            : `${thousands(found.length)} of ${counted(rows.length, props.unit)}`}
        </span>
        {rows.length > 1 && (
          <input
            type="search"
            placeholder="Search"
            aria-label={`Search ${props.caption.toLowerCase()}`}
            value={search}
            onInput={event => setSearch(event.currentTarget.value)}
          />
        )}
      </div>
      {props.note !== undefined && props.note !== '' && <p class="left">! {props.note}</p>}
      {rows.length > 0 && (
        <div class="wide" role="region" aria-label={`${props.caption}, table`} tabIndex={0} ref={box}>
          <table aria-label={props.caption}>
            <thead>
              <tr>
                {columns.map(c => (
                  <th
                    key={c.key}
                    scope="col"
                    class={c.right ? 'right' : undefined}
                    aria-sort={c.key === by ? (descending ? 'descending' : 'ascending') : 'none'}
                  >
                    <button type="button" onClick={() => order(c.key)}>
                      {c.head}
                      <span aria-hidden="true">{c.key === by ? (descending ? ' ▾' : ' ▴') : ''}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.slice(0, limit).map((row, i) => (
                <tr
                  key={i}
                  class={`${props.isSelected?.(row) ? 'selected' : ''}${props.onSelect === undefined ? '' : ' clickable'}`}
                  aria-current={props.isSelected?.(row) ? 'true' : undefined}
                  onClick={() => props.onSelect?.(row)}
                >
                  {columns.map((c, n) => {
                    const shown = c.show?.(row) ?? c.value(row);
                    const rest = {
                      'data-head': c.head,
                      class: `${c.right ? 'right' : ''}${c.long ? ' long' : ''}${c.whole ? ' whole' : ''}`,
                    };
                    // The first column says what the row is about.
                    if (n > 0)
                      return (
                        <td key={c.key} {...rest}>
                          {shown ?? '–'}
                        </td>
                      );
                    return (
                      <th key={c.key} scope="row" {...rest}>
                        {props.action === undefined ? (
                          shown
                        ) : (
                          <button type="button" class="link" aria-label={props.action(row)}>
                            {shown}
                          </button>
                        )}
                      </th>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.length > limit && (
        <button type="button" onClick={() => setLimit(limit * 4)}>
          Show more ({thousands(found.length - limit)} left)
        </button>
      )}
    </div>
  );
}

/**
 * Puts the class `blocks` on a table that is wider than its `box`, and takes it off when it fits: before anything is painted, whenever
 * `content` or the window has changed. That class is no part of what is rendered, since it is known only afterwards.
 */
function useBlocks(box: MutableRef<HTMLElement | null>, content: readonly unknown[]): void {
  useLayoutEffect(() => {
    const measure = (): void => {
      const place = box.current;
      const list = place?.parentElement?.classList;
      if (place == null || list === undefined) return;
      list.remove('blocks');
      list.toggle('blocks', matchMedia(NARROW).matches || place.scrollWidth > place.clientWidth);
    };
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, content);
}

/** Numbers are found as they are shown and as they are typed: `2,048` and `2048`. No search reaches over the end of a line. */
function wordsOf<T>(column: TableColumn<T>, row: T): string {
  if (column.words !== undefined) return column.words(row);
  const value = column.value(row);
  const shown = column.show?.(row);
  if (typeof shown !== 'string') return String(value ?? '');
  return `${shown}\n${typeof value === 'string' ? value : shown.replaceAll(',', '')}`;
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** An address or identifier that may break behind each slash. */
export function Breakable({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text.split(/(?<=\/)/).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
