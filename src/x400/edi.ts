import { CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { oid } from '../asn1/contents.ts';
import { oidName } from '../asn1/oids.ts';
import type { Message } from '../model/message.ts';
import { extendedBodyPart } from './body-part.ts';
import { ipmId } from './oraddress.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);

/** What the heading's edi-bodypart-type is when it is absent: id-bp-edifact-ISO646. */
const DEFAULT_TYPE = '2.6.7.11.0';

/** EDIN ::= CHOICE, by context tag. */
const NOTIFICATIONS: Readonly<Record<number, string>> = {
  0: 'positive-notification',
  1: 'negative-notification',
  2: 'forwarded-notification',
};

/**
 * An EDI content (X.435 §6) in the terms of an interpersonal one: of an EDIM its identifier and its body parts, the primary one by the
 * EDI standard and character set that the heading states; of an EDIN the subject EDIM's identifier, and its kind as the only body part.
 * No field of an EDIM is a subject. Null for octets that are neither.
 */
export function summarizeEdi(bytes: Uint8Array, object: Tlv): Message['ipm'] {
  if (object.key === C(0)) return edim(bytes, object);
  return object.key === C(1) ? edin(bytes, object) : null;
}

function edim(bytes: Uint8Array, tlv: Tlv): Message['ipm'] {
  const heading = readTlv(bytes, tlv.content, tlv.contentEnd);
  if (heading === null || heading.key !== SEQUENCE) return null;
  let id: string | null = null;
  let type = DEFAULT_TYPE;
  for (let at = heading.content; at < heading.contentEnd; ) {
    const part = readTlv(bytes, at, heading.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === C(1)) id = ipmId(bytes, part);
    else if (part.key === C(6)) type = oid(bytes, part.content, part.contentEnd) ?? type;
  }
  const body = readTlv(bytes, heading.end, tlv.contentEnd);
  return { id, subject: null, bodyParts: body?.key === SEQUENCE ? bodyParts(bytes, body, type) : [] };
}

/** Body: the primary body part, and a SEQUENCE OF what accompanies it. */
function bodyParts(bytes: Uint8Array, body: Tlv, type: string): string[] {
  const primary = readTlv(bytes, body.content, body.contentEnd);
  if (primary === null) return [];
  const name = oidName(type)?.replace(/^id-bp-/, '');
  const out = [primary.key === C(1) ? 'forwarded-EDIM' : name === undefined ? type : `${name} (${type})`];
  const others = readTlv(bytes, primary.end, body.contentEnd);
  for (let at = others?.content ?? 0; others !== null && at < others.contentEnd; ) {
    const part = readTlv(bytes, at, others.contentEnd)!;
    at = part.end;
    // EDIM-ExtendedBodyPart: [0] body-part-reference, [1] the body part itself.
    for (let inner = part.content; inner < part.contentEnd; ) {
      const element = readTlv(bytes, inner, part.contentEnd)!;
      inner = element.end;
      if (element.key === C(1)) out.push(extendedBodyPart(bytes, element));
    }
  }
  return out;
}

function edin(bytes: Uint8Array, tlv: Tlv): Message['ipm'] {
  const fields = readTlv(bytes, tlv.content, tlv.contentEnd);
  const common = fields?.constructed === true ? readTlv(bytes, fields.content, fields.contentEnd) : null;
  const subject = common?.key === C(0) ? readTlv(bytes, common.content, common.contentEnd) : null;
  const kind = fields?.cls === CONTEXT ? NOTIFICATIONS[fields.tag] : undefined;
  const id = subject?.key === C(1) && subject.fault === null ? ipmId(bytes, subject) : null;
  return { id, subject: null, bodyParts: [kind ?? 'notification'] };
}
