import type { FrameSink } from '../capture/reader.ts';
import { portMap } from '../capture/select.ts';
import type { BufferChange, PduRecord } from '../engine/sink.ts';
import type { WholeReport } from '../model/report.ts';
import type { UnreachableWatch } from '../net/flows.ts';
import { BufferRecorder, LengthRecorder } from '../report/html/buffers.ts';
import type { CaptureSummary, Left, Share } from '../report/html/data.ts';
import { MisreadRecorder } from '../report/html/misread.ts';
import { RowBuilder } from '../report/html/rows.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { Enough } from './batches.ts';

/** How far the bounds reach for one capture; `Infinity` where a server pages instead of embedding. */
export interface PassBounds {
  readonly rows: number;
  readonly samples: number;
  readonly findings: number;
  readonly streams: number;
  readonly messages: number;
  readonly associations: number;
  readonly lengths: number;
}

export interface PassHooks {
  /** Each frame of the packet list, those behind the bound of rows too; `stream` is -1 outside of the streams. */
  readonly onFrame?: (stream: number, ...frame: Parameters<FrameSink['frame']>) => void;
  readonly onPdu?: (pdu: PduRecord) => void;
}

/** The first reading: the report, and what the machines held meanwhile. */
export interface FirstPass {
  readonly report: WholeReport;
  readonly buffers: BufferRecorder;
  readonly lengths: LengthRecorder;
  /** The frames of ICMP messages about a SYN, and its stream. */
  readonly about: ReadonlyMap<number, number>;
}

export interface Pass {
  readonly rows: RowBuilder;
  summary(frames: Share): CaptureSummary;
}

/** Read a capture for its report. It costs little more than `analyze`, since no tree is made. */
export async function firstPass(file: string, options: AnalyzeOptions): Promise<FirstPass> {
  const buffers = new BufferRecorder();
  const lengths = new LengthRecorder();
  const onBuffers = (change: BufferChange): void => {
    buffers.change(change);
    lengths.change(change);
  };
  const about = new Map<number, number>();
  const onUnreachable: UnreachableWatch = (m, c) => void about.set(m.frame, c.id);
  const report = await analyzeFile(file, options, { onBuffers, onUnreachable });
  return { report, buffers, lengths: lengths.without(report.findings), about };
}

/**
 * The second reading, for those who show packets: makes the rows, and the trees for `hooks`. `until` is the last frame that
 * matters to the caller; behind it and behind the last row nothing is read. Memory is bounded by `bounds`, not by the capture.
 */
export async function packetPass(
  file: string,
  first: FirstPass,
  options: AnalyzeOptions,
  bounds: PassBounds,
  hooks: PassHooks,
  until = 0,
): Promise<Pass> {
  const { report, about } = first;
  const start = report.first ?? { sec: 0, nsec: 0 };
  const ports = options.anyPort ? null : portMap(options.ports);
  const rows = new RowBuilder(ports, report.streams, about, start, bounds.rows);
  const misread = new MisreadRecorder(report.findings);
  const last = report.findings.reduce((n, f) => Math.max(n, f.request === undefined ? 0 : (f.frame ?? 0)), until);
  let now = 0;
  const reading = analyzeFile(
    file,
    { ...options, crossCheck: false },
    {
      onReader: reader => {
        rows.comments = () => reader.comments();
      },
      onFrame: {
        frame(no, sec, nsec, bytes, from, to, wireLength, linkType) {
          now = no;
          const { offered } = rows;
          rows.frame(no, sec, nsec, bytes, from, to, wireLength, linkType);
          misread.frame(no, bytes, from, to);
          if (rows.offered === offered) return;
          hooks.onFrame?.(rows.stream, no, sec, nsec, bytes, from, to, wireLength, linkType);
        },
      },
      onSegment: rows.segment,
      onPdu(pdu) {
        rows.pdu(pdu);
        misread.pdu(pdu);
        hooks.onPdu?.(pdu);
      },
      pause: async () => {
        rows.settle();
        if (rows.rows >= bounds.rows && now > last) throw new Enough('nothing behind this frame is shown');
      },
    },
  );
  await reading.catch((error: unknown) => {
    if (!(error instanceof Enough)) throw error;
  });
  rows.end();
  return {
    rows,
    summary(frames) {
      const fatal = new Set(report.findings.filter(f => f.request !== undefined).map(f => f.stream ?? -1));
      const held = first.buffers.result(bounds.samples, fatal, start.sec + start.nsec / 1e9);
      const counted = first.lengths.result();
      const lengthLines = [];
      let used = 0;
      for (const line of counted) {
        used += line.counts.length;
        if (used > bounds.lengths) break;
        lengthLines.push(line);
      }
      const findings = report.findings.slice(0, bounds.findings);
      const streams = report.streams.slice(0, bounds.streams);
      const messages = report.messages.slice(0, bounds.messages);
      const associations = report.associations.slice(0, bounds.associations);
      const share = (kept: ArrayLike<unknown>, of: ArrayLike<unknown>): Share => ({ kept: kept.length, of: of.length });
      const left: Left = {
        rows: { kept: rows.rows, of: Math.max(rows.offered, report.selectedFrames) },
        frames,
        bufferLines: { kept: held.lines.length, of: held.lines.length + held.left },
        findings: share(findings, report.findings),
        streams: share(streams, report.streams),
        messages: share(messages, report.messages),
        associations: share(associations, report.associations),
        lengthLines: share(lengthLines, counted),
      };
      return {
        report: { ...report, findings, streams, messages, associations },
        buffers: held.lines,
        lengths: lengthLines,
        misread: misread.result(),
        left,
      };
    },
  };
}
