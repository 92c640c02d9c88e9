import { isPlainData, parseSsdu } from '../../osi/session.ts';

/** Users of the transport service that a TSDU can be told apart by. */
export type Kind = 's7' | 's7plus' | 'session' | 't125' | 'mms' | 'other';

/**
 * What speaks on a transport connection, from one TSDU.
 *
 * Each answer but `other` rests on a structure that random octets do not have: lengths that add up, or a whole chain of SPDUs. So
 * it holds for any TSDU of a connection, not only for its first, and `other` is open to later evidence.
 */
export function recognise(bytes: Uint8Array, start: number, end: number): Kind {
  if (isS7(bytes, start, end)) return 's7';
  if (isS7Plus(bytes, start, end)) return 's7plus';
  if (isSession(bytes, start, end)) return 'session';
  if (isT125(bytes, start, end)) return 't125';
  if (isBareMms(bytes, start, end)) return 'mms';
  return 'other';
}

/** Length of the S7comm header: ack and ack-data carry an error class and code (10 or 12 octets). */
export function s7HeaderLength(rosctr: number): number {
  return rosctr === 2 || rosctr === 3 ? 12 : 10;
}

/** `32 rosctr` with the lengths of parameter and data within the TSDU. */
function isS7(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || bytes[start] !== 0x32) return false;
  const rosctr = bytes[start + 1]!;
  if (rosctr !== 1 && rosctr !== 2 && rosctr !== 3 && rosctr !== 7) return false;
  const parameter = (bytes[start + 6]! << 8) | bytes[start + 7]!;
  const data = (bytes[start + 8]! << 8) | bytes[start + 9]!;
  // A wrong sum is a finding about S7comm, so only the header has to be there; the first octet is no session SPDU that may come first.
  return (
    s7HeaderLength(rosctr) + parameter + data === end - start || (bytes[start + 2] === 0 && bytes[start + 3] === 0)
  );
}

/** `72 version length`, the length within the TSDU. */
function isS7Plus(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || bytes[start] !== 0x72) return false;
  const version = bytes[start + 1]!;
  if (version !== 0xfe && (version < 1 || version > 3)) return false;
  // A keep-alive has no length; of the others the first fragment may declare more than one TSDU holds.
  return version === 0xfe || ((bytes[start + 2]! << 8) | bytes[start + 3]!) > 0;
}

/** SPDUs whose own octets are too few to tell from chance, unless they are exactly what X.225 writes. */
const BARE = new Set(['GTC', 'GTA', 'AA', 'DN', 'NF', 'FN']);

function isSession(bytes: Uint8Array, start: number, end: number): boolean {
  if (isPlainData(bytes, start, end)) return true;
  if (end - start < 2) return false;
  const { spdus, faults } = parseSsdu(bytes, start, end);
  if (faults.some(f => f.code !== 'ses.long-form-length')) return false;
  const first = spdus[0]!;
  if (first.type === null || first.type.category === 2 || first.name === 'UD') return false;
  if (first.type.information) return first.name === 'TD' && looksLikePresentation(bytes, first.infoStart, end);
  if (first.type.category === 0) return spdus.length > 1 || first.parameters.length > 0;
  const known = first.parameters.every(p => first.type!.parameters.includes(p.code));
  return known && (first.parameters.length > 0 || BARE.has(first.name));
}

/** User data of the presentation layer: fully-encoded-data [APPLICATION 1], or the context management PPDUs (X.226 §8.4). */
function looksLikePresentation(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const tag = bytes[start]!;
  return tag === 0x61 || tag === 0xa0 || tag === 0xa1;
}

/** T.125 MCS: connect-initial or -response in BER, or a send-data PDU in PER whose length is exactly the rest. */
function isT125(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]!;
  if (first === 0x7f && end - start > 4) return bytes[start + 1] === 0x65 || bytes[start + 1] === 0x66;
  if ((first === 0x64 || first === 0x68) && end - start > 7) {
    const long = (bytes[start + 6]! & 0x80) !== 0;
    const length = long ? ((bytes[start + 6]! & 0x3f) << 8) | bytes[start + 7]! : bytes[start + 6]!;
    return start + (long ? 8 : 7) + length === end;
  }
  return false;
}

/** An MMS PDU right above the transport layer: initiate, or a confirmed request with an invokeID and a service. */
function isBareMms(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 5) return false;
  const tag = bytes[start]!;
  const length = bytes[start + 1]!;
  if (length >= 0x80 || start + 2 + length !== end) return false;
  if (tag === 0xa8 || tag === 0xa9) return bytes[start + 2] === 0x80 || bytes[start + 2] === 0x81;
  return (
    (tag === 0xa0 || tag === 0xa1) && bytes[start + 2] === 0x02 && (bytes[start + 4 + bytes[start + 3]!]! & 0x80) !== 0
  );
}
