import { fstatSync, statSync, writeSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import type { Look } from '../report/look.ts';
import { cleanLines } from '../report/safe.ts';
import { ClosedPipe, type Io } from './io.ts';
import { VERSION } from './version.ts';

/** The real world: this process's streams and environment. Node's stream objects are made when they are needed: they cost a start. */
export function processIo(): Io {
  const { env } = process;
  const output = new StandardOutput();
  const progress = new Progress(env);
  return {
    env,
    cwd: process.cwd(),
    version: VERSION,
    get stdin() {
      return process.stdin;
    },
    look: detectLook(output.terminal, output.columns, env),
    get interactive() {
      return progress.interactive;
    },
    out: part => {
      // On the terminal that the progress line is on, results would go on in that line.
      if (output.terminal) progress.show('');
      return output.write(part);
    },
    warn: line => {
      progress.show('');
      process.stderr.write(line.endsWith('\n') ? line : `mtascope: ${cleanLines(line)}\n`);
    },
    progress: line => progress.show(line),
  };
}

/** Octets of text that are encoded at once without a buffer of their own: the parts of a document are of 64 KiB, and a row more. */
const SCRATCH = 1 << 18;

/** Standard output: a terminal through Node's stream, files and pipes by plain writes as long as they take them. */
class StandardOutput {
  readonly terminal: boolean;
  readonly columns: number | undefined;
  private stream: NodeJS.WriteStream | null = null;
  private scratch: Buffer | null = null;

  constructor() {
    // A terminal is a character device; so is /dev/null, for which it is not worth to load what knows terminals.
    this.terminal = characterDevice(1) && process.stdout.isTTY === true;
    this.columns = this.terminal ? process.stdout.columns : undefined;
    if (this.terminal) this.open();
  }

  private open(): NodeJS.WriteStream {
    if (this.stream !== null) return this.stream;
    this.stream = process.stdout;
    // Without a listener a closed pipe would end in an uncaught exception; each write learns of it by its callback.
    this.stream.on('error', () => {});
    return this.stream;
  }

  /** UTF-8 in a buffer that is used again, unless Node's stream may still hold it. */
  private encode(part: string): Uint8Array {
    if (this.stream !== null || part.length * 3 > SCRATCH) return Buffer.from(part, 'utf8');
    this.scratch ??= Buffer.allocUnsafeSlow(SCRATCH);
    return this.scratch.subarray(0, this.scratch.write(part, 'utf8'));
  }

  async write(part: string | Uint8Array): Promise<void> {
    let rest = typeof part === 'string' ? this.encode(part) : part;
    while (this.stream === null && rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        // A pipe that another program has made non-blocking is full: Node's stream waits for it.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw refusal(error as NodeJS.ErrnoException);
        this.open();
      }
    }
    if (rest.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.open().write(rest, error => (error ? reject(refusal(error)) : resolve()));
    });
  }
}

/** The null device is none: nobody looks at it. */
function characterDevice(descriptor: number): boolean {
  try {
    const device = fstatSync(descriptor);
    if (!device.isCharacterDevice()) return false;
    const nothing = statSync('/dev/null', { throwIfNoEntry: false });
    return device.rdev !== nothing?.rdev;
  } catch {
    // A closed descriptor is no terminal; writing to it tells the rest.
    return false;
  }
}

function refusal(error: NodeJS.ErrnoException): Error {
  if (isClosed(error)) return new ClosedPipe('standard output was closed');
  return new InputError(`standard output: ${error.code === 'ENOSPC' ? 'the disk is full' : error.message}`);
}

/** One line on standard error that is written over and over; nothing when nobody watches. */
class Progress {
  private readonly env: Io['env'];
  private shown = false;

  constructor(env: Io['env']) {
    this.env = env;
  }

  get interactive(): boolean {
    return characterDevice(2) && process.stderr.isTTY === true && !flag(this.env.CI) && this.env.TERM !== 'dumb';
  }

  show(line: string): void {
    if (line === '' ? !this.shown : !this.interactive) return;
    process.stderr.write(line === '' ? '\r\x1b[K' : `\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.shown = line !== '';
  }
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ECONNRESET';
}

function flag(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** Columns of a terminal at most: what is set to the right margin is padded up to there. */
const WIDEST = 10_000;

/**
 * NO_COLOR (no-color.org: set and not empty) beats FORCE_COLOR, and both beat what the terminal is. Symbols need a UTF-8
 * locale on a terminal. A pipe or file gets the same text everywhere: only a locale that names another charset is heeded
 * there, not the bare "C" of build machines.
 */
export function detectLook(terminal: boolean, columns: number | undefined, env: Io['env']): Look {
  const forced = env.FORCE_COLOR === undefined ? null : flag(env.FORCE_COLOR) || env.FORCE_COLOR === '';
  const color =
    env.NO_COLOR !== undefined && env.NO_COLOR !== '' ? false : (forced ?? (terminal && env.TERM !== 'dumb'));
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
  const unicode = /utf-?8/i.test(locale) || (!terminal && (locale === 'C' || locale === 'POSIX'));
  const named = Math.min(Number(env.COLUMNS), WIDEST);
  return { color, unicode, width: terminal ? (named > 0 ? named : (columns ?? 80)) : null };
}
