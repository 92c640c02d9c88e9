import { find } from '../../asn1/tree.ts';
import type { Field } from '../../model/field.ts';
import type { Direction } from '../../model/finding.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { PPDUS } from '../../osi/presentation.ts';
import { findParameter, numberOf, type Spdu } from '../../osi/session.ts';
import type { AssociationState } from './association.ts';
import type { Contexts } from './contexts.ts';
import {
  acseRefusal,
  fromAbort,
  fromAccept,
  fromConnect,
  fromRefuse,
  REJECTED,
  referencesOf,
  selector,
} from './facts.ts';
import { Join } from './join.ts';
import { judgeLayers, judgeRelease, judgeRtse } from './judge.ts';
import { type Layer, layerTrees, type Reading, readHead, readPpdu } from './layers.ts';
import type { UserData } from './osi.ts';
import { type Release, type ReleaseSpdu, releaseOf } from './release.ts';
import type { Retelling } from './repeats.ts';
import type { UserDataReader } from './user-data.ts';

const other = (direction: Direction): Direction => (direction === 0 ? 1 : 0);

/** The parts of an association that the handshake reads and writes. */
export interface HandshakeParts {
  readonly state: AssociationState;
  readonly contexts: Contexts;
  readonly data: UserDataReader;
  readonly reading: Reading;
  readonly retelling: Retelling;
  fault(code: string, direction: Direction, frame: number, detail: string): void;
  /** More octets of `what` came than are joined. */
  tooLong(direction: Direction, frame: number, what: string): void;
  /** How often something was told that is in neither the facts nor the contexts: a fault, a PDU that is counted. */
  asides(): number;
  /** Name of the side that sends in this direction. */
  name(direction: Direction): string;
  /** Nothing of this association is missing from the capture so far. */
  sound(): boolean;
}

/** How an association is opened, refused, released and aborted: what CN, AC, RF, FN, DN and AB carry for the layers above. */
export class Handshake {
  /** The side that sent FINISH. */
  releasing: Direction | null = null;
  private readonly parts: HandshakeParts;
  private overflow: Join | null = null;
  /** What the FINISH of each direction carried for association control; null where none was seen. */
  private readonly finished: [Release | null, Release | null] = [null, null];

  constructor(parts: HandshakeParts) {
    this.parts = parts;
  }

  private teller(t: Tsdu): (code: string, detail: string) => void {
    return (code, detail) => this.parts.fault(code, t.direction, t.lastFrame, detail);
  }

  /** Decodes a PPDU, shows it when trees are asked for, and tells what is wrong with its encoding. */
  ppdu(kind: keyof typeof PPDUS, own: UserData, t: Tsdu): Layer[] {
    const layers = readPpdu(this.parts.reading, kind, own.bytes, own.start, own.end, t.trees !== null);
    if (t.trees !== null)
      for (const tree of layerTrees(layers, own.bytes, own.origin, this.parts.reading)) t.trees.push(tree);
    judgeLayers(layers, kind, this.teller(t));
    return layers;
  }

  /** Trees of data. What is wrong with data is told where every run reads them: looking closer must not find more. */
  show(kind: keyof typeof PPDUS, own: UserData, t: Tsdu): void {
    const { reading, data } = this.parts;
    const silent: Reading = {
      ...reading,
      user: (layer, value, octets) => data.userType(layer, value, octets, false),
    };
    const layers = readPpdu(silent, kind, own.bytes, own.start, own.end, true);
    for (const tree of layerTrees(layers, own.bytes, own.origin, reading)) t.trees!.push(tree);
  }

  connect(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { state } = this.parts;
    state.connected = true;
    state.initiator = t.direction;
    state.references = referencesOf(t.bytes, spdu, 1);
    state.callingSession = selectorOf(t.bytes, spdu, 51);
    state.calledSession = selectorOf(t.bytes, spdu, 52);
    if (own === null) return;
    if (((numberOf(t.bytes, findParameter(spdu, 60)) ?? 0) & 1) !== 0) {
      this.overflow = new Join();
      this.overflow.add(own.bytes, own.start, own.end, own.origin);
    } else this.connectData(own, t);
  }

