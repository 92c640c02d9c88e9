import { readTlv, type Tlv } from '../../asn1/ber.ts';
import { integer, oid, stringOctets } from '../../asn1/contents.ts';
import type { Direction } from '../../model/finding.ts';
import type { Message } from '../../model/message.ts';
import { contentKind } from '../../x400/content.ts';
import { unwrapped } from '../../x400/external.ts';
import type { ApduSummary } from '../../x400/summary.ts';
import { checkIpm } from './ipm-check.ts';
import { checkMtsApdu } from './p1-check.ts';
import type { Tell } from './string-check.ts';
import type { Surroundings } from './types.ts';

/** The summary shows what every MTS-APDU has and hardly anything else: an MTS identifier where one belongs. */
export function looksLikeMts(summary: ApduSummary): boolean {
  return summary.kind !== null && summary.mtsIdentifier !== null && summary.localIdentifier !== null;
}

/** Whether the octets are exactly one BER element. Too deep nesting of indefinite lengths is our own limit and not held against it. */
export function isOneApdu(bytes: Uint8Array): boolean {
  const tlv = readTlv(bytes, 0, bytes.length);
  return tlv !== null && (tlv.fault === 'ber.depth' || (tlv.fault === null && tlv.end === bytes.length));
}

/** Judges an MTS-APDU that is whole, and its content when that is interpersonal. Each code is told once an APDU. */
export function judgeApdu(bytes: Uint8Array, tell: Tell): void {
  const apdu = unwrapped(bytes, readTlv(bytes, 0, bytes.length));
  if (apdu === null || apdu.fault !== null) return;
  const told = new Set<string>();
  const once: Tell = (code, detail) => {
    if (told.has(code)) return;
    told.add(code);
    tell(code, detail);
  };
  checkMtsApdu(bytes, apdu, once);
  if (apdu.cls !== 2 || apdu.tag !== 0) return;
  const content = contentOf(bytes, apdu);
  const type = contentTypeOf(bytes, apdu);
  if (content === null || content.fault !== null || type === null) return;
  const kind = contentKind(type);
  if (kind === 'P2' || kind === 'P22' || kind === 'P772')
    checkIpm(bytes, content, typeof type === 'number', kind, once);
}

/** Content type of a message's envelope as coded; null when it has none. */
function contentTypeOf(bytes: Uint8Array, apdu: Tlv): number | string | null {
  const envelope = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (envelope === null) return null;
  for (let at = envelope.content; at < envelope.contentEnd; ) {
    const part = readTlv(bytes, at, envelope.contentEnd)!;
    at = part.end;
    if (part.cls === 0 && part.tag === 6) return oid(bytes, part.content, part.contentEnd);
    if (part.cls === 1 && part.tag === 6) {
      const value = integer(bytes, part.content, part.contentEnd);
      return typeof value === 'number' ? value : null;
    }
  }
  return null;
}

/** Hands the MTS-APDU over as it was sent, and a message's content by itself. */
export function handOver(around: Surroundings, row: Message | null, bytes: Uint8Array, direction: Direction): void {
  const { sink, stream } = around;
  if (sink.apdu === undefined) return;
  const outer = readTlv(bytes, 0, bytes.length);
  const apdu = row === null ? outer : unwrapped(bytes, outer);
  if (apdu === null) return;
  const sent = { message: row, protocol: 'P1', stream, direction } as const;
  sink.apdu({ ...sent, kind: 'apdu', bytes: bytes.subarray(apdu.start, apdu.end) });
  const content = row?.kind === 'message' ? contentOf(bytes, apdu) : null;
  if (content !== null) sink.apdu({ ...sent, kind: 'content', bytes: stringOctets(bytes, content) });
}

/** The content of a Message: the OCTET STRING behind the envelope. */
function contentOf(bytes: Uint8Array, apdu: Tlv): Tlv | null {
  const envelope = readTlv(bytes, apdu.content, apdu.contentEnd);
  const content = envelope === null ? null : readTlv(bytes, envelope.end, apdu.contentEnd);
  return content !== null && content.cls === 0 && content.tag === 4 ? content : null;
}
