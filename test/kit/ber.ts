import { cat, latin1, type Part } from './bytes.ts';

/** The length octets of X.690 §8.1.3, shortest form. */
function length(n: number): number[] {
  if (n < 128) return [n];
  const octets: number[] = [];
  for (let rest = n; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** One element with a definite length. `tag` is the identifier octet (or octets) as sent. */
export function tlv(tag: Part, ...content: Part[]): Uint8Array<ArrayBuffer> {
  const bytes = cat(content);
  return cat(tag, length(bytes.length), bytes);
}

/** A constructed element with an indefinite length and end-of-contents octets. */
export const indefinite = (tag: Part, ...content: Part[]) => cat(tag, 0x80, content, 0, 0);

export const sequence = (...content: Part[]) => tlv(0x30, ...content);
export const set = (...content: Part[]) => tlv(0x31, ...content);
/** Context tags: primitive and constructed. */
export const ctx = (n: number, ...content: Part[]) => tlv(0x80 | n, ...content);
export const ctxc = (n: number, ...content: Part[]) => tlv(0xa0 | n, ...content);
/** Application class, constructed. */
export const app = (n: number, ...content: Part[]) => tlv(0x60 | n, ...content);
export const nothing = () => tlv(5);

/** Content octets of an INTEGER (X.690 §8.3), non-negative or negative within 32 bits. */
export function integerOctets(n: number): number[] {
  const octets = [n & 255];
  let rest = n >> 8;
  while (!((rest === 0 && octets[0]! < 128) || (rest === -1 && octets[0]! >= 128))) {
    octets.unshift(rest & 255);
    rest >>= 8;
  }
  return octets;
}

export const integer = (n: number, tag = 2) => tlv(tag, integerOctets(n));

export function oid(text: string, tag = 6): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].map(arc => {
    const octets = [arc & 127];
    for (let n = Math.floor(arc / 128); n > 0; n = Math.floor(n / 128)) octets.unshift((n & 127) | 128);
    return octets;
  });
  return tlv(tag, arcs);
}

export const octetString = (bytes: Part, tag = 4) => tlv(tag, bytes);

/** "0110": bit 0 first. */
export function bitString(bits: string, tag = 3): Uint8Array<ArrayBuffer> {
  const octets: number[] = [];
  for (let i = 0; i < bits.length; i += 8) octets.push(Number.parseInt(bits.slice(i, i + 8).padEnd(8, '0'), 2));
  return tlv(tag, (8 - (bits.length % 8)) % 8, octets);
}

export const printableString = (text: string, tag = 0x13) => tlv(tag, latin1(text));
export const teletexString = (text: string, tag = 0x14) => tlv(tag, latin1(text));
export const ia5String = (text: string, tag = 0x16) => tlv(tag, latin1(text));
/** YYMMDDhhmm[ss]Z */
export const utcTime = (text: string, tag = 0x17) => tlv(tag, latin1(text));
