import { describe, expect, it } from 'vitest';
import { find } from '../../../src/asn1/tree.ts';
import { pduInfo } from '../../../src/report/packets-info.ts';
import { ctxc, ia5String, integer, nothing, octetString, oid, sequence, set, tlv, utcTime } from '../../kit/ber.ts';
import { type Part, latin1 as text } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import { EDIM } from '../../x400/edims.ts';
import { activity, Capture, type Line, rttr } from './kit.ts';

const DOMAIN = { country: 'GB', admd: 'GOLD' };
const SMITH = p1.orName({ ...DOMAIN, surname: 'Smith' });
const CONTENT = p1.ipm({
  originator: { ...DOMAIN, surname: 'Smith' },
  recipients: [{ ...DOMAIN, surname: 'Jones' }],
  id: 'I1',
  subject: 'Over P3',
  text: text('Hello'),
});
const TIME = '260301091500Z';

const SUBMITTED = sequence(
  set(SMITH, integer(22, 0x46), ctxc(1, set(SMITH, tlv(0x80, [3, 0x10])))),
  octetString(CONTENT),
);
const PROBE = set(SMITH, integer(22, 0x46), ctxc(3, set(SMITH, tlv(0x80, [3, 0x10]))), integer(500, 0x80));
const SUBMISSION_RESULT = (id: string) => set(p1.mtsIdentifier(DOMAIN, id), utcTime(TIME, 0x80));
// The content in two segments: what is handed over is what they hold.
const DELIVERED = sequence(
  p1.mtsIdentifier(DOMAIN, 'D1'),
  utcTime(TIME),
  set(integer(22, 0x80), SMITH, ctxc(4, SMITH)),
  tlv(0x24, octetString(CONTENT.subarray(0, 20)), octetString(CONTENT.subarray(20))),
);

const invoke = (id: number, operation: number, argument: Part) => tlv(0xa1, integer(id), integer(operation), argument);
const result = (id: number, operation: number, value: Part) =>
  tlv(0xa2, integer(id), sequence(integer(operation), value));
const failure = (id: number, error: number) => tlv(0xa3, integer(id), integer(error));

const CONTEXTS: readonly upper.Context[] = [
  [1, upper.OID.acse],
  [3, '2.6.0.2.11'],
];

function open(line: Line): Line {
  line.c(ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq('2.6.0.1.0')]))));
  return line.s(ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare('2.6.0.1.0')]))));
}
const ros = (apdu: Part) => ses.dt(upper.userData([3, apdu]));

/** What was handed over: protocol, kind, identifier, direction and octets. */
const handed = (capture: Capture) =>
  capture.apdus.map(a => [a.protocol, a.kind, a.message?.localIdentifier ?? null, a.direction, [...a.bytes]]);

