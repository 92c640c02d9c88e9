import type { BufferChange } from '../engine/sink.ts';
import type { WholeReport } from '../model/report.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { batches } from './batches.ts';

/** What the machines at both ends of a stream held, change by change, in batches; the report when all is read. */
export async function* bufferChanges(
  file: string,
  stream: number,
  options: AnalyzeOptions,
): AsyncGenerator<BufferChange[], WholeReport> {
  const report = yield* batches<BufferChange, WholeReport>((put, pause) =>
    analyzeFile(file, options, {
      onBuffers: change => {
        if (change.stream === stream) put(change);
      },
      pause,
    }),
  );
  return report!;
}
