import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import type { BufferChange } from '../engine/sink.ts';
import type { Direction } from '../model/finding.ts';
import type { CaptureReport } from '../model/report.ts';
import { type Calibration, calibrate, lengthWindow, type SeenEvent, type SeenTpkt } from '../mta/calibrate.ts';
import { decodeLog, type EventLog, type LogRecord, parseEventLog } from '../mta/eventlog.ts';
import type { Profile } from '../mta/knobs.ts';
import { reason } from '../source/feed.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** A log that is longer is no export of the events in question. */
const MAX_LOG = 256 << 20;
/** TPKTs within the window of lengths that are kept of all captures. */
const MAX_TPKTS = 200_000;

export interface LogSource {
  /** File as given, or "--event". */
  readonly name: string;
  readonly log: EventLog;
}

export interface CalibrationRun {
  readonly sources: readonly LogSource[];
  /** The records of all sources, in their order; `record` of a request is an index into these. */
  readonly records: readonly LogRecord[];
  /** TPKTs that matter, with the file that holds each. Indices of `calibration` point here. */
  readonly tpkts: readonly (SeenTpkt & { readonly file: string; readonly receiver: string })[];
  readonly calibration: Calibration;
  /** Headers that the emulated machines read over all captures. */
  readonly headers: number;
}

export async function readLogs(events: readonly string[], logs: readonly string[], cwd: string): Promise<LogSource[]> {
  const sources = events.map(text => ({ name: '--event', log: parseEventLog(text) }));
  for (const name of logs) {
    const path = resolve(cwd, name);
    const octets = await stat(path)
      .then(found => {
        if (found.isDirectory()) throw new InputError(`${name}: is a directory, not a log`);
        if (found.size > MAX_LOG)
          throw new InputError(`${name}: larger than ${MAX_LOG >> 20} MiB; export the events 9404, 9215 and 9156 only`);
        return readFile(path);
      })
      .catch(error => {
        throw error instanceof InputError ? error : new InputError(`${name}: ${reason(error)}`);
      });
    sources.push({ name, log: parseEventLog(decodeLog(octets, name)) });
  }
  return sources;
}

/** Match logs and captures; what it says of the buffer manager is in `calibration`, with the narrowed profile. */
export async function calibrateFiles(
  files: readonly string[],
  sources: readonly LogSource[],
  options: AnalyzeOptions,
  profile: Profile,
): Promise<CalibrationRun> {
  const records = sources.flatMap(source => source.log.records);
  const window = lengthWindow(profile, records);
  const tpkts: CalibrationRun['tpkts'][number][] = [];
  const events: SeenEvent[] = [];
  let headers = 0;
  for (const [index, file] of files.entries()) {
    const seen = new Headers(file, index, window, MAX_TPKTS - tpkts.length);
    // The real machine stopped at a request that this profile may allow, and the other way round: read on to the end.
    const report = await analyzeFile(file, { ...options, level: 'light', keepGoing: true }, { onBuffers: seen.take });
    headers += seen.count;
    for (const tpkt of seen.of(report)) tpkts.push(tpkt);
    for (const event of eventsOf(report)) events.push(event);
  }
  return { sources, records, tpkts, calibration: calibrate(profile, records, tpkts, events), headers };
}

/** The headers of one capture that matter: lengths in the window, and each direction's longest so far. */
class Headers {
  count = 0;
  private readonly kept: CalibrationRun['tpkts'][number][] = [];
  private readonly longest = new Map<string, number>();
  private readonly file: string;
  private readonly base: number;
  private readonly window: readonly [number, number] | null;
  private readonly room: number;

  constructor(file: string, index: number, window: readonly [number, number] | null, room: number) {
    this.file = file;
    // Streams of several captures must not be taken for one another.
    this.base = index * STREAMS;
    this.window = window;
    this.room = room;
  }

  take = (change: BufferChange): void => {
    if (change.kind !== 'request') return;
    this.count++;
    const { stream, direction, frame, sec, nsec, streamOffset, length, receiver } = change;
    const key = `${stream} ${direction}`;
    const most = this.longest.get(key) ?? 0;
    if (length > most) this.longest.set(key, length);
    else if (this.window === null || length < this.window[0] || length > this.window[1]) return;
    if (this.kept.length >= this.room) {
      throw new InputError(
        `${this.file}: more than ${MAX_TPKTS} TPKTs could have asked for that request; narrow the captures or the profile's ranges`,
      );
    }
    const time = { sec, nsec };
    this.kept.push({
      file: this.file,
      frame,
      stream: this.base + stream,
      direction,
      streamOffset,
      length,
      time,
      receiver,
    });
  };

  /** Those whose receiver is an MTA, when the capture says who is. */
  of(report: CaptureReport): CalibrationRun['tpkts'][number][] {
    const mtas = new Set(report.hosts.filter(host => host.mta !== null).map(host => host.address));
    return mtas.size === 0 ? this.kept : this.kept.filter(tpkt => mtas.has(tpkt.receiver));
  }
}

const STREAMS = 1 << 24;

/** The stream's number within its own capture. */
export function streamOf(tpkt: { readonly stream: number; readonly direction: Direction }): number {
  return tpkt.stream % STREAMS;
}

function eventsOf(report: CaptureReport): SeenEvent[] {
  const out: SeenEvent[] = [];
  for (const { event, frame, time } of report.events) {
    if (event.id !== 9215 && event.id !== 9156) continue;
    const winsock = /sockets error (\d+)/.exec(event.text);
    out.push({ id: event.id, winsock: winsock === null ? null : Number(winsock[1]), frame, time });
  }
  return out;
}
