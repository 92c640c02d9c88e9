import { numbered, thousands } from '../base/numbers.ts';
import type { Disturbance, Finding } from '../model/finding.ts';
import type { EmulatedEvent } from '../model/report.ts';
import type { Sighting } from '../model/tsdu.ts';
import { illegalBufferRequest, logged } from '../mta/events.ts';
import type { Profile } from '../mta/knobs.ts';
import { type Assessment, codeOf, type RequestCode } from '../mta/request.ts';
import { explanationOf, ruleOf } from '../rules/catalogue.ts';
import { makeFinding, underRule } from './make-finding.ts';
import type { RequestCandidate } from './sink.ts';

/** What the verdict on a request needs to know about the receiving host. */
export interface HostView {
  /** Why the host counts as an MTA, null when nothing says so. */
  mta(address: string): string | null;
  /** The machine stopped before: a request to it is left out. */
  stopped(address: string): boolean;
  stop(address: string, at: Sighting): void;
}

export interface Verdicts {
  findings: Finding[];
  events: EmulatedEvent[];
}

/** The candidates that a host with MTA evidence received, in the order in which their octets became readable. */
export function judgeRequests(candidates: readonly RequestCandidate[], profile: Profile, hosts: HostView): Verdicts {
  const out: Verdicts = { findings: [], events: [] };
  for (const c of [...candidates].sort((a, b) => a.frame - b.frame)) {
    const code = codeOf(c.assessment.outcome);
    const evidence = hosts.mta(c.receiver);
    if (c.withdrawn || code === null || evidence === null) continue;
    if (hosts.stopped(c.receiver)) continue;
    const finding = code === 'mta.unknown-request' ? unknownFinding(c) : requestFinding(c, code, profile, evidence);
    out.findings.push(finding);
    if (code !== 'mta.9404') continue;
    const at = { frame: c.frame, time: { sec: c.sec, nsec: c.nsec } };
    hosts.stop(c.receiver, at);
    out.events.push({
      ...at,
      host: c.receiver,
      stream: c.stream,
      event: finding.event!,
      illustrative: illegalBufferRequest(0, 0, 0).illustrative,
    });
  }
  return out;
}

/** Lengths 0 to 3 leave nothing to request: no number can be told, only that nothing is known. */
function unknownFinding({ stream, direction, frame, octets, declaredLength }: RequestCandidate): Finding {
  const rule = ruleOf('mta.unknown-request')!;
  const detail = `header ${octets}: length ${declaredLength}`;
  return makeFinding({
    ...underRule(rule),
    stream,
    direction,
    frame,
    frames: [frame],
    message: `${rule.title}: ${detail}`,
    explanation: explanationOf(rule),
    identity: detail,
  });
}

function requestFinding(
  c: RequestCandidate,
  code: Exclude<RequestCode, 'mta.unknown-request'>,
  profile: Profile,
  evidence: string,
): Finding {
  const a = c.assessment;
  const rule = ruleOf(code)!;
  const disturbance = disturbanceOf(c);
  const headerFrames = [...new Set(c.pieces.map(p => p.frame))].sort((x, y) => x - y);
  const printed = a.printed!;
  const event = logged(illegalBufferRequest(printed.headers, printed.elements, profile.fields.threadNumber.value));
  const request = {
    headerFrames,
    headerOctets: c.octets,
    headerPieces: c.pieces,
    streamOffset: c.streamOffset,
    declaredLength: c.declaredLength,
    headers: a.headers,
    elements: a.elements,
    models: a.models,
    elementsRange: a.range,
    margin: a.margin,
    assumptions: [`${c.receiver} counts as an MTA: ${evidence}`, ...a.assumptions, ...firstCopies(c)],
    profile: profile.name,
    disturbanceFrame: disturbance?.frame ?? null,
    disturbance,
    victim: c.receiver,
    event,
    hits: c.hits,
  };
  return makeFinding({
    ...underRule(rule),
    stream: c.stream,
    direction: c.direction,
    frame: c.frame,
    frames: [
      c.frame,
      ...headerFrames,
      ...(disturbance === null ? [] : [disturbance.frame]),
      ...(c.again === null ? [] : [c.again.first, c.again.last]),
    ],
    message: headline(c, code),
    explanation: `${explain(c, disturbance)}${modelText(a)}${repeatsText(c)}${unlistedText(c)}`,
    identity: `${c.declaredLength}|${c.octets}`,
    request,
    event,
  });
}

function headline(c: RequestCandidate, code: string): string {
  const { headers, elements } = c.assessment.printed!;
  const asks = `a request for ${headers} headers and ${elements} elements`;
  if (code === 'mta.9404') return `9404 at frame ${c.frame}: the MTA at ${c.receiver} would stop here, ${asks}`;
  if (code === 'mta.9404-fixed') {
    const verb = c.assessment.uncorrected === 'all' ? 'would' : 'might';
    return `frame ${c.frame}: ${asks} ${verb} have been a 9404 before build 2232.18`;
  }
  return `9404 possible at frame ${c.frame}: ${asks} is illegal under some admissible models`;
}

