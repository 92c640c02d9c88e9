import { resolve } from 'node:path';
import { annotateFile } from '../../app/annotate.ts';
import { UsageError } from '../../base/errors.ts';
import { count, thousands } from '../../report/format.ts';
import { textLine } from '../../report/lines.ts';
import { clean } from '../../report/safe.ts';
import { analyzeOptions } from '../analysis.ts';
import type { Io } from '../io.ts';
import { AsideFile, isStandardOutput } from '../output.ts';
import { progressOf } from '../progress.ts';

/** Frames that the closing line names; more are counted. */
const NAMED = 12;

/** " on frames 1, 2 and 30 more"; '' of none. */
function on(frames: readonly number[]): string {
  const more = frames.length > NAMED ? ` and ${frames.length - NAMED} more` : '';
  const named = `${frames.length === 1 ? 'frame' : 'frames'} ${frames.slice(0, NAMED).join(', ')}${more}`;
  return frames.length === 0 ? '' : ` on ${named}`;
}

/** options: those of reading and judging, `output` (required). */
export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const file = files[0]!;
  const { output } = options;
  if (typeof output !== 'string') throw new UsageError('annotate: -o FILE is missing: where to write the pcapng');
  const asked = analyzeOptions(options, io, 'full');
  const onProgress = progressOf(io, file, 0, 1);
  const analyze = { ...asked, ...(onProgress === null ? {} : { onProgress }) };
  const application = `mtascope ${io.version}`;
  if (isStandardOutput(output)) {
    await annotateFile(file, analyze, application, part => io.out(part));
    io.progress('');
    return 0;
  }
  const target = AsideFile.open(resolve(io.cwd, output), files);
  try {
    const done = await annotateFile(file, analyze, application, part => target.write(part));
    target.commit();
    io.progress('');
    for (const warning of done.report.warnings) io.warn(`${file}: ${warning.message}`);
    const parts = [`${count(done.frames, 'frame')}, ${count(done.comments, 'comment')}${on(done.commented)}`];
    if (done.unsound.length > 0) parts.push(`none${on(done.unsound)}, whose block is damaged`);
    if (done.there > 0) parts.push(`${thousands(done.there)} ${done.there === 1 ? 'was' : 'were'} there already`);
    if (done.enhanced > 0) {
      const [one, many] = ['simple packet block became an enhanced one', 'simple packet blocks became enhanced ones'];
      const time = done.report.first === null ? 'time 0' : 'the time of the packet before';
      parts.push(`${count(done.enhanced, one, many)}, with ${time}`);
    }
    if (done.without > 0) parts.push(`${count(done.without, 'finding')} about the file as a whole`);
    await io.out(textLine(`${clean(output)}: ${parts.join('; ')}`, io.look));
  } catch (error) {
    target.abort();
    throw error;
  } finally {
    io.progress('');
  }
  return 0;
}
