import { parentPort } from 'node:worker_threads';
import type { CaptureReport, Section } from '../model/report.ts';
import { octets } from '../report/chunks.ts';
import { captureText } from '../report/json.ts';
import { analyzeFile, analyzeRows } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** What a worker is asked for: one capture. */
export interface AnalyzeJob {
  readonly file: string;
  /** Without callbacks: they don't cross threads. */
  readonly options: AnalyzeOptions;
  /** The sections of a JSON document that is asked for instead of the report: text crosses threads at less cost than objects. */
  readonly sections: readonly Section[] | null;
}

/** What a job asked for: the report, or its text in parts, since all of it may be longer than a string can be. */
export type AnalyzeResult = CaptureReport | Uint8Array<ArrayBuffer>[];

export type AnalyzeAnswer =
  | { readonly result: AnalyzeResult; readonly said: readonly string[] }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack: string } };

async function work({ file, options, sections }: AnalyzeJob): Promise<AnalyzeAnswer> {
  const said: string[] = [];
  try {
    const asked: AnalyzeOptions = { ...options, onCrossCheck: (_, { detail }) => said.push(detail) };
    if (sections === null) return { result: await analyzeFile(file, asked), said };
    const report = await analyzeRows(file, asked);
    try {
      return { result: textOf(report, sections), said };
    } finally {
      report.release?.();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: { name: error.name, message: error.message, stack: error.stack ?? '' } };
  }
}

function textOf(report: CaptureReport, sections: readonly Section[]): Uint8Array<ArrayBuffer>[] {
  return Array.from(octets(captureText(report, sections, {})), part => new Uint8Array(part));
}

parentPort!.on('message', (job: AnalyzeJob) => {
  work(job).then(answer => {
    const text = 'result' in answer && Array.isArray(answer.result) ? answer.result : [];
    parentPort!.postMessage(
      answer,
      text.map(part => part.buffer),
    );
  });
});
