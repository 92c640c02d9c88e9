import { describe, expect, it } from 'vitest';
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
