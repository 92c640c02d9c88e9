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
  unreached: [],
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

describe('connects of which ICMP tells', () => {
  const syns = [at(1, 0), at(3, 3), at(5, 9), at(7, 21)];
  const said = (
    frame: number,
    seconds: number,
    scope: 'network' | 'host' | null = 'host',
    words = 'host unreachable',
  ) => ({
    ...at(frame, seconds),
    from: '10.1.9.1',
    words,
    scope,
  });

  it('fail at the end of their waits with the error that its name fits, which is inferred', () => {
    const [found] = failed([facts({ syns, unreached: [said(2, 1), said(4, 4)] })], end(100));
    expect(found).toMatchObject({ winsock: 10065, frame: 7, frames: [1, 2, 3, 4, 5, 7], time: { sec: 1045 }, syns: 4 });
    expect(found!.why).toBe(
      '4 SYNs to 10.1.9.3:102 without answer within 45 s but ICMP host unreachable from 10.1.9.1 (frame 4); that Windows NT goes on trying and then reports 10065 is inferred (RFC 1122 §4.2.3.9)',
    );
    const network = said(2, 1, 'network', 'network unreachable');
    expect(failed([facts({ syns, unreached: [network] })], end(100))).toMatchObject([{ winsock: 10051 }]);
  });

  it('go by the last of them', () => {
    const unreached = [said(2, 1, 'network', 'network unreachable'), said(4, 4)];
    expect(failed([facts({ syns, unreached })], end(100))).toMatchObject([{ winsock: 10065 }]);
  });

  it('fail with an error that is not known where the code names neither network nor host', () => {
    const [found] = failed([facts({ syns, unreached: [said(2, 1, null, 'port unreachable')] })], end(100));
    expect(found).toMatchObject({ failed: true, winsock: null });
    expect(found!.why).toContain('which Winsock error Windows NT reports then is not known');
  });

  it('may yet succeed as long as the capture ends before their waits do', () => {
    const [found] = failed([facts({ syns, unreached: [said(2, 1)] })], end(44));
    expect(found).toMatchObject({ failed: false, winsock: null });
    expect(found!.why).toBe(
      '4 SYNs to 10.1.9.3:102 without answer but ICMP host unreachable from 10.1.9.1 (frame 2); the capture ends 23 s after the last: whether an answer came in time cannot be known',
    );
  });

  it('are refused by the RST that answers the last SYN', () => {
    const refused = facts({ syns, unreached: [said(2, 1)], resets: [at(8, 21.1)] });
    expect(failed([refused], end(100))).toMatchObject([{ winsock: 10061, frames: [1, 2, 3, 5, 7, 8] }]);
  });

  it('did not answer where a RST came behind what ICMP said, and silence behind that', () => {
    const refused = facts({ syns, unreached: [said(2, 1)], resets: [at(4, 3.1)] });
    expect(failed([refused], end(100))).toMatchObject([{ winsock: 10060 }]);
  });

  it('have a message that stands before its SYN in the file, whatever the connect before them came to', () => {
    const before = facts({ syns: [at(1, 0)], accepted: at(2, 0.1) });
    const late = [600, 603, 609, 621].map((seconds, i) => at(10 + i, seconds));
    const [found, ...more] = failed([before, facts({ stream: 1, syns: late, unreached: [said(9, 600.1)] })], end(900));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ winsock: 10065, stream: 1, frames: [9, 10, 11, 12, 13] });
  });

  it('are no failure once they are accepted', () => {
    expect(failed([facts({ syns, unreached: [said(2, 1)], accepted: at(8, 21.1) })], end(100))).toEqual([]);
  });

  it('count the SYNs of one connect together, whatever their sequence numbers', () => {
    const again = facts({ stream: 1, syns: [at(3, 3)] });
    const found = failed([facts({ syns: [at(1, 0)], unreached: [said(2, 1)] }), again], end(100));
    expect(found).toMatchObject([{ winsock: 10065, frames: [1, 2, 3], syns: 2 }]);
  });
});

it('takes nothing for nothing', () => {
  expect(failed([], end(0))).toEqual([]);
  expect(failed([facts({})], end(0))).toEqual([]);
});
