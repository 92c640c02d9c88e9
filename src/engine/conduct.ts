import { numbered } from '../base/numbers.ts';
import type { Direction } from '../model/finding.ts';
import {
  type CotpContext,
  type CotpFault,
  DEFAULT_TPDU_SIZE,
  parameter,
  type SizeOffer,
  type Tpdu,
} from '../osi/cotp.ts';

/** What CR and CC settled on one transport connection, and what each side announced (X.224 6.5). */
export class ConnectState {
  context: CotpContext = { class: 0, extended: false };
  /** Class 0 data without any check left to make: the fast path may take it. */
  plainData = false;
  offered: number | null = null;
  private crSeen = false;
  private ccSeen = false;
  private crFrom: Direction = 0;
  private crClass = 0;
  private crAlternatives: number[] = [];
  private crSource = 0;
  private crPreferred = false;
  private ccSource = 0;
  /** A DR or ER has ended it; another one may follow on the same network connection (X.224 6.1). */
  private released = false;
  /** Which side sent its CR or CC. */
  private spoken: [boolean, boolean] = [false, false];
  private expedited = [false, false];

  get established(): boolean {
    return this.crSeen && this.ccSeen;
  }

  hasSpoken(direction: Direction): boolean {
    return this.spoken[direction];
  }

  confirmSeen(): boolean {
    return this.ccSeen;
  }

  requestSeen(): boolean {
    return this.crSeen;
  }

  /** Whether a CR or CC was seen already for the transport connection that this one is of. */
  isSecond(type: 'CR' | 'CC'): boolean {
    return type === 'CC' ? this.ccSeen : this.crSeen && !this.released;
  }

  get expeditedAgreed(): boolean {
    return this.expedited[0]! && this.expedited[1]!;
  }

  peerReference(direction: Direction): number | null {
    if (direction === this.crFrom) return this.ccSeen ? this.ccSource : null;
    return this.crSeen ? this.crSource : null;
  }

  /** The CC's answer to what the CR asked (X.224 6.5.4 i, j, k; RFC 2126 6.4). */
  confirm(t: Tpdu, offer: SizeOffer, fault: (code: string, detail: string) => void): void {
    if (!this.crSeen) return;
    const chosen = t.classOrReason >> 4;
    const allowed = chosen === this.crClass || this.crAlternatives.includes(chosen) || impliedBy(this.crClass, chosen);
    if (!allowed) fault('cotp.class-raised', `CC chooses class ${chosen}, the CR offered class ${this.crClass}`);
    if (offer.preferred && !this.crPreferred) {
      fault('cotp.preferred-size', 'CC carries a preferred maximum TPDU size that the CR did not propose');
    }
    if (offer.preferred && offer.standard) {
      fault('cotp.preferred-size', 'CC carries both TPDU size parameters');
    }
    if (this.offered === null) return;
    if (offer.size === null) {
      fault(
        'cotp.size-defaulted',
        `CC states no TPDU size, so that ${DEFAULT_TPDU_SIZE} holds though the CR proposed ${this.offered}`,
      );
    } else if (offer.size > this.offered) {
      fault('cotp.size-raised', `CC states ${offer.size} octets, the CR proposed ${this.offered}`);
    }
  }

  note(t: Tpdu, direction: Direction): void {
    if (t.type === 'DR' || t.type === 'ER') this.released = true;
    else if (t.type === 'CR' && this.released) this.begin();
    if (t.type === 'CR' || t.type === 'CC') this.spoken[direction] = true;
    if (t.type === 'CR') {
      this.crSeen = true;
      this.crFrom = direction;
      this.crClass = t.classOrReason >> 4;
      this.crSource = t.srcRef;
      this.crPreferred = parameter(t, 0xf0) !== null;
    } else if (t.type === 'CC') {
      this.ccSeen = true;
      this.ccSource = t.srcRef;
      this.context = {
        class: t.classOrReason >> 4,
        extended: (t.classOrReason & 2) !== 0 && t.classOrReason >> 4 >= 2,
      };
      this.plainData = this.crSeen && this.context.class === 0;
    }
  }

  /** Another transport connection. */
  private begin(): void {
    this.released = false;
    this.ccSeen = false;
    this.plainData = false;
    this.spoken = [false, false];
  }

  noteOptions(t: Tpdu, b: Uint8Array, direction: Direction): void {
    const options = parameter(t, 0xc6);
    if (options !== null && options.end > options.valueStart)
      this.expedited[direction] = (b[options.valueStart]! & 1) !== 0;
    const alternatives = parameter(t, 0xc7);
    if (t.type === 'CR' && alternatives !== null) {
      this.crAlternatives = Array.from(b.subarray(alternatives.valueStart, alternatives.end), octet => octet >> 4);
    }
  }
}

/** X.224 Table 3: what a preferred class allows without being named as an alternative. */
function impliedBy(preferred: number, chosen: number): boolean {
  if (preferred === 4) return chosen === 2;
  if (preferred === 3) return chosen === 2;
  if (preferred === 1) return chosen === 0;
  // RFC 2126 6.1: a class 2 request over TCP may be answered with class 0.
  return preferred === 2 && chosen === 0;
}

