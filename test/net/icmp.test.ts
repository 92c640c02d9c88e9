import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidate, WANTED } from '../../src/capture/select.ts';
import { headersOf } from '../../src/net/headers.ts';
import { reasonOf, type Unreachable } from '../../src/net/icmp.ts';
import { IpDecoder } from '../../src/net/ip.ts';
import { linkTrees } from '../../src/report/html/link-tree.ts';
import { cat, filler } from '../kit/bytes.ts';
import { CODE, CODE6, leastQuote, unreachable } from '../kit/icmp.ts';
import { ipv4, ipv4Fragments, ipv6, ipv6Fragments } from '../kit/ip.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { LINKS, TUNNELS, udp } from '../kit/tunnel.ts';

const V4 = { source: '192.0.2.80', destination: '192.0.2.90' };
const V6 = { source: '2001:db8::80', destination: '2001:db8::90' };
const ROUTER = '198.51.100.1';
const ROUTER6 = '2001:db8:1::1';
const segment = (ends: typeof V4, port = 102) =>
  tcp(
    { ...ends, sourcePort: 1080, destinationPort: port, seq: 0xdeadbeef, ack: 0, flags: FLAG.syn },
    new Uint8Array(0),
  );
const SYN4 = ipv4(V4.source, V4.destination, segment(V4));
const SYN6 = ipv6(V6.source, V6.destination, segment(V6));
const AH = { type: 51, body: new Array(14).fill(7) };
const SYN6_BEHIND = ipv6(V6.source, V6.destination, segment(V6), {
  extensions: [{ type: 0, body: [1, 4, 0, 0, 0, 0] }, AH],
});
const PORTS = new Uint8Array(65536);
PORTS[102] = 1;

interface Read extends Pick<Unreachable, 'family' | 'code' | 'sourcePort' | 'destinationPort' | 'seq' | 'captured'> {
  readonly ends: string[];
}

/** What is read of the IP packet (or another frame) that carries a message. */
function read(frame: Uint8Array, linkType = 101, q = frame.length, ports: Uint8Array | null = PORTS): Read[] {
  const out: Read[] = [];
  const decoder: IpDecoder = new IpDecoder(ports, {
    segment: () => undefined,
    unreachable(m) {
      const { family, code, sourcePort, destinationPort, seq, captured } = m;
      const ends = [m.from, m.source, m.destination].map(address => decoder.addressText(family, address));
      out.push({ family, code, sourcePort, destinationPort, seq, captured, ends });
      expect(m.frameOffset + captured).toBeLessThanOrEqual(q);
    },
  });
  decoder.frame(1, 0, 0, frame, 0, q, frame.length, linkType);
  if (out.length === 0) return out;
  expect(candidate(frame, 0, q, linkType, ports)).toBe(WANTED);
  // What is read is shown as well.
  const layers = headersOf(frame.slice(0, q), linkType).map(({ layer }) => layer);
  const four = out[0]!.family === 4;
  expect(layers.slice(-4)).toEqual(four ? ['ip', 'icmp', 'ip', 'tcp'] : ['ipv6', 'icmpv6', 'ipv6', 'tcp']);
  return out;
}

const SAID6 = unreachable(ROUTER6, V6.source, CODE6.address, SYN6);
const about4 = (octets?: number, code: number = CODE.host) => unreachable(ROUTER, V4.source, code, SYN4, octets);
const SAID = { code: 1, sourcePort: 1080, destinationPort: 102, seq: 0xdeadbeef | 0 };
const SAID4 = { ...SAID, family: 4, ends: [ROUTER, V4.source, V4.destination] };

