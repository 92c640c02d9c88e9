import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Field } from '../../src/model/field.ts';
import { linkTrees } from '../../src/report/html/link-tree.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { Conversation } from '../kit/conversation.ts';
import { leastQuote, unreachable } from '../kit/icmp.ts';
import { tsharkAvailable, tsharkFields, tsharkPdml } from '../kit/tshark.ts';
import { FRAGMENTED, LINKS, TUNNELS, wrapped } from '../kit/tunnel.ts';
import { Wire } from '../kit/wire.ts';

const MESSAGES = readFileSync(fileURLToPath(new URL('../../captures/clean-association.pcap', import.meta.url)));
/** The frame in the first record. */
const FIRST = MESSAGES.subarray(40, 40 + MESSAGES.readUInt32LE(32));
const ALL = [...TUNNELS, ...LINKS].map(w => [w.name, w] as const);
const dir = folder();

test.each(ALL)('%s: a layer for each header, fields in their octets', (_name, { linkType, wrap, layers }) => {
  const frame = wrap(FIRST, 1)[0]!;
  const trees = linkTrees(frame, linkType);
  expect(trees.map(tree => tree.layer).join(':')).toBe(layers === '' ? 'ip:tcp' : `${layers}:ip:tcp`);
  for (const { fields, start, end } of trees) {
    const check = (list: readonly Field[]): void => {
      for (const f of list) {
        expect(f.start).toBeGreaterThanOrEqual(start);
        expect(f.end).toBeLessThanOrEqual(end);
        check(f.children);
      }
    };
    check(fields);
  }
});

describe.skipIf(!tsharkAvailable())('tshark has the same headers in the same places, and the same in them', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mtascope-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  /** It counts what follows into these (extension headers, the packet), begins elsewhere in them, or has another name for them. */
  const OTHER_SIZE = new Set(['erspan', 'ieee8021ah', 'ipv6', 'nflog', 'ppi', 'wlancap']);
  /** Where it shows another part of the octets than the name says here. */
  const OTHER_VALUE = new Set(['wlan.fc', 'wlan.addr', 'null.family', 'tr.src', 'tr.dst', 'ppi.dlt']);

  test.each(ALL)('%s', (_name, wrapping) => {
    const path = join(scratch, 'wrapped.pcap');
    writeFileSync(path, wrapped(MESSAGES, wrapping));
    const theirs = tsharkPdml(path, [], 'frame.number == 1')[0]!;
    for (const { layer, start, end, fields } of linkTrees(wrapping.wrap(FIRST, 1)[0]!, wrapping.linkType)) {
      const theirOwn = theirs.filter(p => p.name === layer && p.pos === start);
      if (!OTHER_SIZE.has(layer))
        expect(
          theirOwn.map(p => p.size),
          `${layer} at ${start}`,
        ).toContain(end - start);
      if (theirOwn[0] === undefined) continue;
      const values = new Map<string, string[]>();
      const gather = (list: (typeof theirs)[number]['children']): void => {
        for (const f of list) {
          values.set(f.name, [...(values.get(f.name) ?? []), f.show]);
          gather(f.children);
        }
      };
      gather(theirOwn[0].children);
      for (const { name, value } of fields) {
        const shown = values.get(name);
        if (shown === undefined || value === undefined || OTHER_VALUE.has(name)) continue;
        const same = shown.some(s => s === String(value) || Number(s) === Number(value));
        expect(same, `${name}: ${value}, tshark has ${shown}`).toBe(true);
      }
    }
  });
});

