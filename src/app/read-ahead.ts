import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, MessageChannel } from 'node:worker_threads';
import { replayFrames, Slate } from '../capture/frame-slates.ts';
import type { FrameSink } from '../capture/reader.ts';
import type { PortMap } from '../capture/select.ts';
import type { CaptureWarning } from '../model/report.ts';
import { startPart } from './built.ts';
import type { ReadAnswer, ReadJob, ReadSummary } from './reader.worker.ts';

/** Below this many octets a file is read before a second thread has started. */
const WORTHWHILE = 128 << 20;

export interface ReadAheadOptions {
  readonly ports: PortMap;
  readonly sink: FrameSink;
  readonly warn: (warning: CaptureWarning) => void;
  readonly onProgress?: ((read: number, total: number | null) => void) | undefined;
}

/** Whether it pays to read this file in a thread of its own. */
export function worthAThread(file: string): boolean {
  // A thread of several that each have their own file has no second processor to itself.
  if (file === '-' || !isMainThread || availableParallelism() < 2) return false;
  // A file that can't be looked at is reported by whoever reads it.
  const info = statSync(file, { throwIfNoEntry: false });
  return info?.isFile() === true && info.size >= WORTHWHILE;
}

/**
 * As `feed`, with the file read and its records walked in a thread of its own: that is a good part of the work where most frames are of
 * no interest. The same frames come in the same order.
 */
export async function feedAhead(file: string, options: ReadAheadOptions): Promise<ReadSummary> {
  const { ports, sink, warn, onProgress } = options;
  const count = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: back, port2 } = new MessageChannel();
  const job: ReadJob = { file, ports, progress: onProgress !== undefined, back: port2, count };
  const worker = startPart('reader.worker.cjs', { job }, [port2]);
  try {
    return await new Promise<ReadSummary>((done, fail) => {
      const take = (answer: ReadAnswer): void => {
        switch (answer.kind) {
          case 'frames':
            replayFrames(new Slate(answer.buffer), answer.octets, sink);
            back.postMessage(answer.buffer, [answer.buffer]);
            Atomics.add(count, 0, 1);
            Atomics.notify(count, 0);
            break;
          case 'warning':
            warn(answer.warning);
            break;
          case 'progress':
            onProgress?.(answer.read, answer.total);
            break;
          case 'done':
            done(answer.summary);
            break;
          case 'failed':
            fail(Object.assign(new Error(answer.error.message), answer.error));
        }
      };
      worker.on('message', (answer: ReadAnswer) => {
        try {
          take(answer);
        } catch (error) {
          fail(error);
        }
      });
      worker.on('error', fail);
    });
  } finally {
    back.close();
    await worker.terminate();
  }
}
