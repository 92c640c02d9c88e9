import { readTlv, type Tlv } from '../../asn1/ber.ts';
import { leadingBits, oid, stringOctets } from '../../asn1/contents.ts';
import type { Recipient } from '../../model/message.ts';
import { text } from '../../x400/address-parts.ts';
import { contentTypeText } from '../../x400/content.ts';
import { mtsIdentifier, priority } from '../../x400/envelope.ts';
import { summarizeContent } from '../../x400/ipm.ts';
import { orName } from '../../x400/oraddress.ts';
import { reportedOutcome, wrappedName } from '../../x400/report.ts';
import { type Draft, emptySummary } from '../../x400/summary.ts';
import { small } from './elements.ts';

/** Local operation codes of the MTS abstract service (X.419). */
export const MESSAGE_SUBMISSION = 3;
export const PROBE_SUBMISSION = 4;
const MESSAGE_DELIVERY = 5;
const REPORT_DELIVERY = 6;

/** What an operation submits or delivers. */
export interface Argument {
  readonly summary: Draft;
  readonly content: Tlv | null;
}

/** The argument of an operation that carries a message, probe or report; null for others. */
export function readArgument(operation: number, bytes: Uint8Array, start: number, end: number): Argument | null {
  const argument = readTlv(bytes, start, end);
  if (argument === null) return null;
  switch (operation) {
    case MESSAGE_SUBMISSION: {
      const summary = emptySummary('message');
      summary.priority = 'normal';
      const [envelope, content] = pair(bytes, argument);
      const type = envelope === null ? null : submission(bytes, envelope, summary);
      return { summary, content: withContent(summary, type, bytes, content) };
    }
    case PROBE_SUBMISSION: {
      const summary = emptySummary('probe');
      // The argument is the envelope itself, in some implementations inside a SEQUENCE.
      const envelope = argument.tag === 16 ? pair(bytes, argument)[0] : argument;
      if (envelope !== null) submission(bytes, envelope, summary);
      return { summary, content: null };
    }
    case MESSAGE_DELIVERY:
      return delivery(bytes, argument);
    case REPORT_DELIVERY:
      return { summary: reportDelivery(bytes, argument), content: null };
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

/** Takes note of the content, if that is what this element is. */
function withContent(summary: Draft, type: number | string | null, bytes: Uint8Array, content: Tlv | null): Tlv | null {
  if (content === null || content.cls !== 0 || content.tag !== 4) return null;
  summary.size = content.constructed ? stringOctets(bytes, content).length : content.contentEnd - content.content;
  summary.ipm = summarizeContent(type, bytes, content);
  return content;
}

/** MessageSubmissionEnvelope and ProbeSubmissionEnvelope: SET, members in any order; each has another tag for per-recipient-fields. */
function submission(bytes: Uint8Array, envelope: Tlv, summary: Draft): number | string | null {
  let type: number | string | null = null;
  const fields = summary.kind === 'probe' ? 3 : 1;
  for (const part of parts(bytes, envelope)) {
    if (part.cls === 1 && part.tag === 0) summary.originator = orName(bytes, part);
    else if (part.cls === 1 && part.tag === 6) type = small(bytes, part);
    else if (part.cls === 0 && part.tag === 6) type = oid(bytes, part.content, part.contentEnd);
    else if (part.cls === 1 && part.tag === 7) summary.priority = priority(bytes, part);
    else if (part.cls === 2 && part.tag === 0 && summary.kind === 'probe') summary.size = small(bytes, part);
    else if (part.cls === 2 && part.tag === fields) {
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
    else if (part.cls === 2 && part.tag === 0) {
      const octet = leadingBits(bytes, part);
      if (octet & 0x10) requested.push('report');
      if (octet & 0x08) requested.push('non-delivery-report');
      if ((octet & 0x18) === 0) requested.push('none');
    }
  }
  return address === null ? null : { address, number: null, requested, outcome: null };
}

/** MessageDeliveryArgument: SEQUENCE { delivery-id, time, other fields SET, content } or with the envelope in a SEQUENCE of its own. */
function delivery(bytes: Uint8Array, argument: Tlv): Argument {
  const summary = emptySummary('message');
  summary.priority = 'normal';
  let type: number | string | null = null;
  let content: Tlv | null = null;
  const walk = (list: Tlv, depth: number): void => {
    for (const part of parts(bytes, list)) {
      if (part.cls === 1 && part.tag === 4)
        [summary.mtsIdentifier, summary.localIdentifier] = mtsIdentifier(bytes, part);
      else if (part.cls === 0 && part.tag === 16 && depth < 2) walk(part, depth + 1);
      else if (part.cls === 0 && part.tag === 17) type = otherFields(bytes, part, summary);
      else content = withContent(summary, type, bytes, part) ?? content;
    }
  };
  walk(argument, 0);
  if (type !== null) summary.contentType = contentTypeText(type);
  return { summary, content };
}

/** OtherMessageDeliveryFields: [0] or OID content type, originator, priority, [4] this-recipient-name. */
function otherFields(bytes: Uint8Array, fields: Tlv, summary: Draft): number | string | null {
  let type: number | string | null = null;
  for (const part of parts(bytes, fields)) {
    if (part.cls === 2 && part.tag === 0) type = small(bytes, part);
    else if (part.cls === 0 && part.tag === 6) type = oid(bytes, part.content, part.contentEnd);
    else if (part.cls === 1 && part.tag === 0) summary.originator = orName(bytes, part);
    else if (part.cls === 1 && part.tag === 7) summary.priority = priority(bytes, part);
    else if (part.cls === 2 && part.tag === 4) {
      summary.recipients.push({ address: wrappedName(bytes, part), number: null, requested: [], outcome: null });
    }
  }
  return type;
}

/** ReportDeliveryArgument: SET { subject-identifier, …, SEQUENCE OF per-recipient fields }. */
function reportDelivery(bytes: Uint8Array, argument: Tlv): Draft {
  const summary = emptySummary('report');
  let type: number | string | null = null;
  for (const part of parts(bytes, argument)) {
    if (part.cls === 1 && part.tag === 4) {
      [summary.subjectMtsIdentifier, summary.subjectLocalIdentifier] = mtsIdentifier(bytes, part);
    } else if (part.cls === 1 && part.tag === 6) type = small(bytes, part);
    else if (part.cls === 0 && part.tag === 6) type = oid(bytes, part.content, part.contentEnd);
    else if (part.cls === 0 && part.tag === 16) {
      for (const one of parts(bytes, part)) {
        const recipient = reported(bytes, one);
        if (recipient !== null) summary.recipients.push(recipient);
      }
    }
  }
  if (type !== null) summary.contentType = contentTypeText(type);
  return summary;
}

/** PerRecipientReportDeliveryFields: SET { [0] actual-recipient-name, [1] report-type, …, [3] supplementary-information }. */
function reported(bytes: Uint8Array, fields: Tlv): Recipient | null {
  let address: string | null = null;
  let supplementary: string | null = null;
  for (const part of parts(bytes, fields)) {
    if (part.cls === 2 && part.tag === 0) address = wrappedName(bytes, part);
    else if (part.cls === 2 && part.tag === 3) supplementary = text(bytes, part);
  }
  if (address === null) return null;
  const outcome = reportedOutcome(bytes, fields);
  return { address, number: null, requested: [], outcome: outcome === null ? null : { ...outcome, supplementary } };
}

/** MessageSubmissionResult, ProbeSubmissionResult: SET with the MTS identifier that the MTS gave. */
export function takeIdentifier(summary: Draft, bytes: Uint8Array, start: number, end: number): void {
  const result = end > start ? readTlv(bytes, start, end) : null;
  if (result === null) return;
  for (const part of parts(bytes, result)) {
    if (part.cls === 1 && part.tag === 4) [summary.mtsIdentifier, summary.localIdentifier] = mtsIdentifier(bytes, part);
  }
}
