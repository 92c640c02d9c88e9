import { UsageError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import type { FieldName, Interval, Knob, Profile, ProfileFields, Provenance } from './knobs.ts';
import { BUILT_IN_PROFILES } from './profiles.ts';

interface NumberSpec {
  readonly kind: 'number';
  /** What the emulation can compute with; wider than any admissible range. */
  readonly least: number;
  readonly most: number;
}
interface WordSpec {
  readonly kind: 'word';
  readonly words: readonly string[];
}
interface FlagSpec {
  readonly kind: 'flag';
}

const number = (least: number, most: number): NumberSpec => ({ kind: 'number', least, most });
const word = (...words: string[]): WordSpec => ({ kind: 'word', words });

/** What each field may be set to at all. */
const SPECS: Readonly<Record<FieldName, NumberSpec | WordSpec | FlagSpec>> = {
  elementDataBytes: number(1, 65535),
  reservedPerElement: number(0, 65534),
  headersPerElement: number(1, 255),
  lengthBasis: word('whole', 'tpdu', 'user-data'),
  rounding: word('ceil', 'floor'),
  maxElements: number(1, 65535),
  requestTrigger: word('fourth-header-octet'),
  versionCheck: word('none', 'strict'),
  tpduSizeCheck: word('none', 'strict'),
  lifetime: word('tsdu', 'tpdu'),
  controlBlocks: number(2, 65535),
  threadNumber: number(0, 65535),
  fixed: { kind: 'flag' },
};

/** Other ways to write a value: the length basis is often spoken of as what is taken off the TPKT length. */
const SYNONYMS: Partial<Record<FieldName, Readonly<Record<string, string>>>> = {
  lengthBasis: { tpkt: 'whole', L: 'whole', 'L-4': 'tpdu', '-4': 'tpdu', 'L-7': 'user-data', '-7': 'user-data' },
};

export const FIELD_NAMES = Object.keys(SPECS) as FieldName[];
export const PROFILE_NAMES: readonly string[] = BUILT_IN_PROFILES.map(profile => profile.name);
export const DEFAULT_PROFILE = 'exchange-5.5';

/**
 * A built-in profile by name, or one described by the parsed content of a profile file:
 * `{ "name": …, "extends": "exchange-5.5", "title": …, "build": …, "fields": { "maxElements": 20, "rounding": { "value": "ceil",
 * "range": ["ceil"], "provenance": "I", "source": … } } }`. Throws UsageError for anything else, naming the key.
 */
export function loadProfile(source: string | object): Profile {
  if (typeof source === 'string') return builtIn(source, '--profile');
  const file = plainObject(source, 'profile');
  rejectUnknown(file, ['$schema', 'name', 'extends', 'title', 'build', 'fields'], 'profile');
  const base = builtIn(text(file.extends, 'profile: extends') ?? DEFAULT_PROFILE, 'profile: extends');
  const name = text(file.name, 'profile: name') ?? `${base.name}, changed`;
  const given = file.fields === undefined ? {} : plainObject(file.fields, 'profile: fields');
  rejectUnknown(given, FIELD_NAMES, 'profile: fields');
  const fields: Record<string, Knob<never>> = { ...(base.fields as object) };
  for (const [field, entry] of Object.entries(given)) {
    fields[field] = knobFrom(
      field as FieldName,
      entry,
      base.fields[field as FieldName] as Knob<unknown>,
      name,
    ) as Knob<never>;
  }
  return checked({
    name,
    extends: base.name,
    title: text(file.title, 'profile: title') ?? base.title,
    build: text(file.build, 'profile: build') ?? base.build,
    fields: fields as unknown as ProfileFields,
    overrides: {},
  });
}

/**
 * The profile with fields set as `field=value`. A set field is pinned: its range collapses to the value and its provenance becomes
 * `set`. Throws UsageError for an unknown field or a value that the field cannot take; `where` names the option or key in it.
 */
export function applyOverrides(profile: Profile, settings: readonly string[], where = '--set'): Profile {
  let fields: ProfileFields = profile.fields;
  const overrides: Record<string, string> = { ...profile.overrides };
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 0) throw new UsageError(`${where} ${setting}: expected field=value`);
    const field = fieldName(setting.slice(0, at).trim(), where);
    const written = setting.slice(at + 1).trim();
    const value = parseValue(field, written, `${where} ${field}`);
    fields = { ...fields, [field]: pinned(field, value, fields[field] as Knob<unknown>) };
    overrides[field] = String(value);
  }
  return checked({ ...profile, fields, overrides });
}

