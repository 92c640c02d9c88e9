/**
 * How a value is known: D documented, I+ inferred from several independent sources, I inferred, H hypothesis, U unknown,
 * set: given by the user (a profile file or `--set`).
 */
export type Provenance = 'D' | 'I+' | 'I' | 'H' | 'U' | 'set';

/** The admissible values of a number: every integer from `min` to `max`. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** One number of the machine: what is taken, how it is known, and what else would be admissible. */
export interface Knob<T> {
  readonly value: T;
  readonly provenance: Provenance;
  /** Article, header or argument behind the value. */
  readonly source: string;
  /** Admissible values. One value (min = max, or a list of one) means: not free. */
  readonly range: [T] extends [number] ? Interval : readonly T[];
}

/** Up: part of an element counts as a whole one. Down: one buffer is in hand already, so that only further ones are asked for. */
export type Rounding = 'ceil' | 'floor';
/** What the length is that is divided by the element size: the whole TPKT, its TPDU (4 less) or the user data of a DT (7 less). */
export type LengthBasis = 'whole' | 'tpdu' | 'user-data';
export type Check = 'none' | 'strict';
/** When the buffers of a TPKT are given back: with the TSDU they belong to, or with each TPDU. */
export type Lifetime = 'tsdu' | 'tpdu';

/** The emulated buffer manager of one MTA version; see docs/mta.md for each field. */
export interface ProfileFields {
  /** Octets that one buffer element holds. */
  readonly elementDataBytes: Knob<number>;
  /** Octets of each element that are kept free for protocol headers. */
  readonly reservedPerElement: Knob<number>;
  readonly headersPerElement: Knob<number>;
  readonly lengthBasis: Knob<LengthBasis>;
  readonly rounding: Knob<Rounding>;
  /** The legal limit: the most elements that one request may ask for. */
  readonly maxElements: Knob<number>;
  readonly requestTrigger: Knob<'fourth-header-octet'>;
  /** Whether a header whose version octet is not 3 is refused instead of believed. */
  readonly versionCheck: Knob<Check>;
  /** Whether a TPKT longer than the negotiated TPDU size is refused instead of requested. */
  readonly tpduSizeCheck: Knob<Check>;
  readonly lifetime: Knob<Lifetime>;
  /** Configured TCP/IP control blocks: one listens, each connection takes one. */
  readonly controlBlocks: Knob<number>;
  /** Thread number in the bracket tail of events. Illustrative: real servers show many. */
  readonly threadNumber: Knob<number>;
  /** Whether the correction of Q182619 is in. */
  readonly fixed: Knob<boolean>;
}

export type FieldName = keyof ProfileFields;

export interface Profile {
  readonly name: string;
  /** The built-in profile that a profile file builds on; absent for the built-in ones. */
  readonly extends?: string;
  readonly title: string;
  /** MTA builds (Q163294) that the profile stands for. */
  readonly build: string;
  readonly fields: ProfileFields;
  /** Fields set by the user, as written: what the report names beside the profile. */
  readonly overrides: Readonly<Record<string, string>>;
}
