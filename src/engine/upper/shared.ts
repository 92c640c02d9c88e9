import type { Message } from '../../model/message.ts';
import { Repeats } from './repeats.ts';
import type { Transfer } from './transfer.ts';
import type { UpperSink } from './types.ts';

/** Messages whose identifiers are remembered for the reports that answer them. */
const MOST_REMEMBERED = 65_536;
/** Octets that interrupted activities may hold altogether; beyond that the oldest lose theirs, and resume as damaged. */
const MOST_PARKED_OCTETS = 64 * 1024 * 1024;
const MOST_PARKED = 4096;

/** What names a session connection in linking information and in RTORQ `recover` (X.225 §8.3.33, X.228): hex, '' when absent. */
export interface SessionReferences {
  readonly calling: string;
  readonly called: string;
  readonly common: string;
  readonly additional: string;
}

/** An interrupted activity that waits for ACTIVITY RESUME. */
export interface Parked {
  readonly transfer: Transfer;
  /** Number of its row, which turns from `interrupted` into `resumed`. Null when too little came to make one. */
  readonly row: number | null;
  readonly association: number;
  readonly stream: number;
  readonly references: SessionReferences;
  /** The two hosts, in any order. */
  readonly hosts: readonly [string, string];
  /** Tells the connection that it was interrupted on: late octets from there are none of it any more. */
  readonly taken: (() => void) | null;
}

interface Waiting extends Parked {
  /** Octets that it counts for. */
  held: number;
}

/** What has to be seen across the connections of one capture. One per capture, handed to every `createUpper`. */
export class Shared {
  readonly repeats = new Repeats();
  private associations = 0;
  private count = 0;
  /** Numbers of the messages that no report has answered yet. */
  private readonly unanswered = new Map<string, number[]>();
  private readonly parked: Waiting[] = [];
  private parkedOctets = 0;

  /** Numbers associations from 0, in order of their first SPDU. */
  nextAssociation(): number {
    return this.associations++;
  }

  /**
   * Hands a message over. They are numbered from 0 in order of the ends of their transfers; a report is joined to the messages that it
   * answers.
   */
  hand(message: Message, sink: UpperSink): number {
    const number = this.count++;
    sink.message(number, message);
    if (message.kind === 'report') this.answer(number, message, sink);
    else if (message.mtsIdentifier !== null) {
      const same = this.unanswered.get(message.mtsIdentifier);
      // A message that passes several hops in view has one row a hop; a report answers them all.
      if (same !== undefined) same.push(number);
      else {
        if (this.unanswered.size >= MOST_REMEMBERED) this.unanswered.delete(this.unanswered.keys().next().value!);
        this.unanswered.set(message.mtsIdentifier, [number]);
      }
    }
    return number;
  }

  /** The row of an interrupted transfer goes on to tell the rest of its story; what answered it stays. */
  change(number: number, message: Message, sink: UpperSink): void {
    const { answeredBy: _, ...told } = message;
    sink.messageChange(number, told);
    if (message.kind === 'report') this.answer(number, message, sink);
  }

  private answer(number: number, report: Message, sink: UpperSink): void {
    // One that did not get through answers nothing: it is sent again.
    if (report.state === 'discarded' || report.state === 'interrupted') return;
    const answered = report.subjectMtsIdentifier ?? '';
    for (const subject of this.unanswered.get(answered) ?? []) sink.messageChange(subject, { answeredBy: number });
    this.unanswered.delete(answered);
  }

  park(parked: Parked): void {
    const { held } = parked.transfer;
    this.parked.push({ ...parked, held });
    this.parkedOctets += held;
    for (const old of this.parked) {
      if (this.parkedOctets <= MOST_PARKED_OCTETS) break;
      this.parkedOctets -= old.held;
      old.held = 0;
      old.transfer.release();
    }
    if (this.parked.length > MOST_PARKED) this.drop(0);
  }

  /**
   * The interrupted activity that an ACTIVITY RESUME takes up: same identifier and, when the linking information names the session
   * connection, the same one; without a name, one of this association, else the last between the same two hosts.
   */
  unpark(
    activity: string,
    references: SessionReferences | null,
    association: number,
    hosts: readonly [string, string],
  ): Parked | null {
    let best = -1;
    for (let i = this.parked.length - 1; i >= 0; i--) {
      const p = this.parked[i]!;
      if (p.transfer.activity !== activity && p.transfer.resumedAs !== activity) continue;
      if (references !== null && named(references)) {
        if (!agree(references, p.references)) continue;
      } else if (p.association !== association && !sameHosts(p.hosts, hosts)) continue;
      if (best < 0 || p.association === association) best = i;
      if (p.association === association) break;
    }
    if (best < 0) return null;
    const found = this.parked[best]!;
    this.drop(best);
    found.taken?.();
    return found;
  }

  /** The connection that it was interrupted on came to another end of it after all. */
  withdraw(transfer: Transfer): void {
    const i = this.parked.findIndex(p => p.transfer === transfer);
    if (i >= 0) this.drop(i);
  }

  private drop(i: number): void {
    this.parkedOctets -= this.parked[i]!.held;
    this.parked.splice(i, 1);
  }
}

function named(r: SessionReferences): boolean {
  return r.calling !== '' || r.called !== '' || r.common !== '';
}

/** Every reference that both give is the same; at least one is given by both. */
function agree(a: SessionReferences, b: SessionReferences): boolean {
  let common = 0;
  for (const key of ['calling', 'called', 'common', 'additional'] as const) {
    if (a[key] === '' || b[key] === '') continue;
    if (a[key] !== b[key]) return false;
    common++;
  }
  return common > 0;
}

function sameHosts(a: readonly [string, string], b: readonly [string, string]): boolean {
  const host = (name: string) => name.replace(/:\d+$/, '');
  const [a0, a1, b0, b1] = [host(a[0]), host(a[1]), host(b[0]), host(b[1])];
  return (a0 === b0 && a1 === b1) || (a0 === b1 && a1 === b0);
}
