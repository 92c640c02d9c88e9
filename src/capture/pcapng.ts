import { linkTypeKnown } from './link.ts';
import { isNumbered } from './numbered.ts';
import { OddFrames } from './odd-frames.ts';
import { eachOption, OPTION } from './pcapng-options.ts';
import { BlockSearch, orderOf, soundBlock } from './pcapng-search.ts';
import { BlockWarnings, type UnreadLink } from './pcapng-warnings.ts';
import { type CaptureReader, MAX_PACKET, type ReaderOptions } from './reader.ts';
import { CUT, candidate, cutShort, WANTED } from './select.ts';
import { type Clock, interfaceClock, nanoseconds, seconds, stampOf, TickSpan } from './ticks.ts';
import { Timeless } from './timeless.ts';

const SHB = 0x0a0d0d0a;
const IDB = 1;
const PB = 2;
const SPB = 3;
const EPB = 6;

interface Interface extends Clock {
  readonly linkType: number;
  readonly snapLength: number;
  /** What is told of a link type that nobody reads; null of any other. */
  readonly unread: UnreadLink | null;
}

/** pcapng: several sections and byte orders, several interfaces, EPB, SPB and the obsolete PB; other blocks are skipped, and some of them counted. */
export class PcapngReader implements CaptureReader {
  readonly format = 'pcapng';
  readonly linkTypes = new Set<number>();
  readonly cut = new OddFrames();
  frames = 0;
  at = 0;
  need = 0;
  private readonly options: ReaderOptions;
  private little = true;
  private interfaces: Interface[] = [];
  /** The interface of the last EPB, and its number; null before the first one of a section. */
  private near: Interface | null = null;
  private nearIndex = 0;
  /** Where the last packet stands that `skip` passed over. */
  private skipped = -1;
  private offset = 0;
  private broken = false;
  private ended = false;
  private readonly search = new BlockSearch();
  private readonly warnings: BlockWarnings;
  private optionBytes: Uint8Array | null = null;
  private optionStart = 0;
  private optionEnd = 0;
  private readonly times = new TickSpan();
  private readonly timeless = new Timeless();

  constructor(options: ReaderOptions) {
    this.options = options;
    this.warnings = new BlockWarnings(options.warn);
  }

  push(b: Uint8Array, start: number, end: number): number {
    if (this.broken) return end;
    const { sink, ports } = this.options;
    const every = this.options.everyFrame === true;
    let pos = start;
    /** The last packet whose time is not noted yet: noted for each, it would be a good part of what a skipped packet costs. */
    let last = -1;
    this.need = 0;
    while (pos + 12 <= end) {
      if (this.near !== null && !every) {
        const next = this.skip(b, pos, end, this.near);
        if (next > pos) last = this.skipped;
        pos = next;
        if (pos + 12 > end) break;
      }
      const little = this.little;
      const type = little
        ? b[pos]! | (b[pos + 1]! << 8) | (b[pos + 2]! << 16) | (b[pos + 3]! << 24)
        : (b[pos]! << 24) | (b[pos + 1]! << 16) | (b[pos + 2]! << 8) | b[pos + 3]!;
      // The section header's type reads the same in both byte orders; its magic sets the order of all that follows.
      if (type === SHB) {
        this.noteLast(b, last);
        last = -1;
        this.little = orderOf(b, pos) ?? little;
      }
      let length = soundBlock(b, pos, end, type, this.little);
      if (length === 0) {
        const judged = this.odd(b, pos, end, type, this.offset + pos - start);
        if (judged === null) {
          this.noteLast(b, last);
          return end;
        }
        if (judged === 0) break;
        if (judged < 0) {
          pos -= judged;
          continue;
        }
        length = judged;
      }
      if (type === EPB) {
        const captured = this.u32(b, pos + 20);
        const p = pos + 28;
        if (length < 32 || captured > length - 32) {
          this.warnings.badPacket(++this.frames, captured, this.offset + pos - start);
        } else {
          this.frames++;
          const index = this.u32(b, pos + 8);
          const iface = this.interfaces[index];
          if (iface === undefined) this.warnings.unknownInterface(this.frames, index, this.offset + pos - start);
          else {
            last = pos;
            if (iface.unread !== null) iface.unread.frame ??= this.frames;
            if (little) {
              this.near = iface;
              this.nearIndex = index | 0;
            }
            if (this.times.empty) this.note(this.u32(b, pos + 12), this.u32(b, pos + 16), iface);
            const kind = every ? WANTED : candidate(b, p, p + captured, iface.linkType, ports);
            if (kind === WANTED) {
              this.optionBytes = b;
              this.optionStart = p + ((captured + 3) & ~3);
              this.optionEnd = pos + length - 4;
              const high = this.u32(b, pos + 12);
              const low = this.u32(b, pos + 16);
              const sec = seconds(high, low, iface);
              const nsec = nanoseconds(high, low, iface);
              this.at = this.offset + pos - start;
              sink.frame(this.frames, sec, nsec, b, p, p + captured, this.u32(b, pos + 24), iface.linkType);
            } else if (kind === CUT) {
              this.noteCut(b, p, captured, this.u32(b, pos + 24), iface.linkType, this.offset + pos - start);
            }
          }
        }
      } else if (type === SHB) {
        this.interfaces = [];
        this.near = null;
      } else if (type === IDB) {
        this.addInterface(b, pos, length, this.offset + pos - start);
      } else if (type === SPB || type === PB) {
        this.noteLast(b, last);
        last = -1;
        this.oldPacket(b, pos, length, type, this.offset + pos - start, every);
      } else if (isNumbered(type, length)) this.frames++;
      pos += length;
    }
    this.noteLast(b, last);
    this.offset += pos - start;
    return pos;
  }

