import type { Direction } from '../../model/finding.ts';
import type { Stamp, TransportUser, Tsdu } from '../../model/tsdu.ts';
import { CountedUser } from './counted.ts';
import { BareMms } from './mms.ts';
import { OsiUser } from './osi.ts';
import { Other } from './other.ts';
import { type Kind, recognise } from './recognise.ts';
import { S7 } from './s7.ts';
import { S7Plus } from './s7plus.ts';
import { Shared } from './shared.ts';
import { T125 } from './t125.ts';
import type { Surroundings, UpperOptions, UpperSink } from './types.ts';

export type { SentApdu, UpperOptions, UpperSink } from './types.ts';
export type UpperShared = Shared;

/** One per capture: what is seen across its connections. */
export function createShared(): UpperShared {
  return new Shared();
}

/**
 * The user of one transport connection: recognises what speaks, then follows it to the end.
 *
 * @param clientName how the stream's client is called where the capture does not give it a name of its own
 */
export function createUpper(
  stream: number,
  clientName: string,
  serverName: string,
  options: UpperOptions,
  sink: UpperSink,
  shared: UpperShared,
): TransportUser {
  return new Recogniser({ stream, names: [clientName, serverName], options, sink }, shared);
}

/** TSDUs that no user was recognised in, before the connection is counted as something unknown. */
const TRIES = 16;

class Recogniser implements TransportUser {
  private readonly around: Surroundings;
  private readonly shared: Shared;
  private user: TransportUser | null = null;
  private kind: Kind = 'other';
  private tried = 0;

  constructor(around: Surroundings, shared: Shared) {
    this.around = around;
    this.shared = shared;
  }

  get protocol(): string {
    return this.user?.protocol ?? '';
  }

  get mtaEvidence(): boolean {
    return this.user?.mtaEvidence ?? false;
  }

  tsdu(t: Tsdu): void {
    if (t.end <= t.start) return;
    if (this.kind === 'other' && this.tried < TRIES) {
      const kind = recognise(t.bytes, t.start, t.end);
      if (kind !== 'other') {
        // What came before was the rest of something cut: it stays as its own row only when it was no mere beginning.
        const before = this.user;
        this.user = this.create(kind);
        this.kind = kind;
        if (before !== null || this.torn) this.user.gap(t.direction, t.firstFrame, null);
      } else {
        this.tried++;
        this.user ??= this.create('other');
      }
    }
    this.user!.tsdu(t);
  }

  private torn = false;

  private create(kind: Kind): TransportUser {
    const { s7Trees, showCredentials } = this.around.options;
    switch (kind) {
      case 's7':
        return new CountedUser(this.around, this.shared, new S7(s7Trees?.(showCredentials)));
      case 's7plus':
        return new CountedUser(this.around, this.shared, new S7Plus());
      case 't125':
        return new CountedUser(this.around, this.shared, new T125());
      case 'mms':
        return new CountedUser(this.around, this.shared, new BareMms());
      case 'session':
        return new OsiUser(this.around, this.shared);
      default:
        return new CountedUser(this.around, this.shared, new Other());
    }
  }

  gap(direction: Direction, frame: number, excess: number | null): void {
    this.torn = true;
    this.user?.gap(direction, frame, excess);
  }

  ended(how: 'fin' | 'rst', frame: number, time: Stamp): void {
    this.user?.ended?.(how, frame, time);
  }

  close(how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void {
    this.user?.close(how, frame, time);
  }

  inTransfer(direction: Direction, excess: number): string | null {
    return this.user?.inTransfer(direction, excess) ?? null;
  }
}
