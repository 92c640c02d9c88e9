import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeFile } from '../../src/app/analyze.ts';
import { type Extracted, extractFile } from '../../src/app/extract.ts';
import type { Unit } from '../../src/app/extract-frames.ts';
import { reduce } from '../../src/app/extract-reduce.ts';
import { addedByCut } from '../../src/app/extract-same.ts';
import { mapping } from '../../src/cli/extract-evidence.ts';
import type { Finding } from '../../src/model/finding.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { analyzeBytes } from '../kit/analysis.ts';
import { cat, filler, hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { dt } from '../kit/cotp.ts';
import { CODE, unreachable } from '../kit/icmp.ts';
import { ipv4 } from '../kit/ip.ts';
import { rawIp } from '../kit/link.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { Transport } from '../kit/transport.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { options } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const dir = folder();

async function extract(
  file: string,
  profile: string,
  finding: number | null,
  streams: number[] = [],
): Promise<Extracted & { path: string }> {
  const parts: Buffer[] = [];
  const request = { streams, finding, anonymize: false, application: 'test' };
  const done = await extractFile(file, options(profile), request, async part => void parts.push(Buffer.from(part)));
  const path = join(dir, `${Math.random().toString(36).slice(2)}.pcapng`);
  writeFileSync(path, Buffer.concat(parts));
  return { ...done, path };
}

/** What must not change when a finding is cut out, but for frame numbers. */
const essence = (f: Finding) => ({
  code: f.code,
  direction: f.direction,
  fingerprint: f.fingerprint,
  octets: f.request?.headerOctets,
  declared: f.request?.declaredLength,
  elements: f.request?.elements,
  models: f.request?.models,
  offset: f.request?.streamOffset,
  boundary: f.request?.disturbance?.trueBoundary,
  event: f.event?.text,
});

describe('a finding cut out of a bundled capture', () => {
  const cases = SAMPLES.flatMap(sample => {
    const { expected } = sample.build();
    return expected.findings.some(f => f.code.startsWith('mta.94')) ? [[sample.file, expected.profile] as const] : [];
  });

  it.each(cases)('%s: comes out the same of fewer frames', async (file, profile) => {
    const original = join(CAPTURES, file);
    const { path, numbers, wanted } = await extract(original, profile, 1);
    const report = await analyzeFile(path, options(profile));
    const found = report.findings.find(f => f.code === wanted[0]!.code)!;
    expect(essence(found)).toEqual(essence(wanted[0]!));
    expect(numbers[found.frame! - 1]).toBe(wanted[0]!.frame);
    expect(found.request!.headerFrames.map(n => numbers[n - 1])).toEqual(wanted[0]!.request!.headerFrames);
    expect(report.frames).toBe(numbers.length);
    expect(report.streams.find(s => s.id === found.stream)!.state).not.toBe('unanswered');
    const whole = await analyzeFile(original, options(profile));
    if (whole.streams.length > 1 || whole.streams[0]!.lastFrame > wanted[0]!.frame!) {
      expect(report.frames).toBeLessThan(whole.frames);
    }
    // No hole was torn.
    expect(report.findings.filter(f => f.code.startsWith('tcp.gap')).length).toBeLessThanOrEqual(
      whole.findings.filter(f => f.code.startsWith('tcp.gap')).length,
    );
  });

  it('keeps the four SYNs of a refused connect together', async () => {
    const file = join(CAPTURES, 'q182619-5.5.pcap');
    const { findings } = await analyzeFile(file, options('exchange-5.5'));
    const k = findings.findIndex(f => f.code === 'mta.9215') + 1;
    const { path, numbers } = await extract(file, 'exchange-5.5', k);
    const again = (await analyzeFile(path, options('exchange-5.5'))).findings.find(f => f.code === 'mta.9215')!;
    expect(essence(again)).toEqual(essence(findings[k - 1]!));
    expect(again.frames.map(n => numbers[n - 1])).toEqual(findings[k - 1]!.frames);
    // And the stream that says that the host is an MTA.
    expect(again.severity).toBe('warning');
  });

  it('keeps what ICMP says of the SYNs of a connect, also where its error is not known', async () => {
    const bytes = readFileSync(join(CAPTURES, 'host-unreachable.pcap'));
    for (const [code, words] of [
      [CODE.host, 'Winsock 10065'],
      [CODE.port, 'Winsock error not known'],
    ] as const) {
      const file = join(dir, `icmp-${code}.pcap`);
      // Frames of 60 and 70 octets take turns, each behind a record header of 16.
      for (let i = 0; i < 4; i++) bytes[24 + i * 162 + 76 + 16 + 35] = code;
      writeFileSync(file, bytes);
      const { path, numbers, missing } = await extract(file, 'exchange-5.5', 1);
      expect(missing).toEqual([]);
      const [found] = (await analyzeFile(path, options('exchange-5.5'))).findings;
      expect(found).toMatchObject({ code: 'mta.9215', severity: 'warning' });
      // All of them where they make an event, else one that says it.
      const kept = code === CODE.host ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 7];
      expect(found!.frames.map(n => numbers[n - 1])).toEqual(kept);
      expect(found!.message).toContain(words);
    }
  });

  it('keeps in a stream what ICMP says of a SYN that stands behind it in the file', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.1', port: 3000 }, { address: '192.0.2.2', port: 102 });
    wire.packet(unreachable('198.51.100.9', '192.0.2.1', CODE.host, tcp.synPacket()), 4, 1);
    tcp.syn();
    wire.wait(3000);
    tcp.syn();
    const file = join(dir, 'icmp-early.pcap');
    writeFileSync(file, wire.pcap());
    const { path, numbers, missing } = await extract(file, 'exchange-5.5', null, [0]);
    expect([missing, numbers]).toEqual([[], [1, 2, 3]]);
    const [found] = (await analyzeFile(path, options('exchange-5.5'))).findings;
    expect(found).toMatchObject({ code: 'mta.9215-possible', frames: [1, 2, 3] });
  });

  it.skipIf(!tsharkAvailable())('frames are the original ones: times, lengths, octets', async () => {
    const file = join(CAPTURES, 'two-interfaces.pcapng');
    const { path, numbers } = await extract(file, 'exchange-5.5', null, [0]);
    const fields = ['frame.time_epoch', 'frame.len', 'frame.interface_name', 'frame.comment', 'frame.md5_hash'];
    const all = tsharkFields(file, fields, ['frame.generate_md5_hash:TRUE']);
    const cut = tsharkFields(path, fields, ['frame.generate_md5_hash:TRUE']);
    expect(cut).toEqual(numbers.map(no => all[no - 1]));
    expect(cut.length).toBeGreaterThan(3);
  });
});

