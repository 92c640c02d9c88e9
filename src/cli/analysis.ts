import type { Analyze, AnalyzeOptions } from '../app/analyzer.ts';
import { profileByName } from '../app/config-profile.ts';
import type { CaptureReport } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import { applyOverrides, DEFAULT_PROFILE } from '../mta/profile.ts';
import type { Head } from '../report/json.ts';
import { EXIT, type Io } from './io.ts';
import { progressOf } from './progress.ts';

/** The TCP port that RFC 1006 §4 gives to ISO transport. */
const ISO_TRANSPORT = 102;

/** A profile by its name or by the path of a `.json` file, with `--set` applied. */
export async function profileFrom(name: string | undefined, set: readonly string[], io: Io): Promise<Profile> {
  return applyOverrides(await profileByName(name ?? DEFAULT_PROFILE, io.cwd, '--profile'), set);
}

/** What the options of a command say about reading and judging. */
export async function analyzeOptions(
  options: Record<string, unknown>,
  io: Io,
  level: AnalyzeOptions['level'],
): Promise<AnalyzeOptions> {
  // `serve` has a --port of its own and calls this one --capture-port.
  const ports = (options.capturePort ?? (options.host === undefined ? options.port : [])) as number[] | undefined;
  return {
    ports: Array.isArray(ports) && ports.length > 0 ? ports : [ISO_TRANSPORT],
    anyPort: options.anyPort === true,
    mta: (options.mta as string[] | undefined) ?? [],
    profile: await profileFrom(options.profile as string | undefined, (options.set as string[] | undefined) ?? [], io),
    keepGoing: options.keepGoing === true,
    level,
    crossCheck: options.crossCheck === true,
  };
}

export function headOf(profile: Profile, io: Io): Head {
  return { version: io.version, profile: { name: profile.name, overrides: profile.overrides } };
}

export interface Analysis {
  /** The reports, in the order of the files; a file that can't be read is said on standard error and left out. */
  readonly reports: AsyncIterable<CaptureReport>;
  /** The exit code, once `reports` has been walked. */
  exitCode(): number;
}

/** Analyze file after file: one that can't be read, or that trips a bug of ours, does not take the others with it. */
export function analyzeAll(files: readonly string[], options: AnalyzeOptions, io: Io, analyze: Analyze): Analysis {
  let exit: number = EXIT.ok;
  async function* reports(): AsyncGenerator<CaptureReport> {
    for (const [i, file] of files.entries()) {
      const onProgress = progressOf(io, file, i, files.length);
      try {
        yield* analyze([file], {
          ...options,
          ...(onProgress === null ? {} : { onProgress }),
          onCrossCheck: (name, { detail }) => io.warn(`${name}: cross-check: ${detail}`),
        });
      } catch (error) {
        exit = Math.max(exit, tell(file, error, io));
      } finally {
        io.progress('');
      }
    }
  }
  return { reports: reports(), exitCode: () => exit };
}

/** Says what became of a file, and gives the exit code for it. */
export function tell(file: string, error: unknown, io: Io): number {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'ClosedPipe' || error.name === 'UsageError') throw error;
  const named = error.message.startsWith(file) ? error.message : `${file}: ${error.message}`;
  if (error.name === 'InputError') {
    io.warn(named);
    return EXIT.usage;
  }
  const debug = io.env.MTASCOPE_DEBUG !== undefined && io.env.MTASCOPE_DEBUG !== '';
  io.warn(
    `${file}: internal error: ${debug ? (error.stack ?? error.message) : `${error.message} (MTASCOPE_DEBUG=1 shows where)`}`,
  );
  return EXIT.internal;
}
