import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalyzeOptions } from '../../src/app/analyzer.ts';
import { type Extracted, extractFile } from '../../src/app/extract.ts';
import { analyzeOptions } from '../kit/analysis.ts';

export const options = (profile = 'exchange-5.5', anyPort = false): AnalyzeOptions => ({
  ...analyzeOptions(profile),
  anyPort,
});

export interface Anonymized extends Extracted {
  readonly path: string;
  readonly bytes: Buffer;
}

/** `extract --anonymize` of a file, written into `dir`. */
export async function anonymizeInto(
  dir: string,
  file: string,
  profile = 'exchange-5.5',
  finding: number | null = null,
  anyPort = false,
): Promise<Anonymized> {
  const parts: Buffer[] = [];
  const request = { streams: [], finding, anonymize: true, application: 'test' };
  const done = await extractFile(
    file,
    options(profile, anyPort),
    request,
    async part => void parts.push(Buffer.from(part)),
  );
  const path = join(dir, `${Math.random().toString(36).slice(2)}.pcapng`);
  const bytes = Buffer.concat(parts);
  writeFileSync(path, bytes);
  return { ...done, path, bytes };
}
