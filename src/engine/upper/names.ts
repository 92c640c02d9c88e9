import { oidName } from '../../asn1/oids.ts';
import { numbered } from '../../base/numbers.ts';
import { type Field, field } from '../../model/field.ts';
import { errorName as x400ErrorName, operationName as x400OperationName } from '../../x400/protocol.ts';

/** Which table reads a presentation data value. */
export type LayerKind = 'acse' | 'rtse' | 'ros' | 'p1' | 'mms' | 'ftam' | 'vt' | 'unknown';

interface Syntax {
  readonly name: string;
  readonly layer: LayerKind;
  /** What a session is called that only shows this abstract syntax; null when it says nothing. */
  readonly protocol: string | null;
}

const s = (name: string, layer: LayerKind, protocol: string | null): Syntax => ({ name, layer, protocol });

/** Abstract syntaxes (X.419, X.519, ISO 9506, ISO 8571, X.711, X.227). */
const SYNTAXES: Readonly<Record<string, Syntax>> = {
  '2.2.1.0.1': s('id-as-acse', 'acse', null),
  '2.3.2': s('id-as-rtse', 'rtse', null),
  '2.6.0.2.1': s('id-as-msse', 'ros', 'P7'),
  '2.6.0.2.2': s('id-as-mdse-88', 'ros', 'P3'),
  '2.6.0.2.5': s('id-as-mrse-88', 'ros', 'P7'),
  '2.6.0.2.6': s('id-as-mase-88', 'ros', 'P3'),
  '2.6.0.2.7': s('id-as-mtse', 'p1', 'P1 (1988)'),
  '2.6.0.2.8': s('id-as-mts-rtse', 'rtse', 'P3'),
  '2.6.0.2.9': s('id-as-ms-88', 'ros', 'P7'),
  '2.6.0.2.10': s('id-as-ms-rtse', 'rtse', 'P7'),
  '2.6.0.2.11': s('id-as-mts', 'ros', 'P3'),
  '2.6.0.2.12': s('id-as-mta-rtse', 'rtse', 'P1 (1988)'),
  '2.6.0.2.13': s('id-as-ms-msse', 'ros', 'P7'),
  '2.6.0.2.14': s('id-as-mdse-94', 'ros', 'P3'),
  '2.6.0.2.15': s('id-as-mrse-94', 'ros', 'P7'),
  '2.6.0.2.16': s('id-as-mase-94', 'ros', 'P3'),
  '2.6.0.2.17': s('id-as-ms-94', 'ros', 'P7'),
  '1.0.9506.2.1': s('mms-abstract-syntax-version1', 'mms', 'MMS'),
  '1.0.9506.1.1': s('mms-abstract-syntax-major-version1', 'mms', 'MMS'),
  '1.0.8571.2.1': s('ftam-pci', 'ftam', 'FTAM'),
  '1.0.8571.2.2': s('ftam-file-directory', 'unknown', null),
  '1.0.8571.2.3': s('ftam-unstructured-text', 'unknown', null),
  '1.0.8571.2.4': s('ftam-unstructured-binary', 'unknown', null),
  '2.9.1.1.4': s('cmip-abstract-syntax', 'ros', 'CMIP'),
  '2.5.9.1': s('id-as-directoryAccess', 'ros', 'X.500 DAP'),
  '2.5.9.2': s('id-as-directorySystem', 'ros', 'X.500 DSP'),
  '2.5.9.3': s('id-as-directoryShadow', 'ros', 'X.500 DISP'),
  '2.5.9.4': s('id-as-directoryOperationalBindingManagement', 'ros', 'X.500 DOP'),
  '2.5.9.5': s('id-as-directoryReliableShadow', 'rtse', 'X.500 DISP'),
  '2.5.9.6': s('id-as-reliableShadowConsumerInitiated', 'rtse', 'X.500 DISP'),
  '1.0.9041.2.1': s('vt-abstract-syntax', 'vt', 'VT'),
};

/** Application contexts: name and protocol. */
const CONTEXTS: Readonly<Record<string, readonly [name: string, protocol: string]>> = {
  '2.6.0.1.0': ['id-ac-mts-access-88', 'P3'],
  '2.6.0.1.1': ['id-ac-mts-forced-access-88', 'P3'],
  '2.6.0.1.2': ['id-ac-mts-reliable-access-88', 'P3'],
  '2.6.0.1.3': ['id-ac-mts-forced-reliable-access-88', 'P3'],
  '2.6.0.1.4': ['id-ac-ms-access-88', 'P7'],
  '2.6.0.1.5': ['id-ac-ms-reliable-access-88', 'P7'],
  '2.6.0.1.6': ['id-ac-mts-transfer', 'P1 (1988)'],
  '2.6.0.1.7': ['id-ac-mts-access-94', 'P3'],
  '2.6.0.1.8': ['id-ac-mts-forced-access-94', 'P3'],
  '2.6.0.1.9': ['id-ac-mts-reliable-access-94', 'P3'],
  '2.6.0.1.10': ['id-ac-mts-forced-reliable-access-94', 'P3'],
  '2.6.0.1.11': ['id-ac-ms-access-94', 'P7'],
  '2.6.0.1.12': ['id-ac-ms-reliable-access-94', 'P7'],
  '1.0.9506.2.3': ['mms-application-context-version1', 'MMS'],
  '1.0.9506.1.1': ['mms-application-context', 'MMS'],
  '1.0.8571.1.1': ['iso-ftam', 'FTAM'],
  '2.9.0.0.2': ['cmip-application-context', 'CMIP'],
  '2.5.3.1': ['id-ac-directoryAccess', 'X.500 DAP'],
  '2.5.3.2': ['id-ac-directorySystem', 'X.500 DSP'],
  '2.5.3.3': ['id-ac-directoryOperationalBindingManagement', 'X.500 DOP'],
  '2.5.3.4': ['id-ac-shadowConsumerInitiated', 'X.500 DISP'],
  '2.5.3.5': ['id-ac-shadowSupplierInitiated', 'X.500 DISP'],
  '2.5.3.6': ['id-ac-reliableShadowSupplierInitiated', 'X.500 DISP'],
  '2.5.3.7': ['id-ac-reliableShadowConsumerInitiated', 'X.500 DISP'],
  '1.0.9041.1.1': ['vt-basic-class', 'VT'],
};

