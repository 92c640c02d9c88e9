import type { LayerTree } from '../../model/field.ts';
import type { Direction } from '../../model/finding.ts';
import type { Association, Message } from '../../model/message.ts';
import type { Fault, Tsdu } from '../../model/tsdu.ts';

export interface UpperOptions {
  /**
   * `light`: who and how much, for the main job; of each APDU only the first octets are kept, and no APDU is decoded whole.
   * `rows`: every message with envelope, recipients and content. `full`: the same, held against the standards.
   */
  readonly level: 'light' | 'rows' | 'full';
  /** Show passwords in trees; otherwise they are withheld. */
  readonly showCredentials: boolean;
  /** Octets of one APDU that are kept at most (levels rows and full); the rest is counted, and the message is read from what is kept. */
  readonly maxApduBytes: number;
  /** Makes what reads the trees of an S7comm connection. Its tables take memory and time at the start: only those who show trees have it. */
  readonly s7Trees?: (showCredentials: boolean) => TreeReader;
}

/** Reads the PDUs of one connection field by field. */
export interface TreeReader {
  tree(t: Tsdu): LayerTree[];
  /** Octets were lost in this direction. */
  gap(direction: Direction): void;
}

/** One APDU or content as it was sent, handed over when it is complete (level full). `bytes` is valid during the call only. */
export interface SentApdu {
  /** The row that the APDU became; null for an APDU that is no message, probe or report. */
  readonly message: Message | null;
  readonly kind: 'apdu' | 'content';
  /** Whose type it is: an APDU of reliable transfer, or the argument of a submission or delivery, which P7 has from P3. */
  readonly protocol: 'P1' | 'P3';
  readonly bytes: Uint8Array;
  readonly stream: number;
  readonly direction: Direction;
}

/**
 * Where the results go.
 *
 * A `Message` is handed over once, when its transfer ends, under its number in order of these ends. What is known better of it
 * afterwards comes as a change: a later report sets `answeredBy`, and a resumption on another association turns `interrupted` into
 * `resumed`. An `Association` is handed over when it ends, so in order of the ends; `id` counts in order of the beginnings.
 */
export interface UpperSink {
  association(a: Association): void;
  message(number: number, m: Message): void;
  messageChange(number: number, known: Partial<Message>): void;
  fault(stream: number, f: Fault): void;
  apdu?(info: SentApdu): void;
}

/** A thing that may change after it was handed over. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What one transport connection's user needs to know about its surroundings. */
export interface Surroundings {
  readonly stream: number;
  /** [client, server] as the stream table names them. */
  readonly names: readonly [string, string];
  readonly options: UpperOptions;
  readonly sink: UpperSink;
}
