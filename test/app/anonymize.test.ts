import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeFile } from '../../src/app/analyze.ts';
import { Pseudonyms } from '../../src/app/anonymize-values.ts';
import type { Field } from '../../src/model/field.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { fitChecksum } from '../../src/osi/cotp-checksum.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { cat, hex, latin1, u16 } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { cc, cr, dt, parameter } from '../kit/cotp.ts';
import { leastQuote, unreachable } from '../kit/icmp.ts';
import { address, ipv4, ipv4Fragments, ipv6Fragments } from '../kit/ip.ts';
import { FLAG, tcp } from '../kit/tcp.ts';
import { tpkt } from '../kit/tpkt.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { type Anonymized, anonymizeInto, options } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const STACKS = fileURLToPath(new URL('../../../shared/captures/stacks/', import.meta.url));
const dir = folder();
const anonymize = (file: string, profile?: string, finding: number | null = null) =>
  anonymizeInto(dir, file, profile, finding);

/** Texts of all trees, and the shape of the trees: which field stands where. */
async function look(
  file: string,
  profile: string,
): Promise<{ texts: Map<string, string>; shape: string[]; report: WholeReport }> {
  const texts = new Map<string, string>();
  const shape: string[] = [];
  const walk = (layer: string, f: Field): void => {
    if (typeof f.value === 'string' && f.value.length >= 4) texts.set(f.value, f.name);
    shape.push(`${layer} ${f.start}-${f.end}`);
    for (const child of f.children) walk(layer, child);
  };
  const report = await analyzeFile(file, options(profile), {
    showCredentials: true,
    onPdu: pdu => {
      for (const tree of pdu.trees) for (const f of tree.fields) walk(`${pdu.streamOffset} ${tree.layer}`, f);
    },
  });
  return { texts, shape, report };
}

/** Registered names are no secrets, and a text of hexadecimal digits stands for octets that are looked for apart. */
const registered = (text: string) => /^\d+(\.\d+)+$/.test(text);

function leaks(result: Anonymized, texts: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [text, name] of texts) {
    if (!registered(text) && result.bytes.includes(Buffer.from(text, 'latin1'))) found.push(`${name}: ${text}`);
    // Eight octets and more do not stand somewhere else by chance.
    if (/^([0-9a-f]{2}){8,}$/.test(text) && result.bytes.includes(Buffer.from(text, 'hex')))
      found.push(`${name}: 0x${text}`);
  }
  for (const { client, server } of result.original.streams) {
    for (const { address } of [client, server]) {
      const octets = address.includes(':') ? ipv6(address) : address.split('.').map(Number);
      if (result.bytes.includes(Buffer.from(octets))) found.push(`address ${address}`);
    }
  }
  return found;
}

function ipv6(text: string): number[] {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map(g => Number.parseInt(g, 16)));
  const [a, b] = [groups(head), groups(tail)];
  return [...a, ...new Array(8 - a.length - b.length).fill(0), ...b].flatMap(g => [g >> 8, g & 255]);
}

const all = SAMPLES.map(sample => [sample.file, sample.build().expected.profile] as const);

describe('a bundled capture, anonymized', () => {
  it.each(all)('%s: shows the same findings, tells nothing, has the same lengths', async (file, profile) => {
    const original = join(CAPTURES, file);
    const before = await look(original, profile);
    const result = await anonymize(original, profile);
    expect(result.missing.map(f => `${f.code} at ${f.frame}`)).toEqual([]);
    expect(leaks(result, before.texts)).toEqual([]);
    const after = await look(result.path, profile);
    expect(after.shape).toEqual(before.shape);
    const counts = (r: WholeReport) =>
      r.streams.map(s => s.directions.map(d => [d.bytes, d.segments, d.tpkts, d.tsdus, d.maxTpktLength]));
    expect(counts(after.report)).toEqual(counts(before.report));
    expect(after.report.frames).toBe(result.numbers.length);
  });

  it.each(all.filter(([file]) => /^q182619|^zone-30|^header-split/.test(file)))(
    '%s: a single finding too',
    async (file, profile) => {
      const { proof, wanted } = await anonymize(join(CAPTURES, file), profile, 1);
      const found = proof.findings.find(f => f.code === wanted[0]!.code)!;
      expect(found.request?.headerOctets).toBe(wanted[0]!.request?.headerOctets);
      expect(found.request?.declaredLength).toBe(wanted[0]!.request?.declaredLength);
      expect(found.request?.victim).not.toBe(wanted[0]!.request?.victim);
    },
  );

  it.skipIf(!tsharkAvailable())('has sound checksums and the same frames in the eyes of tshark', async () => {
    for (const [file, profile] of all.filter(([f]) => /^(q182619-5.0|ipv6|reordered|clean-association)\./.test(f))) {
      const original = join(CAPTURES, file);
      const { path, numbers } = await anonymize(original, profile);
      const checks = ['tcp.check_checksum:TRUE', 'ip.check_checksum:TRUE'];
      const fields = [
        'frame.len',
        'tcp.len',
        'tcp.seq_raw',
        'tcp.srcport',
        'tcp.checksum.status',
        'ip.checksum.status',
        'tpkt.length',
        'frame.time_epoch',
      ];
      const before = tsharkFields(original, fields, checks);
      expect(tsharkFields(path, fields, checks)).toEqual(numbers.map(no => before[no - 1]));
    }
  });
});

