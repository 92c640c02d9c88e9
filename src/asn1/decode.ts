import type { Field } from '../model/field.ts';
import * as ber from './ber.ts';
import { readTlv, type Tlv } from './ber.ts';
import { type Component, type Op, type Type, typeField } from './schema.ts';
import { decodeString, decodeStringAt, type StringKind } from './strings.ts';

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

type Node = { -readonly [K in keyof Field]: Field[K] };

interface State {
  readonly bytes: Uint8Array;
  readonly options: DecodeOptions;
  readonly faults: Asn1Fault[];
  readonly opens: OpenValue[];
  /** Values of the components decoded so far of the innermost SEQUENCE that has an OPEN. */
  env: Map<string, number | string> | null;
  left: number;
  /** How many GUARDs the walk is in. */
  guards: number;
}

/**
 * Decodes one element of `type` at `start`. Total: any octets give fields and faults.
 *
 * @param name field name of the element; '' for the type's own (`p1.MTS_APDU`)
 * @param end where the octets end; an element that claims more is read as far as it goes (`ber.truncated`)
 */
export function decode(
  type: Type,
  name: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  options: DecodeOptions = {},
): Decoded {
  const state: State = {
    bytes,
    options,
    faults: [],
    opens: [],
    env: null,
    left: options.maxFields ?? 500_000,
    guards: 0,
  };
  const fields: Node[] = [];
  const tlv = readTlv(bytes, start, end);
  if (tlv === null) {
    state.faults.push({ code: 'ber.truncated', start, end: start, detail: `${type.name}: no octets` });
    return { fields, end: start, faults: state.faults, opens: state.opens };
  }
  element(state, type, name === '' ? typeField(type) : name, type.called, tlv, tlv.start, fields, 0);
  return { fields, end: tlv.end, faults: state.faults, opens: state.opens };
}

/** Leaves share one list of children, which nobody can add to. */
const NONE = Object.freeze([]) as unknown as Field[];

function leaf(name: string, label: string, start: number, end: number): Node {
  return { name, label, value: undefined, text: undefined, start, end, children: NONE, fault: undefined };
}

function node(name: string, label: string, start: number, end: number): Node {
  return { name, label, value: undefined, text: undefined, start, end, children: [], fault: undefined };
}

