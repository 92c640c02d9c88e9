import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from '../../../src/model/field.ts';
import type { Direction } from '../../../src/model/finding.ts';
import { app, ctx, ctxc, ia5String, integer, octetString, oid, sequence, set, tlv } from '../../kit/ber.ts';
import { cat, latin1, type Part } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import { activity, bind, Capture, type Line, message, release, report, rttr, transfer, wrapped } from './kit.ts';

type Step = readonly [Direction, Uint8Array];

/** Writes down what a conversation sends. */
function recorded(play: (line: Line) => void): Step[] {
  const steps: Step[] = [];
  const capture = new Capture();
  const line = capture.connect();
  const send = line.send.bind(line);
  line.send = (direction, bytes) => {
    steps.push([direction, bytes.slice()]);
    return send(direction, bytes);
  };
  play(line);
  return steps;
}

const CONVERSATION = recorded(line => {
  bind(line);
  transfer(line, 1, message('M1', 3000));
  line
    .c(ses.as(activity(2)))
    .c(ses.dt(rttr(wrapped(message('M2', 900)).subarray(0, 700))))
    .c(ses.ai(1))
    .s(ses.aia());
  transfer(line, 3, report('R1', 'M1'));
  line
    .s(ses.pt(0x11, upper.userData([3, integer(2)])))
    .c(ses.gtc())
    .s(ses.gta());
  release(line);
});

