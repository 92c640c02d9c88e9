import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../scripts/fuzz/check.ts';
import { corpus, mutant } from '../../scripts/fuzz/mutate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = join(root, 'test/fuzz-regressions');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtascope-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('mutated bundled captures break no promise of the report', { timeout: 120_000 }, async () => {
  const all = corpus([join(root, 'captures')]);
  expect(all.length).toBeGreaterThan(20);
  for (let n = 0; n < 400; n++) {
    const { name, bytes } = mutant(all, 20261122, n);
    await expect(check(bytes, join(folder, 'capture')), name).resolves.toBeUndefined();
  }
});

test('a case is a function of its seed and number', () => {
  const all = corpus([join(root, 'captures')]);
  expect(mutant(all, 5, 17)).toEqual(mutant(all, 5, 17));
  expect(mutant(all, 5, 17).bytes).not.toEqual(mutant(all, 5, 18).bytes);
});

const files = statSync(kept, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(kept) : [];
if (files.length > 0) {
  test.each(files)('what once failed does not: %s', async file => {
    await check(new Uint8Array(readFileSync(join(kept, file))), join(folder, 'capture'));
  });
}