/** One row a field, as `mtascope profiles NAME` prints it. */
export interface FieldRow {
  readonly field: FieldName;
  readonly value: string;
  /** "15–29", "ceil, floor", or empty when only the value is admissible. */
  readonly range: string;
  readonly provenance: Provenance;
  readonly source: string;
}

export interface ProfileDescription {
  readonly name: string;
  readonly title: string;
  readonly build: string;
  readonly fields: FieldRow[];
}

export function describeProfile(profile: Profile): ProfileDescription {
  const fields = FIELD_NAMES.map((field): FieldRow => {
    const knob = profile.fields[field] as Knob<unknown>;
    return {
      field,
      value: String(knob.value),
      range: describeRange(knob.range as Interval | readonly unknown[]),
      provenance: knob.provenance,
      source: knob.source,
    };
  });
  return { name: profile.name, title: profile.title, build: profile.build, fields };
}

/** The profile as the content of a profile file that `loadProfile` takes; only what differs from the profile it extends. */
export function profileFile(profile: Profile, base: string): object {
  const parent = builtIn(base, 'extends').fields;
  const fields: Record<string, unknown> = {};
  for (const field of FIELD_NAMES) {
    if (JSON.stringify(profile.fields[field]) !== JSON.stringify(parent[field])) fields[field] = profile.fields[field];
  }
  return { name: profile.name, extends: base, title: profile.title, build: profile.build, fields };
}

function describeRange(range: Interval | readonly unknown[]): string {
  if (isInterval(range)) return range.min === range.max ? '' : `${range.min}–${range.max}`;
  return range.length === 1 ? '' : range.join(', ');
}

function isInterval(range: Interval | readonly unknown[]): range is Interval {
  return !Array.isArray(range);
}

function builtIn(name: string, where: string): Profile {
  const found = BUILT_IN_PROFILES.find(profile => profile.name === name);
  if (found !== undefined) return found;
  const known = PROFILE_NAMES.join(', ');
  throw new UsageError(`${where} ${name}: no such profile (${known}; or a .json file)${suggest(name, PROFILE_NAMES)}`);
}

function fieldName(given: string, where: string): FieldName {
  if (Object.hasOwn(SPECS, given)) return given as FieldName;
  throw new UsageError(`${where} ${given}: no such field (${FIELD_NAMES.join(', ')})${suggest(given, FIELD_NAMES)}`);
}

function suggest(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === null ? '' : `. Did you mean ${near}?`;
}

function parseValue(field: FieldName, written: unknown, where: string): number | string | boolean {
  const spec = SPECS[field];
  const shown = typeof written === 'string' ? written : JSON.stringify(written);
  if (spec.kind === 'number') {
    const value =
      typeof written === 'string' && /^(?:\d{1,9}|0x[0-9a-f]{1,7})$/i.test(written) ? Number(written) : written;
    if (typeof value === 'number' && Number.isInteger(value) && value >= spec.least && value <= spec.most) return value;
    throw new UsageError(`${where}: ${shown} is not a whole number from ${spec.least} to ${spec.most}`);
  }
  if (spec.kind === 'flag') {
    if (written === true || written === 'true') return true;
    if (written === false || written === 'false') return false;
    throw new UsageError(`${where}: ${shown} is neither true nor false`);
  }
  const meant = typeof written === 'string' ? (SYNONYMS[field]?.[written] ?? written) : written;
  if (typeof meant === 'string' && spec.words.includes(meant)) return meant;
  const near = typeof written === 'string' ? suggest(written, spec.words) : '';
  throw new UsageError(`${where}: ${shown} is not one of ${spec.words.join(', ')}${near}`);
}

