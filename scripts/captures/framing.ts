import { cat } from '../../test/kit/bytes.ts';
import { dt, tsdu } from '../../test/kit/cotp.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { ses } from '../../test/kit/session.ts';
import { tpkt } from '../../test/kit/tpkt.ts';
import { fitted, letter, type Sample, Scene } from './scene.ts';

const PEER = '192.0.2.30';
const MTA = '192.0.2.70';

/** A bound association in normal mode without a TPDU size: 65,531 octets are allowed. */
function bound(scene: Scene, port: number, state = 'closed') {
  const { transport } = scene.line(PEER, MTA, { port, size: 65531, protocol: 'P1 (1988)', state });
  transport.tcp.open();
  transport.connect(null);
  const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-FR-01', 'EXCH2'], checkpointSize: 0 });
  pair.bind();
  return { transport, pair };
}

/** A TPKT that declares 61,568 octets and is honest about it, as far as the receiver lets it come. */
function oversize(pair: MtaPair): Uint8Array {
  const mts = fitted('980617.0900.001', 0xf080 - 7, bytes => pair.data(pair.apdu(bytes)).length);
  return tpkt(dt(pair.data(pair.apdu(mts))));
}

/** Segments of the given lengths, sent in the given order; the octets behind them are lost with the receiver. */
function split(lengths: readonly number[], order: readonly number[], request: number) {
  return (): ReturnType<Sample['build']> => {
    const scene = new Scene('1998-06-17T09:00:00Z');
    const { transport, pair } = bound(scene, 1060, 'reset');
    pair.ssdu(0, ses.as(pair.activityId(1)));
    const bytes = oversize(pair);
    const headerAt = transport.tally[0].bytes;
    const at = transport.tcp.queue(0, bytes);
    const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
    const frames: number[] = [];
    for (const i of order) frames[i] = transport.tcp.segment(0, at + starts[i]!, lengths[i]!);
    transport.tcp.reset(1);
    const sent = lengths.reduce((a, b) => a + b, 0);
    transport.tally[0].bytes += sent;
    transport.tally[0].maxTpktLength = 0xf080;
    const headerFrames = frames.filter((_, i) => starts[i]! < 4).sort((a, b) => a - b);
    scene.finding({
      code: 'mta.9404',
      stream: 0,
      direction: 0,
      frame: frames[request]!,
      headerFrames,
      disturbanceFrame: null,
      streamOffset: headerAt,
      declaredLength: 0xf080,
      headers: 30,
      elements: 30,
      models: 'all',
    });
    return scene.done();
  };
}

function legal65535(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-17T10:00:00Z');
  const { transport, pair } = bound(scene, 1061);
  pair.ssdu(0, ses.as(pair.activityId(1)));
  const mts = fitted('980617.1000.001', 65531 - 3, bytes => pair.data(pair.apdu(bytes)).length);
  const headerAt = transport.tally[0].bytes;
  const [frame] = pair.ssdu(0, pair.data(pair.apdu(mts)));
  pair.ssdu(0, ses.ae(1));
  pair.ssdu(1, ses.aea(1));
  pair.release();
  transport.tcp.close(0);
  scene.messages.push({
    kind: 'message',
    localIdentifier: '980617.1000.001',
    state: 'complete',
    stream: 0,
    direction: 0,
  });
  scene.finding({
    code: 'mta.9404',
    stream: 0,
    direction: 0,
    frame: frame!,
    headerFrames: [frame!],
    disturbanceFrame: null,
    streamOffset: headerAt,
    declaredLength: 65535,
    headers: 32,
    elements: 32,
    models: 'all',
  });
  return scene.done();
}

/** The octets of a healthy transfer, TPKT by TPKT, where TPKT `late` begins three octets before a segment does. */
function transferUnits(pair: MtaPair): Uint8Array[] {
  const mts = letter('980617.1100.001', 6_000);
  const ssdus: Uint8Array[] = [ses.as(pair.activityId(1))];
  pair.fragments(mts).forEach((fragment, i, all) => {
    ssdus.push(pair.data(fragment));
    ssdus.push(i === all.length - 1 ? ses.ae(all.length) : ses.mip(i + 1));
  });
  return ssdus.flatMap(s => tsdu(s, 2048));
}

