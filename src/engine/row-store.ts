import type { Aside, Rows, Text } from '../model/rows.ts';

/** Rows in memory at most, where there is a place to put others aside: those of the transfers that may still change, and many more. */
const MOST_LIVE = 512;
const NOT_ASIDE = -1;

/**
 * The rows of one section while a capture is read. Each has a number, which is its place; rows come in any order, and may change later.
 * With a place to put them aside, the ones that came first go there as text and leave a number of eight octets, so that memory does not
 * grow with the capture.
 */
export class RowStore<T> implements Rows<T> {
  /** In the order in which they came. */
  private readonly live = new Map<number, T>();
  /** Where a row stands aside, by its number. */
  private places = new Float64Array(0);
  /** One more than the highest number. */
  private end = 0;
  private count = 0;
  private readonly aside: Aside<T> | null;

  /** @param aside null keeps all rows in memory */
  constructor(aside: Aside<T> | null) {
    this.aside = aside;
  }

  get length(): number {
    return this.count;
  }

  put(number: number, row: T): void {
    this.live.set(number, row);
    this.count++;
    this.end = Math.max(this.end, number + 1);
    if (this.aside !== null && this.live.size >= 2 * MOST_LIVE) this.putAside(this.aside, this.live.size - MOST_LIVE);
  }

  /** What is known better of a row that was put here before. */
  change(number: number, known: Partial<T>): void {
    const row = this.live.get(number);
    if (row !== undefined) {
      Object.assign(row as object, known);
      return;
    }
    const place = this.places[number] ?? NOT_ASIDE;
    if (this.aside === null || place === NOT_ASIDE) return;
    const { lines, written } = this.aside;
    this.places[number] = lines.put(written.text({ ...written.row(lines.get(place)), ...known }));
  }

  /** Takes rows out again, all that `which` says. */
  drop(which: (row: T) => boolean): void {
    for (let number = 0; number < this.end; number++) {
      const row = this.at(number);
      if (row === undefined || !which(row)) continue;
      if (!this.live.delete(number)) this.places[number] = NOT_ASIDE;
      this.count--;
    }
  }

  at(number: number): T | undefined {
    const row = this.live.get(number);
    if (row !== undefined) return row;
    const place = this.places[number] ?? NOT_ASIDE;
    return this.aside === null || place === NOT_ASIDE ? undefined : this.aside.written.row(this.aside.lines.get(place));
  }

  *[Symbol.iterator](): Generator<T> {
    for (let number = 0; number < this.end; number++) {
      const row = this.at(number);
      if (row !== undefined) yield row;
    }
  }

  texts(): Iterable<Text> | null {
    return this.aside === null ? null : this.textsOf(this.aside);
  }

  private *textsOf({ lines, written }: Aside<T>): Generator<Text> {
    for (let number = 0; number < this.end; number++) {
      const row = this.live.get(number);
      const place = this.places[number] ?? NOT_ASIDE;
      if (row !== undefined) yield written.text(row);
      else if (place !== NOT_ASIDE) yield lines.octets(place);
    }
  }

  private putAside({ lines, written }: Aside<T>, many: number): void {
    if (this.places.length < this.end) {
      const places = new Float64Array(Math.max(2 * this.end, 4 * MOST_LIVE)).fill(NOT_ASIDE);
      places.set(this.places);
      this.places = places;
    }
    let left = many;
    for (const [number, row] of this.live) {
      if (left-- === 0) break;
      this.places[number] = lines.put(written.text(row));
      this.live.delete(number);
    }
  }
}
