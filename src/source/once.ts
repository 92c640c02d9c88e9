import { statSync } from 'node:fs';

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
