import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/cli/commands/gate.ts';
import type { CaptureReport } from '../../src/model/report.ts';
import { folder, type Ran, withReports } from './kit.ts';

export const OPTIONS = { rule: [], profile: [], set: [], mta: [], port: [] };

/** The gate over reports that are made up, in a folder of their own. */
export async function gate(
  reports: Record<string, CaptureReport | Error>,
  options: Record<string, unknown> = {},
  config?: object,
  cwd = folder(),
): Promise<Ran & { cwd: string }> {
  if (config !== undefined) writeFileSync(join(cwd, 'mtascope.config.json'), JSON.stringify(config));
  return { ...(await withReports(run, reports, { ...OPTIONS, ...options }, { cwd })), cwd };
}