function fail(state: State, on: Node | null, code: string, start: number, end: number, detail: string): void {
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
function blame(state: State, on: Node, tlv: Tlv, before: number): void {
  if (tlv.fault === null) return;
  for (let i = before; i < state.faults.length; i++) {
    if (state.faults[i]!.code.startsWith('ber.')) return;
  }
  fail(state, on, tlv.fault, tlv.start, tlv.end, `${on.label} ${BER_DETAIL[tlv.fault]}`);
}

function element(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  if (state.left-- <= 0 || depth > ber.MAX_DEPTH) {
    const f = node(name, label, start, tlv.end);
    into.push(f);
    if (depth > ber.MAX_DEPTH) fail(state, f, 'ber.depth', start, tlv.end, `${label} is nested too deep`);
    else if (state.left === -1)
      fail(state, f, 'asn1.limit', start, tlv.end, 'too many elements: the rest stays undecoded');
    return;
  }
  const wrapper = WRAPPERS[type.op];
  if (wrapper !== undefined) {
    wrapper(state, type, name, label, tlv, start, into, depth);
    return;
  }
  const parent = PARENTS.has(type.op) || tlv.key !== type.key;
  const f = parent ? node(name, label, start, tlv.end) : leaf(name, label, start, tlv.end);
  if (tlv.key !== type.key) {
    fail(state, f, 'asn1.tag', tlv.start, tlv.end, `${label}: ${tagName(tlv.key)} where ${tagName(type.key)} belongs`);
    into.push(f);
    if (!similar(type, tlv.key)) unknown(state, tlv, f.children as Node[], depth + 1);
    else if (STRINGS[tlv.tag] !== undefined) f.value = textOf(state.bytes, STRINGS[tlv.tag]!, tlv);
    else primitive(state, type, f, tlv);
    return;
  }
  const before = state.faults.length;
  if (!tlv.constructed && NESTED.has(type.op) && tlv.fault === null) {
    into.push(f);
    fail(state, f, 'asn1.value', tlv.start, tlv.end, `${label}: a primitive encoding where elements belong`);
    return;
  }
  switch (type.op) {
    case 'SEQ':
      into.push(f);
      sequence(state, type, f, tlv, depth);
      break;
    case 'SET':
      into.push(f);
      set(state, type, f, tlv, depth);
      break;
    case 'SEQOF':
    case 'SETOF':
      into.push(f);
      list(state, type, f, tlv, depth);
      break;
    case 'INSIDE':
      into.push(f);
      inside(state, type, f, tlv, depth);
      break;
    case 'BITS':
      bits(state, type, f, tlv, into);
      break;
    default:
      into.push(f);
      primitive(state, type, f, tlv);
  }
  if (state.options.summary !== undefined && tlv.constructed && f.text === undefined && !type.anonymous) {
    const text = state.options.summary(type.name, state.bytes, tlv.start, tlv.end);
    if (text !== null) f.text = text;
  }
  blame(state, f, tlv, before);
}

/** Universal string types by tag: an encoder that took the wrong one is read, and blamed. */
const STRINGS: Partial<Record<number, StringKind>> = {
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
function similar(type: Type, key: number): boolean {
  if (key >= ber.key(1, 0) || type.key >= ber.key(1, 0)) return false;
  if (type.op === 'INT' || type.op === 'ENUM') return key === ber.TAG.integer || key === ber.TAG.enumerated;
  return STRINGS[type.key] !== undefined && STRINGS[key] !== undefined;
}

const NESTED: ReadonlySet<Op> = new Set<Op>(['SEQ', 'SET', 'SEQOF', 'SETOF']);
/** Types whose fields have fields below them. */
const PARENTS: ReadonlySet<Op> = new Set<Op>([...NESTED, 'BITS', 'INSIDE']);

type Step = typeof element;

/** Types without contents of their own. */
const WRAPPERS: Partial<Record<Op, Step>> = {
  EXPLICIT: explicit,
  CHOICE: choice,
  SECRET: secret,
  GUARD: guard,
  OPEN: open,
  ANY: any,
};

function any(
  state: State,
  _type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  const f = node(name, label, start, tlv.end);
  into.push(f);
  unknown(state, tlv, f.children as Node[], depth + 1);
}

function explicit(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  const before = state.faults.length;
  const at = into.length;
  const inner =
    tlv.key === type.key && tlv.constructed ? readTlv(state.bytes, tlv.content, tlv.contentEnd, depth) : null;
  const implicit = tlv.key === type.key && tlv.fault === null ? implicitValue(state, type, name, tlv, inner) : null;
  if (implicit !== null) {
    const retagged = { ...tlv, key: implicit.key };
    if (type.of.op !== 'OPEN') element(state, implicit, name, label, retagged, start, into, depth + 1);
    else element(state, implicit, typeField(implicit), implicit.called, retagged, start, into, depth + 1);
    if (type.either) return;
    fail(state, into[at] ?? null, 'asn1.implicit', tlv.start, tlv.end, `${label}: the value has no tag of its own`);
    return;
  }
  if (inner === null) {
    const f = node(name, label, start, tlv.end);
    into.push(f);
    if (tlv.fault === null) {
      fail(state, f, 'asn1.tag', tlv.start, tlv.end, `${label}: no element inside ${tagName(type.key)}`);
    }
    blame(state, f, tlv, before);
    return;
  }
  element(state, type.of, name, label, inner, start, into, depth + 1);
  const last = into[into.length - 1];
  if (last === undefined || into.length === at) return;
  // Whatever stands behind the one element of an explicit tag belongs to no component (X.690 §8.14).
  if (inner.end < tlv.contentEnd && inner.fault === null) {
    fail(state, last, 'asn1.trailing', inner.end, tlv.contentEnd, `${label}: octets behind the tagged element`);
  }
  last.end = tlv.end;
  blame(state, last, tlv, before);
}

function choice(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  const f = node(name, label, start, tlv.end);
  into.push(f);
  const alternative = type.list[type.accept(tlv.key)];
  if (alternative === undefined) {
    const before = state.faults.length;
    if (tlv.fault === null) {
      fail(state, f, 'asn1.choice', tlv.start, tlv.end, `${label}: ${tagName(tlv.key)} is none of the alternatives`);
    }
    unknown(state, tlv, f.children as Node[], depth + 1);
    blame(state, f, tlv, before);
    return;
  }
  f.value = alternative.value;
  f.text = alternative.text;
  element(
    state,
    alternative.type,
    alternative.field,
    alternative.name,
    tlv,
    tlv.start,
    f.children as Node[],
    depth + 1,
  );
}

function guard(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  const at = into.length;
  const before = state.faults.length;
  state.guards++;
  element(state, type.of, name, label, tlv, start, into, depth + 1);
  state.guards--;
  if (state.options.showCredentials === true || state.faults.length === before) return;
  // In a damaged bind a password may pass for a name. Of one that is merely cut, only what the cut goes through is in doubt.
  const cut = state.faults.slice(before).every(f => f.code === 'ber.truncated' || f.code === 'ber.eoc');
  for (let i = at; i < into.length; i++) withhold(into[i]!, cut);
}

function withhold(f: Node, onlyFaulty: boolean): void {
  if (typeof f.value === 'string' && (!onlyFaulty || f.fault !== undefined)) {
    f.value = undefined;
    f.text = 'not shown: damaged, and may be credentials';
  }
  for (const child of f.children as Node[]) withhold(child, onlyFaulty);
}

function secret(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  if (state.options.showCredentials === true) {
    element(state, type.of, name, label, tlv, start, into, depth + 1);
    return;
  }
  const f = node(name, label, start, tlv.end);
  const size = tlv.contentEnd - tlv.content;
  f.text = `credentials hidden (${size} ${size === 1 ? 'octet' : 'octets'})`;
  into.push(f);
  if (tlv.fault !== null) blame(state, f, tlv, state.faults.length);
}

/** What is known about an open value, and the type that the module's table names for it. */
interface Context extends OpenValue {
  readonly table: Type | null;
}

function context(state: State, type: Type, fieldName: string, tlv: Tlv): Context {
  let contextId: number | null = null;
  let oid: string | null = null;
  let table: Type | null = null;
  for (const k of type.keys) {
    const value = state.env?.get(k);
    if (value === undefined) continue;
    if (typeof value === 'number') contextId ??= value;
    else oid ??= value;
    if (table === null && type.table !== '') table = type.module.lookup(type.table, String(value));
  }
  return { fieldName, contextId, oid, start: tlv.start, end: tlv.end, table };
}

function listed(value: Context): OpenValue {
  const { fieldName, contextId, oid, start, end } = value;
  return { fieldName, contextId, oid, start, end };
}

/**
 * The type of a value that some encoders tag implicitly, against X.680 §31.2.7: the tag stands where the value's own tag should be. Null when the element is as it should be, or when nothing is known about the value.
 */
function implicitValue(state: State, type: Type, name: string, tlv: Tlv, inner: Tlv | null): Type | null {
  // Of an open value, the table is asked but not the caller: its answer is for one value, once.
  const picked = type.of.op === 'OPEN' ? context(state, type.of, name, tlv).table : tlv.constructed ? null : type.of;
  if (picked === null || picked.key < 0 || WRAPPERS[picked.op] !== undefined) return null;
  if (inner !== null && inner.key === picked.key) return null;
  const nested = picked.op === 'SEQ' || picked.op === 'SET' || picked.op === 'SEQOF' || picked.op === 'SETOF';
  return nested === tlv.constructed ? picked : null;
}

function open(
  state: State,
  type: Type,
  name: string,
  label: string,
  tlv: Tlv,
  start: number,
  into: Node[],
  depth: number,
): void {
  const value = context(state, type, name, tlv);
  const { table } = value;
  const picked = table ?? state.options.open?.(value) ?? null;
  if (picked === 'later') {
    state.opens.push(listed(value));
    return;
  }
  if (picked === null) {
    state.opens.push(listed(value));
    const f = node(name, label, start, tlv.end);
    into.push(f);
    unknown(state, tlv, f.children as Node[], depth + 1);
    return;
  }
  const own = picked.called === '' || (picked.anonymous && table !== null) ? name.replace(/_element$/, '') : null;
  const outer = state.env;
  state.env = null;
  element(state, picked, own ?? typeField(picked), own === null ? picked.called : label, tlv, start, into, depth + 1);
  state.env = outer;
}

function sequence(state: State, type: Type, f: Node, tlv: Tlv, depth: number): void {
  const outer = state.env;
  if (type.opens) state.env = new Map();
  const components = type.list;
  let next = 0;
  // What stands behind damage cannot be missed: it may be inside.
  let damaged = tlv.fault !== null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, depth)!;
    at = inner.end;
    damaged ||= inner.fault !== null;
    let i = next;
    while (i < components.length && !accepts(components[i]!.type, inner.key)) i++;
    if (
      i === components.length &&
      next < i &&
      !components[next]!.optional &&
      similar(components[next]!.type, inner.key)
    ) {
      i = next;
    }
    const component = components[i];
    if (component === undefined) {
      stray(state, f, inner, depth);
      continue;
    }
    for (; next < i; next++) missing(state, f, components[next]!, tlv);
    next = i + 1;
    member(state, component, f, inner, depth);
  }
  if (!damaged) for (; next < components.length; next++) missing(state, f, components[next]!, tlv);
  state.env = outer;
}

