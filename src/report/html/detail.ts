import { thousands } from '../../base/numbers.ts';
import type { PduRecord } from '../../engine/sink.ts';
import type { Field, LayerTree } from '../../model/field.ts';
import type { Piece } from '../../model/origin.ts';
import type { StoredFrame } from './frames.ts';
import { datagramTrees, linkTrees } from './link-tree.ts';

/** Octets that trees speak of: the frame itself (always the first), or something put together from several frames. */
export interface Space {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** Where the octets were captured, in order of position; null for the frame itself. */
  readonly pieces: readonly Piece[] | null;
}

/** A field as the page shows it; `start` and `end` are positions in the octets of the tree's space. */
export interface ViewField {
  readonly name: string;
  readonly label: string;
  /** As a filter compares it; big numbers as text. */
  readonly value: number | boolean | string | null;
  readonly text: string | null;
  readonly start: number;
  readonly end: number;
  readonly children: readonly ViewField[];
  readonly fault: string | null;
}

export interface ViewTree {
  readonly layer: string;
  readonly title: string;
  readonly space: number;
  readonly start: number;
  readonly end: number;
  readonly fields: readonly ViewField[];
  /** Which TPKT of the frame it belongs to, counted from 0; -1 for link, IP and TCP. */
  readonly pdu: number;
}

/** Everything that the three panes show of one frame. */
export interface FrameDetail {
  readonly no: number;
  readonly sec: number;
  readonly nsec: number;
  readonly wireLength: number;
  readonly spaces: readonly Space[];
  readonly trees: readonly ViewTree[];
  /** Frames in which a TPKT ends that has octets in this frame. */
  readonly completedIn: readonly number[];
  /** What the reader should know about these trees; empty when there is nothing to say. */
  readonly note: string;
  /** As pcapng has them. */
  readonly comments: readonly string[];
}

/** The datagram that a frame completes, up to what its TCP segment carries, and where that segment begins. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly tcp: number;
  readonly pieces: readonly Piece[];
}

/** A TPKT that has octets in the frame but is completed by a later one counts in `completedIn` only. */
export function frameDetail(
  frame: StoredFrame,
  pdus: readonly PduRecord[],
  {
    note = '',
    comments = [],
    datagram = null,
  }: Partial<Pick<FrameDetail, 'note' | 'comments'> & { datagram: Datagram | null }> = {},
): FrameDetail {
  const spaces: Space[] = [{ label: `Frame ${frame.no}`, bytes: frame.bytes, pieces: null }];
  const trees: ViewTree[] = linkTrees(frame.bytes, frame.linkType).map(tree => viewTree(tree, 0, 0, -1));
  if (datagram !== null) {
    const { bytes, tcp, pieces } = datagram;
    const headers = datagramTrees(bytes, tcp, frame.bytes, frame.linkType);
    if (headers.length > 0)
      spaces.push({ label: `Headers of the datagram (${thousands(bytes.length)} octets)`, bytes, pieces });
    for (const tree of headers) trees.push(viewTree(tree, 1, 0, -1));
  }
  const completedIn = new Set<number>();
  let pdu = 0;
  for (const record of pdus) {
    if (record.frame !== frame.no) {
      if (record.pieces.some(p => p.frame === frame.no)) completedIn.add(record.frame);
      continue;
    }
    const known = new Map<Uint8Array, { space: number; shift: number }>();
    for (const tree of record.trees) {
      let place = known.get(tree.bytes);
      if (place === undefined) {
        place = placeOf(tree, record, frame, spaces);
        known.set(tree.bytes, place);
      }
      trees.push(viewTree(tree, place.space, place.shift, pdu));
    }
    pdu++;
  }
  const { no, sec, nsec, wireLength } = frame;
  return { no, sec, nsec, wireLength, spaces, trees, completedIn: [...completedIn], note, comments };
}

/** Octets that stand in the frame in one run are shown there; others get a space of their own. */
function placeOf(
  tree: LayerTree,
  record: PduRecord,
  frame: StoredFrame,
  spaces: Space[],
): { space: number; shift: number } {
  const pieces = tree.origin?.locate(0, tree.bytes.length) ?? (tree.layer === 'tpkt' ? record.pieces : []);
  const only = pieces.length === 1 ? pieces[0]! : null;
  if (only !== null && only.frame === frame.no && only.length === tree.bytes.length) {
    return { space: 0, shift: only.offset };
  }
  const what = tree.layer === 'tpkt' ? 'TPKT' : tree.layer === 'ses' ? 'TSDU' : tree.layer.toUpperCase();
  spaces.push({ label: `${what} (${thousands(tree.bytes.length)} octets)`, bytes: tree.bytes, pieces });
  return { space: spaces.length - 1, shift: 0 };
}

function viewTree(tree: LayerTree, space: number, shift: number, pdu: number): ViewTree {
  return {
    layer: tree.layer,
    title: tree.title,
    space,
    start: tree.start + shift,
    end: tree.end + shift,
    fields: tree.fields.map(f => viewField(f, shift)),
    pdu,
  };
}

function viewField(f: Field, shift: number): ViewField {
  return {
    name: f.name,
    label: f.label,
    value: typeof f.value === 'bigint' ? String(f.value) : (f.value ?? null),
    text: f.text ?? null,
    start: f.start + shift,
    end: f.end + shift,
    children: f.children.map(child => viewField(child, shift)),
    fault: f.fault ?? null,
  };
}

/** `FrameDetail` as JSON: octets as base64. */
export interface SentDetail extends Omit<FrameDetail, 'spaces'> {
  readonly spaces: readonly {
    readonly label: string;
    readonly octets: string;
    readonly pieces: readonly Piece[] | null;
  }[];
}

export function sendDetail(detail: FrameDetail): SentDetail {
  return {
    ...detail,
    spaces: detail.spaces.map(({ label, bytes, pieces }) => ({ label, octets: toBase64(bytes), pieces })),
  };
}

export function receiveDetail(sent: SentDetail): FrameDetail {
  return {
    ...sent,
    spaces: sent.spaces.map(({ label, octets, pieces }) => ({ label, bytes: fromBase64(octets), pieces })),
  };
}

const STEP = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += STEP) text += String.fromCharCode(...bytes.subarray(i, i + STEP));
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
