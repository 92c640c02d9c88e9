import { CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { oid } from '../asn1/contents.ts';
import { oidName } from '../asn1/oids.ts';

/** What the summaries of messages call body parts. */

const C = (tag: number): number => key(CONTEXT, tag);
const EXTERNAL = key(0, TAG.external);

/** Basic body parts by context tag; those only 1984 has are 1, 2, 10 and 12. */
const BODY_PARTS: Readonly<Record<number, string>> = {
  0: 'ia5-text',
  1: 'telex',
  2: 'voice',
  3: 'g3-facsimile',
  4: 'g4-class1',
  5: 'teletex',
  6: 'videotex',
  7: 'nationally-defined',
  8: 'encrypted',
  9: 'message',
  10: 'simple-formattable-document',
  11: 'mixed-mode',
  12: 'tif1',
  14: 'bilaterally-defined',
};

/** Of a body part of X.420: "ia5-text", "file-transfer (2.6.1.4.12)". */
export function bodyPart(bytes: Uint8Array, tlv: Tlv): string {
  if (tlv.key !== C(15))
    return tlv.cls === CONTEXT ? (BODY_PARTS[tlv.tag] ?? `[${tlv.tag}]`) : `[UNIVERSAL ${tlv.tag}]`;
  return extendedBodyPart(bytes, tlv);
}

/** Of an ExtendedBodyPart, which X.435 has too. */
export function extendedBodyPart(bytes: Uint8Array, tlv: Tlv): string {
  // [0] parameters EXTERNAL, data EXTERNAL; the data's object identifier is the body part's type.
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key !== EXTERNAL) continue;
    const type = readTlv(bytes, part.content, part.contentEnd);
    const dotted = type?.key === key(0, TAG.oid) ? oid(bytes, type.content, type.contentEnd) : null;
    if (dotted === null) break;
    return `${oidName(dotted)?.replace(/^id-et-/, '') ?? 'extended'} (${dotted})`;
  }
  return 'extended';
}
