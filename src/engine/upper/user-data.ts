import { readTlv } from '../../asn1/ber.ts';
import { stringOctets } from '../../asn1/contents.ts';
import type { OpenValue } from '../../asn1/decode.ts';
import type { Type } from '../../asn1/schema.ts';
import type { Direction } from '../../model/finding.ts';
import type { Sighting } from '../../model/tsdu.ts';
import { ROSE } from '../../osi/rose.ts';
import { bindType, changeOfCredentials, operationType, type Protocol } from '../../x400/protocol.ts';
import type { AssociationState } from './association.ts';
import { LONGEST_PASSWORD, readBind } from './bind.ts';
import type { Contexts } from './contexts.ts';
import { guessLayer, isTurnPlease, type Picked } from './layers.ts';
import { MmsEvidence, mmsType } from './mms.ts';
import { ftamType, type LayerKind } from './names.ts';
import type { UserData } from './osi.ts';
import { LONGEST_MTA_NAME } from './p1-trace.ts';
import { P3Messages } from './p3.ts';
import { externalValue, found, plainFragment, readPdvs } from './pdv.ts';
import { Operations } from './ros.ts';
import type { Owner, ReliableTransfer } from './rts.ts';
import type { Shared } from './shared.ts';
import type { Surroundings } from './types.ts';

/** The segments of a constructed octet string in one piece. */
function flatten(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const part = readTlv(bytes, at, end)!;
    pieces.push(stringOctets(bytes, part));
    at = part.end;
  }
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let filled = 0;
  for (const piece of pieces) {
    out.set(piece, filled);
    filled += piece.length;
  }
  return out;
}

/** Which of an operation's values a field of ROSE holds. */
const OPERATION_VALUES: Readonly<Record<string, 'argument' | 'result' | 'error'>> = {
  'ros.argument_element': 'argument',
  'ros.result_element': 'result',
  'ros.parameter_element': 'error',
};

/** Application contexts of X.419 in which the MTS opens the association, reliably or not, of 1988 and 1994. */
const FORCED_ACCESS: ReadonlySet<string> = new Set(['2.6.0.1.1', '2.6.0.1.3', '2.6.0.1.8', '2.6.0.1.10']);

const BIND_SIDES: Readonly<Record<string, 'argument' | 'result'>> = { bind: 'argument', 'bind result': 'result' };

/** What travels as user data: fragments for the reliable transfer, operations, and the PDUs of other applications, counted. */
export class UserDataReader {
  /** Which bind the connection PDU at hand carries. */
  bindSide: 'argument' | 'result' | 'error' = 'argument';
  private readonly state: AssociationState;
  private readonly contexts: Contexts;
  private readonly transfer: ReliableTransfer;
  private readonly owner: Owner;
  private readonly operations: Operations;
  private readonly mms = new MmsEvidence();
  private readonly p3: P3Messages;
  /** Mode as the data show it, when the CONNECT is not in the capture. */
  private guessed: 'normal' | 'x410-1984' | null = null;

  constructor(
    around: Surroundings,
    shared: Shared,
    state: AssociationState,
    contexts: Contexts,
    transfer: ReliableTransfer,
    owner: Owner,
  ) {
    this.state = state;
    this.contexts = contexts;
    this.transfer = transfer;
    this.owner = owner;
    this.operations = new Operations(owner);
    this.p3 = new P3Messages(around, shared, state);
  }

  /** Mode of the presentation layer: as the CP says, else as data have shown before, else as these octets show. */
  mode(own: UserData): 'normal' | 'x410-1984' {
    return this.state.facts.mode ?? this.guessed ?? this.guess(own) ?? 'x410-1984';
  }

  /** Fragments stand bare in their DTs. */
  get raw(): boolean {
    return (this.state.facts.mode ?? this.guessed) === 'x410-1984';
  }

