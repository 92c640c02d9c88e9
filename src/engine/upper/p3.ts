import { integer, oid, readTlv, stringOctets, type Tlv } from '../../asn1/ber.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState, Recipient } from '../../model/message.ts';
import { contentTypeText } from '../../x400/content.ts';
import { summarizeContent } from '../../x400/ipm.ts';
import { type ApduSummary, mtsIdentifier } from '../../x400/message.ts';
import { orName } from '../../x400/oraddress.ts';
import type { AssociationState } from './association.ts';
import type { RosPdu } from './ros.ts';
import { messageRow } from './row.ts';
import type { When } from './rts.ts';
import type { Shared } from './shared.ts';
import type { Mutable, Surroundings } from './types.ts';

const MESSAGE_SUBMISSION = 3;
const PROBE_SUBMISSION = 4;
const MESSAGE_DELIVERY = 5;
const REPORT_DELIVERY = 6;

/** Submissions and deliveries that wait for their result. */
const MOST_WAITING = 1024;

interface Pending {
  readonly summary: Mutable<ApduSummary>;
  readonly direction: Direction;
  readonly begun: When;
  readonly octets: number;
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

  constructor(around: Surroundings, shared: Shared, state: AssociationState) {
    this.around = around;
    this.shared = shared;
    this.state = state;
  }

  pdu(pdu: RosPdu, bytes: Uint8Array, direction: Direction, at: When, octets: number): void {
    if (pdu.kind === 'invoke') {
      if (pdu.invokeId === null || pdu.end <= pdu.start || typeof pdu.code !== 'number') return;
      const summary = readArgument(pdu.code, bytes, pdu.start, pdu.end);
      if (summary === null) return;
      if (this.pending.size >= MOST_WAITING) this.pending.delete(this.pending.keys().next().value!);
      this.pending.set(`${direction} ${pdu.invokeId}`, { summary, direction, begun: at, octets });
      return;
    }
    const asked: Direction = direction === 0 ? 1 : 0;
    const key = `${asked} ${pdu.invokeId}`;
    const waiting = this.pending.get(key);
    if (waiting === undefined) return;
    this.pending.delete(key);
    if (pdu.kind === 'result') {
      const submission = pdu.answers?.operation === MESSAGE_SUBMISSION || pdu.answers?.operation === PROBE_SUBMISSION;
      if (submission) takeIdentifier(waiting.summary, bytes, pdu.start, pdu.end);
      this.emit(waiting, 'complete', null, at);
    } else this.emit(waiting, 'discarded', `refused by the other side: ${pdu.detail ?? pdu.type}`, at);
  }

  /** The association is over: what was not answered may or may not have arrived. */
  close(at: When): void {
    for (const waiting of this.pending.values())
      this.emit(waiting, 'interrupted', 'the association ended before the operation was answered', at);
    this.pending.clear();
  }

  private emit(waiting: Pending, state: MessageState, why: string | null, at: When): void {
    const span = {
      direction: waiting.direction,
      firstFrame: waiting.begun.frame,
      lastFrame: Math.max(waiting.begun.frame, at.frame),
      start: waiting.begun.time,
      end: at.time,
      octets: waiting.octets,
      activity: null,
      checkpoints: 0,
      confirmed: null,
    };
    const row: Mutable<Message> = messageRow(waiting.summary, span, this.around.stream, this.state.id, state, why);
    if (state === 'complete') this.state.messages[waiting.direction]++;
    this.shared.register(row);
    this.around.sink.message(row);
  }
}

function empty(kind: Message['kind']): Mutable<ApduSummary> {
  return {
    kind,
    truncated: false,
    ...{ localIdentifier: null, mtsIdentifier: null, subjectLocalIdentifier: null, subjectMtsIdentifier: null },
    ...{ originator: null, recipients: [], priority: null, contentType: null, size: null, ipm: null },
  };
}

/** The argument of an operation that carries a message, probe or report; null for others. */
function readArgument(operation: number, bytes: Uint8Array, start: number, end: number): Mutable<ApduSummary> | null {
  const argument = readTlv(bytes, start, end);
  if (argument === null) return null;
  switch (operation) {
    case MESSAGE_SUBMISSION: {
      const summary = empty('message');
      summary.priority = 'normal';
      const [envelope, content] = pair(bytes, argument);
      const type = envelope === null ? null : submission(bytes, envelope, summary);
      if (content !== null) withContent(summary, type, bytes, content);
      return summary;
    }
    case PROBE_SUBMISSION: {
      const summary = empty('probe');
      // The argument is the envelope itself, in some implementations inside a SEQUENCE.
      const envelope = argument.tag === 16 ? pair(bytes, argument)[0] : argument;
      if (envelope !== null) submission(bytes, envelope, summary);
      return summary;
    }
    case MESSAGE_DELIVERY:
      return delivery(bytes, argument);
    case REPORT_DELIVERY:
      return reportDelivery(bytes, argument);
    default:
      return null;
  }
}

function pair(bytes: Uint8Array, outer: Tlv): [Tlv | null, Tlv | null] {
  const first = readTlv(bytes, outer.content, outer.contentEnd);
  return [first, first === null ? null : readTlv(bytes, first.end, outer.contentEnd)];
}

function* parts(bytes: Uint8Array, outer: Tlv): Generator<Tlv> {
  for (let at = outer.content; at < outer.contentEnd; ) {
    const part = readTlv(bytes, at, outer.contentEnd)!;
    at = part.end;
    yield part;
  }
}

