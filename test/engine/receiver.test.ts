import { describe, expect, test } from 'vitest';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { MtaPair } from '../kit/mta.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

/* What the receiver of a segment took decides what counts, not what the capture shows. */

const CLIENT = { address: '192.0.2.1', port: 3000 };
const MTA = { address: '192.0.2.2', port: 102 };
const JUDGED = { ...analyzeOptions('exchange-5.0'), mta: [MTA.address] };
const START = Date.parse('2001-01-01T00:00:00Z') / 1000;

function opened(options: ConstructorParameters<typeof Conversation>[3] = {}): { wire: Wire; tcp: Conversation } {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA, options);
  tcp.open();
  new Transport(tcp).connect();
  return { wire, tcp };
}

/** Makes the TCP checksum of a frame wrong (Ethernet, IPv4 without options). */
function misfit(wire: Wire, frame: number): void {
  const { bytes } = wire.frames[frame - 1]!;
  bytes[14 + 20 + 16]! ^= 0x5a;
}

/** What stands in the place of a checksum that a network card is to finish: the sum of addresses, protocol and, mostly, length. */
function leaveToCard(wire: Wire, frame: number, withLength = true): void {
  const { bytes } = wire.frames[frame - 1]!;
  const word = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  let sum = 6 + (withLength ? word(16) - 20 : 0);
  for (let at = 26; at < 34; at += 2) sum += word(at);
  sum = (sum & 0xffff) + (sum >> 16);
  bytes.set([sum >> 8, sum & 255], 14 + 20 + 16);
}

const codes = (report: WholeReport) => report.findings.map(f => f.code);
/** Read as a header: 61,568 octets. */
const STRAY = hex('0e02f080');

