import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/asn1/decode.ts';
import { ACSE } from '../../src/osi/acse.ts';
import { PRESENTATION } from '../../src/osi/presentation.ts';
import { ROSE } from '../../src/osi/rose.ts';
import { RTSE } from '../../src/osi/rtse.ts';
import { Generator, tlv } from '../asn1/generate.ts';
import { Conversation } from '../kit/conversation.ts';
import { pcap } from '../kit/pcap.ts';
import { ses } from '../kit/session.ts';
import { Transport } from '../kit/transport.ts';
import { type PdmlField, tsharkAvailable, tsharkPdml } from '../kit/tshark.ts';
import { aarq, cp, P1_CONTEXTS, userData } from '../kit/upper.ts';
import { Wire } from '../kit/wire.ts';
import { differences, ours } from '../x400/judge.ts';

const tshark = tsharkAvailable();
if (!tshark) console.warn('tshark is not installed: the tables of presentation, ACSE and RTSE are not judged');

const C = 0x20000000;

/** tshark's fields of one layer in the CONNECT of each connection. */
function judged(layer: string, connects: readonly Uint8Array[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'osi-'));
  try {
    const file = join(folder, 'osi.pcap');
    const wire = new Wire('2026-03-01T09:15:00Z');
    connects.forEach((user, i) => {
      const tcp = new Conversation(wire, { address: '192.0.2.1', port: 2000 + i }, { address: '192.0.2.2', port: 102 });
      const transport = new Transport(tcp, 65531);
      tcp.open();
      transport.connect(null);
      transport.tsdu(0, ses.cn({ tokens: 0 }, user));
    });
    writeFileSync(file, pcap(wire.frames));
    return tsharkPdml(file)
      .filter(packet => packet.some(l => l.name === 'ses'))
      .map(packet => {
        const out: string[] = [];
        const walk = (fields: readonly PdmlField[]): void => {
          for (const f of fields) {
            const octets = /^[0-9a-f]{2}(:[0-9a-f]{2})+$/.test(f.show) ? f.show.replaceAll(':', '') : f.show;
            if (/^(pres|acse|rtse|ber|x509\w+)\./.test(f.name) && f.name !== 'acse.malformed')
              out.push(`${f.name}=${octets}`);
            walk(f.children);
          }
        };
        walk(packet.filter(l => l.name === layer).flatMap(l => l.children));
        return out;
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
/** Directory names stay bare elements in our tables of these layers; what ANY holds is text only in tshark's tree. */
const ELSEWHERE = /^(x509\w+|ber)\./;

function compare(mine: readonly string[], theirs: readonly string[]): { ours: string[]; tshark: string[] } {
  const rows = differences(mine, theirs);
  return { ours: rows.ours.filter(f => !ELSEWHERE.test(f)), tshark: rows.tshark.filter(f => !ELSEWHERE.test(f)) };
}

describe.runIf(tshark)('random values, judged by tshark', () => {
  it('CP', () => {
    const values = SEEDS.map(seed => {
      const hooks = {
        'Mode-selector': () => tlv(C, true, tlv(C, false, Uint8Array.of(1))),
        'User-data': () => new Uint8Array(0),
      };
      return new Generator(seed, [], hooks, ['x410-mode-parameters', 'extensions']).value(PRESENTATION.type('CP-type'));
    });
    const theirs = judged('pres', values);
    values.forEach((value, i) => {
      const d = decode(PRESENTATION.type('CP-type'), 'pres.cptype', value, 0, value.length);
      if (process.env.DBG) console.log(i, JSON.stringify(compare(ours(d.fields), theirs[i]!)), theirs[i]!.slice(-3));
      else expect({ i, ...compare(ours(d.fields), theirs[i]!) }).toEqual({ i, ours: [], tshark: [] });
    });
  });

  it('AARQ', () => {
    const values = SEEDS.map(seed => new Generator(seed, [], {}, ['user-information']).value(ACSE.type('AARQ-apdu')));
    const theirs = judged(
      'acse',
      values.map(value => cp(P1_CONTEXTS, userData([1, value]))),
    );
    values.forEach((value, i) => {
      const type = ACSE.type('ACSE-apdu');
      const d = decode(type, 'acse.apdu', value, 0, value.length, { showCredentials: true });
      expect({ i, ...compare(ours(d.fields[0]!.children), theirs[i]!) }).toEqual({ i, ours: [], tshark: [] });
    });
  });

  it('RTORQ', () => {
    const values = SEEDS.map(seed => {
      const set = new Generator(seed, [], {}, ['open']).value(RTSE.type('RTORQapdu'));
      return tlv(C + 16, true, set.subarray(set[1]! < 128 ? 2 : set[1] === 0x81 ? 3 : 4));
    });
    const theirs = judged(
      'rtse',
      values.map(value => cp(P1_CONTEXTS, userData([1, aarq('2.6.0.1.6', value)]))),
    );
    values.forEach((value, i) => {
      const d = decode(RTSE.type('RTSE-apdus'), 'rtse.apdu', value, 0, value.length);
      expect({ i, ...compare(ours(d.fields[0]!.children), theirs[i]!) }).toEqual({ i, ours: [], tshark: [] });
    });
  });
});

describe('ROSE', () => {
  it('hands arguments, results and errors on by their codes', () => {
    const invoke = tlv(C + 1, true, tlv(2, false, Uint8Array.of(7)), tlv(2, false, Uint8Array.of(3)), tlv(16, true));
    const d = decode(ROSE.type('ROS'), 'ros', invoke, 0, invoke.length, { open: () => 'later' });
    expect(d.faults).toEqual([]);
    expect(d.opens).toEqual([{ fieldName: 'ros.argument_element', contextId: 3, oid: null, start: 8, end: 10 }]);
    expect(ours(d.fields[0]!.children)).toEqual([
      'ros.invoke_element=',
      'ros.invokeId=0',
      'ros.present=7',
      'ros.opcode=0',
      'ros.local=3',
    ]);
    const reject = tlv(C + 4, true, tlv(5, false), tlv(C + 1, false, Uint8Array.of(2)));
    expect(ours(decode(ROSE.type('ROS'), 'ros', reject, 0, reject.length).fields[0]!.children)).toEqual([
      'ros.reject_element=',
      'ros.invokeId=1',
      'ros.absent_element=',
      'ros.problem=1',
      'ros.invoke=2',
    ]);
  });
});
