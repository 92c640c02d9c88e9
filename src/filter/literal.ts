import { parseAddress } from './address.ts';
import type { Literal } from './ast.ts';
import type { FieldKind } from './fields.ts';

/**
 * What an unquoted word stands for as the value of a field of this kind; a text says what would have been right.
 * Kinds are only known of fields that every capture has: of others any value is taken, and compared with what is there.
 */
export function literalOf(word: string, kind: FieldKind): Literal | string {
  if (kind === 'address') {
    const address = parseAddress(word);
    return address === null
      ? 'an IPv4 or IPv6 address, or a network such as 10.0.0.0/8'
      : { kind: 'address', ...address };
  }
  if (kind === 'time') return time(word);
  const number = numberOf(word);
  if (number !== null) return { kind: 'number', value: number, text: word.toLowerCase() };
  if (kind === 'number') return 'a number (decimal, or hexadecimal with 0x)';
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false') return { kind: 'boolean', value: lower === 'true' };
  if (kind === 'boolean') return 'true or false (or 1 or 0)';
  if (kind === 'text') return { kind: 'string', value: word };
  // Groups of two digits are octets unless they can only be an address.
  if (/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2})+$/.test(word)) return { kind: 'octets', hex: lower.replace(/[:-]/g, '') };
  const address = parseAddress(word);
  if (address !== null) return { kind: 'address', ...address };
  return { kind: 'string', value: word };
}

/** A quoted text as the value of a field of this kind. */
export function quotedLiteral(text: string, kind: FieldKind): Literal | string {
  if (kind === 'time') return time(text);
  if (kind === 'address') {
    const address = parseAddress(text);
    return address === null
      ? 'an IPv4 or IPv6 address, or a network such as 10.0.0.0/8'
      : { kind: 'address', ...address };
  }
  return { kind: 'string', value: text };
}

function numberOf(word: string): number | bigint | null {
  const integer = /^(-?)(\d+|0[xX][0-9a-fA-F]+)$/.exec(word);
  if (integer !== null) {
    const value = BigInt(integer[2]!);
    const signed = integer[1] === '-' ? -value : value;
    return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(signed)
      : signed;
  }
  return /^-?\d+\.\d+([eE][+-]?\d+)?$/.test(word) ? Number(word) : null;
}

/** `1998-06-03 09:13:11.402118`, `1998-06-03`, in UTC unless a zone follows; or seconds since 1970. */
function time(text: string): Literal | string {
  if (/^\d{5,}(\.\d+)?$/.test(text)) return { kind: 'time', value: Number(text) };
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text.trim());
  const wrong = 'a time such as "2026-03-01 09:15:00.25" (UTC), or seconds since 1970';
  if (parts === null) return wrong;
  const zone = parts[4] === undefined || parts[4] === 'UTC' ? 'Z' : parts[4];
  const base = Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}${zone}`);
  return Number.isNaN(base) ? wrong : { kind: 'time', value: base / 1000 + Number(parts[3] ?? 0) };
}
