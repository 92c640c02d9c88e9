import type { Finding } from '../../src/model/finding.ts';
import type { Association, Message } from '../../src/model/message.ts';
import type { CaptureReport, DirectionReport, StreamReport } from '../../src/model/report.ts';
import type { Stamp } from '../../src/model/tsdu.ts';

/*
 * Reports built by hand from the model's types, for the renderers' own tests. What the analysis really says is tested with real
 * captures elsewhere.
 */

export const stamp = (sec: number, nsec = 0): Stamp => ({ sec, nsec });
const T0 = 896_865_124; // 1998-06-03 09:12:04 UTC

export function direction(from: string, to: string, changes: Partial<DirectionReport> = {}): DirectionReport {
  return {
    from,
    to,
    segments: 61,
    bytes: 112_034,
    tpkts: 61,
    tsdus: 60,
    retransmissions: 0,
    outOfOrder: 0,
    gaps: 0,
    gapBytes: 0,
    maxTpktLength: 2052,
    peakElements: 1,
    ...changes,
  };
}

export function stream(id: number, changes: Partial<StreamReport> = {}): StreamReport {
  const client = { address: '10.1.4.7', port: 1043 + id };
  const server = { address: '10.1.4.20', port: 102 };
  const a = `${client.address}:${client.port}`;
  const b = `${server.address}:${server.port}`;
  return {
    id,
    client,
    server,
    firstFrame: 1 + id * 10,
    lastFrame: 188 + id * 10,
    frames: 188,
    start: stamp(T0, 17_000),
    end: stamp(T0 + 151, 402_118_000),
    state: 'closed',
    anchored: true,
    unanchoredFrom: null,
    unanchoredBecause: null,
    protocol: 'P1 (1984)',
    tpduSize: 2048,
    callingTsap: 'MTA-IT',
    calledTsap: 'EXCHANGE',
    syns: 1,
    directions: [direction(a, b), direction(b, a, { tpkts: 58, bytes: 8_201 })],
    ...changes,
  };
}

export function fatal(changes: Partial<Finding> = {}): Finding {
  const event = {
    id: 9404,
    text: 'A fatal MTA error has occurred. An illegal buffer request has been made.\nThe request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10] (16)',
    severity: 16,
    exception: '0xE00524BC',
  };
  return {
    code: 'mta.9404',
    severity: 'error',
    stream: 2,
    direction: 0,
    frame: 233,
    frames: [231, 233],
    message: 'frame 233 makes the MTA at 10.1.4.20 ask for 30 headers and 30 elements',
    explanation:
      'Frame 231 sends a TPKT that declares 55 octets but carries 52, so the next header is read 3 octets late, as 34 02 f0 80: a length of 61,568.',
    filter: 'frame.number in {231, 233}',
    clause: 'Q182619; RFC 1006 §6',
    count: 1,
    fingerprint: '3f1c9a',
    event,
    request: {
      headerFrames: [233],
      headerOctets: '3402f080',
      headerPieces: [{ frame: 233, offset: 57, length: 4 }],
      streamOffset: 14_264,
      declaredLength: 61_568,
      headers: 30,
      elements: 30,
      models: 'all',
      elementsRange: [30, 30],
      margin: 1_479,
      assumptions: ['the version octet (0x34) is not checked'],
      profile: 'exchange-5.0',
      disturbanceFrame: 231,
      disturbance: { frame: 231, streamOffset: 14_209, declaredLength: 55, trueBoundary: 14_261 },
      victim: '10.1.4.20',
      event,
      hits: 'message "980603.0913.07" from MTA-IT-01: 61,440 of 612,352 octets, last checkpoint 4',
    },
    ...changes,
  };
}

export function refused(changes: Partial<Finding> = {}): Finding {
  return {
    code: 'mta.9215',
    severity: 'warning',
    stream: 1,
    direction: 1,
    frame: 12,
    frames: [11, 12],
    message: '10.1.9.3 refused the connection (Winsock 10061); normal when that MTA is down',
    explanation: 'Four SYN/RST pairs of one connect.',
    filter: 'frame.number in {11, 12}',
    clause: 'Q170056',
    count: 1,
    fingerprint: 'aa77',
    event: {
      id: 9215,
      text: 'A sockets error 10061 on a connect() call was detected. The MTA will attempt to recover the sockets connection. Control block index: 2. [BASE IL TCP/IP DRVR 10 274] (12)',
      severity: 12,
      exception: null,
    },
    ...changes,
  };
}

