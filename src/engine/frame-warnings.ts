import { numbered } from '../base/numbers.ts';
import type { OddFrames } from '../capture/odd-frames.ts';
import type { ReadCapture } from '../capture/reader.ts';
import type { CaptureWarning } from '../model/report.ts';
import { compareStamps } from '../model/tsdu.ts';
import type { IpDecoder } from '../net/ip.ts';

/** What was met in the frames that is no matter of one connection. */
type FrameFaults = Pick<IpDecoder, 'cut' | 'headless' | 'damaged' | 'backwards' | 'fragments' | 'tunnels'>;

/** What the frames themselves leave open, one line each. */
export function frameWarnings(decoder: FrameFaults, reader: ReadCapture): CaptureWarning[] {
  const { cut, headless, damaged, backwards, fragments, tunnels } = decoder;
  const out: CaptureWarning[] = [];
  const add = (code: string, frame: number, message: string, offset: number | null = null) =>
    void out.push({ code, message, frame, offset });
  const short = reader.cut;
  for (const [cuts, which, so] of [
    [cut, `${cut.count} of the frames analyzed`, ''],
    [
      headless,
      `${numbered(headless.count, 'frame')} within the TCP header`,
      '; what is cut so short belongs to no stream',
    ],
    [short, `${numbered(short.count, 'frame')} short of the TCP ports`, "; what is cut so short can't be analyzed"],
  ] as const) {
    if (cuts.count > 0)
      add('capture.snaplen', cuts.frame, `a snap length cut ${which}, the first is ${placeOf(cuts)}${so}`, cuts.offset);
  }
  if (damaged.count > 0) {
    add(
      'capture.record-length',
      damaged.frame,
      `${damaged.count} of the frames analyzed claim a length on the wire that no frame has, the first is ${placeOf(damaged)}; where the IP header has no length either, what was captured is taken as the whole`,
      damaged.offset,
    );
  }
  if (backwards.count > 0) {
    const { count } = backwards;
    const place = placeOf(backwards);
    add(
      'capture.time',
      backwards.frame,
      `${count === 1 ? `${place} is earlier than the one before it` : `${count} frames are earlier than the one before them, the first is ${place}`}; frames are read in the order of the file (reordercap sorts it)`,
      backwards.offset,
    );
  }
  for (const table of [fragments, tunnels]) {
    if (table.lost > 0) {
      add(
        'capture.fragments',
        table.lostFrame,
        `${numbered(table.lost, 'IP datagram')} not put together, the first begins in frame ${table.lostFrame}`,
      );
    }
    if (table.contradicted > 0) {
      add(
        'capture.fragments',
        table.contradictedFrame,
        `fragments of ${numbered(table.contradicted, 'IP datagram')} contradict each other (other octets in the same place, or another end), the first in frame ${table.contradictedFrame}; in IPv4 what came first stays, in IPv6 the datagram is dropped`,
      );
    }
  }
  if (backwards.count === 0 && endsEarly(reader.span()))
    add(
      'capture.time',
      reader.frames,
      'the last frame of the file is earlier than the first; frames are read in the order of the file (reordercap sorts it)',
    );
  return out;
}

/** Frames that were not analyzed are not looked at one by one: of their times the first and the last are known. */
function endsEarly(span: ReturnType<ReadCapture['span']>): boolean {
  return span !== null && compareStamps(span.last, span.first) < 0;
}

function placeOf({ frame, offset }: OddFrames): string {
  return offset === null ? `frame ${frame}` : `frame ${frame} at byte ${offset}`;
}
