import type { LayerTree } from '../../model/field.ts';
import type { Direction } from '../../model/finding.ts';
import type { Association } from '../../model/message.ts';
import type { Stamp, TransportUser, Tsdu } from '../../model/tsdu.ts';
import { Extent } from './extent.ts';
import type { Shared } from './shared.ts';
import type { Surroundings } from './types.ts';

/** How many different names a connection's table keeps; more would be noise (or an attack). */
const MOST_TYPES = 200;

/** PDUs by type. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(type: string): void {
    const known = this.counts.get(type);
    if (known !== undefined) this.counts.set(type, known + 1);
    else if (this.counts.size < MOST_TYPES) this.counts.set(type, 1);
    else this.counts.set('other', (this.counts.get('other') ?? 0) + 1);
  }

  record(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }
}

/** A protocol above the transport layer that is summarised: named, and its PDUs counted by type. */
export interface Dialect {
  /** As known by now: evidence may sharpen it. */
  readonly protocol: string;
  /** Kind of the PDU, for the table; faults go to `fault`. */
  read(t: Tsdu, fault: (code: string, detail: string) => void): string;
  tree?(t: Tsdu): LayerTree[];
  /** Octets were lost in this direction. */
  gap?(direction: Direction): void;
}

/** A transport connection whose user is no OSI session: one row, with the PDUs by type. */
export class CountedUser implements TransportUser {
  private readonly around: Surroundings;
  private readonly shared: Shared;
  private readonly dialect: Dialect;
  private readonly tally = new Tally();
  private id = -1;
  private extent: Extent | null = null;
  private blind: [boolean, boolean] = [false, false];

  constructor(around: Surroundings, shared: Shared, dialect: Dialect) {
    this.around = around;
    this.shared = shared;
    this.dialect = dialect;
  }

  get protocol(): string {
    return this.dialect.protocol;
  }

  readonly mtaEvidence = false;

  tsdu(t: Tsdu): void {
    if (this.id < 0) this.id = this.shared.nextAssociation();
    this.extent ??= new Extent(t.firstFrame, t.time);
    this.extent.touch(t.firstFrame, t.time);
    this.extent.touch(t.lastFrame, t.time);
    const raise = (code: string, detail: string) => {
      // Behind lost octets a TSDU may be the tail of another: nothing is proved by it.
      if (this.blind[t.direction]) return;
      this.around.sink.fault(this.around.stream, { code, direction: t.direction, frame: t.lastFrame, detail });
    };
    this.tally.add(this.dialect.read(t, raise));
    this.blind[t.direction] = false;
    if (t.trees !== null && this.dialect.tree !== undefined)
      for (const tree of this.dialect.tree(t)) t.trees.push(tree);
  }

  gap(direction: Direction): void {
    this.blind[direction] = true;
    this.dialect.gap?.(direction);
  }

  close(how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void {
    // Octets that nothing is known of make no association.
    const { extent } = this;
    if (extent === null || this.protocol === '') return;
    if (how !== 'eof') extent.touch(frame, time);
    const row: Association = {
      id: this.id,
      stream: this.around.stream,
      firstFrame: extent.firstFrame,
      lastFrame: extent.lastFrame,
      start: extent.start,
      end: extent.end,
      initiator: this.around.names[0],
      responder: this.around.names[1],
      mode: null,
      applicationContext: null,
      applicationContextName: null,
      protocol: this.protocol,
      rtse: null,
      messages: [0, 0],
      outcome: how === 'eof' ? 'open' : how === 'rst' ? 'lost' : 'released',
      pdus: this.tally.record(),
      ended:
        how === 'eof'
          ? 'open at the end of the capture'
          : how === 'rst'
            ? 'transport connection reset'
            : 'transport connection closed',
      endedBy: null,
    };
    this.around.sink.association(row);
  }

  inTransfer(): string | null {
    return null;
  }
}
