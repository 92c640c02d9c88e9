import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../src/rules/catalogue.ts';
import { app, bitString, ctx, ctxc, ia5String, integer, octetString, oid, sequence, set, tlv } from '../../kit/ber.ts';
import { cat, type Part, latin1 as text } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { pi, ses, spdu } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import {
  accept,
  activity,
  bind,
  Capture,
  connect,
  type Line,
  message,
  release,
  rttr,
  transfer,
  wrapped,
} from './kit.ts';

/** Codes raised by a conversation, in order of the alphabet. Each has a rule, which is checked on the way. */
function codes(play: (line: Line, capture: Capture) => void): string[] {
  const capture = new Capture();
  const line = capture.connect();
  play(line, capture);
  line.user.close('fin', capture.frame + 1, { sec: 9999, nsec: 0 });
  for (const code of capture.codes) expect(ruleOf(code), code).toBeDefined();
  return capture.codes;
}

/** A transfer of one message that follows, so that both sides have spoken again. */
const later = (line: Line, n = 9) => transfer(line, n, message('LATER'));

describe('a well-behaved association', () => {
  it('raises nothing', () => {
    expect(codes(line => void later(transfer(bind(line), 1, message('M1', 5000)), 2))).toEqual([]);
  });

  it('raises nothing with the turn given and taken back', () => {
    expect(
      codes(line => {
        bind(line);
        line
          .s(ses.pt(0x11, upper.userData([3, integer(2)])))
          .c(ses.gtc())
          .s(ses.gta());
        line
          .s(ses.as(activity(1)))
          .s(ses.dt(rttr(wrapped(message('BACK')))))
          .s(ses.ae(1))
          .c(ses.aea(1));
        line.s(ses.gtc()).c(ses.gta());
        later(line);
      }),
    ).toEqual([]);
  });
});