describe('destination unreachable', () => {
  test('code, host, four-tuple and sequence number, of as many octets as RFC 792 asks for and of all', () => {
    expect(read(about4(leastQuote(SYN4)))).toEqual([{ ...SAID4, captured: 8 }]);
    expect(read(about4())).toEqual([{ ...SAID4, captured: 20 }]);
  });

  test('ICMPv6, with extension headers before it and in what it quotes', () => {
    const ends = [ROUTER6, V6.source, V6.destination];
    for (const packet of [SYN6, SYN6_BEHIND]) {
      const message = unreachable(ROUTER6, V6.source, CODE6.address, packet);
      expect(read(message)).toEqual([{ ...SAID, code: 3, family: 6, captured: 20, ends }]);
      const behind = ipv6(ROUTER6, V6.source, message.subarray(40), { protocol: 58, extensions: [AH] });
      expect(read(behind)).toHaveLength(1);
    }
  });

  test('a snap length may cut what is quoted, padding of the frame is none of it', () => {
    const message = about4();
    expect(read(message, 101, 20 + 8 + 28)).toEqual([{ ...SAID4, captured: 8 }]);
    expect(read(message, 101, 20 + 8 + 27)).toEqual([]);
    expect(read(cat(about4(26), new Uint8Array(20)))).toEqual([]);
    expect(read(cat(about4(28), new Uint8Array(20)))).toEqual([{ ...SAID4, captured: 8 }]);
  });

  test('of one in fragments the first has all that counts', () => {
    const padded = cat(SYN4, filler(500));
    const message = unreachable(ROUTER, V4.source, CODE.host, padded);
    const [first, ...later] = ipv4Fragments(ROUTER, V4.source, message.subarray(20), [64, 256], { protocol: 1 });
    expect(read(first!)).toEqual([{ ...SAID4, captured: 20 }]);
    expect(later.flatMap(fragment => read(fragment))).toEqual([]);
    expect(later.map(fragment => candidate(fragment, 0, fragment.length, 101, PORTS))).toEqual([0, 0]);
    const [first6, second6] = ipv6Fragments(ROUTER6, V6.source, SAID6.subarray(40), [64], 7, 58);
    const ends = [ROUTER6, V6.source, V6.destination];
    expect(read(first6!)).toEqual([{ ...SAID, code: 3, family: 6, captured: 16, ends }]);
    expect(read(second6!)).toEqual([]);
    for (const fragment of [first!, first6!])
      for (let size = 0; size < fragment.length; size++) read(fragment.slice(0, size), 101, size);
  });

  test('options of the quoted header, and a checksum that was not computed', () => {
    const options = ipv4(V4.source, V4.destination, segment(V4), { options: [7, 7, 4, 1, 2, 3, 4] });
    const message = unreachable(ROUTER, V4.source, CODE.host, options, leastQuote(options));
    message.fill(0, 22, 24);
    expect(read(message)).toEqual([{ ...SAID4, captured: 8 }]);
  });

  test.each([...TUNNELS, ...LINKS].map(w => [w.name, w] as const))('in %s', (_name, { linkType, wrap }) => {
    const ether = cat(new Uint8Array(12), [8, 0], about4(28));
    expect(read(wrap(ether, 1)[0]!, linkType)).toEqual([{ ...SAID4, captured: 8 }]);
  });

  const other = segment(V4, 80);
  test.each([
    ['another port', unreachable(ROUTER, V4.source, 1, ipv4(V4.source, V4.destination, other))],
    ['UDP', unreachable(ROUTER, V4.source, 3, ipv4(V4.source, V4.destination, udp(102, filler(20)), { protocol: 17 }))],
    ['a message to somebody else', unreachable(ROUTER, '192.0.2.81', 1, SYN4)],
    [
      'a later fragment',
      unreachable(ROUTER, V4.source, 1, ipv4Fragments(V4.source, V4.destination, filler(64), [32])[1]!),
    ],
    ['fragmentation needed, which loses nothing', about4(28, CODE.fragmentationNeeded)],
    ['an echo request', ipv4(ROUTER, V4.source, cat(8, about4(28).subarray(21)), { protocol: 1 })],
    ['the other family', ipv4(ROUTER, V4.source, cat(about4(28).subarray(20, 28), SYN6), { protocol: 1 })],
    ['a message about a message', unreachable(ROUTER, V4.source, 1, about4(28))],
    [
      'a fragment that is too short',
      ipv4Fragments(ROUTER, V4.source, about4(28).subarray(20), [32], { protocol: 1 })[0]!,
    ],
    [
      'a fragment that is not the first',
      ipv4(ROUTER, V4.source, about4().subarray(20), { protocol: 1, fragmentOffset: 8 }),
    ],
    ['the same of IPv6', ipv6Fragments(ROUTER6, V6.source, cat(filler(8), SAID6.subarray(40)), [8], 7, 58)[1]!],
  ])('%s: nothing is said', (_what, packet) => {
    expect(read(packet)).toEqual([]);
  });

  test('the skip test rules out what quotes other ports, other protocols and all other messages', () => {
    const skipped = (packet: Uint8Array) => candidate(packet, 0, packet.length, 101, PORTS) !== WANTED;
    const http = unreachable(ROUTER, V4.source, 1, ipv4(V4.source, V4.destination, other));
    const dns = unreachable(ROUTER, V4.source, 3, ipv4(V4.source, V4.destination, udp(53, SYN4), { protocol: 17 }));
    // What is quoted is not opened.
    const tunnel = unreachable(ROUTER, V4.source, 3, ipv4(V4.source, V4.destination, SYN4, { protocol: 4 }));
    const echo = ipv4(ROUTER, V4.source, cat(8, about4().subarray(21)), { protocol: 1 });
    const solicitation = ipv6(ROUTER6, V6.source, cat(135, new Uint8Array(60)), { protocol: 58 });
    for (const packet of [http, dns, tunnel, echo, solicitation]) expect(skipped(packet)).toBe(true);
    expect(skipped(about4(28))).toBe(false);
    const deep = Array.from({ length: 900 }).reduce<Uint8Array>(
      inner => unreachable(ROUTER, V4.source, 1, inner),
      SYN4,
    );
    expect(skipped(deep)).toBe(true);
    expect(headersOf(deep, 101)).toHaveLength(3);
  });
});

