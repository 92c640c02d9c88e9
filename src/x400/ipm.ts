import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { stringOctets } from '../asn1/contents.ts';
import type { Message } from '../model/message.ts';
import { text } from './address-parts.ts';
import { bodyPart } from './body-part.ts';
import { contentKind } from './content.ts';
import { summarizeEdi } from './edi.ts';
import { ipmId } from './oraddress.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const IPM_IDENTIFIER = key(APPLICATION, 11);

/**
 * The heading's identifier and subject and the types of the body parts of an interpersonal content (P2, P22, P772); of a notification
 * the subject IPM's identifier, and its kind as the only "body part". An EDI content (P35) is told in the same terms (edi.ts). Null for
 * other contents, and for octets that are none of these.
 *
 * @param type content type as coded in the envelope
 * @param content the OCTET STRING, which may be cut
 */
export function summarizeContent(type: number | string | null, bytes: Uint8Array, content: Tlv): Message['ipm'] {
  const kind = contentKind(type);
  if (kind === 'other') return null;
  const octets = content.constructed ? stringOctets(bytes, content) : bytes;
  const start = content.constructed ? 0 : content.content;
  const end = content.constructed ? octets.length : content.contentEnd;
  const object = readTlv(octets, start, end);
  if (kind === 'EDI') return object === null ? null : summarizeEdi(octets, object);
  if (object?.key === C(0)) return ipm(octets, object);
  return object?.key === C(1) ? notification(octets, object) : null;
}

function ipm(bytes: Uint8Array, tlv: Tlv): Message['ipm'] {
  const heading = readTlv(bytes, tlv.content, tlv.contentEnd);
  if (heading === null || heading.key !== key(0, TAG.set)) return null;
  let id: string | null = null;
  let subject: string | null = null;
  for (let at = heading.content; at < heading.contentEnd; ) {
    const part = readTlv(bytes, at, heading.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === IPM_IDENTIFIER) id = ipmId(bytes, part);
    else if (part.key === C(8)) {
      const inner = part.constructed ? readTlv(bytes, part.content, part.contentEnd) : null;
      subject = text(bytes, inner ?? part, 'TELETEX');
    }
  }
  const bodyParts: string[] = [];
  const body = readTlv(bytes, heading.end, tlv.contentEnd);
  for (let at = body?.content ?? 0; body !== null && at < body.contentEnd; ) {
    const part = readTlv(bytes, at, body.contentEnd)!;
    at = part.end;
    bodyParts.push(bodyPart(bytes, part));
  }
  return { id, subject, bodyParts };
}

const NOTIFICATIONS: Readonly<Record<number, string>> = {
  0: 'non-receipt-notification',
  1: 'receipt-notification',
  2: 'other-notification',
};

/** IPN: SET { subject-ipm, …, [0] CHOICE { [0] non-receipt, [1] receipt, [2] other } }; in 1984 without the outer [0]. */
function notification(bytes: Uint8Array, tlv: Tlv): Message['ipm'] {
  let id: string | null = null;
  let kind = 'notification';
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === IPM_IDENTIFIER) id = ipmId(bytes, part);
    else if (part.key === C(0) && part.constructed) {
      const choice = readTlv(bytes, part.content, part.contentEnd);
      if (choice?.cls === CONTEXT) kind = NOTIFICATIONS[choice.tag] ?? kind;
    }
  }
  return { id, subject: null, bodyParts: [kind] };
}