describe('session', () => {
  const cases: [code: string, play: (line: Line) => void][] = [
    ['ses.unknown-spdu', line => void bind(line).c(spdu(1), spdu(99, pi(42, text('1'))))],
    ['ses.category', line => void bind(line).c(spdu(49, pi(42, text('1'))))],
    ['ses.concatenation', line => void bind(line).c(spdu(1), spdu(58))],
    ['ses.overrun', line => void bind(line).c([1, 0, 45, 30, 41, 3, 2, 1, 1])],
    ['ses.long-form-length', line => void bind(line).c([1, 0, 45, 0xff, 0, 5, 41, 3, 2, 1, 1])],
    ['ses.parameter-order', line => void line.c(spdu(13, [pi(5, pi(22, 2), pi(19, 0)), pi(20, [2, 0x49])]))],
    ['ses.mandatory-missing', line => void bind(line).c(spdu(1), spdu(45))],
    ['ses.connect-item-incomplete', line => void line.c(spdu(13, [pi(5, pi(22, 2)), pi(20, [2, 0x49])]))],
    ['ses.reserved-bits', line => void line.c(spdu(13, [pi(5, pi(19, 0x80), pi(22, 2)), pi(20, [2, 0x49])]))],
    ['ses.token-setting-reserved', line => void line.c(ses.cn({ tokens: 0x03 }))],
    ['ses.parameter-too-long', line => void line.c(ses.cn({ callingSelector: new Uint8Array(17) }))],
    ['ses.user-data-too-long', line => void line.c(ses.cn({}, new Uint8Array(600)))],
    ['ses.user-data-form', line => void line.c(spdu(13, [pi(5, pi(19, 0), pi(22, 2)), pi(60, 1)]))],
    ['ses.functional-units', line => void line.c(ses.cn({ units: 0x0248 }))],
    ['ses.reason-code', line => void connect(line).s(ses.rf(77))],
    ['ses.give-tokens-user-data', line => void bind(line).c(spdu(1, pi(193, 1)))],
    ['ses.serial-number-form', line => void bind(line).c(spdu(1), spdu(49, pi(42, 1)))],
  ];
  it.each(cases)('%s', (code, play) => {
    expect(codes(play)).toContain(code);
  });

  it('extended concatenation is in order when it was offered', () => {
    const bytes = wrapped(message('M1'));
    const play = (options?: number) => (line: Line) => {
      bind(line, options === undefined ? {} : { options });
      line.c(spdu(1), spdu(45, pi(41, activity(1))), spdu(41, pi(42, text('1'))), spdu(1, [], rttr(bytes)));
      line.s(ses.aea(1));
    };
    expect(codes(play(1))).toEqual([]);
    expect(codes(play())).toEqual(['ses.extended-concatenation']);
  });

  it('acknowledgments behind GT are Table 8, so they need the offer too', () => {
    const behind = (line: Line) => {
      line.c(ses.as(activity(1))).c(ses.dt(rttr(wrapped(message('M')))));
      line.c(ses.ae(1)).s(spdu(1), spdu(42, pi(42, text('1'))));
    };
    expect(codes(line => behind(bind(line)))).toEqual(['ses.extended-concatenation']);
    expect(codes(line => behind(bind(line, { options: 1 })))).toEqual([]);
  });

  it('takes AS+AE+DT in the order of 6.3.7.3, not in that of the octets', () => {
    const capture = new Capture();
    const line = bind(capture.connect(), { options: 1 });
    line.c(
      spdu(1),
      spdu(45, pi(41, activity(1))),
      spdu(41, pi(42, text('1'))),
      spdu(1, [], rttr(wrapped(message('X')))),
    );
    expect(capture.messages).toMatchObject([{ localIdentifier: 'X', state: 'complete' }]);
  });

  it('joins segments, and tells segments that do not fit', () => {
    const value = rttr(wrapped(message('SEG')));
    const whole = (line: Line) => {
      bind(line).c(ses.as(activity(1)));
      line
        .c(ses.dt(value.subarray(0, 50), 1))
        .c(ses.dt(value.subarray(50, 60), 0))
        .c(ses.dt(value.subarray(60), 2));
      line.c(ses.ae(1)).s(ses.aea(1));
    };
    const capture = new Capture();
    whole(capture.connect());
    expect(capture.messages).toMatchObject([{ localIdentifier: 'SEG', state: 'complete' }]);
    expect(codes(whole)).toEqual([]);
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.dt(value, 2)),
      ),
    ).toContain('ses.segmenting');
  });

  it('keeps no segmented SSDU beyond the limit, and says so', () => {
    const capture = new Capture();
    const line = bind(capture.connect()).c(ses.as(activity(1)));
    const piece = new Uint8Array(1 << 20);
    line.c(ses.dt(rttr(wrapped(message('LONG'))), 1));
    for (let i = 0; i < 17; i++) line.c(ses.dt(piece, 0));
    line.c(ses.dt(piece, 2)).c(ses.ae(1)).s(ses.aea(1));
    transfer(line, 2, message('NEXT'));
    expect(capture.faults).toMatchObject([{ code: 'capture.limit', detail: expect.stringContaining('16777216') }]);
    expect(capture.messages.map(m => m.state)).toEqual(['damaged', 'complete']);
    expect(capture.messages[0]!.why).toContain('too long to keep');
  });

  it('shows of a directory name what people could read, each value with its own type', () => {
    const attribute = (type: string, value: string) => set(sequence(oid(type), tlv(0x13, text(value))));
    const named = (...attributes: Part[]) => {
      const capture = new Capture();
      const aarq = app(0, ctxc(1, oid(upper.OID.mtsTransfer)), ctxc(6, sequence(...attributes)));
      capture
        .connect()
        .c(ses.cn({}, upper.cp(upper.P1_CONTEXTS, upper.userData([1, aarq]))))
        .close();
      return capture.associations[0]!.initiator!;
    };
    const ends = [attribute('2.5.4.6', 'GB'), attribute('2.5.4.10', 'ACME'), attribute('2.5.4.3', 'MTA')];
    expect(named(...ends)).toBe('/C=GB/O=ACME/CN=MTA');
    expect(named(attribute('2.5.4.3', 'x'.repeat(300)))).toBe(`/CN=${'x'.repeat(256)}…`);
    const many = Array.from({ length: 4500 }, () => attribute('2.5.4.3', 'x'));
    expect(named(...many)).toBe(`${'/CN=x'.repeat(64)}/…`);
  });

  it('knows the order of the connect and release phases', () => {
    expect(
      codes(
        line =>
          void connect(line)
            .c(ses.as(activity(1)))
            .s(ses.ab(3)),
      ),
    ).toEqual(['ses.sequence']);
    expect(codes(line => void connect(bind(line)).s(ses.ab(3)))).toEqual(['ses.sequence']);
    expect(codes(line => void bind(line).s(ses.dn()).c(ses.mip(1)))).toContain('ses.sequence');
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.as(activity(2)))
            .s(ses.ab(3)),
      ),
    ).toEqual(['ses.sequence']);
  });

  it('knows who holds the tokens', () => {
    expect(
      codes(
        line =>
          void bind(line)
            .s(ses.as(activity(1)))
            .c(ses.pt()),
      ),
    ).toEqual(['ses.token-not-held']);
    expect(codes(line => void bind(line).s(ses.gt(0x01)).c(ses.pt()))).toEqual(['ses.token-not-held']);
    // Table 5: the minor token alone does not do for a synchronization point, nor the data token for giving control.
    const split = (line: Line) => bind(line).c(ses.gt(0x01));
    expect(codes(line => void split(line).c(ses.mip(1)).s(ses.pt()))).toEqual(['ses.token-not-held']);
    expect(codes(line => void split(line).s(ses.gtc()).c(ses.pt()))).toEqual(['ses.token-not-held']);
    expect(codes(line => void bind(line).s(ses.ai(1)).c(ses.aia()).s(ses.pt()))).toEqual(['ses.token-not-held']);
    expect(codes(line => void bind(line).s(ses.ad(1)).c(ses.ada()).s(ses.pt()))).toEqual(['ses.token-not-held']);
  });

  it('control is given between activities', () => {
    const within = (line: Line) =>
      bind(line)
        .c(ses.as(activity(1)))
        .c(ses.gtc())
        .s(ses.gta());
    expect(codes(within)).toEqual(['ses.sequence']);
  });

  it('takes what Table 8 has, and nothing else', () => {
    const data = spdu(1, [], rttr(wrapped(message('M'))));
    const [start, point, end] = [
      spdu(45, pi(41, activity(1))),
      spdu(49, pi(42, text('1'))),
      spdu(41, pi(42, text('2'))),
    ];
    const ext = (line: Line) => bind(line, { options: 1 });
    expect(codes(line => void ext(line).c(spdu(1), start, point, data).s(ses.mia(1)))).toEqual([]);
    expect(codes(line => void ext(line).c(spdu(1), start, point).s(ses.mia(1)))).toEqual([]);
    expect(codes(line => void ext(line).c(spdu(1), point, start))).toContain('ses.concatenation');
    expect(codes(line => void ext(line).c(spdu(1), data, end))).not.toContain('ses.extended-concatenation');
    expect(codes(line => void ext(line).c(spdu(2), point, end))).toContain('ses.concatenation');
  });

  it('the GT in front of another SPDU carries no user data', () => {
    const play = (line: Line) => bind(line).c(spdu(1, [pi(16, 0x01), pi(193, 7)]), spdu(45, pi(41, activity(1))));
    expect(codes(line => void play(line))).toEqual(['ses.concatenation']);
  });

  it('the sizes of TSDUs count all of them, and segments say which they are', () => {
    const value = rttr(wrapped(message('SEG', 100)));
    const [first, last] = [ses.dt(value.subarray(0, 200), 1), ses.dt(value.subarray(200), 2)];
    const size = Math.max(first.length, last.length);
    const play = (most: number, ...data: Uint8Array[]) =>
      codes(line => {
        const cpa = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare(upper.OID.mtsTransfer)]));
        connect(line)
          .s(ses.ac({ tokens: 0, tsduMaximum: [most, most] }, cpa))
          .c(ses.as(activity(1)));
        for (const dt of data) line.c(dt);
        line.c(ses.ae(1)).s(ses.aea(1));
      });
    expect(play(size, first, last)).toEqual([]);
    expect(play(size - 1, first, last)).toEqual(['ses.segment-too-long']);
    expect(play(0xffff, ses.dt(value, 3))).toEqual([]);
    expect(play(0xffff, ses.dt(value))).toEqual(['ses.segmenting']);
  });

  it('what goes on in CONNECT DATA OVERFLOW has its beginning in the CONNECT', () => {
    const rtorq = upper.rtorq({ checkpointSize: 1, windowSize: 3, open: p1.bindArgument(p1.mtaName('FAR', 'pw')) });
    const cp = upper.cp(upper.P1_CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mtsTransfer, rtorq)]));
    const items = [pi(5, pi(19, 0), pi(22, 2), pi(26, 0)), pi(20, [2, 0x49])];
    const overflow = (enclosure: number, octets: Uint8Array) => spdu(15, [pi(25, enclosure), pi(193, octets)]);
    const play = (line: Line, ...rest: Uint8Array[]) => {
      line.c(spdu(13, [items, pi(60, 1), pi(194, cp.subarray(0, 80))])).s(spdu(16, pi(22, 2)));
      for (const cdo of rest) line.c(cdo);
      return accept(line);
    };
    for (const rest of [
      [overflow(2, cp.subarray(80))],
      [overflow(0, cp.subarray(80, 120)), overflow(2, cp.subarray(120))],
      [overflow(0, cp.subarray(80, 100)), overflow(0, cp.subarray(100, 120)), overflow(2, cp.subarray(120))],
    ]) {
      const capture = new Capture();
      later(play(capture.connect(), ...rest)).close();
      expect(capture.codes).toEqual([]);
      expect(capture.associations).toMatchObject([{ initiator: 'FAR' }]);
    }
  });

  it('what is segmented has its parameters in the first segment', () => {
    const rtoac = upper.rtoac({ checkpointSize: 1, windowSize: 3, open: p1.bindResult(p1.mtaName('MTA-B', 'pw')) });
    const cpa = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtoac)]));
    const items = [pi(5, pi(19, 0), pi(22, 2), pi(26, 0)), pi(20, [2, 0x49])];
    const value = rttr(new Uint8Array(600));
    const gt = spdu(1);
    const capture = new Capture();
    const line = connect(capture.connect())
      .s(spdu(14, [items, pi(25, 1), pi(52, text('SB')), pi(193, cpa.subarray(0, 50))]))
      .s(spdu(14, [pi(25, 2), pi(193, cpa.subarray(50))]))
      .c(ses.as(activity(1)))
      .c(ses.dt(rttr(wrapped(message('M1', 100)).subarray(0, 50))))
      // Version 2 allows that much, and the ACCEPT's first segment chose it.
      .c(ses.mip(1, value))
      .s(ses.mia(1));
    line.c(gt, spdu(49, [pi(25, 1), pi(42, text('2')), pi(193, value.subarray(0, 100))]));
    line.c(gt, spdu(49, [pi(25, 0), pi(193, value.subarray(100, 200))]));
    line.c(gt, spdu(49, [pi(25, 2), pi(193, value.subarray(200))])).s(ses.mia(2));
    line
      .c(ses.dt(rttr(wrapped(message('M1', 100)).subarray(50))))
      .c(ses.ae(3))
      .s(ses.aea(3));
    release(line);
    expect(capture.codes).toEqual([]);
    expect(capture.messages).toMatchObject([{ state: 'complete', checkpoints: 2, confirmedCheckpoint: 2 }]);
    expect(capture.associations).toMatchObject([{ responder: 'MTA-B', outcome: 'released' }]);
    // The serial numbers count: 4 is not the next one.
    expect(
      codes(other => {
        bind(other)
          .c(ses.as(activity(1)))
          .c(ses.dt(rttr(new Uint8Array(10))));
        other.c(gt, spdu(49, [pi(25, 1), pi(42, text('4')), pi(193, value.subarray(0, 100))]));
        other.c(gt, spdu(49, [pi(25, 2), pi(193, value.subarray(100))]));
      }),
    ).toContain('ses.serial-number');
  });

  it('a major synchronization point in segments is none that ends an activity', () => {
    const value = rttr(new Uint8Array(60));
    const capture = new Capture();
    bind(capture.connect())
      .c(spdu(1), spdu(41, [pi(15, 1), pi(25, 1), pi(42, text('0')), pi(193, value.subarray(0, 30))]))
      .c(spdu(1), spdu(41, [pi(25, 2), pi(193, value.subarray(30))]))
      .close();
    expect(capture.codes).not.toContain('ses.segmenting');
    expect(capture.codes).not.toContain('rtse.activity');
  });

  it('counts the synchronization points', () => {
    const first = (line: Line) =>
      bind(line)
        .c(ses.as(activity(1)))
        .c(ses.dt(rttr(new Uint8Array(10))));
    expect(codes(line => void first(line).c(ses.mip(2)))).toContain('ses.serial-number');
    expect(codes(line => void first(line).c(ses.mip(1)).s(ses.mia(2)).c(ses.mip(2)))).toContain('ses.serial-number');
    expect(codes(line => void first(line).c(ses.mip(1)).s(ses.mia(1)).c(ses.ae(3)).s(ses.aea(3)))).toContain(
      'ses.serial-number',
    );
    expect(
      codes(
        line =>
          void first(line)
            .c(ses.ae(1))
            .s(ses.aea(2))
            .c(ses.as(activity(2))),
      ),
    ).toContain('ses.serial-number');
  });

  it('misses data outside an activity', () => {
    expect(codes(line => void bind(line).c(ses.dt(rttr(new Uint8Array(10)))))).toEqual(['ses.data-outside-activity']);
  });
});

