import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeFrames } from '../../src/app/extract-frames.ts';
import { analyzeBytes, analyzeChunks, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { ipv4 } from '../kit/ip.ts';
import { pcap } from '../kit/pcap.ts';
import { Section } from '../kit/pcapng.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { TUNNELS } from '../kit/tunnel.ts';
import { Wire } from '../kit/wire.ts';

const CAPTURES = join(import.meta.dirname, '../../captures');

/** A classic little-endian capture with each frame cut to `snap` octets, as `tcpdump -s` would have written it. */
function cut(file: Buffer, snap: number): Buffer {
  const parts = [file.subarray(0, 24)];
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = file.readUInt32LE(at + 8);
    const header = Buffer.from(file.subarray(at, at + 16));
    header.writeUInt32LE(Math.min(snap, captured), 8);
    parts.push(header, file.subarray(at + 16, at + 16 + Math.min(snap, captured)));
    at += 16 + captured;
  }
  return Buffer.concat(parts);
}

test.each([
  ['clean-association.pcap', 96],
  ['clean-association.pcap', 200],
  ['clean-association-1984.pcap', 96],
  ['q182619-5.0.pcap', 96],
])('%s cut to %i octets a frame: every transfer is listed, none that lost octets is complete', async (name, snap) => {
  const file = readFileSync(join(CAPTURES, name));
  const whole = await analyzeBytes(file);
  const part = await analyzeBytes(cut(file, snap));
  // A TPDU whose octets were cut takes its own TSDU with it, not the one behind.
  expect(part.messages.length).toBe(whole.messages.length);
  expect(part.messages.filter(m => m.state === 'complete' && m.octets !== 0)).toEqual([]);
  expect(part.findings.filter(f => f.code.startsWith('mta.9404'))).toEqual([]);
  expect(part.streams.every(s => s.anchored)).toBe(false);
});

test('a snap length below the TCP ports is told, by classic captures and pcapng, however the octets come', async () => {
  const arp = cat(hex('ffffffffffff 006097102030 0806 0001 0800 0604 0001'), filler(38));
  for (const snap of [20, 34, 37]) {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
    wire.frame(arp);
    tcp.open();
    new Transport(tcp).connect();
    wire.frame(arp);
    const frames = wire.frames.map(({ time, bytes }) => ({
      ...{ time, wireLength: bytes.length },
      bytes: bytes.slice(0, snap),
    }));
    const sections = [false, true].map(big => {
      const section = new Section(big).interface({ linkType: 1 });
      for (const { time, bytes, wireLength } of frames) section.enhanced(time, bytes, { wireLength });
      return section;
    });
    // Simple packet blocks are cut by the snap length of the first interface.
    const simple = new Section().interface({ linkType: 1, snapLength: snap });
    for (const { bytes, wireLength } of frames) simple.simple(bytes, wireLength);
    const told = `a snap length cut ${frames.length - 2} frames short of the TCP ports, the first is frame 2 at byte `;
    for (const file of [
      pcap(frames),
      pcap(frames, { bigEndian: true }),
      ...[...sections, simple].map(s => s.bytes()),
    ]) {
      const report = await analyzeBytes(file);
      expect(report.warnings).toMatchObject([{ code: 'capture.snaplen', frame: 2 }]);
      expect(report.warnings[0]!.message).toContain(told);
      const { offset } = report.warnings[0]!;
      // The record, or block, of the second frame: the first one has the length of an ARP frame that was cut.
      expect(file.length - offset!).toBeGreaterThan((frames.length - 1) * (16 + snap) - 1);
      expect(report.findings.map(finding => finding.code)).toEqual(['capture.snaplen']);
      expect(await analyzeChunks(Array.from(file, octet => Uint8Array.of(octet)))).toEqual(report);
    }
  }
});

test('a TCP header is read from its window on, as in Wireshark; what is cut before that belongs to no stream', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  tcp.close(0);
  const { length } = wire.frames;
  const cutTo = async (snap: number) => {
    const frames = wire.frames.map(frame => ({
      ...{ ...frame, wireLength: frame.bytes.length },
      bytes: frame.bytes.slice(0, snap),
    }));
    const { streams, warnings } = await analyzeBytes(pcap(frames));
    return [streams.map(s => [s.frames, s.state]), warnings.map(w => [w.code, w.frame, w.offset, w.message])];
  };
  for (const snap of [38, 49]) {
    const told = `a snap length cut ${length} frames within the TCP header, the first is frame 1 at byte 24; what is cut so short belongs to no stream`;
    expect(await cutTo(snap)).toEqual([[], [['capture.snaplen', 1, 24, told]]]);
  }
  for (const snap of [50, 53]) {
    const told = `a snap length cut ${length} of the frames analyzed, the first is frame 1 at byte 24`;
    expect(await cutTo(snap)).toEqual([[[length, 'closed']], [['capture.snaplen', 1, 24, told]]]);
  }
});

