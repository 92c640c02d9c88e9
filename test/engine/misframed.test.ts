import { describe, expect, it } from 'vitest';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { cat, filler } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { MtaPair } from '../kit/mta.ts';
import { ses } from '../kit/session.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';
import { message } from './upper/kit.ts';

const EXCESS = 3;

/** A TPKT that declares more than it carries. */
function lying(ssdu: Uint8Array): Uint8Array {
  const bytes = tpkt(dt(ssdu));
  bytes[3]! += EXCESS;
  return bytes;
}

/** One message, its first kilooctet in a TPKT that takes in the first octets of the next one. */
async function misread(
  mode: 'normal' | 'x410',
  behind: (octets: number) => readonly number[],
  next = tpkt(dt(ses.mip(1))),
): Promise<WholeReport> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect();
  const pair = new MtaPair(transport, { mode, names: ['MTA-A', 'MTA-B'], checkpointSize: 1 });
  pair.bind();
  pair.ssdu(0, ses.as(pair.activityId(1)));
  const first = lying(pair.data(pair.fragments(message('M1', 5000))[0]!));
  const octets = cat(first, next);
  tcp.send(0, octets, { segments: behind(first.length) });
  tcp.reset(0);
  return analyzeBytes(wire.pcap());
}

/** How the octets are cut into segments: whole, where the TPKT says that it ends, within the header that is read there, one by one. */
const CUTS: readonly ((octets: number) => readonly number[])[] = [
  () => [2000],
  octets => [octets, 2000],
  octets => [octets + EXCESS, 2000],
  octets => [octets + EXCESS + 2, 2000],
  () => [1],
];

/** Two MTAs of 1984, and the first activity of the client. */
function inActivity(): { wire: Wire; tcp: Conversation; pair: MtaPair } {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['MTA-A', 'MTA-B'], checkpointSize: 1 });
  pair.bind();
  pair.ssdu(0, ses.as(pair.activityId(1)));
  return { wire, tcp, pair };
}

describe('a TPKT that declares more than it carries', () => {
  it('lends nothing of the next one to the message, nor to what is judged', async () => {
    for (const mode of ['normal', 'x410'] as const) {
      for (const cut of CUTS) {
        const { messages, findings, streams } = await misread(mode, cut);
        expect(messages).toMatchObject([{ state: 'damaged', octets: 1024, localIdentifier: 'M1' }]);
        expect(messages[0]!.why).toContain('its framing was lost');
        expect(messages[0]!.why).not.toContain('were lost in the capture');
        expect(streams[0]!.directions[0].gaps).toBe(0);
        const above = findings.filter(f => !/^(mta|tpkt)\./.test(f.code));
        expect(above).toEqual([]);
        const [fatal] = findings.filter(f => f.code === 'mta.9404');
        expect(fatal!.request!.hits).toContain(', 1,024 of ');
      }
    }
  });

  it('lends nothing either where the length of the next one is false too', async () => {
    const next = cat(lying(ses.mip(1)), tpkt(dt(ses.mip(2))), tpkt(dt(ses.mip(3))));
    for (const cut of CUTS) {
      const { messages, findings } = await misread('x410', cut, next);
      expect(messages).toMatchObject([{ state: 'damaged', octets: 1024, localIdentifier: 'M1' }]);
      expect(findings.find(f => f.code === 'mta.9404')!.request!.hits).toContain(', 1,024 of ');
    }
  });

  it('is no DT that is too large, where only its length is', async () => {
    const sizes = async (excess: number) => {
      const wire = new Wire('1998-06-19T09:00:00Z');
      const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
      tcp.open();
      new Transport(tcp).connect();
      const full = tpkt(dt(filler(2045 + EXCESS - excess)));
      full[3]! += excess;
      tcp.send(0, cat(full, tpkt(dt(filler(20)))));
      tcp.close(0);
      const { findings } = await analyzeBytes(wire.pcap());
      return findings.map(f => f.code).filter(code => /too-large|exceeds/.test(code));
    };
    expect(await sizes(EXCESS)).toEqual(['tpkt.exceeds-tpdu-size']);
    expect((await sizes(0)).sort()).toEqual(['cotp.dt-too-large', 'tpkt.exceeds-tpdu-size']);
  });

  it('hides nothing of what was found wrong before', async () => {
    const { wire, tcp, pair } = inActivity();
    const bytes = pair.apdu(message('M1', 5000));
    pair.ssdu(0, pair.data(bytes.subarray(0, 1500)));
    tcp.send(0, cat(lying(pair.data(bytes.subarray(1500, 1600))), tpkt(dt(ses.mip(1)))));
    tcp.reset(0);
    const { findings } = await analyzeBytes(wire.pcap());
    expect(findings.filter(f => f.code === 'rtse.checkpoint-size')).toMatchObject([{ count: 1 }]);
  });
});

