import type { Op, Type } from './types.ts';

/** Field names as Wireshark's asn2wrs makes them. */

/** Types whose field has no value of its own: "_element" in Wireshark's names. */
const VALUELESS: ReadonlySet<Op> = new Set<Op>(['SEQ', 'SET', 'NULL', 'OPEN', 'ANY']);

/** Wrappers that a name does not show. */
export const TRANSPARENT: ReadonlySet<Op> = new Set<Op>(['EXPLICIT', 'SECRET', 'GUARD']);

/** `proto.ident`, hyphens as underscores, "_element" behind when the field has no value of its own. */
export function fieldName(proto: string, ident: string, type: Type): string {
  let inner = type;
  for (let i = 0; i < 8 && TRANSPARENT.has(inner.op); i++) inner = inner.of;
  return `${proto}.${ident.replaceAll('-', '_')}${VALUELESS.has(inner.op) ? '_element' : ''}`;
}

/** The name of a field that holds a whole value of the type: `proto.TypeName[_element]`. */
export function typeField(type: Type): string {
  return fieldName(type.home.proto, type.called, type);
}
