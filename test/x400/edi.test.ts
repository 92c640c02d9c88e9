import { describe, expect, it } from 'vitest';
import { readTlv } from '../../src/asn1/ber.ts';
import { withheldIn } from '../../src/asn1/secrets.ts';
import { fieldValue, find, findAll } from '../../src/asn1/tree.ts';
import type { PduRecord } from '../../src/engine/sink.ts';
import type { Field } from '../../src/model/field.ts';
import type { Message } from '../../src/model/message.ts';
import { followRows } from '../../src/report/follow.ts';
import { type Dissection, dissectApdu, dissectContent } from '../../src/x400/dissect.ts';
import { summarizeContent } from '../../src/x400/ipm.ts';
import { summarizeApdu } from '../../src/x400/message.ts';
import { MTA } from '../../src/x400/tables/mta.ts';
import { ascii, Generator, oidOctets, tlv } from '../asn1/generate.ts';
import * as sample from './edims.ts';

const A = 0x10000000;
const C = 0x20000000;
const IPM = tlv(A + 11, true, tlv(19, false, ascii('IPM-1')));
const octet = (value: Uint8Array): Uint8Array => tlv(4, false, value);
const BUYER = '/C=GB/ADMD= /PRMD=ACME/O=Trade/S=Buyer/';

interface Read extends Dissection {
  readonly ipm: Message['ipm'];
  readonly fields: Field[];
}

/** What is said of a content that a P1 envelope gives content type 35. */
function read(content: Uint8Array, showCredentials = false, type = 35): Read {
  const bytes = tlv(4, false, content);
  const string = readTlv(bytes, 0, bytes.length)!;
  const out: Dissection = { trees: [], faults: [] };
  dissectContent(out, type, bytes, string, null, { showCredentials });
  return { ...out, ipm: summarizeContent(type, bytes, string), fields: out.trees[0]?.fields ?? [] };
}

/** The octets with those at the first place of `from` (hex) replaced. */
function mended(octets: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(octets).indexOf(from, 0, 'hex');
  expect(at, from).toBeGreaterThanOrEqual(0);
  const out = octets.slice();
  out.set(Buffer.from(to, 'hex'), at);
  return out;
}

const texts = (fields: Field[], ...names: string[]): unknown[] => names.map(n => find(fields, n)?.text);
const values = (fields: Field[], ...names: string[]): unknown[] => names.map(n => fieldValue(fields, n));

