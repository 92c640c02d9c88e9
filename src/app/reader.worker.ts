import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { FrameWriter, Slate, type SlateStore } from '../capture/frame-slates.ts';
import type { PortMap } from '../capture/select.ts';
import type { CaptureWarning } from '../model/report.ts';
import type { Stamp } from '../model/tsdu.ts';
import { feed } from '../source/feed.ts';

/** Octets of a slate: some hundred frames, and little enough to stay in a core's cache on the way to the other. */
const SLATE_OCTETS = 1 << 18;
/** Slates between the threads: either may be some milliseconds ahead of the other. */
const SLATES = 8;
/** Windows of the file between two words on how far it is. */
const PROGRESS = 32;

/** What the reading thread is asked for. */
export interface ReadJob {
  readonly file: string;
  readonly ports: PortMap;
  readonly progress: boolean;
  /** Where slates come back once they were read, and how many have. */
  readonly back: MessagePort;
  readonly count: Int32Array;
}

/** What the reader itself found out. */
export interface ReadSummary {
  readonly format: string;
  readonly frames: number;
  readonly linkTypes: ReadonlySet<number>;
  readonly span: { first: Stamp; last: Stamp } | null;
  readonly compressed: boolean;
  readonly bytes: number;
}

export type ReadAnswer =
  /** `octets` of frames in `buffer`, which is to come back. */
  | { readonly kind: 'frames'; readonly buffer: ArrayBuffer; readonly octets: number }
  | { readonly kind: 'warning'; readonly warning: CaptureWarning }
  | { readonly kind: 'progress'; readonly read: number; readonly total: number | null }
  | { readonly kind: 'done'; readonly summary: ReadSummary }
  | { readonly kind: 'failed'; readonly error: { name: string; message: string; stack: string } };

const answer = (message: ReadAnswer, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(message, transfer);

/** Buffers that are written here, travel to the other thread and come back. Waits where that thread is behind. */
class Travelling implements SlateStore {
  private readonly job: ReadJob;
  private made = 0;
  private returned = 0;

  constructor(job: ReadJob) {
    this.job = job;
  }

  take(octets: number): Slate {
    if (this.made < SLATES) {
      this.made++;
      return new Slate(new ArrayBuffer(Math.max(SLATE_OCTETS, octets)));
    }
    Atomics.wait(this.job.count, 0, this.returned);
    this.returned++;
    const buffer = receiveMessageOnPort(this.job.back)!.message as ArrayBuffer;
    // A frame may be longer than a slate.
    return new Slate(buffer.byteLength < octets ? new ArrayBuffer(octets) : buffer);
  }

  full({ buffer }: Slate, octets: number): void {
    answer({ kind: 'frames', buffer, octets }, [buffer]);
  }
}

async function read(job: ReadJob): Promise<ReadSummary> {
  const { file, ports, progress } = job;
  const writer = new FrameWriter(new Travelling(job));
  let windows = 0;
  const { reader, compressed, bytes } = await feed(file, {
    ports,
    sink: writer,
    warn: warning => answer({ kind: 'warning', warning }),
    onProgress: progress
      ? (done, total) => {
          if (windows++ % PROGRESS === 0) answer({ kind: 'progress', read: done, total });
        }
      : undefined,
  });
  writer.flush();
  const { format, frames, linkTypes } = reader;
  return { format, frames, linkTypes, span: reader.span(), compressed, bytes };
}

read(workerData.job as ReadJob).then(
  summary => answer({ kind: 'done', summary }),
  ({ name, message, stack = '' }: Error) => answer({ kind: 'failed', error: { name, message, stack } }),
);
