import { findParameter, numberOf, type Spdu, type SpduFault, type SpduParameter, serialOf } from './parse.ts';
import { EXCEPTION_REASONS, PARAMETERS, REFUSE_REASONS } from './tables.ts';

/** What the connect exchange settled, as far as it was seen. */
export interface SessionTerms {
  /** The version in use; null when the exchange was not seen, so that nothing that depends on it is judged. */
  readonly version: 1 | 2 | null;
}

/** 8.3.1.16: the functional units that PI 20 stands for when it is absent. */
export const DEFAULT_UNITS = 0x0349;

export const HALF_DUPLEX = 0x0001;
export const DUPLEX = 0x0002;
export const ACTIVITY_MANAGEMENT = 0x0040;
export const CAPABILITY_DATA = 0x0100;
export const EXCEPTIONS = 0x0200;

/** 8.3.1.19: user data of a CONNECT, and of every SPDU in version 1. */
const USER_DATA_VERSION_1 = 512;
const EXTENDED_USER_DATA = 10240;
/** Of the enclosure item (8.3.17). */
const FIRST_SEGMENT = 0x01;
/** What an ABORT reflects; an EXCEPTION REPORT reflects as much as there is. */
const LONGEST_REFLECTION = 9;

/** Functional units that a CN proposes or an AC selects (8.3.1.16). */
export function unitsOf(bytes: Uint8Array, spdu: Spdu): number {
  return numberOf(bytes, findParameter(spdu, 20)) ?? DEFAULT_UNITS;
}

/** Versions that a CN, OA or AC states, as the bits of PI 22 (8.3.1.8); version 1 when it is silent. */
export function versionsOf(bytes: Uint8Array, spdu: Spdu): number {
  return numberOf(bytes, findParameter(spdu, 22, 5) ?? findParameter(spdu, 22)) ?? 1;
}

/**
 * The faults of form of one SPDU that X.225 clause 8 lets a reader prove from its octets alone (and the version in use).
 */
export function checkSpdu(bytes: Uint8Array, spdu: Spdu, terms: SessionTerms): SpduFault[] {
  if (spdu.type === null) return [];
  const faults: SpduFault[] = [];
  // 8.4: what is not the first segment has the enclosure item and user data alone.
  const goesOn = ((numberOf(bytes, findParameter(spdu, 25)) ?? FIRST_SEGMENT) & FIRST_SEGMENT) === 0;
  // An ACCEPT says itself which version it chooses.
  const version = spdu.name === 'AC' && !goesOn ? ((versionsOf(bytes, spdu) & 2) !== 0 ? 2 : 1) : terms.version;
  const tell = (code: string, at: { start: number; end: number }, detail: string) => {
    faults.push({ code, start: at.start, end: at.end, detail: `${spdu.name}: ${detail}` });
  };
  const whole = { start: spdu.start, end: spdu.valueEnd };

  checkLevel(bytes, spdu.parameters, tell);
  for (const code of goesOn ? [] : spdu.type.mandatory) {
    if (findParameter(spdu, code) === null) tell('ses.mandatory-missing', whole, `no ${titleOf(code)}`);
  }
  checkGroups(spdu, tell);
  checkUserData(bytes, spdu, version, tell);
  checkEnclosure(bytes, spdu, version, tell);
  if (spdu.name === 'CN' || spdu.name === 'AC') checkUnits(bytes, spdu, tell);
  checkReason(bytes, spdu, tell);
  const reflected = spdu.name === 'AB' ? findParameter(spdu, 49) : null;
  if (reflected !== null && reflected.declared > LONGEST_REFLECTION) {
    const detail = `${titleOf(49)} has ${reflected.declared} octets, at most ${LONGEST_REFLECTION} are allowed`;
    tell('ses.parameter-too-long', span(reflected), detail);
  }
  if (spdu.name === 'GT' && findParameter(spdu, 16) === null && findParameter(spdu, 193) !== null) {
    tell('ses.give-tokens-user-data', whole, 'user data without a token item');
  }
  const serial = findParameter(spdu, 42) ?? findParameter(spdu, 42, 33);
  if (serial !== null && serial.valueEnd > serial.valueStart && serialOf(bytes, serial) === null) {
    tell('ses.serial-number-form', span(serial), 'the serial number is not written in decimal digits');
  }
  return faults;
}

type Tell = (code: string, at: { start: number; end: number }, detail: string) => void;

function span(p: SpduParameter): { start: number; end: number } {
  return { start: p.start, end: p.valueEnd };
}

function titleOf(code: number): string {
  const type = PARAMETERS.get(code);
  return type === undefined ? `parameter ${code}` : `${type.title} (${code})`;
}

/** The parameter types, and the bits that theirs flags define, by code. */
const BY_CODE = Array.from({ length: 256 }, (_, code) => PARAMETERS.get(code));
const FLAGS = BY_CODE.map(type => (type?.flags ?? []).reduce((mask, f) => mask | f.mask, 0));

