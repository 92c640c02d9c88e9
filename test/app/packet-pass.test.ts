import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstPass, type PassHooks, packetPass } from '../../src/app/packet-pass.ts';
import { InputError } from '../../src/base/errors.ts';
import { order, type SortKey } from '../../src/report/html/order.ts';
import { PacketTable, ROW } from '../../src/report/html/table.ts';
import { clean } from '../../src/report/safe.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, latin1 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { ipv4Fragments } from '../kit/ip.ts';
import { ethernet } from '../kit/link.ts';
import { pcap } from '../kit/pcap.ts';
import { udp } from '../kit/tunnel.ts';
import { Wire } from '../kit/wire.ts';

const PCAP_HEADER = 24;
const CAPTURES = join(import.meta.dirname, '../../captures');
const SHARED = join(import.meta.dirname, '../../../shared/captures');

function captures(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.pcap(ng)?(\.gz)?$/.test(name))
    .map(name => join(folder, name));
}

async function table(file: string, rows = 100_000, anyPort = false, hooks: PassHooks = {}): Promise<PacketTable> {
  const options = { ...analyzeOptions(), anyPort, level: 'full' as const };
  const most = Number.MAX_SAFE_INTEGER;
  const bounds = { samples: most, findings: most, streams: most, messages: most, associations: most, lengths: most };
  const pass = await packetPass(file, await firstPass(file, options), options, { ...bounds, rows }, hooks);
  return new PacketTable(pass.rows.columns());
}

interface Listed {
  type: string;
  no: number;
  stream: number;
  direction: number;
  source: string;
  destination: string;
  protocol: string;
  length: number;
  info: string;
}

async function listed(file: string, ...more: string[]): Promise<Listed[]> {
  const { out } = await mtascope(['packets', file, '--format', 'ndjson', ...more]);
  const lines = out.split('\n').filter(line => line !== '');
  return lines.map(line => JSON.parse(line)).filter(row => row.type === 'packet');
}

const host = (end: string): string => end.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/** Some of the shared captures are there because they can't be read. */
async function compare(file: string, anyPort: boolean): Promise<number> {
  const rows = await table(file, undefined, anyPort).catch((error: unknown) => {
    if (error instanceof InputError) return null;
    throw error;
  });
  if (rows === null) return 0;
  const expected = await listed(file, ...(anyPort ? ['--any-port'] : []));
  const shown = expected.map(({ no }) => {
    const at = rows.indexOf(no);
    return rows.frames[at] === no ? rows.row(at) : null;
  });
  expect(
    shown.map(r => r && [r.no, r.stream, r.direction, r.source, r.destination, r.protocol, r.length, r.info]),
    file,
  ).toEqual(
    expected.map(r => [
      r.no,
      r.stream,
      r.direction,
      host(r.source),
      host(r.destination),
      r.protocol,
      r.length,
      clean(r.info, 1000),
    ]),
  );
  // What the viewer lists besides: fragments, which belong to what they complete, and ICMP about other segments.
  const numbers = new Set(expected.map(({ no }) => no));
  for (let i = 0; i < rows.count; i++)
    if (!numbers.has(rows.frames[i]!)) expect([rows.streams[i], rows.row(i).kind], file).toEqual([-1, ROW.other]);
  return expected.length;
}

