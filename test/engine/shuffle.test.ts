import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overstated } from '../../scripts/captures/article.ts';
import { letter } from '../../scripts/captures/scene.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { type Slice, segmentShuffle } from '../kit/arbitraries.ts';
import { cat } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { tsdu } from '../kit/cotp.ts';
import { MtaPair } from '../kit/mta.ts';
import { ses } from '../kit/session.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

/** A bound association; what the initiator says next is up to the test. */
function bound(isn: number, mode: 'normal' | 'x410') {
  const wire = new Wire('1998-07-01T09:00:00Z');
  const client = { address: '192.0.2.1', port: 1200, isn };
  const tcp = new Conversation(wire, client, { address: '192.0.2.2', port: 102, isn: ~isn >>> 0 });
  const transport = new Transport(tcp);
  tcp.open();
  transport.connect();
  const pair = new MtaPair(transport, { mode, names: ['MTA-A', 'MTA-B'], checkpointSize: 1, windowSize: 9 });
  pair.bind();
  return { wire, tcp, transport, pair };
}

/** The TPKTs of a transfer; `lie` makes one of them declare three octets more than it has. */
function tail(pair: MtaPair, lie: boolean): Uint8Array {
  const mts = letter('980701.0900.001', 3_000);
  const fragments = pair.fragments(mts);
  const ssdus: Uint8Array[] = [ses.as(pair.activityId(1))];
  fragments.forEach((fragment, i) => {
    ssdus.push(pair.data(fragment));
    ssdus.push(i === fragments.length - 1 ? ses.ae(fragments.length) : ses.mip(i + 1));
  });
  const units = ssdus.flatMap(s => tsdu(s));
  if (lie) units[1] = overstated(units[1]!);
  return cat(units);
}

interface Sent {
  readonly report: WholeReport;
  /** The frame of each slice, in the order of sending. */
  readonly frames: number[];
  /** Stream offset at which the slices begin. */
  readonly from: number;
}

async function send(slices: readonly Slice[], isn: number, mode: 'normal' | 'x410', lie: boolean): Promise<Sent> {
  const { wire, tcp, transport, pair } = bound(isn, mode);
  const from = tcp.queue(0, tail(pair, lie));
  const frames = slices.map(s => tcp.segment(0, from + s.offset, s.length));
  expect(from).toBe(transport.tally[0].bytes);
  tcp.ack(1);
  tcp.close(0);
  return { report: await analyzeBytes(wire.pcap()), frames, from };
}

/** What must not depend on the segments: everything but frame numbers, times and the TCP layer's own counters. */
function essence(report: WholeReport) {
  return {
    streams: report.streams.map(s => ({
      state: s.state,
      anchored: s.anchored,
      protocol: s.protocol,
      tpduSize: s.tpduSize,
      directions: s.directions.map(d => [d.bytes, d.tpkts, d.tsdus, d.maxTpktLength, d.peakElements, d.gaps]),
    })),
    findings: report.findings
      .map(f => ({
        code: f.code,
        severity: f.severity,
        stream: f.stream,
        direction: f.direction,
        fingerprint: f.fingerprint,
        count: f.count,
        request: f.request && [
          f.request.headerOctets,
          f.request.streamOffset,
          f.request.declaredLength,
          f.request.elements,
          f.request.models,
          f.request.disturbance?.streamOffset,
          f.request.disturbance?.trueBoundary,
        ],
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    messages: report.messages.map(m => [m.kind, m.localIdentifier, m.state, m.size, m.octets, m.checkpoints]),
    associations: report.associations.map(a => [a.initiator, a.responder, a.mode, a.outcome, a.messages]),
  };
}

/** The frame that first carries each octet, and the one after which all octets before `end` are there. */
function arrival(slices: readonly Slice[], frames: readonly number[], length: number) {
  const first = new Uint32Array(length);
  slices.forEach((s, i) => {
    for (let at = s.offset; at < s.offset + s.length; at++) first[at] ||= frames[i]!;
  });
  return { first, readable: (end: number) => first.subarray(0, end).reduce((a, b) => Math.max(a, b), 0) };
}

const ISN = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0xffff_e000, max: 0xffff_ffff }));

