import type { Direction } from '../model/finding.ts';
import type { Fault, Stamp, TransportUser, Tsdu } from '../model/tsdu.ts';
import { HeldFaults } from './held-faults.ts';

/**
 * What the transport layer tells of the users of its connections, and all that it tells: nothing comes back. The calls for one stream
 * begin with `open`, which its first TSDU brings, and end with `close`.
 */
export interface UserFeed {
  open(stream: number, client: string, server: string): void;
  tsdu(stream: number, t: Tsdu): void;
  /** As `TransportUser.gap`. */
  gap(stream: number, direction: Direction, frame: number, excess: number | null): void;
  /** A request for buffers that may be illegal was met, the `request`-th of the capture: keep what is in transfer at this moment. */
  hit(stream: number, direction: Direction, request: number, excess: number): void;
  /** The connection ended; TSDUs may still follow that were sent before. */
  ended(stream: number, how: 'fin' | 'rst', frame: number, time: Stamp): void;
  /** Nothing follows any more (the capture ended: `how` = 'eof'). */
  close(stream: number, how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void;
}

/** What is known of the user of one connection that has ended. */
export interface Outcome {
  /** As `TransportUser.protocol`. */
  readonly protocol: string;
  /** As `TransportUser.mtaEvidence`. */
  readonly mtaEvidence: boolean;
}

const MOST_KNOWN = 32;

export type MakeUser = (stream: number, client: string, server: string) => TransportUser;

/** The users of all transport connections of one capture. */
export class Users implements UserFeed {
  /** By stream. */
  readonly outcomes: (Outcome | undefined)[] = [];
  /** What a request hit, in words, by its number. */
  readonly hits = new Map<number, string | null>();
  /** By stream. A capture numbers its streams without holes, and most have a user. */
  private readonly live: (TransportUser | undefined)[] = [];
  private readonly known: Outcome[] = [];
  private readonly make: MakeUser;
  private readonly faults: HeldFaults;

  /** @param tell takes the faults that users found in what was sent */
  constructor(make: MakeUser, tell: (stream: number, fault: Fault) => void) {
    this.make = make;
    this.faults = new HeldFaults(tell);
  }

  /** What a user found wrong. */
  fault(stream: number, fault: Fault): void {
    this.faults.add(stream, fault);
  }

  open(stream: number, client: string, server: string): void {
    while (this.live.length < stream) this.live.push(undefined);
    this.live[stream] = this.make(stream, client, server);
  }

  tsdu(stream: number, t: Tsdu): void {
    this.faults.begin(stream, t.direction, t.lastFrame);
    this.live[stream]!.tsdu(t);
    this.faults.end();
  }

  gap(stream: number, direction: Direction, frame: number, excess: number | null): void {
    if (excess !== null && excess > 0) this.faults.drop(stream, direction);
    this.live[stream]!.gap(direction, frame, excess);
  }

  hit(stream: number, direction: Direction, request: number, excess: number): void {
    this.hits.set(request, this.live[stream]!.inTransfer(direction, excess));
  }

  ended(stream: number, how: 'fin' | 'rst', frame: number, time: Stamp): void {
    this.live[stream]!.ended?.(how, frame, time);
  }

  close(stream: number, how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void {
    const user = this.live[stream]!;
    for (const direction of [0, 1] as const) this.faults.release(stream, direction);
    this.live[stream] = undefined;
    user.close(how, frame, time);
    const { protocol, mtaEvidence } = user;
    // A capture has a thousand streams and a handful of outcomes.
    let outcome = this.known.find(o => o.protocol === protocol && o.mtaEvidence === mtaEvidence);
    if (outcome === undefined) {
      outcome = { protocol, mtaEvidence };
      if (this.known.length < MOST_KNOWN) this.known.push(outcome);
    }
    while (this.outcomes.length < stream) this.outcomes.push(undefined);
    this.outcomes[stream] = outcome;
  }
}
