import {
  createShared,
  createUpper,
  type SentApdu,
  type UpperOptions,
  type UpperShared,
} from '../../../src/engine/upper/index.ts';
import type { LayerTree } from '../../../src/model/field.ts';
import type { Direction } from '../../../src/model/finding.ts';
import type { Association, Message } from '../../../src/model/message.ts';
import { Origin } from '../../../src/model/origin.ts';
import type { Fault, TransportUser } from '../../../src/model/tsdu.ts';
import { integer, octetString } from '../../kit/ber.ts';
import { cat, type Part } from '../../kit/bytes.ts';
import * as p1 from '../../kit/p1.ts';
import { ses } from '../../kit/session.ts';
import * as upper from '../../kit/upper.ts';

/** A capture's worth of transport connections without a capture: TSDUs go in, rows and faults come out. */
export class Capture {
  readonly associations: Association[] = [];
  readonly messages: Message[] = [];
  readonly faults: (Fault & { stream: number })[] = [];
  readonly apdus: (Omit<SentApdu, 'bytes'> & { bytes: Uint8Array })[] = [];
  readonly shared: UpperShared = createShared();
  readonly options: UpperOptions;
  readonly detail: boolean;
  frame = 0;
  private streams = 0;

  constructor(options: Partial<UpperOptions> = {}, detail = false) {
    this.options = { level: 'full', showCredentials: false, maxApduBytes: 1 << 24, ...options };
    this.detail = detail;
  }

  connect(client = '10.0.0.1', server = '10.0.0.2'): Line {
    const stream = this.streams++;
    const sink = {
      association: (a: Association) => void this.associations.push(a),
      message: (number: number, m: Message) => {
        this.messages[number] = m;
      },
      messageChange: (number: number, known: Partial<Message>) => void Object.assign(this.messages[number]!, known),
      fault: (s: number, f: Fault) => void this.faults.push({ ...f, stream: s }),
      apdu: (a: SentApdu) => void this.apdus.push({ ...a, bytes: a.bytes.slice() }),
    };
    return new Line(this, createUpper(stream, client, server, this.options, sink, this.shared));
  }

  get codes(): string[] {
    return [...new Set(this.faults.map(f => f.code))].sort();
  }
}

/** One transport connection; each TSDU is one frame, in which it begins at octet 61. */
export class Line {
  readonly user: TransportUser;
  readonly trees: LayerTree[] = [];
  private readonly capture: Capture;

  constructor(capture: Capture, user: TransportUser) {
    this.capture = capture;
    this.user = user;
  }

  /** From the client. */
  c(...parts: Part[]): this {
    return this.send(0, cat(...parts));
  }

  /** From the server. */
  s(...parts: Part[]): this {
    return this.send(1, cat(...parts));
  }

  send(direction: Direction, bytes: Uint8Array): this {
    const frame = ++this.capture.frame;
    const { detail } = this.capture;
    const origin = detail ? new Origin() : null;
    origin?.add(0, frame, 61, bytes.length);
    const trees: LayerTree[] | null = detail ? [] : null;
    const time = { sec: 1000 + frame, nsec: 0 };
    // The engine reuses its buffers: whoever keeps a view of them reads rubbish later.
    const lent = bytes.slice();
    this.user.tsdu({
      bytes: lent,
      start: 0,
      end: lent.length,
      direction,
      firstFrame: frame,
      lastFrame: frame,
      time,
      late: false,
      origin,
      trees,
    });
    if (trees === null) lent.fill(0xee);
    else this.trees.push(...trees);
    return this;
  }

  gap(direction: Direction): this {
    this.user.gap(direction, ++this.capture.frame, null);
    return this;
  }

  /** FIN both ways or RST; more may follow, until `close`. */
  ended(how: 'fin' | 'rst' = 'rst'): this {
    const frame = ++this.capture.frame;
    this.user.ended?.(how, frame, { sec: 1000 + frame, nsec: 0 });
    return this;
  }

  close(how: 'fin' | 'rst' | 'eof' = 'fin'): void {
    const frame = ++this.capture.frame;
    this.user.close(how, frame, { sec: 1000 + frame, nsec: 0 });
  }
}

