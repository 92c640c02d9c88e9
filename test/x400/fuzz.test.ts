import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Field } from '../../src/model/field.ts';
import { type Dissection, dissectApdu } from '../../src/x400/dissect.ts';
import { summarizeApdu } from '../../src/x400/message.ts';
import { MTA } from '../../src/x400/tables/mta.ts';
import { Generator } from '../asn1/generate.ts';
import { apdusOf, CAPTURES, haveCaptures } from './apdus.ts';

/** Where real messages, probes and reports are; a reader as simple as `apdusOf` fails on the captures that were damaged. */
const FILES = haveCaptures()
  ? [
      'x400/wsamples__p772-transfer-success.pcap',
      'x400/wsamples__x400-ping-success.pcap',
      ...readdirSync(`${CAPTURES}stacks`)
        .filter(name => /^(p1_|net_ipv6_|fmt_vlan).*\.pcap$/.test(name))
        .map(name => `stacks/${name}`),
    ]
  : [];
if (!haveCaptures()) console.warn(`${CAPTURES} is missing: only generated APDUs are mangled`);

/** Each APDU once: the producers sent the same ones over and over, with other numbers and lengths. */
function corpus(): Uint8Array[] {
  const real = FILES.flatMap(file => apdusOf(file) ?? []).filter(a => a.length < 3000);
  const out = [...new Map(real.map(a => [shape(a), a])).values()];
  for (let seed = 1; seed <= 12; seed++) out.push(new Generator(seed).value(MTA.type('MTS-APDU')));
  return out.filter(a => a.length < 3000);
}

/** An APDU without the digits of its identifiers and times. */
function shape(apdu: Uint8Array): string {
  return Buffer.from(apdu).toString('latin1').replace(/[0-9]/g, '0');
}
const APDUS = corpus();

/** Everything that must hold for any octets. Plain comparisons: there are millions of them. */
function check(d: Dissection): void {
  const inside = (start: number, end: number, from: number, to: number, what: string): void => {
    if (!(start >= from && end >= start && end <= to))
      throw new Error(`${what}: ${start}-${end} is not in ${from}-${to}`);
  };
  const visit = (fields: readonly Field[], length: number): void => {
    for (const f of fields) {
      inside(f.start, f.end, 0, length, f.name);
      visit(f.children, length);
    }
  };
  for (const tree of d.trees) visit(tree.fields, tree.bytes.length);
  for (const fault of d.faults) {
    const tree = d.trees[fault.tree]!;
    inside(fault.start, fault.end, tree.start, tree.bytes.length, fault.detail);
  }
}

describe('every prefix of an APDU', () => {
  it.each(APDUS.map((apdu, i) => [i, apdu] as const))('APDU %i', (_, apdu) => {
    const whole = summarizeApdu(apdu);
    const step = apdu.length > 400 ? 7 : 1;
    for (let n = 1; n < apdu.length; n += step) {
      // Octets behind the cut must play no part.
      const buffer = new Uint8Array(n + 4).fill(0xa5);
      buffer.set(apdu.subarray(0, n));
      const d = dissectApdu(buffer, 0, n);
      check(d);
      const cut = d.faults.filter(f => f.code === 'ber.truncated' || f.code === 'ber.eoc');
      expect(cut.length, `prefix of ${n}`).toBeGreaterThan(0);
      expect(Math.max(...cut.map(f => (d.trees[f.tree]!.bytes === buffer ? f.end : n)))).toBe(n);

      const part = summarizeApdu(buffer, 0, n);
      expect(part.truncated).toBe(true);
      if (part.kind !== null) expect(part.kind).toBe(whole.kind);
      // What a prefix says is what the whole says: an element that the cut goes through is not taken for another.
      if (part.mtsIdentifier !== null) {
        expect(part.localIdentifier).toBe(whole.localIdentifier);
        expect(part.mtsIdentifier).toBe(whole.mtsIdentifier);
      }
      if (part.size !== null && whole.size !== null) expect(part.size).toBe(whole.size);
      if (part.originator !== null) expect(part.originator).toBe(whole.originator);
      expect(part.recipients.map(r => r.address)).toEqual(
        whole.recipients.slice(0, part.recipients.length).map(r => r.address),
      );
    }
    expect(whole.truncated).toBe(false);
  });
});

it('reads mutated APDUs, and says where they are damaged', () => {
  const g = new Generator(0x24bc);
  const began = performance.now();
  let faulty = 0;
  for (let round = 0; round < 6000; round++) {
    const apdu = g.pick(APDUS).slice();
    for (let n = 1 + g.below(4); n > 0; n--) {
      const at = g.below(apdu.length);
      if (g.random() < 0.5) apdu[at] = g.below(256);
      else apdu[at] = g.pick([0x00, 0x80, 0xff, 0x84, 0x30, 0x24, 0x1f, 0xa0]);
    }
    const d = dissectApdu(apdu);
    check(d);
    if (d.faults.length > 0) faulty++;
    summarizeApdu(apdu);
  }
  expect(faulty).toBeGreaterThan(2000);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 90_000);

it('reads nests, bombs and noise in bounded time', () => {
  const nest = new Uint8Array(40_000).fill(0x30);
  for (let i = 1; i < nest.length; i += 2) nest[i] = 0x80;
  const tall = new Uint8Array(200_000).fill(0xa0);
  for (let i = 1; i < tall.length; i += 2) tall[i] = 0x80;
  const strings = new Uint8Array(100_000).fill(0x24);
  for (let i = 1; i < strings.length; i += 2) strings[i] = 0x80;
  const g = new Generator(7);
  const noise = new Uint8Array(50_000).map(() => g.below(256));
  const began = performance.now();
  for (const bytes of [nest, tall, strings, noise]) {
    for (const head of [[], [0xa0, 0x80], [0xa0, 0x80, 0x31, 0x80], [0xa0, 0x80, 0x31, 0x00]]) {
      const all = new Uint8Array([...head, ...bytes]);
      check(dissectApdu(all));
      summarizeApdu(all);
    }
  }
  expect(performance.now() - began).toBeLessThan(20_000);
}, 60_000);

describe('damage in one element', () => {
  it.runIf(haveCaptures())('leaves its siblings readable', () => {
    const apdu = apdusOf('stacks/p1_normal_mixed_len_definite_long.pcap')![1]!;
    const whole = dissectApdu(apdu);
    const originator = whole.trees[0]!.fields[0]!.children[0]!.children[0]!.children[1]!;
    expect(originator.name).toBe('p1.originator_name_element');
    const broken = apdu.slice();
    // The surname in the personal name says 127 octets more than the name holds.
    const surname = Buffer.from(apdu).indexOf('8005', originator.start, 'hex');
    broken[surname + 1] = 0x7f;
    const d = dissectApdu(broken);
    const fault = d.faults.find(f => f.start === surname)!;
    expect(fault.code).toBe('ber.truncated');
    expect(fault.end).toBeLessThanOrEqual(originator.end);
    const names = (x: Dissection): string[] =>
      x.trees[0]!.fields[0]!.children[0]!.children[0]!.children.map(f => f.name);
    expect(names(d)).toEqual(names(whole));
    expect(summarizeApdu(broken)).toMatchObject({
      localIdentifier: 'C0FFEE-2026-000002',
      priority: 'urgent',
      size: 490,
    });
  });
});
