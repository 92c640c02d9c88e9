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
  // From source and from the bundle alike: the package's root is the first folder above that has dist/viewer.
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const viewer = join(folder, 'dist', 'viewer');
    if (existsSync(join(viewer, 'app.js'))) {
      return {
        script: readFileSync(join(viewer, 'app.js'), 'utf8'),
        style: readFileSync(join(viewer, 'app.css'), 'utf8'),
      };
    }
    if (folder === dirname(folder)) throw new InputError('the viewer is not built: run npm run build');
  }
}

/** A CSP source expression for an inline script or style. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
