import type { Direction } from '../model/finding.ts';
import type { Stamp } from '../model/tsdu.ts';
import { type ClockOffset, clockOffset, type Timed } from './clock.ts';
import type { Interval, Knob, LengthBasis, Profile, ProfileFields, Rounding } from './knobs.ts';
import type { LogRecord } from './log/record.ts';
import { profileFile } from './profile.ts';
import { elementsOf, lengthsFor, payloadsFor, requestModel } from './request.ts';

/*
 * From the events that a server logged to what they say about its buffer manager: which TPKTs of the capture would have asked for
 * exactly that, what element size that implies, how the two clocks differ, and a profile narrowed by it.
 */

/** The element size that the crash reports show (docs/mta.md). */
const ATTESTED_ELEMENT = 2072;

/** A TPKT header of the capture, as the machine read it. */
export interface SeenTpkt {
  readonly frame: number;
  readonly stream: number;
  readonly direction: Direction;
  readonly streamOffset: number;
  readonly length: number;
  readonly time: Stamp;
}

/** A failed connect or a control block shortage that the emulation found: material for the clock. */
export interface SeenEvent {
  readonly id: 9215 | 9156;
  readonly winsock: number | null;
  readonly frame: number;
  readonly time: Stamp;
}

/** One admissible reading of an observed request. */
export interface Reading {
  readonly rounding: Rounding;
  readonly lengthBasis: LengthBasis;
  /** Lengths that ask for exactly the observed number; null when none does. */
  readonly lengths: [number, number] | null;
  /** Indices of `tpkts` with such a length. */
  readonly tpkts: number[];
}

export interface ImpliedSize {
  readonly rounding: Rounding;
  readonly lengthBasis: LengthBasis;
  /** Element payloads, in octets, for which this TPKT asks for exactly the observed number. */
  readonly sizes: [number, number] | null;
  readonly attestedInside: boolean;
}

export interface ObservedRequest {
  /** Index in the records given. */
  readonly record: number;
  readonly headers: number;
  readonly elements: number;
  readonly readings: Reading[];
  /** Indices of the TPKTs that fit at least one reading, ascending. */
  readonly candidates: number[];
  /** The TPKT that it was: the only candidate, or the one that the clocks choose. Null when several remain or none fits. */
  readonly cause: number | null;
  /** For the cause, or without one for the longest TPKT: what element size the observation implies. */
  readonly judged: number | null;
  readonly implied: ImpliedSize[];
}

/** A record of the log and what its time meets in a capture: a TPKT, or a failed connect or a shortage, which have none. */
export interface ClockPair {
  readonly record: number;
  readonly frame: number;
  /** Index of `tpkts`. */
  readonly tpkt: number | null;
}

export interface Calibration {
  readonly requests: ObservedRequest[];
  readonly clock: (Omit<ClockOffset, 'pairs'> & { readonly pairs: readonly ClockPair[] }) | null;
  /** Content of a profile file that `--profile` takes. */
  readonly profile: object;
  /** What was concluded and what could not be, one sentence each. */
  readonly notes: string[];
}

/** The shortest and longest TPKT that matter for these records; a caller with millions of TPKTs keeps these and the longest one. */
export function lengthWindow(profile: Profile, records: readonly LogRecord[]): [number, number] | null {
  let window: [number, number] | null = null;
  for (const record of records) {
    if (record.elements === null) continue;
    for (const { lengths } of readingsOf(profile, record.elements, [])) {
      if (lengths === null) continue;
      window = window === null ? lengths : [Math.min(window[0], lengths[0]), Math.max(window[1], lengths[1])];
    }
  }
  return window;
}

/** `tpkts` and `events` in order of frame; `records` as the log reader gives them. */
export function calibrate(
  profile: Profile,
  records: readonly LogRecord[],
  tpkts: readonly SeenTpkt[],
  events: readonly SeenEvent[] = [],
): Calibration {
  const notes: string[] = [];
  const observed = records.flatMap((record, index) =>
    record.id === 9404 && record.elements !== null ? [{ index, record, elements: record.elements }] : [],
  );
  if (observed.length === 0) notes.push('no 9404 with its numbers was found in the log: nothing to calibrate by');
  const read = observed.map(({ index, record, elements }) => {
    const readings = readingsOf(profile, elements, tpkts);
    const candidates = [...new Set(readings.flatMap(reading => reading.tpkts))].sort((a, b) => a - b);
    return { index, headers: record.headers ?? elements, elements, readings, candidates };
  });

  const clock = matchClocks(records, read, tpkts, events);
  const requests = read.map(({ index, headers, elements, readings, candidates }): ObservedRequest => {
    const cause = candidates.length === 1 ? candidates[0]! : (clock?.causes.get(index) ?? null);
    const judged = cause ?? longest(tpkts);
    const implied = judged === null ? [] : impliedBy(profile, tpkts[judged]!.length, elements);
    return { record: index, headers, elements, readings, candidates, cause, judged, implied };
  });
  for (const request of requests) notes.push(noteOn(request, tpkts));
  return { requests, clock: clock?.offset ?? null, profile: narrowed(profile, records, requests, tpkts, notes), notes };
}