function set(state: State, type: Type, f: Node, tlv: Tlv, depth: number): void {
  const outer = state.env;
  if (type.opens) state.env = new Map();
  const components = type.list;
  const few = components.length <= 31;
  const many = few ? null : new Uint8Array(components.length);
  let seen = 0;
  let waiting: [Component, Tlv][] | null = null;
  let damaged = tlv.fault !== null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, depth)!;
    at = inner.end;
    damaged ||= inner.fault !== null;
    const i = type.accept(inner.key);
    const component = components[i];
    if (component === undefined) {
      stray(state, f, inner, depth);
      continue;
    }
    if (many === null ? (seen >>> i) & 1 : many[i] === 1) {
      fail(state, f, 'asn1.duplicate', inner.start, inner.end, `${f.label}: second ${component.name}`);
    }
    if (many === null) seen |= 1 << i;
    else many[i] = 1;
    // The component that names the type of an open value may stand behind it (X.690 §8.12: any order).
    if (type.opens && type.waits(i)) {
      waiting ??= [];
      waiting.push([component, inner]);
    } else member(state, component, f, inner, depth);
  }
  if (waiting !== null) {
    for (const [component, inner] of waiting) member(state, component, f, inner, depth);
    f.children.sort((a, b) => a.start - b.start);
  }
  if (!damaged) {
    for (let i = 0; i < components.length; i++) {
      if (many === null ? ((seen >>> i) & 1) === 0 : many[i] === 0) missing(state, f, components[i]!, tlv);
    }
  }
  state.env = outer;
}

