import { app, ctx, ctxc, integer, oid, sequence, set, tlv } from './ber.ts';
import type { Part } from './bytes.ts';

/** Presentation (X.226 §8.2), ACSE (X.227) and RTSE (X.228) as an MTA sends them. */

export const OID = {
  ber: '2.1.1',
  acse: '2.2.1.0.1',
  mtaRtse: '2.6.0.2.12',
  mtse: '2.6.0.2.7',
  mtsTransfer: '2.6.0.1.6',
  mmsContext: '1.0.9506.2.3',
  mms: '1.0.9506.2.1',
} as const;

/** Presentation context id and abstract syntax. */
export type Context = readonly [id: number, abstractSyntax: string];

export const P1_CONTEXTS: readonly Context[] = [
  [1, OID.acse],
  [3, OID.mtaRtse],
  [5, OID.mtse],
];

/** Fully encoded user data: one PDV list per (context, value). */
export const userData = (...values: (readonly [context: number, value: Part])[]) =>
  app(1, ...values.map(([context, value]) => sequence(integer(context), ctxc(0, value))));

interface Selectors {
  readonly calling?: Part;
  readonly called?: Part;
}

export const cp = (contexts: readonly Context[], user: Part, s: Selectors = {}) =>
  set(
    ctxc(0, ctx(0, 1)),
    ctxc(
      2,
      s.calling === undefined ? [] : ctx(1, s.calling),
      s.called === undefined ? [] : ctx(2, s.called),
      ctxc(4, ...contexts.map(([id, syntax]) => sequence(integer(id), oid(syntax), sequence(oid(OID.ber))))),
      user,
    ),
  );

export const cpa = (contexts: readonly Context[], user: Part, responding?: Part) =>
  set(
    ctxc(0, ctx(0, 1)),
    ctxc(
      2,
      responding === undefined ? [] : ctx(3, responding),
      ctxc(5, ...contexts.map(() => sequence(ctx(0, 0), oid(OID.ber, 0x81)))),
      user,
    ),
  );

/** X.410-1984 mode: the RTORQ's or RTOAC's components take the place of all above the session (X.226 §8.4.3). */
export const x410 = (...components: Part[]) => set(ctxc(0, ctx(0, 0)), ctxc(1, ...components));

/** EXTERNAL with an indirect reference and a single ASN.1 type. */
export const external = (context: number, value: Part) => tlv(0x28, integer(context), ctxc(0, value));

export const aarq = (applicationContext: string, information?: Part, context = 3) =>
  app(0, ctxc(1, oid(applicationContext)), information === undefined ? [] : ctxc(30, external(context, information)));

export const aare = (applicationContext: string, information?: Part, context = 3) =>
  app(
    1,
    ctxc(1, oid(applicationContext)),
    ctxc(2, integer(0)),
    ctxc(3, ctxc(1, integer(0))),
    information === undefined ? [] : ctxc(30, external(context, information)),
  );

export const rlrq = () => app(2, ctx(0, 0));
export const rlre = () => app(3, ctx(0, 0));

export interface RtseOpen {
  /** In units of 1024 octets, 0 for none. */
  readonly checkpointSize: number;
  readonly windowSize: number;
  readonly twoWay?: boolean;
  /** What the RTSE's user opens with: the MTA's bind. */
  readonly open?: Part;
  /** The session connection whose activity is to be resumed. */
  readonly recover?: Part;
  /** X.410 mode only: 1 mts-84, 12 mts-transfer. */
  readonly applicationProtocol?: number;
}

export const rtorqComponents = (o: RtseOpen): Part => [
  integer(o.checkpointSize, 0x80),
  integer(o.windowSize, 0x81),
  o.twoWay === undefined ? [] : integer(o.twoWay ? 1 : 0, 0x82),
  ctxc(3, o.recover === undefined ? ctxc(0, o.open ?? []) : ctxc(1, o.recover)),
  o.applicationProtocol === undefined ? [] : integer(o.applicationProtocol, 0x84),
];

export const rtoacComponents = (o: RtseOpen): Part => [
  integer(o.checkpointSize, 0x80),
  integer(o.windowSize, 0x81),
  ctxc(2, o.recover === undefined ? ctxc(0, o.open ?? []) : ctxc(1, o.recover)),
];

export const rtorq = (o: RtseOpen) => ctxc(16, rtorqComponents(o));
export const rtoac = (o: RtseOpen) => ctxc(17, rtoacComponents(o));
export const rtab = (reason: number) => ctxc(22, integer(reason, 0x80));
