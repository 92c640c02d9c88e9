import { compareStamps, type Sighting, type Stamp } from '../model/tsdu.ts';

/*
 * Connect attempts that failed, as Winsock would report them to the MTA (event 9215). Windows NT sends up to four SYNs for one
 * connect(), after a RST as well as after silence, and reports one error at the end (KB 175523, Q140552).
 */

/** What the wire shows of one SYN and its repetitions, or of several that share addresses and ports. */
export interface ConnectFacts {
  readonly stream: number;
  /** SYNs of the client with one sequence number, ascending; none where the capture shows only that the connect was accepted. */
  readonly syns: readonly Sighting[];
  /** First SYN-ACK, or any other sign that the server accepted. */
  readonly accepted: Sighting | null;
  /** RSTs of the server while nothing was accepted, ascending. */
  readonly resets: readonly Sighting[];
  /** What ICMP told of these SYNs while nothing was accepted, ascending. */
  readonly unreached: readonly Unreached[];
  /** RST or FIN of the client itself: it gave up before an answer came. */
  readonly abandoned: Sighting | null;
}

/** ICMP said of a SYN that it was not delivered. */
export interface Unreached extends Sighting {
  /** The host that said it. */
  readonly from: string;
  /** Its code: "host unreachable". */
  readonly words: string;
  /** What cannot be reached, as far as the code tells. */
  readonly scope: 'network' | 'host' | null;
}

/** Connects by their two ends (`endsOf`), of each in the order of their streams. */
export type Connects = ReadonlyMap<string, readonly ConnectFacts[]>;

/** Client and server, each address:port, as one key. Joined it is one string; what `+` makes keeps all its parts. */
export function endsOf(client: string, server: string): string {
  return [client, server].join(' ');
}

/** WSAENETUNREACH, WSAETIMEDOUT, WSAECONNREFUSED, WSAEHOSTUNREACH. */
export type Winsock = 10051 | 10060 | 10061 | 10065;

/** That NT makes these of what ICMP said is inferred from their names; articles show 10051 only (Q152941, Q154301). */
const UNREACHABLE = { network: 10051, host: 10065 } as const;

/** One connect() that failed, or may have. A flood has hundreds of thousands: what can be told from the rest is not kept. */
export class Refusal {
  private readonly ends: string;
  /** The first stream of its SYNs. */
  readonly stream: number;
  /** False when the capture ends too early to tell. */
  readonly failed: boolean;
  /** The error that the MTA would log; null when it did not fail for certain, and where no error is known for what ICMP said. */
  readonly winsock: Winsock | null;
  /** The last thing that ICMP said, unless a RST came behind it. */
  readonly unreached: Unreached | null;
  /** The frame that decides: the last RST, the last SYN without answer. */
  readonly frame: number;
  /** When the event is, or would be, logged: at that frame, or when the last wait runs out. */
  readonly time: Stamp;
  readonly syns: number;
  private readonly resets: number;
  /** Seconds of silence that the capture shows behind the last SYN, or behind the first where it is the only one. */
  private readonly waited: number;
  /** Every SYN, RST and ICMP message, ascending. */
  readonly frames: readonly number[];

  constructor({ ends, marks }: Attempt, { failed, winsock, unreached, decided, waited }: Outcome) {
    this.ends = ends;
    this.failed = failed;
    this.stream = Math.min(...marks.map(mark => mark.stream));
    this.winsock = winsock;
    this.unreached = unreached;
    this.frame = decided.frame;
    this.time = decided.time;
    this.syns = count(marks, 'syn');
    this.resets = count(marks, 'reset');
    this.waited = waited;
    this.frames = [...new Set(marks.map(mark => mark.at.frame))].sort((a, b) => a - b);
  }

  /** address:port */
  get client(): string {
    return this.ends.slice(0, this.ends.indexOf(' '));
  }

  get server(): string {
    return this.ends.slice(this.ends.indexOf(' ') + 1);
  }

  /** How it is known, or why it cannot be. */
  get why(): string {
    const { server, syns, waited, unreached } = this;
    if (this.winsock === 10061) {
      if (syns > 1 && syns !== this.resets) return `${server} answered the last of ${syns} SYNs with RST`;
      return `${server} answered ${syns === 1 ? 'the SYN' : `each of ${syns} SYNs`} with RST`;
    }
    const sent = `${syns} ${syns === 1 ? 'SYN' : 'SYNs'} to ${server} without answer`;
    const told = unreached === null ? '' : ` but ICMP ${saidBy(unreached)} (frame ${unreached.frame})`;
    if (!this.failed) {
      return `${sent}${told === '' ? ', but' : `${told};`} the capture ends ${Math.floor(Math.max(waited, 0))} s after the last: whether an answer came in time cannot be known`;
    }
    const few = syns < SYNS_OF_ONE_CONNECT ? '; fewer SYNs than Windows NT sends (0, 3, 9, 21 s) were captured' : '';
    return `${sent} within ${GIVE_UP_SECONDS} s${told}${few}${this.inferred}`;
  }

