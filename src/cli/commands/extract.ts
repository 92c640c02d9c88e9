import { UsageError } from '../../base/errors.ts';
import type { Io } from '../io.ts';

/** options: `stream`, `finding`, `anonymize`, `messages`, `content`, `output`, and those of reading and judging. */
export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  if (options.messages !== undefined) {
    const { extractToFolder } = await import('../extract-messages.ts');
    return extractToFolder(files[0]!, options, io);
  }
  if (options.content === true) throw new UsageError('extract: --content belongs to --messages DIRECTORY');
  const streams = (options.stream as number[] | undefined) ?? [];
  if (options.finding !== undefined || streams.length > 0 || options.anonymize === true) {
    const { extractFrames } = await import('../extract-evidence.ts');
    return extractFrames(files[0]!, options, io);
  }
  throw new UsageError('extract: say what to extract: --finding N, --stream N, --anonymize or --messages DIRECTORY');
}
