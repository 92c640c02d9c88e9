import { type FollowRequest, follow, lookUp } from '../../app/follow.ts';
import { streamOf } from '../../app/streams.ts';
import { SCHEMA_VERSION, type WholeReport } from '../../model/report.ts';
import { warningLine } from '../../report/capture.ts';
import type { FollowLayer } from '../../report/follow.ts';
import { FollowText, followJson } from '../../report/follow-text.ts';
import { toolOf } from '../../report/json.ts';
import { json } from '../../report/safe.ts';
import { analyzeOptions, headOf, tell } from '../analysis.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';
import { progressOf } from '../progress.ts';
import { filterOf } from '../selection.ts';

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const file = files[0]!;
  const asked = analyzeOptions(options, io, 'full');
  const request: FollowRequest = {
    stream: options.stream as number,
    layer: options.layer as FollowLayer,
    filter: await filterOf(options.filter, 'tpkt'),
    showCredentials: options.showCredentials === true,
  };
  const onProgress = progressOf(io, file, 0, 1);
  const reading = { ...asked, ...(onProgress === null ? {} : { onProgress }) };
  try {
    const before = await lookUp(file, request.stream, reading);
    const look = lookFor(options.output, io);
    async function* parts(): AsyncGenerator<string> {
      const list = follow(file, request, reading, before);
      const stream = before === null ? null : streamOf(before, request.stream, asked);
      const about = { type: 'stream', file, stream: request.stream, layer: request.layer };
      const text = new FollowText(look, options.wide === true, stream?.start ?? null);
      let rows = 0;
      let head = '';
      if (options.format === 'json') {
        const { version, profile } = headOf(asked.profile, io);
        const { type: _, ...fields } = about;
        const tool = toolOf({ version, profile });
        const entries = Object.entries({ schemaVersion: SCHEMA_VERSION, tool, profile, ...fields });
        head = `{\n${entries.map(([key, value]) => `  ${json(key)}: ${json(value)},\n`).join('')}  "pdus": [`;
      } else if (options.format === 'ndjson') head = `${json({ ...about, schemaVersion: SCHEMA_VERSION })}\n`;
      else if (stream !== null) head = text.head(stream);
      // A pipe says only at its end whether there is such a stream; before a line of it there is nothing to begin.
      if (before !== null) {
        yield head;
        head = '';
      }
      let report: WholeReport;
      for (;;) {
        const next = await list.next();
        if (next.done) {
          report = next.value;
          break;
        }
        let out = head;
        head = '';
        for (const row of next.value) {
          if (options.format === 'json') out += `${rows === 0 ? '' : ','}\n    ${json(followJson(row))}`;
          else if (options.format === 'ndjson') out += `${json({ type: 'pdu', ...followJson(row) })}\n`;
          else out += text.row(row);
          rows++;
        }
        yield out;
      }
      const end =
        options.format === 'json' ? `${rows === 0 ? ']' : '\n  ]'},\n  "warnings": ${json(report.warnings)}\n}\n` : '';
      // A document that was begun is ended, also when the stream turns out to be none of ISO transport.
      if (head === '') yield end;
      const found = streamOf(report, request.stream, asked);
      if (head !== '') yield head + end;
      // Lines have no place for what is said about the file.
      if (options.format === 'ndjson') for (const warning of report.warnings) io.warn(`${file}: ${warning.message}`);
      if (options.format === 'text') {
        yield '\n';
        for (const warning of report.warnings) yield warningLine(warning, look);
        yield text.closing(found, rows);
      }
    }
    await writeResult(io, options.output, parts(), files);
    return 0;
  } catch (error) {
    return tell(file, error, io);
  } finally {
    io.progress('');
  }
}