export function syntaxOf(oid: string | null): Syntax | null {
  return oid !== null && Object.hasOwn(SYNTAXES, oid) ? SYNTAXES[oid]! : null;
}

export function contextName(oid: string): string | null {
  return Object.hasOwn(CONTEXTS, oid) ? CONTEXTS[oid]![0] : null;
}

/** Protocol that an application context stands for; null for one that the table does not know. */
export function contextProtocol(oid: string): string | null {
  return Object.hasOwn(CONTEXTS, oid) ? CONTEXTS[oid]![1] : null;
}

/** Names for OIDs of the connection layers, for trees. */
export function osiOidName(oid: string): string | null {
  return oidName(oid) ?? syntaxOf(oid)?.name ?? contextName(oid);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Operations by protocol and local code (X.511, X.711). */
const OPERATIONS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  // From 1 on.
  'X.500 DAP': [undefined, ...words('read compare abandon list search addEntry removeEntry modifyEntry modifyDN')],
  CMIP: words(`m-EventReport m-EventReport-Confirmed m-Linked-Reply m-Get m-Set m-Set-Confirmed
    m-Action m-Action-Confirmed m-Create m-Delete m-CancelGet-Confirmed`),
};

/** Operations that nothing but a reject answers (X.711), so that an invocation may follow with the same identifier. */
const UNCONFIRMED: Readonly<Record<string, readonly (number | string)[]>> = { CMIP: [0, 2, 4, 6] };

export function isConfirmed(protocol: string, code: number | string): boolean {
  return UNCONFIRMED[protocol]?.includes(code) !== true;
}

/** Name of an operation in its protocol: "message-submission". `byUser`: of X.400's, the MTS user invokes it. */
export function operationName(protocol: string, code: number | string, byUser: boolean): string {
  if (typeof code === 'number' && (protocol === 'P3' || protocol === 'P7')) {
    return x400OperationName(protocol, code, byUser) ?? `operation ${code}`;
  }
  const table = OPERATIONS[protocol === 'X.500 DSP' ? 'X.500 DAP' : protocol];
  return (typeof code === 'number' ? table?.[code] : undefined) ?? `operation ${code}`;
}

/** An error of a remote operation in words; `operation`: the one that it answers, when that was seen. */
export function errorName(
  protocol: string,
  code: number | string | null,
  operation: number | string | null = null,
): string {
  const x400 = protocol === 'P3' || protocol === 'P7';
  const name = typeof code === 'number' && x400 ? x400ErrorName(protocol, code, operation) : null;
  return name ?? `error ${code}`;
}

/** FPDUs of ISO 8571-4 by tag number. */
const FTAM_PDUS = words(`
  F-INITIALIZE-request F-INITIALIZE-response F-TERMINATE-request F-TERMINATE-response F-U-ABORT-request
  F-P-ABORT-request F-SELECT-request F-SELECT-response F-DESELECT-request F-DESELECT-response F-CREATE-request
  F-CREATE-response F-DELETE-request F-DELETE-response F-READ-ATTRIB-request F-READ-ATTRIB-response
  F-CHANGE-ATTRIB-request F-CHANGE-ATTRIB-response F-OPEN-request F-OPEN-response F-CLOSE-request F-CLOSE-response
  F-BEGIN-GROUP-request F-BEGIN-GROUP-response F-END-GROUP-request F-END-GROUP-response F-RECOVER-request
  F-RECOVER-response F-LOCATE-request F-LOCATE-response F-ERASE-request F-ERASE-response F-READ-request F-WRITE-request
  F-DATA-END-request F-TRANSFER-END-request F-TRANSFER-END-response F-CANCEL-request F-CANCEL-response F-RESTART-request
  F-RESTART-response
`);

export function ftamType(tag: number): string {
  return FTAM_PDUS[tag] ?? `FPDU ${tag}`;
}

/** A node that stands for octets no table reads. */
export function opaque(name: string, label: string, start: number, end: number): Field {
  return field(name, label, start, end, undefined, numbered(end - start, 'octet'));
}