describe('a checksum that does not fit', () => {
  test('says nothing where the octets are acknowledged and not sent again', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    const merged = tcp.queue(0, cat(tpkt(dt(filler(900))), tpkt(dt(filler(800)))));
    misfit(wire, tcp.segment(0, merged, 1714));
    tcp.send(0, tpkt(dt(filler(50))));
    const stray = tcp.queue(0, cat(STRAY, filler(60)));
    const frame = tcp.segment(0, stray, 64);
    misfit(wire, frame);
    tcp.ack(1);
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 5, outOfOrder: 0 });
    expect(codes(report)).not.toContain('tcp.checksum');
    expect(report.findings.find(f => f.code === 'mta.9404')?.frame).toBe(frame);
  });

  test.each([
    ['', {}, 300, 2],
    [', however many segments came in between', {}, 43, 400],
    [', however much a large window lets come in between', { window: 32_768, scale: 5 }, 1453, 700],
  ])('is damage where the octets come again before that%s', async (_, window, octets, units) => {
    const { wire, tcp } = opened(window);
    const unit = tpkt(dt(filler(octets)));
    tcp.send(0, unit);
    const at = tcp.queue(0, cat(...Array.from({ length: units }, () => unit)));
    const damaged = tcp.segment(0, at, unit.length, cat(STRAY, filler(unit.length - 4)));
    misfit(wire, damaged);
    for (let i = 1; i < units; i++) tcp.segment(0, at + i * unit.length, unit.length);
    tcp.ack(1, at);
    tcp.segment(0, at, unit.length);
    tcp.ack(1);
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.findings.map(({ code, frame }) => [code, frame])).toEqual([['tcp.checksum', damaged]]);
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: units + 2, retransmissions: 0 });
  });

  test('is damage where the rest of what comes again was there before', async () => {
    const { wire, tcp } = opened();
    const unit = tpkt(dt(filler(93)));
    tcp.send(0, unit);
    const at = tcp.queue(0, cat(unit, unit));
    tcp.segment(0, at + 20, 40);
    const damaged = [
      tcp.segment(0, at, 100, cat(STRAY, filler(96))),
      tcp.segment(0, at + 100, 100, cat(STRAY, filler(96))),
    ];
    for (const frame of damaged) misfit(wire, frame);
    tcp.ack(1, at);
    // This proves that the first was dropped; that octets of it are acknowledged then, which were there before, says nothing of the second.
    tcp.segment(0, at, 20);
    tcp.segment(0, at + 60, 40);
    tcp.ack(1, at + 100);
    tcp.segment(0, at + 100, 100);
    tcp.ack(1);
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.findings.map(({ code, frames }) => [code, frames])).toEqual([['tcp.checksum', damaged]]);
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 4 });
  });

  test('is damage where its octets were there before, some behind a hole and some behind another one in doubt', async () => {
    const { wire, tcp } = opened();
    const unit = tpkt(dt(filler(93)));
    tcp.send(0, unit);
    const at = tcp.queue(0, cat(unit, unit));
    for (const from of [20, 60]) tcp.segment(0, at + from, 20);
    const damaged = [tcp.segment(0, at + 100, 20, filler(20))];
    for (const from of [40, 80, 0]) tcp.segment(0, at + from, 20);
    // All of its octets but the last twenty have come: the first hundred by turns.
    damaged.push(tcp.segment(0, at, 120, cat(STRAY, filler(116))));
    damaged.push(tcp.segment(0, at + 120, 80, cat(STRAY, filler(76))));
    for (const frame of damaged) misfit(wire, frame);
    tcp.ack(1, at);
    tcp.segment(0, at + 100, 20);
    tcp.ack(1, at + 120);
    tcp.segment(0, at + 120, 80);
    tcp.ack(1);
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.findings.map(({ code, frames }) => [code, frames])).toEqual([['tcp.checksum', damaged]]);
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 4 });
  });

  test.each([0, 1] as const)('is damage though a SYN comes once more in between (from %i)', async way => {
    const { wire, tcp } = opened();
    const unit = tpkt(dt(filler(300)));
    tcp.send(0, unit);
    const at = tcp.queue(0, unit);
    const damaged = tcp.segment(0, at, unit.length, cat(STRAY, filler(unit.length - 4)));
    misfit(wire, damaged);
    if (way === 0) tcp.syn();
    else tcp.synAck();
    tcp.ack(1, at);
    tcp.segment(0, at, unit.length);
    tcp.ack(1);
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.findings.map(({ code, frame }) => [code, frame])).toEqual([['tcp.checksum', damaged]]);
  });

  test.each([true, false])('is no damage where the network card was to finish it (%s)', async withLength => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    // A router, on all its interfaces: as it came from the sender's card, then in the pieces that left.
    const at = tcp.queue(0, cat(tpkt(dt(filler(2000))), tpkt(dt(filler(893)))));
    leaveToCard(wire, tcp.segment(0, at, 2907), withLength);
    tcp.segment(0, at, 1460);
    tcp.segment(0, at + 1460, 1447);
    tcp.ack(1);
    leaveToCard(wire, tcp.reset(0), withLength);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(codes(report)).toEqual([]);
    expect(report.streams[0]).toMatchObject({ state: 'reset' });
    expect(report.streams[0]!.directions[0]).toMatchObject({ tpkts: 4, retransmissions: 2 });
  });

  test('is not held against the last octets of a capture', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    const at = tcp.queue(0, tpkt(dt(filler(200))));
    misfit(wire, tcp.segment(0, at, 207));
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 3 });
  });
});

