import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framing, type FramingWatcher, type TpktTaker } from '../../src/engine/framing.ts';
import type { Finding } from '../../src/model/finding.ts';
import { Half } from '../../src/net/half.ts';
import { emptySegment } from '../../src/net/segment.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

/** The offset of `false` in its stream, the requests of that direction that may be illegal, and its TPKTs. */
async function requests(
  parts: readonly Uint8Array[],
  first: number,
  size: number | null = 0x0b,
): Promise<{ at: number; found: Finding[]; tpkts: number }> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect(size);
  const at = tcp.queue(0, cat());
  // All but the last part in one segment: only that one tells where the TPKTs really begin.
  tcp.send(0, cat(parts.slice(0, -1)), { segments: [first] });
  tcp.send(0, parts.at(-1)!);
  tcp.close(0);
  const options = { ...analyzeOptions(), mta: ['192.0.2.20'], keepGoing: true };
  const { findings, streams } = await analyzeBytes(wire.pcap(), options);
  const found = findings.filter(f => f.code.startsWith('mta.9404')).sort((a, b) => a.frame! - b.frame!);
  return { at, found, tpkts: streams[0]!.directions[0].tpkts };
}

/** Octets in which every header that is read among them says 0x5555 octets at most, so that nothing is asked for. */
const quiet = (n: number) => filler(n).map(() => 0x55);

describe('a header that claims more than was negotiated, with no TPDU behind it', () => {
  it('is none, also where all that it claims came in one segment', async () => {
    const nine = Array.from({ length: 9 }, () => tpkt(dt(quiet(395))));
    // 2,818 octets, those of seven TPKTs and its own, where 2,048 are negotiated.
    const stray = cat([3, 0, 0x0b, 0x02], ...nine);
    for (const first of [4000, 1460, 100, 1]) {
      const { tpkts } = await requests([stray, tpkt(dt(filler(20)))], first);
      expect(tpkts).toBe(11);
    }
  });
});

describe('the TPKT that led the machine astray', () => {
  it('is named with its true end, also where that came only with later octets', async () => {
    // Read two octets late, `04 07 02 F0` is a length of 752; at the next header stands FF FF.
    const long = quiet(1024);
    long.set([0x41, 0x41, 0xff, 0xff], 2 + 752 - 7);
    const parts = [tpkt(dt(filler(20)), { declare: 29 }), tpkt(dt(long)), tpkt(dt(filler(20)))];
    const { at, found } = await requests(parts, 1460);
    expect(found).toHaveLength(1);
    const { declaredLength, streamOffset, disturbance } = found[0]!.request!;
    expect([declaredLength, streamOffset]).toEqual([65535, at + 29 + 752]);
    expect(disturbance).toMatchObject({ streamOffset: at, declaredLength: 29, trueBoundary: at + 27 });
    expect(found[0]!.explanation).toMatch(
      /declares 29 octets but carries 27, so the next header is read 2 octets late, and from header to header the machine gets to stream offset \d+, reading 41 41 FF FF as a TPKT header/,
    );
  });

  it('is named as one that carries more than it declares, however far the machine gets', async () => {
    // Read one octet early, `55 03 00 04` is a length of 4, `0B 02 F0 80` behind it one of 61,568.
    const parts = [tpkt(dt(quiet(20)), { declare: 26 }), tpkt(dt(quiet(1028))), tpkt(dt(filler(20)))];
    const { at, found } = await requests(parts, 1460);
    expect(found.map(f => f.request!.declaredLength)).toEqual([61568]);
    expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at, trueBoundary: at + 27 });
    expect(found[0]!.explanation).toMatch(/declares 26 octets; 1 octet that belongs to no TPKT follows it/);
    expect(found[0]!.explanation).not.toContain('late');
  });

  it('is asked for at the frame that brings the header, though that is within a TPKT of which more is to come', async () => {
    // `55 55 FF FF` in the middle of the last TPKT, whose own header came at its beginning; the machine gets there from four octets before it.
    const last = tpkt(dt(quiet(1028)));
    last.set([0xff, 0xff], 600 + 2);
    const stray = [0x55, 0x55, (600 + 4 + 14 + 14) >> 8, (600 + 4 + 14 + 14) & 255];
    const parts = [tpkt(dt(quiet(20))), Uint8Array.from(stray), tpkt(dt(quiet(7))), tpkt(dt(quiet(7))), last];
    for (const cut of [604, 605, 1000]) {
      const wire = new Wire('1998-06-19T09:00:00Z');
      const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
      tcp.open();
      new Transport(tcp).connect(0x0b);
      tcp.send(0, cat(...parts.slice(0, -1)));
      const [frame] = tcp.send(0, last.subarray(0, cut));
      tcp.send(0, last.subarray(cut));
      const { findings } = await analyzeBytes(wire.pcap(), { ...analyzeOptions(), mta: ['192.0.2.20'] });
      expect(findings[0]).toMatchObject({ code: 'mta.9404', frame, request: { declaredLength: 0xffff } });
    }
  });

  it('is no header that was itself read at the wrong place, though it begins with 03', async () => {
    // Read two octets late, a length of 0x0347 is `03 47 02 F0`: version 3, 752 octets.
    const long = quiet(0x347 - 7);
    long.set([0x41, 0x41, 0xff, 0xff], 2 + 752 - 7);
    const parts = [tpkt(dt(filler(20)), { declare: 29 }), tpkt(dt(long)), tpkt(dt(filler(20)))];
    const { at, found, tpkts } = await requests(parts, 1460);
    expect(found[0]!.request!.disturbance).toMatchObject({
      streamOffset: at,
      declaredLength: 29,
      trueBoundary: at + 27,
    });
    expect(tpkts).toBe(4);
    // Three octets late, `03 02 F0 80` claims 61,568 octets, which a connection without a TPDU size allows.
    const late = [tpkt(dt(filler(20)), { declare: 30 }), tpkt(dt(quiet(0x403 - 7))), tpkt(dt(filler(20)))];
    const swallowed = await requests(late, 1460, null);
    expect(swallowed.found.map(f => f.request!.declaredLength)).toEqual([61568]);
    expect(swallowed.found[0]!.request!.disturbance).toMatchObject({
      streamOffset: swallowed.at,
      declaredLength: 30,
      trueBoundary: swallowed.at + 27,
    });
  });

  it('may declare less than the shortest TPKT has, or have any reserved octet', async () => {
    for (const [declare, reserved] of [
      [5, 0],
      [29, 0x11],
    ] as const) {
      const long = quiet(1024);
      long.set([0x41, 0x41, 0xff, 0xff], 2 + 752 - 7);
      const parts = [
        tpkt(dt(filler(4)), { reserved }),
        tpkt(dt(declare === 5 ? cat(0xff, 0xff, filler(18)) : filler(20)), { declare, reserved }),
        tpkt(dt(long), { reserved }),
        tpkt(dt(filler(20)), { reserved }),
      ];
      const { at, found } = await requests(parts, 1460);
      expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at + 11, declaredLength: declare });
    }
  });
});

