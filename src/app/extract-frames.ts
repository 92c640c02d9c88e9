import { InputError } from '../base/errors.ts';
import { OddFrames } from '../capture/odd-frames.ts';
import type { FrameSink } from '../capture/reader.ts';
import type { Direction } from '../model/finding.ts';
import type { Piece } from '../model/origin.ts';
import type { WholeReport } from '../model/report.ts';
import type { Connection } from '../net/connection.ts';
import type { Unreachable } from '../net/icmp.ts';
import type { Segment } from '../net/segment.ts';
import { analyzeFile, startAnalysis, wholeReport } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** A frame as it was captured. */
export interface KeptFrame {
  readonly no: number;
  readonly sec: number;
  readonly nsec: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
}

/** One TCP segment with the frame that carries it, or the frames of its fragments; or an ICMP message that quotes one. */
export interface Unit {
  readonly frames: readonly KeptFrame[];
  /** Number of the frame that completes it. */
  readonly no: number;
  readonly stream: number;
  readonly direction: Direction;
  readonly flags: number;
  readonly seq: number;
  /** Octets of payload on the wire; of a segment that is quoted none count. */
  readonly length: number;
  /** Where TCP header and payload stand, as far as they were captured. */
  readonly tcp: readonly Piece[];
  /** Where the datagram stands, when it was put together from fragments; else null. */
  readonly datagram: readonly Piece[] | null;
  /** Octets of the TCP header. */
  readonly header: number;
}

/** Fragments that wait for their datagram; a capture of stray ones must not fill memory. */
const MAX_WAITING = 4096;
/** What is kept of a capture in memory. */
const MAX_BYTES = 512 << 20;

const NO_OCTETS = new Uint8Array(0);

/** Gathers the segments of the wanted streams while an analysis runs; hand `onFrame`, `onSegment` and `onUnreachable` to it. */
class Gatherer {
  readonly units: Unit[] = [];
  readonly onFrame: FrameSink;
  private readonly wanted: ReadonlySet<number> | null;
  private readonly waiting = new Map<number, KeptFrame>();
  private kept = 0;
  private readonly file: string;

  /** `wanted` null takes every stream. Without `octets` only the numbers of frames are kept. */
  constructor(file: string, wanted: ReadonlySet<number> | null, octets = true) {
    this.file = file;
    this.wanted = wanted;
    this.onFrame = {
      frame: (no, sec, nsec, b, start, end, wireLength, linkType) => {
        if (this.waiting.size >= MAX_WAITING) this.waiting.delete(this.waiting.keys().next().value!);
        const bytes = octets ? b.slice(start, end) : NO_OCTETS;
        this.waiting.set(no, { no, sec, nsec, bytes, wireLength, linkType });
      },
    };
  }

  onSegment = (s: Segment, c: Connection, direction: Direction): void => {
    const size = s.end - s.header;
    const tcp: Piece[] =
      s.origin === null
        ? [{ frame: s.frame, offset: s.frameOffset - (s.start - s.header), length: size }]
        : s.origin.locate(s.header, s.header + size);
    // Of a datagram put together all frames count, those that hold nothing but headers, padding or its end among them.
    const datagram = s.origin?.locate(0, s.bytes.length) ?? null;
    const numbers = [...new Set([...(datagram ?? tcp).map(piece => piece.frame), s.frame])].sort((a, b) => a - b);
    const { frame, flags, seq, length } = s;
    this.keep(numbers, c, {
      no: frame,
      direction,
      flags,
      seq,
      length,
      tcp,
      datagram,
      header: s.start - s.header,
    });
  };

  /** What ICMP says goes to the client. */
  onUnreachable = ({ frame, seq, header, captured, frameOffset }: Unreachable, c: Connection): void => {
    const tcp = [{ frame, offset: frameOffset, length: captured }];
    this.keep([frame], c, { no: frame, direction: 1, flags: 0, seq, length: 0, tcp, datagram: null, header });
  };

  private keep(numbers: readonly number[], c: Connection, unit: Omit<Unit, 'frames' | 'stream'>): void {
    const frames = numbers.flatMap(no => this.waiting.get(no) ?? []);
    for (const no of numbers) this.waiting.delete(no);
    if ((this.wanted !== null && !this.wanted.has(c.id)) || frames.length < numbers.length) return;
    for (const frame of frames) this.kept += frame.bytes.length;
    if (this.kept > MAX_BYTES) {
      throw new InputError(
        `${this.file}: the streams to extract hold more than ${MAX_BYTES >> 20} MiB; name fewer with --stream`,
      );
    }
    this.units.push({ ...unit, frames, stream: c.id });
  }
}

/** The segments of some streams of a file, in capture order. */
export async function gather(
  file: string,
  options: AnalyzeOptions,
  wanted: ReadonlySet<number> | null,
  octets = true,
): Promise<readonly Unit[]> {
  const gatherer = new Gatherer(file, wanted, octets);
  const { onFrame, onSegment, onUnreachable } = gatherer;
  await analyzeFile(file, { ...options, level: 'light' }, { onFrame, onSegment, onUnreachable });
  // A message that stands before the SYN that it is about is handed over with that.
  return gatherer.units.sort((a, b) => a.no - b.no);
}

/** The frames of some segments, each once, in capture order. */
export function framesOf(units: readonly Unit[]): KeptFrame[] {
  const frames = new Map<number, KeptFrame>();
  for (const unit of units) for (const frame of unit.frames) frames.set(frame.no, frame);
  return [...frames.values()].sort((a, b) => a.no - b.no);
}

/** Analyze frames at hand as if they were a capture: its frame n is `frames[n - 1]`. */
export function analyzeFrames(
  frames: readonly KeptFrame[],
  options: AnalyzeOptions,
  detail: Parameters<typeof startAnalysis>[1] = {},
): WholeReport {
  const analysis = startAnalysis(options, detail);
  const linkTypes = new Set<number>();
  frames.forEach(({ sec, nsec, bytes, wireLength, linkType }, i) => {
    linkTypes.add(linkType);
    detail.onFrame?.frame(i + 1, sec, nsec, bytes, 0, bytes.length, wireLength, linkType);
    analysis.frames.frame(i + 1, sec, nsec, bytes, 0, bytes.length, wireLength, linkType);
  });
  const at = (frame: KeptFrame) => ({ sec: frame.sec, nsec: frame.nsec });
  const reader = {
    format: 'frames',
    frames: frames.length,
    linkTypes,
    cut: new OddFrames(),
    span: () => (frames.length === 0 ? null : { first: at(frames[0]!), last: at(frames.at(-1)!) }),
  };
  return wholeReport(analysis.finish('', reader, 0, false));
}