/** A segment lost by the capture, not by the receiver; what follows begins with the octets `LL 02 F0 80`. */
function gap(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-17T11:00:00Z');
  const { transport } = scene.line(PEER, MTA, { port: 1062, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, {
    mode: 'normal',
    names: ['MTA-FR-01', 'EXCH2'],
    checkpointSize: 1,
    windowSize: 9,
  });
  pair.bind();
  const units = transferUnits(pair);
  // Sent: units 0…3. Lost: the end of unit 4 and the first three octets of unit 5. Seen again from there on.
  const before = units.slice(0, 4);
  for (const unit of before) transport.count(0, unit, 1);
  transport.tcp.send(0, cat(before));
  const torn = units[4]!;
  const split = units[5]!;
  const at = transport.tcp.queue(0, cat(units.slice(4)));
  const kept = Math.floor(torn.length / 2);
  const lost = torn.length - kept + 3;
  transport.tcp.segment(0, at, kept);
  const rest = cat(split.subarray(3), ...units.slice(6));
  let frame = 0;
  for (let offset = 0; offset < rest.length; offset += 1460) {
    const sent = transport.tcp.segment(0, at + kept + lost + offset, Math.min(1460, rest.length - offset));
    frame ||= sent;
  }
  for (const unit of units.slice(6)) transport.count(0, unit, 1);
  transport.tally[0].bytes += kept + split.length - 3;
  transport.tcp.ack(1);
  const fragments = pair.fragments(letter('980617.1100.001', 6_000)).length;
  for (let point = 1; point < fragments; point++) pair.ssdu(1, ses.mia(point));
  pair.ssdu(1, ses.aea(fragments));
  pair.release();
  transport.tcp.close(0);
  scene.finding({ code: 'tcp.gap', stream: 0, direction: 0, frame });
  return scene.done();
}

/** The capture begins three octets into a TPKT: read from its first octet, the stream would declare 61,568. */
function midstream(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-17T12:00:00Z');
  const { transport } = scene.line(PEER, MTA, { port: 1063, tpduSize: null });
  const pair = new MtaPair(transport, {
    mode: 'normal',
    names: ['MTA-FR-01', 'EXCH2'],
    checkpointSize: 1,
    windowSize: 9,
  });
  const units = transferUnits(pair).slice(3);
  const first = units[0]!;
  const lead = transport.tcp.queue(0, first.subarray(0, 3));
  transport.tcp.queue(0, cat(first.subarray(3), ...units.slice(1)));
  const total = units.reduce((n, unit) => n + unit.length, 0) - 3;
  for (let offset = 0; offset < total; offset += 1460) {
    transport.tcp.segment(0, lead + 3 + offset, Math.min(1460, total - offset));
  }
  for (const unit of units.slice(1)) transport.count(0, unit, 1);
  transport.tally[0].bytes += first.length - 3;
  transport.tcp.ack(1);
  pair.ssdu(1, ses.mia(4));
  pair.ssdu(1, ses.aea(6));
  pair.release();
  transport.tcp.close(0);
  return scene.done();
}

/** Everything that TCP may do to a healthy stream. */
function reordered(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-17T13:00:00Z');
  // The sequence numbers wrap in the middle of the transfer.
  const { transport } = scene.line(PEER, MTA, { port: 1064, isn: 0xffff_f400, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, {
    mode: 'normal',
    names: ['MTA-FR-01', 'EXCH2'],
    checkpointSize: 1,
    windowSize: 9,
  });
  pair.bind();
  const units = transferUnits(pair);
  for (const unit of units) transport.count(0, unit, 1);
  const bytes = cat(units);
  const at = transport.tcp.queue(0, bytes);
  const piece = 700;
  const count = Math.ceil(bytes.length / piece);
  const length = (i: number) => Math.min(piece, bytes.length - i * piece);
  const put = (i: number) => transport.tcp.segment(0, at + i * piece, length(i));
  for (let i = 0; i < count; i += 3) {
    // The third of three first, then the first, then the second with octets of both neighbours, then the first again.
    if (i + 2 < count) put(i + 2);
    put(i);
    if (i + 1 < count)
      transport.tcp.segment(
        0,
        at + (i + 1) * piece - 10,
        Math.min(length(i + 1) + 20, bytes.length - (i + 1) * piece + 10),
      );
    put(i);
    transport.tcp.ack(1, at + Math.min((i + 3) * piece, bytes.length));
  }
  transport.tcp.keepAlive(0);
  transport.tcp.ack(1);
  const fragments = pair.fragments(letter('980617.1100.001', 6_000)).length;
  for (let point = 1; point < fragments; point++) pair.ssdu(1, ses.mia(point));
  pair.ssdu(1, ses.aea(fragments));
  pair.release();
  transport.tcp.close(0);
  scene.messages.push({
    kind: 'message',
    localIdentifier: '980617.1100.001',
    state: 'complete',
    stream: 0,
    direction: 0,
  });
  return scene.done();
}

/** The same four numbers twice: a new SYN opens a new stream. */
function portReuse(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-17T14:00:00Z');
  for (const isn of [0x0100_0000, 0x0200_0000]) {
    const { transport } = scene.line(PEER, MTA, { port: 1065, isn, protocol: 'P1 (1984)' });
    transport.tcp.open();
    transport.connect();
    const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-FR-01', 'EXCH2'] });
    pair.bind();
    pair.release();
    transport.tcp.close(0);
    scene.wire.wait(300_000);
  }
  return scene.done();
}

const SPLIT = 'A TPKT header of 61,568 octets';

export const FRAMING: readonly Sample[] = [
  {
    file: 'header-split-1.pcap',
    shows: `${SPLIT} that is cut after its first octet`,
    says: '9404 at the second frame of the header',
    build: split([1, 800], [0, 1], 1),
  },
  {
    file: 'header-split-2.pcap',
    shows: `${SPLIT} that is cut after its second octet`,
    says: '9404 at the second frame of the header',
    build: split([2, 800], [0, 1], 1),
  },
  {
    file: 'header-split-3.pcap',
    shows: `${SPLIT} that is cut after its third octet`,
    says: '9404 at the second frame of the header',
    build: split([3, 800], [0, 1], 1),
  },
  {
    file: 'header-split-octets.pcap',
    shows: `${SPLIT} in four segments of one octet`,
    says: '9404 at the fourth',
    build: split([1, 1, 1, 1, 800], [0, 1, 2, 3, 4], 3),
  },
  {
    file: 'header-out-of-order.pcap',
    shows: `${SPLIT} whose second octet comes last, behind 800 octets of data`,
    says: '9404 at the frame that fills the hole',
    build: split([1, 1, 1, 1, 800], [0, 2, 3, 4, 1], 1),
  },
  {
    file: 'legal-65535.pcap',
    shows: 'A TPKT of 65,535 octets on an association without a TPDU size: legal on the wire (RFC 1006 §5)',
    says: '9404 with 32 headers and 32 elements, and that the peer did nothing wrong',
    build: legal65535,
  },
  {
    file: 'gap.pcap',
    shows:
      'A segment that the capture lost (the peer acknowledged it); behind it the stream goes on with `LL 02 F0 80`',
    says: 'octets missing, no claim about buffers',
    build: gap,
  },
  {
    file: 'midstream.pcap',
    shows: 'A capture that begins three octets into a TPKT; its first octets are `LL 02 F0 80`',
    says: 'a start in mid-stream, no claim about buffers',
    build: midstream,
  },
  {
    file: 'reordered.pcap',
    shows: 'Segments out of order, twice, overlapping, a keep-alive, and sequence numbers that wrap',
    says: 'nothing; one message',
    build: reordered,
  },
  {
    file: 'port-reuse.pcap',
    shows: 'Two connections with the same addresses and ports',
    says: 'nothing; two streams',
    build: portReuse,
  },
];
