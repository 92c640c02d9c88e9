import { parentPort } from 'node:worker_threads';
import type { CaptureReport } from '../model/report.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** What a worker is asked for: one capture. */
export interface AnalyzeJob {
  readonly id: number;
  readonly file: string;
  /** Without callbacks: they don't cross threads. */
  readonly options: AnalyzeOptions;
}

export type AnalyzeAnswer =
  | { readonly id: number; readonly report: CaptureReport; readonly said: readonly string[] }
  | {
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly stack: string };
    };

async function work({ id, file, options }: AnalyzeJob): Promise<AnalyzeAnswer> {
  const said: string[] = [];
  try {
    const report = await analyzeFile(file, { ...options, onCrossCheck: (_, { detail }) => said.push(detail) });
    return { id, report, said };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { id, error: { name: error.name, message: error.message, stack: error.stack ?? '' } };
  }
}

parentPort!.on('message', (job: AnalyzeJob) => {
  work(job).then(answer => parentPort!.postMessage(answer));
});
