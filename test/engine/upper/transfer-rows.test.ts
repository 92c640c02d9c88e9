import { describe, expect, it } from 'vitest';
import { messageRow } from '../../../src/engine/upper/row.ts';
import { Shared } from '../../../src/engine/upper/shared.ts';
import { Transfer } from '../../../src/engine/upper/transfer.ts';
import { TransferRows } from '../../../src/engine/upper/transfer-rows.ts';
import type { Direction } from '../../../src/model/finding.ts';

/** Rows on one connection, and what the sink was told: numbers with what changed. */
function connection(shared = new Shared()) {
  const told: string[] = [];
  const sink = {
    association: () => {},
    message: (number: number, { state }: { state: string }) => void told.push(`${number} ${state}`),
    messageChange: (number: number, known: object) =>
      void told.push(
        `${number} ${Object.entries(known)
          .filter(([key]) => CHANGES.has(key))
          .join(' ')}`,
      ),
    fault: () => {},
  };
  const rows = new TransferRows(shared, sink, {
    row: (t, state, why) => (t.activity === 'none' ? null : messageRow(null, t, 0, 0, state, why)),
  });
  return { rows, told, shared };
}
const CHANGES = new Set(['state', 'confirmedCheckpoint', 'why']);

function transferOf(direction: Direction, activity = 'aa'): Transfer {
  const transfer = new Transfer(direction, activity, 1, { sec: 0, nsec: 0 }, 100, false);
  transfer.mark(3);
  return transfer;
}

describe('the row of a transfer', () => {
  it('learns that checkpoints, and the end with the last of them, were acknowledged', () => {
    const { rows, told } = connection();
    rows.finish(transferOf(0), 0, 'complete', null);
    expect([rows.confirm(0, 2), rows.confirm(0, 1), rows.confirm(1, 2)]).toEqual([true, true, false]);
    rows.confirmEnd(0);
    expect(rows.confirm(0, 3)).toBe(false);
    expect(told).toEqual([
      '0 complete',
      '0 confirmedCheckpoint,2',
      '0 confirmedCheckpoint,2',
      '0 confirmedCheckpoint,3',
    ]);
    rows.unacknowledged('it broke');
    expect(told).toHaveLength(4);
  });

  it('learns that the end was not acknowledged, unless another activity has begun', () => {
    const { rows, told } = connection();
    rows.finish(transferOf(0), 0, 'complete', null);
    rows.finish(transferOf(1), 1, 'complete', null);
    rows.begin(1);
    rows.unacknowledged('it broke');
    expect(told).toEqual(['0 complete', '1 complete', '0 why,the end of its activity was not acknowledged: it broke']);
  });

  it('goes on where the transfer is resumed, on another connection too', () => {
    const first = connection();
    const number = first.rows.put(transferOf(0), 0, 'interrupted', 'it broke');
    const second = connection(first.shared);
    second.rows.put(transferOf(1), 1, 'complete', null);
    second.rows.goOn(0, number);
    expect([second.rows.has(0), second.rows.has(1)]).toEqual([true, false]);
    second.rows.finish(transferOf(0), 0, 'resumed', 'it was resumed');
    expect(second.rows.has(0)).toBe(false);
    expect(first.told).toEqual(['0 interrupted']);
    expect(second.told).toEqual(['1 complete', '0 confirmedCheckpoint, state,resumed why,it was resumed']);
  });

  it('is none where no message was transferred', () => {
    const { rows, told } = connection();
    expect(rows.finish(transferOf(0, 'none'), 0, 'complete', null)).toBe(null);
    expect(rows.confirm(0, 3)).toBe(false);
    expect(told).toEqual([]);
  });
});
