import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipOffset } from '../../src/capture/link.ts';
import { candidate, WANTED } from '../../src/capture/select.ts';
import { MAX_TUNNELS, tunnelled } from '../../src/capture/tunnels.ts';
import { headersOf } from '../../src/net/headers.ts';
import { IpDecoder } from '../../src/net/ip.ts';
import { linkTrees } from '../../src/report/html/link-tree.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { cat, filler, hex, type Part } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { ipv4, ipv4Fragments, ipv6, ipv6Fragments } from '../kit/ip.ts';
import { ethernet, rawIp } from '../kit/link.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { Transport } from '../kit/transport.ts';
import { ERSPAN_2, ERSPAN_3, geneve, gre, gtp, LINKS, OUTER, pptp, TUNNELS, udp, vxlan } from '../kit/tunnel.ts';
import { Wire } from '../kit/wire.ts';

const V4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const V6 = { source: '2001:db8::1', destination: '2001:db8::2' };
const ends = { sourcePort: 3000, destinationPort: 102, seq: 1, ack: 1, flags: FLAG.ack };
const FOUR = ipv4(V4.source, V4.destination, tcp({ ...ends, ...V4 }, filler(40)));
const SIX = ipv6(V6.source, V6.destination, tcp({ ...ends, ...V6 }, filler(40)));
const PORTS = new Uint8Array(65536);
PORTS[102] = 1;
const MACS = hex('000102030405 060708090a0b');
const ETHER = cat(MACS, hex('0800'), FOUR);

/** What an IP packet of `protocol` carries, and what is found in it. */
const OPENED: readonly (readonly [string, number, Uint8Array, Uint8Array])[] = [
  ['GRE without options', 47, gre(0x0800, FOUR), FOUR],
  ['GRE with a key alone', 47, gre(0x0800, FOUR, { key: 1 }), FOUR],
  ['GRE, IPv6', 47, gre(0x86dd, SIX), SIX],
  ['GRE, a VLAN in bridged Ethernet', 47, gre(0x6558, cat(MACS, hex('8100 0005 86dd'), SIX)), SIX],
  ['ERSPAN II', 47, gre(0x88be, cat(ERSPAN_2, ETHER), { sequence: 1 }), FOUR],
  ['PPTP', 47, pptp([hex('ff03 0021'), FOUR], 1), FOUR],
  ['PPTP, IPv6 and an acknowledgement', 47, pptp([hex('0057'), SIX], 1, 1), SIX],
  ['VXLAN', 17, udp(4789, vxlan(ETHER)), FOUR],
  ['VXLAN from its port', 17, udp(50_000, vxlan(ETHER), 'none', 4789), FOUR],
  ['Geneve', 17, udp(6081, geneve(0x6558, ETHER)), FOUR],
  ['Geneve, IPv6', 17, udp(6081, geneve(0x86dd, SIX, hex('0102 80 00'))), SIX],
  ['GTP-U', 17, udp(2152, gtp(SIX)), SIX],
  ['IPv6 in IP', 41, SIX, SIX],
  ['IPv4 in IP', 4, FOUR, FOUR],
];

test.each(OPENED)('%s: the packet in it is found', (_what, protocol, payload, packet) => {
  expect(tunnelled(payload, 0, payload.length, protocol)).toBe(payload.length - packet.length);
  const outer = ipv6(OUTER.six[0], OUTER.six[1], payload, { protocol });
  expect(candidate(outer, 0, outer.length, 101, PORTS)).toBe(WANTED);
  expect(
    headersOf(outer, 101)
      .map(h => h.layer)
      .slice(-2),
  ).toEqual([packet === SIX ? 'ipv6' : 'ip', 'tcp']);
});

test.each([
  ['GRE with source routes', 47, cat(hex('4000 0800 00000000 00000000'), FOUR)],
  ['GRE version 1', 47, cat(hex('2001 0800 00000000'), FOUR)],
  ['PPTP, an acknowledgement alone', 47, hex('2081 880b 0000 0007 00000001')],
  ['PPTP, LCP', 47, pptp(hex('ff03 c021 0109 0008 0506 01020304'), 1)],
  ['PPTP, a frame that ends before its packet', 47, cat(pptp(hex('0021'), 1), FOUR)],
  ['GRE, a length in the place of the type', 47, gre(0x0200, cat(hex('aaaa03 000000 0800'), FOUR))],
  ['ERSPAN of an unknown version', 47, gre(0x88be, cat(hex('3005 0064 00000003'), ETHER), { sequence: 1 })],
  ['ERSPAN III that carries no Ethernet', 47, gre(0x22eb, cat(ERSPAN_3.subarray(0, 10), hex('0800'), FOUR))],
  ['UDP of other ports', 17, udp(4788, vxlan(ETHER))],
  ['Geneve of another version', 17, udp(6081, cat(0x40, geneve(0x6558, ETHER).subarray(1)))],
  ['GTP-U, an echo request', 17, udp(2152, cat(hex('32 01 0004 00000000 00000000'), FOUR))],
  ['GTP-U, an extension header of no length', 17, udp(2152, gtp(FOUR, 0x34, hex('0000 00 85 00000000')))],
  ['IP in IP that is none', 4, filler(60).fill(0x11)],
] as const)('%s: nothing is found', (_what, protocol, payload) => {
  expect(tunnelled(payload, 0, payload.length, protocol)).toBe(-1);
});

