import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Datagram, FragmentTable } from '../../src/net/fragments.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { cat, filler, u16, u32 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { tsdu } from '../kit/cotp.ts';
import { type Extension, ipv4, ipv4Fragments, ipv6 } from '../kit/ip.ts';
import { rawIp } from '../kit/link.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

/** `[offset, octets, more, second]` in order of arrival; the last datagram that came out, and how many did. */
function put(family: 4 | 6, fragments: readonly (readonly [number, Uint8Array, boolean, number?])[]) {
  const table = new FragmentTable();
  let whole: Datagram | null = null;
  let count = 0;
  fragments.forEach(([offset, bytes, more, sec = 0], i) => {
    const place = { start: 0, end: bytes.length, frame: i + 1, sec, nsec: 0, frameStart: 0, origin: null };
    const f = { offset, more, protocol: 6, bytes, ...place, missed: true };
    const found = table.add('key', family, f);
    if (found === null) return;
    whole = found;
    count++;
  });
  table.end();
  return { whole: whole as Datagram | null, count, lost: table.lost, contradicted: table.contradicted };
}

const full = filler(800);
const part = (from: number, to: number) => [from, full.subarray(from, to), to < full.length] as const;
const other = (from: number, to: number) => [from, new Uint8Array(to - from).fill(1), true] as const;

describe('fragments', () => {
  test('beyond the end do not stand in for those that are missing', () => {
    const { whole, lost, contradicted } = put(4, [part(0, 400), [800, new Uint8Array(800), true], part(792, 800)]);
    expect({ whole, lost, contradicted }).toEqual({ whole: null, lost: 1, contradicted: 1 });
  });

  test('the first end stays; another one is told of and not taken', () => {
    const short = [392, full.subarray(392, 400), false] as const;
    const { whole, contradicted } = put(4, [part(0, 392), part(792, 800), short, part(392, 792)]);
    expect(whole?.bytes).toEqual(full);
    expect(contradicted).toBe(1);
  });

  test('a last fragment that ends before what is there is told of', () => {
    expect(put(4, [part(0, 400), [0, full.subarray(0, 80), false]])).toMatchObject({ contradicted: 1 });
  });

  test('no datagram is longer than its length field can say', () => {
    const far = [65_528, new Uint8Array(16), false] as const;
    expect(put(4, [part(0, 400), far])).toMatchObject({ whole: null, contradicted: 1, lost: 1 });
  });

  test('IPv4: of octets that differ those that came first stay, and it is told', () => {
    const { whole, lost, contradicted } = put(4, [part(0, 400), other(200, 600), part(400, 800)]);
    expect(whole?.bytes).toEqual(cat(full.subarray(0, 400), new Uint8Array(200).fill(1), full.subarray(600)));
    expect({ lost, contradicted }).toEqual({ lost: 0, contradicted: 1 });
  });

  test('IPv4: the same octets again are no contradiction', () => {
    const { whole, contradicted } = put(4, [part(0, 400), part(0, 400), part(200, 600), part(400, 800)]);
    expect(whole?.bytes).toEqual(full);
    expect(contradicted).toBe(0);
  });

  test('IPv6: fragments that overlap end the datagram, whatever comes later (RFC 8200 4.5)', () => {
    const { whole, lost, contradicted } = put(6, [part(0, 400), part(200, 600), part(0, 400), part(400, 800)]);
    expect({ whole, lost, contradicted }).toEqual({ whole: null, lost: 1, contradicted: 1 });
  });

  test('IPv6: a fragment that comes again with the same octets is no overlap', () => {
    const { whole, contradicted } = put(6, [part(0, 400), part(0, 400), part(400, 800)]);
    expect(whole?.bytes).toEqual(full);
    expect(contradicted).toBe(0);
  });

  test('that a mirror port shows twice are missed by nobody', () => {
    const [one, two] = [part(0, 400), part(400, 800)];
    for (const family of [4, 6] as const) {
      expect(put(family, [one, one, two, two])).toMatchObject({ count: 1, lost: 0, contradicted: 0 });
      expect(put(family, [one, two, one, two])).toMatchObject({ count: 2, lost: 0, contradicted: 0 });
      // What is new is missed; and a copy is in nobody's way when its identification is used again.
      expect(put(family, [one, two, other(0, 400)])).toMatchObject({ count: 1, lost: 1 });
      const next = [
        [...other(0, 400), 1],
        [...other(400, 792), 1],
        [792, full.subarray(792), false, 1],
      ] as const;
      const { whole, count, lost, contradicted } = put(family, [one, two, two, ...next]);
      expect({ count, lost, contradicted }).toEqual({ count: 2, lost: 0, contradicted: 0 });
      expect(whole!.bytes).toEqual(cat(new Uint8Array(792).fill(1), full.subarray(792)));
    }
  });

  test('of a datagram that nobody waits for any more do not go into the next one of its identification', () => {
    const again = [part(0, 400), part(400, 800)].map(f => [...f, 600] as const);
    for (const family of [4, 6] as const) {
      const { whole, lost, contradicted } = put(family, [other(0, 400), ...again]);
      expect({ lost, contradicted }).toEqual({ lost: 1, contradicted: 0 });
      expect(whole?.bytes).toEqual(full);
    }
  });

  test('whatever comes, each octet of a datagram stands in a fragment that came', () => {
    const one = fc.tuple(fc.nat(8), fc.integer({ min: 1, max: 5 }), fc.boolean());
    fc.assert(
      fc.property(fc.constantFrom<4 | 6>(4, 6), fc.array(one, { maxLength: 12 }), (family, list) => {
        const came = list.map(([at, units, more], i) => [at * 8, new Uint8Array(units * 8).fill(i + 1), more] as const);
        const { whole } = put(family, came);
        for (const { frame, offset, length } of whole?.origin.locate(0, whole.bytes.length) ?? []) {
          expect(offset + length).toBeLessThanOrEqual(came[frame - 1]![1].length);
        }
        expect(whole?.bytes.includes(0) ?? false).toBe(false);
      }),
    );
  });
});