describe('EDI messages', () => {
  const whole = read(sample.EDIM);

  it('names the fields of the heading and of a recipient', () => {
    const { fields, faults, trees } = whole;
    expect(faults).toEqual([]);
    expect(trees[0]).toMatchObject({ layer: 'p35', title: 'X.435 EDI Message' });
    expect(fields.map(f => f.name)).toEqual(['p35.edim_element']);
    expect(fields[0]!.children[0]!.children.map(f => f.name.replace(/^p35\.|_element$/g, ''))).toEqual(
      `this_EDIM originator recipients edin_receiver responsibility_forwarded edi_bodypart_type incomplete_copy expiry_time
      related_messages obsoleted_EDIMs edi_application_security_elements cross_referencing_information edi_message_type
      service_string_advice syntax_identifier interchange_sender date_and_time_of_preparation application_reference
      heading_extensions`.split(/\s+/),
    );
    expect(texts(fields, 'p35.this_EDIM_element', 'p35.originator_element', 'p35.edi_bodypart_type')).toEqual([
      `260301-0001 ${BUYER}`,
      BUYER,
      '2.6.7.11.2 (id-bp-edifact-octet)',
    ]);
    expect(values(fields, 'p35.expiry_time', 'p35.syntax_identifier', 'p35.sender_identification')).toEqual([
      '26-03-01 09:15:00 (UTC)',
      'UNOA',
      'BUYER',
    ]);
    expect(findAll(fields, 'p35.EDIMessageTypeFieldSubField').map(f => f.value)).toEqual(['ORDERS', 'INVOIC']);
    const recipient = find(fields, 'p35.RecipientsSubField_element')!.children;
    expect(texts(recipient, 'p35.recipient_element', 'p35.action_request')).toEqual([
      '/C=GB/ADMD= /PRMD=SUPPLY/O=Trade/S=Seller/',
      '2.6.7.13.1 (id-for-copy)',
    ]);
    expect(
      values(
        recipient,
        'p35.EDINotificationRequests.pn',
        'p35.EDINotificationRequests.fn',
        'p35.interchange_control_reference',
        'p35.test_indicator',
      ),
    ).toEqual([true, false, 'REF01', true]);
  });

  it('keeps extensions that nobody knows, by their object identifiers', () => {
    const extension = find(whole.fields, 'p35.HeadingExtensionsSubField_element')!.children;
    expect(values(extension, 'p35.type', 'p35.criticality', 'ber.unknown.INTEGER')).toEqual(['1.2.3.7', true, 9]);
  });

  it('withholds what may be a password, unless asked for it', () => {
    const secrets = ['p35.recipient_reference', 'p35.authorization_information'];
    expect(values(whole.fields, ...secrets)).toEqual([undefined, undefined]);
    expect(values(read(sample.EDIM, true).fields, ...secrets)).toEqual(['SESAME', 'LETMEIN']);
  });

  it('finds the interchange header in the EDI body part, and reads the parts beside it', () => {
    const body = find(whole.fields, 'p35.body_element')!.children;
    expect(body[0]!.children.map(f => f.name)).toEqual(['p35.edi_body_part', 'p35.interchange']);
    expect(values(body, 'p35.control_reference', 'p22.IA5TextData')).toEqual(['REF01', 'drawing follows']);
    expect(whole.ipm).toEqual({
      id: `260301-0001 ${BUYER}`,
      subject: null,
      bodyParts: ['edifact-octet (2.6.7.11.2)', 'ia5-text (2.6.1.4.0)'],
    });
  });

  it('is followed by the text of its interchange alone', () => {
    const record: PduRecord = {
      ...{ stream: 0, direction: 0, streamOffset: 0, length: 0, frame: 1, pieces: [] },
      trees: whole.trees,
    };
    const [row] = followRows(record, 'content', { sec: 0, nsec: 0 });
    expect(row!.text).toEqual([expect.stringMatching(/^UNB\+UNOA:1\+.*'UNZ\+1\+REF01'$/)]);
  });

  it('goes into forwarded EDIMs', () => {
    const { fields, faults, ipm } = read(sample.FORWARDED_EDIM);
    expect(faults).toEqual([]);
    expect(findAll(fields, 'p35.this_EDIM_element').map(f => f.text)).toEqual([`OUTER ${BUYER}`, `INNER ${BUYER}`]);
    expect(values(fields, 'p35.delivery_time', 'p35.control_reference')).toEqual(['26-03-01 09:15:00 (UTC)', 'REF01']);
    expect(find(fields, 'p35.place_holder_element')).toBeDefined();
    expect(ipm).toEqual({ id: `OUTER ${BUYER}`, subject: null, bodyParts: ['forwarded-EDIM'] });
    const removed = read(sample.REMOVED_BODY);
    expect(removed.faults).toEqual([]);
    expect(texts(removed.fields, 'p35.primary_or_removed')).toEqual(['removed-edi-body (0)']);
  });

  it('takes the type of the EDI body part for edifact-ISO646 when the heading has none', () => {
    const heading = tlv(16, true, tlv(C + 1, true, tlv(C + 1, false, ascii('7'))));
    const edim = tlv(C, true, heading, tlv(16, true, tlv(C, false, ascii('UNB+UNOA:1+A+B'))));
    expect(read(edim).ipm).toEqual({ id: '7', subject: null, bodyParts: ['edifact-ISO646 (2.6.7.11.0)'] });
  });

  it('reads a compression indication, and a related message of another service', () => {
    const v42bis = tlv(16, true, tlv(C, false, Uint8Array.of(12)));
    const parameter = tlv(16, true, tlv(C, false, oidOctets('2.6.7.1.1')), tlv(C + 1, true, v42bis));
    const extension = tlv(16, true, tlv(C, false, oidOctets('2.6.7.1.0')), tlv(C + 2, true, parameter));
    const external = tlv(C + 1, true, tlv(6, false, oidOctets('1.2.3')), tlv(C, true, tlv(12, false, ascii('fax 7'))));
    const id = tlv(C + 1, true, tlv(C, true, tlv(16, true)), tlv(C + 1, false, ascii('7')));
    const heading = tlv(16, true, id, tlv(C + 9, true, external), tlv(C + 19, true, extension));
    const edim = tlv(C, true, heading, tlv(16, true, tlv(C, false, ascii('compressed'))));
    const { fields, faults } = read(edim);
    expect(faults).toEqual([]);
    expect(values(fields, 'p35.dictionary_size', 'ber.unknown.UTF8String')).toEqual([12, 'fax 7']);
  });

  it('is read where an interpersonal message forwards it', () => {
    const data = tlv(
      8,
      true,
      tlv(6, false, oidOctets('2.6.1.4.17.2.6.7.10.0')),
      tlv(C, true, tlv(4, false, sample.EDIM)),
    );
    const heading = tlv(17, true, tlv(A + 11, true, tlv(19, false, ascii('IPM-1'))));
    const { fields, faults } = read(tlv(C, true, heading, tlv(16, true, tlv(C + 15, true, data))), false, 22);
    expect(faults).toEqual([]);
    expect(texts(fields, 'p35.this_EDIM_element')).toEqual([`260301-0001 ${BUYER}`]);
  });

  it('is found by integer and by object identifier, inside a P1 message', () => {
    for (const type of [tlv(A + 6, false, Uint8Array.of(35)), tlv(6, false, oidOctets('2.6.7.10.0'))]) {
      const hooks = { ContentType: () => type, Content: () => tlv(4, false, sample.EDIM) };
      for (let seed = 1; seed < 20; seed++) {
        const apdu = new Generator(seed, [], hooks, ['extensions']).value(MTA.type('MTS-APDU'));
        if (apdu[0] !== 0xa0) continue;
        expect(dissectApdu(apdu).trees.map(t => t.layer)).toEqual(['p1', 'p35']);
        expect(summarizeApdu(apdu)).toMatchObject({ ipm: whole.ipm, size: sample.EDIM.length });
        expect(summarizeApdu(apdu).contentType).toMatch(/^EDI \(P35\) /);
      }
    }
  });
});