/** Whose numbers the event has, where not every machine would log it. */
function modelText({ printed, elements }: Assessment): string {
  if (printed === null || printed.model === null) return '';
  const own = printed.elements === elements ? '' : `; the profile's own values ask for ${elements}, which is legal`;
  return ` The event is that of a machine which ${printed.model}${own}.`;
}

/**
 * A receiver hands octets up in order (RFC 9293 3.10.7.4): the machine reads a header when it, and all before it, has come. Where a first
 * copy was lost behind the place of the capture, or refused because the window was closed, that was with a later one.
 */
function firstCopies({ again }: RequestCandidate): string[] {
  if (again === null) return [];
  const one = again.count === 1 ? 'which is' : 'one of which is';
  return [
    `the first copies of the header's octets, and of those before it, reached the MTA: ${repeats(again)}, ${one} the request frame if they did not`,
  ];
}

function repeatsText({ again }: RequestCandidate): string {
  if (again === null) return '';
  const there = again.count === 1 ? 'there' : 'in one of them';
  return ` ${repeats(again).replace(/^f/, 'F')}: if the first copies were lost behind the place of the capture, or refused, the MTA read the header ${there}.`;
}

function repeats({ first, last, count }: NonNullable<RequestCandidate['again']>): string {
  const frames =
    count === 1
      ? `frame ${first} sends`
      : count === 2
        ? `frames ${first} and ${last} send`
        : `${count} frames from ${first} to ${last} send`;
  return `${frames} octets up to the end of the header again before they are acknowledged`;
}

/** What is not listed one by one is counted. */
function unlistedText({ unlisted }: RequestCandidate): string {
  if (unlisted === 0) return '';
  return unlisted === 1
    ? ' One more request of this direction follows that would be judged, and is not listed.'
    : ` ${thousands(unlisted)} more requests of this direction follow that would be judged, and are not listed.`;
}

function explain(c: RequestCandidate, disturbance: Disturbance | null): string {
  const read = `${spaced(c.octets)} as a TPKT header: a length of ${thousands(c.declaredLength)}`;
  if (disturbance !== null && disturbance.streamOffset !== c.streamOffset) {
    const { declaredLength, trueBoundary, frame, streamOffset } = disturbance;
    const declared = `Frame ${frame} sends a TPKT that declares ${declaredLength} octets`;
    if (trueBoundary === null) {
      return `${declared}; what follows it is no TPKT header, and no true boundary was found. The machine reads ${read}.`;
    }
    const end = streamOffset + declaredLength;
    const late = end - trueBoundary;
    // Where the lengths that it reads at wrong places are small, it gets further before it asks for too much.
    const far =
      c.streamOffset === end ? '' : `from header to header the machine gets to stream offset ${c.streamOffset}, `;
    if (late > 0) {
      const next = `so the next header is read ${numbered(late, 'octet')} late`;
      return `${declared} but carries ${declaredLength - late}, ${next}, ${far === '' ? '' : `and ${far}reading `}${read}.${hint(c)}`;
    }
    const behind = `${numbered(-late, 'octet')} that ${late === -1 ? 'belongs to no TPKT follows' : 'belong to no TPKT follow'} it`;
    return `${declared}; ${behind}, and ${far === '' ? 'the machine reads ' : `${far}reading `}${read}. The next TPKT begins at stream offset ${trueBoundary}.`;
  }
  if (disturbance !== null) {
    return `The TPKT at stream offset ${c.streamOffset} declares ${c.declaredLength} octets, but another one begins ${disturbance.trueBoundary! - c.streamOffset} octets behind its start. The machine asks for buffers by the declared length.`;
  }
  if (c.misread && c.trueBoundary === c.streamOffset + c.declaredLength)
    return `The next TPKT begins where this length says: only the version octet is wrong. A machine that does not check it reads ${read}.`;
  if (c.misread)
    return `The direction does not hold a TPKT at stream offset ${c.streamOffset}; a machine that does not check the version reads ${read}.`;
  const legal = c.tpduSize !== null && c.declaredLength <= c.tpduSize + 4;
  return legal
    ? `The TPKT is legal on the wire: CR and CC allow TPDUs of ${thousands(c.tpduSize!)} octets. The emulated machine asks for buffers by its length of ${thousands(c.declaredLength)}.`
    : `The TPKT declares ${thousands(c.declaredLength)} octets and nothing found says that it does not carry them.`;
}

/** 02 F0 80 is the header of every final DT TPDU: the usual thing to be read as reserved octet and length. */
function hint(c: RequestCandidate): string {
  return c.octets.slice(2) === '02f080' || c.octets.slice(2) === '02f000'
    ? ' (02 F0 80 is the DT header behind the real one.)'
    : '';
}

function disturbanceOf(c: RequestCandidate): Disturbance | null {
  if (c.misread && c.previous !== null) return { ...c.previous, trueBoundary: c.trueBoundary };
  if (!c.dishonest) return null;
  const frame = c.pieces[0]?.frame ?? c.frame;
  return { frame, streamOffset: c.streamOffset, declaredLength: c.declaredLength, trueBoundary: c.trueBoundary };
}

function spaced(octets: string): string {
  return (octets.toUpperCase().match(/../g) ?? []).join(' ');
}
