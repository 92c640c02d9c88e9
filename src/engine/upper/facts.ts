import { readTlv } from '../../asn1/ber.ts';
import { stringOctets } from '../../asn1/contents.ts';
import { find, findAll } from '../../asn1/tree.ts';
import { hex, latin1 } from '../../base/text.ts';
import type { Field } from '../../model/field.ts';
import { findParameter, REFUSE_REASONS, type Spdu } from '../../osi/session.ts';
import { text } from '../../x400/address-parts.ts';
import type { Layer } from './layers.ts';
import type { SessionReferences } from './shared.ts';

/** What the connect, release and abort PDUs of one association told. */
export interface Facts {
  mode: 'normal' | 'x410-1984' | null;
  applicationContext: string | null;
  /** Contexts that AARQ offers instead (aSO-context-name-list), a space behind each. */
  otherContexts: string;
  /** Context that the responder chose, when it differs. */
  respondingContext: string | null;
  callingTitle: string | null;
  calledTitle: string | null;
  respondingTitle: string | null;
  callingSelector: string | null;
  calledSelector: string | null;
  /** Names in the binds. */
  initiatorName: string | null;
  responderName: string | null;
  checkpointSize: number | null;
  windowSize: number | null;
  proposedCheckpointSize: number | null;
  proposedWindowSize: number | null;
  dialogueMode: 'monologue' | 'two-way-alternate' | null;
  connection: 'open' | 'recover' | null;
  recovers: SessionReferences | null;
  applicationProtocol: number | null;
  rtse: boolean;
  refusal: string | null;
  abort: string | null;
}

/** Every key is written out: what is spread from other objects ends as a dictionary, which each association pays for. */
export function noFacts(): Facts {
  return {
    mode: null,
    applicationContext: null,
    otherContexts: '',
    respondingContext: null,
    callingTitle: null,
    calledTitle: null,
    respondingTitle: null,
    callingSelector: null,
    calledSelector: null,
    initiatorName: null,
    responderName: null,
    checkpointSize: null,
    windowSize: null,
    proposedCheckpointSize: null,
    proposedWindowSize: null,
    dialogueMode: null,
    connection: null,
    recovers: null,
    applicationProtocol: null,
    rtse: false,
    refusal: null,
    abort: null,
  };
}

function numberIn(fields: readonly Field[], name: string): number | null {
  const value = find(fields, name)?.value;
  return typeof value === 'number' ? value : null;
}

/** An enumerated field in words: "busy (0)" without the number. */
function wordIn(fields: readonly Field[], name: string): string | null {
  const f = find(fields, name);
  if (f === undefined) return null;
  return f.text?.replace(/ \(-?\d+\)$/, '') ?? (f.value === undefined ? null : String(f.value));
}

/** Takes what the layers of a CONNECT say. */
export function fromConnect(facts: Facts, layers: readonly Layer[], bytes: Uint8Array): void {
  for (const { kind, fields } of layers) {
    if (kind === 'pres') {
      const mode = numberIn(fields, 'pres.mode_value');
      facts.mode = mode === 0 ? 'x410-1984' : mode === 1 ? 'normal' : null;
      facts.callingSelector ??= selectorIn(fields, 'pres.calling_presentation_selector', bytes);
      facts.calledSelector ??= selectorIn(fields, 'pres.called_presentation_selector', bytes);
    }
    if (kind === 'acse') {
      const context = find(fields, 'acse.aSO_context_name')?.value;
      if (typeof context === 'string') facts.applicationContext = context;
      facts.otherContexts = findAll(fields, 'acse.ASO_context_name').reduce((all, f) => `${all}${f.value} `, '');
      facts.callingTitle = title(fields, 'calling', bytes);
      facts.calledTitle = title(fields, 'called', bytes);
    }
    if (find(fields, 'rtse.connectionDataRQ') !== undefined) rtseParameters(facts, fields, true, bytes);
  }
}

/** Associate-result (X.227 §9.1): rejected-permanent, rejected-transient. */
export const REJECTED: ReadonlySet<unknown> = new Set([1, 2]);

