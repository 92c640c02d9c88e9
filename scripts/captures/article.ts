import { cat } from '../../test/kit/bytes.ts';
import { tsdu } from '../../test/kit/cotp.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { ses } from '../../test/kit/session.ts';
import type { Transport } from '../../test/kit/transport.ts';
import { fitted, letter, type Sample, Scene } from './scene.ts';

/** The same TPKT with a length that says three octets more than it carries: the DT header counted twice. */
export function overstated(unit: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = cat(unit);
  const declared = ((bytes[2]! << 8) | bytes[3]!) + 3;
  bytes[2] = declared >>> 8;
  bytes[3] = declared & 255;
  return bytes;
}

/** The MTA tries to connect, is refused four times as Windows NT repeats it, and gives up: 9215, 10061. */
function refusedConnect(scene: Scene, mta: string, peer: string, port = 1040): void {
  const line = scene.line(mta, peer, { port, state: 'refused', tpduSize: null, protocol: '' });
  let last = 0;
  for (let attempt = 0; attempt < 4; attempt++) {
    line.transport.tcp.syn();
    last = line.transport.tcp.refuse();
    scene.wire.wait(500);
  }
  scene.finding({ code: 'mta.9215', stream: 0, direction: 0, frame: last });
}

/** A TPKT whose first three octets the one before counts as its own: it is there all the same. */
function swallowed(transport: Transport, unit: Uint8Array, tsdus: number): void {
  transport.count(0, unit, tsdus);
  transport.tally[0].bytes -= 3;
}

interface Fatal {
  readonly headers: number;
  readonly disturbanceFrame: number;
  readonly frame: number;
}

/** After the fatal header: the process is gone, its host resets the connection. */
function dies(scene: Scene, transport: Transport, fatal: Fatal, streamOffset: number): void {
  scene.wire.wait(40);
  transport.tcp.reset(1);
  scene.finding({
    code: 'mta.9404',
    stream: 1,
    direction: 0,
    frame: fatal.frame,
    headerFrames: [fatal.frame],
    disturbanceFrame: fatal.disturbanceFrame,
    streamOffset,
    declaredLength: 0xf080,
    headers: fatal.headers,
    elements: fatal.headers,
    models: 'all',
  });
}

/**
 * 5.0: the last TPKT of a checkpoint's data is the one that overstates its length; the minor synchronization point behind it
 * is 14 octets long, so that its header is read three octets late as 0E 02 F0 80.
 */
function exchange50(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-15T09:15:00Z');
  const peer = '192.0.2.17';
  const mta = '192.0.2.40';
  refusedConnect(scene, mta, peer);
  scene.wire.wait(8_000);

  const line = scene.line(peer, mta, { port: 1107, state: 'reset', protocol: 'P1 (1984)' });
  const { transport } = line;
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-IT-01', 'EXCH1'], checkpointSize: 8 });
  pair.bind();
  pair.transfer(0, letter('980615.0914.001', 900));
  pair.transfer(0, letter('980615.0914.002', 12_000));
  scene.messages.push(
    { kind: 'message', localIdentifier: '980615.0914.001', state: 'complete', stream: 1, direction: 0 },
    { kind: 'message', localIdentifier: '980615.0914.002', state: 'complete', stream: 1, direction: 0 },
    // Its envelope arrived, and behind it a TPKT that takes in three octets of the next one.
    { kind: 'message', localIdentifier: '980615.0915.003', state: 'damaged', stream: 1, direction: 0 },
  );

  const mts = letter('980615.0915.003', 20_000);
  pair.ssdu(0, ses.as(pair.activityId(3)));
  const units = tsdu(pair.data(pair.fragments(mts)[0]!), transport.size);
  for (const unit of units.slice(0, -1)) {
    transport.count(0, unit, 0);
    transport.tcp.send(0, unit);
  }
  const lie = overstated(units.at(-1)!);
  const [disturbanceFrame] = transport.tcp.send(0, lie);
  transport.count(0, cat(lie, [0, 0, 0]), 1);
  const headerAt = transport.tally[0].bytes;
  const point = tsdu(ses.mip(1))[0]!;
  const [frame] = transport.tcp.send(0, point);
  swallowed(transport, point, 1);
  dies(scene, transport, { headers: 30, disturbanceFrame: disturbanceFrame!, frame: frame! }, headerAt);
  scene.finding({ code: 'tpkt.version', stream: 1, direction: 0, frame: frame! });
  return scene.done();
}

