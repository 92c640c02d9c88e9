import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../base/errors.ts';

/** The viewer as the build leaves it in dist/viewer: one script, one style sheet. */
export interface ViewerFiles {
  readonly script: string;
  readonly style: string;
}

export function viewerFiles(): ViewerFiles {
  return {
    script: readFileSync(builtFile(join('viewer', 'app.js')), 'utf8'),
    style: readFileSync(builtFile(join('viewer', 'app.css')), 'utf8'),
  };
}

/** The path of a file in dist/. Run from source and from the bundle alike: dist is looked for in every folder above. */
export function builtFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'dist', name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) throw new InputError(`${name} is not built: run npm run build`);
  }
}

/** A CSP source expression for an inline script or style. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
