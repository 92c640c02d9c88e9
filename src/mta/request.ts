import { thousands } from '../base/numbers.ts';
import type { Models } from '../model/finding.ts';
import { assumptionsOf, hex, type OpenQuestions } from './assumptions.ts';
import type { LengthBasis, Profile, Rounding } from './knobs.ts';
import {
  BASIS_OFF,
  BASIS_WORDS,
  countAll,
  countFatal,
  elementRange,
  elements,
  HEADER,
  type Span,
  spanOf,
} from './models.ts';

/*
 * What one TPKT header makes the machine ask for, and how many of the profile's admissible models call that illegal (docs/mta.md).
 * A model is one joint choice of the profile's free numbers: element payload, rounding, length basis, legal limit, and the checks and
 * the correction where a profile leaves them open. The rival family is a profile of its own and never part of another's models.
 */

/** Longest length that the two length octets can say. */
export const MAX_LENGTH = 65535;
const VERSION = 3;

/** What becomes of the request under the profile. */
export type Outcome =
  | 'normal' // legal under every model
  | 'possible' // illegal under some: mta.9404-possible
  | 'fatal' // illegal under all: mta.9404
  | 'fixed' // illegal before the correction, which this profile has: mta.9404-fixed
  | 'refused' // a check that the user switched on stops the header before it asks
  | 'nothing'; // lengths 0 to 3: no octets to request

export interface Assessment {
  readonly outcome: Outcome;
  /** The request under the profile's own values. */
  readonly headers: number;
  readonly elements: number;
  /** The request as the event prints it; null for one that is legal. */
  readonly printed: PrintedRequest | null;
  /** Smallest and largest element count over the admissible models. */
  readonly range: [number, number];
  readonly models: Models;
  /** The same, the correction left aside. */
  readonly uncorrected: Models;
  /** How many models call it illegal, and how many there are. */
  readonly fatalModels: number;
  readonly totalModels: number;
  /**
   * Octets by which the declared length may shrink before the verdict's zone changes; for a legal request, octets by which it may
   * grow. 0 where no request is made.
   */
  readonly margin: number;
  /** What the verdict rests on, in words. */
  readonly assumptions: string[];
}

/** What an event prints: numbers of a model that calls the request illegal. */
export interface PrintedRequest {
  readonly headers: number;
  readonly elements: number;
  /** That model in words, where others call the request legal. */
  readonly model: string | null;
}

/** A profile made ready for arithmetic. */
export interface RequestModel {
  readonly payload: number;
  readonly off: number;
  readonly up: boolean;
  readonly headersPerElement: number;
  /** Every model refuses a header with another version; one with a length beyond what was negotiated. */
  readonly checksVersion: boolean;
  readonly checksSize: boolean;
  /** Smallest length that some model calls illegal, and smallest that all do; above MAX_LENGTH when none is. */
  readonly someFrom: number;
  readonly allFrom: number;
}

const compiled = new WeakMap<Profile, RequestModel>();

/** The arithmetic of a profile; computed once for each profile object. */
export function requestModel(profile: Profile): RequestModel {
  let model = compiled.get(profile);
  if (model === undefined) {
    model = compile(profile);
    compiled.set(profile, model);
  }
  return model;
}

/** Elements that a TPKT of this length asks for under the profile's own values: at least the one in hand, 0 below four octets. */
export function elementsOf(model: RequestModel, length: number): number {
  return elements(length, model.payload, model.off, model.up);
}

/** Elements that the machine asks for when it reads this header: none for one that a check of the profile stops. */
export function requested(model: RequestModel, length: number, versionOctet: number, tpduSize: number | null): number {
  return refuses(model, length, versionOctet, tpduSize) ? 0 : elementsOf(model, length);
}

/** Whether a check of the profile stops this header before it asks. */
export function refuses(model: RequestModel, length: number, versionOctet: number, tpduSize: number | null): boolean {
  return refusesVersion(model, versionOctet) || refusesSize(model, length, tpduSize);
}

function refusesVersion(model: RequestModel, versionOctet: number): boolean {
  return model.checksVersion && versionOctet !== VERSION;
}

function refusesSize(model: RequestModel, length: number, tpduSize: number | null): tpduSize is number {
  return model.checksSize && exceeds(length, tpduSize);
}

function exceeds(length: number, tpduSize: number | null): tpduSize is number {
  return tpduSize !== null && length > tpduSize + HEADER;
}

