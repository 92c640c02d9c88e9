import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { PduRecord } from '../../src/engine/sink.ts';
import { headersOf } from '../../src/net/headers.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { FRAGMENTED, LINKS, TUNNELS, type Wrapping, wrapped } from '../kit/tunnel.ts';

const folder = new URL('../../captures/', import.meta.url);
const capture = (file: string) => readFileSync(fileURLToPath(new URL(file, folder)));
const ARTICLE = capture('q182619-5.0.pcap');
const MESSAGES = capture('clean-association.pcap');

const scratch = mkdtempSync(join(tmpdir(), 'mtascope-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const named = (list: readonly Wrapping[]) => list.map(wrapping => [wrapping.name, wrapping] as const);

/** A report without what depends on the octets around the packets; `frames` of the wrapped capture stand for each of the other. */
async function report(bytes: Uint8Array, frames = 1) {
  const { linkTypes, bytes: size, frames: count, ...rest } = await analyzeBytes(bytes);
  const told = JSON.stringify({ count: count / frames, ...rest }, (key, value: unknown) => {
    if (key === 'offset') return undefined;
    if (!/frame/i.test(key) || key === 'selectedFrames') return value;
    if (Array.isArray(value)) return value.map(n => (typeof n === 'number' ? n / frames : n));
    return typeof value === 'number' && key !== 'frames' ? value / frames : value;
  });
  return JSON.parse(told) as unknown;
}

describe('a capture in which every packet stands in something', () => {
  test.each(named([...TUNNELS, ...LINKS]))('%s: the report is that of the packets alone', async (_name, wrapping) => {
    expect(await report(wrapped(ARTICLE, wrapping))).toEqual(await report(ARTICLE));
  });

  test.each(named(FRAGMENTED))('%s: the report is that of the packets alone', async (_name, wrapping) => {
    expect(await report(wrapped(MESSAGES, wrapping), 2)).toEqual(await report(MESSAGES));
  });

  test.each(named([...TUNNELS, ...LINKS, ...FRAGMENTED]))('%s: octets of TPKTs map back to frames', async (_n, w) => {
    const bytes = wrapped(MESSAGES, w);
    const frames: Uint8Array[] = [];
    wrapped(MESSAGES, { ...w, wrap: (f, no) => w.wrap(f, no).map(frame => frames[frames.push(frame) - 1]!) });
    const records: PduRecord[] = [];
    await analyzeBytes(bytes, analyzeOptions(), { onPdu: pdu => void records.push(pdu) });
    expect(records.length).toBeGreaterThan(20);
    for (const { pieces, trees, length } of records) {
      const octets = pieces.flatMap(p => [...frames[p.frame - 1]!.subarray(p.offset, p.offset + p.length)]);
      expect(octets).toHaveLength(length);
      const { bytes: own, start } = trees[0]!;
      expect(octets).toEqual([...own.subarray(start, start + length)]);
    }
  });

  test('one packet deeper than is looked at is passed over', async () => {
    const once = TUNNELS.find(w => w.name === 'IP in IP')!;
    const four = TUNNELS.find(w => w.name === 'four tunnels')!;
    const five = wrapped(wrapped(MESSAGES, four), once);
    expect((await analyzeBytes(five)).streams).toEqual([]);
  });
});

/**
 * tshark names EtherTypes, extension headers, and ERSPAN of type I, which has no octets; an I-TAG is part of its B-TAG; what monitors
 * put before IEEE 802.11 has several names.
 */
const UNNAMED = new Set([
  ...['ethertype', 'ipv6.dstopts', 'erspan', 'ieee8021ah', 'pwethheuristic'],
  ...['prism', 'wlancap', 'wlan_radio', 'ppi', 'radiotap'],
]);

describe.skipIf(!tsharkAvailable())('tshark sees the same', () => {
  test.each(named([...TUNNELS, ...LINKS, ...FRAGMENTED]))('%s', async (_name, wrapping) => {
    const path = join(scratch, 'wrapped.pcap');
    const bytes = wrapped(MESSAGES, wrapping);
    writeFileSync(path, bytes);
    const fields = ['frame.protocols', 'tcp.stream', 'tpkt.length'];
    const rows = tsharkFields(path, fields, [
      'tcp.reassemble_out_of_order:TRUE',
      'udp.check_checksum:TRUE',
      'ip.check_checksum:TRUE',
    ]);
    const records: PduRecord[] = [];
    const streams = new Map<number, number>();
    await analyzeBytes(bytes, analyzeOptions(), {
      onPdu: pdu => void records.push(pdu),
      onSegment: (s, connection) => void streams.set(s.frame, connection.id),
    });
    const ours = rows.map((_, i) => ({
      stream: streams.get(i + 1),
      lengths: records.filter(pdu => pdu.frame === i + 1).map(pdu => pdu.length),
    }));
    const theirs = rows.map(row => ({
      stream: row['tcp.stream']!.length === 0 ? undefined : Number(row['tcp.stream']!.at(-1)),
      lengths: row['tpkt.length']!.map(Number),
    }));
    expect(ours).toEqual(theirs);
    expect(streams.size).toBe(rows.filter(row => row['tcp.stream']!.length > 0).length);
    if (FRAGMENTED.includes(wrapping)) return;
    const frame = wrapping.wrap(MESSAGES.subarray(40, 40 + MESSAGES.readUInt32LE(32)), 1)[0]!;
    const layers = headersOf(frame, wrapping.linkType).map(h => h.layer);
    expect(layers.join(':')).toBe(wrapping.layers === '' ? 'ip:tcp' : `${wrapping.layers}:ip:tcp`);
    const names = rows[0]!['frame.protocols']![0]!.split(':').filter(name => !UNNAMED.has(name));
    expect(names).toEqual(layers.filter(name => !UNNAMED.has(name)));
  });
});
