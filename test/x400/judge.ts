import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Field } from '../../src/model/field.ts';
import { ctxc, integer, sequence } from '../kit/ber.ts';
import { Conversation } from '../kit/conversation.ts';
import { MtaPair } from '../kit/mta.ts';
import { pcap } from '../kit/pcap.ts';
import { ses } from '../kit/session.ts';
import { Transport } from '../kit/transport.ts';
import { type PdmlField, tsharkPdml } from '../kit/tshark.ts';
import { aare, aarq, cp, cpa, OID, userData } from '../kit/upper.ts';
import { Wire } from '../kit/wire.ts';

/** Layers of an APDU; the prefixes of the fields below them. */
const LAYERS = new Set(['p1', 'p22', 'p772']);
const PREFIXES = /^(p1|p7|p22|p772|x509\w+|ber|ftam)\./;
/** What tshark says about its own decoding; no field of the APDU. */
const REMARKS = /^ber\.(error|encoding_boiler_plate|size_constraint)/;

/**
 * tshark's fields of each APDU, as "name=value" in order. Every APDU goes through a capture of its own making, one transfer of a
 * normal-mode association at a time: the one shape of P1 that tshark reads reliably.
 */
export function judged(apdus: readonly Uint8Array[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'x400-'));
  try {
    const file = join(folder, 'apdus.pcap');
    const wire = new Wire('2026-03-01T09:15:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.1', port: 1025 }, { address: '192.0.2.2', port: 102 });
    const pair = new MtaPair(new Transport(tcp), { mode: 'normal', names: ['A', 'B'], checkpointSize: 0 });
    tcp.open();
    pair.transport.connect();
    pair.bind();
    for (const apdu of apdus) pair.transfer(0, apdu);
    pair.release();
    writeFileSync(file, pcap(wire.frames));
    return judgedFile(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A P3 or P7 association: the bind, then one ROSE APDU for each operation, result or error. */
export interface Dialogue {
  readonly context: string;
  readonly syntax: string;
  readonly argument: Uint8Array;
  readonly result: Uint8Array;
  readonly apdus: readonly {
    readonly kind: 'argument' | 'result' | 'error';
    readonly code: number;
    readonly value: Uint8Array;
  }[];
}

/** tshark's fields of the bind's argument and result and of each APDU, without those of the layers below. */
export function judgedDialogue(o: Dialogue): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'x400-'));
  try {
    const file = join(folder, 'dialogue.pcap');
    const wire = new Wire('2026-03-01T09:15:00Z');
    const tcp = new Conversation(wire, { address: '192.0.2.1', port: 1025 }, { address: '192.0.2.2', port: 102 });
    const transport = new Transport(tcp, 65531);
    const contexts = [
      [1, OID.acse],
      [3, o.syntax],
    ] as const;
    tcp.open();
    transport.connect(null);
    transport.tsdu(0, ses.cn({ tokens: 0 }, cp(contexts, userData([1, aarq(o.context, ctxc(16, o.argument))]))));
    transport.tsdu(1, ses.ac({ tokens: 0 }, cpa(contexts, userData([1, aare(o.context, ctxc(17, o.result))]))));
    o.apdus.forEach(({ kind, code, value }, i) => {
      const id = integer(i % 100);
      const apdu =
        kind === 'argument'
          ? ctxc(1, id, integer(code), value)
          : kind === 'result'
            ? ctxc(2, id, sequence(integer(code), value))
            : ctxc(3, id, integer(code), value);
      transport.tsdu(0, ses.dt(userData([3, apdu])));
    });
    writeFileSync(file, pcap(wire.frames));
    return tsharkPdml(file)
      .filter(packet => packet.some(layer => layer.name === 'ros'))
      .map(packet => theirsOf(packet.filter(layer => /^(p1|p3|p7|ros)$/.test(layer.name))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same of a capture file: one list per MTS-APDU. */
export function judgedFile(file: string): string[][] {
  const out: string[][] = [];
  for (const packet of tsharkPdml(file)) {
    const fields: string[] = [];
    for (const layer of packet) if (LAYERS.has(layer.name)) theirs(layer.children, fields);
    if (fields.some(f => f.startsWith('p1.MTS_APDU='))) out.push(fields);
  }
  return out;
}

/** tshark's fields below some layers, as "name=value" in order. */
export function theirsOf(layers: readonly PdmlField[]): string[] {
  const out: string[] = [];
  for (const layer of layers) theirs(layer.children, out);
  return out;
}

function theirs(fields: readonly PdmlField[], out: string[]): void {
  for (const f of fields) {
    if (PREFIXES.test(f.name) && !REMARKS.test(f.name)) out.push(`${f.name}=${plain(f)}`);
    theirs(f.children, out);
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Octets without colons; absolute times as tshark prints the other times. */
function plain(f: PdmlField): string {
  const time = /^([A-Z][a-z]{2}) ([ \d]\d), (\d{4}) (\d\d:\d\d:\d\d)\.0+ UTC$/.exec(f.show);
  if (time !== null) {
    const month = String(MONTHS.indexOf(time[1]!) + 1).padStart(2, '0');
    return `${time[3]}-${month}-${time[2]!.replace(' ', '0')} ${time[4]} (UTC)`;
  }
  if (/^[0-9a-f]{2}(:[0-9a-f]{2})+$/.test(f.show)) return f.show.replaceAll(':', '');
  return f.show;
}

/** Our fields in the same form. */
export function ours(fields: readonly Field[], out: string[] = []): string[] {
  for (const f of fields) {
    const value = f.value === undefined ? '' : typeof f.value === 'boolean' ? Number(f.value) : f.value;
    out.push(`${f.name}=${value}`);
    ours(f.children, out);
  }
  return out;
}

/** What only one side has, each with how many times more. */
export function differences(mine: readonly string[], other: readonly string[]): { ours: string[]; tshark: string[] } {
  const count = new Map<string, number>();
  for (const f of mine) count.set(f, (count.get(f) ?? 0) + 1);
  for (const f of other) count.set(f, (count.get(f) ?? 0) - 1);
  const rows = [...count].filter(([, n]) => n !== 0);
  return {
    ours: rows.filter(([, n]) => n > 0).flatMap(([f, n]) => new Array<string>(n).fill(f)),
    tshark: rows.filter(([, n]) => n < 0).flatMap(([f, n]) => new Array<string>(-n).fill(f)),
  };
}
