import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder } from '../cli/kit.ts';
import { ctx, ctxc, integer, tlv } from '../kit/ber.ts';
import { cat, hex, latin1, type Part, u16 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';
import { anonymizeInto } from './kit.ts';

const dir = folder();

function capture(name: string, talk: (tcp: Conversation) => void): string {
  const wire = new Wire('1998-06-03T07:00:00Z');
  const tcp = new Conversation(wire, { address: '10.1.2.3', port: 2000 }, { address: '10.1.2.4', port: 102 });
  tcp.open();
  talk(tcp);
  const file = join(dir, `${name}.pcap`);
  writeFileSync(file, wire.pcap());
  return file;
}

/** A CR or CC whose variable part is not made of parameters. */
const connect = (code: number, variable: Part): Uint8Array =>
  tpkt(cat(6 + cat(variable).length, code, u16(0), u16(0x29), 0, variable));

const mms = (name: string): Uint8Array =>
  cat(ctxc(0, integer(7), ctxc(4, ctxc(0, tlv(26, latin1('Breaker7')), tlv(26, latin1(name))))));

const overTransport =
  (...tsdus: Uint8Array[]) =>
  (tcp: Conversation): void => {
    const transport = new Transport(tcp);
    transport.connect();
    for (const bytes of tsdus) transport.tsdu(0, bytes);
  };

const cases: [protocol: string, secret: string, talk: (tcp: Conversation) => void][] = [
  [
    'RDP',
    'annasmith',
    tcp => {
      tcp.send(0, connect(0xe0, cat(latin1('Cookie: mstshash=annasmith\r\n'), 1, 0, 8, 0, 3, 0, 0, 0)));
      tcp.send(1, connect(0xd0, cat(2, 0, 8, 0, 1, 0, 0, 0)));
    },
  ],
  ['RDP', '3640205228', tcp => void tcp.send(0, connect(0xe0, latin1('msts=3640205228.15629.0000\r\n')))],
  [
    'H.323',
    'annasmith',
    tcp => {
      tcp.send(0, tpkt(cat(8, 2, 0x12, 0x34, 5, latin1('annasmith'))));
      tcp.send(1, tpkt(cat(8, 2, 0x92, 0x34, 2, latin1('annasmith'))));
    },
  ],
  ['MMS', 'Breaker7', overTransport(mms('PosOfBreaker7'))],
  ['IEC 61850 MMS', 'Breaker7', overTransport(mms('LLN0$ST$Pos'))],
  [
    'RDP',
    'ANNAS-PC',
    overTransport(cat(0x7f, 0x65, 30, ctx(0, latin1('Duca')), latin1('ANNAS-PC'), new Array(16).fill(1)), cat(4, 1, 0)),
  ],
  ['T.125', 'ANNAS-PC', overTransport(cat(0x64, u16(6), u16(1003), 0x70, 8, latin1('ANNAS-PC')))],
];

describe('other users of the transport service, anonymized', () => {
  it.each(cases)('%s stays what it is and tells nothing of %s', async (protocol, secret, talk) => {
    const file = capture(secret, talk);
    const { original, proof, bytes, missing, added, protocols } = await anonymizeInto(dir, file);
    expect(original.streams.map(s => s.protocol)).toEqual([protocol]);
    expect(proof.streams.map(s => s.protocol)).toEqual([protocol]);
    expect({ missing, added, protocols }).toEqual({ missing: [], added: [], protocols: [] });
    expect(proof.associations.map(a => a.pdus)).toEqual(original.associations.map(a => a.pdus));
    expect(bytes.includes(secret)).toBe(false);
  });

  it('MMS keeps the numbers of its PDUs, and none that a process has', async () => {
    const written = ctxc(0, ctx(5, 0x12, 0x34, 0x56), ctx(6, 0x65, 0x43, 0x21), ctx(10, latin1('Breaker7')));
    const file = capture('mms-write', overTransport(ctxc(0, integer(0x7abc), ctxc(5, ctxc(0), written))));
    const { bytes, missing, added } = await anonymizeInto(dir, file);
    expect({ missing, added }).toEqual({ missing: [], added: [] });
    expect(bytes.includes(Buffer.from(hex('02027abc')))).toBe(true);
    for (const value of ['123456', '654321']) expect(bytes.includes(Buffer.from(hex(value))), value).toBe(false);
    expect(bytes.includes('Breaker7')).toBe(false);
  });

  it('a TPKT that a hole tears goes on saying where the next one begins', async () => {
    const file = capture('torn', tcp => {
      const transport = new Transport(tcp);
      transport.connect();
      transport.tsdu(0, cat(13, 4, latin1('ANNA')));
      const long = tpkt(cat(2, 0xf0, 0x80, latin1('ANNA-SMITH '.repeat(20))));
      const at = tcp.queue(0, cat(long, tpkt(cat(2, 0xf0, 0x80, latin1('ANNA-SMITH')))));
      tcp.segment(0, at, 50);
      tcp.segment(0, at + 150, long.length - 150 + 17);
      tcp.ack(1);
    });
    const { original, bytes, missing, added, proof } = await anonymizeInto(dir, file);
    expect(original.streams[0]!.directions[0].gaps).toBe(1);
    expect(proof.streams[0]!.directions[0].tpkts).toBe(original.streams[0]!.directions[0].tpkts);
    expect({ missing, added }).toEqual({ missing: [], added: [] });
    expect(bytes.includes('ANNA')).toBe(false);
  });
});
