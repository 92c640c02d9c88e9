import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  app,
  ctx,
  ctxc,
  ia5String,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  set,
  tlv,
} from '../kit/ber.ts';
import { latin1, type Part } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { MtaPair } from '../kit/mta.ts';
import * as p1 from '../kit/p1.ts';
import { pcap } from '../kit/pcap.ts';
import { ses } from '../kit/session.ts';
import { Transport } from '../kit/transport.ts';
import * as upper from '../kit/upper.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const PASSWORD = 'open-4711-sesame';
/** Rows of a hex pane tear what they show: parts of it. */
const PARTS = [PASSWORD.slice(0, 6), PASSWORD.slice(5, 11), PASSWORD.slice(10)];
const HOSTS = [
  { address: '192.0.2.1', port: 1025 },
  { address: '192.0.2.2', port: 102 },
] as const;
const PERSON = { country: 'GB', admd: 'GOLD', surname: 'Smith' };

function capture(play: (transport: Transport, tcp: Conversation) => void): { file: string; frames: number } {
  const wire = new Wire('2026-03-01T09:15:00Z');
  const tcp = new Conversation(wire, ...HOSTS);
  const transport = new Transport(tcp, 65531);
  tcp.open();
  transport.connect(null);
  play(transport, tcp);
  const file = join(folder(), 'secret.pcap');
  writeFileSync(file, pcap(wire.frames));
  return { file, frames: wire.frames.length };
}

/** Every frame as text and as JSON, with the parts of the password that are readable there. */
async function readable({ file, frames }: { file: string; frames: number }, ...argv: string[]): Promise<string[]> {
  const found: string[] = [];
  for (let no = 1; no <= frames; no++) {
    for (const format of ['text', 'json']) {
      const { out } = await mtascope(['show', String(no), file, '--format', format, '--wide', ...argv]);
      const low = out.toLowerCase();
      for (const part of PARTS) {
        const digits = [...latin1(part)].map(octet => octet.toString(16));
        const forms = [part, digits.join(''), digits.join(' ')];
        if (forms.some(form => low.includes(form))) found.push(`${no} ${format} ${part}`);
      }
    }
  }
  return found;
}

function binding(credentials: Part): (transport: Transport) => void {
  const open = ctxc(16, ctxc(1, ia5String('MTA-A', 0x80), ctxc(1, credentials)));
  const ask = upper.aarq(upper.OID.mtsTransfer, upper.rtorq({ checkpointSize: 1, windowSize: 3, open }));
  const connect = ses.cn({ tokens: 0 }, upper.cp(upper.P1_CONTEXTS, upper.userData([1, ask])));
  return transport => void transport.tsdu(0, connect);
}

function transferring(contentType: number, content: Part): { file: string; frames: number } {
  return capture(transport => {
    const pair = new MtaPair(transport, { mode: 'normal', names: ['A', 'B'], checkpointSize: 0 });
    const envelope = { domain: PERSON, local: 'L', originator: PERSON, recipients: [PERSON], arrival: '260301091500Z' };
    pair.bind();
    pair.transfer(0, p1.message({ ...envelope, contentType }, content));
  });
}

describe('what show withholds', () => {
  it.each([
    ['a password', ia5String(PASSWORD)],
    ['one of a type that passwords do not have', printableString(PASSWORD)],
    ['one of no type at all', ctx(7, latin1(PASSWORD))],
  ])('%s, in the tree and in the octets', async (_, credentials) => {
    const file = capture(binding(credentials));
    expect(await readable(file)).toEqual([]);
    expect(await readable(file, '--show-credentials')).not.toEqual([]);
  });

  it.each([
    ['has the tag of one, in a context that nobody knows', '1.2.3.4', ctxc(3, ia5String(PASSWORD))],
    ['has what does not belong there', upper.OID.mms, ctxc(8, ctx(0, 5), ia5String(PASSWORD))],
    ['is none that opens an association', upper.OID.mms, ctxc(0, integer(1), ctxc(4, ia5String(PASSWORD)))],
  ])('what stands where the PDU of MMS would, and %s', async (_, syntax, value) => {
    const contexts: upper.Context[] = [
      [1, upper.OID.acse],
      [3, syntax],
    ];
    const ask = upper.cp(contexts, upper.userData([1, upper.aarq('1.2.3.4', value)]));
    const file = capture(transport => void transport.tsdu(0, ses.cn({ units: 2 }, ask)));
    expect(await readable(file)).toEqual([]);
    expect(await readable(file, '--show-credentials')).not.toEqual([]);
  });

  it('the octets of a password in a frame that repeats them', async () => {
    const file = capture((transport, tcp) => {
      const before = tcp.queue(0, new Uint8Array(0));
      binding(octetString(latin1(PASSWORD)))(transport);
      const after = tcp.queue(0, new Uint8Array(0));
      tcp.segment(0, before, after - before);
      tcp.segment(0, before + 100, after - before - 100);
    });
    expect(await readable(file)).toEqual([]);
    expect(await readable(file, '--show-credentials')).not.toEqual([]);
  });

  it('the octets around it, of a content and of its fragments, as values of their fields', async () => {
    const access = ctxc(15, ctxc(1, sequence(ctx(0, 0, 0xff), ctxc(4, ctxc(0, tlv(0x19, latin1(PASSWORD)))))));
    const parameters = ctxc(0, oid('2.6.1.11.12'), ctxc(0, sequence(ctxc(4, access))));
    const data = tlv(0x28, oid('2.6.1.4.12'), ctxc(0, sequence()));
    const ipm = ctxc(0, set(app(11, printableString('ID'))), sequence(ctxc(15, parameters, data)));
    const file = transferring(22, ipm);
    expect(await readable(file)).toEqual([]);
    expect(await readable(file, '--show-credentials')).not.toEqual([]);
  });

  it.each([
    ['X12', `ISA*00*          *01*${PASSWORD}*ZZ*A*ZZ*B*260301*0915*U*00401*000000007*0*P*>~GS*PO~`],
    ['EDIFACT', `UNB+UNOA:1+A+B+260301:0915+1'UNG+INVOIC+A+B+260301:0915+1+UN+D:96A+${PASSWORD}'UNH+1'`],
  ])('the octets around it, of an interchange of %s in a content of unidentified type', async (_, interchange) => {
    for (const content of [latin1(interchange), octetString(latin1(interchange))]) {
      const file = transferring(0, content);
      expect(await readable(file)).toEqual([]);
      expect(await readable(file, '--show-credentials')).not.toEqual([]);
      expect((await mtascope(['follow', '0', file.file])).out).not.toContain(PASSWORD);
      const asked = ['packets', file.file, '--filter', `p35.interchange contains "${PASSWORD}"`];
      expect((await mtascope(asked)).out).not.toContain('192.0.2.1');
    }
  });
});
