import { describe, expect, it } from 'vitest';
import { decode } from '../../src/asn1/decode.ts';
import type { Field } from '../../src/model/field.ts';
import { ROSE } from '../../src/osi/rose.ts';
import { RTSE } from '../../src/osi/rtse.ts';
import { bindType, operationType } from '../../src/x400/protocol.ts';
import { openX400 } from '../../src/x400/registry.ts';
import { ascii, oidOctets, tlv } from '../asn1/generate.ts';

const C = 0x20000000;
const password = 'correct horse';
const ia5 = tlv(22, false, ascii(password));
const octet = tlv(4, false, ascii(password));

const BINDS: [string, Uint8Array, Parameters<typeof bindType>][] = [
  ['P1 argument', tlv(C + 1, true, tlv(C, false, ascii('MTA')), tlv(C + 1, true, ia5)), ['P1', 'argument']],
  ['P1 result, octets', tlv(C + 1, true, tlv(C, false, ascii('MTA')), tlv(C + 1, true, octet)), ['P1', 'result']],
  ['P3 argument', tlv(17, true, tlv(C, false, ascii('MTA')), tlv(C + 2, true, ia5)), ['P3', 'argument']],
];

function everything(fields: readonly Field[]): string {
  return JSON.stringify(fields);
}

describe('credentials', () => {
  it.each(BINDS)('%s: withheld', (_, octets, args) => {
    const d = decode(bindType(...args), '', octets, 0, octets.length);
    expect(d.faults).toEqual([]);
    const shown = everything(d.fields);
    expect(shown).not.toContain(password);
    expect(shown).not.toContain(Buffer.from(password).toString('hex'));
    expect(shown).toContain('credentials hidden (13 octets)');
  });

  it.each(BINDS)('%s: shown to who asks', (_, octets, args) => {
    const d = decode(bindType(...args), '', octets, 0, octets.length, { showCredentials: true });
    expect(everything(d.fields)).toMatch(new RegExp(`${password}|${Buffer.from(password).toString('hex')}`));
  });

  it.each(BINDS)('%s: withheld whatever octet is damaged', (_, octets, args) => {
    const hidden = Buffer.from(password).toString('hex');
    for (let at = 0; at < octets.length - password.length; at++) {
      for (const value of [
        0x00,
        0x04,
        0x13,
        0x16,
        0x24,
        0x30,
        0x31,
        0x80,
        0xa0,
        0xa1,
        0xff,
        octets[at]! ^ 0x20,
        octets[at]! + 1,
      ]) {
        const broken = octets.slice();
        broken[at] = value;
        const shown = everything(decode(bindType(...args), '', broken, 0, broken.length).fields);
        // Half of it would be too much as well.
        expect(shown.includes(password.slice(4)) || shown.includes(hidden.slice(8)), `octet ${at} = ${value}`).toBe(
          false,
        );
      }
    }
  });

  it('withholds a bind whose protocol is not known', () => {
    const [, bind] = BINDS[0]!;
    const rtorq = tlv(C + 16, true, tlv(C + 3, true, tlv(C, true, tlv(C + 16, true, bind))));
    const d = decode(RTSE.type('RTSE-apdus'), '', rtorq, 0, rtorq.length);
    expect(everything(d.fields)).not.toContain(password);
    expect(everything(d.fields)).toContain('may be credentials');
    const ros = tlv(C + 16, true, bind);
    expect(everything(decode(ROSE.type('ROS'), '', ros, 0, ros.length).fields)).not.toContain(password);
  });

  it('withholds both passwords of change-credentials', () => {
    const octets = tlv(17, true, tlv(C, true, ia5), tlv(C + 1, true, ia5));
    const d = decode(operationType('P3', 'argument', 8)!, '', octets, 0, octets.length);
    expect(everything(d.fields)).not.toContain(password);
    expect(everything(d.fields).match(/hidden/g)).toHaveLength(2);
  });

  it('withholds a password that is changed by an extension of register-MS', () => {
    const change = tlv(16, true, tlv(C, false, oidOctets('1.2.3')), ia5, tlv(C + 2, false, ascii(`\0${password}`)));
    const item = tlv(8, true, tlv(6, false, oidOctets('2.6.4.9.4')), tlv(C, true, change));
    const octets = tlv(17, true, tlv(C + 10, true, tlv(16, true, item)));
    const d = decode(operationType('P7', 'argument', 24)!, '', octets, 0, octets.length, { open: openX400 });
    expect(d.faults).toEqual([]);
    expect(everything(d.fields)).not.toContain(password);
    expect(everything(d.fields)).not.toContain(Buffer.from(password).toString('hex'));
    expect(everything(d.fields).match(/hidden/g)).toHaveLength(2);
  });

  it('withholds a password of the wrong string type', () => {
    const octets = tlv(C + 1, true, tlv(C, false, ascii('MTA')), tlv(C + 1, true, tlv(19, false, ascii(password))));
    const d = decode(bindType('P1', 'argument'), '', octets, 0, octets.length);
    expect(everything(d.fields)).not.toContain(password);
  });
});