describe('real stacks, anonymized', () => {
  const files = existsSync(STACKS)
    ? readdirSync(STACKS).filter(f => /^(p1_|net_ipv6|fmt_|atk_tcp|mms_password)/.test(f))
    : [];

  it.skipIf(files.length === 0)(
    'show the same findings and tell nothing',
    async () => {
      for (const file of files) {
        const original = join(STACKS, file);
        const { texts } = await look(original, 'exchange-5.5');
        const result = await anonymize(original);
        expect(result.missing.map(f => `${file}: ${f.code} at ${f.frame}`)).toEqual([]);
        // Short binary selectors as hexadecimal text may stand anywhere; texts of people may not.
        const words = new Map([...texts].filter(([text]) => !/^[0-9a-f]{4,8}$/.test(text)));
        expect(leaks(result, words).map(leak => `${file}: ${leak}`)).toEqual([]);
      }
    },
    600_000,
  );
});

const CR = Uint8Array.from(
  Buffer.from('0300001611e00000123400c0010bc10441424344c20445464748'.padEnd(44, '0').slice(0, 44), 'hex'),
);

describe('what ICMP says of a SYN', () => {
  const FOUR = ['10.1.2.3', '10.1.2.4', '10.9.9.1'] as const;
  const SIX = ['fd00:1::3', 'fd00:1::4', 'fd00:9::1'] as const;
  /** RFC 4884 7, RFC 5837 4: where the router has it from, behind 128 octets of the packet. */
  const INTERFACE = hex('2000 0000 0010 0202 0a63 6865 6d6c 616e 2d37 0000');

  it.each([
    ['IPv4', FOUR, null],
    ['IPv4, cut', FOUR, leastQuote],
    ['IPv6', SIX, null],
    ['IPv6, cut', SIX, leastQuote],
  ] as const)('%s: still says it, and tells neither host nor router', async (_what, [client, server, router], cut) => {
    const wire = new Wire('1998-06-03T07:00:00Z');
    const talk = new Conversation(wire, { address: client, port: 2000 }, { address: server, port: 102 });
    for (const pause of [3000, 6000, 12_000, 24_000]) {
      const packet = talk.synPacket();
      wire.packet(packet, talk.version, 0);
      const padded = cat(packet, new Uint8Array(128 - packet.length), INTERFACE);
      const message = unreachable(router, client, talk.version === 4 ? 1 : 3, padded, cut?.(packet));
      wire.packet(message, talk.version, 1);
      wire.wait(pause);
    }
    talk.open();
    const file = join(dir, `icmp-${_what}.pcap`);
    // The connect that comes up shows no failure: the SYNs of another port do.
    const other = new Conversation(wire, { address: client, port: 2001 }, { address: server, port: 102 });
    const packet = other.synPacket();
    wire.packet(packet, other.version, 0);
    wire.packet(unreachable(router, client, other.version === 4 ? 1 : 3, packet), other.version, 1);
    wire.wait(60_000);
    talk.ack(0);
    writeFileSync(file, wire.pcap());
    const { proof, missing, bytes, path } = await anonymize(file);
    expect(missing).toEqual([]);
    const [found] = proof.findings.filter(f => f.code === 'mta.9215');
    expect(found!.message).toContain('(Winsock 10065)');
    for (const host of [client, server, router]) expect(bytes.includes(Buffer.from(address(host))), host).toBe(false);
    expect(bytes.includes('chemlan')).toBe(false);
    if (!tsharkAvailable()) return;
    const status = ['ip.checksum.status', 'icmp.checksum.status', 'icmpv6.checksum.status', 'tcp.checksum.status'];
    const rows = tsharkFields(
      path,
      [...status, 'icmp.code', 'icmpv6.code'],
      ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'],
    );
    for (const row of rows) for (const layer of status) expect(row[layer], layer).not.toContain('0');
    expect(rows.flatMap(row => [...row['icmp.code']!, ...row['icmpv6.code']!])).toEqual(
      new Array(5).fill(talk.version === 4 ? '1' : '3'),
    );
  });
});

