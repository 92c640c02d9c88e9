import { dt } from '../../test/kit/cotp.ts';
import { MtaPair } from '../../test/kit/mta.ts';
import { ses } from '../../test/kit/session.ts';
import { tpkt } from '../../test/kit/tpkt.ts';
import { type ExpectedFinding, fitted, type Sample, Scene } from './scene.ts';

type Verdict = Pick<ExpectedFinding, 'headers' | 'elements' | 'models'> | null;

/** One honest TPKT of exactly `length` octets on an association without a TPDU size. */
function zone(length: number, verdict: Verdict) {
  return (): ReturnType<Sample['build']> => {
    const scene = new Scene('1998-06-18T09:00:00Z');
    const { transport } = scene.line('192.0.2.31', '192.0.2.71', { port: 1070, size: 65531, protocol: 'P1 (1988)' });
    transport.tcp.open();
    transport.connect(null);
    const pair = new MtaPair(transport, { mode: 'normal', names: ['MTA-NL-01', 'EXCH3'], checkpointSize: 0 });
    pair.bind();
    pair.ssdu(0, ses.as(pair.activityId(1)));
    const mts = fitted('980618.0900.001', length - 7, bytes => pair.data(pair.apdu(bytes)).length);
    const streamOffset = transport.tally[0].bytes;
    const bytes = tpkt(dt(pair.data(pair.apdu(mts))));
    transport.count(0, bytes, 1);
    const [frame] = transport.tcp.send(0, bytes);
    pair.ssdu(0, ses.ae(1));
    pair.ssdu(1, ses.aea(1));
    pair.release();
    transport.tcp.close(0);
    scene.messages.push({
      kind: 'message',
      localIdentifier: '980618.0900.001',
      state: 'complete',
      stream: 0,
      direction: 0,
    });
    if (verdict !== null) {
      scene.finding({
        code: verdict.models === 'all' ? 'mta.9404' : 'mta.9404-possible',
        stream: 0,
        direction: 0,
        frame: frame!,
        headerFrames: [frame!],
        disturbanceFrame: null,
        streamOffset,
        declaredLength: length,
        ...verdict,
      });
    }
    return scene.done();
  };
}

export const ZONES: readonly Sample[] = [
  {
    file: 'zone-15.pcap',
    shows: 'A TPKT of 31,080 octets: 15 elements, the longest chain known to have been legal',
    says: 'nothing',
    build: zone(31080, null),
  },
  {
    file: 'zone-16.pcap',
    shows: 'A TPKT of 31,081 octets: 16 elements, one more than is known to be legal',
    says: '9404 possible (some models)',
    build: zone(31081, { headers: 16, elements: 16, models: 'some' }),
  },
  {
    file: 'zone-28.pcap',
    shows: 'A TPKT of 58,016 octets: 28 elements',
    says: '9404 possible (some models)',
    build: zone(58016, { headers: 28, elements: 28, models: 'some' }),
  },
  {
    file: 'zone-29.pcap',
    shows: 'A TPKT of 60,088 octets: 29 elements, the last below what is known to be fatal in 5.0',
    says: '9404 possible (some models)',
    build: zone(60088, { headers: 29, elements: 29, models: 'some' }),
  },
  {
    file: 'zone-30-edge.pcap',
    shows: 'A TPKT of 60,089 octets: 30 elements when the whole TPKT counts, 29 when its header does not',
    says: '9404 possible (some models)',
    build: zone(60089, { headers: 30, elements: 30, models: 'some' }),
  },
  {
    file: 'zone-30.pcap',
    shows: 'A TPKT of 60,096 octets: 30 elements whatever part of the TPKT counts',
    says: '9404, 30/30',
    build: zone(60096, { headers: 30, elements: 30, models: 'all' }),
  },
];
