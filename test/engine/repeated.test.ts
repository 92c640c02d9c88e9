import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

const CLIENT = { address: '192.0.2.1', port: 3000 };
const MTA = { address: '192.0.2.2', port: 102 };
/** Before the header that asks for too much, and with it. */
const BEFORE = tpkt(dt(filler(100))).length;
const HEADER = BEFORE + 4;
const OCTETS = cat(tpkt(dt(filler(100))), hex('0e02f080'), filler(96));

interface Play {
  readonly tcp: Conversation;
  /** Octets `from`…`to` of OCTETS in a segment; returns its frame. */
  readonly send: (from: number, to: number) => number;
  /** The MTA acknowledges what is before `to`. */
  readonly ack: (to: number) => number;
  readonly wait: (milliseconds: number) => void;
}

/** The 9404 of a conversation in which `play` sends the octets. */
async function claim(play: (p: Play) => void): Promise<Finding> {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, CLIENT, MTA);
  tcp.open();
  new Transport(tcp).connect();
  const at = tcp.queue(0, OCTETS);
  play({
    tcp,
    send: (from, to) => tcp.segment(0, at + from, to - from),
    ack: to => tcp.ack(1, at + to),
    wait: milliseconds => void wire.wait(milliseconds),
  });
  const { findings } = await analyzeBytes(wire.pcap(), { ...analyzeOptions(), mta: [MTA.address] });
  return findings.find(f => f.code === 'mta.9404')!;
}

/** The assumption about first copies; undefined where there is none. */
const assumed = ({ request }: Finding) => request!.assumptions.find(text => text.includes('first copies'));

describe('a header that came again before it was acknowledged', () => {
  it('stays at its first copy, and names the one that the MTA may have read it from', async () => {
    let [first, again] = [0, 0];
    const found = await claim(({ send, ack, wait }) => {
      send(0, BEFORE);
      ack(BEFORE);
      first = send(BEFORE, OCTETS.length);
      wait(300);
      again = send(BEFORE, OCTETS.length);
      ack(OCTETS.length);
    });
    expect(found.frame).toBe(first);
    expect(found.frames.slice(-2)).toEqual([first, again]);
    expect(assumed(found)).toBe(
      `the first copies of the header's octets, and of those before it, reached the MTA: frame ${again} sends octets up to the end of the header again before they are acknowledged, which is the request frame if they did not`,
    );
    expect(found.explanation).toContain(` Frame ${again} sends octets up to the end of the header again before`);
    expect(found.request!.headerFrames).toEqual([first]);
  });

  it('may have come with its first copy and waited for octets before it', async () => {
    let [first, again] = [0, 0];
    const found = await claim(({ send, ack, wait }) => {
      send(0, 50);
      send(50, BEFORE);
      first = send(BEFORE, OCTETS.length);
      ack(50);
      wait(20);
      again = send(50, BEFORE);
      ack(OCTETS.length);
    });
    expect(found.frame).toBe(first);
    expect(assumed(found)).toContain(`frame ${again} sends`);
  });

  it('may have been refused: the octet that completes it was sent into a closed window', async () => {
    let [probe, probes, rest] = [0, 0, 0];
    const found = await claim(({ send, ack, wait }) => {
      send(0, HEADER - 1);
      ack(HEADER - 1);
      wait(500);
      probe = send(HEADER - 1, HEADER);
      ack(HEADER - 1);
      wait(1000);
      // It looks like a keep-alive but for what is acknowledged.
      probes = send(HEADER - 1, HEADER);
      ack(HEADER - 1);
      rest = send(HEADER - 1, OCTETS.length);
      ack(OCTETS.length);
    });
    expect(found.frame).toBe(probe);
    expect(assumed(found)).toContain(`frames ${probes} and ${rest} send`);
    expect(assumed(found)).toContain('one of which is the request frame');
    expect(found.explanation).toContain('the MTA read the header in one of them.');
  });

  it('names the first and the last of many', async () => {
    const frames: number[] = [];
    const found = await claim(({ send, wait }) => {
      for (let i = 0; i < 5; i++) {
        frames.push(send(0, OCTETS.length));
        wait(400 << i);
      }
    });
    expect(found.frames).toEqual([frames[0], frames[1], frames[4]]);
    expect(assumed(found)).toContain(`4 frames from ${frames[1]} to ${frames[4]} send`);
  });

  it.each<[string, (p: Play) => void]>([
    [
      'it was acknowledged before',
      ({ send, ack, wait }) => {
        send(0, OCTETS.length);
        ack(HEADER);
        wait(300);
        send(0, OCTETS.length);
      },
    ],
    [
      'only octets behind it come again',
      ({ send, wait }) => {
        send(0, OCTETS.length);
        wait(300);
        send(HEADER, OCTETS.length);
      },
    ],
    [
      'it was complete only with what came last',
      ({ send, wait }) => {
        send(0, HEADER - 2);
        wait(300);
        send(0, HEADER - 2);
        send(HEADER - 2, OCTETS.length);
      },
    ],
    [
      'a keep-alive repeats an octet of it that was acknowledged',
      ({ send, ack, wait }) => {
        send(0, HEADER);
        ack(HEADER);
        wait(3000);
        send(HEADER - 1, HEADER);
      },
    ],
    [
      'a mirror port shows it twice',
      ({ send, ack }) => {
        send(0, OCTETS.length);
        send(0, OCTETS.length);
        ack(OCTETS.length);
      },
    ],
    [
      'its receiver has reset the connection',
      ({ tcp, send, wait }) => {
        send(0, OCTETS.length);
        tcp.reset(1);
        wait(300);
        send(0, OCTETS.length);
      },
    ],
  ])('adds nothing where %s', async (_, play) => {
    const found = await claim(play);
    expect(assumed(found)).toBeUndefined();
    expect(found.explanation).not.toContain('again before');
  });

  it('is told of by just the frames that a receiver may have needed', async () => {
    const slice = fc.record({
      from: fc.nat({ max: HEADER + 10 }),
      length: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 60 })),
      /** The MTA acknowledges this part of what has come, in thousandths; null is silence. */
      ack: fc.option(fc.nat({ max: 1000 })),
      wait: fc.constantFrom(0, 300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(slice, { maxLength: 25 }), async slices => {
        const came = new Uint8Array(OCTETS.length);
        const readable = () => (came.indexOf(0) < 0 ? came.length : came.indexOf(0));
        let [acked, request, answered, since] = [0, 0, false, 0];
        const expected: number[] = [];
        const found = await claim(({ send, ack, wait }) => {
          const put = (from: number, to: number) => {
            const frame = send(from, to);
            since += 0.8;
            if (request > 0 && Math.max(from, acked) < Math.min(to, HEADER) && (answered || since > 100))
              expected.push(frame);
            came.fill(1, from, to);
            if (request === 0 && readable() >= HEADER) [request, answered, since] = [frame, false, 0];
          };
          for (const s of slices) {
            put(s.from, Math.min(s.from + s.length, OCTETS.length));
            if (s.ack !== null) {
              acked = Math.max(acked, Math.floor((readable() * s.ack) / 1000));
              ack(acked);
              answered = true;
              since += 0.8;
            }
            wait(s.wait);
            since += s.wait;
          }
          put(0, HEADER);
          put(HEADER, OCTETS.length);
        });
        expect(found.frame).toBe(request);
        const text = assumed(found) ?? '';
        const named = (text.match(/\d+/g) ?? []).map(Number);
        if (expected.length <= 2) expect(named).toEqual(expected);
        else expect(named).toEqual([expected.length, expected[0], expected.at(-1)]);
      }),
      { numRuns: 300 },
    );
  });
});
