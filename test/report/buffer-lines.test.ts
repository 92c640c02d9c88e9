import { expect, test } from 'vitest';
import type { BufferChange } from '../../src/engine/sink.ts';
import { BufferRecorder } from '../../src/report/html/buffers.ts';

const request = (frame: number, elements: number, held: number): BufferChange => ({
  stream: 0,
  direction: 0,
  frame,
  sec: frame,
  nsec: 0,
  kind: 'request',
  receiver: '192.0.2.50',
  streamOffset: frame * 100,
  length: elements * 2_000,
  elements,
  held,
  machineHeld: held,
  controlBlocks: 2,
});

test('thinning keeps the largest request with its frame, and the most that was held beside it', () => {
  const recorder = new BufferRecorder();
  for (let frame = 1; frame <= 5_000; frame++) {
    // More is held for a long TSDU than one request may ask for.
    if (frame === 1_001) recorder.change(request(frame, 29, 29));
    else if (frame === 1_002) recorder.change(request(frame, 1, 100));
    else recorder.change(request(frame, 1, 1));
  }
  const [line] = recorder.result(Number.POSITIVE_INFINITY, new Set(), 0).lines;
  expect(line!.of).toBe(5_000);
  expect(line!.samples.length).toBeLessThan(2_048);
  expect(line!.samples.filter(s => s.asked > 1)).toEqual([
    { frame: 1_001, time: 1_001, length: 58_000, asked: 29, held: 100 },
  ]);
});
