import { InputError, UsageError } from '../base/errors.ts';
import type { CaptureCopy, CopyPlan } from '../capture/write.ts';
import { openCopy } from '../capture/write-open.ts';
import type { CaptureReport } from '../model/report.ts';
import { feedWindows } from '../source/feed.ts';
import { readOnce, sourceName } from '../source/once.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { commentsOf } from './annotate-comments.ts';

/** Where a copy goes; resolves when the octets are written and their buffer may be used again. */
export type Write = (bytes: Uint8Array) => Promise<void>;

export interface Annotated {
  readonly report: CaptureReport;
  /** Frames written. */
  readonly frames: number;
  /** Frames with a comment of ours, ascending. */
  readonly commented: number[];
  /** Comments written; a frame may have several. */
  readonly comments: number;
  /** Findings that name no frame of the file: those about the file itself. */
  readonly without: number;
}

/** Two passes need a file that can be read twice. */
export function refuseStream(file: string, command: string): void {
  if (readOnce(file)) {
    throw new UsageError(
      `${command}: ${sourceName(file)} can be read only once, and this takes two passes; save it to a file first`,
    );
  }
}

/** `file` as pcapng with the findings as packet comments. Throws `InputError` when it can't be read. */
export async function annotateFile(
  file: string,
  options: AnalyzeOptions,
  application: string,
  write: Write,
): Promise<Annotated> {
  refuseStream(file, 'annotate');
  const report = await analyzeFile(file, options);
  const edits = commentsOf(report.findings);
  for (const frame of edits.keys()) if (frame > report.frames) edits.delete(frame);
  const { frames, written } = await copyCapture(file, { edits, rest: 'keep', strip: false, application }, write);
  if (frames !== report.frames) throw new InputError(`${file}: has changed while it was read`);
  return {
    report,
    frames: written,
    commented: [...edits.keys()].sort((a, b) => a - b),
    comments: [...edits.values()].reduce((n, edit) => n + edit.comments.length, 0),
    without: report.findings.filter(f => !f.frames.some(frame => edits.has(frame))).length,
  };
}

/** Copy a capture by plan. Returns the frames met and the frames written. */
export async function copyCapture(
  file: string,
  plan: CopyPlan,
  write: Write,
): Promise<{ readonly frames: number; readonly written: number }> {
  let copy: CaptureCopy | null = null;
  let writing: Promise<void> = Promise.resolve();
  let octets = 0;
  // One window is written while the next one is read.
  const drain = async (): Promise<void> => {
    await writing;
    if (copy === null) return;
    const part = copy.out.take();
    octets += part.length;
    writing = write(part);
    // It is awaited with the next window; until then a failure is not "unhandled".
    writing.catch(() => undefined);
  };
  const { reader } = await feedWindows(file, {
    open: head => {
      copy = openCopy(head, plan);
      return copy;
    },
    // What is damaged was said by the analysis.
    warn: () => undefined,
    after: drain,
  }).catch(async error => {
    // Whoever gives up closes the file, which is not to happen under a write.
    await writing.catch(() => undefined);
    throw error;
  });
  await drain();
  await writing;
  // Cut before its first block or record is whole: a file of no octets is no capture.
  if (octets === 0) throw new InputError(`${file}: is cut so early that nothing of it can be copied`);
  return { frames: reader.frames, written: reader.written };
}
