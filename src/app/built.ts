import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InputError } from '../base/errors.ts';

/** The path of a file in dist/. Run from source and from the bundle alike: dist is looked for in every folder above. */
export function builtFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'dist', name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new InputError(`${name} is not built: run npm run build`);
  }
}

/** Starts a part of dist/ in a thread of its own, with the bytecode that lies beside it. `data` is its `workerData`. */
export function startPart(part: string, data: Readonly<Record<string, unknown>> = {}): Worker {
  return new Worker(builtFile('thread.cjs'), { workerData: { ...data, part } });
}