describe('a segment that was damaged where its header stands', () => {
  /** Offsets in the TCP header (Ethernet, IPv4 without options). */
  const [ACKNOWLEDGEMENT, FLAGS] = [14 + 20 + 8, 14 + 20 + 13];

  /** A conversation in which `play` makes a frame that `bit` of the octet at `at` is then turned over in. */
  async function damaged(at: number, bit: number, play: (tcp: Conversation) => number): Promise<WholeReport> {
    const { wire, tcp } = opened();
    for (const way of [0, 1] as const) tcp.send(way, tpkt(dt(filler(100))));
    const frame = play(tcp);
    wire.frames[frame - 1]!.bytes[at]! ^= bit;
    for (const way of [0, 1] as const) tcp.send(way, tpkt(dt(filler(50))));
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.findings.map(f => [f.code, f.frame])).toEqual([['tcp.checksum', frame]]);
    return report;
  }

  test.each([
    ['RST', 4],
    ['FIN', 1],
    ['SYN', 2],
  ])('has no %s', async (_name, bit) => {
    const { streams } = await damaged(FLAGS, bit, tcp => tcp.ack(0));
    expect(streams.map(s => [s.state, s.syns, s.anchored])).toEqual([['closed', 1, true]]);
    expect(streams[0]!.directions.map(d => d.tpkts)).toEqual([3, 3]);
  });

  test('has no SYN that opens the ports again', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    tcp.fin(0);
    const frame = tcp.ack(0);
    wire.frames[frame - 1]!.bytes[FLAGS]! = 2;
    tcp.ack(1);
    tcp.fin(1);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams.map(s => s.state)).toEqual(['closed']);
    expect(report.findings.map(f => [f.code, f.frame])).toEqual([['tcp.checksum', frame]]);
  });

  test('has none, either, when these have been left alone for long', async () => {
    const { wire, tcp } = opened();
    for (const way of [0, 1] as const) tcp.send(way, tpkt(dt(filler(100))));
    tcp.close(0);
    // More than are kept for late segments.
    const others = 300;
    for (let i = 0; i < others; i++) {
      const other = new Conversation(wire, { ...CLIENT, port: CLIENT.port + 1 + i }, MTA);
      other.open();
      other.close(0);
    }
    wire.wait(1000);
    misfit(wire, new Conversation(wire, { ...CLIENT, isn: 77 }, MTA).syn());
    expect((await analyzeBytes(wire.pcap(), JUDGED)).streams.length).toBe(1 + others);
    new Conversation(wire, { ...CLIENT, isn: 77 }, MTA).syn();
    expect((await analyzeBytes(wire.pcap(), JUDGED)).streams.length).toBe(2 + others);
  });

  test('acknowledges nothing: what it seems to is no hole', async () => {
    const { streams } = await damaged(ACKNOWLEDGEMENT + 1, 0x40, tcp => tcp.ack(1));
    expect(streams[0]).toMatchObject({ anchored: true, state: 'closed' });
    expect(streams[0]!.directions.map(d => d.gapBytes)).toEqual([0, 0]);
  });

  test('counts where no segment of its sender has a fitting checksum', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    tcp.reset(0);
    for (const { bytes } of wire.frames) if (bytes[14 + 15] === 1) bytes[14 + 20 + 16]! ^= 0x5a;
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams.map(s => s.state)).toEqual(['reset']);
    expect(codes(report)).toEqual([]);
  });
});

test('a segment whose sequence number was damaged brings nothing to where that points', async () => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(100))));
  const unit = tpkt(dt(filler(1)));
  const units = 3800;
  const at = tcp.queue(0, cat(...Array.from({ length: units }, () => unit)));
  const frame = tcp.segment(0, at, unit.length, cat(STRAY, filler(unit.length - 4)));
  // 32,768 octets further on: more segments than wait for an answer.
  wire.frames[frame - 1]!.bytes[14 + 20 + 6]! ^= 0x80;
  for (let i = 0; i < units; i++) {
    tcp.segment(0, at + i * unit.length, unit.length);
    if (i % 4 === 3) tcp.ack(1, at + (i + 1) * unit.length);
  }
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.findings.map(f => [f.code, f.frame])).toEqual([['tcp.checksum', frame]]);
  expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: units + 2, outOfOrder: 0 });
});

test('a segment whose sequence number was damaged brings nothing where the capture ends before its octets come again', async () => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(100))));
  const unit = tpkt(dt(filler(193)));
  const at = tcp.queue(0, cat(unit, unit));
  const frame = tcp.segment(0, at, unit.length);
  wire.frames[frame - 1]!.bytes[14 + 20 + 7]! += 8;
  tcp.segment(0, at + unit.length, unit.length);
  tcp.ack(1, at);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.findings.map(f => [f.code, f.frame])).toEqual([
    ['tcp.checksum', frame],
    ['tcp.gap-unacknowledged', frame + 1],
  ]);
});

test.each([true, false])('a segment whose octets come again in part brings none, be it before a FIN: %j', async end => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(100))));
  const unit = tpkt(dt(filler(93)));
  const at = tcp.queue(0, cat(unit, unit, unit));
  // Its sequence number is damaged: it seems to end twelve octets behind what is sent.
  const frame = tcp.segment(0, at + 212, unit.length, unit);
  misfit(wire, frame);
  wire.wait(1000);
  for (let i = 0; i < 3; i++) tcp.segment(0, at + i * unit.length, unit.length);
  tcp.ack(1);
  if (end) tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.findings.map(f => [f.code, f.frame])).toEqual([['tcp.checksum', frame]]);
  expect(report.streams[0]).toMatchObject({ state: end ? 'closed' : 'open', anchored: true });
});

