import { readTlv, type Tlv } from './ber.ts';
import { inside, list, sequence, set } from './constructed.ts';
import { whole } from './contents.ts';
import { typeField } from './names.ts';
import { guard, secret } from './secrets.ts';
import type { Op, Type } from './types.ts';
import { unknown } from './unknown.ts';
import {
  bits,
  boolean,
  hexInteger,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  realNumber,
  STRINGS,
  similar,
  string,
  textOf,
  time,
} from './values.ts';
import {
  blame,
  type Contents,
  type Decoded,
  type DecodeOptions,
  type Decoder,
  element,
  fail,
  leaf,
  type Node,
  node,
  place,
  type Slot,
  type State,
  tagName,
} from './walk.ts';
import { any, choice, explicit, open } from './wrappers.ts';

export type { Asn1Fault, Decoded, DecodeOptions, OpenValue } from './walk.ts';

const text = tagged(string);

/** How an element is read, by what its type is. */
const DECODERS: Readonly<Record<Op, Decoder>> = {
  EXPLICIT: explicit,
  CHOICE: choice,
  SECRET: secret,
  GUARD: guard,
  OPEN: open,
  ANY: any,
  SEQ: tagged(sequence, 'elements'),
  SET: tagged(set, 'elements'),
  SEQOF: tagged(list, 'elements'),
  SETOF: tagged(list, 'elements'),
  INSIDE: tagged(inside, 'fields'),
  BITS: tagged(bits, 'fields'),
  INT: tagged(integer),
  ENUM: tagged(integer),
  OCTETINT: tagged(hexInteger),
  BOOL: tagged(boolean),
  NULL: tagged(nothing),
  OID: tagged(objectIdentifier),
  RELOID: tagged(objectIdentifier),
  OCTETS: tagged(octetString),
  REAL: tagged(realNumber),
  UTCTIME: tagged(time),
  CENTURYTIME: tagged(time),
  GENTIME: tagged(time),
  IA5: text,
  PRINTABLE: text,
  NUMERIC: text,
  TELETEX: text,
  VIDEOTEX: text,
  GRAPHIC: text,
  VISIBLE: text,
  GENERAL: text,
  UTF8: text,
  BMP: text,
  UNIVERSAL: text,
  DESCRIPTOR: text,
};

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
    decoders: DECODERS,
    faults: [],
    opens: [],
    env: null,
    left: options.maxFields ?? 500_000,
    depth: -1,
    guards: 0,
  };
  const { faults, opens } = state;
  const fields: Node[] = [];
  const tlv = readTlv(bytes, start, end);
  if (tlv === null) {
    faults.push({ code: 'ber.truncated', start, end: start, detail: `${type.name}: no octets` });
    return { fields, end: start, faults, opens };
  }
  element(state, type, { name: name === '' ? typeField(type) : name, label: type.called, start, into: fields }, tlv);
  return { fields, end: tlv.end, faults, opens };
}

/**
 * A type that has a tag of its own, and a field of its own in which its contents are read.
 *
 * @param below what there is below that field; where it is elements, the encoding must be constructed (X.690 §8.9 to §8.12)
 */
function tagged(contents: Contents, below: 'nothing' | 'fields' | 'elements' = 'nothing'): Decoder {
  return (state, type, slot, tlv) => {
    if (tlv.key !== type.key) {
      mistagged(state, type, slot, tlv, contents);
      return;
    }
    const { name, label, start, into } = slot;
    const f = (below === 'nothing' ? leaf : node)(name, label, start, tlv.end);
    into.push(f);
    if (below === 'elements' && !tlv.constructed && tlv.fault === null) {
      fail(state, f, 'asn1.value', tlv.start, tlv.end, `${f.label}: a primitive encoding where elements belong`);
      return;
    }
    const before = state.faults.length;
    contents(state, type, f, tlv, into);
    // A value in segments is what they hold, as long as each is whole: the contents of a primitive one would be read as headers.
    if (below !== 'elements' && tlv.constructed && tlv.fault === null && state.faults.length === before) {
      if (!whole(state.bytes, tlv)) {
        fail(state, f, 'asn1.value', tlv.start, tlv.end, `${label}: a constructed encoding without whole segments`);
      }
    }
    if (state.options.summary !== undefined && tlv.constructed && f.text === undefined && !type.anonymous) {
      const summary = state.options.summary(type.name, state.bytes, tlv.start, tlv.end);
      if (summary !== null) f.text = summary;
    }
    blame(state, f, tlv, before);
  };
}

/** Another tag than the type's: what its own contents may well be is read all the same, else what the tag says. */
function mistagged(state: State, type: Type, slot: Slot, tlv: Tlv, contents: Contents): void {
  const f = place(slot, tlv);
  fail(state, f, 'asn1.tag', tlv.start, tlv.end, `${f.label}: ${tagName(tlv.key)} where ${tagName(type.key)} belongs`);
  const kind = STRINGS[tlv.tag];
  if (!similar(type, tlv.key)) unknown(state, tlv, f.children);
  else if (kind !== undefined) f.value = textOf(state.bytes, kind, tlv);
  else contents(state, type, f, tlv, slot.into);
}