describe('octets of submissions and deliveries', () => {
  it('are handed over when the result comes, with the identifier that it brought', () => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED)));
    expect(capture.apdus).toEqual([]);
    line.s(ros(invoke(1, 5, DELIVERED))).s(ros(result(1, 3, SUBMISSION_RESULT('S1'))));
    line.c(ros(result(1, 5, set())));
    line.close();
    expect(handed(capture)).toEqual([
      ['P3', 'apdu', 'S1', 0, [...SUBMITTED]],
      ['P3', 'content', 'S1', 0, [...CONTENT]],
      ['P3', 'apdu', 'D1', 1, [...DELIVERED]],
      ['P3', 'content', 'D1', 1, [...CONTENT]],
    ]);
    expect(capture.apdus.map(a => a.message)).toEqual(capture.messages.flatMap(m => [m, m]));
    expect(capture.codes).toEqual([]);
  });

  it('a probe has no content; what was refused or not answered is not handed over', () => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 4, PROBE))).s(ros(result(1, 4, SUBMISSION_RESULT('P1'))));
    line.c(ros(invoke(2, 3, SUBMITTED))).s(ros(failure(2, 2)));
    line.c(ros(invoke(3, 3, SUBMITTED)));
    line.close();
    expect(capture.messages.map(m => m.state)).toEqual(['complete', 'discarded', 'interrupted']);
    expect(handed(capture)).toEqual([['P3', 'apdu', 'P1', 0, [...PROBE]]]);
  });

  it('names the recipients of a probe, which has them in another place than a message', () => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED))).s(ros(result(1, 3, SUBMISSION_RESULT('S1'))));
    line.c(ros(invoke(2, 4, PROBE))).s(ros(result(2, 4, SUBMISSION_RESULT('P1'))));
    line.close();
    const recipients = [{ address: '/C=GB/ADMD=GOLD/S=Smith/', number: null, requested: ['report'], outcome: null }];
    expect(capture.messages).toMatchObject([
      { kind: 'message', recipients },
      { kind: 'probe', recipients, size: 500 },
    ]);
  });

  it('names the control that was violated by the operation: both have the same error code', () => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED))).s(ros(failure(1, 1)));
    line.s(ros(invoke(2, 5, DELIVERED))).c(ros(failure(2, 1)));
    line.close();
    expect(capture.messages.map(m => m.why)).toEqual([
      'refused by the other side: submission-control-violated',
      'refused by the other side: delivery-control-violated',
    ]);
  });

  it.each<[string, (line: Line) => void]>([
    ['the association ended before the operation was answered', line => line.close()],
    ['no answer to it is in the capture', line => line.gap(1).close()],
    ['no answer to it is in the capture', line => line.close('eof')],
  ])('says of an operation without answer what is known: %s', (why, end) => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED)));
    end(line);
    expect(capture.messages).toMatchObject([{ state: 'interrupted', why }]);
  });

  it('keeps no more octets than an APDU may have, and lets go of what was answered', () => {
    const capture = new Capture({ maxApduBytes: SUBMITTED.length + 10 });
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED))).c(ros(invoke(2, 3, SUBMITTED)));
    line.s(ros(result(1, 3, SUBMISSION_RESULT('S1')))).s(ros(result(2, 3, SUBMISSION_RESULT('S2'))));
    line.c(ros(invoke(3, 3, SUBMITTED))).s(ros(failure(3, 2)));
    line.c(ros(invoke(4, 3, SUBMITTED))).s(ros(result(4, 3, SUBMISSION_RESULT('S4'))));
    line.close();
    expect(capture.messages.map(m => m.localIdentifier)).toEqual(['S1', 'S2', null, 'S4']);
    expect(capture.apdus.filter(a => a.kind === 'apdu').map(a => a.message!.localIdentifier)).toEqual(['S1', 'S4']);
  });

  it('over reliable transfer too, once', () => {
    const contexts: readonly upper.Context[] = [
      [1, upper.OID.acse],
      [3, '2.6.0.2.8'],
      [5, '2.6.0.2.6'],
    ];
    const capture = new Capture();
    const line = capture.connect();
    const bind = set(tlv(0x80, text('UA')), ctxc(2, ia5String('pw')));
    const sizes = { checkpointSize: 1, windowSize: 3 };
    const rtorq = upper.rtorq({ ...sizes, twoWay: true, open: ctxc(16, bind) });
    line.c(ses.cn({ tokens: 0 }, upper.cp(contexts, upper.userData([1, upper.aarq('2.6.0.1.2', rtorq)]))));
    const rtoac = upper.rtoac({ ...sizes, open: ctxc(17, bind) });
    line.s(ses.ac({ tokens: 0 }, upper.cpa(contexts, upper.userData([1, upper.aare('2.6.0.1.2', rtoac)]))));
    const carry = (direction: 'c' | 's', apdu: Uint8Array) => {
      line[direction](ses.as(activity(1)))
        [direction](ses.dt(rttr(upper.external(5, apdu))))
        [direction](ses.ae(1));
      line[direction === 'c' ? 's' : 'c'](ses.aea(1));
    };
    carry('c', invoke(1, 3, SUBMITTED));
    line.c(ses.gtc()).s(ses.gta());
    const answer = result(1, 3, SUBMISSION_RESULT('S1'));
    carry('s', answer);
    line.close();
    expect(handed(capture)).toEqual([
      ['P3', 'apdu', 'S1', 0, [...SUBMITTED]],
      ['P3', 'content', 'S1', 0, [...CONTENT]],
      ['P1', 'apdu', null, 1, [...upper.external(5, answer)]],
    ]);
  });
});

it('the recipient of a delivery is named, whether the tag replaces that of the name or stands around it', () => {
  const name = '/C=GB/ADMD=GOLD/S=Smith/';
  for (const recipient of [ctxc(4, SMITH), p1.orNameAs(0xa4, { ...DOMAIN, surname: 'Smith' })]) {
    const capture = new Capture();
    const line = open(capture.connect());
    const fields = set(integer(22, 0x80), SMITH, recipient);
    line.s(ros(invoke(1, 5, sequence(p1.mtsIdentifier(DOMAIN, 'D1'), utcTime(TIME), fields, octetString(CONTENT)))));
    line.c(ros(tlv(0xa2, integer(1)))).close();
    expect(capture.messages[0]!.recipients.map(r => r.address)).toEqual([name]);
  }
});

