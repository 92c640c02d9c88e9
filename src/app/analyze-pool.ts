import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { OutOfMemory } from '../base/errors.ts';
import type { CaptureReport, Section } from '../model/report.ts';
import { readOnce } from '../source/once.ts';
import { type AnalyzeAnswer, type AnalyzeJob, type AnalyzeResult, work } from './analyze-job.ts';
import type { Analyze, AnalyzeOptions } from './analyzer.ts';
import { startPart } from './built.ts';

/** Octets for each thread: with less, what it has to load and to compile takes longer than what it takes off the others. */
const WORTHWHILE = 1 << 30;

/** More threads than this were never measured to help: the disk is the limit then. */
const MOST = 8;

/**
 * Share of its heap with which the first thread gives a capture up to another one. What is left is for the report, which is put together
 * when all is read. A thread that runs out of memory takes only its capture with it; this one would take them all.
 */
const OWN_HEAP = 1 / 4;

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

const TOO_MUCH = 'the capture needs more memory than a thread has; NODE_OPTIONS=--max-old-space-size=MIB gives it more';

interface Waiting {
  readonly job: AnalyzeJob;
  readonly said: (line: string) => void;
  done(result: AnalyzeResult): void;
  fail(error: Error): void;
}

/**
 * Threads that analyze captures: the same code on the same octets, so the same reports. This thread is one of them, since it has little
 * else to do and has its memory anyway.
 */
export class AnalysisPool {
  /** The threads that live, each with the job it has. One that dies takes its capture with it, and no other. */
  private readonly workers = new Map<Worker, Waiting | null>();
  private readonly queue: Waiting[] = [];
  private readonly threads: number;
  /** This thread has a capture too. */
  private busy = false;
  private closed = false;

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
      this.queue.push({ job: { file, options: plain, sections }, said, done, fail });
      this.next();
    });
  }

  private next(): void {
    while (this.queue.length > 0 && !this.closed) {
      const idle = this.idle();
      if (idle === null && this.running >= this.threads) return;
      const waiting = this.queue.shift()!;
      const own = idle === null && this.workers.size > 0 && !this.busy && !readOnce(waiting.job.file);
      if (own) void this.own(waiting);
      else this.give(waiting, idle ?? this.start());
    }
  }

  private get running(): number {
    let running = this.busy ? 1 : 0;
    for (const waiting of this.workers.values()) if (waiting !== null) running++;
    return running;
  }

  private idle(): Worker | null {
    for (const [worker, waiting] of this.workers) if (waiting === null) return worker;
    return null;
  }

  private give(waiting: Waiting, worker: Worker): void {
    this.workers.set(worker, waiting);
    worker.postMessage(waiting.job);
  }

  private async own(waiting: Waiting): Promise<void> {
    this.busy = true;
    let heavy = false;
    // Captures that are asked for in the same breath go to the others first.
    await turn();
    // Between two windows, so that whoever has done its capture gets the next one.
    const answer = await work(waiting.job, () => {
      heavy = isHeavy();
      if (heavy || this.closed) throw new Error('this thread reads no further');
      return turn();
    });
    this.busy = false;
    if (heavy && !this.closed) this.give(waiting, this.idle() ?? this.start());
    else settle(waiting, answer);
    this.next();
  }

  private start(): Worker {
    const worker = startPart('analyze.worker.cjs');
    this.workers.set(worker, null);
    worker.on('message', (answer: AnalyzeAnswer) => {
      const waiting = this.workers.get(worker);
      if (waiting == null) return;
      this.workers.set(worker, null);
      this.next();
      settle(waiting, answer);
    });
    worker.on('error', error => this.lost(worker, error as NodeJS.ErrnoException));
    worker.on('messageerror', error => this.lost(worker, error));
    worker.on('exit', code => this.lost(worker, new Error(`its thread ended with code ${code}`)));
    return worker;
  }

  /** Another thread takes the place of one that died: the other captures are analyzed all the same. */
  private lost(worker: Worker, error: NodeJS.ErrnoException): void {
    const waiting = this.workers.get(worker);
    if (!this.workers.delete(worker)) return;
    waiting?.fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new OutOfMemory(TOO_MUCH) : error);
    void worker.terminate();
    this.next();
  }

  async close(): Promise<void> {
    this.closed = true;
    const workers = [...this.workers.keys()];
    this.workers.clear();
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

function isHeavy(): boolean {
  // Loaded when it is needed: it brings the streams of Node along.
  const { used_heap_size: used, heap_size_limit: most } = process.getBuiltinModule('node:v8').getHeapStatistics();
  return used > most * OWN_HEAP;
}

function turn(): Promise<void> {
  return new Promise(done => setImmediate(done));
}

function settle(waiting: Waiting, answer: AnalyzeAnswer): void {
  if ('result' in answer) {
    for (const line of answer.said) waiting.said(line);
    waiting.done(answer.result);
  } else waiting.fail(Object.assign(new Error(answer.error.message), answer.error));
}
