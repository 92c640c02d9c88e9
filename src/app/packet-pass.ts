import type { FrameSink } from '../capture/reader.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { CaptureReport } from '../model/report.ts';
import { requestModel } from '../mta/request.ts';
import { BufferRecorder, LengthRecorder } from '../report/html/buffers.ts';
import type { CaptureSummary, Left, Share } from '../report/html/data.ts';
import { BOUNDS } from '../report/html/data.ts';
import { portMap } from '../report/html/engine.ts';
import { pduWords } from '../report/html/info.ts';
import { MisreadRecorder } from '../report/html/misread.ts';
import { RowBuilder } from '../report/html/rows.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

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
  /** Each frame after its row was made; `stream` is -1 outside of the streams. */
  readonly onFrame?: (stream: number, ...frame: Parameters<FrameSink['frame']>) => void;
  readonly onPdu?: (pdu: PduRecord) => void;
}

export interface Pass {
  readonly rows: RowBuilder;
  summary(frames: Share): CaptureSummary;
}

/**
 * The second reading of a capture, for those who show packets: `report` (of the first reading) says which streams there are and
 * which octets the findings are about. Memory is bounded by `bounds`, not by the capture.
 */
export async function packetPass(
  file: string,
  report: CaptureReport,
  options: AnalyzeOptions,
  bounds: PassBounds = BOUNDS,
  hooks: PassHooks = {},
): Promise<Pass> {
  const start = report.first ?? { sec: 0, nsec: 0 };
  const rows = new RowBuilder(options.anyPort ? null : portMap(options.ports), report.streams, start, bounds.rows);
  const buffers = new BufferRecorder(requestModel(options.profile), options.profile.fields.lifetime.value);
  const lengths = new LengthRecorder();
  const misread = new MisreadRecorder(report.findings);
  let now = 0;
  await analyzeFile(
    file,
    { ...options, crossCheck: false },
    {
      onFrame: {
        frame(no, sec, nsec, bytes, from, to, wireLength, linkType) {
          now = sec - start.sec + (nsec - start.nsec) / 1e9;
          rows.frame(no, sec, nsec, bytes, from, to, wireLength, linkType);
          misread.frame(no, bytes, from, to);
          hooks.onFrame?.(rows.stream, no, sec, nsec, bytes, from, to, wireLength, linkType);
        },
      },
      onPdu(pdu) {
        rows.pdu(pdu);
        buffers.pdu(pdu, pduWords(pdu).kind, now);
        lengths.pdu(pdu);
        misread.pdu(pdu);
        hooks.onPdu?.(pdu);
      },
    },
  );
  return {
    rows,
    summary(frames) {
      const times = new Map(
        report.events.map(e => [e.frame, e.time.sec - start.sec + (e.time.nsec - start.nsec) / 1e9]),
      );
      for (const finding of report.findings) {
        if (finding.request === undefined || finding.frame === null) continue;
        const table = rows.rows;
        buffers.request(finding, times.get(finding.frame) ?? (table > 0 ? now : 0));
      }
      const fatal = new Set(report.findings.filter(f => f.request !== undefined).map(f => f.stream ?? -1));
      const held = buffers.result(bounds.samples, fatal);
      const counted = lengths.result();
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
        rows: { kept: rows.rows, of: rows.offered },
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
