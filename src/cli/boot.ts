import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Loads the parts of dist/ with the bytecode that the build left beside them (`scripts/bytecode.mjs`), so that a start compiles
 * nothing. V8 refuses bytecode of another version of itself, and the part is compiled as ever.
 */

interface Part {
  exports: unknown;
  readonly file: string;
  readonly script: Script;
}

type Require = (id: string) => unknown;
type Body = (exports: unknown, require: Require, module: Part, file: string, folder: string) => void;

const BYTECODE = '.bytecode';
const parts = new Map<string, Part>();

/** @param name a file of dist/ */
export function load(name: string): unknown {
  return loaded(join(__dirname, name));
}

function loaded(file: string): unknown {
  const known = parts.get(file);
  if (known !== undefined) return known.exports;
  // The build makes the text of a function of each part, in ASCII.
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: bytecode(file) });
  const part: Part = { exports: {}, file, script };
  parts.set(file, part);
  const folder = dirname(file);
  const own: Require = id => (id.startsWith('.') ? loaded(join(folder, id)) : require(id));
  (script.runInThisContext() as Body)(part.exports, own, part, file, folder);
  return part.exports;
}

function bytecode(file: string): Buffer | undefined {
  try {
    return readFileSync(file + BYTECODE);
  } catch {
    // Not built with it: compiled as ever.
    return undefined;
  }
}

/** Leaves the bytecode of whatever was loaded, and has been called so far, beside it. For the build. */
export function keep(): void {
  for (const { file, script } of parts.values()) writeFileSync(file + BYTECODE, script.createCachedData());
}
