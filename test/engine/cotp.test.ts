import { expect, it } from 'vitest';
import { analyzeBytes } from '../kit/analysis.ts';
import { cat, hex, latin1, type Part } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { ak, cc, cr, dr, dt, ed, er, parameter } from '../kit/cotp.ts';
import type { Way } from '../kit/link.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Wire } from '../kit/wire.ts';

/** A TPDU in a TPKT of its own, and the side that sends it. */
type Step = readonly [way: Way, tpdu: Part];

/** Codes of the transport layer that a conversation raises, in order of the alphabet. */
function codes(steps: readonly Step[]): Promise<string[]> {
  return raised(tcp => {
    tcp.open();
    for (const [way, tpdu] of steps) tcp.send(way, tpkt(tpdu));
    tcp.close(0);
  });
}

async function raised(play: (tcp: Conversation) => void): Promise<string[]> {
  const wire = new Wire('2026-03-01T09:15:00Z');
  play(new Conversation(wire, { address: '192.0.2.1', port: 1025 }, { address: '192.0.2.2', port: 102 }));
  const { findings } = await analyzeBytes(wire.pcap());
  return [...new Set(findings.map(f => f.code).filter(code => /^(cotp|tpkt)\./.test(code)))].sort();
}

const data = new Uint8Array(40).fill(0x32);
const CR = cr(1, { tpduSize: 0x0a, callingTsap: 'A', calledTsap: 'B' });
const CC = cc(1, 2, { tpduSize: 0x0a });
const ok: Step[] = [
  [0, CR],
  [1, CC],
];
const D: Step[] = [
  [0, dt(data)],
  [1, dt(data)],
];
const c0 = (request: Part, confirm: Part, ...more: Step[]): Step[] => [
  [0, request],
  [1, confirm],
  ...(more.length > 0 ? more : D),
];

