import type { Field } from '../model/field.ts';
import type { Tlv } from './ber.ts';
import * as ber from './ber.ts';
import type { Op, Type } from './types.ts';

/**
 * What a decoding walk shares (decode.ts): its options and results, its state, its nodes, the step from one element into another, and
 * how elements are blamed.
 */

export interface Asn1Fault {
  /** `ber.*`: encoding (ber.ts). `asn1.*`: missing, unknown, duplicate, value, time, tag, implicit, trailing, choice, limit. */
  readonly code: string;
  /** Positions in the decoded buffer, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

/** An open value: what a PDV, an EXTERNAL, an extension or a ROSE argument holds. */
export interface OpenValue {
  /** Field that would hold the value when it stays undecoded: `pres.single_ASN1_type_element`, `rtse.open_element`. */
  readonly fieldName: string;
  /** What the sibling components named: a number (presentation context, operation) and/or an OID. */
  readonly contextId: number | null;
  readonly oid: string | null;
  /** The value, tag and length included, in the decoded buffer. */
  readonly start: number;
  readonly end: number;
}

export interface DecodeOptions {
  /**
   * Picks the type of an open value that no table knows; asked once for each. A Type: decoded in place. 'later': the caller decodes it as a layer of its
   * own (it is listed in `opens`, and has no field). null: unknown; it is listed, and its elements are shown undecoded.
   */
  readonly open?: (value: OpenValue) => Type | 'later' | null;
  /** Show passwords and other credentials; otherwise their fields say "credentials hidden (n octets)". */
  readonly showCredentials?: boolean;
  /** Names the objects that OIDs identify, for `text`; null when unknown. */
  readonly oidName?: (oid: string) => string | null;
  /** Text behind a constructed node's label, by type name ("ORName"): `(/C=gb/…)`. Null for none. */
  readonly summary?: (type: string, bytes: Uint8Array, start: number, end: number) => string | null;
  /** Fields after which the rest stays undecoded (`asn1.limit`). Default 500,000. */
  readonly maxFields?: number;
  /** OCTET STRINGs above this many octets have no `value`, their `text` says the size. Default 1 MiB. */
  readonly maxOctets?: number;
}

export interface Decoded {
  /** Normally one; BIT STRINGs are preceded by their padding, as in Wireshark. */
  readonly fields: Field[];
  /** Behind the element that was decoded. */
  readonly end: number;
  readonly faults: Asn1Fault[];
  /** Every open value that was not decoded in place, in order. */
  readonly opens: OpenValue[];
}

export type Node = { -readonly [K in keyof Field]: K extends 'children' ? Node[] : Field[K] };

/** Where the field of an element goes, and what it is called there. */
export interface Slot {
  readonly name: string;
  readonly label: string;
  /** Where the field begins: with the element, or with the outermost of the explicit tags around it. */
  readonly start: number;
  readonly into: Node[];
}

/** Reads an element of a type, into a slot. */
export type Decoder = (state: State, type: Type, slot: Slot, tlv: Tlv) => void;

/** Reads the contents of an element into its field, which is the last of `into`. */
export type Contents = (state: State, type: Type, f: Node, tlv: Tlv, into: Node[]) => void;

export interface State {
  readonly bytes: Uint8Array;
  readonly options: DecodeOptions;
  readonly faults: Asn1Fault[];
  readonly opens: OpenValue[];
  /** Handed down, for each of them may come to any of the others. */
  readonly decoders: Readonly<Record<Op, Decoder>>;
  /** Values of the components decoded so far of the innermost SEQUENCE that has an OPEN. */
  env: Map<string, number | string> | null;
  left: number;
  /** How many elements the one being read is in; -1 before the first. */
  depth: number;
  /** How many GUARDs the walk is in. */
  guards: number;
}

/** Leaves share one list of children, which nobody can add to. */
const NONE = Object.freeze([]) as unknown as Node[];

export function leaf(name: string, label: string, start: number, end: number): Node {
  return { name, label, value: undefined, text: undefined, start, end, children: NONE, fault: undefined };
}

export function node(name: string, label: string, start: number, end: number): Node {
  return { name, label, value: undefined, text: undefined, start, end, children: [], fault: undefined };
}

/** A new field in a slot, for the whole of an element. */
export function place(slot: Slot, tlv: Tlv): Node {
  const f = node(slot.name, slot.label, slot.start, tlv.end);
  slot.into.push(f);
  return f;
}

/** The slot of an element inside the one whose field is `f`. */
export function below(f: Node, name: string, label: string, tlv: Tlv): Slot {
  return { name, label, start: tlv.start, into: f.children };
}

/** Reads an element, unless the walk has gone far enough. */
export function element(state: State, type: Type, slot: Slot, tlv: Tlv): void {
  state.depth++;
  if (enough(state)) stopAt(state, place(slot, tlv));
  else state.decoders[type.op](state, type, slot, tlv);
  state.depth--;
}

/** Counts an element in; true when it is too deep or one too many, and is to be left as it is (`stopAt`). */
export function enough(state: State): boolean {
  return state.left-- <= 0 || state.depth > ber.MAX_DEPTH;
}

/** Says why what is in this field was not read; that there are too many only once. */
export function stopAt(state: State, f: Node): void {
  if (state.depth > ber.MAX_DEPTH) fail(state, f, 'ber.depth', f.start, f.end, `${f.label} is nested too deep`);
  else if (state.left === -1)
    fail(state, f, 'asn1.limit', f.start, f.end, 'too many elements: the rest stays undecoded');
}

export function fail(state: State, on: Node | null, code: string, start: number, end: number, detail: string): void {
  state.faults.push({ code, start, end, detail });
  if (on !== null) on.fault ??= detail;
}

const BER_DETAIL: Record<ber.BerFaultCode, string> = {
  'ber.truncated': 'runs past the octets that hold it',
  'ber.length': 'has impossible length octets',
  'ber.tag': 'has an impossible tag number',
  'ber.eoc': 'has no end-of-contents octets',
  'ber.depth': 'is nested too deep',
};

/** Says what is wrong with the element itself, unless an element inside it is already blamed for the same octets. */
export function blame(state: State, on: Node, tlv: Tlv, before: number): void {
  if (tlv.fault === null) return;
  for (let i = before; i < state.faults.length; i++) {
    if (state.faults[i]!.code.startsWith('ber.')) return;
  }
  fail(state, on, tlv.fault, tlv.start, tlv.end, `${on.label} ${BER_DETAIL[tlv.fault]}`);
}

const CLASS_NAMES = ['UNIVERSAL', 'APPLICATION', '', 'PRIVATE'] as const;

/** "[3]", "[APPLICATION 2]", "[UNIVERSAL 16]". */
export function tagName(k: number): string {
  const cls = CLASS_NAMES[ber.keyClass(k)];
  return `[${cls === '' ? '' : `${cls} `}${ber.keyTag(k)}]`;
}
