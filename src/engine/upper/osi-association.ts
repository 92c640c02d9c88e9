import { InternalLimit } from '../../base/limits.ts';
import type { Direction } from '../../model/finding.ts';
import type { Sighting, Tsdu } from '../../model/tsdu.ts';
import type { Spdu } from '../../osi/session.ts';
import { summarizeApdu } from '../../x400/message.ts';
import { Activities } from './activities.ts';
import { AssociationState, midTransfer } from './association.ts';
import { Conduct } from './conduct.ts';
import { Contexts } from './contexts.ts';
import { Handshake } from './handshake.ts';
import { isTurnPlease, type Reading, rawFragmentTree, turnPleaseTree } from './layers.ts';
import { Messages } from './messages.ts';
import type { UserData } from './osi.ts';
import { inTransferText } from './row.ts';
import { type Owner, ReliableTransfer } from './rts.ts';
import type { SessionReferences, Shared } from './shared.ts';
import type { Surroundings } from './types.ts';
import { UserDataReader } from './user-data.ts';
import { WaitingFaults } from './waiting.ts';

/** One session connection from CONNECT to its end: what the SPDUs mean for the association and for what is transferred over it. */
export class OsiAssociation implements Owner {
  private readonly around: Surroundings;
  private readonly state: AssociationState;
  private readonly contexts = new Contexts();
  private readonly conduct: Conduct;
  private readonly messages: Messages;
  private readonly transfer: ReliableTransfer;
  private readonly activities: Activities;
  private readonly data: UserDataReader;
  private readonly handshake: Handshake;
  private readonly waiting: WaitingFaults;
  private asides = 0;

  constructor(around: Surroundings, shared: Shared, at: Sighting, fromStart: boolean) {
    this.around = around;
    this.waiting = new WaitingFaults(around);
    this.state = new AssociationState(shared.nextAssociation(), around.stream, at);
    this.conduct = new Conduct((...raised) => this.fault(...raised));
    if (!fromStart) this.conduct.lose();
    const reading: Reading = {
      contexts: this.contexts,
      showCredentials: around.options.showCredentials,
      user: (layer, value, bytes) => this.data.userType(layer, value, bytes),
      note: (layer, bytes, start, end) => {
        this.asides++;
        this.data.count(layer, bytes, start, end);
      },
    };
    this.messages = new Messages(around, {
      owner: this,
      state: this.state,
      contexts: this.contexts,
      reading,
      carried: (own, direction, at) => this.data.carried(own, direction, at),
    });
    this.transfer = new ReliableTransfer(around, shared, this, this.messages);
    this.activities = new Activities(this.transfer, this.state.facts, this);
    this.data = new UserDataReader(around, shared, this.state, this.contexts, this.transfer, this);
    this.handshake = new Handshake({
      state: this.state,
      contexts: this.contexts,
      data: this.data,
      reading,
      retelling: shared.repeats.begin(this.state.facts, this.contexts),
      fault: (...raised) => this.fault(...raised),
      tooLong: (...told) => this.tooLong(...told),
      asides: () => this.asides,
      name: direction => this.name(direction),
      sound: () => this.conduct.sound,
    });
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
    return this.activities.awaitsEndAck;
  }

  segmentLimit(direction: Direction): number {
    return this.conduct.sound ? this.conduct.tsduLimit(direction) : 0;
  }

  touch({ firstFrame, lastFrame, time }: Tsdu): void {
    this.state.touch(firstFrame, time);
    this.state.touch(lastFrame, time);
  }

  /** @param onPeer the fault rests on what the other side did not send, so that it has to wait for the proof */
  fault(code: string, direction: Direction, frame: number, detail: string, onPeer = false): void {
    this.asides++;
    this.waiting.raise({ code, direction, frame, detail }, onPeer, this.state.end);
  }

  arrived(t: Tsdu): void {
    this.transfer.begin(t.direction);
    this.waiting.arrived(t);
    if (t.late) this.conduct.lose();
  }

  // --- SPDUs

  concatenation(spdus: readonly Spdu[], t: Tsdu): void {
    this.conduct.concatenation(spdus, t.direction, t.lastFrame);
  }

  /** GT and DT without parameters: the bulk of all traffic. */
  plainData(bytes: Uint8Array, start: number, end: number, t: Tsdu): void {
    const at = { frame: t.lastFrame, time: t.time };
    this.arrived(t);
    this.touch(t);
    this.conduct.plainData(t.direction, t.lastFrame);
    this.messages.current = t;
    this.data.read({ bytes, start, end, origin: t.origin }, t.direction, at, 'DT');
    this.messages.current = null;
  }

  /** A segment without its beginning: what it belongs to is not whole. */
  tornData(direction: Direction): void {
    this.transfer.gap(direction);
  }