const CLIENT = { address: '2001:db8::1', port: 3000 };
const SERVER = { address: '2001:db8::2', port: 102 };
const destinationOptions = (): Extension => ({ type: 60, body: [1, 4, 0, 0, 0, 0] });

describe('what stands between IP and TCP', () => {
  test('a datagram that contradicts itself is told of with its frame', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    const pair = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
    pair.open();
    new Transport(pair).connect();
    const units = cat(tsdu(filler(772)));
    const at = pair.queue(0, units);
    const [first] = pair.fragments(0, at, units.length, [400]);
    wire.packet(first!, 4, 0);
    const o = { id: 4, protocol: 6 };
    wire.packet(
      ipv4('192.0.2.1', '192.0.2.2', new Uint8Array(800), { ...o, fragmentOffset: 800, moreFragments: true }),
      4,
      0,
    );
    const last = wire.packet(ipv4('192.0.2.1', '192.0.2.2', new Uint8Array(7), { ...o, fragmentOffset: 792 }), 4, 0);
    pair.close(0);
    const report = await analyzeBytes(wire.pcap());
    const found = report.warnings.filter(w => w.code === 'capture.fragments');
    expect(found.map(w => w.frame)).toEqual([last - 2, last]);
    expect(report.streams[0]!.directions[0]).toMatchObject({ tsdus: 0, gaps: 1 });
  });

  test('the fragmentable part of IPv6 may begin with destination options', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    const pair = new Conversation(wire, CLIENT, SERVER);
    pair.open();
    new Transport(pair).connect();
    const units = cat(tsdu(filler(900)));
    const at = pair.queue(0, units);
    // Unfragmented, with the options; then the same octets behind fragment headers.
    const whole = pair.fragments(0, at, units.length, [])[0]!.subarray(48);
    const behind = cat([6, 0, 1, 4, 0, 0, 0, 0], whole);
    for (const [from, to] of [
      [0, 8],
      [8, 408],
      [408, behind.length],
    ] as const) {
      const header = cat(60, 0, u16(from | (to < behind.length ? 1 : 0)), u32(77));
      wire.packet(ipv6(CLIENT.address, SERVER.address, cat(header, behind.subarray(from, to)), { protocol: 44 }), 6, 0);
    }
    pair.close(0);
    const report = await analyzeBytes(wire.pcap());
    expect(report.streams[0]!.directions[0]).toMatchObject({ gaps: 0, tsdus: 1 });
    expect(report.warnings).toEqual([]);
  });

  test.each([16, 17, 40])('%i extension headers', async n => {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    const pair = new Conversation(wire, CLIENT, SERVER, {
      ip6: { extensions: Array.from({ length: n }, destinationOptions) },
    });
    pair.open();
    new Transport(pair).connect();
    const report = await analyzeBytes(wire.pcap());
    expect(report.streams[0]!).toMatchObject({ tpduSize: 2048 });
  });

  test('an authentication header in IPv4, as in IPv6', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    const ends = { source: '192.0.2.1', destination: '192.0.2.2', sourcePort: 3000, destinationPort: 102 };
    const syn = tcp({ ...ends, seq: 1, ack: 0, flags: FLAG.syn }, new Uint8Array(0));
    const header = cat(6, 4, [0, 0], u32(7), u32(1), new Uint8Array(12));
    wire.packet(ipv4(ends.source, ends.destination, cat(header, syn), { protocol: 51 }), 4, 0);
    const report = await analyzeBytes(wire.pcap());
    expect(report.streams).toMatchObject([{ client: { address: '192.0.2.1', port: 3000 }, syns: 1 }]);
  });
});

