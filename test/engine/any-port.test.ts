import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { analyzeOptions, analyzePath } from '../kit/analysis.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const ANY = { ...analyzeOptions(), anyPort: true };

/* All streams of the bundled captures are on port 102, which is looked at with --any-port as well: nothing of them may be lost. */
test.each(readdirSync(CAPTURES).filter(name => /\.pcap(ng)?$/.test(name)))(
  '%s says the same with --any-port',
  async name => {
    const plain = await analyzePath(CAPTURES + name);
    expect(await analyzePath(CAPTURES + name, ANY)).toEqual(plain);
  },
);
