import { compareStamps, type Sighting, type Stamp } from '../model/tsdu.ts';

/*
 * Connect attempts that failed, as Winsock would report them to the MTA (event 9215). Windows NT sends up to four SYNs for one
 * connect(), after a RST as well as after silence, and reports one error at the end (KB 175523, Q140552).
 */

/** What the wire shows of one SYN and its repetitions, or of several that share addresses and ports. */
export interface ConnectFacts {
  readonly stream: number;
  /** address:port, both ends. */
  readonly client: string;
  readonly server: string;
  /** SYNs of the client with one sequence number, ascending; none where the capture shows only that the connect was accepted. */
  readonly syns: readonly Sighting[];
  /** First SYN-ACK, or any other sign that the server accepted. */
  readonly accepted: Sighting | null;
  /** RSTs of the server while nothing was accepted, ascending. */
  readonly resets: readonly Sighting[];
  /** RST or FIN of the client itself: it gave up before an answer came. */
  readonly abandoned?: Sighting | null;
}

/** What ICMP says is not read: a connect that only ICMP answered counts as one without answer. */
export type Winsock = 10060 | 10061;

/** One connect() that failed, or may have. */
export interface Refusal {
  /** Streams of the SYNs, ascending. */
  readonly streams: number[];
  readonly client: string;
  readonly server: string;
  /** The error that the MTA would log; null when the capture cannot tell whether there was one. */
  readonly winsock: Winsock | null;
  /** The frame that decides: the last RST, the last SYN without answer. */
  readonly frame: number;
  /** When the event is, or would be, logged: at that frame, or when the last wait runs out. */
  readonly time: Stamp;
  readonly syns: number;
  /** Every SYN and RST, ascending. */
  readonly frames: number[];
  /** How it is known, or why it cannot be. */
  readonly why: string;
}

/** TcpMaxConnectRetransmissions 3: the first SYN and three more. */
const SYNS_OF_ONE_CONNECT = 4;
/** SYNs at 0, 3, 9 and 21 s; the last wait is 24 s. */
const GIVE_UP_SECONDS = 45;
const LAST_WAIT_SECONDS = 24;
/** A doubled wait, with room for a coarse timer. */
const DOUBLING = 2.5;
const NANO = 1_000_000_000;

/**
 * The failed connects among `connects`, in order of their deciding frame. Attempts with the same client address and port and the same
 * server belong to one connect() when they follow each other within 45 seconds, also when each SYN has another sequence number.
 */
export function refusals(connects: readonly ConnectFacts[], captureEnd: Stamp): Refusal[] {
  const out: Refusal[] = [];
  for (const group of groups(connects)) {
    for (const attempt of attempts(group)) {
      const refusal = judge(attempt, captureEnd);
      if (refusal !== null) out.push(refusal);
    }
  }
  return out.sort((a, b) => a.frame - b.frame);
}

interface Mark {
  readonly kind: 'syn' | 'reset' | 'accepted' | 'abandoned';
  readonly at: Sighting;
  readonly stream: number;
}

interface Attempt {
  readonly client: string;
  readonly server: string;
  readonly marks: Mark[];
}

function groups(connects: readonly ConnectFacts[]): ConnectFacts[][] {
  const byEnds = new Map<string, ConnectFacts[]>();
  for (const connect of connects) {
    const key = `${connect.client} ${connect.server}`;
    const known = byEnds.get(key);
    if (known === undefined) byEnds.set(key, [connect]);
    else known.push(connect);
  }
  return [...byEnds.values()];
}

/** Cut everything that happened between two ends into connect() calls. */
function attempts(group: readonly ConnectFacts[]): Attempt[] {
  const marks = group.flatMap(marksOf).sort((a, b) => a.at.frame - b.at.frame || order(a) - order(b));
  const out: Attempt[] = [];
  let current: Attempt | null = null;
  const begun = new Set(group.filter(facts => facts.syns.length > 0).map(facts => facts.stream));
  for (const mark of marks) {
    // Where the capture misses the SYN, its answer begins a connect() as well.
    const begins = mark.kind === 'syn' || (mark.kind === 'accepted' && !begun.has(mark.stream));
    if (begins && (current === null || startsAnew(current, mark.at))) {
      current = { client: group[0]!.client, server: group[0]!.server, marks: [] };
      out.push(current);
    }
    current?.marks.push(mark);
  }
  return out;
}

function order(mark: Mark): number {
  return mark.kind === 'syn' ? 0 : 1;
}

