import { decodeIso2022 } from './iso2022.ts';

/** The character string types of X.680 §41, by the name that the type notation uses for them. */
export type StringKind =
  | 'IA5'
  | 'PRINTABLE'
  | 'NUMERIC'
  | 'TELETEX'
  | 'VIDEOTEX'
  | 'GRAPHIC'
  | 'VISIBLE'
  | 'GENERAL'
  | 'UTF8'
  | 'BMP'
  | 'UNIVERSAL'
  | 'DESCRIPTOR';

/**
 * Characters `start` to `end` of a buffer as text: the same as `decodeString`, without a view for the strings of ASCII characters
 * that nearly all are.
 */
export function decodeStringAt(kind: StringKind, bytes: Uint8Array, start: number, end: number): string {
  if (kind !== 'BMP' && kind !== 'UNIVERSAL') {
    let out = '';
    let at = start;
    while (at < end) {
      const octet = bytes[at]!;
      if (octet >= 0x7f || octet === 0x1b || octet === 0x0e || octet === 0x0f) break;
      out += String.fromCharCode(octet);
      at++;
    }
    if (at === end) return out;
  }
  return decodeString(kind, bytes.subarray(start, end));
}

/** Contents octets of a character string as text. Octets that are no character of the type become U+FFFD. */
export function decodeString(kind: StringKind, octets: Uint8Array): string {
  switch (kind) {
    case 'UTF8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets);
    case 'BMP':
      return bmp(octets);
    case 'UNIVERSAL':
      return universal(octets);
    case 'TELETEX':
    case 'VIDEOTEX':
      return decodeIso2022(octets, 'T.61');
    case 'GENERAL':
    case 'GRAPHIC':
    case 'DESCRIPTOR':
      return decodeIso2022(octets, 'ISO 8859-1');
    default:
      return ascii(octets);
  }
}

function ascii(octets: Uint8Array): string {
  let out = '';
  for (const octet of octets) out += octet < 0x80 ? String.fromCharCode(octet) : '\ufffd';
  return out;
}

/** Surrogates without their other half: no characters. Pairs are tolerated, for some encoders write UTF-16. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function bmp(octets: Uint8Array): string {
  let out = '';
  for (let i = 0; i + 1 < octets.length; i += 2) out += String.fromCharCode(octets[i]! * 256 + octets[i + 1]!);
  return `${out.replace(LONE, '\ufffd')}${octets.length % 2 === 0 ? '' : '\ufffd'}`;
}

function universal(octets: Uint8Array): string {
  let out = '';
  for (let i = 0; i + 3 < octets.length; i += 4) {
    const code = octets[i]! * 0x1000000 + octets[i + 1]! * 0x10000 + octets[i + 2]! * 256 + octets[i + 3]!;
    out += code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
  }
  return octets.length % 4 === 0 ? out : `${out}\ufffd`;
}
