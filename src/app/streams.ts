import { UsageError } from '../base/errors.ts';
import type { StreamReport, WholeReport } from '../model/report.ts';
import { otherPorts } from '../report/other-ports.ts';
import type { AnalyzeOptions } from './analyzer.ts';

type Asked = Pick<AnalyzeOptions, 'anyPort'>;

/** The stream of that number; throws when there is none. */
export function streamOf(report: WholeReport, stream: number, asked: Asked): StreamReport {
  const missing = noStream(report, stream, asked);
  if (missing !== null) throw new UsageError(missing);
  return report.streams.find(s => s.id === stream)!;
}

/** That there is no stream of that number, and which there are; null when there is. */
export function noStream({ streams }: WholeReport, stream: number, { anyPort }: Asked): string | null {
  if (streams.some(s => s.id === stream)) return null;
  const hint = otherPorts(anyPort);
  const there =
    streams.length === 0
      ? `the capture has no ISO transport stream${hint === '' ? '' : ` (${hint})`}`
      : streams.length === 1
        ? `the capture has stream ${streams[0]!.id} only`
        : `the capture has streams ${streams[0]!.id} to ${streams.at(-1)!.id} (\`mtascope streams\` lists them)`;
  return `stream ${stream}: ${there}`;
}
