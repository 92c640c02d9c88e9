import { InputError, UsageError } from '../base/errors.ts';
import { addTo } from '../base/lists.ts';
import { numbered, thousands } from '../base/numbers.ts';
import { linkTypeName } from '../capture/link.ts';
import type { CaptureReader, FrameSink } from '../capture/reader.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { LayerTree } from '../model/field.ts';
import type { Finding } from '../model/finding.ts';
import type { Piece } from '../model/origin.ts';
import type { WholeReport } from '../model/report.ts';
import type { Run } from '../report/hex.ts';
import { type Datagram, frameDetail } from '../report/html/detail.ts';
import type { StoredFrame } from '../report/html/frames.ts';
import { machineTrees } from '../report/html/machine-tree.ts';
import { pduInfo } from '../report/packets-info.ts';
import { type Packet, PacketLister } from '../report/packets-list.ts';
import type { Carried, FrameView } from '../report/tree.ts';
import { feed } from '../source/feed.ts';
import { readOnce, sourceName } from '../source/once.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { hiddenCopies, hiddenRuns, type Payload, withoutSecrets } from './show-secrets.ts';

/**
 * Everything about frame `no` of a capture, findings included. The whole capture is read, since what stands in a frame may be
 * completed, and judged, by a later one. Throws `UsageError` when there is no such frame.
 */
export async function showFrame(
  file: string,
  no: number,
  options: AnalyzeOptions,
  showCredentials: boolean,
): Promise<FrameView> {
  let reader: CaptureReader | null = null;
  const keeper = new FrameKeeper(no, () => reader?.comments() ?? []);
  let packet: Packet | null = null;
  let payload: Payload | null = null;
  let datagram: Datagram | null = null;
  let about: number | null = null;
  const records: PduRecord[] = [];
  const lister = new PacketLister<Packet>({ wanted: p => p.no === no, finish: p => p });
  const collect = (): void => {
    for (const found of lister.take()) packet = found;
  };
  const report = await analyzeFile(file, options, {
    onReader: opened => {
      reader = opened;
    },
    showCredentials,
    onFrame: {
      frame(number, sec, nsec, bytes, start, end, wireLength, linkType) {
        lister.frame(sec, nsec, { bytes, start, end, linkType }, wireLength);
        keeper.frame(number, sec, nsec, bytes, start, end, wireLength, linkType);
      },
    },
    onSegment: (s, connection, direction) => {
      if (s.frame === no) {
        const { seq, length, frameOffset } = s;
        payload = { stream: connection.id, direction, seq, length, frameOffset };
        if (s.origin !== null)
          datagram = { bytes: s.bytes.slice(0, s.start), tcp: s.header, pieces: s.origin.locate(0, s.start) };
      }
      lister.segment(s, connection, direction);
    },
    onUnreachable: (m, connection) => {
      if (m.frame === no) about = connection.id;
    },
    onPdu: pdu => {
      lister.pdu(pdu);
      // A PDU is complete no earlier than its octets were there: before the frame was read nothing can concern it.
      if (pdu.frame === no || (pdu.stream === payload?.stream && concerns(pdu, no))) records.push(pdu);
    },
    pause: async () => collect(),
  });
  lister.end();
  collect();
  const { frame, comments } = keeper.kept ?? (await otherFrame(file, no, report));
  const all = { ...view(file, frame, comments, datagram, packet, records, report), about };
  if (showCredentials) return all;
  const hidden = hiddenRuns(records, no, all.detail.spaces);
  if (payload !== null && all.loose.length > 0) {
    hidden.set(0, [...(hidden.get(0) ?? []), ...(await hiddenCopies(file, payload, options))]);
  }
  return { ...all, detail: withoutSecrets(all.detail, hidden), hidden };
}

function concerns(pdu: PduRecord, no: number): boolean {
  if (pdu.pieces.some(piece => piece.frame === no)) return true;
  return pdu.trees.some(tree => holds(tree, no));
}

function holds({ origin, start, end }: LayerTree, no: number): boolean {
  return origin?.locate(start, end).some(piece => piece.frame === no) ?? false;
}

/** A frame that is none of an ISO transport stream's; the reader ruled it out, so the capture is read again for it. */
async function otherFrame(file: string, no: number, report: WholeReport): Promise<KeptFrame> {
  if (no > report.frames)
    throw new UsageError(`show: frame ${no}: the capture has ${numbered(report.frames, 'frame')}`);
  if (readOnce(file))
    throw new InputError(`${sourceName(file)}: frame ${no} is in no ISO transport stream; name a file to look at it`);
  let reader: CaptureReader | null = null;
  const keeper = new FrameKeeper(no, () => reader?.comments() ?? []);
  await feed(file, {
    onReader: opened => {
      reader = opened;
    },
    ports: null,
    everyFrame: true,
    warn: () => {}, // said already: this is the second reading
    sink: keeper,
  });
  const { kept } = keeper;
  if (kept === null) throw new InputError(`${file}: frame ${no} is damaged, or a pcapng block that holds no packet`);
  return kept;
}

interface KeptFrame {
  readonly frame: StoredFrame;
  readonly comments: readonly string[];
}