describe('segmentation offload leaves no length in the IP header', () => {
  const octets = filler(100);
  /** A segment of 129 octets whose header says 0, in a frame that claims `wireLength`. */
  async function offloaded(version: 4 | 6, wireLength: number) {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    const addresses = version === 4 ? ['192.0.2.1', '192.0.2.2'] : [CLIENT.address, SERVER.address];
    const pair = new Conversation(wire, { address: addresses[0]!, port: 3000 }, { address: addresses[1]!, port: 102 });
    pair.open();
    new Transport(pair).connect();
    const units = cat(tsdu(octets));
    pair.segment(0, pair.queue(0, units), units.length);
    const packet = wire.frames.pop()!.bytes.slice();
    packet.fill(0, version === 4 ? 2 : 4, version === 4 ? 4 : 6);
    wire.frame(packet, wireLength);
    return analyzeBytes(wire.pcap());
  }

  test.each([4, 6] as const)(
    'IPv%i: the frame has its captured length where that on the wire cannot be',
    async version => {
      const report = await offloaded(version, 0xffff_ffff);
      expect(report.streams[0]!.directions[0]).toMatchObject({ tsdus: 1, gaps: 0, gapBytes: 0 });
      expect(report.warnings.map(w => w.code)).toEqual(['capture.record-length']);
    },
  );

  test('what a snap length cut of such a frame is missing', async () => {
    const report = await offloaded(4, 300_000);
    expect(report.warnings.map(w => w.code)).toEqual(['capture.snaplen']);
    expect(report.streams[0]!.directions[0].gapBytes).toBe(300_000 - 20 - 20 - 107);
  });
});

test('a TCP header that is longer than its datagram is no segment, as for any receiver', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
  const pair = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  pair.open();
  new Transport(pair).connect();
  const last = pair.ack(0);
  wire.frames[last - 1]!.bytes[20 + 12] = 0xf0;
  const report = await analyzeBytes(wire.pcap());
  expect(report.streams[0]!.frames).toBe(last - 1);
});

test('what a segment in fragments brings stands at the frame that made it whole', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
  const [client, server] = ['192.0.2.1', '192.0.2.2'];
  // No SYN, and one TPKT alone: where it begins is known only at the end.
  const segment = tcp(
    { source: client, destination: server, sourcePort: 3000, destinationPort: 102, seq: 1, ack: 1, flags: FLAG.ack },
    cat(tsdu(cat(0x32, 1, [0, 0], [0, 1], [0, 2], [0, 0], 0xf0, 0))),
  );
  for (const fragment of ipv4Fragments(client, server, segment, [24, 32])) wire.packet(fragment, 4, 0);
  const { associations, streams } = await analyzeBytes(wire.pcap());
  expect(streams.map(({ firstFrame, unanchoredFrom }) => [firstFrame, unanchoredFrom])).toEqual([[3, 3]]);
  expect(associations.map(({ firstFrame, lastFrame }) => [firstFrame, lastFrame])).toEqual([[3, 3]]);
});
