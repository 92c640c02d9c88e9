import { readTlv } from '../../asn1/ber.ts';
import { decode } from '../../asn1/decode.ts';
import { defineModule } from '../../asn1/schema.ts';
import type { LayerTree } from '../../model/field.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';

/** No table reads it: elements and universal types are shown as they stand. */
export const MMS_PDU = {
  type: defineModule({ proto: 'mms', types: { MMSpdu: 'ANY' } }).type('MMSpdu'),
  name: 'mms.MMSpdu',
  kind: 'mms',
} as const;

/** ISO 9506-2, MMSpdu: the alternatives by tag number. */
const PDUS: Readonly<Record<number, string>> = {
  0: 'confirmed-RequestPDU',
  1: 'confirmed-ResponsePDU',
  2: 'confirmed-ErrorPDU',
  3: 'unconfirmed-PDU',
  4: 'rejectPDU',
  5: 'cancel-RequestPDU',
  6: 'cancel-ResponsePDU',
  7: 'cancel-ErrorPDU',
  8: 'initiate-RequestPDU',
  9: 'initiate-ResponsePDU',
  10: 'initiate-ErrorPDU',
  11: 'conclude-RequestPDU',
  12: 'conclude-ResponsePDU',
  13: 'conclude-ErrorPDU',
};

/** Confirmed services by tag number (ISO 9506-2, ConfirmedServiceRequest). */
const SERVICES: Readonly<Record<number, string>> = {
  ...{
    0: 'status',
    1: 'getNameList',
    2: 'identify',
    3: 'rename',
    4: 'read',
    5: 'write',
    6: 'getVariableAccessAttributes',
  },
  ...{
    7: 'defineNamedVariable',
    8: 'defineScatteredAccess',
    9: 'getScatteredAccessAttributes',
    10: 'deleteVariableAccess',
  },
  ...{ 11: 'defineNamedVariableList', 12: 'getNamedVariableListAttributes', 13: 'deleteNamedVariableList' },
  ...{ 14: 'defineNamedType', 15: 'getNamedTypeAttributes', 16: 'deleteNamedType', 17: 'input', 18: 'output' },
  ...{
    19: 'takeControl',
    20: 'relinquishControl',
    21: 'defineSemaphore',
    22: 'deleteSemaphore',
    23: 'reportSemaphoreStatus',
  },
  ...{ 24: 'reportPoolSemaphoreStatus', 25: 'reportSemaphoreEntryStatus', 26: 'initiateDownloadSequence' },
  ...{ 27: 'downloadSegment', 28: 'terminateDownloadSequence', 29: 'initiateUploadSequence', 30: 'uploadSegment' },
  ...{ 31: 'terminateUploadSequence', 32: 'requestDomainDownload', 33: 'requestDomainUpload', 34: 'loadDomainContent' },
  ...{ 35: 'storeDomainContent', 36: 'deleteDomain', 37: 'getDomainAttributes', 38: 'createProgramInvocation' },
  ...{ 39: 'deleteProgramInvocation', 40: 'start', 41: 'stop', 42: 'resume', 43: 'reset', 44: 'kill' },
  ...{ 45: 'getProgramInvocationAttributes', 46: 'obtainFile', 47: 'defineEventCondition', 63: 'getAlarmSummary' },
  ...{
    64: 'getAlarmEnrollmentSummary',
    65: 'readJournal',
    66: 'writeJournal',
    67: 'initializeJournal',
    68: 'reportJournalStatus',
  },
  ...{ 72: 'fileOpen', 73: 'fileRead', 74: 'fileClose', 75: 'fileRename', 76: 'fileDelete', 77: 'fileDirectory' },
};

const UNCONFIRMED: Readonly<Record<number, string>> = {
  0: 'informationReport',
  1: 'unsolicitedStatus',
  2: 'eventNotification',
};

/** Kind of an MMS PDU, with its service: "confirmed-RequestPDU: read". */
export function mmsType(bytes: Uint8Array, start: number, end: number): string {
  const pdu = readTlv(bytes, start, end);
  if (pdu === null || pdu.cls !== 2) return 'no MMS PDU';
  const name = PDUS[pdu.tag] ?? `MMS PDU ${pdu.tag}`;
  if (pdu.tag > 3 || pdu.tag === 2) return name;
  // Confirmed: invokeID, modifiers, then the service; unconfirmed: the service.
  for (let at = pdu.content; at < pdu.contentEnd; ) {
    const part = readTlv(bytes, at, pdu.contentEnd)!;
    if (part.cls === 2)
      return `${name}: ${(pdu.tag === 3 ? UNCONFIRMED : SERVICES)[part.tag] ?? `service ${part.tag}`}`;
    at = part.end;
  }
  return name;
}

