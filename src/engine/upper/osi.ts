import { KnownOctets } from '../../base/known.ts';
import type { Direction } from '../../model/finding.ts';
import type { Origin } from '../../model/origin.ts';
import type { Stamp, TransportUser, Tsdu } from '../../model/tsdu.ts';
import {
  checkSpdu,
  findParameter,
  isPlainData,
  numberOf,
  parseSsdu,
  type SessionTerms,
  type Spdu,
  type SpduFault,
  type Ssdu,
  sessionTrees,
} from '../../osi/session.ts';
import { type FirstSegment, Join } from './join.ts';
import { OsiAssociation } from './osi-association.ts';
import type { Shared } from './shared.ts';
import type { Surroundings } from './types.ts';

/** Octets of an SSDU, joined when it was segmented. */
export interface UserData {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly origin: Origin | null;
}

/** An SSDU that was parsed, and the faults of its SPDUs by the session version that they were checked for. */
interface Parsed {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly ssdu: Ssdu;
  readonly steps: readonly Step[];
  readonly faults: (readonly SpduFault[] | undefined)[];
}

/** One SPDU with what it carries, in the order in which they are processed. */
interface Step {
  readonly spdu: Spdu;
  readonly own: UserData | null;
  /** Enclosure item (8.3.17): 3 for a whole SSDU, as when there is none. */
  readonly enclosure: number;
}

const WHOLE = 3;

function parse(bytes: Uint8Array, start: number, end: number, origin: Origin | null): Parsed {
  const ssdu = parseSsdu(bytes, start, end);
  const steps = inOrder(ssdu.spdus).map(spdu => ({
    spdu,
    own: userData(bytes, origin, spdu),
    enclosure: spdu.name === 'CN' ? WHOLE : (numberOf(bytes, findParameter(spdu, 25)) ?? WHOLE),
  }));
  return { bytes, start, end, ssdu, steps, faults: [] };
}

const LONGEST_KNOWN = 64;
/** Activities and synchronization points come by the thousand with the same octets. */
const short = new KnownOctets<Parsed>(4096, LONGEST_KNOWN);

function checked(parsed: Parsed, terms: SessionTerms): readonly SpduFault[] {
  const version = terms.version ?? 0;
  let found = parsed.faults[version];
  if (found === undefined) {
    found = parsed.ssdu.spdus.flatMap(spdu => checkSpdu(parsed.bytes, spdu, terms));
    parsed.faults[version] = found;
  }
  return found;
}

/** Processing order within one TSDU (6.3.7.3). */
const RANK: Partial<Record<string, number>> = { AS: 0, AR: 0, DT: 1, GT: 3, PT: 3 };

/** AS or AR, then data, then points and ends, and the tokens last. Of two SPDUs the first is GT or PT, which comes last. */
function inOrder(spdus: readonly Spdu[]): readonly Spdu[] {
  if (spdus.length < 2) return spdus;
  if (spdus.length === 2) return [spdus[1]!, spdus[0]!];
  return [...spdus].sort((a, b) => (RANK[a.name] ?? 2) - (RANK[b.name] ?? 2));
}

/**
 * The OSI session protocol on one transport connection: cuts TSDUs into SPDUs, joins segmented SSDUs and hands SPDU by SPDU to the
 * association. A transport connection that is kept carries one association after the other.
 */
export class OsiUser implements TransportUser {
  private readonly around: Surroundings;
  private readonly shared: Shared;
  private association: OsiAssociation | null = null;
  private lastProtocol = '';
  private lastEvidence = true;
  /** Octets were lost just before: the next TSDU may be the rest of one. */
  private readonly torn: [boolean, boolean] = [false, false];
  private readonly joins = new Map<string, Join>();
  /** No TSDU of this connection is known to be missing. */
  private unbroken = true;

  constructor(around: Surroundings, shared: Shared) {
    this.around = around;
    this.shared = shared;
  }

  get protocol(): string {
    return this.association === null ? this.lastProtocol : this.association.protocol;
  }

  get mtaEvidence(): boolean {
    return this.association === null ? this.lastEvidence : this.association.mtaEvidence;
  }

