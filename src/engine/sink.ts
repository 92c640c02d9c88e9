import type { LayerTree } from '../model/field.ts';
import type { Direction, Disturbance } from '../model/finding.ts';
import type { Piece } from '../model/origin.ts';
import type { Stamp } from '../model/tsdu.ts';
import type { Assessment } from '../mta/request.ts';

/**
 * A request that some admissible model may call illegal, or whose outcome is not known, as the framing met it; the verdict waits for the
 * host's evidence.
 */
export interface RequestCandidate {
  readonly stream: number;
  readonly direction: Direction;
  /** The frame whose arrival made the fourth header octet readable. */
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly receiver: string;
  readonly streamOffset: number;
  readonly declaredLength: number;
  readonly octets: string;
  readonly pieces: Piece[];
  readonly assessment: Assessment;
  readonly tpduSize: number | null;
  /** The TPKT whose length led the machine to it, when the framing knew one. */
  previous: Disturbance | null;
  /** The header was not where a TPKT begins, as far as the evidence goes. */
  misread: boolean;
  /** The TPKT's own length did not match what followed. */
  dishonest: boolean;
  trueBoundary: number | null;
  /** Segments of the receiver that were seen before it. */
  readonly answers: number;
  /** Frames in which octets that the machine has to have read for it came again before they were acknowledged; null when none did. */
  again: { readonly first: number; readonly last: number; readonly count: number } | null;
  /** Its stream turned out to be no ISO transport (`--any-port`), or that of a protocol which no MTA speaks. */
  withdrawn: boolean;
  /** Requests of the same direction behind it that are not kept. */
  unlisted: number;
  /** What was in transfer at that moment, in words, once its user has told. */
  hits: string | null;
}

/** A TPKT with everything it carries, for those who show packets. Octets are copies: they may be kept. */
export interface PduRecord {
  readonly stream: number;
  readonly direction: Direction;
  readonly streamOffset: number;
  readonly length: number;
  /** Frame that completed it. */
  readonly frame: number;
  /** Where its octets stand. */
  readonly pieces: Piece[];
  /** tpkt, cotp and, in the TPKT that completes a TSDU, the layers above over their own (reassembled) octets. */
  readonly trees: LayerTree[];
}

/** What an emulated machine holds for one direction of a connection changed. Counts are those after the change. */
export interface BufferChange {
  readonly stream: number;
  readonly direction: Direction;
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  /** `request`: four header octets were read. `hand-over`: the TPDU is complete. `close`: the connection is gone. */
  readonly kind: 'request' | 'hand-over' | 'close';
  readonly receiver: string;
  readonly streamOffset: number;
  /** Declared length of the header; 0 for the other kinds. */
  readonly length: number;
  /** Elements that were asked for or given back. */
  readonly elements: number;
  /** Elements that the machine holds for this connection, and over all its connections. */
  readonly held: number;
  readonly machineHeld: number;
  readonly controlBlocks: number;
}

/**
 * Octets of a direction that decided where TPKTs begin and what is in them: a header right or wrong, the beginning of a TPDU behind it,
 * the sign of a user that has no X.224 there.
 */
export interface FramingMark {
  readonly stream: number;
  readonly direction: Direction;
  readonly streamOffset: number;
  readonly length: number;
}

/** What the engine reports while it reads. */
export interface EngineSink {
  /** `code` is a rule; `time` is told where an event follows from it. */
  condition(
    code: string,
    stream: number,
    direction: Direction | null,
    frame: number,
    detail: string,
    time?: Stamp,
  ): void;
  /** Returns the number of the candidate among those of the capture; -1 when nobody asks for it. */
  request(candidate: RequestCandidate): number;
  /** Present in detail runs only. */
  pdu?: ((pdu: PduRecord) => void) | undefined;
  /** Present where somebody draws what the machines hold. */
  buffers?: ((change: BufferChange) => void) | undefined;
  /** Present where somebody has to know which octets told where TPKTs begin and what is in them, those with a tree apart. */
  framing?: ((mark: FramingMark) => void) | undefined;
}
