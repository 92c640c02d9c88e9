import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { analyzeBytes, analyzeOptions, analyzePath } from '../kit/analysis.ts';
import { cat, filler } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { cc, cr, dr, dt } from '../kit/cotp.ts';
import { saidIn } from '../kit/pcap.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Wire } from '../kit/wire.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const ANY = { ...analyzeOptions(), anyPort: true };

/* All streams of the bundled captures are on port 102, which is looked at with --any-port as well: nothing of them may be lost. */
test.each(readdirSync(CAPTURES).filter(name => /\.pcap(ng)?$/.test(name)))(
  '%s says the same with --any-port',
  async name => {
    const plain = await analyzePath(CAPTURES + name);
    expect(await analyzePath(CAPTURES + name, ANY)).toEqual(plain);
  },
);

type Said = readonly [way: 0 | 1, octets: Uint8Array];

/** The report on two hosts that say this, with their SYNs or without. */
async function report(client: number, server: number, syns: boolean, said: readonly Said[], options = ANY) {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: client }, { address: '192.0.2.2', port: server });
  if (syns) tcp.open();
  for (const [way, octets] of said) tcp.send(way, octets);
  return analyzeBytes(wire.pcap(), options);
}

const CR = tpkt(cr(7));
const CC = tpkt(cc(7, 9));
const ONE = tpkt(dt(filler(30)));
const TWO = cat(ONE, ONE);

describe('a stream of another port', () => {
  test.each<[string, Said[]]>([
    [
      'a CR that a DR answers',
      [
        [0, CR],
        [1, tpkt(dr(7, 0, 1))],
      ],
    ],
    ['a CR that nothing answers', [[0, CR]]],
    [
      'a CR with one TSDU behind it',
      [
        [0, CR],
        [0, ONE],
      ],
    ],
    ['a CC alone', [[1, CC]]],
  ])('is ISO transport by %s', async (_name, said) => {
    for (const syns of [true, false]) expect((await report(40000, 4102, syns, said)).streams).toHaveLength(1);
  });

  test('is none by one TSDU that nobody knows', async () => {
    expect((await report(40000, 4102, true, [[0, ONE]])).streams).toEqual([]);
  });
});

describe('which side is the client, without a SYN and with the lower port on its side', () => {
  const told = async (said: Said[], options = ANY) => {
    const { streams, findings } = await report(1068, 10102, false, said, options);
    return [streams[0]!.client.port, findings.find(f => f.code === 'tcp.midstream')!.message.includes('lower port')];
  };

  test('is told by a CR or a CC that the stream begins with', async () => {
    expect(
      await told([
        [0, CR],
        [1, CC],
        [0, TWO],
      ]),
    ).toEqual([1068, false]);
    expect(
      await told([
        [1, CC],
        [0, TWO],
      ]),
    ).toEqual([1068, false]);
  });

  test("is no guess either where the lower port is the server's, or the CR comes behind others; one that goes against it is", async () => {
    const lower = async (client: number, server: number, said: Said[]) => {
      const { findings } = await report(client, server, false, said);
      return findings.find(f => f.code === 'tcp.midstream')!.message.includes('lower port');
    };
    expect(await lower(40000, 4102, [[0, CR]])).toBe(false);
    expect(
      await lower(40000, 4102, [
        [1, TWO],
        [1, CC],
      ]),
    ).toBe(false);
    expect(
      await lower(1068, 10102, [
        [0, TWO],
        [0, CR],
      ]),
    ).toBe(true);
    expect(await lower(4102, 4102, [[0, TWO]])).toBe(false);
  });

  test('is told by a port that was named', async () => {
    for (const way of [0, 1] as const)
      expect(await told([[way, TWO]], { ...ANY, ports: [10102] })).toEqual([1068, false]);
  });

  test('is a guess otherwise, and the finding says so', async () => {
    expect(await told([[0, TWO]])).toEqual([10102, true]);
  });
});

describe('a conversation behind octets that are no TPKTs', () => {
  const said = saidIn(`${CAPTURES}clean-association.pcap`);
  const rows = async (octets: number, syns: boolean) => {
    const behind = said.slice(syns ? 0 : 4);
    const r = await report(40000, 4102, syns, [[0, new Uint8Array(octets).fill(0x41)], ...behind]);
    return [r.streams.length, r.associations.length, r.messages.length];
  };

  test('is listed with all it holds, where these may be the rest of one TPKT that began before the capture', async () => {
    for (const octets of [1, 300, 5_000, 65_500]) expect(await rows(octets, false)).toEqual([1, 1, 3]);
  });

  test('is not listed where they are more than that, or begin the connection, and nothing of it is', async () => {
    expect(await rows(80_000, false)).toEqual([0, 0, 0]);
    expect(await rows(60_000, true)).toEqual([0, 0, 0]);
  });
});