describe('what rests on unseen octets is not raised', () => {
  it('neither in mid-stream', () => {
    const play = (line: Line) => {
      line
        .c(ses.mip(4))
        .s(ses.mia(4))
        .c(ses.dt(rttr(new Uint8Array(3000))))
        .c(ses.ae(9))
        .s(ses.aea(9));
      line
        .s(ses.as(activity(3)))
        .s(ses.dt(rttr(new Uint8Array(10))))
        .s(ses.mip(7));
    };
    expect(codes(play)).toEqual([]);
  });

  it('nor behind a gap in either direction', () => {
    for (const direction of [0, 1] as const) {
      const play = (line: Line) => {
        bind(line).gap(direction);
        line
          .s(ses.as(activity(3)))
          .s(ses.dt(rttr(new Uint8Array(3000))))
          .s(ses.mip(7))
          .s(ses.ae(12))
          .c(ses.mia(40));
      };
      expect(codes(play)).toEqual([]);
    }
  });

  it('nor while the octets that would explain it may still be lost', () => {
    // The ACCEPT is lost; that shows only when the responder's next octets do not follow on.
    expect(
      codes(
        line =>
          void connect(line)
            .c(ses.as(activity(1)))
            .gap(1)
            .s(ses.mia(1)),
      ),
    ).toEqual([]);
    expect(
      codes(
        line =>
          void bind(line)
            .s(ses.as(activity(1)))
            .gap(0)
            .c(ses.pt()),
      ),
    ).toEqual([]);
    const operations = (line: Line) => bind(line).gap(1);
    expect(codes(line => void operations(line))).toEqual([]);
  });
});

