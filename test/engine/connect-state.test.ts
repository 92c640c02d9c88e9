import { describe, expect, it } from 'vitest';
import { ConnectState } from '../../src/engine/connect-state.ts';
import { type CotpFault, DEFAULT_TPDU_SIZE, parseTpdu } from '../../src/osi/cotp.ts';
import { type ConnectParameters, cc, cr } from '../kit/cotp.ts';

/** What is settled after these, and the faults that were told. */
function settle(...tpdus: Uint8Array[]): ConnectState & { told: string[] } {
  const state = new ConnectState();
  const told: string[] = [];
  for (const bytes of tpdus) {
    const faults: CotpFault[] = [];
    const t = parseTpdu(bytes, 0, bytes.length, state.context, faults)!;
    expect(faults).toEqual([]);
    state.take(t, bytes, t.type === 'CR' ? 0 : 1, code => told.push(code));
  }
  return Object.assign(state, { told });
}

const request = (p: ConnectParameters = {}, options = 0) => cr(1, p, options);
const confirm = (p: ConnectParameters = {}, options = 0) => cc(1, 2, p, options);

describe('what CR and CC settle', () => {
  it('is nothing before the CC', () => {
    const state = settle(request({ tpduSize: 0x0a }));
    expect(state).toMatchObject({ established: false, tpduSize: null, plainLength: 0 });
    expect([state.requestSeen(), state.confirmSeen()]).toEqual([true, false]);
  });

  it('is the size of the CC, or the default of RFC 1006', () => {
    expect(settle(request({ tpduSize: 0x0a }), confirm({ tpduSize: 0x09 })).tpduSize).toBe(512);
    const state = settle(request({ tpduSize: 0x0a }), confirm());
    expect(state).toMatchObject({ tpduSize: DEFAULT_TPDU_SIZE, told: ['cotp.size-defaulted'] });
    expect(settle(request({ tpduSize: 0x0a }), confirm({ tpduSize: 0x0b })).told).toEqual(['cotp.size-raised']);
  });

  it('lets class 0 data pass unchecked only where both were seen', () => {
    expect(settle(request(), confirm({ tpduSize: 0x0a })).plainLength).toBe(1028);
    expect(settle(confirm({ tpduSize: 0x0a })).plainLength).toBe(0);
    expect(settle(request({}, 0x20), confirm({}, 0x20))).toMatchObject({ plainLength: 0, context: { class: 2 } });
  });

  it('are the references that each side announced', () => {
    const state = settle(request(), confirm());
    expect([state.peerReference(0), state.peerReference(1)]).toEqual([2, 1]);
    expect(settle(request()).peerReference(0)).toBe(null);
  });

  it('is expedited data where both offer it', () => {
    for (const [mine, other] of [
      [1, 1],
      [1, 0],
      [0, 1],
    ] as const) {
      const state = settle(request({ additionalOptions: mine }), confirm({ additionalOptions: other }));
      expect(state.expeditedAgreed).toBe(mine === 1 && other === 1);
    }
  });

  it('is a class that the CR allows', () => {
    const chosen = (cls: number, p: ConnectParameters, answer: number) =>
      settle(request(p, cls << 4), confirm({}, answer << 4)).told;
    expect(chosen(4, {}, 2)).toEqual([]);
    expect(chosen(2, {}, 0)).toEqual([]);
    expect(chosen(4, { alternativeClasses: [0x00] }, 0)).toEqual([]);
    expect(chosen(4, {}, 0)).toEqual(['cotp.class-raised']);
    expect(chosen(0, {}, 2)).toEqual(['cotp.class-raised']);
  });

  it('holds for their own transport connection alone', () => {
    const state = settle(
      request({ alternativeClasses: [0x20], additionalOptions: 1 }, 0x40),
      confirm({ additionalOptions: 1 }, 0x20),
    );
    const next = (bytes: Uint8Array, way: 0 | 1) =>
      state.take(parseTpdu(bytes, 0, bytes.length, state.context, [])!, bytes, way, code => state.told.push(code));
    state.released = true;
    next(request(), 0);
    next(confirm({}, 0x20), 1);
    expect([state.expeditedAgreed, state.told]).toEqual([false, ['cotp.class-raised']]);
  });

  it('are the TSAPs of whoever names them first', () => {
    const state = settle(request({ callingTsap: 'A' }), confirm({ callingTsap: 'X', calledTsap: 'B' }));
    expect([state.callingTsap, state.calledTsap]).toEqual(['A', 'B']);
  });
});
