import { InputError, UsageError } from '../base/errors.ts';
import { openReader } from '../capture/open.ts';
import type { CaptureReader } from '../capture/reader.ts';
import type { FrameEdit } from '../capture/write.ts';
import type { Finding } from '../model/finding.ts';
import type { WholeReport } from '../model/report.ts';
import { SYN } from '../net/segment.ts';
import { Window } from '../source/feed.ts';
import { analyzeFile, startAnalysis, wholeReport } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { copyCapture, refuseStream, type Write } from './annotate.ts';
import type { Anonymized } from './anonymize.ts';
import { analyzeFrames, framesOf, gather, type Unit } from './extract-frames.ts';
import { isProven, streamsInstead } from './extract-instead.ts';
import { reduce } from './extract-reduce.ts';
import { addedByCut, type Comparison, difference, type Renamed, sameFinding } from './extract-same.ts';

export interface ExtractRequest {
  /** Streams to take whole; empty with a finding. */
  readonly streams: readonly number[];
  /** 1 is the first finding of the report; null takes whole streams. */
  readonly finding: number | null;
  readonly anonymize: boolean;
  /** Named in section headers that are written anew. */
  readonly application: string;
}

export interface Extracted {
  readonly original: WholeReport;
  /** The analysis of what was written. */
  readonly proof: WholeReport;
  /** Original frame numbers: frame n of the result is `numbers[n - 1]`. */
  readonly numbers: readonly number[];
  /** The findings that were to come out, and those of them that did not (only possible for whole streams). */
  readonly wanted: readonly Finding[];
  readonly missing: readonly Finding[];
  /** Findings of the result, with its frame numbers, that what it was made of does not have. */
  readonly added: readonly Finding[];
  /** Streams that the result takes for something else. */
  readonly protocols: readonly Renamed[];
  /**
   * Where whole streams do not show what they show in the capture: more streams, with which they do; null where none help, or that was not
   * tried (anonymized).
   */
  readonly instead: readonly number[] | null;
  readonly kept: Kept;
  /** What `anonymize` could not do, in words. */
  readonly notes: readonly string[];
}

/** Segments of the result by what they are. */
export interface Kept {
  readonly streams: number[];
  readonly handshake: number;
  /** With payload, [client to server, server to client]. */
  readonly data: [number, number];
  readonly other: number;
}

/** Frames that the reduction analyzes over all its tests, about: what a second or two is enough for. */
const WORK = 3_000_000;

/**
 * Cut streams, or what one finding needs, out of a capture. The result is analyzed as it is written; when a finding was asked for and
 * does not come out of it, this throws and nothing is to be kept.
 */
export async function extractFile(
  file: string,
  options: AnalyzeOptions,
  request: ExtractRequest,
  write: Write,
): Promise<Extracted> {
  refuseStream(file, 'extract');
  const original = await analyzeFile(file, options);
  const target = request.finding === null ? null : findingOf(original, request.finding);
  const units =
    target === null
      ? await gather(file, options, streamsOf(original, request.streams), request.anonymize)
      : await needed(file, options, original, target);
  const numbers = framesOf(units).map(frame => frame.no);
  const { edits, notes, mta, before } = request.anonymize
    ? await anonymized(units, options, original)
    : { edits: new Map<number, FrameEdit>(numbers.map(no => [no, {}])), notes: [], mta: options.mta, before: null };

  const proving = new Proof(file, { ...options, mta });
  const plan = { edits, rest: 'drop', strip: request.anonymize, application: request.application } as const;
  const { frames } = await copyCapture(file, plan, async bytes => {
    proving.append(bytes);
    await write(bytes);
  });
  if (frames !== original.frames) throw new InputError(`${file}: has changed while it was read`);
  const proof = proving.finish();
  const { wanted, missing, added, protocols } = compared(original, proof, units, target, before);
  if (target !== null) {
    const how = `${before === null ? '' : ' once they are anonymized'}; nothing was written`;
    const what = `${file}: ${target.code} at frame ${target.frame}`;
    if (missing.length > 0) throw new InputError(`${what} does not come out of the extracted frames${how}`);
    // The cut may have had to add some; anonymizing never has to.
    if (before !== null && added.length > 0)
      throw new InputError(`${what} comes with ${added[0]!.code} out of the extracted frames${how}`);
  }
  const instead =
    target !== null || before !== null || isProven({ missing, added, protocols })
      ? null
      : await streamsInstead(
          file,
          { ...options, crossCheck: false },
          original,
          new Set(streamsOf(original, request.streams)),
        );
  return { original, proof, numbers, wanted, missing, added, protocols, instead, kept: keptOf(units), notes };
}

/** `before`: the analysis of the same frames before they were anonymized; null when they were not. */
function compared(
  original: WholeReport,
  proof: WholeReport,
  units: readonly Unit[],
  target: Finding | null,
  before: WholeReport | null,
): Pick<Extracted, 'wanted' | 'missing' | 'added' | 'protocols'> {
  const streams = new Set(units.map(unit => unit.stream));
  const numbers = framesOf(units).map(frame => frame.no);
  const comparison: Comparison = { original, numbers, anonymized: before !== null };
  if (target === null) {
    const wanted = original.findings.filter(f => f.stream !== null && streams.has(f.stream));
    return { wanted, ...difference(proof, comparison, streams) };
  }
  const wanted = [target];
  const missing = sameFinding(proof, target, comparison) === null ? wanted : [];
  if (before === null) {
    const streamOf = new Map(units.flatMap(unit => unit.frames.map(frame => [frame.no, unit.stream] as const)));
    const added = addedByCut(proof, comparison, frame => streamOf.get(frame) ?? -1);
    return { wanted, missing, added, protocols: [] };
  }
  // What the cut changes is its own affair; anonymizing is to change nothing of what the cut shows.
  const same: Comparison = { original: before, numbers: numbers.map((_, i) => i + 1), anonymized: true };
  const all = new Set(before.streams.map(stream => stream.id));
  const { added, protocols } = difference(proof, same, all);
  return { wanted, missing, added, protocols };
}

