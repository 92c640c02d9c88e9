import { APPLICATION, CONTEXT, key, TAG, type Tlv } from '../../asn1/ber.ts';
import { bitString, stringOctets } from '../../asn1/contents.ts';
import { latin1 } from '../../base/text.ts';
import { domainName } from '../../x400/oraddress.ts';
import { parts, small } from './elements.ts';
import { checkDomain } from './name-check.ts';
import { checkString, type Tell, tooLong } from './string-check.ts';

const DOMAIN = key(APPLICATION, 3);
const C = (tag: number): number => key(CONTEXT, tag);
const SET = key(0, TAG.set);
const IA5 = key(0, TAG.ia5);

/** ub-mta-name-length and ub-transfers (X.411 annex B). */
export const LONGEST_MTA_NAME = 32;
const MOST_TRANSFERS = 512;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month, 1 for January; 0 where there is no such month. A UTCTime's year 00 is 2000. */
function daysIn(month: number, year: number): number {
  return month === 2 && year % 4 === 0 ? 29 : (DAYS[month - 1] ?? 0);
}

/** UTCTime: YYMMDDhhmm[ss](Z|±hhmm). */
export function checkTime(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): number | null {
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
  const away = zone === '+' || zone === '-';
  const hours = away ? pair() : 0;
  const minutes = away ? pair() : 0;
  const sound =
    at === end &&
    (zone === '' || zone === 'Z' || away) &&
    day >= 1 &&
    day <= daysIn(month, year) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    hours < 24 &&
    minutes < 60;
  if (!sound) {
    tell('p1.time', `${what} is no UTCTime`);
    return null;
  }
  if (zone === '') {
    tell('p1.time', `${what} has no time zone`);
    return null;
  }
  const aside = (hours * 60 + minutes) * 60;
  const local = Date.UTC(year < 50 ? 2000 + year : 1900 + year, month - 1, day, hour, minute, second) / 1000;
  return zone === '-' ? local + aside : local - aside;
}

/** Loops and times that run backwards, in the trace of domains or of MTAs (X.411 §12.2.1). */
export function checkTrace(bytes: Uint8Array, trace: Tlv, internal: boolean, what: string, tell: Tell): void {
  const passed = new Set<string>();
  const kind = internal ? 'internal trace' : 'trace';
  const label = `${what}: the ${kind}`;
  let last: number | null = null;
  const elements = parts(bytes, trace);
  tooLong(elements.length, MOST_TRANSFERS, label, tell, 'elements');
  for (const element of elements) {
    let domain = '';
    let mta = '';
    let action: number | null = null;
    let arrival: number | null = null;
    let redone = false;
    for (const part of parts(bytes, element)) {
      if (part.key === DOMAIN) {
        domain = domainName(bytes, part);
        checkDomain(bytes, part, label, tell);
      } else if (part.key !== SET) {
        mta = latin1(stringOctets(bytes, part));
        checkString(bytes, part, 'ia5', LONGEST_MTA_NAME, `${label}: mta-name`, tell);
      } else {
        for (const info of parts(bytes, part)) {
          if (info.key === DOMAIN) checkDomain(bytes, info, `${label}: attempted`, tell);
          else if (info.key === IA5)
            checkString(bytes, info, 'ia5', LONGEST_MTA_NAME, `${label}: attempted mta-name`, tell);
          else if (info.key === C(0)) arrival = checkTime(bytes, info, `${what}: arrival time in the ${kind}`, tell);
          else if (info.key === C(1)) checkTime(bytes, info, `${what}: deferred time in the ${kind}`, tell);
          else if (info.key === C(2)) action = small(bytes, info);
          else if (info.key === C(3)) redone = bitString(bytes, info).octets.some(octet => octet !== 0);
        }
      }
    }
    const place = internal ? `${mta} ${domain}` : domain;
    // Where a redirection or an expansion gave the message new recipients, it may pass anybody again; and so it may where it is rerouted.
    if (redone) passed.clear();
    else if (action === 0 && passed.has(place)) {
      tell(internal ? 'p1.internal-trace-loop' : 'p1.trace-loop', `${what}: the ${kind} names ${place} again`);
    } else if (action === 0) passed.add(place);
    if (arrival !== null && last !== null && arrival < last) {
      tell('p1.trace-time', `${what}: the ${kind} goes back by ${last - arrival} s at ${place}`);
    }
    last = arrival ?? last;
  }
}
