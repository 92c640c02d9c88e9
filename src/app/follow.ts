import { addTo } from '../base/lists.ts';
import { type Ast, evaluate } from '../filter/index.ts';
import type { Finding } from '../model/finding.ts';
import type { WholeReport } from '../model/report.ts';
import type { Stamp } from '../model/tsdu.ts';
import { ACK, FIN, RST, SYN } from '../net/segment.ts';
import { type FollowLayer, type FollowRow, followRows, joinRows } from '../report/follow.ts';
import { TpktSource } from '../report/packets-fields.ts';
import { readOnce } from '../source/once.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { batches } from './batches.ts';
import { firstReading } from './packets.ts';
import { streamOf } from './streams.ts';

export interface FollowRequest {
  readonly stream: number;
  readonly layer: FollowLayer;
  readonly filter: Ast | null;
  readonly showCredentials: boolean;
}

/** Frames whose times are remembered, for PDUs that become readable after later frames have come. */
const REMEMBERED = 16_384;

/** The stream before anything of it is printed; throws when there is none of that number. Null for a pipe, which is read once. */
export async function lookUp(file: string, stream: number, options: AnalyzeOptions): Promise<WholeReport | null> {
  if (readOnce(file)) return null;
  const report = await firstReading(file, options);
  streamOf(report, stream, options);
  return report;
}

/** The PDUs of one stream in batches, in the order in which they became readable. `before` is what `lookUp` gave. */
export async function* follow(
  file: string,
  request: FollowRequest,
  options: AnalyzeOptions,
  before: WholeReport | null,
): AsyncGenerator<FollowRow[], WholeReport> {
  const { stream, layer, filter } = request;
  const findings = new Map<number, Finding[]>();
  for (const finding of before?.findings ?? []) {
    if (finding.stream !== stream || finding.frame === null) continue;
    addTo(findings, finding.frame, finding);
  }
  const times = new Map<number, Stamp>();
  let now: Stamp = { sec: 0, nsec: 0 };
  let pending: FollowRow | null = null;
  const list = batches<FollowRow, WholeReport>(async (put, pause) => {
    const add = (row: FollowRow): void => {
      const joined: FollowRow | null = pending === null ? null : joinRows(pending, row);
      if (joined !== null) {
        pending = joined;
        return;
      }
      if (pending !== null) put(pending);
      pending = row;
    };
    /** What was found at frames up to this one; it stands behind what the frames hold. */
    const tellFindings = (upTo: number): void => {
      for (const [frame, found] of findings) {
        if (frame > upTo) continue;
        findings.delete(frame);
        for (const finding of found) if (filter === null) add(findingRow(finding, times.get(frame) ?? now));
      }
    };
    const report = await analyzeFile(file, options, {
      showCredentials: request.showCredentials,
      onFrame: {
        frame(no, sec, nsec) {
          tellFindings(no - 1);
          now = { sec, nsec };
        },
      },
      onSegment: (s, connection, direction) => {
        if (connection.id !== stream) return;
        times.set(s.frame, { sec: s.sec, nsec: s.nsec });
        if (times.size > REMEMBERED) times.delete(times.keys().next().value!);
        const name =
          s.flags & RST ? 'RST' : s.flags & SYN ? (s.flags & ACK ? 'SYN, ACK' : 'SYN') : s.flags & FIN ? 'FIN' : null;
        if (name === null || filter !== null) return;
        add({
          frames: [s.frame],
          frame: s.frame,
          time: now,
          direction,
          kind: 'tcp',
          name,
          octets: null,
          detail: '',
          text: [],
          count: 1,
        });
      },
      onPdu: pdu => {
        if (pdu.stream !== stream) return;
        if (filter !== null && !evaluate(filter, new TpktSource(pdu))) return;
        for (const row of followRows(pdu, layer, times.get(pdu.frame) ?? now)) add(row);
      },
      pause,
    });
    tellFindings(Number.POSITIVE_INFINITY);
    if (pending !== null) put(pending);
    return report;
  });
  const report = yield* list;
  return report!;
}

function findingRow(finding: Finding, time: Stamp): FollowRow {
  return {
    frames: [finding.frame!],
    frame: finding.frame!,
    time,
    direction: finding.direction,
    kind: 'finding',
    name: finding.severity,
    octets: null,
    detail: `${finding.code}: ${finding.message}`,
    text: [],
    count: 1,
  };
}
