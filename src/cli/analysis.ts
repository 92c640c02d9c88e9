import type { AnalysisPool } from '../app/analyze-pool.ts';
import { type Analyze, type AnalyzeOptions, ISO_TRANSPORT } from '../app/analyzer.ts';
import { profileByName } from '../app/config-profile.ts';
import type { CaptureReport } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import { applyOverrides, DEFAULT_PROFILE } from '../mta/profile.ts';
import type { Head } from '../report/json.ts';
import { sourceName } from '../source/once.ts';
import { analyzer } from './analyzer.ts';
import { EXIT, type Io } from './io.ts';
import { progressOf } from './progress.ts';

/** A profile by its name or by the path of a `.json` file, with `--set` applied. */
export function profileFrom(name: string | undefined, set: readonly string[], io: Io): Profile {
  return applyOverrides(profileByName(name ?? DEFAULT_PROFILE, io.cwd, '--profile'), set);
}

/** What the options of a command say about reading and judging. */
export function analyzeOptions(
  options: Record<string, unknown>,
  io: Io,
  level: AnalyzeOptions['level'],
): AnalyzeOptions {
  // `serve` has a --port of its own and calls this one --capture-port.
  const ports = (options.capturePort ?? (options.host === undefined ? options.port : [])) as number[] | undefined;
  return {
    ports: Array.isArray(ports) && ports.length > 0 ? ports : [ISO_TRANSPORT],
    anyPort: options.anyPort === true,
    mta: (options.mta as string[] | undefined) ?? [],
    profile: profileFrom(options.profile as string | undefined, (options.set as string[] | undefined) ?? [], io),
    keepGoing: options.keepGoing === true,
    level,
    crossCheck: options.crossCheck === true,
  };
}

export function headOf(profile: Profile, io: Io): Head {
  return { version: io.version, profile: { name: profile.name, overrides: profile.overrides } };
}

export interface Analysis<T> {
  /** The reports, in the order of the files; a file that can't be read is said on standard error and left out. */
  readonly reports: AsyncIterable<T>;
  /** The exit code, once `reports` has been walked. */
  exitCode(): number;
}

/** Reads captures into reports, or into what is made of them. */
export type Read<T> = (files: string[], options: AnalyzeOptions) => AsyncIterable<T>;

/**
 * Analyze the files, several at once where that pays; one that can't be read, or that trips a bug of ours, does not take the others
 * with it. The reports come in the order of the files, whatever the number of threads.
 */
export function analyzeAll<T extends CaptureReport | Uint8Array[]>(
  files: readonly string[],
  options: AnalyzeOptions,
  io: Io,
  read: Read<T>,
  threads: number,
  readPooled: (pool: AnalysisPool) => Read<T>,
): Analysis<T> {
  let exit: number = EXIT.ok;
  async function one(file: string, index: number, by: Read<T>): Promise<T[] | Error> {
    const onProgress = threads > 1 ? null : progressOf(io, file, index, files.length);
    const found: T[] = [];
    try {
      const asked = {
        ...options,
        ...(onProgress === null ? {} : { onProgress }),
        onCrossCheck: (name: string, { detail }: { detail: string }) => io.warn(`${name}: cross-check: ${detail}`),
      };
      for await (const report of by([file], asked)) found.push(report);
      return found;
    } catch (error) {
      return error as Error;
    } finally {
      io.progress('');
    }
  }
  async function* reports(): AsyncGenerator<T> {
    const pool = threads > 1 ? new (await import('../app/analyze-pool.ts')).AnalysisPool(threads) : null;
    const { inOrder } = await import('../app/in-order.ts');
    try {
      const by = pool === null ? read : readPooled(pool);
      let i = 0;
      const ahead = pool === null ? 0 : 2 * threads;
      for await (const outcome of inOrder(files, ahead, (file, index) => one(file, index, by))) {
        const file = files[i++]!;
        if (outcome instanceof Error) exit = Math.max(exit, tell(file, outcome, io));
        else {
          for (const report of outcome) {
            try {
              yield report;
            } finally {
              if (!Array.isArray(report)) report.release?.();
            }
          }
        }
        if (pool !== null) io.progress(`${i} of ${files.length} captures`);
      }
    } finally {
      await pool?.close();
    }
  }
  return { reports: reports(), exitCode: () => exit };
}

/** How many captures to analyze at once, by `--jobs` or by what pays. Only the plain analysis runs in other threads. */
export async function threadsOf(
  files: readonly string[],
  options: Record<string, unknown>,
  analyze: Analyze,
): Promise<number> {
  if (files.length < 2 || analyze !== (await analyzer())) return 1;
  const { threadsFor } = await import('../app/analyze-pool.ts');
  return threadsFor(files, options.jobs as number | undefined);
}

/** Says what became of a file, and gives the exit code for it. */
export function tell(file: string, error: unknown, io: Io): number {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'ClosedPipe' || error.name === 'UsageError') throw error;
  const named = [file, sourceName(file)].some(name => error.message.startsWith(`${name}: `))
    ? error.message
    : `${file}: ${error.message}`;
  if (error.name === 'InputError') {
    io.warn(named);
    return EXIT.usage;
  }
  if (error.name === 'OutOfMemory') {
    io.warn(named);
    return EXIT.internal;
  }
  const debug = io.env.MTASCOPE_DEBUG !== undefined && io.env.MTASCOPE_DEBUG !== '';
  io.warn(
    `${file}: internal error: ${debug ? (error.stack ?? error.message) : `${error.message} (MTASCOPE_DEBUG=1 shows where)`}`,
  );
  return EXIT.internal;
}
