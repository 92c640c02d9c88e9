import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';

/** Asked for when it is needed: few runs put anything aside, and Node's own part costs each start. */
function temporaryFolder(): string {
  return process.getBuiltinModule('node:os').tmpdir();
}

/** A new folder among the temporary ones for `what`, which nobody else reads. */
export function ownFolder(what: string): string {
  try {
    return mkdtempSync(join(temporaryFolder(), 'mtascope-'));
  } catch (error) {
    throw noRoom(what, error);
  }
}

/** Says of what is to be put aside why it can't be. */
export function noRoom(what: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new InputError(
    `${what} can't be put aside in ${temporaryFolder()} (${why}): make room there, or name another folder in TMPDIR`,
  );
}
