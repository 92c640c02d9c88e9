import { hex, readTlv } from '../../asn1/ber.ts';
import { InternalLimit } from '../../base/limits.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import { EXCEPTION_REASONS, findParameter, numberOf, type Spdu, serialOf } from '../../osi/session.ts';
import { summarizeApdu } from '../../x400/message.ts';
import { handOver, isOneApdu, judgeApdu, looksLikeMts } from './apdu.ts';
import { AssociationState } from './association.ts';
import { Conduct } from './conduct.ts';
import { Contexts } from './contexts.ts';
import { reference, referencesOf } from './facts.ts';
import { Handshake } from './handshake.ts';
import { apduTrees, isTurnPlease, type Reading, rawFragmentTree, turnPleaseTree } from './layers.ts';
import type { UserData } from './osi.ts';
import { inTransferText, messageRow } from './row.ts';
import { type Owner, ReliableTransfer, type When } from './rts.ts';
import type { SessionReferences, Shared } from './shared.ts';
import type { Transfer } from './transfer.ts';
import type { Mutable, Surroundings } from './types.ts';
import { UserDataReader } from './user-data.ts';
import { WaitingFaults } from './waiting.ts';

/** One session connection from CONNECT to its end: what the SPDUs mean for the association and for what is transferred over it. */
export class OsiAssociation implements Owner {
  private readonly around: Surroundings;
  private readonly state: AssociationState;
  private readonly contexts = new Contexts();
  private readonly conduct: Conduct;
  private readonly transfer: ReliableTransfer;
  private readonly data: UserDataReader;
  private readonly reading: Reading;
  private readonly handshake: Handshake;
  private readonly waiting: WaitingFaults;
  /** ACTIVITY ENDs that wait for their acknowledgement. */
  private endings = 0;
  /** Trees of the TSDU at hand, for what completes with it. */
  private current: Tsdu | null = null;
  private asides = 0;

  constructor(around: Surroundings, shared: Shared, at: When, fromStart: boolean) {
    this.around = around;
    this.waiting = new WaitingFaults(around);
    this.state = new AssociationState(shared.nextAssociation(), around.stream, at);
    this.conduct = new Conduct((...raised) => this.fault(...raised));
    if (!fromStart) this.conduct.lose();
    this.transfer = new ReliableTransfer(around, shared, this);
    this.data = new UserDataReader(around, shared, this.state, this.contexts, this.transfer, this);
    this.reading = {
      contexts: this.contexts,
      showCredentials: around.options.showCredentials,
      user: (layer, value, bytes) => this.data.userType(layer, value, bytes),
      note: (layer, bytes, start, end) => {
        this.asides++;
        this.data.count(layer, bytes, start, end);
      },
    };
    this.handshake = new Handshake({
      state: this.state,
      contexts: this.contexts,
      data: this.data,
      reading: this.reading,
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
    return this.endings > 0;
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
    this.current = t;
    this.data.read({ bytes, start, end, origin: t.origin }, t.direction, at, 'DT');
    this.current = null;
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
    const at: When = { frame: t.lastFrame, time: t.time };
    this.conduct.observe(bytes, spdu, direction, at.frame);
    this.current = t;
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
      case 'RS':
        this.transfer.resynchronize();
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

  gap(direction: Direction, excess: number | null): void {
    this.waiting.gap(direction);
    this.conduct.lose();
    if (excess === null) this.transfer.gap(direction);
    else this.transfer.misframed(direction, this.foreign(excess));
  }

  ended(how: 'fin' | 'rst', at: When): void {
    this.transfer.suspend(midTransfer(how), at);
  }

  close(how: 'fin' | 'rst' | 'eof', at: When): void {
    const { state } = this;
    const what = ENDED[how];
    const mid = this.mid();
    const waiting = this.conduct.phase === 'connecting';
    if (waiting)
      state.settle(
        'unanswered',
        how === 'eof' ? 'the CONNECT was not answered in the capture' : `the CONNECT was not answered: ${what}`,
        null,
      );
    else if (how === 'eof') state.settle('open', `open at the end of the capture${mid}`, null);
    else if (this.handshake.releasing !== null && mid === '') {
      state.settle(
        'released',
        `released by ${this.name(this.handshake.releasing)}, without an answer before ${what}`,
        this.handshake.releasing,
      );
    } else state.settle('lost', `${what}${mid}`, null);
    if (how === 'fin') this.waiting.closed();
    this.transfer.close(midTransfer(how), at);
    this.data.close(at);
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

  // --- what the reliable transfer asks of its owner

  row(transfer: Transfer, state: MessageState, why: string | null): Mutable<Message> | null {
    const protocol = this.protocol;
    const headless = transfer.activity === null || transfer.held === 0;
    const summary = headless ? null : summarizeApdu(transfer.apdu);
    const isMts = protocol.startsWith('P1') || (summary !== null && looksLikeMts(summary));
    if (!isMts && !(headless && UNKNOWN_USER.has(protocol))) return null;
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
      for (const tree of apduTrees(this.reading, bytes, transfer.provenance)) t.trees.push(tree);
    }
    let taken = false;
    if (transfer.whole && transfer.damaged === null && row === null) {
      const own = { bytes, start: 0, end: bytes.length, origin: transfer.provenance };
      taken = this.data.carried(own, transfer.direction, { frame: transfer.lastFrame, time: transfer.end });
    }
    if (transfer.whole && transfer.damaged === null && this.around.options.level === 'full') {
      if (row !== null)
        judgeApdu(bytes, (code, detail) => this.fault(code, transfer.direction, transfer.lastFrame, detail));
      if (!taken) handOver(this.around, row, bytes, transfer.direction);
    }
    // Where somebody shows packets or takes the APDUs, what was handed out still stands in these octets.
    if ((t === null || t.trees === null) && this.around.sink.apdu === undefined) transfer.release();
  }
}

/** Protocols of associations that transfer reliably for we do not know whom: most likely MTAs. */
const UNKNOWN_USER: ReadonlySet<string> = new Set(['RTSE', 'RTSE (X.410 mode)', 'OSI session']);

const ENDED = {
  fin: 'the transport connection was closed',
  rst: 'the transport connection was reset',
  eof: 'the transport connection was closed',
} as const;

function midTransfer(how: keyof typeof ENDED): string {
  return how === 'eof' ? 'the capture ends in mid-transfer' : `${ENDED[how]} in mid-transfer`;
}

/** SPDUs with user data for the presentation layer, beside those of the handshake. */
const DATA_BEARING = new Set('DT TD EX PT GT CD CDA MIP MIA MAP MAA AE RS RA AS AR AI AD ED GTC'.split(' '));

/** Of these, the ones whose user data belong to the application. */
const READ = new Set(['DT', 'TD', 'EX', 'PT', 'CD', 'CDA']);

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
