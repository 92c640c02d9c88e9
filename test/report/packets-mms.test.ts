import { expect, test } from 'vitest';
import { pduInfo } from '../../src/report/packets-info.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { ctxc, integer } from '../kit/ber.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { ses } from '../kit/session.ts';
import { tpkt } from '../kit/tpkt.ts';
import * as upper from '../kit/upper.ts';
import { Wire } from '../kit/wire.ts';

const CONTEXTS: readonly upper.Context[] = [
  [1, upper.OID.acse],
  [3, upper.OID.mms],
];
const opens = (tag: number) => ctxc(tag, integer(1));
const READ = ses.dt(upper.userData([3, ctxc(0, integer(7), ctxc(4, ctxc(0)))]));
const ANSWER = ses.dt(upper.userData([3, ctxc(1, integer(7), ctxc(4, ctxc(1)))]));

/** Protocol and Info of what a client and a server say by turns, by frame. */
async function columns(...said: Uint8Array[]): Promise<string[]> {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  said.forEach((tsdu, i) => void tcp.send(i % 2 === 0 ? 0 : 1, tpkt(dt(tsdu))));
  const out: [frame: number, words: string][] = [];
  await analyzeBytes(wire.pcap(), analyzeOptions(), {
    onPdu: ({ frame, trees }) => {
      const { protocol, info } = pduInfo(trees);
      out.push([frame, `${protocol} ${info}`]);
    },
  });
  return out.sort(([a], [b]) => a - b).map(([, words]) => words);
}

test('MMS above a session is named, in the PDUs that open the association too', async () => {
  const cn = ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mmsContext, opens(8))])));
  const ac = ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare(upper.OID.mmsContext, opens(9))])));
  expect(await columns(cn, ac, READ, ANSWER)).toEqual([
    'MMS initiate-RequestPDU',
    'MMS initiate-ResponsePDU',
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
  ]);
});

test('and in mid-stream, where nobody has said which contexts there are', async () => {
  expect(await columns(READ, ANSWER, READ, ANSWER)).toEqual([
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
  ]);
});