describe('EDI notifications', () => {
  const subject = `260301-0001 ${BUYER}`;

  it.each([
    ['positive-notification', sample.POSITIVE, []],
    ['negative-notification', sample.NEGATIVE, ['forwarding-error (5)', 'forwarding-loop-detected (14)']],
    ['negative-notification', sample.NEGATIVE_BY_USER, ['no-bilateral-agreement (9)', 'compression-unsupported (1)']],
    [
      'negative-notification',
      sample.NEGATIVE_BY_PDAU,
      ['undeliverable-mail (1)', 'undeliverable-mail-recipient-unknown (35)'],
    ],
    ['forwarded-notification', sample.FORWARDED, ['onward-routing (1)', 'recipient-name-changed (1)']],
    ['forwarded-notification', sample.FORWARDED_BY_USER, ['forwarded-for-archiving (1)', undefined]],
  ] as const)('reads a %s', (kind, octets, codes) => {
    const { fields, faults, ipm, trees } = read(octets);
    expect(faults).toEqual([]);
    expect(trees[0]!.title).toBe('X.435 EDI Notification');
    expect(fields.map(f => [f.name, f.text?.replace(/ \(\d\)$/, '')])).toEqual([['p35.edin', kind]]);
    expect(texts(fields, 'p35.subject_edim_element', 'p35.edin_initiator')).toEqual([subject, 'internal-ms (2)']);
    const reasons = findAll(fields, 'p35.nn_reason_code').concat(findAll(fields, 'p35.fn_reason_code'));
    expect(
      reasons.flatMap(r => r.children[0]!.children.filter(f => typeof f.value === 'number').map(f => f.text)),
    ).toEqual([...codes]);
    expect(ipm).toEqual({ id: subject, subject: null, bodyParts: [kind] });
  });

  it('reads the security elements and the extensions of one', () => {
    const { fields } = read(sample.POSITIVE);
    const common = find(fields, 'p35.notification_security_elements_element')!.children;
    expect(values(common, 'p35.original_content', 'p35.edi_application_security_element')).toEqual([
      Buffer.from('original').toString('hex'),
      'b0',
    ]);
    expect(findAll(fields, 'p35.type').map(f => f.value)).toEqual(['1.2.3.4', '1.2.3.8', '1.2.3.9', '1.2.3.10']);
  });
});

