import { ethernet, sll } from '../../test/kit/link.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { gzip } from '../../test/kit/pcap.ts';
import { Section } from '../../test/kit/pcapng.ts';
import { letter, type Sample, Scene } from './scene.ts';

function exchange(scene: Scene, client: string, server: string, local: string): void {
  const { transport } = scene.line(client, server, { protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-A', 'MTA-B'], checkpointSize: 0 });
  pair.bind();
  pair.transfer(0, letter(local, 1_000));
  pair.release();
  transport.tcp.close(0);
}

/** Interface 0 is Ethernet with microseconds, interface 1 a cooked one with nanoseconds and a time offset. */
function twoInterfaces(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-21T09:00:00Z', ethernet());
  exchange(scene, '192.0.2.161', '192.0.2.162', '980621.0900.001');
  const edge = scene.wire.frames.length;
  scene.wire.link = sll();
  exchange(scene, '198.51.100.161', '198.51.100.162', '980621.0900.002');
  scene.messages.push(
    { kind: 'message', localIdentifier: '980621.0900.001', state: 'complete', stream: 0, direction: 0 },
    { kind: 'message', localIdentifier: '980621.0900.002', state: 'complete', stream: 1, direction: 0 },
  );
  const section = new Section(false, 'Two interfaces, two link types, two clocks')
    .interface({ linkType: 1, name: 'lan0', resolution: 6 })
    .interface({ linkType: 113, name: 'any', resolution: 9, offset: 86_400 });
  scene.wire.frames.forEach((frame, i) => {
    const comments = i === 0 ? ['first connect'] : [];
    section.enhanced(frame.time, frame.bytes, { interface: i < edge ? 0 : 1, comments });
  });
  return { bytes: section.bytes(), expected: scene.expected() };
}

function compressed(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-21T10:00:00Z');
  exchange(scene, '192.0.2.161', '192.0.2.162', '980621.1000.001');
  scene.messages.push({
    kind: 'message',
    localIdentifier: '980621.1000.001',
    state: 'complete',
    stream: 0,
    direction: 0,
  });
  return { bytes: gzip(scene.wire.pcap({ nanoseconds: true, bigEndian: true })), expected: scene.expected() };
}

export const FORMATS: readonly Sample[] = [
  {
    file: 'two-interfaces.pcapng',
    shows: 'pcapng with two interfaces: Ethernet in microseconds, Linux cooked in nanoseconds with a time offset',
    says: 'nothing; two streams',
    build: twoInterfaces,
  },
  {
    file: 'compressed.pcap.gz',
    shows: 'A gzip-compressed capture with nanoseconds, big-endian',
    says: 'nothing; one message',
    build: compressed,
  },
];