/** Octets in which a machine that reads headers at wrong places gets on by small steps, and meets a length of 65,535 now and then. */
const STEPS = fc
  .array(fc.constantFrom([0, 0, 0, 8], [0, 0, 0, 12], [0, 0, 0, 20], [0, 0, 0xff, 0xff]), {
    minLength: 2,
    maxLength: 20,
  })
  .map(units => Uint8Array.from(units.flat()));
/** How a TPKT is not as it should be: octets that it declares too many (or too few), or its version. */
const FAULT = fc.oneof(fc.integer({ min: -6, max: 40 }), fc.constant('version' as const));

/** `octets` as it is sent with this fault. */
function faulty(octets: Uint8Array, fault: number | 'version'): Uint8Array {
  const out = octets.slice();
  if (fault === 'version') out[0] = 4;
  else out[3]! += fault;
  return out;
}

describe('of two faults close together', () => {
  const version = faulty(tpkt(dt(filler(20))), 'version');

  it('the second is to blame where the machine got to its TPKT by the length of the first', async () => {
    const sound = tpkt(dt(filler(20)));
    const last = cat(sound, sound);
    for (const cut of [1, 30, 1460]) {
      const { at, found } = await requests([sound, version, tpkt(dt(filler(30)), { declare: 40 }), last], cut);
      expect(found.map(f => f.request!.declaredLength)).toEqual([61568]);
      expect(found[0]!.request!.disturbance).toMatchObject({
        streamOffset: at + 2 * 27,
        declaredLength: 40,
        trueBoundary: at + 2 * 27 + 37,
      });
    }
  });

  it('the second does not hide where the TPKT behind the first begins', async () => {
    const sound = tpkt(dt(filler(20)));
    const first = tpkt(dt(filler(30)), { declare: 40 });
    const { at, found } = await requests([first, tpkt(dt(filler(20)), { declare: 25 }), sound, sound], 1460);
    expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at, trueBoundary: at + 37 });
    expect(found[0]!.explanation).toContain(
      'declares 40 octets but carries 37, so the next header is read 3 octets late',
    );
  });

  it('the second is its own where it is a length that is read at the right place', async () => {
    const sound = tpkt(dt(filler(20)));
    const huge = tpkt(dt(filler(20)), { declare: 0xf100 });
    const { at, found } = await requests([sound, version, huge, sound, sound], 1460);
    expect(found).toHaveLength(1);
    expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at + 54, trueBoundary: at + 81 });
    expect(found[0]!.explanation).toMatch(
      /^The TPKT at stream offset \d+ declares 61696 octets, but another one begins 27/,
    );
  });

  it('none is to blame for a TPKT that has another version and carries what it declares', async () => {
    const sound = tpkt(dt(filler(20)));
    for (const first of [sound, tpkt(dt(filler(10)), { declare: 17 + sound.length })]) {
      const huge = faulty(tpkt(dt(filler(61_000))), 'version');
      const { at, found } = await requests([first, sound, huge, sound, sound], 1460);
      expect(found[0]!.request).toMatchObject({ streamOffset: at + first.length + 27, disturbance: null });
      expect(found[0]!.explanation).toMatch(
        /^The next TPKT begins where this length says: only the version octet is wrong/,
      );
    }
  });

  it('a sound TPKT is not to blame where the machine has read the header behind it before the framing was found again', async () => {
    const sound = tpkt(dt(filler(20)));
    const huge = tpkt(dt(filler(20)), { declare: 0xf100 });
    for (const cut of [1, 40, 1460]) {
      const { at, found } = await requests([sound, version, sound, sound, huge, filler(9)], cut);
      expect(found[0]!.request).toMatchObject({ streamOffset: at + 4 * 27, disturbance: null });
    }
  });

  it('the second is not to blame where the machine has passed it by, though both lead to the same octets', async () => {
    // Sent 38 octets too far, the machine reads 0, 0, 0, 8 within the sixth TPKT and comes to `02 F0 80 00`, as the sixth itself does.
    const unit = [0, 0, 0, 8];
    const steps = (n: number, declare = 7 + 4 * n) =>
      tpkt(dt(Uint8Array.from(Array(n).fill(unit).flat())), { declare });
    const parts = [
      tpkt(dt(filler(20))),
      steps(2, 53),
      steps(3),
      steps(4, 27),
      steps(2),
      steps(2),
      tpkt(dt(filler(24))),
    ];
    const { at, found } = await requests(parts, 1);
    expect(found[0]!.request).toMatchObject({ declaredLength: 0x8000, streamOffset: at + 27 + 53 + 8 });
    expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at + 27, trueBoundary: at + 27 + 15 });
  });

  it('the second is to blame where the machine has read it before the framing was found again', async () => {
    const steps = (declare: number, version = 3) => {
      const octets = tpkt(dt(Uint8Array.from([0, 0, 0, 8, 0, 0, 0, 8])), { declare });
      octets[0] = version;
      return octets;
    };
    const parts = [tpkt(dt(filler(20))), steps(15, 4), steps(15), steps(18), steps(15), steps(15), steps(15)];
    const { at, found } = await requests(parts, 1);
    expect(found[0]!.request!.streamOffset).toBe(at + 27 + 30 + 18);
    expect(found[0]!.request!.disturbance).toMatchObject({ streamOffset: at + 27 + 30, trueBoundary: at + 27 + 45 });
  });

  it('the one to blame is the last TPKT that the machine read where one begins', async () => {
    const faults = fc.tuple(fc.nat({ max: 5 }), FAULT, fc.nat({ max: 2 }), FAULT);
    await fc.assert(
      fc.asyncProperty(
        fc.array(STEPS, { minLength: 8, maxLength: 8 }),
        faults,
        fc.constantFrom(1, 40, 1460),
        async (contents, [i, first, behind, second], cut) => {
          const sent: Uint8Array[] = contents.map(content => tpkt(dt(content)));
          sent[i] = faulty(sent[i]!, first);
          if (behind > 0) sent[i + behind] = faulty(sent[i + behind]!, second);
          const parts = [tpkt(dt(filler(20))), ...sent, ...[1, 2, 3].map(() => tpkt(dt(filler(24))))];
          const { at, found } = await requests(parts, cut);
          const octets = cat(parts);
          const begins: number[] = [];
          for (let k = 0, p = 0; k < parts.length; p += parts[k++]!.length) begins.push(p);
          for (const { request } of found) {
            const header = request!.streamOffset - at;
            let [last, p] = [0, 0];
            while (p !== header) {
              if (begins.includes(p)) last = p;
              p += (octets[p + 2]! << 8) | octets[p + 3]!;
            }
            // What begins with another version is no TPKT for anybody.
            const next = begins.find(begin => begin > last && octets[begin] === 3)!;
            expect(request!.disturbance).toMatchObject({ streamOffset: at + last, trueBoundary: at + next });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('octets among which no TPKT is found do not fill memory', () => {
  const taker: TpktTaker = { tpkt: () => {}, tpduSize: 2048 };
  const watcher: FramingWatcher = {
    header: () => true,
    fault: () => {},
    begins: () => {},
    misread: () => {},
    resynchronised: () => {},
    hole: () => {},
    repeated: () => {},
  };
  const framing = new Framing(0, taker, watcher);
  const half = new Half(framing, { held: 0 }, 0);
  half.anchor(0);
  const send = (bytes: Uint8Array) =>
    half.data(
      Object.assign(emptySegment(), {
        bytes,
        seq: half.next,
        end: bytes.length,
        length: bytes.length,
        captured: bytes.length,
        frame: 1,
      }),
    );
  send(tpkt(dt(filler(20))));
  for (let i = 0; i < 1000; i++) send(new Uint8Array(8192).fill(0x17));
  expect(framing.lost).toBe(true);
  expect(half.buffer.length).toBeLessThan(1 << 18);
});
