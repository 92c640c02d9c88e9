import { Column } from '../base/column.ts';
import type { Direction } from '../model/finding.ts';
import type { Connection } from './connection.ts';
import { answersAnother, asksAnew } from './handshake.ts';
import { ACK, type Segment } from './segment.ts';
import { misfits } from './sums.ts';

/**
 * What stays of the connections that are folded, by number: enough to tell their late segments from the SYN of the next incarnation. A
 * capture has many more of these than of open connections.
 */
export class ClosedConnections {
  private readonly clientAddress = new Column(Int32Array);
  private readonly clientPort = new Column(Int32Array);
  private readonly isn = new Column(Int32Array);
  private readonly accepted = new Column(Int8Array);
  /** Whether checksums of the client, and of the server, tell of damage. */
  private readonly sums = [new Column(Int8Array), new Column(Int8Array)] as const;
  private readonly askedSec = new Column(Float64Array);
  private readonly askedNsec = new Column(Int32Array);
  private readonly endSec = new Column(Float64Array);
  private readonly endNsec = new Column(Int32Array);
  /** Numbers of connections that were opened anew. */
  private readonly free: number[] = [];

  add(c: Connection): number {
    const number = this.free.pop() ?? this.isn.length;
    this.clientAddress.set(number, c.clientAddress);
    this.clientPort.set(number, c.clientPort);
    this.isn.set(number, c.handshake.isn);
    this.accepted.set(number, c.handshake.accepted ? 1 : 0);
    for (const [direction, { sums }] of c.halves.entries()) this.sums[direction]!.set(number, sums.matter ? 1 : 0);
    const { sec, nsec } = c.handshake.asked(c);
    this.askedSec.set(number, sec);
    this.askedNsec.set(number, nsec);
    this.endSec.set(number, c.endSec);
    this.endNsec.set(number, c.endNsec);
    return number;
  }

  /**
   * Whether a SYN of its addresses and ports opens another connection, as `Connection.reopens`.
   * @param addresses what these add to a checksum
   */
  reopens(number: number, s: Segment, addresses: number): boolean {
    const isn = this.isn.at(number);
    const fromClient = s.source === this.clientAddress.at(number) && s.sourcePort === this.clientPort.at(number);
    const direction: Direction = fromClient ? 0 : 1;
    if (this.sums[direction].at(number) !== 0 && misfits(s, addresses)) return false;
    if (s.flags & ACK) return answersAnother(s, direction, isn);
    if (!fromClient || s.seq !== isn) return true;
    if (this.accepted.at(number) === 0) return false;
    const asked = { sec: this.askedSec.at(number), nsec: this.askedNsec.at(number) };
    return asksAnew(s, asked, { endSec: this.endSec.at(number), endNsec: this.endNsec.at(number) });
  }

  /** It was opened anew: its number may be given to another. */
  remove(number: number): void {
    this.free.push(number);
  }
}
