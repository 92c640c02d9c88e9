import { decode } from '../asn1/decode.ts';
import type { Type } from '../asn1/schema.ts';
import { withheldIn } from '../asn1/secrets.ts';
import { ACCESS } from './tables/access.ts';
import { MS } from './tables/ms.ts';
import { MTA } from './tables/mta.ts';

/** The X.400 protocols that bind (X.419): between MTAs, of a user agent or store to its MTA, of a user agent to its store. */
export type Protocol = 'P1' | 'P3' | 'P7';

const BINDS = {
  P1: [MTA, 'MTABindArgument', 'MTABindResult', 'MTABindError'],
  P3: [ACCESS, 'MTSBindArgument', 'MTSBindResult', 'PAR-mts-bind-error'],
  P7: [MS, 'MSBindArgument', 'MSBindResult', 'PAR-ms-bind-error'],
} as const;

/** What a bind carries. Credentials in it are withheld unless `showCredentials` is set. */
export function bindType(protocol: Protocol, kind: 'argument' | 'result' | 'error'): Type {
  const [module, argument, result, error] = BINDS[protocol];
  return module.type(kind === 'argument' ? argument : kind === 'result' ? result : error);
}

/** Operation names by local code (X.419; P7 adds 20 and above, and shares 2, 3, 4 and 7 with P3). */
const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'register',
  2: 'submission-control',
  3: 'message-submission',
  4: 'probe-submission',
  5: 'message-delivery',
  6: 'report-delivery',
  7: 'cancel-deferred-delivery',
  8: 'change-credentials',
  20: 'summarize',
  21: 'list',
  22: 'fetch',
  23: 'delete',
  24: 'register-MS',
  25: 'alert',
  26: 'modify',
};

const P3_ERRORS: Readonly<Record<number, string>> = {
  1: 'submission-control-violated',
  2: 'originator-invalid',
  3: 'recipient-improperly-specified',
  4: 'element-of-service-not-subscribed',
  5: 'old-credentials-incorrectly-specified',
  6: 'new-credentials-unacceptable',
  7: 'message-submission-identifier-invalid',
  8: 'deferred-delivery-cancellation-rejected',
  9: 'delivery-control-violated',
  10: 'register-rejected',
  11: 'inconsistent-request',
  12: 'security-error',
  13: 'unsupported-critical-function',
  14: 'control-violates-registration',
  15: 'remote-bind-error',
  16: 'operation-refused',
};

const P7_ERRORS: Readonly<Record<number, string>> = {
  21: 'attribute-error',
  22: 'auto-action-request-error',
  23: 'delete-error',
  24: 'fetch-restriction-error',
  25: 'range-error',
  26: 'security-error',
  27: 'service-error',
  28: 'sequence-number-error',
  29: 'invalid-parameters-error',
  30: 'message-group-error',
  31: 'ms-extension-error',
  32: 'register-ms-error',
  33: 'modify-error',
  34: 'entry-class-error',
};

const TABLES = { argument: 'arguments', result: 'results', error: 'errors' } as const;

/** Argument, result or error parameter of an operation or error code; null when the protocol has none of this code. */
export function operationType(protocol: Protocol, kind: keyof typeof TABLES, code: number): Type | null {
  const key = String(code);
  if (protocol === 'P1') return null;
  const own = protocol === 'P7' ? MS.lookup(TABLES[kind], key) : null;
  return own ?? ACCESS.lookup(TABLES[kind], key);
}

/** Operations that change credentials: change-credentials and register-MS. */
const CHANGES: Readonly<Record<number, Protocol>> = { 8: 'P3', 24: 'P7' };

/**
 * The type of an argument that changes credentials, where the capture does not show whose operation it is: with the CONNECT missing a
 * password would be any string. Null for what does not fit exactly.
 */
export function changeOfCredentials(code: number, bytes: Uint8Array, start: number, end: number): Type | null {
  const protocol = CHANGES[code];
  const type = protocol === undefined ? null : operationType(protocol, 'argument', code);
  if (type === null) return null;
  const { fields, faults } = decode(type, '', bytes, start, end);
  return faults.length === 0 && withheldIn(fields).next().done !== true ? type : null;
}

/** Local code 2: submission-control when the MTS invokes it, delivery-control when its user does (X.411 §8.2, §8.3), on P3 alone. */
const CONTROL = 2;

/** "message-submission"; null for an unknown code. `byUser`: the MTS user invokes the operation. */
export function operationName(protocol: Protocol, code: number, byUser: boolean): string | null {
  if (code === CONTROL && protocol === 'P3' && byUser) return 'delivery-control';
  return OPERATIONS[code] ?? null;
}

/** Operations that the MTS invokes, and its user refuses while a delivery-control is in force (X.411 §8.3). */
const DELIVERIES: ReadonlySet<unknown> = new Set([5, 6]);

/** The error of a code, which 1 is of both controls (X.419: delivery-control-violated where it answers a delivery). */
export function errorName(protocol: Protocol, code: number, operation: number | string | null = null): string | null {
  if (code === 1 && DELIVERIES.has(operation)) return 'delivery-control-violated';
  return (protocol === 'P7' ? P7_ERRORS[code] : undefined) ?? P3_ERRORS[code] ?? null;
}