  /** What is put together from pieces is not kept any more: what it belongs to goes on without it. */
  tooLong(direction: Direction, frame: number, what: string): void {
    this.fault('capture.limit', direction, frame, `${what} of more than ${InternalLimit.ssduBytes} octets is not kept`);
    this.transfer.gap(direction, 'octets of it stood in an SSDU that was too long to keep');
  }

  spdu(spdu: Spdu, t: Tsdu, own: UserData | null): void {
    const { bytes, direction } = t;
    const at: Sighting = { frame: t.lastFrame, time: t.time };
    this.conduct.observe(bytes, spdu, direction, at.frame);
    this.messages.current = t;
    switch (spdu.name) {
      case 'CN':
        this.handshake.connect(spdu, t, own);
        break;
      case 'CDO':
        this.handshake.overflowed(t, own);
        break;
      case 'AC':
        this.handshake.accept(spdu, t, own);
        break;
      case 'RF':
        this.handshake.refuse(spdu, t, own);
        this.transfer.suspend('the association was refused', at);
        break;
      case 'FN':
        this.handshake.finish(t, own);
        break;
      case 'DN':
        this.handshake.disconnect(t, own);
        this.transfer.suspend('the association was released', at);
        break;
      case 'NF':
        this.handshake.notFinished(t, own);
        break;
      case 'AB':
        this.transfer.suspend(this.handshake.abort(spdu, t, own, this.mid()), at);
        break;
      default:
        this.activities.spdu(spdu, t, at);
    }
    if (own !== null && DATA_BEARING.has(spdu.name)) this.userData(spdu, t, own, at);
    this.messages.current = null;
  }

  private userData(spdu: Spdu, t: Tsdu, own: UserData, at: Sighting): void {
    if (t.trees !== null) {
      if (this.data.mode(own) === 'x410-1984') {
        const { bytes, start, end, origin } = own;
        if (spdu.name === 'DT') t.trees.push(rawFragmentTree(bytes, start, end, origin));
        else if (spdu.name === 'PT' && isTurnPlease(bytes, start, end))
          t.trees.push(turnPleaseTree(bytes, start, end, origin));
      } else
        this.handshake.show(
          spdu.name === 'TD' ? 'TTD' : spdu.name === 'RS' || spdu.name === 'RA' ? 'RS' : 'TD',
          own,
          t,
        );
    }
    if (spdu.name === 'TD' && this.data.mode(own) === 'normal' && this.handshake.alterContext(own, t)) return;
    if (READ.has(spdu.name)) this.data.read(own, t.direction, at, spdu.name);
  }

  gap(direction: Direction, excess: number | null): void {
    this.waiting.gap(direction);
    this.conduct.lose();
    if (excess === null) this.transfer.gap(direction);
    else this.transfer.misframed(direction, this.foreign(excess));
  }

  ended(how: 'fin' | 'rst', at: Sighting): void {
    this.transfer.suspend(midTransfer(how), at);
  }

  close(how: 'fin' | 'rst' | 'eof', at: Sighting): void {
    const { state } = this;
    const { releasing } = this.handshake;
    const by = releasing === null ? null : { direction: releasing, name: this.name(releasing) };
    const whole = how !== 'eof' && this.sound;
    state.cease(how, whole, this.conduct.phase === 'connecting', this.mid(), by);
    if (how === 'fin') this.waiting.closed();
    this.transfer.close(midTransfer(how), at);
    this.data.close(at, whole);
    this.around.sink.association(state.row(this.contexts, how === 'eof' ? { frame: 0, time: at.time } : at));
  }

  private mid(): string {
    return this.transfer.underWay ? ' in mid-activity' : '';
  }

  private name(direction: Direction): string {
    return this.state.sideName(direction) ?? this.around.names[direction];
  }

  /** Of the octets at the end of a TSDU that are none of it, those that went into a fragment: elsewhere its own length keeps them out. */
  private foreign(excess: number): number {
    return this.data.raw ? excess : 0;
  }

  inTransfer(direction: Direction, excess: number): string | null {
    if (!this.mtaEvidence) return null;
    const from = this.name(direction);
    const to = this.name(direction === 0 ? 1 : 0);
    const transfer = this.transfer.current(direction);
    if (transfer === null) return this.state.connected ? `${from} → ${to}, no message in transfer` : null;
    const summary = transfer.held === 0 || transfer.activity === null ? null : summarizeApdu(transfer.apdu);
    const octets = this.transfer.without(transfer, this.foreign(excess));
    return `${from} → ${to}, ${inTransferText(transfer, octets, summary)}`;
  }
}

/** SPDUs with user data for the presentation layer, beside those of the handshake. */
const DATA_BEARING = new Set('DT TD EX PT GT CD CDA MIP MIA MAP MAA AE RS RA AS AR AI AD ED GTC'.split(' '));

/** Of these, the ones whose user data belong to the application. */
const READ = new Set(['DT', 'TD', 'EX', 'PT', 'CD', 'CDA']);