export function message(changes: Partial<Message> = {}): Message {
  return {
    kind: 'message',
    localIdentifier: '980603.0912.01',
    mtsIdentifier: '[/C=IT/ADMD=X400IT/;980603.0912.01]',
    subjectLocalIdentifier: null,
    subjectMtsIdentifier: null,
    originator: '/C=IT/ADMD=X400IT/S=Rossi/',
    recipients: [
      { address: '/C=IT/ADMD=X400IT/S=Bianchi/', number: 1, requested: ['report'], outcome: null },
      { address: '/C=IT/ADMD=X400IT/S=Verdi/', number: 2, requested: ['non-delivery-report'], outcome: null },
    ],
    priority: 'normal',
    contentType: 'P2 (2)',
    size: 13_900,
    octets: 14_210,
    stream: 0,
    association: 0,
    direction: 0,
    firstFrame: 31,
    lastFrame: 58,
    start: stamp(T0 + 1),
    end: stamp(T0 + 1, 400_000_000),
    seconds: 0.4,
    octetsPerSecond: 35_525,
    activity: '1',
    checkpoints: 0,
    confirmedCheckpoint: null,
    state: 'complete',
    why: null,
    answeredBy: null,
    ipm: { id: null, subject: 'Invoice', bodyParts: ['ia5-text'] },
    ...changes,
  };
}

export function association(changes: Partial<Association> = {}): Association {
  return {
    id: 0,
    stream: 0,
    firstFrame: 6,
    lastFrame: 180,
    start: stamp(T0),
    end: stamp(T0 + 150),
    initiator: 'MTA-IT-01',
    responder: 'EXCH1',
    mode: 'x410-1984',
    applicationContext: null,
    applicationContextName: null,
    protocol: 'P1 (1984)',
    rtse: { checkpointSize: 30, windowSize: 3, dialogueMode: 'two-way-alternate', connection: 'open' },
    pdus: { 'S-DATA': 12 },
    messages: [2, 1],
    outcome: 'released',
    ended: 'released by MTA-IT-01',
    endedBy: 0,
    ...changes,
  };
}

export function capture(changes: Partial<CaptureReport> = {}): CaptureReport {
  return {
    file: 'q182619-5.0.pcap',
    format: 'pcap',
    linkTypes: ['Ethernet'],
    frames: 412,
    selectedFrames: 293,
    bytes: 140_220,
    first: stamp(T0, 17_000),
    last: stamp(T0 + 151, 402_118_000),
    warnings: [],
    streams: [
      stream(0),
      stream(1, {
        client: { address: '10.1.4.20', port: 1051 },
        server: { address: '10.1.9.3', port: 102 },
        state: 'refused',
        protocol: '',
        tpduSize: null,
        callingTsap: null,
        calledTsap: null,
        frames: 8,
        syns: 4,
        directions: [
          direction('10.1.4.20:1051', '10.1.9.3:102', {
            segments: 0,
            bytes: 0,
            tpkts: 0,
            tsdus: 0,
            maxTpktLength: 0,
            peakElements: 0,
          }),
          direction('10.1.9.3:102', '10.1.4.20:1051', {
            segments: 0,
            bytes: 0,
            tpkts: 0,
            tsdus: 0,
            maxTpktLength: 0,
            peakElements: 0,
          }),
        ],
      }),
      stream(2, {
        state: 'open',
        frames: 97,
        directions: [
          direction('10.1.4.7:1045', '10.1.4.20:102', { tpkts: 31, maxTpktLength: 61_568, peakElements: 30 }),
          direction('10.1.4.20:102', '10.1.4.7:1045', { tpkts: 29 }),
        ],
      }),
    ],
    findings: [refused(), fatal()],
    events: [
      {
        frame: 12,
        time: stamp(T0 + 9),
        host: '10.1.4.20',
        stream: 1,
        event: refused().event!,
        illustrative: ['control block index'],
      },
      {
        frame: 233,
        time: stamp(T0 + 67, 402_118_000),
        host: '10.1.4.20',
        stream: 2,
        event: fatal().event!,
        illustrative: ['thread number'],
      },
    ],
    hosts: [
      {
        address: '10.1.4.20',
        mta: 'named by --mta',
        controlBlocksPeak: 3,
        controlBlocksConfigured: 20,
        headersPeak: 1,
        elementsPeak: 1,
        terminatedAt: 233,
      },
    ],
    associations: [association()],
    messages: [message()],
    ...changes,
  };
}

export function cleanCapture(changes: Partial<CaptureReport> = {}): CaptureReport {
  return capture({
    file: 'interop-08.pcap',
    streams: [stream(0)],
    findings: [],
    events: [],
    selectedFrames: 412,
    ...changes,
  });
}
