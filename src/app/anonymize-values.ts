import { generalizedTime, utcTime } from '../asn1/times.ts';
import { latin1 } from '../base/text.ts';

/** What stands in for octets that nobody understands: it can't be taken for the version octet of a TPKT, nor for a BER header of note. */
export const FILLER = 0x78;

/** The first of sixteen octets that binary values are made of: no text, no header. */
const BINARY = 0x90;

/** Values as long as this are contents: they keep their length, and nothing else. */
const LONGEST_NAME = 256;

/** Signs in a row that are form still. */
const LONGEST_RUN = 2;

/** Characters that hold a value's form together and say nothing by themselves. */
const FORM = new Set(" .,:;/-_=@()'+?&*#%<>\\\r\n\t".split('').map(char => char.charCodeAt(0)));

/**
 * Pseudonyms: equal octets become equal octets of the same length, letters letters and digits digits, so that a PrintableString stays
 * one and a NumericString too. They are counted, not made at random: the result is the same every time. `round` gives another set.
 */
export class Pseudonyms {
  /** Every text of four or more characters that was rewritten; of long ones nothing stays, so that they need not be looked for. */
  readonly texts = new Set<string>();
  private readonly known = new Map<string, Uint8Array>();
  private readonly round: number;
  private readonly digit: number;
  private readonly letter: number;

  constructor(round = 0) {
    this.round = round;
    this.digit = '7846'.charCodeAt(round % 4);
    this.letter = 'xqzk'.charCodeAt(round % 4);
  }

  /** `wide`: octets of a character (BMPString 2, UniversalString 4). `telling`: the value is one to look for in the result. */
  of(octets: Uint8Array, wide = 1, telling = true): Uint8Array {
    if (octets.length > LONGEST_NAME) return filled(octets.length, wide);
    if (telling && octets.length >= 4 && printable(octets)) this.texts.add(latin1(octets));
    const key = latin1(octets);
    let found = this.known.get(key);
    if (found === undefined) {
      found = this.time(key) ?? (binary(octets) ? this.number(octets) : this.name(octets, wide));
      this.known.set(key, found);
    }
    return found;
  }

  private name(octets: Uint8Array, wide: number): Uint8Array {
    const out = octets.slice();
    const slots: number[] = [];
    for (let i = 0; i < out.length; i++) {
      if (wide > 1 && (i + 1) % wide !== 0) {
        out[i] = 0;
        continue;
      }
      const octet = out[i]!;
      if (FORM.has(octet) && !inRun(octets, i, wide)) continue;
      slots.push(i);
      out[i] = digit(octet) ? this.digit : octet >= 0x41 && octet <= 0x5a ? this.letter - 32 : this.letter;
    }
    if (slots.length === 0) {
      // Blanks alone (an empty ADMD name) identify nobody; a longer run of signs might.
      return out.length < 4 ? out : filled(out.length, wide);
    }
    for (let n = this.known.size + 1 + this.round * 7919, tries = 0; tries < 64; n++, tries++) {
      count(out, slots, n);
      if (latin1(out) !== latin1(octets)) break;
    }
    return out;
  }

  /** Octets that are no text stay none. */
  private number(octets: Uint8Array): Uint8Array {
    const out = new Uint8Array(octets.length).fill(BINARY + this.round);
    for (let n = this.known.size + 1, i = out.length - 1; i >= 0 && n > 0; i--, n >>= 4) out[i] = BINARY + (n & 15);
    return out;
  }

  /** A time stays a time: another one, of the same form. */
  private time(text: string): Uint8Array | null {
    const form = /^(\d{10}|\d{12}|\d{14})(\.\d+)?(Z|[+-]\d{4})?$/.exec(text);
    if (form === null || (utcTime(text) === null && generalizedTime(text) === null)) return null;
    const digits = form[1]!;
    const n = this.known.size + 1 + this.round * 7919;
    const two = (value: number) => String(value).padStart(2, '0');
    // Day, hour and minute count; the rest of the fields hold what every calendar has.
    const rest = `01${two((Math.floor(n / 1440) % 28) + 1)}${two(Math.floor(n / 60) % 24)}${two(n % 60)}`;
    const general = generalizedTime(text) !== null && utcTime(text) === null;
    const date = general ? `1990${rest}00` : `90${rest}00`;
    const zeros = (form[2] ?? '').replace(/\d/g, '0') + (form[3] ?? '').replace(/\d/g, '0');
    return new TextEncoder().encode(date.slice(0, digits.length) + zeros);
  }
}

function binary(octets: Uint8Array): boolean {
  return octets.some(octet => octet < 0x20) && octets.every(octet => octet < 0x20 || octet >= 0x7f);
}

/** Whether the sign at `i` is one of many in a row: a pattern is a value of its own. */
function inRun(octets: Uint8Array, i: number, wide: number): boolean {
  let length = 1;
  for (let k = i - wide; k >= 0 && FORM.has(octets[k]!); k -= wide) length++;
  for (let k = i + wide; k < octets.length && FORM.has(octets[k]!); k += wide) length++;
  return length > LONGEST_RUN;
}

function printable(octets: Uint8Array): boolean {
  return octets.every(octet => octet >= 0x20 && octet < 0x7f);
}

function digit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

function filled(length: number, wide: number): Uint8Array {
  const out = new Uint8Array(length).fill(FILLER);
  if (wide > 1) for (let i = 0; i < length; i++) if ((i + 1) % wide !== 0) out[i] = 0;
  return out;
}

/** Write a number into the places of letters and digits, from the last one on. */
function count(out: Uint8Array, slots: readonly number[], n: number): void {
  for (let k = slots.length - 1; k >= 0; k--) {
    const at = slots[k]!;
    // In front of the number the filler stays.
    if (n === 0) return;
    if (digit(out[at]!)) {
      out[at] = 0x30 + (n % 10);
      n = Math.floor(n / 10);
    } else {
      const first = out[at]! >= 0x41 && out[at]! <= 0x5a ? 0x41 : 0x61;
      out[at] = first + (n % 26);
      n = Math.floor(n / 26);
    }
  }
}
