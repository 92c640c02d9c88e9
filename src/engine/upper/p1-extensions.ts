import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { bit, bitString, oid, stringOctets } from '../../asn1/contents.ts';
import { parts, small } from './elements.ts';
import { checkDomain, checkOrName } from './name-check.ts';
import { checkTime, checkTrace, LONGEST_MTA_NAME } from './p1-trace.ts';
import { checkString, type Tell, tooLong } from './string-check.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const DOMAIN = key(APPLICATION, 3);
const PRINTABLE = key(0, TAG.printable);
const OR_NAME = key(APPLICATION, 0);
const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);
const UTC_TIME = key(0, TAG.utcTime);

/** Highest standard extension type that the 1999 edition defines. */
const LAST_EXTENSION = 46;

type Check = (bytes: Uint8Array, value: Tlv, what: string, tell: Tell) => void;

/** A SEQUENCE OF with an upper bound. */
const list =
  (name: string, most: number): Check =>
  (bytes, value, what, tell) =>
    tooLong(parts(bytes, value).length, most, `${what}: the ${name}`, tell, 'elements');

const name =
  (label: string): Check =>
  (bytes, value, what, tell) =>
    checkOrName(bytes, value, `${what}: ${label}`, tell);

/** Names and times of a redirection or an expansion, however they nest (RedirectionHistory, DLExpansionHistory). */
const steps = (bytes: Uint8Array, value: Tlv, what: string, tell: Tell): void => {
  for (const part of parts(bytes, value)) {
    if (part.key === OR_NAME) checkOrName(bytes, part, what, tell);
    else if (part.key === UTC_TIME) checkTime(bytes, part, `${what}: a time`, tell);
    else if (part.key === SEQUENCE) steps(bytes, part, what, tell);
  }
};

const history =
  (label: string, most: number): Check =>
  (bytes, value, what, tell) => {
    list(label, most)(bytes, value, what, tell);
    steps(bytes, value, `${what}: ${label}`, tell);
  };

const LONGEST_PRIVACY_MARK = 128;
const MOST_CATEGORIES = 64;
const LONGEST_CORRELATOR = 512;

/** SecurityLabel: SET { policy, classification, privacy-mark, categories }, all with universal tags. */
const label: Check = (bytes, value, what, tell) => {
  for (const part of parts(bytes, value)) {
    if (part.key === PRINTABLE)
      checkString(bytes, part, 'printable', LONGEST_PRIVACY_MARK, `${what}: the privacy-mark`, tell);
    else if (part.key === SET) list('security-categories', MOST_CATEGORIES)(bytes, part, what, tell);
  }
};

/** ReportingMTAName: SEQUENCE { domain, mta-name, [0] mta-directory-name }. */
const reportingMta: Check = (bytes, value, what, tell) => {
  const own = `${what}: the reporting-MTA-name`;
  for (const part of parts(bytes, value)) {
    if (part.key === DOMAIN) checkDomain(bytes, part, own, tell);
    else if (part.cls === 0) checkString(bytes, part, 'ia5', LONGEST_MTA_NAME, own, tell);
  }
};

/** What an extension's value shows by itself, by standard type (X.411 figure 4, annex B). */
const VALUES: ReadonlyMap<number, Check> = new Map<number, Check>([
  [2, name('originator-requested-alternate-recipient')],
  [5, (bytes, value, what, tell) => void checkTime(bytes, value, `${what}: latest-delivery-time`, tell)],
  [
    11,
    (bytes, value, what, tell) =>
      checkString(bytes, value, 'teletex', 32, `${what}: the physical-recipient-number-for-advice`, tell),
  ],
  [20, label],
  [
    23,
    (bytes, value, what, tell) =>
      tooLong(stringOctets(bytes, value).length, LONGEST_CORRELATOR, `${what}: the content-correlator`, tell, 'octets'),
  ],
  [25, history('redirection-history', 512)],
  [26, history('dl-expansion-history', 512)],
  [30, history('originator-and-dl-expansion-history', 513)],
  [31, name('reporting-DL-name')],
  [37, (bytes, value, what, tell) => checkTrace(bytes, value, false, what, tell)],
  [38, (bytes, value, what, tell) => checkTrace(bytes, value, true, what, tell)],
  [39, reportingMta],
]);

/** X.411 §9.1 to 9.3: one extension of a kind; the critical ones have to be understood. */
export function checkExtensions(bytes: Uint8Array, extensions: Tlv, what: string, tell: Tell): void {
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
    const check = standard === null ? undefined : VALUES.get(standard);
    if (check !== undefined && value !== null && value.fault === null) check(bytes, value, what, tell);
  }
}