it('local code 2 is delivery-control when the MTS user invokes it, whoever opened the association', () => {
  for (const [context, user] of [
    ['2.6.0.1.0', 'c'],
    ['2.6.0.1.1', 's'],
  ] as const) {
    const capture = new Capture();
    const line = capture.connect();
    line.c(ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq(context)]))));
    line.s(ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare(context)]))));
    const mts = user === 'c' ? 's' : 'c';
    line[user](ros(invoke(1, 2, set())))[mts](ros(result(1, 2, set())));
    line[mts](ros(invoke(1, 2, set()))).close();
    expect(capture.associations[0]!.pdus).toEqual({
      'delivery-control': 1,
      'delivery-control result': 1,
      'submission-control': 1,
    });
  }
});

describe('a report that is delivered', () => {
  const recipient = (surname: string, type: Part, ...more: Part[]) =>
    set(p1.orNameAs(0xa0, { ...DOMAIN, surname }), ctxc(1, type), ...more);

  it('says what became of each recipient, and answers the message', () => {
    const capture = new Capture();
    const line = open(capture.connect());
    line.c(ros(invoke(1, 3, SUBMITTED))).s(ros(result(1, 3, SUBMISSION_RESULT('S1'))));
    const reported = set(
      p1.mtsIdentifier(DOMAIN, 'S1'),
      integer(22, 0x46),
      sequence(
        recipient('Jones', ctxc(0, integer(0, 0x81), utcTime(TIME, 0x80))),
        recipient('Brown', ctxc(1, integer(1, 0x80), integer(0, 0x81)), tlv(0x83, text('gone'))),
      ),
    );
    line.s(ros(invoke(2, 6, reported))).c(ros(result(2, 6, nothing())));
    line.close();
    expect(capture.messages.map(m => m.answeredBy)).toEqual([1, null]);
    expect(capture.messages[1]).toMatchObject({ kind: 'report', contentType: 'P22 (22)' });
    expect(capture.messages[1]!.recipients.map(r => r.outcome)).toMatchObject([
      { delivered: true, time: TIME, supplementary: null },
      { delivered: false, reason: 'unable-to-transfer', diagnostic: 'unrecognised-OR-name', supplementary: 'gone' },
    ]);
  });
});

it("the message store's operations stand under the name of its own service", () => {
  const capture = new Capture({}, true);
  const line = capture.connect();
  const contexts: readonly upper.Context[] = [
    [1, upper.OID.acse],
    [3, '2.6.0.2.9'],
  ];
  line.c(ses.cn({ units: 2 }, upper.cp(contexts, upper.userData([1, upper.aarq('2.6.0.1.4')]))));
  line.s(ses.ac({ units: 2 }, upper.cpa(contexts, upper.userData([1, upper.aare('2.6.0.1.4')]))));
  line.c(ros(invoke(1, 22, set(ctxc(2, integer(5)))))).c(ros(invoke(2, 3, SUBMITTED)));
  expect(line.trees.filter(t => t.layer === 'p1').map(t => t.title)).toEqual([
    'X.413 Message Store Service',
    'X.413 Message Store Service',
  ]);
  const content = line.trees.find(t => t.layer === 'p22')!;
  expect(find(content.fields, 'p22.subject')!.value).toBe('Over P3');
});

