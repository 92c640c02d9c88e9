import {
  APPLICATION,
  CONTEXT,
  integer,
  key,
  latin1,
  leadingBits,
  oid,
  readTlv,
  stringOctets,
  TAG,
  type Tlv,
} from '../asn1/ber.ts';
import type { Message, Recipient } from '../model/message.ts';
import { text } from './address-parts.ts';
import { contentTypeText } from './content.ts';
import { summarizeContent } from './ipm.ts';
import { domainName, orName } from './oraddress.ts';
import { DIAGNOSTICS, REASONS } from './reasons.ts';

/** What an MTS-APDU says about itself: the fields of `Message` that need no transport. */
export interface ApduSummary
  extends Pick<
    Message,
    | 'localIdentifier'
    | 'mtsIdentifier'
    | 'subjectLocalIdentifier'
    | 'subjectMtsIdentifier'
    | 'originator'
    | 'recipients'
    | 'priority'
    | 'contentType'
    | 'size'
    | 'ipm'
  > {
  /** Null when the octets are no MTS-APDU. */
  readonly kind: Message['kind'] | null;
  /** The octets end before the APDU does (or before anything says where it ends). What stands before the cut was read. */
  readonly truncated: boolean;
}

interface Draft {
  kind: Message['kind'] | null;
  localIdentifier: string | null;
  mtsIdentifier: string | null;
  subjectLocalIdentifier: string | null;
  subjectMtsIdentifier: string | null;
  originator: string | null;
  recipients: Recipient[];
  priority: Message['priority'];
  contentType: string | null;
  size: number | null;
  ipm: Message['ipm'];
  truncated: boolean;
  /** The content type as coded, which decides how the content is read. */
  type: number | string | null;
}

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const OID = key(0, TAG.oid);
const OCTETS = key(0, TAG.octetString);
const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);
const EXTERNAL = key(0, TAG.external);

/**
 * Reads a message, probe or report (X.411 figure 3) without building a tree. Total: whatever cannot be read is null or missing.
 *
 * The APDU may still be inside the EXTERNAL of a normal-mode transfer, and may be a prefix. For a report, `originator` is the
 * report destination, which is the subject message's originator (or the last list it was expanded by), and `recipients` have
 * their outcomes. The content is opened only when it is interpersonal or EDI, down to the heading and the types of the body parts.
 */
export function summarizeApdu(bytes: Uint8Array, start = 0, end: number = bytes.length): ApduSummary {
  const draft: Draft = {
    kind: null,
    localIdentifier: null,
    mtsIdentifier: null,
    subjectLocalIdentifier: null,
    subjectMtsIdentifier: null,
    originator: null,
    recipients: [],
    priority: null,
    contentType: null,
    size: null,
    ipm: null,
    truncated: false,
    type: null,
  };
  const apdu = unwrapped(bytes, readTlv(bytes, start, end));
  if (apdu === null) draft.truncated = end <= start;
  else {
    draft.truncated = apdu.fault !== null;
    if (apdu.key === C(0)) message(bytes, apdu, draft);
    else if (apdu.key === C(1)) report(bytes, apdu, draft);
    else if (apdu.key === C(2)) {
      draft.kind = 'probe';
      envelope(bytes, apdu, draft);
    }
  }
  if (draft.type !== null) draft.contentType = contentTypeText(draft.type);
  return draft;
}

/** The MTS-APDU itself when it comes in an EXTERNAL (X.228: single-ASN1-type of the mtse context). */
export function unwrapped(bytes: Uint8Array, apdu: Tlv | null): Tlv | null {
  if (apdu === null || apdu.key !== EXTERNAL) return apdu;
  for (let at = apdu.content; at < apdu.contentEnd; ) {
    const part = readTlv(bytes, at, apdu.contentEnd)!;
    at = part.end;
    const start = encodedValue(bytes, part);
    if (start < 0) continue;
    const value = readTlv(bytes, start, part.contentEnd);
    // A cut is known from the outermost element only when its length was definite.
    return value === null || value.fault !== null || apdu.fault === null ? value : { ...value, fault: apdu.fault };
  }
  return null;
}

/**
 * Where the value of an EXTERNAL begins in its encoding (X.690 §8.18): a single ASN.1 type, an octet-aligned string or one of whole
 * octets. -1 for what is none of these, or comes in segments.
 */
export function encodedValue(bytes: Uint8Array, encoding: Tlv): number {
  if (encoding.key === C(0)) return encoding.content;
  if (encoding.constructed) return -1;
  if (encoding.key === C(1)) return encoding.content;
  return encoding.key === C(2) && bytes[encoding.content] === 0 ? encoding.content + 1 : -1;
}

