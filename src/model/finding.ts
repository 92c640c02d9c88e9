import type { Piece } from './origin.ts';

export type Severity = 'error' | 'warning' | 'note';

/** 0: client to server, 1: server to client. */
export type Direction = 0 | 1;

/** How many of the profile's admissible models call the request illegal. */
export type Models = 'all' | 'some' | 'none';

export interface LogEvent {
  /** Windows event id: 9404, 9215, 9156. */
  readonly id: number;
  readonly text: string;
  /** As in the tail: 10 audit, 12 and 14 warning, 16 fatal (Q149422). */
  readonly severity: number;
  /** Exception raised instead of the exit when `Raise Exception on fatal error` is 1 (Q149422); null for an event that ends nothing. */
  readonly exception: string | null;
}

/** What a 9404 claim says beyond any other finding (mta-model: the request, the header, the disturbance). */
export interface RequestEvidence {
  /** Frames that carry the four header octets, ascending. */
  readonly headerFrames: number[];
  /** The four octets that were read as a TPKT header, lower-case hex. */
  readonly headerOctets: string;
  /** Where those octets stand: frame and offset within the frame. */
  readonly headerPieces: Piece[];
  /** Offset of the header in the reassembled direction, 0-based. */
  readonly streamOffset: number;
  readonly declaredLength: number;
  readonly headers: number;
  readonly elements: number;
  readonly models: Models;
  /** Smallest and largest element count over the admissible models. */
  readonly elementsRange: [number, number];
  /** Octets by which the declared length may shrink before the verdict's zone changes. */
  readonly margin: number;
  readonly assumptions: string[];
  readonly profile: string;
  /** Where the header begins of the TPKT whose declared length did not match what followed; null when framing was sound up to here. */
  readonly disturbanceFrame: number | null;
  readonly disturbance: Disturbance | null;
  /** The receiving host. */
  readonly victim: string;
  readonly event: LogEvent;
  /** What was in transfer, when the upper layers know it (association, message, octets, last confirmed checkpoint). */
  readonly hits: string | null;
}

export interface Disturbance {
  readonly frame: number;
  readonly streamOffset: number;
  readonly declaredLength: number;
  /** Offset in the direction at which the next TPKT really begins, when one was found on evidence. */
  readonly trueBoundary: number | null;
}

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly stream: number | null;
  readonly direction: Direction | null;
  /** The frame to look at first (for a 9404 the request frame); null for a finding about the whole capture. */
  readonly frame: number | null;
  /** Every frame that the finding names, ascending: what `annotate` comments and SARIF locates. */
  readonly frames: readonly number[];
  /** One sentence: what. */
  readonly message: string;
  /** Why, how it is known, what is assumed. */
  readonly explanation: string;
  /** A Wireshark display filter that shows it; empty for findings without a frame. */
  readonly filter: string;
  /** The standard's clause or the article behind the rule. */
  readonly clause: string | null;
  /** How many times the same condition was met on this stream and direction, or on several where `stream` is null (the first is reported). */
  readonly count: number;
  /** Stable over a re-capture of the same conversation: no frame number, time, address or port goes into it. */
  readonly fingerprint: string;
  readonly request?: RequestEvidence;
  readonly event?: LogEvent;
}
