import { describe, expect, it } from 'vitest';
import { letter } from '../../scripts/captures/scene.ts';
import { limitFindings } from '../../src/app/gate-limits.ts';
import type { Policy } from '../../src/app/policy.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { Conversation } from '../kit/conversation.ts';
import { MtaPair } from '../kit/mta.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

interface Circumstances {
  readonly start: string;
  readonly hosts: readonly [string, string];
  readonly port: number;
  readonly isn: number;
  /** Octets of a segment. */
  readonly cut: number;
}

const FIRST: Circumstances = {
  start: '1998-06-19T09:00:00Z',
  hosts: ['192.0.2.80', '192.0.2.90'],
  port: 1080,
  isn: 1000,
  cut: 1460,
};

const LIMITS = { limits: { maxTpktLength: 100, maxPeakElements: 0, maxControlBlocks: 1 } } as Policy;

/** A refused connect, a transfer with a damaged segment and one beyond the window, and one side of a conversation alone. */
async function findings({ start, hosts, port, isn, cut }: Circumstances) {
  const wire = new Wire(start);
  const [client, server] = hosts;
  const refused = new Conversation(wire, { address: client, port, isn }, { address: server, port: 102 });
  refused.syn();
  refused.refuse();
  wire.wait(2000);

  const tcp = new Conversation(
    wire,
    { address: client, port: port + 1, isn: isn ^ 0x0f00_0000 },
    { address: server, port: 102, isn: ~isn >>> 0 },
  );
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect();
  const pair = new MtaPair(transport, { mode: 'x410', names: ['EXCH4', 'MTA-SE-01'] });
  pair.bind();
  const from = tcp.queue(0, new Uint8Array(4 * cut));
  const damaged = wire.frames[tcp.segment(0, from, cut) - 1]!;
  damaged.bytes[damaged.bytes.length - 1]! ^= 0xff;
  tcp.segment(0, from, cut);
  tcp.segment(0, from + 100_000, cut, new Uint8Array(cut));
  tcp.reset(0);

  const alone = new Conversation(wire, { address: server, port: port + 2 }, { address: client, port: 102 });
  alone.segment(0, alone.queue(0, letter('980701.0900.001', 90)), 90);

  const report = await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.5'), mta: [client] });
  return [...report.findings, ...limitFindings(report, LIMITS)];
}

const known = async (circumstances: Circumstances) =>
  (await findings(circumstances)).map(finding => `${finding.code} ${finding.fingerprint}`);

describe('fingerprints of a conversation that is captured again', () => {
  it('cover what depends on hosts and segments', async () => {
    const codes = new Set((await findings(FIRST)).map(finding => finding.code));
    for (const code of ['mta.9215', 'tcp.checksum', 'tcp.beyond-window', 'tcp.one-sided', 'gate.max-control-blocks'])
      expect(codes).toContain(code);
  });

  it.each<[string, Partial<Circumstances>]>([
    ['other addresses', { hosts: ['10.9.8.7', '10.200.3.4'] }],
    ['addresses of IPv6', { hosts: ['2001:db8::7', '2001:db8::9'] }],
    ['other ports', { port: 40_000 }],
    ['another time', { start: '2024-02-29T23:59:59Z' }],
    ['other sequence numbers', { isn: 0xffff_fff0 }],
    ['another MSS', { cut: 536 }],
    ['all of it', { start: '2011-01-01T00:00:00Z', hosts: ['10.1.1.2', '10.1.1.3'], port: 50_000, isn: 77, cut: 900 }],
  ])('stay under %s', async (_, changes) => {
    expect(await known({ ...FIRST, ...changes })).toEqual(await known(FIRST));
  });
});
