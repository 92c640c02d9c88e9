import { readTlv, type Tlv } from '../../asn1/ber.ts';
import { integer } from '../../asn1/contents.ts';
import { text } from '../../x400/address-parts.ts';
import { orName } from '../../x400/oraddress.ts';

/** X.411, MTABindError and MTSBindError. */
const ERRORS: Readonly<Record<number, string>> = {
  0: 'busy',
  2: 'authentication-error',
  3: 'unacceptable-dialogue-mode',
  4: 'unacceptable-security-context',
  5: 'inadequate-association-confidentiality',
};

/** Longest password (X.411 upper bounds). */
export const LONGEST_PASSWORD = 62;

export interface Bind {
  /** MTA name, or the user's O/R address on P3 and P7; null when the bind names nobody. */
  readonly name: string | null;
  /** Octets of an MTA name; null where the bind names a user or nobody. */
  readonly mtaNameLength: number | null;
  /** How the name is proved; null without credentials. */
  readonly credentials: 'simple' | 'strong' | 'protected' | null;
  readonly passwordLength: number | null;
  /** Of a bind error. */
  readonly error: { readonly code: number; readonly name: string; readonly defined: boolean } | null;
}

const NOTHING: Bind = { name: null, mtaNameLength: null, credentials: null, passwordLength: null, error: null };

/**
 * An MTABind or MTSBind argument, result or error (X.411 §8.1, §12.1), bare or in the [16]…[18] wrapper of X.419; the octets of a
 * password are never looked at.
 */
export function readBind(bytes: Uint8Array, start: number, end: number): Bind {
  let tlv = readTlv(bytes, start, end);
  if (tlv !== null && tlv.cls === 2 && tlv.constructed && tlv.tag >= 16 && tlv.tag <= 18) {
    tlv = readTlv(bytes, tlv.content, tlv.contentEnd);
  }
  if (tlv === null) return NOTHING;
  if (tlv.cls === 0 && tlv.tag === 2) {
    const code = integer(bytes, tlv.content, tlv.contentEnd);
    if (typeof code !== 'number') return NOTHING;
    return {
      ...NOTHING,
      error: { code, name: ERRORS[code] ?? `bind error ${code}`, defined: ERRORS[code] !== undefined },
    };
  }
  // MTABind: [1] SET; MTSBind: SET.
  if (!(tlv.cls === 2 && tlv.tag === 1) && !(tlv.cls === 0 && tlv.tag === 17)) return NOTHING;
  const set = tlv.cls === 2 ? (sole(bytes, tlv) ?? tlv) : tlv;
  let name: string | null = null;
  let mtaNameLength: number | null = null;
  let credentials: Tlv | null = null;
  const credentialsTag = tlv.cls === 2 ? 1 : 2;
  for (let at = set.content; at < set.contentEnd; ) {
    const part = readTlv(bytes, at, set.contentEnd)!;
    at = part.end;
    if (part.cls === 2 && part.tag === 0 && name === null) {
      name = text(bytes, part, 'IA5');
      mtaNameLength = part.constructed ? null : part.contentEnd - part.content;
    } else if ((part.cls === 1 && part.tag === 0) || (part.cls === 2 && part.tag === 4)) name = orName(bytes, part);
    else if (part.cls === 2 && part.tag === credentialsTag && part.constructed)
      credentials = readTlv(bytes, part.content, part.contentEnd);
  }
  const simple = credentials !== null && credentials.cls === 0;
  return {
    name: name === '' ? null : name,
    mtaNameLength,
    credentials: credentials === null ? null : simple ? 'simple' : credentials.tag === 0 ? 'strong' : 'protected',
    passwordLength: simple && !credentials!.constructed ? credentials!.contentEnd - credentials!.content : null,
    error: null,
  };
}

/** The SET inside an explicit [1]; null when the tag is implicit. */
function sole(bytes: Uint8Array, outer: Tlv): Tlv | null {
  const inner = readTlv(bytes, outer.content, outer.contentEnd);
  return inner !== null && inner.cls === 0 && inner.tag === 17 && inner.end === outer.contentEnd ? inner : null;
}