  /** CONNECT DATA OVERFLOW: the rest of the CONNECT's user data, its segments joined. */
  overflowed(t: Tsdu, own: UserData | null): void {
    if (this.overflow === null) return;
    if (own !== null && !this.overflow.add(own.bytes, own.start, own.end, own.origin))
      this.parts.tooLong(t.direction, t.lastFrame, 'the user data of a CONNECT');
    const whole = this.overflow.whole();
    if (whole !== null) this.connectData(whole, t);
    this.overflow = null;
  }

  /** What `read` learns from a PPDU, without reading it when the same one was read before. Trees are made anew each time. */
  private learn(kind: string, own: UserData, t: Tsdu, read: () => void): void {
    const { retelling, asides } = this.parts;
    if (t.trees !== null) {
      retelling.leave();
      read();
      return;
    }
    retelling.tell(kind, own.bytes, own.start, own.end, () => {
      const before = asides();
      read();
      return asides() === before;
    });
  }

  private connectData(own: UserData, t: Tsdu): void {
    this.parts.data.bindSide = 'argument';
    this.learn('CP', own, t, () => this.readConnect(own, t));
  }

  private readConnect(own: UserData, t: Tsdu): void {
    const { state, contexts } = this.parts;
    const tell = this.teller(t);
    // Mode and contexts are told by the same PPDU whose values go by them: they are taken up first.
    const head = readHead('CP', own.bytes, own.start, own.end);
    fromConnect(state.facts, [head], own.bytes);
    contexts.define(head.fields, true, tell);
    const layers = this.ppdu('CP', own, t);
    fromConnect(state.facts, layers, own.bytes);
    judgeRtse(state.facts, layers, tell);
  }

  accept(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { state, data } = this.parts;
    if (!state.connected) state.initiator = other(t.direction);
    state.connected = true;
    state.accepted = true;
    const { called, common } = referencesOf(t.bytes, spdu, 1);
    state.references = { ...state.references, called, common: state.references.common || common };
    state.calledSession = selectorOf(t.bytes, spdu, 52) ?? state.calledSession;
    if (own === null) return;
    data.bindSide = 'result';
    this.learn('CPA', own, t, () => this.readAccept(own, t));
    // X.227 §7.1: a rejecting AARE belongs into a REFUSE, and means the same in an ACCEPT.
    const { refusal } = state.facts;
    if (refusal !== null)
      state.settle('refused', `refused by ${this.parts.name(t.direction)}: ${refusal}`, t.direction);
  }

  private readAccept(own: UserData, t: Tsdu): void {
    const { state, contexts } = this.parts;
    const tell = this.teller(t);
    fromAccept(state.facts, [readHead('CPA', own.bytes, own.start, own.end)], own.bytes);
    const layers = this.ppdu('CPA', own, t);
    fromAccept(state.facts, layers, own.bytes);
    const pres = layers.find(l => l.kind === 'pres');
    if (pres !== undefined) contexts.answer(pres.fields, 'pres.presentation_context_definition_result_list', tell);
    judgeRtse(state.facts, layers, tell);
    this.judgeContext(tell);
    this.judgeResult(layers, true, tell);
  }

  /** X.227 §7.1: the responder's application context is the proposed one, or one of the list beside it. */
  private judgeContext(tell: (code: string, detail: string) => void): void {
    const { applicationContext, otherContexts, respondingContext } = this.parts.state.facts;
    if (applicationContext === null || respondingContext === null || applicationContext === respondingContext) return;
    if (!otherContexts.split(' ').includes(respondingContext))
      tell('acse.context-name-differs', `${respondingContext} answers the proposed ${applicationContext}`);
  }

