import { describe, expect, it } from 'vitest';
import { decode } from '../../src/asn1/decode.ts';
import { fieldValue, find } from '../../src/asn1/tree.ts';
import type { Field } from '../../src/model/field.ts';
import { Origin } from '../../src/model/origin.ts';
import { packetFields } from '../../src/report/filter-fields.ts';
import { dissectApdu, dissectCarried } from '../../src/x400/dissect.ts';
import { summarizeApdu } from '../../src/x400/message.ts';
import { operationType } from '../../src/x400/protocol.ts';
import { openX400 } from '../../src/x400/registry.ts';
import { MTA } from '../../src/x400/tables/mta.ts';
import { ascii, cat, Generator, oidOctets, tlv } from '../asn1/generate.ts';

const A = 0x10000000;
const C = 0x20000000;

/** A message around a content; `type` an integer or an OID. */
function message(type: number | string, content: Uint8Array): Uint8Array {
  const coded = typeof type === 'number' ? tlv(A + 6, false, Uint8Array.of(type)) : tlv(6, false, oidOctets(type));
  const hooks = { ContentType: () => coded, Content: () => content, TraceInformation: () => tlv(A + 9, true) };
  for (let seed = 1; ; seed++) {
    const apdu = new Generator(seed, [], hooks, ['extensions']).value(MTA.type('MTS-APDU'));
    if (apdu[0] === 0xa0) return apdu;
  }
}

const octets = (value: Uint8Array) => tlv(4, false, value);
const id = tlv(A + 11, true, tlv(19, false, ascii('IPM-1')));
const subject = (text: string) => tlv(C + 8, true, tlv(20, false, ascii(text)));
const ia5 = (text: string) => tlv(C, true, tlv(17, true), tlv(22, false, ascii(text)));
const ipm = (heading: Uint8Array[], ...body: Uint8Array[]) =>
  tlv(C, true, tlv(17, true, id, ...heading), tlv(16, true, ...body));
const extended = (type: string, data: Uint8Array) =>
  tlv(C + 15, true, tlv(8, true, tlv(6, false, oidOctets(type)), tlv(C, true, data)));