test('a damaged copy of octets that wait behind one in doubt is no answer about that', async () => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(100))));
  const unit = tpkt(dt(filler(300)));
  const size = unit.length;
  const at = tcp.queue(0, cat(unit, unit, unit));
  const damaged = (offset: number) => {
    const frame = tcp.segment(0, offset, size, cat(STRAY, filler(size - 4)));
    misfit(wire, frame);
    return frame;
  };
  const first = damaged(at);
  tcp.segment(0, at + size, size);
  tcp.segment(0, at + 2 * size, size);
  const second = damaged(at + size + 100);
  const third = damaged(at + size);
  tcp.ack(1, at);
  tcp.segment(0, at, size);
  tcp.ack(1);
  const last = damaged(at + size);
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.findings.map(f => [f.code, f.frames])).toEqual([['tcp.checksum', [first, second, third, last]]]);
  expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 5 });
});

test.each([
  ['all of which do', 200, 100],
  ['of which the first do', 60, 80],
  ['of which the first and the last do', 40, 200],
])('a damaged segment over octets that wait, %s, leaves these alone', async (_name, from, length) => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(300))));
  const at = tcp.queue(0, tpkt(dt(filler(600))));
  // What waits: 100 to 200, and 260 to 500.
  tcp.segment(0, at + 100, 100);
  tcp.segment(0, at + 260, 240);
  const frame = tcp.segment(0, at + 100 + from, length, cat(STRAY, filler(length - 4)));
  misfit(wire, frame);
  tcp.segment(0, at, 100);
  tcp.ack(1, at + 200);
  tcp.segment(0, at + 200, 60);
  tcp.segment(0, at + 500, 107);
  tcp.ack(1);
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.findings.map(f => [f.code, f.frame])).toEqual([['tcp.checksum', frame]]);
  expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 3 });
});

describe('RST', () => {
  test('in answer to a SYN is taken back when the same SYN is accepted', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const tcp = new Conversation(wire, CLIENT, MTA);
    tcp.syn();
    tcp.refuse();
    wire.wait(500);
    tcp.open();
    new Transport(tcp).connect();
    tcp.close(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams.map(s => s.state)).toEqual(['closed']);
    expect(codes(report)).toEqual([]);
  });

  test('ends what can be asked for: octets that were under way come to nobody', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    const at = tcp.queue(0, cat(STRAY, filler(60)));
    tcp.reset(1);
    tcp.segment(0, at, 64);
    expect(codes(await analyzeBytes(wire.pcap(), JUDGED))).not.toContain('mta.9404');
  });

  test('behind both FINs, once they are acknowledged, resets nothing', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    tcp.close(0);
    const end = wire.frames.length;
    tcp.reset(0);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(report.streams[0]).toMatchObject({ state: 'closed', lastFrame: end + 1 });
  });

  test('resets where a FIN is not acknowledged: what came with it was thrown away', async () => {
    const { wire, tcp } = opened();
    tcp.fin(0);
    tcp.send(1, tpkt(dt(filler(100))), { quiet: true });
    tcp.fin(1);
    tcp.reset(0);
    expect((await analyzeBytes(wire.pcap(), JUDGED)).streams[0]!.state).toBe('reset');
  });

  test('of the receiver ends the doubt about what it was sent: its machine held that', async () => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(filler(100))));
    const at = tcp.queue(0, cat(STRAY, filler(60)));
    misfit(wire, tcp.segment(0, at, 64));
    tcp.reset(1);
    const report = await analyzeBytes(wire.pcap(), JUDGED);
    expect(codes(report)).toContain('mta.9404');
    expect(report.streams[0]!.directions[0].peakElements).toBe(30);
  });
});

