import { addTo } from '../base/lists.ts';
import type { Piece } from '../model/origin.ts';
import { type Segment, SYN } from '../net/segment.ts';
import { FILLER } from './anonymize-values.ts';

const PAGE = 4096;

const SEEN = 1;
const FIXED = 2;

interface Page {
  /** 0, SEEN or FIXED. */
  readonly there: Uint8Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** One direction of a connection as it was sent, octet by octet, and as it is to be. Positions are relative to the first octet seen. */
export class Image {
  /** Lowest position that was seen: where a direction without SYN begins. */
  lowest = 0;
  anchored = false;
  private readonly pages = new Map<number, Page>();
  private last: Page | null = null;
  private lastKey = 0;
  private reference = 0;
  private position = 0;
  private based = false;

  /** Position of the segment's first payload octet. */
  place(s: Segment): number {
    const syn = (s.flags & SYN) !== 0;
    const seq = syn ? (s.seq + 1) | 0 : s.seq;
    if (!this.based) {
      this.based = true;
      this.anchored = syn;
      this.reference = seq;
    }
    this.position += (seq - this.reference) | 0;
    this.reference = seq;
    if (s.captured > 0 && this.position < this.lowest) this.lowest = this.position;
    return this.position;
  }

  /** The octet at `position` as it was first seen. */
  see(position: number, octet: number): void {
    const page = this.page(position, true)!;
    const i = offset(position);
    if (page.there[i]) return;
    page.there[i] = SEEN;
    page.before[i] = octet;
    page.after[i] = FILLER;
  }

  /** What the receiver took there: of copies that differ not always the first, since one may have been damaged on its way. */
  take(position: number, octet: number): void {
    const page = this.page(position, false);
    if (page === null) return;
    const i = offset(position);
    page.before[i] = octet;
    page.after[i] = page.there[i] === FIXED ? octet : FILLER;
  }

  keep(position: number): void {
    const page = this.page(position, false);
    if (page !== null) page.after[offset(position)] = page.before[offset(position)]!;
  }

  /** Keeps an octet whatever else is read there: TPKTs overlap where one has a false length. */
  fix(position: number): void {
    this.keep(position);
    const page = this.page(position, false);
    if (page?.there[offset(position)] === SEEN) page.there[offset(position)] = FIXED;
  }

  set(position: number, octet: number): void {
    if (this.page(position, false)?.there[offset(position)] !== FIXED) this.put(position, octet);
  }

  /** The same for one that is fixed, too. */
  put(position: number, octet: number): void {
    const page = this.page(position, false);
    if (page !== null) page.after[offset(position)] = octet;
  }

  before(position: number): number {
    return this.page(position, false)?.before[offset(position)] ?? 0;
  }

  /** What the octet at `position` is to be. */
  decided(position: number): number {
    return this.page(position, false)?.after[offset(position)] ?? 0;
  }

  /** Where an octet was this one, or is to be. */
  *places(octet: number): Generator<number> {
    for (const [key, { before, after }] of this.pages)
      for (let i = 0; i < PAGE; i++) if (before[i] === octet || after[i] === octet) yield key * PAGE + i;
  }

  /** What is to stand in a segment that has `octet` there. A copy that differs from what came first goes on differing. */
  patched(position: number, octet: number): number {
    const page = this.page(position, false);
    const i = offset(position);
    if (page === null || !page.there[i]) return FILLER;
    return octet === page.before[i] ? page.after[i]! : page.after[i]! ^ 1;
  }

  /** All octets as they are to be, in order, joined where they are contiguous. */
  *after(): Generator<Uint8Array> {
    for (const key of [...this.pages.keys()].sort((a, b) => a - b)) yield this.pages.get(key)!.after;
  }

  private page(position: number, make: boolean): Page | null {
    const key = Math.floor(position / PAGE);
    if (key === this.lastKey && this.last !== null) return this.last;
    let page = this.pages.get(key) ?? null;
    if (page === null && make) {
      page = { there: new Uint8Array(PAGE), before: new Uint8Array(PAGE), after: new Uint8Array(PAGE) };
      this.pages.set(key, page);
    }
    // Octets come in order: most are on the page of the one before.
    this.lastKey = key;
    this.last = page;
    return page;
  }
}

/** Where octets of a frame stand in an image. */
export interface Span {
  readonly offset: number;
  readonly length: number;
  readonly image: Image;
  readonly position: number;
}

/** Images of all directions, and the way from a frame's octets to them. */
export class Images {
  readonly spans = new Map<number, Span[]>();
  private readonly images = new Map<string, Image>();

  of(stream: number, direction: number): Image {
    const key = `${stream} ${direction}`;
    let image = this.images.get(key);
    if (image === undefined) {
      image = new Image();
      this.images.set(key, image);
    }
    return image;
  }

  all(): Iterable<Image> {
    return this.images.values();
  }

  /** `sound`: the receiver took these octets, as far as the checksum says. */
  segment(s: Segment, stream: number, direction: number, sound: boolean): void {
    const image = this.of(stream, direction);
    let position = image.place(s);
    if (sound) for (let i = 0; i < s.captured; i++) image.see(position + i, s.bytes[s.start + i]!);
    const pieces: Piece[] =
      s.origin === null
        ? [{ frame: s.frame, offset: s.frameOffset, length: s.captured }]
        : s.origin.locate(s.start, s.start + s.captured);
    for (const { frame, offset: at, length } of pieces) {
      addTo(this.spans, frame, { offset: at, length, image, position });
      position += length;
    }
  }

  /** For each octet of the pieces, in order: its image and position; octets that no segment carried are passed over. */
  each(pieces: Iterable<Piece>, take: (image: Image, position: number, index: number) => void): void {
    let index = 0;
    for (const piece of pieces) {
      for (const span of this.spans.get(piece.frame) ?? []) {
        const from = Math.max(piece.offset, span.offset);
        const to = Math.min(piece.offset + piece.length, span.offset + span.length);
        for (let at = from; at < to; at++)
          take(span.image, span.position + at - span.offset, index + at - piece.offset);
      }
      index += piece.length;
    }
  }
}

function offset(position: number): number {
  return position - Math.floor(position / PAGE) * PAGE;
}
