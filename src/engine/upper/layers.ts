import { readTlv, TAG } from '../../asn1/ber.ts';
import { type Asn1Fault, type Decoded, type DecodeOptions, decode, type OpenValue } from '../../asn1/decode.ts';
import { defineModule, type Type } from '../../asn1/schema.ts';
import { credentialsText } from '../../asn1/secrets.ts';
import type { Field, LayerTree } from '../../model/field.ts';
import type { Origin } from '../../model/origin.ts';
import { ACSE } from '../../osi/acse.ts';
import { readable } from '../../osi/mms-values.ts';
import { PPDUS, PRESENTATION } from '../../osi/presentation.ts';
import { ROSE } from '../../osi/rose.ts';
import { RTSE } from '../../osi/rtse.ts';
import { dissectApdu, dissectCarried } from '../../x400/dissect.ts';
import { openX400 } from '../../x400/registry.ts';
import { MTA } from '../../x400/tables/mta.ts';
import type { Contexts } from './contexts.ts';
import { isInitiate, mmsPdu, mmsTitle } from './mms.ts';
import { type LayerKind, opaque, osiOidName } from './names.ts';
import { externalValue } from './pdv.ts';

/** One layer of a decoded value: its tree's fields, what is wrong with it, and what was left to the next layer. */
export interface Layer {
  readonly kind: LayerKind | 'pres';
  readonly fields: readonly Field[];
  readonly faults: readonly Asn1Fault[];
  readonly start: number;
  readonly end: number;
}

const TITLES: Readonly<Record<string, string>> = {
  pres: 'ISO 8823 OSI Presentation Protocol',
  acse: 'ISO 8650-1 OSI Association Control Service',
  rtse: 'X.228 OSI Reliable Transfer Service',
  ros: 'X.880 OSI Remote Operations Service',
  p1: 'X.411 Message Transfer Service',
};

const X410_TITLE = `${TITLES.rtse} (X.410 mode)`;

/** Of the layer that carries X.400's own operations, those of the message store are named by their fields. */
function titleOf({ kind, fields, start, end }: Layer, bytes: Uint8Array): string {
  if (kind === 'mms') return mmsTitle(bytes, start, end);
  return fields[0]?.name.startsWith('p7.') === true ? 'X.413 Message Store Service' : (TITLES[kind] ?? kind);
}

/** How deep layers nest at most: presentation, ACSE, RTSE, ROSE, bind, and some to spare. */
const DEEPEST = 10;

/** PPDUs that open or refuse an association, so that what they carry for the user is a bind, with credentials as a rule. */
const BINDING: ReadonlySet<string> = new Set(['CP', 'CPA', 'CPR']);

/** A bind that no table reads: it may hold a password anywhere, so none of it is shown unless credentials are asked for. */
const SEALED = defineModule({ proto: 'bind', types: { Undecoded: 'SECRET ANY' } });
const SEALED_BIND: Picked = { type: SEALED.type('Undecoded'), name: 'bind.undecoded', kind: 'unknown' };

export interface Reading {
  readonly contexts: Contexts;
  readonly showCredentials: boolean;
  /** Type of a value that the connection layers carry for their user: a bind, an operation's argument. Null: not known. */
  readonly user: (layer: 'rtse' | 'ros', value: OpenValue, bytes: Uint8Array) => Picked | null;
  /** Told of the value that opens an association of an application that is only counted. */
  readonly note: (layer: LayerKind, bytes: Uint8Array, start: number, end: number) => void;
}

/** Decodes a PPDU and everything inside it, outermost layer first. */
export function readPpdu(
  reading: Reading,
  kind: keyof typeof PPDUS,
  bytes: Uint8Array,
  start: number,
  end: number,
  seen: boolean,
): Layer[] {
  const { type, field } = PPDUS[kind];
  const out: Layer[] = [];
  const job: Job = { reading, binding: BINDING.has(kind), seen, bytes, out };
  read(job, { type: PRESENTATION.type(type), name: field, kind: 'pres' }, start, end, 0);
  return out;
}

/** The fields of a PPDU alone: what it says about contexts, before the values that use them are read. */
export function readHead(kind: keyof typeof PPDUS, bytes: Uint8Array, start: number, end: number): Layer {
  const { type, field } = PPDUS[kind];
  const decoded = decode(PRESENTATION.type(type), field, bytes, start, end, { open: () => 'later' });
  return { kind: 'pres', fields: decoded.fields, faults: decoded.faults, start, end: decoded.end };
}