it.each([
  ['IPv4', ['10.1.2.3', '10.1.2.4', '10.9.9.1']],
  ['IPv6', ['fd00:1::3', 'fd00:1::4', 'fd00:9::1']],
] as const)(
  'says by the first fragment of a message who is not reached, and tells no host: %s',
  async (name, hosts) => {
    const [client, server, router] = hosts;
    const wire = new Wire('1998-06-03T07:00:00Z');
    const talk = new Conversation(wire, { address: client, port: 2000 }, { address: server, port: 102 });
    const packet = talk.synPacket();
    wire.packet(packet, talk.version, 0);
    const whole = unreachable(
      router,
      client,
      talk.version === 4 ? 1 : 3,
      cat(packet, Buffer.from('ROSSINI'.repeat(40))),
    );
    const fragments =
      talk.version === 4
        ? ipv4Fragments(router, client, whole.subarray(20), [128], { protocol: 1 })
        : ipv6Fragments(router, client, whole.subarray(40), [128], 7, 58);
    for (const fragment of fragments) wire.packet(fragment, talk.version, 1);
    const file = join(dir, `icmp-fragments-${name}.pcap`);
    writeFileSync(file, wire.pcap());
    const { proof, missing, bytes } = await anonymize(file);
    expect(missing).toEqual([]);
    const [found] = proof.findings;
    expect(found).toMatchObject({ code: 'mta.9215-possible', frames: [1, 2] });
    expect(found!.message).toMatch(/ICMP (host|address) unreachable/);
    for (const host of hosts) expect(bytes.includes(Buffer.from(address(host))), host).toBe(false);
    expect(bytes.includes('ROSSINI')).toBe(false);
  },
);

it('leaves nothing of what a SYN carries where ICMP quotes it', async () => {
  const [client, server, router] = ['10.1.2.3', '10.1.2.4', '10.9.9.1'] as const;
  const ends = { source: client, destination: server, sourcePort: 2000, destinationPort: 102 };
  const packet = ipv4(client, server, tcp({ ...ends, seq: 5, ack: 0, flags: FLAG.syn }, Buffer.from('ROSSINI')));
  const wire = new Wire('1998-06-03T07:00:00Z');
  wire.packet(packet, 4, 0);
  wire.packet(unreachable(router, client, 1, packet), 4, 1);
  const file = join(dir, 'icmp-fast-open.pcap');
  writeFileSync(file, wire.pcap());
  const { proof, missing, bytes } = await anonymize(file);
  expect(missing).toEqual([]);
  expect(proof.findings.find(f => f.code === 'mta.9215-possible')!.message).toContain('ICMP host unreachable');
  expect(bytes.includes('ROSSINI')).toBe(false);
});

describe('copies of segments', () => {
  const cr = CR;

  function talk(second: Uint8Array): Uint8Array<ArrayBuffer> {
    const wire = new Wire('1998-06-03T07:00:00Z');
    const talk = new Conversation(wire, { address: '10.1.2.3', port: 2000 }, { address: '10.1.2.4', port: 102 });
    talk.open();
    talk.queue(0, cr);
    talk.segment(0, 0, 9);
    talk.segment(0, 5, cr.length - 5);
    talk.segment(0, 0, cr.length);
    talk.segment(0, 0, cr.length, second);
    talk.ack(1);
    return wire.pcap();
  }

  it('are rewritten alike; one that differs goes on differing', async () => {
    const other = cr.map((octet, i) => (i === cr.length - 3 ? octet ^ 0x20 : octet));
    for (const [second, differs] of [
      [cr, false],
      [other, true],
    ] as const) {
      const file = join(dir, `copies-${differs}.pcap`);
      writeFileSync(file, talk(second));
      const { proof, missing } = await anonymize(file);
      expect(missing).toEqual([]);
      expect(proof.findings.some(f => f.code === 'tcp.retransmission-differs')).toBe(differs);
    }
  });
});

