import { pduInfo } from '../../src/report/packets-info.ts';
import { analyzeBytes, analyzeOptions } from './analysis.ts';
import { Conversation } from './conversation.ts';
import { dt } from './cotp.ts';
import { tpkt } from './tpkt.ts';
import { Wire } from './wire.ts';

/** A capture of TSDUs that a client and a server send by turns. */
export function turns(...said: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  said.forEach((tsdu, i) => void tcp.send(i % 2 === 0 ? 0 : 1, tpkt(dt(tsdu))));
  return wire.pcap();
}

/** Protocol and Info of such TSDUs, by frame. */
export async function columns(...said: Uint8Array[]): Promise<string[]> {
  const out: [frame: number, words: string][] = [];
  await analyzeBytes(turns(...said), analyzeOptions(), {
    onPdu: ({ frame, trees }) => {
      const { protocol, info } = pduInfo(trees);
      out.push([frame, `${protocol} ${info}`]);
    },
  });
  return out.sort(([a], [b]) => a - b).map(([, words]) => words);
}
