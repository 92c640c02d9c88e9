import { mayQuote, quoted } from '../capture/quoted.ts';
import type { Sighting } from '../model/tsdu.ts';
import { type AddressTable, word } from './address.ts';
import { extensionSize, FRAGMENT, mayHoldTcp } from './extension.ts';

/**
 * The ICMP message that is being handed on: its sender says that a TCP segment was not delivered. One instance is reused for every
 * message: nobody keeps it. Addresses and sequence number are as in a segment.
 */
export interface Unreachable {
  frame: number;
  sec: number;
  nsec: number;
  /** 4 or 6, of the message and of what it quotes. */
  family: number;
  /** Who sent the message. */
  from: number;
  code: number;
  /** Of the segment that is quoted. */
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
  seq: number;
  /** Octets of its header, as it says or at least; where the header begins in the octets at hand, and how many of them are there. */
  header: number;
  start: number;
  captured: number;
  /** The same place within the frame. */
  frameOffset: number;
}

/** What stays of one: when, who said it, with which code, and of which segment. */
export interface Unreached extends Sighting {
  readonly family: number;
  readonly from: number;
  readonly code: number;
  readonly seq: number;
}

/** What a code says in words, and whether it is a network or a host that cannot be reached. */
export interface Reason {
  readonly words: string;
  readonly scope: 'network' | 'host' | null;
}

const NETWORK = 'network';
const HOST = 'host';

/** The words of the standard, what they are about, and Wireshark's words where these are others. */
type Row = readonly [words: string, scope: Reason['scope'], name?: string];

/** RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
const REASONS: readonly Row[] = [
  ['network unreachable', NETWORK],
  ['host unreachable', HOST],
  ['protocol unreachable', null],
  ['port unreachable', null],
  ['fragmentation needed', null],
  ['source route failed', null],
  ['destination network unknown', NETWORK],
  ['destination host unknown', HOST],
  ['source host isolated', null],
  ['network administratively prohibited', NETWORK],
  ['host administratively prohibited', HOST],
  ['network unreachable for TOS', NETWORK],
  ['host unreachable for TOS', HOST],
  ['communication administratively prohibited', null, 'Communication administratively filtered'],
  ['host precedence violation', null],
  ['precedence cutoff in effect', null],
];
/** RFC 4443 3.1. Without a route to the destination its network cannot be reached; an address is a host's. */
const REASONS_V6: readonly Row[] = [
  ['no route to destination', NETWORK, 'no route to destination'],
  ['communication administratively prohibited', null, 'Administratively prohibited'],
  ['beyond scope of source address', null],
  ['address unreachable', HOST],
  ['port unreachable', null],
  ['source address failed ingress/egress policy', null],
  ['reject route to destination', null],
  // RFC 6550 20.14.
  ['error in source routing header', null, 'Error in Source Routing Header'],
];
/** RFC 1191: the path takes smaller packets only. The segment is sent again in smaller ones: nothing is out of reach. */
const FRAGMENTATION_NEEDED = 4;

/** Octets of TCP that every message quotes: ports and sequence number (RFC 792: "the first 64 bits of the original datagram's data"). */
const LEAST = 8;

export function reasonOf(family: number, code: number): Reason {
  const [words, scope] = rowOf(family, code) ?? [`unreachable, code ${code}`, null];
  return { words, scope };
}

/** A code in Wireshark's words. */
export function codeName(family: number, code: number): string {
  const row = rowOf(family, code);
  if (row === undefined) return family === 4 ? `Unknown code: ${code}` : 'Unknown';
  const [words, , name] = row;
  return name ?? words.replace(/^./, c => c.toUpperCase());
}

function rowOf(family: number, code: number): Row | undefined {
  return (family === 4 ? REASONS : REASONS_V6)[code];
}

/**
 * The message at `t`…`end` (padding of the frame not counted), an ICMP or ICMPv6 one by `protocol`. Fills `code` and what `out` says of
 * the quoted segment; false when it is no destination unreachable, or quotes no beginning of a TCP segment. Checksums are not asked for:
 * a message counts only by the numbers of the segment in it.
 */
export function readUnreachable(
  b: Uint8Array,
  t: number,
  end: number,
  protocol: number,
  addresses: Pick<AddressTable, 'intern'>,
  out: Unreachable,
): boolean {
  const n = mayQuote(protocol) ? quoted(b, t, end, protocol) : -1;
  if (n < 0) return false;
  const four = b[n]! >> 4 === 4;
  const code = b[t + 1]!;
  if (four && code === FRAGMENTATION_NEEDED) return false;
  const start = four ? behindIpv4(b, n) : behindIpv6(b, n, end);
  if (start < 0 || start + LEAST > end) return false;
  out.family = four ? 4 : 6;
  out.code = code;
  out.source = four ? word(b, n + 12) : addresses.intern(b, n + 8);
  out.destination = four ? word(b, n + 16) : addresses.intern(b, n + 24);
  out.sourcePort = (b[start]! << 8) | b[start + 1]!;
  out.destinationPort = (b[start + 2]! << 8) | b[start + 3]!;
  out.seq = word(b, start + 4);
  out.start = start;
  out.header = tcpHeader(b, start, end);
  out.captured = Math.min(out.header, end - start);
  return true;
}

/** Octets of the quoted TCP header at `start`: as it says, where that is there. */
export function tcpHeader(b: Uint8Array, start: number, end: number): number {
  return start + 12 < end ? Math.max(20, (b[start + 12]! >> 4) << 2) : 20;
}

/** Where TCP begins in a quoted IPv4 packet; -1 when it carries something else, or a fragment that is not the first. */
function behindIpv4(b: Uint8Array, n: number): number {
  const header = (b[n]! & 15) << 2;
  const later = (b[n + 6]! & 0x1f) | b[n + 7]!;
  return header < 20 || later !== 0 || b[n + 9] !== 6 ? -1 : n + header;
}

function behindIpv6(b: Uint8Array, n: number, end: number): number {
  if (n + 40 > end) return -1;
  let next = b[n + 6]!;
  let t = n + 40;
  while (next !== 6) {
    if (t + 8 > end || !mayHoldTcp(6, next)) return -1;
    if (next === FRAGMENT && (b[t + 2]! | (b[t + 3]! & 0xf8)) !== 0) return -1;
    const size = extensionSize(b, t, next);
    next = b[t]!;
    t += size;
  }
  return t;
}

export function emptyUnreachable(): Unreachable {
  return {
    frame: 0,
    sec: 0,
    nsec: 0,
    family: 4,
    from: 0,
    code: 0,
    source: 0,
    destination: 0,
    sourcePort: 0,
    destinationPort: 0,
    seq: 0,
    header: 0,
    start: 0,
    captured: 0,
    frameOffset: 0,
  };
}