  /** What the wire does not show of a connect of which ICMP told: whether NT went on trying, as RFC 1122 4.2.3.9 asks for, and the error. */
  private get inferred(): string {
    if (this.unreached === null) return '';
    if (this.winsock === null) return '; which Winsock error Windows NT reports then is not known';
    return `; that Windows NT goes on trying and then reports ${this.winsock} is inferred (RFC 1122 §4.2.3.9)`;
  }
}

/** "host unreachable from 192.0.2.1" */
export function saidBy({ words, from }: Unreached): string {
  return `${words} from ${from}`;
}

interface Outcome {
  readonly failed: boolean;
  readonly winsock: Winsock | null;
  readonly unreached: Unreached | null;
  readonly decided: Sighting;
  readonly waited: number;
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
export function refusals(connects: Connects, captureEnd: Stamp): Refusal[] {
  const out: Refusal[] = [];
  for (const [ends, group] of connects) {
    for (const attempt of attempts(ends, group)) {
      const refusal = judge(attempt, captureEnd);
      if (refusal !== null) out.push(refusal);
    }
  }
  return out.sort((a, b) => a.frame - b.frame);
}

interface Told {
  readonly kind: 'unreached';
  readonly at: Unreached;
  readonly stream: number;
  /** The frame of the SYN that it is about, the last one that is no younger. */
  readonly syn: number;
}

type Mark =
  | Told
  | {
      readonly kind: 'syn' | 'reset' | 'accepted' | 'abandoned';
      readonly at: Sighting;
      readonly stream: number;
    };

interface Attempt {
  readonly ends: string;
  readonly marks: Mark[];
}

/** Cut everything that happened between two ends into connect() calls. */
function attempts(ends: string, group: readonly ConnectFacts[]): Attempt[] {
  const marks = group.flatMap(marksOf).sort((a, b) => placeOf(a) - placeOf(b) || order(a) - order(b));
  const out: Attempt[] = [];
  let current: Attempt | null = null;
  const begun = new Set(group.filter(facts => facts.syns.length > 0).map(facts => facts.stream));
  for (const mark of marks) {
    // Where the capture misses the SYN, its answer begins a connect() as well.
    const begins = mark.kind === 'syn' || (mark.kind === 'accepted' && !begun.has(mark.stream));
    if (begins && (current === null || startsAnew(current, mark.at))) {
      current = { ends, marks: [] };
      out.push(current);
    }
    current?.marks.push(mark);
  }
  return out;
}

/** In a file whose frames are out of order a message may stand before the SYN that it is about. */
function placeOf(mark: Mark): number {
  return mark.kind === 'unreached' ? Math.max(mark.at.frame, mark.syn) : mark.at.frame;
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
  for (const at of facts.unreached) {
    const syn = facts.syns.findLast(({ time }) => compareStamps(time, at.time) <= 0) ?? facts.syns[0];
    out.push({ kind: 'unreached', at, stream, syn: syn?.frame ?? 0 });
  }
  if (accepted !== null) out.push({ kind: 'accepted', at: accepted, stream });
  if (facts.abandoned !== null) out.push({ kind: 'abandoned', at: facts.abandoned, stream });
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
  const lastSyn = marks.findLast(mark => mark.kind === 'syn')!.at;
  const lastReset = marks.findLast(mark => mark.kind === 'reset')?.at;
  if (lastReset !== undefined && lastReset.frame > lastSyn.frame)
    return new Refusal(attempt, { failed: true, winsock: 10061, unreached: null, decided: lastReset, waited: 0 });
  if (marks.some(mark => mark.kind === 'abandoned')) return null;

  const first = marks[0]!.at;
  const giveUp = after(first.time, GIVE_UP_SECONDS);
  const time = compareStamps(giveUp, lastSyn.time) < 0 ? lastSyn.time : giveUp;
  const watched = seconds(first.time, captureEnd);
  const waited = lastSyn === first ? watched : seconds(lastSyn.time, captureEnd);
  const known = watched >= GIVE_UP_SECONDS && waited >= LAST_WAIT_SECONDS;
  const told = marks.findLast((mark): mark is Told => mark.kind === 'unreached');
  const unreached = told !== undefined && placeOf(told) > (lastReset?.frame ?? 0) ? told.at : null;
  return new Refusal(attempt, {
    failed: known,
    winsock: known ? errorOf(unreached) : null,
    unreached,
    decided: { frame: lastSyn.frame, time },
    waited,
  });
}

function errorOf(unreached: Unreached | null): Winsock | null {
  if (unreached === null) return 10060;
  return unreached.scope === null ? null : UNREACHABLE[unreached.scope];
}

function count(marks: readonly Mark[], kind: Mark['kind']): number {
  return marks.reduce((n, mark) => (mark.kind === kind ? n + 1 : n), 0);
}

function seconds(from: Stamp, to: Stamp): number {
  return to.sec - from.sec + (to.nsec - from.nsec) / NANO;
}

function after(time: Stamp, wait: number): Stamp {
  return { sec: time.sec + wait, nsec: time.nsec };
}
