import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import { portMap } from '../capture/select.ts';
import type { AnalysisOptions } from '../engine/analysis.ts';
import type { BufferChange, FramingMark, PduRecord } from '../engine/sink.ts';
import { createShared, createUpper, type SentApdu, type UpperOptions } from '../engine/upper/index.ts';
import type { Section } from '../model/report.ts';
import type { Lines } from '../model/rows.ts';
import type { SegmentWatch, UnreachableWatch } from '../net/flows.ts';
import { ASSOCIATION_TEXT, MESSAGE_TEXT, STREAM_TEXT } from '../report/json.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** Octets of one APDU that are kept: the largest contents that a mail system takes, and room. */
const MAX_APDU = 64 << 20;

/** What a caller sees beside the report; each of these costs, so they are for those who show packets. */
export interface DetailOptions {
  /** Every TPKT with the trees of its layers. */
  readonly onPdu?: (pdu: PduRecord) => void;
  /** Every APDU or content as it was sent (level full). */
  readonly onApdu?: (apdu: SentApdu) => void;
  /** Every frame that is analyzed, before its octets are. */
  readonly onFrame?: FrameSink;
  /** The reader of the capture, before it has read any frame. */
  readonly onReader?: (reader: CaptureReader) => void;
  /** Every TCP segment with its connection, before its octets are read. The segment is reused: nobody keeps it. */
  readonly onSegment?: SegmentWatch;
  /** Every ICMP message about the SYN of a connection. It is reused as well. */
  readonly onUnreachable?: UnreachableWatch;
  /** Every change of what the emulated machines hold. */
  readonly onBuffers?: (change: BufferChange) => void;
  /** Every run of octets that told where TPKTs begin and what is in them, beside those with a tree. */
  readonly onFraming?: (mark: FramingMark) => void;
  /** Awaited once a window of the input: here whoever listens writes out what has come so far. Rejects to stop reading. */
  readonly pause?: () => Promise<void>;
  readonly showCredentials?: boolean;
  /** What reads the trees of S7comm: `analyzeFile` loads it where trees are wanted. */
  readonly s7Trees?: NonNullable<UpperOptions['s7Trees']>;
}

/** What the analysis of one capture has to know, its users included. */
export function analysisOptions(
  options: AnalyzeOptions,
  detail: DetailOptions,
  makeLines: (() => Lines) | null,
): AnalysisOptions {
  const { sections } = options;
  const keep = (section: Section): boolean => sections === undefined || sections.includes(section);
  const shared = createShared();
  const upper = {
    level: options.level,
    showCredentials: detail.showCredentials ?? false,
    maxApduBytes: MAX_APDU,
    ...(detail.s7Trees === undefined ? {} : { s7Trees: detail.s7Trees }),
  } as const;
  const named = portMap(options.ports);
  return {
    ports: options.anyPort ? null : named,
    named,
    profile: options.profile,
    keepGoing: options.keepGoing,
    judge: options.level !== 'rows',
    mta: options.mta,
    keep,
    aside:
      makeLines === null
        ? null
        : {
            streams: { lines: makeLines(), written: STREAM_TEXT },
            associations: { lines: makeLines(), written: ASSOCIATION_TEXT },
            messages: { lines: makeLines(), written: MESSAGE_TEXT },
          },
    makeUpper: (stream, client, server, analysis) => {
      const sink = {
        association: analysis.addAssociation,
        message: analysis.addMessage,
        messageChange: analysis.changeMessage,
        fault: analysis.addFault,
        ...(detail.onApdu === undefined ? {} : { apdu: detail.onApdu }),
      };
      return createUpper(stream, client, server, upper, sink, shared);
    },
    onPdu: detail.onPdu,
    onSegment: detail.onSegment,
    onUnreachable: detail.onUnreachable,
    onBuffers: detail.onBuffers,
    onFraming: detail.onFraming,
  };
}