async function anonymized(units: readonly Unit[], options: AnalyzeOptions, original: WholeReport): Promise<Anonymized> {
  const { anonymize } = await import('./anonymize.ts');
  return anonymize(units, options, original);
}

function findingOf(report: WholeReport, number: number): Finding {
  const finding = report.findings[number - 1];
  if (finding === undefined) {
    const n = report.findings.length;
    throw new UsageError(
      `--finding ${number}: ${report.file} has ${n === 0 ? 'no findings' : n === 1 ? 'one finding' : `${n} findings`}`,
    );
  }
  if (finding.stream === null || finding.frame === null) {
    const about =
      finding.count > 1
        ? 'several streams; --stream extracts one'
        : 'the file, not about frames; there is nothing to extract';
    throw new UsageError(`--finding ${number}: ${finding.code} is about ${about}`);
  }
  return finding;
}

function streamsOf(report: WholeReport, wanted: readonly number[]): Set<number> {
  const known = new Set(report.streams.map(stream => stream.id));
  for (const stream of wanted) {
    if (!known.has(stream))
      throw new UsageError(`--stream ${stream}: ${report.file} has no such stream; \`mtascope streams\` lists them`);
  }
  return wanted.length === 0 ? known : new Set(wanted);
}

/** The fewest segments that still show the finding. */
async function needed(
  file: string,
  options: AnalyzeOptions,
  original: WholeReport,
  target: Finding,
): Promise<readonly Unit[]> {
  const quiet = { ...options, crossCheck: false };
  for (const streams of [related(original, target), null]) {
    const all = await gather(file, quiet, streams);
    const streamOf = new Map(all.flatMap(unit => unit.frames.map(frame => [frame.no, unit.stream] as const)));
    const shows = (units: readonly Unit[], strict: boolean): boolean => {
      const frames = framesOf(units);
      const comparison: Comparison = { original, numbers: frames.map(frame => frame.no), anonymized: false };
      const report = analyzeFrames(frames, quiet);
      if (sameFinding(report, target, comparison) === null) return false;
      return !strict || addedByCut(report, comparison, frame => streamOf.get(frame) ?? -1).length === 0;
    };
    if (!shows(all, false)) continue;
    const strict = shows(all, true);
    const fixed = new Set([target.frame!, ...(target.event === undefined ? [] : target.frames)]);
    const budget = Math.max(40, Math.min(600, Math.floor(WORK / Math.max(1, all.length))));
    return reduce(all, target.stream!, fixed, units => shows(units, strict), budget).units;
  }
  throw new InputError(
    `${file}: ${target.code} at frame ${target.frame} does not come out of the TCP frames alone; nothing was written`,
  );
}

/** The finding's own stream, others of the same two hosts that carry its frames, and the one that says that the receiver is an MTA. */
function related(report: WholeReport, target: Finding): Set<number> {
  const out = new Set([target.stream!]);
  const own = report.streams.find(stream => stream.id === target.stream);
  if (own === undefined) return out;
  const hosts = new Set([own.client.address, own.server.address]);
  for (const stream of report.streams) {
    const sameHosts = hosts.has(stream.client.address) && hosts.has(stream.server.address);
    const carries = target.frames.some(frame => frame >= stream.firstFrame && frame <= stream.lastFrame);
    if (sameHosts && carries) out.add(stream.id);
  }
  if (target.code.startsWith('mta.')) {
    for (const host of report.hosts) {
      const evidence = /on stream (\d+)$/.exec(host.mta ?? '');
      if (evidence !== null && hosts.has(host.address)) out.add(Number(evidence[1]));
    }
  }
  return out;
}

function keptOf(units: readonly Unit[]): Kept {
  const data: [number, number] = [0, 0];
  let handshake = 0;
  for (const unit of units) {
    if (unit.flags & SYN) handshake++;
    else if (unit.length > 0) data[unit.direction]++;
  }
  const streams = [...new Set(units.map(unit => unit.stream))].sort((a, b) => a - b);
  return { streams, handshake, data, other: units.length - handshake - data[0] - data[1] };
}

/** The analysis of octets as they are written. */
class Proof {
  private readonly analysis: ReturnType<typeof startAnalysis>;
  private readonly window: Window<CaptureReader>;
  private bytes = 0;

  constructor(file: string, options: AnalyzeOptions) {
    this.analysis = startAnalysis(options);
    const { frames: sink, warn } = this.analysis;
    // Every frame of the result is of a stream that was chosen: the ports are looked at by the analysis.
    this.window = new Window(`extract of ${file}`, {
      open: head => openReader(head, { ports: null, everyFrame: true, sink, warn }),
    });
  }

  append(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.window.append(bytes);
  }

  finish(): WholeReport {
    return wholeReport(this.analysis.finish('', this.window.finish(), this.bytes, false));
  }
}
