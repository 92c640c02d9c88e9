import { numbered } from '../../base/numbers.ts';
import { BEHIND, FIRST, GROUPS, SPDUS, type SpduName, type SpduType } from './tables.ts';

/** One PGI or PI unit; positions are indices of the octets that were parsed. */
export interface SpduParameter {
  readonly code: number;
  /** First octet of the unit (its code). */
  readonly start: number;
  /** The value: `valueStart`…`valueEnd`, cut where the enclosing unit ends. */
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Length as the length indicator states it; more than the value when the unit overruns. */
  readonly declared: number;
  readonly members: readonly SpduParameter[] | null;
}

/** A fault of form: which rule (`ses.…`), which octets, and what is wrong. */
export interface SpduFault {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

export interface Spdu {
  readonly name: SpduName;
  readonly si: number;
  /** Null for an SI that X.225 does not define at this place. */
  readonly type: SpduType | null;
  readonly start: number;
  /** First octet of the parameter field. */
  readonly valueStart: number;
  /** End of the parameter field. */
  readonly valueEnd: number;
  readonly declared: number;
  readonly parameters: readonly SpduParameter[];
  /** User information behind the parameter field (DT, TD, EX); empty range otherwise. */
  readonly infoStart: number;
  readonly infoEnd: number;
}

export interface Ssdu {
  /** In the order of the octets: the category 0 SPDU first. */
  readonly spdus: Spdu[];
  readonly faults: SpduFault[];
}

/** The tables by code, for octets: a look-up in a `Map` costs more than all else that is done for a parameter. */
const FIRST_BY_SI = byCode(FIRST);
const BEHIND_BY_SI = byCode(BEHIND);
const IS_GROUP = new Uint8Array(256);
for (const code of GROUPS) IS_GROUP[code] = 1;

function byCode<T>(table: ReadonlyMap<number, T>): (T | undefined)[] {
  return Array.from({ length: 256 }, (_, code) => table.get(code));
}

interface Unit {
  valueStart: number;
  valueEnd: number;
  declared: number;
}

/**
 * A length indicator (8.2.5): one octet up to 254, or FF and two octets.
 *
 * Null when not even the indicator fits. A value that reaches beyond `limit` is cut there and told as a fault.
 */
function readLength(bytes: Uint8Array, at: number, limit: number, what: string, faults: SpduFault[]): Unit | null {
  const li = at + 1;
  if (li >= limit) {
    faults.push({ code: 'ses.overrun', start: at, end: limit, detail: `${what} has no length indicator` });
    return null;
  }
  let declared = bytes[li]!;
  let valueStart = li + 1;
  if (declared === 0xff) {
    if (li + 2 >= limit) {
      faults.push({
        code: 'ses.overrun',
        start: at,
        end: limit,
        detail: `the length indicator of ${what} is cut short`,
      });
      return null;
    }
    declared = (bytes[li + 1]! << 8) | bytes[li + 2]!;
    valueStart = li + 3;
    if (declared < 255) {
      const detail = `${what} gives its length ${declared} in three octets, one is due below 255`;
      faults.push({ code: 'ses.long-form-length', start: li, end: valueStart, detail });
    }
  }
  let valueEnd = valueStart + declared;
  if (valueEnd > limit) {
    const detail = `${what} declares ${numbered(declared, 'octet')}, ${limit - valueStart} ${limit - valueStart === 1 ? 'is' : 'are'} there`;
    faults.push({ code: 'ses.overrun', start: at, end: limit, detail });
    valueEnd = limit;
  }
  return { valueStart, valueEnd, declared };
}

function readParameters(
  bytes: Uint8Array,
  start: number,
  end: number,
  inGroup: boolean,
  faults: SpduFault[],
): SpduParameter[] {
  const out: SpduParameter[] = [];
  let at = start;
  while (at < end) {
    const code = bytes[at]!;
    const unit = readLength(bytes, at, end, `parameter ${code}`, faults);
    if (unit === null) break;
    const nested = IS_GROUP[code] === 1 && !inGroup;
    const members = nested ? readParameters(bytes, unit.valueStart, unit.valueEnd, true, faults) : null;
    out.push({
      code,
      start: at,
      valueStart: unit.valueStart,
      valueEnd: unit.valueEnd,
      declared: unit.declared,
      members,
    });
    at = unit.valueEnd;
  }
  return out;
}

/** Which SPDU an SI stands for at its place: first of the TSDU, or behind a category 0 SPDU. */
function typeOf(si: number, first: boolean, parameters: readonly SpduParameter[]): SpduType | null {
  const type = (first ? FIRST_BY_SI : BEHIND_BY_SI)[si] ?? null;
  // 8.3.27 and 8.3.37: MAP carries the sync type item, AE does not.
  if (type?.name === 'MAP' && !parameters.some(p => p.code === 15)) return SPDUS.get('AE')!;
  return type;
}

/**
 * Cut a TSDU into its SPDUs (6.3.7, 8.2). Total: any octets give SPDUs and faults, nothing is thrown.
 *
 * Only the form is judged here; what an SPDU may do in its state is the association's business.
 */
export function parseSsdu(bytes: Uint8Array, start: number, end: number): Ssdu {
  const spdus: Spdu[] = [];
  const faults: SpduFault[] = [];
  let at = start;
  let more = true;
  while (at < end && more) {
    const first = at === start;
    const si = bytes[at]!;
    const known = (first ? FIRST_BY_SI : BEHIND_BY_SI)[si];
    const label = known === undefined ? `SPDU ${si}` : known.name;
    const unit = readLength(bytes, at, end, label, faults);
    if (unit === null) {
      spdus.push(broken(si, at, end));
      return { spdus, faults };
    }
    const parameters = readParameters(bytes, unit.valueStart, unit.valueEnd, false, faults);
    const type = typeOf(si, first, parameters);
    const info = type?.information === true;
    spdus.push({
      name: type?.name ?? 'unknown',
      si,
      type,
      start: at,
      valueStart: unit.valueStart,
      valueEnd: unit.valueEnd,
      declared: unit.declared,
      parameters,
      infoStart: unit.valueEnd,
      infoEnd: info ? end : unit.valueEnd,
    });
    if (type === null) {
      const detail = `SI ${si} is not ${first ? 'an SPDU that may come first' : 'a category 2 SPDU'}`;
      faults.push({ code: 'ses.unknown-spdu', start: at, end: unit.valueEnd, detail });
    }
    at = info ? end : unit.valueEnd;
    // 6.3.7: only behind GT or PT does another SPDU follow in the same TSDU.
    more = spdus[0]!.type?.category === 0;
  }
  if (at < end) {
    const detail = `${numbered(end - at, 'octet')} behind ${spdus[0]!.name}, which stands alone`;
    faults.push({ code: 'ses.concatenation', start: at, end, detail });
  }
  return { spdus, faults };
}

function broken(si: number, start: number, end: number): Spdu {
  return {
    name: 'unknown',
    si,
    type: null,
    start,
    valueStart: end,
    valueEnd: end,
    declared: 0,
    parameters: [],
    infoStart: end,
    infoEnd: end,
  };
}

/** True for `01 00 01 00 …`: an empty GT and an unsegmented DT, which is how nearly all user data travel. */
export function isPlainData(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 4 && bytes[start] === 1 && bytes[start + 1] === 0 && bytes[start + 2] === 1 && bytes[start + 3] === 0
  );
}

