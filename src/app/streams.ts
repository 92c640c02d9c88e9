import { UsageError } from '../base/errors.ts';
import type { StreamReport, WholeReport } from '../model/report.ts';

/** The stream of that number; throws when there is none. */
export function streamOf(report: WholeReport, stream: number): StreamReport {
  const missing = noStream(report, stream);
  if (missing !== null) throw new UsageError(missing);
  return report.streams.find(s => s.id === stream)!;
}

/** That there is no stream of that number, and which there are; null when there is. */
export function noStream({ streams }: WholeReport, stream: number): string | null {
  if (streams.some(s => s.id === stream)) return null;
  const there =
    streams.length === 0
      ? 'the capture has no ISO transport stream (--port and --any-port look at other ports)'
      : streams.length === 1
        ? `the capture has stream ${streams[0]!.id} only`
        : `the capture has streams ${streams[0]!.id} to ${streams.at(-1)!.id} (\`mtascope streams\` lists them)`;
  return `stream ${stream}: ${there}`;
}
