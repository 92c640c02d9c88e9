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
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '0': '\0',
};

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
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!;
    if (char === quote) return { kind: 'string', text: value, start, end: i + 1 };
    if (char !== '\\' || raw) {
      value += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(text.slice(i + 1, i + 4));
    if (hex !== null) {
      value += String.fromCharCode(Number.parseInt(hex[1]!, 16));
      i += 3;
      continue;
    }
    const escaped = text[++i];
    if (escaped === undefined) break;
    // An unknown escape stays as it is: patterns are full of them (\d, \.).
    value += ESCAPES[escaped] ?? `\\${escaped}`;
  }
  return { kind: 'bad', text: text.slice(start), start, end: text.length, why: `the string has no closing ${quote}` };
}
