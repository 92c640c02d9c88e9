import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import wrap from 'wrap-ansi';
import { thousands } from '../base/numbers.ts';
import { textLine } from './lines.ts';
import { ellipsis, type Look, paint, typography } from './look.ts';
import { clean, csvField, markdown } from './safe.ts';

/** What a cell holds before it is formatted. Text may come out of a capture and is not yet safe. */
export type Value = string | number | boolean | null;

/** One column of a listing: the same definition gives the table, CSV and Markdown. */
export interface Column<T> {
  /** Name for machines, the head in CSV. */
  readonly key: string;
  /** Head for people. */
  readonly head: string;
  /** For machines. */
  readonly value: (row: T) => Value;
  /** For people; `value` as it is when absent. What it returns is made safe by the renderer. */
  readonly text?: (row: T) => string;
  /** Marks and colours a cell that has been made safe. */
  readonly decorate?: (row: T, text: string, look: Look) => string;
  readonly right?: boolean;
  /** Columns with the highest number leave first when the terminal is narrow, of equals the last; absent: never. */
  readonly drop?: number;
  /** What takes less room and is shown where the whole does not fit, before any column is dropped. */
  readonly short?: (row: T) => string;
  /** May be cut with an ellipsis when nothing is left to drop. */
  readonly shrink?: boolean;
  /** As far as it may then be cut: below that it would say the same in every row. */
  readonly floor?: number;
  /** Leaves when all that may be cut was cut to its floor and there is still no room. */
  readonly last?: boolean;
  /** Is cut to this width before any column is dropped: where a part of the text still says most of it. */
  readonly least?: number;
  /** Loses its beginning when it is cut: of an O/R address the end says who it is. */
  readonly keepsEnd?: boolean;
  /** What a note calls it whose head says nothing without the one beside it. */
  readonly called?: string;
  /** Is wrapped to several lines instead of cut; below `floor`, or else `READABLE`, columns the table is given up (see `stacked`). */
  readonly wrap?: boolean;
}

/** A column of counts: bare digits for machines, in groups of three for people, a dash where there is none. */
export function counts<T>(key: string, head: string, value: (row: T) => number | null, drop?: number): Column<T> {
  const text = (row: T): string => {
    const n = value(row);
    return n === null ? '–' : thousands(n);
  };
  return { key, head, value, text, right: true, ...(drop === undefined ? {} : { drop }) };
}

/** Rows that the table library lays out; it needs all of them at once, and its time for each is felt beyond that. */
const BLOCK = 20;
const GAP = 2;
const LEAST = 8;
/** Text that is wrapped to fewer columns than these is a column of single words. */
const READABLE = 20;

interface Laid<T> {
  readonly column: Column<T>;
  width: number;
}

/** ASCII and the marks that we set ourselves: one column a character. */
const NARROW = /^[\x20-\x7e…–—·×→←µ]*$/;

