import type { PduRecord } from '../../engine/sink.ts';
import type { Finding } from '../../model/finding.ts';

export interface OctetCell {
  /** Offset in the reassembled direction. */
  readonly offset: number;
  readonly octet: number;
  readonly frame: number;
  /** Offset within the frame. */
  readonly at: number;
}

/** The octets around four that were taken for a TPKT header. */
export interface Misread {
  /** Index in the report's findings. */
  readonly finding: number;
  /** The TPKT whose length led here: the one before, or the one whose header asked; null when framing was sound. */
  readonly previous: { readonly offset: number; readonly declared: number } | null;
  readonly trueBoundary: number | null;
  readonly header: number;
  /** In order of offset; where two neighbours are more than one apart, octets were left out. */
  readonly cells: OctetCell[];
}

/** Octets shown at the beginning of the TPKT before, before the first boundary, and behind the header. */
const HEAD = 8;
const BEFORE = 8;
const AFTER = 8;
const MAX_FINDINGS = 50;

interface Wanted {
  readonly index: number;
  readonly finding: Finding;
  readonly cells: Map<number, OctetCell>;
}

/** Collects those octets while the capture is read again: each TPKT as it is framed, and the frames that hold the headers. */
export class MisreadRecorder {
  private readonly wanted: Wanted[] = [];
  private readonly frames = new Map<number, Uint8Array>();

  constructor(findings: readonly Finding[]) {
    for (const [index, finding] of findings.entries()) {
      if (finding.request === undefined || this.wanted.length >= MAX_FINDINGS) continue;
      this.wanted.push({ index, finding, cells: new Map() });
    }
  }

  frame(no: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.wanted.some(w => w.finding.request!.headerFrames.includes(no)))
      this.frames.set(no, bytes.slice(start, end));
  }

  pdu(pdu: PduRecord): void {
    for (const { finding, cells } of this.wanted) {
      if (finding.stream !== pdu.stream || finding.direction !== pdu.direction) continue;
      const { streamOffset, disturbance } = finding.request!;
      const from = Math.min(disturbance?.streamOffset ?? streamOffset, streamOffset);
      const to = end(finding);
      if (pdu.streamOffset >= to || pdu.streamOffset + pdu.length <= from) continue;
      const bytes = pdu.trees[0]?.bytes;
      if (bytes === undefined) continue;
      let offset = pdu.streamOffset;
      for (const piece of pdu.pieces) {
        for (let i = 0; i < piece.length; i++, offset++) {
          if (offset < from || offset >= to || !shown(offset, finding)) continue;
          const octet = bytes[offset - pdu.streamOffset]!;
          cells.set(offset, { offset, octet, frame: piece.frame, at: piece.offset + i });
        }
      }
    }
  }

  result(): Misread[] {
    return this.wanted.map(({ index, finding, cells }) => {
      const { streamOffset, headerPieces, disturbance } = finding.request!;
      let offset = streamOffset;
      for (const [n, piece] of headerPieces.entries()) {
        const bytes = this.frames.get(piece.frame);
        const more = n === headerPieces.length - 1 ? AFTER : 0;
        for (let i = 0; i < piece.length + more; i++, offset++) {
          const octet = bytes?.[piece.offset + i];
          if (octet === undefined) break;
          cells.set(offset, { offset, octet, frame: piece.frame, at: piece.offset + i });
        }
      }
      return {
        finding: index,
        previous:
          disturbance !== null ? { offset: disturbance.streamOffset, declared: disturbance.declaredLength } : null,
        trueBoundary: disturbance?.trueBoundary ?? null,
        header: streamOffset,
        cells: [...cells.values()].sort((a, b) => a.offset - b.offset),
      };
    });
  }
}

/** Behind the last octet that is shown: past the header that asked, and past the next one that was sent. */
function end(finding: Finding): number {
  const { streamOffset, disturbance } = finding.request!;
  return Math.max(streamOffset, disturbance?.trueBoundary ?? 0) + 4 + AFTER;
}

/** The beginning of the TPKT that led here, everything around the header that asked, and around the next one that was sent. */
function shown(offset: number, finding: Finding): boolean {
  const { streamOffset, disturbance } = finding.request!;
  if (disturbance === null) return offset >= streamOffset;
  if (offset < disturbance.streamOffset + HEAD) return true;
  return [streamOffset, disturbance.trueBoundary ?? streamOffset].some(
    boundary => offset >= boundary - BEFORE && offset < boundary + 4 + AFTER,
  );
}
