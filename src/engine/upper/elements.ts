import { readTlv, type Tlv } from '../../asn1/ber.ts';
import { integer } from '../../asn1/contents.ts';

/** The elements inside another one. */
export function parts(bytes: Uint8Array, outer: Tlv): Tlv[] {
  const out: Tlv[] = [];
  for (let at = outer.content; at < outer.contentEnd; ) {
    const part = readTlv(bytes, at, outer.contentEnd)!;
    at = part.end;
    out.push(part);
  }
  return out;
}

/** Value of an INTEGER or ENUMERATED that fits a number. */
export function small(bytes: Uint8Array, tlv: Tlv): number | null {
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}
