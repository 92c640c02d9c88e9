import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PacketBook } from '../report/html/book.ts';
import type { CaptureSummary } from '../report/html/data.ts';
import type { StoredFrame } from '../report/html/frames.ts';
import { FrameStore } from '../report/html/frames.ts';
import { type Order, order } from '../report/html/order.ts';
import { PacketTable } from '../report/html/table.ts';
import { ownFolder } from '../source/temporary.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { startPart } from './built.ts';
import type { ServeAnswer, ServeJob } from './serve.worker.ts';

/** Rows of a packet list that the server keeps in memory. */
const MAX_ROWS = 5_000_000;
/** Milliseconds between two looks at a file that may grow or be written again. */
const LOOK = 1000;
/** Orders of a packet list that are kept: a viewer asks for the rows of one page by page. */
const KEPT_ORDERS = 4;
const HEAD = 28;
const SLICE = 20;

/** One reading of a capture: everything that is asked for afterwards. */
class Reading {
  readonly summary: CaptureSummary;
  readonly table: PacketTable;
  private readonly book: PacketBook;
  private readonly fd: number;
  private readonly spool: string;
  private readonly orders = new Map<string, Uint32Array>();
  private users = 0;
  private retired = false;

  constructor(done: ServeAnswer & { kind: 'done' }, spool: string, { profile, ports, anyPort }: AnalyzeOptions) {
    const fd = openSync(spool, 'r');
    const table = new PacketTable(done.columns);
    this.summary = done.summary;
    this.table = table;
    this.fd = fd;
    this.spool = spool;
    this.book = new PacketBook({
      table,
      profile,
      ports: anyPort ? null : ports,
      frame: no => readFrame(fd, table, done.offsets, no),
      breathe: breather(),
    });
  }

  /** Work on the frames, which stay where they are until it has ended: a later reading may take the place of this one meanwhile. */
  async use<T>(work: (book: PacketBook) => Promise<T>): Promise<T> {
    this.users++;
    try {
      return await work(this.book);
    } finally {
      this.users--;
      this.end();
    }
  }

  /** Row numbers of the table, filtered and in order. Rejects as `PacketBook.match`, whose `gone` this is. */
  async rows(filter: string, request: Order, gone?: AbortSignal): Promise<Uint32Array> {
    const key = JSON.stringify([filter.trim(), request]);
    if (this.orders.has(key)) return this.orders.get(key)!;
    const matches = filter.trim() === '' ? null : await this.use(book => book.match(filter, undefined, gone));
    // Others may have waited for the same.
    let known = this.orders.get(key);
    if (known === undefined) {
      if (this.orders.size >= KEPT_ORDERS) this.orders.delete(this.orders.keys().next().value!);
      known = order(this.table, request, matches);
      this.orders.set(key, known);
    }
    return known;
  }

  /** Nobody asks for it any more. */
  retire(): void {
    this.retired = true;
    this.end();
  }

  private end(): void {
    if (!this.retired || this.users > 0) return;
    closeSync(this.fd);
    rmSync(this.spool, { force: true });
  }
}

export interface ServedCapture {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  /** Named when the server was started; the others were sent by a browser and are the server's own. */
  readonly given: boolean;
  /** Why it can't be read as it is now, without its name; empty otherwise. What was read of it before stays. */
  error: string;
  progress: number;
  revision: number;
  reading: Reading | null;
  /** The file as it was when the last reading began; null before the first. */
  seen: Seen | null;
}

/** What tells that a file is another one than before: it has grown, was written again, or another one lies in its place. */
interface Seen {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** The captures that the server was given: reads them one after the other, and again when a file has changed. */
export class ServedCaptures {
  readonly list: ServedCapture[] = [];
  readonly folder: string;
  /** Raised by every change that a viewer should know of. */
  tick = 1;
  private readonly options: AnalyzeOptions;
  private readonly onUnreadable: (capture: ServedCapture) => void;
  private readonly timer: NodeJS.Timeout;
  private worker: Worker | null = null;
  private waiters: (() => void)[] = [];
  private spools = 0;
  /** Id of the capture that was read last: the place behind it in the list. */
  private last = 0;
  private closed = false;

  constructor(options: AnalyzeOptions, onUnreadable: (capture: ServedCapture) => void) {
    this.options = options;
    this.onUnreadable = onUnreadable;
    this.folder = ownFolder('what the viewer shows');
    this.timer = setInterval(() => void this.look(), LOOK);
    // A folder with captures in it is never left behind, however the process ends on its own accord.
    process.once('exit', this.remove);
  }

  add(path: string, name: string, given = true): ServedCapture {
    const capture: ServedCapture = {
      id: this.list.length + 1,
      name,
      path,
      given,
      error: '',
      progress: 0,
      revision: 0,
      reading: null,
      seen: null,
    };
    this.list.push(capture);
    this.changed();
    void this.look();
    return capture;
  }

  byId(id: number): ServedCapture | undefined {
    return this.list.find(c => c.id === id);
  }

