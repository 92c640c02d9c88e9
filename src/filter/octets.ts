import { hex } from '../base/text.ts';

/** Octets of filters and of fields: lower-case hex, two digits an octet. */

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
}

/** A text as it stands in octets: UTF-8. */
export function hexOfText(text: string): string {
  return hex(new TextEncoder().encode(text));
}

/** Of octets beyond ASCII the character: in the private use area no two are one letter. */
const HIGH = 0xe000;

/** One character for each octet, as patterns look at them. */
export function characters(octets: Uint8Array): string {
  let out = '';
  for (const octet of octets) out += String.fromCharCode(octet < 0x80 ? octet : HIGH + octet);
  return out;
}

/** A pattern for such characters; `\xf0` in it is the octet. */
export function octetPattern(hex: string): string {
  return characters(fromHex(hex)).replace(
    /\\(?:x([89a-fA-F][0-9a-fA-F])|x\{0*([89a-fA-F][0-9a-fA-F])\}|[\s\S])/g,
    (all, short?: string, long?: string) => {
      const octet = short ?? long;
      return octet === undefined ? all : characters(fromHex(octet));
    },
  );
}

/** `03:00`, `03-00`, `03.00`, `0300` and `0x0300` as hex; null for anything else. */
export function hexOfWord(word: string): string | null {
  return /^(?:0[xX])?[0-9a-fA-F]{2}(?:[:.-]?[0-9a-fA-F]{2})*$/.test(word)
    ? word.toLowerCase().replace(/^0x|[:.-]/g, '')
    : null;
}

/** Whole frames are searched, one after the other: as octets, since hex of them all would be made for nothing. */
export function holdsOctets(octets: Uint8Array, wanted: Uint8Array): boolean {
  if (wanted.length === 0) return true;
  const last = octets.length - wanted.length;
  for (let at = octets.indexOf(wanted[0]!); at >= 0 && at <= last; at = octets.indexOf(wanted[0]!, at + 1)) {
    let i = 1;
    while (i < wanted.length && octets[at + i] === wanted[i]) i++;
    if (i === wanted.length) return true;
  }
  return false;
}

/** Does hex hold `wanted`, and does that begin with an octet? */
export function holdsHex(hex: string, wanted: string): boolean {
  for (let at = hex.indexOf(wanted); at >= 0; at = hex.indexOf(wanted, at + 1)) if (at % 2 === 0) return true;
  return false;
}