/** Takes what the layers of an ACCEPT say. */
export function fromAccept(facts: Facts, layers: readonly Layer[], bytes: Uint8Array): void {
  for (const { kind, fields } of layers) {
    if (kind === 'pres' && facts.mode === null) {
      const mode = numberIn(fields, 'pres.mode_value');
      facts.mode = mode === 0 ? 'x410-1984' : mode === 1 ? 'normal' : null;
    }
    if (kind === 'acse') {
      const context = find(fields, 'acse.aSO_context_name')?.value;
      if (typeof context === 'string') facts.respondingContext = context;
      facts.respondingTitle = title(fields, 'responding', bytes);
      // Where the result is missing, or not defined, the ACCEPT around it counts.
      if (REJECTED.has(numberIn(fields, 'acse.result'))) facts.refusal ??= acseRefusal(fields);
    }
    if (find(fields, 'rtse.connectionDataAC') !== undefined) rtseParameters(facts, fields, false, bytes);
  }
}

/** X.228: checkpointSize defaults to 0, windowSize to 3, dialogueMode to monologue. */
function rtseParameters(facts: Facts, fields: readonly Field[], request: boolean, bytes: Uint8Array): void {
  facts.rtse = true;
  const checkpoint = numberIn(fields, 'rtse.checkpointSize') ?? 0;
  const window = numberIn(fields, 'rtse.windowSize') ?? 3;
  if (!request) {
    facts.checkpointSize = checkpoint;
    facts.windowSize = window;
    return;
  }
  facts.proposedCheckpointSize = checkpoint;
  facts.proposedWindowSize = window;
  facts.checkpointSize ??= checkpoint;
  facts.windowSize ??= window;
  facts.dialogueMode = numberIn(fields, 'rtse.dialogueMode') === 1 ? 'two-way-alternate' : 'monologue';
  facts.applicationProtocol = numberIn(fields, 'rtse.applicationProtocol');
  const data = numberIn(fields, 'rtse.connectionDataRQ');
  facts.connection = data === 0 ? 'open' : data === 1 ? 'recover' : null;
  if (data === 1) {
    const calling = find(fields, 'rtse.callingSSuserReference');
    const common = find(fields, 'rtse.commonReference');
    const additional = find(fields, 'rtse.additionalReferenceInformation');
    facts.recovers = {
      calling: innermost(bytes, calling),
      called: '',
      common: innermost(bytes, common),
      additional: innermost(bytes, additional),
    };
  }
}

function innermost(bytes: Uint8Array, f: Field | undefined): string {
  if (f === undefined) return '';
  const child = f.children[0];
  return reference(bytes, (child ?? f).start, (child ?? f).end);
}

/** A reference in hex; the string tag that some stacks put around it is taken off, so that both ways of writing it are the same. */
export function reference(bytes: Uint8Array, start: number, end: number): string {
  const tlv = readTlv(bytes, start, end);
  const wrapped = tlv !== null && tlv.fault === null && tlv.end === end && !tlv.constructed && tlv.content > start + 1;
  const string = wrapped && (tlv.cls === 2 || [4, 20, 22, 23].includes(tlv.tag));
  return string ? hex(bytes, tlv.content, tlv.contentEnd) : hex(bytes, start, end);
}

/** The SS-user references of a CN (calling) or AC (called), PGI 1. */
export function referencesOf(bytes: Uint8Array, spdu: Spdu, group: number): SessionReferences {
  const value = (code: number) => {
    const p = findParameter(spdu, code, group);
    return p === null ? '' : reference(bytes, p.valueStart, p.valueEnd);
  };
  return { calling: value(10), called: value(9), common: value(11), additional: value(12) };
}

/** A selector as text when it is printable ASCII, else in hex. */
export function selector(bytes: Uint8Array, start: number, end: number): string | null {
  if (end <= start) return null;
  for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return `0x${hex(bytes, start, end)}`;
  return latin1(bytes, start, end);
}

