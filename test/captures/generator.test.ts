import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectedName, expectedText, SAMPLES } from '../../scripts/captures/samples.ts';

const folder = new URL('../../captures/', import.meta.url);

test.each(SAMPLES.map(s => [s.file, s] as const))('%s is what the generator makes', (file, sample) => {
  const { bytes } = sample.build();
  expect(Buffer.compare(readFileSync(new URL(file, folder)), bytes), 'run `npm run captures`').toBe(0);
  expect(readFileSync(new URL(expectedName(file), folder), 'utf8')).toBe(expectedText(sample));
});

test('the folder holds the samples, their expected results and the table, and nothing else', () => {
  const files = SAMPLES.flatMap(s => [s.file, expectedName(s.file)]);
  expect(readdirSync(folder).sort()).toEqual([...files, 'README.md'].sort());
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  for (const { file } of SAMPLES) expect(readme).toContain(`[${file}](${file})`);
});
