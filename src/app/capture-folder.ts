import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { reason } from '../source/feed.ts';

/** Names under which captures are kept; in a folder, everything else is left alone. */
const CAPTURE = /\.(?:pcap|pcapng|cap|ntar|dmp|dump|pcap-ng)(\.gz|\.zst|\.lz4|\.xz|\.bz2)?$/i;

/** Where npm installs packages: they bring captures of their own, and ours brings some that fail. */
export const PACKAGES = 'node_modules';

/** What is in a folder, at any depth. */
export interface CaptureFolder {
  readonly captures: readonly string[];
  /** Captures that are compressed with something else than gzip, and that nobody here reads. */
  readonly packed: number;
}

/**
 * The captures in a folder and below. Names that begin with a dot and installed packages are left alone; a folder to which several
 * links lead is entered once, and so is one that leads back to itself. A link to nowhere with the name of a capture is one, for
 * whoever reads it to tell.
 * Throws `InputError` for a folder that can't be read and is not excluded: what is in it would pass unseen.
 */
export async function capturesIn(folder: string, excluded: (path: string) => boolean): Promise<CaptureFolder> {
  const captures: string[] = [];
  let packed = 0;
  const entered = new Set<string>();
  const folders = [folder];
  // Behind the folders: what stands in one of them is known by its own name.
  const links: string[] = [];
  for (let at = folders.pop(); at !== undefined; at = folders.pop() ?? links.shift()) {
    for (const entry of await entriesOf(at, entered, excluded)) {
      if (entry.name.startsWith('.') || entry.name === PACKAGES) continue;
      const path = join(at, entry.name);
      const link = entry.isSymbolicLink();
      const what = link ? await stat(path).catch(() => null) : entry;
      if (what?.isDirectory()) (link ? links : folders).push(path);
      else if (what === null || what.isFile()) {
        const name = CAPTURE.exec(entry.name);
        if (name === null) continue;
        if (name[1] === undefined || name[1].toLowerCase() === '.gz') captures.push(path);
        else if (!excluded(path)) packed++;
      }
    }
  }
  return { captures, packed };
}

async function entriesOf(folder: string, entered: Set<string>, excluded: (path: string) => boolean): Promise<Dirent[]> {
  try {
    const real = await realpath(folder);
    if (entered.has(real)) return [];
    entered.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (excluded(folder)) return [];
    throw new InputError(`${folder}: can't be read: ${reason(error)}`);
  }
}
