import type { CaptureReport, Section } from '../model/report.ts';
import { octets } from '../report/chunks.ts';
import { captureText } from '../report/json.ts';
import { analyzeFile, analyzeRows } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** What a thread is asked for: one capture. */
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

/** @param pause awaited once a window of the capture; rejects to stop reading */
export async function work(
  { file, options, sections }: AnalyzeJob,
  pause?: () => Promise<void>,
): Promise<AnalyzeAnswer> {
  const said: string[] = [];
  const detail = pause === undefined ? {} : { pause };
  try {
    const asked: AnalyzeOptions = { ...options, onCrossCheck: (_, { detail: line }) => said.push(line) };
    if (sections === null) return { result: await analyzeFile(file, asked, detail), said };
    const report = await analyzeRows(file, asked, detail);
    try {
      return { result: textOf(report, sections), said };
    } finally {
      report.release?.();
    }
  } catch (error) {
    const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    return { error: { name, message, stack } };
  }
}

function textOf(report: CaptureReport, sections: readonly Section[]): Uint8Array<ArrayBuffer>[] {
  return Array.from(octets(captureText(report, sections)), part => new Uint8Array(part));
}
