import { numbered } from '../base/numbers.ts';
import type { Direction } from '../model/finding.ts';
import { type CotpFault, parameter, type Tpdu } from '../osi/cotp.ts';
import { checksumFits } from '../osi/cotp-checksum.ts';
import type { ConnectState } from './connect-state.ts';

/** Class 0 allows only these in CR and CC (X.224 8.2.2). */
const CLASS0_PARAMETERS = new Set([0xc0, 0xc1, 0xc2, 0xf0]);
/** RFC 1006 section 5 and RFC 2126 add the option selection, for expedited data. */
const RFC1006_OPTIONS = 0xc6;

/**
 * Conditions C9–C27 of one TPDU, given what the connection settled. `behind` says that another TPDU stands before it, `complete` that
 * nothing is missing before it, of either side.
 */
export function checkTpdu(
  state: ConnectState,
  t: Tpdu,
  direction: Direction,
  b: Uint8Array,
  behind: boolean,
  faults: CotpFault[],
  complete: boolean,
): void {
  const add = (code: string, detail: string) => faults.push({ code, at: t.start, detail });
  const dataLength = t.end - t.dataStart;
  const settled = state.context.class;
  if (t.type === 'CR' || t.type === 'CC') {
    if (state.isSecond(t.type) && complete) add('cotp.second-connect', `a second ${t.type} on the connection`);
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
    checkChecksum(t, own, b, add);
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
  if (t.type === 'DT' && state.tpduSize !== null && t.end - t.start > state.tpduSize) {
    add('cotp.dt-too-large', `a DT of ${t.end - t.start} octets, ${state.tpduSize} negotiated`);
  }
  checkChecksum(t, settled, b, add);
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

function checkChecksum(t: Tpdu, settled: number, b: Uint8Array, add: (code: string, detail: string) => void): void {
  if (parameter(t, 0xc3) === null) return;
  if (settled !== 4) add('cotp.checksum-class', `checksum parameter in ${t.type} of class ${settled}`);
  else if (!checksumFits(b.subarray(t.start, t.end)))
    add('cotp.checksum', `the checksum of ${t.type} does not fit its octets`);
}