/** 5.5: a full TPKT in the middle of a TSDU overstates its length; the final one behind it is read late. */
function exchange55(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-22T14:03:00Z', undefined, 'exchange-5.5');
  const peer = '198.51.100.9';
  const mta = '198.51.100.80';
  refusedConnect(scene, mta, peer, 1188);
  scene.wire.wait(20_000);

  const line = scene.line(peer, mta, { port: 2003, state: 'reset', protocol: 'P1 (1984)' });
  const { transport } = line;
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-DE-02', 'EXCH55'], checkpointSize: 30 });
  pair.bind();
  pair.transfer(0, letter('980622.1402.017', 2_500));
  scene.messages.push(
    { kind: 'message', localIdentifier: '980622.1402.017', state: 'complete', stream: 1, direction: 0 },
    // The activity began, but its first TSDU never became whole.
    { kind: 'message', localIdentifier: null, state: 'damaged', stream: 1, direction: 0 },
  );

  const mts = letter('980622.1403.018', 5_000);
  pair.ssdu(0, ses.as(pair.activityId(2)));
  const units = tsdu(pair.data(mts), transport.size);
  for (const unit of units.slice(0, -2)) {
    transport.count(0, unit, 0);
    transport.tcp.send(0, unit);
  }
  const lie = overstated(units.at(-2)!);
  const [disturbanceFrame] = transport.tcp.send(0, lie);
  transport.count(0, cat(lie, [0, 0, 0]), 0);
  const headerAt = transport.tally[0].bytes;
  const [frame] = transport.tcp.send(0, units.at(-1)!);
  swallowed(transport, units.at(-1)!, 1);
  dies(scene, transport, { headers: 29, disturbanceFrame: disturbanceFrame!, frame: frame! }, headerAt);
  scene.finding({ code: 'tpkt.version', stream: 1, direction: 0, frame: frame! });
  scene.finding({ code: 'tpkt.exceeds-tpdu-size', stream: 1, direction: 0, frame: disturbanceFrame! });
  return scene.done();
}

/** The header that is read late happens to begin with 03: a driver that checks the version octet believes it too. */
function version3(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-29T08:30:00Z');
  const line = scene.line('192.0.2.17', '192.0.2.40', { port: 1120, state: 'reset', protocol: 'P1 (1984)' });
  const { transport } = line;
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-IT-01', 'EXCH1'], checkpointSize: 0 });
  pair.bind();
  // Two TPKTs, the second 0x203 octets long: read three octets late its header is 03 02 F0 80.
  const mts = fitted('980629.0830.001', 2045 + 0x203 - 7, bytes => pair.data(bytes).length);
  pair.ssdu(0, ses.as(pair.activityId(1)));
  const [first, second] = tsdu(pair.data(mts), transport.size);
  const lie = overstated(first!);
  const [disturbanceFrame] = transport.tcp.send(0, lie);
  transport.count(0, cat(lie, [0, 0, 0]), 0);
  const headerAt = transport.tally[0].bytes;
  const [frame] = transport.tcp.send(0, second!);
  swallowed(transport, second!, 1);
  transport.tally[0].maxTpktLength = 0xf080;
  scene.wire.wait(40);
  transport.tcp.reset(1);
  scene.finding({
    code: 'mta.9404',
    stream: 0,
    direction: 0,
    frame: frame!,
    headerFrames: [frame!],
    disturbanceFrame: disturbanceFrame!,
    streamOffset: headerAt,
    declaredLength: 0xf080,
    headers: 30,
    elements: 30,
    models: 'all',
  });
  scene.finding({ code: 'tpkt.exceeds-tpdu-size', stream: 0, direction: 0, frame: disturbanceFrame! });
  return scene.done();
}

export const ARTICLE: readonly Sample[] = [
  {
    file: 'q182619-5.0.pcap',
    shows:
      'The 5.0 case of Q182619: a refused connect (four SYN/RST pairs), then an X.400 (1984) association on which a TPKT declares 3 octets more than it carries; the next header is read as `0E 02 F0 80`',
    says: '9215 (10061), then 9404 with 30 headers and 30 elements (exchange-5.0)',
    build: exchange50,
  },
  {
    file: 'q182619-5.5.pcap',
    shows: 'The 5.5 case of Q182619: the same mistake in the middle of a TSDU, in a TPKT of full size',
    says: '9215 (10061), then 9404 with 29 headers and 29 elements (exchange-5.5)',
    build: exchange55,
  },
  {
    file: 'q182619-version3.pcap',
    shows: 'The same mistake, where the misread header is `03 02 F0 80`: its version octet is right by chance',
    says: '9404, 30/30, also with `--set versionCheck=strict`',
    build: version3,
  },
];
