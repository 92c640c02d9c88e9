import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { stringOctets } from '../asn1/contents.ts';
import { latin1 } from '../base/text.ts';
import type { Recipient } from '../model/message.ts';
import { text } from './address-parts.ts';
import { contentTypeText } from './content.ts';
import {
  type ContentType,
  contentType,
  indicators,
  mtsIdentifier,
  NO_INDICATORS,
  recipients,
  small,
} from './envelope.ts';
import { orName } from './oraddress.ts';
import { DIAGNOSTICS, REASONS } from './reasons.ts';
import type { Draft } from './summary.ts';

/** What a report says (X.411 figure 3). */

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const OID = key(0, TAG.oid);

/** Reads a report's envelope and content into `draft`, with the outcome of each recipient. */
export function report(bytes: Uint8Array, apdu: Tlv, draft: Draft): void {
  draft.kind = 'report';
  const head = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (head === null) return;
  for (let at = head.content; at < head.contentEnd; ) {
    const part = readTlv(bytes, at, head.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === A(4)) [draft.mtsIdentifier, draft.localIdentifier] = mtsIdentifier(bytes, part);
    else if (part.key === A(0)) draft.originator = orName(bytes, part);
  }
  const content = readTlv(bytes, head.end, apdu.contentEnd);
  if (content === null) return;
  let type: ContentType | null = null;
  for (let at = content.content; at < content.contentEnd; ) {
    const part = readTlv(bytes, at, content.contentEnd)!;
    at = part.end;
    if (part.fault !== null && part.key !== C(0)) continue;
    switch (part.key) {
      case A(4):
        [draft.subjectMtsIdentifier, draft.subjectLocalIdentifier] = mtsIdentifier(bytes, part);
        break;
      case A(6):
      case OID:
        type = contentType(bytes, part);
        break;
      case C(0):
        recipients(bytes, part, draft, reported);
    }
  }
  if (type !== null) draft.contentType = contentTypeText(type);
}

/** Per-recipient fields of a report, with the outcome. */
function reported(bytes: Uint8Array, tlv: Tlv): Recipient | null {
  let address: string | null = null;
  let number: number | null = null;
  let requested: readonly string[] = NO_INDICATORS;
  let outcome: Recipient['outcome'] = null;
  let supplementary: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.fault !== null) continue;
    if (part.key === C(0)) address = wrappedName(bytes, part);
    else if (part.key === C(1)) number = small(bytes, part);
    else if (part.key === C(2)) requested = indicators(bytes, part);
    else if (part.key === C(3)) outcome = reportedOutcome(bytes, part);
    else if (part.key === C(5)) supplementary = text(bytes, part);
  }
  if (address === null) return null;
  return { address, number, requested, outcome: outcome === null ? null : { ...outcome, supplementary } };
}

/**
 * An O/R name under a context tag. The tag replaces [APPLICATION 0] (IMPLICIT TAGS), but encoders that kept both exist; an element
 * [APPLICATION 0] cannot begin an O/R name otherwise.
 */
export function wrappedName(bytes: Uint8Array, tlv: Tlv): string {
  const inner = readTlv(bytes, tlv.content, tlv.contentEnd);
  return orName(bytes, inner !== null && inner.key === A(0) ? inner : tlv);
}

/**
 * The report-type, [1] and explicit (a CHOICE), in the SET that holds it: LastTraceInformation of P1, PerRecipientReportDeliveryFields of
 * P3. Null when there is none.
 */
export function reportedOutcome(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key !== C(1)) continue;
    const type = readTlv(bytes, part.content, part.contentEnd);
    if (type?.key === C(0)) return delivery(bytes, type);
    if (type?.key === C(1)) return nonDelivery(bytes, type);
  }
  return null;
}

const NOTHING = {
  time: null,
  reason: null,
  reasonCode: null,
  diagnostic: null,
  diagnosticCode: null,
  supplementary: null,
};

function delivery(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  let time: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === C(0)) time = latin1(stringOctets(bytes, part));
  }
  return { ...NOTHING, delivered: true, time };
}

function nonDelivery(bytes: Uint8Array, tlv: Tlv): Recipient['outcome'] {
  let reasonCode: number | null = null;
  let diagnosticCode: number | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === C(0)) reasonCode = small(bytes, part);
    else if (part.key === C(1)) diagnosticCode = small(bytes, part);
  }
  const reason = reasonCode === null ? null : (REASONS().get(reasonCode) ?? null);
  const diagnostic = diagnosticCode === null ? null : (DIAGNOSTICS().get(diagnosticCode) ?? null);
  return { ...NOTHING, delivered: false, reason, reasonCode, diagnostic, diagnosticCode };
}
