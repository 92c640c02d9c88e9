/** Nobody wants more: thrown in a run's `pause`, it ends the run without being an error. */
export class Enough extends Error {
  override name = 'Enough';
}

/**
 * Turns a run that hands out items by calling back into batches that are pulled: the run stands still at each `pause` until the
 * next batch is asked for, so that what is not yet written stays bounded. Leaving the loop ends the run. Returns what the run
 * returned, null when it was ended by `Enough`.
 */
export async function* batches<T, R>(
  start: (put: (item: T) => void, pause: () => Promise<void>) => Promise<R>,
): AsyncGenerator<T[], R | null> {
  let items: T[] = [];
  let arrived: () => void = () => {};
  const held: { paused: { go: () => void; stop: (why: Error) => void } | null } = { paused: null };
  const pause = (): Promise<void> => {
    if (items.length === 0) return Promise.resolve();
    return new Promise<void>((go, stop) => {
      held.paused = { go, stop };
      arrived();
    });
  };
  let next = new Promise<void>(done => {
    arrived = done;
  });
  const finished = start(item => void items.push(item), pause).catch((error: unknown) => {
    if (error instanceof Enough) return null;
    throw error;
  });
  const settled = finished.then(
    () => true,
    () => true,
  );
  try {
    for (;;) {
      const over = await Promise.race([next.then(() => false), settled]);
      const batch = items;
      items = [];
      if (batch.length > 0) yield batch;
      if (over) return await finished;
      next = new Promise<void>(done => {
        arrived = done;
      });
      const { paused } = held;
      held.paused = null;
      paused?.go();
    }
  } finally {
    held.paused?.stop(new Enough('no more is wanted'));
    await finished;
  }
}
