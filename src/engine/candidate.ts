import { hex } from '../base/text.ts';
import type { Profile } from '../mta/knobs.ts';
import { assess } from '../mta/request.ts';
import type { Half } from '../net/half.ts';
import { EVIDENCE, plausibleHeader, TPKT_MIN, TPKT_VERSION } from '../osi/tpkt.ts';
import type { Framing } from './framing.ts';
import type { RequestCandidate } from './sink.ts';

/** A header as the machine reads it: `length` octets are declared at `position` of the stream, and readable with `frame`. */
export interface HeaderRead {
  readonly stream: number;
  readonly receiver: string;
  readonly position: number;
  readonly length: number;
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly tpduSize: number | null;
  readonly answers: number;
}

/** The request that a header makes, for the verdict. */
export function candidateOf(read: HeaderRead, framing: Framing, half: Half, profile: Profile): RequestCandidate {
  const { stream, receiver, position, length, frame, sec, nsec, tpduSize, answers } = read;
  const index = position - half.base;
  const version = half.buffer[index]!;
  const { direction } = framing;
  const misread = framing.astray || version !== TPKT_VERSION;
  const previous = framing.machine.parting ?? before(framing, half);
  return {
    stream,
    direction,
    frame,
    sec,
    nsec,
    receiver,
    streamOffset: position,
    declaredLength: length,
    octets: hex(half.buffer, index, index + 4),
    pieces: half.locate(position, position + 4),
    assessment: assess(profile, length, version, tpduSize),
    tpduSize,
    previous,
    misread,
    dishonest: false,
    trueBoundary: misread ? (previous?.trueBoundary ?? null) : null,
    answers,
    again: null,
    withdrawn: false,
    unlisted: 0,
    hits: null,
  };
}

/** The TPKT before the header that is being read; null when the framing knows none, or was found again without one. */
function before(framing: Framing, half: Half): RequestCandidate['previous'] {
  if (framing.astray) return null;
  return framing.machine.ledBy(half, framing.previous, framing.previousLength);
}

/** Octets of the TPKT before `position` that belong to another one: where its true end is to be seen already, though no search began. */
export function excessOf({ previous, previousLength }: Framing, half: Half, position: number): number {
  if (previous < half.base || previous + previousLength !== position) return 0;
  for (let at = previous + TPKT_MIN; at < position && at + EVIDENCE <= half.end; at++) {
    if (plausibleHeader(half.buffer, at - half.base, 0)) return position - at;
  }
  return 0;
}