describe('presentation and association control', () => {
  const cp = (contexts: readonly upper.Context[], user: Part, extra: Part = []) =>
    set(
      ctxc(0, ctx(0, 1)),
      ctxc(
        2,
        ctxc(4, ...contexts.map(([id, syntax]) => sequence(integer(id), oid(syntax), sequence(oid(upper.OID.ber))))),
        extra,
        user,
      ),
    );
  const rtorq = upper.rtorq({ checkpointSize: 1, windowSize: 3, open: p1.bindArgument(p1.mtaName('A', 'pw')) });
  const aarq = upper.userData([1, upper.aarq(upper.OID.mtsTransfer, rtorq)]);

  it('mode and parameters', () => {
    expect(codes(line => void line.c(ses.cn({}, set(ctxc(0, ctx(0, 7))))))).toContain('pres.mode');
    expect(codes(line => void line.c(ses.cn({}, set(ctxc(0, ctx(0, 0)), ctxc(2)))))).toContain('pres.mode');
    const both = (mode: number) => set(ctxc(0, ctx(0, mode)), ctxc(1), ctxc(2));
    for (const mode of [0, 1]) expect(codes(line => void line.c(ses.cn({}, both(mode))))).toContain('pres.mode');
  });

  it('mandatory elements', () => {
    const modeless = set(
      ctxc(2, ctxc(4, sequence(integer(1), oid(upper.OID.acse), sequence(oid(upper.OID.ber)))), aarq),
    );
    expect(codes(line => void line.c(ses.cn({}, modeless)))).toContain('pres.mandatory-missing');
  });

  it('context identifiers', () => {
    const even: upper.Context[] = [
      [1, upper.OID.acse],
      [4, upper.OID.mtaRtse],
    ];
    expect(codes(line => void line.c(ses.cn({}, cp(even, aarq))))).toContain('pres.context-identifier');
    const twice: upper.Context[] = [
      [1, upper.OID.acse],
      [3, upper.OID.mtaRtse],
      [3, upper.OID.mtse],
    ];
    expect(codes(line => void line.c(ses.cn({}, cp(twice, aarq))))).toContain('pres.context-identifier');
  });

  it('results', () => {
    const rtoac = upper.rtoac({ checkpointSize: 1, windowSize: 3, open: p1.bindResult(p1.mtaName('B', 'pw')) });
    const user = upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtoac)]);
    const short = upper.cpa(upper.P1_CONTEXTS.slice(0, 2), user);
    expect(codes(line => void connect(line).s(ses.ac({ tokens: 0 }, short)))).toEqual(['pres.result-list']);
  });

  it('a rejection by the provider without its reason', () => {
    const rtoac = upper.rtoac({ checkpointSize: 1, windowSize: 3, open: p1.bindResult(p1.mtaName('B', 'pw')) });
    const user = upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtoac)]);
    const accepted = sequence(ctx(0, 0), oid(upper.OID.ber, 0x81));
    const answer = (...third: Part[]) =>
      codes(line => {
        const cpa = set(ctxc(0, ctx(0, 1)), ctxc(2, ctxc(5, accepted, accepted, sequence(...third)), user));
        connect(line).s(ses.ac({ tokens: 0 }, cpa));
      });
    expect(answer(ctx(0, 2))).toEqual(['pres.result-list']);
    expect(answer(ctx(0, 2), ctx(2, 1))).toEqual([]);
    // A user gives none.
    expect(answer(ctx(0, 1))).toEqual([]);
  });

  it('values in contexts that were not defined, or that are not one element', () => {
    const stray = upper.userData([77, octetString(new Uint8Array(5))]);
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.dt(stray)),
      ),
    ).toContain('pres.context-not-defined');
    const two = upper.userData([3, cat(octetString([1]), octetString([2]))]);
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.dt(two)),
      ),
    ).toContain('pres.single-asn1-type');
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.dt(text('raw'))),
      ),
    ).toContain('pres.simple-encoding');
  });

  it('damaged BER', () => {
    expect(codes(line => void line.c(ses.cn({}, [0x31, 0x20, 0xa0, 0x03, 0x80, 0x01, 0x01])))).toContain('pres.ber');
  });

  it('ACSE', () => {
    const nameless = upper.userData([1, app(0, ctxc(30, upper.external(3, rtorq)))]);
    expect(codes(line => void line.c(ses.cn({}, cp(upper.P1_CONTEXTS, nameless))))).toContain('acse.mandatory-missing');
    const wrong = upper.userData([1, upper.aare(upper.OID.mtsTransfer)]);
    expect(codes(line => void line.c(ses.cn({}, cp(upper.P1_CONTEXTS, wrong))))).toContain('acse.order');
    const rtoac = upper.rtoac({ checkpointSize: 1, windowSize: 3, open: p1.bindResult(p1.mtaName('B', 'pw')) });
    const other = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare('2.6.0.1.7', rtoac)]));
    expect(codes(line => void connect(line).s(ses.ac({ tokens: 0 }, other)))).toContain('acse.context-name-differs');
    const offer = app(
      0,
      ctxc(1, oid(upper.OID.mtsTransfer)),
      ctxc(13, oid('2.6.0.1.7')),
      ctxc(30, upper.external(3, rtorq)),
    );
    const asked = (line: Line) => line.c(ses.cn({ tokens: 0 }, cp(upper.P1_CONTEXTS, upper.userData([1, offer]))));
    expect(codes(line => void asked(line).s(ses.ac({ tokens: 0 }, other)))).toEqual([]);
    const third = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare('2.6.0.1.9', rtoac)]));
    expect(codes(line => void asked(line).s(ses.ac({ tokens: 0 }, third)))).toEqual(['acse.context-name-differs']);
    const refusal = sequence(upper.userData([1, upper.aare(upper.OID.mtsTransfer)]));
    expect(codes(line => void connect(line).s(ses.rf(2, refusal)))).toContain('acse.accepted-but-refused');
  });
});

