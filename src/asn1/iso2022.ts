/**
 * TeletexString (T.61) and GeneralString: octets in sets that ISO 2022 escape sequences designate.
 *
 * The single-byte sets of ISO 8859 and the double-byte sets of East Asia are Node's own decoders; what they lack is T.61, whose
 * diacritics stand before their letter.
 */

/** Right half of T.61 (T.61 table 2, ISO register 103), positions 0xA0 to 0xFF; diacritics 0xC1 to 0xCF apart. '�': no character. */
const T61_RIGHT =
  '\u00a0¡¢£$¥#§¤��«����' + // a0
  '°±²³×µ¶·÷��»¼½¾¿' + // b0
  '����������������' + // c0: diacritics
  '����������������' + // d0
  '\u2126ÆÐªĦ�ĲĿŁØŒºÞŦŊŉ' + // e0
  'ĸæđðħıĳŀłøœßþŧŋ�'; // f0

/** Combining character and free-standing form of each diacritic, from 0xC1 on; 0xC9 is reserved. */
const DIACRITICS: readonly (readonly [combining: string, spacing: string] | null)[] = [
  ['\u0300', '`'],
  ['\u0301', '´'],
  ['\u0302', '^'],
  ['\u0303', '~'],
  ['\u0304', '¯'],
  ['\u0306', '˘'],
  ['\u0307', '˙'],
  ['\u0308', '¨'],
  null,
  ['\u030a', '˚'],
  ['\u0327', '¸'],
  ['\u0332', ' \u0332'],
  ['\u030b', '˝'],
  ['\u0328', '˛'],
  ['\u030c', 'ˇ'],
];

/** A designated set: how many octets a character has, and what it is. */
type Decode = (octets: Uint8Array) => string;
interface CharacterSet {
  readonly width: 1 | 2;
  /** Given octets with bit 8 clear. T.61's right half is not decoded octet by octet and has none. */
  readonly decode: Decode | null;
}

const ASCII: CharacterSet = { width: 1, decode: octets => String.fromCharCode(octets[0]!) };
const T61: CharacterSet = { width: 1, decode: null };

const decoders = new Map<string, CharacterSet>();

/** A set whose characters an encoding of the platform has, with bit 8 set. */
function platform(encoding: string, width: 1 | 2): CharacterSet {
  let set = decoders.get(encoding);
  if (set === undefined) {
    const decoder = new TextDecoder(encoding);
    set = { width, decode: octets => decoder.decode(octets.map(o => o | 0x80)) };
    decoders.set(encoding, set);
  }
  return set;
}

/** Sets of 96 characters by final octet (ISO register 100 and on). */
const SETS_96: Readonly<Record<string, string>> = {
  A: 'iso-8859-1',
  B: 'iso-8859-2',
  C: 'iso-8859-3',
  D: 'iso-8859-4',
  F: 'iso-8859-7',
  G: 'iso-8859-6',
  H: 'iso-8859-8',
  L: 'iso-8859-5',
  M: 'iso-8859-9',
  V: 'iso-8859-10',
  Y: 'iso-8859-13',
  _: 'iso-8859-14',
  b: 'iso-8859-15',
  f: 'iso-8859-16',
};

/** Double-byte sets of 94 by final octet, in the form of the platform that sets bit 8 in both octets. */
const SETS_94_94: Readonly<Record<string, string>> = { '@': 'euc-jp', A: 'gbk', B: 'euc-jp', C: 'euc-kr' };

/** Latin-1's right half: Node's iso-8859-1 is windows-1252, which agrees from 0xA0 on. */
const LATIN1: CharacterSet = platform('iso-8859-1', 1);

function set94(final: string): CharacterSet {
  // 6/12 and 7/6 are T.61's and T.51's supplementary sets; every other of the Latin sets differs from ASCII in a few symbols.
  if (final === 'v' || final === 'l' || final === '|') return T61;
  return final === 'I' ? { width: 1, decode: o => String.fromCharCode(0xff40 + (o[0]! & 0x7f)) } : ASCII;
}

/**
 * Text of octets with designators (ESC 2/8…2/15 and 2/4), SO, SI, LS and single shifts of G2.
 *
 * @param right what G1 is before anything designates it
 */
export function decodeIso2022(octets: Uint8Array, right: 'T.61' | 'ISO 8859-1'): string {
  const sets: CharacterSet[] = [ASCII, right === 'T.61' ? T61 : LATIN1, right === 'T.61' ? T61 : LATIN1, LATIN1];
  let left = 0;
  let high = 1;
  let out = '';
  // A single shift means something once there is a G2; before, 0x8E is a stray octet of some code page.
  let shiftable = false;
  for (let at = 0; at < octets.length; ) {
    const octet = octets[at]!;
    if (octet === 0x1b) {
      const found = designator(octets, at);
      if (found !== null) {
        sets[found.g] = found.set;
        shiftable ||= found.g === 2;
        at = found.next;
        continue;
      }
      const shift = LOCKING[octets[at + 1] ?? 0];
      if (shift !== undefined) {
        if (shift[0] === 'left') left = shift[1];
        else high = shift[1];
        at += 2;
        continue;
      }
    }
    if (octet === 0x0e || octet === 0x0f) {
      left = octet === 0x0e ? 1 : 0;
      at++;
      continue;
    }
    const single = shiftable && (octet === 0x19 || octet === 0x8e);
    if (single) at++;
    const code = octets[at];
    if (code === undefined) break;
    if ((code & 0x7f) < 0x20 || code === 0x7f) {
      out += String.fromCharCode(code);
      at++;
      continue;
    }
    const set = sets[single ? 2 : code < 0x80 ? left : high]!;
    if (code === 0x20 && set !== T61) {
      out += ' ';
      at++;
    } else if (set.decode === null) {
      const [text, used] = t61(octets, at);
      out += text;
      at += used;
    } else {
      const character = octets.subarray(at, at + set.width).map(o => o & 0x7f);
      out += character.length < set.width ? '\ufffd' : set.decode(character);
      at += set.width;
    }
  }
  return out;
}