describe('a message that quotes a SYN', () => {
  const wire = new Wire('1998-06-03T07:00:00Z');
  for (const [client, server, router] of [
    ['192.0.2.80', '192.0.2.90', '192.0.2.65'],
    ['2001:db8::80', '2001:db8::90', '2001:db8::65'],
  ] as const) {
    const tcp = new Conversation(wire, { address: client, port: 1082 }, { address: server, port: 102 });
    const syn = tcp.synPacket();
    for (const octets of [undefined, leastQuote(syn)])
      wire.packet(unreachable(router, client, 1, syn, octets), tcp.version, 1);
  }
  const trees = wire.frames.map(({ bytes }) => linkTrees(bytes, 1));

  test('has the headers that it quotes behind its own, as far as they are there', () => {
    expect(trees.map(each => each.map(({ layer }) => layer).join(':'))).toEqual([
      ...['eth:ip:icmp:ip:tcp', 'eth:ip:icmp:ip:tcp'],
      ...['eth:ipv6:icmpv6:ipv6:tcp', 'eth:ipv6:icmpv6:ipv6:tcp'],
    ]);
    expect(
      trees.map(each =>
        each
          .at(-1)!
          .fields.map(f => f.name)
          .join(' '),
      ),
    ).toEqual([
      expect.stringMatching(/tcp.urgent_pointer tcp.options$/),
      'tcp.srcport tcp.dstport tcp.seq_raw',
      expect.stringMatching(/tcp.urgent_pointer tcp.options$/),
      'tcp.srcport tcp.dstport tcp.seq_raw',
    ]);
  });

  test.skipIf(!tsharkAvailable())('tshark reads the same', () => {
    const path = join(dir, 'icmp.pcap');
    writeFileSync(path, wire.pcap());
    const names = [
      ...['icmp.type', 'icmp.code', 'icmp.checksum', 'icmpv6.type', 'icmpv6.code', 'icmpv6.checksum'],
      ...['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport', 'tcp.window_size_value'],
    ];
    const theirs = tsharkFields(path, [...names, 'tcp.seq']);
    trees.forEach((each, i) => {
      const fields = each.flatMap(tree => tree.fields);
      const own = (name: string) =>
        fields.flatMap(f => (f.name === name ? [f.text?.startsWith('0x') ? f.text : String(f.value)] : []));
      for (const name of names) {
        const shown = theirs[i]![name]!;
        // Of a header that is cut it shows the source port alone.
        if (name === 'tcp.dstport' && shown.length === 0) continue;
        expect(own(name), name).toEqual(shown);
      }
      // It numbers nothing within a quotation; this is the number as it stands there.
      for (const seq of theirs[i]!['tcp.seq']!) expect(own('tcp.seq_raw')).toEqual([seq]);
    });
  });
});

test('filters are about the packet in the tunnel', async () => {
  const file = join(dir, 'vxlan.pcap');
  writeFileSync(file, wrapped(MESSAGES, TUNNELS.find(w => w.name === 'VXLAN')!));
  const count = async (filter: string) => {
    const { out } = await mtascope(['packets', file, '--filter', filter, '--format', 'json']);
    return (JSON.parse(out) as { captures: { packets: unknown[] }[] }).captures[0]!.packets.length;
  };
  expect(await count('ip.src == 192.0.2.21')).toBeGreaterThan(20);
  expect(await count('ip contains c0:00:02:15')).toBeGreaterThan(20);
  expect(await count('frame contains c6:33:64:01')).toBeGreaterThan(20);
  expect(await count('ip.src == 198.51.100.1')).toBe(0);
});

test.each(FRAGMENTED)(
  '$name: the line of the lower layers names the ends of the packet that a fragment completes',
  async wrapping => {
    const file = join(dir, 'fragments.pcap');
    writeFileSync(file, wrapped(MESSAGES, wrapping));
    const { out } = await mtascope(['show', '2', file]);
    const outer = wrapping.layers === 'eth:ip' ? 'IPv4 198' : 'IPv6';
    expect(out).toMatch(
      new RegExp(
        `Ethernet II · ${outer}.* · reassembled: .*IPv4 192\\.0\\.2\\.\\d+ → 192\\.0\\.2\\.\\d+ · TCP .* of stream 0`,
      ),
    );
  },
);

test.each(FRAGMENTED)(
  '$name: the frame that completes the datagram has a node for each header in it, as tshark has',
  async wrapping => {
    const file = join(dir, 'fragments.pcap');
    writeFileSync(file, wrapped(MESSAGES, wrapping));
    const shown = async (no: number) => {
      const { out } = await mtascope(['show', String(no), file, '--format', 'json']);
      return (JSON.parse(out) as { layers: { layer: string; space: number }[] }).layers;
    };
    expect((await shown(1)).map(({ layer }) => layer).join(':')).toBe(wrapping.layers);
    const layers = await shown(2);
    const names = layers.map(({ layer }) => layer).join(':');
    expect(names).toMatch(/:ip:tcp$/);
    // Those of the datagram stand in octets of their own.
    const outer = wrapping.layers.split(':').length;
    expect(layers.map(({ space }) => space)).toEqual(layers.map((_, i) => (i < outer ? 0 : 1)));
    if (!tsharkAvailable) return;
    const [theirs] = tsharkFields(file, ['frame.protocols'], [], 'frame.number == 2');
    const known = theirs!['frame.protocols']!.join().split(':');
    expect(names).toBe(known.filter(name => name !== 'ethertype' && name !== 'ipv6.fraghdr').join(':'));
  },
);
