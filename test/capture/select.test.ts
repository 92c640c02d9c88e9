import { expect, test } from 'vitest';
import { ipOffset } from '../../src/capture/link.ts';
import { candidate } from '../../src/capture/select.ts';
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
  expect(candidate(frame, 0, frame.length, linkType, PORTS)).toBe(true);
});

test.each([
  ['PPP link control', PPP, hex('ff03 c021')],
  ['PPP, another compressed protocol', PPP, hex('ff03 fd')],
  ['MPLS without a last label', PPP, hex('0281 000640ff 000640ff')],
] as const)('%s: no IP', (_what, linkType, header) => {
  const frame = cat(header, header.length > 9 ? [] : FOUR);
  expect(ipOffset(frame, 0, frame.length, linkType)).toBe(-1);
});
