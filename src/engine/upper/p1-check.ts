import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { bit, bitString, integer } from '../../asn1/contents.ts';
import { parts } from './elements.ts';
import { checkDomain, checkOrName } from './name-check.ts';
import { checkExtensions } from './p1-extensions.ts';
import { checkTime, checkTrace } from './p1-trace.ts';
import { checkString, type Tell, tooLong } from './string-check.ts';

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

const REPORTED = [
  m('actual-recipient-name', [C(0)], true),
  m('originally-specified-recipient-number', [C(1)], true),
  m('per-recipient-indicators', [C(2)], true),
  m('last-trace-information', [C(3)], true),
  m('originally-intended-recipient-name', [C(4)]),
  m('supplementary-information', [C(5)]),
  m('extensions', [C(6)]),
];

const LONGEST_LOCAL_IDENTIFIER = 32;
const LONGEST_CONTENT_IDENTIFIER = 16;
const LONGEST_SUPPLEMENT = 256;
const LONGEST_ADDITION = 1024;
const MOST_RECIPIENTS = 32767;

/** Whatever an MTS-APDU shows by its own octets to break X.411. `apdu` is whole. */
export function checkMtsApdu(bytes: Uint8Array, apdu: Tlv, tell: Tell): void {
  if (apdu.key === C(0)) checkPair(bytes, apdu, MESSAGE, 'message', tell);
  else if (apdu.key === C(2)) checkEnvelope(bytes, apdu, PROBE, 'probe', tell);
  else if (apdu.key === C(1)) {
    const content = checkPair(bytes, apdu, REPORT, 'report', tell);
    if (content?.key === SET) checkReportContent(bytes, content, 'report content', tell);
  }
}

/** Message and Report: SEQUENCE { envelope, content }. Returns the content. */
function checkPair(bytes: Uint8Array, apdu: Tlv, members: readonly Member[], what: string, tell: Tell): Tlv | null {
  const envelope = readTlv(bytes, apdu.content, apdu.contentEnd);
  if (envelope?.key !== SET) return null;
  checkEnvelope(bytes, envelope, members, what, tell);
  const content = readTlv(bytes, envelope.end, apdu.contentEnd);
  if (content === null && envelope.fault === null) tell('p1.mandatory-missing', `${what}: no content`);
  return content;
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
    if (!member.mandatory) continue;
    const part = found.get(member.name);
    if (part === undefined) tell('p1.mandatory-missing', `${what}: no ${member.name}`);
    else if (part.contentEnd === part.content) tell('p1.mandatory-missing', `${what}: the ${member.name} is empty`);
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
  if (contentId !== undefined) checkContentIdentifier(bytes, contentId, what, tell);
  const deferred = found.get('deferred-delivery-time');
  if (deferred !== undefined) checkTime(bytes, deferred, `${what}: deferred-delivery-time`, tell);
  const trace = found.get('trace-information');
  if (trace !== undefined) checkTrace(bytes, trace, false, what, tell);
  const extensions = found.get('extensions');
  if (extensions !== undefined) checkExtensions(bytes, extensions, what, tell);
  const recipients = found.get('per-recipient-fields');
  if (recipients !== undefined) checkRecipients(bytes, recipients, what, tell);
}

/** MTSIdentifier: the domain, and a string that is unique in it. */
function checkIdentifier(bytes: Uint8Array, identifier: Tlv, what: string, tell: Tell): void {
  for (const part of parts(bytes, identifier)) {
    if (part.key === A(3)) checkDomain(bytes, part, `${what}: identifier`, tell);
    else if (part.cls === 0)
      checkString(bytes, part, 'ia5', LONGEST_LOCAL_IDENTIFIER, `${what}: the local identifier`, tell);
  }
}

function checkContentIdentifier(bytes: Uint8Array, identifier: Tlv, what: string, tell: Tell): void {
  checkString(bytes, identifier, 'printable', LONGEST_CONTENT_IDENTIFIER, `${what}: the content-identifier`, tell);
}

/** What a report says about its subject, and about each recipient of it. */
function checkReportContent(bytes: Uint8Array, content: Tlv, what: string, tell: Tell): void {
  const found = checkMembers(bytes, content, REPORT_CONTENT, what, tell);
  const subject = found.get('subject-identifier');
  if (subject !== undefined) checkIdentifier(bytes, subject, `${what}: subject`, tell);
  const contentId = found.get('content-identifier');
  if (contentId !== undefined) checkContentIdentifier(bytes, contentId, what, tell);
  const trace = found.get('subject-intermediate-trace-information');
  if (trace !== undefined) checkTrace(bytes, trace, false, `${what}: subject`, tell);
  const addition = found.get('additional-information');
  if (addition !== undefined) {
    const length = addition.contentEnd - addition.content;
    tooLong(length, LONGEST_ADDITION, `${what}: the additional-information`, tell, 'octets');
  }
  const extensions = found.get('extensions');
  if (extensions !== undefined) checkExtensions(bytes, extensions, what, tell);
  const recipients = found.get('per-recipient-fields');
  let count = 0;
  for (const recipient of recipients === undefined ? [] : parts(bytes, recipients)) {
    if (recipient.fault !== null) return;
    checkReported(bytes, recipient, `${what}, recipient ${++count}`, tell);
  }
}

function checkReported(bytes: Uint8Array, recipient: Tlv, what: string, tell: Tell): void {
  const found = checkMembers(bytes, recipient, REPORTED, what, tell);
  const name = found.get('actual-recipient-name');
  if (name !== undefined) checkOrName(bytes, name, what, tell);
  const intended = found.get('originally-intended-recipient-name');
  if (intended !== undefined) checkOrName(bytes, intended, `${what}: originally-intended-recipient`, tell);
  const supplement = found.get('supplementary-information');
  if (supplement !== undefined)
    checkString(bytes, supplement, 'printable', LONGEST_SUPPLEMENT, `${what}: the supplementary-information`, tell);
  checkNumber(bytes, found, what, tell);
  const trace = found.get('last-trace-information');
  if (trace !== undefined) checkLastTrace(bytes, trace, what, tell);
  const extensions = found.get('extensions');
  if (extensions !== undefined) checkExtensions(bytes, extensions, what, tell);
}

/** LastTraceInformation: SET { [0] arrival-time, converted types, [1] CHOICE { [0] SET { [0] message-delivery-time, … }, … } }. */
function checkLastTrace(bytes: Uint8Array, trace: Tlv, what: string, tell: Tell): void {
  for (const part of parts(bytes, trace)) {
    if (part.key === C(0)) checkTime(bytes, part, `${what}: the arrival-time`, tell);
    const report = part.key === C(1) ? readTlv(bytes, part.content, part.contentEnd) : null;
    if (report?.key !== C(0)) continue;
    for (const field of parts(bytes, report))
      if (field.key === C(0)) checkTime(bytes, field, `${what}: the message-delivery-time`, tell);
  }
}

function checkNumber(bytes: Uint8Array, found: ReadonlyMap<string, Tlv>, what: string, tell: Tell): void {
  const number = found.get('originally-specified-recipient-number');
  if (number === undefined || number.contentEnd === number.content) return;
  const value = integer(bytes, number.content, number.contentEnd);
  if (typeof value === 'number' && value >= 1 && value <= MOST_RECIPIENTS) return;
  tell('p1.recipient-number', `${what}: originally-specified-recipient-number ${value}`);
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
    checkNumber(bytes, found, label, tell);
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
