import { octetString } from './ber.ts';
import { cat, latin1, type Part } from './bytes.ts';
import { other } from './conversation.ts';
import type { Way } from './link.ts';
import { anonymousBind, bindArgument, bindResult, mtaName } from './p1.ts';
import { ses } from './session.ts';
import type { Transport } from './transport.ts';
import {
  aare,
  aarq,
  cp,
  cpa,
  external,
  OID,
  P1_CONTEXTS,
  rlre,
  rlrq,
  rtoac,
  rtoacComponents,
  rtorq,
  rtorqComponents,
  userData,
  x410,
} from './upper.ts';

export interface PairOptions {
  readonly mode: 'normal' | 'x410';
  /** MTA names: of the initiator and of the responder. */
  readonly names: readonly [string, string];
  /** In units of 1024 octets; 0 for no checkpoints. */
  readonly checkpointSize?: number;
  readonly windowSize?: number;
  readonly twoWay?: boolean;
  /** Distinguishes the session connection (its common reference is a UTCTime). */
  readonly reference?: string;
}

/** What becomes of a transfer: how much of it is sent, and how it ends. */
export interface TransferOptions {
  readonly end?: 'complete' | 'discard' | 'interrupt' | 'cut';
  /** Stop after this many checkpoints (`end` other than complete). */
  readonly checkpoints?: number;
  /** Resume: the fragments before this checkpoint were confirmed on an earlier association. */
  readonly resume?: { readonly old: number; readonly point: number; readonly reference: string };
}

/** Two MTAs over one transport connection: bind, transfer by activity (X.228, X.410), release. */
export class MtaPair {
  readonly transport: Transport;
  private readonly o: PairOptions;
  private activity = 0;

  constructor(transport: Transport, options: PairOptions) {
    this.transport = transport;
    this.o = options;
  }

  private get normal(): boolean {
    return this.o.mode === 'normal';
  }

  bind(): void {
    const [caller, callee] = this.o.names;
    const rtse = { checkpointSize: this.o.checkpointSize ?? 30, windowSize: this.o.windowSize ?? 5 };
    const twoWay = this.o.twoWay === undefined ? {} : { twoWay: this.o.twoWay };
    const selector = (name: string) => ({ callingSelector: latin1(name) });
    const reference = {
      callingReference: octetString(latin1(caller), this.normal ? 4 : 0x14),
      commonReference: octetString(latin1(this.o.reference ?? '980615091500Z'), 0x17),
    };
    const request = mtaName(caller, 'secret-one');
    const result = mtaName(callee, 'secret-two');
    if (this.normal) {
      const ask = aarq(OID.mtsTransfer, rtorq({ ...rtse, ...twoWay, open: bindArgument(request) }));
      const answer = aare(OID.mtsTransfer, rtoac({ ...rtse, open: bindResult(result) }));
      this.ssdu(0, ses.cn({ ...reference, tokens: 0, ...selector('S1') }, cp(P1_CONTEXTS, userData([1, ask]))));
      this.ssdu(1, ses.ac({ ...reference, tokens: 0 }, cpa(P1_CONTEXTS, userData([1, answer]))));
    } else {
      const components = rtorqComponents({ ...rtse, ...twoWay, open: request, applicationProtocol: 1 });
      const answer = rtoacComponents({ ...rtse, open: this.o.names[1] === '' ? anonymousBind() : result });
      // X.410-1984 sits on session version 1: user data of at most 512 octets.
      this.ssdu(0, ses.cn({ ...reference, tokens: 0, versions: 1 }, x410(components)));
      this.ssdu(1, ses.ac({ ...reference, tokens: 0, versions: 1 }, x410(answer)));
    }
  }

  /** One SSDU in one TSDU. */
  ssdu(way: Way, bytes: Uint8Array): number[] {
    return this.transport.tsdu(way, bytes);
  }

  /** The octets that the RTSE carries for an MTS-APDU. */
  apdu(mts: Uint8Array): Uint8Array {
    return this.normal ? external(5, mts) : mts;
  }

  /** A DT SPDU (behind its GT) with a fragment of an APDU. */
  data(fragment: Part): Uint8Array {
    return ses.dt(this.normal ? userData([3, octetString(fragment)]) : cat(fragment));
  }

  /** The APDU in pieces between checkpoints. */
  fragments(mts: Uint8Array): Uint8Array[] {
    const bytes = this.apdu(mts);
    const size = (this.o.checkpointSize ?? 30) * 1024 || bytes.length;
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) out.push(bytes.subarray(at, at + size));
    return out;
  }

  activityId(n: number): Uint8Array {
    return cat(2, 1, n);
  }

  /** One MTS-APDU in one activity. Each checkpoint but the last fragment's is asked for and confirmed at once. */
  transfer(way: Way, mts: Uint8Array, o: TransferOptions = {}): void {
    const back = other(way);
    const fragments = this.fragments(mts);
    const id = ++this.activity;
    let first = 0;
    if (o.resume === undefined) this.ssdu(way, ses.as(this.activityId(id)));
    else {
      first = o.resume.point;
      const linking = {
        calling: octetString(latin1(this.o.names[0]), this.normal ? 4 : 0x14),
        common: octetString(latin1(o.resume.reference), 0x17),
      };
      this.ssdu(
        way,
        ses.ar({ activity: this.activityId(id), old: this.activityId(o.resume.old), point: o.resume.point, linking }),
      );
    }
    const stop = o.checkpoints ?? fragments.length;
    for (let i = first; i < fragments.length; i++) {
      this.ssdu(way, this.data(fragments[i]!));
      const last = i === fragments.length - 1;
      if (!last) {
        this.ssdu(way, ses.mip(i + 1));
        this.ssdu(back, ses.mia(i + 1));
      }
      if (i + 1 === stop && !last) break;
    }
    if (o.end === 'discard') {
      this.ssdu(way, ses.ad(0));
      this.ssdu(back, ses.ada());
    } else if (o.end === 'interrupt') {
      this.ssdu(way, ses.ai(0));
      this.ssdu(back, ses.aia());
    } else if (o.end !== 'cut') {
      this.ssdu(way, ses.ae(fragments.length));
      this.ssdu(back, ses.aea(fragments.length));
    }
  }

  /** The other side asks for the turn and gets it (GTC, GTA); `way` is who has it afterwards. */
  turn(way: Way, asked = true): void {
    const holder = other(way);
    const priority = cat(2, 1, 5);
    if (asked) this.ssdu(way, ses.pt(1, this.normal ? userData([3, priority]) : priority));
    this.ssdu(holder, ses.gtc());
    this.ssdu(way, ses.gta());
  }

  /** FN and DN; the initiator asks. */
  release(): void {
    this.ssdu(0, ses.fn(this.normal ? userData([1, rlrq()]) : undefined));
    this.ssdu(1, ses.dn(this.normal ? userData([1, rlre()]) : undefined));
  }
}
