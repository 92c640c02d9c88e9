import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';

const folder = new URL('../../captures/', import.meta.url);
const path = (file: string) => fileURLToPath(new URL(file, folder));
const OUT_OF_ORDER = ['tcp.reassemble_out_of_order:TRUE'];

/** What tshark 4.0 cannot take apart although it is sound (docs/oracle.md): X.410 data, a resumed activity's rest. */
const KNOWN = /can't get spdu type from session dissector|Wrong tag in tagged type.*EXTERNAL/;
/** Captures in which something is wrong on purpose, or that tshark cannot frame. */
const BROKEN = new Set([
  'q182619-5.0.pcap',
  'q182619-5.5.pcap',
  'q182619-version3.pcap',
  'gap.pcap',
  'midstream.pcap',
  'stray-http.pcap',
  'stray-tls.pcap',
]);

describe.skipIf(!tsharkAvailable())('tshark reads the bundled captures as the generator meant them', () => {
  test.each(SAMPLES.map(s => [s.file, s] as const))('%s', (file, sample) => {
    const { expected } = sample.build();
    const fields = [
      'frame.number',
      'tcp.stream',
      'tcp.checksum.status',
      'ip.checksum.status',
      'tpkt.length',
      '_ws.malformed',
    ];
    const rows = tsharkFields(
      path(file),
      [...fields, '_ws.expert.message', 'cotp.type', 'tcp.srcport'],
      [...OUT_OF_ORDER, 'tcp.check_checksum:TRUE', 'ip.check_checksum:TRUE'],
    );
    expect(rows).toHaveLength(expected.frames);
    for (const row of rows) {
      for (const layer of ['tcp', 'ip']) {
        const wrong = row[`${layer}.checksum.status`]!.filter(status => status !== '1');
        expect(wrong, `${layer} checksum of frame ${row['frame.number']}`).toEqual([]);
      }
    }
    const streams = new Set(rows.flatMap(r => r['tcp.stream']!));
    expect(streams.size).toBe(expected.streams.length);
    if (BROKEN.has(file)) return;

    const malformed = rows.filter(
      r => r['_ws.malformed']!.length > 0 && !r['_ws.expert.message']!.some(m => KNOWN.test(m)),
    );
    expect(malformed.map(r => [r['frame.number'], r['_ws.expert.message']])).toEqual([]);
    expected.streams.forEach((stream, id) => {
      stream.directions.forEach((direction, way) => {
        const lengths = rows
          .filter(r => r['tcp.stream']![0] === String(id) && (r['tcp.srcport']![0] === '102') === (way === 1))
          .flatMap(r => r['tpkt.length']!.map(Number));
        expect(lengths, `stream ${id}, direction ${way}`).toHaveLength(direction.tpkts);
        if (direction.tpkts > 0 && !/^header-/.test(file)) expect(Math.max(...lengths)).toBe(direction.maxTpktLength);
      });
    });
  });

  test('the names of the messages are there', () => {
    const rows = tsharkFields(path('clean-association.pcap'), [
      'p1.local_identifier',
      'p1.mTA',
      'p1.mta_name',
      'p22.subject',
    ]);
    expect(rows.flatMap(r => r['p1.local_identifier']!)).toEqual([
      '980616.0700.001',
      '980616.0700.002',
      '980616.0701.R01',
      '980616.0700.001',
    ]);
    expect(rows.flatMap(r => r['p22.subject']!)).toEqual(['Quarterly figures', 'Quarterly figures']);
  });
});
