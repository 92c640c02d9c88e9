import { CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';

/** APDUs that come in an EXTERNAL. */

const C = (tag: number): number => key(CONTEXT, tag);
const EXTERNAL = key(0, TAG.external);

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