/** Class 0 allows only these in CR and CC (X.224 8.2.2). */
const CLASS0_PARAMETERS = new Set([0xc0, 0xc1, 0xc2, 0xf0]);
/** RFC 1006 section 5 and RFC 2126 add the option selection, for expedited data. */
const RFC1006_OPTIONS = 0xc6;

/** What rests on where the TPKT ends, so that a false length of it is behind it. */
export const BY_THE_LENGTH: ReadonlySet<string> = new Set([
  'cotp.class0-user-data',
  'cotp.concatenation',
  'cotp.dt-too-large',
  'cotp.ed-length',
  'cotp.user-data-length',
]);

/**
 * Conditions C9–C27 of one TPDU, given what the connection settled. `behind` says that another TPDU stands before it, `anchored` that
 * nothing is missing before it.
 */
export function checkTpdu(
  state: ConnectState,
  t: Tpdu,
  direction: Direction,
  b: Uint8Array,
  behind: boolean,
  faults: CotpFault[],
  tpduSize: number | null,
  anchored: boolean,
): void {
  const add = (code: string, detail: string) => faults.push({ code, at: t.start, detail });
  const dataLength = t.end - t.dataStart;
  const settled = state.context.class;
  if (t.type === 'CR' || t.type === 'CC') {
    if (state.isSecond(t.type) && anchored) add('cotp.second-connect', `a second ${t.type} on the connection`);
    const own = t.classOrReason >> 4;
    if (own === 0) {
      for (const p of t.parameters) {
        if (!CLASS0_PARAMETERS.has(p.code) && p.code !== RFC1006_OPTIONS && p.code !== 0xc7) {
          add('cotp.class0-parameter', `parameter 0x${p.code.toString(16)} in a class 0 ${t.type}`);
        }
      }
      if (dataLength > 0 && !t.rdp)
        add('cotp.class0-user-data', `${numbered(dataLength, 'octet')} of user data in a class 0 ${t.type}`);
      if (t.credit !== 0) add('cotp.credit', `credit ${t.credit} in a class 0 ${t.type}`);
    } else if (dataLength > 32)
      add('cotp.user-data-length', `${dataLength} octets of user data in ${t.type}, 32 at most`);
    if (t.type === 'CR' && t.end - t.start > 128)
      add('cotp.cr-too-long', `a CR of ${t.end - t.start} octets, 128 at most`);
    if (t.type === 'CR' && t.dstRef !== 0) add('cotp.cr-dst-ref', `destination reference ${t.dstRef} in a CR`);
    if (t.type === 'CC') checkReference(state, t, direction, add);
    state.noteOptions(t, b, direction);
    checkChecksum(t, own, add);
    return;
  }
  if (behind && settled === 0) add('cotp.concatenation', `${t.type} concatenated in class 0`);
  if (t.type === 'DR') {
    // A DR may refuse without knowing a reference: it then carries zero (X.224 13.5.3).
    if (t.dstRef !== 0) checkReference(state, t, direction, add);
    if (dataLength > 0 && settled === 0)
      add('cotp.user-data-length', `${numbered(dataLength, 'octet')} of user data in a class 0 DR`);
    else if (dataLength > 64) add('cotp.user-data-length', `${dataLength} octets of user data in DR, 64 at most`);
    return;
  }
  if (t.type === 'ER') {
    if (parameter(t, 0xc1) === null && settled === 0)
      add('cotp.er-without-cause', 'ER without the invalid TPDU parameter');
    return;
  }
  if (!state.established) return;
  if (settled === 0) {
    if (t.type === 'DC' || t.type === 'AK' || t.type === 'EA' || t.type === 'RJ') {
      add('cotp.not-in-class0', `${t.type} in class 0`);
    } else if (t.type === 'ED' && !state.expeditedAgreed) {
      add('cotp.not-in-class0', 'ED, which CR and CC did not agree on');
    } else if (t.type === 'DT') {
      if (t.number !== 0) add('cotp.tpdu-nr', `TPDU number ${t.number} in class 0`);
      if ((b[t.start + 1]! & 1) !== 0) add('cotp.not-in-class0', 'a DT that asks for an acknowledgement in class 0');
    }
  } else if (t.numbered || t.type === 'AK' || t.type === 'RJ' || t.type === 'EA')
    checkReference(state, t, direction, add);
  if (t.type === 'ED' && (dataLength < 1 || dataLength > 16))
    add('cotp.ed-length', `${dataLength} octets of expedited data, 1 to 16`);
  if (t.type === 'DT' && tpduSize !== null && t.end - t.start > tpduSize) {
    add('cotp.dt-too-large', `a DT of ${t.end - t.start} octets, ${tpduSize} negotiated`);
  }
  checkChecksum(t, settled, add);
}

function checkReference(
  state: ConnectState,
  t: Tpdu,
  direction: Direction,
  add: (code: string, detail: string) => void,
): void {
  const expected = state.peerReference(direction);
  if (expected !== null && t.dstRef !== expected) {
    add('cotp.wrong-reference', `destination reference ${t.dstRef} in ${t.type}, the peer announced ${expected}`);
  }
}

function checkChecksum(t: Tpdu, settled: number, add: (code: string, detail: string) => void): void {
  if (settled !== 4 && parameter(t, 0xc3) !== null)
    add('cotp.checksum-class', `checksum parameter in ${t.type} of class ${settled}`);
}
