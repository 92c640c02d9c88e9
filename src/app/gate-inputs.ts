import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { InputError, UsageError } from '../base/errors.ts';
import { capturesIn, PACKAGES } from './capture-folder.ts';
import { matcher } from './policy.ts';

export interface Inputs {
  readonly captures: string[];
  /** What was left out of the folders, in sentences. */
  readonly notices: string[];
}

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
): Promise<Inputs> {
  const found = new Set<string>();
  const notices: string[] = [];
  const excluded = matcher(exclude, policyFolder);
  for (const input of inputs) {
    if (input === '-') {
      found.add(input);
      continue;
    }
    const names = await expand(input, base, excluded, notices);
    for (const path of names.map(name => resolve(base, name)).sort()) {
      if (!excluded(path)) found.add(shownPath(path, cwd));
    }
  }
  return { captures: [...found], notices };
}

async function expand(
  input: string,
  base: string,
  excluded: (path: string) => boolean,
  notices: string[],
): Promise<readonly string[]> {
  const path = resolve(base, input);
  const info = await stat(path).catch(error => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new InputError(`${input}: can't be read: ${message}`);
  });
  if (info?.isDirectory()) {
    const { captures, packed } = await capturesIn(path, excluded);
    const left =
      packed === 0 ? '' : `${packed} compressed with zstd, lz4, xz or bzip2 ${packed === 1 ? 'is' : 'are'} left out`;
    if (captures.length === 0) throw new UsageError(`${input}: no captures in this folder${left && `; ${left}`}`);
    if (left !== '') notices.push(`${input}: ${left}; unpack what is to be judged`);
    return captures;
  }
  // A file that isn't there is reported as unreadable beside the others; a pattern that fits nothing is a slip of the pen.
  if (info !== null || !isDynamicPattern(input)) return [path];
  const ignore = input.includes(PACKAGES) ? [] : [`**/${PACKAGES}/**`];
  const names = await glob(input, { cwd: base, absolute: true, dot: true, expandDirectories: false, ignore });
  if (names.length === 0) throw new UsageError(`${input}: no capture fits this pattern`);
  return names;
}

/** Relative inside the working directory, absolute outside of it. */
function shownPath(path: string, cwd: string): string {
  const shown = relative(cwd, path).split(sep).join('/');
  return shown === '' || shown.startsWith('../') ? path.split(sep).join('/') : shown;
}
