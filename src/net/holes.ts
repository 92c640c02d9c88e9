import type { Half } from './half.ts';

/** Without a SYN the lowest octet is where a direction begins; segments may stand out of order, so some are awaited. */
const MIDSTREAM_SEGMENTS = 128;
const MIDSTREAM_BYTES = 262_144;
/** More than a receiver would hold back: a hole this old is lost when the peer acknowledged it, or not. */
const HELD_ACKNOWLEDGED = 1 << 20;
const HELD_UNKNOWN = 4 << 20;

/** Gives up what a direction waits for, its beginning or a hole, once too much waits behind it. */
export function giveUpOverdue(half: Half, peer: Half): void {
  if (!half.based) {
    if (half.segments >= MIDSTREAM_SEGMENTS || half.heldBytes >= MIDSTREAM_BYTES) begin(half, peer, false);
  } else if (half.heldBytes >= (half.holeAcknowledged() ? HELD_ACKNOWLEDGED : HELD_UNKNOWN)) half.readOn();
}

/** Gives up what a direction waits for, and the first hole behind it. */
export function giveUp(half: Half): void {
  if (!half.based) {
    half.startMidstream();
    half.readOn();
  }
  if (half.waiting) half.readOn();
}

/** Nothing follows `frame`. */
export function giveUpAll(halves: readonly [Half, Half], frame: number): void {
  begin(...halves, true);
  for (const half of halves) half.closeTail(frame);
}

/**
 * Both directions begin, if they have not yet. What waits is read in the order in which it came, whoever sent it: an answer stands behind
 * what it answers.
 */
function begin(a: Half, b: Half, behindHoles: boolean): void {
  for (const half of [a, b]) half.startMidstream();
  for (;;) {
    const [first, second] = [a.heldFrame(behindHoles), b.heldFrame(behindHoles)];
    if (Math.min(first, second) === Number.POSITIVE_INFINITY) return;
    if (first <= second) a.readOn(second);
    else b.readOn(first);
  }
}
