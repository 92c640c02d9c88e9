import { resolve } from 'node:path';
import { calibrateFiles, readLogs, streamOf } from '../../app/calibrate.ts';
import { calibrationText } from '../../app/calibrate-text.ts';
import { InputError, UsageError } from '../../base/errors.ts';
import { iso } from '../../report/format.ts';
import { textLine } from '../../report/lines.ts';
import { clean, json } from '../../report/safe.ts';
import { analyzeOptions } from '../analysis.ts';
import type { Io } from '../io.ts';
import { AsideFile, isStandardOutput } from '../output.ts';
import { progressOf } from '../progress.ts';

/** options: `event`, `log`, those of reading and judging, `format`, `output` (where the profile goes). */
export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const events = (options.event as string[] | undefined) ?? [];
  const logs = (options.log as string[] | undefined) ?? [];
  const { output } = options;
  if (events.length === 0 && logs.length === 0) {
    throw new UsageError(
      'calibrate: no observation: give --event with the text of an event, or --log with an exported log',
    );
  }
  if (typeof output === 'string' && isStandardOutput(output))
    throw new UsageError('calibrate: -o names the profile to write; the findings go to standard output');
  const asked = analyzeOptions(options, io, 'light');
  const onProgress = progressOf(io, files[0]!, 0, files.length);
  const sources = await readLogs(events, logs, io.cwd);
  const analyze = { ...asked, ...(onProgress === null ? {} : { onProgress }) };
  const run = await calibrateFiles(files, sources, analyze, asked.profile);
  io.progress('');
  const { calibration } = run;
  if (options.format === 'json') {
    const { records, headers } = run;
    const tpkts = run.tpkts.map(tpkt => ({ ...tpkt, stream: streamOf(tpkt), time: iso(tpkt.time) }));
    const logs = sources.map(({ name, log }) => ({
      name,
      format: log.format,
      records: log.records.length,
      others: log.others,
      problems: log.problems,
    }));
    await io.out(`${json({ logs, records, headers, tpkts, ...calibration }, 2)}\n`);
  } else await io.out(calibrationText(run, io.look));
  if (typeof output !== 'string') return 0;
  if (calibration.requests.length === 0) {
    throw new InputError(
      `${output}: not written: no 9404 with its numbers was found, so that nothing can be calibrated`,
    );
  }
  const target = AsideFile.open(resolve(io.cwd, output), [...files, ...logs.map(log => resolve(io.cwd, log))]);
  try {
    await target.write(`${json(calibration.profile, 2)}\n`);
    target.commit();
  } catch (error) {
    target.abort();
    throw error;
  }
  if (options.format !== 'json')
    await io.out(`\n${textLine(`${clean(output)}: the profile; use it with --profile ${clean(output)}`, io.look)}`);
  return 0;
}