describe('a connect that nobody answered', () => {
  const CLIENT = { address: '192.0.2.1', port: 3000 };
  const SERVER = { address: '192.0.2.2', port: 102 };
  const options55 = options('exchange-5.5');

  /** A connection with a finding, then SYNs of the next one on its ports; other traffic tells that the wait was over. */
  const silent = (): Wire => {
    const wire = new Wire('2001-01-01T00:00:00Z');
    const talk = new Conversation(wire, CLIENT, SERVER);
    talk.open();
    new Transport(talk).connect();
    for (const way of [0, 1, 0] as const) talk.send(way, tpkt(dt(filler(200))));
    talk.send(0, tpkt(cat(hex('c8f080'), filler(20))));
    for (const way of [1, 0] as const) talk.send(way, tpkt(dt(filler(200))));
    const again = new Conversation(wire, { ...CLIENT, isn: 77_000_000 }, SERVER);
    for (const pause of [3000, 6000, 100_000]) {
      again.syn();
      wire.wait(pause);
    }
    wire.frame(cat(filler(12), hex('0806'), filler(46)));
    return wire;
  };

  it('is no reason to tear holes: that a cut ends too early to tell is no finding of its own', async () => {
    const file = join(dir, 'silent.pcap');
    writeFileSync(file, silent().pcap());
    const { findings } = await analyzeFile(file, options55);
    expect(findings.map(f => f.code)).toEqual(['cotp.li-too-large', 'mta.9215']);
    const { added, missing, proof, numbers } = await extract(file, 'exchange-5.5', 1);
    expect([added, missing]).toEqual([[], []]);
    expect(proof.findings.map(f => f.code)).toEqual(['cotp.li-too-large']);
    expect(numbers.length).toBeLessThan(12);
    expect((await mtascope(['extract', file, '--finding', '1', '-o', join(dir, 'silent.pcapng')])).code).toBe(0);
  });

  it('is one all the same where the capture shows another end', async () => {
    const added = async (play: (tcp: Conversation, wire: Wire) => void): Promise<string[]> => {
      const wire = new Wire('2001-01-01T00:00:00Z');
      const connect = new Conversation(wire, CLIENT, SERVER);
      connect.syn();
      play(connect, wire);
      wire.wait(100_000);
      wire.frame(cat(filler(12), hex('0806'), filler(46)));
      const original = await analyzeBytes(wire.pcap(), options55);
      wire.frames.length = 1;
      const cut = await analyzeBytes(wire.pcap(), options55);
      return addedByCut(cut, { original, numbers: [1], anonymized: false }, () => 0).map(f => f.code);
    };
    expect(await added(() => undefined)).toEqual([]);
    // Whatever ICMP said, it is the silence that failed the connect.
    for (const code of [CODE.host, CODE.port]) {
      const told = (tcp: Conversation, wire: Wire): void =>
        void wire.packet(unreachable('192.0.2.65', CLIENT.address, code, tcp.synPacket()), 4, 1);
      expect(await added(told)).toEqual([]);
    }
    expect(await added(tcp => tcp.refuse())).toEqual(['mta.9215-possible']);
    expect(await added(tcp => tcp.synAck())).toEqual(['mta.9215-possible']);
    expect(await added(tcp => tcp.reset(0))).toEqual(['mta.9215-possible']);
  });
});