function accepts(type: Type, key: number): boolean {
  if (type.key >= 0) return type.key === key;
  if (type.op === 'CHOICE') return type.accept(key) >= 0;
  return type.op === 'SECRET' || type.op === 'GUARD' ? accepts(type.of, key) : true;
}

function member(state: State, component: Component, f: Node, tlv: Tlv, depth: number): void {
  const children = f.children as Node[];
  element(state, component.type, component.field, component.name, tlv, tlv.start, children, depth + 1);
  if (state.env === null || children.length === 0) return;
  let last: Field = children[children.length - 1]!;
  for (let i = 0; i < 4 && component.type.op === 'CHOICE' && last.children.length > 0; i++) last = last.children[0]!;
  if (typeof last.value === 'number' || typeof last.value === 'string') state.env.set(component.name, last.value);
}

function missing(state: State, f: Node, component: Component, tlv: Tlv): void {
  if (component.optional) return;
  fail(state, f, 'asn1.missing', tlv.start, tlv.end, `${f.label}: ${component.name} is missing`);
}

function stray(state: State, f: Node, tlv: Tlv, depth: number): void {
  const children = f.children as Node[];
  const at = children.length;
  const before = state.faults.length;
  unknown(state, tlv, children, depth + 1);
  // A header that cannot be read is blamed for that; it says nothing about the component.
  if (state.faults.length > before) return;
  const detail = `${f.label}: ${tagName(tlv.key)} is no component that belongs here`;
  fail(state, children[at] ?? f, 'asn1.unknown', tlv.start, tlv.end, detail);
}

function list(state: State, type: Type, f: Node, tlv: Tlv, depth: number): void {
  const { of, itemField, itemLabel } = type;
  let count = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, depth)!;
    at = inner.end;
    count++;
    element(state, of, itemField, itemLabel, inner, inner.start, f.children as Node[], depth + 1);
    if (state.left < 0) break;
  }
  f.value = count;
  f.text = count === 1 ? '1 item' : `${count} items`;
}

/** An OCTET STRING that holds a value; one in segments keeps its octets only, for positions are those of the captured ones. */
function inside(state: State, type: Type, f: Node, tlv: Tlv, depth: number): void {
  octets(state, f, tlv);
  const inner = tlv.constructed ? null : readTlv(state.bytes, tlv.content, tlv.contentEnd, depth);
  if (inner === null) return;
  const { of } = type;
  element(state, of, typeField(of), of.called, inner, inner.start, f.children as Node[], depth + 1);
}

