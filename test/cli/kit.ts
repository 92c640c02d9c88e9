import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import type { Analyze } from '../../src/app/analyzer.ts';
import { InputError } from '../../src/base/errors.ts';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import type { CaptureReport } from '../../src/model/report.ts';
import { type Look, PLAIN } from '../../src/report/look.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly look?: Look;
  readonly stdin?: Uint8Array;
}

/** A world in memory around a command. */
export function fakeIo(surroundings: Surroundings = {}): { io: Io; text(): Ran } {
  let out = '';
  let err = '';
  const io: Io = {
    env: surroundings.env ?? {},
    cwd: surroundings.cwd ?? process.cwd(),
    version: '9.9.9',
    stdin: Readable.from(surroundings.stdin === undefined ? [] : [surroundings.stdin]),
    look: surroundings.look ?? PLAIN,
    interactive: false,
    out: async part => {
      out += typeof part === 'string' ? part : Buffer.from(part).toString('utf8');
    },
    warn: line => {
      err += `${line}\n`;
    },
    progress: () => {},
  };
  return { io, text: () => ({ code: -1, out, err }) };
}

/** The whole program in this process. */
export async function mtascope(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { io, text } = fakeIo(surroundings);
  const code = await main(argv, io);
  return { ...text(), code };
}

/** The whole program in this process, in a folder of its own: captures are opened relative to where the process is. */
export async function mtascopeIn(cwd: string, ...argv: readonly string[]): Promise<Ran> {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return await mtascope(argv, { cwd });
  } finally {
    process.chdir(before);
  }
}

/** One command with an analysis made of given reports, by file name; any other name can't be read. */
export async function withReports(
  run: (files: string[], options: Record<string, unknown>, io: Io, analyze: Analyze) => Promise<number>,
  reports: Readonly<Record<string, CaptureReport | Error>>,
  options: Record<string, unknown> = {},
  surroundings: Surroundings = {},
): Promise<Ran> {
  const { io, text } = fakeIo(surroundings);
  const analyze: Analyze = async function* (files) {
    for (const file of files) {
      const found = reports[file];
      if (found === undefined) throw new InputError(`${file}: no such file`);
      if (found instanceof Error) throw found;
      yield { ...found, file };
    }
  };
  const code = await run(Object.keys(reports), { format: 'table', ...options }, io, analyze);
  return { ...text(), code };
}

/** What holds all folders of a test file. Its removal is asked for here, since within a test nobody can ask for that any more. */
let root: string | null = null;
afterAll(() => {
  if (root !== null) rmSync(root, { recursive: true, force: true });
});

/** A folder of its own; removed when the test file has ended. */
export function folder(): string {
  root ??= mkdtempSync(join(tmpdir(), 'mtascope-test-'));
  return mkdtempSync(join(root, 'at-'));
}