describe('real stacks', () => {
  const stacks = fileURLToPath(new URL('../../../shared/captures/stacks/', import.meta.url));
  const files = existsSync(stacks) ? readdirSync(stacks).filter(f => /^(net_|fault_|cut_|fmt_)/.test(f)) : [];

  it.skipIf(files.length === 0)(
    'whole streams show the findings of the capture',
    async () => {
      for (const file of files.slice(0, 24)) {
        const { wanted, missing } = await extract(join(stacks, file), 'exchange-5.5', null);
        expect(missing.map(f => `${file}: ${f.code} at ${f.frame}`)).toEqual([]);
        expect(wanted.every(f => f.stream !== null)).toBe(true);
      }
    },
    300_000,
  );

  it.skipIf(files.length === 0)(
    'the first finding about frames can be cut out',
    async () => {
      let tried = 0;
      for (const file of files.slice(0, 24)) {
        const { findings } = await analyzeFile(join(stacks, file), options('exchange-5.5'));
        const k = findings.findIndex(f => f.stream !== null && f.frame !== null) + 1;
        if (k === 0) continue;
        const { numbers, original, missing } = await extract(join(stacks, file), 'exchange-5.5', k);
        expect(missing).toEqual([]);
        expect(numbers.length).toBeLessThanOrEqual(original.frames);
        tried++;
      }
      expect(tried).toBeGreaterThan(2);
    },
    300_000,
  );
});

describe('the reduction', () => {
  const unit = (no: number, o: Partial<Unit> = {}): Unit => ({
    frames: [{ no, sec: 0, nsec: 0, bytes: new Uint8Array(0), wireLength: 0, linkType: 1 }],
    no,
    stream: 0,
    direction: 0,
    flags: 16,
    seq: 0,
    length: 10,
    tcp: [],
    datagram: null,
    header: 20,
    ...o,
  });
  const numbers = (units: readonly Unit[]) => units.map(u => u.no);

  it('ends with a set from which no single frame can be left out', () => {
    const all = Array.from({ length: 100 }, (_, i) => unit(i + 1, { length: i % 3 }));
    const needed = [7, 30, 31, 64];
    const holds = (units: readonly Unit[]) => needed.every(no => numbers(units).includes(no));
    const { units } = reduce(all, 0, new Set([64]), holds, 1000);
    // Frame 1 is the handshake's acknowledgement, 2 the first data.
    expect(numbers(units)).toEqual([1, 2, 7, 30, 31, 64]);
  });

  it('keeps what it has when the budget is spent', () => {
    const all = Array.from({ length: 50 }, (_, i) => unit(i + 1));
    const { units, tests } = reduce(all, 0, new Set([50]), () => false, 3);
    expect(tests).toBe(3);
    expect(numbers(units)).toEqual(numbers(all));
  });
});

/** The records of a capture 100 seconds later and from the next port, in little-endian pcap over Ethernet and IPv4 without options. */
function later(records: Buffer): Buffer {
  const out = Buffer.from(records);
  for (let at = 0; at < out.length; at += 16 + out.readUInt32LE(at + 8)) {
    out.writeUInt32LE(out.readUInt32LE(at) + 100, at);
    const tcp = at + 16 + 14 + 20;
    const port = out.readUInt16BE(tcp) === 102 ? tcp + 2 : tcp;
    out.writeUInt16BE(out.readUInt16BE(port) + 1, port);
    const sum = (~out.readUInt16BE(tcp + 16) & 0xffff) + 1;
    out.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, tcp + 16);
  }
  return out;
}

