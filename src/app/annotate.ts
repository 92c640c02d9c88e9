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
  /** Comments that the capture has already, as of an earlier run. */
  readonly there: number;
  /** Frames with findings that got no comment, since their blocks are damaged; ascending. */
  readonly unsound: readonly number[];
  /** Simple packet blocks that became enhanced ones to hold a comment. */
  readonly enhanced: number;
  /** Findings that name no frame of the file: those about the file itself. */
  readonly without: number;
}

/** What is said on a packet whose block had no time: a reader would take the one that is shown for its own. */
const NO_TIME = {
  borrowed:
    'mtascope: this packet has no time of its own (it was a simple packet block); the one shown is that of a packet beside it',
  none: 'mtascope: this packet has no time of its own (it was a simple packet block); 0 stands for none',
} as const;

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
  const timeless = { first: report.first, note: NO_TIME[report.first === null ? 'none' : 'borrowed'] };
  const plan: CopyPlan = { edits, rest: 'keep', strip: false, application, timeless };
  const { frames, written, there, unsound, enhanced } = await copyCapture(file, plan, write);
  if (frames !== report.frames) throw new InputError(`${file}: has changed while it was read`);
  const added = [...edits]
    .filter(([frame]) => !unsound.has(frame))
    .map(([frame, edit]) => [frame, edit.comments.length - (there.get(frame) ?? 0)] as const);
  return {
    report,
    frames: written,
    commented: added.flatMap(([frame, n]) => (n > 0 ? [frame] : [])).sort((a, b) => a - b),
    comments: added.reduce((sum, [, n]) => sum + n, 0),
    there: [...there.values()].reduce((sum, n) => sum + n, 0),
    unsound: [...unsound],
    enhanced,
    without: report.findings.filter(f => !f.frames.some(frame => edits.has(frame))).length,
  };
}

/** Copy a capture by plan. Returns what was met and what was written. */
export async function copyCapture(
  file: string,
  plan: CopyPlan,
  write: Write,
): Promise<Pick<CaptureCopy, 'frames' | 'written' | 'there' | 'unsound' | 'enhanced'>> {
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
  return reader;
}
