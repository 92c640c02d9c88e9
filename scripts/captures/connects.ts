import { CODE, leastQuote, unreachable } from '../../test/kit/icmp.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { letter, type Sample, Scene } from './scene.ts';

const MTA = '192.0.2.80';
const PEER = '192.0.2.90';
/** The last router before the peer: it gets no answer to ARP. */
const ROUTER = '192.0.2.65';

/** The MTA reaches its peer in the end: what shows that it is one. */
function association(scene: Scene, local: string): void {
  const { transport } = scene.line(MTA, PEER, { protocol: 'P1 (1984)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['EXCH4', 'MTA-SE-01'] });
  pair.bind();
  pair.transfer(0, letter(local, 700));
  pair.release();
  transport.tcp.close(0);
}

function refused(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-19T09:00:00Z');
  const { transport } = scene.line(MTA, PEER, { port: 1080, state: 'refused', tpduSize: null, protocol: '' });
  let frame = 0;
  for (let attempt = 0; attempt < 4; attempt++) {
    transport.tcp.syn();
    frame = transport.tcp.refuse();
    scene.wire.wait(500);
  }
  scene.finding({ code: 'mta.9215', stream: 0, direction: 0, frame });
  scene.wire.wait(600_000);
  association(scene, '980619.0910.001');
  return scene.done();
}

function unanswered(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-19T10:00:00Z');
  const { transport } = scene.line(MTA, PEER, { port: 1081, state: 'unanswered', tpduSize: null, protocol: '' });
  let frame = 0;
  for (const wait of [3_000, 6_000, 12_000, 24_000]) {
    frame = transport.tcp.syn();
    scene.wire.wait(wait);
  }
  scene.finding({ code: 'mta.9215', stream: 0, direction: 0, frame });
  scene.wire.wait(600_000);
  association(scene, '980619.1011.001');
  return scene.done();
}

/** A router takes three seconds of ARP to learn that the host is not there, and says so of each SYN. */
function hostUnreachable(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-19T12:00:00Z');
  const { transport } = scene.line(MTA, PEER, { port: 1082, state: 'unanswered', tpduSize: null, protocol: '' });
  let frame = 0;
  for (const wait of [3_000, 6_000, 12_000, 24_000]) {
    const packet = transport.tcp.synPacket();
    frame = scene.wire.packet(packet, 4, 0);
    scene.wire.wait(2_900).packet(unreachable(ROUTER, MTA, CODE.host, packet, leastQuote(packet)), 4, 1);
    scene.wire.wait(wait - 2_900);
  }
  scene.finding({ code: 'mta.9215', stream: 0, direction: 0, frame });
  scene.wire.wait(600_000);
  association(scene, '980619.1210.001');
  return scene.done();
}

/** Twenty connections at once: the listening one and nineteen of them take all control blocks. */
function controlBlocks(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-19T11:00:00Z');
  const lines = Array.from({ length: 20 }, (_, i) =>
    scene.line(`192.0.2.${100 + i}`, MTA, { port: 1090, protocol: 'P1 (1984)' }),
  );
  lines.forEach(({ transport }, i) => {
    const [, accepted] = transport.tcp.open();
    transport.connect();
    new MtaPair(transport, { mode: 'x410', names: [`MTA-${i + 1}`, 'EXCH4'] }).bind();
    if (i === 19) scene.finding({ code: 'mta.9156', stream: i, direction: 0, frame: accepted! });
  });
  for (const { transport } of lines) transport.tcp.close(0);
  return scene.done();
}

export const CONNECTS: readonly Sample[] = [
  {
    file: 'refused-connect.pcap',
    shows: 'A connect answered by RST four times, then after ten minutes one that succeeds',
    says: '9215 (10061), once',
    build: refused,
  },
  {
    file: 'unanswered-connect.pcap',
    shows: 'SYNs at 0, 3, 9 and 21 seconds without an answer, then after ten minutes a connect that succeeds',
    says: '9215 (10060), once',
    build: unanswered,
  },
  {
    file: 'host-unreachable.pcap',
    shows:
      'SYNs at 0, 3, 9 and 21 seconds, each answered by a router with ICMP host unreachable, then after ten minutes a connect that succeeds',
    says: '9215 (10065), once',
    build: hostUnreachable,
  },
  {
    file: 'control-blocks.pcap',
    shows: 'Twenty associations at once to a machine with twenty control blocks, one of which listens',
    says: '9156 for the twentieth',
    build: controlBlocks,
  },
];
