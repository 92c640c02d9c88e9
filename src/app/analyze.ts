import type { FrameSink } from '../capture/reader.ts';
import { CaptureAnalysis } from '../engine/analysis.ts';
import type { CaptureReport } from '../model/report.ts';
import { feed } from '../source/feed.ts';
import { analysisOptions, type DetailOptions } from './analysis-options.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { tuneEngine } from './engine.ts';

/** Analyze captures one after the other; each report is complete when it is yielded. */
export async function* analyzeFiles(files: string[], options: AnalyzeOptions): AsyncGenerator<CaptureReport> {
  for (const file of files) yield await analyzeFile(file, options);
}

/** One capture. Throws `InputError` when it cannot be read at all. */
export async function analyzeFile(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<CaptureReport> {
  if (options.crossCheck) {
    const { crossCheck } = await import('../source/cross-check.ts');
    options.onCrossCheck?.(file, await crossCheck(file));
  }
  const analysis = startAnalysis(options, detail);
  const { reader, compressed, bytes } = await feed(file, {
    ports: analysis.ports,
    sink: detail.onFrame === undefined ? analysis.frames : both(detail.onFrame, analysis.frames),
    warn: analysis.warn,
    onProgress(read, total) {
      tuneEngine();
      options.onProgress?.(read, total);
    },
    pause: detail.pause,
  });
  return analysis.finish(file, reader, bytes, compressed);
}

/** An analysis that waits for frames; for those who have the frames already. */
export function startAnalysis(options: AnalyzeOptions, detail: DetailOptions = {}): CaptureAnalysis {
  return new CaptureAnalysis(analysisOptions(options, detail));
}

function both(first: FrameSink, second: FrameSink): FrameSink {
  return {
    frame(no, sec, nsec, bytes, start, end, wireLength, linkType) {
      first.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
      second.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    },
  };
}