describe('a transport connection of class 4', () => {
  it('keeps the classes that it offers, and checksums that fit, or do not', async () => {
    const play = (request: Uint8Array, data: Uint8Array, confirm: Uint8Array) => {
      const wire = new Wire('1998-06-03T07:00:00Z');
      const talk = new Conversation(wire, { address: '10.1.2.3', port: 2000 }, { address: '10.1.2.4', port: 102 });
      talk.open();
      talk.send(0, tpkt(request));
      talk.send(1, tpkt(confirm));
      talk.send(0, tpkt(data));
      const file = join(dir, `class4-${wire.pcap().length}.pcap`);
      writeFileSync(file, wire.pcap());
      return anonymize(file);
    };
    const summed = (tpdu: Uint8Array<ArrayBuffer>) => {
      fitChecksum(tpdu, tpdu.indexOf(0xc3) + 2);
      return tpdu;
    };
    const tsaps = { callingTsap: 'MTA-PARIS', calledTsap: 'MTA-LYON', more: parameter(0xc3, [0, 0]) };
    const data = (octets: string) => cat(8, 0xf0, u16(2), 0x80, parameter(0xc3, [0, 0]), latin1(octets));
    const offer = cr(1, { ...tsaps, alternativeClasses: [0] }, 0x40);
    const results = [
      await play(summed(offer.slice()), dt(latin1('Jane Smith')), cc(1, 2)),
      await play(summed(offer.slice()), summed(data('Jane Smith')), cc(1, 2, {}, 0x40)),
      await play(summed(offer.slice()), data('Jane Smith, Paris'), cc(1, 2, {}, 0x40)),
    ];
    expect(results.map(r => r.original.findings.map(f => f.code))).toEqual([[], [], ['cotp.checksum']]);
    for (const { added, missing } of results) expect([...added, ...missing]).toEqual([]);
  });
});

describe('a segment that was damaged on its way', () => {
  it('does not say what stands where another one came again', async () => {
    const wire = new Wire('1998-06-03T07:00:00Z');
    const talk = new Conversation(wire, { address: '10.1.2.3', port: 2000 }, { address: '10.1.2.4', port: 102 });
    talk.open();
    talk.ack(1);
    talk.queue(0, CR);
    const damaged = talk.segment(0, 0, 9, new Uint8Array([...CR.subarray(0, 5), 0, 0, 0, 0]));
    wire.frames[damaged - 1]!.bytes[14 + 20 + 16]! ^= 0x5a;
    talk.segment(0, 5, CR.length - 5);
    talk.ack(1);
    const file = join(dir, 'damaged.pcap');
    writeFileSync(file, wire.pcap());
    const { original, added, missing } = await anonymize(file);
    expect(original.findings.map(f => f.code)).toEqual(['cotp.parameter-overrun']);
    expect([...added, ...missing]).toEqual([]);
  });
});

describe('pseudonyms', () => {
  it('are as long as the value, stay within its character set, and are the same for the same', () => {
    const names = new Pseudonyms();
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abzABZ019 .-/='), minLength: 1, maxLength: 40 }), text => {
        const octets = new TextEncoder().encode(text);
        const made = new TextDecoder().decode(names.of(octets));
        expect(made).toHaveLength(text.length);
        expect(new TextDecoder().decode(names.of(octets))).toBe(made);
        expect(made).toMatch(/^[A-Za-z0-9 '()+,./:=?-]*$/);
        if (/^[0-9 ]+$/.test(text) && /[0-9]/.test(text) && !/ {3}/.test(text)) expect(made).toMatch(/^[0-9 ]+$/);
        if (text.length >= 4) expect(made).not.toBe(text);
      }),
    );
  });

  it('of times are times of the same form', () => {
    const names = new Pseudonyms();
    const of = (text: string) => new TextDecoder().decode(names.of(new TextEncoder().encode(text)));
    expect(of('260301091500Z')).toMatch(/^90\d{10}Z$/);
    expect(of('2603010915Z')).toMatch(/^90\d{8}Z$/);
    expect(of('260301091501+0100')).toMatch(/^90\d{10}\+0000$/);
    expect(of('20260301091500.25Z')).toMatch(/^1990\d{10}\.00Z$/);
    expect(of('260301091500Z')).toBe(of('260301091500Z'));
    expect(of('260301091500Z')).not.toBe(of('260301091600Z'));
  });

  it('hold nothing of a long value', () => {
    const made = new Pseudonyms().of(new TextEncoder().encode('Dear Anna, meet me at 5. '.repeat(20)));
    expect(new Set(made).size).toBe(1);
    expect(made).toHaveLength(500);
  });
});

describe('mtascope extract --anonymize', () => {
  it('leaves out comments, names and other traffic', async () => {
    const file = join(CAPTURES, 'two-interfaces.pcapng');
    const { code, out } = await mtascope(['extract', file, '--anonymize', '-o', 'public.pcapng'], { cwd: dir });
    expect(code).toBe(0);
    expect(out).toContain('frames, anonymized');
    const bytes = readFileSync(join(dir, 'public.pcapng'));
    if (tsharkAvailable()) {
      for (const row of tsharkFields(file, ['frame.comment', 'frame.interface_name'])) {
        for (const text of [...row['frame.comment']!, ...row['frame.interface_name']!])
          expect(bytes.includes(text), text).toBe(false);
      }
    }
    expect(bytes.includes('mtascope 9.9.9')).toBe(true);
  });
});
