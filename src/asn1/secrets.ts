import { numbered } from '../base/numbers.ts';
import { blame, type Decoder, element, type Node, place } from './walk.ts';

/** Credentials, and what may be some: withheld unless asked for. */

export const secret: Decoder = (state, type, slot, tlv) => {
  if (state.options.showCredentials === true) {
    element(state, type.of, slot, tlv);
    return;
  }
  const f = place(slot, tlv);
  f.text = `credentials hidden (${numbered(tlv.contentEnd - tlv.content, 'octet')})`;
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
    f.text = 'not shown: damaged, and may be credentials';
  }
  for (const child of f.children) withhold(child, onlyFaulty);
}
