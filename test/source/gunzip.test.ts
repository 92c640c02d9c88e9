import { randomBytes } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gunzip, Kept } from '../../src/source/gunzip.ts';
import { spent } from '../../src/source/spent.ts';

/** Text that gives a stream of several chunks of 256 KiB, or a small one. */
const text = (lines: number): Buffer =>
  Buffer.from(Array.from({ length: lines }, (_, i) => `${(i * 2654435761) % 4294967296} of ${i}\n`).join(''));
const LARGE = text(200_000);
const SMALL = text(200);

async function* chunks(octets: Buffer, size = 1 << 18): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(size, octets.length - at));
    octets.copy(chunk, 0, at);
    yield chunk;
  }
}

/** What comes out, and what is said at the end. Of a pipe the chunks are freed once they are used. */
async function read(stream: Buffer, kept?: Kept): Promise<[octets: Buffer, error: string | null]> {
  const out: Buffer[] = [];
  const given = kept === undefined ? chunks(stream) : spent(chunks(stream, 1 << 16));
  try {
    for await (const chunk of gunzip(given, kept ?? (() => chunks(stream)))) out.push(Buffer.from(chunk));
  } catch (error) {
    return [Buffer.concat(out), (error as Error).message];
  }
  return [Buffer.concat(out), null];
}

/** Asked of zlib in another way: everything that the first octets hold. */
const upTo = (stream: Buffer, octets: number): Buffer =>
  gunzipSync(stream.subarray(0, octets), { finishFlush: constants.Z_SYNC_FLUSH });

test.each([
  ['small', SMALL],
  ['large', LARGE],
])('a %s stream, two of them, and zeros behind them', async (_, octets) => {
  const stream = gzipSync(octets);
  const [once, error] = await read(stream);
  expect(error).toBeNull();
  expect(once.equals(octets)).toBe(true);
  const [both, second] = await read(Buffer.concat([stream, stream, Buffer.alloc(512)]));
  expect(second).toBeNull();
  expect(both.equals(Buffer.concat([octets, octets]))).toBe(true);
});

test.each([
  ['small', SMALL],
  ['large', LARGE],
])('nothing of a %s stream is lost when something else follows it', async (_, octets) => {
  const stream = Buffer.concat([gzipSync(octets), Buffer.from('no gzip')]);
  const [found, error] = await read(stream);
  expect(error).toBe('incorrect header check');
  expect(found.equals(octets)).toBe(true);
});

const WAYS = [
  ['a file', () => undefined],
  ['a pipe', () => new Kept()],
] as const;

test.each([0.02, 0.5, 0.9, 0.999].flatMap(where => WAYS.map(([name, kept]) => [where, name, kept] as const)))(
  'all that stands before the damage at %f of %s',
  async (where, _name, kept) => {
    for (const octets of [SMALL, LARGE]) {
      const stream = gzipSync(octets);
      const at = Math.max(64, Math.floor(stream.length * where));
      const before = upTo(stream, at);
      const [cut, why] = await read(stream.subarray(0, at), kept());
      expect(why).toBe('unexpected end of file');
      expect(cut.equals(before)).toBe(true);
      // A code that no table has comes sooner or later; what stands behind the damage before that is anything.
      const broken = Buffer.from(stream);
      broken.fill(0xff, at, Math.min(stream.length, at + 4096));
      const [found, error] = await read(broken, kept());
      expect(error).not.toBeNull();
      expect(found.subarray(0, before.length).equals(before)).toBe(true);
      // And no octet is there twice, or in another place, than as of a file.
      expect(found.equals((await read(broken))[0])).toBe(true);
    }
  },
);

test('of a stream that comes once and is too long to be kept, no less than what the chunks before the damage hold', async () => {
  // Nothing that could be compressed.
  const noise = randomBytes(9 << 20);
  const stream = gzipSync(noise, { level: 1 });
  const at = Math.floor(stream.length * 0.95);
  const broken = Buffer.from(stream);
  broken.fill(0xff, at);
  const kept = new Kept();
  const [found, error] = await read(broken, kept);
  expect([error === null, kept.gone]).toEqual([false, true]);
  const before = upTo(stream, Math.floor(at / (1 << 18)) * (1 << 18));
  expect(before.length).toBeGreaterThan(8 << 20);
  expect(found.subarray(0, before.length).equals(before)).toBe(true);
});

test('a chunk is freed when the next one is asked for, and none that shares its memory', async () => {
  const own = Buffer.allocUnsafeSlow(100_000);
  const halves = Buffer.allocUnsafeSlow(100_000);
  const pooled = Buffer.from('a few octets');
  const given = [own, pooled, halves.subarray(0, 50_000), halves.subarray(50_000)];
  const lengths: number[][] = [];
  async function* source(): AsyncGenerator<Buffer> {
    yield* given;
  }
  for await (const chunk of spent(source())) {
    expect(chunk.length).toBeGreaterThan(0);
    lengths.push(given.map(({ length }) => length));
  }
  lengths.push(given.map(({ length }) => length));
  expect(lengths).toEqual([
    [100_000, 12, 50_000, 50_000],
    [0, 12, 50_000, 50_000],
    [0, 12, 50_000, 50_000],
    [0, 12, 50_000, 50_000],
    [0, 12, 0, 0],
  ]);
});