  /**
   * Passes over packets that look as most do and that nobody wants: whole, little-endian, of the interface of the one before. Octets are read
   * where they stand, for V8 is told to inline little. What stops it is `push`'s to judge. Returns the position behind them.
   */
  private skip(b: Uint8Array, from: number, end: number, { linkType }: Interface): number {
    const { ports } = this.options;
    const index = this.nearIndex;
    let frames = this.frames;
    let last = -1;
    let pos = from;
    while (pos + 32 <= end) {
      if (b[pos] !== EPB || b[pos + 1]! | b[pos + 2]! | b[pos + 3]! | b[pos + 7]!) break;
      const length = b[pos + 4]! | (b[pos + 5]! << 8) | (b[pos + 6]! << 16);
      const next = pos + length;
      if (length < 32 || length & 3 || next > end) break;
      if ((b[pos + 8]! | (b[pos + 9]! << 8) | (b[pos + 10]! << 16) | (b[pos + 11]! << 24)) !== index) break;
      const captured = b[pos + 20]! | (b[pos + 21]! << 8) | (b[pos + 22]! << 16) | (b[pos + 23]! << 24);
      if (captured < 0 || captured > length - 32) break;
      const trailer = b[next - 4]! | (b[next - 3]! << 8) | (b[next - 2]! << 16) | (b[next - 1]! << 24);
      if (trailer !== length) break;
      const p = pos + 28;
      const kind = candidate(b, p, p + captured, linkType, ports);
      if (kind === WANTED) break;
      // Of frames that end early the length on the wire is looked at.
      if (kind === CUT) {
        const wire = b[pos + 24]! | (b[pos + 25]! << 8) | (b[pos + 26]! << 16) | (b[pos + 27]! << 24);
        if (wire !== captured) break;
      }
      frames++;
      last = pos;
      pos = next;
    }
    this.frames = frames;
    this.skipped = last;
    return pos;
  }

  /** The time of the packet in the EPB at `at`, in the byte order and with the interfaces of its section; -1 for none. */
  private noteLast(b: Uint8Array, at: number): void {
    if (at >= 0) this.note(this.u32(b, at + 12), this.u32(b, at + 16), this.interfaces[this.u32(b, at + 8)]);
  }

  end(b: Uint8Array, start: number, end: number): void {
    this.ended = true;
    const left = this.push(b, start, end);
    if (this.broken) return;
    this.release(0, 0);
    this.warnings.tell();
    if (end > left)
      this.warnings.truncated(this.frames, this.offset, end - left, end - left < 8 ? null : this.u32(b, left + 4));
  }

  span(): ReturnType<CaptureReader['span']> {
    const { first, last } = this.times;
    return first === null || last === null ? null : { first, last };
  }

  comments(): string[] {
    const out: string[] = [];
    const b = this.optionBytes;
    if (b === null) return out;
    eachOption(b, this.optionStart, this.optionEnd, this.little, (code, at, size) => {
      if (code === OPTION.comment) out.push(new TextDecoder().decode(b.subarray(at, at + size)));
    });
    return out;
  }

  private note(high: number, low: number, iface: Interface | undefined): void {
    if (iface === undefined) return;
    const begins = this.times.empty;
    this.times.note(high, low, iface);
    if (begins) this.release(seconds(high, low, iface), nanoseconds(high, low, iface));
  }

  private noteCut(b: Uint8Array, p: number, captured: number, wire: number, linkType: number, at: number): void {
    if (captured >= wire || !cutShort(b, p, p + captured, linkType)) return;
    this.at = at;
    this.cut.add(this.frames, this);
  }

  /** Hands over what waited for a time. */
  private release(sec: number, nsec: number): void {
    this.optionBytes = null;
    for (const { no, at, bytes, wireLength, linkType } of this.timeless.take()) {
      this.at = at;
      this.options.sink.frame(no, sec, nsec, bytes, 0, bytes.length, wireLength, linkType);
    }
  }

