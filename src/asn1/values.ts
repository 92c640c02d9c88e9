import { numbered } from '../base/numbers.ts';
import { hex, latin1 } from '../base/text.ts';
import type { Tlv } from './ber.ts';
import * as ber from './ber.ts';
import * as contents from './contents.ts';
import { decodeString, decodeStringAt, type StringKind } from './strings.ts';
import { generalizedTime, utcTime } from './times.ts';
import type { Type } from './types.ts';
import { type Contents, fail, leaf, type Node, type State } from './walk.ts';

/** Contents octets of primitive types as field values (X.690 §8.2 to §8.26). */

/** Universal string types by tag: an encoder that took the wrong one is read, and blamed. */
export const STRINGS: Partial<Record<number, StringKind>> = {
  [ber.TAG.utf8]: 'UTF8',
  [ber.TAG.numeric]: 'NUMERIC',
  [ber.TAG.printable]: 'PRINTABLE',
  [ber.TAG.teletex]: 'TELETEX',
  [ber.TAG.videotex]: 'VIDEOTEX',
  [ber.TAG.ia5]: 'IA5',
  [ber.TAG.graphic]: 'GRAPHIC',
  [ber.TAG.visible]: 'VISIBLE',
  [ber.TAG.general]: 'GENERAL',
  [ber.TAG.universal]: 'UNIVERSAL',
  [ber.TAG.bmp]: 'BMP',
};

/** Whether an element of another universal type can be read as `type`: one string type for another, INTEGER for ENUMERATED. */
export function similar(type: Type, key: number): boolean {
  if (key >= ber.key(1, 0) || type.key >= ber.key(1, 0)) return false;
  if (type.op === 'INT' || type.op === 'ENUM') return key === ber.TAG.integer || key === ber.TAG.enumerated;
  return STRINGS[type.key] !== undefined && STRINGS[key] !== undefined;
}

/** Puts the padding before the field; an empty string has no bits to show, and "Empty" behind it, as in Wireshark. */
export const bits: Contents = (state, type, f, tlv, into) => {
  const { bytes } = state;
  const at = tlv.content;
  const value = tlv.constructed || tlv.contentEnd - at < 2 ? contents.bitString(bytes, tlv) : null;
  const unused = value === null ? bytes[at]! : value.unused;
  const empty = value !== null && value.octets.length === 0 && unused === 0;
  const [name, label] = empty ? ['ber.bitstring.empty', 'Empty'] : ['ber.bitstring.padding', 'Padding'];
  const padding = leaf(name, label, at, Math.min(at + 1, tlv.contentEnd));
  padding.value = unused;
  if (!empty) into[into.length - 1] = padding;
  into.push(empty ? padding : f);
  if (value === null ? unused > 7 : !value.valid) {
    fail(state, f, 'asn1.value', tlv.start, tlv.end, `${f.label}: the initial octet of the BIT STRING is wrong`);
  }
  f.value = value === null ? hex(bytes, at + 1, tlv.contentEnd) : hex(value.octets);
  if (empty) return;
  for (const { number, name, field } of type.bits) {
    const octet = at + 1 + (number >> 3);
    const there = !tlv.constructed && octet < tlv.contentEnd;
    const child = leaf(field, name, there ? octet : tlv.start, there ? octet + 1 : tlv.end);
    child.value =
      value === null ? there && (bytes[octet]! & (0x80 >> (number & 7))) !== 0 : contents.bit(value, number);
    f.children.push(child);
  }
};

export const integer: Contents = (state, type, f, tlv) => {
  const value = contents.integer(state.bytes, tlv.content, tlv.contentEnd);
  f.value = value ?? undefined;
  if (value === null || tlv.constructed) bad(state, f, tlv, 'no contents octets');
  const known = typeof value === 'number' ? type.names?.get(value) : undefined;
  if (known !== undefined) f.text = `${known} (${value})`;
};

export const hexInteger: Contents = (state, _type, f, tlv) => {
  f.value = hex(state.bytes, tlv.content, tlv.contentEnd);
};

export const boolean: Contents = (state, _type, f, tlv) => {
  if (tlv.contentEnd - tlv.content !== 1) bad(state, f, tlv, 'a BOOLEAN has one contents octet');
  f.value = tlv.contentEnd > tlv.content && state.bytes[tlv.content] !== 0;
};