  inTransfer(direction: Direction, excess: number): string | null {
    return this.association?.inTransfer(direction, excess) ?? null;
  }

  tsdu(t: Tsdu): void {
    const { bytes, start, end, direction } = t;
    // Where a segmented SSDU waits for its rest, or the size of segments was agreed, data are to be held against that.
    const quick = t.trees === null && this.association !== null && this.joins.size === 0;
    if (quick && isPlainData(bytes, start, end) && this.association!.segmentLimit(direction) === 0) {
      this.torn[direction] = false;
      this.association!.plainData(bytes, start + 4, end, t);
      return;
    }
    if (t.trees !== null || end - start > LONGEST_KNOWN) {
      this.ssdu(t, parse(bytes, start, end, t.origin));
      return;
    }
    const known = short.of(bytes, start, end, () => parse(bytes.slice(start, end), 0, end - start, null));
    const { firstFrame, lastFrame, time, late } = t;
    this.ssdu(
      {
        bytes: known.bytes,
        start: 0,
        end: known.end,
        direction,
        firstFrame,
        lastFrame,
        time,
        late,
        origin: null,
        trees: null,
      },
      known,
    );
  }

  private ssdu(t: Tsdu, parsed: Parsed): void {
    const { bytes, direction } = t;
    const { ssdu } = parsed;
    const { spdus } = ssdu;
    if (spdus.length === 0) return;
    // Behind lost octets, or before any SPDU made sense, what does not read as SPDUs proves nothing.
    const doubtful = this.torn[direction] && ssdu.faults.some(f => f.code !== 'ses.long-form-length');
    if (doubtful) {
      if (t.trees !== null) for (const tree of sessionTrees(bytes, ssdu, t.origin)) t.trees.push(tree);
      return;
    }
    this.torn[direction] = false;
    const first = spdus[0]!;
    if (first.name === 'CN' && this.association?.over === true) this.end('fin', t.firstFrame, t.time);
    this.association ??= new OsiAssociation(
      this.around,
      this.shared,
      { frame: t.firstFrame, time: t.time },
      first.name === 'CN' && this.unbroken,
    );
    const { association } = this;
    association.arrived(t);
    association.touch(t);
    const endAck = first.name === 'PT' && spdus.some(s => s.name === 'MAA') && association.awaitsEndAck;
    const judged = this.around.options.level !== 'rows' || t.trees !== null;
    const found = judged ? checked(parsed, association) : [];
    for (const f of ssdu.faults) association.fault(f.code, direction, t.lastFrame, f.detail);
    for (const f of found) association.fault(f.code, direction, t.lastFrame, f.detail);
    if (t.trees !== null) for (const tree of sessionTrees(bytes, ssdu, t.origin, found, endAck)) t.trees.push(tree);
    if (judged) association.concatenation(spdus, t);
    const limit = association.segmentLimit(direction);
    if (limit > 0) this.segmented(association, spdus, limit, t);
    for (const step of parsed.steps) this.spdu(association, step, t);
  }

  /** A TSDU where segmenting was selected (6.3.5): its size, and that data say which segment they are (8.3.11.3). */
  private segmented(association: OsiAssociation, spdus: readonly Spdu[], limit: number, t: Tsdu): void {
    const size = t.end - t.start;
    const name = spdus.map(s => s.name).join('+');
    if (size > limit) {
      const detail = `the TSDU with ${name} has ${size} octets, ${limit} were agreed`;
      association.fault('ses.segment-too-long', t.direction, t.lastFrame, detail);
    }
    const data = spdus.find(s => s.name === 'DT' || s.name === 'TD');
    if (data !== undefined && findParameter(data, 25) === null) {
      const detail = `${data.name} has no enclosure item, but segmenting was selected`;
      association.fault('ses.segmenting', t.direction, t.lastFrame, detail);
    }
  }

