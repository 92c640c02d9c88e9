import { aroundText, withheldIn } from '../asn1/secrets.ts';
import { addTo } from '../base/lists.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { Field, LayerTree } from '../model/field.ts';
import type { Direction } from '../model/finding.ts';
import type { Run } from '../report/hex.ts';
import type { FrameDetail, Space, ViewField, ViewTree } from '../report/html/detail.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** What of a frame is not to be shown: octets of credentials, and values that have them among theirs. */

/** Where the payload of a segment stands: in its direction, and in its frame. */
export interface Payload {
  readonly stream: number;
  readonly direction: Direction;
  /** Sequence number of the first octet. */
  readonly seq: number;
  readonly length: number;
  readonly frameOffset: number;
}

/** Octets that are not to be shown, by space of the frame's detail. */
export function hiddenRuns(records: readonly PduRecord[], no: number, spaces: readonly Space[]): Map<number, Run[]> {
  const hidden = new Map<number, Run[]>();
  for (const { trees } of records) {
    for (const tree of trees) for (const secret of withheldIn(tree.fields)) hide(secret, tree, no, spaces, hidden);
  }
  return hidden;
}

/**
 * The same for octets that came before in another frame, where they were read: the capture is read again, for only now it is known
 * what the frame repeats. Positions are those of the frame.
 */
export async function hiddenCopies(file: string, copy: Payload, options: AnalyzeOptions): Promise<Run[]> {
  /** How much later in its frame than in the copy an octet stands, by frame. */
  const shifts = new Map<number, number>();
  const out: Run[] = [];
  const { start, end } = { start: copy.frameOffset, end: copy.frameOffset + copy.length };
  await analyzeFile(file, options, {
    onSegment: (s, connection, direction) => {
      if (connection.id !== copy.stream || direction !== copy.direction || s.origin !== null) return;
      const later = (s.seq - copy.seq) | 0;
      if (later < copy.length && later + s.length > 0) shifts.set(s.frame, s.frameOffset - start - later);
    },
    onPdu: ({ stream, direction, trees }) => {
      if (stream !== copy.stream || direction !== copy.direction) return;
      for (const tree of trees) {
        for (const secret of withheldIn(tree.fields)) {
          for (const { frame, offset, length } of tree.origin?.locate(secret.start, secret.end) ?? []) {
            const shift = shifts.get(frame);
            if (shift === undefined) continue;
            const run = { start: Math.max(start, offset - shift), end: Math.min(end, offset + length - shift) };
            if (run.end > run.start) out.push(run);
          }
        }
      }
    },
  });
  return out;
}

/** A frame's trees, without values that hold what is hidden. */
export function withoutSecrets(detail: FrameDetail, hidden: ReadonlyMap<number, readonly Run[]>): FrameDetail {
  return { ...detail, trees: detail.trees.map(tree => withheld(tree, hidden.get(tree.space) ?? [])) };
}

/** The octets of a content, or of a fragment of one, are its field's value as well. */
function withheld(tree: ViewTree, hidden: readonly Run[]): ViewTree {
  if (hidden.length === 0) return tree;
  const without = (f: ViewField): ViewField => {
    const children = f.children.map(without);
    const holds = typeof f.value === 'string' && hidden.some(run => run.start < f.end && run.end > f.start);
    if (!holds) return { ...f, children };
    return { ...f, value: null, text: aroundText(f.end - f.start), children };
  };
  return { ...tree, fields: tree.fields.map(without) };
}

function hide(secret: Field, tree: LayerTree, no: number, spaces: readonly Space[], hidden: Map<number, Run[]>): void {
  // The same octets may stand in the frame, in the TSDU and in the APDU: wherever one of them was captured, it is hidden.
  const captured = tree.origin?.locate(secret.start, secret.end) ?? [];
  for (const piece of captured) {
    if (piece.frame === no) addTo(hidden, 0, { start: piece.offset, end: piece.offset + piece.length });
  }
  for (const [i, space] of spaces.entries()) {
    if (space.bytes === tree.bytes) {
      addTo(hidden, i, secret);
      continue;
    }
    let at = 0;
    for (const piece of space.pieces ?? []) {
      for (const part of captured) {
        const from = Math.max(piece.offset, part.offset);
        const to = Math.min(piece.offset + piece.length, part.offset + part.length);
        if (piece.frame === part.frame && to > from)
          addTo(hidden, i, { start: at + from - piece.offset, end: at + to - piece.offset });
      }
      at += piece.length;
    }
  }
}