/** Whether it is a whole PDU that opens an association, or refuses to: it has no place for a password. */
export function isInitiate(bytes: Uint8Array, start: number, end: number): boolean {
  return readTlv(bytes, start, end)?.fault === null && mmsType(bytes, start, end).startsWith('initiate-');
}

export function mmsTitle(bytes: Uint8Array, start: number, end: number): string {
  return `MMS, ${mmsType(bytes, start, end)}`;
}

const octets = (text: string) => [...text].map(c => c.charCodeAt(0));

/** Object names that only TASE.2 (IEC 60870-6) defines, and node and functional-constraint names of IEC 61850-8-1. */
const SIGNS: readonly { protocol: string; keys: readonly (readonly number[])[] }[] = [
  {
    protocol: 'TASE.2',
    keys: [
      'TASE2_Version',
      'Bilateral_Table_ID',
      'Supported_Features',
      'Next_DSTransfer_Set',
      'Transfer_Set_Name',
      'DSConditions',
    ].map(octets),
  },
  {
    protocol: 'IEC 61850 MMS',
    keys: ['LLN0', 'LPHD', '$ST$', '$MX$', '$CO$', '$SP$', '$CF$', '$DC$', '$BR$', '$RP$', '$GO$'].map(octets),
  },
];

/** Octets with which one of the names begins: everything else is passed over at one look. */
const FIRST = new Uint8Array(256);
for (const { keys } of SIGNS) for (const key of keys) FIRST[key[0]!] = 1;

/** Protocols that are told by object names alone. */
export const NAMED_BY_OBJECTS: ReadonlySet<string> = new Set(SIGNS.map(sign => sign.protocol));

/** The sign whose name stands at `at`, ending before `stop`, and the name's octets; null at most places. */
function signAt(bytes: Uint8Array, at: number, stop: number): { protocol: string; length: number } | null {
  const octet = bytes[at]!;
  for (const { protocol, keys } of SIGNS) {
    for (const key of keys) {
      if (octet !== key[0] || at + key.length > stop) continue;
      if (key.every((c, i) => bytes[at + i] === c)) return { protocol, length: key.length };
    }
  }
  return null;
}

/** Where names of the standards stand in octets: from and to, each. */
export function standardNames(bytes: Uint8Array, start: number, end: number): [number, number][] {
  const out: [number, number][] = [];
  for (let at = start; at < end; at++) {
    const sign = FIRST[bytes[at]!] === 0 ? null : signAt(bytes, at, end);
    if (sign !== null) out.push([at, at + sign.length]);
  }
  return out;
}

/** PDUs that are searched for names before the protocol stays plain MMS. */
const SEARCHED = 200;
const SEARCHED_OCTETS = 4096;

/** Sharpens "MMS" to what the object names show: neither TASE.2 nor IEC 61850 has an abstract syntax of its own. */
export class MmsEvidence {
  protocol = 'MMS';
  private left = SEARCHED;

  look(bytes: Uint8Array, start: number, end: number): void {
    if (this.left <= 0 || this.protocol !== 'MMS') return;
    this.left--;
    const stop = Math.min(end, start + SEARCHED_OCTETS);
    for (let at = start; at < stop; at++) {
      if (FIRST[bytes[at]!] === 0) continue;
      const sign = signAt(bytes, at, stop);
      if (sign === null) continue;
      this.protocol = sign.protocol;
      return;
    }
  }
}

/** MMS right above the transport layer, as some test tools write it. */
export class BareMms implements Dialect {
  private readonly evidence = new MmsEvidence();

  get protocol(): string {
    return this.evidence.protocol;
  }

  read(t: Tsdu): string {
    this.evidence.look(t.bytes, t.start, t.end);
    return mmsType(t.bytes, t.start, t.end);
  }

  tree({ bytes, start, end, origin }: Tsdu): LayerTree[] {
    const { fields } = decode(MMS_PDU.type, MMS_PDU.name, bytes, start, end);
    return [{ layer: 'mms', title: mmsTitle(bytes, start, end), bytes, start, end, origin, fields }];
  }
}