describe('the packet list', () => {
  const contexts = (syntax: string): readonly upper.Context[] => [
    [1, upper.OID.acse],
    [3, syntax],
  ];
  /** Protocol and Info of each TSDU of an association. */
  function rows(context: string, syntax: string, binds: readonly [Part, Part], ...apdus: Part[]): string[] {
    const line = new Capture({}, true).connect();
    const taken: string[] = [];
    const take = () => {
      const { protocol, info } = pduInfo(line.trees.splice(0));
      taken.push(`${protocol} ${info}`);
    };
    const [argument, answer] = [ctxc(16, binds[0]), ctxc(17, binds[1])];
    line.c(ses.cn({ units: 2 }, upper.cp(contexts(syntax), upper.userData([1, upper.aarq(context, argument)]))));
    take();
    line.s(ses.ac({ units: 2 }, upper.cpa(contexts(syntax), upper.userData([1, upper.aare(context, answer)]))));
    take();
    for (const [i, apdu] of apdus.entries()) {
      line.send(i % 2 === 0 ? 0 : 1, ros(apdu));
      take();
    }
    return taken;
  }
  const password = ctxc(2, ia5String('pw'));

  it('says P3 of operations and binds of P3', () => {
    const bind = set(SMITH, password);
    const list = rows(
      '2.6.0.1.0',
      '2.6.0.2.11',
      [bind, bind],
      invoke(1, 4, PROBE),
      result(1, 4, SUBMISSION_RESULT('P')),
    );
    expect(list.map(row => row.split(' ')[0])).toEqual(['P3', 'P3', 'P3', 'P3']);
    expect(list.slice(2)).toEqual(['P3 ProbeSubmissionArgument', 'P3 ProbeSubmissionResult']);
  });

  it('says P7 of those of P7', () => {
    const fetch = invoke(1, 22, set(ctxc(2, integer(7))));
    const list = rows('2.6.0.1.4', '2.6.0.2.9', [set(SMITH, password), set(password)], fetch, result(1, 22, set()));
    expect(list).toEqual(['P7 MSBindArgument', 'P7 MSBindResult', 'P7 FetchArgument', 'P7 FetchResult']);
  });
});

describe('what a user fetches from a message store', () => {
  const att = (type: string, ...values: Part[]) => sequence(oid(type), sequence(...values));
  const TEXT = text('UNB+UNOA:1+BUYER+SELLER+260301:0915+REF01+GEHEIM');

  /** The trees of a fetch result with these attributes. */
  function fetched(showCredentials: boolean, ...attributes: Part[]) {
    const contexts: readonly upper.Context[] = [
      [1, upper.OID.acse],
      [3, '2.6.0.2.9'],
    ];
    const line = new Capture({ showCredentials }, true).connect();
    line.c(ses.cn({ units: 2 }, upper.cp(contexts, upper.userData([1, upper.aarq('2.6.0.1.4')]))));
    line.s(ses.ac({ units: 2 }, upper.cpa(contexts, upper.userData([1, upper.aare('2.6.0.1.4')]))));
    line.c(ros(invoke(1, 22, set(ctxc(2, integer(7))))));
    line.trees.length = 0;
    line.s(ros(result(1, 22, set(ctxc(0, sequence(integer(7), set(...attributes)))))));
    return line.trees.slice(line.trees.findIndex(t => t.layer === 'p1'));
  }

  it.each([
    ['an interpersonal message', '2.6.1.10.1', CONTENT, 'p22'],
    ['an EDI message', '2.6.7.10.0', EDIM, 'p35'],
    ['an EDI message of a type that is not fetched', null, TEXT, 'p35'],
  ])('is read by its content type: %s', (_, type, content, layer) => {
    const trees = fetched(
      false,
      att('2.6.4.3.1', octetString(content)),
      type === null ? [] : att('2.6.4.3.8', oid(type)),
    );
    expect(trees.map(t => t.layer)).toEqual(['p1', layer]);
    expect(find(trees[0]!.fields, 'p1.Content')).toBeDefined();
  });

  it('keeps to X.400: octets of an attribute that nobody knows are no fragment of a reliable transfer', () => {
    const trees = fetched(false, att('1.2.3', octetString([1, 2])), att('1.2.4', ctxc(1, integer(1), integer(2))));
    expect(trees.map(t => t.layer)).toEqual(['p1']);
    expect(find(trees[0]!.fields, 'ber.unknown.OCTETSTRING')?.value).toBe('0102');
  });

  it('withholds the passwords of EDI attributes', () => {
    const attributes = [
      att('2.6.7.7.5', sequence(tlv(0x80, text('SESAME')))),
      att('2.6.7.7.14', sequence(tlv(0x80, text('LETMEIN')))),
      att('2.6.7.8.2', octetString(TEXT)),
    ];
    const names = ['p35.recipient_reference', 'p35.authorization_information', 'p35.password', 'p35.EDIBodyPart'];
    const values = (shown: boolean) => {
      const [tree] = fetched(shown, ...attributes);
      return names.map(name => find(tree!.fields, name)?.value);
    };
    expect(values(false)).toEqual([undefined, undefined, undefined, undefined]);
    expect(values(true)).toEqual(['SESAME', 'LETMEIN', 'GEHEIM', Buffer.from(TEXT).toString('hex')]);
  });
});
