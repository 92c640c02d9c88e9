import { numbered } from '../base/numbers.ts';
import type { Field } from '../model/field.ts';
import { blame, type Decoder, element, type Node, place } from './walk.ts';

/** Credentials, and what may be some: withheld unless asked for. */

const CREDENTIALS = 'credentials hidden';
const DOUBTFUL = 'not shown: may be credentials';
const DAMAGED = 'not shown: damaged, and may be credentials';

/** What is said instead of credentials. */
export const credentialsText = (octets: number): string => `${CREDENTIALS} (${numbered(octets, 'octet')})`;

/** What is said instead of a value that has credentials within. */
export const aroundText = (octets: number): string => `${numbered(octets, 'octet')}, credentials among them`;

/** What is said instead of a value that no type names, where credentials may stand. */
export const doubtfulText = (octets: number): string => `${DOUBTFUL} (${numbered(octets, 'octet')})`;

/** The fields whose values were withheld, so that their octets are not to be seen either. */
export function* withheldIn(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    if ([CREDENTIALS, DOUBTFUL, DAMAGED].some(beginning => field.text?.startsWith(beginning))) yield field;
    else yield* withheldIn(field.children);
  }
}

export const secret: Decoder = (state, type, slot, tlv) => {
  if (state.options.showCredentials === true) {
    element(state, type.of, slot, tlv);
    return;
  }
  const f = place(slot, tlv);
  f.text = credentialsText(tlv.contentEnd - tlv.content);
  blame(state, f, tlv, state.faults.length);
};

export const guard: Decoder = (state, type, slot, tlv) => {
  const { into } = slot;
  const at = into.length;
  const before = state.faults.length;
  state.guards++;
  element(state, type.of, slot, tlv);
  state.guards--;
  if (state.options.showCredentials === true || state.faults.length === before) return;
  // In a damaged bind a password may pass for a name. Of one that is merely cut, only what the cut goes through is in doubt.
  const cut = state.faults.slice(before).every(f => f.code === 'ber.truncated' || f.code === 'ber.eoc');
  for (let i = at; i < into.length; i++) withhold(into[i]!, cut);
};

function withhold(f: Node, onlyFaulty: boolean): void {
  if (typeof f.value === 'string' && (!onlyFaulty || f.fault !== undefined)) {
    f.value = undefined;
    f.text = DAMAGED;
  }
  for (const child of f.children) withhold(child, onlyFaulty);
}
