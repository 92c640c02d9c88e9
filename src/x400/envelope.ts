import { APPLICATION, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { integer, leadingBits, oid } from '../asn1/contents.ts';
import type { Recipient } from '../model/message.ts';
import { text } from './address-parts.ts';
import { domainName } from './oraddress.ts';
import type { Draft } from './summary.ts';

/** Fields that the envelopes of messages, probes and reports share. */

const DOMAIN = key(APPLICATION, 3);
const OID = key(0, TAG.oid);
const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);

/** `[/C=IT/ADMD=X400IT/PRMD=ACME/;980603.0913.07]`, and the local identifier alone. */
export function mtsIdentifier(bytes: Uint8Array, tlv: Tlv): [whole: string | null, local: string | null] {
  let domain = '';
  let local: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === DOMAIN) domain = domainName(bytes, part);
    else local = text(bytes, part, 'IA5');
  }
  return [local === null && domain === '' ? null : `[${domain};${local ?? ''}]`, local];
}

/** A content type as coded: an integer, or an object identifier in dotted decimal. */
export type ContentType = number | string;

/** Null when it is cut. */
export function contentType(bytes: Uint8Array, tlv: Tlv): ContentType | null {
  if (tlv.key !== OID) return small(bytes, tlv);
  return tlv.fault === null ? oid(bytes, tlv.content, tlv.contentEnd) : null;
}

/** An integer of the table's kind; null when it is cut, for its leading octets are another number. */
export function small(bytes: Uint8Array, tlv: Tlv): number | null {
  if (tlv.fault !== null) return null;
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}

/** By number (X.411 Priority). */
const PRIORITIES = ['normal', 'non-urgent', 'urgent'] as const;

/** Null for a number that is none. */
export function priority(bytes: Uint8Array, tlv: Tlv): Draft['priority'] {
  return PRIORITIES[small(bytes, tlv) ?? -1] ?? null;
}

/** Adds those of a list that `read` can make something of. */
export function recipients(
  bytes: Uint8Array,
  list: Tlv,
  draft: Draft,
  read: (bytes: Uint8Array, tlv: Tlv) => Recipient | null,
): void {
  for (let at = list.content; at < list.contentEnd; ) {
    const part = readTlv(bytes, at, list.contentEnd)!;
    at = part.end;
    const found = part.key === SET || part.key === SEQUENCE ? read(bytes, part) : null;
    if (found !== null) draft.recipients.push(found);
  }
}

/**
 * Per-recipient-indicators (X.411 figure 4): responsibility, the report that the originating MTA asks
 * for, and the one that the originator asks for ("none" when neither bit is set).
 */
export function indicators(bytes: Uint8Array, tlv: Tlv): readonly string[] {
  return INDICATORS[leadingBits(bytes, tlv)]!;
}

export const NO_INDICATORS: readonly string[] = [];
/** By octet: nearly all messages have one of three. */
const INDICATORS = Array.from({ length: 256 }, (_, octet) => indicated(octet));

function indicated(octet: number): readonly string[] {
  const out: string[] = [];
  if (octet & 0x80) out.push('responsibility');
  if (octet & 0x40) out.push('originating-MTA-report');
  if (octet & 0x20) out.push('originating-MTA-non-delivery-report');
  if (octet & 0x10) out.push('report');
  if (octet & 0x08) out.push('non-delivery-report');
  if ((octet & 0x18) === 0) out.push('none');
  return out;
}