/** Pushes the field itself, behind its padding; an empty string has no bits to show, and "Empty" behind it, as in Wireshark. */
function bits(state: State, type: Type, f: Node, tlv: Tlv, into: Node[]): void {
  const { bytes } = state;
  const at = tlv.content;
  const value = tlv.constructed || tlv.contentEnd - at < 2 ? ber.bitString(bytes, tlv) : null;
  const unused = value === null ? bytes[at]! : value.unused;
  const empty = value !== null && value.octets.length === 0 && unused === 0;
  const [name, label] = empty ? ['ber.bitstring.empty', 'Empty'] : ['ber.bitstring.padding', 'Padding'];
  const padding = leaf(name, label, at, Math.min(at + 1, tlv.contentEnd));
  padding.value = unused;
  if (!empty) into.push(padding);
  into.push(f);
  if (empty) into.push(padding);
  if (value === null ? unused > 7 : !value.valid) {
    fail(state, f, 'asn1.value', tlv.start, tlv.end, `${f.label}: the initial octet of the BIT STRING is wrong`);
  }
  f.value = value === null ? ber.hex(bytes, at + 1, tlv.contentEnd) : ber.hex(value.octets);
  if (empty) return;
  for (const { number, name, field } of type.bits) {
    const octet = at + 1 + (number >> 3);
    const there = !tlv.constructed && octet < tlv.contentEnd;
    const child = leaf(field, name, there ? octet : tlv.start, there ? octet + 1 : tlv.end);
    child.value = value === null ? there && (bytes[octet]! & (0x80 >> (number & 7))) !== 0 : ber.bit(value, number);
    f.children.push(child);
  }
}

function primitive(state: State, type: Type, f: Node, tlv: Tlv): void {
  const { bytes } = state;
  switch (type.op) {
    case 'INT':
    case 'ENUM': {
      const value = ber.integer(bytes, tlv.content, tlv.contentEnd);
      f.value = value ?? undefined;
      if (value === null || tlv.constructed) bad(state, f, tlv, 'no contents octets');
      const known = typeof value === 'number' ? type.names?.get(value) : undefined;
      if (known !== undefined) f.text = `${known} (${value})`;
      return;
    }
    case 'BOOL':
      if (tlv.contentEnd - tlv.content !== 1) bad(state, f, tlv, 'a BOOLEAN has one contents octet');
      f.value = tlv.contentEnd > tlv.content && bytes[tlv.content] !== 0;
      return;
    case 'NULL':
      if (tlv.contentEnd !== tlv.content) bad(state, f, tlv, 'a NULL has no contents octets');
      return;
    case 'OID':
    case 'RELOID': {
      const value = ber.oid(bytes, tlv.content, tlv.contentEnd, type.op === 'RELOID');
      f.value = value ?? undefined;
      if (value === null || tlv.constructed) bad(state, f, tlv, 'no object identifier');
      const known = value === null ? null : (state.options.oidName?.(value) ?? null);
      if (known !== null) f.text = `${value} (${known})`;
      return;
    }
    case 'OCTETS':
      octets(state, f, tlv);
      return;
    case 'OCTETINT':
      f.value = ber.hex(bytes, tlv.content, tlv.contentEnd);
      return;
    case 'REAL':
      f.value = real(bytes, tlv.content, tlv.contentEnd);
      return;
    case 'UTCTIME':
    case 'CENTURYTIME':
    case 'GENTIME': {
      const raw = rawText(bytes, tlv);
      const value = type.op === 'GENTIME' ? ber.generalizedTime(raw) : ber.utcTime(raw);
      const century = type.op === 'CENTURYTIME' && value !== null ? (raw < '50' ? '20' : '19') : '';
      f.value = `${century}${value ?? raw}`;
      if (value === null && tlv.fault === null)
        fail(state, f, 'asn1.time', tlv.start, tlv.end, `${f.label} is no valid time`);
      return;
    }
    default:
      f.value = textOf(bytes, type.op as StringKind, tlv);
  }
}

function textOf(bytes: Uint8Array, kind: StringKind, tlv: Tlv): string {
  if (tlv.constructed) return decodeString(kind, ber.stringOctets(bytes, tlv));
  return decodeStringAt(kind, bytes, tlv.content, tlv.contentEnd);
}

