/** Rows of one section of a report, in order. An array is one, and so is what keeps most of its rows outside of memory. */
export interface Rows<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  /** The rows as the text that a JSON report has of them, where it is at hand. */
  texts?(): Iterable<Text> | null;
}

/** Text, or its UTF-8, which is valid until the next one is asked for. */
export type Text = string | Uint8Array;

/** How a row is written and read again. Text has no line break, and `row(text(r))` says the same as `r`. */
export interface RowText<T> {
  text(row: T): string;
  row(text: string): T;
}

/** A place for lines of text that are not to stay in memory. */
export interface Lines {
  /** Keeps a line; returns where it stands. */
  put(line: string): number;
  get(at: number): string;
  /** The same line in UTF-8; valid until the next line is asked for. */
  octets(at: number): Uint8Array;
}

/** Where rows go that are not to stay in memory. */
export interface Aside<T> {
  readonly lines: Lines;
  readonly written: RowText<T>;
}
