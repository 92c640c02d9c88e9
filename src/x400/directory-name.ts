import { readTlv, type Tlv } from '../asn1/ber.ts';
import { oid } from '../asn1/contents.ts';
import { inside, text } from './address-parts.ts';

/** Directory names in the string form of RFC 4514. */

/** Attribute types that RFC 4514 §3 abbreviates, and those that X.400 directories use. */
const TYPES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/** A directory name (the RDNSequence) the most significant RDN last, as RFC 4514 writes it. */
export function directoryName(bytes: Uint8Array, sequence: Tlv | null): string | null {
  if (sequence === null) return null;
  const rdns: string[] = [];
  for (let at = sequence.content; at < sequence.contentEnd; ) {
    const rdn = readTlv(bytes, at, sequence.contentEnd)!;
    at = rdn.end;
    const pairs: string[] = [];
    for (let inner = rdn.content; inner < rdn.contentEnd; ) {
      const pair = readTlv(bytes, inner, rdn.contentEnd)!;
      inner = pair.end;
      const type = inside(bytes, pair);
      const value = type === null ? null : readTlv(bytes, type.end, pair.contentEnd);
      if (type === null || value === null) continue;
      const dotted = oid(bytes, type.content, type.contentEnd) ?? '?';
      pairs.push(`${TYPES[dotted] ?? dotted}=${quoted(text(bytes, value) ?? '')}`);
    }
    rdns.push(pairs.join('+'));
  }
  return rdns.reverse().join(',');
}

/** RFC 4514 §2.4: the characters that have a meaning in the string form. */
function quoted(value: string): string {
  return value.replace(/[",+;<>\\]|^[# ]| $/g, '\\$&').replaceAll('\0', '\\00');
}
