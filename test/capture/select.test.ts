import { expect, test } from 'vitest';
import { ipOffset } from '../../src/capture/link.ts';
import { CUT, candidate, cutShort, WANTED } from '../../src/capture/select.ts';
import { cat, filler, hex, type Part } from '../kit/bytes.ts';
import { ipv4, ipv6 } from '../kit/ip.ts';
import { FLAG, tcp } from '../kit/tcp.ts';

const ends = { sourcePort: 3000, destinationPort: 102, seq: 1, ack: 1, flags: FLAG.ack };
const V4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const V6 = { source: '2001:db8::1', destination: '2001:db8::2' };
const FOUR = ipv4(V4.source, V4.destination, tcp({ ...ends, ...V4 }, filler(40)));
const SIX = ipv6(V6.source, V6.destination, tcp({ ...ends, ...V6 }, filler(40)));
const PORTS = new Uint8Array(65536);
PORTS[102] = 1;

const PPP = 9;
const ETHERNET = 1;
const MACS = hex('000102030405 060708090a0b');

const READ: readonly (readonly [string, number, Part, Uint8Array])[] = [
  ['PPP in HDLC framing', PPP, hex('ff03 0021'), FOUR],
  ['without address and control', PPP, hex('0021'), FOUR],
  ['with a compressed protocol field', PPP, hex('ff03 21'), FOUR],
  ['with neither', PPP, hex('21'), FOUR],
  ['IPv6 with neither', PPP, hex('57'), SIX],
  ['MPLS in PPP', PPP, hex('ff03 0281 000640ff 000651ff'), FOUR],
  ['MPLS multicast in PPP', PPP, hex('0283 000651ff'), SIX],
  ['MPLS in Ethernet', ETHERNET, [MACS, hex('8847 000640ff 000651ff')], FOUR],
  ['PPPoE', ETHERNET, [MACS, hex('8864 1100 0001 0052 0021')], FOUR],
];

test.each(READ)('%s: IP is found behind the link header', (_what, linkType, header, packet) => {
  const link = cat(header);
  const frame = cat(link, packet);
  expect(ipOffset(frame, 0, frame.length, linkType)).toBe(link.length);
  expect(candidate(frame, 0, frame.length, linkType, PORTS)).toBe(WANTED);
});

test.each([
  ['PPP link control', PPP, hex('ff03 c021')],
  ['PPP, another compressed protocol', PPP, hex('ff03 fd')],
  ['MPLS without a last label', PPP, hex('0281 000640ff 000640ff')],
] as const)('%s: no IP', (_what, linkType, header) => {
  const frame = cat(header, header.length > 9 ? [] : FOUR);
  expect(ipOffset(frame, 0, frame.length, linkType)).toBe(-1);
});

/** Ends before the ports, and may be TCP by all that is there of it. */
const short = (frame: Uint8Array, linkType: number, size: number): boolean =>
  candidate(frame.slice(0, size), 0, size, linkType, PORTS) === CUT &&
  cutShort(frame.slice(0, size), 0, size, linkType);

test.each([
  ['Ethernet', ETHERNET, [MACS, hex('0800')], FOUR],
  ['Ethernet, IPv6', ETHERNET, [MACS, hex('86dd')], SIX],
  ['raw IP', 101, [], FOUR],
  ['raw IPv6', 101, [], SIX],
  ['Linux cooked', 113, hex('0000 0001 0006 0001020304050000 0800'), FOUR],
  ...READ,
] as const)('%s: what ends before the ports is cut short, up to them', (_what, linkType, header, packet) => {
  const frame = cat(header, packet);
  const ip = ipOffset(frame, 0, frame.length, linkType);
  const ports = ip + (packet === SIX ? 40 : 20);
  for (let size = 0; size < frame.length; size++) {
    // Within a link header longer than that of Ethernet nobody can tell.
    if (size < 14 || size > ip) expect(short(frame, linkType, size), `${size} octets`).toBe(size < ports + 4);
  }
});

test.each([
  ['ARP', ETHERNET, cat(MACS, hex('0806 0001 0800 0604 0001'), filler(20))],
  ['a bridge', ETHERNET, cat(MACS, hex('0026 424203'), filler(35))],
  ['UDP', ETHERNET, cat(MACS, hex('0800'), ipv4(V4.source, V4.destination, filler(40), { protocol: 17 }))],
  ['UDP over IPv6', ETHERNET, cat(MACS, hex('86dd'), ipv6(V6.source, V6.destination, filler(40), { protocol: 17 }))],
  ['ICMP', ETHERNET, cat(MACS, hex('0800'), ipv4(V4.source, V4.destination, filler(40), { protocol: 1 }))],
  ['a link type that is not read', 147, filler(60)],
] as const)(
  '%s is none of that, wherever it is cut behind the octets that say what it is',
  (_what, linkType, frame) => {
    for (let size = linkType === ETHERNET ? 24 : 0; size <= frame.length; size++) {
      expect(short(frame, linkType, size), `${size} octets`).toBe(false);
    }
  },
);
