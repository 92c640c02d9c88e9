import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/net/connection.ts';
import { FlowTable } from '../../src/net/flows.ts';
import { emptySegment, SYN } from '../../src/net/segment.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { Conversation } from '../kit/conversation.ts';
import { Wire } from '../kit/wire.ts';

const A = { address: '192.0.2.80', port: 1080, isn: 1000 };
const B = { address: '192.0.2.90', port: 102, isn: 5000 };

/** `client:port state frames syns tpkts→ tpkts←` of each stream; `play` gets the conversation . */
async function streams(play: (ab: Conversation, wire: Wire) => void): Promise<string[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  play(new Conversation(wire, A, B), wire);
  const report = await analyzeBytes(wire.pcap(), analyzeOptions());
  return report.streams.map(
    s =>
      `${s.client.address} ${s.state} ${s.frames} ${s.syns} ${s.directions.map(d => d.tpkts).join(' ')}${s.anchored ? '' : ' unanchored'}`,
  );
}

describe('a SYN that nothing but itself follows', () => {
  it('makes no connection before the capture ends, and then one at a time in order', () => {
    let made = 0;
    const folded: number[] = [];
    const flows = new FlowTable({
      ports: null,
      makeUser: () => {
        made++;
        const reader = { readable: () => {}, gap: () => {} };
        const none = () => {};
        return { readers: [reader, reader], condition: none, opened: none, ended: none, finished: none };
      },
      addressSum: () => 0,
      fold: (c: Connection) => {
        folded.push(c.id);
        expect(made).toBe(folded.length);
      },
    });
    for (let source = 5000; source > 0; source--)
      flows.segment({ ...emptySegment(), source, sourcePort: 1024, destination: 7, destinationPort: 102, flags: SYN });
    expect(made).toBe(0);
    flows.end();
    expect(folded).toEqual(Array.from({ length: 5000 }, (_, id) => id));
  });

  it('is counted as often as it comes, and keeps its first and last frame', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, A, B);
    for (let i = 0; i < 20; i++) {
      tcp.syn();
      wire.wait(1000);
    }
    const [stream] = (await analyzeBytes(wire.pcap(), analyzeOptions())).streams;
    expect(stream).toMatchObject({ state: 'unanswered', frames: 20, syns: 20, firstFrame: 1, lastFrame: 20 });
    expect(stream!.end.sec - stream!.start.sec).toBe(19);
  });

  it('is another connect with another number', async () => {
    const found = await streams((ab, wire) => {
      ab.syn();
      new Conversation(wire, { ...A, isn: 9000 }, B).syn();
      new Conversation(wire, { ...A, isn: 9000 }, B).syn();
    });
    expect(found).toEqual(['192.0.2.80 unanswered 1 1 0 0', '192.0.2.80 unanswered 2 2 0 0']);
  });
});
