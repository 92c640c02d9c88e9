import { describe, expect, it } from 'vitest';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

const MTA = { address: '192.0.2.10', port: 102 };
const peer = (port: number) => ({ address: '192.0.2.20', port });

/** Something that every model calls illegal: 61,568 octets. */
function fatal(wire: Wire): number {
  const tcp = new Conversation(wire, peer(2000), MTA);
  tcp.open();
  new Transport(tcp).connect();
  return tcp.send(0, hex('0300f080 02f080'))[0]!;
}

/** A connect of the MTA that nobody answers: SYNs at 0, 3, 9 and 21 s, given up at 45 s. */
function unanswered(wire: Wire): void {
  const tcp = new Conversation(wire, { address: MTA.address, port: 1040 }, { address: '192.0.2.30', port: 102 });
  for (const pause of [3000, 6000, 12_000, 0]) {
    tcp.syn();
    wire.wait(pause);
  }
}

/** More connections than there are control blocks: one listens, so that the last finds none. */
function crowd(wire: Wire): void {
  for (let i = 0; i < 20; i++) new Conversation(wire, peer(3000 + i), MTA).open();
}

async function analyzed(play: (wire: Wire) => void, keepGoing = false): Promise<WholeReport> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  play(wire);
  wire.wait(100_000);
  new Conversation(wire, peer(4000), MTA).open();
  return analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.0'), mta: [MTA.address], keepGoing });
}

const times = ({ events }: WholeReport) => events.map(e => e.time.sec + e.time.nsec / 1e9);
const ids = ({ events }: WholeReport) => events.map(e => e.event.id);

describe('events', () => {
  it('come in the order of their times, a wait that runs out later than frames that were captured later', async () => {
    const report = await analyzed(wire => {
      unanswered(wire);
      crowd(wire);
    });
    expect(ids(report)).toEqual([9156, 9215]);
    expect(times(report)).toEqual([...times(report)].sort((a, b) => a - b));
    expect(report.events[0]!.frame).toBeGreaterThan(report.events[1]!.frame);
  });

  it('tell of a machine without a free control block once, with the number of connections; its peak is what it has', async () => {
    const report = await analyzed(wire => {
      crowd(wire);
      new Conversation(wire, peer(3100), MTA).open();
    });
    const [finding] = report.findings.filter(f => f.code === 'mta.9156');
    expect(finding!.message).toContain('20 are configured; 3 connections found none');
    expect(finding!.frames).toEqual([59, 62, 65]);
    expect(ids(report)).toEqual([9156]);
    expect(report.hosts.find(h => h.address === MTA.address)).toMatchObject({ controlBlocksPeak: 20 });
  });

  it('carry the time of their frames: 9156 that of the SYN-ACK', async () => {
    let at = 0;
    const report = await analyzed(wire => {
      for (let i = 0; i < 19; i++) new Conversation(wire, peer(3000 + i), MTA).open();
      const last = new Conversation(wire, peer(3019), MTA);
      last.syn();
      wire.wait(2000);
      at = last.synAck();
    });
    const start = report.streams[19]!.start;
    expect(report.events).toMatchObject([{ frame: at, stream: 19 }]);
    expect(report.events[0]!.time.sec - start.sec).toBe(2);
  });
});

describe('a machine that has stopped', () => {
  const after = (wire: Wire) => {
    fatal(wire);
    crowd(wire);
    unanswered(wire);
  };
  const before = (wire: Wire) => {
    unanswered(wire);
    fatal(wire);
  };

  it('logs nothing more, whatever was under way', async () => {
    const { events } = await analyzed(after);
    expect(events.map(e => e.event)).toMatchObject([{ id: 9404, severity: 16, exception: '0xE00524BC' }]);
    const report = await analyzed(before);
    expect(ids(report)).toEqual([9404]);
    expect(report.findings.map(f => f.code).filter(code => code.startsWith('mta.'))).toEqual(['mta.9404']);
    // Where the capture ends before the wait runs out, nothing is possible either.
    const wire = new Wire('1998-06-19T09:00:00Z');
    before(wire);
    const short = await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.0'), mta: [MTA.address] });
    expect(short.findings.map(f => f.code).filter(code => code.startsWith('mta.'))).toEqual(['mta.9404']);
  });

  it('says how much it left out', async () => {
    const why = (report: WholeReport) => report.findings.find(f => f.code === 'mta.9404')!.explanation;
    const left = 'Since the machine has stopped, what follows is left out';
    expect(why(await analyzed(after))).toContain(`${left} (2 events); --keep-going lists it.`);
    expect(why(await analyzed(after, true))).not.toContain(left);
    expect(why(await analyzed(wire => void fatal(wire)))).not.toContain(left);
    const again = (wire: Wire) => {
      fatal(wire);
      const tcp = new Conversation(wire, peer(2001), MTA);
      tcp.open();
      new Transport(tcp).connect();
      tcp.send(0, hex('0300a000 02f080'));
    };
    expect(why(await analyzed(again))).toContain(`${left} (1 request); --keep-going lists it.`);
  });

  it('logs on with keepGoing', async () => {
    expect(ids(await analyzed(after, true))).toEqual([9404, 9156, 9215]);
    expect(ids(await analyzed(before, true))).toEqual([9404, 9215]);
  });

  it('have the numbers of headers and elements of the request, and so have the findings', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    fatal(wire);
    for (const fixed of ['false', 'true']) {
      const settings = ['headersPerElement=2', `fixed=${fixed}`];
      const options = { ...analyzeOptions('exchange-5.0', settings), mta: [MTA.address] };
      const { findings } = await analyzeBytes(wire.pcap(), options);
      const [finding] = findings.filter(f => f.request !== undefined);
      expect(finding!.message).toContain('a request for 60 headers and 30 elements');
      expect(finding!.event!.text).toContain('The request was for 60 headers and 30 elements.');
    }
  });
});