function message(bytes: Uint8Array, apdu: Tlv, draft: Draft): void {
  draft.kind = 'message';
  const head = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (head === null || head.key !== SET) return;
  envelope(bytes, head, draft);
  if (draft.priority === null && head.fault === null) draft.priority = 'normal'; // DEFAULT
  const content = readTlv(bytes, head.end, apdu.contentEnd);
  if (content === null || content.key !== OCTETS) return;
  draft.size = content.fault === null ? octetsIn(bytes, content) : declared(bytes, content);
  draft.ipm = summarizeContent(draft.type, bytes, content);
}

/** Octets in an OCTET STRING; the segments of a constructed one are counted, not copied. */
function octetsIn(bytes: Uint8Array, tlv: Tlv): number {
  if (!tlv.constructed) return tlv.contentEnd - tlv.content;
  let size = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    size += part.constructed ? stringOctets(bytes, part).length : part.contentEnd - part.content;
  }
  return size;
}

/** The length that the length octets of a cut primitive state; null when they do not say. */
function declared(bytes: Uint8Array, tlv: Tlv): number | null {
  if (tlv.constructed || tlv.fault !== 'ber.truncated' || tlv.content - tlv.start < 2) return null;
  const first = bytes[tlv.start + 1]!;
  if (first < 0x80) return first;
  let length = 0;
  for (let i = 0; i < (first & 0x7f); i++) {
    if (tlv.start + 2 + i >= tlv.content) return null;
    length = length * 256 + bytes[tlv.start + 2 + i]!;
  }
  return length;
}

/** MessageTransferEnvelope and ProbeTransferEnvelope: a SET, its members in any order. */
function envelope(bytes: Uint8Array, tlv: Tlv, draft: Draft): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    // Half a name or identifier is another one; of a list that is cut, the whole items count.
    if (part.fault !== null && part.key !== C(2)) continue;
    switch (part.key) {
      case A(4):
        [draft.mtsIdentifier, draft.localIdentifier] = mtsIdentifier(bytes, part);
        break;
      case A(0):
        draft.originator = orName(bytes, part);
        break;
      case A(6):
      case OID:
        draft.type = contentType(bytes, part);
        break;
      case A(7):
        draft.priority = PRIORITIES[bytes[part.contentEnd - 1] ?? 0] ?? null;
        break;
      case C(0):
        // content-length of a probe; in a message [0] is the deferred-delivery-time.
        if (draft.kind === 'probe') draft.size = small(bytes, part);
        break;
      case C(2):
        recipients(bytes, part, draft, recipient);
    }
  }
}

const PRIORITIES = ['normal', 'non-urgent', 'urgent'] as const;

function contentType(bytes: Uint8Array, tlv: Tlv): number | string | null {
  if (tlv.key !== OID) return small(bytes, tlv);
  return tlv.fault === null ? oid(bytes, tlv.content, tlv.contentEnd) : null;
}

/** An integer of the table's kind; null when it is cut, for its leading octets are another number. */
function small(bytes: Uint8Array, tlv: Tlv): number | null {
  if (tlv.fault !== null) return null;
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}

/** `[/C=IT/ADMD=X400IT/PRMD=ACME/;980603.0913.07]`, and the local identifier alone. */
export function mtsIdentifier(bytes: Uint8Array, tlv: Tlv): [whole: string | null, local: string | null] {
  let domain = '';
  let local: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === A(3)) domain = domainName(bytes, part);
    else local = text(bytes, part, 'IA5');
  }
  return [local === null && domain === '' ? null : `[${domain};${local ?? ''}]`, local];
}

function recipients(
  bytes: Uint8Array,
  list: Tlv,
  draft: Draft,
  read: (bytes: Uint8Array, tlv: Tlv) => Recipient | null,
): void {
  for (let at = list.content; at < list.contentEnd; ) {
    const part = readTlv(bytes, at, list.contentEnd)!;
    at = part.end;
    const found = part.key === SET || part.key === SEQUENCE ? read(bytes, part) : null;
    if (found !== null) draft.recipients.push(found);
  }
}

/** Per-recipient fields of a message or probe. Null when the cut comes before the name. */
function recipient(bytes: Uint8Array, tlv: Tlv): Recipient | null {
  let address: string | null = null;
  let number: number | null = null;
  let requested: readonly string[] = NO_INDICATORS;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === A(0)) address = orName(bytes, part);
    else if (part.key === C(0)) number = small(bytes, part);
    else if (part.key === C(1)) requested = indicators(bytes, part);
  }
  return address === null ? null : { address, number, requested, outcome: null };
}

