import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folder } from '../cli/kit.ts';
import { hex } from '../kit/bytes.ts';
import { address } from '../kit/ip.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { FRAGMENTED, LINKS, OUTER, TUNNELS, wrapped } from '../kit/tunnel.ts';
import { anonymizeInto } from './kit.ts';

const MESSAGES = readFileSync(fileURLToPath(new URL('../../captures/clean-association.pcap', import.meta.url)));
const dir = folder();

/** The addresses at both ends, in the frames of the capture and around them, and what options carry. */
const SECRETS = [
  ...[...OUTER.four, ...OUTER.six, '192.0.2.21', '192.0.2.50'].map(address),
  MESSAGES.subarray(40, 46),
  MESSAGES.subarray(46, 52),
  ...[
    '02aabbccdd01',
    '02aabbccdd02',
    '0a5500000001',
    '0a5500000002',
    '0a5500000003',
    '0a5500000004',
    '0a0b0c0d',
    '776c616e30',
    '000003e8',
  ].map(hex),
];

test.each([...TUNNELS, ...LINKS, ...FRAGMENTED].map(w => [w.name, w] as const))(
  '%s: tells neither end of the tunnel nor those in it, and checksums fit',
  async (_name, wrapping) => {
    const before = join(dir, 'before.pcap');
    writeFileSync(before, wrapped(MESSAGES, wrapping));
    const { missing, proof, original, path, bytes } = await anonymizeInto(dir, before, 'exchange-5.0');
    expect(missing).toEqual([]);
    const shape = (report: typeof proof) => [
      report.frames,
      report.selectedFrames,
      report.warnings,
      report.streams.map(s => s.directions.map(d => [d.bytes, d.segments, d.tpkts, d.tsdus])),
    ];
    expect(shape(proof)).toEqual(shape(original));
    const told = SECRETS.map(secret => Buffer.from(secret)).filter(secret => bytes.includes(secret));
    expect(told).toEqual([]);
    if (!tsharkAvailable()) return;
    const status = ['ip.checksum.status', 'udp.checksum.status', 'tcp.checksum.status'];
    const rows = tsharkFields(
      path,
      [...status, '_ws.expert.message', 'tcp.stream'],
      ['tcp.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'ip.check_checksum:TRUE'],
    );
    // 1 fits, 2 was not checked, 3 is none.
    for (const row of rows) {
      for (const layer of status)
        expect(
          row[layer]!.filter(s => s === '0'),
          layer,
        ).toEqual([]);
      expect(row['_ws.expert.message']!.filter(m => /checksum/i.test(m))).toEqual([]);
    }
    // Whether a control word stands before Ethernet, Wireshark guesses by the manufacturers in its addresses; pseudonyms have none.
    if (wrapping.name === 'MPLS pseudowire') return;
    expect(rows.filter(row => row['tcp.stream']!.length > 0)).toHaveLength(original.selectedFrames);
  },
);
