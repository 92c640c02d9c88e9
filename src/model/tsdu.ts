import type { LayerTree } from './field.ts';
import type { Direction } from './finding.ts';
import type { Origin } from './origin.ts';

/** A point in capture time. Two integers, since nanoseconds since 1970 do not fit a double. */
export interface Stamp {
  readonly sec: number;
  readonly nsec: number;
}

/** Negative when `a` is before `b`, as `sort` wants it. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.sec - b.sec || a.nsec - b.nsec;
}

/** A frame and its time. */
export interface Sighting {
  readonly frame: number;
  readonly time: Stamp;
}

/**
 * One TSDU as the transport hands it up. `bytes` is only valid during the call: whoever keeps octets copies them.
 */
export interface Tsdu {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly direction: Direction;
  /** Frame that carries the first octet, and the frame whose arrival completed the TSDU. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly time: Stamp;
  /** The other side acknowledged all of it before: what it sent since stands too early in the capture. */
  readonly late: boolean;
  /** Positions are indices of `bytes`. Null in runs that did not ask for provenance. */
  readonly origin: Origin | null;
  /** Present in detail runs: the consumer appends the trees of the layers it read, outermost first. */
  readonly trees: LayerTree[] | null;
}

/** What a layer reports as wrong; the engine adds stream and rule text. `data` fills the rule's message template. */
export interface Fault {
  readonly code: string;
  readonly direction: Direction;
  readonly frame: number;
  readonly detail: string;
}

/** A user of the transport service on one connection: OSI session and above, S7comm, T.125 … */
export interface TransportUser {
  /** Short name for the stream table: "P1 (1988)", "P1 (1984)", "P3", "MMS", "FTAM", "S7comm", … Empty while undecided. */
  readonly protocol: string;
  /** True once there is X.400 or undetermined OSI-session evidence: the hosts may be MTAs. */
  readonly mtaEvidence: boolean;
  tsdu(t: Tsdu): void;
  /**
   * Octets were lost in this direction before `frame`: what is in progress cannot be complete. Where `excess` is a number none are
   * missing, but the framing was lost, and so many at the end of the last TSDU are none of it.
   */
  gap(direction: Direction, frame: number, excess: number | null): void;
  /** The connection below has ended: what was under way is interrupted. Segments that were late may still bring TSDUs of it. */
  ended?(how: 'fin' | 'rst', frame: number, time: Stamp): void;
  /** The transport connection ended (or the capture did: `how` = 'eof'), and nothing follows any more. Called once. */
  close(how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void;
  /**
   * What is in transfer in this direction right now, in words, or null: "MTA-A → MTA-B, message …, 61,440 octets, checkpoint 4".
   * `excess` octets at the end of the last TSDU seem to be none of it.
   */
  inTransfer(direction: Direction, excess: number): string | null;
}
