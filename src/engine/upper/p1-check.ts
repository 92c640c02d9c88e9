import {
  APPLICATION,
  bit,
  bitString,
  CONTEXT,
  integer,
  key,
  latin1,
  oid,
  readTlv,
  stringOctets,
  TAG,
  type Tlv,
} from '../../asn1/ber.ts';
import { domainName } from '../../x400/oraddress.ts';
import { checkOrName } from './name-check.ts';

export type Tell = (code: string, detail: string) => void;

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const OID = key(0, TAG.oid);
const SET = key(0, TAG.set);

interface Member {
  readonly name: string;
  readonly keys: readonly number[];
  readonly mandatory: boolean;
}

const m = (name: string, keys: readonly number[], mandatory = false): Member => ({ name, keys, mandatory });

/** The members of the SETs of X.411 figures 3 and 4 by tag. The 1984 envelopes are subsets of them. */
const COMMON = [
  m('content-type', [A(6), OID], true),
  m('original-encoded-information-types', [A(5)]),
  m('content-identifier', [A(10)]),
  m('per-message-indicators', [A(8)]),
  m('per-domain-bilateral-information', [C(1)]),
  m('per-recipient-fields', [C(2)], true),
  m('trace-information', [A(9)], true),
  m('extensions', [C(3)]),
];
const MESSAGE = [
  m('message-identifier', [A(4)], true),
  m('originator-name', [A(0)], true),
  m('priority', [A(7)]),
  m('deferred-delivery-time', [C(0)]),
  ...COMMON,
];
const PROBE = [
  m('probe-identifier', [A(4)], true),
  m('originator-name', [A(0)], true),
  m('content-length', [C(0)]),
  ...COMMON,
];
const REPORT = [
  m('report-identifier', [A(4)], true),
  m('report-destination-name', [A(0)], true),
  m('trace-information', [A(9)], true),
  m('extensions', [C(1)]),
];
const REPORT_CONTENT = [
  m('subject-identifier', [A(4)], true),
  m('subject-intermediate-trace-information', [A(9)]),
  m('original-encoded-information-types', [A(5)]),
  m('content-type', [A(6), OID]),
  m('content-identifier', [A(10)]),
  m('returned-content', [C(1)]),
  m('additional-information', [C(2)]),
  m('extensions', [C(3)]),
  m('per-recipient-fields', [C(0)], true),
];
const RECIPIENT = [
  m('recipient-name', [A(0)], true),
  m('originally-specified-recipient-number', [C(0)], true),
  m('per-recipient-indicators', [C(1)], true),
  m('explicit-conversion', [C(2)]),
  m('extensions', [C(3)]),
];

/** Highest standard extension type that the 1999 edition defines. */
const LAST_EXTENSION = 46;
const INTERNAL_TRACE = 38;
const LONGEST_LOCAL_IDENTIFIER = 32;
const LONGEST_CONTENT_IDENTIFIER = 16;
const MOST_RECIPIENTS = 32767;

/** Whatever an MTS-APDU shows by its own octets to break X.411. `apdu` is whole. */
export function checkMtsApdu(bytes: Uint8Array, apdu: Tlv, tell: Tell): void {
  if (apdu.key === C(0)) {
    const envelope = readTlv(bytes, apdu.content, apdu.contentEnd);
    if (envelope?.key === SET) checkEnvelope(bytes, envelope, MESSAGE, 'message', tell);
  } else if (apdu.key === C(2)) checkEnvelope(bytes, apdu, PROBE, 'probe', tell);
  else if (apdu.key === C(1)) {
    const envelope = readTlv(bytes, apdu.content, apdu.contentEnd);
    if (envelope?.key !== SET) return;
    checkEnvelope(bytes, envelope, REPORT, 'report', tell);
    const content = readTlv(bytes, envelope.end, apdu.contentEnd);
    if (content?.key === SET) checkMembers(bytes, content, REPORT_CONTENT, 'report content', tell);
  }
}

function parts(bytes: Uint8Array, outer: Tlv): Tlv[] {
  const out: Tlv[] = [];
  for (let at = outer.content; at < outer.contentEnd; ) {
    const part = readTlv(bytes, at, outer.contentEnd)!;
    at = part.end;
    out.push(part);
  }
  return out;
}

