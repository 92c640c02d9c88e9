/*
 * ^C goes to all programs of a pipe at once: to the one that captures, and to this one. What was captured is to be analyzed then, so
 * that the first signal ends the reading of a pipe, and only the next one the process.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** Milliseconds in which the writer of a pipe, stopped by the same ^C, may still hand over what it holds. */
const GRACE = 250;

/** Seconds that work may go on without a signal being heard. */
const DEAF = 0.1;

const readings = new Set<(signal: Signal) => void>();
const endings = new Set<() => void>();
let watching = false;
/** When, in seconds of `process.uptime`: `performance` would have Node load ten modules of its own first. */
let heard = process.uptime();
let tell: (line: string) => void = () => {};

/** Where it is said that a reading was stopped. */
export function tellStops(to: (line: string) => void): void {
  tell = to;
}

/** What to do before a signal ends the process. */
export function beforeSignal(end: () => void): void {
  endings.add(end);
  watch();
}

/** Nobody listens longer than there is something to do: a listener only hears when the work in hand lets it. */
function watch(): void {
  const wanted = readings.size > 0 || endings.size > 0;
  if (wanted === watching) return;
  watching = wanted;
  for (const signal of SIGNALS) {
    if (wanted) process.on(signal, received);
    else process.off(signal, received);
  }
}

/**
 * To be awaited, now and then, by work that waits for nothing: a listener hears between two turns of the event loop only. Null where
 * nobody listens, or did a moment ago.
 */
export function hearSignals(): Promise<void> | null {
  if (!watching || process.uptime() - heard < DEAF) return null;
  return new Promise(done =>
    setImmediate(() => {
      heard = process.uptime();
      done();
    }),
  );
}

function received(signal: Signal): void {
  // A terminal that is gone has nobody left who would read the result.
  if (readings.size > 0 && signal !== 'SIGHUP') {
    const stopped = [...readings];
    readings.clear();
    watch();
    for (const stop of stopped) stop(signal);
    return;
  }
  for (const end of endings) end();
  readings.clear();
  endings.clear();
  watch();
  // The listener is gone now, so the signal ends the process as it would have without us.
  process.kill(process.pid, signal);
}

export interface Stoppable {
  readonly chunks: AsyncGenerator<Buffer>;
  /** To be called when nothing more is read, for whatever reason. */
  end(): void;
}

/** What comes through a pipe, until that ends or, when it is `live`, a signal stops the reading. */
export function stoppable(input: AsyncIterable<Buffer>, name: string, live: boolean): Stoppable {
  const iterator = input[Symbol.asyncIterator]();
  let over = false;
  let wake: () => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  const stop = (signal: Signal): void => {
    timer = setTimeout(() => {
      tell(`${name}: reading was stopped by ${signal}; what came before that is analyzed`);
      end();
    }, GRACE);
  };
  function end(): void {
    clearTimeout(timer);
    over = true;
    wake();
    readings.delete(stop);
    watch();
    // What is left in a pipe would keep the process waiting for more.
    (input as Partial<NodeJS.ReadStream>).destroy?.();
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    while (!over) {
      // No Promise.race: a promise that stays open would hold on to every chunk.
      const next = await new Promise<IteratorResult<Buffer> | null>((done, fail) => {
        wake = () => done(null);
        iterator.next().then(done, fail);
      });
      if (next === null || next.done) return;
      yield next.value;
    }
  }
  if (live) readings.add(stop);
  watch();
  return { chunks: chunks(), end };
}
