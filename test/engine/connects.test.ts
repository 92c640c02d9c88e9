import { describe, expect, it } from 'vitest';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { Conversation } from '../kit/conversation.ts';
import { MtaPair } from '../kit/mta.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

const CLIENT = { address: '192.0.2.80', port: 1080 };
const SERVER = { address: '192.0.2.90', port: 102 };

/** One incarnation of the four-tuple after the other; what becomes of each is one word. */
async function incarnations(words: readonly ('refused' | 'accepted')[], pause = 500): Promise<(number | null)[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  words.forEach((word, i) => {
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 + i * 100_000 }, SERVER);
    if (word === 'refused') {
      tcp.syn();
      tcp.refuse();
    } else {
      tcp.open();
      const transport = new Transport(tcp);
      transport.connect();
      new MtaPair(transport, { mode: 'x410', names: ['EXCH4', 'MTA-SE-01'] }).bind();
      tcp.close(0);
    }
    wire.wait(pause);
  });
  wire.wait(600_000);
  const last = new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER);
  last.open();
  last.close(0);
  const options = { ...analyzeOptions('exchange-5.5'), mta: [CLIENT.address] };
  const { findings } = await analyzeBytes(wire.pcap(), options);
  return findings.filter(f => f.code.startsWith('mta.9215')).map(f => f.stream);
}

describe('connects that are tried again from the same port', () => {
  it('are no failure when one of them is accepted in the end', async () => {
    expect(await incarnations(['refused', 'refused', 'accepted'])).toEqual([]);
  });

  it('are one when none is', async () => {
    expect(await incarnations(['refused', 'refused'])).toEqual([0]);
  });

  it('are a new one behind a connection that came up', async () => {
    expect(await incarnations(['accepted', 'refused'])).toEqual([1]);
    expect(await incarnations(['accepted', 'refused', 'accepted', 'accepted'])).toEqual([]);
  });

  it('are others when they are a minute apart', async () => {
    expect(await incarnations(['refused', 'accepted'], 60_000)).toEqual([0]);
  });
});
