import { isNumbered } from './numbered.ts';
import { eachOption, OPTION } from './pcapng-options.ts';
import { BlockSearch, fits, orderOf, soundBlock } from './pcapng-search.ts';
import { type Clock, interfaceClock, nanoseconds, seconds, ticksOf } from './ticks.ts';
import {
  BLOCK,
  type CaptureCopy,
  type CopyPlan,
  type FrameEdit,
  Octets,
  Options,
  setU32,
  textOctets,
} from './write.ts';

const decoder = new TextDecoder();

/**
 * A pcapng file copied: sections, interfaces, names, statistics, comments and unknown blocks as they stand, byte for byte, in runs as
 * long as nothing changes. Frames are numbered as `PcapngReader` numbers them.
 */
export class PcapngCopy implements CaptureCopy {
  frames = 0;
  written = 0;
  readonly there = new Map<number, number>();
  readonly unsound = new Set<number>();
  enhanced = 0;
  need = 0;
  readonly out = new Octets();
  private readonly plan: CopyPlan;
  private little = true;
  private broken = false;
  private ended = false;
  private readonly search = new BlockSearch();
  private snapLength = 0;
  /** The interfaces of the section. */
  private clocks: Clock[] = [];
  /** Time and clock of the last packet that has one. */
  private high = 0;
  private low = 0;
  private scale: Clock | null = null;
  /** Where the run that is copied as it stands begins. */
  private run = 0;

  constructor(plan: CopyPlan) {
    this.plan = plan;
  }

  push(window: Uint8Array, start: number, end: number): number {
    if (this.broken) return end;
    const b = new Uint8Array(window.buffer, window.byteOffset, window.length);
    const { edits, rest, strip } = this.plan;
    const plain = rest === 'keep' && !strip;
    let pos = start;
    /** The last packet whose time is not noted yet. */
    let timed = -1;
    this.run = start;
    this.need = 0;
    while (pos + 12 <= end) {
      const type = this.u32(b, pos);
      if (type === BLOCK.section) {
        this.noteTime(b, timed);
        timed = -1;
        this.little = orderOf(b, pos) ?? this.little;
      }
      const { little } = this;
      const sound = soundBlock(b, pos, end, type, little);
      const length =
        sound || this.search.judge(b, pos, end, { little, ended: this.ended, snapLength: this.snapLength });
      if (length === null) return this.stop(b, pos, end);
      if (length === 0) {
        this.need = this.search.need;
        break;
      }
      if (length < 0) {
        this.skip(b, pos, -length);
        pos -= length;
        continue;
      }
      if (type === BLOCK.enhancedPacket || type === BLOCK.simplePacket || type === BLOCK.packet) {
        this.frames++;
        const holds = fits(b, pos, length, type, little);
        const edit = holds ? edits.get(this.frames) : undefined;
        if (!holds && edits.has(this.frames)) this.unsound.add(this.frames);
        if (type !== BLOCK.simplePacket) {
          if (holds) timed = pos;
        } else if (edit !== undefined) this.noteTime(b, timed);
        if (edit !== undefined) this.edit(b, pos, length, type, edit);
        if (edit !== undefined || rest === 'keep') this.written++;
        else this.skip(b, pos, length);
      } else if (isNumbered(type, length)) {
        this.frames++;
        if (rest === 'keep') this.written++;
        else this.skip(b, pos, length);
      } else if (type === BLOCK.section) {
        this.section(b, pos, length);
      } else if (type === BLOCK.interface) {
        this.interface(b, pos, length);
      } else if (!plain && (strip || STATISTICS.has(type))) {
        // Counts of the whole capture are none of a part of it.
        this.skip(b, pos, length);
      }
      // A wrong length would make the next reader stop here.
      if (this.run <= pos && sound === 0) {
        this.flush(b, pos + length);
        setU32(this.out.bytes, this.out.length - length + 4, length, this.little);
        setU32(this.out.bytes, this.out.length - 4, length, this.little);
      }
      pos += length;
    }
    this.noteTime(b, timed);
    this.flush(b, pos);
    return pos;
  }

  end(b: Uint8Array, start: number, end: number): void {
    this.ended = true;
    // An unfinished record is left out, as the reader leaves it out.
    this.push(b, start, end);
  }

  private stop(b: Uint8Array, pos: number, end: number): number {
    this.flush(b, pos);
    this.broken = true;
    return end;
  }

  /** Copy what stands before `pos` as it is. */
  private flush(b: Uint8Array, pos: number): void {
    if (pos > this.run) this.out.append(b, this.run, pos);
    this.run = pos;
  }

  private skip(b: Uint8Array, pos: number, length: number): void {
    this.flush(b, pos);
    this.run = pos + length;
  }

  private section(b: Uint8Array, pos: number, length: number): void {
    this.clocks = [];
    this.flush(b, pos);
    if (this.plan.strip) {
      this.run = pos + length;
      const options = new Options(this.little).text(OPTION.application, this.plan.application).end().octets;
      this.rebuilt(b, pos, 24, options, BLOCK.section);
    } else {
      this.flush(b, pos + length);
      setU32(this.out.bytes, this.out.length - length + 4, length, this.little);
      setU32(this.out.bytes, this.out.length - 4, length, this.little);
    }
    // The section grows or shrinks: its length becomes "not specified".
    const at = this.out.length - (this.plan.strip ? this.lastLength : length);
    this.out.bytes.fill(0xff, at + 16, at + 24);
  }

