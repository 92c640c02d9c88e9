import { isNumbered } from './numbered.ts';
import { MAX_PACKET } from './reader.ts';

/** A block longer than this is damage: the largest legitimate ones are packets plus options, or key logs. */
const MAX_BLOCK = 64 << 20;
/** Octets behind a damaged block that are searched. */
const REACH = 4 << 20;
/** A longer block is not taken for the way on: its end would have to be waited for. */
const LONGEST = 1 << 20;
const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Octets that a block of a type has at least (draft-ietf-opsawg-pcapng 4); no other type is taken for the way on. */
const LEAST: ReadonlyMap<number, number> = new Map([
  [SECTION, 28],
  [INTERFACE, 20],
  [PACKET, 32],
  [SIMPLE_PACKET, 16],
  [4, 12], // names
  [5, 24], // interface statistics
  [ENHANCED_PACKET, 32],
  [10, 20], // secrets
]);

/** More octets are to come before it can be said. */
const WAIT = -1;
const NOWHERE = -2;

/** Length of the block at `pos` when it is all there and its two lengths are the same and can be, as nearly always; else 0: see `judge`. */
export function soundBlock(b: Uint8Array, pos: number, end: number, type: number, little: boolean): number {
  const length = word(b, pos + 4, little);
  if (length < 12 || length > MAX_BLOCK || length & 3 || pos + length > end) return 0;
  if (type === SECTION && (length < 28 || orderOf(b, pos) === null)) return 0;
  return word(b, pos + length - 4, little) === length ? length : 0;
}

/** What is known at a block. */
export interface BlockPlace {
  readonly little: boolean;
  /** Nothing comes behind the octets that are there. */
  readonly ended: boolean;
  /** Octets that a simple packet block has at most (SnapLen of the first interface; 0 is no limit). */
  readonly snapLength: number;
}

/**
 * The way on where the length of a block is false (draft-ietf-opsawg-pcapng 3.1): the nearest place where a block of a known type begins
 * whose two lengths agree, with another one, or the end of the file, behind it. Each octet is looked at, since octets that were lost or
 * added leave nothing on a boundary of four. Whoever walks a file asks here, so that all number its frames alike.
 */
export class BlockSearch {
  /** Octets from the damaged block to where the search goes on when more of the file is there; 0: it has not begun. */
  private scanned = 0;
  /** Octets that the block has which was judged last, where that is more than there are and more are to come; else 0. */
  need = 0;

  /**
   * What is to be done with the block at `pos`, whose lengths are not two of the same that can be, or which is not all there. More than 0: it
   * has that length. Less than 0: it is lost, and the next one begins as many octets on. 0: ask again from here when more is there, if more
   * is to come. Null: there is no way on.
   */
  judge(b: Uint8Array, pos: number, end: number, place: BlockPlace): number | null {
    const { little, ended } = place;
    const type = word(b, pos, little);
    const said = word(b, pos + 4, little);
    // A block fills whole words. Old writers did not count the padding, but wrote it.
    const length = (said + 3) & ~3;
    const ordered = type !== SECTION || orderOf(b, pos) !== null;
    const possible = ordered && said >= (type === SECTION ? 28 : 12) && said <= MAX_BLOCK;
    const beyond = possible && pos + length > end;
    this.need = beyond && !ended ? length : 0;
    if (this.need > 0) return 0;
    const behind = behindPacket(b, pos, end, type, place);
    const there = possible && !beyond;
    if (there) {
      const trailer = word(b, pos + length - 4, little);
      const whole = fits(b, pos, length, type, little);
      if (whole && (trailer === length || trailer === said)) return length;
      if (whole && known(type, length) && behind <= length) {
        const next = this.scan(b, pos, behind, pos + length, end, place, type, true);
        return next === WAIT ? 0 : next === NOWHERE ? length : next - pos;
      }
    }
    if (behind === WAIT) return 0;
    // Where it contradicts a length that can be, that of the packet is trusted no more than the other.
    const next = this.scan(b, pos, there ? 1 : behind, Math.min(end, pos + REACH), end, place, type, false);
    if (next === WAIT || (next === NOWHERE && beyond)) return 0;
    if (next === NOWHERE) return null;
    return told(b, pos, next, type, little) ? next - pos : pos - next;
  }