describe('reliable transfer', () => {
  it('negotiation', () => {
    expect(codes(line => void accept(connect(line, { checkpointSize: 1 }), { checkpointSize: 4 }))).toEqual([
      'rtse.negotiation',
    ]);
    expect(codes(line => void accept(connect(line, { windowSize: 1 }), { windowSize: 4 }))).toEqual([
      'rtse.negotiation',
    ]);
    expect(codes(line => void accept(connect(line, { checkpointSize: 4 }), { checkpointSize: 1 }))).toEqual([]);
  });

  it('negotiation by what is not said: no checkpoints, and so no window; with checkpoints a window of 3', () => {
    const answered = (...sizes: Part[]) =>
      codes(line => {
        const rtoac = ctxc(17, ...sizes, ctxc(2, ctxc(0, p1.bindResult(p1.mtaName('B', 'pw')))));
        const cpa = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtoac)]));
        connect(line, { checkpointSize: 4, windowSize: 2 }).s(ses.ac({ tokens: 0 }, cpa));
      });
    expect(answered()).toEqual([]);
    expect(answered(integer(4, 0x80))).toEqual(['rtse.negotiation']);
    expect(answered(integer(4, 0x80), integer(2, 0x81))).toEqual([]);
  });

  it('of an RTORQ, its elements', () => {
    const asked = (...components: Part[]) =>
      codes(line => {
        const aarq = upper.aarq(upper.OID.mtsTransfer, ctxc(16, ...components));
        line.c(ses.cn({ tokens: 0 }, upper.cp(upper.P1_CONTEXTS, upper.userData([1, aarq]))));
        accept(line);
      });
    const open = { checkpointSize: 1, windowSize: 3, open: p1.bindArgument(p1.mtaName('A', 'pw')) };
    expect(asked(upper.rtorqComponents(open))).toEqual([]);
    expect(asked(integer(1, 0x80), integer(3, 0x81))).toEqual(['rtse.mandatory-missing']);
    expect(asked(upper.rtorqComponents({ ...open, applicationProtocol: 12 }))).toEqual(['rtse.application-protocol']);
  });

  it('checkpoint size and window', () => {
    expect(codes(line => void transfer(bind(line), 1, message('M1', 9000), 4096))).toEqual(['rtse.checkpoint-size']);
    const flood = (points: number) => (line: Line) => {
      bind(line).c(ses.as(activity(1)));
      for (let n = 1; n <= points; n++) line.c(ses.dt(rttr(new Uint8Array(10)))).c(ses.mip(n));
      line.s(ses.mia(points));
    };
    expect(codes(flood(4))).toEqual([]);
    expect(codes(flood(6))).toEqual(['rtse.window']);
  });

  it('activities without data, octets that are no APDU, the turn in a monologue', () => {
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.ae(1))
            .s(ses.aea(1)),
      ),
    ).toEqual(['rtse.activity']);
    expect(
      codes(
        line =>
          void bind(line)
            .c(ses.as(activity(1)))
            .c(ses.dt(rttr(cat(wrapped(message('M')), 1, 2))))
            .c(ses.ae(1)),
      ),
    ).toEqual(['rtse.apdu']);
    expect(codes(line => void bind(line, { twoWay: false }).c(ses.gtc()).s(ses.gta()))).toEqual(['rtse.turn']);
  });
});

