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

/** The Content-Security-Policy of a page with these files in it. `connect` is whom its script may ask, null for nobody. */
export function contentPolicy({ script, style }: ViewerFiles, connect: string | null): string {
  return [
    "default-src 'none'",
    `script-src ${cspHash(script)}`,
    `style-src ${cspHash(style)}`,
    ...(connect === null ? [] : [`connect-src ${connect}`]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A CSP source expression for an inline script or style. */
function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
