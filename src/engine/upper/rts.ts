import type { Direction } from '../../model/finding.ts';
import type { Message } from '../../model/message.ts';
import type { Origin } from '../../model/origin.ts';
import type { Sighting } from '../../model/tsdu.ts';
import type { Parked, SessionReferences, Shared } from './shared.ts';
import { LIGHT_OCTETS, Transfer } from './transfer.ts';
import { type RowMaker, TransferRows } from './transfer-rows.ts';
import type { Mutable, Surroundings } from './types.ts';

/** What the association knows and the reliable transfer needs. */
export interface Owner {
  readonly id: number;
  readonly references: SessionReferences;
  /** Everything since the CONNECT was seen. */
  readonly sound: boolean;
  readonly checkpointSize: number | null;
  readonly windowSize: number | null;
  fault(code: string, direction: Direction, frame: number, detail: string, onPeer?: boolean): void;
}

/** Who takes what was transferred. */
export interface TransferUser extends RowMaker {
  /** A transfer whose end was seen, before its octets go. */
  completed(transfer: Transfer, row: Mutable<Message> | null): void;
}

const MISFRAMED =
  "its framing was lost: the lengths of its sender's TPKTs do not fit what follows; no octets are missing in the capture";

/** Activities, checkpoints and the APDUs that they carry, on one session connection (X.228; X.225 §7.26 to 7.33). */
export class ReliableTransfer {
  private readonly around: Surroundings;
  private readonly shared: Shared;
  private readonly owner: Owner;
  private readonly user: TransferUser;
  private readonly rows: TransferRows;
  private readonly open: [Transfer | null, Transfer | null] = [null, null];
  /** Octets that the TSDU at hand, or else the last one, brought to what is open. */
  private readonly fresh: [number, number] = [0, 0];
  /** The connection has ended in mid-transfer, and whoever resumes may have what is open. */
  private readonly parked: [boolean, boolean] = [false, false];
  /** How the association ended, in words. */
  private ending: string | null = null;
  /** What was open has been resumed on another connection. */
  private readonly left: [boolean, boolean] = [false, false];

  constructor(around: Surroundings, shared: Shared, owner: Owner, user: TransferUser) {
    this.around = around;
    this.shared = shared;
    this.owner = owner;
    this.user = user;
    this.rows = new TransferRows(shared, around.sink, user);
  }

  /** An activity or a synchronization point was seen: the session is used for reliable transfer. */
  evident = false;

  current(direction: Direction): Transfer | null {
    return this.open[direction];
  }

  /** Something was in transfer when the connection ended, or is now. */
  get underWay(): boolean {
    return this.open[0] !== null || this.open[1] !== null || this.left[0] || this.left[1];
  }

  /** What is open is so no more; it is not to be resumed either. */
  private leave(direction: Direction): Transfer | null {
    const transfer = this.open[direction];
    if (this.parked[direction]) this.shared.withdraw(transfer!);
    this.parked[direction] = false;
    this.open[direction] = null;
    return transfer;
  }

  private create(direction: Direction, activity: string | null, at: Sighting): Transfer {
    const { level, maxApduBytes } = this.around.options;
    const sparse = level !== 'light' && this.around.sink.apdu === undefined;
    const most = level === 'light' ? Math.min(LIGHT_OCTETS, maxApduBytes) : maxApduBytes;
    const transfer = new Transfer(direction, activity, at.frame, at.time, most, sparse);
    this.open[direction] = transfer;
    this.left[direction] = false;
    return transfer;
  }

  /** ACTIVITY START. */
  start(direction: Direction, activity: string, at: Sighting): void {
    this.evident = true;
    this.rows.begin(direction);
    this.abandon(direction, at, 'its end was not seen: another activity begins');
    this.create(direction, activity, at);
  }

  /** ACTIVITY RESUME: `serial` is the synchronization point from which the transfer goes on. */
  resume(
    direction: Direction,
    activity: string,
    old: string,
    serial: number | null,
    references: SessionReferences | null,
    at: Sighting,
  ): void {
    this.evident = true;
    this.abandon(direction, at, 'its end was not seen: another activity is resumed');
    const parked = this.shared.unpark(old, references, this.owner.id, this.around.names);
    if (parked === null) {
      const transfer = this.create(direction, activity, at);
      if (serial === 0) transfer.resumed = `resumed at frame ${at.frame} from its beginning`;
      else transfer.damaged = `resumes activity ${old}, whose beginning the capture does not hold`;
      return;
    }
    this.take(parked, direction, activity, serial, at);
  }

