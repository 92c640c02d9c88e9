import { thousands } from '../base/numbers.ts';
import type { Stamp } from '../model/tsdu.ts';

export { endpoint } from '../base/text.ts';
export { thousands };

/** `1 frame`, `2 frames`; with a plural of its own where that is not regular. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${thousands(value)} ${value === 1 ? one : many}`;
}

/** A fraction of a second or more in a damaged record is carried over, so that the digits always are a fraction. */
function carried(stamp: Stamp): Stamp {
  if (stamp.nsec >= 0 && stamp.nsec < 1e9) return stamp;
  const whole = Math.floor(stamp.nsec / 1e9);
  return { sec: stamp.sec + whole, nsec: stamp.nsec - whole * 1e9 };
}

/** ISO 8601 in UTC with all the digits that the capture has: six, or nine where microseconds don't suffice. */
export function iso(stamp: Stamp): string {
  const { sec, nsec } = carried(stamp);
  const base = isoSeconds(sec);
  const nanos = String(nsec).padStart(9, '0');
  return `${base}.${nanos.endsWith('000') ? nanos.slice(0, 6) : nanos}Z`;
}

/** The time that `iso` wrote. */
export function stampOf(text: string): Stamp {
  const point = text.lastIndexOf('.');
  return {
    sec: Date.parse(`${text.slice(0, point)}Z`) / 1000,
    nsec: Number(text.slice(point + 1, -1).padEnd(9, '0')),
  };
}

/** `1998-06-03 09:13:11.402118`, UTC. */
export function moment(stamp: Stamp, digits = 6): string {
  const { sec, nsec } = carried(stamp);
  const fraction = digits === 0 ? '' : `.${String(nsec).padStart(9, '0').slice(0, digits)}`;
  return isoSeconds(sec).replace('T', ' ') + fraction;
}

let lastSecond = 0;
let lastText = '1970-01-01T00:00:00';

/** A Date holds 8.64e12 seconds either way; a capture's 64-bit time may not. Thousands of rows share a second. */
function isoSeconds(sec: number): string {
  if (sec === lastSecond) return lastText;
  const date = new Date(sec * 1000);
  lastSecond = sec;
  lastText = (Number.isNaN(date.getTime()) ? new Date(8.64e15) : date).toISOString().slice(0, -5);
  return lastText;
}

/** Rounded once, so that 12.2 ms are 0.0122 wherever a second begins between the two. */
export function secondsBetween(from: Stamp, to: Stamp): number {
  return ((to.sec - from.sec) * 1e9 + (to.nsec - from.nsec)) / 1e9;
}

/** Since 1970. A number of seconds would have no room for the last three digits. */
export function nanoseconds({ sec, nsec }: Stamp): bigint {
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

/** `0.4 s`, `31 s`, `2 min 31 s`, `3 h 12 min`, `4 d 3 h`. */
export function duration(seconds: number): string {
  if (!(seconds >= 0)) return '–';
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${thousands(Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => whole >= size);
  const [size, name] = units[first]!;
  const head = `${thousands(Math.floor(whole / size))} ${name}`;
  const next = units[first + 1];
  if (next === undefined) return head;
  const rest = Math.floor((whole % size) / next[0]);
  return rest === 0 ? head : `${head} ${rest} ${next[1]}`;
}

/** `231`, `231–233`: from the first of these frames to the last. */
export function frameRange(first: number, last: number): string {
  return first === last ? thousands(first) : `${thousands(first)}–${thousands(last)}`;
}

/** `231, 233`, `1–4, 9`: ascending frame numbers with runs of three and more joined. */
export function frameList(frames: readonly number[], max = 12): string {
  const runs: string[] = [];
  let i = 0;
  while (i < frames.length && runs.length < max) {
    let j = i;
    while (j + 1 < frames.length && frames[j + 1] === frames[j]! + 1) j++;
    if (j - i >= 2) runs.push(`${thousands(frames[i]!)}–${thousands(frames[j]!)}`);
    else for (let k = i; k <= j; k++) runs.push(thousands(frames[k]!));
    i = j + 1;
  }
  return i < frames.length ? `${runs.join(', ')}, … (${thousands(frames.length - i)} more)` : runs.join(', ');
}
