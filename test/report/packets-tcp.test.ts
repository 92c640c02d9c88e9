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

it('options that a snap length cut are not read from what stands behind the frame', () => {
  const bytes = Uint8Array.from([
    0x0b, 0xb8, 0, 102, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 2, 0x22, 0x38, 0, 0, 0, 0, 2, 4, 5, 180,
  ]);
  const see = (end: number) =>
    new TcpRemarks().see({ ...emptySegment(), bytes, flags: 2, start: 24, captured: 0, end }, 0).options;
  expect([24, 23, 22, 20, 16].map(see)).toEqual(['MSS=1460', '', '', '', '']);
});