/** The largest length that no admissible model calls illegal: the hot path compares with this and asks further only above it. */
export function quietLength(profile: Profile): number {
  return Math.min(requestModel(profile).someFrom - 1, MAX_LENGTH);
}

/**
 * The verdict on four octets that the machine takes for a TPKT header.
 *
 * `tpduSize` is the negotiated TPDU size in octets, when known; only a `tpduSizeCheck` that may be strict looks at it. The reserved octet is not
 * an argument because no version checks it (Q151626, Q157015).
 */
export function assess(
  profile: Profile,
  declaredLength: number,
  versionOctet: number,
  tpduSize: number | null = null,
): Assessment {
  const model = requestModel(profile);
  if (refusesVersion(model, versionOctet))
    return refused(`the version octet is ${hex(versionOctet)}, not 03: a version check refuses this header`);
  if (declaredLength < HEADER) return nothing(declaredLength);
  if (refusesSize(model, declaredLength, tpduSize)) {
    return refused(
      `the TPDU size check is on: ${thousands(declaredLength)} octets exceed the negotiated ${thousands(tpduSize)} and 4`,
    );
  }

  const span = spanOf(profile);
  const open = openQuestions(profile, versionOctet, exceeds(declaredLength, tpduSize));
  const divided = open.version || open.size || open.fixed;
  const zone = zoneOf(model, declaredLength);
  const models: Models = divided && zone === 'all' ? 'some' : zone;
  const total = countAll(span);
  const fatal = zone === 'all' ? total : zone === 'none' ? 0 : countFatal(span, declaredLength);
  const [least, most] = elementRange(span, declaredLength);
  const n = elementsOf(model, declaredLength);
  const fixed = !profile.fields.fixed.range.includes(false);
  const outcome: Outcome = models === 'none' ? 'normal' : fixed ? 'fixed' : models === 'all' ? 'fatal' : 'possible';
  return {
    outcome,
    headers: n * model.headersPerElement,
    elements: n,
    printed: models === 'none' ? null : printedRequest(profile, span, declaredLength, zone),
    range: [open.version || open.size ? 0 : least, most],
    models: fixed ? 'none' : models,
    uncorrected: models,
    fatalModels: fixed ? 0 : fatal,
    totalModels: Object.values(open).reduce((sum, asked) => (asked ? sum * 2 : sum), total),
    margin: marginOf(model, divided && zone === 'all' ? 'some' : zone, declaredLength),
    assumptions: models === 'none' ? [] : assumptionsOf(profile, span, zone, declaredLength, versionOctet, open),
  };
}

/** What the profile leaves open and this header asks: each halves the models that can call it illegal. */
function openQuestions({ fields }: Profile, versionOctet: number, tooLong: boolean): OpenQuestions {
  return {
    version: versionOctet !== VERSION && fields.versionCheck.range.length > 1,
    size: tooLong && fields.tpduSizeCheck.range.length > 1,
    fixed: fields.fixed.range.length > 1,
  };
}

export type RequestCode = 'mta.9404' | 'mta.9404-possible' | 'mta.9404-fixed' | 'mta.unknown-request';

const CODES: Readonly<Record<Outcome, RequestCode | null>> = {
  normal: null,
  possible: 'mta.9404-possible',
  fatal: 'mta.9404',
  fixed: 'mta.9404-fixed',
  refused: null,
  nothing: 'mta.unknown-request',
};

/** The rule that a verdict falls under; null when there is nothing to report. */
export function codeOf(outcome: Outcome): RequestCode | null {
  return CODES[outcome];
}

/** Lengths [from, to] for which exactly `n` elements are asked for; null when no length does. */
export function lengthsFor(
  n: number,
  payload: number,
  basis: LengthBasis,
  rounding: Rounding,
): [number, number] | null {
  const off = BASIS_OFF[basis];
  if (n < 1) return null;
  // One element is asked for at least, so that rounding down gives 1 for every length below two payloads.
  const from = n === 1 ? HEADER : rounding === 'ceil' ? (n - 1) * payload + 1 + off : n * payload + off;
  const to = rounding === 'ceil' ? n * payload + off : (n + 1) * payload - 1 + off;
  const low = Math.max(from, HEADER);
  const high = Math.min(to, MAX_LENGTH);
  return low <= high ? [low, high] : null;
}