  private guess(own: UserData): 'normal' | 'x410-1984' | null {
    const pdvs = own.bytes[own.start] === 0x61 ? readPdvs(own.bytes, own.start, own.end) : [];
    // Octets that are no PDV-list decide nothing but for themselves, unless an activity carries them.
    if (pdvs.length > 0 && !pdvs[0]!.broken) return 'normal';
    return this.transfer.current(0) !== null || this.transfer.current(1) !== null ? 'x410-1984' : null;
  }

  /** Reads user data of DT, TD, EX, PT, CD; what context management has in TD is none (Handshake.alterContext). */
  read(own: UserData, direction: Direction, at: Sighting, spdu: string): void {
    const { bytes, start, end } = own;
    if (start >= end) return;
    if (this.state.facts.mode === null) this.guessed ??= this.guess(own);
    if (this.mode(own) === 'x410-1984') {
      this.state.bare = this.guessed !== null;
      if (spdu === 'DT') this.fragment(own, start, end, direction, at);
      else if (spdu === 'PT' && isTurnPlease(bytes, start, end)) this.state.tally.add('RTTP');
      return;
    }
    if (plainFragment(bytes, start, end) && this.contexts.get(found.contextId)?.accepted !== false) {
      const layer = this.contexts.layer(found.contextId);
      if (layer === 'rtse' || (layer === null && !this.contexts.known)) {
        this.fragment(own, found.start, found.end, direction, at);
        return;
      }
    }
    if (bytes[start] !== 0x61) {
      this.simple(own, direction, at, spdu);
      return;
    }
    for (const pdv of readPdvs(bytes, start, end)) {
      const context = this.contexts.get(pdv.contextId);
      if (this.owner.sound && this.contexts.known && (context === undefined || context.accepted === false)) {
        const why = context === undefined ? 'was not defined' : 'was rejected';
        this.owner.fault(
          'pres.context-not-defined',
          direction,
          at.frame,
          `a value in context ${pdv.contextId}, which ${why}`,
        );
      }
      if (pdv.broken) {
        if (this.owner.sound)
          this.owner.fault('pres.ber', direction, at.frame, `a PDV-list of context ${pdv.contextId} is cut short`);
      } else if (pdv.form === 'single-ASN1-type') {
        const value = readTlv(bytes, pdv.valueStart, pdv.valueEnd);
        if (value === null || value.fault !== null || value.end !== pdv.valueEnd) {
          const detail = `the single-ASN1-type value of context ${pdv.contextId} is not exactly one element`;
          this.owner.fault('pres.single-asn1-type', direction, at.frame, detail);
        }
      }
      if (pdv.opaque) continue;
      const joined = pdv.segmented ? flatten(bytes, pdv.valueStart, pdv.valueEnd) : null;
      const value = joined === null ? own : { bytes: joined, start: 0, end: joined.length, origin: null };
      const [from, to] = joined === null ? [pdv.valueStart, pdv.valueEnd] : [0, joined.length];
      this.value(value, from, to, this.contexts.layer(pdv.contextId), direction, at);
    }
  }

  /** Simply encoded data: the only context there is (X.226 §8.4.1), or the default context, which expedited data always use. */
  private simple(own: UserData, direction: Direction, at: Sighting, spdu: string): void {
    const { members } = this.contexts;
    if (members.length > 1 && spdu !== 'EX') {
      if (this.owner.sound) {
        const detail = `simply encoded data while ${members.length} contexts are defined`;
        this.owner.fault('pres.simple-encoding', direction, at.frame, detail);
      }
      return;
    }
    const only = spdu === 'EX' ? undefined : members[0];
    this.value(own, own.start, own.end, only === undefined ? null : this.contexts.layer(only.id), direction, at);
  }