  /** X.227 §7.1: an AARE that accepts travels in the session's ACCEPT, one that rejects in its REFUSE. */
  private judgeResult(layers: readonly Layer[], accepts: boolean, tell: (code: string, detail: string) => void): void {
    const fields = fieldsOf(layers);
    const result = find(fields, 'acse.result')?.value;
    if (accepts && REJECTED.has(result))
      tell('acse.refused-but-accepted', `AARE says ${acseRefusal(fields)} in a session ACCEPT`);
    else if (!accepts && result === 0) tell('acse.accepted-but-refused', 'AARE says accepted in a session REFUSE');
  }

  refuse(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { state, data, name } = this.parts;
    data.bindSide = 'error';
    this.parts.retelling.leave();
    const layers = own === null ? [] : this.ppdu('CPR', own, t);
    if (!state.connected) state.initiator = other(t.direction);
    state.connected = true;
    fromRefuse(state.facts, spdu, t.bytes, layers);
    this.judgeResult(layers, false, this.teller(t));
    state.settle('refused', `refused by ${name(t.direction)}: ${state.facts.refusal}`, t.direction);
  }

  finish(t: Tsdu, own: UserData | null): void {
    this.finished[t.direction] = this.release('FN', t, own);
    this.releasing = t.direction;
  }

  /** NOT FINISHED: the association goes on. */
  notFinished(t: Tsdu, own: UserData | null): void {
    this.release('NF', t, own);
    this.finished[other(t.direction)] = null;
    this.releasing = null;
  }

  disconnect(t: Tsdu, own: UserData | null): void {
    this.release('DN', t, own);
    const by = this.releasing ?? other(t.direction);
    this.parts.state.settle('released', `released by ${this.parts.name(by)}`, by);
  }

  /** Order of the APDUs is judged for each release anew: it rests on the FINISH as well, and repeated PPDUs are not read again. */
  private release(spdu: ReleaseSpdu, t: Tsdu, own: UserData | null): Release {
    const { data, contexts, sound } = this.parts;
    const x410 = own !== null && data.mode(own) === 'x410-1984';
    const carried = x410 ? 'unknown' : releaseOf(own, contexts);
    if (own !== null && !x410) this.learn('TD', own, t, () => this.ppdu('TD', own, t));
    const request = sound() ? this.finished[other(t.direction)] : null;
    judgeRelease(spdu, carried, request, this.teller(t));
    return carried;
  }

  /** Why, in words, for what was in transfer. */
  abort(spdu: Spdu, t: Tsdu, own: UserData | null, mid: string): string {
    const { state, name } = this.parts;
    const layers = own === null ? [] : this.ppdu('AB', own, t);
    fromAbort(state.facts, spdu, t.bytes, layers);
    const why = state.facts.abort === null ? '' : `: ${state.facts.abort}`;
    const who = name(t.direction);
    state.settle('aborted', `aborted by ${who}${mid}${why}`, t.direction);
    return `the association was aborted by ${who}${why}`;
  }

  /** Context management (X.226 §6.5): AC adds and deletes definitions, ACA answers. False for other typed data. */
  alterContext(own: UserData, t: Tsdu): boolean {
    const { state, contexts } = this.parts;
    const tag = own.bytes[own.start];
    if (tag !== 0xa0 && tag !== 0xa1) return false;
    const { fields } = readHead('TTD', own.bytes, own.start, own.end);
    // Without the CONNECT or ACCEPT nobody knows who the initiator is.
    const tell = state.connected ? this.teller(t) : () => {};
    if (tag === 0xa0) {
      contexts.add(fields, t.direction === state.initiator, tell);
      contexts.propose(fields);
    } else {
      contexts.answer(fields, 'pres.presentation_context_addition_result_list', tell);
      contexts.delete(fields);
    }
    return true;
  }
}

function fieldsOf(layers: readonly Layer[]): Field[] {
  return layers.flatMap(l => l.fields);
}

function selectorOf(bytes: Uint8Array, spdu: Spdu, code: number): string | null {
  const p = findParameter(spdu, code);
  return p === null ? null : selector(bytes, p.valueStart, p.valueEnd);
}
