import { type Origin, rebased } from '../model/origin.ts';

/**
 * The TCP segment that is being handed on. One instance is reused for every packet: nobody keeps it.
 * Sequence numbers are 32-bit integers (signed in JavaScript); differences wrap with `(a - b) | 0` (RFC 9293 3.4).
 */
export interface Segment {
  frame: number;
  sec: number;
  nsec: number;
  /** 4 or 6; addresses are the IPv4 address as an integer, or a number from the IPv6 address table. */
  family: number;
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
  seq: number;
  ack: number;
  flags: number;
  window: number;
  /** Window scale of a SYN's option, -1 when the option is absent, `UNSEEN` when a snap length may have cut it. */
  scale: number;
  bytes: Uint8Array;
  /** Position of the TCP header in `bytes`. */
  header: number;
  /** Payload within `bytes`; `captured` octets are there, `length` were on the wire (a snap length cuts the rest). */
  start: number;
  captured: number;
  length: number;
  /** Octets that its datagram says to have beyond `length`: the frame was cut, and its length on the wire with it. */
  lacking: number;
  /** Position behind the last octet of the segment that is there; before `start` where a snap length cuts the header. */
  end: number;
  /** Position of the payload's first octet within the frame. */
  frameOffset: number;
  /** Where the payload stands when it was put together from IP fragments (positions as in `bytes`); else null. */
  origin: Origin | null;
}

/** Nothing of it was cut off, header included. */
export function isWhole(s: Segment): boolean {
  return s.end === s.start + s.length && s.lacking === 0;
}

export const UNSEEN = -2;

/** Octets of a TCP header up to its window: where a snap length left fewer, the segment belongs to no stream, in Wireshark neither. */
export const LEAST_HEADER = 16;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export function emptySegment(): Segment {
  return {
    frame: 0,
    sec: 0,
    nsec: 0,
    family: 4,
    source: 0,
    destination: 0,
    sourcePort: 0,
    destinationPort: 0,
    seq: 0,
    ack: 0,
    flags: 0,
    window: 0,
    scale: -1,
    bytes: new Uint8Array(0),
    header: 0,
    start: 0,
    captured: 0,
    length: 0,
    lacking: 0,
    end: 0,
    frameOffset: 0,
    origin: null,
  };
}

/** One to keep, with octets of its own. */
export function copyOf(s: Segment): Segment {
  const { start, captured, origin } = s;
  return Object.assign(emptySegment(), s, {
    bytes: s.bytes.slice(start, start + captured),
    start: 0,
    header: 0,
    end: captured,
    origin: origin === null ? null : rebased(origin, start, captured),
  });
}