/** Locking shifts by the octet behind ESC: LS2, LS3, LS1R, LS2R, LS3R. */
const LOCKING: Readonly<Record<number, readonly ['left' | 'right', number]>> = {
  110: ['left', 2],
  111: ['left', 3],
  126: ['right', 1],
  125: ['right', 2],
  124: ['right', 3],
};

/** An escape sequence that designates a set: ESC, 2/4 for double octets, 2/8…2/15 for G0…G3, intermediates, final. */
function designator(octets: Uint8Array, start: number): { g: number; set: CharacterSet; next: number } | null {
  let at = start + 1;
  const wide = octets[at] === 0x24;
  if (wide) at++;
  let g = 0;
  let of96 = false;
  const slot = octets[at];
  if (slot !== undefined && slot >= 0x28 && slot <= 0x2f) {
    g = slot & 3;
    of96 = slot >= 0x2c;
    at++;
  } else if (!wide) return null;
  while (at < octets.length && octets[at]! >= 0x20 && octets[at]! < 0x30) at++;
  const final = octets[at];
  if (final === undefined || final < 0x30 || final > 0x7e) return null;
  const letter = String.fromCharCode(final);
  if (wide) {
    const name = SETS_94_94[letter];
    return { g, set: name === undefined ? { width: 2, decode: () => '\ufffd' } : platform(name, 2), next: at + 1 };
  }
  if (of96) {
    const name = SETS_96[letter];
    return { g, set: name === undefined ? { width: 1, decode: () => '\ufffd' } : platform(name, 1), next: at + 1 };
  }
  return { g, set: set94(letter), next: at + 1 };
}

/**
 * One character of T.61's right half: a symbol, or a diacritic with the letter behind it. The reserved codes of the left half
 * (2/3, 2/4, 5/12, 5/14, 6/0, 7/11, 7/13, 7/14) never come here: whoever sends them means ASCII.
 */
function t61(octets: Uint8Array, at: number): [text: string, used: number] {
  const code = octets[at]! | 0x80;
  if (code < 0xc1 || code > 0xcf) return [T61_RIGHT[code - 0xa0] ?? '\ufffd', 1];
  const mark = DIACRITICS[code - 0xc1] ?? null;
  const letter = octets[at + 1];
  if (mark === null || letter === undefined || letter < 0x20 || letter > 0x7e) return ['\ufffd', 1];
  return [letter === 0x20 ? mark[1] : `${String.fromCharCode(letter)}${mark[0]}`.normalize('NFC'), 2];
}

/** Control functions of T.61 §3.4 (ISO register 106 and 107): BS, LF, FF, CR, SUB; PLD, PLU, CSI. Shifts and ESC apart. */
const T61_CONTROLS: ReadonlySet<number> = new Set([0x08, 0x0a, 0x0c, 0x0d, 0x1a, 0x8b, 0x8c, 0x9b]);
/** ESC, the locking and the single shifts: behind one of them an octet may be of any set. */
const SHIFTS: ReadonlySet<number> = new Set([0x0e, 0x0f, 0x19, 0x1b, 0x1d]);

/** What octets of a TeletexString show about themselves. */
export interface TeletexLook {
  /** Characters, a diacritic and its letter being one; null where shifts or escape sequences make it uncertain. */
  readonly characters: number | null;
  /** First code that T.61 reserves, or a diacritic without a letter; null when there is none, or none for certain. */
  readonly reserved: number | null;
}

/**
 * T.61's codes without any escape sequence (X.690 §8.21.5: registers 102, 103, 106 and 107 are there from the start).
 *
 * The codes that T.61 leaves out of ASCII are not held against anybody: each receiver reads them as ASCII, which later editions of X.680
 * admit. 12/9 before a vowel is the umlaut of some administrations.
 */
export function lookAtTeletex(octets: Uint8Array, start: number, end: number): TeletexLook {
  let characters = 0;
  let reserved: number | null = null;
  for (let at = start; at < end; at++) {
    const code = octets[at]!;
    characters++;
    if (code >= 0x20 && code < 0x80) continue;
    if (SHIFTS.has(code)) return { characters: null, reserved: null };
    let sound = code === 0xa0 || T61_CONTROLS.has(code);
    if (code > 0xc0 && code < 0xd0) {
      const letter = at + 1 < end ? octets[at + 1]! : 0;
      sound = (code === 0xc9 ? UMLAUTS : code === 0xcc ? GRAPHIC : LETTERS).test(String.fromCharCode(letter));
      if (sound) at++;
    } else if (code > 0xa0) sound = T61_RIGHT[code - 0xa0] !== '\ufffd';
    if (!sound) reserved ??= code;
  }
  return { characters, reserved };
}

/** What may stand behind a diacritic: a letter, or the space for the mark alone; behind the underline any character. */
const LETTERS = /[A-Za-z ]/;
const UMLAUTS = /[AOUaou]/;
const GRAPHIC = /[ -~\xa1-\xfe]/;