/**
 * Per-recipient-indicators (X.411 figure 4): responsibility, the report that the originating MTA asks
 * for, and the one that the originator asks for ("none" when neither bit is set).
 */
function indicators(bytes: Uint8Array, tlv: Tlv): readonly string[] {
  return INDICATORS[leadingBits(bytes, tlv)]!;
}

const NO_INDICATORS: readonly string[] = [];
/** By octet: nearly all messages have one of three. */
const INDICATORS = Array.from({ length: 256 }, (_, octet) => indicated(octet));

function indicated(octet: number): readonly string[] {
  const out: string[] = [];
  if (octet & 0x80) out.push('responsibility');
  if (octet & 0x40) out.push('originating-MTA-report');
  if (octet & 0x20) out.push('originating-MTA-non-delivery-report');
  if (octet & 0x10) out.push('report');
  if (octet & 0x08) out.push('non-delivery-report');
  if ((octet & 0x18) === 0) out.push('none');
  return out;
}

function report(bytes: Uint8Array, apdu: Tlv, draft: Draft): void {
  draft.kind = 'report';
  const head = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (head === null) return;
  for (let at = head.content; at < head.contentEnd; ) {
    const part = readTlv(bytes, at, head.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === A(4)) [draft.mtsIdentifier, draft.localIdentifier] = mtsIdentifier(bytes, part);
    else if (part.key === A(0)) draft.originator = orName(bytes, part);
  }
  const content = readTlv(bytes, head.end, apdu.contentEnd);
  if (content === null) return;
  for (let at = content.content; at < content.contentEnd; ) {
    const part = readTlv(bytes, at, content.contentEnd)!;
    at = part.end;
    if (part.fault !== null && part.key !== C(0)) continue;
    switch (part.key) {
      case A(4):
        [draft.subjectMtsIdentifier, draft.subjectLocalIdentifier] = mtsIdentifier(bytes, part);
        break;
      case A(6):
      case OID:
        draft.type = contentType(bytes, part);
        break;
      case C(0):
        recipients(bytes, part, draft, reported);
    }
  }
}

/** Per-recipient fields of a report, with the outcome. */
function reported(bytes: Uint8Array, tlv: Tlv): Recipient | null {
  let address: string | null = null;
  let number: number | null = null;
  let requested: readonly string[] = NO_INDICATORS;
  let outcome: Recipient['outcome'] = null;
  let supplementary: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === C(0)) address = wrappedName(bytes, part);
    else if (part.key === C(1)) number = small(bytes, part);
    else if (part.key === C(2)) requested = indicators(bytes, part);
    else if (part.key === C(3)) outcome = reportedOutcome(bytes, part);
    else if (part.key === C(5)) supplementary = text(bytes, part);
  }
  if (address === null) return null;
  return { address, number, requested, outcome: outcome === null ? null : { ...outcome, supplementary } };
}

/**
 * An O/R name under a context tag. The tag replaces [APPLICATION 0] (IMPLICIT TAGS), but encoders that kept both exist; an element
 * [APPLICATION 0] cannot begin an O/R name otherwise.
 */
export function wrappedName(bytes: Uint8Array, tlv: Tlv): string {
  const inner = readTlv(bytes, tlv.content, tlv.contentEnd);
  return orName(bytes, inner !== null && inner.key === A(0) ? inner : tlv);
}

/**
 * The report-type, [1] and explicit (a CHOICE), in the SET that holds it: LastTraceInformation of P1, PerRecipientReportDeliveryFields of
 * P3. Null when there is none.
 */
export function reportedOutcome(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key !== C(1)) continue;
    const type = readTlv(bytes, part.content, part.contentEnd);
    if (type?.key === C(0)) return delivery(bytes, type);
    if (type?.key === C(1)) return nonDelivery(bytes, type);
  }
  return null;
}

const NOTHING = {
  time: null,
  reason: null,
  reasonCode: null,
  diagnostic: null,
  diagnosticCode: null,
  supplementary: null,
};

function delivery(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  let time: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === C(0)) time = latin1(stringOctets(bytes, part));
  }
  return { ...NOTHING, delivered: true, time };
}

function nonDelivery(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  let reasonCode: number | null = null;
  let diagnosticCode: number | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === C(0)) reasonCode = small(bytes, part);
    else if (part.key === C(1)) diagnosticCode = small(bytes, part);
  }
  const reason = reasonCode === null ? null : (REASONS().get(reasonCode) ?? null);
  const diagnostic = diagnosticCode === null ? null : (DIAGNOSTICS().get(diagnosticCode) ?? null);
  return { ...NOTHING, delivered: false, reason, reasonCode, diagnostic, diagnosticCode };
}
