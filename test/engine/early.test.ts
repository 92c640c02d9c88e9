import { describe, expect, it } from 'vitest';
import { ConnectOrder } from '../../src/engine/early.ts';
import type { TpduType } from '../../src/osi/cotp.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { Conversation } from '../kit/conversation.ts';
import { cc, cr, dt } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Wire } from '../kit/wire.ts';

const CR = tpkt(cr(0x29, { tpduSize: 0x0b }));
const CC = tpkt(cc(0x29, 0x1ca, { tpduSize: 0x0b }));
const DATA = tpkt(dt([9, 0]));

/** Frames of the finding that data came before CR and CC, by direction. */
async function early(play: (tcp: Conversation) => void): Promise<string[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  play(new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 }));
  const { findings } = await analyzeBytes(wire.pcap());
  return findings
    .filter(f => f.code === 'cotp.before-connect')
    .map(f => `${f.direction}: ${f.frames.join(' ')} (${f.count})`);
}

/** What this side says is received, but not captured. */
function lost(tcp: Conversation, way: 0 | 1, octets: Uint8Array): void {
  tcp.queue(way, octets);
  tcp.ack(way === 0 ? 1 : 0);
}

describe('data before CR and CC', () => {
  it('are told when the CC comes later', async () => {
    const found = await early(tcp => {
      tcp.open();
      tcp.send(0, CR);
      tcp.send(0, DATA);
      tcp.send(0, DATA);
      tcp.send(1, CC);
      tcp.send(0, DATA);
      tcp.close(0);
    });
    expect(found).toEqual(['0: 6 8 (2)']);
  });

  it('are told when the other side answers something else, or ends without a CC', async () => {
    for (const answer of [true, false]) {
      const found = await early(tcp => {
        tcp.open();
        tcp.send(0, CR);
        tcp.send(0, DATA);
        if (answer) tcp.send(1, DATA);
        tcp.close(0);
      });
      expect(found).toEqual(answer ? ['0: 6 (1)', '1: 8 (1)'] : ['0: 6 (1)']);
    }
  });

  it('are told at once when a side never sends its own', async () => {
    const found = await early(tcp => {
      tcp.open();
      tcp.send(0, DATA);
    });
    expect(found).toEqual(['0: 4 (1)']);
  });
});

it('are in order where the CC was acknowledged before it was captured: a capture may hold both sides out of order', async () => {
  const found = await early(tcp => {
    tcp.open();
    tcp.send(0, CR);
    const at = tcp.queue(1, CC);
    tcp.ack(0);
    tcp.send(0, DATA, { quiet: true });
    tcp.segment(1, at, CC.length);
    tcp.send(0, DATA);
    tcp.close(0);
  });
  expect(found).toEqual([]);
});

describe('data behind a CR or CC that the capture does not hold', () => {
  const talk = (tcp: Conversation) => {
    for (let i = 0; i < 3; i++) {
      tcp.send(0, DATA);
      tcp.send(1, DATA);
    }
  };

  it('are in order: the CC was lost in the capture', async () => {
    const ends: ((tcp: Conversation) => void)[] = [talk, tcp => void tcp.send(0, DATA), tcp => void tcp.close(1)];
    for (const end of ends) {
      const found = await early(tcp => {
        tcp.open();
        tcp.send(0, CR);
        lost(tcp, 1, CC);
        tcp.send(0, DATA);
        end(tcp);
      });
      expect(found).toEqual([]);
    }
  });

  it('are in order: the CR was', async () => {
    const found = await early(tcp => {
      tcp.open();
      lost(tcp, 0, CR);
      tcp.send(1, CC);
      talk(tcp);
    });
    expect(found).toEqual([]);
  });

  it('are in order: the SYN-ACK was, or the capture begins behind the SYN', async () => {
    for (const syn of [true, false]) {
      const found = await early(tcp => {
        if (syn) tcp.syn();
        tcp.ack(0);
        tcp.send(0, CR);
        tcp.send(1, CC);
        talk(tcp);
      });
      expect(found).toEqual([]);
    }
  });

  it('are in order in a file whose frames are not', async () => {
    const late = await early(tcp => {
      tcp.send(0, CR);
      tcp.send(1, CC);
      talk(tcp);
      tcp.open();
    });
    expect(late).toEqual([]);
  });
});

describe('the order of CR, CC and data', () => {
  type Step = readonly [way: 0 | 1, type: TpduType, frame: number, own?: boolean, other?: boolean];

  /** What is told of these TPDUs. */
  function told(steps: readonly Step[], never?: 0 | 1, present = true): string[] {
    const out: string[] = [];
    const order = new ConnectOrder((way, frame, detail) => out.push(`${way}: ${frame} ${detail}`));
    for (const [way, type, frame, own = true, other = true] of steps) {
      const at = { frame, time: { sec: frame, nsec: 0 } };
      order.see(type, way, at, { anchored: own, present: true }, { anchored: other, present });
    }
    if (never !== undefined) order.never(never);
    return out;
  }
  const CR: Step = [0, 'CR', 1];

  it('is kept by DR and ER, and by data behind both', () => {
    expect(told([CR, [1, 'DR', 2]])).toEqual([]);
    expect(told([CR, [1, 'ER', 2]])).toEqual([]);
    expect(told([CR, [1, 'CC', 2], [0, 'DR', 3]])).toEqual([]);
  });

  it('is broken at once by who leaves out its own', () => {
    expect(told([[0, 'DT', 1]])).toEqual(['0: 1 DT before CR and CC']);
    expect(told([CR, [1, 'ED', 2]])).toEqual(['1: 2 ED before CR and CC']);
  });

  it('is not judged where only one side is in the capture', () => {
    expect(told([[0, 'DT', 1]], undefined, false)).toEqual([]);
  });

  it('is broken by data before the CC only when this was captured behind them', () => {
    expect(told([CR, [0, 'DT', 5], [1, 'CC', 6]])).toEqual(['0: 5 DT before CR and CC']);
    expect(told([CR, [0, 'DT', 5], [1, 'CC', 4]])).toEqual([]);
  });

  it('waits for an answer that may be missing, and gives up behind a gap', () => {
    expect(told([CR, [0, 'DT', 5]])).toEqual([]);
    expect(told([CR, [0, 'DT', 5]], 0)).toEqual(['0: 5 DT before CR and CC']);
    expect(told([CR, [0, 'DT', 5], [1, 'DT', 6, false]], 0)).toEqual([]);
    expect(told([CR, [0, 'DT', 5, true, false]], 0)).toEqual([]);
  });

  it('keeps what came behind the other answer for the end', () => {
    const steps: Step[] = [CR, [0, 'DT', 5], [0, 'AK', 7], [1, 'DR', 6]];
    expect(told(steps)).toEqual(['0: 5 DT before CR and CC']);
    expect(told(steps, 0)).toEqual(['0: 5 DT before CR and CC', '0: 7 AK before CR and CC']);
  });

  it('keeps no more than 64 frames', () => {
    const data = Array.from({ length: 70 }, (_, i): Step => [0, 'DT', 10 + i]);
    expect(told([CR, ...data], 0)).toHaveLength(64);
  });
});