test('an acknowledgement in a segment that was in doubt counts for a hole of the other side', async () => {
  const { wire, tcp } = opened();
  tcp.send(1, tpkt(dt(filler(50))));
  tcp.send(0, tpkt(dt(filler(50))));
  // The octets that are missing come from the client; the server acknowledges them with what seems to be damaged.
  const hole = tcp.queue(0, tpkt(dt(filler(100))));
  const behind = tcp.queue(0, tpkt(dt(filler(20))));
  expect(behind).toBeGreaterThan(hole);
  tcp.segment(0, behind, 27);
  tcp.ack(1, behind + 27);
  wire.frames.pop();
  const answer = tcp.queue(1, tpkt(dt(filler(30))));
  misfit(wire, tcp.segment(1, answer, 37));
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report)).toContain('tcp.gap');
  expect(codes(report)).not.toContain('tcp.gap-unacknowledged');
});

test('an acknowledgement in doubt counts for what waits beyond the window, too, whichever side it is of', async () => {
  const { wire, tcp } = opened();
  tcp.send(1, tpkt(dt(filler(50))));
  tcp.send(0, tpkt(dt(filler(50))));
  tcp.queue(0, filler(200_000));
  const behind = tcp.queue(0, tpkt(dt(filler(20))));
  tcp.segment(0, behind, 27);
  tcp.ack(1, behind + 27);
  wire.frames.pop();
  const answer = tcp.queue(1, tpkt(dt(filler(30))));
  misfit(wire, tcp.segment(1, answer, 37));
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report)).toContain('tcp.gap');
  expect(codes(report)).not.toContain('tcp.beyond-window');
});

test('a keep-alive behind a hole is none of the octets, whatever it holds', async () => {
  const { wire, tcp } = opened();
  tcp.queue(0, tpkt(dt(filler(100))));
  const behind = tcp.queue(0, tpkt(dt(filler(200))));
  tcp.segment(0, behind, 207);
  tcp.ack(1);
  tcp.segment(0, behind + 206, 1, hex('ff'));
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report)).toEqual(['tcp.gap']);
});

test('without a SYN, what comes again is a retransmission, and a keep-alive that comes again is none', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  const first = tcp.queue(0, tpkt(dt(filler(30))));
  tcp.segment(0, first, 37);
  tcp.segment(0, first, 37);
  tcp.segment(0, first + 36, 1, hex('00'));
  tcp.segment(0, first + 36, 1, hex('00'));
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.streams[0]!.directions[0]).toMatchObject({ segments: 4, bytes: 37, retransmissions: 1 });
});

test('a keep-alive of a side that has sent its FIN has the number of that, and is no octet', async () => {
  const { wire, tcp } = opened();
  tcp.send(0, tpkt(dt(filler(100))));
  const end = tcp.queue(0, hex(''));
  tcp.fin(0);
  tcp.ack(1);
  tcp.segment(0, end, 1, hex('00'));
  tcp.ack(1);
  tcp.fin(1);
  tcp.ack(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report)).toEqual([]);
  expect(report.streams[0]!.directions[0]).toMatchObject({ bytes: end, tpkts: 2 });
});

test.each([
  ['alone is a keep-alive, whatever it holds', [1, 37], []],
  ['with others is of a TPKT that began before the capture', [38, 37], ['tpkt.resynchronised']],
])('without a SYN, an octet before the first TPKT that came %s', async (_name, segments, told) => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.send(0, cat(hex('00'), tpkt(dt(filler(30))), tpkt(dt(filler(30)))), { segments });
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report).filter(code => code !== 'tcp.midstream')).toEqual(told);
  expect(report.streams[0]!.directions[0].tpkts).toBe(2);
});

test('without a SYN, a first octet that came alone is that of a TPKT where one begins with it', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.send(0, cat(tpkt(dt(filler(30))), tpkt(dt(filler(30)))), { segments: [1, 36, 37] });
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(codes(report)).toEqual(['tcp.midstream']);
  expect(report.streams[0]!.directions[0].tpkts).toBe(2);
});

test('what the peer acknowledged in another connection is no hole of this one', async () => {
  const { wire, tcp } = opened();
  const old = new Conversation(wire, { ...CLIENT, isn: 0x1000_0000 }, { ...MTA, isn: 0x4000_0000 });
  old.ack(0);
  tcp.send(0, tpkt(dt(filler(100))));
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.streams[0]!.directions.map(d => d.gapBytes)).toEqual([0, 0]);
});

