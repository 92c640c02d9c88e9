import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { Scene } from '../../scripts/captures/scene.ts';
import { thousands } from '../../src/report/format.ts';
import { app, ctxc, ia5String, oid, printableString, sequence, set, tlv } from '../kit/ber.ts';
import { cat } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { MtaPair } from '../kit/mta.ts';
import * as p1 from '../kit/p1.ts';
import { Transport } from '../kit/transport.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));
const SHARED = join(import.meta.dirname, '../../../shared/captures');
const shared = (file: string) => join(SHARED, file);
const without = existsSync(SHARED) ? '' : ' (skipped: ../shared/captures is not there)';

interface Line {
  kind: string;
  name: string;
  detail: string;
  direction: number;
  frame: number;
  frames: number[];
  octets: number;
  count: number;
  text?: string[];
}

async function follow(stream: number, file: string, ...argv: string[]): Promise<Line[]> {
  const { code, out, err } = await mtascope(['follow', String(stream), file, '--format', 'ndjson', ...argv]);
  expect([code, err]).toEqual([0, '']);
  return out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(line => line.type === 'pdu');
}

const X410 = 'stacks/p1_x410_turn_reports.pcap';

describe('follow', () => {
  it('has one line a TPDU, as many each way as the stream table counts', async () => {
    for (const { file } of SAMPLES) {
      const report = JSON.parse((await mtascope(['streams', bundled(file), '--format', 'json'])).out).captures[0];
      for (const stream of report.streams.slice(0, 5)) {
        const lines = (await follow(stream.id, bundled(file))).filter(line => line.kind === 'cotp');
        const each = [0, 1].map(d => lines.filter(line => line.direction === d).length);
        expect(each, `${file} stream ${stream.id}`).toEqual(stream.directions.map((d: { tpkts: number }) => d.tpkts));
      }
    }
  });

  it('tells the end of the machine where it happens', async () => {
    const { out } = await mtascope(['follow', '1', bundled('q182619-5.0.pcap')]);
    const lines = out.split('\n');
    const at = lines.findIndex(line => line.includes('✖ mta.9404'));
    expect(lines[at - 1]).toMatch(/^ *74, 76 .* DT {2}\(0\) EOT/);
    expect(out).toContain('Stream 1: 192.0.2.17:1107 → 192.0.2.40:102, P1 (1984)');
    expect(out.trimEnd()).toMatch(/lines; the connection was reset\.$/);
  });

  it('joins the fragments of one transfer, and names checkpoints and turns', async () => {
    const lines = (await follow(0, bundled('clean-association.pcap'), '--layer', 'rtse')).filter(
      l => l.kind === 'rtse',
    );
    const names = lines.map(line => line.name);
    expect(names.slice(0, 4)).toEqual(['rtorq-apdu', 'rtoac-apdu', 'activity start', 'transfer']);
    expect(names).toContain('checkpoint confirmed');
    expect(names.filter(name => name === 'activity end').length).toBe(
      names.filter(name => name === 'activity end confirmed').length,
    );
    expect(names.some((name, i) => name === 'transfer' && names[i + 1] === 'transfer')).toBe(false);
  });

  it('has one line a message at P1, with the frames of the whole APDU', async () => {
    const { messages } = JSON.parse(
      (await mtascope(['messages', bundled('clean-association.pcap'), '--format', 'json'])).out,
    ).captures[0];
    const lines = await follow(0, bundled('clean-association.pcap'), '--layer', 'p1', '--filter', 'p1.MTS_APDU');
    expect(lines.map(line => line.name)).toEqual(messages.map((m: { kind: string }) => m.kind));
    for (const [i, line] of lines.entries()) {
      expect(line.detail).toContain(messages[i].mtsIdentifier);
      expect(line.frames[0]).toBeGreaterThanOrEqual(messages[i].firstFrame);
      expect(line.frame).toBe(messages[i].lastFrame);
      if (line.name === 'message')
        expect(line.detail).toMatch(new RegExp(`, content of ${thousands(messages[i].size)} octets$`));
    }
  });

  it('says what became of the recipients of a report, and how long a content a probe asks for', async () => {
    const file = bundled('clean-association-1984.pcap');
    const lines = await follow(0, file, '--layer', 'p1', '--filter', 'p1.MTS_APDU != "message"');
    expect(lines.map(line => [line.name, line.detail.split(', ').at(-1)])).toEqual([
      ['probe', 'content of 48,000 octets'],
      ['report', '1 unable-to-transfer: unrecognised-OR-name'],
    ]);
  });

  it('names body parts as the list of messages does, extended ones by their types', async () => {
    const domain = { country: 'XX', admd: 'ICAO', prmd: 'FRANCE' };
    const user = { ...domain, surname: 'LFPGYFYX' };
    const envelope = { domain, local: '1', originator: user, recipients: [user], arrival: '260301091500Z' };
    const data = tlv(0x28, oid('2.6.1.4.0'), ctxc(0, ia5String('PRI: FF')));
    const ipm = ctxc(0, set(app(11, printableString('I1'))), sequence(ctxc(15, data)));
    const scene = new Scene('2026-03-01T09:15:00Z');
    const { transport } = scene.line('192.0.2.21', '192.0.2.50');
    transport.tcp.open();
    transport.connect();
    const pair = new MtaPair(transport, { mode: 'normal', names: ['A', 'B'], checkpointSize: 1 });
    pair.bind();
    pair.transfer(0, p1.message({ ...envelope, contentType: 22 }, ipm));
    const file = join(folder(), 'extended.pcap');
    writeFileSync(file, scene.done().bytes);
    const [line] = (await follow(0, file, '--layer', 'content')).filter(row => row.kind === 'p22');
    expect(line!.text!.filter(text => text !== '')).toEqual(['— ia5-text (2.6.1.4.0), 21 octets', 'PRI: FF']);
    const { captures } = JSON.parse((await mtascope(['messages', file, '--format', 'json'])).out);
    expect(captures[0].messages[0].ipm.bodyParts).toEqual(['ia5-text (2.6.1.4.0)']);
  });

  it('selects by fields of the PDUs', async () => {
    const lines = await follow(
      0,
      bundled('clean-association.pcap'),
      '--filter',
      'cotp.type == 0x0e || cotp.type == 0x0d',
    );
    expect(lines.map(line => line.name)).toEqual(['CR', 'CC']);
    const wrong = await mtascope(['follow', '0', 'x', '--filter', 'cotp.tpe']);
    expect([wrong.code, wrong.err.split('\n')[0]]).toEqual([
      2,
      '--filter: there is no field cotp.tpe; did you mean cotp.type? (at character 1)',
    ]);
  });

  it('says which streams there are when the one asked for is not', async () => {
    const one = await mtascope(['follow', '7', bundled('clean-association.pcap')]);
    expect([one.code, one.out, one.err]).toEqual([2, '', 'stream 7: the capture has stream 0 only\n']);
    const more = await mtascope(['follow', '7', bundled('q182619-5.0.pcap')]);
    expect(more.err).toBe('stream 7: the capture has streams 0 to 1 (`mtascope streams` lists them)\n');
    const none = await mtascope(['follow', '0', bundled('clean-association.pcap'), '--port', '9']);
    expect(none.err).toContain('no ISO transport stream');
  });

  it('writes a document that parses, keeps within the terminal, lets no control character through', async () => {
    const document = JSON.parse(
      (await mtascope(['follow', '0', bundled('clean-association.pcap'), '--format', 'json'])).out,
    );
    expect(document).toMatchObject({ stream: 0, layer: 'cotp', schemaVersion: expect.any(String) });
    expect(document.pdus.length).toBeGreaterThan(10);
    for (const layer of ['cotp', 'session', 'rtse', 'p1', 'content']) {
      const look = { color: false, unicode: true, width: 72 };
      const { out } = await mtascope(['follow', '1', bundled('q182619-5.0.pcap'), '--layer', layer], { look });
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(72);
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }
  });
});

