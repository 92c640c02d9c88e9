import { expect, test } from 'vitest';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { cr, dt, parameter, tsdu } from '../kit/cotp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

/** A transport connection on which the client then says `octets`. */
function after(octets: Uint8Array, segments?: readonly number[]): Promise<WholeReport> {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  new Transport(tcp).connect();
  tcp.send(0, octets, segments === undefined ? {} : { segments });
  tcp.close(0);
  return analyzeBytes(wire.pcap(), analyzeOptions('exchange-5.5'));
}

const codes = (report: WholeReport) => report.findings.map(f => f.code);

test('a TPKT of five octets is no DT, whatever stands behind it', async () => {
  const report = await after(cat(hex('03000005 02'), tpkt(dt([1, 0, 1, 0])), hex('f080')));
  expect(codes(report)).toContain('cotp.li-too-large');
  expect(report.streams[0]!.directions[0]).toMatchObject({ tpkts: 3, tsdus: 1 });
});

test('framing that is lost again behind the last TPKT found does not keep the analysis from ending', async () => {
  const good = tpkt(dt(filler(40)));
  // A header that is none; one that promises more than there is, so that the search waits; two TPKTs; once more no header.
  const report = await after(
    cat(tpkt(dt([9])), hex('ff00ff00'), hex('03004000 02f080 41'), good, good, hex('ff00ff00ff00')),
  );
  expect(codes(report)).toContain('tpkt.version');
  expect(report.streams[0]!.anchored).toBe(false);
});

test('octets that wait out of order are kept although the window behind the reader is used again', async () => {
  // More than a window of 1 MiB between the segment that comes early and the one that it waits for.
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  const transport = new Transport(tcp);
  transport.connect();
  const units = cat(tsdu(filler(3000)));
  const at = tcp.queue(0, units);
  tcp.segment(0, at + 700, units.length - 700);
  const noise = new Conversation(wire, { address: '192.0.2.3', port: 4000 }, { address: '192.0.2.4', port: 80 });
  noise.open();
  noise.send(0, new Uint8Array(1_500_000).fill(0x41), { quiet: true });
  tcp.segment(0, at, 700);
  tcp.close(0);
  const report = await analyzeBytes(wire.pcap());
  expect(report.streams[0]!.directions[0]).toMatchObject({ tpkts: 3, tsdus: 1, gaps: 0 });
  expect(codes(report).filter(code => /^tpkt\./.test(code))).toEqual([]);
});

test.each([
  ['0b00', 'TPDU size parameter of 2 octets, it has one'],
  ['', 'TPDU size parameter of 0 octets, it has one'],
  ['0e', 'TPDU size parameter 0x0e is outside 07…0D'],
])('a TPDU size of the octets "%s" is told by what is wrong with it', async (octets, detail) => {
  const wire = new Wire('2001-01-01T00:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  tcp.send(0, tpkt(cr(1, { more: parameter(0xc0, hex(octets)) })));
  const { findings } = await analyzeBytes(wire.pcap());
  expect(findings.find(f => f.code === 'cotp.tpdu-size-value')?.message).toContain(detail);
});
