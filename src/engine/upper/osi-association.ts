import { hex, readTlv } from '../../asn1/ber.ts';
import { find, findAll } from '../../asn1/tree.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Fault, Stamp, Tsdu } from '../../model/tsdu.ts';
import type { PPDUS } from '../../osi/presentation.ts';
import { EXCEPTION_REASONS, findParameter, numberOf, type Spdu, serialOf } from '../../osi/session.ts';
import { summarizeApdu } from '../../x400/message.ts';
import { handOver, isOneApdu, judgeApdu, looksLikeMts } from './apdu.ts';
import { AssociationState } from './association.ts';
import { Conduct } from './conduct.ts';
import { Contexts } from './contexts.ts';
import { fromAbort, fromAccept, fromConnect, fromRefuse, reference, referencesOf, selector } from './facts.ts';
import { Join } from './join.ts';
import { judgeLayers, judgeRtse } from './judge.ts';
import { apduTrees, type Layer, layerTrees, type Reading, rawFragmentTree, readHead, readPpdu } from './layers.ts';
import type { UserData } from './osi.ts';
import { inTransferText, messageRow } from './row.ts';
import { type Owner, ReliableTransfer, type When } from './rts.ts';
import type { SessionReferences, Shared } from './shared.ts';
import type { Transfer } from './transfer.ts';
import type { Mutable, Surroundings } from './types.ts';
import { UserDataReader } from './user-data.ts';

/** Octets of an SSDU that are joined at most when it is segmented. */
const MOST_SSDU = 16 * 1024 * 1024;

/** Faults that wait for the other side's next TSDU. */
const MOST_WAITING = 64;

/** One session connection from CONNECT to its end: what the SPDUs mean for the association and for what is transferred over it. */
export class OsiAssociation implements Owner {
  private readonly around: Surroundings;
  private readonly state: AssociationState;
  private readonly contexts = new Contexts();
  private readonly conduct: Conduct;
  private readonly transfer: ReliableTransfer;
  private readonly data: UserDataReader;
  private readonly reading: Reading;
  private overflow: Join | null = null;
  private endings = 0;
  private waiting: (Fault & { readonly time: Stamp })[] = [];
  private readonly seen: [boolean, boolean] = [false, false];
  /** Trees of the TSDU at hand, for what completes with it. */
  private current: Tsdu | null = null;

  constructor(around: Surroundings, shared: Shared, at: When, fromStart: boolean) {
    this.around = around;
    this.state = new AssociationState(shared.nextAssociation(), around.stream, at);
    this.conduct = new Conduct((...raised) => this.fault(...raised));
    if (!fromStart) this.conduct.lose();
    this.transfer = new ReliableTransfer(around, shared, this);
    this.data = new UserDataReader(around, shared, this.state, this.contexts, this.transfer, this);
    this.reading = {
      contexts: this.contexts,
      showCredentials: around.options.showCredentials,
      user: (layer, value, bytes) => this.data.userType(layer, value, bytes),
      note: (layer, bytes, start, end) => this.data.count(layer, bytes, start, end),
    };
  }

  // --- what others ask

  get id(): number {
    return this.state.id;
  }

  get references(): SessionReferences {
    return this.state.references;
  }

  get sound(): boolean {
    return this.conduct.sound;
  }

  get checkpointSize(): number | null {
    return this.state.facts.checkpointSize;
  }

  get windowSize(): number | null {
    return this.state.facts.windowSize;
  }

  get version(): 1 | 2 | null {
    return this.conduct.version;
  }

  get protocol(): string {
    return this.state.protocol(this.contexts);
  }

  get mtaEvidence(): boolean {
    return this.state.mtaEvidence(this.contexts);
  }

  get over(): boolean {
    return this.conduct.phase === 'closed';
  }

  get awaitsEndAck(): boolean {
    return this.endings > 0;
  }

  readonly most = MOST_SSDU;

  segmentLimit(direction: Direction): number {
    return this.conduct.sound ? this.conduct.tsduLimit(direction) : 0;
  }

  touch(at: When): void {
    this.state.touch(at);
  }

  /**
   * @param onPeer the fault rests on what the other side did not send. Its octets may be lost without anybody knowing yet, or be handed
   * up late, so it waits for the next TSDU from there, which proves that nothing is missing in between
   */
  fault(code: string, direction: Direction, frame: number, detail: string, onPeer = false): void {
    const fault = { code, direction, frame, detail };
    if (!onPeer) this.around.sink.fault(this.around.stream, fault);
    else if (this.waiting.length < MOST_WAITING) this.waiting.push({ ...fault, time: this.state.end });
  }