function withContent(
  summary: Mutable<ApduSummary>,
  type: number | string | null,
  bytes: Uint8Array,
  content: Tlv,
): void {
  if (content.cls !== 0 || content.tag !== 4) return;
  summary.size = content.constructed ? stringOctets(bytes, content).length : content.contentEnd - content.content;
  summary.ipm = summarizeContent(type, bytes, content);
}

const PRIORITIES = ['normal', 'non-urgent', 'urgent'] as const;

/** MessageSubmissionEnvelope and ProbeSubmissionEnvelope: SET, members in any order. */
function submission(bytes: Uint8Array, envelope: Tlv, summary: Mutable<ApduSummary>): number | string | null {
  let type: number | string | null = null;
  for (const part of parts(bytes, envelope)) {
    if (part.cls === 1 && part.tag === 0) summary.originator = orName(bytes, part);
    else if (part.cls === 1 && part.tag === 6) type = small(bytes, part);
    else if (part.cls === 0 && part.tag === 6) type = oid(bytes, part.content, part.contentEnd);
    else if (part.cls === 1 && part.tag === 7) summary.priority = PRIORITIES[small(bytes, part) ?? 0] ?? null;
    else if (part.cls === 2 && part.tag === 0 && summary.kind === 'probe') summary.size = small(bytes, part);
    else if (part.cls === 2 && part.tag === 1) {
      for (const one of parts(bytes, part)) {
        const recipient = submitted(bytes, one);
        if (recipient !== null) summary.recipients.push(recipient);
      }
    }
  }
  if (type !== null) summary.contentType = contentTypeText(type);
  return type;
}

/** PerRecipientSubmissionFields: [0] originator-report-request, bits 3 and 4. */
function submitted(bytes: Uint8Array, fields: Tlv): Recipient | null {
  let address: string | null = null;
  const requested: string[] = [];
  for (const part of parts(bytes, fields)) {
    if (part.cls === 1 && part.tag === 0) address = orName(bytes, part);
    else if (part.cls === 2 && part.tag === 0 && part.contentEnd - part.content >= 2) {
      const octet = bytes[part.content + 1]!;
      if (octet & 0x10) requested.push('report');
      if (octet & 0x08) requested.push('non-delivery-report');
      if ((octet & 0x18) === 0) requested.push('none');
    }
  }
  return address === null ? null : { address, number: null, requested, outcome: null };
}

/** MessageDeliveryArgument: SEQUENCE { delivery-id, time, other fields SET, content } or with the envelope in a SEQUENCE of its own. */
function delivery(bytes: Uint8Array, argument: Tlv): Mutable<ApduSummary> {
  const summary = empty('message');
  summary.priority = 'normal';
  let type: number | string | null = null;
  const walk = (list: Tlv, depth: number): void => {
    for (const part of parts(bytes, list)) {
      if (part.cls === 1 && part.tag === 4)
        [summary.mtsIdentifier, summary.localIdentifier] = mtsIdentifier(bytes, part);
      else if (part.cls === 0 && part.tag === 16 && depth < 2) walk(part, depth + 1);
      else if (part.cls === 0 && part.tag === 17) type = otherFields(bytes, part, summary);
      else withContent(summary, type, bytes, part);
    }
  };
  walk(argument, 0);
  if (type !== null) summary.contentType = contentTypeText(type);
  return summary;
}

/** OtherMessageDeliveryFields: [0] or OID content type, originator, priority, [4] this-recipient-name. */
function otherFields(bytes: Uint8Array, fields: Tlv, summary: Mutable<ApduSummary>): number | string | null {
  let type: number | string | null = null;
  for (const part of parts(bytes, fields)) {
    if (part.cls === 2 && part.tag === 0) type = small(bytes, part);
    else if (part.cls === 0 && part.tag === 6) type = oid(bytes, part.content, part.contentEnd);
    else if (part.cls === 1 && part.tag === 0) summary.originator = orName(bytes, part);
    else if (part.cls === 1 && part.tag === 7) summary.priority = PRIORITIES[small(bytes, part) ?? 0] ?? null;
    else if (part.cls === 2 && part.tag === 4) {
      summary.recipients.push({ address: orName(bytes, part), number: null, requested: [], outcome: null });
    }
  }
  return type;
}

/** ReportDeliveryArgument: SET { subject-identifier, …, SEQUENCE OF per-recipient fields }. */
function reportDelivery(bytes: Uint8Array, argument: Tlv): Mutable<ApduSummary> {
  const summary = empty('report');
  for (const part of parts(bytes, argument)) {
    if (part.cls === 1 && part.tag === 4) {
      [summary.subjectMtsIdentifier, summary.subjectLocalIdentifier] = mtsIdentifier(bytes, part);
    } else if (part.cls === 0 && part.tag === 16) {
      for (const one of parts(bytes, part)) {
        for (const field of parts(bytes, one)) {
          if (field.cls !== 2 || field.tag !== 0) continue;
          summary.recipients.push({ address: orName(bytes, field), number: null, requested: [], outcome: null });
        }
      }
    }
  }
  return summary;
}

/** MessageSubmissionResult, ProbeSubmissionResult: SET with the MTS identifier that the MTS gave. */
function takeIdentifier(summary: Mutable<ApduSummary>, bytes: Uint8Array, start: number, end: number): void {
  const result = end > start ? readTlv(bytes, start, end) : null;
  if (result === null) return;
  for (const part of parts(bytes, result)) {
    if (part.cls === 1 && part.tag === 4) [summary.mtsIdentifier, summary.localIdentifier] = mtsIdentifier(bytes, part);
  }
}

function small(bytes: Uint8Array, tlv: Tlv): number | null {
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}
