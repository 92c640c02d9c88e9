import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FILE, page } from '../../scripts/oracle-docs.ts';
import { tsharkAvailable } from '../kit/tshark.ts';
import { ours, type Tally, theirs } from './compare.ts';
import { DEVIATIONS } from './deviations.ts';

const SHARED = join(import.meta.dirname, '../../../shared/captures');
const able = tsharkAvailable() && existsSync(SHARED);
if (!able) console.warn(`tshark or ${SHARED} is missing: its deviations are not measured`);

it('docs/oracle.md says what the tables say (npm run docs:oracle)', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(page());
});

const printed = (tally: Tally, field: string): number =>
  [...tally].reduce((n, [key, times]) => (key.startsWith(`${field}=`) ? n + times : n), 0);

describe.runIf(able)('what docs/oracle.md says of tshark and of mtascope', () => {
  const rows = DEVIATIONS.flatMap(d => d.measured.map(x => [`${d.id} ${x.capture} ${x.field}`, x] as const));
  it.each(rows)('%s', { timeout: 60_000 }, async (_, { capture, field, off, on, ours: mine }) => {
    const file = join(SHARED, capture);
    const [a, b, c] = await Promise.all([
      theirs(file, ['tcp.reassemble_out_of_order:FALSE']),
      theirs(file, ['tcp.reassemble_out_of_order:TRUE']),
      ours(file),
    ]);
    expect({ off: printed(a, field), on: printed(b, field), ours: printed(c.tally, field) }).toEqual({
      off,
      on,
      ours: mine,
    });
  });
});