/** Missing, repeated and unknown members of a SET; its members by name. */
function checkMembers(
  bytes: Uint8Array,
  set: Tlv,
  members: readonly Member[],
  what: string,
  tell: Tell,
): Map<string, Tlv> {
  const found = new Map<string, Tlv>();
  for (const part of parts(bytes, set)) {
    // Behind a damaged element nothing has a known place.
    if (part.fault !== null) return found;
    const member = memberOf(members, part.key);
    if (member === undefined)
      tell('p1.unknown-member', `${what}: an element with tag ${tagText(part)} does not belong here`);
    else if (found.has(member.name)) tell('p1.duplicate-member', `${what}: ${member.name} is there twice`);
    else found.set(member.name, part);
  }
  for (const member of members) {
    if (member.mandatory && !found.has(member.name)) tell('p1.mandatory-missing', `${what}: no ${member.name}`);
  }
  return found;
}

function memberOf(members: readonly Member[], wanted: number): Member | undefined {
  for (let i = 0; i < members.length; i++) if (members[i]!.keys.includes(wanted)) return members[i];
  return undefined;
}

function tagText(tlv: Tlv): string {
  return tlv.cls === 2 ? `[${tlv.tag}]` : tlv.cls === 1 ? `[APPLICATION ${tlv.tag}]` : `[UNIVERSAL ${tlv.tag}]`;
}

function checkEnvelope(bytes: Uint8Array, envelope: Tlv, members: readonly Member[], what: string, tell: Tell): void {
  const found = checkMembers(bytes, envelope, members, what, tell);
  const identifier = found.get(members[0]!.name);
  if (identifier !== undefined) checkIdentifier(bytes, identifier, what, tell);
  const originator = found.get('originator-name') ?? found.get('report-destination-name');
  if (originator !== undefined) checkOrName(bytes, originator, `${what}: originator`, tell);
  const contentId = found.get('content-identifier');
  if (contentId !== undefined && contentId.contentEnd - contentId.content > LONGEST_CONTENT_IDENTIFIER) {
    tell(
      'p1.upper-bound',
      `${what}: the content-identifier has ${contentId.contentEnd - contentId.content} octets, at most 16 are allowed`,
    );
  }
  const deferred = found.get('deferred-delivery-time');
  if (deferred !== undefined) checkTime(bytes, deferred, `${what}: deferred-delivery-time`, tell);
  const trace = found.get('trace-information');
  if (trace !== undefined) checkTrace(bytes, trace, false, what, tell);
  const extensions = found.get('extensions');
  if (extensions !== undefined) checkExtensions(bytes, extensions, what, tell);
  const recipients = found.get('per-recipient-fields');
  if (recipients !== undefined) checkRecipients(bytes, recipients, what, tell);
}

function checkIdentifier(bytes: Uint8Array, identifier: Tlv, what: string, tell: Tell): void {
  for (const part of parts(bytes, identifier)) {
    const length = part.contentEnd - part.content;
    if (part.cls === 0 && length > LONGEST_LOCAL_IDENTIFIER) {
      tell(
        'p1.upper-bound',
        `${what}: the local identifier has ${length} octets, at most ${LONGEST_LOCAL_IDENTIFIER} are allowed`,
      );
    }
  }
}

/** UTCTime: YYMMDDhhmm[ss](Z|±hhmm). */
function checkTime(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): number | null {
  const octets = tlv.constructed ? stringOctets(bytes, tlv) : bytes;
  let at = tlv.constructed ? 0 : tlv.content;
  const end = tlv.constructed ? octets.length : tlv.contentEnd;
  /** Two digits, or NaN. */
  const pair = (): number => {
    if (at + 2 > end) return Number.NaN;
    const tens = octets[at]! - 0x30;
    const ones = octets[at + 1]! - 0x30;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return Number.NaN;
    at += 2;
    return tens * 10 + ones;
  };
  const year = pair();
  const month = pair();
  const day = pair();
  const hour = pair();
  const minute = pair();
  const second = at < end && octets[at]! >= 0x30 && octets[at]! <= 0x39 ? pair() : 0;
  const zone = at < end ? String.fromCharCode(octets[at++]!) : '';
  const aside = zone === '+' || zone === '-' ? pair() * 60 + pair() : 0;
  const sound =
    at === end &&
    (zone === '' || zone === 'Z' || zone === '+' || zone === '-') &&
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    aside >= 0;
  if (!sound) {
    tell('p1.time', `${what} is no UTCTime`);
    return null;
  }
  if (zone === '') {
    tell('p1.time', `${what} has no time zone`);
    return null;
  }
  const offset = zone === '-' ? -aside : aside;
  return Date.UTC(year < 50 ? 2000 + year : 1900 + year, month - 1, day, hour, minute, second) / 1000 - offset * 60;
}

