import { describe, expect, it } from 'vitest';
import { app, ctx, ctxc, integer, oid, sequence, set } from '../../kit/ber.ts';
import { type Part, latin1 as text } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import { activity, bind, Capture, type Line, message, rttr, transfer, wrapped } from './kit.ts';

/** Codes raised by a conversation after which both sides have spoken again. */
function codes(play: (line: Line) => void): string[] {
  const capture = new Capture();
  const line = capture.connect();
  play(line);
  line.close();
  return capture.codes;
}

const NOTE = '1.2.3.4';
const definition = (id: number) => sequence(integer(id), oid(NOTE), sequence(oid(upper.OID.ber)));
const accepted = sequence(ctx(0, 0), oid(upper.OID.ber, 0x81));
const refused = sequence(ctx(0, 1));

/** The PPDUs of context management: AC and ACA (X.226 §8.2). */
const add = (...ids: number[]) => ses.td(ctxc(0, ctxc(0, ...ids.map(definition))));
const added = (...results: Part[]) => ses.td(ctxc(1, ctxc(0, ...results)));
const remove = (id: number) => ses.td(ctxc(0, ctxc(1, integer(id))));
const removed = (result: number) => ses.td(ctxc(1, ctxc(1, integer(result))));
const value = (id: number) => ses.td(upper.userData([id, integer(1)]));
const later = (line: Line) => void transfer(line, 9, message('LATER'));

describe('contexts that are altered', () => {
  it('AC and ACA are no user data', () => {
    expect(codes(line => later(bind(line).c(add(7)).s(added(accepted)).c(value(7))))).toEqual([]);
    expect(codes(line => later(bind(line).s(add(2)).c(added(accepted)).s(value(2))))).toEqual([]);
    expect(codes(line => later(bind(line).s(add(9)).c(added(accepted))))).toEqual(['pres.context-identifier']);
  });

  it('whose identifiers those are is not judged where nobody knows who the initiator is', () => {
    expect(codes(line => void line.c(add(2)).s(added(accepted)))).toEqual([]);
  });

  it('what was deleted or refused may be proposed again, and is not used before', () => {
    const gone = (line: Line) => bind(line).c(add(7)).s(added(accepted)).c(remove(7)).s(removed(0));
    expect(codes(line => later(gone(line).c(add(7)).s(added(accepted)).c(value(7))))).toEqual([]);
    expect(codes(line => later(gone(line).c(value(7))))).toEqual(['pres.context-not-defined']);
    const kept = (line: Line) => bind(line).c(add(7)).s(added(accepted)).c(remove(7)).s(removed(1));
    expect(codes(line => later(kept(line).c(value(7))))).toEqual([]);
    const no = (line: Line) => bind(line).c(add(7)).s(added(refused));
    expect(codes(line => later(no(line).c(value(7))))).toEqual(['pres.context-not-defined']);
    expect(codes(line => later(no(line).c(add(7)).s(added(accepted)).c(value(7))))).toEqual([]);
    expect(codes(line => later(bind(line).c(add(7, 7)).s(added(accepted, accepted))))).toEqual([
      'pres.context-identifier',
    ]);
  });
});

describe('contexts of a CONNECT', () => {
  const cpa = (results: readonly Part[], user: Part) => set(ctxc(0, ctx(0, 1)), ctxc(2, ctxc(5, ...results), user));
  const user = upper.userData([1, integer(1)]);
  const two: upper.Context[] = [
    [1, NOTE],
    [3, '1.2.3.5'],
  ];
  const duplex = { units: 2 };
  const open = (line: Line, results: readonly Part[], more: Part = []) => {
    const cp = set(ctxc(0, ctx(0, 1)), ctxc(2, ctxc(4, ...two.map(([id]) => definition(id))), more, user));
    return line.c(ses.cn(duplex, cp)).s(ses.ac(duplex, cpa(results, user)));
  };

  it('data are simply encoded where one of two was accepted', () => {
    const talk = (line: Line) => void line.c(ses.dt(text('xyz'))).s(ses.dt(text('xyz')));
    expect(codes(line => talk(open(line, [accepted, refused])))).toEqual([]);
    expect(codes(line => talk(open(line, [refused, accepted])))).toEqual([]);
    expect(codes(line => talk(open(line, [accepted, accepted])))).toEqual(['pres.simple-encoding']);
  });

  it('expedited data are values of the default context', () => {
    const fallback = ctxc(6, oid(NOTE, 0x80), oid(upper.OID.ber, 0x81));
    const talk = (line: Line) => void line.c(ses.ex(text('xyz'))).s(ses.dt(upper.userData([1, integer(2)])));
    expect(codes(line => talk(open(line, [accepted, accepted], fallback)))).toEqual([]);
  });

  it('a default context alone', () => {
    const fallback = ctxc(6, oid(NOTE, 0x80), oid(upper.OID.ber, 0x81));
    const cp = set(ctxc(0, ctx(0, 1)), ctxc(2, fallback, app(0, text('hello'))));
    const answer = set(ctxc(0, ctx(0, 1)), ctxc(2, app(0, text('hello'))));
    const talk = (line: Line) =>
      line
        .c(ses.cn(duplex, cp))
        .s(ses.ac(duplex, answer))
        .c(ses.dt(text('xyz')));
    expect(codes(line => void talk(line).s(ses.dt(text('xyz'))))).toEqual([]);
  });

  it('fragments in a context that was rejected', () => {
    const rtorq = upper.rtorq({ checkpointSize: 1, windowSize: 3, open: p1.bindArgument(p1.mtaName('A', 'pw')) });
    const cp = upper.cp(upper.P1_CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mtsTransfer, rtorq)]));
    const aare = upper.userData([1, upper.aare(upper.OID.mtsTransfer)]);
    expect(
      codes(line => {
        line.c(ses.cn({ tokens: 0 }, cp)).s(ses.ac({ tokens: 0 }, cpa([accepted, refused, accepted], aare)));
        line.c(ses.as(activity(1))).c(ses.dt(rttr(wrapped(message('X')))));
        line.c(ses.ae(1)).s(ses.aea(1));
      }),
    ).toEqual(['pres.context-not-defined']);
  });
});
