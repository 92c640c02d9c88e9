import { describe, expect, it } from 'vitest';
import { Activities, type ActivityTaker } from '../../../src/engine/upper/activities.ts';
import { type Facts, noFacts } from '../../../src/engine/upper/facts.ts';
import type { Tsdu } from '../../../src/model/tsdu.ts';
import { parseSsdu } from '../../../src/osi/session.ts';
import { integer, octetString } from '../../kit/ber.ts';
import { ses } from '../../kit/session.ts';

/** What these TSDUs of direction 0 come to for the reliable transfer, in words, and the faults. */
function told(tsdus: readonly Uint8Array[], known: Partial<Facts> = {}, sound = true) {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...what: unknown[]): null => {
      calls.push([name, ...what.filter(w => w !== AT).map(w => JSON.stringify(w))].join(' '));
      return null;
    };
  const taker: ActivityTaker = {
    start: call('start'),
    resume: call('resume'),
    mark: call('mark'),
    confirm: call('confirm'),
    finish: call('finish'),
    confirmEnd: call('confirmEnd'),
    discard: call('discard'),
    interrupt: call('interrupt'),
    resynchronize: call('resynchronize'),
  };
  const activities = new Activities(taker, { ...noFacts(), ...known }, { sound, fault: code => calls.push(code) });
  for (const bytes of tsdus) {
    const t: Tsdu = {
      bytes,
      start: 0,
      end: bytes.length,
      direction: 0,
      firstFrame: 1,
      lastFrame: 1,
      time: AT.time,
      late: false,
      origin: null,
      trees: null,
    };
    for (const spdu of parseSsdu(bytes, 0, bytes.length).spdus) activities.spdu(spdu, t, AT);
  }
  return { calls, awaitsEndAck: activities.awaitsEndAck };
}

const AT = { frame: 1, time: { sec: 0, nsec: 0 } };

describe('SPDUs of activity management', () => {
  it('begin, mark and end a transfer, which waits for its acknowledgement', () => {
    const activity = [ses.as(integer(7)), ses.mip(1), ses.mia(1), ses.ae(2)];
    const calls = ['start 0 "020107"', 'mark 0 1', 'confirm 0 1', 'finish 0'];
    expect(told(activity)).toEqual({ calls, awaitsEndAck: true });
    expect(told([...activity, ses.aea(2)])).toEqual({ calls: [...calls, 'confirmEnd 0'], awaitsEndAck: false });
  });

  it('name an activity by the octets of an INTEGER, or by those in the string that some put around theirs', () => {
    expect(told([ses.as(octetString([1, 2]))]).calls).toEqual(['start 0 "0102"']);
    expect(told([ses.as([0x31])]).calls).toEqual(['start 0 "31"']);
  });

  it('say why one is discarded or interrupted', () => {
    expect(told([ses.ad(6), ses.ai(99)]).calls).toEqual([
      'discard 0 "unrecoverable procedure error"',
      'interrupt 0 "the activity was interrupted: reason 99"',
    ]);
  });

  it('resume one of the connection that they name, or of the one that RTORQ recovers', () => {
    const resumed = { activity: integer(8), old: integer(7), point: 4 };
    const recovers = { calling: 'aa', called: '', common: '', additional: '' };
    expect(told([ses.ar(resumed)]).calls).toEqual(['resume 0 "020108" "020107" 4 null']);
    expect(told([ses.ar(resumed)], { recovers }).calls[0]).toContain('"calling":"aa"');
    const linked = ses.ar({ ...resumed, linking: { calling: [0xbb] } });
    expect(told([linked], { recovers }).calls[0]).toContain('"calling":"bb"');
  });

  it('are followed by a resynchronization that damages it', () => {
    expect(told([ses.rs({ tokens: 0, type: 0, serial: 1 })]).calls).toEqual(['resynchronize']);
  });
});

it('the turn is given in a dialogue, not in a monologue', () => {
  const monologue = { rtse: true, dialogueMode: 'monologue' } as const;
  for (const gives of [ses.gt(1), ses.gtc()]) {
    expect(told([gives], monologue).calls).toEqual(['rtse.turn']);
    expect(told([gives], { ...monologue, dialogueMode: 'two-way-alternate' }).calls).toEqual([]);
    expect(told([gives], monologue, false).calls).toEqual([]);
  }
  expect(told([ses.gt(4), ses.dt([1])], monologue).calls).toEqual([]);
});
