import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { numbered } from '../base/numbers.ts';
import { isGzip, openReader } from '../capture/open.ts';
import type { CaptureReader, ReaderOptions } from '../capture/reader.ts';
import type { Kept } from './gunzip.ts';
import { openOnce, readOnce, sourceName } from './once.ts';
import { spent } from './spent.ts';
import { hearSignals } from './stop.ts';

/** Octets that are read at once: they stay in the cache of the core that walks them. */
const WINDOW = 1 << 18;

/** What zlib says where another stream would begin behind the end of one. */
const FOREIGN = 'incorrect header check';

/** Compressions other than gzip by their first octets, with the tool that undoes each. */
const COMPRESSIONS = [
  { magic: '28b52ffd', tool: 'zstd' }, // RFC 8878 §3.1.1
  { magic: 'fd377a58', tool: 'xz' }, // The .xz File Format §2.1.1.1
  { magic: '425a68', tool: 'bzip2' },
  { magic: '04224d18', tool: 'lz4' }, // LZ4 Frame Format: the magic number
] as const;

export interface FeedOptions extends ReaderOptions {
  /** Octets read so far, and the file's size where it has one. Called once a window. */
  onProgress?: ((read: number, total: number | null) => void) | undefined;
  /** The reader, before it is given any octets. */
  onReader?: ((reader: CaptureReader) => void) | undefined;
  /** Awaited once a window, so that whoever takes the frames can write out what came of them. Rejects to stop reading. */
  pause?: (() => Promise<void>) | undefined;
}

/** Takes windows of a file: whole records are used, what is left is offered again with more behind it (see `CaptureReader`). */
export interface WindowUser {
  readonly need: number;
  push(bytes: Uint8Array, start: number, end: number): number;
  end(bytes: Uint8Array, start: number, end: number): void;
}

export interface WindowOptions<R extends WindowUser> {
  /** Who reads a file that begins with these octets (at least four); null when nobody does. */
  open: (head: Uint8Array) => R | null;
  warn: ReaderOptions['warn'];
  onProgress?: FeedOptions['onProgress'];
  /** Awaited after each window. */
  after?: () => Promise<void>;
}

export interface Fed<R extends WindowUser = CaptureReader> {
  readonly reader: R;
  readonly compressed: boolean;
  /** Octets of the (decompressed) capture. */
  readonly bytes: number;
}

/**
 * Read a capture into the reader that its magic octets call for. `-` is standard input.
 * Damage is a warning through `options.warn`; a file that cannot be opened or is no capture throws `InputError`.
 */
export function feed(path: string, options: FeedOptions): Promise<Fed> {
  return feedWindows<CaptureReader>(path, {
    open: head => {
      const reader = openReader(head, options);
      if (reader !== null) options.onReader?.(reader);
      return reader;
    },
    warn: options.warn,
    onProgress: options.onProgress,
    ...(options.pause === undefined ? {} : { after: options.pause }),
  });
}

/** As `feed`, for whoever does something else with the octets of a capture than to read its frames. */
export async function feedWindows<R extends WindowUser>(path: string, options: WindowOptions<R>): Promise<Fed<R>> {
  if (readOnce(path)) return feedPipe(path, options);
  const fd = open(path);
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new InputError(`${path}: is a directory; name the captures in it`);
    return await feedFile(fd, path, stat.size, options);
  } finally {
    closeSync(fd);
  }
}

async function feedPipe<R extends WindowUser>(path: string, options: WindowOptions<R>): Promise<Fed<R>> {
  const { chunks, end } = await openOnce(path, process.stdin).catch(error => {
    throw new InputError(`${path}: ${reason(error)}`);
  });
  try {
    return await feedStream(chunks, sourceName(path), options, null);
  } finally {
    end();
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const lost = path.includes('\ufffd')
      ? ' (a name with octets that are no UTF-8 does not arrive here as it is: rename it)'
      : '';
    throw new InputError(`${path}: ${reason(error)}${lost}`);
  }
}

export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  return error instanceof Error ? error.message : String(error);
}

async function feedFile<R extends WindowUser>(
  fd: number,
  path: string,
  size: number,
  options: WindowOptions<R>,
): Promise<Fed<R>> {
  const window = new Window(path, options);
  let read = 0;
  for (;;) {
    const n = window.fill((buffer, at, room) => readSync(fd, buffer, at, room, read));
    if (n === 0) break;
    if (read === 0 && isGzip(window.peek())) {
      const again = (): AsyncIterable<Buffer> => chunksOf(fd);
      return feedStream(again(), path, options, size, again);
    }
    read += n;
    window.drain();
    if (options.after !== undefined) await options.after();
    const turn = hearSignals();
    if (turn !== null) await turn;
    options.onProgress?.(read, size);
  }
  return { reader: window.finish(), compressed: false, bytes: read };
}

async function* chunksOf(fd: number): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const chunk = Buffer.allocUnsafeSlow(WINDOW);
    const n = readSync(fd, chunk, 0, WINDOW, at);
    if (n === 0) return;
    at += n;
    yield chunk.subarray(0, n);
  }
}

