import { hex as toHex } from '../base/text.ts';
import { hexOfText } from './octets.ts';

/** `word` is a field, a keyword or an unquoted value; which of them, the parser knows from where it stands. */
export type TokenKind =
  | 'word'
  | 'string'
  | 'operator'
  | 'open'
  | 'close'
  | 'brace'
  | 'unbrace'
  | 'comma'
  | 'range'
  | 'end'
  | 'bad';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string, its value without quotes and escapes. */
  readonly text: string;
  /** Of a string: the octets that it stands for. Characters are UTF-8 there, but `\xf0` is one octet. */
  readonly hex?: string;
  readonly start: number;
  readonly end: number;
  /** What is wrong with a `bad` one. */
  readonly why?: string;
}

const OPERATORS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!', '~'];
const SINGLE: Readonly<Record<string, TokenKind>> = {
  '(': 'open',
  ')': 'close',
  '{': 'brace',
  '}': 'unbrace',
  ',': 'comma',
};
/** Letters, digits and what addresses, byte strings, numbers and names are made of. */
const WORD = /[\p{L}\p{N}_.:/*+$%@-]/u;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
/** Octets and characters by their numbers: `\x41`, `\101` (and `\0`), `\u0041`, `\U00000041`. */
const NUMBERED = /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}|0)|(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))/;

/** The tokens of a filter, an `end` last. A token that can't be read is `bad` and ends the list. */
export function tokens(text: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const token = next(text, at);
    out.push(token);
    if (token.kind === 'bad') return out;
    at = token.end;
  }
  out.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return out;
}

function next(text: string, at: number): Token {
  const char = text[at]!;
  const simple = SINGLE[char];
  if (simple !== undefined) return { kind: simple, text: char, start: at, end: at + 1 };
  if (char === '"' || char === "'") return quoted(text, at, at, false);
  if ((char === 'r' || char === 'R') && (text[at + 1] === '"' || text[at + 1] === "'"))
    return quoted(text, at, at + 1, true);
  const operator = OPERATORS.find(o => text.startsWith(o, at));
  if (operator !== undefined) return { kind: 'operator', text: operator, start: at, end: at + operator.length };
  if (text.startsWith('..', at)) return { kind: 'range', text: '..', start: at, end: at + 2 };
  let end = at;
  while (end < text.length && WORD.test(text[end]!) && !text.startsWith('..', end)) end++;
  if (end > at) return { kind: 'word', text: text.slice(at, end), start: at, end };
  const hint =
    char === '=' ? ' (equality is ==)' : char === '&' ? ' ("and" is &&)' : char === '|' ? ' ("or" is ||)' : '';
  const whole = String.fromCodePoint(text.codePointAt(at)!);
  return { kind: 'bad', text: whole, start: at, end: at + whole.length, why: `nothing can begin with ${whole}${hint}` };
}

/** A string in either kind of quotes; in a raw one (`r"…"`) a backslash is a backslash, as patterns like it. */
function quoted(text: string, start: number, at: number, raw: boolean): Token {
  const quote = text[at]!;
  let value = '';
  let hex = '';
  for (let i = at + 1; i < text.length; ) {
    if (text[i] === quote) return { kind: 'string', text: value, hex, start, end: i + 1 };
    const char = String.fromCodePoint(text.codePointAt(i)!);
    const part = char === '\\' && !raw ? escaped(text, i + 1) : { text: char, length: char.length };
    value += part.text;
    hex += part.hex ?? hexOfText(part.text);
    i += part.length;
  }
  return { kind: 'bad', text: text.slice(start), start, end: text.length, why: `the string has no closing ${quote}` };
}

/** What the backslash before `at` makes of what stands there. One that means nothing stays: patterns are full of them (\d, \.). */
function escaped(text: string, at: number): { text: string; hex?: string; length: number } {
  const [all = '', hex, octal, code] = NUMBERED.exec(text.slice(at, at + 9)) ?? [];
  if (all === '') {
    const char = text.charAt(at);
    return { text: ESCAPES[char] ?? `\\${char}`, length: 1 + char.length };
  }
  const number = octal === undefined ? Number.parseInt(hex ?? code!.slice(1), 16) : Number.parseInt(octal, 8);
  const char = number > 0x10ffff ? '\ufffd' : String.fromCodePoint(number);
  return { text: char, length: 1 + all.length, ...(code === undefined ? { hex: toHex(Uint8Array.of(number)) } : {}) };
}
