import { pipeline } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib';
import { spent } from './spent.ts';

/** Octets that are made of the stream at once. */
const CHUNK = 1 << 18;
/** Octets that are kept of a stream that comes once: most captures that come compressed through a pipe are less. */
const MOST_KEPT = 8 << 20;
/** The pieces in which the chunk with the damage is read again, and then the piece with the damage. */
const FINER = [512, 1];

/** A stream that comes once, kept for as long as it is short enough to be read again. */
export class Kept {
  /** It takes memory as far as it is written; null when the stream was too long. */
  private octets: Buffer | null = Buffer.allocUnsafeSlow(MOST_KEPT);
  private length = 0;

  get gone(): boolean {
    return this.octets === null;
  }

  /** Hands the chunks on; they may be freed once they are used. */
  async *keep(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      if (this.length + chunk.length > MOST_KEPT) this.octets = null;
      this.octets?.set(chunk, this.length);
      this.length += chunk.length;
      yield chunk;
    }
  }

  async *again(): AsyncGenerator<Buffer> {
    if (this.octets !== null) yield this.octets.subarray(0, this.length);
  }
}

/**
 * The octets of a gzip stream, up to where it is damaged; then it throws.
 *
 * Of a piece in which it meets damage zlib hands out nothing, not even what stands before it. Where the stream can be read again, that
 * is found by further readings, with smaller pieces each time from there on.
 *
 * @param again reads the same stream from its beginning; of one that comes once, what keeps it
 */
export async function* gunzip(
  source: AsyncIterable<Buffer>,
  again: (() => AsyncIterable<Buffer>) | Kept,
): AsyncGenerator<Buffer> {
  const reading = { sound: 0 };
  const kept = again instanceof Kept ? again : null;
  const anew = again instanceof Kept ? () => again.again() : again;
  let out = 0;
  let failure: unknown;
  try {
    // What stands before a damage that comes too late to be looked for is to be taken by then.
    const pieces = (output: Gunzip): AsyncIterable<Buffer> =>
      kept === null ? source : inPieces(kept.keep(source), 0, CHUNK, output);
    for await (const chunk of spent(inflated(output => given(pieces(output), reading, output)))) {
      out += chunk.length;
      yield chunk;
    }
    return;
  } catch (error) {
    if (kept?.gone) throw error;
    failure = error;
  }
  for (const size of FINER) {
    const from = reading.sound;
    let known = out;
    try {
      for await (const chunk of inflated(output => given(inPieces(anew(), from, size, output), reading, output))) {
        const fresh = chunk.subarray(Math.min(known, chunk.length));
        known -= chunk.length - fresh.length;
        out += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function inflated(source: (output: Gunzip) => AsyncIterable<Buffer>): Gunzip {
  // It asks for the next chunk when it is done with the last one, not before.
  const output = createGunzip({ chunkSize: CHUNK, writableHighWaterMark: 1 } as ZlibOptions);
  // A failure of either comes to whoever reads the output.
  pipeline(source(output), output, () => {});
  return output;
}

/** What zlib is given; `sound` becomes the number of octets before the last piece that it was given. */
async function* given(
  pieces: AsyncIterable<Buffer>,
  reading: { sound: number },
  output: Gunzip,
): AsyncGenerator<Buffer> {
  reading.sound = 0;
  for await (const piece of pieces) {
    // It may be freed once it is used, and has no length then.
    const { length } = piece;
    yield piece;
    reading.sound += length;
  }
  await taken(output);
}

/** The same octets, from `from` on in pieces of `size`, each when all that came of the one before was taken. */
async function* inPieces(
  source: AsyncIterable<Buffer>,
  from: number,
  size: number,
  output: Gunzip,
): AsyncGenerator<Buffer> {
  let begin = 0;
  for await (const chunk of source) {
    let at = Math.min(chunk.length, Math.max(0, from - begin));
    if (at > 0) yield chunk.subarray(0, at);
    for (; at < chunk.length; at += size) {
      await taken(output);
      yield chunk.subarray(at, at + size);
    }
    begin += chunk.length;
  }
}

/** What a stream holds when it fails is lost. */
async function taken(output: Gunzip): Promise<void> {
  while (output.readableLength > 0) await setImmediate();
}