  /** SPB has neither time nor interface number (interface 0 holds); PB is EPB with a 16-bit interface number. */
  private oldPacket(b: Uint8Array, pos: number, length: number, type: number, at: number, every: boolean): void {
    const simple = type === SPB;
    const p = simple ? pos + 12 : pos + 28;
    const index = simple ? 0 : this.u16(b, pos + 8);
    const iface = this.interfaces[index];
    const wire = simple ? this.u32(b, pos + 8) : this.u32(b, pos + 24);
    const room = length - (simple ? 16 : 32);
    const snap = iface?.snapLength ? iface.snapLength : MAX_PACKET;
    const captured = simple ? Math.min(wire, room, snap) : this.u32(b, pos + 20);
    this.frames++;
    if (room < 0 || captured > room) return this.warnings.badPacket(this.frames, captured, at);
    const high = simple ? 0 : this.u32(b, pos + 12);
    const low = simple ? 0 : this.u32(b, pos + 16);
    if (!simple) this.note(high, low, iface);
    if (iface === undefined) return this.warnings.unknownInterface(this.frames, index, at);
    if (iface.unread !== null) iface.unread.frame ??= this.frames;
    const kind = every ? WANTED : candidate(b, p, p + captured, iface.linkType, this.options.ports);
    if (kind === CUT) this.noteCut(b, p, captured, wire, iface.linkType, at);
    if (kind !== WANTED) return;
    if (simple) {
      this.warnings.timeless(this.frames, at);
      if (this.timeless.waiting) {
        const bytes = b.slice(p, p + captured);
        if (this.timeless.add({ no: this.frames, at, bytes, wireLength: wire, linkType: iface.linkType }))
          this.release(0, 0);
        return;
      }
    }
    this.optionBytes = simple ? null : b;
    this.optionStart = p + ((captured + 3) & ~3);
    this.optionEnd = pos + length - 4;
    // Without a time of its own it was captured no earlier than the packet before it; 0 where too many came before any that has one.
    const time = simple ? this.times.last : stampOf(high, low, iface);
    this.at = at;
    this.options.sink.frame(this.frames, time?.sec ?? 0, time?.nsec ?? 0, b, p, p + captured, wire, iface.linkType);
  }

  private addInterface(b: Uint8Array, pos: number, length: number, at: number): void {
    if (length < 20) return;
    const linkType = this.u16(b, pos + 8);
    const { ticks, exact, offset } = interfaceClock(b, pos + 16, pos + length - 4, this.little);
    const unread = linkTypeKnown(linkType)
      ? null
      : this.warnings.unreadLink(linkType, this.interfaces.length, this.linkTypes.size, at);
    this.interfaces.push({ linkType, snapLength: this.u32(b, pos + 12), ticks, exact, offset, unread });
    this.linkTypes.add(linkType);
  }

  /** As `BlockSearch.judge`, with a word on what is odd about the block; null ends the reading. */
  private odd(b: Uint8Array, pos: number, end: number, type: number, at: number): number | null {
    const { little, ended, warnings } = this;
    const snapLength = this.interfaces[0]?.snapLength ?? 0;
    const said = this.u32(b, pos + 4);
    const length = (said + 3) & ~3;
    const judged = this.search.judge(b, pos, end, { little, ended, snapLength });
    this.need = this.search.need;
    if (judged === 0) return 0;
    if (judged === length) {
      const trailer = this.u32(b, pos + length - 4);
      if (said !== length) warnings.oddLength(at, said);
      if (trailer !== length && trailer !== said)
        warnings.oddTrailer(at, length, trailer, counts(type, length) ? this.frames + 1 : null);
    } else if (judged !== null && judged > 0) {
      warnings.mended(at, said, judged, counts(type, judged) ? this.frames + 1 : null);
    } else {
      const what =
        type === SHB && orderOf(b, pos) === null
          ? 'has no byte-order magic'
          : length >= 12 && pos + length <= end
            ? `begins with a length of ${said} and ends with ${this.u32(b, pos + length - 4)}`
            : `claims a length of ${said} octets`;
      if (judged !== null) warnings.lost(at, what, this.frames + 1, at - judged);
      else {
        this.broken = true;
        this.release(0, 0);
        warnings.tell();
        warnings.stopped(this.frames, at, what);
      }
    }
    return judged;
  }

  private u32(b: Uint8Array, p: number): number {
    return (
      (this.little
        ? b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
        : (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0
    );
  }

  private u16(b: Uint8Array, p: number): number {
    return this.little ? b[p]! | (b[p + 1]! << 8) : (b[p]! << 8) | b[p + 1]!;
  }
}

/** Whether a block counts as a frame. */
function counts(type: number, length: number): boolean {
  return type === EPB || type === SPB || type === PB || isNumbered(type, length);
}