/** Keeps one frame of a capture; its octets are copied, for a reader uses its buffer again. */
class FrameKeeper implements FrameSink {
  kept: KeptFrame | null = null;
  private readonly no: number;
  private readonly comments: () => readonly string[];

  /** @param comments of the frame that is being handed over */
  constructor(no: number, comments: () => readonly string[]) {
    this.no = no;
    this.comments = comments;
  }

  frame: FrameSink['frame'] = (no, sec, nsec, bytes, start, end, wireLength, linkType) => {
    if (no !== this.no) return;
    const octets = bytes.slice(start, end);
    const frame = { no, sec, nsec, wireLength: Math.max(wireLength, octets.length), linkType, bytes: octets };
    this.kept = { frame, comments: this.comments() };
  };
}

function view(
  file: string,
  frame: StoredFrame,
  comments: readonly string[],
  datagram: Datagram | null,
  packet: Packet | null,
  records: readonly PduRecord[],
  report: WholeReport,
): Omit<FrameView, 'about'> {
  const { no } = frame;
  const findings = report.findings.filter(
    f => f.frame === no || f.frames.includes(no) || (f.request?.headerFrames.includes(no) ?? false),
  );
  // A TPKT that stands here as a whole is shown here, also when a hole or a misread header made it readable later.
  const whole = (record: PduRecord): boolean =>
    record.pieces.length > 0 && record.pieces.every(piece => piece.frame === no);
  const complete = records.filter(record => record.frame === no || whole(record));
  const detail = frameDetail(
    frame,
    complete.map(record => ({ ...record, frame: no })),
    { comments, datagram },
  );
  return {
    file,
    detail,
    linkType: linkTypeName(frame.linkType),
    packet,
    findings,
    machine: machineTrees(findings, no),
    asSent: asSent(complete, report.findings, packet),
    tpkts: complete.map(record => ({ streamOffset: record.streamOffset, readableIn: record.frame })),
    carried: records.filter(record => !complete.includes(record)).flatMap(record => carriedBy(record, no)),
    loose: loose(
      packet,
      detail.trees.findLast(tree => tree.layer === 'tcp' && tree.space === 0)?.end ?? null,
      records,
      no,
      frame.bytes.length,
    ),
    hidden: new Map(),
  };
}

/** TPKTs that begin where the framing was found again behind a header that was misread. */
function asSent(complete: readonly PduRecord[], findings: readonly Finding[], packet: Packet | null): Set<number> {
  const out = new Set<number>();
  for (const finding of findings) {
    const boundary = finding.request?.disturbance?.trueBoundary ?? null;
    if (boundary === null || finding.stream !== packet?.stream || finding.direction !== packet.direction) continue;
    const at = complete.findIndex(record => record.streamOffset === boundary);
    if (at >= 0) out.add(at);
  }
  return out;
}

/** What a later frame completes of the octets of this one: the TPKT, then what was put together from TPKTs. */
function carriedBy(record: PduRecord, no: number): Carried[] {
  const out: Carried[] = [];
  const count = (pieces: readonly Piece[]): number => pieces.reduce((n, p) => n + (p.frame === no ? p.length : 0), 0);
  const first = (pieces: readonly Piece[]): number => {
    let at = 0;
    for (const piece of pieces) {
      if (piece.frame === no) break;
      at += piece.length;
    }
    return at;
  };
  const { info } = pduInfo(record.trees.filter(tree => tree.layer === 'tpkt' || tree.layer === 'cotp'));
  const octets = count(record.pieces);
  if (octets > 0) {
    const what = `a TPKT at stream offset ${thousands(record.streamOffset)} (${info})`;
    out.push({ what, frame: record.frame, octets, of: record.length, at: first(record.pieces) });
  }
  const own = record.trees[0]?.bytes;
  const groups = new Map<Uint8Array, LayerTree[]>();
  for (const tree of record.trees) {
    if (tree.bytes === own) continue;
    addTo(groups, tree.bytes, tree);
  }
  for (const [bytes, trees] of groups) {
    const pieces = trees[0]!.origin?.locate(0, bytes.length) ?? [];
    const here = count(pieces);
    if (here === 0) continue;
    const kind = trees[0]!.layer === 'ses' ? 'a TSDU' : 'an APDU';
    out.push({
      what: `${kind} (${pduInfo(trees).info})`,
      frame: record.frame,
      octets: here,
      of: bytes.length,
      at: first(pieces),
    });
  }
  return out;
}

/** Payload of the frame that no TPKT holds. */
function loose(
  packet: Packet | null,
  payload: number | null,
  records: readonly PduRecord[],
  no: number,
  captured: number,
): Run[] {
  if (packet === null || payload === null || packet.length === 0) return [];
  const runs = records
    .flatMap(record => record.pieces)
    .filter(piece => piece.frame === no)
    .sort((a, b) => a.offset - b.offset);
  const out: Run[] = [];
  let at = payload;
  for (const piece of runs) {
    if (piece.offset > at) out.push({ start: at, end: piece.offset });
    at = Math.max(at, piece.offset + piece.length);
  }
  const end = Math.min(payload + packet.length, captured);
  if (at < end) out.push({ start: at, end });
  return out;
}
