import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { InputError } from '../base/errors.ts';
import { isGzip, openReader } from '../capture/open.ts';
import type { CaptureReader, ReaderOptions } from '../capture/reader.ts';

const WINDOW = 1 << 20;

export interface FeedOptions extends ReaderOptions {
  /** Octets read so far, and the file's size where it has one. Called once a window. */
  onProgress?: ((read: number, total: number | null) => void) | undefined;
}

export interface Fed {
  readonly reader: CaptureReader;
  readonly compressed: boolean;
  /** Octets of the (decompressed) capture. */
  readonly bytes: number;
}

/**
 * Read a capture into the reader that its magic octets call for. `-` is standard input.
 * Damage is a warning through `options.warn`; a file that cannot be opened or is no capture throws `InputError`.
 */
export async function feed(path: string, options: FeedOptions): Promise<Fed> {
  if (path === '-') return feedStream(process.stdin, 'standard input', options, null);
  const fd = open(path);
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new InputError(`${path}: is a directory; name the captures in it`);
    if (!stat.isFile()) {
      return await feedStream(createReadStream(path, { fd, autoClose: false, highWaterMark: WINDOW }), path, options, null);
    }
    return await feedFile(fd, path, stat.size, options);
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: ${reason(error)}`);
  }
}

export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  return error instanceof Error ? error.message : String(error);
}

async function feedFile(fd: number, path: string, size: number, options: FeedOptions): Promise<Fed> {
  const window = new Window(path, options);
  let read = 0;
  for (;;) {
    const n = window.fill((buffer, at, room) => readSync(fd, buffer, at, room, read));
    if (n === 0) break;
    if (read === 0 && isGzip(window.peek())) {
      const stream = createReadStream(path, { fd, autoClose: false, start: 0, highWaterMark: WINDOW });
      return feedStream(stream, path, options, size);
    }
    read += n;
    window.drain();
    options.onProgress?.(read, size);
  }
  return { reader: window.finish(), compressed: false, bytes: read };
}

async function feedStream(
  input: NodeJS.ReadableStream,
  name: string,
  options: FeedOptions,
  size: number | null,
): Promise<Fed> {
  const window = new Window(name, options);
  const iterator = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  // Four octets decide the format; a pipe may bring them one by one.
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  while (head.length < 4 && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  let read = 0;
  const source = (async function* () {
    yield head;
    if (ended) return;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      read += next.value.length;
      if (size !== null) options.onProgress?.(read, size);
      yield next.value;
    }
  })();
  const compressed = isGzip(head);
  const chunks: AsyncIterable<Buffer> = compressed ? await gunzip(source) : source;
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      window.append(chunk);
      if (size === null) options.onProgress?.(bytes, null);
    }
  } catch (error) {
    if (!compressed) throw new InputError(`${name}: ${reason(error)}`);
    options.warn({
      code: 'capture.truncated',
      message: `the gzip stream is damaged or cut (${reason(error)}); the ${bytes} octets before that were analyzed`,
      frame: null,
      offset: bytes,
    });
  }
  return { reader: window.finish(), compressed, bytes };
}

async function gunzip(source: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const { createGunzip } = await import('node:zlib');
  const input = Readable.from(source, { objectMode: false, highWaterMark: WINDOW });
  const output = createGunzip({ chunkSize: WINDOW });
  input.on('error', error => output.destroy(error));
  return input.pipe(output);
}

/** A reused buffer over the file: what the reader left of one window stands in front of the next. */
class Window {
  private buffer: Buffer = Buffer.allocUnsafe(WINDOW);
  private have = 0;
  private reader: CaptureReader | null = null;
  private readonly name: string;
  private readonly options: ReaderOptions;

  constructor(name: string, options: ReaderOptions) {
    this.name = name;
    this.options = options;
  }

  fill(read: (buffer: Buffer, at: number, room: number) => number): number {
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
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.reader.need));
      this.buffer.copy(larger, 0, 0, this.have);
      this.buffer = larger;
    }
  }

  finish(): CaptureReader {
    this.reader ??= this.recognise();
    this.reader.end(this.buffer, 0, this.have);
    return this.reader;
  }

  private recognise(): CaptureReader {
    const head = this.peek();
    const reader = head.length >= 4 ? openReader(head, this.options) : null;
    if (reader !== null) return reader;
    if (head.length === 0) throw new InputError(`${this.name}: is empty`);
    const octets = Buffer.from(head.subarray(0, 4)).toString('hex');
    throw new InputError(
      `${this.name}: is neither pcap nor pcapng (its first octets are ${octets}); convert it with editcap -F pcapng`,
    );
  }
}