test('octets that wait and come again are counted as such', async () => {
  const { wire, tcp } = opened();
  const unit = tpkt(dt(filler(93)));
  const at = tcp.queue(0, cat(unit, unit, unit));
  // The second comes early, twice; then the first with half of the second, and the rest from there.
  for (const _ of [1, 2]) tcp.segment(0, at + 100, 100);
  tcp.segment(0, at, 150);
  tcp.segment(0, at + 150, 150);
  tcp.ack(1);
  tcp.close(0);
  const { streams, findings } = await analyzeBytes(wire.pcap(), JUDGED);
  expect(findings).toEqual([]);
  expect(streams[0]!.directions[0]).toMatchObject({ tpkts: 4, outOfOrder: 1, retransmissions: 3 });
});

test('a machine has books where only the octets that it was sent are in the capture', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.syn();
  tcp.ack(0);
  const frame = tcp.segment(0, tcp.queue(0, hex('0300f080 02f080')), 7);
  const { streams, findings, hosts } = await analyzeBytes(wire.pcap(), JUDGED);
  expect(findings[0]).toMatchObject({ code: 'mta.9404', frame });
  expect(streams[0]!.directions[0].peakElements).toBe(30);
  expect(hosts.find(h => h.address === MTA.address)).toMatchObject({ controlBlocksPeak: 2, elementsPeak: 30 });
});

test('a connect that was refused at first is up once the client acknowledges, though the capture lacks the SYN-ACK', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.syn();
  tcp.refuse();
  wire.wait(500);
  tcp.syn();
  tcp.ack(0);
  const frame = tcp.segment(0, tcp.queue(0, hex('0300f080 02f080')), 7);
  const { streams, findings, hosts } = await analyzeBytes(wire.pcap(), JUDGED);
  expect(findings[0]).toMatchObject({ code: 'mta.9404', frame });
  expect(streams[0]!).toMatchObject({ state: 'open', syns: 2 });
  expect(hosts.find(h => h.address === MTA.address)).toMatchObject({ controlBlocksPeak: 2, elementsPeak: 30 });
});

test('nor does an acknowledgement take back a RST behind the only SYN', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.syn();
  tcp.refuse();
  tcp.ack(0);
  const { streams } = await analyzeBytes(wire.pcap(), JUDGED);
  expect(streams[0]!).toMatchObject({ state: 'reset', frames: 3 });
});

test('without a SYN everything stands at its own frame, with its time', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  // A GT SPDU and a DT SPDU: the session is recognised, and has times.
  const unit = tpkt(dt(cat(hex('01000100'), hex('3003020101'))));
  const frames = [1, 2, 3].map(() => tcp.send(0, unit, { quiet: true })[0]!);
  const pdus: number[] = [];
  const report = await analyzeBytes(wire.pcap(), JUDGED, { onPdu: pdu => pdus.push(pdu.frame) });
  expect(pdus).toEqual(frames);
  expect(report.associations.every(a => a.start.sec === START && a.end.sec === START)).toBe(true);
  expect(report.associations).not.toEqual([]);
});

test.each([
  ['few segments', 4, 4],
  ['many of one side and few of the other', 200, 5],
  ['a hole', 6, 6],
])('without a SYN, both sides are read in the order in which they spoke: %s', async (name, requests, answers) => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  const unit = tpkt(dt(filler(30)));
  const pdus: number[] = [];
  const sent: number[] = [];
  const every = requests / answers;
  for (let i = 0; i < requests; i++) {
    if (name === 'a hole' && i === 3) tcp.queue(0, cat(unit, unit));
    // The server is the first to speak, so that who does not listen to the order has it wrong.
    if (i % every === 0) sent.push(...tcp.send(1, cat(unit, unit), { quiet: true }));
    sent.push(...tcp.send(0, cat(unit, unit), { quiet: true }));
  }
  const report = await analyzeBytes(wire.pcap(), JUDGED, { onPdu: pdu => pdus.push(pdu.frame) });
  expect([...new Set(pdus)]).toEqual(sent);
  expect(report.streams[0]!.directions.map(d => d.gaps)).toEqual([name === 'a hole' ? 1 : 0, 0]);
});