  private spdu(association: OsiAssociation, step: Step, t: Tsdu): void {
    const { spdu, own, enclosure } = step;
    if (this.joins.size === 0 && enclosure === WHOLE) {
      association.spdu(spdu, t, own);
      return;
    }
    const key = keyOf(spdu, t);
    let join = this.joins.get(key);
    if (enclosure === WHOLE) {
      if (join !== undefined && spdu.name !== 'GT' && spdu.name !== 'PT')
        this.broken(association, spdu, t, 'a whole SSDU stands inside a segmented one');
      association.spdu(spdu, t, own);
      return;
    }
    // 6.3.5: begin, middle, end; of what goes on in CDO the CONNECT has the beginning.
    if (enclosure & 1 || (join === undefined && spdu.name === 'CDO')) {
      if (join !== undefined) this.broken(association, spdu, t, 'an SSDU begins inside another');
      join = new Join(firstSegment(spdu, t));
      this.joins.set(key, join);
    } else if (join === undefined) {
      this.broken(association, spdu, t, 'a segment has no beginning');
      association.tornData(t.direction);
      return;
    }
    if (own !== null && !join.add(own.bytes, own.start, own.end, own.origin))
      association.tooLong(t.direction, t.lastFrame, 'a segmented SSDU');
    if ((enclosure & 2) === 0) return;
    this.joins.delete(key);
    // 8.4: the parameters stand in the first segment.
    const { first } = join;
    if (first === null) association.spdu(spdu, t, join.whole());
    else association.spdu(first.spdu, { ...t, bytes: first.bytes }, join.whole());
  }

  private broken(association: OsiAssociation, spdu: Spdu, t: Tsdu, detail: string): void {
    this.joins.delete(keyOf(spdu, t));
    if (association.sound) association.fault('ses.segmenting', t.direction, t.lastFrame, `${spdu.name}: ${detail}`);
  }

  gap(direction: Direction, _frame: number, excess: number | null): void {
    this.torn[direction] = true;
    this.unbroken = false;
    for (const key of [...this.joins.keys()]) if (key.startsWith(`${direction} `)) this.joins.delete(key);
    this.association?.gap(direction, excess);
  }

  ended(how: 'fin' | 'rst', frame: number, time: Stamp): void {
    this.association?.ended(how, { frame, time });
  }

  close(how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void {
    this.end(how, frame, time);
  }

  private end(how: 'fin' | 'rst' | 'eof', frame: number, time: Stamp): void {
    if (this.association === null) return;
    this.association.close(how, { frame, time });
    this.lastProtocol = this.association.protocol;
    this.lastEvidence = this.association.mtaEvidence;
    this.association = null;
    this.joins.clear();
  }
}

/** Segments of one SSDU come in the same direction in SPDUs of the same type; without the sync type item a later one of MAP reads as AE. */
function keyOf(spdu: Spdu, t: Tsdu): string {
  return `${t.direction} ${spdu.name === 'AE' ? 'MAP' : spdu.name}`;
}

/** The first segment of an SSDU, copied, for the octets of a TSDU are only lent; null for data, whose parameters say nothing more. */
function firstSegment(spdu: Spdu, t: Tsdu): FirstSegment | null {
  if (spdu.type === null || spdu.type.information) return null;
  const bytes = t.bytes.slice(t.start, t.end);
  const copied = parseSsdu(bytes, 0, bytes.length).spdus.find(s => s.name === spdu.name);
  return copied === undefined ? null : { spdu: copied, bytes };
}

/** What an SPDU carries for its user: user information, or the user data parameter (46 in MIA, behind the reason in RF). */
function userData(bytes: Uint8Array, origin: Origin | null, spdu: Spdu): UserData | null {
  if (spdu.type?.information) return { bytes, start: spdu.infoStart, end: spdu.infoEnd, origin };
  const p =
    spdu.name === 'RF'
      ? findParameter(spdu, 50)
      : (findParameter(spdu, 193) ??
        findParameter(spdu, 194) ??
        (spdu.name === 'MIA' ? findParameter(spdu, 46) : null));
  if (p === null) return null;
  const start = spdu.name === 'RF' ? Math.min(p.valueStart + 1, p.valueEnd) : p.valueStart;
  return start >= p.valueEnd ? null : { bytes, start, end: p.valueEnd, origin };
}