/** The trees of a finished transfer's APDU: the EXTERNAL that normal mode puts around it, and the MTS-APDU or the operation. */
export function apduTrees(reading: Reading, bytes: Uint8Array, origin: Origin | null): LayerTree[] {
  const { length } = bytes;
  const value = externalValue(bytes, 0, length);
  if (value === null) return mtsTrees(reading, bytes, origin);
  const job: Job = { reading, binding: false, seen: true, bytes, out: [] };
  if (reading.contexts.layer(value.contextId) === 'ros') {
    read(job, { type: RTSE.type('EXTERNAL'), name: '', kind: 'rtse' }, 0, length, 0);
    return layerTrees(job.out, bytes, origin, reading);
  }
  const wrapper = decode(RTSE.type('EXTERNAL'), '', bytes, 0, length, { open: () => 'later', oidName: osiOidName });
  const tree = {
    layer: 'rtse',
    title: TITLES.rtse!,
    bytes,
    start: 0,
    end: wrapper.end,
    origin,
    fields: wrapper.fields,
  };
  return [tree, ...mtsTrees(reading, bytes, origin)];
}

function mtsTrees(reading: Reading, bytes: Uint8Array, origin: Origin | null): LayerTree[] {
  return dissectApdu(bytes, 0, bytes.length, { origin, showCredentials: reading.showCredentials }).trees;
}

interface Job {
  readonly reading: Reading;
  /** A PPDU that opens or refuses the association. */
  readonly binding: boolean;
  /** The layers are shown, not only judged. */
  readonly seen: boolean;
  readonly bytes: Uint8Array;
  readonly out: Layer[];
}

export interface Picked {
  readonly type: Type;
  /** Field name; '' for the type's own. */
  readonly name: string;
  readonly kind: LayerKind | 'pres';
}

function read(job: Job, what: Picked, start: number, end: number, depth: number): void {
  const later: { value: OpenValue; next: Picked }[] = [];
  const { reading, bytes } = job;
  const options: DecodeOptions = {
    showCredentials: reading.showCredentials,
    oidName: osiOidName,
    open: value => {
      // What X.400 leaves open (attributes, extensions) is of X.400 too, whatever layer its octets might be of.
      const next = depth < DEEPEST && what.kind !== 'p1' ? pick(job, what.kind, value) : null;
      if (next === null) return what.kind === 'p1' || what.kind === 'ros' ? openX400(value) : null;
      later.push({ value, next });
      return 'later';
    },
  };
  const decoded: Decoded = decode(what.type, what.name, bytes, start, end, options);
  const sealed = job.binding && what.kind === 'acse' && !reading.showCredentials;
  const fields = sealed ? decoded.fields.map(sealOctets) : decoded.fields;
  job.out.push({ kind: what.kind, fields, faults: decoded.faults, start, end: decoded.end });
  for (const { value, next } of later) read(job, next, value.start, value.end, depth + 1);
}

/** User information in an octet string instead of an element may be a bind as well. */
function sealOctets(f: Field): Field {
  if (f.name === 'acse.octet_aligned' || f.name === 'acse.arbitrary') {
    return {
      ...opaque(f.name, f.label, f.start, f.end),
      text: credentialsText(f.end - f.start),
    };
  }
  return f.children.length === 0 ? f : { ...f, children: f.children.map(sealOctets) };
}

/** Which layer reads an open value: by presentation context, or as the user of RTSE or ROSE. */
function pick(job: Job, kind: LayerKind | 'pres', value: OpenValue): Picked | null {
  const { reading, bytes } = job;
  // In X.410 mode the RTSE parameters stand in the CP itself, so that the field tells whose value it is.
  if (value.fieldName.startsWith('rtse.') && value.contextId === null) {
    return reading.user('rtse', value, bytes) ?? (job.binding ? SEALED_BIND : null);
  }
  if (kind === 'ros') return reading.user('ros', value, bytes) ?? (job.binding ? SEALED_BIND : null);
  return byContext(job, kind, value);
}

function byContext(job: Job, kind: LayerKind | 'pres', value: OpenValue): Picked | null {
  const { reading, bytes, binding } = job;
  const known = value.contextId === null ? null : reading.contexts.layer(value.contextId);
  const layer = known === null || known === 'unknown' ? guessLayer(bytes, value.start, value.end) : known;
  const bind = binding && kind === 'acse';
  if (bind && (layer === 'mms' || layer === 'ftam')) reading.note(layer, bytes, value.start, value.end);
  if (layer === 'ros' && bind && !isRos(bytes, value)) return reading.user('ros', value, bytes) ?? SEALED_BIND;
  if (layer === 'mms' && isMms(job, kind, known, value)) return mmsPdu(binding, job.seen);
  const type = typeOf(layer, bytes, value.start, value.end);
  if (type !== null) return { type, name: '', kind: layer };
  return bind && layer !== 'mms' ? SEALED_BIND : null;
}

/** A tag alone proves no MMS: what opens an association may be a bind of anything, and what RTSE carries is its user's. */
function isMms({ binding, bytes }: Job, kind: Picked['kind'], known: LayerKind | null, value: OpenValue): boolean {
  if (binding) return known === 'mms' && isInitiate(bytes, value.start, value.end);
  return known === 'mms' || kind === 'pres';
}