function marksOf(facts: ConnectFacts): Mark[] {
  const { stream, accepted } = facts;
  const out: Mark[] = [];
  // Behind its acceptance the same SYN is a repetition (its answer was lost on the way) or a second copy from a mirror port.
  for (const at of facts.syns)
    if (accepted === null || at.frame <= accepted.frame) out.push({ kind: 'syn', at, stream });
  for (const at of facts.resets) out.push({ kind: 'reset', at, stream });
  if (accepted !== null) out.push({ kind: 'accepted', at: accepted, stream });
  if (facts.abandoned) out.push({ kind: 'abandoned', at: facts.abandoned, stream });
  return out;
}

function startsAnew(current: Attempt, syn: Sighting): boolean {
  const { marks } = current;
  if (marks.some(mark => mark.kind === 'accepted' || mark.kind === 'abandoned')) return true;
  const syns = marks.filter(mark => mark.kind === 'syn').map(mark => mark.at);
  // Four pairs are one connect(); a fifth SYN after a refusal is the next one.
  if (syns.length >= SYNS_OF_ONE_CONNECT && marks.at(-1)!.kind === 'reset') return true;
  // Stacks that try for longer than NT double the wait each time.
  const last = syns.at(-1)!;
  const doubled = syns.length < 2 ? 0 : DOUBLING * seconds(syns.at(-2)!.time, last.time);
  return seconds(last.time, syn.time) > Math.max(GIVE_UP_SECONDS, doubled);
}

function judge(attempt: Attempt, captureEnd: Stamp): Refusal | null {
  const { marks } = attempt;
  if (marks.some(mark => mark.kind === 'accepted')) return null;
  const syns = marks.filter(mark => mark.kind === 'syn');
  const resets = marks.filter(mark => mark.kind === 'reset');
  const lastSyn = syns.at(-1)!.at;
  const lastReset = resets.at(-1)?.at;
  const answered = lastReset !== undefined && lastReset.frame > lastSyn.frame;
  if (answered) {
    const pairs = syns.length === 1 ? 'the SYN' : `each of ${syns.length} SYNs`;
    const exact = syns.length === resets.length;
    const why = exact
      ? `${attempt.server} answered ${pairs} with RST`
      : `${attempt.server} answered the last of ${syns.length} SYNs with RST`;
    return refusal(attempt, 10061, lastReset.frame, lastReset.time, why);
  }
  const abandoned = marks.find(mark => mark.kind === 'abandoned');
  if (abandoned !== undefined) return null;

  const first = syns[0]!.at;
  const giveUp = after(first.time, GIVE_UP_SECONDS);
  const time = compareStamps(giveUp, lastSyn.time) < 0 ? lastSyn.time : giveUp;
  const watched = seconds(first.time, captureEnd);
  const waited = syns.length === 1 ? watched : seconds(lastSyn.time, captureEnd);
  const sent = `${syns.length} ${syns.length === 1 ? 'SYN' : 'SYNs'} to ${attempt.server} without answer`;
  if (watched < GIVE_UP_SECONDS || waited < LAST_WAIT_SECONDS) {
    const why = `${sent}, but the capture ends ${Math.floor(Math.max(waited, 0))} s after the last: whether an answer came in time cannot be known`;
    return refusal(attempt, null, lastSyn.frame, time, why);
  }
  const few =
    syns.length < SYNS_OF_ONE_CONNECT ? '; fewer SYNs than Windows NT sends (0, 3, 9, 21 s) were captured' : '';
  return refusal(attempt, 10060, lastSyn.frame, time, `${sent} within ${GIVE_UP_SECONDS} s${few}`);
}

function refusal(attempt: Attempt, winsock: Winsock | null, frame: number, time: Stamp, why: string): Refusal {
  const { client, server, marks } = attempt;
  return {
    streams: [...new Set(marks.map(mark => mark.stream))].sort((a, b) => a - b),
    client,
    server,
    winsock,
    frame,
    time,
    syns: marks.filter(mark => mark.kind === 'syn').length,
    frames: [...new Set(marks.map(mark => mark.at.frame))].sort((a, b) => a - b),
    why,
  };
}

function seconds(from: Stamp, to: Stamp): number {
  return to.sec - from.sec + (to.nsec - from.nsec) / NANO;
}

function after(time: Stamp, wait: number): Stamp {
  return { sec: time.sec + wait, nsec: time.nsec };
}
