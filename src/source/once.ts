import { createReadStream, fstatSync, openSync, statSync } from 'node:fs';
import { type Stoppable, stoppable } from './stop.ts';

/** Whether what comes from there is gone once it was read: standard input, a named pipe, the `/dev/fd/63` of `<(…)`. */
export function readOnce(path: string): boolean {
  if (path === '-') return true;
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    // What can't be looked at is told by whoever reads it.
    return false;
  }
}

/** What a person calls it. */
export function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** What comes from a path that is `readOnce`; the first signal ends it, unless standard input is a file. */
export async function openOnce(path: string, stdin: AsyncIterable<Buffer | string>): Promise<Stoppable> {
  const input = path === '-' ? (stdin as AsyncIterable<Buffer>) : await byPath(path);
  return stoppable(input, sourceName(path), path !== '-' || !standardFile());
}

async function byPath(path: string): Promise<AsyncIterable<Buffer>> {
  const fd = openSync(path, 'r');
  if (!fstatSync(fd).isFIFO()) return createReadStream(path, { fd });
  // As standard input is read: what reads a file waits in a thread for what the pipe brings, and nothing can call it off.
  const { Socket } = await import('node:net');
  return new Socket({ fd, readable: true, writable: false });
}

function standardFile(): boolean {
  try {
    return fstatSync(0).isFile();
  } catch {
    // Closed: whoever reads it tells.
    return false;
  }
}
