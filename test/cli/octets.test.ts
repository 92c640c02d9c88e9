import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cat } from '../kit/bytes.ts';
import { ipv4, ipv4Fragments } from '../kit/ip.ts';
import { ethernet } from '../kit/link.ts';
import { tcp } from '../kit/tcp.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));

async function matching(file: string, filter: string): Promise<number[]> {
  const { code, out, err } = await mtascope(['packets', file, '--filter', filter, '--format', 'csv']);
  expect([code, err], filter).toEqual([0, '']);
  return out
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map(line => Number(line.split(',')[1]));
}

/** A connection whose data come in two IP fragments, in short frames that Ethernet has padded. */
function fragmented(): string {
  const wire = new Wire('1998-07-01T09:00:00Z', ethernet({ pad: true }));
  const [client, server] = ['192.0.2.1', '192.0.2.2'];
  const there = (seq: number, ack: number, flags: number, payload = new Uint8Array()) =>
    tcp({ source: client, destination: server, sourcePort: 1200, destinationPort: 102, seq, ack, flags }, payload);
  const back = (seq: number, ack: number, flags: number) =>
    tcp(
      { source: server, destination: client, sourcePort: 102, destinationPort: 1200, seq, ack, flags },
      new Uint8Array(),
    );
  wire.packet(ipv4(client, server, there(100, 0, 0x02)), 4, 0);
  wire.packet(ipv4(server, client, back(500, 101, 0x12)), 4, 1);
  const connect = cat([3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 1, 0, 0xc1, 2, 0x58, 0x59, 0xc2, 2, 0x4d, 0x54, 0xc0, 1, 0x0b]);
  for (const part of ipv4Fragments(client, server, there(101, 501, 0x18, connect), [24], { id: 7 }))
    wire.packet(part, 4, 0);
  const path = join(folder(), 'fragments.pcap');
  writeFileSync(path, wire.pcap());
  return path;
}

const FILTERS = [
  'frame contains 02:f0:80',
  'frame contains "MTA"',
  'frame matches "mta.[a-z]"',
  'tcp contains 02:f0:80',
  'tcp contains "MTA"',
  'tcp matches "exch|mta"',
  'ip contains 02:f0:80',
  'ip contains 08:00:45',
  'ip matches "^E"',
  'ipv6 contains 02:f0:80',
  'ipv6 matches "^`"',
  'frame contains 08:00:45 && !(tcp contains 03:00:00)',
  'frame contains 00:00:00:00:00:00',
  'ip contains 00:00:00:00:00:00',
];

describe('filters that look into frames', () => {
  it('hold what stands in the frame, in IP and in TCP', async () => {
    const file = bundled('q182619-5.0.pcap');
    expect(await matching(file, 'frame contains 02:f0:80')).toHaveLength(16);
    expect(await matching(file, 'tcp contains 02:f0:80')).toHaveLength(16);
    expect(await matching(file, 'ip contains 02:f0:80')).toHaveLength(16);
    expect(await matching(file, 'frame contains "MTA"')).toHaveLength(2);
    expect(await matching(file, 'frame matches "EXCH"')).toHaveLength(1);
    // The link header is the frame's alone, and a layer below is not part of one above.
    expect(await matching(file, 'ip contains 08:00:45')).toEqual([]);
    expect((await matching(file, 'frame contains 08:00:45')).length).toBe(78);
    expect((await matching(file, 'tcp.segment_data contains "Q" || tcp.segment_data')).length).toBe(11);
  });

  it('hold over what fragments were put together to', async () => {
    const file = fragmented();
    // Of IP the last frame has only its own fragment.
    expect(await matching(file, 'tcp contains 03:00:00:16')).toEqual([4]);
    expect(await matching(file, 'ip contains 03:00:00:16')).toEqual([]);
    expect(await matching(file, 'ip contains 4d:54:c0')).toEqual([4]);
  });

  const beside = ['q182619-5.0.pcap', 'ipv6.pcap', 'reordered.pcap', 'two-interfaces.pcapng'];
  it.skipIf(!tsharkAvailable()).each(beside)('select the frames that tshark selects: %s', async name => {
    const file = bundled(name);
    const ours = new Set(await matching(file, 'frame'));
    for (const filter of FILTERS) {
      const theirs = tsharkFields(file, ['frame.number'], [], filter).map(row => Number(row['frame.number']![0]));
      expect(await matching(file, filter), `${name}: ${filter}`).toEqual(theirs.filter(no => ours.has(no)));
    }
  });

  it.skipIf(!tsharkAvailable())('select the frames that tshark selects: fragments, padding', async () => {
    const file = fragmented();
    for (const filter of FILTERS) {
      const theirs = tsharkFields(file, ['frame.number'], [], filter).map(row => Number(row['frame.number']![0]));
      // A fragment that completes nothing is no frame of a stream here.
      expect(await matching(file, filter), filter).toEqual(theirs.filter(no => no !== 3));
    }
  });

  it('are refused where no octets are at hand', async () => {
    for (const filter of [
      'frame contains 02:f0:80',
      'tcp matches "x"',
      'ip.src == 10.0.0.1',
      'tcp.port == 102',
      'icmp.code == 1',
    ]) {
      const { code, out, err } = await mtascope(['follow', '0', bundled('q182619-5.0.pcap'), '--filter', filter]);
      expect([code, out], filter).toEqual([2, '']);
      expect(err).toContain(
        `${filter.split(' ')[0]} is a field of whole packets, and follow looks at one TPKT at a time`,
      );
    }
    const { code, err } = await mtascope(['packets', 'x', '--filter', 'tcp.analysis.keep_alive contains 02:f0']);
    expect([code, err.split('\n')[0]]).toEqual([
      2,
      '--filter: tcp.analysis.keep_alive has no value of its own: it can only be there or not (at character 25)',
    ]);
  });
});
