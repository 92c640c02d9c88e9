import type { Text } from '../model/rows.ts';

const LIMIT = 65_536;
const DECODER = new TextDecoder();

/** The same text in few large parts instead of one a row: each part costs its reader a promise and a write. */
export function* chunks(parts: Iterable<Text>): Generator<string> {
  let held = '';
  for (const part of parts) {
    held += typeof part === 'string' ? part : DECODER.decode(part);
    if (held.length < LIMIT) continue;
    yield held;
    held = '';
  }
  if (held !== '') yield held;
}

/**
 * As `chunks`, in UTF-8, for text that is long and that nobody reads on the way: it is put together in one buffer instead of on the
 * heap. Each part is valid until the next one is asked for.
 */
export function* octets(parts: Iterable<Text>): Generator<Uint8Array<ArrayBuffer>> {
  let buffer = Buffer.allocUnsafeSlow(2 * LIMIT);
  let used = 0;
  for (const part of parts) {
    // A character of UTF-16 takes three octets at most.
    const most = typeof part === 'string' ? part.length * 3 : part.length;
    if (most > buffer.length - used) {
      if (used > 0) yield buffer.subarray(0, used);
      used = 0;
      if (most > buffer.length) buffer = Buffer.allocUnsafeSlow(most);
    }
    if (typeof part === 'string') used += buffer.write(part, used);
    else {
      buffer.set(part, used);
      used += part.length;
    }
  }
  if (used > 0) yield buffer.subarray(0, used);
}
