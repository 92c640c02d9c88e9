import { thousands } from '../report/format.ts';
import { clean } from '../report/safe.ts';
import { tellStops } from '../source/stop.ts';
import type { Io } from './io.ts';

/** Nothing is shown for work that ends before anybody would wonder, nor more often than the eye can follow. */
const PATIENCE_MS = 700;
const INTERVAL_MS = 150;
const MIB = 1_048_576;

/** What `onProgress` of an analysis should call, or null when nobody watches. */
export function progressOf(
  io: Io,
  file: string,
  index: number,
  files: number,
): ((done: number, total: number | null) => void) | null {
  // Where a pipe is read, what ^C did to it is told as the rest of the reading is.
  tellStops(io.warn);
  if (!io.interactive) return null;
  const started = performance.now();
  let next = started + PATIENCE_MS;
  return (done, total) => {
    const now = performance.now();
    if (now < next) return;
    next = now + INTERVAL_MS;
    io.progress(progressLine(file, index, files, done, total, (now - started) / 1000));
  };
}

export function progressLine(
  file: string,
  index: number,
  files: number,
  done: number,
  total: number | null,
  seconds: number,
): string {
  const which = files > 1 ? `${index + 1}/${files} ` : '';
  const speed = seconds > 0 ? `  ${thousands(Math.round(done / MIB / seconds))} MiB/s` : '';
  const of = total === null || total === 0 ? '' : ` of ${thousands(Math.ceil(total / MIB))}`;
  const percent = total === null || total === 0 ? '' : `  ${Math.min(100, Math.floor((100 * done) / total))} %`;
  return `${which}${clean(file, 40)}  ${thousands(Math.floor(done / MIB))}${of} MiB${percent}${speed}`;
}
