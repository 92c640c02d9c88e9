import { numbered } from '../base/numbers.ts';
import { linkTypeKnown } from './link.ts';
import { OddFrames } from './odd-frames.ts';
import { type CaptureReader, MAX_PACKET, type ReaderOptions } from './reader.ts';
import { CUT, candidate, cutShort, WANTED } from './select.ts';

const MAGIC_US = 0xa1b2c3d4;
const MAGIC_NS = 0xa1b23c4d;
/** Kuznetzov's patched libpcap: eight more octets in each record header. */
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Classic pcap in both byte orders, µs and ns, and the modified 0xA1B2CD34 form. */
export class PcapReader implements CaptureReader {
  readonly format: string;
  readonly linkTypes = new Set<number>();
  readonly cut = new OddFrames();
  frames = 0;
  at = 0;
  need = 0;
  private readonly options: ReaderOptions;
  private readonly little: boolean;
  private readonly recordHeader: number;
  private readonly nanos: boolean;
  private linkType = -1;
  private swapped = false;
  private offset = 0;
  private broken = false;
  private firstSec = 0;
  private firstFrac = 0;
  private lastSec = 0;
  private lastFrac = 0;

  /** `magic` is the first four octets read big-endian; see `pcapMagic`. */
  constructor(options: ReaderOptions, magic: { little: boolean; kind: 'us' | 'ns' | 'modified' }) {
    this.options = options;
    this.little = magic.little;
    this.nanos = magic.kind === 'ns';
    this.recordHeader = magic.kind === 'modified' ? 24 : 16;
    this.format = magic.kind === 'us' ? 'pcap' : magic.kind === 'ns' ? 'pcap-ns' : 'pcap-modified';
  }

  push(b: Uint8Array, start: number, end: number): number {
    if (this.broken) return end;
    let pos = start;
    if (this.linkType < 0) {
      if (end - start < 24) return start;
      // The upper bits of the link type field carry the FCS length (draft-ietf-opsawg-pcap): not part of the type.
      this.linkType = this.u32(b, pos + 20) & 0xffff;
      this.swapped = lengthsSwapped(b, pos, this.little);
      this.linkTypes.add(this.linkType);
      if (!linkTypeKnown(this.linkType)) this.warnLinkType();
      pos += 24;
      this.offset = 24;
    }
    const next = this.records(b, pos, end);
    this.offset += next - pos;
    return next;
  }

  private records(b: Uint8Array, from: number, end: number): number {
    const { sink, ports } = this.options;
    const every = this.options.everyFrame === true;
    const header = this.recordHeader;
    const linkType = this.linkType;
    const { little, swapped } = this;
    let frames = this.frames;
    let pos = from;
    let last = -1;
    this.need = 0;
    while (pos + header <= end) {
      let captured = little
        ? b[pos + 8]! | (b[pos + 9]! << 8) | (b[pos + 10]! << 16) | (b[pos + 11]! << 24)
        : (b[pos + 8]! << 24) | (b[pos + 9]! << 16) | (b[pos + 10]! << 8) | b[pos + 11]!;
      if (swapped) captured = Math.min(captured >>> 0, this.u32(b, pos + 12)) | 0;
      // Unsigned comparison: a length with the top bit set is as bogus as any other.
      if (captured >>> 0 > MAX_PACKET) {
        this.broken = true;
        this.frames = frames;
        this.reportBogus(captured >>> 0, this.offset + pos - from);
        if (last >= 0) this.noteLast(b, last);
        return end;
      }
      const p = pos + header;
      const q = p + captured;
      if (q > end) {
        this.need = header + captured;
        break;
      }
      frames++;
      last = pos;
      if (frames === 1) this.noteFirst(b, pos);
      const kind = every ? WANTED : candidate(b, p, q, linkType, ports);
      if (kind === WANTED) {
        const fraction = this.u32(b, pos + 4);
        const nsec = this.nanos ? fraction : fraction * 1000;
        this.frames = frames;
        this.at = this.offset + pos - from;
        const wire = swapped ? Math.max(this.u32(b, pos + 8), this.u32(b, pos + 12)) : this.u32(b, pos + 12);
        sink.frame(frames, this.u32(b, pos), nsec, b, p, q, wire, linkType);
      } else if (kind === CUT && captured < this.u32(b, pos + 12) && cutShort(b, p, q, linkType)) {
        this.at = this.offset + pos - from;
        this.cut.add(frames, this);
      }
      pos = q;
    }
    this.frames = frames;
    if (last >= 0) this.noteLast(b, last);
    return pos;
  }

