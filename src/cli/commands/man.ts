import type { Io } from '../io.ts';
import { manPage } from '../manpage.ts';
import { writeResult } from '../output.ts';

/** options: `output`. */
export async function run(_files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  await writeResult(io, options.output, [manPage(io.version)]);
  return 0;
}