  private take(parked: Parked, direction: Direction, activity: string, serial: number | null, at: Sighting): void {
    const { transfer, row } = parked;
    transfer.resumedAs = activity;
    transfer.direction = direction;
    transfer.rollBack(serial);
    transfer.touch(at.frame, at.time);
    const where =
      parked.stream === this.around.stream
        ? 'on the same connection'
        : `on stream ${this.around.stream} (was ${parked.stream})`;
    transfer.resumed = `interrupted, resumed ${where} at frame ${at.frame}${serial === null ? '' : ` from checkpoint ${serial}`}`;
    if (!transfer.whole && transfer.damaged === null && transfer.held === 0 && transfer.octets > 0) {
      transfer.damaged = 'the octets before its interruption were given up for want of memory';
    }
    this.open[direction] = transfer;
    this.left[direction] = false;
    this.rows.goOn(direction, row);
  }

  /** Octets of the APDU. False when there is no activity for them, though the capture shows the connection from its start. */
  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    origin: Origin | null,
    at: Sighting,
  ): boolean {
    let transfer = this.open[direction];
    let placed = true;
    if (transfer === null) {
      if (this.left[direction]) return true;
      transfer = this.create(direction, null, at);
      placed = !this.owner.sound;
      transfer.damaged = placed ? 'its beginning is not in the capture' : 'its octets stand outside an activity';
    }
    transfer.add(bytes, start, end, origin);
    this.fresh[direction] += end - start;
    transfer.fragments++;
    transfer.touch(at.frame, at.time);
    const limit = (this.owner.checkpointSize ?? 0) * 1024;
    if (limit > 0 && transfer.sinceMark > limit && this.owner.sound) {
      const detail = `${transfer.sinceMark} octets without a checkpoint, the checkpoint size is ${limit}`;
      this.owner.fault('rtse.checkpoint-size', direction, at.frame, detail);
      transfer.sinceMark = 0;
    }
    return placed;
  }

  /** MINOR SYNC POINT from the sender. */
  mark(direction: Direction, serial: number | null, at: Sighting): void {
    this.evident = true;
    const transfer = this.open[direction];
    if (transfer === null) return;
    transfer.mark(serial);
    transfer.touch(at.frame, at.time);
    const window = this.owner.windowSize;
    // X.228's prose is not at hand, and ISODE sends one point more than the window before it waits: only what goes beyond both counts.
    if (this.owner.sound && window !== null && window > 0 && transfer.unconfirmed > window + 1) {
      const detail = `${transfer.unconfirmed} checkpoints wait for their acknowledgement, the window is ${window}`;
      this.owner.fault('rtse.window', direction, at.frame, detail, true);
    }
  }

  /** MINOR SYNC ACK: `direction` is that of the acknowledgement. */
  confirm(direction: Direction, serial: number | null): void {
    const sender: Direction = direction === 0 ? 1 : 0;
    if (serial !== null && !this.rows.confirm(sender, serial)) this.open[sender]?.confirm(serial);
  }

  /** ACTIVITY END ACK: the receiver has the whole of it. */
  confirmEnd(direction: Direction): void {
    this.rows.confirmEnd(direction === 0 ? 1 : 0);
  }

  /** ACTIVITY END: the APDU is whole, unless something was lost of it. */
  finish(direction: Direction, at: Sighting): Transfer | null {
    const transfer = this.leave(direction);
    if (transfer === null) {
      if (this.owner.sound && !this.left[direction])
        this.owner.fault('rtse.activity', direction, at.frame, 'an activity ends that did not begin');
      return null;
    }
    transfer.touch(at.frame, at.time);
    if (transfer.octets === 0 && transfer.damaged === null) {
      if (this.owner.sound) this.owner.fault('rtse.activity', direction, at.frame, 'an activity ends without any data');
      return null;
    }
    const state = transfer.damaged !== null ? 'damaged' : transfer.resumed !== null ? 'resumed' : 'complete';
    const row = this.rows.finish(transfer, direction, state, transfer.damaged ?? transfer.resumed);
    this.user.completed(transfer, row);
    return transfer;
  }

  /** ACTIVITY DISCARD: nothing of it counts. */
  discard(direction: Direction, why: string, at: Sighting): void {
    const transfer = this.whose(direction);
    if (transfer === null) return;
    transfer.touch(at.frame, at.time);
    this.leave(transfer.direction);
    if (transfer.octets > 0 || this.rows.has(transfer.direction)) {
      this.rows.put(transfer, transfer.direction, 'discarded', `the activity was discarded: ${why}`);
    }
    transfer.release();
  }

  /** ACTIVITY INTERRUPT, an abort or the loss of the connection: what was confirmed may be resumed. */
  interrupt(direction: Direction, why: string, at: Sighting): void {
    const transfer = this.whose(direction);
    if (transfer === null) return;
    this.leave(transfer.direction);
    this.putOff(transfer, why, at, null);
  }

  /** The transfer stops here for now. Returns the number of its row. */
  private putOff(transfer: Transfer, why: string, at: Sighting, taken: (() => void) | null): number | null {
    const { direction } = transfer;
    transfer.touch(at.frame, at.time);
    if (transfer.octets === 0 && transfer.damaged === null && !this.rows.has(direction)) return null;
    const { damaged, confirmed } = transfer;
    const point = confirmed === null ? 'no checkpoint was confirmed' : `checkpoint ${confirmed} was confirmed`;
    const row =
      damaged === null
        ? this.rows.put(transfer, direction, 'interrupted', `${why}; ${point}`)
        : this.rows.put(transfer, direction, 'damaged', `${damaged}; ${why}`);
    if (transfer.activity === null) {
      if (taken === null) transfer.release();
      return row;
    }
    this.shared.park({
      transfer,
      row,
      association: this.owner.id,
      stream: this.around.stream,
      references: this.owner.references,
      hosts: this.around.names,
      taken,
    });
    return row;
  }

  /**
   * The association or its connection has ended, and what is open may be resumed on another one from here on. Until then it takes octets
   * that arrive late (those behind a hole come when the connection closes), and `close` says what has come of it.
   */
  suspend(why: string, at: Sighting): void {
    this.ending ??= why;
    for (const direction of [0, 1] as const) {
      const transfer = this.open[direction];
      if (transfer === null || this.parked[direction]) continue;
      const taken = () => {
        this.parked[direction] = false;
        this.open[direction] = null;
        this.rows.goOn(direction, null);
        this.left[direction] = true;
      };
      this.rows.goOn(direction, this.putOff(transfer, why, at, taken));
      this.parked[direction] = transfer.activity !== null;
    }
  }

  /** A TSDU of this direction is at hand. */
  begin(direction: Direction): void {
    this.fresh[direction] = 0;
  }

  /** Octets of this direction were lost. */
  gap(direction: Direction, why = 'octets of it were lost in the capture'): void {
    const transfer = this.open[direction];
    if (transfer !== null) transfer.damaged ??= why;
  }

  /** RESYNCHRONIZE, which X.228 has no use for: what comes again, and from where, is not for us to say. */
  resynchronize(): void {
    for (const transfer of this.open) {
      if (transfer === null) continue;
      transfer.damaged ??= 'the session was resynchronized: which of its octets count is not known';
      transfer.sinceMark = 0;
    }
  }

  /** Its framing was lost; the last TSDU brought `excess` octets that belong to something else. */
  misframed(direction: Direction, excess: number): void {
    const transfer = this.open[direction];
    if (transfer === null) return;
    transfer.shorten(this.without(transfer, excess));
    this.fresh[direction] = 0;
    transfer.damaged ??= MISFRAMED;
  }

  /** Octets of a transfer but for those that the last TSDU brought in excess. */
  without({ direction, octets }: Transfer, excess: number): number {
    return octets - Math.min(excess, this.fresh[direction]);
  }

  /** The connection ended, one way or another: `otherwise` says how, unless `suspend` heard of an end before. */
  close(otherwise: string, at: Sighting): void {
    const why = this.ending ?? otherwise;
    if (this.owner.sound) this.rows.unacknowledged(why);
    for (const direction of [0, 1] as const) {
      const transfer = this.open[direction];
      // Where its octets were given up for want of memory since it was parked, its row tells more than what is left.
      if (transfer === null || (this.parked[direction] && transfer.held === 0 && transfer.octets > 0)) continue;
      this.interrupt(direction, why, at);
    }
  }

  /** The activity that an SPDU of this direction is about: its own side's, else the only one there is. */
  private whose(direction: Direction): Transfer | null {
    return this.open[direction] ?? this.open[direction === 0 ? 1 : 0];
  }

  private abandon(direction: Direction, at: Sighting, why: string): void {
    const transfer = this.leave(direction);
    if (transfer === null) return;
    transfer.end = at.time;
    this.rows.put(transfer, direction, 'damaged', transfer.damaged ?? why);
    transfer.release();
  }
}
