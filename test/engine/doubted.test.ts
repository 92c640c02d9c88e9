import { expect, it } from 'vitest';
import { DoubtedFaults } from '../../src/engine/doubted.ts';

const fault = (code: string) => ({ code, at: 0, detail: '' });

function raised(): { faults: DoubtedFaults; told: string[] } {
  const told: string[] = [];
  const faults = new DoubtedFaults(({ code, direction, frame }) => told.push(`${code} ${direction} ${frame}`));
  faults.raise([fault('cotp.dt-too-large'), fault('cotp.tpdu-nr')], 0, 7);
  faults.raise([fault('cotp.ed-length')], 1, 8);
  return { faults, told };
}

it('a fault waits for the next TPKT of its direction only where it rests on the length of its own', () => {
  const { faults, told } = raised();
  expect(told).toEqual(['cotp.tpdu-nr 0 7']);
  faults.release(0);
  faults.release(0);
  expect(told).toEqual(['cotp.tpdu-nr 0 7', 'cotp.dt-too-large 0 7']);
});

it('and is none where that length is false', () => {
  const { faults, told } = raised();
  faults.drop(0);
  faults.release(0);
  faults.release(1);
  expect(told).toEqual(['cotp.tpdu-nr 0 7', 'cotp.ed-length 1 8']);
});