test('without a SYN, a TPKT is complete with the frame that came last, wherever in it that belongs', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  const unit = tpkt(dt(filler(100)));
  const at = tcp.queue(0, cat(unit, unit, unit));
  const cut = unit.length + 60;
  tcp.segment(0, at + cut, 2 * unit.length - 60);
  const last = tcp.segment(0, at, cut);
  const next = tcp.send(0, unit, { quiet: true })[0];
  const pdus: number[] = [];
  await analyzeBytes(wire.pcap(), JUDGED, { onPdu: pdu => pdus.push(pdu.frame) });
  expect(pdus).toEqual([last, last, last, next]);
});

test('many small pieces out of order are put in order in time', async () => {
  const { wire, tcp } = opened();
  const octets = tpkt(dt(filler(15_000)));
  const at = tcp.queue(0, octets);
  for (let i = octets.length - 1; i >= 0; i--) tcp.segment(0, at + i, 1);
  tcp.close(0);
  const began = performance.now();
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tpkts: 2 });
  // Seconds, when each piece was looked for from the first on.
  expect(performance.now() - began).toBeLessThan(2000);
});

test('a header that the machine meets inside a TPKT on its way is read as soon as its octets are there', async () => {
  const { wire, tcp } = opened();
  // The first TPKT declares an octet more than it has: the machine reads 00 07 04 02 of the second one and goes on by 0x0402 octets,
  // there by 3,000, and meets 00 00 f0 80 within the third.
  const first = tpkt(dt(filler(20)));
  first[3]! += 1;
  const guilty = tcp.send(0, first)[0]!;
  const second = tpkt(dt(new Uint8Array(0x0704 - 7)));
  second.set([0, 0, 0x0b, 0xb8], 1 + 0x0402);
  tcp.send(0, second);
  const inThird = 1 + 0x0402 + 0x0bb8 - second.length;
  const third = tpkt(dt(new Uint8Array(4000)));
  third.set([0, 0, 0xf0, 0x80], inThird);
  const at = tcp.queue(0, third);
  const frame = tcp.segment(0, at, inThird + 40);
  tcp.reset(1);
  const report = await analyzeBytes(wire.pcap(), JUDGED);
  const finding = report.findings.find(f => f.code === 'mta.9404');
  expect(finding?.frame).toBe(frame);
  expect(finding?.request?.disturbanceFrame).toBe(guilty);
});

describe('requests that are many', () => {
  /** 65 to 71 octets are illegal under some models, more under all. */
  const SMALL = ['elementDataBytes=64', 'maxElements=1'];
  const possible = tpkt(dt(filler(65 - 7)));
  const fatal = tpkt(dt(filler(72 - 7)));

  test('hide no fatal one: it is found behind any number of others, which are counted', async () => {
    const { wire, tcp } = opened();
    for (let i = 0; i < 1005; i++) tcp.send(0, possible);
    const [frame] = tcp.send(0, fatal);
    const options = { ...analyzeOptions('exchange-5.0', SMALL), mta: [MTA.address] };
    const { findings, events } = await analyzeBytes(wire.pcap(), options);
    expect(findings[0]).toMatchObject({ code: 'mta.9404', frame });
    expect(events.map(e => e.frame)).toEqual([frame]);
    const others = findings.filter(f => f.code === 'mta.9404-possible');
    expect(others.length).toBe(1000);
    expect(others.at(-1)!.explanation).toMatch(
      / 5 more requests of this direction follow that would be judged, and are not listed\.$/,
    );
    expect(others.at(-2)!.explanation).not.toContain('not listed');
  });
});