/** Contents as the characters of their octets: times. */
function rawText(bytes: Uint8Array, tlv: Tlv): string {
  return tlv.constructed ? ber.latin1(ber.stringOctets(bytes, tlv)) : ber.latin1(bytes, tlv.content, tlv.contentEnd);
}

function octets(state: State, f: Node, tlv: Tlv): void {
  const joined = tlv.constructed ? ber.stringOctets(state.bytes, tlv) : null;
  const size = joined === null ? tlv.contentEnd - tlv.content : joined.length;
  if (size > (state.options.maxOctets ?? 0x100000)) f.text = `${size} octets`;
  else f.value = joined === null ? ber.hex(state.bytes, tlv.content, tlv.contentEnd) : ber.hex(joined);
}

function bad(state: State, f: Node, tlv: Tlv, what: string): void {
  if (tlv.fault === null) fail(state, f, 'asn1.value', tlv.start, tlv.end, `${f.label}: ${what}`);
}

/** X.690 §8.5: binary with base 2, 8 or 16, decimal, special values. The hex of what is none of these. */
function real(bytes: Uint8Array, start: number, end: number): number | string {
  if (start >= end) return 0;
  const first = bytes[start]!;
  if ((first & 0xc0) === 0) {
    const value = Number(
      ber
        .latin1(bytes, start + 1, end)
        .trim()
        .replace(',', '.'),
    );
    return Number.isNaN(value) ? ber.hex(bytes, start, end) : value;
  }
  if ((first & 0x80) === 0) {
    const special: Record<number, number> = {
      64: Number.POSITIVE_INFINITY,
      65: Number.NEGATIVE_INFINITY,
      66: Number.NaN,
      67: -0,
    };
    return special[first] ?? ber.hex(bytes, start, end);
  }
  const size = (first & 3) === 3 ? (bytes[start + 1] ?? 0) : (first & 3) + 1;
  const at = start + ((first & 3) === 3 ? 2 : 1);
  const exponent = ber.integer(bytes, at, Math.min(at + size, end));
  if (typeof exponent !== 'number' || at + size >= end) return ber.hex(bytes, start, end);
  let mantissa = 0;
  for (let i = at + size; i < end; i++) mantissa = mantissa * 256 + bytes[i]!;
  const bitsPerDigit = [1, 3, 4, 1][(first >> 4) & 3]!;
  const value = mantissa * 2 ** ((first >> 2) & 3) * 2 ** (bitsPerDigit * exponent);
  return (first & 0x40) === 0 ? value : -value;
}

/** Universal types as Wireshark names them when it knows nothing else about an element. */
const UNKNOWN: Partial<Record<number, readonly [name: string, label: string, kind: StringKind | '']>> = {
  [ber.TAG.boolean]: ['ber.unknown.BOOLEAN', 'BOOLEAN', ''],
  [ber.TAG.integer]: ['ber.unknown.INTEGER', 'INTEGER', ''],
  [ber.TAG.bitString]: ['ber.unknown.BITSTRING', 'BITSTRING', ''],
  [ber.TAG.octetString]: ['ber.unknown.OCTETSTRING', 'OCTETSTRING', ''],
  [ber.TAG.null]: ['ber.null_tag', 'NULL tag', ''],
  [ber.TAG.oid]: ['ber.unknown.OID', 'OID', ''],
  [ber.TAG.relativeOid]: ['ber.unknown.relative_OID', 'OID', ''],
  [ber.TAG.real]: ['ber.unknown.REAL', 'REAL', ''],
  [ber.TAG.enumerated]: ['ber.unknown.ENUMERATED', 'ENUMERATED', ''],
  [ber.TAG.utcTime]: ['ber.unknown.UTCTime', 'UTCTime', ''],
  [ber.TAG.generalizedTime]: ['ber.unknown.GeneralizedTime', 'GeneralizedTime', ''],
  [ber.TAG.utf8]: ['ber.unknown.UTF8String', 'UTF8String', 'UTF8'],
  [ber.TAG.numeric]: ['ber.unknown.NumericString', 'NumericString', 'NUMERIC'],
  [ber.TAG.printable]: ['ber.unknown.PrintableString', 'PrintableString', 'PRINTABLE'],
  [ber.TAG.teletex]: ['ber.unknown.TeletexString', 'TeletexString', 'TELETEX'],
  [ber.TAG.ia5]: ['ber.unknown.IA5String', 'IA5String', 'IA5'],
  [ber.TAG.graphic]: ['ber.unknown.GRAPHICSTRING', 'GRAPHICSTRING', 'GRAPHIC'],
  [ber.TAG.visible]: ['ber.unknown.VisibleString', 'VisibleString', 'VISIBLE'],
  [ber.TAG.general]: ['ber.unknown.GeneralString', 'GeneralString', 'GENERAL'],
  [ber.TAG.universal]: ['ber.unknown.UniversalString', 'UniversalString', 'UNIVERSAL'],
  [ber.TAG.bmp]: ['ber.unknown.BMPString', 'BMPString', 'BMP'],
};