  private value(
    own: UserData,
    start: number,
    end: number,
    known: LayerKind | null,
    direction: Direction,
    at: Sighting,
  ): void {
    const { bytes } = own;
    const layer = known === null || known === 'unknown' ? guessLayer(bytes, start, end) : known;
    const { tally } = this.state;
    switch (layer) {
      case 'rtse':
        this.rtse(own, start, end, direction, at);
        break;
      case 'ros':
        this.operation(bytes, start, end, direction, at);
        break;
      case 'mms':
      case 'ftam':
        this.count(layer, bytes, start, end);
        break;
      default:
        if (known !== 'acse') tally.add(known === 'vt' ? 'VT data' : 'data');
    }
  }

  /**
   * The operation that reliable transfer carried for its user (reliable access to an MTS or a store); nothing for others. True when it
   * brings a message whose octets are handed over with its row.
   */
  carried(own: UserData, direction: Direction, at: Sighting): boolean {
    const value = externalValue(own.bytes, own.start, own.end);
    if (value === null || this.contexts.layer(value.contextId) !== 'ros') return false;
    return this.operation(own.bytes, value.start, value.end, direction, at);
  }

  /** Whether the MTS user sends in this direction: it opens the association, unless the MTS forces access (X.419). */
  private byUser(direction: Direction): boolean {
    const forced = FORCED_ACCESS.has(this.state.facts.applicationContext ?? '');
    return (direction === this.state.initiator) !== forced;
  }

  /** A PDU of remote operations; true when it is an invocation that becomes a row. */
  private operation(bytes: Uint8Array, start: number, end: number, direction: Direction, at: Sighting): boolean {
    const protocol = this.state.protocol(this.contexts);
    const pdu = this.operations.read(protocol, this.byUser(direction), bytes, start, end, direction, at);
    this.state.tally.add(pdu.type);
    if (pdu.kind === 'bind') this.noteBind(bytes, start, end, BIND_SIDES[pdu.type] ?? 'error');
    return (protocol === 'P3' || protocol === 'P7') && this.p3.pdu(pdu, bytes, direction, at, end - start);
  }

  /** PDUs of an application that is only counted; FTAM strings several together. */
  count(layer: LayerKind, bytes: Uint8Array, start: number, end: number): void {
    const { tally } = this.state;
    if (layer === 'mms') {
      tally.add(mmsType(bytes, start, end));
      this.mms.look(bytes, start, end);
      this.state.evidence = this.mms.protocol;
      return;
    }
    for (let at = start; at < end; ) {
      const tlv = readTlv(bytes, at, end)!;
      tally.add(ftamType(tlv.tag));
      at = tlv.end;
    }
  }

  /** RTTR is an octet string, primitive or not; RTTP an integer. */
  private rtse(own: UserData, start: number, end: number, direction: Direction, at: Sighting): void {
    const { bytes } = own;
    const tlv = readTlv(bytes, start, end);
    if (tlv === null) return;
    if (tlv.cls === 0 && tlv.tag === 2) this.state.tally.add('RTTP');
    else if (tlv.cls === 0 && tlv.tag === 4)
      this.octets(own, tlv.content, tlv.contentEnd, tlv.constructed, direction, at, 0);
  }

  private octets(
    own: UserData,
    start: number,
    end: number,
    constructed: boolean,
    direction: Direction,
    at: Sighting,
    depth: number,
  ): void {
    if (!constructed || depth > 8) {
      this.fragment(own, start, end, direction, at);
      return;
    }
    for (let pos = start; pos < end; ) {
      const part = readTlv(own.bytes, pos, end)!;
      this.octets(own, part.content, part.contentEnd, part.constructed, direction, at, depth + 1);
      pos = part.end;
    }
  }

  private fragment(own: UserData, start: number, end: number, direction: Direction, at: Sighting): void {
    const { facts } = this.state;
    if (!facts.rtse) {
      // Without a CONNECT any octets could be a fragment: only activities and synchronization points tell reliable transfer.
      if (facts.mode !== 'x410-1984' && !this.transfer.evident) {
        this.state.tally.add('data');
        return;
      }
      facts.rtse = true;
    }
    if (this.transfer.data(direction, own.bytes, start, end, own.origin, at)) return;
    this.owner.fault(
      'ses.data-outside-activity',
      direction,
      at.frame,
      'data of the reliable transfer outside an activity',
    );
  }

