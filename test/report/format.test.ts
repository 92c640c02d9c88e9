import { describe, expect, it } from 'vitest';
import { nanoseconds, secondsBetween } from '../../src/report/format.ts';

describe('times', () => {
  it('between two stamps are rounded once, also across the beginning of a second', () => {
    expect(secondsBetween({ sec: 1, nsec: 987_800_000 }, { sec: 2, nsec: 0 })).toBe(0.0122);
    expect(secondsBetween({ sec: 3, nsec: 5 }, { sec: 2, nsec: 999_999_999 })).toBe(-6e-9);
  });

  it('have all their digits', () => {
    expect(nanoseconds({ sec: 1_795_347_669, nsec: 167_072_058 })).toBe(1_795_347_669_167_072_058n);
  });
});
