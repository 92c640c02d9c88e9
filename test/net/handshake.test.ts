import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/model/finding.ts';
import { Half } from '../../src/net/half.ts';
import { type Course, Handshake } from '../../src/net/handshake.ts';
import { ACK, emptySegment, type Segment, SYN, UNSEEN } from '../../src/net/segment.ts';

const READER = { readable: () => {}, gap: () => {}, repeated: () => {} };
const OPEN: Course = { closed: false, rstFrame: 0, endSec: 100, endNsec: 0 };
const OVER: Course = { ...OPEN, closed: true };

function begin() {
  const halves = [new Half(READER, { held: 0 }, 0), new Half(READER, { held: 0 }, 0)] as const;
  return { halves, handshake: new Handshake(halves) };
}

let frame = 0;
const segment = (flags: number, seq: number, rest: Partial<Segment> = {}): Segment => {
  return { ...emptySegment(), frame: ++frame, sec: 100, flags, seq, ...rest };
};
const syn = (seq: number, rest?: Partial<Segment>) => segment(SYN, seq, rest);
const synAck = (seq: number, ack: number, rest?: Partial<Segment>) => segment(SYN | ACK, seq, { ack, ...rest });

/** SYN 1000, SYN-ACK 5000 and the acknowledgement. */
function established(scales: readonly [number, number] = [-1, -1]) {
  const begun = begin();
  begun.handshake.takeSyn(syn(1000, { scale: scales[0] }), 0);
  begun.handshake.takeAnswer(synAck(5000, 1001, { scale: scales[1] }), 1);
  begun.handshake.confirms(segment(ACK, 1001, { ack: 5001 }));
  return begun;
}

describe('a handshake', () => {
  it('tells both directions where they begin', () => {
    const { halves, handshake } = established();
    expect(halves.map(half => [half.anchored, half.next])).toEqual([
      [true, 1001],
      [true, 5001],
    ]);
    expect([handshake.synSeen, handshake.synAckSeen, handshake.accepted, handshake.rival]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('counts a SYN that is sent again, and no copy of a mirror port', () => {
    const { handshake } = begin();
    for (const [sec, nsec] of [
      [100, 0],
      [100, 1_000_000],
      [103, 0],
      [103, 99_000_000],
    ] as const)
      handshake.takeSyn(syn(1000, { sec, nsec }), 0);
    expect(handshake.synCount).toBe(2);
    expect(handshake.syns.map(({ time }) => time.sec)).toEqual([100, 103]);
  });

  it('does not take the answer to another SYN', () => {
    const { handshake } = begin();
    handshake.takeSyn(syn(1000), 0);
    expect([1000, 1001, 1002].map(ack => handshake.strange(synAck(5000, ack), 1))).toEqual([true, false, true]);
  });

  it('goes by the answer that the client took, where a repeated SYN had two', () => {
    const { halves, handshake } = begin();
    handshake.takeSyn(syn(1000), 0);
    handshake.takeAnswer(synAck(5000, 1001), 1);
    handshake.takeAnswer(synAck(90_000, 1001), 1);
    handshake.confirms(segment(ACK, 1001, { ack: 90_001 }));
    expect(halves[1].next).toBe(90_001);
  });

  it('shifts windows where both sides said by how much, and knows of none where a snap length cut that off', () => {
    const shifts = (scales: readonly [number, number]) => established(scales).halves.map(half => half.shift);
    expect([shifts([3, 7]), shifts([3, -1]), shifts([-1, -1]), shifts([3, UNSEEN])]).toEqual([
      [3, 7],
      [0, 0],
      [0, 0],
      [-1, -1],
    ]);
    const { halves, handshake } = begin();
    handshake.takeSyn(syn(1000, { scale: 3 }), 0);
    expect(halves.map(half => half.shift)).toEqual([-1, -1]);
  });
});

describe('another SYN', () => {
  const reopens = (seq: number, direction: Direction, course: Course, rest?: Partial<Segment>) =>
    established().handshake.reopens(syn(seq, rest), direction, course);

  it('begins another incarnation once the one before it has ended', () => {
    expect([reopens(2000, 0, OVER), reopens(2000, 1, OVER)]).toEqual([true, true]);
  });

  it('is a repetition where it has the same number, unless it comes later than any copy', () => {
    expect([reopens(1000, 0, OPEN), reopens(1000, 0, OVER), reopens(1000, 0, OVER, { sec: 101 })]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('is a rival while the connection is up, until it is accepted or goes on', () => {
    const { handshake } = established();
    expect(handshake.reopens(syn(2000), 0, OPEN)).toBe(false);
    expect(handshake.rival).toBe(true);
    expect(handshake.reopens(synAck(7000, 1001), 1, OPEN)).toBe(false);
    expect(handshake.reopens(synAck(7000, 2001), 1, OPEN)).toBe(true);
    const data = (seq: number) => segment(ACK, seq, { length: 7, captured: 7 });
    expect([data(1001), data(2001)].map(s => handshake.rivalGoesOn(s, 0))).toEqual([false, true]);
    expect(handshake.rivalGoesOn(data(2001), 1)).toBe(false);
  });

  it('of the other side crosses the first one, as long as that waits for an answer', () => {
    const crossing = (sec: number) => {
      const { handshake } = begin();
      handshake.takeSyn(syn(1000), 0);
      return handshake.reopens(syn(5000, { sec }), 1, OPEN);
    };
    expect([crossing(101), crossing(175), crossing(176)]).toEqual([false, false, true]);
  });

  it('stands out of order in the file where octets right behind it came first', () => {
    const behind = (seq: number) => {
      const { halves, handshake } = begin();
      halves[0].data(segment(ACK, 1001, { bytes: new Uint8Array(7), length: 7, captured: 7 }));
      return handshake.reopens(syn(seq), 0, OPEN);
    };
    expect([behind(1000), behind(1001), behind(1001 - (1 << 22))]).toEqual([false, true, true]);
  });
});
