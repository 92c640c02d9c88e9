import { hexadecimal } from '../../../base/numbers.ts';
import { s7HeaderLength } from '../recognise.ts';
import { FUNCTIONS, GROUPS, METHODS, MODES, ROSCTR, SUBFUNCTIONS, TYPES } from './names.ts';

/** What an S7comm PDU asks for, answers or tells, in words. */

export const USERDATA = 7;

/** What a PDU is counted as: its type, and what it asks for or answers. */
export function kindOf(bytes: Uint8Array, start: number, end: number): string {
  const what = whatOf(bytes, start, end);
  return what === '' ? typeOf(bytes, start) : `${typeOf(bytes, start)}: ${what}`;
}

/** The same in the words of Wireshark's packet list. */
export function infoOf(bytes: Uint8Array, start: number, end: number): string {
  const what = whatOf(bytes, start, end);
  const words = what === '' ? '' : ` Function:${what.startsWith('[') ? what : `[${what}]`}`;
  return `ROSCTR:[${typeOf(bytes, start).padEnd(8)}]${words}`;
}

const typeOf = (bytes: Uint8Array, start: number): string => ROSCTR[bytes[start + 1]!] ?? `ROSCTR ${bytes[start + 1]}`;

function whatOf(bytes: Uint8Array, start: number, end: number): string {
  const at = start + s7HeaderLength(bytes[start + 1]!);
  const parameter = (bytes[start + 6]! << 8) | bytes[start + 7]!;
  if (parameter === 0 || at >= end) return '';
  if (bytes[start + 1] !== USERDATA) return functionName(bytes[at]!);
  return userdataWords(bytes, at, Math.min(end, at + parameter));
}

export const functionName = (code: number): string => FUNCTIONS[code] ?? `Unknown function: ${number16(code, 1)}`;

/** Type, group, subfunction and an error of a userdata PDU, as far as the octets of its parameter are there. */
function userdataWords(bytes: Uint8Array, at: number, end: number): string {
  if (at + 6 > end) return '';
  const type = bytes[at + 5]! >> 4;
  const group = bytes[at + 5]! & 0x0f;
  // A push is no half of an exchange by its type; its method says which.
  const method = METHODS[bytes[at + 4]!];
  const way = type === 0 && method !== undefined ? `-${method}` : '';
  const words = `[${TYPES[type] ?? `type ${type}`}${way}] -> [${GROUPS[group] ?? `group ${group}`}]`;
  if (at + 8 > end) return words;
  const code = bytes[at + 6]!;
  const error = bytes[at + 3]! < 8 || at + 12 > end ? 0 : (bytes[at + 10]! << 8) | bytes[at + 11]!;
  return `${words} -> [${subfunction(group, code) ?? `subfunction ${code}`}]${errorInfo(error)}`;
}

export const subfunction = (group: number, code: number): string | undefined =>
  group === 0 ? MODES[code] : SUBFUNCTIONS[group]?.[code];

/** Behind the function in the packet list. */
export const errorInfo = (error: number): string => (error === 0 ? '' : ` -> Errorcode:[${number16(error, 2)}]`);

export const number16 = (value: number, octets: number): string => hexadecimal(value, octets * 2);