/** Loops and times that run backwards, in the trace of domains or of MTAs (X.411 §12.2.1). */
function checkTrace(bytes: Uint8Array, trace: Tlv, internal: boolean, what: string, tell: Tell): void {
  const passed = new Set<string>();
  const kind = internal ? 'internal trace' : 'trace';
  let last: number | null = null;
  for (const element of parts(bytes, trace)) {
    let domain = '';
    let mta = '';
    let action: number | null = null;
    let arrival: number | null = null;
    let redone = false;
    for (const part of parts(bytes, element)) {
      if (part.key === A(3)) domain = domainName(bytes, part);
      else if (part.key !== SET) mta = latin1(stringOctets(bytes, part));
      else {
        for (const info of parts(bytes, part)) {
          if (info.key === C(0)) arrival = checkTime(bytes, info, `${what}: arrival time in the ${kind}`, tell);
          else if (info.key === C(2)) action = small(bytes, info);
          else if (info.key === C(3)) redone = bitString(bytes, info).octets.some(octet => octet !== 0);
        }
      }
    }
    const place = internal ? `${mta} ${domain}` : domain;
    // A second pass after a redirection or an expansion is in order, and so is one after rerouting.
    if (passed.has(place) && action === 0 && !redone) {
      tell(internal ? 'p1.internal-trace-loop' : 'p1.trace-loop', `${what}: the ${kind} names ${place} again`);
    }
    if (action === 0) passed.add(place);
    if (arrival !== null && last !== null && arrival < last) {
      tell('p1.trace-time', `${what}: the ${kind} goes back by ${last - arrival} s at ${place}`);
    }
    last = arrival ?? last;
  }
}

/** X.411 §9.1 to 9.3: one extension of a kind; the critical ones have to be understood. */
function checkExtensions(bytes: Uint8Array, extensions: Tlv, what: string, tell: Tell): void {
  const seen = new Set<string>();
  for (const extension of parts(bytes, extensions)) {
    let type: string | null = null;
    let standard: number | null = null;
    let critical = false;
    let value: Tlv | null = null;
    for (const part of parts(bytes, extension)) {
      if (part.key === C(0)) {
        standard = small(bytes, part);
        type = String(standard);
      } else if (part.key === C(3)) type = oid(bytes, part.content, part.contentEnd);
      else if (part.key === C(1)) critical = bit(bitString(bytes, part), 1);
      else if (part.key === C(2)) value = readTlv(bytes, part.content, part.contentEnd);
    }
    if (type === null) continue;
    if (seen.has(type)) tell('p1.duplicate-extension', `${what}: extension ${type} is there twice`);
    seen.add(type);
    const unknown = standard === null ? true : standard < 1 || standard > LAST_EXTENSION;
    if (critical && unknown)
      tell('p1.critical-extension', `${what}: extension ${type} is critical for transfer and in no edition of X.411`);
    if (standard === INTERNAL_TRACE && value !== null) checkTrace(bytes, value, true, what, tell);
  }
}

function checkRecipients(bytes: Uint8Array, list: Tlv, what: string, tell: Tell): void {
  let responsible = 0;
  let count = 0;
  for (const recipient of parts(bytes, list)) {
    count++;
    if (recipient.fault !== null) return;
    const label = `${what}, recipient ${count}`;
    const found = checkMembers(bytes, recipient, RECIPIENT, label, tell);
    const name = found.get('recipient-name');
    if (name !== undefined) checkOrName(bytes, name, label, tell);
    const number = found.get('originally-specified-recipient-number');
    const value = number === undefined ? null : small(bytes, number);
    if (value !== null && (value < 1 || value > MOST_RECIPIENTS)) {
      tell('p1.recipient-number', `${label}: originally-specified-recipient-number ${value}`);
    }
    const indicators = found.get('per-recipient-indicators');
    if (indicators !== undefined) {
      const bits = bitString(bytes, indicators);
      if (bit(bits, 0)) responsible++;
      if (!bit(bits, 1) && !bit(bits, 2))
        tell('p1.recipient-indicators', `${label}: the originating MTA asks for no report at all`);
      if (bit(bits, 3) && bit(bits, 4))
        tell('p1.recipient-indicators', `${label}: the originator asks for both kinds of report`);
    }
    const extensions = found.get('extensions');
    if (extensions !== undefined) checkExtensions(bytes, extensions, label, tell);
  }
  if (count > 0 && responsible === 0)
    tell('p1.responsibility', `${what}: nobody is responsible for any of the ${count} recipients`);
}

function small(bytes: Uint8Array, tlv: Tlv): number | null {
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}
