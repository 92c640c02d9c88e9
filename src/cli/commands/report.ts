import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Prepared, prepare, reportPage } from '../../app/report.ts';
import { InputError } from '../../base/errors.ts';
import { thousands } from '../../report/format.ts';
import { reason } from '../../source/feed.ts';
import { openOnce, readOnce, sourceName } from '../../source/once.ts';
import { noRoom, ownFolder } from '../../source/temporary.ts';
import { analyzeOptions, tell } from '../analysis.ts';
import { EXIT, type Io } from '../io.ts';
import { isStandardOutput, writeResult } from '../output.ts';
import { progressOf } from '../progress.ts';

const DEFAULT_OUTPUT = 'report.html';

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const asked = analyzeOptions(options, io, 'full');
  const prepared: Prepared[] = [];
  let exit: number = EXIT.ok;
  for (const [i, file] of files.entries()) {
    const onProgress = progressOf(io, file, i, files.length);
    const reading = { ...asked, ...(onProgress === null ? {} : { onProgress }) };
    try {
      const read = (path: string): Promise<Prepared> => prepare(path, reading, 1 / files.length);
      prepared.push(await (readOnce(file) ? spooled(file, io, read) : read(file)));
    } catch (error) {
      exit = Math.max(exit, tell(file, error, io));
    } finally {
      io.progress('');
    }
  }
  if (prepared.length === 0) return exit;
  const output = typeof options.output === 'string' ? options.output : DEFAULT_OUTPUT;
  let size = 0;
  const page = (async function* () {
    for await (const part of reportPage(prepared, asked, io.version)) {
      size += part.length;
      yield part;
    }
  })();
  await writeResult(io, output, page, files);
  if (!isStandardOutput(output))
    io.warn(`${output}: ${thousands(Math.ceil(size / 1024))} KiB, opens in any browser without a network`);
  return exit;
}

/** What fails where a file is written, and not where another is read. */
const WRITING = new Set(['open', 'write']);

/** A pipe can be read once, and the page takes two readings: what comes through it is kept aside meanwhile, and goes by its own name. */
async function spooled(file: string, io: Io, read: (path: string) => Promise<Prepared>): Promise<Prepared> {
  const name = sourceName(file);
  const what = `${name}: what comes through it`;
  const folder = ownFolder(what);
  const path = join(folder, 'capture');
  const refused = (error: unknown): never => {
    throw new InputError(`${name}: ${reason(error).replace(`${path}: `, '')}`);
  };
  try {
    const { chunks, end } = await openOnce(file, io.stdin).catch(refused);
    await pipeline(chunks, createWriteStream(path, { mode: 0o600 }))
      .catch(error => {
        if (WRITING.has(error.syscall)) throw noRoom(what, error);
        refused(error);
      })
      .finally(end);
    const { capture, frames } = await read(path).catch(error => {
      if (error instanceof Error && error.name === 'InputError') refused(error);
      throw error;
    });
    return { capture: { ...capture, report: { ...capture.report, file: name } }, frames };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