test('a frame that was cut together with its length is told of by that of its datagram, in IPv6 and by a mirror too', async () => {
  const mirror = TUNNELS.find(({ name }) => name.startsWith('ERSPAN'))!;
  for (const [net, wrap] of [
    ['192.0.2.', (frame: Uint8Array) => [frame]],
    ['2001:db8::', (frame: Uint8Array) => [frame]],
    ['192.0.2.', mirror.wrap],
  ] as const) {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const tcp = new Conversation(wire, { address: `${net}1`, port: 3000 }, { address: `${net}2`, port: 102 });
    tcp.open();
    new Transport(tcp).connect();
    const unit = tpkt(dt(filler(200)));
    const [cut] = tcp.send(0, cat(unit, unit), { segments: [unit.length] }) as [number];
    const frames = wire.frames.map((frame, i) => {
      const bytes = i + 1 === cut ? frame.bytes.slice(0, -20) : frame.bytes;
      return { ...frame, bytes: wrap(bytes, i + 1)[0]! };
    });
    const { warnings, streams, findings } = await analyzeBytes(pcap(frames));
    expect(warnings).toMatchObject([{ code: 'capture.snaplen', frame: cut }]);
    expect(warnings[0]!.message).toContain('a snap length cut 1 of the frames analyzed');
    expect(streams[0]!.directions[0]).toMatchObject({ gaps: 1, gapBytes: 20, tpkts: 2 });
    // Nothing was lost: the hole is what was cut off.
    expect(findings.map(f => f.code)).toEqual(['capture.snaplen', 'tcp.truncated']);
  }
});

describe('a hole beside segments that were cut', () => {
  const unit = tpkt(dt(filler(200)));
  /** Codes and messages of what six TPKTs leave open, with their frames cut by `cut` octets, with their length or without, or left out. */
  async function told(of: (n: number) => { cut: number; withLength: boolean } | 'lost' | null, fin = false) {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
    tcp.open();
    new Transport(tcp).connect();
    const sent = tcp.send(0, cat(unit, unit, unit, unit, unit, unit), { segments: [unit.length] });
    if (fin) tcp.close(0);
    const frames = wire.frames.flatMap((frame, i) => {
      const how = of(sent.indexOf(i + 1));
      if (how === 'lost') return [];
      if (how === null) return [frame];
      const bytes = frame.bytes.slice(0, -how.cut);
      return [{ ...frame, bytes, wireLength: how.withLength ? bytes.length : frame.bytes.length }];
    });
    const { findings } = await analyzeBytes(pcap(frames));
    return findings.map(f => [f.code, /\d+ octets?(?= at stream offset)/.exec(f.message)?.[0]]);
  }

  test.each([true, false])('is told apart: with its length %s', async withLength => {
    const cut = { cut: 20, withLength };
    expect(await told(n => (n === 1 ? cut : n === 3 ? 'lost' : null))).toEqual([
      ['capture.snaplen', undefined],
      ['tcp.truncated', '20 octets'],
      ['tcp.gap', '207 octets'],
    ]);
  });

  test('is the loss of more where a segment that was cut with its length and the next one are missing', async () => {
    const cut = { cut: 20, withLength: true };
    expect(await told(n => (n === 1 ? cut : n === 2 ? 'lost' : null))).toEqual([
      ['capture.snaplen', undefined],
      ['tcp.gap', '227 octets'],
    ]);
  });

  test('is what was cut off the last segment before the FIN', async () => {
    const cut = { cut: 20, withLength: true };
    expect(await told(n => (n === 5 ? cut : null), true)).toEqual([
      ['capture.snaplen', undefined],
      ['tcp.truncated', '20 octets'],
    ]);
  });
});

test('of a header that was cut together with its length it is not known what followed', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  // The SYN has four octets of options.
  const frames = wire.frames.map((frame, i) => ({ ...frame, bytes: i === 0 ? frame.bytes.slice(0, 56) : frame.bytes }));
  const { warnings, streams } = await analyzeBytes(pcap(frames));
  expect(warnings).toMatchObject([{ code: 'capture.snaplen', frame: 1 }]);
  expect(warnings[0]!.message).toContain('a snap length cut 1 frame within the TCP header');
  expect(streams.map(s => [s.frames, s.syns])).toEqual([[2, 0]]);
});

test('octets behind the datagram are no loss: padding, or a frame check sequence', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  tcp.close(0);
  for (const frame of wire.frames) Object.assign(frame, { wireLength: Math.max(60, frame.bytes.length) + 4 });
  const report = await analyzeBytes(wire.pcap());
  expect(report.warnings).toEqual([]);
  expect(report.findings).toEqual([]);
});

