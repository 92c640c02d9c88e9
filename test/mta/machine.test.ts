import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/mta/machine.ts';
import { applyOverrides, loadProfile } from '../../src/mta/profile.ts';

const profile = loadProfile('exchange-5.5');

describe('control blocks', () => {
  it('count one to listen and one for each connection', () => {
    const machine = new Machine(profile);
    expect(machine.controlBlocksInUse).toBe(1);
    const slots = Array.from({ length: 19 }, () => machine.open());
    expect(machine).toMatchObject({ controlBlocksInUse: 20, exhausted: false });
    expect(slots[0]).toBe(1);
    const beyond = machine.open();
    // What found none holds none, and frees none.
    expect(machine).toMatchObject({ controlBlocksInUse: 20, exhausted: true, controlBlocksPeak: 20 });
    machine.request(beyond, 2);
    expect(machine.heldBy(beyond)).toBe(2);
    machine.close(beyond);
    expect(machine.controlBlocksInUse).toBe(20);
    machine.close(slots[3]!);
    expect(machine.controlBlocksInUse).toBe(19);
    expect(machine.open()).toBe(slots[3]);
    expect(machine).toMatchObject({ controlBlocksInUse: 20, exhausted: false, controlBlocksPeak: 20 });
  });

  it('follow the configured count', () => {
    const machine = new Machine(applyOverrides(profile, ['controlBlocks=2']));
    machine.open();
    expect(machine.exhausted).toBe(false);
    machine.open();
    expect(machine.exhausted).toBe(true);
  });

  it('are returned once, however often a connection is closed', () => {
    const machine = new Machine(profile);
    const slot = machine.open();
    machine.close(slot);
    machine.close(slot);
    expect(machine.controlBlocksInUse).toBe(1);
    expect([machine.open(), machine.open()]).toEqual([1, 2]);
  });
});

describe('buffers', () => {
  it('are held from the header to the hand-over of the TSDU', () => {
    const machine = new Machine(profile);
    const a = machine.open();
    const b = machine.open();
    machine.request(a, 1);
    machine.handOver(a, false);
    machine.request(a, 1);
    machine.request(b, 3);
    expect(machine).toMatchObject({ elementsHeld: 5, elementsPeak: 5, headersHeld: 5 });
    machine.handOver(a, true);
    expect(machine).toMatchObject({ elementsHeld: 3, elementsPeak: 5 });
    expect(machine.peakOf(a)).toBe(2);
    expect(machine.close(b)).toBe(3);
    expect(machine.elementsHeld).toBe(0);
  });

  it('are given back with each TPDU when the profile says so', () => {
    const machine = new Machine(applyOverrides(profile, ['lifetime=tpdu']));
    const slot = machine.open();
    for (let i = 0; i < 5; i++) {
      machine.request(slot, 1);
      machine.handOver(slot, false);
    }
    expect(machine.elementsPeak).toBe(1);
  });

  it('keeps its books straight under any sequence of calls', () => {
    const step = fc.record({
      call: fc.constantFrom('open', 'request', 'hand', 'part', 'close'),
      slot: fc.nat(40),
      n: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const machine = new Machine(profile);
        const held = new Map<number, number>();
        const blocks = new Set<number>();
        let peak = 0;
        for (const { call, slot, n } of steps) {
          if (call === 'open') {
            const opened = machine.open();
            held.set(opened, 0);
            if (!machine.exhausted) blocks.add(opened);
          } else if (call === 'request') {
            machine.request(slot, n);
            if (held.has(slot)) held.set(slot, held.get(slot)! + n);
          } else if (call === 'close') {
            machine.close(slot);
            held.delete(slot);
            blocks.delete(slot);
          } else {
            machine.handOver(slot, call === 'hand');
            if (held.has(slot) && call === 'hand') held.set(slot, 0);
          }
          const sum = [...held.values()].reduce((a, b) => a + b, 0);
          peak = Math.max(peak, sum);
          expect(machine.elementsHeld).toBe(sum);
          expect(machine.elementsPeak).toBe(peak);
          expect(machine.controlBlocksInUse).toBe(blocks.size + 1);
          expect(machine.controlBlocksPeak).toBeLessThanOrEqual(machine.controlBlocksConfigured);
        }
      }),
    );
  });
});
