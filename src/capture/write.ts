/*
 * pcapng blocks (draft-ietf-opsawg-pcapng) as octets, and what may be done to the frames of a capture while it is copied.
 */

import type { Stamp } from '../model/tsdu.ts';
import { OPTION } from './pcapng-options.ts';

export const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 2, simplePacket: 3, enhancedPacket: 6 } as const;

/** What happens to one frame. */
export interface FrameEdit {
  /** Added behind the comments that the frame has, unless one of those says the same. */
  readonly comments?: readonly string[];
  /** Other octets, as many as were captured. */
  readonly bytes?: Uint8Array;
}

/** How a capture is copied. */
export interface CopyPlan {
  readonly edits: ReadonlyMap<number, FrameEdit>;
  /** Frames without an entry in `edits`: all of them stay, or none. */
  readonly rest: 'keep' | 'drop';
  /** Leave out whatever is not a packet, its time or its link type: comments, names, descriptions, statistics, keys, other blocks. */
  readonly strip: boolean;
  /** Program that a new section header names (shb_userappl). */
  readonly application: string;
  /** For comments on packets that have no time of their own. */
  readonly timeless?: Timeless;
}

/** What becomes of a simple packet block with a comment: it has no options, and the enhanced packet block that has them has a time. */
export interface Timeless {
  /** The time where no packet before it has one; null: none has one, and it is 0. */
  readonly first: Stamp | null;
  /** A further comment, which says that the time is not the packet's own. */
  readonly note: string;
}

/** Takes windows of a file as `CaptureReader` does; what it makes of them waits in `out`. */
export interface CaptureCopy {
  /** Frames met, and frames written. */
  readonly frames: number;
  readonly written: number;
  /** Frames of which the plan's comments, some or all, were there already, with their number. */
  readonly there: ReadonlyMap<number, number>;
  /** Frames of the plan that are left as they are: their blocks are damaged. */
  readonly unsound: ReadonlySet<number>;
  /** Simple packet blocks that became enhanced ones. */
  readonly enhanced: number;
  readonly need: number;
  readonly out: Octets;
  push(bytes: Uint8Array, start: number, end: number): number;
  end(bytes: Uint8Array, start: number, end: number): void;
}

/** A growing buffer that is filled, taken and filled again. Lengths stay multiples of four, so that words can be written. */
export class Octets {
  bytes = new Uint8Array(1 << 16);
  words = new Uint32Array(this.bytes.buffer);
  length = 0;
  private spare = new Uint8Array(0);

  /** Make room for `size` octets more. */
  room(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < this.length + size) capacity *= 2;
    const larger = new Uint8Array(capacity);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.words = new Uint32Array(larger.buffer);
  }

  /** The octets so far, valid until the next `take`: two buffers change places, so that one can be written while the other is filled. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    const { spare } = this;
    this.spare = this.bytes;
    this.bytes = spare.length === this.bytes.length ? spare : new Uint8Array(this.bytes.length);
    this.words = new Uint32Array(this.bytes.buffer);
    this.length = 0;
    return taken;
  }

  append(b: Uint8Array, from: number, to: number): void {
    this.room(to - from);
    this.bytes.set(from === 0 && to === b.length ? b : b.subarray(from, to), this.length);
    this.length += to - from;
  }
}

const encoder = new TextEncoder();
/** An option's length is a 16-bit number; nobody reads a comment as long as that. */
const MAX_COMMENT = 16_384;

/** A text as an option holds it: cut where it is too long. */
export function textOctets(text: string): Uint8Array {
  const octets = encoder.encode(text);
  if (octets.length <= MAX_COMMENT) return octets;
  // A cut in the middle of a character leaves continuation octets: take them off.
  let end = MAX_COMMENT;
  while ((octets[end]! & 0xc0) === 0x80) end--;
  return octets.subarray(0, end);
}

/** Options of one block in one byte order. */
export class Options {
  private readonly parts: number[] = [];
  private readonly little: boolean;

  constructor(little: boolean) {
    this.little = little;
  }

  get size(): number {
    return this.parts.length;
  }

  add(code: number, value: Uint8Array | readonly number[]): this {
    this.u16(code);
    this.u16(value.length);
    for (const octet of value) this.parts.push(octet);
    while (this.parts.length & 3) this.parts.push(0);
    return this;
  }

  text(code: number, text: string): this {
    return this.add(code, textOctets(text));
  }

  end(): this {
    if (this.parts.length > 0) this.add(OPTION.end, []);
    return this;
  }

  get octets(): Uint8Array {
    return Uint8Array.from(this.parts);
  }

  private u16(value: number): void {
    if (this.little) this.parts.push(value & 255, value >> 8);
    else this.parts.push(value >> 8, value & 255);
  }
}

export function setU32(b: Uint8Array, at: number, value: number, little: boolean): void {
  b[at] = little ? value & 255 : value >>> 24;
  b[at + 1] = little ? (value >>> 8) & 255 : (value >>> 16) & 255;
  b[at + 2] = little ? (value >>> 16) & 255 : (value >>> 8) & 255;
  b[at + 3] = little ? value >>> 24 : value & 255;
}

/** A whole block: `body` is a multiple of four octets. */
function block(out: Octets, type: number, body: Uint8Array, options: Uint8Array, little: boolean): void {
  const length = 12 + body.length + options.length;
  out.room(length);
  const at = out.length;
  setU32(out.bytes, at, type, little);
  setU32(out.bytes, at + 4, length, little);
  out.bytes.set(body, at + 8);
  out.bytes.set(options, at + 8 + body.length);
  setU32(out.bytes, at + length - 4, length, little);
  out.length += length;
}

/** A section header of unknown length (section length -1), version 1.0. */
export function sectionHeader(out: Octets, options: Options, little: boolean): void {
  const body = new Uint8Array(16).fill(0xff);
  setU32(body, 0, 0x1a2b3c4d, little);
  body[4] = little ? 1 : 0;
  body[5] = little ? 0 : 1;
  body[6] = body[7] = 0;
  block(out, BLOCK.section, body, options.end().octets, little);
}

export function interfaceDescription(
  out: Octets,
  linkType: number,
  snapLength: number,
  options: Options,
  little: boolean,
): void {
  const body = new Uint8Array(8);
  body[little ? 0 : 1] = linkType & 255;
  body[little ? 1 : 0] = linkType >> 8;
  setU32(body, 4, snapLength, little);
  block(out, BLOCK.interface, body, options.end().octets, little);
}