/** Whether an element can hold a password: strings, octets, and what an implicit tag hides. */
function mayTell(tlv: Tlv, universal: boolean): boolean {
  return (
    !universal || STRINGS[tlv.tag] !== undefined || tlv.tag === ber.TAG.octetString || tlv.tag === ber.TAG.bitString
  );
}

/** An element of which only the encoding is known. */
function unknown(state: State, tlv: Tlv, into: Node[], depth: number): void {
  const { bytes } = state;
  const before = state.faults.length;
  const row = tlv.cls === ber.UNIVERSAL ? UNKNOWN[tlv.tag] : undefined;
  const structured = tlv.constructed && (row === undefined || tlv.tag === ber.TAG.null);
  const f = structured
    ? node('ber.unknown.constructed', tagName(tlv.key), tlv.start, tlv.end)
    : row === undefined
      ? node('ber.unknown.primitive', tagName(tlv.key), tlv.start, tlv.end)
      : node(row[0], row[1], tlv.start, tlv.end);
  into.push(f);
  if (state.left-- <= 0 || depth > ber.MAX_DEPTH) {
    if (depth > ber.MAX_DEPTH) fail(state, f, 'ber.depth', tlv.start, tlv.end, `${f.label} is nested too deep`);
    else if (state.left === -1)
      fail(state, f, 'asn1.limit', tlv.start, tlv.end, 'too many elements: the rest stays undecoded');
    return;
  }
  if (structured) {
    for (let at = tlv.content; at < tlv.contentEnd && state.left >= 0; ) {
      const inner = readTlv(bytes, at, tlv.contentEnd, depth)!;
      unknown(state, inner, f.children as Node[], depth + 1);
      at = inner.end;
    }
  } else if (state.guards > 0 && state.options.showCredentials !== true && mayTell(tlv, row !== undefined)) {
    f.text = `not shown: may be credentials (${tlv.contentEnd - tlv.content} octets)`;
  } else if (row === undefined) {
    octets(state, f, tlv);
  } else if (row[2] !== '') {
    f.value = textOf(bytes, row[2], tlv);
  } else {
    switch (tlv.tag) {
      case ber.TAG.boolean:
        f.value = bytes[tlv.content] !== 0 && tlv.contentEnd > tlv.content;
        break;
      case ber.TAG.integer:
      case ber.TAG.enumerated:
        f.value = ber.integer(bytes, tlv.content, tlv.contentEnd) ?? '';
        break;
      case ber.TAG.oid:
      case ber.TAG.relativeOid:
        f.value = ber.oid(bytes, tlv.content, tlv.contentEnd, tlv.tag !== ber.TAG.oid) ?? '';
        break;
      case ber.TAG.real:
        f.value = real(bytes, tlv.content, tlv.contentEnd);
        break;
      case ber.TAG.bitString:
        f.value = ber.hex(ber.bitString(bytes, tlv).octets);
        break;
      case ber.TAG.octetString:
        octets(state, f, tlv);
        break;
      case ber.TAG.utcTime:
      case ber.TAG.generalizedTime: {
        const raw = rawText(bytes, tlv);
        f.value = (tlv.tag === ber.TAG.utcTime ? ber.utcTime(raw) : ber.generalizedTime(raw)) ?? raw;
      }
    }
  }
  blame(state, f, tlv, before);
}

const CLASS_NAMES = ['UNIVERSAL', 'APPLICATION', '', 'PRIVATE'] as const;

/** "[3]", "[APPLICATION 2]", "[UNIVERSAL 16]". */
function tagName(k: number): string {
  const cls = CLASS_NAMES[ber.keyClass(k)];
  return `[${cls === '' ? '' : `${cls} `}${ber.keyTag(k)}]`;
}