/** An APDU of ROSE or a bind in its wrapper; some stacks send the bind bare (X.419 has the wrapper since 1988). */
function isRos(bytes: Uint8Array, value: OpenValue): boolean {
  const tlv = readTlv(bytes, value.start, value.end);
  return tlv !== null && tlv.cls === 2 && tlv.constructed && tlv.tag >= 1 && tlv.tag <= 21;
}

function typeOf(layer: LayerKind, bytes: Uint8Array, start: number, end: number): Type | null {
  if (readTlv(bytes, start, end) === null) return null;
  switch (layer) {
    case 'acse':
      return ACSE.type('ACSE-apdu');
    case 'rtse':
      return RTSE.type('RTSE-apdus');
    case 'ros':
      return ROSE.type('ROS');
    case 'p1':
      return MTA.type('MTS-APDU');
    default:
      return null;
  }
}

/** The layer of a value whose context is unknown, where the tag can only mean one thing. */
export function guessLayer(bytes: Uint8Array, start: number, end: number): LayerKind {
  const tlv = readTlv(bytes, start, end);
  if (tlv === null) return 'unknown';
  if (tlv.cls === 1 && tlv.constructed && tlv.tag <= 7) return 'acse';
  if (tlv.cls === 2 && tlv.constructed && (tlv.tag === 16 || tlv.tag === 17 || tlv.tag === 18 || tlv.tag === 22)) {
    // RTORQ, RTOAC, RTORJ and RTAB are SETs of context tags; a bind of ROSE holds one universal SET or a CHOICE.
    const inner = readTlv(bytes, tlv.content, tlv.contentEnd);
    return inner === null || inner.cls === 2 ? 'rtse' : 'ros';
  }
  if (tlv.cls === 0 && tlv.tag === 4) return 'rtse';
  if (tlv.cls === 2 && tlv.constructed && tlv.tag >= 1 && tlv.tag <= 4) {
    const id = readTlv(bytes, tlv.content, tlv.contentEnd);
    if (id === null || id.cls !== 0 || (id.tag !== 2 && id.tag !== 5))
      return tlv.tag === 2 || tlv.tag === 3 ? 'mms' : 'unknown';
    const second = readTlv(bytes, id.end, tlv.contentEnd);
    if (second === null) return tlv.tag === 2 ? 'ros' : 'unknown';
    // ROSE: an operation code, or the SEQUENCE of a result; MMS: a context tag for the service.
    if (second.cls === 0) return 'ros';
    return tlv.tag === 4 ? 'ros' : 'mms';
  }
  if (tlv.cls === 2 && tlv.tag === 0 && tlv.constructed) {
    const id = readTlv(bytes, tlv.content, tlv.contentEnd);
    if (id !== null && id.cls === 0 && id.tag === 2) return 'mms';
  }
  return 'unknown';
}

/** X.410-1984 mode: a fragment of an APDU stands in the SSDU without any octet around it (X.226 §8.4.3). */
export function rawFragmentTree(bytes: Uint8Array, start: number, end: number, origin: Origin | null): LayerTree {
  const fields = [opaque('rtse.segment', 'RTSE segment data', start, end)];
  return { layer: 'rtse', title: X410_TITLE, bytes, start, end, origin, fields };
}

/** X.410-1984 mode: RTTP, the priority of whoever asks for the turn, stands in PLEASE TOKENS without a PDV-list around it as well. */
export function isTurnPlease(bytes: Uint8Array, start: number, end: number): boolean {
  const tlv = readTlv(bytes, start, end);
  return tlv !== null && tlv.key === TAG.integer && tlv.fault === null && tlv.end === end;
}

export function turnPleaseTree(bytes: Uint8Array, start: number, end: number, origin: Origin | null): LayerTree {
  const { fields } = decode(RTSE.type('RTSE-apdus'), '', bytes, start, end);
  return { layer: 'rtse', title: X410_TITLE, bytes, start, end, origin, fields };
}

/** The trees of layers over octets whose origin is known; a message inside an operation (P3, P7) brings the trees of its content. */
export function layerTrees(
  layers: readonly Layer[],
  bytes: Uint8Array,
  origin: Origin | null,
  { showCredentials }: Reading,
): LayerTree[] {
  return layers.flatMap(layer => {
    const tree = {
      layer: layer.kind,
      title: titleOf(layer, bytes),
      bytes,
      start: layer.start,
      end: layer.end,
      origin,
      fields: layer.fields.map(layer.kind === 'mms' ? readable : operationCode),
    };
    return layer.kind === 'p1'
      ? [tree, ...dissectCarried(tree.fields, bytes, origin, { showCredentials }).trees]
      : [tree];
  });
}

/** As Wireshark shows it: the code itself stands under `ros.opcode` and `ros.errcode`, not the alternative of the CHOICE around it. */
function operationCode(f: Field): Field {
  const children = f.children.map(operationCode);
  const code = f.name === 'ros.opcode' || f.name === 'ros.errcode' ? children[0] : undefined;
  return code?.value === undefined ? { ...f, children } : { ...code, name: f.name, label: f.label, children: [] };
}
