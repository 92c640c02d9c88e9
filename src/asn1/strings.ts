import { latin1 } from './ber.ts';

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

/** Contents octets of a character string as text. Octets that are no character of the type become U+FFFD. */
export function decodeString(kind: StringKind, octets: Uint8Array): string {
  switch (kind) {
    case 'UTF8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets);
    case 'BMP': {
      let out = '';
      for (let i = 0; i + 1 < octets.length; i += 2) out += String.fromCharCode(octets[i]! * 256 + octets[i + 1]!);
      return octets.length % 2 === 0 ? out : `${out}\ufffd`;
    }
    case 'UNIVERSAL': {
      let out = '';
      for (let i = 0; i + 3 < octets.length; i += 4) {
        const code = octets[i]! * 0x1000000 + octets[i + 1]! * 0x10000 + octets[i + 2]! * 256 + octets[i + 3]!;
        out += code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
      }
      return octets.length % 4 === 0 ? out : `${out}\ufffd`;
    }
    default:
      return latin1(octets);
  }
}
