import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { InputError, UsageError } from '../base/errors.ts';
import { matcher } from './policy.ts';

/** Names under which captures are kept; in a folder, everything else is left alone. */
const CAPTURES = '**/*.{pcap,pcapng,cap,ntar,dmp,dump,pcap-ng}{,.gz,.zst,.lz4}';

/**
 * The captures behind files, folders and glob patterns: each once, in a stable order, relative to `cwd` with slashes.
 * `-` (standard input) stays as it is. `base` is the folder that the inputs are relative to.
 */
export async function findCaptures(
  inputs: readonly string[],
  exclude: readonly string[],
  cwd: string,
  base: string,
  policyFolder: string,
): Promise<string[]> {
  const found = new Set<string>();
  const excluded = matcher(exclude, policyFolder);
  for (const input of inputs) {
    if (input === '-') {
      found.add(input);
      continue;
    }
    const names = await expand(input, base);
    for (const path of names.map(name => resolve(base, name)).sort()) {
      if (!excluded(path)) found.add(shownPath(path, cwd));
    }
  }
  return [...found];
}

async function expand(input: string, base: string): Promise<string[]> {
  const path = resolve(base, input);
  const info = await stat(path).catch(error => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new InputError(`${input}: can't be read: ${message}`);
  });
  if (info?.isDirectory()) {
    const names = await glob(CAPTURES, {
      cwd: path,
      absolute: true,
      dot: false,
      caseSensitiveMatch: false,
      expandDirectories: false,
    });
    if (names.length === 0) throw new UsageError(`${input}: no captures in this folder`);
    return names;
  }
  // A file that isn't there is reported as unreadable beside the others; a pattern that fits nothing is a slip of the pen.
  if (info !== null || !isDynamicPattern(input)) return [path];
  const names = await glob(input, { cwd: base, absolute: true, dot: true, expandDirectories: false });
  if (names.length === 0) throw new UsageError(`${input}: no capture fits this pattern`);
  return names;
}

/** Relative inside the working directory, absolute outside of it. */
function shownPath(path: string, cwd: string): string {
  const shown = relative(cwd, path).split(sep).join('/');
  return shown === '' || shown.startsWith('../') ? path.split(sep).join('/') : shown;
}