/** @param again reads the same octets from their beginning, where they are not gone */
async function feedStream<R extends WindowUser>(
  input: AsyncIterable<Buffer>,
  name: string,
  options: WindowOptions<R>,
  size: number | null,
  again: (() => AsyncIterable<Buffer>) | null = null,
): Promise<Fed<R>> {
  const window = new Window(name, options);
  const iterator = input[Symbol.asyncIterator]();
  // Four octets decide the format; a pipe may bring them one by one.
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  while (head.length < 4 && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  let read = 0;
  const source = spent(
    (async function* () {
      yield head;
      if (ended) return;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        read += next.value.length;
        if (size !== null) options.onProgress?.(read, size);
        yield next.value;
      }
    })(),
  );
  const compressed = isGzip(head);
  let chunks: AsyncIterable<Buffer> = source;
  let kept: Kept | null = null;
  if (compressed) {
    const { gunzip, Kept } = await import('./gunzip.ts');
    if (again === null) kept = new Kept();
    chunks = gunzip(source, again ?? kept!);
  }
  let bytes = 0;
  for await (const chunk of untilDamage(chunks, error => {
    const why = reason(error);
    if (!compressed) throw new InputError(`${name}: ${why}`);
    const hint = kept?.gone ? '; of a file, more may be read' : '';
    if (bytes === 0)
      throw new InputError(`${name}: the gzip stream is damaged or cut (${why}), and nothing of it can be read${hint}`);
    const what =
      why === FOREIGN
        ? 'something that is no gzip stream follows the end of this one'
        : `the gzip stream is damaged or cut (${why})`;
    const message = `${what}; what stands before that (${numbered(bytes, 'octet')}) was analyzed${hint}`;
    options.warn({ code: 'capture.compression', message, frame: null, offset: bytes });
  })) {
    bytes += chunk.length;
    window.append(chunk);
    if (options.after !== undefined) await options.after();
    if (size === null) options.onProgress?.(bytes, null);
  }
  return { reader: window.finish(), compressed, bytes };
}

/** What `chunks` yields until it fails; an error of whoever takes the chunks is not an error of theirs. */
async function* untilDamage(chunks: AsyncIterable<Buffer>, damaged: (error: unknown) => void): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch(error => {
        damaged(error);
        return null;
      });
      if (next === null || next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** A reused buffer over the file: what the reader left of one window stands in front of the next. */
export class Window<R extends WindowUser> {
  /** No Buffer: its `slice` shares memory, and whoever keeps octets copies them with `slice`. */
  private buffer = new Uint8Array(WINDOW);
  private have = 0;
  private reader: R | null = null;
  private readonly name: string;
  private readonly options: Pick<WindowOptions<R>, 'open'>;

  constructor(name: string, options: Pick<WindowOptions<R>, 'open'>) {
    this.name = name;
    this.options = options;
  }

  fill(read: (buffer: Uint8Array, at: number, room: number) => number): number {
    let n: number;
    try {
      n = read(this.buffer, this.have, this.buffer.length - this.have);
    } catch (error) {
      throw new InputError(`${this.name}: ${reason(error)}`);
    }
    this.have += n;
    return n;
  }

  append(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const n = Math.min(chunk.length - at, this.buffer.length - this.have);
      this.buffer.set(chunk.subarray(at, at + n), this.have);
      this.have += n;
      at += n;
      this.drain();
    }
  }

  peek(): Uint8Array {
    return this.buffer.subarray(0, this.have);
  }

  drain(): void {
    if (this.reader === null) {
      if (this.have < 4) return;
      this.reader = this.recognise();
    }
    const used = this.reader.push(this.buffer, 0, this.have);
    if (used > 0) {
      if (used < this.have) this.buffer.copyWithin(0, used, this.have);
      this.have -= used;
    }
    if (this.have === this.buffer.length || this.reader.need > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.reader.need));
      larger.set(this.buffer.subarray(0, this.have));
      this.buffer = larger;
    }
  }

  finish(): R {
    this.reader ??= this.recognise();
    this.reader.end(this.buffer, 0, this.have);
    return this.reader;
  }

  private recognise(): R {
    const head = this.peek();
    const reader = head.length >= 4 ? this.options.open(head) : null;
    if (reader !== null) return reader;
    if (head.length === 0) throw new InputError(`${this.name}: is empty`);
    const octets = Buffer.from(head.subarray(0, 4)).toString('hex');
    const packed = COMPRESSIONS.find(({ magic }) => octets.startsWith(magic));
    if (packed !== undefined) {
      throw new InputError(
        `${this.name}: is compressed with ${packed.tool}, which is not read; use a pipe: ${packed.tool} -dc FILE | mtascope analyze -`,
      );
    }
    throw new InputError(
      `${this.name}: is neither pcap nor pcapng (its first octets are ${octets}); a capture of another kind is converted by editcap -F pcapng`,
    );
  }
}