describe('a header of length 0 to 3', () => {
  const short = async (settings: readonly string[], mta: readonly string[], header = '03000002') => {
    const { wire, tcp } = opened();
    tcp.send(0, hex(header));
    for (let i = 0; i < 2; i++) tcp.send(0, tpkt(dt(filler(30))));
    return codes(await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.0', settings), mta }));
  };

  test('is no question about an MTA where the receiver is none', async () => {
    expect(await short([], [MTA.address])).toContain('mta.unknown-request');
    expect(await short([], [])).toEqual(['tpkt.length-invalid', 'tpkt.resynchronised']);
    expect(await short([], [CLIENT.address])).not.toContain('mta.unknown-request');
  });

  test('is refused by a version check like any other', async () => {
    expect(await short([], [MTA.address], '09000002')).toContain('mta.unknown-request');
    expect(await short(['versionCheck=strict'], [MTA.address], '09000002')).not.toContain('mta.unknown-request');
    expect(await short(['versionCheck=strict'], [MTA.address])).toContain('mta.unknown-request');
  });
});

describe('a header that a check of the profile refuses', () => {
  const peak = async (header: string, ...settings: string[]) => {
    const { wire, tcp } = opened();
    tcp.send(0, hex(header));
    const { streams, hosts } = await analyzeBytes(wire.pcap(), {
      ...analyzeOptions('exchange-5.0', settings),
      mta: [MTA.address],
    });
    expect(hosts.find(h => h.address === MTA.address)!.elementsPeak).toBe(streams[0]!.directions[0].peakElements);
    return streams[0]!.directions[0].peakElements;
  };

  test('asks for nothing, and the books hold nothing for it', async () => {
    expect(await peak('3402f080')).toBe(30);
    expect(await peak('3402f080', 'versionCheck=strict')).toBe(1);
    expect(await peak('0300f080', 'versionCheck=strict')).toBe(30);
    expect(await peak('0300f080', 'tpduSizeCheck=strict')).toBe(1);
  });

  test('is the last one that the machine reads of the stream', async () => {
    const fatal = async (first: string, ...settings: string[]) => {
      const { wire, tcp } = opened();
      tcp.send(0, hex(first));
      tcp.send(0, hex('0300f080'));
      const options = { ...analyzeOptions('exchange-5.0', settings), mta: [MTA.address] };
      return codes(await analyzeBytes(wire.pcap(), options)).filter(code => code === 'mta.9404').length;
    };
    expect(await fatal('03000007 02f080', 'versionCheck=strict')).toBe(1);
    expect(await fatal('34000007 02f080')).toBe(1);
    expect(await fatal('34000007 02f080', 'versionCheck=strict')).toBe(0);
  });
});

describe('a stream of another protocol, on a host that has an MTA too', () => {
  /** S7comm: a job of 8 parameter octets (setup communication). */
  const S7 = hex('32 01 0000 0100 0008 0000 f0 00 0001 0001 01e0');
  const both = (mta: readonly string[]) => {
    const { wire, tcp } = opened();
    tcp.send(0, tpkt(dt(S7)));
    const [frame] = tcp.send(0, hex('0300f080 02f080'));
    const other = new Conversation(wire, { ...CLIENT, port: 3001 }, MTA);
    other.open();
    const transport = new Transport(other);
    transport.connect();
    new MtaPair(transport, { mode: 'x410', names: ['EXCH4', 'MTA-SE-01'] }).bind();
    const options = { ...analyzeOptions('exchange-5.0'), mta };
    return analyzeBytes(wire.pcap(), options).then(report => ({ frame, ...report }));
  };

  test('has lengths of its own, which add up or are told', async () => {
    const { wire, tcp } = opened();
    const lengths = async () => codes(await analyzeBytes(wire.pcap())).filter(code => code.startsWith('s7.'));
    tcp.send(0, tpkt(dt(S7)));
    expect(await lengths()).toEqual([]);
    tcp.send(0, tpkt(dt(S7.subarray(0, 17))));
    expect(await lengths()).toEqual(['s7.length']);
  });

  test('raises no claim about the MTA', async () => {
    const { findings, events, streams, hosts } = await both([]);
    expect(streams.map(s => s.protocol)).toEqual(['S7comm', 'P1 (1984)']);
    expect(hosts.find(h => h.address === MTA.address)!.mta).toBe('P1 (1984) on stream 1');
    expect(findings.filter(f => f.code.startsWith('mta.'))).toEqual([]);
    expect(events).toEqual([]);
  });

  test('does where the host is named: then it is known what listens there', async () => {
    const { findings, frame } = await both([MTA.address]);
    expect(findings[0]).toMatchObject({ code: 'mta.9404', frame });
  });
});
