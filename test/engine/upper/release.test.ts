import { describe, expect, it } from 'vitest';
import { app, ctx, ctxc, set } from '../../kit/ber.ts';
import { latin1 as text } from '../../kit/bytes.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import { bind, Capture, type Line, release } from './kit.ts';

const acse = (apdu: Uint8Array) => upper.userData([1, apdu]);
const RLRQ = acse(upper.rlrq());
const RLRE = acse(upper.rlre());

/** What is told of the release, each time it is played on a connection of its own. */
function told(...plays: ((line: Line) => void)[]): string[][] {
  const capture = new Capture();
  return plays.map(play => {
    const before = capture.faults.length;
    const line = capture.connect();
    play(line);
    line.close();
    return capture.faults.slice(before).map(f => `${f.code}: ${f.detail}`);
  });
}

const released = (fn: Uint8Array | undefined, dn: Uint8Array | undefined) => (line: Line) =>
  void bind(line).c(ses.fn(fn)).s(ses.dn(dn));

const swapped = 'acse.order: RLRE in a FINISH';
const backwards = 'acse.order: RLRQ in a DISCONNECT';
const unasked = 'acse.order: RLRE answers a FINISH without an RLRQ';

describe('APDUs of the release (X.227 §7.3)', () => {
  it('an RLRQ and its RLRE, one without the other way round, and a release without any', () => {
    expect(told(released(RLRQ, RLRE), released(undefined, undefined), released(RLRQ, undefined))).toEqual([[], [], []]);
  });

  it('the wrong one in a FINISH, a DISCONNECT and a NOT FINISHED', () => {
    expect(told(released(RLRE, RLRE))).toEqual([[swapped]]);
    expect(told(released(RLRQ, RLRQ))).toEqual([[backwards]]);
    expect(told(line => void bind(line).c(ses.fn(acse(app(4, ctx(0, 0))))))).toEqual([
      ['acse.order: ABRT in a FINISH'],
    ]);
    expect(told(line => void bind(line).c(ses.fn(RLRQ)).s(ses.nf(RLRQ)))).toEqual([
      ['acse.order: RLRQ in a NOT FINISHED'],
    ]);
  });

  it('an RLRE that nothing asked for', () => {
    expect(told(released(undefined, RLRE))).toEqual([[unasked]]);
  });

  it('is told again when the same octets come again, and of nobody else who sends them in their place', () => {
    const right = released(RLRQ, RLRE);
    expect(told(right, released(RLRE, RLRE), right, released(RLRE, RLRE), released(undefined, RLRE), right)).toEqual([
      [],
      [swapped],
      [],
      [swapped],
      [unasked],
      [],
    ]);
  });

  it('a NOT FINISHED with an RLRE is in order, and so is the release after it', () => {
    const play = (line: Line) => {
      bind(line).c(ses.fn(RLRQ)).s(ses.nf(RLRE));
      release(line);
    };
    const capture = new Capture();
    play(capture.connect());
    expect(capture.codes.filter(code => code.startsWith('acse.'))).toEqual([]);
    expect(capture.associations).toMatchObject([{ outcome: 'released', ended: 'released by MTA-A' }]);
  });

  it('nothing is told without the CONNECT, behind lost octets, or of another context', () => {
    expect(told(line => void line.c(ses.fn(RLRE)).s(ses.dn(RLRQ)))).toEqual([[]]);
    const lost = (line: Line) => void bind(line).c(ses.fn()).gap(1).gap(0).s(ses.dn(RLRE));
    expect(told(lost)).toEqual([[]]);
    const another = upper.userData([5, app(3, ctx(0, 0))]);
    expect(told(line => void bind(line).c(ses.fn(another)))).toEqual([[]]);
  });

  it('1984 has no association control: what its FINISH carries is anything', () => {
    const components = upper.rtorqComponents({ checkpointSize: 1, windowSize: 3, open: ctxc(1, set()) });
    const play = (line: Line) =>
      void line
        .c(ses.cn({ tokens: 0 }, upper.x410(components)))
        .s(
          ses.ac(
            { tokens: 0 },
            upper.x410(upper.rtoacComponents({ checkpointSize: 1, windowSize: 3, open: ctxc(1, set()) })),
          ),
        )
        .c(ses.fn(RLRE))
        .s(ses.dn(text('bye')));
    expect(told(play)).toEqual([[]]);
  });
});
