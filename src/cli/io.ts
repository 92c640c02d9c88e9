import type { Look } from '../report/look.ts';

/**
 * Everything a command may touch of the world around it, so that tests can run commands in process.
 *
 * Results go to `out` (and only results); whatever is said to the person goes to `warn` or `progress`.
 */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
  readonly stdin: NodeJS.ReadableStream;
  /** How standard output shows text: colour, symbols, width. */
  readonly look: Look;
  /** True when standard error is a terminal that a person watches (not CI). */
  readonly interactive: boolean;
  /** Write a part of the result; resolves when the reader has room again. Rejects with `ClosedPipe` once the reader is gone. */
  out(part: string | Uint8Array): Promise<void>;
  /** One line on standard error, with the program's name before it. */
  warn(line: string): void;
  /** Replace the progress line on standard error; empty text removes it. Does nothing when `interactive` is false. */
  progress(line: string): void;
}

/** The reader of standard output has gone (`| head`): end quietly. */
export class ClosedPipe extends Error {
  override name = 'ClosedPipe';
}

export const EXIT = {
  /** All went well; `analyze` and the other readers judge nothing. */
  ok: 0,
  /** `gate`: at least one capture failed the policy. `extract`: what was written does not show what the capture shows. */
  failed: 1,
  /** Wrong usage, or input that can't be read, or output that can't be written. */
  usage: 2,
  /** A bug of ours. */
  internal: 70,
} as const;