describe('damage', () => {
  const samples = Object.values(sample);

  it('reads every truncation, and says that it is one', () => {
    for (const octets of samples) {
      const { ipm } = read(octets);
      for (let n = 1; n < octets.length; n++) {
        const part = read(octets.slice(0, n));
        expect(part.faults.some(f => f.code === 'ber.truncated')).toBe(true);
        // What a part says is what the whole says.
        if (part.ipm !== null && part.ipm.id !== null) expect(part.ipm.id).toBe(ipm!.id);
      }
    }
  });

  it('reads mutations', () => {
    const g = new Generator(0x35);
    let faulty = 0;
    for (let round = 0; round < 3000; round++) {
      const octets = g.pick(samples).slice();
      for (let n = 1 + g.below(3); n > 0; n--) octets[g.below(octets.length)] = g.below(256);
      if (read(octets).faults.length > 0) faulty++;
    }
    expect(faulty).toBeGreaterThan(1000);
  });

  it('leaves the siblings of a damaged element readable', () => {
    // What is in the originator's O/R name says that it has 127 octets, where there are 35.
    const broken = mended(sample.EDIM, 'a2253023', 'a225307f');
    const { fields, faults, ipm } = read(broken);
    expect(faults.length).toBeGreaterThan(0);
    expect(values(fields, 'p35.syntax_identifier', 'p35.control_reference')).toEqual(['UNOA', 'REF01']);
    expect(ipm?.id).toBe(`260301-0001 ${BUYER}`);
  });

  it('blames wrong tags', () => {
    expect(read(mended(sample.POSITIVE, 'a1', 'a4')).faults.map(f => f.code)).toContain('asn1.choice');
    const edin = read(tlv(C + 1, true, tlv(C + 7, true)));
    expect(edin.faults.map(f => f.code)).toContain('asn1.choice');
    expect(edin.ipm).toEqual({ id: null, subject: null, bodyParts: ['notification'] });
    const set = read(tlv(C, true, tlv(17, true), tlv(16, true)));
    expect(set.faults.map(f => f.code)).toContain('asn1.unknown');
    expect(set.ipm).toBeNull();
    const nothing = read(tlv(C, true, tlv(16, true), tlv(16, true)));
    expect(nothing.faults.map(f => f.detail)).toEqual([
      expect.stringContaining('this-EDIM'),
      expect.stringContaining('primary-body-part'),
    ]);
  });

  it('finds the interchange header where damage left no EDI body part', () => {
    const { fields } = read(tlv(C, true, tlv(4, false, ascii(`UNB+UNOA:1+A+B+260301:0915+REF02'`))));
    expect(fields.at(-1)!.name).toBe('p35.interchange');
    expect(fieldValue(fields, 'p35.control_reference')).toBe('REF02');
  });

  const heading = tlv(16, true, tlv(C + 1, true, tlv(C + 1, false, ascii('7'))));
  it.each([
    ['alone', (text: Uint8Array) => text],
    ['as body part', (text: Uint8Array) => tlv(C, true, heading, tlv(16, true, tlv(C, false, text)))],
    ['in a damaged EDIM', (text: Uint8Array) => tlv(C, true, tlv(4, false, text))],
  ])("withholds the recipient's reference or password of an interchange %s, unless asked for it", (_, made) => {
    const content = made(ascii(`UNA:+.? 'UNB+UNOA:1+A+B+260301:0915+REF03+OPEN?+SESAME:BB+INVOIC'UNH+1'`));
    const { fields, trees } = read(content);
    const password = find(fields, 'p35.password')!;
    expect([password.value, password.text]).toEqual([undefined, 'credentials hidden (15 octets)']);
    expect(Buffer.from(trees[0]!.bytes.subarray(password.start, password.end)).toString()).toBe('OPEN?+SESAME:BB');
    expect(fieldValue(fields, 'p35.interchange')).toBe(`UNB+UNOA:1+A+B+260301:0915+REF03+${'*'.repeat(15)}+INVOIC`);
    expect(JSON.stringify(fields)).not.toMatch(/SESAME|53455341/i);
    const record: PduRecord = {
      ...{ stream: 0, direction: 0, streamOffset: 0, length: 0, frame: 1, pieces: [] },
      trees,
    };
    const [row] = followRows(record, 'content', { sec: 0, nsec: 0 });
    expect(row!.text.join()).not.toContain('SESAME');
    const shown = read(content, true).fields;
    expect(fieldValue(shown, 'p35.password')).toBe('OPEN?+SESAME:BB');
    expect(fieldValue(shown, 'p35.interchange')).toContain('OPEN?+SESAME:BB');
  });

  it('withholds it in a content of unidentified type as well, and takes no other text for an interchange', () => {
    const { fields, trees } = read(ascii(`UNB+UNOA:1+A+B+260301:0915+REF03+SESAME'UNH+1'`), false, 0);
    expect(trees[0]!.title).toBe('EDI interchange without X.435');
    expect(find(fields, 'p35.password')!.text).toBe('credentials hidden (6 octets)');
    for (const text of ['ISABEL', 'UNBOUND', 'See UNB+UNOA:1+A+B']) {
      expect(read(ascii(text), false, 0).trees[0]!.title).toBe('Content of type unidentified (0)');
    }
  });

  const GROUPS = `UNB+UNOA:1+A+B+260301:0915+REF03'\r\nUNG+INVOIC+A+B+260301:0915+1+UN+D:96A+FIRST?'S'UNH+1'UNE+1+1'`;
  const X12 = `ISA*03*LETMEIN   *01*SESAME    *ZZ*BUYER          *ZZ*SELLER         *260301*0915*U*00401*000000007*0*P*>~`;

  it.each([
    [
      'groups of EDIFACT',
      `${GROUPS}UNG+ORDERS+A+B+260301:0915+2+UN+D:96A+SECOND'UNH+1'`,
      ["FIRST?'S", 'SECOND'],
      { REF03: 'p35.control_reference' },
    ],
    [
      'X12',
      `${X12}GS*PO*A*B~`,
      ['LETMEIN   ', 'SESAME    '],
      { 'BUYER          ': 'p35.sender', 'SELLER         ': 'p35.recipient', '000000007': 'p35.control_reference' },
    ],
    [
      'interchanges in one content',
      `UNB+UNOA:1+A+B+260301:0915+1+FIRST'UNZ+1+1'\r\nUNB+UNOA:1+A+C+260301:0915+2+SECOND'UNZ+1+2'`,
      ['FIRST', 'SECOND'],
      { 'UNOA:1': 'p35.syntax' },
    ],
  ])('withholds what may be passwords in %s, wherever they stand', (_, text, secrets, plain) => {
    const edim = tlv(C, true, heading, tlv(16, true, tlv(C, false, ascii(text))));
    const forwarded = tlv(8, true, tlv(6, false, oidOctets('2.6.1.4.17.2.6.7.10.0')), tlv(C, true, octet(edim)));
    const ipm = tlv(C, true, tlv(17, true, IPM), tlv(16, true, tlv(C + 15, true, forwarded)));
    const segments = tlv(4, true, octet(ascii(text.slice(0, 150))), octet(ascii(text.slice(150))));
    for (const [type, content] of [
      [35, ascii(text)],
      [35, edim],
      [0, ascii(text)],
      [0, octet(ascii(text))],
      [0, octet(octet(ascii(text)))],
      [0, segments],
      [22, ipm],
    ] as const) {
      const { fields, trees } = read(content, false, type);
      const hidden = [...withheldIn(fields)];
      const held = hidden.map(f => Buffer.from(trees[0]!.bytes.subarray(f.start, f.end)).toString());
      if (content !== segments) expect(held).toEqual(secrets);
      expect(hidden.map(f => f.value)).toEqual(hidden.map(() => undefined));
      const row: PduRecord = {
        ...{ stream: 0, direction: 0, streamOffset: 0, length: 0, frame: 1, pieces: [] },
        trees,
      };
      const followed = followRows(row, 'content', { sec: 0, nsec: 0 })[0]!.text.join();
      for (const secret of secrets) {
        const octets = Buffer.from(secret.trim());
        expect(JSON.stringify(fields)).not.toContain(secret.trim());
        expect(JSON.stringify(fields)).not.toContain(octets.toString('hex'));
        expect(followed).not.toContain(secret.trim());
      }
      for (const [value, name] of Object.entries(plain)) expect(fieldValue(fields, name)).toBe(value);
      const shown = read(content, true, type).fields;
      for (const f of hidden.slice(0, 2))
        expect(findAll(shown, f.name).map(s => s.value)).toContain(secrets[hidden.indexOf(f)]);
    }
  });

  it('reads a hundred headers of one content, and withholds what is behind them', () => {
    const group = `UNG+INVOIC+A+B+260301:0915+1+UN+D:96A+SESAME'`;
    const text = ascii(`UNB+UNOA:1+A+B+260301:0915+1'${group.repeat(99)}${group}UNT+OPEN'${group}`);
    const { fields, trees } = read(text, false, 0);
    const { end } = trees[0]!;
    expect(findAll(fields, 'p35.application_password')).toHaveLength(99);
    expect(find(fields.slice(-1), 'p35.group')).toMatchObject({
      start: end - 2 * group.length - "UNT+OPEN'".length,
      end,
      text: expect.stringMatching(/^not shown: may be credentials/),
    });
    expect(JSON.stringify(fields)).not.toMatch(/SESAME|OPEN/);
  });

  it('keeps an interchange that has no X.435 around it as it is', () => {
    const { fields, faults, trees, ipm } = read(ascii(`UNB+UNOA:1+A+B+260301:0915+REF03'`));
    expect(trees[0]!.title).toBe('EDI interchange without X.435');
    expect(fields.map(f => f.name)).toEqual(['p35.type', 'p35.length', 'p35.interchange']);
    expect([faults, ipm]).toEqual([[], null]);
  });
});