  end(_b: Uint8Array, start: number, end: number): void {
    if (this.broken) return;
    if (this.linkType < 0) {
      this.options.warn({
        code: 'capture.truncated',
        message: `the file ends inside the pcap file header (${end - start} of 24 octets)`,
        frame: null,
        offset: 0,
      });
    } else if (end > start) {
      this.options.warn({
        code: 'capture.truncated',
        message: `the file is cut inside record ${this.frames + 1}, which begins at byte ${this.offset}; what stands before it (${numbered(this.frames, 'frame')}) was analyzed`,
        frame: this.frames + 1,
        offset: this.offset,
      });
    }
  }

  span(): ReturnType<CaptureReader['span']> {
    if (this.frames === 0) return null;
    const scale = this.nanos ? 1 : 1000;
    return {
      first: { sec: this.firstSec, nsec: this.firstFrac * scale },
      last: { sec: this.lastSec, nsec: this.lastFrac * scale },
    };
  }

  comments(): string[] {
    return [];
  }

  private noteFirst(b: Uint8Array, pos: number): void {
    this.firstSec = this.u32(b, pos);
    this.firstFrac = this.u32(b, pos + 4);
  }

  private noteLast(b: Uint8Array, pos: number): void {
    this.lastSec = this.u32(b, pos);
    this.lastFrac = this.u32(b, pos + 4);
  }

  private reportBogus(length: number, offset: number): void {
    this.options.warn({
      code: 'capture.record-length',
      message: `record ${this.frames + 1} at byte ${offset} claims ${length} octets; what stands before it (${numbered(this.frames, 'frame')}) was analyzed, what follows cannot be found`,
      frame: this.frames + 1,
      offset,
    });
  }

  private warnLinkType(): void {
    this.options.warn({
      code: 'capture.link-type',
      message: `link type ${this.linkType}, at byte 20, is not one that mtascope reads: the frames are counted, not analyzed`,
      frame: 1,
      offset: 20,
    });
  }

  private u32(b: Uint8Array, p: number): number {
    return (
      (this.little
        ? b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
        : (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0
    );
  }
}

/**
 * Whether the two lengths of each record may have changed places, by the file header at `p`: they had up to version 2.2, and writers of 2.3
 * did not agree (libpcap, sf-pcap.c). The captured one is the lower one then.
 */
export function lengthsSwapped(b: Uint8Array, p: number, little: boolean): boolean {
  const [major, minor] = little ? [p + 4, p + 6] : [p + 5, p + 7];
  return b[major] === 2 && b[minor]! < 4;
}

/** What the first four octets say, or null when this is no classic pcap file. */
export function pcapMagic(b: Uint8Array): { little: boolean; kind: 'us' | 'ns' | 'modified' } | null {
  if (b.length < 4) return null;
  const big = ((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0;
  const small = ((b[3]! << 24) | (b[2]! << 16) | (b[1]! << 8) | b[0]!) >>> 0;
  for (const [magic, kind] of [
    [MAGIC_US, 'us'],
    [MAGIC_NS, 'ns'],
    [MAGIC_MODIFIED, 'modified'],
  ] as const) {
    if (big === magic) return { little: false, kind };
    if (small === magic) return { little: true, kind };
  }
  return null;
}
