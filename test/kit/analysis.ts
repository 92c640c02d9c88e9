import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DetailOptions } from '../../src/app/analysis-options.ts';
import { analyzeFile, analyzeFiles, wholeReport } from '../../src/app/analyze.ts';
import type { AnalyzeOptions } from '../../src/app/analyzer.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { applyOverrides, loadProfile } from '../../src/mta/profile.ts';

/** What `mtascope analyze --profile …` asks for. */
export function analyzeOptions(profile = 'exchange-5.0', settings: readonly string[] = []): AnalyzeOptions {
  return {
    ports: [102],
    anyPort: false,
    mta: [],
    profile: applyOverrides(loadProfile(profile), settings),
    keepGoing: false,
    level: 'full',
    crossCheck: false,
  };
}

/** The report on one capture file. */
export async function analyzePath(path: string, options = analyzeOptions()): Promise<WholeReport> {
  for await (const report of analyzeFiles([path], options)) return wholeReport(report);
  throw new Error(`${path}: no report`);
}

/** The report on a capture that exists only in memory. */
export async function analyzeBytes(
  bytes: Uint8Array,
  options = analyzeOptions(),
  detail: DetailOptions = {},
): Promise<WholeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'mtascope-'));
  try {
    const path = join(folder, 'capture');
    writeFileSync(path, bytes);
    return { ...(await analyzeFile(path, options, detail)), file: '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The report on a capture that arrives on standard input in these chunks. */
export async function analyzeChunks(chunks: readonly Uint8Array[], options = analyzeOptions()): Promise<WholeReport> {
  const original = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  const stdin = Readable.from(chunks.map(c => Buffer.from(c)));
  Object.defineProperty(process, 'stdin', { configurable: true, get: () => stdin });
  try {
    return { ...(await analyzePath('-', options)), file: '' };
  } finally {
    Object.defineProperty(process, 'stdin', original);
  }
}
