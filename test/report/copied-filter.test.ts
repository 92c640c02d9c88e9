import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyzeFile } from '../../src/app/analyze.ts';
import type { Field } from '../../src/model/field.ts';
import { filterFor } from '../../src/report/copied-filter.ts';
import { analyzeOptions } from '../kit/analysis.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';

const CAPTURES = join(import.meta.dirname, '..', '..', 'captures');

test.skipIf(!tsharkAvailable())(
  'a filter that is copied from the layers names fields that Wireshark has',
  async () => {
    const filters = new Map<string, string>();
    const note = (fields: readonly Field[]): void => {
      for (const { name, value = null, children = [] } of fields) {
        const filter = filterFor({ name, value: typeof value === 'bigint' ? String(value) : value }, 9);
        filters.set(filter.split(' ')[0]!, filter);
        note(children);
      }
    };
    for (const name of readdirSync(CAPTURES).filter(file => /\.pcap(ng)?(\.gz)?$/.test(file)))
      await analyzeFile(join(CAPTURES, name), analyzeOptions(), {
        onPdu: pdu => {
          for (const tree of pdu.trees) note(tree.fields);
        },
      });
    expect(filters.size).toBeGreaterThan(100);
    // One name or value that it does not take would make tshark refuse all of them.
    const any = [...filters.values()].join(' || ');
    const file = join(CAPTURES, 'activity-discarded.pcap');
    expect(tsharkFields(file, ['frame.number'], [], any).length).toBeGreaterThan(0);
  },
  120_000,
);

test.each(['acse.ACSE_apdu', 'rtse.RTSE_apdus', 'ses.sync_type', 'p35.element'])(
  'of %s, which Wireshark does not have, the frame is what is copied',
  name => {
    expect(filterFor({ name, value: 1 }, 12)).toBe('frame.number == 12');
  },
);
