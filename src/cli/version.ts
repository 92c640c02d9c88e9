import { readFileSync } from 'node:fs';

declare const __MTASCOPE_VERSION__: string | undefined;

/** The package's version: put in by the build, read from package.json when run from source. */
export const VERSION: string =
  typeof __MTASCOPE_VERSION__ === 'string'
    ? __MTASCOPE_VERSION__
    : (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
