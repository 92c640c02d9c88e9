import { filler } from '../../test/kit/bytes.ts';
import { Conversation, type Station } from '../../test/kit/conversation.ts';
import { ethernet, type Link } from '../../test/kit/link.ts';
import { ipm, message, type OrAddress, probe, report } from '../../test/kit/p1.ts';
import { type Tally, Transport } from '../../test/kit/transport.ts';
import { Wire } from '../../test/kit/wire.ts';

/** What a bundled capture holds, written by its generator from what it sent. Keys are those of the JSON report. */
export interface ExpectedStream {
  readonly client: { readonly address: string; readonly port: number };
  readonly server: { readonly address: string; readonly port: number };
  readonly state: string;
  readonly tpduSize: number | null;
  /** Left out where the capture does not show it. */
  readonly protocol?: string;
  readonly directions: [Tally, Tally];
}

export interface ExpectedFinding {
  readonly code: string;
  readonly stream: number | null;
  readonly direction: 0 | 1 | null;
  readonly frame: number | null;
  readonly headerFrames?: number[];
  readonly disturbanceFrame?: number | null;
  readonly streamOffset?: number;
  readonly declaredLength?: number;
  readonly headers?: number;
  readonly elements?: number;
  readonly models?: 'all' | 'some' | 'none';
}

export interface ExpectedMessage {
  readonly kind: 'message' | 'probe' | 'report';
  /** Null when nothing of the envelope became readable. */
  readonly localIdentifier: string | null;
  readonly state: string;
  readonly stream: number;
  readonly direction: 0 | 1;
}

export interface Expected {
  /** The profile under which the findings hold. */
  readonly profile: string;
  readonly frames: number;
  readonly streams: ExpectedStream[];
  /** Every finding of severity error or warning, and the notes that the capture is about. */
  readonly findings: ExpectedFinding[];
  readonly messages?: ExpectedMessage[];
}

/** One bundled capture. */
export interface Sample {
  readonly file: string;
  /** README columns. */
  readonly shows: string;
  readonly says: string;
  build(): { bytes: Uint8Array; expected: Expected };
}

interface Line {
  readonly client: Station;
  readonly server: Station;
  readonly transport: Transport;
  state: string;
  tpduSize: number | null;
  protocol?: string;
}

/** A capture in the making: the wire, its connections in order of their first frame, and what is to be found in it. */
export class Scene {
  readonly wire: Wire;
  readonly findings: ExpectedFinding[] = [];
  readonly messages: ExpectedMessage[] = [];
  private readonly lines: Line[] = [];
  private readonly profile: string;

  constructor(start: string, link: Link = ethernet({ pad: true }), profile = 'exchange-5.0') {
    this.wire = new Wire(start, link);
    this.profile = profile;
  }

  /** A TCP connection, not yet opened; its stream id is the order of these calls. */
  line(
    client: string,
    server: string,
    about: Partial<Line> & { port?: number; isn?: number; size?: number } = {},
  ): Line {
    const from: Station = {
      address: client,
      port: about.port ?? 1042 + this.lines.length,
      isn: about.isn ?? 0x00a1_b200,
    };
    const to: Station = { address: server, port: 102, isn: 0x0c3d_4e00 };
    const transport = new Transport(new Conversation(this.wire, from, to), about.size ?? 2048);
    const line: Line = {
      client: from,
      server: to,
      transport,
      state: about.state ?? 'closed',
      tpduSize: about.tpduSize === undefined ? (about.size ?? 2048) : about.tpduSize,
      ...(about.protocol === undefined ? {} : { protocol: about.protocol }),
    };
    this.lines.push(line);
    return line;
  }

  finding(finding: ExpectedFinding): void {
    this.findings.push(finding);
  }

  expected(): Expected {
    return {
      profile: this.profile,
      frames: this.wire.frames.length,
      streams: this.lines.map(l => ({
        client: { address: l.client.address, port: l.client.port },
        server: { address: l.server.address, port: l.server.port },
        state: l.state,
        tpduSize: l.tpduSize,
        ...(l.protocol === undefined ? {} : { protocol: l.protocol }),
        directions: l.transport.tally,
      })),
      findings: this.findings,
      ...(this.messages.length === 0 ? {} : { messages: this.messages }),
    };
  }

  /** The usual end: a classic capture. */
  done(): { bytes: Uint8Array; expected: Expected } {
    return { bytes: this.wire.pcap(), expected: this.expected() };
  }
}

const ROME = { country: 'IT', admd: 'MASTER400', prmd: 'CORRIERE' };
const LONDON = { country: 'GB', admd: 'GOLD 400', prmd: 'ACME' };

const BIANCHI: OrAddress = { ...ROME, organization: 'Roma', surname: 'Bianchi', given: 'Carla' };
const SMITH: OrAddress = { ...LONDON, organization: 'Dock', surname: 'Smith', given: 'John' };

/** A P1 message whose text has `length` octets. */
export function letter(local: string, length: number, priority = 0): Uint8Array {
  const text = filler(length, local.length + length);
  return message(
    { domain: ROME, local, originator: BIANCHI, recipients: [SMITH], arrival: '980615091501Z', priority },
    ipm({ originator: BIANCHI, recipients: [SMITH], id: `IPM-${local}`, subject: 'Quarterly figures', text }),
  );
}

/** A report of delivery that answers `subject`. */
export function receipt(local: string, subject: string): Uint8Array {
  return report({
    domain: LONDON,
    local,
    destination: BIANCHI,
    arrival: '980615091507Z',
    subjectDomain: ROME,
    subjectLocal: subject,
    recipients: [{ address: SMITH, delivered: '980615091506Z' }],
  });
}

/** A report of non-delivery: unable-to-transfer, unrecognised-OR-name. */
export function refusal(local: string, subject: string): Uint8Array {
  return report({
    domain: LONDON,
    local,
    destination: BIANCHI,
    arrival: '980615091507Z',
    subjectDomain: ROME,
    subjectLocal: subject,
    recipients: [{ address: SMITH, reason: 1, diagnostic: 0 }],
  });
}

export function enquiry(local: string, length: number): Uint8Array {
  return probe({ domain: ROME, local, originator: BIANCHI, recipients: [SMITH], arrival: '980615091501Z' }, length);
}

/** A letter that makes `measure(letter)` exactly `target`: its text is lengthened or shortened to fit. */
export function fitted(local: string, target: number, measure: (mts: Uint8Array) => number): Uint8Array {
  let length = target;
  for (let round = 0; round < 8; round++) {
    const mts = letter(local, length);
    const off = measure(mts) - target;
    if (off === 0) return mts;
    length -= off;
  }
  throw new Error(`no text length gives ${target} octets`);
}
