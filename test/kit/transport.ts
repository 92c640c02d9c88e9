import { cat } from './bytes.ts';
import type { Conversation, SendOptions } from './conversation.ts';
import { type ConnectParameters, cc, cr, tsdu } from './cotp.ts';
import type { Way } from './link.ts';
import { tpkt } from './tpkt.ts';

/** What went over one direction, as the sender knows it. */
export interface Tally {
  bytes: number;
  tpkts: number;
  tsdus: number;
  maxTpktLength: number;
}

/** One class 0 transport connection on a TCP connection; keeps the books that a capture's expected result is written from. */
export class Transport {
  readonly tcp: Conversation;
  readonly tally: [Tally, Tally] = [newTally(), newTally()];
  /** Octets of the largest TPDU. */
  readonly size: number;
  /** How `tsdu` cuts what it sends into segments; one TPKT after the other, as the stack hands them over, when absent. */
  segments: readonly number[] | undefined;

  constructor(tcp: Conversation, size = 2048) {
    this.tcp = tcp;
    this.size = size;
  }

  /** The CR and CC of an Exchange pair; `null` leaves the TPDU size out of both. */
  connect(code: number | null = 0x0b, selectors: ConnectParameters = {}): void {
    const size = code === null ? {} : { tpduSize: code };
    this.tpkt(0, tpkt(cr(0x0029, { ...selectors, ...size })));
    this.tpkt(1, tpkt(cc(0x0029, 0x01ca, { ...selectors, ...size })));
  }

  /** Any whole TPKT without a TSDU's end. */
  tpkt(way: Way, bytes: Uint8Array, options: SendOptions = {}): number[] {
    this.count(way, bytes, 0);
    return this.tcp.send(way, bytes, options);
  }

  /** A TSDU in as many TPKTs as the TPDU size asks for; returns the frames that carry it. */
  tsdu(way: Way, data: Uint8Array, options: SendOptions = {}): number[] {
    const units = tsdu(data, this.size);
    units.forEach((unit, i) => {
      this.count(way, unit, i === units.length - 1 ? 1 : 0);
    });
    const cut = options.segments ?? this.segments;
    if (cut !== undefined) return this.tcp.send(way, cat(units), { ...options, segments: cut });
    return units.flatMap(unit => this.tcp.send(way, unit, options));
  }

  /** Book a whole TPKT that reaches the receiver: its length is what its header says. */
  count(way: Way, bytes: Uint8Array, tsdus: number): void {
    const t = this.tally[way];
    t.bytes += bytes.length;
    t.tpkts += 1;
    t.tsdus += tsdus;
    t.maxTpktLength = Math.max(t.maxTpktLength, (bytes[2]! << 8) | bytes[3]!);
  }
}

function newTally(): Tally {
  return { bytes: 0, tpkts: 0, tsdus: 0, maxTpktLength: 0 };
}
