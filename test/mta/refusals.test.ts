import { describe, expect, it } from 'vitest';
import type { Stamp } from '../../src/model/tsdu.ts';
import { type ConnectFacts, endsOf, refusals } from '../../src/mta/refusals.ts';

const client = '10.1.4.20:1051';
const server = '10.1.9.3:102';
const at = (frame: number, seconds: number) => ({
  frame,
  time: { sec: 1000 + Math.floor(seconds), nsec: Math.round((seconds % 1) * 1e9) },
});
type Connect = ConnectFacts & { readonly client: string };
const facts = (over: Partial<Connect>): Connect => ({
  stream: 0,
  client,
  syns: [],
  accepted: null,
  resets: [],
  abandoned: null,
  ...over,
});
/** Whatever the clients, the server is one. */
const failed = (connects: readonly Connect[], end: Stamp) => {
  const byEnds = new Map<string, Connect[]>();
  for (const each of connects) {
    const ends = endsOf(each.client, server);
    byEnds.set(ends, [...(byEnds.get(ends) ?? []), each]);
  }
  return refusals(byEnds, end);
};
const end = (seconds: number) => at(0, seconds).time;

describe('refused connects', () => {
  it('make one event out of four SYN/RST pairs', () => {
    const syns = [at(1, 0), at(3, 0.5), at(5, 1), at(7, 1.5)];
    const resets = [at(2, 0.01), at(4, 0.51), at(6, 1.01), at(8, 1.51)];
    const found = failed([facts({ syns, resets })], end(100));
    expect(found).toMatchObject([{ winsock: 10061, frame: 8, syns: 4, frames: [1, 2, 3, 4, 5, 6, 7, 8], stream: 0 }]);
  });

  it('join streams of the same ports, since each SYN may have another sequence number', () => {
    const pairs = [0, 1, 2, 3].map(i =>
      facts({ stream: i, syns: [at(2 * i + 1, i / 2)], resets: [at(2 * i + 2, i / 2 + 0.01)] }),
    );
    expect(failed(pairs, end(100))).toMatchObject([{ winsock: 10061, frame: 8, syns: 4, stream: 0 }]);
  });

  it('count a fifth pair, or one after a long pause, as the next connect', () => {
    const pair = (i: number, seconds: number) =>
      facts({ stream: i, syns: [at(2 * i + 1, seconds)], resets: [at(2 * i + 2, seconds + 0.01)] });
    expect(
      failed(
        [0, 1, 2, 3, 4].map(i => pair(i, i / 2)),
        end(100),
      ).map(found => found.syns),
    ).toEqual([4, 1]);
    expect(failed([pair(0, 0), pair(1, 600)], end(700)).map(found => found.frame)).toEqual([2, 4]);
  });

  it('keep other clients and servers apart', () => {
    const other = facts({ client: '10.1.4.20:1052', syns: [at(3, 0.1)], resets: [at(4, 0.11)], stream: 1 });
    expect(failed([facts({ syns: [at(1, 0)], resets: [at(2, 0.01)] }), other], end(9))).toHaveLength(2);
  });

  it('are silent when the connect succeeds in the end', () => {
    expect(
      failed([facts({ syns: [at(1, 0), at(3, 3)], resets: [at(2, 0.1)], accepted: at(4, 3.1) })], end(99)),
    ).toEqual([]);
    expect(failed([facts({ syns: [at(1, 0), at(3, 3)], accepted: at(2, 0.1) })], end(99))).toEqual([]);
    const unseen = (seconds: number) => [
      facts({ syns: [at(1, 0)], resets: [at(2, 0.1)] }),
      facts({ accepted: at(3, seconds), stream: 1 }),
    ];
    expect(failed(unseen(3), end(99))).toEqual([]);
    expect(failed(unseen(90), end(99))).toMatchObject([{ winsock: 10061, frame: 2 }]);
    const later = facts({ client: '10.1.4.20:1060', syns: [at(5, 4)], accepted: at(6, 4.1), stream: 1 });
    expect(failed([facts({ syns: [at(1, 0)], resets: [at(2, 0.1)] }), later], end(99))).toHaveLength(1);
  });
});

describe('unanswered connects', () => {
  const syns = [at(1, 0), at(2, 3), at(3, 9), at(4, 21)];

  it('fail 45 seconds after the first SYN', () => {
    const [found] = failed([facts({ syns })], end(46));
    expect(found).toMatchObject({ winsock: 10060, frame: 4, syns: 4, time: { sec: 1045 } });
  });

  it('are left open when the capture ends before', () => {
    const [found] = failed([facts({ syns })], end(44));
    expect(found).toMatchObject({ winsock: null, frame: 4 });
    expect(found?.why).toContain('cannot be known');
  });

  it('say when fewer SYNs were seen than Windows NT sends', () => {
    expect(failed([facts({ syns: syns.slice(0, 2) })], end(100))[0]).toMatchObject({ winsock: 10060, syns: 2 });
    expect(failed([facts({ syns: syns.slice(0, 2) })], end(100))[0]?.why).toContain('fewer');
  });

  it('wait with stacks that try for longer', () => {
    const long = [0, 1, 3, 7, 15, 31, 63, 127].map((seconds, i) => at(i + 1, seconds));
    expect(failed([facts({ syns: long })], end(400))).toMatchObject([{ winsock: 10060, syns: 8 }]);
    expect(failed([facts({ syns: long })], end(130))).toMatchObject([{ winsock: null }]);
  });

  it('claim nothing about a client that gave up by itself', () => {
    expect(failed([facts({ syns: [at(1, 0)], abandoned: at(2, 1) })], end(100))).toEqual([]);
  });
});

it('takes nothing for nothing', () => {
  expect(failed([], end(0))).toEqual([]);
  expect(failed([facts({})], end(0))).toEqual([]);
});
