import { readTlv, type Tlv } from './ber.ts';
import { TRANSPARENT, typeField } from './names.ts';
import type { Type } from './types.ts';
import { unknown } from './unknown.ts';
import {
  below,
  blame,
  type Decoder,
  element,
  fail,
  type OpenValue,
  place,
  type Slot,
  type State,
  tagName,
} from './walk.ts';

/** Types without contents of their own: the element is, or holds, a value of some other type. */

export const any: Decoder = (state, _type, slot, tlv) => unknown(state, tlv, place(slot, tlv).children);

export const choice: Decoder = (state, type, slot, tlv) => {
  const f = place(slot, tlv);
  const alternative = type.list[type.accept(tlv.key)];
  if (alternative === undefined) {
    const before = state.faults.length;
    if (tlv.fault === null) {
      fail(state, f, 'asn1.choice', tlv.start, tlv.end, `${f.label}: ${tagName(tlv.key)} is none of the alternatives`);
    }
    unknown(state, tlv, f.children);
    blame(state, f, tlv, before);
    return;
  }
  f.value = alternative.value;
  f.text = alternative.text;
  element(state, alternative.type, below(f, alternative.field, alternative.name, tlv), tlv);
};

export const explicit: Decoder = (state, type, slot, tlv) => {
  const { label, into } = slot;
  const before = state.faults.length;
  const at = into.length;
  const tagged = tlv.key === type.key;
  const inner = tagged && tlv.constructed ? readTlv(state.bytes, tlv.content, tlv.contentEnd, state.depth) : null;
  const implicit = tagged && tlv.fault === null ? implicitValue(state, type, slot.name, tlv, inner) : null;
  if (implicit !== null) {
    const named = type.of.op === 'OPEN' ? ownName(slot, implicit) : slot;
    element(state, implicit, named, { ...tlv, key: implicit.key });
    if (type.either) return;
    fail(state, into[at] ?? null, 'asn1.implicit', tlv.start, tlv.end, `${label}: the value has no tag of its own`);
    return;
  }
  if (inner === null) {
    const f = place(slot, tlv);
    if (tlv.fault === null) {
      fail(state, f, 'asn1.tag', tlv.start, tlv.end, `${label}: no element inside ${tagName(type.key)}`);
    }
    blame(state, f, tlv, before);
    return;
  }
  element(state, type.of, slot, inner);
  const last = into[into.length - 1];
  if (last === undefined || into.length === at) return;
  // Whatever stands behind the one element of an explicit tag belongs to no component (X.690 §8.14).
  if (inner.end < tlv.contentEnd && inner.fault === null) {
    fail(state, last, 'asn1.trailing', inner.end, tlv.contentEnd, `${label}: octets behind the tagged element`);
  }
  last.end = tlv.end;
  blame(state, last, tlv, before);
};

/**
 * The type of a value that some encoders tag implicitly, against X.680 §31.2.7: the tag stands where the value's own tag should be.
 * Null when the element is as it should be, or when nothing is known about the value.
 */
function implicitValue(state: State, type: Type, name: string, tlv: Tlv, inner: Tlv | null): Type | null {
  // Of an open value, the table is asked but not the caller: its answer is for one value, once.
  const picked = type.of.op === 'OPEN' ? context(state, type.of, name, tlv).table : tlv.constructed ? null : type.of;
  if (picked === null || picked.key < 0 || TRANSPARENT.has(picked.op)) return null;
  if (inner !== null && inner.key === picked.key) return null;
  const nested = picked.op === 'SEQ' || picked.op === 'SET' || picked.op === 'SEQOF' || picked.op === 'SETOF';
  return nested === tlv.constructed ? picked : null;
}

export const open: Decoder = (state, type, slot, tlv) => {
  const value = context(state, type, slot.name, tlv);
  const { table } = value;
  const picked = table ?? state.options.open?.(value) ?? null;
  if (picked === null || picked === 'later') {
    const { fieldName, contextId, oid, start, end } = value;
    state.opens.push({ fieldName, contextId, oid, start, end });
    if (picked === null) any(state, type, slot, tlv);
    return;
  }
  const nameless = picked.called === '' || (picked.anonymous && table !== null);
  const named = nameless ? { ...slot, name: slot.name.replace(/_element$/, '') } : ownName(slot, picked);
  const outer = state.env;
  state.env = null;
  element(state, picked, named, tlv);
  state.env = outer;
};

/** A slot under the name of the value that was found to be in it. */
function ownName(slot: Slot, type: Type): Slot {
  return { ...slot, name: typeField(type), label: type.called };
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
