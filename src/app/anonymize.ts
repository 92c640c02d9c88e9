import { InputError } from '../base/errors.ts';
import { addTo } from '../base/lists.ts';
import type { FrameEdit } from '../capture/write.ts';
import type { FramingMark } from '../engine/sink.ts';
import { NAMED_BY_OBJECTS } from '../engine/upper/mms.ts';
import { S7Trees } from '../engine/upper/s7/tree.ts';
import type { WholeReport } from '../model/report.ts';
import type { Connection } from '../net/connection.ts';
import type { Segment } from '../net/segment.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import {
  AddressRewriter,
  datagramChecksums,
  headerChecksums,
  segmentChecksum,
  tcpOptions,
} from './anonymize-frames.ts';
import { keepFraming } from './anonymize-framing.ts';
import { Images } from './anonymize-image.ts';
import { TreeRewriter } from './anonymize-trees.ts';
import { Pseudonyms } from './anonymize-values.ts';
import { analyzeFrames, framesOf, type KeptFrame, type Unit } from './extract-frames.ts';

/** Frames are held as they were, as they are to be, and as images of their directions. */
const MAX_BYTES = 128 << 20;
/** Sets of pseudonyms that are tried before a value that they happen to spell is put up with. */
const ROUNDS = 4;

export interface Anonymized {
  readonly edits: Map<number, FrameEdit>;
  /** `--mta` addresses as they are now called. */
  readonly mta: readonly string[];
  readonly notes: string[];
  /** The analysis of the frames as they were. */
  readonly before: WholeReport;
}

/**
 * Other octets for the frames of these segments: addresses, selectors, names, passwords, identifiers, subjects and contents replaced,
 * every length kept. Directions are rewritten as they were sent, so that values split over segments and copies of segments agree.
 */
export function anonymize(units: readonly Unit[], options: AnalyzeOptions, original: WholeReport): Anonymized {
  const frames = framesOf(units);
  const octets = frames.reduce((n, frame) => n + frame.bytes.length, 0);
  if (octets > MAX_BYTES) {
    throw new InputError(
      `${octets >> 20} MiB of frames are too many to anonymize at once (at most ${MAX_BYTES >> 20}); name streams with --stream, or a finding`,
    );
  }
  for (let round = 0; ; round++) {
    const { images, names, before } = rewritten(units, frames, options, original, round);
    const left = standing(images, names.texts);
    if (left > 0 && round + 1 < ROUNDS) continue;
    const notes =
      left === 0
        ? []
        : [
            `${left} short ${left === 1 ? 'value stands' : 'values stand'} in the result by chance, as part of a pseudonym or of a length`,
          ];
    return { ...patch(units, frames, images, options), notes, before };
  }
}

/** The images of all directions, every octet decided. Trees are used as they come: those of a long capture would fill memory. */
function rewritten(
  units: readonly Unit[],
  frames: readonly KeptFrame[],
  options: AnalyzeOptions,
  original: WholeReport,
  round: number,
): { images: Images; names: Pseudonyms; before: WholeReport } {
  const images = new Images();
  const names = new Pseudonyms(round);
  const rewriter = new TreeRewriter(images, names);
  const marks: FramingMark[] = [];
  // The receiver took all segments but these.
  const damaged = new Set(original.findings.flatMap(f => (f.code === 'tcp.checksum' ? f.frames : [])));
  const named = new Set(original.streams.filter(s => NAMED_BY_OBJECTS.has(s.protocol)).map(s => s.id));
  const byObjects = new Set(units.flatMap(unit => (named.has(unit.stream) ? unit.frames.map(frame => frame.no) : [])));
  const before = analyzeFrames(
    frames,
    { ...options, level: 'full' },
    {
      showCredentials: true,
      s7Trees: shown => new S7Trees(shown),
      onSegment: (s: Segment, c: Connection, direction) =>
        images.segment(s, c.id, direction, !damaged.has(frames[s.frame - 1]!.no)),
      onPdu: pdu => {
        for (const tree of pdu.trees) rewriter.layer(tree, byObjects.has(frames[pdu.frame - 1]!.no));
      },
      onFraming: mark => void marks.push(mark),
    },
  );
  // Only now every octet has been seen, and the trees of what was whole have had their say.
  keepFraming(images, marks);
  for (const { request } of before.findings) {
    if (request !== undefined) images.each(request.headerPieces, (image, position) => image.keep(position));
  }
  rewriter.checksums();
  return { images, names, before };
}

/** How many of the original texts (four characters or more) still stand in the rewritten octets. */
function standing(images: Images, texts: ReadonlySet<string>): number {
  const byBeginning = new Map<number, Uint8Array[]>();
  // One bit for many beginnings: nearly every place is passed over by it.
  const filter = new Uint8Array(1 << 20);
  for (const text of texts) {
    const octets = Buffer.from(text, 'latin1');
    const key = beginning(octets, 0);
    filter[key & 0xfffff] = 1;
    addTo(byBeginning, key, octets);
  }
  const found = new Set<Uint8Array>();
  for (const image of images.all()) {
    const octets = Buffer.concat([...image.after()]);
    for (let i = 0; i + 4 <= octets.length; i++) {
      const key = beginning(octets, i);
      if (filter[key & 0xfffff] === 0) continue;
      for (const text of byBeginning.get(key) ?? []) {
        if (!found.has(text) && octets.subarray(i, i + text.length).equals(text)) found.add(text);
      }
    }
  }
  return found.size;
}

function beginning(b: Uint8Array, i: number): number {
  return Math.imul((b[i]! << 24) | (b[i + 1]! << 16) | (b[i + 2]! << 8) | b[i + 3]!, 0x9e3779b1) >>> 0;
}

function patch(
  units: readonly Unit[],
  frames: readonly KeptFrame[],
  images: Images,
  options: AnalyzeOptions,
): { edits: Map<number, FrameEdit>; mta: readonly string[] } {
  const addresses = new AddressRewriter();
  for (const frame of frames) addresses.note(frame);
  const before = new Map(frames.map(frame => [frame.no, frame.bytes]));
  for (const unit of units) addresses.noteDatagram(unit, before);
  const after = new Map<number, Uint8Array>();
  frames.forEach((frame, i) => {
    const bytes = frame.bytes.slice();
    addresses.rewrite(bytes, frame.linkType);
    for (const { offset, length, image, position } of images.spans.get(i + 1) ?? []) {
      for (let k = 0; k < length; k++) bytes[offset + k] = image.patched(position + k, frame.bytes[offset + k]!);
    }
    after.set(frame.no, bytes);
  });
  for (const unit of units) {
    addresses.rewriteDatagram(unit, before, after);
    tcpOptions(unit, after);
    segmentChecksum(unit, before, after);
    datagramChecksums(unit, before, after);
  }
  for (const { no, bytes, linkType } of frames) headerChecksums(bytes, after.get(no)!, linkType);
  const edits = new Map<number, FrameEdit>([...after].map(([no, bytes]) => [no, { bytes }]));
  return { edits, mta: options.mta.flatMap(address => addresses.textOf(address) ?? []) };
}
