import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Conditions } from '../../src/engine/conditions.ts';
import { FindingList, sourceOf } from '../../src/engine/finding-list.ts';
import { makeFinding } from '../../src/engine/make-finding.ts';
import type { Direction } from '../../src/model/finding.ts';

const CODES = ['tcp.gap', 'tpkt.version', 'cotp.no-eot', 'mta.9156'];

interface Met {
  readonly code: string;
  readonly stream: number;
  readonly direction: Direction | null;
  readonly frame: number;
  readonly detail: string;
}

const met: fc.Arbitrary<Met> = fc.record({
  code: fc.constantFrom(...CODES),
  stream: fc.integer({ min: 0, max: 400 }),
  direction: fc.constantFrom<Direction | null>(0, 1, null),
  frame: fc.integer({ min: 1, max: 3000 }),
  detail: fc.constantFrom('one', 'two', 'three'),
});

/** The same, as a list of objects would do it. */
function expected(all: readonly Met[]): (Met & { count: number; frames: number[] })[] {
  const rows: (Met & { count: number; frames: number[] })[] = [];
  for (const m of all) {
    const known = rows.find(r => r.code === m.code && r.stream === m.stream && r.direction === m.direction);
    if (known === undefined) rows.push({ ...m, count: 1, frames: [m.frame] });
    else {
      known.count++;
      if (known.frames.length < 64 && known.frames.at(-1) !== m.frame) known.frames.push(m.frame);
    }
  }
  return rows;
}

const all = (conditions: Conditions) =>
  Array.from({ length: conditions.length }, (_, i) => i)
    .filter(i => conditions.has(i))
    .map(i => conditions.finding(i));

describe('conditions', () => {
  test('the first of each kind on a stream and direction stays, the others are counted', () => {
    fc.assert(
      fc.property(fc.array(met, { maxLength: 600 }), list => {
        const conditions = new Conditions();
        for (const m of list) conditions.add(m.code, m.stream, m.direction, m.frame, m.detail);
        expect(
          all(conditions).map(({ code, stream, direction, frame, count, frames }) => {
            return { code, stream, direction, frame, count, frames };
          }),
        ).toEqual(
          expected(list).map(({ code, stream, direction, frame, count, frames }) => {
            return { code, stream, direction, frame, count, frames: [...new Set(frames)].sort((a, b) => a - b) };
          }),
        );
      }),
    );
  });

  test('a row that was taken out, alone or with its stream, comes back as a new one', () => {
    fc.assert(
      fc.property(fc.array(met, { maxLength: 300 }), fc.array(met, { maxLength: 300 }), (before, behind) => {
        const conditions = new Conditions();
        for (const m of before) conditions.add(m.code, m.stream, m.direction, m.frame, m.detail);
        const taken = [...conditions.take('mta.9156')];
        expect(taken.map(row => row.count)).toEqual(
          expected(before.filter(m => m.code === 'mta.9156')).map(row => row.count),
        );
        conditions.dropStream(7);
        conditions.drop((stream, code) => stream % 2 === 0 && code === 'tcp.gap');
        const stays = (m: Met) =>
          m.code !== 'mta.9156' && m.stream !== 7 && !(m.stream % 2 === 0 && m.code === 'tcp.gap');
        for (const m of behind) conditions.add(m.code, m.stream, m.direction, m.frame, m.detail);
        const key = (m: { code: string; stream: number | null; direction: Direction | null; count: number }) =>
          [m.code, m.stream, m.direction, m.count].join(' ');
        expect(all(conditions).map(key)).toEqual(expected([...before.filter(stays), ...behind]).map(key));
      }),
    );
  });

  test('a row keeps the time of its first frame, where one is given', () => {
    const conditions = new Conditions();
    conditions.add('mta.9156', 1, 0, 5, 'host', { sec: 0, nsec: 7 });
    conditions.add('mta.9156', 1, 0, 6, 'host', { sec: 1, nsec: 0 });
    conditions.add('mta.9156', 2, 0, 6, 'host');
    expect([...conditions.take('mta.9156')].map(row => row.time)).toEqual([{ sec: 0, nsec: 7 }, null]);
    expect([...conditions.take('mta.9156')]).toEqual([]);
  });
});

test('findings stand in order: what stops the machine, then by severity, frame and stream, then as they came', () => {
  fc.assert(
    fc.property(fc.array(met, { maxLength: 200 }), fc.array(met, { maxLength: 40 }), (lower, others) => {
      const conditions = new Conditions();
      for (const m of lower) conditions.add(m.code, m.stream, m.direction, m.frame, m.detail);
      conditions.drop(stream => stream === 3);
      const made = others.map(m => {
        const code = m.stream % 5 === 0 ? 'mta.9404' : m.code;
        const severity = (['error', 'warning', 'note'] as const)[m.frame % 3]!;
        const parts = { ...m, code, severity, frames: [m.frame], explanation: '', clause: null, identity: '' };
        return makeFinding({ ...parts, frame: m.frame % 7 === 0 ? null : m.frame, message: m.detail });
      });
      const list = new FindingList([sourceOf(made), conditions]);
      const rank = (code: string, severity: string) =>
        code === 'mta.9404' ? -1 : ['error', 'warning', 'note'].indexOf(severity);
      const sorted = [...made, ...all(conditions)].sort(
        (a, b) =>
          rank(a.code, a.severity) - rank(b.code, b.severity) ||
          (a.frame ?? 0) - (b.frame ?? 0) ||
          (a.stream ?? -1) - (b.stream ?? -1),
      );
      expect([...list]).toEqual(sorted);
      expect(list.length).toBe(sorted.length);
      expect(Array.from(sorted, (_, i) => list.at(i))).toEqual(sorted);
      expect(list.at(sorted.length)).toBeUndefined();
    }),
  );
});