describe('of a capture that is cut', () => {
  it('says so in every format', async () => {
    const file = join(folder(), 'cut.pcap');
    writeFileSync(file, readFileSync(bundled('clean-association.pcap')).subarray(0, -1));
    const [warning] = JSON.parse((await mtascope(['streams', file, '--format', 'json'])).out).captures[0].warnings;
    expect(warning.code).toBe('capture.truncated');
    const [text, document, lines] = await Promise.all(
      ['text', 'json', 'ndjson'].map(format => mtascope(['follow', '0', file, '--format', format])),
    );
    expect(text!.out).toContain(warning.message);
    expect([document!.err, JSON.parse(document!.out).warnings]).toEqual(['', [warning]]);
    expect(lines!.err).toBe(`${file}: ${warning.message}\n`);
    expect([text, document, lines].map(ran => ran!.code)).toEqual([0, 0, 0]);
  });
});

describe.skipIf(without !== '')(`on real captures${without}`, () => {
  it('follows X.410 mode to the text of the messages', async () => {
    const lines = (await follow(0, shared(X410), '--layer', 'content')).filter(line => line.kind !== 'tcp');
    expect(lines.map(line => [line.kind, line.name, line.direction])).toEqual([
      ['p22', 'InterPersonal Message (Hello from ACME)', 0],
      ['p22', 'InterPersonal Message (Order 4711 urgent)', 0],
      ['p22', 'InterPersonal Message (returned) non-delivery, delivery report', 1],
    ]);
    expect(lines[0]!.text).toContain('Simple 1984 message body.');
    expect(lines[1]!.text).toEqual(expect.arrayContaining(['Subject: Order 4711 urgent', 'line 1', 'line 2']));
  });

  it('puts the octets of a transfer in its lines, one for one', async () => {
    const rtse = (await follow(0, shared(X410), '--layer', 'rtse')).filter(line => line.name === 'transfer');
    const p1 = (await follow(0, shared(X410), '--layer', 'p1')).filter(line =>
      ['message', 'report'].includes(line.name),
    );
    const sum = (lines: Line[]): number => lines.reduce((n, line) => n + line.octets, 0);
    expect(sum(rtse)).toBe(sum(p1));
    expect(sum(p1)).toBe(630 + 1213 + 379 + 1073);
  });
});

