import { EXIT, type Io } from './io.ts';
import { LOADERS } from './loader.ts';
import { parse } from './program.ts';

/** The whole program: from the words behind its name to the exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const chosen = await parse(argv, io);
    if (typeof chosen === 'number') return chosen;
    const command = await LOADERS[chosen.definition.name]!();
    return await command.run(chosen.files, chosen.options, io);
  } catch (error) {
    return report(error, io);
  } finally {
    io.progress('');
  }
}

/** Names instead of classes: the parts of the bundle that are loaded later may hold their own copy of a class. */
function report(error: unknown, io: Io): number {
  if (!(error instanceof Error)) {
    io.warn(`internal error: ${String(error)}`);
    return EXIT.internal;
  }
  if (error.name === 'ClosedPipe') return EXIT.ok;
  if (error.name === 'UsageError' || error.name === 'InputError') {
    io.warn(error.message);
    return EXIT.usage;
  }
  const debug = io.env.MTASCOPE_DEBUG !== undefined && io.env.MTASCOPE_DEBUG !== '';
  io.warn(
    debug
      ? `internal error: ${error.stack ?? error.message}`
      : `internal error: ${error.message} (this is a bug of mtascope; MTASCOPE_DEBUG=1 shows where)`,
  );
  return EXIT.internal;
}
