import type { LengthBasis, Profile, Rounding } from './knobs.ts';

/*
 * The admissible models of a profile, counted. A model is one joint choice of the profile's free numbers: element payload, rounding,
 * length basis and legal limit.
 */

/** A header is four octets; a shorter "packet" leaves nothing to read. */
export const HEADER = 4;

export const BASIS_OFF: Readonly<Record<LengthBasis, number>> = { whole: 0, tpdu: 4, 'user-data': 7 };

export const BASIS_WORDS: Readonly<Record<LengthBasis, string>> = {
  whole: 'the whole TPKT',
  tpdu: 'the TPDU',
  'user-data': 'the user data',
};

/** What the free numbers may be. Payload: the octets of an element that a request can fill. */
export interface Span {
  readonly payloads: readonly [number, number];
  readonly limits: readonly [number, number];
  readonly offs: readonly number[];
  readonly roundings: readonly Rounding[];
}

export function spanOf(profile: Profile): Span {
  const { elementDataBytes, reservedPerElement, maxElements, lengthBasis, rounding } = profile.fields;
  return {
    payloads: [
      elementDataBytes.range.min - reservedPerElement.range.max,
      elementDataBytes.range.max - reservedPerElement.range.min,
    ],
    limits: [maxElements.range.min, maxElements.range.max],
    offs: lengthBasis.range.map(basis => BASIS_OFF[basis]),
    roundings: rounding.range,
  };
}

/** Elements that a TPKT of `length` octets asks for: at least the one in hand, 0 below four octets. */
export function elements(length: number, payload: number, off: number, up: boolean): number {
  if (length < HEADER) return 0;
  const octets = length - off;
  const n = up ? Math.ceil(octets / payload) : Math.floor(octets / payload);
  return Math.max(n, 1);
}

/** Models that call a request of this length illegal. */
export function countFatal(span: Span, length: number): number {
  const limits = span.limits[1] - span.limits[0] + 1;
  let fatal = 0;
  for (const rounding of span.roundings) {
    for (const off of span.offs) {
      for (let payload = span.payloads[0]; payload <= span.payloads[1]; payload++) {
        const n = elements(length, payload, off, rounding === 'ceil');
        fatal += Math.min(Math.max(n - span.limits[0], 0), limits);
      }
    }
  }
  return fatal;
}

export function countAll(span: Span): number {
  const payloads = span.payloads[1] - span.payloads[0] + 1;
  const limits = span.limits[1] - span.limits[0] + 1;
  return payloads * limits * span.offs.length * span.roundings.length;
}

export function elementRange(span: Span, length: number): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const rounding of span.roundings) {
    for (const off of span.offs) {
      least = Math.min(least, elements(length, span.payloads[1], off, rounding === 'ceil'));
      most = Math.max(most, elements(length, span.payloads[0], off, rounding === 'ceil'));
    }
  }
  return [least, most];
}
