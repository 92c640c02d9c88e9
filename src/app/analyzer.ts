import type { CaptureReport, Section } from '../model/report.ts';
import type { Profile } from '../mta/knobs.ts';
import type { CrossCheck } from '../source/cross-check.ts';

/** The TCP port that RFC 1006 §4 gives to ISO transport. */
export const ISO_TRANSPORT = 102;

/** How captures are to be read and judged. */
export interface AnalyzeOptions {
  /** TCP ports of ISO transport; never empty. */
  readonly ports: readonly number[];
  /** Find TPKT streams on other ports by evidence. */
  readonly anyPort: boolean;
  /** Addresses of MTA hosts; when empty, hosts with X.400 or OSI-session evidence count. */
  readonly mta: readonly string[];
  readonly profile: Profile;
  /** List what would follow a fatal event as if the machine had not stopped. */
  readonly keepGoing: boolean;
  /**
   * `light`: up to the transport and the emulated machine. `rows`: associations and messages too, but nothing is judged, so that a
   * report has no findings and no events. `full`: everything.
   */
  readonly level: 'light' | 'rows' | 'full';
  /** The sections that are read of each report; the others may be empty. Absent: all. */
  readonly sections?: readonly Section[];
  /** Read classic pcap with the second reader too; a disagreement is an `InputError`. */
  readonly crossCheck: boolean;
  /** What the second reader said of a file. */
  readonly onCrossCheck?: (file: string, result: CrossCheck) => void;
  /** Octets read of the file at hand and its size (null for pipes). Called some times a second at most. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
}

/**
 * Analyzes files one after the other, in the given order; `-` is standard input. Rejects with `InputError` at the first that can't be
 * read at all. Damage inside a capture is no error: it is in the report's `warnings`.
 */
export type Analyze = (files: string[], options: AnalyzeOptions) => AsyncIterable<CaptureReport>;
