import type { FrameSink } from '../capture/reader.ts';
import { type AnalysisOptions, CaptureAnalysis } from '../engine/analysis.ts';
import type { BufferChange, PduRecord } from '../engine/sink.ts';
import { createShared, createUpper, type SentApdu } from '../engine/upper/index.ts';
import type { CaptureReport } from '../model/report.ts';
import type { SegmentWatch } from '../net/flows.ts';
import { feed } from '../source/feed.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { transportOptions } from './transport-options.ts';

/** Analyze captures one after the other; each report is complete when it is yielded. */
export async function* analyzeFiles(files: string[], options: AnalyzeOptions): AsyncGenerator<CaptureReport> {
  for (const file of files) yield await analyzeFile(file, options);
}

/** What a caller sees beside the report; each of these costs, so they are for those who show packets. */
export interface DetailOptions {
  /** Every TPKT with the trees of its layers. */
  readonly onPdu?: (pdu: PduRecord) => void;
  /** Every APDU or content as it was sent (level full). */
  readonly onApdu?: (apdu: SentApdu) => void;
  /** Every frame that is analyzed, before its octets are. */
  readonly onFrame?: FrameSink;
  /** Every TCP segment with its connection, before its octets are read. The segment is reused: nobody keeps it. */
  readonly onSegment?: SegmentWatch;
  /** Every change of what the emulated machines hold. */
  readonly onBuffers?: (change: BufferChange) => void;
  /** Awaited once a window of the input: here whoever listens writes out what has come so far. Rejects to stop reading. */
  readonly pause?: () => Promise<void>;
  readonly showCredentials?: boolean;
}

/** Octets of one APDU that are kept: the largest contents that a mail system takes, and room. */
const MAX_APDU = 64 << 20;

/** One capture. Throws `InputError` when it cannot be read at all. */
export async function analyzeFile(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<CaptureReport> {
  if (options.crossCheck) {
    const { crossCheck } = await import('../source/cross-check.ts');
    options.onCrossCheck?.(file, await crossCheck(file));
  }
  const analysis = startAnalysis(options, detail);
  const { reader, compressed, bytes } = await feed(file, {
    ports: analysis.ports,
    sink: detail.onFrame === undefined ? analysis.frames : both(detail.onFrame, analysis.frames),
    warn: analysis.warn,
    onProgress: options.onProgress,
    pause: detail.pause,
  });
  return analysis.finish(file, reader, bytes, compressed);
}

/** An analysis that waits for frames; for those who have the frames already. */
export function startAnalysis(options: AnalyzeOptions, detail: DetailOptions = {}): CaptureAnalysis {
  return new CaptureAnalysis(analysisOptions(options, detail));
}

export function analysisOptions(options: AnalyzeOptions, detail: DetailOptions = {}): AnalysisOptions {
  const shared = createShared();
  const upper = {
    level: options.level,
    showCredentials: detail.showCredentials ?? false,
    maxApduBytes: MAX_APDU,
  } as const;
  return {
    ...transportOptions(options),
    mta: options.mta,
    makeUpper: (stream, client, server, analysis) => {
      const sink = {
        association: analysis.addAssociation,
        message: analysis.addMessage,
        fault: analysis.addFault,
        ...(detail.onApdu === undefined ? {} : { apdu: detail.onApdu }),
      };
      return createUpper(stream, client, server, upper, sink, shared);
    },
    onPdu: detail.onPdu,
    onSegment: detail.onSegment,
    onBuffers: detail.onBuffers,
  };
}

function both(first: FrameSink, second: FrameSink): FrameSink {
  return {
    frame(no, sec, nsec, bytes, start, end, wireLength, linkType) {
      first.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
      second.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    },
  };
}
