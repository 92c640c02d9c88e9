import { CaptureAnalysis } from '../engine/analysis.ts';
import type { PduRecord } from '../engine/sink.ts';
import { createShared, createUpper, type SentApdu } from '../engine/upper/index.ts';
import type { FrameSink } from '../capture/reader.ts';
import type { CaptureReport } from '../model/report.ts';
import { feed } from '../source/feed.ts';
import type { AnalyzeOptions } from './analyzer.ts';

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
  const ports = options.anyPort ? null : portMap(options.ports);
  const shared = createShared();
  const upper = {
    level: options.level,
    showCredentials: detail.showCredentials ?? false,
    maxApduBytes: MAX_APDU,
  } as const;
  const analysis: CaptureAnalysis = new CaptureAnalysis({
    ports,
    mta: options.mta,
    profile: options.profile,
    keepGoing: options.keepGoing,
    makeUpper: (stream, client, server) => {
      const sink = {
        association: analysis.addAssociation,
        message: analysis.addMessage,
        fault: analysis.addFault,
        ...(detail.onApdu === undefined ? {} : { apdu: detail.onApdu }),
      };
      return createUpper(stream, client, server, upper, sink, shared);
    },
    onPdu: detail.onPdu,
  });
  const { reader, compressed, bytes } = await feed(file, {
    ports,
    sink: detail.onFrame === undefined ? analysis.frames : both(detail.onFrame, analysis.frames),
    warn: analysis.warn,
    onProgress: options.onProgress,
  });
  return analysis.finish(file, reader, bytes, compressed);
}

function both(first: FrameSink, second: FrameSink): FrameSink {
  return {
    frame(no, sec, nsec, bytes, start, end, wireLength, linkType) {
      first.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
      second.frame(no, sec, nsec, bytes, start, end, wireLength, linkType);
    },
  };
}

function portMap(ports: readonly number[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}
