import { stringOctets } from '../../asn1/contents.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Sighting } from '../../model/tsdu.ts';
import type { ApduSummary } from '../../x400/summary.ts';
import type { AssociationState } from './association.ts';
import { Extent } from './extent.ts';
import { type Argument, MESSAGE_SUBMISSION, PROBE_SUBMISSION, readArgument, takeIdentifier } from './p3-arguments.ts';
import type { RosPdu } from './ros.ts';
import { messageRow } from './row.ts';
import type { Shared } from './shared.ts';
import type { Mutable, Surroundings } from './types.ts';

/** Submissions and deliveries that wait for their result. */
const MOST_WAITING = 1024;

interface Pending {
  readonly summary: Mutable<ApduSummary>;
  readonly direction: Direction;
  readonly begun: Sighting;
  readonly octets: number;
  /** The argument as it was sent, for whoever takes APDUs; else null. */
  readonly sent: Sent | null;
}

interface Sent {
  readonly argument: Uint8Array;
  /** The contents of the content's OCTET STRING; null for probes and reports. */
  readonly content: Uint8Array | null;
}

/**
 * Messages on the access protocols P3 and P7 (X.411 §8): a submission or delivery is a message that is transferred when its result
 * comes back, which for a submission also brings the MTS identifier.
 */
export class P3Messages {
  private readonly around: Surroundings;
  private readonly shared: Shared;
  private readonly state: AssociationState;
  private readonly pending = new Map<string, Pending>();
  /** Octets of the arguments that are kept until their result comes. */
  private held = 0;

  constructor(around: Surroundings, shared: Shared, state: AssociationState) {
    this.around = around;
    this.shared = shared;
    this.state = state;
  }

  /** True for an invocation that becomes a row, so that its octets are handed over with that. */
  pdu(pdu: RosPdu, bytes: Uint8Array, direction: Direction, at: Sighting, octets: number): boolean {
    if (pdu.kind === 'invoke') return this.invoke(pdu, bytes, direction, at, octets);
    this.answer(pdu, bytes, direction, at);
    return false;
  }

  private invoke(pdu: RosPdu, bytes: Uint8Array, direction: Direction, at: Sighting, octets: number): boolean {
    if (pdu.invokeId === null || pdu.end <= pdu.start || typeof pdu.code !== 'number') return false;
    const argument = readArgument(pdu.code, bytes, pdu.start, pdu.end);
    if (argument === null) return false;
    const oldest = this.pending.size >= MOST_WAITING ? this.pending.keys().next().value : undefined;
    if (oldest !== undefined) this.take(oldest);
    const key = `${direction} ${pdu.invokeId}`;
    this.take(key);
    const sent = this.keep(argument, bytes, pdu.start, pdu.end);
    this.pending.set(key, { summary: argument.summary, direction, begun: at, octets, sent });
    return true;
  }

  /** A copy, for the octets are only lent and the identifier comes with the result; all copies together are bounded. */
  private keep({ content }: Argument, bytes: Uint8Array, start: number, end: number): Sent | null {
    const { sink, options } = this.around;
    if (sink.apdu === undefined || options.level !== 'full') return null;
    if (this.held + end - start > options.maxApduBytes) return null;
    this.held += end - start;
    return {
      argument: new Uint8Array(bytes.subarray(start, end)),
      content: content === null ? null : new Uint8Array(stringOctets(bytes, content)),
    };
  }

  private take(key: string): Pending | undefined {
    const waiting = this.pending.get(key);
    this.pending.delete(key);
    this.held -= waiting?.sent?.argument.length ?? 0;
    return waiting;
  }

  private answer(pdu: RosPdu, bytes: Uint8Array, direction: Direction, at: Sighting): void {
    const asked: Direction = direction === 0 ? 1 : 0;
    const waiting = this.take(`${asked} ${pdu.invokeId}`);
    if (waiting === undefined) return;
    if (pdu.kind === 'result') {
      const submission = pdu.answers?.operation === MESSAGE_SUBMISSION || pdu.answers?.operation === PROBE_SUBMISSION;
      if (submission) takeIdentifier(waiting.summary, bytes, pdu.start, pdu.end);
      this.emit(waiting, 'complete', null, at);
    } else this.emit(waiting, 'discarded', `refused by the other side: ${pdu.detail ?? pdu.type}`, at);
  }

  /**
   * The association is over: what was not answered may or may not have arrived.
   * @param whole nothing that was said is missing in the capture
   */
  close(at: Sighting, whole: boolean): void {
    const why = whole ? 'the association ended before the operation was answered' : 'no answer to it is in the capture';
    for (const waiting of this.pending.values()) this.emit(waiting, 'interrupted', why, at);
    this.pending.clear();
  }

  private emit(waiting: Pending, state: MessageState, why: string | null, at: Sighting): void {
    const extent = new Extent(waiting.begun.frame, waiting.begun.time);
    extent.touch(at.frame, at.time);
    const span = {
      ...extent,
      direction: waiting.direction,
      octets: waiting.octets,
      activity: null,
      checkpoints: 0,
      confirmed: null,
    };
    const row = messageRow(waiting.summary, span, this.around.stream, this.state.id, state, why);
    if (state === 'complete') this.state.messages[waiting.direction]++;
    this.shared.hand(row, this.around.sink);
    if (state === 'complete' && waiting.sent !== null) this.handOver(row, waiting.direction, waiting.sent);
  }

  private handOver(message: Message, direction: Direction, { argument, content }: Sent): void {
    const { sink, stream } = this.around;
    const sent = { message, protocol: 'P3', stream, direction } as const;
    sink.apdu?.({ ...sent, kind: 'apdu', bytes: argument });
    if (content !== null) sink.apdu?.({ ...sent, kind: 'content', bytes: content });
  }
}
