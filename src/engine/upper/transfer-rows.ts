import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Shared } from './shared.ts';
import type { Transfer } from './transfer.ts';
import type { Mutable, UpperSink } from './types.ts';

export interface RowMaker {
  /** Makes the row of a transfer; null when what was transferred is no message. */
  row(transfer: Transfer, state: MessageState, why: string | null): Mutable<Message> | null;
}

/** A transfer that is over: its row as it was handed over, and the number of that. */
interface Ended {
  readonly number: number;
  readonly row: Mutable<Message>;
  /** Its last synchronization point, which the acknowledgement of the end confirms too. */
  readonly lastSerial: number | null;
}

/** The rows of the transfers on one session connection: handed over when one is over, and changed by what comes to be known afterwards. */
export class TransferRows {
  private readonly shared: Shared;
  private readonly sink: UpperSink;
  private readonly maker: RowMaker;
  /** Numbers of the rows that resumed transfers go on with. */
  private readonly begun: [number | null, number | null] = [null, null];
  /** Rows whose ACTIVITY END waits for its acknowledgement. */
  private readonly ended: [Ended | null, Ended | null] = [null, null];

  constructor(shared: Shared, sink: UpperSink, maker: RowMaker) {
    this.shared = shared;
    this.sink = sink;
    this.maker = maker;
  }

  /** What is in transfer has a row already. */
  has(direction: Direction): boolean {
    return this.begun[direction] !== null;
  }

  /** What is in transfer goes on with this row; null for none. */
  goOn(direction: Direction, row: number | null): void {
    this.begun[direction] = row;
  }

  /** A transfer is over. Returns the number of its row; null when it is no message. */
  put(transfer: Transfer, direction: Direction, state: MessageState, why: string | null): number | null {
    return this.conclude(transfer, direction, state, why)?.number ?? null;
  }

  /** Its ACTIVITY END was seen, which is to be acknowledged. */
  finish(transfer: Transfer, direction: Direction, state: MessageState, why: string | null): Mutable<Message> | null {
    const ended = this.conclude(transfer, direction, state, why);
    this.ended[direction] = ended;
    return ended?.row ?? null;
  }

  private conclude(transfer: Transfer, direction: Direction, state: MessageState, why: string | null): Ended | null {
    const known = this.begun[direction];
    this.begun[direction] = null;
    const row = this.maker.row(transfer, state, why);
    if (row === null) return null;
    const { lastSerial } = transfer;
    if (known === null) return { number: this.shared.hand(row, this.sink), row, lastSerial };
    this.shared.change(known, row, this.sink);
    return { number: known, row, lastSerial };
  }

  /** Another activity begins: no end waits for its acknowledgement any more. */
  begin(direction: Direction): void {
    this.ended[direction] = null;
  }

  /** A synchronization point was acknowledged; false when no end waits for that. */
  confirm(direction: Direction, serial: number): boolean {
    const ended = this.ended[direction];
    if (ended === null) return false;
    this.confirmed(ended, Math.max(ended.row.confirmedCheckpoint ?? 0, serial));
    return true;
  }

  /** The end was. */
  confirmEnd(direction: Direction): void {
    const ended = this.ended[direction];
    if (ended !== null && ended.lastSerial !== null) this.confirmed(ended, ended.lastSerial);
    this.ended[direction] = null;
  }

  private confirmed({ number, row }: Ended, serial: number): void {
    row.confirmedCheckpoint = serial;
    this.sink.messageChange(number, { confirmedCheckpoint: serial });
  }

  /** The connection ended: no acknowledgement comes any more. */
  unacknowledged(why: string): void {
    for (const ended of this.ended) {
      // The octets are all there, but the sender has to send the message again: it never heard that it was taken over.
      if (ended === null || ended.row.why !== null) continue;
      ended.row.why = `the end of its activity was not acknowledged: ${why}`;
      this.sink.messageChange(ended.number, { why: ended.row.why });
    }
  }
}
