/** Windows of a capture that are read before it counts as large: 8 MiB. */
const LARGE = 32;
/** Windows before the first look at the heap, 2 MiB: short runs are spared it. */
const FIRST_LOOK = 8;
/** Windows between two looks at the heap of a large capture. Up to `LARGE` each is one: growth from 4 to 8 MiB takes few of them. */
const LOOK = 16;
/** Octets of one half of V8's young generation beyond which it is not to grow; there are two. */
const YOUNG_OCTETS = 4 << 20;

/** The optimizing compiler needs a third of the processor time of such a run: it is to do less to each function. */
const COMPILER = ['--max-inlined-bytecode-size-cumulative=100', '--no-turbo-loop-peeling'];
/** Closed connections are garbage in the old generation, which V8 would let grow to a multiple of what is in use before it looks. */
const COLLECTOR = ['--heap-growing-percent=60'];

/** The newest Node.js whose V8 is known to have these switches: another one would complain of them on standard error. */
const NEWEST = 24;

let windows = 0;
let unsettled = Number.parseInt(process.versions.node, 10) <= NEWEST;
let growing = true;

/**
 * The switches are those of the whole process: a thread beside which another one goes on working leaves them as they are. That one's
 * young generation would stay as small as it is then.
 */
export function leaveEngine(): void {
  unsettled = false;
}

/**
 * Sets V8 for runs of some hundred milliseconds over large captures (docs/adr/0060); what code computes is not changed. Its optimizing
 * compiler, which takes a third of the processor time of such a run, is to inline less, and its young generation, which would grow to
 * 16 MiB twice, is to stay in the cache. Call once a window that was read.
 */
export function tuneEngine(): void {
  if (!unsettled) return;
  windows++;
  if (windows < FIRST_LOOK || (windows > LARGE && windows % LOOK !== 0)) return;
  // Loaded when it is needed: small captures need it never.
  const v8 = process.getBuiltinModule('node:v8');
  if (windows === LARGE) for (const flag of [...COMPILER, ...COLLECTOR]) v8.setFlagsFromString(flag);
  if (growing) {
    const young = v8.getHeapSpaceStatistics().find(space => space.space_name === 'new_space');
    growing = young !== undefined && young.space_size < 2 * YOUNG_OCTETS;
    if (!growing && young !== undefined) v8.setFlagsFromString('--semi-space-growth-factor=1');
  }
  unsettled = growing || windows < LARGE;
}
