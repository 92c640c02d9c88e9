import { findParameter, type Spdu, type SpduName } from '../../osi/session.ts';

/** How the SPDUs of one TSDU may be put together (X.225 §6.3.7). */

/** Behind GT and behind PT in basic concatenation (Table 7; PT+AR and GT+AR both occur, see there). */
const WITH_GT: ReadonlySet<SpduName> = new Set(['DT', 'MIP', 'MAP', 'RS', 'AS', 'AR', 'AD', 'AI', 'AE', 'CD']);
const WITH_PT: ReadonlySet<SpduName> = new Set(['MIA', 'MAA', 'RA', 'AR', 'ADA', 'AIA', 'AEA', 'CDA', 'ER', 'ED']);
/** SPDUs beside which GT carries no token item. */
const WITHOUT_TOKENS: ReadonlySet<SpduName> = new Set(['RS', 'AD', 'AI', 'CD']);
/** Extended concatenation (Table 8). MAA stands for AEA too, which has the same encoding. */
const EXTENDED = /^GT\+(MIA|MAA|(AS|AR)\+(MIP|AE|MAP)|(MIP|MIA|MAP|MAA|AS|AR|AE)\+DT|(AS|AR)\+(MIP|AE|MAP)\+DT)$/;
/** SPDUs that are named; the longest row of Table 8 has four. */
const MOST_NAMED = 8;

export interface ConcatenationFault {
  readonly code: 'ses.category' | 'ses.concatenation' | 'ses.extended-concatenation';
  readonly detail: string;
}

/**
 * What is wrong with how these SPDUs are put together; null when nothing is.
 *
 * @param onlyBasic the receiver is known not to take extended concatenation
 */
export function concatenationFault(spdus: readonly Spdu[], onlyBasic: boolean): ConcatenationFault | null {
  const first = spdus[0]!;
  if (first.type?.category === 2) {
    return { code: 'ses.category', detail: `${first.name} stands without the GT or PT that has to come first` };
  }
  if (first.type?.category !== 0 || spdus.length < 2) return null;
  const second = spdus[1]!;
  if (findParameter(first, 193) !== null) return none(`${first.name} in front of ${second.name} carries user data`);
  if (spdus.length > 2) {
    if (spdus.some(x => x.type === null)) return null;
    const names = namesOf(spdus);
    if (!EXTENDED.test(names)) return none(`${names} is no concatenation of Table 8`);
    return onlyBasic ? beyondBasic(names) : null;
  }
  if (second.type === null) return null;
  const allowed = first.name === 'GT' ? WITH_GT : WITH_PT;
  if (!allowed.has(second.name)) {
    const names = namesOf(spdus);
    // Table 8 has acknowledgements behind GT as well.
    if (first.name !== 'GT' || (second.name !== 'MIA' && second.name !== 'MAA'))
      return none(`${names} is no concatenation of Table 7`);
    return onlyBasic ? beyondBasic(names) : null;
  }
  if (first.name === 'GT' && WITHOUT_TOKENS.has(second.name) && findParameter(first, 16) !== null)
    return none(`GT in front of ${second.name} carries a token item`);
  return null;
}

function namesOf(spdus: readonly Spdu[]): string {
  const named = spdus.slice(0, MOST_NAMED).map(x => x.name);
  return named.join('+') + (spdus.length > MOST_NAMED ? '+…' : '');
}

function none(detail: string): ConcatenationFault {
  return { code: 'ses.concatenation', detail };
}

function beyondBasic(names: string): ConcatenationFault {
  const detail = `${names}, but the receiver did not offer extended concatenation`;
  return { code: 'ses.extended-concatenation', detail };
}