function selectorIn(fields: readonly Field[], name: string, bytes: Uint8Array): string | null {
  const f = find(fields, name);
  if (f === undefined) return null;
  const tlv = readTlv(bytes, f.start, f.end);
  if (tlv === null) return null;
  const octets = stringOctets(bytes, tlv);
  return selector(octets, 0, octets.length);
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** AP-title and AE-qualifier as one name: "1.3.9999.1 (AE qualifier 12)", "/C=GB/O=ACME/CN=MTA". */
function title(fields: readonly Field[], side: string, bytes: Uint8Array): string | null {
  const ap = find(fields, `acse.${side}_AP_title`);
  const ae = find(fields, `acse.${side}_AE_qualifier`);
  const name = ap === undefined ? null : nameOf(ap, bytes);
  const qualifier = ae === undefined ? null : nameOf(ae, bytes);
  if (name !== null && qualifier !== null) {
    return name.startsWith('/') && qualifier.startsWith('/')
      ? `${name}${qualifier}`
      : `${name} (AE qualifier ${qualifier})`;
  }
  return name ?? (qualifier === null ? null : `AE qualifier ${qualifier}`);
}

/** What of a directory name is shown: attributes, and characters of each. Names that people gave stay far below. */
const MOST_ATTRIBUTES = 64;
const MOST_CHARACTERS = 256;

function nameOf(f: Field, bytes: Uint8Array): string | null {
  const attributes: string[] = [];
  addAttributes(f, bytes, attributes);
  if (attributes.length > 0) return attributes.join('');
  const leaf = f.children[0]?.value ?? f.children[0]?.text;
  return leaf === undefined ? null : String(leaf);
}

/** The attributes at and below `f`: type and value stand side by side. One walk, whatever a name holds. */
function addAttributes(f: Field, bytes: Uint8Array, out: string[]): void {
  let type: Field | undefined;
  for (const child of f.children) {
    if (out.length > MOST_ATTRIBUTES) return;
    if (child.name === 'x509if.type') type ??= child;
    if (child.name === 'x509if.value_element')
      out.push(out.length < MOST_ATTRIBUTES ? attribute(type, child, bytes) : '/…');
    else addAttributes(child, bytes, out);
  }
}

function attribute(type: Field | undefined, value: Field, bytes: Uint8Array): string {
  const oid = String(type?.value ?? 'OID');
  const tlv = readTlv(bytes, value.start, value.end);
  const told = (tlv === null ? null : text(bytes, tlv)) ?? '';
  const cut = told.length > MOST_CHARACTERS ? `${told.slice(0, MOST_CHARACTERS)}…` : told;
  return `/${ATTRIBUTES[oid] ?? oid}=${cut}`;
}

/** Result and diagnostic of an AARE: "rejected-permanent, no-reason-given". */
export function acseRefusal(fields: readonly Field[]): string {
  const result = wordIn(fields, 'acse.result') ?? 'rejected';
  const user = wordIn(fields, 'acse.service_user');
  const provider = wordIn(fields, 'acse.service_provider');
  const why = user !== null && user !== 'null' ? user : provider !== null && provider !== 'null' ? provider : null;
  return why === null ? result : `${result}, ${why}`;
}

/** Why a REFUSE refuses, from the innermost layer that says so: the error of a bind was noted when that was read. */
export function fromRefuse(facts: Facts, spdu: Spdu, bytes: Uint8Array, layers: readonly Layer[]): void {
  const bound = facts.refusal;
  for (const { kind, fields } of layers) {
    if (kind === 'acse') {
      facts.respondingTitle ??= title(fields, 'responding', bytes);
      if (find(fields, 'acse.result') !== undefined) facts.refusal ??= acseRefusal(fields);
    }
    const reason = wordIn(fields, 'rtse.refuseReason');
    if (reason !== null) facts.refusal = bound ?? reason;
    if (kind === 'pres') {
      const provider = wordIn(fields, 'pres.provider_reason');
      if (provider !== null) facts.refusal ??= `presentation provider: ${provider}`;
    }
  }
  if (facts.refusal !== null) return;
  const code = findParameter(spdu, 50);
  const value = code === null || code.valueEnd <= code.valueStart ? null : bytes[code.valueStart]!;
  facts.refusal = value === null ? 'no reason given' : (REFUSE_REASONS[value] ?? `reason ${value}`);
}

/** Why an ABORT aborts. */
export function fromAbort(facts: Facts, spdu: Spdu, bytes: Uint8Array, layers: readonly Layer[]): void {
  const said: string[] = [];
  for (const { kind, fields } of layers) {
    const rtab = wordIn(fields, 'rtse.abortReason');
    if (rtab !== null) said.push(`RTSE ${rtab}`);
    if (kind === 'acse') {
      const source = wordIn(fields, 'acse.abort_source');
      const diagnostic = wordIn(fields, 'acse.abort_diagnostic');
      if (source !== null) said.push(diagnostic === null ? source : `${source}, ${diagnostic}`);
    }
    if (kind === 'pres') {
      const provider = wordIn(fields, 'pres.provider_reason');
      if (provider !== null) said.push(`presentation provider: ${provider}`);
    }
  }
  if (said.length === 0) {
    const p = findParameter(spdu, 17);
    const flags = p === null || p.valueEnd <= p.valueStart ? 0 : bytes[p.valueStart]!;
    if (flags & 2) said.push('user abort');
    if (flags & 4) said.push('session protocol error');
    if (flags & 8) said.push('no reason given');
    if (flags & 16) said.push('implementation restriction');
  }
  facts.abort = said.length === 0 ? null : said.join('; ');
}
