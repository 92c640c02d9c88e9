import { lengthsSwapped } from './pcap.ts';
import { OPTION } from './pcapng-options.ts';
import { MAX_PACKET } from './reader.ts';
import {
  BLOCK,
  type CaptureCopy,
  type CopyPlan,
  interfaceDescription,
  Octets,
  Options,
  sectionHeader,
} from './write.ts';

/** New sections are written in the byte order of this machine, so that whole words can be stored. */
const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
/** Fields of an enhanced packet block before and behind the packet. */
const AROUND = 32;

/**
 * A classic capture as pcapng: one section, one interface with the file's link type, snap length and time resolution, and each record
 * as an enhanced packet block. Records are moved from one large buffer into another, without an object for each.
 */
export class PcapCopy implements CaptureCopy {
  frames = 0;
  written = 0;
  readonly there: ReadonlyMap<number, number> = new Map();
  readonly unsound: ReadonlySet<number> = new Set();
  readonly enhanced = 0;
  need = 0;
  readonly out = new Octets();
  private readonly plan: CopyPlan;
  private readonly little: boolean;
  private readonly recordHeader: number;
  private readonly nanos: boolean;
  private started = false;
  private broken = false;
  private swapped = false;
  /** Ticks of a whole second, as two words: consecutive packets share it. */
  private second = -1;
  private secondHigh = 0;
  private secondLow = 0;

  constructor(plan: CopyPlan, magic: { little: boolean; kind: 'us' | 'ns' | 'modified' }) {
    this.plan = plan;
    this.little = magic.little;
    this.nanos = magic.kind === 'ns';
    this.recordHeader = magic.kind === 'modified' ? 24 : 16;
  }

  push(window: Uint8Array, start: number, end: number): number {
    if (this.broken) return end;
    // A plain view: the views that a Buffer makes cost more, and one is made for each packet.
    const b = new Uint8Array(window.buffer, window.byteOffset, window.length);
    let pos = start;
    if (!this.started) {
      if (end - start < 24) return start;
      this.begin(b, pos);
      pos += 24;
    }
    this.need = 0;
    const header = this.recordHeader;
    const { plan, out, little } = this;
    const keep = plan.rest === 'keep';
    while (pos + header <= end) {
      let captured = word(b, pos + 8, little);
      let wire = word(b, pos + 12, little);
      if (this.swapped) [captured, wire] = [Math.min(captured, wire), Math.max(captured, wire)];
      if (captured > MAX_PACKET) {
        this.broken = true;
        return end;
      }
      const from = pos + header;
      const next = from + captured;
      if (next > end) {
        this.need = header + captured;
        break;
      }
      this.frames++;
      const edit = plan.edits.size === 0 ? undefined : plan.edits.get(this.frames);
      if (keep || edit !== undefined) {
        const options = edit?.comments === undefined ? null : commentOptions(edit.comments);
        const padded = (captured + 3) & ~3;
        const length = AROUND + padded + (options === null ? 0 : options.length);
        out.room(length);
        const { bytes, words } = out;
        const w = out.length >> 2;
        words[w] = BLOCK.enhancedPacket;
        words[w + 1] = length;
        words[w + 2] = 0;
        this.time(words, w + 3, word(b, pos, little), word(b, pos + 4, little));
        words[w + 5] = captured;
        words[w + 6] = wire;
        if (captured > 0) words[w + 6 + (padded >> 2)] = 0; // the padding
        const at = out.length + 28;
        if (edit?.bytes !== undefined) bytes.set(edit.bytes.subarray(0, captured), at);
        else if (captured < 48) for (let i = 0; i < captured; i++) bytes[at + i] = b[from + i]!;
        else bytes.set(b.subarray(from, next), at);
        if (options !== null) bytes.set(options, at + padded);
        words[w + (length >> 2) - 1] = length;
        out.length += length;
        this.written++;
      }
      pos = next;
    }
    return pos;
  }

  end(): void {
    // An unfinished record is left out, as the reader leaves it out.
  }

  private begin(b: Uint8Array, pos: number): void {
    this.started = true;
    this.swapped = lengthsSwapped(b, pos, this.little);
    sectionHeader(this.out, new Options(LITTLE).text(OPTION.application, this.plan.application), LITTLE);
    // The link type field's upper bits carry the FCS length in 16-bit words, when bit 26 is set (draft-ietf-opsawg-pcap 4).
    const linkField = word(b, pos + 20, this.little);
    const options = new Options(LITTLE).add(OPTION.resolution, [this.nanos ? 9 : 6]);
    if (linkField & 0x0400_0000) options.add(OPTION.fcsLength, [(linkField >>> 28) * 2]);
    interfaceDescription(this.out, linkField & 0xffff, word(b, pos + 16, this.little), options, LITTLE);
  }

  /** Ticks since 1970 as two words. Nanoseconds do not fit a double, so that the product is made in two halves. */
  private time(words: Uint32Array, w: number, sec: number, fraction: number): void {
    if (sec !== this.second) {
      const ticks = this.nanos ? 1e9 : 1e6;
      const low = (sec & 0xffff) * ticks;
      const high = (sec >>> 16) * ticks;
      const sum = (high % 65536) * 65536 + low;
      this.second = sec;
      this.secondLow = sum % 4294967296;
      this.secondHigh = Math.floor(high / 65536) + Math.floor(sum / 4294967296);
    }
    const low = this.secondLow + fraction;
    words[w] = this.secondHigh + (low >= 4294967296 ? 1 : 0);
    words[w + 1] = low;
  }
}

function commentOptions(comments: readonly string[]): Uint8Array {
  const options = new Options(LITTLE);
  for (const comment of comments) options.text(OPTION.comment, comment);
  return options.end().octets;
}

function word(b: Uint8Array, p: number, little: boolean): number {
  return (
    (little
      ? b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
      : (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0
  );
}