  /** The type of a bind or argument that RTSE or ROSE carry for their user; takes note of the names in a bind, unless it is only shown. */
  userType(layer: 'rtse' | 'ros', value: OpenValue, bytes: Uint8Array, note = true): Picked | null {
    const tlv = readTlv(bytes, value.start, value.end);
    if (tlv === null) return null;
    if (layer === 'rtse') {
      if (tlv.cls === 2 && tlv.constructed && tlv.tag >= 16 && tlv.tag <= 21) {
        return { type: ROSE.type('ROS'), name: '', kind: 'ros' };
      }
      return this.bindType(bytes, value, note);
    }
    // A bind that stands bare in the user information comes under the name of that field.
    if (!value.fieldName.startsWith('ros.') || value.fieldName.startsWith('ros.bind_'))
      return this.bindType(bytes, value, note);
    const kind = OPERATION_VALUES[value.fieldName];
    if (kind === undefined || value.contextId === null) return null;
    const protocol = this.state.protocol(this.contexts);
    let type: Type | null = null;
    if (protocol === 'P3' || protocol === 'P7') type = operationType(protocol, kind, value.contextId);
    else if (kind === 'argument' && !this.contexts.known)
      type = changeOfCredentials(value.contextId, bytes, value.start, value.end);
    return type === null ? null : { type, name: '', kind: 'p1' };
  }

  /** Which X.400 protocol's binds this association carries; null for other applications. */
  private bindProtocol(): Protocol | null {
    const protocol = this.state.protocol(this.contexts);
    if (protocol === 'P3' || protocol === 'P7') return protocol;
    if (protocol.startsWith('P1') || protocol === 'RTSE (X.410 mode)') return 'P1';
    // Nothing known at all: a bind of reliable transfer is most likely P1's.
    return protocol === 'OSI session' && !this.contexts.known ? 'P1' : null;
  }

  private bindType(bytes: Uint8Array, value: OpenValue, note: boolean): Picked | null {
    const protocol = this.bindProtocol();
    if (protocol === null) return null;
    if (note) this.noteBind(bytes, value.start, value.end, this.bindSide);
    return { type: bindType(protocol, this.bindSide), name: '', kind: 'p1' };
  }

  private noteBind(bytes: Uint8Array, start: number, end: number, side: 'argument' | 'result' | 'error'): void {
    if (this.bindProtocol() === null) return;
    const bind = readBind(bytes, start, end);
    const { facts } = this.state;
    if (bind.error !== null) {
      facts.refusal = bind.error.name;
      if (!bind.error.defined) this.note('p1.bind-error', `bind error ${bind.error.code}`);
    } else if (side === 'argument') facts.initiatorName = bind.name;
    else if (side === 'result') facts.responderName = bind.name;
    if (bind.mtaNameLength !== null && bind.mtaNameLength > LONGEST_MTA_NAME) {
      const detail = `${side}: the mta-name has ${bind.mtaNameLength} characters, at most ${LONGEST_MTA_NAME} are allowed`;
      this.note('p1.upper-bound', `bind ${detail}`);
    }
    if (bind.passwordLength !== null && bind.passwordLength > LONGEST_PASSWORD) {
      this.note(
        'p1.password-length',
        `a password of ${bind.passwordLength} octets, at most ${LONGEST_PASSWORD} are allowed`,
      );
    }
  }

  private note(code: string, detail: string): void {
    const responder: Direction = this.state.initiator === 0 ? 1 : 0;
    const direction = this.bindSide === 'argument' ? this.state.initiator : responder;
    this.owner.fault(code, direction, this.state.lastFrame, detail);
  }

  close(at: Sighting, whole: boolean): void {
    this.p3.close(at, whole);
  }
}
