import type { DirectionReport, HostReport, StreamReport } from '../model/report.ts';
import { count, thousands } from './format.ts';

/** Streams whose framing is doubted in words; the others are counted. */
const MOST_DOUBTS = 5;

export interface Survey {
  readonly tpkts: number;
  readonly longest: number;
  readonly elements: number;
  /** Whether silence proves nothing: there is no TPKT, or streams are not framed for certain throughout. */
  readonly partial: boolean;
  /** Streams that are not framed for certain throughout, and the first of them. */
  readonly unsure: number;
  readonly doubtful: readonly StreamReport[];
}

/** What both directions of a stream have together. */
export function both({ directions: [a, b] }: StreamReport, key: Counted): number {
  return a[key] + b[key];
}

/** The larger number of the two directions. */
export function most({ directions: [a, b] }: StreamReport, key: Counted): number {
  return Math.max(a[key], b[key]);
}

type Counted = Exclude<keyof DirectionReport, 'from' | 'to'>;

/** What is said of all streams together, in one reading of them: they need not be in memory. */
export function survey(streams: Iterable<StreamReport>): Survey {
  let tpkts = 0;
  let longest = 0;
  let elements = 0;
  let unsure = 0;
  const doubtful: StreamReport[] = [];
  for (const stream of streams) {
    tpkts += both(stream, 'tpkts');
    longest = Math.max(longest, most(stream, 'maxTpktLength'));
    elements = Math.max(elements, most(stream, 'peakElements'));
    if (!stream.anchored && unsure++ < MOST_DOUBTS) doubtful.push(stream);
  }
  return { tpkts, longest, elements, partial: tpkts === 0 || unsure > 0, unsure, doubtful };
}

/** `119 TPKTs, longest 2,052 octets, at most 4 buffer elements held`. */
export function totals({ tpkts, longest, elements }: Survey): string {
  const held = elements > 0 ? `, at most ${count(elements, 'buffer element')} held` : '';
  return `${count(tpkts, 'TPKT')}, longest ${count(longest, 'octet')}${held}`;
}

/** What is said of the machines where nothing was illegal: of hosts that are no MTAs nothing is claimed either way. */
export function quiet(hosts: readonly HostReport[]): string {
  return hosts.some(host => host.mta !== null)
    ? 'no illegal buffer request'
    : 'no host counts as an MTA: no buffer request was judged';
}

export function checked({ tpkts }: Survey, rules: number): string {
  return tpkts === 0
    ? 'Without a TPKT only the connections were checked.'
    : `Checked: ${rules} rules of framing, negotiation, protocol and buffers.`;
}

/** Where nothing is claimed, and why: a sentence a stream. */
export function* doubtful({ unsure, doubtful }: Survey): Generator<string> {
  for (const stream of doubtful) yield doubt(stream);
  const more = unsure - doubtful.length;
  if (more > 0)
    yield `${count(more, 'more stream is', 'more streams are')} not framed for certain throughout; no claim is made behind missing octets.`;
}

function doubt(stream: StreamReport): string {
  const from = stream.unanchoredFrom === null ? '' : `from frame ${thousands(stream.unanchoredFrom)} on `;
  const guess = `${from}the framing is a guess`;
  const rest = `${guess}, and no claim is made there.`;
  if (stream.unanchoredBecause === 'gap') {
    const holes = count(both(stream, 'gaps'), 'hole');
    return `stream ${stream.id} has ${holes} (${count(both(stream, 'gapBytes'), 'octet')} missing): ${rest}`;
  }
  if (stream.unanchoredBecause === 'no-syn') return `stream ${stream.id} starts in mid-stream (no SYN): ${rest}`;
  // The machine is followed all the same, from one length that it takes at its word to the next.
  return `stream ${stream.id} loses its framing: ${guess}; what is claimed rests on the lengths that the machine reads.`;
}
