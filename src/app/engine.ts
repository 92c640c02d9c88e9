import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Windows of a capture that are read before it counts as large: 8 MiB. */
const LARGE = 32;
/** Windows between two looks at the heap. */
const LOOK = 64;
/** Octets of one half of V8's young generation beyond which it is not to grow; there are two. */
const YOUNG_OCTETS = 4 << 20;

let windows = 0;
let growing = true;

/**
 * Sets V8 for runs of some hundred milliseconds over large captures (docs/adr/0060); what code computes is not changed. Its optimizing
 * compiler, which takes a third of the processor time of such a run, is to inline less, and its young generation, which would grow to
 * 16 MiB twice, is to stay in the cache. Call once a window that was read.
 */
export function tuneEngine(): void {
  if (++windows === LARGE) setFlagsFromString('--max-inlined-bytecode-size-cumulative=250');
  if (!growing || windows % LOOK !== 0) return;
  const young = getHeapSpaceStatistics().find(space => space.space_name === 'new_space');
  if (young === undefined || young.space_size < 2 * YOUNG_OCTETS) return;
  growing = false;
  setFlagsFromString('--semi-space-growth-factor=1');
}
