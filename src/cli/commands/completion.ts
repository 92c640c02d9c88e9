import { ALL_RULES } from '../../app/gate-rules.ts';
import { UsageError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import { PROFILE_NAMES } from '../../mta/profile.ts';
import { completionScript, SHELLS } from '../completion.ts';
import type { Io } from '../io.ts';

/** options: `shell`. */
export async function run(_files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const wanted = String(options.shell);
  const shell = SHELLS.find(name => name === wanted);
  if (shell === undefined)
    throw new UsageError(`no completion for '${wanted}': ${SHELLS.join(', ')}${didYouMean(wanted, SHELLS)}`);
  await io.out(completionScript(shell, { profiles: PROFILE_NAMES, rules: ALL_RULES.map(rule => rule.code) }));
  return 0;
}
