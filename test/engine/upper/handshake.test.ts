import { describe, expect, it } from 'vitest';
import { app, ctx, ctxc, integer, oid, sequence, set, teletexString, tlv } from '../../kit/ber.ts';
import type { Part } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';
import { accept, Capture, connect, release } from './kit.ts';

const utf8 = (text: string) => tlv(0x0c, new TextEncoder().encode(text));
const bmp = (text: string) =>
  tlv(0x1e, Uint8Array.from([...text].flatMap(c => [c.charCodeAt(0) >> 8, c.charCodeAt(0)])));

/** An AARQ or AARE of P1 with these elements, and its user information in an EXTERNAL of this form. */
const apdu = (tag: number, elements: Part, value: Part, form = 0xa0) =>
  app(tag, ctxc(1, oid(upper.OID.mtsTransfer)), elements, ctxc(30, tlv(0x28, integer(3), tlv(form, value))));

const ACCEPTED: Part = [ctxc(2, integer(0)), ctxc(3, ctxc(1, integer(0)))];
const SIZES = { checkpointSize: 1, windowSize: 3 };
const rtorq = upper.rtorq({ ...SIZES, twoWay: true, open: p1.bindArgument(p1.mtaName('MTA-A', 'tops3cret')) });
const rtoac = upper.rtoac({ ...SIZES, open: p1.bindResult(p1.mtaName('MTA-B', 'tops3cret')) });

describe('names of the two sides', () => {
  it('directory names are read by the string types of their attributes', () => {
    const attribute = (type: string, value: Part) => set(sequence(oid(type), value));
    const capture = new Capture();
    const called: Part = [
      ctxc(2, sequence(attribute('2.5.4.10', utf8('Zürich')))),
      ctxc(3, attribute('2.5.4.3', bmp('MTA-Ж'))),
    ];
    const calling = ctxc(6, sequence(attribute('2.5.4.10', teletexString('M\xc8unchen'))));
    const open = (value: Part) => ({ ...SIZES, open: value });
    const line = capture.connect();
    line.c(
      ses.cn(
        { tokens: 0 },
        upper.cp(
          upper.P1_CONTEXTS,
          upper.userData([1, apdu(0, [called, calling], upper.rtorq(open(ctxc(16, tlv(5)))))]),
        ),
      ),
    );
    const answer = apdu(1, ACCEPTED, upper.rtoac(open(ctxc(17, tlv(5)))));
    line.s(ses.ac({ tokens: 0 }, upper.cpa(upper.P1_CONTEXTS, upper.userData([1, answer]))));
    release(line);
    expect(capture.associations).toMatchObject([{ initiator: '/O=München', responder: '/O=Zürich/CN=MTA-Ж' }]);
  });

  it('RTORQ and RTOAC in octet-aligned EXTERNALs say the same (X.690 §8.18)', () => {
    const capture = new Capture({}, true);
    const line = capture.connect();
    const asked = upper.cp(upper.P1_CONTEXTS, upper.userData([1, apdu(0, [], rtorq, 0x81)]));
    line.c(ses.cn({ tokens: 0 }, asked));
    const answer = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, apdu(1, ACCEPTED, rtoac, 0x81)]));
    line.s(ses.ac({ tokens: 0 }, answer));
    release(line);
    expect(capture.associations).toMatchObject([
      {
        initiator: 'MTA-A',
        responder: 'MTA-B',
        rtse: { checkpointSize: 1, windowSize: 3, dialogueMode: 'two-way-alternate' },
      },
    ]);
    expect(capture.codes).toEqual([]);
    expect(JSON.stringify(line.trees.map(t => t.fields))).not.toContain('tops3cret');
  });

  it('octets that are no element are left alone', () => {
    const capture = new Capture({}, true);
    const line = capture.connect();
    const opaque = apdu(0, [], [0xb0, 0x20, 0x80], 0x81);
    line.c(ses.cn({ tokens: 0 }, upper.cp(upper.P1_CONTEXTS, upper.userData([1, opaque]))));
    accept(line);
    release(line);
    expect(capture.codes).toEqual([]);
  });
});

describe('a refusal', () => {
  const rejected = (...more: Part[]) =>
    app(1, ctxc(1, oid(upper.OID.mtsTransfer)), ctxc(2, integer(1)), ctxc(3, ctxc(1, integer(7))), ...more);

  it('by a bind error is told by that, though RTSE has a reason too', () => {
    const rtorj = ctxc(18, ctx(0, 2), ctxc(1, ctxc(18, integer(2))));
    const capture = new Capture();
    const line = connect(capture.connect());
    const answer = rejected(ctxc(30, upper.external(3, rtorj)));
    line.s(ses.rf(2, sequence(upper.userData([1, answer])))).close();
    expect(capture.associations).toMatchObject([
      { outcome: 'refused', ended: 'refused by 10.0.0.2: authentication-error' },
    ]);
  });

  it('in an ACCEPT is one, each time that it comes', () => {
    const capture = new Capture();
    for (let i = 0; i < 2; i++) {
      const line = connect(capture.connect());
      line.s(ses.ac({ tokens: 0 }, upper.cpa(upper.P1_CONTEXTS, upper.userData([1, rejected()])))).close();
    }
    const refused = { outcome: 'refused', endedBy: 1 };
    expect(capture.associations).toMatchObject([refused, refused]);
    expect(capture.associations[1]!.ended).toBe(
      'refused by 10.0.0.2: rejected-permanent, called-AP-title-not-recognized',
    );
    const told = 'AARE says rejected-permanent, called-AP-title-not-recognized in a session ACCEPT';
    expect(capture.faults.map(f => [f.stream, f.code, f.detail])).toEqual([
      [0, 'acse.refused-but-accepted', told],
      [1, 'acse.refused-but-accepted', told],
    ]);
  });

  it('needs a result, which a damaged AARE may lack', () => {
    const capture = new Capture();
    const line = connect(capture.connect());
    const bare = app(1, ctxc(1, oid(upper.OID.mtsTransfer)), ctxc(3, ctxc(1, integer(0))));
    line.s(ses.ac({ tokens: 0 }, upper.cpa(upper.P1_CONTEXTS, upper.userData([1, bare])))).close();
    expect(capture.codes).toEqual(['acse.mandatory-missing']);
    expect(capture.associations).toMatchObject([{ outcome: 'lost' }]);
  });

  it.each([
    ['no result', []],
    ['a result that is not defined', [ctxc(2, integer(-128))]],
  ])('is none that %s stands in the AARE of an ACCEPT', (_, result) => {
    const capture = new Capture();
    const line = connect(capture.connect());
    const aare = app(1, ctxc(1, oid(upper.OID.mtsTransfer)), result, ctxc(3, ctxc(1, integer(0))));
    line.s(ses.ac({ tokens: 0 }, upper.cpa(upper.P1_CONTEXTS, upper.userData([1, aare]))));
    release(line);
    expect(capture.associations).toMatchObject([{ outcome: 'released', ended: 'released by MTA-A' }]);
  });
});
