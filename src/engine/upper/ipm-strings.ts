import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { parts } from './elements.ts';
import { checkOrName } from './name-check.ts';
import { checkTime } from './p1-trace.ts';
import { checkString, type Tell } from './string-check.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const OR_NAME = key(APPLICATION, 0);
const IPM_IDENTIFIER = key(APPLICATION, 11);
const CHOICE = C(0);
const NON_RECEIPT = C(0);
const RECEIPT = C(1);
const RECEIPT_TIME = C(0);
/** Of a non-receipt, and the supplementary information of a receipt. */
const COMMENT = C(2);

/** Upper bounds of X.420 annex (IPMSUpperBounds), in characters. */
const LONGEST_IDENTIFIER = 64;
const LONGEST_SUBJECT = 128;
const LONGEST_FREE_FORM_NAME = 64;
const LONGEST_TELEPHONE_NUMBER = 32;
/** ub-auto-forward-comment, and ub-supplementary-info-length of X.411. */
const LONGEST_COMMENT = 256;

type Check = (bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell) => void;

/** IPMIdentifier: SET { user ORName, user-relative-identifier PrintableString }. */
const identifier: Check = (bytes, tlv, what, tell) => {
  for (const part of parts(bytes, tlv)) {
    if (part.key === OR_NAME) checkOrName(bytes, part, what, tell);
    else if (part.key === key(0, TAG.printable))
      checkString(bytes, part, 'printable', LONGEST_IDENTIFIER, `${what}: user-relative-identifier`, tell);
  }
};

/** ORDescriptor: SET { formal-name ORName, [0] free-form-name TeletexString, [1] telephone-number PrintableString }. */
const descriptor: Check = (bytes, tlv, what, tell) => {
  for (const part of parts(bytes, tlv)) {
    if (part.key === OR_NAME) checkOrName(bytes, part, what, tell);
    else if (part.key === C(0))
      checkString(bytes, part, 'teletex', LONGEST_FREE_FORM_NAME, `${what}: free-form-name`, tell);
    else if (part.key === C(1))
      checkString(bytes, part, 'printable', LONGEST_TELEPHONE_NUMBER, `${what}: telephone-number`, tell);
  }
};

/** RecipientSpecifier: SET { [0] ORDescriptor, … }. */
const recipient: Check = (bytes, tlv, what, tell) => {
  for (const part of parts(bytes, tlv)) if (part.key === C(0)) descriptor(bytes, part, what, tell);
};

const each =
  (check: Check): Check =>
  (bytes, tlv, what, tell) => {
    for (const part of parts(bytes, tlv)) check(bytes, part, what, tell);
  };

const subject: Check = (bytes, tlv, what, tell) => {
  const inner = tlv.constructed ? readTlv(bytes, tlv.content, tlv.contentEnd) : null;
  if (inner !== null && inner.cls === 0) checkString(bytes, inner, 'teletex', LONGEST_SUBJECT, what, tell);
};

const time: Check = (bytes, tlv, what, tell) => void checkTime(bytes, tlv, what, tell);

/** The choice of a notification: of a non-receipt there is a comment, of a receipt a time and a supplement. */
const outcome: Check = (bytes, tlv, _what, tell) => {
  const fields = readTlv(bytes, tlv.content, tlv.contentEnd);
  if (fields === null || (fields.key !== NON_RECEIPT && fields.key !== RECEIPT)) return;
  const comment = fields.key === RECEIPT ? 'the suppl-receipt-info' : 'the auto-forward-comment';
  for (const part of parts(bytes, fields)) {
    if (part.key === COMMENT) checkString(bytes, part, 'printable', LONGEST_COMMENT, comment, tell);
    else if (fields.key === RECEIPT && part.key === RECEIPT_TIME) time(bytes, part, 'the receipt-time', tell);
  }
};

type Members = ReadonlyMap<number, readonly [name: string, check: Check]>;

/** Members of a heading and of a notification that hold strings or times (X.420 §7.2, §8). */
const HEADING: Members = new Map<number, readonly [string, Check]>([
  [IPM_IDENTIFIER, ['this-IPM', identifier]],
  [C(0), ['originator', descriptor]],
  [C(1), ['authorizing-users', each(descriptor)]],
  [C(2), ['primary-recipients', each(recipient)]],
  [C(3), ['copy-recipients', each(recipient)]],
  [C(4), ['blind-copy-recipients', each(recipient)]],
  [C(5), ['replied-to-IPM', identifier]],
  [C(6), ['obsoleted-IPMs', each(identifier)]],
  [C(7), ['related-IPMs', each(identifier)]],
  [C(8), ['the subject', subject]],
  [C(9), ['the expiry-time', time]],
  [C(10), ['the reply-time', time]],
  [C(11), ['reply-recipients', each(descriptor)]],
]);
const NOTIFICATION: Members = new Map<number, readonly [string, Check]>([
  [IPM_IDENTIFIER, ['subject-ipm', identifier]],
  [C(1), ['ipn-originator', descriptor]],
  [C(2), ['ipm-intended-recipient', descriptor]],
  [CHOICE, ['', outcome]],
]);

export function checkHeadingStrings(bytes: Uint8Array, heading: Tlv, tell: Tell): void {
  check(bytes, heading, HEADING, tell);
}

export function checkNotificationStrings(bytes: Uint8Array, ipn: Tlv, tell: Tell): void {
  check(bytes, ipn, NOTIFICATION, tell);
}

/** The bounds and alphabets are those of names in an envelope; what is told is told of the content. */
function check(bytes: Uint8Array, set: Tlv, members: Members, tell: Tell): void {
  const own: Tell = (code, detail) => tell(code.replace(/^p1\./, 'p22.'), detail);
  for (const part of parts(bytes, set)) {
    if (part.fault !== null) return;
    const known = members.get(part.key);
    if (known !== undefined) known[1](bytes, part, known[0], own);
  }
}
