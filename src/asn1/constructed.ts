import { numbered } from '../base/numbers.ts';
import { readTlv, type Tlv } from './ber.ts';
import { typeField } from './names.ts';
import type { Component, Type } from './types.ts';
import { unknown } from './unknown.ts';
import { octets, similar } from './values.ts';
import { below, type Contents, element, fail, type Node, type State, tagName } from './walk.ts';

/** Contents that are elements: SEQUENCE, SET, lists of items, and the value that an OCTET STRING holds. */

export const sequence: Contents = (state, type, f, tlv) => {
  const outer = state.env;
  if (type.opens) state.env = new Map();
  const components = type.list;
  let next = 0;
  // What stands behind damage cannot be missed: it may be inside.
  let damaged = tlv.fault !== null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, state.depth)!;
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
      stray(state, f, inner);
      continue;
    }
    for (; next < i; next++) missing(state, f, components[next]!, tlv);
    next = i + 1;
    member(state, component, f, inner);
  }
  if (!damaged) for (; next < components.length; next++) missing(state, f, components[next]!, tlv);
  state.env = outer;
};

export const set: Contents = (state, type, f, tlv) => {
  const outer = state.env;
  if (type.opens) state.env = new Map();
  const components = type.list;
  const many = components.length <= 31 ? null : new Uint8Array(components.length);
  let seen = 0;
  let waiting: [Component, Tlv][] | null = null;
  let damaged = tlv.fault !== null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, state.depth)!;
    at = inner.end;
    damaged ||= inner.fault !== null;
    const i = type.accept(inner.key);
    const component = components[i];
    if (component === undefined) {
      stray(state, f, inner);
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
    } else member(state, component, f, inner);
  }
  if (waiting !== null) {
    for (const [component, inner] of waiting) member(state, component, f, inner);
    f.children.sort((a, b) => a.start - b.start);
  }
  if (!damaged) {
    for (let i = 0; i < components.length; i++) {
      if (many === null ? ((seen >>> i) & 1) === 0 : many[i] === 0) missing(state, f, components[i]!, tlv);
    }
  }
  state.env = outer;
};

export const list: Contents = (state, type, f, tlv) => {
  const { of, itemField, itemLabel } = type;
  let count = 0;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, state.depth)!;
    at = inner.end;
    count++;
    element(state, of, below(f, itemField, itemLabel, inner), inner);
    if (state.left < 0) break;
  }
  f.value = count;
  f.text = numbered(count, 'item');
};

/** An OCTET STRING that holds a value; one in segments keeps its octets only, for positions are those of the captured ones. */
export const inside: Contents = (state, type, f, tlv) => {
  octets(state, f, tlv);
  const inner = tlv.constructed ? null : readTlv(state.bytes, tlv.content, tlv.contentEnd, state.depth);
  const { of } = type;
  // Of a value that only its owner knows, the octets are one when they are exactly one element.
  const open = of.op === 'OPEN' || of.op === 'GUARD';
  if (inner === null || (open && (inner.fault !== null || inner.end !== tlv.contentEnd))) return;
  element(state, of, below(f, typeField(of), of.called, inner), inner);
};

function accepts(type: Type, key: number): boolean {
  if (type.key >= 0) return type.key === key;
  if (type.op === 'CHOICE') return type.accept(key) >= 0;
  return type.op === 'SECRET' || type.op === 'GUARD' ? accepts(type.of, key) : true;
}

function member(state: State, component: Component, f: Node, tlv: Tlv): void {
  const { type, field, name } = component;
  const { children } = f;
  element(state, type, below(f, field, name, tlv), tlv);
  if (state.env === null || children.length === 0) return;
  let last = children[children.length - 1]!;
  for (let i = 0; i < 4 && type.op === 'CHOICE' && last.children.length > 0; i++) last = last.children[0]!;
  if (typeof last.value === 'number' || typeof last.value === 'string') state.env.set(name, last.value);
}

function missing(state: State, f: Node, component: Component, tlv: Tlv): void {
  if (component.optional) return;
  fail(state, f, 'asn1.missing', tlv.start, tlv.end, `${f.label}: ${component.name} is missing`);
}

function stray(state: State, f: Node, tlv: Tlv): void {
  const { children } = f;
  const at = children.length;
  const before = state.faults.length;
  unknown(state, tlv, children);
  // A header that cannot be read is blamed for that; it says nothing about the component.
  if (state.faults.length > before) return;
  const detail = `${f.label}: ${tagName(tlv.key)} is no component that belongs here`;
  fail(state, children[at] ?? f, 'asn1.unknown', tlv.start, tlv.end, detail);
}