describe('octets that are missing in the capture', () => {
  it('are told as that', async () => {
    const { wire, tcp, pair } = inActivity();
    const [first, second] = pair.fragments(message('M1', 5000));
    pair.ssdu(0, pair.data(first!));
    tcp.queue(0, tpkt(dt(pair.data(second!))));
    pair.ssdu(0, ses.mip(1));
    tcp.reset(0);
    const { messages } = await analyzeBytes(wire.pcap());
    expect(messages[0]!.why).toContain('octets of it were lost in the capture');
  });
});

it('what begins with 03 within a TPKT that carries more than it declares is no TPKT', async () => {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  // Its last two octets and the next header's first two say 03, and 768 octets.
  const short = tpkt(dt(cat(filler(20), 3, 0x19)), { declare: 27 });
  const sound = tpkt(dt(filler(500)));
  tcp.send(0, cat(short, sound, sound, sound));
  const { streams } = await analyzeBytes(wire.pcap());
  expect(streams[0]!.directions[0].tpkts).toBe(1 + 4);
});

describe('what is wrong with a header is told at the frame that brought it', () => {
  const opened = (): Conversation => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
    tcp.open();
    new Transport(tcp).connect();
    return tcp;
  };
  const frameOf = (report: WholeReport, code: string) => report.findings.find(f => f.code === code)?.frame;
  const unit = tpkt(dt(filler(40)));

  it('also when the framing is found again only at the end', async () => {
    const tcp = opened();
    // No header, then what may be one and claims so much that nothing tells the contrary before the end.
    tcp.send(0, cat(9, 9, 9, 9, tpkt(dt(filler(30_000))).subarray(0, 7)));
    tcp.send(0, cat(unit, unit));
    const at = tcp.queue(0, cat(3, 0, 0, 0));
    const frame = tcp.segment(0, at, 4);
    tcp.ack(1);
    tcp.send(0, cat(unit, unit));
    tcp.reset(1);
    expect(frameOf(await analyzeBytes(tcp.wire.pcap()), 'tpkt.length-invalid')).toBe(frame);
  });

  it('also when a TPKT proves at the end to be shorter than it says', async () => {
    const tcp = opened();
    const lying = tpkt(dt(filler(40)));
    lying[2] = 0x70;
    const at = tcp.queue(0, lying);
    const frame = tcp.segment(0, at, lying.length);
    tcp.ack(1);
    tcp.send(0, cat(unit, unit));
    tcp.reset(1);
    const report = await analyzeBytes(tcp.wire.pcap());
    expect(frameOf(report, 'tpkt.length-mismatch')).toBe(frame);
  });

  it('and when several of them do', async () => {
    const tcp = opened();
    const lying = tpkt(dt(filler(40)));
    lying[2] = 0x70;
    tcp.send(0, cat(lying, unit, unit, lying, unit, unit, unit.subarray(0, 9)));
    tcp.reset(1);
    const { streams, findings } = await analyzeBytes(tcp.wire.pcap());
    expect(findings.find(f => f.code === 'tpkt.length-mismatch')!.count).toBe(2);
    expect(findings.map(f => f.code)).toContain('tpkt.unfinished');
    expect(streams[0]!.directions[0].tpkts).toBe(1 + 4);
  });
});

it('an association begins with its first frame, also where that can be read only after later ones', async () => {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.10', port: 1025 }, { address: '192.0.2.20', port: 102 });
  const s7 = (rosctr: number) => tpkt(dt(cat(0x32, rosctr, [0, 0], [0, 1], [0, 2], [0, 0], 0xf0, 0)));
  // No SYN: one TPKT alone is known for one when nothing follows, two in a row at once.
  tcp.send(0, s7(1), { quiet: true });
  tcp.send(1, cat(s7(7), s7(7)), { quiet: true });
  tcp.send(1, s7(7), { quiet: true });
  const { associations } = await analyzeBytes(wire.pcap());
  expect(associations.map(({ firstFrame, lastFrame }) => [firstFrame, lastFrame])).toEqual([[1, 3]]);
  expect(associations[0]!.start.nsec).toBeLessThan(associations[0]!.end.nsec);
});