  private interface(b: Uint8Array, pos: number, length: number): void {
    if (length < 20) return;
    if (this.clocks.length === 0) this.snapLength = this.u32(b, pos + 12);
    this.clocks.push(interfaceClock(b, pos + 16, pos + length - 4, this.little));
    if (!this.plan.strip) return;
    this.skip(b, pos, length);
    const kept = new Options(this.little);
    eachOption(b, pos + 16, pos + length - 4, this.little, (code, at, size) => {
      if (TIMING.has(code)) kept.add(code, b.subarray(at, at + size));
    });
    this.rebuilt(b, pos, 16, kept.end().octets, BLOCK.interface);
  }

  /** Notes the time of the packet at `at`, which has one; -1 for none. As `PcapngReader` does, for the packets without. */
  private noteTime(b: Uint8Array, at: number): void {
    if (at < 0) return;
    const index = this.u32(b, at) === BLOCK.packet ? this.u16(b, at + 8) : this.u32(b, at + 8);
    const scale = this.clocks[index];
    if (scale === undefined) return;
    this.high = this.u32(b, at + 12);
    this.low = this.u32(b, at + 16);
    this.scale = scale;
  }

  private edit(b: Uint8Array, pos: number, length: number, type: number, edit: FrameEdit): void {
    const simple = type === BLOCK.simplePacket;
    const from = simple ? pos + 12 : pos + 28;
    const wire = this.u32(b, simple ? pos + 8 : pos + 24);
    const captured = simple
      ? Math.min(wire, length - 16, this.snapLength > 0 ? this.snapLength : wire)
      : this.u32(b, pos + 20);
    const padded = (captured + 3) & ~3;
    const options = new Options(this.little);
    const comments = new Set<string>();
    if (!simple && !this.plan.strip) {
      eachOption(b, from + padded, pos + length - 4, this.little, (code, at, size) => {
        const value = b.subarray(at, at + size);
        options.add(code, value);
        if (code === OPTION.comment) comments.add(decoder.decode(value));
      });
    }
    const added = (edit.comments ?? []).map(textOctets).filter(text => !comments.has(decoder.decode(text)));
    const there = (edit.comments?.length ?? 0) - added.length;
    if (there > 0) this.there.set(this.frames, there);
    // Nothing changes: it is copied as it stands.
    if (added.length === 0 && edit.bytes === undefined && !this.plan.strip) return;
    for (const comment of added) options.add(OPTION.comment, comment);
    // A simple packet block has no room for options: with a comment it becomes an enhanced one of the first interface.
    const asEnhanced = simple && options.size > 0;
    if (asEnhanced && this.plan.timeless !== undefined) options.text(OPTION.comment, this.plan.timeless.note);
    const ending = options.end().octets;
    this.skip(b, pos, length);
    const { out, little } = this;
    const head = simple && !asEnhanced ? 12 : 28;
    const size = head + padded + ending.length + 4;
    out.room(size);
    const at = out.length;
    const to = out.bytes;
    if (asEnhanced) {
      to.fill(0, at, at + 28);
      this.borrowedTime(to, at + 12);
      setU32(to, at + 20, captured, little);
      setU32(to, at + 24, wire, little);
      this.enhanced++;
    } else to.set(b.subarray(pos, pos + head), at);
    setU32(to, at, asEnhanced ? BLOCK.enhancedPacket : type, little);
    setU32(to, at + 4, size, little);
    to.set(edit.bytes === undefined ? b.subarray(from, from + captured) : edit.bytes.subarray(0, captured), at + head);
    to.fill(0, at + head + captured, at + head + padded);
    to.set(ending, at + head + padded);
    setU32(to, at + size - 4, size, little);
    out.length += size;
  }

  /**
   * The time of a packet that has none: an enhanced packet block can't do without, and 0 would be 1970. It was captured no earlier than the
   * packet before it, whose time it gets by the clock of the first interface; that is also what is read of a simple packet block.
   */
  private borrowedTime(to: Uint8Array, at: number): void {
    const { scale, little } = this;
    const own = this.clocks[0];
    let { high, low } = this;
    if (own === undefined) return;
    if (scale === null || scale.exact !== own.exact || scale.offset !== own.offset) {
      const first = this.plan.timeless?.first ?? null;
      const time = scale === null ? first : { sec: seconds(high, low, scale), nsec: nanoseconds(high, low, scale) };
      const ticks = time === null ? 0n : ticksOf(time.sec, time.nsec, own);
      high = Number(ticks >> 32n);
      low = Number(ticks & 0xffff_ffffn);
    }
    setU32(to, at, high, little);
    setU32(to, at + 4, low, little);
  }

  private lastLength = 0;

  /** A block with the fixed fields of the one at `pos` (`fixed` octets with type and length) and other options. */
  private rebuilt(b: Uint8Array, pos: number, fixed: number, options: Uint8Array, type: number): void {
    const { out, little } = this;
    const size = fixed + options.length + 4;
    out.room(size);
    const at = out.length;
    out.bytes.set(b.subarray(pos, pos + fixed), at);
    setU32(out.bytes, at, type, little);
    setU32(out.bytes, at + 4, size, little);
    out.bytes.set(options, at + fixed);
    setU32(out.bytes, at + size - 4, size, little);
    out.length += size;
    this.lastLength = size;
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

/** Interface statistics. */
const STATISTICS = new Set<number>([5]);
/** Options of an interface that say how its packets' octets and times are to be read. */
const TIMING = new Set<number>([OPTION.resolution, OPTION.fcsLength, OPTION.offset]);