describe('mtascope extract', () => {
  const capture = join(CAPTURES, 'q182619-5.5.pcap');

  it('says what was kept, that it is proven, and which frame is which', async () => {
    const { code, out, err } = await mtascope(['extract', capture, '--finding', '1', '-o', 'small.pcapng'], {
      cwd: dir,
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('of 41 frames');
    expect(out).toContain('mta.9404 at frame 39 comes out the same');
    expect(out).toMatch(/frames: 1-4 were 9-12, .* was 39\n/);
  });

  it('ends with exit code 1 when whole streams no longer show their findings, and leaves the result there', async () => {
    // That the host is an MTA rests on stream 1.
    const { code, out, err } = await mtascope(['extract', capture, '--stream', '0', '-o', 'alone.pcapng'], {
      cwd: dir,
    });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('proof failed: analyzed again, 0 of 1 finding come out the same; not: mta.9215 at frame 8\n');
    expect(out).toContain(
      'instead: what is said of this stream rests on stream 1 too; with --stream 0 --stream 1 the result shows the same as the capture\n',
    );
    expect(existsSync(join(dir, 'alone.pcapng'))).toBe(true);
    const both = await mtascope(['extract', capture, '--stream', '0', '--stream', '1', '-o', 'alone.pcapng'], {
      cwd: dir,
    });
    expect(both.code).toBe(0);
    expect(both.out).not.toContain('failed');
  });

  it.each([
    ['a machine that had stopped on another stream', 3, 'mta.9404 at frame 68', '--stream 1 --stream 3'],
    ['a connect of one that had stopped', 2, 'mta.9215 at frame 8', '--stream 1 --stream 2'],
  ])('says which streams to take instead: %s', async (_what, stream, added, streams) => {
    const twice = join(dir, 'twice.pcap');
    const once = readFileSync(join(CAPTURES, 'q182619-5.0.pcap'));
    writeFileSync(twice, Buffer.concat([once, later(once.subarray(24))]));
    const extract = (args: string[]) =>
      mtascope(['extract', twice, '--profile', 'exchange-5.0', ...args, '-o', 'out.pcapng'], { cwd: dir });
    const { code, out } = await extract(['--stream', String(stream)]);
    expect(code).toBe(1);
    expect(out).toContain(`the result has what the capture has not: ${added}\n`);
    expect(out).toContain(`rests on stream 1 too; with ${streams} the result shows the same as the capture\n`);
    expect((await extract(streams.split(' '))).code).toBe(0);
  });

  it('maps frame numbers', () => {
    expect(mapping([3, 4, 5, 9, 12, 13])).toBe('1-3 were 3-5, 4 was 9, 5-6 were 12-13');
  });

  it.each([
    ['a finding that is not there', ['--finding', '99'], 'q182619-5.5.pcap has 5 findings'],
    ['a stream that is not there', ['--stream', '7'], 'has no such stream'],
    ['both', ['--stream', '0', '--finding', '1'], 'exclude each other'],
  ])('refuses %s with one line and exit code 2, and leaves nothing behind', async (_what, args, message) => {
    const before = readdirSync(dir).sort();
    const { code, out, err } = await mtascope(['extract', capture, ...args, '-o', 'x.pcapng'], { cwd: dir });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(readdirSync(dir).sort()).toEqual(before);
  });

  it('refuses a finding about the file', async () => {
    const cut = join(dir, 'cut.pcap');
    writeFileSync(cut, readFileSync(capture).subarray(0, -7));
    const { findings } = await analyzeFile(cut, options('exchange-5.5'));
    const k = findings.findIndex(f => f.code === 'capture.truncated') + 1;
    // The record that is cut became no frame.
    expect(findings[k - 1]).toMatchObject({ frame: null, frames: [], filter: '' });
    const { code, err } = await mtascope(['extract', cut, '--finding', String(k), '-o', join(dir, 'y.pcapng')]);
    expect(code).toBe(2);
    expect(err).toContain('about the file');
  });
});

it('a fragment that brings nothing but the end of its datagram is taken along', async () => {
  const wire = new Wire('2001-01-01T00:00:00Z', rawIp());
  const [client, server] = ['192.0.2.1', '192.0.2.2'];
  const ends = { source: client, destination: server, sourcePort: 3000, destinationPort: 102 };
  wire.packet(ipv4(client, server, tcp({ ...ends, seq: 99, ack: 0, flags: FLAG.syn }, new Uint8Array(0))), 4, 0);
  // Two TPKTs of which the second is none.
  const sent = cat(tpkt(dt(filler(13))), 9, 0, 0, 0);
  const segment = tcp({ ...ends, seq: 100, ack: 0, flags: FLAG.psh }, sent);
  expect(segment.length % 8).toBe(4);
  const id = { id: 7 };
  wire.packet(ipv4(client, server, cat(segment, [0, 0, 0, 0]), { ...id, moreFragments: true }), 4, 0);
  wire.packet(ipv4(client, server, segment.subarray(40), { ...id, fragmentOffset: 40 }), 4, 0);
  const file = join(dir, 'end-only.pcap');
  writeFileSync(file, wire.pcap());
  const { original, numbers, missing } = await extract(file, 'exchange-5.5', null);
  expect(original.findings.map(f => f.code)).toContain('tpkt.version');
  expect(missing).toEqual([]);
  expect(numbers).toEqual([1, 2, 3]);
});
