import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { analyzeBytes, analyzeOptions, analyzePath } from '../kit/analysis.ts';
import { Conversation } from '../kit/conversation.ts';
import { Wire } from '../kit/wire.ts';

const file = fileURLToPath(new URL('../../captures/header-split-1.pcap', import.meta.url));

/** [code, severity, message] of what is said of the hosts, with these named as MTAs. */
async function said(mta: readonly string[]): Promise<string[][]> {
  const { findings } = await analyzePath(file, { ...analyzeOptions('exchange-5.5'), mta });
  return findings
    .filter(finding => finding.code.startsWith('mta.'))
    .map(({ code, severity, message }) => [code, severity, message]);
}

it('an MTA that is named and not in the capture is told of: nothing is claimed then', async () => {
  expect(await said(['192.0.2.71'])).toEqual([
    [
      'mta.not-in-capture',
      'warning',
      '192.0.2.71, named as an MTA, has no stream in this capture: nothing is claimed about any MTA',
    ],
  ]);
});

it('beside one that is there it is a note, and all is claimed of the other', async () => {
  const [first, second, ...more] = await said(['192.0.2.71', '192.0.2.70', '192.0.2.71']);
  expect(first![0]).toBe('mta.9404');
  expect(second).toEqual(['mta.not-in-capture', 'note', '192.0.2.71, named as an MTA, has no stream in this capture']);
  expect(more).toEqual([]);
});

it('one that is there needs no word', async () => {
  expect((await said(['192.0.2.70'])).map(([code]) => code)).toEqual(['mta.9404']);
});

it('a stream that never came up is one: nothing is said of an MTA whose connect was refused', async () => {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.70', port: 1040 }, { address: '192.0.2.80', port: 102 });
  tcp.syn();
  tcp.refuse();
  for (const mta of ['192.0.2.70', '192.0.2.80']) {
    const { findings } = await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.5'), mta: [mta] });
    expect(findings.map(({ code }) => code)).toEqual(mta === '192.0.2.70' ? ['mta.9215'] : []);
  }
});