function readingsOf(profile: Profile, elements: number, tpkts: readonly SeenTpkt[]): Reading[] {
  const { rounding, lengthBasis } = profile.fields;
  const [small, large] = payloadSpan(profile);
  return rounding.range.flatMap(round =>
    lengthBasis.range.map((basis): Reading => {
      const low = lengthsFor(elements, small, basis, round);
      const high = lengthsFor(elements, large, basis, round);
      const lengths: [number, number] | null = low === null ? null : [low[0], high === null ? low[1] : high[1]];
      const fits: number[] = [];
      if (lengths !== null) {
        for (let i = 0; i < tpkts.length; i++) {
          if (tpkts[i]!.length >= lengths[0] && tpkts[i]!.length <= lengths[1]) fits.push(i);
        }
      }
      return { rounding: round, lengthBasis: basis, lengths, tpkts: fits };
    }),
  );
}

function impliedBy(profile: Profile, length: number, elements: number): ImpliedSize[] {
  const { rounding, lengthBasis } = profile.fields;
  return rounding.range.flatMap(round =>
    lengthBasis.range.map((basis): ImpliedSize => {
      const sizes = payloadsFor(length, elements, basis, round);
      const attestedInside = sizes !== null && sizes[0] <= ATTESTED_ELEMENT && ATTESTED_ELEMENT <= sizes[1];
      return { rounding: round, lengthBasis: basis, sizes, attestedInside };
    }),
  );
}

function longest(tpkts: readonly SeenTpkt[]): number | null {
  let best: number | null = null;
  for (let i = 0; i < tpkts.length; i++) if (best === null || tpkts[i]!.length > tpkts[best]!.length) best = i;
  return best;
}

/** Match what the log timed with what the capture timed; `causes` are the TPKTs that the offset picks for 9404 records. */
function matchClocks(
  records: readonly LogRecord[],
  read: readonly { readonly index: number; readonly candidates: readonly number[] }[],
  tpkts: readonly SeenTpkt[],
  events: readonly SeenEvent[],
): { offset: NonNullable<Calibration['clock']>; causes: Map<number, number> } | null {
  const log: (Timed & { readonly record: number })[] = [];
  const capture: (Timed & Omit<ClockPair, 'record'>)[] = [];
  for (const [record, { id, time, winsock }] of records.entries()) {
    if (time === null) continue;
    // A 9404 meets only the TPKTs that could have caused that very request.
    const kind = id === 9404 ? `9404 #${record}` : id === 9215 ? `9215/${winsock}` : `${id}`;
    log.push({ kind, seconds: time.seconds, record });
  }
  for (const { index, candidates } of read) {
    for (const tpkt of candidates) {
      const { frame, time } = tpkts[tpkt]!;
      capture.push({ kind: `9404 #${index}`, seconds: seconds(time), frame, tpkt });
    }
  }
  for (const event of events) {
    const kind = event.id === 9215 ? `9215/${event.winsock}` : `${event.id}`;
    capture.push({ kind, seconds: seconds(event.time), frame: event.frame, tpkt: null });
  }
  const offset = clockOffset(log, capture);
  if (offset === null) return null;
  const pairs = offset.pairs.map((pair): ClockPair => {
    const { frame, tpkt } = capture[pair.capture]!;
    return { record: log[pair.log]!.record, frame, tpkt };
  });
  const causes = new Map<number, number>();
  if (offset.unique) for (const { record, tpkt } of pairs) if (tpkt !== null) causes.set(record, tpkt);
  return { offset: { ...offset, pairs }, causes };
}

function noteOn(request: ObservedRequest, tpkts: readonly SeenTpkt[]): string {
  const asked = `${request.headers} headers and ${request.elements} elements`;
  if (request.cause !== null) {
    const { frame, length } = tpkts[request.cause]!;
    return `the request for ${asked} is the header in frame ${frame}, length ${length}`;
  }
  if (request.candidates.length > 1) {
    return `${request.candidates.length} TPKTs of the capture ask for ${asked}; the times do not choose between them`;
  }
  return `no TPKT of the capture asks for ${asked} under this profile`;
}