describe("the viewer's packet list", () => {
  it('says of every packet what `mtascope packets` says', async () => {
    let packets = 0;
    for (const file of captures(CAPTURES)) packets += await compare(file, false);
    expect(packets).toBeGreaterThan(1000);
    // The large ones among the shared captures repeat what the small ones have, and take ten seconds.
    for (const file of captures(SHARED).filter(name => statSync(name).size < 100_000))
      await compare(file, file.includes('other-port'));
  }, 120_000);

  it('says so too when ISO transport is looked for on every port', async () => {
    for (const file of ['q182619-5.0.pcap', 'stray-http.pcap']) await compare(join(CAPTURES, file), true);
    // A stream that turns out to be none is other traffic.
    const wire = new Wire('1998-06-15T09:00:00Z');
    const web = new Conversation(wire, { address: '192.0.2.7', port: 1050 }, { address: '192.0.2.8', port: 80 });
    web.open();
    web.send(0, latin1('GET / HTTP/1.0\r\n\r\n'));
    web.close(0);
    const file = join(folder(), 'web.pcap');
    writeFileSync(file, cat(wire.pcap(), readFileSync(join(CAPTURES, 'q182619-5.0.pcap')).subarray(PCAP_HEADER)));
    expect(await compare(file, true)).toBe(78);
  });

  it('keeps the marks of TCP, and the rows that no stream has', async () => {
    const reordered = await table(join(CAPTURES, 'reordered.pcap'));
    expect(reordered.row(reordered.indexOf(15)).info).toBe(
      '[TCP Retransmission] 1064 → 102 [PSH, ACK] Seq=209 Ack=188 Win=8760 Len=700',
    );
    const ipv6 = await table(join(CAPTURES, 'ipv6.pcap'));
    expect(ipv6.row(ipv6.indexOf(14))).toMatchObject({
      stream: -1,
      source: '2001:db8::21',
      destination: '2001:db8:0:1::50',
      protocol: 'IP',
    });
  });

  it('has the ICMP messages about the SYNs of a stream', async () => {
    const rows = await table(join(CAPTURES, 'host-unreachable.pcap'));
    expect(rows.row(rows.indexOf(2))).toMatchObject({
      no: 2,
      stream: 0,
      direction: 1,
      source: '192.0.2.65',
      destination: '192.0.2.80',
      protocol: 'ICMP',
      info: 'Destination unreachable (Host unreachable)',
    });
  });

  it('hands on the frames that have a row, and no fragments of other traffic', async () => {
    const article = readFileSync(join(CAPTURES, 'q182619-5.0.pcap'));
    const fragments = ipv4Fragments('192.0.2.5', '192.0.2.6', udp(2049, filler(900)), [400], { protocol: 17 });
    const time = { sec: article.readUInt32LE(PCAP_HEADER), nsec: 0 };
    const others = pcap(fragments.map(bytes => ({ time, bytes: ethernet().frame(bytes, 4, 0) })));
    const file = join(folder(), 'fragments.pcap');
    writeFileSync(file, cat(others, article.subarray(PCAP_HEADER)));
    const handed: number[] = [];
    const rows = await table(file, undefined, false, { onFrame: (_stream, no) => handed.push(no) });
    expect(rows.count).toBe(78);
    // The server finds the octets of a row by its place among them.
    expect(handed).toEqual([...rows.frames]);
  });

  it('ends with the last row that is kept', async () => {
    const all = await table(join(CAPTURES, 'reordered.pcap'));
    const some = await table(join(CAPTURES, 'reordered.pcap'), 20);
    expect(some.count).toBe(20);
    expect(some.row(14)).toEqual(all.row(14));
  });

  it('is sorted by every column', async () => {
    const rows = await table(join(CAPTURES, 'q182619-5.0.pcap'));
    const sorted = (sort: SortKey, descending = false) =>
      [...order(rows, { stream: null, sort, descending }, null)].map(i => rows.row(i));
    const addresses = sorted('source').map(r => r.source);
    expect([addresses[0], addresses.at(-1)]).toEqual(['192.0.2.17', '192.0.2.40']);
    expect(new Set(addresses.map((a, i) => (a === addresses[i + 1] ? '' : a))).size).toBe(3);
    expect(sorted('destination', true)[0]!.destination).toBe('192.0.2.40');
    // Numbers within the text count as numbers: Seq=157 stands behind Seq=15.
    const acks = sorted('info').filter(r => r.info.startsWith('1107 → 102 [ACK]'));
    const seqs = acks.map(r => Number(/Seq=(\d+)/.exec(r.info)![1]));
    expect(seqs.length).toBeGreaterThan(5);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  });
});
