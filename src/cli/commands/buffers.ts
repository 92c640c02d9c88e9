import { bufferChanges } from '../../app/buffers.ts';
import { streamOf } from '../../app/streams.ts';
import type { WholeReport } from '../../model/report.ts';
import { SCHEMA_VERSION } from '../../model/report.ts';
import { BUFFER_COLUMNS, BufferTimeline, bufferJson, buffersText } from '../../report/buffers.ts';
import { warningLine } from '../../report/capture.ts';
import { csv } from '../../report/columns.ts';
import { toolOf } from '../../report/json.ts';
import { json } from '../../report/safe.ts';
import { analyzeOptions, headOf, tell } from '../analysis.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';
import { progressOf } from '../progress.ts';

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const file = files[0]!;
  const id = options.stream as number;
  const asked = analyzeOptions(options, io, 'full');
  const look = lookFor(options.output, io);
  const onProgress = progressOf(io, file, 0, 1);
  async function* parts(): AsyncGenerator<string> {
    const list = bufferChanges(file, id, { ...asked, ...(onProgress === null ? {} : { onProgress }) });
    const timeline = new BufferTimeline();
    const head = headOf(asked.profile, io);
    let rows = 0;
    let report: WholeReport;
    for (;;) {
      const next = await list.next();
      if (next.done) {
        report = next.value;
        break;
      }
      if (options.format === 'csv') yield [...csv(BUFFER_COLUMNS, next.value, rows === 0)].join('');
      else if (options.format === 'json') {
        const begin = rows === 0 ? opening() : '';
        yield begin +
          next.value.map((change, i) => `${rows + i === 0 ? '' : ','}\n    ${json(bufferJson(change))}`).join('');
      } else for (const change of next.value) timeline.change(change);
      rows += next.value.length;
    }
    const stream = streamOf(report, id, asked);
    if (options.format === 'csv') {
      if (rows === 0) yield [...csv(BUFFER_COLUMNS, [])].join('');
      for (const warning of report.warnings) io.warn(`${file}: ${warning.message}`);
      return;
    }
    if (options.format === 'json') {
      yield `${rows === 0 ? `${opening()}]` : '\n  ]'},\n  "hosts": ${json(report.hosts)},\n  "warnings": ${json(report.warnings)}\n}\n`;
      return;
    }
    for (const warning of report.warnings) yield warningLine(warning, look);
    yield* buffersText(timeline, stream, report, asked.profile, look);

    function opening(): string {
      const fields = { schemaVersion: SCHEMA_VERSION, tool: toolOf(head), profile: head.profile, file, stream: id };
      return `{\n${Object.entries(fields)
        .map(([key, value]) => `  ${json(key)}: ${json(value)},\n`)
        .join('')}  "changes": [`;
    }
  }
  try {
    await writeResult(io, options.output, parts(), files);
    return 0;
  } catch (error) {
    return tell(file, error, io);
  } finally {
    io.progress('');
  }
}