const change = fc.oneof(
  fc.record({ what: fc.constant('octet' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ what: fc.constant('cut' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ what: fc.constant('drop' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ what: fc.constant('twice' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ what: fc.constant('turn' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ what: fc.constant('gap' as const), step: fc.nat(), at: fc.nat(), value: fc.nat(255) }),
);

describe('a conversation that was changed anywhere', () => {
  it('ends without an exception, its trees stay inside, and nothing damaged is called complete', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, detail) => {
        const steps: (Step | 'gap0' | 'gap1')[] = CONVERSATION.map(([d, b]) => [d, b.slice()] as const);
        for (const c of changes) {
          const i = c.step % steps.length;
          const step = steps[i]!;
          if (typeof step === 'string') continue;
          const [direction, bytes] = step;
          if (c.what === 'octet' && bytes.length > 0) bytes[c.at % bytes.length] = c.value;
          else if (c.what === 'cut') steps[i] = [direction, bytes.subarray(0, c.at % (bytes.length + 1))];
          else if (c.what === 'drop') steps.splice(i, 1);
          else if (c.what === 'twice') steps.splice(i, 0, step);
          else if (c.what === 'turn') steps[i] = [direction === 0 ? 1 : 0, bytes];
          else steps.splice(i, 0, direction === 0 ? 'gap0' : 'gap1');
          if (steps.length === 0) return;
        }
        const capture = new Capture({}, detail);
        const line = capture.connect();
        for (const step of steps) {
          if (typeof step === 'string') line.gap(step === 'gap0' ? 0 : 1);
          else line.send(step[0], step[1]);
          line.user.inTransfer(0, 0);
          line.user.inTransfer(1, 0);
        }
        line.close('rst');
        for (const tree of line.trees) for (const f of tree.fields) inside(f, 0, tree.bytes.length);
        for (const row of capture.messages) {
          if (row.state === 'complete' || row.state === 'resumed') continue;
          expect(row.why).not.toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('any octets at all end without an exception', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.uint8Array({ maxLength: 60 })), {
          maxLength: 20,
        }),
        steps => {
          const capture = new Capture({}, true);
          const line = capture.connect();
          for (const [direction, bytes] of steps) line.send(direction, bytes);
          line.close('eof');
        },
      ),
      { numRuns: 300 },
    );
  });
});

function inside(f: Field, start: number, end: number): void {
  expect(f.start).toBeGreaterThanOrEqual(start);
  expect(f.end).toBeLessThanOrEqual(end);
  expect(f.start).toBeLessThanOrEqual(f.end);
  for (const child of f.children) inside(child, start, end);
}

describe('credentials', () => {
  const SECRET = 'tops3cret';
  const DEEP = Buffer.from(SECRET).toString('hex');
  const bare = p1.mtaName('MTA-A', SECRET);
  const user = (syntax: string, value: Part, context = 3): [Part, upper.Context[]] => [
    upper.userData([1, app(0, ctxc(1, oid('2.6.0.1.6')), ctxc(30, value))]),
    [
      [1, upper.OID.acse],
      [context, syntax],
    ],
  ];
  const rtorq = (open: Part) => upper.rtorq({ checkpointSize: 1, windowSize: 3, open });
  const external = (value: Part) => upper.external(3, value);
  const mtsBind = set(ctx(0, latin1('MTA-A')), ctxc(2, ia5String(SECRET)));
  const connects: [name: string, cn: Uint8Array][] = [
    ['MTABind in its wrapper', normal(...user('2.6.0.2.12', external(rtorq(p1.bindArgument(bare)))))],
    ['MTABind without it', normal(...user('2.6.0.2.12', external(rtorq(bare))))],
    [
      'MTABind with an octet string for a password',
      normal(
        ...user('2.6.0.2.12', external(rtorq(ctxc(1, ctx(0, latin1('A')), ctxc(1, octetString(latin1(SECRET))))))),
      ),
    ],
    ['MTABind in an octet-aligned EXTERNAL', normal(...user('2.6.0.2.12', tlv(0x28, integer(3), ctx(1, rtorq(bare)))))],
    ['a damaged MTABind', normal(...user('2.6.0.2.12', external(rtorq(ctxc(1, tlv(0x05, 1), ia5String(SECRET))))))],
    ['MTSBind in its wrapper', normal(...user('2.6.0.2.11', external(ctxc(16, mtsBind))))],
    ['MTSBind without it', normal(...user('2.6.0.2.11', external(mtsBind)))],
    ['MSBind', normal(...user('2.6.0.2.9', external(ctxc(16, mtsBind))))],
    [
      'a directory bind',
      normal(...user('2.5.9.1', external(ctxc(16, set(ctxc(0, ctxc(0, ctxc(2, octetString(latin1(SECRET)))))))))),
    ],
    [
      'FTAM with a filestore password',
      normal(...user('1.0.8571.2.1', external(ctxc(0, tlv(0x71, tlv(0x19, latin1(SECRET))))))),
    ],
    [
      'a bind in a context that was never defined',
      normal(...user('2.6.0.2.12', tlv(0x28, integer(9), ctxc(0, bare)), 3)),
    ],
    [
      'a bind of an application that nobody knows',
      normal(...user('1.2.3.4', external(ctxc(16, sequence(ia5String(SECRET)))))),
    ],
    [
      'ACSE authentication',
      normal(upper.userData([1, app(0, ctxc(1, oid('1.2.3')), ctxc(12, ctx(0, latin1(SECRET))))]), [
        [1, upper.OID.acse],
      ]),
    ],
    [
      'X.410 mode',
      ses.cn(
        { versions: 1 },
        upper.x410(upper.rtorqComponents({ checkpointSize: 1, windowSize: 3, open: bare, applicationProtocol: 1 })),
      ),
    ],
    [
      'X.410 mode of an unknown application',
      ses.cn(
        { versions: 1 },
        upper.x410(
          upper.rtorqComponents({
            checkpointSize: 1,
            windowSize: 3,
            open: sequence(ia5String(SECRET)),
            applicationProtocol: 132,
          }),
        ),
      ),
    ],
  ];

  function normal(user: Part, contexts: upper.Context[]): Uint8Array {
    return ses.cn({}, upper.cp(contexts, user));
  }

  function seen(cn: Uint8Array, showCredentials: boolean): string {
    const capture = new Capture({ showCredentials }, true);
    const line = capture.connect().c(cn);
    line.close('eof');
    return JSON.stringify(
      [line.trees.map(t => [t.title, t.fields]), capture.associations, capture.messages, capture.faults],
      (_key, value) => (typeof value === 'bigint' ? String(value) : value),
    );
  }

  it.each(connects)('%s: not shown unless asked for', (_name, cn) => {
    const shown = seen(cn, false);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(DEEP);
    expect(cat(cn).length).toBeGreaterThan(20);
  });

  it.each([
    ['change-credentials', 8, set(ctxc(0, ia5String(SECRET)), ctxc(1, octetString(latin1(SECRET))))],
    ['register-MS', 24, set(ctxc(4, sequence(ctxc(0, ia5String(SECRET)), ctxc(1, ia5String(SECRET)))))],
  ])('%s: not shown unless asked for, though the CONNECT is missing', (_name, operation, argument) => {
    const invoke = ses.dt(upper.userData([3, ctxc(1, integer(1), integer(operation), argument)]));
    const shown = seen(invoke, false);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(DEEP);
    expect(shown.match(/credentials hidden/g)).toHaveLength(2);
    expect(seen(invoke, true)).toContain(SECRET);
  });

  it('shown when asked for', () => {
    for (const [, cn] of connects.slice(0, 3)) {
      const shown = seen(cn, true);
      expect(shown.includes(SECRET) || shown.includes(DEEP)).toBe(true);
    }
  });
});