/** The profile with what the observations exclude taken out of its ranges. */
function narrowed(
  profile: Profile,
  records: readonly LogRecord[],
  requests: readonly ObservedRequest[],
  tpkts: readonly SeenTpkt[],
  notes: string[],
): object {
  let fields: ProfileFields = profile.fields;
  for (const request of requests) {
    const source = `calibrated by event 9404 (${request.headers} headers, ${request.elements} elements)`;
    if (request.cause !== null) fields = withCause(fields, request, source);
    else if (request.candidates.length === 0 && request.judged !== null) {
      notes.push(
        `if the longest TPKT (frame ${tpkts[request.judged]!.frame}, ${tpkts[request.judged]!.length} octets) was the cause, an element would have to hold another number of octets than this profile's`,
      );
    }
    fields = { ...fields, maxElements: limited(fields.maxElements, request.elements, source, notes) };
    fields = withSurvivors(fields, profile, request, tpkts, source);
    const { thread } = records[request.record]!;
    if (thread !== null) fields = { ...fields, threadNumber: pin(thread, 'D', source) };
    if (request.headers !== request.elements * fields.headersPerElement.value) {
      notes.push(`${request.headers} headers for ${request.elements} elements do not fit one header an element`);
    }
  }
  const base = profileBase(profile);
  const title = `${profile.title}, calibrated by an event log`;
  return profileFile({ ...profile, name: `${base}-calibrated`, title, fields, overrides: {} }, base);
}

/** The cause is known: keep the roundings and bases under which it asks for what was logged. */
function withCause(fields: ProfileFields, request: ObservedRequest, source: string): ProfileFields {
  const fits = request.readings.filter(reading => reading.tpkts.includes(request.cause!));
  const roundings = fields.rounding.range.filter(value => fits.some(reading => reading.rounding === value));
  const bases = fields.lengthBasis.range.filter(value => fits.some(reading => reading.lengthBasis === value));
  return {
    ...fields,
    rounding: keep(fields.rounding, roundings, source),
    lengthBasis: keep(fields.lengthBasis, bases, source),
  };
}

function keep<T extends Rounding | LengthBasis>(knob: Knob<T>, values: readonly T[], source: string): Knob<T> {
  if (values.length === 0 || values.length === (knob.range as readonly T[]).length) return knob;
  const value = values.includes(knob.value) ? knob.value : values[0]!;
  return { value, provenance: 'I', source, range: values } as unknown as Knob<T>;
}

/** A request for `illegal` elements was refused: the limit is below. */
function limited(knob: Knob<number>, illegal: number, source: string, notes: string[]): Knob<number> {
  const max = Math.min(knob.range.max, illegal - 1);
  if (max === knob.range.max) return knob;
  if (max < 1) {
    notes.push('a request for a single element was refused: that is no limit but something else');
    return knob;
  }
  const min = Math.min(knob.range.min, max);
  if (min < knob.range.min)
    notes.push(`the limit must be below ${illegal} elements, though ${knob.range.min} are attested as legal`);
  return { value: Math.min(knob.value, max), provenance: 'I', source, range: { min, max } };
}

/** Longer TPKTs that the same receiver took in before the fatal one were legal there. */
function withSurvivors(
  fields: ProfileFields,
  profile: Profile,
  request: ObservedRequest,
  tpkts: readonly SeenTpkt[],
  source: string,
): ProfileFields {
  if (request.cause === null) return fields;
  const cause = tpkts[request.cause]!;
  // The fewest elements that any of the models asks for.
  const lenient = { ...requestModel(profile), payload: payloadSpan(profile)[1], up: false, off: 7 };
  let legal = 0;
  for (const seen of tpkts) {
    if (seen.stream !== cause.stream || seen.direction !== cause.direction) continue;
    if (seen.streamOffset < cause.streamOffset) legal = Math.max(legal, elementsOf(lenient, seen.length));
  }
  const { range } = fields.maxElements;
  if (legal <= range.min || legal > range.max) return fields;
  const knob: Knob<number> = {
    value: Math.max(fields.maxElements.value, legal),
    provenance: 'I',
    source: `${source}; ${legal} elements were granted before it`,
    range: { min: legal, max: range.max },
  };
  return { ...fields, maxElements: knob };
}

function pin(value: number, provenance: Knob<number>['provenance'], source: string): Knob<number> {
  return { value, provenance, source, range: { min: value, max: value } };
}

/** A profile file extends a built-in profile; one made from another file extends what that one did. */
function profileBase(profile: Profile): string {
  return profile.extends ?? profile.name;
}

function payloadSpan(profile: Profile): [number, number] {
  const size: Interval = profile.fields.elementDataBytes.range;
  const reserved: Interval = profile.fields.reservedPerElement.range;
  return [size.min - reserved.max, size.max - reserved.min];
}

function seconds(time: Stamp): number {
  return time.sec + time.nsec / 1e9;
}