test.each([
  ['an LLC header in SNAP', 1, [MACS, hex('0600'), new Array(30_000).fill([...hex('aaaa03 000000 0000')])]],
  ['PPI in PPI', 192, new Array(30_000).fill([...hex('0000 0800 c0000000')])],
  ['pseudowires in pseudowires', 1, new Array(12_000).fill([...MACS, ...hex('8847 000101ff 00000000')])],
  ['tags on tags', 1, [MACS, new Array(60_000).fill([...hex('8100 0001')])]],
  [
    'IP in IP',
    101,
    new Array(12_000).fill([...ipv4(V4.source, V4.destination, hex(''), { protocol: 4, totalLength: 65_535 })]),
  ],
] as const)('%s without end', (_what, linkType, part) => {
  const frame = cat(part as Part);
  expect(candidate(frame, 0, frame.length, linkType, PORTS)).not.toBe(WANTED);
  expect(headersOf(frame, linkType).length).toBeLessThan(frame.length);
});

describe('whatever the octets', () => {
  const frames = [...TUNNELS, ...LINKS].map(w => ({ linkType: w.linkType, bytes: cat(w.wrap(ETHER, 1)[0]!) }));

  test('nothing is read beyond the frame, and nothing throws', () => {
    const change = fc.tuple(fc.nat(160), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(change, { maxLength: 4 }),
        fc.nat(200),
        ({ bytes, linkType }, changes, size) => {
          const mangled = bytes.slice();
          for (const [at, value] of changes) if (at < mangled.length) mangled[at] = value;
          const end = Math.min(size, mangled.length);
          // The same octets with others behind them: what is said of the frame does not depend on these.
          const alone = mangled.subarray(0, end);
          const followed = cat(alone, new Uint8Array(300).fill(0x45));
          const n = ipOffset(followed, 0, end, linkType);
          expect(n).toBe(ipOffset(alone.slice(), 0, end, linkType));
          expect(candidate(followed, 0, end, linkType, PORTS)).toBe(candidate(alone.slice(), 0, end, linkType, PORTS));
          for (const { start, end: to } of headersOf(alone.slice(), linkType)) {
            expect(start).toBeLessThanOrEqual(to);
            expect(to).toBeLessThanOrEqual(end);
          }
          linkTrees(alone.slice(), linkType);
          const decoder = new IpDecoder(PORTS, {
            segment(s) {
              if (s.captured > 0) expect(s.start + s.captured).toBeLessThanOrEqual(end);
            },
          });
          decoder.frame(1, 0, 0, followed, 0, end, end, linkType);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('what is segment for the decoder passes the skip test, and has its headers in the tree', () => {
    const change = fc.tuple(fc.nat(120), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.array(change, { maxLength: 2 }), ({ bytes, linkType }, changes) => {
        const mangled = bytes.slice();
        for (const [at, value] of changes) if (at < mangled.length) mangled[at] = value;
        const decoder = new IpDecoder(PORTS, {
          segment(s) {
            expect(candidate(mangled, 0, mangled.length, linkType, PORTS)).toBe(WANTED);
            expect(headersOf(mangled, linkType).at(-1)).toMatchObject({ layer: 'tcp', start: s.header });
          },
        });
        decoder.frame(1, 0, 0, mangled, 0, mangled.length, mangled.length, linkType);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('fragments of a tunnel', () => {
  const exchange = (put: (wire: Wire, packet: Uint8Array, no: number) => void) => {
    const inner = new Wire('2001-01-01T00:00:00Z', rawIp());
    const pair = new Conversation(inner, { address: V4.source, port: 3000 }, { address: V4.destination, port: 102 });
    pair.open();
    new Transport(pair).connect();
    pair.close(0);
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    for (const [i, frame] of inner.frames.entries()) put(wire, frame.bytes, i + 1);
    return { packets: inner.frames.length, report: analyzeBytes(wire.pcap()) };
  };
  const parts = (packet: Uint8Array, id: number, cuts = [8, 24, 56]) =>
    ipv4Fragments(OUTER.four[0], OUTER.four[1], udp(4789, vxlan(cat(MACS, hex('0800'), packet))), cuts, {
      protocol: 17,
      id,
    });

  test.each([
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
  ])('in the order %i %i %i %i', async (...order) => {
    const { packets, report } = exchange((wire, packet, no) => {
      const list = parts(packet, no);
      for (const i of order) wire.packet(list[i]!, 4, 0);
    });
    const { streams, warnings, selectedFrames } = await report;
    expect(warnings).toEqual([]);
    expect(streams).toMatchObject([{ client: { address: V4.source }, tpduSize: 2048 }]);
    expect(selectedFrames).toBe(packets);
  });

  test('one that is missing is told of where it held TCP of a port that is looked at', async () => {
    const lost = async (packet: Uint8Array) => {
      const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
      for (const part of parts(packet, 9, [80]).slice(0, 1)) wire.packet(part, 4, 0);
      return (await analyzeBytes(wire.pcap())).warnings;
    };
    expect(await lost(FOUR)).toMatchObject([{ code: 'capture.fragments', frame: 1 }]);
    const other = tcp({ ...ends, ...V4, destinationPort: 80 }, filler(40));
    expect(await lost(ipv4(V4.source, V4.destination, other))).toEqual([]);
  });

  test('fragments of other UDP say nothing, whatever is missing of them or was cut', async () => {
    const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
    for (let id = 1; id < 400; id++) {
      const list = ipv4Fragments(OUTER.four[0], OUTER.four[1], udp(2049, filler(900)), [400], { protocol: 17, id });
      wire.frame(list[1]!, 4000);
      if (id % 3) wire.frame(list[0]!);
    }
    const report = await analyzeBytes(wire.pcap());
    expect(report.warnings).toEqual([]);
    expect(report.selectedFrames).toBe(0);
  });

  test('fragments in a tunnel whose packets come in fragments', async () => {
    const { report } = exchange((wire, packet, no) => {
      const size = packet.length - 20;
      const payload = packet.subarray(20);
      const inner = ipv4Fragments(V4.source, V4.destination, payload, [8 * Math.floor(size / 16)], { id: no });
      inner.forEach((fragment, i) => {
        const source = packet.subarray(12, 20);
        const whole = cat(fragment.subarray(0, 12), source, fragment.subarray(20));
        const list = ipv6Fragments(OUTER.six[0], OUTER.six[1], gre(0x0800, whole), [16], no * 2 + i, 47);
        for (const part of list) wire.packet(part, 6, 0);
      });
    });
    const { streams, warnings } = await report;
    expect(warnings).toEqual([]);
    expect(streams).toMatchObject([{ tpduSize: 2048 }]);
  });
});

test('a snap length that cuts the packet in a tunnel leaves a hole as it does without one', async () => {
  const run = async (tunnel: boolean) => {
    const wire = new Wire('2001-01-01T00:00:00Z', tunnel ? rawIp() : ethernet());
    const pair = new Conversation(wire, { address: V4.source, port: 3000 }, { address: V4.destination, port: 102 });
    pair.open();
    new Transport(pair).connect();
    pair.segment(0, pair.queue(0, cat(hex('0300000e 02f080'), filler(7))), 14);
    const frames = wire.frames.map(frame => ({
      ...frame,
      bytes: tunnel ? ipv4(OUTER.four[0], OUTER.four[1], gre(0x0800, frame.bytes), { protocol: 47 }) : frame.bytes,
    }));
    const cut = new Wire('2001-01-01T00:00:00Z', wire.link);
    frames.forEach((frame, i) => {
      const short = i === frames.length - 1;
      cut.frame(short ? frame.bytes.subarray(0, frame.bytes.length - 5) : frame.bytes, frame.bytes.length);
    });
    const { streams, warnings } = await analyzeBytes(cut.pcap());
    return { streams, warnings: warnings.map(({ code, frame }) => ({ code, frame })) };
  };
  const plain = await run(false);
  expect(plain.warnings).toEqual([{ code: 'capture.snaplen', frame: 8 }]);
  expect(await run(true)).toEqual(plain);
});

test(`packets in ${MAX_TUNNELS} others are found, and not in more`, () => {
  const deep = (n: number): Uint8Array =>
    n === 0 ? FOUR : ipv4(OUTER.four[0], OUTER.four[1], deep(n - 1), { protocol: 4 });
  const found = (n: number) => candidate(deep(n), 0, deep(n).length, 101, PORTS) === WANTED;
  expect([found(MAX_TUNNELS), found(MAX_TUNNELS + 1)]).toEqual([true, false]);
});