/** Order, lengths and reserved bits, level by level (8.2.6, 8.2.7, Table 11). */
function checkLevel(bytes: Uint8Array, parameters: readonly SpduParameter[], tell: Tell): void {
  let last = -1;
  for (let i = 0; i < parameters.length; i++) {
    const p = parameters[i]!;
    if (p.code < last) {
      tell('ses.parameter-order', span(p), `${titleOf(p.code)} stands behind ${titleOf(last)}`);
    }
    last = Math.max(last, p.code);
    if (p.members !== null) {
      checkLevel(bytes, p.members, tell);
      continue;
    }
    const type = BY_CODE[p.code];
    if (type === undefined) continue;
    const length = p.valueEnd - p.valueStart;
    if (type.longest > 0 && p.declared > type.longest) {
      tell(
        'ses.parameter-too-long',
        span(p),
        `${titleOf(p.code)} has ${p.declared} octets, at most ${type.longest} are allowed`,
      );
    }
    if (length === 0) continue;
    if (type.kind === 'flags8' || type.kind === 'flags16') {
      const known = FLAGS[p.code]!;
      const stray = numberOf(bytes, p)! & ~known & (type.kind === 'flags8' ? 0xff : 0xffff);
      if (stray !== 0)
        tell('ses.reserved-bits', span(p), `${titleOf(p.code)} sets reserved bits 0x${stray.toString(16)}`);
    } else if (type.kind === 'tokens') {
      const value = bytes[p.valueStart]!;
      for (let shift = 0; shift < 8; shift += 2) {
        if (((value >> shift) & 3) === 3) {
          tell(
            'ses.token-setting-reserved',
            span(p),
            `the token setting 0x${value.toString(16)} holds the reserved pair 11`,
          );
          break;
        }
      }
    }
  }
}

/** Mandatory members: 8.3.1 (connect/accept item), 8.3.33 (linking information). */
function checkGroups(spdu: Spdu, tell: Tell): void {
  for (let i = 0; i < GROUP_MEMBERS.length; i++) {
    const [code, members, rule] = GROUP_MEMBERS[i]!;
    const group = findParameter(spdu, code);
    if (group === null || group.members === null || group.members.length === 0) continue;
    for (const member of members) {
      if (!group.members.some(p => p.code === member)) {
        tell(rule, span(group), `${titleOf(code)} has no ${titleOf(member)}`);
      }
    }
  }
}

/** Of the connect/accept item both members have a default that receivers take, so that their absence harms nobody. */
const GROUP_MEMBERS: readonly (readonly [number, readonly number[], string])[] = [
  [5, [19, 22], 'ses.connect-item-incomplete'],
  [33, [41, 42], 'ses.mandatory-missing'],
];

/** 8.3.1.19-21. */
function checkUserData(bytes: Uint8Array, spdu: Spdu, version: SessionTerms['version'], tell: Tell): void {
  const data = findParameter(spdu, 193);
  const extended = findParameter(spdu, 194);
  if (data !== null && data.declared > USER_DATA_VERSION_1 && (spdu.name === 'CN' || version === 1)) {
    const why = spdu.name === 'CN' ? 'of a CONNECT' : 'in version 1';
    tell(
      'ses.user-data-too-long',
      span(data),
      `user data ${why} have ${data.declared} octets, at most ${USER_DATA_VERSION_1} are allowed`,
    );
  }
  if (extended !== null) {
    if (extended.declared > EXTENDED_USER_DATA) {
      tell(
        'ses.user-data-too-long',
        span(extended),
        `extended user data have ${extended.declared} octets, at most ${EXTENDED_USER_DATA} are allowed`,
      );
    }
    if (data !== null)
      tell('ses.user-data-form', span(extended), 'user data and extended user data exclude each other');
    if (spdu.name === 'CN' && (versionsOf(bytes, spdu) & 2) === 0) {
      tell('ses.user-data-form', span(extended), 'extended user data, but version 2 is not proposed');
    }
  }
  const overflow = findParameter(spdu, 60);
  if (overflow !== null && extended === null)
    tell('ses.user-data-form', span(overflow), 'data overflow without extended user data');
}

/** 8.3.4.18, 8.3.11.3: version 1 segments only DT and TD. */
function checkEnclosure(bytes: Uint8Array, spdu: Spdu, version: SessionTerms['version'], tell: Tell): void {
  const enclosure = findParameter(spdu, 25);
  if (enclosure === null || version !== 1 || ['DT', 'TD', 'CN', 'RF', 'CDO'].includes(spdu.name)) return;
  if (numberOf(bytes, enclosure) === 3) return;
  tell('ses.enclosure', span(enclosure), 'version 1 segments no SPDU but DT and TD');
}

/** 8.3.1.16, 9.1.2. */
function checkUnits(bytes: Uint8Array, spdu: Spdu, tell: Tell): void {
  const parameter = findParameter(spdu, 20);
  const at = parameter === null ? { start: spdu.start, end: spdu.valueEnd } : span(parameter);
  const units = unitsOf(bytes, spdu);
  const duplex = (units & HALF_DUPLEX ? 1 : 0) + (units & DUPLEX ? 1 : 0);
  if (duplex === 0) tell('ses.functional-units', at, 'neither half-duplex nor duplex');
  if (spdu.name === 'AC' && duplex === 2)
    tell('ses.functional-units', at, 'both half-duplex and duplex, one has to be chosen');
  if (units & EXCEPTIONS && !(units & HALF_DUPLEX)) tell('ses.functional-units', at, 'exceptions without half-duplex');
  if (units & CAPABILITY_DATA && !(units & ACTIVITY_MANAGEMENT)) {
    tell('ses.functional-units', at, 'capability data exchange without activity management');
  }
}

function checkReason(bytes: Uint8Array, spdu: Spdu, tell: Tell): void {
  const reason = findParameter(spdu, 50);
  if (reason === null || reason.valueEnd <= reason.valueStart) return;
  const value = bytes[reason.valueStart]!;
  const table = spdu.name === 'RF' ? REFUSE_REASONS : EXCEPTION_REASONS;
  if (table[value] === undefined) tell('ses.reason-code', span(reason), `reason code ${value} is not defined`);
}
