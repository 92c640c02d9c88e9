import { hex } from '../../test/kit/bytes.ts';
import { cr } from '../../test/kit/cotp.ts';
import { ethernet } from '../../test/kit/link.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { ses } from '../../test/kit/session.ts';
import { tpkt } from '../../test/kit/tpkt.ts';
import { enquiry, letter, receipt, refusal, type Sample, Scene } from './scene.ts';

const A = '192.0.2.21';
const B = '192.0.2.50';

function clean(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T07:00:00Z');
  const { transport } = scene.line(A, B, { port: 1051, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect(0x0b, { callingTsap: 'MTA-IT-01', calledTsap: 'MTA-GB-01' });
  const pair = new MtaPair(transport, {
    mode: 'normal',
    names: ['MTA-IT-01', 'MTA-GB-01'],
    checkpointSize: 1,
    windowSize: 3,
    twoWay: true,
  });
  pair.bind();
  pair.transfer(0, letter('980616.0700.001', 600));
  pair.transfer(0, letter('980616.0700.002', 4_000, 2));
  pair.turn(1);
  pair.transfer(1, receipt('980616.0701.R01', '980616.0700.001'));
  pair.turn(0, false);
  pair.release();
  transport.tcp.close(0);
  scene.messages.push(
    { kind: 'message', localIdentifier: '980616.0700.001', state: 'complete', stream: 0, direction: 0 },
    { kind: 'message', localIdentifier: '980616.0700.002', state: 'complete', stream: 0, direction: 0 },
    { kind: 'report', localIdentifier: '980616.0701.R01', state: 'complete', stream: 0, direction: 1 },
  );
  return scene.done();
}

function clean84(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T08:00:00Z');
  const { transport } = scene.line(A, B, { port: 1052, protocol: 'P1 (1984)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-IT-01', 'MTA-GB-01'], checkpointSize: 2 });
  pair.bind();
  pair.transfer(0, letter('980616.0800.001', 5_000));
  pair.transfer(0, enquiry('980616.0800.P02', 48_000));
  pair.transfer(0, refusal('980616.0800.R03', '980615.1700.044'));
  pair.release();
  transport.tcp.close(0);
  scene.messages.push(
    { kind: 'message', localIdentifier: '980616.0800.001', state: 'complete', stream: 0, direction: 0 },
    { kind: 'probe', localIdentifier: '980616.0800.P02', state: 'complete', stream: 0, direction: 0 },
    { kind: 'report', localIdentifier: '980616.0800.R03', state: 'complete', stream: 0, direction: 0 },
  );
  return scene.done();
}

function discarded(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T09:00:00Z');
  const { transport } = scene.line(A, B, { port: 1053, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-IT-01', 'MTA-GB-01'], checkpointSize: 1 });
  pair.bind();
  const mts = letter('980616.0900.001', 6_000);
  pair.transfer(0, mts, { end: 'discard', checkpoints: 2 });
  pair.transfer(0, mts);
  pair.release();
  transport.tcp.close(0);
  scene.messages.push(
    { kind: 'message', localIdentifier: '980616.0900.001', state: 'discarded', stream: 0, direction: 0 },
    { kind: 'message', localIdentifier: '980616.0900.001', state: 'complete', stream: 0, direction: 0 },
  );
  return scene.done();
}

function resumed(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T10:00:00Z');
  const mts = letter('980616.1000.001', 9_000);
  const names = ['MTA-IT-01', 'MTA-GB-01'] as const;

  const first = scene.line(A, B, { port: 1054, protocol: 'P1 (1988)', state: 'reset' }).transport;
  first.tcp.open();
  first.connect();
  const before = new MtaPair(first, { mode: 'normal', names, checkpointSize: 2, reference: '980616100000Z' });
  before.bind();
  before.transfer(0, mts, { end: 'interrupt', checkpoints: 2 });
  first.tcp.reset(1);
  scene.wire.wait(60_000);

  const second = scene.line(A, B, { port: 1055, protocol: 'P1 (1988)' }).transport;
  second.tcp.open();
  second.connect();
  const after = new MtaPair(second, { mode: 'normal', names, checkpointSize: 2, reference: '980616100101Z' });
  after.bind();
  after.transfer(0, mts, { resume: { old: 1, point: 2, reference: '980616100000Z' } });
  after.release();
  second.tcp.close(0);
  scene.messages.push({
    kind: 'message',
    localIdentifier: '980616.1000.001',
    state: 'resumed',
    stream: 1,
    direction: 0,
  });
  return scene.done();
}

function ipv6(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T11:00:00Z', ethernet({ vlans: [{ id: 102 }] }));
  const { transport } = scene.line('2001:db8::21', '2001:db8:0:1::50', { port: 1056, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-IT-01', 'MTA-GB-01'], checkpointSize: 4 });
  pair.bind();
  const data = pair.data(pair.apdu(letter('980616.1100.001', 1_500)));
  pair.ssdu(0, ses.as(pair.activityId(1)));
  // The TSDU in one segment that travels in two IPv6 fragments.
  const bytes = tpkt([2, 0xf0, 0x80, data]);
  transport.count(0, bytes, 1);
  const at = transport.tcp.queue(0, bytes);
  for (const packet of transport.tcp.fragments(0, at, bytes.length, [1232])) scene.wire.packet(packet, 6, 0);
  transport.tcp.ack(1);
  pair.ssdu(0, ses.ae(1));
  pair.ssdu(1, ses.aea(1));
  pair.release();
  transport.tcp.close(1);
  scene.messages.push({
    kind: 'message',
    localIdentifier: '980616.1100.001',
    state: 'complete',
    stream: 0,
    direction: 0,
  });
  return scene.done();
}

/** Q151626 prints this CC of an Exchange 4.0 MTA: reserved octet 0x11, TPDU size 2048. */
function q151626(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-16T12:00:00Z');
  const { transport } = scene.line('192.0.2.60', B, { port: 1057, protocol: 'P1 (1984)' });
  transport.tcp.open();
  transport.tpkt(0, tpkt(cr(0x01ca, { callingTsap: 'SWISSLIFETSAP', calledTsap: 'EXCHANGETSAP1', tpduSize: 0x0b })));
  transport.tpkt(
    1,
    hex(`0311002C 27D001CA002900 C10D 53574953534C49464554534150 C20D 45584348414E47455453415031 C0010B`),
  );
  const pair = new MtaPair(transport, { mode: 'x410', names: ['SWISSLIFE', 'EXCHANGE'], checkpointSize: 30 });
  pair.bind();
  pair.release();
  transport.tcp.close(0);
  return scene.done();
}

export const ASSOCIATIONS: readonly Sample[] = [
  {
    file: 'clean-association.pcap',
    shows:
      'P1 in normal mode from bind to release: two messages with checkpoints, the turn given away, one report back',
    says: 'nothing; two messages, one report',
    build: clean,
  },
  {
    file: 'clean-association-1984.pcap',
    shows: 'P1 in X.410-1984 mode: a message, a probe and a report of non-delivery',
    says: 'nothing; one message, one probe, one report',
    build: clean84,
  },
  {
    file: 'activity-discarded.pcap',
    shows: 'A transfer given up by ACTIVITY DISCARD after two checkpoints, then the same message again',
    says: 'nothing; one message discarded, then complete',
    build: discarded,
  },
  {
    file: 'activity-resumed.pcap',
    shows: 'A transfer interrupted after its second checkpoint and resumed on a second association',
    says: 'nothing; one message, resumed',
    build: resumed,
  },
  {
    file: 'ipv6.pcap',
    shows: 'IPv6 in a VLAN, with a segment in two fragments',
    says: 'nothing; one message',
    build: ipv6,
  },
  {
    file: 'q151626-cc.pcap',
    shows: 'The CC of an Exchange 4.0 MTA that Q151626 prints: reserved octet 0x11, TPDU size 2,048',
    says: 'a note on the reserved octet, nothing else',
    build: q151626,
  },
];
