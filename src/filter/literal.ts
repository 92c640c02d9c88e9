import { parseAddress } from './address.ts';
import type { Literal, Relation } from './ast.ts';
import type { ValueInfo } from './fields.ts';
import { named, unknownName } from './names.ts';
import { hexOfWord } from './octets.ts';

const NUMBER = 'a number (decimal, or hexadecimal with 0x)';
const ADDRESS = 'an IPv4 or IPv6 address, or a network such as 10.0.0.0/8';
const OCTETS = 'octets such as 02:f0:80, or text in quotes';
const BOOLEAN = 'true or false (or 1 or 0)';

/** A value as it stands in the filter. */
export interface Written {
  readonly text: string;
  /** Of what stands in quotes: its octets, as hex. */
  readonly hex: string | null;
}

/**
 * What a written value stands for beside this field; a text says what would have been right. What could never hold is refused: silence
 * would be taken for an answer. Of fields whose kind is not known any value is taken, and compared with what is there.
 */
export function literalOf(written: Written, field: string, of: ValueInfo, relation: Relation | 'in'): Literal | string {
  if (relation === 'contains') return contained(written, field, of);
  const { text } = written;
  const quoted = written.hex !== null;
  const compares = (with_: string): string => `${field} compares with ${with_}`;
  switch (of.kind) {
    case 'address': {
      const address = parseAddress(text);
      if (address === null) return compares(ADDRESS);
      const family = address.hex.length === 8 ? 4 : 6;
      if (of.family !== null && of.family !== family)
        return `${field} is an IPv${of.family} address, and ${text} one of IPv${family}`;
      return { kind: 'address', ...address, text };
    }
    case 'time':
      return time(text, of) ?? compares('a time such as "2026-03-01 09:15:00.25" (UTC), or seconds since 1970');
    case 'octets':
      return octets(written) ?? compares(OCTETS);
    case 'number':
      return number(written, field, of, relation);
    case 'boolean': {
      const truth = boolean(text);
      if (truth !== null) return truth;
      const value = quoted ? null : numberOf(text);
      if (value === 0 || value === 1) return { kind: 'number', value, text };
      return truthOf(text, of) ?? compares([BOOLEAN, ...of.values.map(name => `"${name}"`)].join(' or '));
    }
    case 'text': {
      const closed = of.values.length > 0 && (relation === '==' || relation === '!=' || relation === 'in');
      if (closed) return named(text, of) ?? unknownName(field, text, of);
      const value = quoted ? null : numberOf(text);
      return value === null ? { kind: 'string', value: text } : { kind: 'number', value, text: text.toLowerCase() };
    }
    default:
      return quoted ? { kind: 'string', value: text } : guessed(text);
  }
}

function number({ text, hex }: Written, field: string, of: ValueInfo, relation: Relation | 'in'): Literal | string {
  const value = numberOf(text);
  if (value !== null && hex === null) {
    if (!of.fractions && typeof value === 'number' && !Number.isInteger(value))
      return `${field} compares with a whole number`;
    return { kind: 'number', value, text: text.toLowerCase() };
  }
  if (of.values.length > 0 && relation !== '==' && relation !== '!=' && relation !== 'in')
    return `${field} is less or greater than ${NUMBER}, not than a name`;
  const name = of.values.length > 0 ? named(text, of) : null;
  if (name !== null) return name;
  if (value !== null) return `${field} compares with a number, which stands without quotes: ${text}`;
  if (of.values.length > 0) return unknownName(field, text, of);
  const octal = /^-?0\d+$/.test(text) ? '; a 0 in front makes it octal' : '';
  return `${field} compares with ${NUMBER}${octal}`;
}

/** Of fields whose kind is not known. */
function guessed(word: string): Literal {
  const value = numberOf(word);
  if (value !== null) return { kind: 'number', value, text: word.toLowerCase() };
  // Groups of two digits are octets unless they can only be an address.
  if (/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2})+$/.test(word)) return { kind: 'octets', hex: hexOfWord(word)! };
  const address = parseAddress(word);
  if (address !== null) return { kind: 'address', ...address, text: word };
  return boolean(word) ?? { kind: 'string', value: word };
}

/** What text or octets are to contain. */
function contained(written: Written, field: string, of: ValueInfo): Literal | string {
  const { text, hex } = written;
  if (text === '') return `${field} contains nothing: at least one character or octet has to be named`;
  if (of.kind === 'octets' || of.kind === 'layer') return octets(written) ?? `${field} contains ${OCTETS}`;
  const literal: Literal = hex === null ? guessed(text) : { kind: 'string', value: text };
  if (literal.kind === 'octets') {
    if (['number', 'boolean', 'time', 'address'].includes(of.kind))
      return `${field} has no octets: it contains text only`;
    return literal;
  }
  if (of.kind === 'text' && of.values.length > 0 && !of.values.some(value => value.includes(text)))
    return unknownName(field, text, of);
  return { kind: 'string', value: literal.kind === 'number' ? literal.text : text };
}

/** Text in quotes is the octets that it would be; what is not quoted are the octets themselves. */
function octets({ text, hex }: Written): Literal | null {
  const found = hex ?? hexOfWord(text);
  return found === null ? null : { kind: 'octets', hex: found };
}

/** One of the two words that a field has for true and false. */
function truthOf(text: string, of: ValueInfo): Literal | null {
  const name = named(text, of);
  return name === null || name.kind !== 'string' ? null : { kind: 'boolean', value: name.value === of.values[0], text };
}

function boolean(text: string): Literal | null {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? { kind: 'boolean', value: lower === 'true', text } : null;
}

/** As in C, and in Wireshark: a 0 in front makes it octal. */
function numberOf(word: string): number | bigint | null {
  const integer = /^(-?)(0[0-7]+|0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/.exec(word);
  if (integer !== null) {
    const value = BigInt(integer[2]!.replace(/^0(?=[0-7])/, '0o'));
    const signed = integer[1] === '-' ? -value : value;
    return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(signed)
      : signed;
  }
  return /^-?\d+\.\d+([eE][+-]?\d+)?$/.test(word) ? Number(word) : null;
}

/**
 * `1998-06-03 09:13:11.402118`, `1998-06-03`, in UTC unless a zone follows; or seconds since 1970. Few digits could as well be a year
 * where dates are written; `fractions` is the mark of a field of seconds.
 */
function time(text: string, { fractions }: ValueInfo): Literal | null {
  const seconds = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds !== null && (fractions || seconds[2]!.length >= 5)) {
    const value = nanoseconds(BigInt(seconds[2]!), seconds[3]);
    return { kind: 'time', value: seconds[1] === '-' ? -value : value };
  }
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(
    text.trim(),
  );
  if (parts === null) return null;
  const zone = parts[4] === undefined || parts[4] === 'UTC' ? 'Z' : parts[4];
  const base = Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${zone}`);
  return Number.isNaN(base) ? null : { kind: 'time', value: nanoseconds(BigInt(base / 1000), parts[3]) };
}

function nanoseconds(seconds: bigint, fraction = ''): bigint {
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
