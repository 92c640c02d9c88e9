import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { feed } from '../../src/source/feed.ts';
import { beforeSignal } from '../../src/source/stop.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { analyzeBytes, analyzeChunks } from '../kit/analysis.ts';

test('a file whose name is not UTF-8 is not said to be missing without more', async () => {
  // As such a name comes out of the command line, or of the list of a folder.
  const { code, err } = await mtascope(['analyze', join(folder(), '\ufffd.pcap')]);
  expect(code).toBe(2);
  expect(err).toMatch(/: no such file \(a name with octets that are no UTF-8 .*: rename it\)\n$/);
});

test.each([
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0x04]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68, 0x39]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18, 0x64]],
])('a capture that %s compressed is told as such, with the way to read it', async (tool, head) => {
  const file = join(folder(), 'packed.pcap');
  writeFileSync(file, Uint8Array.from([...head, 1, 2, 3, 4, 5]));
  const { code, err } = await mtascope(['analyze', file]);
  expect(code).toBe(2);
  expect(err).toBe(
    `${file}: is compressed with ${tool}, which is not read; use a pipe: ${tool} -dc FILE | mtascope analyze -\n`,
  );
});

test('a damaged gzip stream says through a pipe what it says as a file', async () => {
  const stream = gzipSync(readFileSync(fileURLToPath(new URL('../../captures/q182619-5.0.pcap', import.meta.url))));
  for (const where of [0.3, 0.9]) {
    const broken = Buffer.from(stream);
    const at = Math.floor(stream.length * where);
    broken.fill(0xff, at, at + 50);
    const asFile = await analyzeBytes(broken);
    expect(asFile.frames).toBeGreaterThan(10);
    expect(asFile.warnings.map(warning => warning.code)).toContain('capture.compression');
    expect(await analyzeChunks([broken])).toEqual(asFile);
  }
});

test('a signal is heard while a file is read, where somebody has to tidy up first', async () => {
  const file = fileURLToPath(new URL('../../captures/q182619-5.0.pcap', import.meta.url));
  const sink = { frame: () => undefined };
  const heard = async () => {
    let other = false;
    setImmediate(() => {
      other = true;
    });
    await feed(file, { ports: null, sink, warn: () => undefined });
    return other;
  };
  let clock = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clock += 1000;
    return clock;
  });
  try {
    expect(await heard()).toBe(false);
    beforeSignal(() => undefined);
    expect(await heard()).toBe(true);
  } finally {
    vi.restoreAllMocks();
  }
});
