import type { Field } from '../model/field.ts';
import * as ber from './ber.ts';
import { readTlv, type Tlv } from './ber.ts';
import { type Component, type Op, type Type, typeField } from './schema.ts';
import { unknown } from './unknown.ts';
import { bits, octets, primitive, STRINGS, textOf } from './values.ts';
import {
  blame,
  type Decoded,
  type DecodeOptions,
  fail,
  leaf,
  type Node,
  node,
  type OpenValue,
  type State,
  tagName,
} from './walk.ts';

export type { Asn1Fault, Decoded, DecodeOptions, OpenValue } from './walk.ts';

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
