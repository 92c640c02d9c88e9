import type { Names } from '../asn1/dsl.ts';
import { MTS } from './tables/mts.ts';

const NONE: Names = new Map();

/** Non-delivery reason codes by number (X.411 NonDeliveryReasonCode), from the one table that has them. */
export function REASONS(): Names {
  return MTS.type('NonDeliveryReasonCode').names ?? NONE;
}

/** Non-delivery diagnostic codes by number (X.411 NonDeliveryDiagnosticCode). */
export function DIAGNOSTICS(): Names {
  return MTS.type('NonDeliveryDiagnosticCode').names ?? NONE;
}
