import {
  app,
  bitString,
  ctxc,
  ia5String,
  integer,
  nothing,
  octetString,
  printableString,
  sequence,
  set,
  teletexString,
  tlv,
  utcTime,
} from './ber.ts';
import type { Part } from './bytes.ts';

/** X.411 (1988) as far as an MTA's everyday messages go; module IMPLICIT TAGS, `[n]` over a CHOICE explicit. */

export interface Domain {
  readonly country: string;
  readonly admd: string;
  readonly prmd?: string;
}

export interface OrAddress extends Domain {
  readonly organization?: string;
  readonly surname: string;
  readonly given?: string;
}

const country = (c: string) => app(1, printableString(c));
const admd = (a: string) => app(2, printableString(a));

export const globalDomain = (d: Domain) =>
  app(3, country(d.country), admd(d.admd), d.prmd === undefined ? [] : printableString(d.prmd));

export const mtsIdentifier = (d: Domain, local: string, tag = 4) => app(tag, globalDomain(d), ia5String(local));

const attributes = (a: OrAddress): Part =>
  sequence(
    country(a.country),
    admd(a.admd),
    a.prmd === undefined ? [] : ctxc(2, printableString(a.prmd)),
    a.organization === undefined ? [] : printableString(a.organization, 0x83),
    ctxc(5, printableString(a.surname, 0x80), a.given === undefined ? [] : printableString(a.given, 0x81)),
  );

export const orName = (a: OrAddress) => app(0, attributes(a));
/** The ORName where a context tag replaces its own (the actual recipient of a report). */
export const orNameAs = (tag: number, a: OrAddress) => tlv(tag, attributes(a));

export const trace = (d: Domain, arrival: string) =>
  app(9, sequence(globalDomain(d), set(utcTime(arrival, 0x80), integer(0, 0x82))));

/** MTABindArgument and MTABindResult: a name and a simple password (X.411 §12.1.1). */
export const mtaName = (name: string, password: string) => ctxc(1, ia5String(name, 0x80), ctxc(1, ia5String(password)));
export const anonymousBind = () => nothing();

/** The [16], [17] and [18] of X.419's bind operation, normal mode only. */
export const bindArgument = (value: Part) => ctxc(16, value);
export const bindResult = (value: Part) => ctxc(17, value);
export const bindError = (code: number) => ctxc(18, integer(code));

export interface Envelope {
  readonly domain: Domain;
  readonly local: string;
  readonly originator: OrAddress;
  readonly recipients: readonly OrAddress[];
  readonly arrival: string;
  /** 0 normal, 1 non-urgent, 2 urgent. */
  readonly priority?: number;
  /** Built-in content type: 2 is P2, 22 is P22. */
  readonly contentType?: number;
  readonly contentIdentifier?: string;
}

const contentType = (n: number) => integer(n, 0x46);

const recipients = (e: Envelope): Part =>
  e.recipients.map((r, i) =>
    // responsibility, originating-MTA-non-delivery-report, non-delivery-report
    set(orName(r), integer(i + 1, 0x80), bitString('10101000', 0x81)),
  );

export const message = (e: Envelope, content: Part) =>
  ctxc(
    0,
    set(
      mtsIdentifier(e.domain, e.local),
      orName(e.originator),
      contentType(e.contentType ?? 2),
      e.contentIdentifier === undefined ? [] : printableString(e.contentIdentifier, 0x4a),
      integer(e.priority ?? 0, 0x47),
      ctxc(2, recipients(e)),
      trace(e.domain, e.arrival),
    ),
    octetString(content),
  );

export const probe = (e: Envelope, contentLength: number) =>
  ctxc(
    2,
    mtsIdentifier(e.domain, e.local),
    orName(e.originator),
    contentType(e.contentType ?? 2),
    integer(contentLength, 0x80),
    ctxc(2, recipients(e)),
    trace(e.domain, e.arrival),
  );

export interface ReportFacts {
  readonly domain: Domain;
  readonly local: string;
  readonly destination: OrAddress;
  readonly arrival: string;
  readonly subjectDomain: Domain;
  readonly subjectLocal: string;
  readonly recipients: readonly {
    readonly address: OrAddress;
    readonly delivered?: string;
    readonly reason?: number;
    readonly diagnostic?: number;
  }[];
}

export const report = (r: ReportFacts) =>
  ctxc(
    1,
    set(mtsIdentifier(r.domain, r.local), orName(r.destination), trace(r.domain, r.arrival)),
    set(
      mtsIdentifier(r.subjectDomain, r.subjectLocal),
      contentType(2),
      ctxc(
        0,
        ...r.recipients.map((to, i) =>
          set(
            orNameAs(0xa0, to.address),
            integer(i + 1, 0x81),
            bitString('10101000', 0x82),
            ctxc(
              3,
              utcTime(r.arrival, 0x80),
              ctxc(
                1,
                to.delivered === undefined
                  ? ctxc(
                      1,
                      integer(to.reason ?? 1, 0x80),
                      to.diagnostic === undefined ? [] : integer(to.diagnostic, 0x81),
                    )
                  : ctxc(0, utcTime(to.delivered, 0x80), integer(0, 0x81)),
              ),
            ),
          ),
        ),
      ),
    ),
  );

/** X.420: an interpersonal message with one IA5 text body part. */
export const ipm = (o: {
  originator: OrAddress;
  recipients: readonly OrAddress[];
  id: string;
  subject: string;
  text: Part;
}) =>
  ctxc(
    0,
    set(
      app(11, orName(o.originator), printableString(o.id)),
      ctxc(0, orName(o.originator)),
      ctxc(2, ...o.recipients.map(r => set(ctxc(0, orName(r))))),
      ctxc(8, teletexString(o.subject)),
    ),
    sequence(ctxc(0, set(integer(5, 0x80)), tlv(0x16, o.text))),
  );
