import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { integer, leadingBits, oid, stringOctets } from '../../asn1/contents.ts';
import { latin1 } from '../../base/text.ts';
import { parts } from './elements.ts';
import { strangeInIpm, strangeInIpn } from './ipm-edition.ts';
import { checkHeadingStrings, checkNotificationStrings } from './ipm-strings.ts';
import type { Tell } from './string-check.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const THIS_IPM = key(APPLICATION, 11);
const FORMAL_NAME = key(APPLICATION, 0);
const REPLY_RECIPIENTS = C(11);
const SET = key(0, TAG.set);
const OID = key(0, TAG.oid);

/** Body part that carries a message: [9], or the extended body part type id-et-message (2.6.1.4.7). */
const MESSAGE_PART = C(9);
const EXTENDED_PART = C(15);
/** Forwarded messages and contents of X.420, and those of STANAG 4406: the encrypted one, and mm-message. */
const FORWARDED = /^(2\.6\.1\.4\.(7|17)(\.|$)|1\.3\.26\.0\.4406\.0\.7\.(6|9)$)/;

const SICS = '1.3.26.0.4406.0.2.6';
const STRINGS = new Set(['1.3.26.0.4406.0.2.7', '1.3.26.0.4406.0.2.8']);
const PRECEDENCES = new Set(['1.3.26.0.4406.0.2.0', '1.3.26.0.4406.0.2.1']);
const MOST_SICS = 8;
const LONGEST_MILITARY_STRING = 69;

export type IpmKind = 'P2' | 'P22' | 'P772';

/**
 * What an interpersonal content shows by its own octets to break X.420 or STANAG 4406.
 *
 * @param declared the content type says interpersonal (2 or 22), so that anything else is wrong by itself
 */
export function checkIpm(bytes: Uint8Array, content: Tlv, declared: boolean, kind: IpmKind, tell: Tell): void {
  const military = kind === 'P772';
  const octets = content.constructed ? stringOctets(bytes, content) : bytes;
  const start = content.constructed ? 0 : content.content;
  const end = content.constructed ? octets.length : content.contentEnd;
  const object = readTlv(octets, start, end);
  // Forwarded messages in forwarded messages, all of indefinite length: how deep they are followed is our own limit.
  if (object?.fault === 'ber.depth') return;
  if (object === null || (object.key !== C(0) && object.key !== C(1)) || object.fault !== null) {
    if (declared)
      tell(
        'p1.content',
        'the content type says interpersonal message, the content is neither an IPM nor a notification',
      );
    return;
  }
  if (object.key === C(1)) {
    checkNotificationStrings(octets, object, tell);
    judgeEdition(military ? null : strangeInIpn(octets, object, kind), kind, tell);
    return;
  }
  const heading = readTlv(octets, object.content, object.contentEnd);
  if (heading === null || heading.key !== SET || heading.fault !== null) return;
  let identified = false;
  let autoForwarded = false;
  for (const part of parts(octets, heading)) {
    if (part.key === THIS_IPM) identified = true;
    else if (part.key === C(14)) autoForwarded = octets[part.content] !== 0;
    else if (part.key === C(2) || part.key === C(3) || part.key === C(4)) {
      for (const recipient of parts(octets, part)) checkRecipient(octets, recipient, tell);
    } else if (part.key === REPLY_RECIPIENTS) {
      for (const descriptor of parts(octets, part)) checkReplyRecipient(octets, descriptor, tell);
    } else if (part.key === C(15) && military) {
      for (const extension of parts(octets, part)) checkMilitary(octets, extension, tell);
    }
  }
  checkHeadingStrings(octets, heading, tell);
  if (!identified) tell('p22.this-ipm', 'the heading has no this-IPM identifier');
  const body = readTlv(octets, heading.end, object.contentEnd);
  judgeEdition(military ? null : strangeInIpm(octets, heading, body, kind), kind, tell);
  if (autoForwarded && body !== null && body.fault === null && !carriesMessage(octets, body)) {
    tell('p22.auto-forwarded', 'auto-forwarded is set, but no body part is a message');
  }
}

