import { type Field, field, type LayerTree } from '../../model/field.ts';
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
      if (RDP_KEYS.some(key => find(bytes, start, end, key) >= 0)) this.protocol = 'RDP';
      return bytes[start + 1] === 0x65 ? 'connect-initial' : 'connect-response';
    }
    if (end <= start) return 'empty';
    return domainName(bytes[start]!);
  }

  tree({ bytes, start, end, origin }: Tsdu): LayerTree[] {
    if (end <= start) return [];
    const connect = CONNECT[(bytes[start]! << 8) | (end - start > 1 ? bytes[start + 1]! : 0)];
    const kind = connect ?? domainName(bytes[start]!);
    const fields = connect === undefined ? domainFields(bytes, start, end) : connectFields(bytes, start, end, connect);
    return [
      { layer: 't125', title: `Multipoint-Communication-Service T.125, ${kind}`, bytes, start, end, origin, fields },
    ];
  }
}

export const CONNECT: Readonly<Record<number, string>> = { 0x7f65: 'connect-initial', 0x7f66: 'connect-response' };

function domainName(octet: number): string {
  return DOMAIN[octet >> 2] ?? `domain PDU ${octet >> 2}`;
}

/** The names that a domain PDU can have. */
export const DOMAIN_NAMES = Array.from({ length: 64 }, (_, choice) => domainName(choice << 2));

/** The tag, and the key by which RDP is known; the rest is contents. */
function connectFields(bytes: Uint8Array, start: number, end: number, kind: string): Field[] {
  const tag = bytes[start + 1]!;
  const out = [field('t125.ConnectMCSPDU', 'ConnectMCSPDU', start, start + 2, tag, `${kind} (${tag})`)];
  for (const key of RDP_KEYS) {
    const at = find(bytes, start, end, key);
    if (at < 0) continue;
    const value = key.reduce((n, octet) => n * 256 + octet, 0);
    out.push(field('t124.h221NonStandard', 'h221NonStandard', at, at + 4, value, String.fromCharCode(...key)));
  }
  return out;
}

/** The choice, and the fixed part of the PDUs that send data: user, channel, priority, length (T.125 clause 7, PER). */
function domainFields(bytes: Uint8Array, start: number, end: number): Field[] {
  const choice = bytes[start]! >> 2;
  const out = [
    field('t125.DomainMCSPDU', 'DomainMCSPDU', start, start + 1, choice, `${domainName(bytes[start]!)} (${choice})`),
  ];
  if (choice < 25 || choice > 28 || end - start < 7) return out;
  const u16 = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  // A user is counted from 1001 on.
  out.push(
    field('t125.initiator', 'initiator', start + 1, start + 3, u16(start + 1) + 1001),
    field('t125.channelId', 'channelId', start + 3, start + 5, u16(start + 3)),
    field('t125.dataPriority', 'dataPriority', start + 5, start + 6, bytes[start + 5]! >> 6),
  );
  const long = (bytes[start + 6]! & 0x80) !== 0 && end - start > 7;
  const length = long ? u16(start + 6) & 0x3fff : bytes[start + 6]!;
  out.push(field('t125.userData_length', 'userData length', start + 6, start + (long ? 8 : 7), length));
  return out;
}

/** Where `key` stands first; -1 when it does not. */
function find(bytes: Uint8Array, start: number, end: number, key: readonly number[]): number {
  for (let at = bytes.indexOf(key[0]!, start); at >= 0 && at + key.length <= end; at = bytes.indexOf(key[0]!, at + 1)) {
    if (key.every((octet, i) => bytes[at + i] === octet)) return at;
  }
  return -1;
}