/** Columns that a text takes. Nearly all of it is narrow, where that is its length. */
function width(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** What a cell says to people, not yet safe. */
function said<T>(column: Column<T>, row: T): string {
  return String((column.text ?? column.value)(row) ?? '');
}

function cell<T>(column: Column<T>, row: T, look: Look): string {
  return typography(look, clean(said(column, row)));
}

/**
 * The rows as a table in lines of plain text. `rows` is walked twice (widths, then text). `wide` keeps every column;
 * else columns leave in their stated order until the rest fits `look.width`, and a last line names those that left. Where even those
 * that never leave have no room side by side, each row stands in lines of its own, with all of its columns.
 */
export function* table<T>(
  columns: readonly Column<T>[],
  rows: Iterable<T>,
  look: Look,
  wide: boolean,
): Generator<string> {
  const laid = measured(columns, rows, look);
  const limit = wide || look.width === null ? Number.POSITIVE_INFINITY : look.width;
  const shortened: Column<T>[] = [];
  if (total(laid.map(shortest)) > limit) {
    shortened.push(...columns.filter(column => column.short !== undefined));
    const short = measured(
      shortened.map(column => ({ ...column, text: column.short! })),
      rows,
      look,
    );
    for (const [i, entry] of short.entries()) laid[columns.indexOf(shortened[i]!)] = entry;
  }
  const whole = new Map(laid.map(entry => [entry.column, entry.width]));
  const dropped = narrow(laid, limit);
  if (
    total(laid) > limit ||
    laid.some(entry => entry.width < Math.min(whole.get(entry.column)!, legible(entry.column)))
  ) {
    yield* stacked(columns, rows, look, limit);
    return;
  }
  let block: T[] | null = [];
  let head = true;
  for (const row of rows) {
    if (block === null) {
      yield line(laid, row, look);
      continue;
    }
    block.push(row);
    if (block.length < BLOCK) continue;
    yield draw(laid, block, look, head);
    head = false;
    // From here on every width is known and a row is only padded, except where a cell has to be wrapped.
    block = null;
  }
  if (block !== null && (head || block.length > 0)) yield draw(laid, block, look, head);
  const names = (list: readonly Column<T>[]) => list.map(column => column.called ?? column.head.trim()).join(', ');
  const inShort = shortened.filter(column => !dropped.some(other => other.key === column.key));
  if (dropped.length + inShort.length > 0) {
    const parts = [
      ...(dropped.length > 0 ? [`left out for the width: ${names(dropped)}`] : []),
      ...(inShort.length > 0 ? [`in short: ${names(inShort)}`] : []),
    ];
    const row = textLine(` ${parts.join('; ')} (--wide shows all)`, look);
    yield `${paint(look, 'dim', row.trimEnd())}\n`;
  }
}

/** The columns with the width of their widest cell. */
function measured<T>(columns: readonly Column<T>[], rows: Iterable<T>, look: Look): Laid<T>[] {
  const laid: Laid<T>[] = columns.map(column => ({ column, width: width(typography(look, column.head)) }));
  if (laid.length === 0) return laid;
  const plain = { ...look, color: false };
  for (const row of rows) {
    for (const entry of laid) {
      const text = cell(entry.column, row, look);
      entry.width = Math.max(entry.width, width(entry.column.decorate?.(row, text, plain) ?? text));
    }
  }
  return laid;
}

function total<T>(laid: readonly Laid<T>[]): number {
  return laid.reduce((sum, entry) => sum + entry.width + GAP, 1 - GAP);
}

/** The width that a column needs to say anything, if its text takes as much. */
function legible<T>({ wrap: wrapped, floor }: Column<T>): number {
  return wrapped ? (floor ?? READABLE) : 0;
}

/** Each row in lines of its own, one a column: head, then text, which is wrapped. */
function* stacked<T>(columns: readonly Column<T>[], rows: Iterable<T>, look: Look, limit: number): Generator<string> {
  const heads = columns.map(column => typography(look, column.head.trim()));
  const lead = 1 + Math.max(...heads.map(width)) + GAP;
  const room = Math.max(LEAST, limit - lead);
  let first = true;
  for (const row of rows) {
    let out = first ? '' : '\n';
    first = false;
    for (const [i, column] of columns.entries()) {
      const plain = cell(column, row, look);
      const text = column.decorate?.(row, plain, look) ?? plain;
      if (text === '') continue;
      const lines = wrap(text, room, { hard: true }).split('\n');
      const head = ` ${paint(look, 'bold', heads[i]!)}${' '.repeat(lead - 1 - width(heads[i]!))}`;
      out += `${head}${lines.join(`\n${' '.repeat(lead)}`)}\n`;
    }
    yield out;
  }
}

/** An entry cut as far as its column allows before others are dropped. */
function shortest<T>(entry: Laid<T>): Laid<T> {
  const { least } = entry.column;
  return least === undefined || entry.width <= least ? entry : { ...entry, width: least };
}

function narrow<T>(laid: Laid<T>[], limit: number): Column<T>[] {
  const dropped: Column<T>[] = [];
  while (total(laid.map(shortest)) > limit) {
    let at = -1;
    for (const [i, entry] of laid.entries()) {
      if (entry.column.drop !== undefined && (at < 0 || entry.column.drop >= laid[at]!.column.drop!)) at = i;
    }
    if (at < 0) break;
    dropped.push(laid.splice(at, 1)[0]!.column);
  }
  const bottom = (entry: Laid<T>): Laid<T> =>
    entry.column.shrink ? { ...entry, width: Math.min(entry.width, entry.column.floor ?? LEAST) } : entry;
  while (total(laid.map(bottom)) > limit) {
    const at = laid.findLastIndex(entry => entry.column.last === true);
    if (at < 0) break;
    dropped.push(laid.splice(at, 1)[0]!.column);
  }
  // What may be cut gives way, the widest first: as far as each column allows, or further when nothing was left to drop.
  const fits = total(laid.map(shortest)) <= limit;
  const floored = total(laid.map(bottom)) <= limit;
  const floor = (entry: Laid<T>): number => {
    if (!entry.column.shrink) return entry.width;
    return fits ? shortest(entry).width : floored ? bottom(entry).width : LEAST;
  };
  while (total(laid) > limit) {
    const [widest] = laid.filter(entry => entry.width > floor(entry)).sort((x, y) => y.width - x.width);
    if (widest === undefined) break;
    widest.width = Math.max(floor(widest), widest.width - (total(laid) - limit));
  }
  return dropped;
}

function draw<T>(laid: readonly Laid<T>[], rows: readonly T[], look: Look, head: boolean): string {
  const none = {
    mid: '',
    'left-mid': '',
    'mid-mid': '',
    'right-mid': '',
    left: ' ',
    right: '',
    middle: ' '.repeat(GAP),
  };
  const edge = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  };
  const drawn = new Table({
    chars: { ...none, ...edge },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: laid.map(entry => entry.width),
    colAligns: laid.map(entry => (entry.column.right ? 'right' : 'left')),
    truncate: ellipsis(look),
  });
  if (head) drawn.push(laid.map(entry => paint(look, 'bold', typography(look, entry.column.head))));
  for (const row of rows) {
    drawn.push(
      laid.map(entry => {
        const text = cut(entry, cell(entry.column, row, look), look);
        return { content: entry.column.decorate?.(row, text, look) ?? text, wordWrap: entry.column.wrap === true };
      }),
    );
  }
  const lines = drawn.toString().split('\n');
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

/** The text with its beginning cut off where the column wants that; the library cuts ends. */
function cut<T>({ column, width: columns }: Laid<T>, text: string, look: Look): string {
  if (!column.keepsEnd || width(text) <= columns) return text;
  const characters = [...text];
  while (width(characters.join('')) > columns - 1) characters.shift();
  return ellipsis(look) + characters.join('');
}

/** One row as `draw` draws it, by padding alone. */
function line<T>(laid: readonly Laid<T>[], row: T, look: Look): string {
  const cells = laid.map(entry => {
    const { column, width: columns } = entry;
    const safe = cut(entry, cell(column, row, look), look);
    const text = column.decorate?.(row, safe, look) ?? safe;
    const stripped = look.color ? stripVTControlCharacters(text) : text;
    const taken = width(stripped);
    if (taken > columns) {
      // Narrow text is cut as the library would; text that is coloured, wide or to be wrapped is left to it.
      if (column.wrap || !NARROW.test(text)) return null;
      return text.slice(0, columns - 1) + ellipsis(look);
    }
    const pad = ' '.repeat(columns - taken);
    return column.right ? pad + text : text + pad;
  });
  if (cells.includes(null)) return draw(laid, [row], look, false);
  return `${` ${cells.join(' '.repeat(GAP))}`.trimEnd()}\n`;
}

/** RFC 4180 with a head line; every column, bare numbers. */
export function* csv<T>(columns: readonly Column<T>[], rows: Iterable<T>, head = true): Generator<string> {
  if (head) yield `${columns.map(column => csvField(column.key)).join(',')}\r\n`;
  for (const row of rows) yield `${columns.map(column => csvField(column.value(row))).join(',')}\r\n`;
}

/** A GitHub-flavoured table. */
export function* markdownTable<T>(columns: readonly Column<T>[], rows: Iterable<T>): Generator<string> {
  yield `| ${columns.map(column => markdown(column.head.trim())).join(' | ')} |\n`;
  yield `| ${columns.map(column => (column.right ? '---:' : '---')).join(' | ')} |\n`;
  for (const row of rows) {
    yield `| ${columns.map(column => markdown(said(column, row))).join(' | ')} |\n`;
  }
}