describe('remote operations', () => {
  const contexts: upper.Context[] = [
    [1, upper.OID.acse],
    [3, '2.6.0.2.11'],
  ];
  const ros = (tag: number, ...content: Part[]) => ses.dt(upper.userData([3, tlv(tag, ...content)]));
  const open = (line: Line) => {
    line.c(ses.cn({ units: 2 }, upper.cp(contexts, upper.userData([1, upper.aarq('2.6.0.1.0')]))));
    return line.s(ses.ac({ units: 2 }, upper.cpa(contexts, upper.userData([1, upper.aare('2.6.0.1.0')]))));
  };

  it('answers and identifiers', () => {
    expect(
      codes(
        line =>
          void open(line)
            .c(ros(0xa1, integer(1), integer(8)))
            .s(ros(0xa2, integer(1))),
      ),
    ).toEqual([]);
    expect(
      codes(
        line =>
          void open(line)
            .s(ros(0xa2, integer(5)))
            .c(ros(0xa1, integer(1), integer(8))),
      ),
    ).toEqual(['ros.unmatched']);
    expect(
      codes(
        line =>
          void open(line)
            .c(ros(0xa1, integer(1), integer(8)))
            .c(ros(0xa1, integer(1), integer(8)))
            .s(ros(0xa2, integer(1))),
      ),
    ).toEqual(['ros.invoke-id']);
  });

  it('an event that CMIP has nobody confirm leaves its identifier free', () => {
    const cmip = '2.9.0.0.2';
    const list: upper.Context[] = [
      [1, upper.OID.acse],
      [3, '2.9.1.1.4'],
    ];
    const play = (operation: number) =>
      codes(line => {
        line.c(ses.cn({ units: 2 }, upper.cp(list, upper.userData([1, upper.aarq(cmip)]))));
        line.s(ses.ac({ units: 2 }, upper.cpa(list, upper.userData([1, upper.aare(cmip)]))));
        const event = ros(0xa1, integer(1), integer(operation), sequence());
        line
          .c(event)
          .c(event)
          .s(ros(0xa1, integer(9), integer(3), sequence()));
      });
    expect(play(0)).toEqual([]);
    expect(play(1)).toEqual(['ros.invoke-id']);
  });
});

