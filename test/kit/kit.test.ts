import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { segmentShuffle } from './arbitraries.ts';
import { integer, oid, tlv } from './ber.ts';
import { cat, hex, latin1 } from './bytes.ts';
import { Conversation } from './conversation.ts';
import { ak, cc, cr, dc, dr, dt, ea, ed, er, rj } from './cotp.ts';
import { ethernet, type Link, nullLoopback, rawIp, sll, sll2 } from './link.ts';
import { gzip, pcap } from './pcap.ts';
import { Section } from './pcapng.ts';
import { ses } from './session.ts';
import { everySplit } from './splits.ts';
import { tpkt } from './tpkt.ts';
import { tsharkAvailable, tsharkFields, tsharkPdml } from './tshark.ts';
import { Wire } from './wire.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtascope-kit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function saved(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A handshake and, from the client, these TPKTs in a segment each. */
function conversation(
  units: readonly Uint8Array[],
  link: Link = ethernet(),
  addresses = ['192.0.2.1', '192.0.2.2'],
): Wire {
  const wire = new Wire('2020-02-29T23:59:59Z', link);
  const tcp = new Conversation(wire, { address: addresses[0]!, port: 40000 }, { address: addresses[1]!, port: 102 });
  tcp.open();
  for (const unit of units) tcp.send(0, unit, { quiet: true });
  return wire;
}

const PLAIN = [tpkt(dt([1, 0, 1, 0, 0xaa]))];

test('BER encoders give the octets of X.690', () => {
  expect(integer(0)).toEqual(hex('020100'));
  expect(integer(128)).toEqual(hex('02020080'));
  expect(integer(-129)).toEqual(hex('0202ff7f'));
  expect(integer(65536)).toEqual(hex('0203010000'));
  expect(oid('2.6.0.2.12')).toEqual(hex('0604 5600020c'));
  expect(oid('1.3.26.0.4406.0.4.1')).toEqual(hex('0608 2b1a00a236000401'));
  expect(tlv(4, new Uint8Array(200)).subarray(0, 3)).toEqual(hex('0481c8'));
});

test('every split hands over the same octets', () => {
  const bytes = latin1('the same octets in every cut');
  let cuts = 0;
  everySplit(bytes, (chunks, name) => {
    cuts++;
    expect(cat(chunks), name).toEqual(bytes);
  });
  expect(cuts).toBeGreaterThan(bytes.length);
});

test('a segment shuffle covers every octet', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }).chain(n => fc.tuple(fc.constant(n), segmentShuffle(n))),
      ([length, slices]) => {
        const seen = new Uint8Array(length);
        for (const { offset, length: size } of slices) {
          expect(offset + size).toBeLessThanOrEqual(length);
          seen.fill(1, offset, offset + size);
        }
        return seen.every(octet => octet === 1);
      },
    ),
  );
});