  /** A TSDU of this direction is at hand, and nothing before it is missing: what waited for that is told, or was too hasty. */
  arrived(t: Tsdu): void {
    this.seen[t.direction] = true;
    if (this.waiting.length === 0) return;
    const rest: typeof this.waiting = [];
    for (const fault of this.waiting) {
      if (fault.direction === t.direction) rest.push(fault);
      else if (t.lastFrame >= fault.frame && !earlier(t.time, fault.time))
        this.around.sink.fault(this.around.stream, fault);
    }
    this.waiting = rest;
  }

  // --- SPDUs

  concatenation(spdus: readonly Spdu[], t: Tsdu): void {
    this.conduct.concatenation(spdus, t.direction, t.lastFrame);
  }

  /** GT and DT without parameters: the bulk of all traffic. */
  plainData(bytes: Uint8Array, start: number, end: number, t: Tsdu): void {
    const at = { frame: t.lastFrame, time: t.time };
    this.arrived(t);
    this.state.touch(at);
    this.conduct.plainData(t.direction, t.lastFrame);
    this.current = t;
    this.data.read({ bytes, start, end, origin: t.origin }, t.direction, at, 'DT');
    this.current = null;
  }

  /** A segment without its beginning: what it belongs to is not whole. */
  tornData(direction: Direction): void {
    this.transfer.gap(direction);
  }

  spdu(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { bytes, direction } = t;
    const at: When = { frame: t.lastFrame, time: t.time };
    this.conduct.observe(bytes, spdu, direction, at.frame);
    this.current = t;
    switch (spdu.name) {
      case 'CN':
        this.connect(spdu, t, own);
        break;
      case 'CDO':
        if (own !== null) this.overflow?.add(own.bytes, own.start, own.end, own.origin);
        if (this.overflow !== null) this.connectData(this.overflow.whole(MOST_SSDU), t);
        this.overflow = null;
        break;
      case 'AC':
        this.accept(spdu, t, own);
        break;
      case 'RF':
        this.refuse(spdu, t, own, at);
        break;
      case 'FN':
      case 'DN':
        this.release(spdu, t, own, at);
        break;
      case 'AB':
        this.abort(spdu, t, own, at);
        break;
      case 'AS':
        this.transfer.start(direction, activityOf(bytes, spdu, 0), at);
        break;
      case 'AR':
        this.resume(spdu, t, at);
        break;
      case 'MIP':
        this.transfer.mark(direction, serialOf(bytes, findParameter(spdu, 42)), at);
        break;
      case 'MIA':
        this.transfer.confirm(direction, serialOf(bytes, findParameter(spdu, 42)));
        break;
      case 'AE':
        this.endings++;
        this.transfer.finish(direction, at);
        break;
      case 'MAA':
        if (this.endings > 0) this.endings--;
        this.transfer.confirmEnd(direction);
        break;
      case 'AD':
        this.transfer.discard(direction, reasonOf(bytes, spdu, 'by its sender'), at);
        break;
      case 'AI':
        this.transfer.interrupt(
          direction,
          `the activity was interrupted: ${reasonOf(bytes, spdu, 'no reason given')}`,
          at,
        );
        break;
      case 'GT':
      case 'GTC':
        this.turn(spdu, t);
        break;
      default:
    }
    if (own !== null && DATA_BEARING.has(spdu.name)) this.userData(spdu, t, own, at);
    this.current = null;
  }

  private userData(spdu: Spdu, t: Tsdu, own: UserData, at: When): void {
    if (t.trees !== null) {
      if (this.data.mode(own) === 'x410-1984') {
        if (spdu.name === 'DT') t.trees.push(rawFragmentTree(own.bytes, own.start, own.end, own.origin));
      } else this.ppdu(spdu.name === 'TD' ? 'TTD' : spdu.name === 'RS' || spdu.name === 'RA' ? 'RS' : 'TD', own, t);
    }
    if (spdu.name === 'TD') this.alterContext(own, t);
    if (
      spdu.name === 'DT' ||
      spdu.name === 'TD' ||
      spdu.name === 'EX' ||
      spdu.name === 'PT' ||
      spdu.name === 'CD' ||
      spdu.name === 'CDA'
    ) {
      this.data.read(own, t.direction, at, spdu.name);
    }
  }

