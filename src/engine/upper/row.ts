import { thousands } from '../../base/numbers.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Stamp } from '../../model/tsdu.ts';
import type { ApduSummary } from '../../x400/summary.ts';
import type { Transfer } from './transfer.ts';
import type { Mutable } from './types.ts';

/** Seconds between two stamps. */
function between(a: Stamp, b: Stamp): number {
  return b.sec - a.sec + (b.nsec - a.nsec) / 1e9;
}

export interface Span {
  readonly direction: Direction;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly start: Stamp;
  readonly end: Stamp;
  readonly octets: number;
  readonly activity: string | null;
  readonly checkpoints: number;
  readonly confirmed: number | null;
}

/** The row of a message, probe or report from what its APDU says and how it travelled. */
export function messageRow(
  summary: ApduSummary | null,
  span: Span,
  stream: number,
  association: number,
  state: MessageState,
  why: string | null,
): Mutable<Message> {
  const seconds = Math.max(0, Math.round(between(span.start, span.end) * 1e9) / 1e9);
  return {
    kind: summary?.kind ?? 'message',
    localIdentifier: summary?.localIdentifier ?? null,
    mtsIdentifier: summary?.mtsIdentifier ?? null,
    subjectLocalIdentifier: summary?.subjectLocalIdentifier ?? null,
    subjectMtsIdentifier: summary?.subjectMtsIdentifier ?? null,
    originator: summary?.originator ?? null,
    recipients: summary?.recipients ?? [],
    priority: summary?.priority ?? null,
    contentType: summary?.contentType ?? null,
    size: summary?.size ?? null,
    octets: span.octets,
    stream,
    association,
    direction: span.direction,
    firstFrame: span.firstFrame,
    lastFrame: span.lastFrame,
    start: span.start,
    end: span.end,
    seconds,
    octetsPerSecond: seconds > 0 ? Math.round(span.octets / seconds) : null,
    activity: span.activity,
    checkpoints: span.checkpoints,
    confirmedCheckpoint: span.confirmed,
    state,
    why,
    answeredBy: null,
    ipm: summary?.ipm ?? null,
  };
}

/** "message [/C=IT/…/;980603.0913.07], 61,440 of 612,352 octets transferred, last confirmed checkpoint 4". */
export function inTransferText(transfer: Transfer, octets: number, summary: ApduSummary | null): string {
  const what =
    summary?.kind == null
      ? transfer.damaged !== null
        ? 'a message whose beginning is not in the capture'
        : 'an APDU'
      : `${summary.kind}${summary.mtsIdentifier === null ? '' : ` ${summary.mtsIdentifier}`}`;
  const total = transfer.total();
  const of = total === null ? '' : ` of ${thousands(total)}`;
  const checkpoint =
    transfer.confirmed === null ? 'no checkpoint confirmed' : `last confirmed checkpoint ${transfer.confirmed}`;
  return `${what}, ${thousands(octets)}${of} octets transferred, ${checkpoint}`;
}