test('what a snap length cut is told as that where the segments stand out of order too', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  const unit = tpkt(dt(filler(200)));
  const at = tcp.queue(0, cat(unit, unit, unit));
  for (const i of [1, 2, 0]) {
    const frame = wire.frames[tcp.segment(0, at + i * unit.length, unit.length) - 1]!;
    if (i === 1) Object.assign(frame, { wireLength: frame.bytes.length, bytes: frame.bytes.subarray(0, 100) });
  }
  const { findings, streams, warnings } = await analyzeBytes(wire.pcap());
  expect(findings.map(f => f.code)).toEqual(['capture.snaplen', 'tcp.truncated']);
  expect(streams[0]!.directions[0]).toMatchObject({ gaps: 1, tpkts: 3 });
  // The warning says where in the file the record begins.
  const cut = wire.frames.findIndex(({ wireLength, bytes }) => wireLength !== undefined && wireLength > bytes.length);
  const offset = wire.frames.slice(0, cut).reduce((at, { bytes }) => at + 16 + bytes.length, 24);
  expect(warnings).toMatchObject([{ code: 'capture.snaplen', frame: cut + 1, offset }]);
  expect(warnings[0]!.message).toContain(`frame ${cut + 1} at byte ${offset}`);
});

test('a header that is cut has no checksum that could be looked at', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  // Each frame in memory of its own, as `extract` has them: nothing stands behind it that could be taken for the rest.
  const frames = wire.frames.map(({ bytes }, i) => ({
    ...{ no: i + 1, sec: i, nsec: 0, wireLength: bytes.length, linkType: 1 },
    bytes: bytes.slice(0, 56),
  }));
  const report = analyzeFrames(frames, analyzeOptions('exchange-5.5'));
  expect(report.streams.map(({ frames: n, syns }) => [n, syns])).toEqual([[3, 1]]);
});

test('a stream of which a snap length left the headers only is not framed without a hole', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  // CR and CC come behind the handshake.
  for (const frame of wire.frames.slice(3))
    Object.assign(frame, { wireLength: frame.bytes.length, bytes: frame.bytes.subarray(0, 54) });
  const { streams } = await analyzeBytes(wire.pcap());
  expect(streams[0]!.directions.map(({ bytes, gaps }) => [bytes, gaps])).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(streams[0]).toMatchObject({ anchored: false, unanchoredFrom: 4, unanchoredBecause: 'gap' });
});

test('headers that are met in mid-stream tell of no octets before them', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const stations = [1, 2].map(n => ({ address: `192.0.2.${n}`, port: n === 1 ? 3000 : 102, isn: 400_000_000 }));
  const tcp = new Conversation(wire, stations[0]!, stations[1]!);
  new Transport(tcp).connect();
  tcp.close(0);
  for (const frame of wire.frames)
    Object.assign(frame, { wireLength: frame.bytes.length, bytes: frame.bytes.subarray(0, 54) });
  const { streams, findings } = await analyzeBytes(wire.pcap());
  expect(streams[0]!.directions.map(({ bytes, gapBytes }) => [bytes, gapBytes])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(findings.map(f => f.code)).toEqual(['capture.snaplen']);
});

test('a window is no bound where the SYNs lost their window scale', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const A = { address: '192.0.2.1', port: 3000, isn: 1000 };
  const B = { address: '192.0.2.2', port: 102, isn: 5000 };
  const syn = (from: typeof A, to: typeof A, ack: number, flags: number) => {
    // As Linux sends them: segment size, selective acknowledgements, timestamps, window scale.
    const options = [2, 4, 5, 0xb4, 4, 2, 8, 10, new Uint8Array(8), 1, 3, 3, 7];
    const ports = { sourcePort: from.port, destinationPort: to.port };
    const hosts = { source: from.address, destination: to.address };
    const segment = tcp({ ...hosts, ...ports, seq: from.isn, ack, flags, options }, new Uint8Array(0));
    wire.packet(ipv4(from.address, to.address, segment), 4, from === A ? 0 : 1);
  };
  syn(A, B, 0, FLAG.syn);
  syn(B, A, 1001, FLAG.syn | FLAG.ack);
  const pair = new Conversation(wire, A, B, { window: 3000 });
  pair.queue(0, filler(300_000));
  pair.ack(0);
  pair.segment(0, 0, 1000);
  pair.ack(1, 1000);
  for (let at = 250_000; at < 260_000; at += 1000) pair.segment(0, at, 1000);
  pair.ack(1, 260_000);
  for (const snapLength of [65, 262_144]) {
    const { findings, streams } = await analyzeBytes(wire.pcap({ snapLength }));
    expect(findings.map(f => f.code)).not.toContain('tcp.beyond-window');
    expect(streams[0]!.directions[0]).toMatchObject({ outOfOrder: 10, gaps: snapLength === 65 ? 12 : 1 });
  }
});
