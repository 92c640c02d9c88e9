import { cat, latin1, type Part, u16 } from './bytes.ts';
import { tpkt } from './tpkt.ts';

/** A parameter of the variable part (X.224 §13.2.3). */
export const parameter = (code: number, ...value: Part[]): Part => {
  const bytes = cat(value);
  return [code, bytes.length, bytes];
};

/** X.224 §13.3.4 and §13.4.4: the parameters of CR and CC, by name. */
export interface ConnectParameters {
  readonly callingTsap?: Part | string;
  readonly calledTsap?: Part | string;
  /** The octet as sent: 0x0b is 2048. */
  readonly tpduSize?: number;
  /** In units of 128 octets. */
  readonly preferredSize?: number;
  readonly version?: number;
  readonly protection?: Part;
  readonly additionalOptions?: number;
  readonly alternativeClasses?: Part;
  readonly acknowledgeTime?: number;
  readonly residualErrorRate?: Part;
  readonly priority?: number;
  readonly transitDelay?: Part;
  readonly throughput?: Part;
  readonly reassignmentTime?: number;
  readonly inactivityTimer?: Part;
  /** Anything else, in front of which nothing is checked. */
  readonly more?: Part;
}

const selector = (s: Part | string): Part => (typeof s === 'string' ? latin1(s) : s);

function connectParameters(p: ConnectParameters): Part {
  const out: Part[] = [];
  const put = (code: number, value: Part | undefined) => {
    if (value !== undefined) out.push(parameter(code, value));
  };
  put(0xc1, p.callingTsap === undefined ? undefined : selector(p.callingTsap));
  put(0xc2, p.calledTsap === undefined ? undefined : selector(p.calledTsap));
  put(0xc0, p.tpduSize);
  put(0xf0, p.preferredSize === undefined ? undefined : u16(p.preferredSize));
  put(0xc4, p.version);
  put(0xc5, p.protection);
  put(0xc6, p.additionalOptions);
  put(0xc7, p.alternativeClasses);
  put(0x85, p.acknowledgeTime === undefined ? undefined : u16(p.acknowledgeTime));
  put(0x86, p.residualErrorRate);
  put(0x87, p.priority === undefined ? undefined : u16(p.priority));
  put(0x88, p.transitDelay);
  put(0x89, p.throughput);
  put(0x8b, p.reassignmentTime === undefined ? undefined : u16(p.reassignmentTime));
  put(0xf2, p.inactivityTimer);
  if (p.more !== undefined) out.push(p.more);
  return out;
}

/** Length indicator, the header it counts, user data behind it (X.224 §13.2). */
function tpdu(header: Part, data: Part = []): Uint8Array<ArrayBuffer> {
  const bytes = cat(header);
  return cat(bytes.length, bytes, data);
}

interface Extended {
  /** Class 2–4 formats carry a destination reference; extended ones 31-bit numbers. */
  readonly destination?: number;
  readonly number?: number;
  readonly extended?: boolean;
}

const number = (n: number, extended: boolean, eot: boolean): Part =>
  extended
    ? [((n >>> 24) & 0x7f) | (eot ? 0x80 : 0), (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
    : (n & 0x7f) | (eot ? 0x80 : 0);

export const cr = (source: number, p: ConnectParameters = {}, option = 0, data: Part = []) =>
  tpdu([0xe0, 0, 0, u16(source), option, connectParameters(p)], data);

export const cc = (destination: number, source: number, p: ConnectParameters = {}, option = 0, data: Part = []) =>
  tpdu([0xd0, u16(destination), u16(source), option, connectParameters(p)], data);

export const dr = (destination: number, source: number, reason: number, additional?: Part, data: Part = []) =>
  tpdu(
    [0x80, u16(destination), u16(source), reason, additional === undefined ? [] : parameter(0xe0, additional)],
    data,
  );

export const dc = (destination: number, source: number) => tpdu([0xc0, u16(destination), u16(source)]);

/** DT: class 0 without a destination reference, class 2 and above with one (X.224 §13.7). */
export const dt = (data: Part, eot = true, x: Extended = {}) =>
  x.destination === undefined
    ? tpdu([0xf0, number(x.number ?? 0, false, eot)], data)
    : tpdu([0xf0, u16(x.destination), number(x.number ?? 0, x.extended ?? false, eot)], data);

/** ED: the form of RFC 1006 without a destination reference, else X.224 §13.8. */
export const ed = (data: Part, x: Extended = {}) =>
  x.destination === undefined
    ? tpdu([0x10, 0x80], data)
    : tpdu([0x10, u16(x.destination), number(x.number ?? 0, x.extended ?? false, true)], data);

export const ak = (destination: number, next: number, credit: number, extended = false) =>
  extended
    ? tpdu([0x60, u16(destination), number(next, true, false), u16(credit)])
    : tpdu([0x60 | credit, u16(destination), next]);

export const ea = (destination: number, next: number, extended = false) =>
  tpdu([0x20, u16(destination), number(next, extended, false)]);

export const rj = (destination: number, next: number, credit: number, extended = false) =>
  extended
    ? tpdu([0x50, u16(destination), number(next, true, false), u16(credit)])
    : tpdu([0x50 | credit, u16(destination), next]);

export const er = (destination: number, cause: number, invalid?: Part) =>
  tpdu([0x70, u16(destination), cause, invalid === undefined ? [] : parameter(0xc1, invalid)]);

/** A TSDU as class 0 sends it: TPKTs of DT TPDUs of at most `tpduSize` octets each, the last with EOT. */
export function tsdu(data: Uint8Array, tpduSize = 2048): Uint8Array<ArrayBuffer>[] {
  const room = tpduSize - 3;
  const out: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  do {
    const end = Math.min(at + room, data.length);
    out.push(tpkt(dt(data.subarray(at, end), end === data.length)));
    at = end;
  } while (at < data.length);
  return out;
}
