import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { CaptureReport, Section } from '../model/report.ts';
import type { AnalyzeAnswer, AnalyzeJob, AnalyzeResult } from './analyze.worker.ts';
import type { Analyze, AnalyzeOptions } from './analyzer.ts';
import { startPart } from './built.ts';

/** Octets for each thread: with less, what it has to load and to compile takes longer than what it takes off the others. */
const WORTHWHILE = 1 << 30;

/** More threads than this were never measured to help: the disk is the limit then. */
const MOST = 8;

/** How many captures to analyze at once: what was asked for, or what pays. */
export function threadsFor(files: readonly string[], asked: number | undefined): number {
  if (files.length < 2 || files.includes('-')) return 1;
  if (asked !== undefined) return Math.min(asked, files.length);
  const most = Math.min(availableParallelism(), MOST, files.length);
  if (most < 2) return 1;
  let octets = 0;
  for (const file of files) {
    octets += sizeOf(file);
    if (octets >= most * WORTHWHILE) break;
  }
  return Math.max(1, Math.min(most, Math.floor(octets / WORTHWHILE)));
}

function sizeOf(file: string): number {
  try {
    const info = statSync(file);
    return info.isFile() ? info.size : 0;
  } catch {
    // A file that can't be looked at is reported by whoever reads it.
    return 0;
  }
}

interface Waiting {
  readonly job: AnalyzeJob;
  readonly said: (line: string) => void;
  done(result: AnalyzeResult): void;
  fail(error: Error): void;
}

/** Worker threads that analyze captures: the same code on the same octets, so the same reports. */
export class AnalysisPool {
  private readonly workers: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly queue: Waiting[] = [];
  private readonly running = new Map<number, Waiting>();
  private readonly threads: number;
  private nextId = 0;

  constructor(threads: number) {
    this.threads = threads;
  }

  /** As `analyzeFiles`: reports in the order of the files, rejecting with the error of the first that fails. */
  readonly analyze: Analyze = (files, options) => this.run<CaptureReport>(files, options, null);

  /** The same reports as the text that a JSON document with these sections has of each. */
  jsonText(sections: readonly Section[]): (files: string[], options: AnalyzeOptions) => AsyncIterable<Uint8Array[]> {
    return (files, options) => this.run<Uint8Array<ArrayBuffer>[]>(files, options, sections);
  }

  private async *run<T extends AnalyzeResult>(
    files: string[],
    options: AnalyzeOptions,
    sections: readonly Section[] | null,
  ): AsyncGenerator<T> {
    for (const file of files) yield (await this.result(file, options, sections)) as T;
  }

  private result(file: string, options: AnalyzeOptions, sections: readonly Section[] | null): Promise<AnalyzeResult> {
    const { onProgress: _, onCrossCheck, ...plain } = options;
    return new Promise((done, fail) => {
      const said = (detail: string): void => onCrossCheck?.(file, { applicable: true, frames: 0, detail });
      this.queue.push({ job: { id: this.nextId++, file, options: plain, sections }, said, done, fail });
      this.next();
    });
  }

  private next(): void {
    while (this.queue.length > 0) {
      const worker = this.idle.pop() ?? (this.workers.length < this.threads ? this.start() : undefined);
      if (worker === undefined) return;
      const waiting = this.queue.shift()!;
      this.running.set(waiting.job.id, waiting);
      worker.postMessage(waiting.job);
    }
  }

  private start(): Worker {
    const worker = startPart('analyze.worker.cjs');
    this.workers.push(worker);
    worker.on('message', (answer: AnalyzeAnswer) => {
      const waiting = this.running.get(answer.id)!;
      this.running.delete(answer.id);
      this.idle.push(worker);
      this.next();
      if ('result' in answer) {
        for (const line of answer.said) waiting.said(line);
        waiting.done(answer.result);
      } else waiting.fail(Object.assign(new Error(answer.error.message), answer.error));
    });
    // A thread that dies (out of memory) takes its capture with it; without it nothing that waits would ever end.
    worker.on('error', error => {
      for (const waiting of [...this.running.values(), ...this.queue.splice(0)]) waiting.fail(error as Error);
      this.running.clear();
    });
    return worker;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(worker => worker.terminate()));
  }
}