function judgeEdition(strange: string | null, kind: IpmKind, tell: Tell): void {
  if (strange === null) return;
  const why = kind === 'P2' ? 'P2 (1984), which has none' : 'P22 (1988), which dropped it';
  tell('p22.content-type', `the content has ${strange}, the content type is ${why}`);
}

function carriesMessage(bytes: Uint8Array, body: Tlv): boolean {
  for (const part of parts(bytes, body)) {
    if (part.key === MESSAGE_PART) return true;
    if (part.key !== EXTENDED_PART) continue;
    for (const external of parts(bytes, part)) {
      const type = readTlv(bytes, external.content, external.contentEnd);
      if (type?.key === OID && FORWARDED.test(oid(bytes, type.content, type.contentEnd) ?? '')) return true;
    }
  }
  return false;
}

/** Bits of the notification-requests: receipt and non-receipt. */
const RN = 0x80;
const NRN = 0x40;

/** X.420 §7.1.3: who is asked for a notification or reply has to have a formal name. */
function checkRecipient(bytes: Uint8Array, recipient: Tlv, tell: Tell): void {
  let formal = false;
  let requested = false;
  for (const part of parts(bytes, recipient)) {
    if (part.key === C(0)) for (const inner of parts(bytes, part)) formal ||= inner.key === FORMAL_NAME;
    else if (part.key === C(1)) requested ||= (leadingBits(bytes, part) & (RN | NRN)) !== 0;
    else if (part.key === C(2)) requested ||= bytes[part.content] !== 0 && part.contentEnd > part.content;
  }
  if (requested && !formal)
    tell('p22.formal-name', 'a notification or reply is requested of a recipient without a formal name');
}

/** X.420 §7.2 (reply-recipients): a reply goes by the formal name. */
function checkReplyRecipient(bytes: Uint8Array, descriptor: Tlv, tell: Tell): void {
  if (!parts(bytes, descriptor).some(part => part.key === FORMAL_NAME))
    tell('p22.formal-name', 'a reply-recipient has no formal name');
}

/** STANAG 4406 annex A: precedence values, subject indicator codes, military strings. */
function checkMilitary(bytes: Uint8Array, extension: Tlv, tell: Tell): void {
  const type = readTlv(bytes, extension.content, extension.contentEnd);
  if (type?.key !== OID) return;
  const name = oid(bytes, type.content, type.contentEnd) ?? '';
  const outer = readTlv(bytes, type.end, extension.contentEnd);
  const value =
    outer !== null && outer.cls === 2 && outer.constructed ? readTlv(bytes, outer.content, outer.contentEnd) : outer;
  if (value === null) return;
  if (PRECEDENCES.has(name)) {
    const precedence = integer(bytes, value.content, value.contentEnd);
    if (typeof precedence === 'number' && (precedence < 0 || (precedence > 5 && precedence < 16) || precedence > 18)) {
      tell('p772.precedence', `precedence ${precedence}`);
    }
  } else if (name === SICS) {
    const list = [...parts(bytes, value)].find(part => part.key === C(0));
    if (list === undefined) return;
    const sics = [...parts(bytes, list)].map(part => latin1(stringOctets(bytes, part)));
    if (sics.length > MOST_SICS)
      tell('p772.sic', `${sics.length} subject indicator codes, at most ${MOST_SICS} are allowed`);
    const odd = sics.find(sic => sic.length < 3 || sic.length > 8);
    if (odd !== undefined) tell('p772.sic', `a subject indicator code of ${odd.length} characters, 3 to 8 are allowed`);
  } else if (STRINGS.has(name)) {
    for (const part of parts(bytes, value)) {
      const { length } = stringOctets(bytes, part);
      if (length > LONGEST_MILITARY_STRING) {
        tell(
          'p772.military-string',
          `an instruction of ${length} characters, at most ${LONGEST_MILITARY_STRING} are allowed`,
        );
      }
    }
  }
}
