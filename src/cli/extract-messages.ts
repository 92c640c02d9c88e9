import { resolve } from 'node:path';
import { extractMessages, type Written } from '../app/extract-messages.ts';
import { UsageError } from '../base/errors.ts';
import { noteLine, warningLine } from '../report/capture.ts';
import { type Column, table } from '../report/columns.ts';
import { count, frameList, thousands } from '../report/format.ts';
import { orDash } from '../report/verdict.ts';
import { analyzeOptions, tell } from './analysis.ts';
import { EXIT, type Io } from './io.ts';
import { progressOf } from './progress.ts';

const COLUMNS: readonly Column<Written>[] = [
  { key: 'file', head: 'File', value: row => row.name },
  { key: 'octets', head: 'Octets', value: row => row.octets, text: row => thousands(row.octets), right: true },
  {
    key: 'kind',
    head: 'Kind',
    value: row => (row.kind === 'content' ? 'content' : (row.message?.kind ?? 'APDU')),
    drop: 2,
  },
  { key: 'identifier', head: 'MTS-identifier', value: row => orDash(row.message?.mtsIdentifier ?? null), shrink: true },
  { key: 'stream', head: 'Stream', value: row => row.stream, right: true, drop: 3 },
  {
    key: 'frames',
    head: 'Frames',
    value: row =>
      row.message === null
        ? '–'
        : frameList([...new Set([row.message.firstFrame, row.message.lastFrame])]).replace(', ', '–'),
    drop: 1,
  },
];

/** `extract --messages`: what was transferred, octet by octet as it was sent. */
export async function extractToFolder(file: string, options: Record<string, unknown>, io: Io): Promise<number> {
  for (const [name, value] of [
    ['--finding', options.finding],
    ['--anonymize', options.anonymize === true ? true : undefined],
    ['--output', options.output],
  ] as const) {
    if (value !== undefined)
      throw new UsageError(`extract: ${name} cuts a capture and --messages writes APDUs: ask for one of them`);
  }
  if (options.messages === '-')
    throw new UsageError(
      'extract: --messages writes files into a folder, not to standard output; ./- is a folder of that name',
    );
  const asked = analyzeOptions(options, io, 'full');
  const onProgress = progressOf(io, file, 0, 1);
  const request = {
    directory: resolve(io.cwd, String(options.messages)),
    streams: (options.stream as number[] | undefined) ?? [],
    kinds: new Set(options.content === true ? (['content'] as const) : (['apdu', 'content'] as const)),
  };
  try {
    const { report, written } = await extractMessages(file, request, {
      ...asked,
      ...(onProgress === null ? {} : { onProgress }),
    });
    io.progress('');
    for (const warning of report.warnings) await io.out(warningLine(warning, io.look));
    if (written.length > 0) for (const part of table(COLUMNS, written, io.look, false)) await io.out(part);
    const { streams } = request;
    const cut = report.messages.filter(
      m => m.state !== 'complete' && m.state !== 'resumed' && (streams.length === 0 || streams.includes(m.stream)),
    );
    const rest = cut.length === 0 ? '' : `; ${count(cut.length, 'transfer')} not complete, of which nothing is written`;
    const octets = written.reduce((sum, row) => sum + row.octets, 0);
    await io.out(noteLine(`${count(written.length, 'file')}, ${count(octets, 'octet')}${rest}.`, io.look));
    return 0;
  } catch (error) {
    // What can't be written is no fault of the capture.
    const output = error instanceof Error && error.name === 'InputError' && error.message.startsWith(request.directory);
    if (!output) return tell(file, error, io);
    io.warn(error.message);
    return EXIT.usage;
  } finally {
    io.progress('');
  }
}