/** X.224 §6.4, §6.5, §8.2, §13, RFC 1006: what is legal raises nothing, and what is not raises what it breaks. */
const cases: [what: string, raised: string[], steps: Step[]][] = [
  ['base', [], [...ok, ...D]],
  ['unknown in CR', ['cotp.class0-parameter'], c0(cr(1, { more: parameter(0xcf, 1) }), CC)],
  [
    'unknown in CC',
    ['cotp.class0-parameter', 'cotp.unknown-parameter'],
    c0(CR, cc(1, 2, { tpduSize: 0x0a, more: parameter(0xcf, 1) })),
  ],
  ['C4 in CR class0', ['cotp.class0-parameter'], c0(cr(1, { version: 1 }), cc(1, 2))],
  [
    'CR class 2 with C4 C6 C7',
    [],
    c0(cr(1, { version: 1, additionalOptions: 1, alternativeClasses: [0] }, 0x20), cc(1, 2)),
  ],
  [
    'CR class 4 alt 0, cc 0',
    [],
    c0(cr(1, { tpduSize: 0x0a, alternativeClasses: [0], version: 1 }, 0x40), cc(1, 2, { tpduSize: 0x0a })),
  ],
  [
    'CR class 4 no alt, cc 0',
    ['cotp.class-raised'],
    c0(cr(1, { tpduSize: 0x0a, version: 1 }, 0x40), cc(1, 2, { tpduSize: 0x0a })),
  ],
  [
    'CR class 4 no alt, cc 2',
    [],
    c0(
      cr(1, { tpduSize: 0x0a, version: 1 }, 0x40),
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, dt(data, true, { destination: 2 })],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  ['CR 1, cc 0', [], c0(cr(1, { tpduSize: 0x0a }, 0x10), CC)],
  [
    'CR 2, cc 1',
    ['cotp.class-raised'],
    c0(cr(1, { tpduSize: 0x0a }, 0x20), cc(1, 2, { tpduSize: 0x0a }, 0x10), [0, dt(data)], [1, dt(data)]),
  ],
  [
    'CR 0, cc 2',
    ['cotp.class-raised'],
    c0(
      CR,
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, dt(data, true, { destination: 2 })],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  ['C1 length 0 in CC', [], c0(CR, cc(1, 2, { tpduSize: 0x0a, calledTsap: '' }))],
  ['dup param', ['cotp.duplicate-parameter'], c0(cr(1, { tpduSize: 0x0a, more: parameter(0xc0, 0x0a) }), CC)],
  ['code 00', ['cotp.parameter-code', 'cotp.class0-parameter'], c0(cr(1, { more: parameter(0x01, 1) }), cc(1, 2))],
  ['size 0c', ['cotp.tpdu-size-class0'], c0(cr(1, { tpduSize: 0x0c }), cc(1, 2, { tpduSize: 0x0a }))],
  ['size 0e', ['cotp.tpdu-size-value'], c0(cr(1, { tpduSize: 0x0e }), cc(1, 2, { tpduSize: 0x0a }))],
  ['size 06', ['cotp.tpdu-size-value'], c0(cr(1, { tpduSize: 0x06 }), cc(1, 2))],
  ['raised', ['cotp.size-raised'], c0(cr(1, { tpduSize: 0x09 }), cc(1, 2, { tpduSize: 0x0a }))],
  ['F0 in both', [], c0(cr(1, { preferredSize: 16 }), cc(1, 2, { preferredSize: 16 }))],
  ['F0 in CC only', ['cotp.preferred-size'], c0(CR, cc(1, 2, { preferredSize: 8 }))],
  ['F0 CR, C0 CC', [], c0(cr(1, { preferredSize: 16, tpduSize: 0x0a }), CC)],
  [
    'F0 and C0 in CC',
    ['cotp.preferred-size'],
    c0(cr(1, { preferredSize: 16, tpduSize: 0x0a }), cc(1, 2, { preferredSize: 8, tpduSize: 0x0a })),
  ],
  ['F0=0', ['cotp.preferred-size'], c0(cr(1, { preferredSize: 0 }), cc(1, 2))],
  ['F0 5 octets', ['cotp.preferred-size'], c0(cr(1, { more: parameter(0xf0, [0, 0, 0, 0, 1]) }), cc(1, 2))],
  ['CR 128', [], c0(cr(1, { callingTsap: 'x'.repeat(50), calledTsap: 'y'.repeat(67) }), cc(1, 2))],
  ['CR 129', ['cotp.cr-too-long'], c0(cr(1, { callingTsap: 'x'.repeat(50), calledTsap: 'y'.repeat(68) }), cc(1, 2))],
  ['CR user data class0', ['cotp.class0-user-data'], c0(cr(1, {}, 0, [1, 2, 3]), cc(1, 2))],
  ['CR dst-ref', ['cotp.cr-dst-ref'], c0(cat(6, 0xe0, 0, 9, 0, 1, 0), cc(1, 2))],
  ['CC wrong ref', ['cotp.wrong-reference'], c0(CR, cc(9, 2, { tpduSize: 0x0a }))],
  ['DT exact', [], c0(CR, CC, [0, dt(new Uint8Array(1021).fill(0x32))], [1, dt(data)])],
  [
    'DT +1',
    ['cotp.dt-too-large', 'tpkt.exceeds-tpdu-size'],
    c0(CR, CC, [0, dt(new Uint8Array(1022).fill(0x32))], [1, dt(data)]),
  ],
  ['tpdu-nr', ['cotp.tpdu-nr'], c0(CR, CC, [0, dt(data, true, { number: 1 })], [1, dt(data)])],
  ['ROA', ['cotp.not-in-class0'], c0(CR, CC, [0, cat(2, 0xf1, 0x80, data)], [1, dt(data)])],
  ['credit CR', ['cotp.credit'], c0(cat(6, 0xe1, 0, 0, 0, 1, 0), cc(1, 2))],
  ['AK in class0', ['cotp.not-in-class0'], c0(CR, CC, [0, ak(2, 0, 0)], [0, dt(data)], [1, dt(data)])],
  ['ED rfc1006 not negotiated', ['cotp.not-in-class0'], c0(CR, CC, [0, ed([1, 2])], [0, dt(data)], [1, dt(data)])],
  [
    'ED rfc1006 negotiated',
    [],
    c0(
      cr(1, { additionalOptions: 1 }),
      cc(1, 2, { additionalOptions: 1 }),
      [0, ed([1, 2])],
      [0, dt(data)],
      [1, dt(data)],
    ),
  ],
  [
    'DR refusal',
    [],
    [
      [0, CR],
      [1, dr(1, 0, 3)],
    ],
  ],
  [
    'DR refusal with info',
    [],
    [
      [0, CR],
      [1, dr(1, 0, 0x81, latin1('busy'))],
    ],
  ],
  [
    'DR data class0',
    ['cotp.user-data-length'],
    [
      [0, CR],
      [1, dr(1, 0, 0x80, undefined, [1, 2, 3])],
    ],
  ],
  ['ER', [], c0(CR, CC, [0, dt(data)], [1, er(1, 2, [2, 0xf0])])],
  ['ER no C1', ['cotp.er-without-cause'], c0(CR, CC, [0, dt(data)], [1, er(1, 2)])],
  ['DT before CC', ['cotp.before-connect'], [[0, CR], [0, dt(data)], [1, CC], ...D]],
  ['CR again behind a refusal', [], [[0, CR], [1, dr(1, 0, 1)], ...ok, ...D]],
  ['CR again behind an ER', [], [[0, CR], [1, er(1, 2, [2, 0xe0])], ...ok, ...D]],
  [
    'class 2 connection behind a released one',
    [],
    [[0, cr(1, {}, 0x20)], [1, cc(1, 2, {}, 0x20)], [0, dr(2, 1, 0x80)], [1, cat(5, 0xc0, 0, 1, 0, 2)], ...ok, ...D],
  ],
  [
    'data before the CC that follows a refusal',
    ['cotp.before-connect'],
    [[0, CR], [1, dr(1, 0, 1)], [0, CR], [0, dt(data)], [1, CC], ...D],
  ],
  ['two CCs behind a refusal', ['cotp.second-connect'], [[0, CR], [1, dr(1, 0, 1)], ...ok, [1, CC], ...D]],
  ['second CR', ['cotp.second-connect'], [...ok, [0, CR], ...D]],
  ['empty DT eot', [], c0(CR, CC, [0, dt(data, false)], [0, dt([])], [1, dt(data)])],
  ['empty DT without EOT, behind which nothing follows', [], c0(CR, CC, ...D, [0, dt([], false)], [1, dt([], false)])],
  ['no eot', ['cotp.no-eot'], c0(CR, CC, [1, dt(data)], [0, dt(data, false)])],
  [
    'concat class0',
    ['cotp.concatenation', 'cotp.not-in-class0'],
    c0(CR, CC, [0, cat(ak(2, 0, 0), dt(data))], [1, dt(data)]),
  ],
  [
    'class 2 concat',
    [],
    c0(
      cr(1, { tpduSize: 0x0a }, 0x20),
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, cat(ak(2, 0, 5), dt(data, true, { destination: 2 }))],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  [
    'class 2 extended',
    [],
    c0(
      cr(1, { tpduSize: 0x0a }, 0x22),
      cc(1, 2, { tpduSize: 0x0a }, 0x22),
      [0, dt(data, true, { destination: 2, extended: true })],
      [1, ak(1, 1, 5, true)],
      [1, dt(data, true, { destination: 1, extended: true })],
    ),
  ],
  [
    'class 2 DT EOT size exact',
    [],
    c0(
      cr(1, { tpduSize: 0x0a }, 0x20),
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, dt(new Uint8Array(1019), true, { destination: 2 })],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  [
    'class 2 wrong ref DT',
    ['cotp.wrong-reference'],
    c0(
      cr(1, { tpduSize: 0x0a }, 0x20),
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, dt(data, true, { destination: 7 })],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  [
    'class 2 numbers',
    [],
    c0(
      cr(1, { tpduSize: 0x0a }, 0x20),
      cc(1, 2, { tpduSize: 0x0a }, 0x20),
      [0, dt(data, true, { destination: 2, number: 0 })],
      [0, dt(data, true, { destination: 2, number: 1 })],
      [1, dt(data, true, { destination: 1, number: 0 })],
    ),
  ],
  [
    'checksum class0',
    ['cotp.checksum-class', 'cotp.class0-parameter'],
    c0(cr(1, { more: parameter(0xc3, [0, 0]) }), cc(1, 2)),
  ],
  // Made by the formulas of X.224 6.17.3; tshark 4.0 calls every checksum of COTP but 0 wrong.
  ['CR checksum class 4', [], c0(hex('10e00000000140c40101c70100c3024731'), cc(1, 2))],
  ['CR checksum wrong', ['cotp.checksum'], c0(hex('10e00000000140c40101c70100c3024732'), cc(1, 2))],
  [
    'DT checksum class 4',
    [],
    c0(
      cr(1, {}, 0x40),
      cc(1, 2, {}, 0x40),
      [0, hex('08f0000280c3021e79616263')],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  [
    'DT checksum wrong in the user data',
    ['cotp.checksum'],
    c0(
      cr(1, {}, 0x40),
      cc(1, 2, {}, 0x40),
      [0, hex('08f0000280c3021e79616264')],
      [1, dt(data, true, { destination: 1 })],
    ),
  ],
  ['param order any', [], c0(cat(17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 0x0a, 0xc2, 2, 1, 2, 0xc1, 2, 1, 0), CC)],
  ['LI 0', ['cotp.li-zero'], c0(CR, CC, [0, cat(0, data)], [1, dt(data)])],
  ['DT with LI 1', ['cotp.short-header'], c0(CR, CC, [0, cat(1, 0xf0, data)], [1, dt(data)])],
  ['DT F2', ['cotp.unknown-tpdu'], c0(CR, CC, [0, cat(2, 0xf2, 0x80, data)], [1, dt(data)])],
  [
    'DR 81',
    ['cotp.unknown-tpdu'],
    [
      [0, CR],
      [1, cat(6, 0x81, 0, 1, 0, 0, 3)],
    ],
  ],
];
it.each(cases)('%s: %j', async (_, raised, steps) => {
  expect(await codes(steps)).toEqual([...raised].sort());
});

it('a second CR is none where the capture lacks what the other side said to the first', async () => {
  const refusal = tpkt(dr(1, 0, 1));
  const lost = await raised(tcp => {
    tcp.open();
    tcp.send(0, tpkt(CR));
    tcp.queue(1, refusal);
    tcp.ack(0);
    tcp.send(0, tpkt(CR));
    tcp.send(1, tpkt(CC));
    tcp.close(0);
  });
  const alone = await raised(tcp => {
    tcp.syn();
    tcp.ack(0);
    tcp.send(0, tpkt(CR), { quiet: true });
    tcp.queue(1, refusal);
    tcp.ack(0);
    tcp.send(0, tpkt(CR), { quiet: true });
  });
  expect([lost, alone]).toEqual([[], []]);
});

it('TLS that follows on TPKTs is told apart from a stream that begins with it, and from a TPKT that is cut', async () => {
  const hello = hex('16030100 05 01000001 00');
  const play = (...sent: Uint8Array[]) =>
    raised(tcp => {
      tcp.open();
      for (const bytes of sent) tcp.send(0, bytes);
      tcp.close(0);
    });
  expect(await play(tpkt(CR), hello)).toEqual(['tpkt.tls']);
  expect(await play(hello)).toEqual(['tpkt.not-tpkt']);
  expect(await play(tpkt(CR).subarray(0, 9))).toEqual(['tpkt.unfinished']);
});