describe('message transfer', () => {
  const domain = p1.globalDomain({ country: 'GB', admd: 'GOLD' });
  const name = app(0, sequence(app(1, tlv(0x13, text('GB'))), app(2, tlv(0x13, text('GOLD'))), tlv(0x83, text('Org'))));
  const recipient = (...more: Part[]) => set(name, integer(1, 0x80), bitString('10101000', 0x81), ...more);
  const arrival = (time: string, more: Part = []) => sequence(domain, set(ctx(0, text(time)), integer(0, 0x82), more));
  const trace = (...elements: Part[]) => app(9, ...elements);

  function sent(parts: Part[], content: Part = tlv(0xa0, set(app(11, tlv(0x13, text('id')))), sequence())): string[] {
    return codes(line => void transfer(bind(line), 1, cat(tlv(0xa0, set(...parts), octetString(content))), 1024));
  }
  const identifier = app(4, domain, ia5String('L1'));
  const type = integer(2, 0x46);
  const to = ctxc(2, recipient());
  const good = [identifier, name, type, to, trace(arrival('260301091500Z'))];

  const cases: [code: string | null, parts: Part[]][] = [
    [null, good],
    ['p1.mandatory-missing', [identifier, name, type, to]],
    ['p1.duplicate-member', [...good, type]],
    ['p1.unknown-member', [...good, tlv(0x55, 1)]],
    ['p1.upper-bound', [app(4, domain, ia5String('x'.repeat(33))), name, type, to, good[4]!]],
    [
      'p1.duplicate-extension',
      [...good, ctxc(3, sequence(integer(3, 0x80), ctxc(2, integer(1, 10))), sequence(integer(3, 0x80)))],
    ],
    ['p1.critical-extension', [...good, ctxc(3, sequence(integer(99, 0x80), bitString('010', 0x81)))]],
    ['p1.trace-loop', [identifier, name, type, to, trace(arrival('260301091500Z'), arrival('260301091600Z'))]],
    ['p1.trace-time', [identifier, name, type, to, trace(arrival('260301091500Z'), arrival('260301091400Z'))]],
    [
      'p1.recipient-number',
      [identifier, name, type, ctxc(2, set(name, integer(0, 0x80), bitString('10101000', 0x81))), good[4]!],
    ],
    [
      'p1.responsibility',
      [identifier, name, type, ctxc(2, set(name, integer(1, 0x80), bitString('00101000', 0x81))), good[4]!],
    ],
    [
      'p1.recipient-indicators',
      [identifier, name, type, ctxc(2, set(name, integer(1, 0x80), bitString('10000000', 0x81))), good[4]!],
    ],
    ['p1.time', [identifier, name, type, to, trace(arrival('269901091500Z'))]],
    ['p1.string', [identifier, app(0, sequence(tlv(0x83, text('a_b')))), type, to, good[4]!]],
  ];
  it.each(cases)('%s', (code, parts) => {
    expect(sent(parts)).toEqual(
      code === null ? [] : [...new Set(code === 'p1.trace-time' ? ['p1.trace-loop', code] : [code])],
    );
  });

  it('a message goes back after a redirection or an expansion, and round without one', () => {
    const gdi = (country: string) => p1.globalDomain({ country, admd: 'X' });
    const [a, b] = [gdi('GB'), gdi('FR')];
    const pass = (d: Part, minute: number, other?: string, action = 0) =>
      sequence(
        d,
        set(
          ctx(0, text(`26030109${minute}00Z`)),
          integer(action, 0x82),
          other === undefined ? [] : bitString(other, 0x83),
        ),
      );
    const way = (...elements: Part[]) => sent([identifier, name, type, to, trace(...elements)]);
    expect(way(pass(a, 10), pass(b, 11), pass(a, 12))).toEqual(['p1.trace-loop']);
    expect(way(pass(a, 10), pass(b, 11, '10'), pass(a, 12))).toEqual([]);
    expect(way(pass(a, 10), pass(b, 11, '01'), pass(a, 12), pass(b, 13))).toEqual([]);
    expect(way(pass(a, 10, '01'), pass(b, 11), pass(a, 12))).toEqual([]);
    expect(way(pass(a, 10, '01'), pass(b, 11), pass(a, 12), pass(b, 13))).toEqual(['p1.trace-loop']);
    expect(way(pass(a, 10), pass(b, 11), pass(a, 12, undefined, 1))).toEqual([]);
  });

  it('times', () => {
    const at = (time: string) => sent([identifier, name, type, to, trace(arrival(time))]);
    for (const time of ['2603010915Z', '260301091500+0100', '260301091500-1130', '280229091500Z', '000229000000Z'])
      expect(at(time), time).toEqual([]);
    for (const time of ['260229091500Z', '260431091500Z', '260301091500+0160', '260301091500+2400', '260301091500'])
      expect(at(time), time).toEqual(['p1.time']);
    const extension = (type: number, value: Part) => ctxc(3, sequence(integer(type, 0x80), ctxc(2, value)));
    expect(sent([...good, extension(5, tlv(0x17, text('260301091500Z')))])).toEqual([]);
    expect(sent([...good, extension(5, tlv(0x17, text('2603')))])).toEqual(['p1.time']);
    expect(sent([...good, extension(26, sequence(sequence(name, tlv(0x17, text('2603')))))])).toEqual(['p1.time']);
    const late = arrival('260301091500Z', ctx(1, text('2603')));
    expect(sent([identifier, name, type, to, trace(late)])).toEqual(['p1.time']);
  });

  it('the names of a history', () => {
    const far = app(0, sequence(tlv(0x83, text('x'.repeat(65)))));
    const when = tlv(0x17, text('260301091500Z'));
    const extension = (type: number, value: Part) => ctxc(3, sequence(integer(type, 0x80), ctxc(2, value)));
    expect(sent([...good, extension(25, sequence(sequence(sequence(name, when), tlv(0x0a, 0))))])).toEqual([]);
    expect(sent([...good, extension(25, sequence(sequence(sequence(far, when), tlv(0x0a, 0))))])).toEqual([
      'p1.upper-bound',
    ]);
    expect(sent([...good, extension(30, sequence(sequence(name, when), sequence(far, when)))])).toEqual([
      'p1.upper-bound',
    ]);
  });

  it('nothing where something is due', () => {
    expect(sent([identifier, name, type, ctxc(2), good[4]!])).toEqual(['p1.mandatory-missing']);
    expect(sent([identifier, name, type, to, trace()])).toEqual(['p1.mandatory-missing']);
    expect(codes(line => void transfer(bind(line), 1, tlv(0xa0, set(...good)), 1024))).toEqual([
      'p1.mandatory-missing',
    ]);
  });

  it('reports', () => {
    const time = '260301091500Z';
    const outcome = (arrived: string, delivered: string) =>
      ctxc(3, ctx(0, text(arrived)), ctxc(1, ctxc(0, ctx(1, 0), ctx(0, text(delivered)))));
    const fields = {
      name: tlv(0xa0, sequence(tlv(0x83, text('Org')))),
      number: integer(1, 0x81),
      indicators: bitString('10101000', 0x82),
      outcome: outcome(time, time),
    };
    const envelope = set(identifier, name, trace(arrival(time)));
    const report = (parts: readonly Part[], more: Part = []) =>
      codes(
        line => void transfer(bind(line), 1, tlv(0xa1, envelope, set(identifier, more, ctxc(0, set(...parts)))), 1024),
      );
    const twice = (tag: number) => ctxc(tag, sequence(integer(23, 0x80)), sequence(integer(23, 0x80)));
    const whole = Object.values(fields);
    expect(report(whole)).toEqual([]);
    expect(report([...whole].reverse())).toEqual([]);
    for (const part of whole) expect(report(whole.filter(p => p !== part))).toEqual(['p1.mandatory-missing']);
    expect(report([...whole, ctx(9, 1)])).toEqual(['p1.unknown-member']);
    expect(report([...whole, integer(1, 0x81)])).toEqual(['p1.duplicate-member']);
    expect(report([...whole, twice(6)])).toEqual(['p1.duplicate-extension']);
    expect(report(whole, twice(3))).toEqual(['p1.duplicate-extension']);
    expect(report([fields.name, integer(0, 0x81), fields.indicators, fields.outcome])).toEqual(['p1.recipient-number']);
    const { name: who, number, indicators } = fields;
    expect(report([who, number, indicators, outcome('2603', time)])).toEqual(['p1.time']);
    expect(report([who, number, indicators, outcome(time, '2603')])).toEqual(['p1.time']);
    const passed = (country: string, arrival = '260301091500Z') =>
      sequence(
        app(3, app(1, tlv(0x13, text(country))), app(2, tlv(0x13, text('A')))),
        set(ctx(0, text(arrival)), integer(0, 0x82)),
      );
    expect(report(whole, app(9, passed('GB'), passed('FR')))).toEqual([]);
    expect(report(whole, app(9, passed('GB'), passed('FR'), passed('GB')))).toEqual(['p1.trace-loop']);
    expect(report(whole, app(9, passed('GB', '26030109Z')))).toEqual(['p1.time']);
  });

  it('an internal trace that comes back', () => {
    const element = (mta: string) =>
      sequence(domain, ia5String(mta), set(ctx(0, text('260301091500Z')), integer(0, 0x82)));
    const extension = (...mtas: string[]) =>
      ctxc(3, sequence(integer(38, 0x80), ctxc(2, sequence(...mtas.map(element)))));
    expect(sent([...good, extension('A', 'B')])).toEqual([]);
    expect(sent([...good, extension('A', 'B', 'A')])).toEqual(['p1.internal-trace-loop']);
  });

  it('contents', () => {
    const heading = (...parts: Part[]) => tlv(0xa0, set(app(11, tlv(0x13, text('id'))), ...parts), sequence());
    expect(sent(good, text('not an IPM'))).toEqual(['p1.content']);
    expect(sent(good, tlv(0xa0, set(), sequence()))).toEqual(['p22.this-ipm']);
    expect(sent(good, heading(ctx(14, 0xff)))).toEqual(['p22.auto-forwarded']);
    expect(sent(good, heading(ctxc(2, set(ctxc(0), ctx(1, 6, 0x80)))))).toEqual(['p22.formal-name']);
    expect(sent(good, heading(ctxc(2, set(ctxc(0), tlv(0xa1, bitString('01'))))))).toEqual(['p22.formal-name']);
    expect(sent(good, heading(ctxc(2, set(ctxc(0), tlv(0xa1, bitString('001'))))))).toEqual([]);
    expect(sent(good, heading(ctxc(11, set(name))))).toEqual([]);
    expect(sent(good, heading(ctxc(11, set(ctx(0, text('Ann'))))))).toEqual(['p22.formal-name']);
    const p772 = [identifier, name, oid('1.3.26.0.4406.0.4.1'), to, good[4]!];
    const military = (id: string, value: Part) => heading(ctxc(15, sequence(oid(id), value)));
    expect(sent(p772, military('1.3.26.0.4406.0.2.0', integer(5)))).toEqual([]);
    expect(sent(p772, military('1.3.26.0.4406.0.2.0', integer(9)))).toEqual(['p772.precedence']);
    expect(sent(p772, military('1.3.26.0.4406.0.2.0', integer(-1)))).toEqual(['p772.precedence']);
    const forwarded = ctxc(15, tlv(0x28, oid('1.3.26.0.4406.0.7.9'), ctxc(0, sequence())));
    const carrier = tlv(0xa0, set(app(11, tlv(0x13, text('id'))), ctx(14, 0xff)), sequence(forwarded));
    expect(sent(p772, carrier)).toEqual([]);
    const pieces = Array.from({ length: 23 }, () => tlv(0x13, text('xxx')));
    expect(sent(p772, military('1.3.26.0.4406.0.2.7', sequence(tlv(0x33, ...pieces))))).toEqual([]);
    expect(sent(p772, military('1.3.26.0.4406.0.2.6', set(ctxc(0, tlv(0x13, text('AB'))))))).toEqual(['p772.sic']);
    expect(sent(p772, military('1.3.26.0.4406.0.2.7', sequence(tlv(0x13, text('x'.repeat(70))))))).toEqual([
      'p772.military-string',
    ]);
  });

  it('binds', () => {
    expect(codes(line => void bind(line, { password: 'x'.repeat(63) }))).toEqual(['p1.password-length']);
    const rtorj = ctxc(18, ctxc(1, p1.bindError(9)));
    const cpr = sequence(upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtorj)]));
    expect(codes(line => void connect(line).s(ses.rf(2, cpr)))).toContain('p1.bind-error');
  });
});

