import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';

/** Domain PDUs of T.125: the CHOICE index stands in the upper six bits (PER). */
const DOMAIN: Readonly<Record<number, string>> = {
  0: 'plumbDomainIndication',
  1: 'erectDomainRequest',
  8: 'disconnectProviderUltimatum',
  9: 'rejectMCSPDUUltimatum',
  10: 'attachUserRequest',
  11: 'attachUserConfirm',
  12: 'detachUserRequest',
  13: 'detachUserIndication',
  14: 'channelJoinRequest',
  15: 'channelJoinConfirm',
  16: 'channelLeaveRequest',
  25: 'sendDataRequest',
  26: 'sendDataIndication',
  27: 'uniformSendDataRequest',
  28: 'uniformSendDataIndication',
};

/** Keys of the GCC user data that only RDP uses: client ("Duca") and server ("McDn"), [MS-RDPBCGR] 2.2.1.3 and 2.2.1.4. */
const RDP_KEYS = ['Duca', 'McDn'].map(key => [...key].map(c => c.charCodeAt(0)));

/** T.125 (MCS), below T.120 conferences and RDP. */
export class T125 implements Dialect {
  protocol = 'T.125';

  read(t: Tsdu): string {
    const { bytes, start, end } = t;
    if (end - start >= 2 && bytes[start] === 0x7f && (bytes[start + 1] === 0x65 || bytes[start + 1] === 0x66)) {
      if (RDP_KEYS.some(key => holds(bytes, start, end, key))) this.protocol = 'RDP';
      return bytes[start + 1] === 0x65 ? 'connect-initial' : 'connect-response';
    }
    if (end <= start) return 'empty';
    return DOMAIN[bytes[start]! >> 2] ?? `domain PDU ${bytes[start]! >> 2}`;
  }
}

function holds(bytes: Uint8Array, start: number, end: number, key: readonly number[]): boolean {
  for (let at = bytes.indexOf(key[0]!, start); at >= 0 && at + key.length <= end; at = bytes.indexOf(key[0]!, at + 1)) {
    if (key.every((octet, i) => bytes[at + i] === octet)) return true;
  }
  return false;
}