export const nothing: Contents = (state, _type, f, tlv) => {
  if (tlv.contentEnd !== tlv.content) bad(state, f, tlv, 'a NULL has no contents octets');
};

export const objectIdentifier: Contents = (state, type, f, tlv) => {
  const value = contents.oid(state.bytes, tlv.content, tlv.contentEnd, type.op === 'RELOID');
  f.value = value ?? undefined;
  if (value === null || tlv.constructed) bad(state, f, tlv, 'no object identifier');
  const known = value === null ? null : (state.options.oidName?.(value) ?? null);
  if (known !== null) f.text = `${value} (${known})`;
};

export const realNumber: Contents = (state, _type, f, tlv) => {
  f.value = real(state.bytes, tlv.content, tlv.contentEnd);
};

export const time: Contents = (state, type, f, tlv) => {
  const raw = rawText(state.bytes, tlv);
  const value = type.op === 'GENTIME' ? generalizedTime(raw) : utcTime(raw);
  const century = type.op === 'CENTURYTIME' && value !== null ? (raw < '50' ? '20' : '19') : '';
  f.value = `${century}${value ?? raw}`;
  if (value === null && tlv.fault === null) {
    fail(state, f, 'asn1.time', tlv.start, tlv.end, `${f.label} is no valid time`);
  }
};

export const octetString: Contents = (state, _type, f, tlv) => octets(state, f, tlv);

export const string: Contents = (state, type, f, tlv) => {
  f.value = textOf(state.bytes, type.op as StringKind, tlv);
};

export function textOf(bytes: Uint8Array, kind: StringKind, tlv: Tlv): string {
  if (tlv.constructed) return decodeString(kind, contents.stringOctets(bytes, tlv));
  return decodeStringAt(kind, bytes, tlv.content, tlv.contentEnd);
}

/** Contents as the characters of their octets: times. */
export function rawText(bytes: Uint8Array, tlv: Tlv): string {
  return tlv.constructed ? latin1(contents.stringOctets(bytes, tlv)) : latin1(bytes, tlv.content, tlv.contentEnd);
}

export function octets(state: State, f: Node, tlv: Tlv): void {
  const joined = tlv.constructed ? contents.stringOctets(state.bytes, tlv) : null;
  const size = joined === null ? tlv.contentEnd - tlv.content : joined.length;
  if (size > (state.options.maxOctets ?? 0x100000)) f.text = numbered(size, 'octet');
  else f.value = joined === null ? hex(state.bytes, tlv.content, tlv.contentEnd) : hex(joined);
}

function bad(state: State, f: Node, tlv: Tlv, what: string): void {
  if (tlv.fault === null) fail(state, f, 'asn1.value', tlv.start, tlv.end, `${f.label}: ${what}`);
}

/** X.690 §8.5: binary with base 2, 8 or 16, decimal, special values. The hex of what is none of these. */
export function real(bytes: Uint8Array, start: number, end: number): number | string {
  if (start >= end) return 0;
  const first = bytes[start]!;
  if ((first & 0xc0) === 0) {
    const value = Number(
      latin1(bytes, start + 1, end)
        .trim()
        .replace(',', '.'),
    );
    return Number.isNaN(value) ? hex(bytes, start, end) : value;
  }
  if ((first & 0x80) === 0) {
    const special: Record<number, number> = {
      64: Number.POSITIVE_INFINITY,
      65: Number.NEGATIVE_INFINITY,
      66: Number.NaN,
      67: -0,
    };
    return special[first] ?? hex(bytes, start, end);
  }
  const size = (first & 3) === 3 ? (bytes[start + 1] ?? 0) : (first & 3) + 1;
  const at = start + ((first & 3) === 3 ? 2 : 1);
  const exponent = contents.integer(bytes, at, Math.min(at + size, end));
  if (typeof exponent !== 'number' || at + size >= end) return hex(bytes, start, end);
  let mantissa = 0;
  for (let i = at + size; i < end; i++) mantissa = mantissa * 256 + bytes[i]!;
  const bitsPerDigit = [1, 3, 4, 1][(first >> 4) & 3]!;
  const value = mantissa * 2 ** ((first >> 2) & 3) * 2 ** (bitsPerDigit * exponent);
  return (first & 0x40) === 0 ? value : -value;
}