it('a refused bind says why', () => {
  const capture = new Capture();
  const line = connect(capture.connect());
  const rtorj = ctxc(18, ctxc(1, p1.bindError(2)));
  const aare = app(
    1,
    ctxc(1, oid(upper.OID.mtsTransfer)),
    ctxc(2, integer(1)),
    ctxc(3, ctxc(1, integer(0))),
    ctxc(30, upper.external(3, rtorj)),
  );
  line.s(ses.rf(2, sequence(upper.userData([1, aare])))).close();
  expect(capture.associations).toMatchObject([
    { outcome: 'refused', ended: 'refused by 10.0.0.2: authentication-error', endedBy: 1 },
  ]);
  expect(capture.codes).toEqual([]);
});

it('released, aborted, lost and unanswered associations say so', () => {
  const ended = (play: (line: Line) => void) => {
    const capture = new Capture();
    play(capture.connect());
    return capture.associations.map(a => [a.outcome, a.ended]);
  };
  expect(ended(line => release(bind(line)))).toEqual([['released', 'released by MTA-A']]);
  expect(ended(line => connect(line).close())).toEqual([
    ['unanswered', 'the CONNECT was not answered: the transport connection was closed'],
  ]);
  // The answer may be what is missing.
  expect(ended(line => connect(line).gap(1).close())).toEqual([
    ['unanswered', 'the CONNECT was not answered in the capture'],
  ]);
  expect(ended(line => bind(line).close('rst'))).toEqual([['lost', 'the transport connection was reset']]);
  const aru = ctxc(0, upper.userData([1, app(4, ctx(0, 0), ctxc(30, upper.external(3, upper.rtab(3))))]));
  expect(ended(line => bind(line).s(ses.ab(3, aru)).close())).toEqual([
    ['aborted', 'aborted by MTA-B: acse-service-user; RTSE temporaryProblem'],
  ]);
});
