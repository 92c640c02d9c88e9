import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  write,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { beforeSignal } from '../source/stop.ts';
import type { Io } from './io.ts';

export type Parts = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Standard output under each of its names. Opening one of the latter would not do: what stands behind may be a socket, which can't be
 * opened, or a file, which would be replaced under the feet of whoever writes to it.
 */
const STANDARD_OUTPUT: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

export function isStandardOutput(output: string): boolean {
  return STANDARD_OUTPUT.has(output);
}

/** Files that are being written aside; removed when the process ends before they are whole, or is told to stop. */
const unfinished = new Set<string>();
let watching = false;

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      unlinkSync(path);
    } catch (error) {
      process.stderr.write(`mtascope: ${path} is left behind: ${(error as Error).message}\n`);
    }
  }
  unfinished.clear();
}

function watchEnd(): void {
  if (watching) return;
  watching = true;
  process.once('exit', removeUnfinished);
  beforeSignal(removeUnfinished);
}

/**
 * A file that appears under its name only when it is whole: it is written beside its place and renamed by `commit`.
 * Devices and named pipes can't be replaced and are written directly. Every failure is an `InputError` that names the file.
 * Plain descriptors: Node's streams and `fs/promises` cost a short run more than all that it writes.
 */
export class AsideFile {
  private readonly target: string;
  private readonly aside: string | null;
  /** Below zero once it is closed. */
  private fd: number;

  private constructor(target: string, aside: string | null, fd: number) {
    this.target = target;
    this.aside = aside;
    this.fd = fd;
  }

  /** `inputs` are the captures being read: none of them may be the target. */
  static open(path: string, inputs: readonly string[] = []): AsideFile {
    try {
      let target = resolve(path);
      const found = statSync(target, { throwIfNoEntry: false });
      if (found !== undefined) {
        if (found.isDirectory()) throw new InputError(`${path}: is a folder, not a file`);
        for (const input of inputs) {
          if (same(input, found)) throw new InputError(`${path}: is one of the captures to read; choose another name`);
        }
        // The end of a pipe that a shell hands over (/dev/fd/63) has no other name than this one.
        if (!found.isFile()) return new AsideFile(target, null, openSync(target, 'w'));
        target = realpathSync(target);
        accessSync(target, constants.W_OK);
      }
      const aside = join(dirname(target), `.${basename(target)}.${process.pid}.${unfinished.size}.part`);
      // What stands in the place of a file may be read by those who could read that file, and by nobody else.
      const mode = found === undefined ? 0o666 : found.mode & 0o777;
      // Before there is a file: a signal that came in between would leave it behind.
      watchEnd();
      const fd = openSync(aside, 'wx', mode);
      const file = new AsideFile(target, aside, fd);
      unfinished.add(aside);
      // The process's mask has taken bits away.
      if (found !== undefined) fchmodSync(fd, mode);
      return file;
    } catch (error) {
      throw error instanceof InputError ? error : refusal(path, error);
    }
  }

  /** Resolves when the octets were taken over by the system; until then they are not to be changed. */
  async write(part: string | Uint8Array): Promise<void> {
    let rest = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    while (rest.length > 0) rest = rest.subarray(await this.some(rest));
  }

  private some(octets: Uint8Array): Promise<number> {
    return new Promise((done, fail) => {
      write(this.fd, octets, 0, octets.length, null, (error, written) =>
        error === null ? done(written) : fail(refusal(this.target, error)),
      );
    });
  }

  /** Give the file its name. */
  commit(): void {
    try {
      this.close();
      if (this.aside !== null) renameSync(this.aside, this.target);
    } catch (error) {
      throw refusal(this.target, error);
    }
    this.forget();
  }

  /** Leave nothing behind. */
  abort(): void {
    try {
      this.close();
      if (this.aside !== null) unlinkSync(this.aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refusal(this.aside ?? this.target, error);
    }
    this.forget();
  }

  private close(): void {
    const { fd } = this;
    this.fd = -1;
    if (fd >= 0) closeSync(fd);
  }

  private forget(): void {
    if (this.aside !== null) unfinished.delete(this.aside);
  }
}

function same(input: string, found: Stats): boolean {
  if (input === '-') return false;
  try {
    const other = statSync(input);
    return other.dev === found.dev && other.ino === found.ino;
  } catch {
    // An input that can't be looked at is reported by whoever reads it.
    return false;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENAMETOOLONG: 'the name is too long',
};

function refusal(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`${path}: can't be written: ${WORDS[code ?? ''] ?? message}`);
}

/** Write a whole result to the file `output`, or to standard output when that is undefined or one of its names. */
export async function writeResult(
  io: Io,
  output: unknown,
  parts: Parts,
  inputs: readonly string[] = [],
): Promise<void> {
  if (typeof output !== 'string' || isStandardOutput(output)) {
    for await (const part of parts) await io.out(part);
    return;
  }
  const file = AsideFile.open(resolve(io.cwd, output), inputs);
  try {
    for await (const part of parts) await file.write(part);
    file.commit();
  } catch (error) {
    file.abort();
    throw error;
  }
}