describe('a TSDU of very many SPDUs', () => {
  // Behind GT (1) stands MIP (49) again and again, each without its serial number: as many faults as SPDUs.
  it('is followed like any other', async () => {
    const spdus = 130_000;
    const tcp = new Conversation(
      new Wire('2026-01-01T00:00:00Z'),
      { address: '192.0.2.1', port: 1025 },
      { address: '192.0.2.2', port: 102 },
    );
    tcp.open();
    const transport = new Transport(tcp, 65_530);
    transport.connect();
    transport.tsdu(0, cat([1, 0], Array(spdus).fill([49, 0])), { segments: [60_000] });
    const file = join(folder(), 'many.pcap');
    writeFileSync(file, tcp.wire.pcap());
    // Of the processor, which others of this machine may be using too.
    const started = process.cpuUsage();
    const lines = await follow(0, file, '--layer', 'session');
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(20_000);
    expect(lines.filter(line => line.kind === 'ses').reduce((n, line) => n + line.count, 0)).toBe(spdus + 1);
  });
});

describe.skipIf(!tsharkAvailable() || without !== '')(`beside tshark${without}`, () => {
  it.each(['x400/wsamples__p772-transfer-success.pcap', 'crafted/n_p1_88.pcap', 'stacks/p1_normal_user_abort.pcap'])(
    'the same SPDUs in the same frames in %s',
    async name => {
      const file = shared(name);
      const theirs = tsharkFields(file, ['frame.number', 'tcp.stream', 'ses.type'], [], 'ses');
      const { streams } = JSON.parse((await mtascope(['streams', file, '--format', 'json'])).out).captures[0];
      const ours: string[] = [];
      for (const { id } of streams) {
        const seen = new Map<number, number>();
        for (const line of await follow(id, file, '--layer', 'session')) {
          if (line.kind === 'ses') seen.set(line.frame, (seen.get(line.frame) ?? 0) + 1);
        }
        ours.push(...[...seen].map(([frame, n]) => `${frame} ${n}`));
      }
      const expected = theirs.map(row => `${row['frame.number']![0]} ${row['ses.type']!.length}`);
      expect(ours.sort()).toEqual(expected.sort());
    },
  );
});
