import { InputError } from '../base/errors.ts';
import { addTo } from '../base/lists.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { type Ast, affects, evaluate } from '../filter/index.ts';
import type { Finding } from '../model/finding.ts';
import { SEVERITIES, type WholeReport } from '../model/report.ts';
import type { UnreachableWatch } from '../net/flows.ts';
import { icmpRow, type PacketRow, packetRow } from '../report/packets.ts';
import { IcmpSource, looksIntoFrames, PacketSource, PduSource } from '../report/packets-fields.ts';
import { icmpPacket } from '../report/packets-icmp.ts';
import { PacketLister } from '../report/packets-list.ts';
import { readOnce } from '../source/once.ts';
import type { DetailOptions } from './analysis-options.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { batches, Enough } from './batches.ts';
import { noStream } from './streams.ts';

/** Which packets; all conditions hold together. */
export interface PacketSelection {
  readonly streams: readonly number[];
  /** Both ends included; empty for all. */
  readonly frames: readonly { readonly from: number; readonly to: number }[];
  readonly filter: Ast | null;
}

export interface PacketTotals {
  /** Of the whole capture; null when reading ended with the last frame asked for, or the capture came through a pipe. */
  readonly report: WholeReport | null;
  /** Frames of the streams that were looked at, and of the ICMP messages about their SYNs. */
  readonly seen: number;
  /** How many of them are ICMP's. */
  readonly told: number;
  /** TPKTs that became readable when their frame had been listed, and that could have changed the list; the frame of the first. */
  readonly late: number;
  readonly firstLate: number;
}

/**
 * The packets of one capture in batches, in capture order and in bounded memory. A file is read twice, so that each packet can say
 * what was found at it; a pipe cannot be.
 */
export async function* packets(
  file: string,
  options: AnalyzeOptions,
  selection: PacketSelection,
): AsyncGenerator<PacketRow[], PacketTotals> {
  /** The frames of ICMP messages about a SYN, and its stream. */
  const about = new Map<number, number>();
  const onUnreachable: UnreachableWatch = (m, c) => void about.set(m.frame, c.id);
  const before = readOnce(file) ? null : await firstReading(file, options, { onUnreachable });
  if (before !== null) checkStreams(before, selection, options);
  const findings = before === null ? new Map<number, Finding[]>() : findingsByFrame(before);
  // Without ports every TCP stream is followed; those without evidence are no rows.
  const known = before !== null && options.anyPort ? new Set(before.streams.map(stream => stream.id)) : null;
  for (const [no, stream] of about) if (known?.has(stream) === false) about.delete(no);
  const { streams, frames, filter } = selection;
  const last = frames.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...frames.map(range => range.to));
  let reader: CaptureReader | null = null;
  const lister = new PacketLister<PacketRow>({
    wanted: ({ stream, no }) =>
      (streams.length === 0 || streams.includes(stream)) &&
      (known === null || known.has(stream)) &&
      (frames.length === 0 || frames.some(({ from, to }) => no >= from && no <= to)),
    // The first frame of the capture may be of other traffic, which is not handed over.
    first: () => reader?.span()?.first ?? null,
    comments: () => reader?.comments() ?? [],
    matters: pdu => filter === null || affects(filter, new PduSource(pdu)),
    octets: looksIntoFrames(filter),
    finish: packet =>
      filter === null || evaluate(filter, new PacketSource(packet))
        ? packetRow(file, packet, findings.get(packet.no) ?? [])
        : null,
    told: (place, frame) => {
      const message = icmpPacket(place, frame);
      return filter === null || evaluate(filter, new IcmpSource(message))
        ? icmpRow(file, message, findings.get(place.no) ?? [])
        : null;
    },
  });
  let seen = 0;
  const tell = (at: { frame: number; sec: number; nsec: number }, stream: number): void => {
    seen++;
    lister.unreachable(at, stream);
  };
  let current = 0;
  const list = batches<PacketRow, WholeReport>(async (put, pause) => {
    const flush = (): void => {
      for (const row of lister.take()) put(row);
    };
    const report = await analyzeFile(file, options, {
      onReader(opened) {
        reader = opened;
      },
      onFrame: {
        frame(no, sec, nsec, bytes, start, end, wireLength, linkType) {
          current = no;
          lister.frame(sec, nsec, { bytes, start, end, linkType }, wireLength);
          const stream = about.get(no);
          if (stream !== undefined) tell({ frame: no, sec, nsec }, stream);
        },
      },
      onSegment: (s, connection, direction) => {
        if (known === null || known.has(connection.id)) seen++;
        lister.segment(s, connection, direction);
      },
      // A pipe has been read once: a message that stands before the SYN that it is about has gone by when that says so.
      ...(before === null && {
        onUnreachable: (m, c) => {
          if (m.frame !== current) return;
          onUnreachable(m, c);
          tell(m, c.id);
        },
      }),
      onPdu: pdu => lister.pdu(pdu),
      pause: async () => {
        flush();
        await pause();
        if (current > last && lister.empty) throw new Enough('the last frame asked for has been listed');
      },
    });
    lister.end();
    flush();
    return report;
  });
  const report = yield* list;
  // A pipe says only now whether there is such a stream.
  if (before === null && report !== null) checkStreams(report, selection, options);
  return { report: report ?? before, seen, told: about.size, late: lister.late, firstLate: lister.firstLate };
}

/** Of several captures one may have a stream that another has not: the others are listed all the same. */
function checkStreams(report: WholeReport, { streams }: PacketSelection, options: AnalyzeOptions): void {
  for (const stream of streams) {
    const missing = noStream(report, stream, options);
    if (missing !== null) throw new InputError(missing);
  }
}

/** What the second reading wants to know of the first: findings, streams, counts. */
export async function firstReading(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<WholeReport> {
  const report = await analyzeFile(file, { ...options, crossCheck: false }, detail);
  return { ...report, messages: [], associations: [] };
}

function findingsByFrame(report: WholeReport): Map<number, Finding[]> {
  const out = new Map<number, Finding[]>();
  for (const finding of report.findings) {
    if (finding.frame === null || finding.stream === null) continue;
    addTo(out, finding.frame, finding);
  }
  for (const list of out.values()) list.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return out;
}
