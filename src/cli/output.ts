import { createWriteStream, type Stats, unlinkSync, type WriteStream } from 'node:fs';
import { access, constants, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import type { Io } from './io.ts';

export type Parts = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Files that are being written aside; removed when the process is told to stop. */
const unfinished = new Set<string>();
let watching = false;

function watchSignals(): void {
  if (watching) return;
  watching = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const path of unfinished) {
        try {
          unlinkSync(path);
        } catch (error) {
          process.stderr.write(`mtascope: ${path} is left behind: ${(error as Error).message}\n`);
        }
      }
      // The listener is gone now, so the signal ends the process as it would have without us.
      process.kill(process.pid, signal);
    });
  }
}

/**
 * A file that appears under its name only when it is whole: it is written beside its place and renamed by `commit`.
 * Devices and named pipes can't be replaced and are written directly. Every failure is an `InputError` that names the file.
 */
export class AsideFile {
  private readonly target: string;
  private readonly aside: string | null;
  private readonly stream: WriteStream;
  private failure: Error | null = null;

  private constructor(target: string, aside: string | null) {
    this.target = target;
    this.aside = aside;
    this.stream = createWriteStream(aside ?? target, aside === null ? {} : { flags: 'wx' });
    this.stream.on('error', error => {
      this.failure ??= error;
    });
  }

  /** `inputs` are the captures being read: none of them may be the target. */
  static async open(path: string, inputs: readonly string[] = []): Promise<AsideFile> {
    let target = resolve(path);
    let found: Stats | null = null;
    try {
      target = await realpath(target);
      found = await stat(target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refusal(path, error);
    }
    if (found?.isDirectory()) throw new InputError(`${path}: is a folder, not a file`);
    if (found !== null) {
      for (const input of inputs) {
        if (await same(input, found))
          throw new InputError(`${path}: is one of the captures to read; choose another name`);
      }
      await access(target, constants.W_OK).catch(error => {
        throw refusal(path, error);
      });
      if (!found.isFile()) return new AsideFile(target, null);
    }
    const aside = join(dirname(target), `.${basename(target)}.${process.pid}.${unfinished.size}.part`);
    watchSignals();
    unfinished.add(aside);
    const file = new AsideFile(target, aside);
    await new Promise<void>((done, fail) => {
      file.stream.once('open', () => done());
      file.stream.once('error', error => {
        unfinished.delete(aside);
        fail(refusal(path, error));
      });
    });
    return file;
  }

  /** Resolves when the octets were taken over by the system. */
  async write(part: string | Uint8Array): Promise<void> {
    if (part.length === 0) return;
    await new Promise<void>((done, fail) => {
      this.stream.write(part, error => (error ? fail(refusal(this.target, this.failure ?? error)) : done()));
    });
  }

  /** Give the file its name. */
  async commit(): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.stream.once('error', fail);
      this.stream.end(() => done());
    }).catch(error => {
      throw refusal(this.target, error);
    });
    if (this.aside === null) return;
    await rename(this.aside, this.target).catch(error => {
      throw refusal(this.target, error);
    });
    unfinished.delete(this.aside);
  }

  /** Leave nothing behind. */
  async abort(): Promise<void> {
    this.stream.destroy();
    if (this.aside === null) return;
    await unlink(this.aside).catch(error => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refusal(this.aside!, error);
    });
    unfinished.delete(this.aside);
  }
}

async function same(input: string, found: Stats): Promise<boolean> {
  if (input === '-') return false;
  try {
    const other = await stat(input);
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

/** Write a whole result to the file `output`, or to standard output when that is undefined or `-`. */
export async function writeResult(
  io: Io,
  output: unknown,
  parts: Parts,
  inputs: readonly string[] = [],
): Promise<void> {
  if (typeof output !== 'string' || output === '-') {
    for await (const part of parts) await io.out(part);
    return;
  }
  const file = await AsideFile.open(resolve(io.cwd, output), inputs);
  try {
    for await (const part of parts) await file.write(part);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
