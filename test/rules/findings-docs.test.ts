import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FOLDER, pages } from '../../scripts/findings-docs.ts';
import { ALL_RULES } from '../../src/app/gate-rules.ts';

it('docs/findings says what the rule tables say (npm run docs:findings)', () => {
  const wanted = pages(ALL_RULES);
  expect(readdirSync(FOLDER).sort()).toEqual([...wanted.keys()].sort());
  for (const [name, text] of wanted) expect(readFileSync(join(FOLDER, name), 'utf8'), name).toBe(text);
});
