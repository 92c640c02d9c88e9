import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { CaptureSummary } from '../report/html/data.ts';
import { packFrame } from '../report/html/frames.ts';
import type { PacketColumns } from '../report/html/table.ts';
import { noRoom } from '../source/temporary.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { leaveEngine } from './engine.ts';
import { firstPass, packetPass } from './packet-pass.ts';

/** What the worker is asked for. */
export interface ServeJob {
  readonly file: string;
  /** What the report calls it: an upload lies under another name. */
  readonly name: string;
  /** Without callbacks. */
  readonly options: AnalyzeOptions;
  /** Where the octets of the frames go. */
  readonly spool: string;
  /** Rows of the packet list at most. */
  readonly rows: number;
}

/** What it answers: progress some times a second, then one of the others. */
export type ServeAnswer =
  | { readonly kind: 'progress'; readonly part: number }
  | {
      readonly kind: 'done';
      readonly summary: CaptureSummary;
      readonly columns: PacketColumns;
      /** Where each row's frame begins in the spool. */
      readonly offsets: Float64Array;
    }
  | { readonly kind: 'failed'; readonly message: string };

const answer = (message: ServeAnswer): void => parentPort!.postMessage(message);

/** The first reading is much faster than the second, which makes every tree. */
const FIRST = 0.2;

/** All of the octets: a disk that fills up takes a part of them first. */
function write(fd: number, octets: Uint8Array): void {
  try {
    for (let done = 0; done < octets.length; ) done += writeSync(fd, octets, done);
  } catch (error) {
    throw noRoom('octets of its frames', error);
  }
}

async function work({ file, name, options, spool, rows }: ServeJob): Promise<void> {
  let last = 0;
  const progress = (from: number, share: number) => (done: number, total: number | null) => {
    const part = from + (total === null || total === 0 ? 0 : (share * done) / total);
    if (part - last < 0.01) return;
    last = part;
    answer({ kind: 'progress', part });
  };
  const first = await firstPass(file, { ...options, level: 'full', onProgress: progress(0, FIRST) });
  const fd = openSync(spool, 'w', 0o600);
  const offsets: number[] = [];
  let at = 0;
  try {
    const everything = {
      samples: 200_000,
      findings: 100_000,
      streams: 100_000,
      messages: 100_000,
      associations: 100_000,
    };
    const pass = await packetPass(
      file,
      first,
      { ...options, level: 'full', onProgress: progress(FIRST, 1 - FIRST) },
      { ...everything, rows, lengths: 200_000 },
      {
        onFrame(_stream, no, sec, nsec, bytes, start, end, wireLength, linkType) {
          if (offsets.length >= rows) return;
          const packed = packFrame({ no, sec, nsec, wireLength, linkType, bytes: bytes.subarray(start, end) });
          write(fd, packed);
          offsets.push(at);
          at += packed.length;
        },
      },
    );
    const summary = pass.summary({
      kept: offsets.length,
      of: Math.max(pass.rows.offered, first.report.selectedFrames),
    });
    const named = { ...summary, report: { ...summary.report, file: name } };
    answer({ kind: 'done', summary: named, columns: pass.rows.columns(), offsets: Float64Array.from(offsets) });
  } finally {
    closeSync(fd);
  }
}

// The server answers on its own thread meanwhile, and long after.
leaveEngine();
work(workerData.job as ServeJob).catch((error: unknown) => {
  answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
});