describe.skipIf(!tsharkAvailable())('as tshark reads it', () => {
  const LINKS: Record<string, Link> = {
    ethernet: ethernet(),
    'padded ethernet': ethernet({ pad: true }),
    'one tag': ethernet({ vlans: [{ id: 5 }] }),
    'three tags': ethernet({ vlans: [{ id: 5, tpid: 0x88a8 }, { id: 6 }, { id: 7 }] }),
    snap: ethernet({ snap: true }),
    sll: sll(),
    sll2: sll2(),
    null: nullLoopback(),
    'null, big-endian': nullLoopback(true),
    raw: rawIp(),
  };
  const ADDRESSES = [
    ['192.0.2.1', '192.0.2.2'],
    ['2001:db8::1', '2001:db8:1:2::3'],
  ];
  test.each(
    Object.entries(LINKS).flatMap(([name, link]) =>
      ADDRESSES.map(a => [name, a[0]!.includes(':') ? 6 : 4, link, a] as const),
    ),
  )('link %s, IPv%s', (name, version, link, addresses) => {
    const file = saved(`${name}-${version}.pcap`, conversation(PLAIN, link, addresses).pcap());
    const [source] = [version === 4 ? 'ip.src' : 'ipv6.src'];
    const rows = tsharkFields(file, [source, 'tcp.checksum.status', 'tpkt.length'], ['tcp.check_checksum:TRUE']);
    expect(rows).toHaveLength(4);
    expect(rows.map(r => r['tcp.checksum.status'])).toEqual([['1'], ['1'], ['1'], ['1']]);
    expect(rows[3]).toMatchObject({ [source]: [addresses[0]], 'tpkt.length': ['12'] });
  });

  test('all COTP TPDUs and parameters', () => {
    const everything = {
      callingTsap: 'A',
      calledTsap: [1, 2],
      tpduSize: 0x0b,
      preferredSize: 16,
      version: 1,
      additionalOptions: 1,
      alternativeClasses: [0x20],
      acknowledgeTime: 100,
      priority: 3,
      reassignmentTime: 9,
    };
    const units: Uint8Array[] = [cr(1, everything, 0x40), cc(1, 2, everything, 0x40), dr(1, 2, 0x80, [1]), dc(1, 2)];
    units.push(dt([5], true, { destination: 1, number: 3 }), ed([9], { destination: 1 }), ak(1, 4, 5));
    units.push(ea(1, 0), rj(1, 4, 5), er(1, 2, [0xe0]));
    const file = saved('cotp.pcap', conversation(units.map(u => tpkt(u))).pcap());
    const rows = tsharkFields(file, [
      'cotp.type',
      'cotp.parameter_code',
      'cotp.preferred_maximum_tpdu_size',
      '_ws.malformed',
    ]);
    const types = rows.slice(3).map(r => r['cotp.type']![0]);
    expect(types).toEqual(['0x0e', '0x0d', '0x08', '0x0c', '0x0f', '0x01', '0x06', '0x02', '0x05', '0x07']);
    expect(rows[3]!['cotp.parameter_code']).toEqual([
      '0xc1',
      '0xc2',
      '0xc0',
      '0xf0',
      '0xc4',
      '0xc6',
      '0xc7',
      '0x85',
      '0x87',
      '0x8b',
    ]);
    expect(rows.flatMap(r => r['_ws.malformed']!)).toEqual([]);
  });

  test('session SPDUs with their concatenations', () => {
    const spdus: [Uint8Array, string[]][] = [
      [ses.cn({ callingReference: [0x14, 1, 65], tokens: 0, tsduMaximum: [0, 0], initialSerial: 1 }), ['13']],
      [ses.ac({ calledSelector: latin1('S') }), ['14']],
      [ses.rf(1), ['12']],
      [ses.fn(), ['9']],
      [ses.dn(), ['10']],
      [ses.nf(), ['8']],
      [ses.ab(3), ['25']],
      [ses.aa(), ['26']],
      [ses.gtc(), ['21']],
      [ses.gta(), ['22']],
      [ses.as([2, 1, 1]), ['1', '45']],
      [ses.ar({ activity: [2, 1, 2], old: [2, 1, 1], point: 4, linking: { calling: [0x14, 1, 65] } }), ['1', '29']],
      [ses.mip(1), ['1', '49']],
      [ses.mia(1), ['2', '50']],
      [ses.ae(2), ['1', '41']],
      [ses.aea(2), ['2', '42']],
      [ses.map(3), ['1', '41']],
      [ses.maa(3), ['2', '42']],
      [ses.ad(0), ['1', '57']],
      [ses.ada(), ['2', '58']],
      [ses.ai(1), ['1', '25']],
      [ses.aia(), ['2', '26']],
      [ses.ed(5), ['2', '48']],
      [ses.rs({ tokens: 0, type: 1, serial: 4 }), ['1', '53']],
      [ses.ra({ tokens: 0, serial: 4 }), ['2', '34']],
    ];
    const units = spdus.map(([bytes]) => tpkt(dt(bytes)));
    const file = saved('session.pcap', conversation(units).pcap());
    const rows = tsharkFields(file, ['ses.type', '_ws.malformed', 'ses.activity_identifier', 'ses.serial_number']);
    expect(rows.slice(3).map(r => r['ses.type'])).toEqual(spdus.map(([, types]) => types));
    expect(rows.flatMap(r => r['_ws.malformed']!)).toEqual([]);
  });

  test('fragments of both versions of IP', () => {
    for (const addresses of ADDRESSES) {
      const wire = conversation([], ethernet(), addresses);
      const tcp = new Conversation(
        wire,
        { address: addresses[0]!, port: 40000 },
        { address: addresses[1]!, port: 102 },
      );
      const unit = tpkt(dt(new Uint8Array(600)));
      const at = tcp.queue(0, unit);
      const fragments = tcp.fragments(0, at, unit.length, [200, 400]);
      for (const packet of fragments.reverse()) wire.packet(packet, tcp.version, 0);
      const file = saved(`fragments-${tcp.version}.pcap`, wire.pcap());
      const rows = tsharkFields(
        file,
        ['frame.number', 'tpkt.length', 'tcp.checksum.status'],
        ['tcp.check_checksum:TRUE'],
      );
      expect(rows.at(-1)).toMatchObject({ 'tpkt.length': ['607'], 'tcp.checksum.status': ['1'] });
    }
  });

  test.each([
    ['µs, little-endian', {}, 'Wireshark/tcpdump/... - pcap'],
    ['µs, big-endian', { bigEndian: true }, 'Wireshark/tcpdump/... - pcap'],
    ['ns', { nanoseconds: true }, 'Wireshark/tcpdump/... - nanosecond pcap'],
    ['modified', { modified: true }, 'Modified tcpdump - pcap'],
  ])('capture file: %s', (name, options, type) => {
    const wire = conversation(PLAIN);
    const file = saved(`${name.length}-${JSON.stringify(options).length}.pcap`, wire.pcap(options));
    expect(execFileSync('capinfos', ['-t', file], { encoding: 'utf8' })).toContain(type);
    const rows = tsharkFields(file, ['frame.time_epoch', 'tpkt.length']);
    expect(rows).toHaveLength(wire.frames.length);
    expect(rows[3]!['tpkt.length']).toEqual(['12']);
    rows.forEach((row, i) => {
      const { sec, nsec } = wire.frames[i]!.time;
      expect(row['frame.time_epoch']).toEqual([`${sec}.${String(nsec).padStart(9, '0')}`]);
    });
  });

  test('pcapng: two sections, byte orders, interfaces with their own clocks, old and simple blocks, comments', () => {
    const { frames } = conversation(PLAIN);
    const first = new Section(false, 'first')
      .interface({ linkType: 1, name: 'a' })
      .interface({ linkType: 1, resolution: 9, offset: 1000 })
      .block(0x0b00, [1, 2, 3])
      .enhanced(frames[0]!.time, frames[0]!.bytes, { comments: ['one', 'zwei: ü'] })
      .enhanced(frames[1]!.time, frames[1]!.bytes, { interface: 1 });
    const second = new Section(true)
      .interface({ linkType: 1, resolution: 0x80 | 10 })
      .obsolete(frames[2]!.time, frames[2]!.bytes)
      .simple(frames[3]!.bytes);
    const file = saved('sections.pcapng', cat(first.bytes(), second.bytes()));
    const rows = tsharkFields(file, ['frame.time_epoch', 'frame.comment', 'tpkt.length', 'frame.interface_id']);
    expect(rows).toHaveLength(4);
    expect(rows[0]!['frame.comment']).toEqual(['one', 'zwei: ü']);
    const epoch = (i: number) => frames[i]!.time.sec + frames[i]!.time.nsec / 1e9;
    expect(Number(rows[0]!['frame.time_epoch']![0])).toBeCloseTo(epoch(0), 6);
    expect(Number(rows[1]!['frame.time_epoch']![0])).toBeCloseTo(epoch(1), 6);
    expect(Number(rows[2]!['frame.time_epoch']![0])).toBeCloseTo(epoch(2), 2);
    expect(rows[3]!['tpkt.length']).toEqual(['12']);
  });

  test('gzip', () => {
    const wire = conversation(PLAIN);
    expect(tsharkFields(saved('z.pcap.gz', gzip(wire.pcap())), ['tpkt.length'])).toHaveLength(4);
  });

  test('PDML keeps protocols, fields and their octets', () => {
    const file = saved('pdml.pcap', conversation([tpkt(cr(7, { callingTsap: 'a<"&\'>b' }))]).pcap());
    const layers = tsharkPdml(file, [], 'tpkt')[0]!;
    expect(layers.map(l => l.name)).toEqual(['geninfo', 'frame', 'eth', 'ip', 'tcp', 'tpkt', 'cotp']);
    const cotp = layers.at(-1)!;
    expect(cotp.children.find(f => f.name === 'cotp.srcref')).toMatchObject({ show: '0x0007', value: '0007', size: 2 });
    expect(cotp.children.find(f => f.name === 'cotp.src-tsap')?.show).toBe('a<"&\'>b');
  });

  test('a snap length cuts what is kept, not what was', () => {
    const wire = conversation(PLAIN);
    const file = saved('snap.pcap', pcap(wire.frames, { snapLength: 58 }));
    const rows = tsharkFields(file, ['frame.len', 'frame.cap_len']);
    expect(rows[3]).toEqual({ 'frame.len': ['66'], 'frame.cap_len': ['58'] });
  });
});
