import { InputError } from '../base/errors.ts';
import type { Look } from '../report/look.ts';
import { cleanLines } from '../report/safe.ts';
import { ClosedPipe, type Io } from './io.ts';
import { VERSION } from './version.ts';

/** The real world: this process's streams and environment. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  const interactive = stderr.isTTY === true && !flag(env.CI) && env.TERM !== 'dumb';
  let shown = false;
  // Without a listener a closed pipe would end in an uncaught exception; each write learns of it by its callback.
  stdout.on('error', () => {});
  stderr.on('error', () => {});
  return {
    env,
    cwd: process.cwd(),
    version: VERSION,
    stdin: process.stdin,
    look: detectLook(stdout.isTTY === true, stdout.columns, env),
    interactive,
    out: part =>
      new Promise((resolve, reject) => {
        if (part.length === 0) {
          resolve();
          return;
        }
        stdout.write(part, error => {
          if (error === undefined || error === null) resolve();
          else if (isClosed(error)) reject(new ClosedPipe('standard output was closed'));
          else reject(new InputError(`standard output: ${error.message}`));
        });
      }),
    warn: line => {
      if (shown) stderr.write('\r\x1b[K');
      shown = false;
      stderr.write(line.endsWith('\n') ? line : `mtascope: ${cleanLines(line)}\n`);
    },
    progress: line => {
      if (!interactive || (line === '' && !shown)) return;
      stderr.write(line === '' ? '\r\x1b[K' : `\r\x1b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      shown = line !== '';
    },
  };
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'ECONNRESET';
}

function flag(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/**
 * NO_COLOR (no-color.org: set and not empty) beats FORCE_COLOR, and both beat what the terminal is. Symbols need a UTF-8
 * locale on a terminal. A pipe or file gets the same text everywhere: only a locale that names another charset is heeded
 * there, not the bare "C" of build machines.
 */
export function detectLook(terminal: boolean, columns: number | undefined, env: Io['env']): Look {
  const forced = env.FORCE_COLOR === undefined ? null : flag(env.FORCE_COLOR) || env.FORCE_COLOR === '';
  const color =
    env.NO_COLOR !== undefined && env.NO_COLOR !== '' ? false : (forced ?? (terminal && env.TERM !== 'dumb'));
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || 'UTF-8';
  const unicode = /utf-?8/i.test(locale) || (!terminal && (locale === 'C' || locale === 'POSIX'));
  const named = Number(env.COLUMNS);
  return { color, unicode, width: terminal ? (named > 0 ? named : (columns ?? 80)) : null };
}