  /** Resolves when something changes after `since`, or after `patience` milliseconds. */
  async after(since: number, patience: number): Promise<number> {
    if (this.tick !== since) return this.tick;
    await new Promise<void>(resolve => {
      const timer = setTimeout(done, patience);
      const { waiters } = this;
      function done(): void {
        clearTimeout(timer);
        const at = waiters.indexOf(done);
        if (at >= 0) waiters.splice(at, 1);
        resolve();
      }
      waiters.push(done);
    });
    return this.tick;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.worker?.terminate();
    for (const { reading } of this.list) reading?.retire();
    for (const waiter of [...this.waiters]) waiter();
    process.off('exit', this.remove);
    this.remove();
  }

  private remove = (): void => rmSync(this.folder, { recursive: true, force: true });

  private changed(): void {
    this.tick++;
    for (const waiter of [...this.waiters]) waiter();
  }

  /** Start on the next capture that was not read yet, or that has changed since. */
  private async look(): Promise<void> {
    if (this.worker !== null || this.closed) return;
    for (const capture of this.inTurn()) {
      const now = await stat(capture.path).catch(() => null);
      if (this.worker !== null || this.closed) return;
      const there = now ?? NOWHERE;
      if (same(capture.seen, there)) continue;
      capture.seen = there;
      this.read(capture);
      return;
    }
  }

  /**
   * Those that were not read yet, then the other given ones from behind the one that was read last: one that grows on keeps none
   * waiting. What a browser sent never changes.
   */
  private inTurn(): ServedCapture[] {
    const turned = [...this.list.slice(this.last), ...this.list.slice(0, this.last)];
    return [...turned.filter(unread), ...turned.filter(capture => !unread(capture) && capture.given)];
  }

  private read(capture: ServedCapture): void {
    this.last = capture.id;
    const spool = join(this.folder, `frames-${++this.spools}`);
    const { onProgress: _p, onCrossCheck: _c, ...options } = this.options;
    const job: ServeJob = { file: capture.path, name: capture.name, options, spool, rows: MAX_ROWS };
    const worker = startPart('serve.worker.cjs', { job });
    this.worker = worker;
    const end = (error: string): void => {
      if (this.worker !== worker || this.closed) return;
      this.worker = null;
      if (error !== '') {
        this.refuse(capture, error);
        rmSync(spool, { force: true });
      }
      // Read once, whatever came of it: nobody else writes to it, and the frames are in the spool.
      if (!capture.given) rmSync(capture.path, { force: true });
      this.changed();
      void this.look();
    };
    worker.on('message', (message: ServeAnswer) => {
      if (this.closed) return;
      if (message.kind === 'progress') {
        capture.progress = message.part;
        this.changed();
      } else if (message.kind === 'failed') end(message.message);
      else {
        this.take(capture, message, spool);
        end('');
      }
    });
    worker.on('error', error => end(`internal error: ${error.message}`));
    worker.on('exit', code =>
      end(code === 0 ? 'the reading ended without a result' : `the reading stopped with code ${code}`),
    );
  }

  private refuse(capture: ServedCapture, message: string): void {
    const prefix = `${capture.path}: `;
    const error = message.startsWith(prefix) ? message.slice(prefix.length) : message;
    // Of a file that is looked at again and again the same is said once.
    const news = error !== capture.error;
    capture.error = error;
    if (news) this.onUnreadable(capture);
  }

  private take(capture: ServedCapture, done: ServeAnswer & { kind: 'done' }, spool: string): void {
    const before = capture.reading;
    capture.reading = new Reading(done, spool, this.options);
    capture.error = '';
    capture.progress = 1;
    capture.revision++;
    before?.retire();
  }
}

/** A file that is not there, or no longer: it is read all the same, so that the reader says why it can't be. */
const NOWHERE: Seen = { size: -1, mtimeMs: 0, ino: 0 };

function unread(capture: ServedCapture): boolean {
  return capture.seen === null;
}

function same(a: Seen | null, b: Seen): boolean {
  return a !== null && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

function readFrame(fd: number, table: PacketTable, offsets: Float64Array, no: number): StoredFrame | null {
  const at = table.indexOf(no);
  if (table.frames[at] !== no || at >= offsets.length) return null;
  const head = Buffer.alloc(HEAD);
  readSync(fd, head, 0, HEAD, offsets[at]!);
  const packed = Buffer.alloc(HEAD + head.readUInt32LE(24));
  readSync(fd, packed, 0, packed.length, offsets[at]!);
  return new FrameStore(packed).get(no);
}

/** Other requests are answered between slices of long work. */
function breather(): () => Promise<void> | null {
  let until = 0;
  return () => {
    const now = performance.now();
    if (until === 0) until = now + SLICE;
    if (now < until) return null;
    return new Promise(resolve =>
      setImmediate(() => {
        until = performance.now() + SLICE;
        resolve();
      }),
    );
  };
}
