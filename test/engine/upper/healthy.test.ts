import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeFile } from '../../../src/app/analyze.ts';
import { analyzeOptions } from '../../kit/analysis.ts';

const CAPTURES = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url));
const there = existsSync(CAPTURES);
if (!there) console.warn('../shared/captures is missing: false alarms are not looked for');

/**
 * Captures whose producers did nothing wrong above the transport layer, damage on the way included. `atk_` are attacks. In ccc2 the
 * server's elements say 7 octets more than its TPKT holds, and tshark finds the same: that one is malformed indeed.
 */
const UNHEALTHY = /^atk_|ccc2/;
const UPPER = /^(ses|pres|acse|rtse|ros|p1|p22|p772|s7)\./;

const files = there
  ? ['stacks', 'x400', 'port102-other'].flatMap(folder =>
      readdirSync(CAPTURES + folder)
        .filter(name => /\.pcap(ng)?(\.gz)?$/.test(name) && !UNHEALTHY.test(name))
        .map(name => `${folder}/${name}`)
        .filter(name => statSync(CAPTURES + name).size < 1 << 20),
    )
  : [];

describe.runIf(there)('captures of healthy stacks', () => {
  it.each(files)('%s: no alarm, and looking closer changes nothing', async file => {
    const path = CAPTURES + file;
    const options = { ...analyzeOptions('exchange-5.5'), keepGoing: true };
    const plain = await analyzeFile(path, options, {});
    const detail = await analyzeFile(path, options, { onPdu: () => undefined });
    const alarms = plain.findings.filter(
      f => UPPER.test(f.code) && (f.severity === 'error' || f.severity === 'warning'),
    );
    expect(alarms.map(f => `${f.code} at frame ${f.frame}: ${f.message}`)).toEqual([]);
    for (const part of ['streams', 'findings', 'associations', 'messages'] as const) {
      expect(detail[part]).toEqual(plain[part]);
    }
  });
});
