import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/net/connection.ts';
import { FlowTable } from '../../src/net/flows.ts';
import { emptySegment, SYN } from '../../src/net/segment.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { ipv4 } from '../kit/ip.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { Wire } from '../kit/wire.ts';

const A = { address: '192.0.2.80', port: 1080, isn: 1000 };
const B = { address: '192.0.2.90', port: 102, isn: 5000 };
const TPKT = hex('0300000702f080');

/** `client:port state frames syns tpkts→ tpkts←` of each stream; `play` gets the conversation as each end sees it. */
async function streams(play: (ab: Conversation, ba: Conversation, wire: Wire) => void): Promise<string[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  play(new Conversation(wire, A, B), new Conversation(wire, B, A), wire);
  const report = await analyzeBytes(wire.pcap(), analyzeOptions());
  return report.streams.map(
    s =>
      `${s.client.address} ${s.state} ${s.frames} ${s.syns} ${s.directions.map(d => d.tpkts).join(' ')}${s.anchored ? '' : ' unanchored'}`,
  );
}

describe('a simultaneous open (RFC 9293 3.5)', () => {
  it('is one connection, of the side that sent the first SYN', async () => {
    const found = await streams((ab, ba) => {
      ab.syn();
      ba.syn();
      ba.synAck();
      ab.synAck();
      ab.send(0, TPKT);
      ab.send(1, TPKT);
      ab.close(0);
    });
    expect(found).toEqual(['192.0.2.80 closed 12 1 1 1']);
  });

  it('has room for SYNs that are repeated', async () => {
    const found = await streams((ab, ba, wire) => {
      ab.syn();
      ba.syn();
      wire.wait(3000);
      ba.syn();
      ab.syn();
      ba.synAck();
      ab.send(0, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 7 2 1 0']);
  });

  it('is none where the connect of the one is over when the other begins', async () => {
    const found = await streams((ab, ba, wire) => {
      ab.syn();
      wire.wait(600_000);
      ba.open();
      ba.send(0, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 unanswered 1 1 0 0', '192.0.2.90 open 5 1 1 0']);
  });
});

describe('a SYN-ACK whose SYN is not in the capture', () => {
  const second = (wire: Wire) => new Conversation(wire, { ...A, isn: 90_000 }, { ...B, isn: 70_000 });

  it('begins a connection behind one that has ended on the same ports', async () => {
    for (const others of [0, 300]) {
      const found = await streams((ab, _, wire) => {
        ab.open();
        ab.send(0, TPKT);
        ab.close(0);
        // So many that of the first one only what tells it from the next is kept.
        for (let i = 0; i < others; i++) {
          const other = new Conversation(wire, { ...A, port: 2000 + i }, B);
          other.open();
          other.close(0);
        }
        const next = second(wire);
        next.synAck();
        next.ack(0);
        next.send(0, TPKT);
        next.send(1, TPKT);
      });
      expect([found[0], found.at(-1)]).toEqual(['192.0.2.80 closed 9 1 1 0', '192.0.2.80 open 6 0 1 1']);
      expect(found).toHaveLength(others + 2);
    }
  });

  it('and behind one that was refused', async () => {
    const found = await streams((ab, _, wire) => {
      ab.syn();
      ab.refuse();
      second(wire).synAck();
    });
    expect(found).toEqual(['192.0.2.80 refused 2 1 0 0', '192.0.2.80 opening 1 0 0 0']);
  });

  it('is the answer that comes late or again where it acknowledges the SYN that was seen', async () => {
    const found = await streams(ab => {
      ab.open();
      ab.close(0);
      ab.synAck();
    });
    expect(found).toEqual(['192.0.2.80 closed 8 1 0 0']);
  });
});

describe('a SYN with the number of the connection before it, as of hosts that always begin with the same', () => {
  const twice = async (between: number, others = 0) => {
    const found = await streams((ab, _, wire) => {
      ab.open();
      ab.send(0, TPKT);
      ab.close(0);
      for (let i = 0; i < others; i++) {
        const other = new Conversation(wire, { ...A, port: 2000 + i }, B);
        other.open();
        other.close(0);
      }
      wire.wait(between);
      const again = new Conversation(wire, A, B);
      again.open();
      again.send(0, TPKT);
      again.send(0, TPKT);
    });
    return [found[0], found.slice(1 + others)];
  };

  it('begins another one where that has ended', async () => {
    for (const others of [0, 300])
      expect(await twice(1000, others)).toEqual(['192.0.2.80 closed 9 1 1 0', ['192.0.2.80 open 7 1 2 0']]);
  });

  it('is a copy, as its octets are, where it comes at once', async () => {
    expect(await twice(0)).toEqual(['192.0.2.80 closed 16 1 2 0', []]);
  });

  it('begins another one at once, too, where the SYN before it is older than any copy', async () => {
    for (const others of [0, 300]) {
      const found = await streams((ab, _, wire) => {
        ab.open();
        wire.wait(1000);
        ab.send(0, TPKT);
        ab.reset(0);
        for (let i = 0; i < others; i++) {
          const other = new Conversation(wire, { ...A, port: 2000 + i }, B);
          other.syn();
          other.refuse();
          // A thousand in the time of one.
          wire.wait(-1.6);
        }
        const again = new Conversation(wire, A, B);
        again.open();
        again.send(0, TPKT);
        again.send(0, TPKT);
      });
      expect([found[0], found.at(-1)]).toEqual(['192.0.2.80 reset 6 1 1 0', '192.0.2.80 open 7 1 2 0']);
      expect(found).toHaveLength(others + 2);
    }
  });

  it('begins another one, too, where the capture lacks the SYN before it', async () => {
    const again = (wire: Wire) => {
      wire.wait(1000);
      const next = new Conversation(wire, A, B);
      next.open();
      next.send(1, TPKT);
      next.send(1, TPKT);
    };
    const answered = await streams((ab, _, wire) => {
      ab.synAck();
      ab.ack(0);
      ab.send(0, TPKT);
      ab.close(0);
      again(wire);
    });
    expect(answered).toEqual(['192.0.2.80 closed 8 0 1 0', '192.0.2.80 open 7 1 0 2']);
    for (const end of ['close', 'reset', null] as const) {
      const found = await streams((ab, _, wire) => {
        ab.send(0, TPKT);
        if (end !== null) ab[end](0);
        again(wire);
      });
      expect(found).toHaveLength(2);
      expect(found[1]).toBe('192.0.2.80 open 7 1 0 2');
    }
  });

  it('begins another one once it is accepted, where the client had acknowledged the answer to the one before', async () => {
    const found = await streams((ab, _, wire) => {
      ab.open();
      ab.send(0, TPKT);
      wire.wait(20_000);
      const again = new Conversation(wire, A, B);
      again.open();
      again.send(0, TPKT);
      again.send(0, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 6 2 1 0', '192.0.2.80 open 6 0 2 0']);
  });

  it('is the same connect tried again where that was refused', async () => {
    const found = await streams((ab, _, wire) => {
      ab.syn();
      ab.refuse();
      wire.wait(500);
      ab.syn();
      ab.synAck();
    });
    expect(found).toEqual(['192.0.2.80 opening 4 2 0 0']);
  });
});

describe('what answers another SYN than that of the connection', () => {
  const elsewhere = (wire: Wire) => new Conversation(wire, { ...A, isn: 90_000 }, { ...B, isn: 70_000 });

  it('is no SYN-ACK of it, and the RST that the client sends for it is none (RFC 9293 3.5, figure 8)', async () => {
    const found = await streams((ab, _, wire) => {
      ab.syn();
      elsewhere(wire).synAck();
      elsewhere(wire).reset(0);
      ab.syn();
      ab.synAck();
      ab.send(0, TPKT);
      ab.send(1, TPKT);
      ab.close(0);
    });
    expect(found).toEqual(['192.0.2.80 closed 13 1 1 1']);
  });

  it('acknowledges nothing of it', async () => {
    const found = await streams((ab, _, wire) => {
      ab.syn();
      elsewhere(wire).ack(1);
      elsewhere(wire).reset(0);
      wire.wait(500);
      ab.syn();
      ab.synAck();
      ab.send(0, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 7 2 1 0']);
  });

  it('says nothing and closes nothing of it, though it is sent again', async () => {
    const old = (wire: Wire) => new Conversation(wire, { ...A, isn: 900_000_000 }, { ...B, isn: 500_000 });
    const found = await streams((ab, _, wire) => {
      ab.syn();
      old(wire).send(1, TPKT, { quiet: true });
      old(wire).fin(1);
      old(wire).reset(0);
      wire.wait(3000);
      ab.syn();
      ab.synAck();
      ab.ack(0);
      ab.send(1, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 9 2 0 1']);
  });

  it('accepts nothing, be it before the SYN or behind it', async () => {
    const old = (wire: Wire) => new Conversation(wire, { ...A, isn: 900_000_000 }, { ...B, isn: 70_000 });
    const found = await streams((ab, _, wire) => {
      old(wire).ack(0);
      ab.syn();
      old(wire).ack(0);
    });
    expect(found).toEqual(['192.0.2.80 unanswered 3 1 0 0']);
  });

  it('does not refuse it, nor does a RST without acknowledgement (RFC 9293 3.10.7.3)', async () => {
    const found = await streams((ab, _, wire) => {
      ab.syn();
      elsewhere(wire).refuse();
    });
    const bare = await streams((ab, _, wire) => {
      const { address: source, port: sourcePort } = B;
      const { address: destination, port: destinationPort } = A;
      ab.syn();
      const rst = tcp(
        { source, destination, sourcePort, destinationPort, seq: 0, ack: 0, flags: FLAG.rst },
        new Uint8Array(0),
      );
      wire.packet(ipv4(source, destination, rst), 4, 1);
    });
    expect([found, bare]).toEqual([['192.0.2.80 unanswered 2 1 0 0'], ['192.0.2.80 unanswered 2 1 0 0']]);
  });

  it('may be the SYN-ACK that the client takes, of two with different numbers', async () => {
    for (const taken of [0, 1]) {
      const found = await streams((ab, _, wire) => {
        const other = new Conversation(wire, A, { ...B, isn: 900_000_000 });
        const pairs = [ab, other];
        ab.syn();
        pairs[1 - taken]!.synAck();
        ab.syn();
        pairs[taken]!.synAck();
        const kept = pairs[taken]!;
        kept.ack(0);
        kept.send(0, TPKT);
        kept.send(1, TPKT);
      });
      expect(found).toEqual(['192.0.2.80 open 9 1 1 1']);
    }
    const first = await streams((ab, _, wire) => {
      ab.syn();
      ab.synAck();
      new Conversation(wire, A, { ...B, isn: 900_000_000 }).synAck();
      ab.ack(0);
      ab.send(1, TPKT);
    });
    expect(first).toEqual(['192.0.2.80 open 6 1 0 1']);
  });

  it('may be the second of three SYN-ACKs with different numbers', async () => {
    const found = await streams((ab, _, wire) => {
      const [second, third] = [300_000, 600_000].map(isn => new Conversation(wire, A, { ...B, isn }));
      ab.syn();
      ab.synAck();
      second!.synAck();
      third!.synAck();
      second!.ack(0);
      second!.send(1, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 7 1 0 1']);
  });

  it('is a reset all the same where the capture lacks the SYN-ACK', async () => {
    const found = await streams(ab => {
      ab.syn();
      ab.ack(0);
      ab.reset(1);
    });
    expect(found).toEqual(['192.0.2.80 reset 3 1 0 0']);
  });
});

describe('acknowledgements from elsewhere in the sequence space', () => {
  it('are none of a connection whose ports an old one used, though they are sent again and again', async () => {
    for (const client of [300_000_000, -300_000_000, 100_000]) {
      const found = await streams((ab, _, wire) => {
        ab.open();
        ab.send(0, TPKT);
        const old = new Conversation(wire, { ...A, isn: 1_000_000_000 + client }, { ...B, isn: 300_000_000 });
        const at = old.queue(0, filler(7));
        for (let i = 0; i < 6; i++) old.segment(0, at, 7);
        ab.send(1, TPKT);
      });
      expect(found).toEqual(['192.0.2.80 open 13 1 1 1']);
    }
  });

  it('are none of it where a firewall exchanges sequence numbers, and both its sides are captured', async () => {
    const found = await streams((ab, _, wire) => {
      const outside = new Conversation(wire, A, { ...B, isn: 300_000_000 });
      ab.open();
      for (let i = 0; i < 9; i++) {
        ab.send(1, TPKT, { quiet: true });
        outside.send(1, TPKT, { quiet: true });
        ab.ack(0);
        outside.ack(0);
        outside.ack(0);
      }
    });
    expect(found).toEqual(['192.0.2.80 open 48 1 0 9']);
  });

  it('may be all but the first one, which is of an old connection, where the capture lacks the SYN', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    new Conversation(wire, A, { ...B, isn: 300_000_000 }).ack(0);
    const ab = new Conversation(wire, A, B);
    for (let i = 0; i < 6; i++) ab.send(1, TPKT);
    const { findings } = await analyzeBytes(wire.pcap(), analyzeOptions());
    expect(findings.map(f => f.code)).not.toContain('tcp.gap');
  });

  it('are of it where only such follow: the capture lacks what lies between', async () => {
    const found = await streams((ab, _, wire) => {
      ab.open();
      const later = new Conversation(wire, A, { ...B, isn: 300_000_000 });
      for (let i = 0; i < 6; i++) later.ack(0);
      later.send(1, TPKT);
      later.close(1);
    });
    expect(found).toEqual(['192.0.2.80 closed 15 1 0 1 unanchored']);
  });
});

describe('a hole at the end of a direction', () => {
  /** What is told of one, and the octets that are missing; `play` gets a connection with one TPKT acknowledged, and 100 octets to send. */
  const told = async (play: (ab: Conversation) => void) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const ab = new Conversation(wire, A, B);
    ab.open();
    ab.send(0, TPKT);
    ab.queue(0, filler(100));
    play(ab);
    const { findings, streams } = await analyzeBytes(wire.pcap(), analyzeOptions());
    const holes = findings.filter(f => f.code.startsWith('tcp.'));
    return [streams[0]!.directions[0].gapBytes, ...holes.map(f => `${f.code} ${f.message.split(': ')[1]}`)];
  };
  const HOLE = 'tcp.gap 99 octets and a FIN, or 100 octets, at stream offset 7';

  it('may end with a FIN, which takes a sequence number as an octet does', async () => {
    expect(await told(ab => void ab.ack(1))).toEqual([99, HOLE]);
    expect(await told(ab => void ab.ack(1, 9))).toEqual([
      1,
      'tcp.gap 1 octet and a FIN, or 2 octets, at stream offset 7',
    ]);
  });

  it('is none where one number is missing, which most likely is that of a FIN', async () => {
    expect(await told(ab => void ab.ack(1, 8))).toEqual([0]);
  });

  it('has a size where its FIN is in the capture, or octets follow', async () => {
    expect(await told(ab => void ab.close(0))).toEqual([100, 'tcp.gap 100 octets at stream offset 7']);
    const followed = await told(ab => {
      ab.segment(0, 106, 1);
      ab.ack(1);
    });
    expect(followed.slice(0, 2)).toEqual([99, 'tcp.gap 99 octets at stream offset 7']);
  });
});

describe('a segment beyond the window', () => {
  const BULK = cat(Array.from({ length: 40_000 }, () => TPKT));
  const told = async (play: (ab: Conversation) => void) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const ab = new Conversation(wire, A, B);
    ab.open();
    ab.send(0, TPKT);
    play(ab);
    const { findings, streams } = await analyzeBytes(wire.pcap(), analyzeOptions());
    const [{ gapBytes, bytes, segments } = { gapBytes: 0, bytes: 0, segments: 0 }] = streams[0]!.directions;
    const beyond = findings.filter(f => f.code === 'tcp.beyond-window').map(f => f.frame);
    return { state: streams[0]!.state, segments, gapBytes, bytes, beyond };
  };
  const far = BULK.length - 70;

  it('is one of it where the peer acknowledges it: the capture lacks what moved the window', async () => {
    const found = await told(ab => {
      ab.queue(0, BULK);
      for (const at of [0, 7, 14]) ab.segment(0, far + at, 7);
      ab.ack(1, far + 21);
      ab.segment(0, far + 21, 7);
    });
    expect(found).toEqual({ state: 'open', segments: 5, gapBytes: far - 7, bytes: 35, beyond: [] });
  });

  it('and so is a FIN', async () => {
    const found = await told(ab => {
      ab.queue(0, BULK);
      ab.close(0);
    });
    expect(found).toEqual({ state: 'closed', segments: 1, gapBytes: BULK.length, bytes: 7, beyond: [] });
  });

  it('is none where nobody does, or where the stream comes there by itself', async () => {
    const stray = filler(7);
    expect(
      await told(ab => {
        ab.queue(0, BULK);
        ab.segment(0, far, 7, stray);
        ab.segment(0, far + 7, 7, stray);
      }),
    ).toEqual({ state: 'open', segments: 3, gapBytes: 0, bytes: 7, beyond: [6] });
    const whole = await told(ab => {
      const at = ab.queue(0, BULK);
      ab.segment(0, far, 7, stray);
      for (let from = at; from < BULK.length; from += 1400) {
        ab.segment(0, from, 1400);
        ab.ack(1, Math.min(from + 1400, BULK.length));
      }
    });
    expect(whole).toEqual({ state: 'open', segments: 202, gapBytes: 0, bytes: BULK.length + 7, beyond: [6] });
  });

  it('many of them are told of as they come', async () => {
    const found = await told(ab => {
      ab.queue(0, BULK);
      for (let i = 0; i < 600; i++) ab.segment(0, far - i, 7, filler(7));
    });
    expect(found).toEqual({ state: 'open', segments: 601, gapBytes: 0, bytes: 7, beyond: [6] });
  });

  it('is one of it where so many follow that the capture must lack all that the receiver says', async () => {
    const found = await told(ab => {
      const end = ab.queue(0, BULK) + BULK.length;
      for (let at = 100_000; at < end; at += 1400) ab.segment(0, at, Math.min(1400, end - at));
      ab.fin(0);
    });
    expect(found).toEqual({
      ...{ state: 'half-closed', segments: 130, gapBytes: 100_000 - 7, beyond: [] },
      bytes: BULK.length - 100_000 + 14,
    });
  });

  it('and is so behind an old one, which the receiver let pass', async () => {
    const found = await told(ab => {
      const end = ab.queue(0, BULK) + BULK.length;
      ab.segment(0, far, 7, filler(7));
      ab.ack(1, 7);
      for (let at = 100_000; at < end; at += 1400) ab.segment(0, at, Math.min(1400, end - at));
    });
    expect(found).toEqual({
      ...{ state: 'open', segments: 131, gapBytes: 100_000 - 7, beyond: [6] },
      bytes: BULK.length - 100_000 + 14,
    });
  });
});

const late = (wire: Wire, by: number) => new Conversation(wire, { ...A, isn: 1000 + by }, { ...B, isn: 5000 + by });

describe('a RST', () => {
  it('outside of the window ends nothing (RFC 5961 3.2)', async () => {
    for (const by of [-100_000, 200_000, 200_000_000, 0x7000_0000]) {
      for (const way of [0, 1] as const) {
        const found = await streams((ab, _, wire) => {
          ab.open();
          ab.send(0, TPKT);
          late(wire, by).reset(way);
          ab.send(0, TPKT);
          ab.send(1, TPKT);
        });
        expect(found).toEqual(['192.0.2.80 open 10 1 2 1']);
      }
    }
  });

  it('ends the connection behind octets that the capture lacks, once the peer has acknowledged them', async () => {
    const found = await streams(ab => {
      ab.open();
      const bulk = filler(200_000);
      ab.queue(0, bulk);
      ab.ack(1, bulk.length);
      ab.reset(0);
    });
    expect(found).toEqual(['192.0.2.80 reset 5 1 0 0 unanchored']);
  });
});

describe('a FIN', () => {
  it('before or far beyond what its side has sent ends nothing', async () => {
    for (const by of [-100_000, 200_000_000]) {
      const found = await streams((ab, _, wire) => {
        ab.open();
        ab.send(0, TPKT);
        late(wire, by).fin(0);
        late(wire, by).fin(1);
        ab.send(0, TPKT);
        ab.send(1, TPKT);
      });
      expect(found).toEqual(['192.0.2.80 open 11 1 2 1']);
    }
  });

  it('tells of octets before it, also where the capture has none of its direction', async () => {
    const found = await streams(ab => {
      ab.open();
      ab.queue(0, TPKT);
      ab.close(0);
    });
    expect(found).toEqual(['192.0.2.80 closed 7 1 0 0 unanchored']);
  });

  it('is not needed to tell of octets that were acknowledged', async () => {
    const found = await streams(ab => {
      ab.open();
      ab.queue(1, TPKT);
      ab.ack(0, TPKT.length);
      ab.send(0, TPKT);
    });
    expect(found).toEqual(['192.0.2.80 open 6 1 1 0 unanchored']);
  });

  it('may ride on a SYN', async () => {
    const found = await streams((ab, _, wire) => {
      ab.open();
      const { address: source, port: sourcePort } = { ...A, port: 1081 };
      const { address: destination, port: destinationPort } = B;
      const end = tcp(
        { source, destination, sourcePort, destinationPort, seq: 7, ack: 0, flags: FLAG.syn | FLAG.fin },
        new Uint8Array(0),
      );
      wire.packet(ipv4(source, destination, end), 4, 0);
    });
    expect(found).toEqual(['192.0.2.80 open 3 1 0 0', '192.0.2.80 half-closed 1 1 0 0']);
  });
});

describe('a SYN that nothing but itself follows', () => {
  it('makes no connection before the capture ends, and then one at a time in order', () => {
    let made = 0;
    const folded: number[] = [];
    const flows = new FlowTable({
      ports: new Uint8Array(65536),
      fromClient: () => null,
      makeUser: () => {
        made++;
        const reader = { readable: () => {}, gap: () => {}, repeated: () => {} };
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
    const found = await streams((ab, _, wire) => {
      ab.syn();
      new Conversation(wire, { ...A, isn: 9000 }, B).syn();
      wire.wait(500);
      new Conversation(wire, { ...A, isn: 9000 }, B).syn();
    });
    expect(found).toEqual(['192.0.2.80 unanswered 1 1 0 0', '192.0.2.80 unanswered 2 2 0 0']);
  });
});