describe('order, duplication and overlap of segments that carry the same octets change nothing', () => {
  test.each(['normal', 'x410'] as const)('a healthy transfer, %s mode', async mode => {
    const length = tail(bound(1, mode).pair, false).length;
    const whole = essence((await send([{ offset: 0, length }], 1, mode, false)).report);
    expect(whole.findings.filter(f => f.severity !== 'note')).toEqual([]);
    expect(whole.messages).toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(segmentShuffle(length), ISN, async (slices, isn) => {
        expect(essence((await send(slices, isn, mode, false)).report)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('an offending one: the same claim, at the frame that makes the fourth header octet readable', async () => {
    const length = tail(bound(1, 'x410').pair, true).length;
    const reference = await send([{ offset: 0, length }], 1, 'x410', true);
    const whole = essence(reference.report);
    const [claim] = reference.report.findings.filter(f => f.code === 'mta.9404');
    expect(claim?.request).toMatchObject({ declaredLength: 0xf080, elements: 30 });
    const header = claim!.request!.streamOffset - reference.from;
    const disturbance = claim!.request!.disturbance!.streamOffset - reference.from;
    await fc.assert(
      fc.asyncProperty(segmentShuffle(length), ISN, async (slices, isn) => {
        const { report, frames } = await send(slices, isn, 'x410', true);
        expect(essence(report)).toEqual(whole);
        const { first, readable } = arrival(slices, frames, length);
        const found = report.findings.find(f => f.code === 'mta.9404')!;
        expect(found.frame).toBe(readable(header + 4));
        const carriers = [...new Set(first.subarray(header, header + 4))].sort((a, b) => a - b);
        expect(found.request!.headerFrames).toEqual(carriers);
        expect(found.request!.disturbanceFrame).toBe(first[disturbance]);
      }),
      { numRuns: 120 },
    );
  });

  test('octets that never come are counted as missing, and nothing behind them supports a claim', async () => {
    const length = tail(bound(1, 'x410').pair, true).length;
    const header = (await send([{ offset: 0, length }], 1, 'x410', true)).report.findings.find(
      f => f.code === 'mta.9404',
    )!.request!.streamOffset;
    await fc.assert(
      fc.asyncProperty(
        segmentShuffle(length),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 40 }),
        async (all, keep) => {
          const slices = all.filter((_, i) => keep[i % keep.length]);
          const { report, frames, from } = await send(slices, 7, 'x410', true);
          const { first } = arrival(slices, frames, length);
          const there = first.filter(frame => frame > 0).length;
          const [direction] = report.streams[0]!.directions;
          expect(direction.bytes).toBe(from + there);
          // A hole is known by the octets behind it, one at the end by the FIN.
          expect(direction.gapBytes).toBe(length - there);
          const hole = first.indexOf(0);
          const claims = report.findings.filter(f => /^mta\.9404/.test(f.code));
          if (hole >= 0 && from + hole < header + 4) expect(claims).toEqual([]);
          else expect(claims).toHaveLength(1);
        },
      ),
      { numRuns: 80 },
    );
  });
});

test.each(['normal', 'x410'] as const)(
  'a frame that stands before one of the other side that it answers is no fault (%s)',
  async mode => {
    const { wire, pair } = bound(7, mode);
    for (const n of [1, 2]) pair.transfer(0, letter(`980701.0900.00${n}`, 1_500));
    pair.release();
    const { frames } = wire;
    const sender = (i: number) => frames[i]!.bytes.slice(26, 30).join();
    const exchange = (i: number) => {
      const [a, b] = [frames[i]!, frames[i + 1]!];
      frames[i] = { ...a, bytes: b.bytes };
      frames[i + 1] = { ...b, bytes: a.bytes };
    };
    // Behind the handshake.
    for (let i = 3; i + 1 < frames.length; i++) {
      if (sender(i) === sender(i + 1)) continue;
      exchange(i);
      const { findings } = await analyzeBytes(wire.pcap());
      expect(findings.map(f => [i + 1, f.code, f.message])).toEqual([]);
      exchange(i);
    }
  },
);

test.each([
  ['all of what was there', 0, 'tcp.retransmission-differs'],
  ['a part of it, with more behind', 4, 'tcp.overlap-differs'],
] as const)('octets that differ from those received first are told: %s', async (_, more, code) => {
  const { wire, tcp } = bound(1, 'x410');
  const [tpkt] = tsdu(new Uint8Array(40));
  const at = tcp.queue(0, cat(tpkt!, tpkt!));
  tcp.segment(0, at, 20);
  tcp.segment(0, at, 20 + more, new Uint8Array(20 + more).fill(0x41));
  const { findings } = await analyzeBytes(wire.pcap());
  expect(findings.map(f => f.code).filter(c => /differs/.test(c))).toEqual([code]);
});