describe('contents', () => {
  it('opens interpersonal messages, by integer and by object identifier', () => {
    for (const type of [2, 22, '2.6.1.10.1', '1.3.26.0.4406.0.4.1'] as const) {
      const apdu = message(type, octets(ipm([subject('Hello')], ia5('text'))));
      const { trees, faults } = dissectApdu(apdu);
      expect(faults).toEqual([]);
      expect(trees.map(t => t.layer)).toEqual(['p1', type === '1.3.26.0.4406.0.4.1' ? 'p772' : 'p22']);
      expect(fieldValue(trees[1]!.fields, 'p22.subject')).toBe('Hello');
      expect(summarizeApdu(apdu).ipm).toEqual({ id: 'IPM-1', subject: 'Hello', bodyParts: ['ia5-text'] });
    }
  });

  it('names an unknown content by its object identifier, and keeps it', () => {
    const apdu = message('1.2.840.113556.3.10.1', octets(Uint8Array.of(1, 2, 3)));
    const tree = dissectApdu(apdu).trees[1]!;
    expect(tree).toMatchObject({ layer: 'content', title: 'Content of type 1.2.840.113556.3.10.1' });
    expect([...tree.bytes.subarray(tree.start, tree.end)]).toEqual([1, 2, 3]);
    expect(summarizeApdu(apdu)).toMatchObject({ contentType: '1.2.840.113556.3.10.1', size: 3, ipm: null });
  });

  it.each([
    ['released separators', `UNB+UNOA:1+A?+B CO:ZZ+O?'NEIL+990101:1200+7??+8'UNH`, 'A?+B CO:ZZ', "O?'NEIL", '7??'],
    ['no release character', `UNA:+.  'UNB+UNOA:1+A ?+B+990101:1200+7'`, 'A ?', 'B', '7'],
    ['level B', 'UNB\x1dUNOB\x1f1\x1dA+B\x1dC\x1d990101\x1f1200\x1d7\x1cUNH', 'A+B', 'C', '7'],
    ['letters of ISO 8859-1', `UNB+UNOC:3+M\xdcLLER+B+990101:1200+7'`, 'M\xdcLLER', 'B', '7'],
  ])('reads an interchange header with %s', (_, octets_, sender, recipient, reference) => {
    const tree = dissectApdu(message(35, octets(ascii(octets_)))).trees[1]!;
    const value = (name: string) => fieldValue(tree.fields, `p35.${name}`);
    expect([value('sender'), value('recipient'), value('control_reference')]).toEqual([sender, recipient, reference]);
    const { start, end } = find(tree.fields, 'p35.interchange')!;
    const text = Buffer.from(tree.bytes.subarray(start, end)).toString('latin1');
    expect(text).toBe(octets_.replace(/UNH$/, ''));
  });

  it('recognises EDIFACT interchanges in P35, with their own separators', () => {
    const plain = `UNB+UNOA:1+SENDER:1+RECIPIENT:1+980603:0913+REF01'UNH+1+INVOIC:D:96A:UN'`;
    const tree = dissectApdu(message(35, octets(tlv(C, true, tlv(4, false, ascii(plain)))))).trees[1]!;
    expect(tree.layer).toBe('p35');
    expect(fieldValue(tree.fields, 'p35.sender')).toBe('SENDER:1');
    expect(fieldValue(tree.fields, 'p35.control_reference')).toBe('REF01');
    const at = find(tree.fields, 'p35.interchange')!;
    expect(Buffer.from(tree.bytes.subarray(at.start, at.start + 4)).toString()).toBe('UNB+');
    const own = dissectApdu(message(35, octets(ascii(`UNA/*,! ~UNB*UNOB/2*A*B*990101/1200*7~`)))).trees[1]!;
    expect(fieldValue(own.fields, 'p35.preparation')).toBe('990101/1200');
  });

  it('reads the ATS message header of AMHS, in basic and in extended body parts', () => {
    const text = 'PRI: FF\r\nFT: 031059\r\nOHI: NIL\r\n\x02ALR\r\nLINE\r\n\x03';
    for (const part of [ia5(`\x01${text}`), extended('2.6.1.4.0', tlv(22, false, ascii(`\x01${text}`)))]) {
      const { trees } = dissectApdu(message(22, octets(ipm([], part))));
      const header = trees.find(t => t.layer === 'amhs')!;
      expect(header.fields[0]!.children.map(f => [f.name, f.value])).toEqual([
        ['amhs.pri', 'FF'],
        ['amhs.ft', '031059'],
        ['amhs.ohi', 'NIL'],
        ['amhs.text', 'ALR\r\nLINE\r\n'],
      ]);
      for (const { name } of [header.fields[0]!, ...header.fields[0]!.children]) {
        expect(packetFields().resolve(name), name).toEqual([name]);
      }
    }
    expect(dissectApdu(message(22, octets(ipm([], ia5('PRI: none'))))).trees.length).toBe(2);
  });

  it('reads the heading extensions that AMHS uses', () => {
    const ext = (oid: string, value: Uint8Array) => tlv(16, true, tlv(6, false, oidOctets(oid)), value);
    const extensions = tlv(
      C + 15,
      true,
      ext('2.6.1.5.5', tlv(24, false, ascii('20260301091500Z'))),
      ext('2.6.1.5.12', tlv(6, false, oidOctets('1.3.27.8.0.0'))),
    );
    const { trees, faults } = dissectApdu(message(22, octets(ipm([extensions], ia5('x')))));
    expect(faults).toEqual([]);
    expect(fieldValue(trees[1]!.fields, 'p22.AuthorizationTime')).toBe('2026-03-01 09:15:00 (UTC)');
    expect(find(trees[1]!.fields, 'p22.PrecedencePolicyIdentifier')?.value).toBe('1.3.27.8.0.0');
  });

  it('reads file transfer body parts', () => {
    const name = tlv(C, true, tlv(25, false, ascii('plan.doc')));
    const parameters = tlv(
      C,
      true,
      tlv(6, false, oidOctets('2.6.1.11.12')),
      tlv(C, true, tlv(16, true, tlv(C + 4, true, name))),
    );
    const file = tlv(8, true, tlv(C + 1, false, Uint8Array.of(0xd0, 0xcf)));
    const data = tlv(8, true, tlv(6, false, oidOctets('2.6.1.4.12')), tlv(C, true, tlv(16, true, file)));
    const apdu = message(22, octets(ipm([], tlv(C + 15, true, parameters, data))));
    const { trees, faults } = dissectApdu(apdu);
    expect(faults).toEqual([]);
    expect(fieldValue(trees[1]!.fields, 'ftam.Pathname_item')).toBe('plan.doc');
    expect(fieldValue(trees[1]!.fields, 'ber.octet_aligned')).toBe('d0cf');
    expect(find(trees[1]!.fields, 'p22.FileTransferData_item_element')?.children).toHaveLength(1);
    expect(summarizeApdu(apdu).ipm?.bodyParts).toEqual(['file-transfer (2.6.1.4.12)']);
  });

  it('goes into forwarded messages and forwarded contents', () => {
    const inner = ipm([subject('inner')], ia5('deep'));
    const bare = inner.subarray(2);
    const basic = tlv(C + 9, true, tlv(17, true), tlv(16, true, bare));
    const content = extended('2.6.1.4.17.2.6.1.10.1', tlv(4, false, inner));
    const { trees, faults } = dissectApdu(message(22, octets(ipm([subject('outer')], basic, content))));
    expect(faults).toEqual([]);
    const body = find(trees[1]!.fields, 'p22.body')!.children;
    expect(body.map(part => fieldValue([part], 'p22.subject'))).toEqual(['inner', 'inner']);
  });

  it('reads notifications', () => {
    const receipt = tlv(C, true, tlv(C + 1, true, tlv(C, false, ascii('980603091307Z'))));
    const apdu = message(22, octets(tlv(C + 1, true, id, receipt)));
    expect(fieldValue(dissectApdu(apdu).trees[1]!.fields, 'p22.receipt_time')).toBe('98-06-03 09:13:07 (UTC)');
    expect(summarizeApdu(apdu).ipm).toEqual({ id: 'IPM-1', subject: null, bodyParts: ['receipt-notification'] });
  });

  it('joins a content in segments, and still knows where its octets were captured', () => {
    const value = ipm([subject('Segments')], ia5('text'));
    const cut = [value.subarray(0, 9), value.subarray(9, 11), value.subarray(11)];
    const apdu = message(22, tlv(4, true, ...cut.map(c => octets(c))));
    const origin = new Origin();
    origin.add(0, 5, 66, 40);
    origin.add(40, 6, 66, apdu.length - 40);
    const tree = dissectApdu(apdu, 0, apdu.length, { origin }).trees[1]!;
    expect(fieldValue(tree.fields, 'p22.subject')).toBe('Segments');
    expect([...tree.bytes]).toEqual([...value]);
    for (let i = 0; i < value.length; i++) {
      const [piece] = tree.origin!.locate(i, i + 1);
      const position = piece!.frame === 5 ? piece!.offset - 66 : piece!.offset - 66 + 40;
      expect(apdu[position]).toBe(value[i]);
    }
    expect(summarizeApdu(apdu)).toMatchObject({ size: value.length, ipm: { subject: 'Segments' } });
  });
});

it('opens the content of a submission and of a delivery', () => {
  const content = octets(ipm([subject('Submitted')], ia5('x')));
  const hooks = { ContentType: () => tlv(A + 6, false, Uint8Array.of(22)), Content: () => content };
  for (const code of [3, 5]) {
    for (let seed = 1; seed < 4; seed++) {
      const type = operationType('P3', 'argument', code)!;
      let bytes = new Generator(seed, [], hooks, ['extensions']).value(type);
      const fields = (): Field[] => decode(type, '', bytes, 0, bytes.length, { open: openX400 }).fields;
      const coded = find(fields(), 'p1.built_in') ?? find(fields(), 'p1.extended')!;
      // A delivery has the type under a tag of its own, which no hook sees.
      if (coded.name === 'p1.extended') continue;
      bytes = bytes.slice();
      bytes[coded.end - 1] = 22;
      expect(fieldValue(dissectCarried(fields(), bytes, null).trees[0]!.fields, 'p22.subject')).toBe('Submitted');
    }
  }
});

it('concatenates nothing that is not there', () => {
  expect(dissectApdu(cat([]))).toEqual({ trees: [], faults: [] });
});
