/** Starts up to `ahead` further items before an earlier one is done; yields the results in the order of the items. */
export async function* inOrder<T, R>(
  items: readonly T[],
  ahead: number,
  start: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  for (let i = 0; i < items.length; i++) {
    for (let j = started.length; j < items.length && j <= i + ahead; j++) {
      const promise = start(items[j]!, j);
      // It is awaited in its turn; until then a failure must not count as unhandled.
      promise.catch(() => {});
      started.push(promise);
    }
    yield await started[i]!;
    started[i] = undefined as unknown as Promise<R>;
  }
}
