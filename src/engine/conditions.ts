import { Column } from '../base/column.ts';
import { mix } from '../base/mix.ts';
import type { Direction, Finding } from '../model/finding.ts';
import type { Stamp } from '../model/tsdu.ts';
import { explanationOf, ruleOf } from '../rules/catalogue.ts';
import type { FindingSource } from './finding-list.ts';
import { MAX_FRAMES, makeFinding } from './make-finding.ts';

/** What was met of one kind on one stream and direction. Plain data. */
export interface ConditionRow {
  readonly code: string;
  readonly stream: number;
  readonly direction: Direction | null;
  readonly frame: number;
  readonly detail: string;
  /** Of the frame, where an event follows from it. */
  readonly time: Stamp | null;
  readonly frames: readonly number[];
  readonly count: number;
}

const NO_DIRECTION = 2;
/** The code of a row that was taken out. */
const GONE = -1;
const EMPTY = -1;
/** Texts that rows may share. Of more, as many rows as say the same keep a copy each. */
const MOST_TEXTS = 1024;

/**
 * Conditions of one capture: the first of each kind on a stream and direction becomes the finding, the rest are counted. A capture with
 * many streams has as many of these, so they stand in columns, and a finding is made of one each time that it is asked for.
 */
export class Conditions implements FindingSource {
  /** The name of each number in `code`, and back. */
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly code = new Column(Int32Array);
  private readonly stream = new Column(Int32Array);
  private readonly direction = new Column(Int8Array);
  private readonly first = new Column(Float64Array);
  private readonly count = new Column(Float64Array);
  /** NaN in a row whose time nobody asks for. */
  private readonly sec = new Column(Float64Array);
  private readonly nsec = new Column(Int32Array);
  private readonly detail: string[] = [];
  /** The frames of each row that has several. */
  private readonly several = new Map<number, number[]>();
  private readonly texts = new Map<string, string>();
  /** Open-addressed: rows by code, stream and direction, without a string or an object for whatever repeats a thousand times. */
  private table = new Int32Array(256).fill(EMPTY);

  get length(): number {
    return this.code.length;
  }

  add(
    name: string,
    stream: number,
    direction: Direction | null,
    frame: number,
    detail: string,
    time: Stamp | null = null,
  ): void {
    const code = this.numberOf(name);
    const way = direction ?? NO_DIRECTION;
    const slot = this.slotOf(code, stream, way);
    const row = this.table[slot]!;
    if (row !== EMPTY) {
      this.repeat(row, frame);
      return;
    }
    this.table[slot] = this.length;
    this.code.push(code);
    this.stream.push(stream);
    this.direction.push(way);
    this.first.push(frame);
    this.count.push(1);
    this.sec.push(time === null ? Number.NaN : time.sec);
    this.nsec.push(time === null ? 0 : time.nsec);
    this.detail.push(this.shared(detail));
    if (this.length * 2 > this.table.length) this.grow();
  }

  /** Forget what was met on a stream that is none of ours after all. */
  dropStream(stream: number): void {
    for (let code = 0; code < this.names.length; code++) {
      for (let way = 0; way <= NO_DIRECTION; way++) {
        const row = this.table[this.slotOf(code, stream, way)]!;
        if (row !== EMPTY) this.code.set(row, GONE);
      }
    }
  }

  /** Forget what makes no condition on that stream. */
  drop(which: (stream: number, code: string) => boolean): void {
    for (let row = 0; row < this.length; row++) {
      const code = this.code.at(row);
      if (code !== GONE && which(this.stream.at(row), this.names[code]!)) this.code.set(row, GONE);
    }
  }

  /** Take the rows of one code out, for who makes findings of its own from them. */
  *take(name: string): Generator<ConditionRow> {
    const code = this.numbers.get(name);
    if (code === undefined) return;
    for (let row = 0; row < this.length; row++) {
      if (this.code.at(row) !== code) continue;
      yield this.row(row);
      this.code.set(row, GONE);
    }
  }

  has(row: number): boolean {
    return this.code.at(row) !== GONE;
  }

  placeOf(row: number) {
    const code = this.names[this.code.at(row)]!;
    const severity = ruleOf(code)?.severity ?? ('note' as const);
    return { code, stream: this.stream.at(row), frame: this.first.at(row), severity };
  }

  finding(number: number): Finding {
    const row = this.row(number);
    const rule = ruleOf(row.code);
    const times = row.count > 1 ? ` (${row.count} times; this is the first)` : '';
    return makeFinding({
      code: row.code,
      severity: rule?.severity ?? 'note',
      stream: row.stream,
      direction: row.direction,
      frame: row.frame,
      frames: row.frames,
      message: `${rule?.title ?? row.code}: ${row.detail}${times}`,
      explanation: explanationOf(rule),
      clause: rule?.clause ?? null,
      count: row.count,
      identity: identityOf(row),
    });
  }

  private row(row: number): ConditionRow {
    const frame = this.first.at(row);
    const way = this.direction.at(row);
    const sec = this.sec.at(row);
    return {
      code: this.names[this.code.at(row)]!,
      stream: this.stream.at(row),
      direction: way === NO_DIRECTION ? null : (way as Direction),
      frame,
      detail: this.detail[row]!,
      time: Number.isNaN(sec) ? null : { sec, nsec: this.nsec.at(row) },
      frames: this.several.get(row) ?? [frame],
      count: this.count.at(row),
    };
  }

  private repeat(row: number, frame: number): void {
    this.count.set(row, this.count.at(row) + 1);
    const known = this.several.get(row);
    if (known === undefined) {
      const first = this.first.at(row);
      if (first !== frame) this.several.set(row, [first, frame]);
    } else if (known.length < MAX_FRAMES && known[known.length - 1] !== frame) known.push(frame);
  }

  private numberOf(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.numbers.set(name, number);
    }
    return number;
  }

  private shared(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    if (this.texts.size < MOST_TEXTS) this.texts.set(text, text);
    return text;
  }

  /** Where its row stands in the table, or would stand. */
  private slotOf(code: number, stream: number, way: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let slot = mix(mix(stream * 4 + way) ^ code) & mask;
    for (let row = table[slot]!; row !== EMPTY; row = table[slot]!) {
      if (this.stream.at(row) === stream && this.direction.at(row) === way && this.code.at(row) === code) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    this.table = new Int32Array(this.table.length * 2).fill(EMPTY);
    for (let row = 0; row < this.length; row++) {
      if (!this.has(row)) continue;
      this.table[this.slotOf(this.code.at(row), this.stream.at(row), this.direction.at(row))] = row;
    }
  }
}

/** How a sender cuts its octets into segments, and where a host stands, is another matter in each capture of a conversation. */
function identityOf({ code, detail }: ConditionRow): string {
  if (code.startsWith('tcp.')) return '';
  return detail.includes('stream offset') ? detail.replace(/ ?\(?stream offset \d+\)?/, '') : detail;
}
