import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { stringOctets } from '../asn1/contents.ts';
import type { Recipient } from '../model/message.ts';
import { contentTypeText } from './content.ts';
import {
  type ContentType,
  contentType,
  indicators,
  mtsIdentifier,
  NO_INDICATORS,
  priority,
  recipients,
  small,
} from './envelope.ts';
import { unwrapped } from './external.ts';
import { summarizeContent } from './ipm.ts';
import { orName } from './oraddress.ts';
import { report } from './report.ts';
import { type ApduSummary, type Draft, emptySummary } from './summary.ts';

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const OID = key(0, TAG.oid);
const OCTETS = key(0, TAG.octetString);
const SET = key(0, TAG.set);

/**
 * Reads a message, probe or report (X.411 figure 3) without building a tree. Total: whatever cannot be read is null or missing.
 *
 * The APDU may still be inside the EXTERNAL of a normal-mode transfer, and may be a prefix. For a report, `originator` is the
 * report destination, which is the subject message's originator (or the last list it was expanded by), and `recipients` have
 * their outcomes. The content is opened only when it is interpersonal or EDI, down to the heading and the types of the body parts.
 */
export function summarizeApdu(bytes: Uint8Array, start = 0, end: number = bytes.length): ApduSummary {
  const draft = emptySummary(null);
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
  return draft;
}

function message(bytes: Uint8Array, apdu: Tlv, draft: Draft): void {
  draft.kind = 'message';
  const head = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (head === null || head.key !== SET) return;
  if (head.fault === null) draft.priority = 'normal'; // DEFAULT
  const type = envelope(bytes, head, draft);
  const content = readTlv(bytes, head.end, apdu.contentEnd);
  if (content === null || content.key !== OCTETS) return;
  draft.size = content.fault === null ? octetsIn(bytes, content) : declared(bytes, content);
  draft.ipm = summarizeContent(type, bytes, content);
}

/** MessageTransferEnvelope and ProbeTransferEnvelope: a SET, its members in any order. Returns the content type as coded. */
function envelope(bytes: Uint8Array, tlv: Tlv, draft: Draft): ContentType | null {
  let type: ContentType | null = null;
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
        type = contentType(bytes, part);
        break;
      case A(7):
        draft.priority = priority(bytes, part);
        break;
      case C(0):
        // content-length of a probe; in a message [0] is the deferred-delivery-time.
        if (draft.kind === 'probe') draft.size = small(bytes, part);
        break;
      case C(2):
        recipients(bytes, part, draft, recipient);
    }
  }
  if (type !== null) draft.contentType = contentTypeText(type);
  return type;
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