  /**
   * @param from in octets behind `pos`
   * @param second only a place that the second length of the block at `pos` tells, which is as many octets on as it says. Without one the
   * first length is as good as any.
   */
  private scan(
    b: Uint8Array,
    pos: number,
    from: number,
    to: number,
    end: number,
    place: BlockPlace,
    type: number,
    second: boolean,
  ): number {
    // Without its section header, or the description of an interface, the rest of a section can't be read.
    const sections = !second && (type === SECTION || type === INTERFACE);
    let p = pos + (this.scanned || from);
    let found = NOWHERE;
    for (; p < to && found === NOWHERE; p++) {
      const tells = told(b, pos, p, type, place.little);
      if (!tells && second) continue;
      found = wayOn(b, p, end, place, sections && !tells);
    }
    if (found !== NOWHERE) p--;
    else if (place.ended && p === end && told(b, pos, end, type, place.little)) found = end;
    else if (!second && !place.ended && to < pos + REACH) found = WAIT;
    this.scanned = found === WAIT ? p - pos : 0;
    return found;
  }
}

/** Whether the octets before `p` are the second length of the block at `pos`, and say that it ends there. */
function told(b: Uint8Array, pos: number, p: number, type: number, little: boolean): boolean {
  if (type === SECTION ? p < pos + 28 || orderOf(b, pos) === null : p < pos + 12) return false;
  return word(b, p - 4, little) === p - pos;
}

/** `p` where reading may go on there, else WAIT or NOWHERE. */
function wayOn(b: Uint8Array, p: number, end: number, { little, ended }: BlockPlace, sections: boolean): number {
  const next = behindBlock(b, p, end, little, ended);
  if (next < 0) return next;
  const section = word(b, p, little) === SECTION;
  if (sections && !section) return NOWHERE;
  if (next === end && ended) return p;
  const after = behindBlock(b, next, end, section ? orderOf(b, p)! : little, ended);
  return after < 0 ? after : p;
}

/** Where the block ends that begins at `p`; NOWHERE where none does. */
function behindBlock(b: Uint8Array, p: number, end: number, little: boolean, ended: boolean): number {
  const more = ended ? NOWHERE : WAIT;
  if (p + 12 > end) return more;
  const type = word(b, p, little);
  const order = type === SECTION ? orderOf(b, p) : little;
  if (order === null) return NOWHERE;
  const length = word(b, p + 4, order);
  if (length < 12 || length > LONGEST || length & 3 || !known(type, length)) return NOWHERE;
  if (p + length > end) return more;
  return word(b, p + length - 4, order) === length && fits(b, p, length, type, order) ? p + length : NOWHERE;
}

/** Whether there are blocks of this type and length. */
function known(type: number, length: number): boolean {
  const least = LEAST.get(type);
  return least === undefined ? isNumbered(type, length) : length >= least;
}

/** Whether a block of `length` octets has room for its fixed fields and the packet that it says it holds. */
export function fits(b: Uint8Array, p: number, length: number, type: number, little: boolean): boolean {
  if (type === SIMPLE_PACKET) return length >= 16;
  if (type !== ENHANCED_PACKET && type !== PACKET) return true;
  return length >= 32 && word(b, p + 20, little) <= length - 32;
}

/** Octets from the block at `pos` on in which no other is looked for, since a packet may hold a capture itself. WAIT while that is to come. */
function behindPacket(b: Uint8Array, pos: number, end: number, type: number, place: BlockPlace): number {
  const simple = type === SIMPLE_PACKET;
  if (!simple && type !== ENHANCED_PACKET && type !== PACKET) return 1;
  const at = pos + (simple ? 8 : 20);
  if (at + 4 > end) return place.ended ? 1 : WAIT;
  const said = word(b, at, place.little);
  const captured = simple && place.snapLength > 0 ? Math.min(said, place.snapLength) : said;
  return captured > MAX_PACKET ? 1 : (simple ? 16 : 32) + ((captured + 3) & ~3);
}

/** Whether the section whose header begins at `pos` is little-endian; null where its magic says neither. */
export function orderOf(b: Uint8Array, pos: number): boolean | null {
  const magic = word(b, pos + 8, false);
  return magic === 0x4d3c2b1a ? true : magic === 0x1a2b3c4d ? false : null;
}

function word(b: Uint8Array, p: number, little: boolean): number {
  return (
    (little
      ? b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
      : (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0
  );
}
