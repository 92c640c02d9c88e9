import type { FrameSink } from '../capture/reader.ts';
import { CaptureAnalysis } from '../engine/analysis.ts';
import type { CaptureReport, WholeReport } from '../model/report.ts';
import type { Lines } from '../model/rows.ts';
import { TemporaryLines } from '../source/aside.ts';
import { feed } from '../source/feed.ts';
import { analysisOptions, type DetailOptions } from './analysis-options.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { tuneEngine } from './engine.ts';

/**
 * Analyze captures one after the other; each report is complete when it is yielded. Rows that a large capture has many of are not kept
 * in memory: whoever has read a report calls its `release`.
 */
export async function* analyzeFiles(files: string[], options: AnalyzeOptions): AsyncGenerator<CaptureReport> {
  for (const file of files) yield await analyzeRows(file, options);
}

/** One capture, as `analyzeFiles` gives it. Throws `InputError` when it cannot be read at all. */
export async function analyzeRows(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<CaptureReport> {
  const places: TemporaryLines[] = [];
  const makeLines = (): Lines => {
    const lines = new TemporaryLines();
    places.push(lines);
    return lines;
  };
  const release = (): void => {
    for (const lines of places) lines.close();
  };
  try {
    return { ...(await analyzed(file, options, detail, makeLines)), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** One capture with all its rows in memory. Throws `InputError` when it cannot be read at all. */
export async function analyzeFile(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<WholeReport> {
  return wholeReport(await analyzed(file, options, detail, null));
}

/** The report with all its rows in memory; what they took elsewhere is freed. */
export function wholeReport({ release, ...report }: CaptureReport): WholeReport {
  const whole = {
    ...report,
    streams: [...report.streams],
    findings: [...report.findings],
    associations: [...report.associations],
    messages: [...report.messages],
  };
  release?.();
  return whole;
}

async function analyzed(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions,
  makeLines: (() => Lines) | null,
): Promise<CaptureReport> {
  if (options.crossCheck) {
    const { crossCheck } = await import('../source/cross-check.ts');
    options.onCrossCheck?.(file, await crossCheck(file));
  }
  const analysis = new CaptureAnalysis(analysisOptions(options, await withTrees(detail), makeLines));
  const { reader, compressed, bytes } = await feed(file, {
    ports: analysis.ports,
    sink: detail.onFrame === undefined ? analysis.frames : both(detail.onFrame, analysis.frames),
    warn: analysis.warn,
    onProgress(read, total) {
      tuneEngine();
      options.onProgress?.(read, total);
    },
    onReader(reader) {
      analysis.reads(reader);
      detail.onReader?.(reader);
    },
    pause: detail.pause,
  });
  return analysis.finish(file, reader, bytes, compressed);
}

/** With what only those need who see trees. */
async function withTrees(detail: DetailOptions): Promise<DetailOptions> {
  if (detail.onPdu === undefined) return detail;
  const { S7Trees } = await import('../engine/upper/s7/tree.ts');
  return { ...detail, s7Trees: shown => new S7Trees(shown) };
}

/** An analysis that waits for frames; for those who have the frames already. */
export function startAnalysis(options: AnalyzeOptions, detail: DetailOptions = {}): CaptureAnalysis {
  return new CaptureAnalysis(analysisOptions(options, detail, null));
}

function both(first: FrameSink, second: FrameSink): FrameSink {
  return {
    frame(no, sec, nsec, bytes, start, end, wireLength, linkType) {
      first.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
      second.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    },
  };
}
