import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bookOf } from '../kit/book.ts';
import { Conversation } from '../kit/conversation.ts';
import { CODE, leastQuote, unreachable } from '../kit/icmp.ts';
import { ipv4Fragments } from '../kit/ip.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { mtascope } from './kit.ts';

const dir = mkdtempSync(join(tmpdir(), 'mtascope-icmp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FOUR = ['192.0.2.80', '192.0.2.90', '198.51.100.9'] as const;
const SIX = ['2001:db8::80', '2001:db8::90', '2001:db8:1::1'] as const;

function saved(name: string, wire: Wire): string {
  const file = join(dir, name);
  writeFileSync(file, wire.pcap());
  return file;
}

/** A SYN and what is said of it, once with all of it quoted and once with as much as has to be, for each code. */
function everyCode(): Wire {
  const wire = new Wire('1998-06-19T09:00:00Z');
  for (const [client, server, router] of [FOUR, SIX]) {
    for (let code = 0; code < 20; code++) {
      if (client === FOUR[0] && code === CODE.fragmentationNeeded) continue;
      const tcp = new Conversation(wire, { address: client, port: 1080 + code }, { address: server, port: 102 });
      const syn = tcp.synPacket();
      wire.packet(syn, tcp.version, 0);
      wire.packet(unreachable(router, client, code, syn, code % 2 === 0 ? undefined : leastQuote(syn)), tcp.version, 1);
    }
  }
  return wire;
}

/** A message about a SYN of another port, about none that was sent, one in fragments, and one before the SYN that it is about. */
function mixed(): Wire {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const [client, server, router] = FOUR;
  const of = (port: number, to = 102) =>
    new Conversation(wire, { address: client, port }, { address: server, port: to });
  const web = of(2000, 80);
  web.syn();
  wire.packet(unreachable(router, client, CODE.host, web.synPacket()), 4, 1);
  wire.packet(unreachable(router, client, CODE.host, of(2001).synPacket()), 4, 1);
  const known = of(2002);
  const early = known.synPacket();
  wire.packet(unreachable(router, client, CODE.network, early), 4, 1);
  wire.packet(early, 4, 0);
  const message = unreachable(router, client, CODE.host, early).subarray(20);
  for (const packet of ipv4Fragments(router, client, message, [32], { protocol: 1 })) wire.packet(packet, 4, 1);
  for (const packet of ipv4Fragments(router, client, message, [48], { protocol: 1, id: 9 })) wire.packet(packet, 4, 1);
  known.syn();
  return wire;
}

interface Row {
  readonly no: number;
  readonly stream: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  readonly tcp: object | null;
  readonly icmp?: { readonly type: number; readonly code: number; readonly quoted: { readonly destination: string } };
}

async function list(file: string, ...argv: string[]): Promise<Row[]> {
  const { code, out, err } = await mtascope(['packets', file, '--format', 'ndjson', ...argv]);
  expect([code, err]).toEqual([0, '']);
  const lines = out.split('\n').filter(line => line !== '');
  return lines.map(line => JSON.parse(line)).filter(row => row.type === 'packet');
}

describe('packets', () => {
  const file = saved('codes.pcap', everyCode());

  it('has the messages about SYNs of its streams, with their stream', async () => {
    const rows = (await list(file)).filter(row => row.tcp === null);
    expect(rows).toHaveLength(19 + 20);
    expect(rows[1]).toMatchObject({
      no: 4,
      stream: 1,
      direction: 1,
      source: FOUR[2],
      destination: FOUR[0],
      protocol: 'ICMP',
      length: 70,
      info: 'Destination unreachable (Host unreachable)',
      icmp: {
        type: 3,
        code: 1,
        quoted: { source: `${FOUR[0]}:1081`, destination: `${FOUR[1]}:102`, seq: expect.any(Number) },
      },
      pdus: [],
    });
    expect(rows.at(-20)).toMatchObject({ source: SIX[2], protocol: 'ICMPv6', icmp: { type: 1, code: 0 } });
    expect((await list(file, '--stream', '1')).map(row => row.no)).toEqual([3, 4]);
    expect((await list(file, '--frames', '4-6')).map(row => row.no)).toEqual([4, 5, 6]);
    expect((await list(file, '--any-port')).filter(row => row.tcp === null)).toHaveLength(39);
  });

  it('counts them to its frames, not to those of other traffic', async () => {
    const last = async (...argv: string[]) => (await mtascope(['packets', ...argv])).out.trimEnd().split('\n').at(-1);
    expect(await last(file)).toBe('78 packets.');
    expect(await last(file, '--filter', 'icmp')).toBe('19 packets of 78 frames of ISO transport streams.');
    expect(await last(saved('mixed.pcap', mixed()))).toBe('4 packets; 6 frames of other traffic.');
    expect(await last(saved('mixed.pcap', mixed()), '--frames', '4')).toContain('6 frames of other traffic');
  });

  it('leaves the ports of a table and the numbers of TCP empty', async () => {
    const { out } = await mtascope(['packets', file, '--format', 'csv', '--frames', '4']);
    const [head, row] = out.split('\r\n').map(line => line.split(','));
    const cell = (name: string) => row![head!.indexOf(name)];
    expect([cell('source'), cell('sourcePort'), cell('destinationPort')]).toEqual([FOUR[2], '', '']);
  });

  it('has one in fragments by its first, and one before its SYN', async () => {
    const rows = await list(saved('mixed.pcap', mixed()));
    expect(rows.map(row => [row.no, row.stream, row.protocol])).toEqual([
      [4, 0, 'ICMP'],
      [5, 0, 'TCP'],
      [8, 0, 'ICMP'],
      [10, 0, 'TCP'],
    ]);
  });
});

/** Filters that both understand, of frames of ISO transport and messages about it. */
const BOTH = [
  'icmp',
  'icmpv6',
  '!icmp && !icmpv6',
  'icmp.type == 3',
  'icmp.code == 1',
  'icmp.code in {0..3, 9}',
  'icmp.code != 1',
  'icmpv6.type == 1',
  'icmpv6.code > 2',
  'icmp contains 03:01',
  'icmp contains 45:00',
  'ip contains 03:01',
  'icmpv6 contains 01:03',
  'frame contains 03:01',
  'tcp',
  'tcp contains 00:66',
  'tcp.dstport == 102 && icmp.code == 0',
  'ip.src == 198.51.100.9',
  'ip.src == 192.0.2.80 && icmp',
  'ip.src != 198.51.100.9',
  'ip.addr == 198.51.100.9',
  'ipv6.dst == 2001:db8::90 && icmpv6',
  'tcp.flags.syn == 1 && icmp',
  'tcp.flags.ack == 0',
  'tcp.window_size_value > 0 && icmp',
  // Of a header that is cut tshark shows the number in IPv4 alone.
  'tcp.seq == 10596864 && icmp',
  'tcp.seq == 0',
  'tcp.len == 0',
  'frame.len > 100',
  'frame.time_relative < 0.005',
  'frame.number in {2, 5, 8}',
  '!tpkt',
];

describe.skipIf(!tsharkAvailable())('beside tshark', () => {
  const file = saved('both.pcap', everyCode());

  it('the same columns', async () => {
    const columns = ['frame.number', '_ws.col.Source', '_ws.col.Destination', '_ws.col.Protocol', '_ws.col.Info'];
    const theirs = tsharkFields(file, columns, [], 'icmp || icmpv6').map(row => columns.map(name => row[name]![0]));
    const ours = (await list(file)).filter(row => row.tcp === null);
    expect(ours.map(row => [String(row.no), row.source, row.destination, row.protocol, row.info])).toEqual(theirs);
  });

  it.each(BOTH)('the same frames for %s', async filter => {
    const theirs = tsharkFields(file, ['frame.number'], [], filter).map(row => Number(row['frame.number']![0]));
    expect((await list(file, '--filter', filter)).map(row => row.no)).toEqual(theirs);
    expect(theirs.length, 'a filter that selects nothing shows nothing').toBeGreaterThan(0);
  });
});

describe('the viewer', () => {
  it.each([
    ['every code', everyCode()],
    ['fragments, and messages that no stream has', mixed()],
  ])('finds what `packets` finds: %s', async (name, wire) => {
    const file = saved(`viewer ${name}.pcap`, wire);
    const { table, book } = await bookOf(file, wire);
    for (const filter of [...BOTH, 'tcp.stream == 1', 'mtascope.direction == 1']) {
      const matched = await book.match(filter);
      const found = Array.from(table.frames).filter((_, i) => matched[i] === 1 && table.streams[i]! >= 0);
      const rows = (await list(file, '--filter', filter)).map(row => row.no);
      expect(found, filter).toEqual(rows);
    }
    // A message about no SYN of a stream is a row there, and found.
    const icmp = Array.from(await book.match('icmp')).filter(one => one === 1);
    expect(icmp).toHaveLength(name === 'every code' ? 19 : 3);
  });
});

describe('show', () => {
  it('has each field of the message and of what it quotes, with its octets', async () => {
    const file = saved('show.pcap', everyCode());
    const { out } = await mtascope(['show', '4', file, '--names']);
    for (const line of [
      / ▸ Ethernet II · IPv4 198\.51\.100\.9 → 192\.0\.2\.80 +\[0–33\]/,
      / ▾ Internet Control Message Protocol, Destination unreachable \(host unreachable\) +\[34–41\]/,
      /Type: Destination unreachable \(3\) {2}\(icmp\.type\) +\[34\]/,
      /Code: host unreachable \(1\) {2}\(icmp\.code\) +\[35\]/,
      /Checksum: 0x[0-9a-f]{4} {2}\(icmp\.checksum\) +\[36–37\]/,
      / ▾ Internet Protocol Version 4, Src: 192\.0\.2\.80, Dst: 192\.0\.2\.90 +\[42–61\]/,
      / ▾ Transmission Control Protocol, Src Port: 1081, Dst Port: 102 +\[62–69\]/,
      / · says that a SYN of stream 1 was not delivered/,
    ])
      expect(out).toMatch(line);
    const shown = JSON.parse((await mtascope(['show', '4', file, '--format', 'json'])).out);
    const ends = { source: '198.51.100.9', destination: '192.0.2.80' };
    expect(shown).toMatchObject({ stream: 1, direction: 1, ...ends, tcp: null });
  });

  it('names the ends of a frame as the list does: with ports where it is a segment, without where it is a message', async () => {
    const wire = everyCode();
    const file = saved('show-ends.pcap', wire);
    const list = JSON.parse((await mtascope(['packets', file, '--format', 'json'])).out).captures[0].packets;
    expect(list.length).toBeGreaterThan(40);
    for (const { no, source, destination } of [...list.slice(0, 4), ...list.slice(-2)]) {
      const shown = JSON.parse((await mtascope(['show', String(no), file, '--format', 'json'])).out);
      expect([shown.frame.number, shown.source, shown.destination]).toEqual([no, source, destination]);
    }
    const other = JSON.parse((await mtascope(['show', '2', saved('other.pcap', mixed()), '--format', 'json'])).out);
    expect(other).toMatchObject({ stream: null, source: null, destination: null });
  });

  it('says which stream one before its SYN, or in fragments, is about; and of others that they are of none', async () => {
    const file = saved('show-mixed.pcap', mixed());
    const text = async (frame: number) => (await mtascope(['show', String(frame), file])).out;
    for (const frame of [4, 8]) expect(await text(frame)).toContain('says that a SYN of stream 0 was not delivered');
    for (const frame of [2, 3, 6, 7, 9]) expect(await text(frame)).toContain('no segment of an ISO transport stream');
  });
});
