import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeBytes, analyzeChunks, analyzeOptions } from '../kit/analysis.ts';
import { chunkCuts } from '../kit/arbitraries.ts';
import { everySplit, pieces } from '../kit/splits.ts';

/** Enough of each format and each sort of trouble, small enough for every cut. */
const FILES = [
  'q182619-5.0.pcap',
  'q182619-version3.pcap',
  'header-out-of-order.pcap',
  'gap.pcap',
  'midstream.pcap',
  'ipv6.pcap',
  'two-interfaces.pcapng',
  'compressed.pcap.gz',
];

describe('the report does not depend on the chunks in which a capture arrives', () => {
  test.each(FILES)('%s, in pieces of fixed size', async file => {
    const { bytes, expected } = SAMPLES.find(s => s.file === file)!.build();
    const options = analyzeOptions(expected.profile);
    const whole = await analyzeBytes(bytes, options);
    for (const size of [1, 2, 3, 7, 16, 61, 1024]) {
      expect(await analyzeChunks(pieces(bytes, size), options), `pieces of ${size}`).toEqual(whole);
    }
  });

  test.each(FILES)('%s, cut anywhere', async file => {
    const { bytes, expected } = SAMPLES.find(s => s.file === file)!.build();
    const options = analyzeOptions(expected.profile);
    const whole = await analyzeBytes(bytes, options);
    await fc.assert(
      fc.asyncProperty(chunkCuts(bytes.length), async cuts => {
        const edges = [0, ...cuts, bytes.length];
        const chunks = edges.slice(0, -1).map((from, i) => bytes.subarray(from, edges[i + 1]!));
        expect(await analyzeChunks(chunks, options)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  test('a capture that is cut off in any place: the same warning however it arrives', async () => {
    const { bytes } = SAMPLES.find(s => s.file === 'q151626-cc.pcap')!.build();
    for (let length = 24; length < bytes.length; length += 37) {
      const cut = bytes.subarray(0, length);
      const whole = await analyzeBytes(cut);
      expect(await analyzeChunks(pieces(cut, 5))).toEqual(whole);
      expect(whole.warnings.length).toBeLessThanOrEqual(1);
    }
  });

  test('blocks of a pcapng that nobody reads: where they stand does not depend on the pieces', async () => {
    const { bytes } = SAMPLES.find(s => s.file === 'two-interfaces.pcapng')!.build();
    // An interface description with a link type of its own (201), behind everything else.
    const strange = new Uint8Array([1, 0, 0, 0, 20, 0, 0, 0, 201, 0, 0, 0, 0, 0, 4, 0, 20, 0, 0, 0]);
    const file = new Uint8Array([...bytes, ...strange]);
    const whole = await analyzeBytes(file);
    expect(whole.warnings).toMatchObject([{ code: 'capture.link-type', offset: bytes.length }]);
    for (const size of [5, 64]) expect(await analyzeChunks(pieces(file, size)), `pieces of ${size}`).toEqual(whole);
  });

  test('every single cut of a short capture', async () => {
    const { bytes } = SAMPLES.find(s => s.file === 'stray-tls.pcap')!.build();
    const short = bytes.subarray(0, 500);
    const whole = await analyzeBytes(short);
    const runs: [Uint8Array[], string][] = [];
    everySplit(short, (chunks, name) => void runs.push([chunks, name]));
    for (const [chunks, name] of runs) expect(await analyzeChunks(chunks), name).toEqual(whole);
  });
});
