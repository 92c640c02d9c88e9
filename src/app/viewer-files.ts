import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFile } from './built.ts';

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

/** A CSP source expression for an inline script or style. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