const ALICE = { country: 'GB', admd: 'GOLD', prmd: 'ACME', organization: 'Sales', surname: 'Smith' };
const BOB = { country: 'FR', admd: 'ATLAS', prmd: 'BETA', surname: 'Dupont' };
export const ACME = { country: 'GB', admd: 'GOLD', prmd: 'ACME' };

/** A Message whose content is an interpersonal one with `size` characters of text. */
export function message(local: string, size = 100): Uint8Array {
  const envelope = { domain: ACME, local, originator: ALICE, recipients: [BOB], arrival: '260301091500Z' };
  const content = p1.ipm({
    originator: ALICE,
    recipients: [BOB],
    id: local,
    subject: 'Test',
    text: new Uint8Array(size).fill(0x41),
  });
  return p1.message(envelope, content);
}

export function report(local: string, subject: string): Uint8Array {
  return p1.report({
    domain: { country: 'FR', admd: 'ATLAS' },
    local,
    destination: ALICE,
    arrival: '260301091600Z',
    subjectDomain: ACME,
    subjectLocal: subject,
    recipients: [{ address: BOB, delivered: '260301091700Z' }],
  });
}

export interface BindOptions {
  readonly checkpointSize?: number;
  readonly windowSize?: number;
  readonly twoWay?: boolean;
  readonly recover?: Part;
  readonly callingReference?: Part;
  readonly commonReference?: Part;
  readonly password?: string;
  /** Of the initiator; MTA-A unless given. */
  readonly name?: string;
  readonly options?: number;
}

const PASSWORD = 'tops3cret';

/** CONNECT and ACCEPT of a P1 association in normal mode between MTA-A and MTA-B. */
export function bind(line: Line, o: BindOptions = {}): Line {
  return accept(connect(line, o), o);
}

export function connect(line: Line, o: BindOptions = {}): Line {
  const open =
    o.recover === undefined
      ? { open: p1.bindArgument(p1.mtaName(o.name ?? 'MTA-A', o.password ?? PASSWORD)) }
      : { recover: o.recover };
  const rtorq = upper.rtorq({
    checkpointSize: o.checkpointSize ?? 1,
    windowSize: o.windowSize ?? 3,
    twoWay: o.twoWay ?? true,
    ...open,
  });
  const cp = upper.cp(upper.P1_CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mtsTransfer, rtorq)]));
  const items = {
    tokens: 0,
    ...(o.options === undefined ? {} : { options: o.options }),
    ...(o.callingReference === undefined ? {} : { callingReference: o.callingReference }),
    ...(o.commonReference === undefined ? {} : { commonReference: o.commonReference }),
  };
  return line.c(ses.cn(items, cp));
}

export function accept(line: Line, o: BindOptions = {}): Line {
  const open =
    o.recover === undefined ? { open: p1.bindResult(p1.mtaName('MTA-B', PASSWORD)) } : { recover: o.recover };
  const rtoac = upper.rtoac({ checkpointSize: o.checkpointSize ?? 1, windowSize: o.windowSize ?? 3, ...open });
  const cpa = upper.cpa(upper.P1_CONTEXTS, upper.userData([1, upper.aare(upper.OID.mtsTransfer, rtoac)]));
  return line.s(ses.ac({ tokens: 0, ...(o.options === undefined ? {} : { options: o.options }) }, cpa));
}

export const activity = (n: number): Uint8Array => integer(n);
export const rttr = (bytes: Uint8Array): Uint8Array => upper.userData([3, octetString(bytes)]);
/** The EXTERNAL that normal mode wraps around an APDU. */
export const wrapped = (apdu: Uint8Array): Uint8Array => upper.external(5, apdu);

/** One whole activity: fragments of `size` octets, a checkpoint behind each but the last, all acknowledged. */
export function transfer(line: Line, n: number, apdu: Uint8Array, size = 1024): Line {
  const bytes = wrapped(apdu);
  line.c(ses.as(activity(n)));
  let point = 1;
  for (let at = 0; at < bytes.length; at += size) {
    line.c(ses.dt(rttr(bytes.subarray(at, at + size))));
    if (at + size < bytes.length) {
      line.c(ses.mip(point)).s(ses.mia(point));
      point++;
    }
  }
  return line.c(ses.ae(point)).s(ses.aea(point));
}

export function release(line: Line): void {
  line
    .c(ses.fn(upper.userData([1, upper.rlrq()])))
    .s(ses.dn(upper.userData([1, upper.rlre()])))
    .close();
}