/** The parameter of that code, at the outer level or in the given group. */
export function findParameter(spdu: Spdu, code: number, group = 0): SpduParameter | null {
  if (group === 0) return withCode(spdu.parameters, code);
  const members = withCode(spdu.parameters, group)?.members ?? null;
  return members === null ? null : withCode(members, code);
}

function withCode(parameters: readonly SpduParameter[], code: number): SpduParameter | null {
  for (let i = 0; i < parameters.length; i++) if (parameters[i]!.code === code) return parameters[i]!;
  return null;
}

/** Value of a numeric parameter, big-endian over its octets; null when absent or empty (LI 0 stands for the default, 8.2.4). */
export function numberOf(bytes: Uint8Array, p: SpduParameter | null): number | null {
  if (p === null || p.valueEnd <= p.valueStart) return null;
  let value = 0;
  for (let i = p.valueStart; i < Math.min(p.valueEnd, p.valueStart + 4); i++) value = value * 256 + bytes[i]!;
  return value;
}

/** Value of a serial number (ASCII digits); null when absent or no number. */
export function serialOf(bytes: Uint8Array, p: SpduParameter | null): number | null {
  if (p === null || p.valueEnd <= p.valueStart || p.valueEnd - p.valueStart > 9) return null;
  let value = 0;
  for (let i = p.valueStart; i < p.valueEnd; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}
