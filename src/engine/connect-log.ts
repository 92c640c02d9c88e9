import { addTo } from '../base/lists.ts';
import type { Sighting } from '../model/tsdu.ts';
import { type ConnectFacts, type Connects, endsOf, type Unreached } from '../mta/refusals.ts';
import type { Connection } from '../net/connection.ts';
import { reasonOf } from '../net/icmp.ts';

const NONE: readonly never[] = [];

/** What connections tell of the connects that they began with. */
export class ConnectLog {
  private readonly all = new Map<string, ConnectFacts[]>();
  private readonly addressText: (family: number, address: number) => string;

  constructor(addressText: (family: number, address: number) => string) {
    this.addressText = addressText;
  }

  /** By their ends: those that were not accepted at once, and what comes behind these, which may belong to the same connect(). */
  get connects(): Connects {
    return this.all;
  }

  /**
   * A connection is over, between these addresses. What there is to know of its connect is kept, unless its one SYN was answered: that
   * tells of no failure, and most are like that.
   */
  note(c: Connection, client: string, server: string): void {
    const { syns, refusals } = c.handshake;
    if (syns.length === 0 && this.all.size === 0) return;
    const ends = endsOf(`${client}:${c.clientPort}`, `${server}:${c.serverPort}`);
    const accepted = acceptance(c);
    const rivals = rivalSyns(c, accepted);
    // An incarnation of the four-tuple that failed was folded before: the same connect() may have been tried again.
    const known = this.all.get(ends);
    if (syns.length === 0 && (known === undefined || accepted === null)) return;
    if (syns.length === 1 && known === undefined && accepted !== null && rivals.length === 0) return;
    const gaveUp = accepted === null && c.rstFrame > 0 && refusals.length === 0;
    const facts: ConnectFacts = {
      stream: c.id,
      syns: rivals.length === 0 ? syns.slice() : syns.filter(syn => !rivals.includes(syn)),
      accepted,
      resets: refusals.length === 0 ? NONE : refusals,
      unreached: this.unreached(c, true),
      abandoned: gaveUp ? { ...lastOf(c), frame: c.rstFrame } : null,
    };
    addTo(this.all, ends, facts);
    if (rivals.length > 0)
      addTo(this.all, ends, {
        stream: c.id,
        syns: rivals,
        accepted: null,
        resets: NONE,
        unreached: this.unreached(c, false),
        abandoned: null,
      });
  }

  /** What ICMP told of the SYNs that the connection began with, or of its rival's. */
  private unreached(c: Connection, own: boolean): readonly Unreached[] {
    const { unreached, isn } = c.handshake;
    const about = unreached.filter(({ seq }) => (seq === isn) === own);
    if (about.length === 0) return NONE;
    return about.map(({ frame, time, family, from, code }) => {
      return { frame, time, from: this.addressText(family, from), ...reasonOf(family, code) };
    });
  }
}

function lastOf(c: Connection): Sighting {
  return { frame: c.lastFrame, time: { sec: c.endSec, nsec: c.endNsec } };
}

/**
 * The SYN-ACK, or where the capture lacks it the client's acknowledgement; in a file whose frames are out of order they may stand before
 * the SYN. Without either, octets of the server tell that it accepted.
 */
function acceptance(c: Connection): Sighting | null {
  const { syns, synAck, confirmed, accepted } = c.handshake;
  const answer = synAck ?? confirmed;
  if (answer !== null) return { ...answer, frame: Math.max(answer.frame, syns[0]?.frame ?? 0) };
  if (!accepted) return null;
  return syns.length > 0 ? lastOf(c) : { frame: c.firstFrame, time: { sec: c.startSec, nsec: c.startNsec } };
}

/**
 * SYNs with another sequence number on a connection that was up: a client that lost its connection and opens it again from the same
 * port. It is that only where the connection did not go on: the client answered the challenge ACK with a RST (RFC 5961 4.2), or its
 * SYNs are repeated and the last thing to be seen. One alone is an intruder's or a stray (docs/adr/0003).
 */
function rivalSyns(c: Connection, accepted: Sighting | null): Sighting[] {
  const { rival, syns } = c.handshake;
  if (!rival || accepted === null) return [];
  const behind = syns.filter(syn => syn.frame > accepted.frame);
  const last = behind.at(-1)?.frame ?? 0;
  const reset = c.rstFrame > last && c.rstFrom === 0;
  return reset || (behind.length > 1 && last === c.lastFrame) ? behind : [];
}
