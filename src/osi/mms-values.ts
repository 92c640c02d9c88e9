import type { Field } from '../model/field.ts';

const octetsOf = (value: string) => Uint8Array.from(value.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
const view = (octets: Uint8Array) => new DataView(octets.buffer);

/** `2026-11-22 11:22:14.110 (UTC)`, as GeneralizedTime is printed. */
const moment = (ms: number) => `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} (UTC)`;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(1984, 0, 1);

/** FloatingPoint: the width of the exponent tells which of the two formats of IEEE 754 follows. */
function float(octets: Uint8Array): string | null {
  if (octets.length === 5 && octets[0] === 8) return String(Number(view(octets).getFloat32(1).toPrecision(7)));
  return octets.length === 9 && octets[0] === 11 ? String(view(octets).getFloat64(1)) : null;
}

/** TimeOfDay: milliseconds since midnight; days since 1984 where it has six octets. */
function timeOfDay(octets: Uint8Array): string | null {
  if (octets.length !== 4 && octets.length !== 6) return null;
  const ms = view(octets).getUint32(0);
  if (octets.length === 6) return moment(FIRST_DAY + view(octets).getUint16(4) * DAY + ms);
  return ms < DAY ? new Date(ms).toISOString().slice(11, -1) : null;
}

/** UtcTime: seconds since 1970, and 24 bits of their fraction. */
function utcTime(octets: Uint8Array): string | null {
  if (octets.length !== 8) return null;
  return moment(view(octets).getUint32(0) * 1000 + Math.floor(((view(octets).getUint32(4) >>> 8) * 1000) / 0x1000000));
}

/** Times whose octets are their value. To Wireshark they are texts. */
export const MMS_TIMES: ReadonlySet<string> = new Set(
  ['utc_time', 'data.binary-time', 'timeOfDayT', 'startingTime', 'endingTime', 'timeSpecification', 'limitingTime']
    .concat('occurenceTime')
    .map(name => `mms.${name}`),
);

/** What a reader makes of octets; null where they are no number and no time, so that they are shown themselves. */
function read(name: string, value: string): string | null {
  if (name === 'mms.floating_point') return float(octetsOf(value));
  if (!MMS_TIMES.has(name)) return null;
  return name === 'mms.utc_time' ? utcTime(octetsOf(value)) : timeOfDay(octetsOf(value));
}

/** A field of MMS and those below it, with numbers and times in the form in which people read them. */
export function readable(f: Field): Field {
  const children = f.children.length === 0 ? f.children : f.children.map(readable);
  const text = typeof f.value === 'string' ? read(f.name, f.value) : null;
  if (text !== null) return { ...f, text };
  return children === f.children ? f : { ...f, children };
}

/** Numbers and flags that are content, not form: those that a process has, and the many options by which a product is known. */
const CONTENT = /^mms\.(?:boolean|integer|unsigned|bcd|real|ServiceSupportOptions\..*)$/;

export function isContent(name: string): boolean {
  return CONTENT.test(name);
}