describe('whatever the octets', () => {
  const messages = [about4(), about4(28), ...[SYN6, SYN6_BEHIND].map(p => unreachable(ROUTER6, V6.source, 0, p))];

  test('nothing throws, nothing is read beyond the end, and what is read passes the skip test', () => {
    const change = fc.tuple(fc.nat(140), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.array(change, { maxLength: 4 }),
        fc.nat(200),
        fc.constantFrom(PORTS, null),
        (message, changes, size, ports) => {
          const mangled = message.slice();
          for (const [at, value] of changes) if (at < mangled.length) mangled[at] = value;
          const alone = mangled.slice(0, size);
          const said = read(alone, 101, alone.length, ports);
          expect(read(cat(alone, filler(100)), 101, alone.length, ports)).toEqual(said);
          for (const { start, end } of headersOf(alone, 101)) {
            expect(start).toBeLessThanOrEqual(end);
            expect(end).toBeLessThanOrEqual(alone.length);
          }
          for (const { end, fields } of linkTrees(alone, 101))
            for (const f of fields) expect(f.end).toBeLessThanOrEqual(end);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a random payload says nothing by chance', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(1, 58), (payload, protocol) => {
        const four = protocol === 1;
        const packet = four
          ? ipv4(ROUTER, V4.source, payload, { protocol })
          : ipv6(ROUTER6, V6.source, payload, { protocol });
        expect(read(packet)).toEqual([]);
        linkTrees(packet, 101);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a code that no RFC has is told by its number', () => {
  expect(reasonOf(4, 200)).toEqual({ words: 'unreachable, code 200', scope: null });
  expect(reasonOf(6, 0).scope).toBe('network');
  expect(reasonOf(4, 13)).toEqual({ words: 'communication administratively prohibited', scope: null });
});