function pinned(field: FieldName, value: number | string | boolean, old: Knob<unknown>): Knob<unknown> {
  const outside = within(value, old.range as Interval | readonly unknown[])
    ? ''
    : ` (outside the admissible ${describeOld(old)})`;
  const range = typeof value === 'number' ? { min: value, max: value } : [value];
  return {
    value,
    provenance: 'set',
    source: `set by the user${outside}; ${field} was ${String(old.value)}`,
    range: range as readonly unknown[],
  };
}

function describeOld(old: Knob<unknown>): string {
  return describeRange(old.range as Interval | readonly unknown[]) || String(old.value);
}

function within(value: unknown, range: Interval | readonly unknown[]): boolean {
  return isInterval(range) ? (value as number) >= range.min && (value as number) <= range.max : range.includes(value);
}

function knobFrom(field: FieldName, entry: unknown, old: Knob<unknown>, profile: string): Knob<unknown> {
  const where = `profile: fields.${field}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const value = parseValue(field, entry, where);
    return { ...pinned(field, value, old), source: `set in profile ${profile}` };
  }
  const given = entry as Record<string, unknown>;
  rejectUnknown(given, ['value', 'provenance', 'source', 'range'], where);
  if (given.value === undefined) throw new UsageError(`${where}: value is missing`);
  const value = parseValue(field, given.value, `${where}.value`);
  const range = given.range === undefined ? pinned(field, value, old).range : rangeFrom(field, given.range, where);
  if (!within(value, range as Interval | readonly unknown[])) {
    throw new UsageError(`${where}: the value ${String(value)} lies outside its range`);
  }
  const provenance = given.provenance ?? 'set';
  const marks = ['D', 'I+', 'I', 'H', 'U', 'set'];
  if (!marks.includes(provenance as string))
    throw new UsageError(`${where}.provenance: expected one of ${marks.join(', ')}`);
  const source = text(given.source, `${where}.source`) ?? `set in profile ${profile}`;
  return { value, provenance: provenance as Provenance, source, range: range as never };
}

function rangeFrom(field: FieldName, given: unknown, where: string): Interval | readonly unknown[] {
  if (SPECS[field].kind === 'number') {
    const range = plainObject(given, `${where}.range`);
    rejectUnknown(range, ['min', 'max'], `${where}.range`);
    const min = parseValue(field, range.min, `${where}.range.min`) as number;
    const max = parseValue(field, range.max, `${where}.range.max`) as number;
    if (min > max) throw new UsageError(`${where}.range: min ${min} is above max ${max}`);
    return { min, max };
  }
  if (!Array.isArray(given) || given.length === 0) throw new UsageError(`${where}.range: expected a list of values`);
  return [...new Set(given.map(value => parseValue(field, value, `${where}.range`)))];
}

/** What no single field can show to be wrong. */
function checked(profile: Profile): Profile {
  const { elementDataBytes, reservedPerElement } = profile.fields;
  if (reservedPerElement.range.max >= elementDataBytes.range.min) {
    throw new UsageError(
      `profile ${profile.name}: reservedPerElement (${reservedPerElement.range.max}) leaves no room in an element of ${elementDataBytes.range.min} octets`,
    );
  }
  return profile;
}

function plainObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError(`${where}: expected an object`);
}

function text(value: unknown, where: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new UsageError(`${where}: expected text`);
}

function rejectUnknown(given: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key))
      throw new UsageError(`${where}: unknown key ${key} (${known.join(', ')})${suggest(key, known)}`);
  }
}
