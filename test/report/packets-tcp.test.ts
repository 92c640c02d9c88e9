import { expect, it } from 'vitest';
import { emptySegment } from '../../src/net/segment.ts';
import { TcpRemarks } from '../../src/report/packets-tcp.ts';

it('an octet into a closed window is a probe, and counts as none that was sent, as in Wireshark', () => {
  const remarks = new TcpRemarks();
  const see = (way: 0 | 1, seq: number, ack: number, length: number, window = 8760) =>
    remarks.see({ ...emptySegment(), seq, ack, length, captured: length, window, flags: 16 }, way).marks;
  see(0, 100, 500, 7);
  see(1, 500, 107, 0, 0);
  for (let n = 0; n < 2; n++) {
    expect(see(0, 107, 500, 1)).toEqual(['ZeroWindowProbe']);
    expect(see(1, 500, 107, 0, 0)).toEqual(['ZeroWindowProbeAck', 'ZeroWindow']);
  }
  expect(see(1, 500, 107, 0)).toEqual(['Window Update']);
  expect(see(0, 107, 500, 9)).toEqual([]);
});