  /** Context management (X.226 §6.5): AC adds definitions, ACA answers them. */
  private alterContext(own: UserData, t: Tsdu): void {
    const tag = own.bytes[own.start];
    if (tag !== 0xa0 && tag !== 0xa1) return;
    const { fields } = readHead('TTD', own.bytes, own.start, own.end);
    const tell = (code: string, detail: string) => this.fault(code, t.direction, t.lastFrame, detail);
    if (tag === 0xa0) this.contexts.add(fields, t.direction === this.state.initiator, tell);
    else this.contexts.answer(fields, 'pres.presentation_context_addition_result_list', tell);
  }

  /** Decodes a PPDU, shows it when trees are asked for, and tells what is wrong with its encoding. */
  private ppdu(kind: keyof typeof PPDUS, own: UserData, t: Tsdu): Layer[] {
    const layers = readPpdu(this.reading, kind, own.bytes, own.start, own.end);
    if (t.trees !== null) t.trees.push(...layerTrees(layers, own.bytes, own.origin));
    judgeLayers(layers, kind, (code, detail) => this.fault(code, t.direction, t.lastFrame, detail));
    return layers;
  }

  private connect(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { state } = this;
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

  private connectData(own: UserData, t: Tsdu): void {
    const tell = (code: string, detail: string) => this.fault(code, t.direction, t.lastFrame, detail);
    // Mode and contexts are told by the same PPDU whose values go by them: they are taken up first.
    const head = readHead('CP', own.bytes, own.start, own.end);
    fromConnect(this.state.facts, [head], own.bytes);
    this.contexts.define(head.fields, true, tell);
    this.data.bindSide = 'argument';
    const layers = this.ppdu('CP', own, t);
    fromConnect(this.state.facts, layers, own.bytes);
    judgeRtse(this.state.facts, layers, tell);
  }

  private accept(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { state } = this;
    state.connected = true;
    state.accepted = true;
    if (!this.conduct.sound) state.initiator = t.direction === 0 ? 1 : 0;
    const answered = referencesOf(t.bytes, spdu, 1);
    state.references = { ...state.references, called: answered.called };
    if (state.references.common === '') state.references = { ...state.references, common: answered.common };
    state.calledSession = selectorOf(t.bytes, spdu, 52) ?? state.calledSession;
    if (own === null) return;
    this.data.bindSide = 'result';
    fromAccept(state.facts, [readHead('CPA', own.bytes, own.start, own.end)], own.bytes);
    const layers = this.ppdu('CPA', own, t);
    fromAccept(state.facts, layers, own.bytes);
    const tell = (code: string, detail: string) => this.fault(code, t.direction, t.lastFrame, detail);
    const pres = layers.find(l => l.kind === 'pres');
    if (pres !== undefined) this.contexts.answer(pres.fields, 'pres.presentation_context_definition_result_list', tell);
    judgeRtse(state.facts, layers, tell);
    this.judgeContext(layers, tell);
  }

  /** X.227 §7.1: the responder's application context is the proposed one, or one of the list. */
  private judgeContext(layers: readonly Layer[], tell: (code: string, detail: string) => void): void {
    const { applicationContext, respondingContext } = this.state.facts;
    if (applicationContext === null || respondingContext === null || applicationContext === respondingContext) return;
    if (
      findAll(
        layers.flatMap(l => l.fields),
        'acse.ASO_context_name',
      ).some(f => f.value === respondingContext)
    )
      return;
    tell('acse.context-name-differs', `${respondingContext} answers the proposed ${applicationContext}`);
  }

  private refuse(spdu: Spdu, t: Tsdu, own: UserData | null, at: When): void {
    const { state } = this;
    this.data.bindSide = 'error';
    const layers = own === null ? [] : this.ppdu('CPR', own, t);
    if (!state.connected) state.initiator = t.direction === 0 ? 1 : 0;
    state.connected = true;
    fromRefuse(state.facts, spdu, t.bytes, layers);
    if (
      find(
        layers.flatMap(l => l.fields),
        'acse.result',
      )?.value === 0
    ) {
      this.fault('acse.accepted-but-refused', t.direction, t.lastFrame, 'AARE says accepted in a session REFUSE');
    }
    const who = this.name(t.direction);
    state.settle('refused', `refused by ${who}: ${state.facts.refusal}`, t.direction);
    this.transfer.close('the association was refused', at);
  }

  private release(spdu: Spdu, t: Tsdu, own: UserData | null, at: When): void {
    if (own !== null && this.data.mode(own) !== 'x410-1984') this.ppdu('TD', own, t);
    if (spdu.name !== 'DN') {
      this.releasing = t.direction;
      return;
    }
    this.transfer.close('the association was released', at);
    const by = this.releasing ?? (t.direction === 0 ? 1 : 0);
    this.state.settle('released', `released by ${this.name(by)}`, by);
  }

  private releasing: Direction | null = null;

  private abort(spdu: Spdu, t: Tsdu, own: UserData | null, at: When): void {
    const { facts } = this.state;
    const layers = own === null ? [] : this.ppdu('AB', own, t);
    fromAbort(facts, spdu, t.bytes, layers);
    const why = facts.abort === null ? '' : `: ${facts.abort}`;
    const mid = this.inActivity() ? ' in mid-activity' : '';
    this.state.settle('aborted', `aborted by ${this.name(t.direction)}${mid}${why}`, t.direction);
    this.transfer.close(`the association was aborted by ${this.name(t.direction)}${why}`, at);
  }

  private resume(spdu: Spdu, t: Tsdu, at: When): void {
    const activity = activityOf(t.bytes, spdu, 0);
    const old = findParameter(spdu, 41, 33) === null ? activity : activityOf(t.bytes, spdu, 33);
    let references: SessionReferences | null = referencesOf(t.bytes, spdu, 33);
    // Linking information without references means this session connection, or the one that RTORQ recovers.
    if (references.calling === '' && references.called === '' && references.common === '')
      references = this.state.facts.recovers;
    this.transfer.resume(t.direction, activity, old, serialOf(t.bytes, findParameter(spdu, 42, 33)), references, at);
  }

  /** X.228: in a monologue the turn stays with the side that opened the association. */
  private turn(spdu: Spdu, t: Tsdu): void {
    const { facts } = this.state;
    if (!this.conduct.sound || !facts.rtse || facts.dialogueMode !== 'monologue') return;
    const item = numberOf(t.bytes, findParameter(spdu, 16)) ?? 0;
    if (spdu.name === 'GTC' || (item & 1) !== 0) {
      this.fault(
        'rtse.turn',
        t.direction,
        t.lastFrame,
        `${spdu.name} gives the turn, but the dialogue mode is monologue`,
      );
    }
  }

  gap(direction: Direction): void {
    this.waiting = this.waiting.filter(fault => fault.direction === direction);
    this.conduct.lose();
    this.transfer.gap(direction);
  }

  close(how: 'fin' | 'rst' | 'eof', at: When): void {
    const { state } = this;
    const what = how === 'rst' ? 'the transport connection was reset' : 'the transport connection was closed';
    const mid = this.inActivity() ? ' in mid-activity' : '';
    const waiting = this.conduct.phase === 'connecting';
    if (waiting)
      state.settle(
        'unanswered',
        how === 'eof' ? 'the CONNECT was not answered in the capture' : `the CONNECT was not answered: ${what}`,
        null,
      );
    else if (how === 'eof') state.settle('open', `open at the end of the capture${mid}`, null);
    else if (this.releasing !== null && mid === '') {
      state.settle(
        'released',
        `released by ${this.name(this.releasing)}, without an answer before ${what}`,
        this.releasing,
      );
    } else state.settle('lost', `${what}${mid}`, null);
    // The other side closed its direction as well: what it sent is all there, if anything of it was ever seen.
    if (how === 'fin') {
      for (const fault of this.waiting) {
        if (this.seen[fault.direction === 0 ? 1 : 0]) this.around.sink.fault(this.around.stream, fault);
      }
    }
    this.transfer.close(how === 'eof' ? 'the capture ends in mid-transfer' : `${what} in mid-transfer`, at);
    this.data.close(at);
    this.around.sink.association(state.row(this.contexts, how === 'eof' ? { frame: 0, time: at.time } : at));
  }

  private inActivity(): boolean {
    return this.transfer.current(0) !== null || this.transfer.current(1) !== null;
  }

  private name(direction: Direction): string {
    return this.state.sideName(direction) ?? this.around.names[direction];
  }

  inTransfer(direction: Direction): string | null {
    if (!this.mtaEvidence) return null;
    const from = this.name(direction);
    const to = this.name(direction === 0 ? 1 : 0);
    const transfer = this.transfer.current(direction);
    if (transfer === null) return this.state.connected ? `${from} → ${to}, no message in transfer` : null;
    const summary = transfer.apdu.length === 0 || transfer.activity === null ? null : summarizeApdu(transfer.apdu);
    return `${from} → ${to}, ${inTransferText(transfer, summary)}`;
  }

  // --- what the reliable transfer asks of its owner

  row(transfer: Transfer, state: MessageState, why: string | null): Mutable<Message> | null {
    const protocol = this.protocol;
    const headless = transfer.activity === null || transfer.apdu.length === 0;
    const summary = headless ? null : summarizeApdu(transfer.apdu);
    const isMts = protocol.startsWith('P1') || (summary !== null && looksLikeMts(summary));
    if (!isMts && !(headless && (protocol === 'RTSE' || protocol === 'OSI session'))) return null;
    if (summary !== null && looksLikeMts(summary)) this.state.evidence ??= 'P1';
    const whole = state === 'complete' || state === 'resumed';
    if (whole && this.sound && transfer.whole && !isOneApdu(transfer.apdu)) {
      const detail = `the ${transfer.octets} octets of activity ${transfer.activity} are not exactly one APDU`;
      this.fault('rtse.apdu', transfer.direction, transfer.lastFrame, detail);
    }
    if (whole) {
      this.state.messages[transfer.direction]++;
      this.state.tally.add(summary?.kind ?? 'message');
    }
    const span = {
      direction: transfer.direction,
      firstFrame: transfer.firstFrame,
      lastFrame: transfer.lastFrame,
      start: transfer.start,
      end: transfer.end,
      octets: transfer.octets,
      activity: transfer.activity,
      checkpoints: transfer.checkpoints,
      confirmed: transfer.confirmed,
    };
    return messageRow(summary, span, this.around.stream, this.id, state, why);
  }

  completed(transfer: Transfer, row: Mutable<Message> | null): void {
    const t = this.current;
    const bytes = transfer.apdu;
    if (t !== null && t.trees !== null && transfer.whole && transfer.damaged === null && bytes.length > 0) {
      t.trees.push(...apduTrees(this.reading, bytes, transfer.provenance));
    }
    if (transfer.whole && transfer.damaged === null && this.around.options.level === 'full') {
      if (row !== null)
        judgeApdu(bytes, (code, detail) => this.fault(code, transfer.direction, transfer.lastFrame, detail));
      handOver(this.around, row, bytes, transfer.direction);
    }
    // Where somebody shows packets or takes the APDUs, what was handed out still stands in these octets.
    if ((t === null || t.trees === null) && this.around.sink.apdu === undefined) transfer.release();
  }
}

const DATA_BEARING = new Set([
  'DT',
  'TD',
  'EX',
  'PT',
  'GT',
  'CD',
  'CDA',
  'MIP',
  'MIA',
  'MAP',
  'MAA',
  'AE',
  'RS',
  'RA',
  'AS',
  'AR',
  'AI',
  'AD',
  'ED',
  'GTC',
  'NF',
]);

function earlier(a: Stamp, b: Stamp): boolean {
  return a.sec < b.sec || (a.sec === b.sec && a.nsec < b.nsec);
}

function selectorOf(bytes: Uint8Array, spdu: Spdu, code: number): string | null {
  const p = findParameter(spdu, code);
  return p === null ? null : selector(bytes, p.valueStart, p.valueEnd);
}

/** The activity identifier in hex, the way it stands in the SPDU: a BER INTEGER with X.228, anything else with others. */
function activityOf(bytes: Uint8Array, spdu: Spdu, group: number): string {
  const p = findParameter(spdu, 41, group);
  if (p === null) return '';
  const tlv = readTlv(bytes, p.valueStart, p.valueEnd);
  const wrapped = tlv !== null && tlv.cls === 0 && tlv.tag === 2 && tlv.fault === null;
  return wrapped ? hex(bytes, p.valueStart, p.valueEnd) : reference(bytes, p.valueStart, p.valueEnd);
}

function reasonOf(bytes: Uint8Array, spdu: Spdu, otherwise: string): string {
  const code = numberOf(bytes, findParameter(spdu, 50));
  return code === null ? otherwise : (EXCEPTION_REASONS[code] ?? `reason ${code}`).toLowerCase();
}
