import { cat, latin1, type Part, u16 } from './bytes.ts';

/** A length indicator: one octet, or FF and two (X.225 §8.2.5). */
const indicator = (n: number): Part => (n < 255 ? n : [0xff, u16(n)]);

/** A parameter (PI) or a parameter group (PGI): both are code, length indicator, value. */
export function pi(code: number, ...value: Part[]): Part {
  const bytes = cat(value);
  return [code, indicator(bytes.length), bytes];
}

/** An SPDU: its parameter field is counted by LI, user information follows uncounted. */
export function spdu(si: number, parameters: Part = [], userInformation: Part = []): Uint8Array<ArrayBuffer> {
  const bytes = cat(parameters);
  return cat(si, indicator(bytes.length), bytes, userInformation);
}

const serial = (n: number): Part => pi(42, latin1(String(n)));
const data = (bytes: Part | undefined): Part => (bytes === undefined ? [] : pi(193, bytes));

/** Half-duplex, minor synchronize, activity management, exceptions: what the RTSE asks for. */
const RTSE_UNITS = 0x0249;

export interface ConnectSpdu {
  readonly callingReference?: Part;
  readonly commonReference?: Part;
  readonly additionalReference?: Part;
  readonly options?: number;
  readonly versions?: number;
  readonly tsduMaximum?: readonly [number, number];
  readonly initialSerial?: number;
  readonly tokens?: number;
  readonly units?: number;
  readonly callingSelector?: Part;
  readonly calledSelector?: Part;
}

function connectItems(o: ConnectSpdu, accept: boolean): Part {
  const reference: Part[] = [];
  if (o.callingReference !== undefined) reference.push(pi(accept ? 9 : 10, o.callingReference));
  if (o.commonReference !== undefined) reference.push(pi(11, o.commonReference));
  if (o.additionalReference !== undefined) reference.push(pi(12, o.additionalReference));
  const items: Part[] = [pi(19, o.options ?? 0)];
  const max = o.tsduMaximum;
  if (max !== undefined) items.push(pi(21, u16(max[0]), u16(max[1])));
  items.push(pi(22, o.versions ?? 2));
  if (o.initialSerial !== undefined) items.push(pi(23, latin1(String(o.initialSerial))));
  if (o.tokens !== undefined) items.push(pi(26, o.tokens));
  return [
    reference.length > 0 ? pi(1, reference) : [],
    pi(5, items),
    pi(20, u16(o.units ?? RTSE_UNITS)),
    o.callingSelector === undefined ? [] : pi(51, o.callingSelector),
    o.calledSelector === undefined ? [] : pi(52, o.calledSelector),
  ];
}

/** The SPDUs of X.225 §8.3, by their abbreviations. Category 2 ones come behind GT or PT as basic concatenation asks. */
export const ses = {
  cn: (o: ConnectSpdu, user?: Part) => spdu(13, [connectItems(o, false), data(user)]),
  ac: (o: ConnectSpdu, user?: Part) => spdu(14, [connectItems(o, true), data(user)]),
  /** Reason 2: the user data stands behind the reason octet. */
  rf: (reason: number, user: Part = []) => spdu(12, pi(50, reason, user)),
  fn: (user?: Part, keepTransport = false) => spdu(9, [keepTransport ? pi(17, 0) : pi(17, 1), data(user)]),
  dn: (user?: Part) => spdu(10, data(user)),
  nf: (user?: Part) => spdu(8, data(user)),
  ab: (disconnect: number, user?: Part) => spdu(25, [pi(17, disconnect), data(user)]),
  aa: () => spdu(26),
  gt: (tokens?: number) => spdu(1, tokens === undefined ? [] : pi(16, tokens)),
  pt: (tokens?: number, user?: Part) => spdu(2, [tokens === undefined ? [] : pi(16, tokens), data(user)]),
  gtc: () => spdu(21),
  gta: () => spdu(22),
  dt: (user: Part, enclosure?: number) => cat(spdu(1), spdu(1, enclosure === undefined ? [] : pi(25, enclosure), user)),
  td: (user: Part, enclosure?: number) => spdu(33, enclosure === undefined ? [] : pi(25, enclosure), user),
  ex: (user: Part) => spdu(5, [], user),
  mip: (n: number, user?: Part) => cat(spdu(1), spdu(49, [serial(n), data(user)])),
  mia: (n: number) => cat(spdu(2), spdu(50, serial(n))),
  map: (n: number, user?: Part) => cat(spdu(1), spdu(41, [pi(15, 1), serial(n), data(user)])),
  maa: (n: number) => cat(spdu(2), spdu(42, serial(n))),
  ae: (n: number, user?: Part) => cat(spdu(1), spdu(41, [serial(n), data(user)])),
  aea: (n: number) => cat(spdu(2), spdu(42, serial(n))),
  as: (activity: Part, user?: Part) => cat(spdu(1), spdu(45, [pi(41, activity), data(user)])),
  ar: (o: {
    activity: Part;
    old: Part;
    point: number;
    linking?: { calling?: Part; common?: Part; additional?: Part };
  }) => {
    const l = o.linking ?? {};
    const group: Part[] = [];
    if (l.calling !== undefined) group.push(pi(10, l.calling));
    if (l.common !== undefined) group.push(pi(11, l.common));
    if (l.additional !== undefined) group.push(pi(12, l.additional));
    group.push(pi(41, o.old), serial(o.point));
    return cat(spdu(1), spdu(29, [pi(33, group), pi(41, o.activity)]));
  },
  ai: (reason: number) => cat(spdu(1), spdu(25, pi(50, reason))),
  aia: () => cat(spdu(2), spdu(26)),
  ad: (reason: number) => cat(spdu(1), spdu(57, pi(50, reason))),
  ada: () => cat(spdu(2), spdu(58)),
  rs: (o: { tokens: number; type: number; serial: number }) =>
    cat(spdu(1), spdu(53, [pi(26, o.tokens), pi(27, o.type), serial(o.serial)])),
  ra: (o: { tokens: number; serial: number }) => cat(spdu(2), spdu(34, [pi(26, o.tokens), serial(o.serial)])),
  er: (reflect: Part) => cat(spdu(2), spdu(0, pi(49, reflect))),
  ed: (reason: number) => cat(spdu(2), spdu(48, pi(50, reason))),
};
