import type { Half } from './half.ts';

/** Without a SYN the lowest octet is where a direction begins; segments may stand out of order, so some are awaited. */
const MIDSTREAM_SEGMENTS = 128;
const MIDSTREAM_BYTES = 262_144;
/** More than a receiver would hold back: a hole this old is lost when the peer acknowledged it, or not. */
const HELD_ACKNOWLEDGED = 1 << 20;
const HELD_UNKNOWN = 4 << 20;

/** Gives up what a direction waits for, its beginning or a hole, once too much waits behind it. */
export function giveUpOverdue(half: Half): void {
  if (!half.based) {
    if (half.segments >= MIDSTREAM_SEGMENTS || half.heldBytes >= MIDSTREAM_BYTES) half.startMidstream();
  } else if (half.heldBytes >= (half.holeAcknowledged() ? HELD_ACKNOWLEDGED : HELD_UNKNOWN)) half.skipHole();
}

/** Gives up what a direction waits for, and the first hole behind it. */
export function giveUp(half: Half): void {
  if (!half.based) half.startMidstream();
  if (half.waiting) half.skipHole();
}

/** Nothing follows `frame`. */
export function giveUpAll(half: Half, frame: number): void {
  if (!half.based) half.startMidstream();
  while (half.waiting) half.skipHole();
  half.closeTail(frame);
}