/** Payloads [from, to] for which a TPKT of `length` octets asks for exactly `n` elements; null when no payload does. */
export function payloadsFor(
  length: number,
  n: number,
  basis: LengthBasis,
  rounding: Rounding,
): [number, number] | null {
  const octets = length - BASIS_OFF[basis];
  if (n < 1 || length < HEADER) return null;
  if (octets <= 0) return n === 1 ? [1, MAX_LENGTH] : null;
  const from = rounding === 'ceil' ? Math.ceil(octets / n) : Math.floor(octets / (n + 1)) + 1;
  const to = n === 1 ? MAX_LENGTH : rounding === 'ceil' ? Math.floor((octets - 1) / (n - 1)) : Math.floor(octets / n);
  return from <= to ? [from, to] : null;
}

function compile(profile: Profile): RequestModel {
  const { fields } = profile;
  const span = spanOf(profile);
  let someFrom = Number.POSITIVE_INFINITY;
  let allFrom = 0;
  for (const rounding of span.roundings) {
    for (const off of span.offs) {
      someFrom = Math.min(someFrom, fatalFrom(span.limits[0], span.payloads[0], off, rounding));
      allFrom = Math.max(allFrom, fatalFrom(span.limits[1], span.payloads[1], off, rounding));
    }
  }
  return {
    payload: fields.elementDataBytes.value - fields.reservedPerElement.value,
    off: BASIS_OFF[fields.lengthBasis.value],
    up: fields.rounding.value === 'ceil',
    headersPerElement: fields.headersPerElement.value,
    checksVersion: !fields.versionCheck.range.includes('none'),
    checksSize: !fields.tpduSizeCheck.range.includes('none'),
    someFrom,
    allFrom,
  };
}

/** Smallest length whose request exceeds the limit; every larger one does too. */
function fatalFrom(limit: number, payload: number, off: number, rounding: Rounding): number {
  return Math.max(HEADER, rounding === 'ceil' ? limit * payload + 1 + off : (limit + 1) * payload + off);
}

function zoneOf(model: RequestModel, length: number): Models {
  if (length >= model.allFrom) return 'all';
  return length >= model.someFrom ? 'some' : 'none';
}

function marginOf(model: RequestModel, zone: Models, length: number): number {
  if (zone === 'all') return length - model.allFrom;
  if (zone === 'some') return length - model.someFrom;
  return Math.min(model.someFrom - 1, MAX_LENGTH) - length;
}

/**
 * The request under the profile's own values if some admissible limit makes those illegal, else under the nearest rounding, length basis
 * and element size with which one does.
 */
function printedRequest(profile: Profile, span: Span, length: number, zone: Models): PrintedRequest {
  const { lengthBasis, rounding, headersPerElement } = profile.fields;
  const { payload } = requestModel(profile);
  const request = (n: number, model: string | null) => ({
    headers: n * headersPerElement.value,
    elements: n,
    model,
  });
  const own = elementsOf(requestModel(profile), length);
  if (zone === 'all') return request(own, null);
  const [least] = span.limits;
  const nearest = <T>(value: T, range: readonly T[]): T[] => [value, ...range.filter(other => other !== value)];
  for (const size of [payload, span.payloads[0]]) {
    for (const up of nearest(rounding.value, span.roundings)) {
      for (const basis of nearest(lengthBasis.value, lengthBasis.range)) {
        const n = elements(length, size, BASIS_OFF[basis], up === 'ceil');
        if (n <= least) continue;
        const limit = Math.min(n - 1, span.limits[1]);
        const limits = limit === least ? `${least}` : `${least} to ${limit}`;
        const counts = `${up === 'ceil' ? 'rounds up' : 'rounds down'} and counts ${BASIS_WORDS[basis]}`;
        return request(
          n,
          `${counts} in elements of ${thousands(size)} octets, with a legal limit of ${limits} elements`,
        );
      }
    }
  }
  return request(own, null);
}

const NO_REQUEST = {
  headers: 0,
  elements: 0,
  printed: null,
  models: 'none',
  uncorrected: 'none',
  fatalModels: 0,
  totalModels: 0,
  margin: 0,
} as const;

function nothing(length: number): Assessment {
  const why = `a length of ${length} leaves no octets to request; what the machine does next is not known`;
  return { ...NO_REQUEST, outcome: 'nothing', range: [0, 0], assumptions: [why] };
}

function refused(why: string): Assessment {
  return { ...NO_REQUEST, outcome: 'refused', range: [0, 0], assumptions: [`${why}; nothing is requested`] };
}
