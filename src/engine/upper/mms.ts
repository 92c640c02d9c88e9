import { readTlv } from '../../asn1/ber.ts';
import { decode } from '../../asn1/decode.ts';
import { defineModule } from '../../asn1/schema.ts';
import type { LayerTree } from '../../model/field.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import { MMS } from '../../osi/mms.ts';
import { readable } from '../../osi/mms-values.ts';
import type { Dialect } from './counted.ts';

const PDU = { name: 'mms.MMSpdu', kind: 'mms' } as const;
const GUARDED = defineModule({ proto: 'mms', imports: [MMS], types: { MMSpdu: 'GUARD iso9506.MMSpdu' } });
const ELEMENTS = defineModule({ proto: 'mms', types: { MMSpdu: 'ANY' } });

/**
 * How a PDU of MMS is read as a layer of its own. In one that opens an association other applications have passwords: what does not
 * belong there is withheld. Where nobody sees it, its encoding is all that counts.
 */
export function mmsPdu(opening: boolean, seen: boolean) {
  const module = !seen ? ELEMENTS : opening ? GUARDED : MMS;
  return { ...PDU, type: module.type('MMSpdu') };
}

/** Names of a CHOICE's alternatives by tag number, from the text of the table: types that nobody decodes need not be compiled. */
const alternatives = (type: string): ReadonlyMap<number, string | undefined> =>
  new Map(
    [...MMS.source.types[type]!.matchAll(/([\w-]+)(?:@[\w.-]+)? \[(\d+)!?\]/g)].map(([, name, tag]) => [
      Number(tag),
      name,
    ]),
  );

/** Made on first use: most captures have no MMS. */
let pdus: ReturnType<typeof alternatives> | null = null;
let services: Readonly<Record<number, ReturnType<typeof alternatives>>> | null = null;

/** Kind of an MMS PDU, with its service: "confirmed-RequestPDU: read". */
export function mmsType(bytes: Uint8Array, start: number, end: number): string {
  const pdu = readTlv(bytes, start, end);
  if (pdu === null || pdu.cls !== 2) return 'no MMS PDU';
  pdus ??= alternatives('MMSpdu');
  services ??= {
    0: alternatives('ConfirmedServiceRequest'),
    1: alternatives('ConfirmedServiceResponse'),
    3: alternatives('UnconfirmedService'),
  };
  const name = pdus.get(pdu.tag) ?? `MMS PDU ${pdu.tag}`;
  const named = services[pdu.tag];
  if (named === undefined) return name;
  // Confirmed: invokeID, modifiers, then the service; unconfirmed: the service.
  for (let at = pdu.content; at < pdu.contentEnd; ) {
    const part = readTlv(bytes, at, pdu.contentEnd)!;
    if (part.cls === 2) return `${name}: ${named.get(part.tag) ?? `service ${part.tag}`}`;
    at = part.end;
  }
  return name;
}

/** Whether it is a PDU that opens an association, or refuses to: it has no place for a password. */
export function isInitiate(bytes: Uint8Array, start: number, end: number): boolean {
  return mmsType(bytes, start, end).startsWith('initiate-');
}

export function mmsTitle(bytes: Uint8Array, start: number, end: number): string {
  return `MMS, ${mmsType(bytes, start, end)}`;
}

const octets = (text: string) => [...text].map(c => c.charCodeAt(0));

/** Object names that only TASE.2 (IEC 60870-6) defines, and node and functional-constraint names of IEC 61850-8-1. */
const SIGNS: readonly { protocol: string; keys: readonly (readonly number[])[] }[] = [
  {
    protocol: 'TASE.2',
    keys: [
      'TASE2_Version',
      'Bilateral_Table_ID',
      'Supported_Features',
      'Next_DSTransfer_Set',
      'Transfer_Set_Name',
      'DSConditions',
    ].map(octets),
  },
  {
    protocol: 'IEC 61850 MMS',
    keys: ['LLN0', 'LPHD', '$ST$', '$MX$', '$CO$', '$SP$', '$CF$', '$DC$', '$BR$', '$RP$', '$GO$'].map(octets),
  },
];

/** Octets with which one of the names begins: everything else is passed over at one look. */
const FIRST = new Uint8Array(256);
for (const { keys } of SIGNS) for (const key of keys) FIRST[key[0]!] = 1;

/** Protocols that are told by object names alone. */
export const NAMED_BY_OBJECTS: ReadonlySet<string> = new Set(SIGNS.map(sign => sign.protocol));

/** The sign whose name stands at `at`, ending before `stop`, and the name's octets; null at most places. */
function signAt(bytes: Uint8Array, at: number, stop: number): { protocol: string; length: number } | null {
  const octet = bytes[at]!;
  for (const { protocol, keys } of SIGNS) {
    for (const key of keys) {
      if (octet !== key[0] || at + key.length > stop) continue;
      if (key.every((c, i) => bytes[at + i] === c)) return { protocol, length: key.length };
    }
  }
  return null;
}

/** Where names of the standards stand in octets: from and to, each. */
export function standardNames(bytes: Uint8Array, start: number, end: number): [number, number][] {
  const out: [number, number][] = [];
  for (let at = start; at < end; at++) {
    const sign = FIRST[bytes[at]!] === 0 ? null : signAt(bytes, at, end);
    if (sign !== null) out.push([at, at + sign.length]);
  }
  return out;
}

/** PDUs that are searched for names before the protocol stays plain MMS. */
const SEARCHED = 200;
const SEARCHED_OCTETS = 4096;

/** Sharpens "MMS" to what the object names show: neither TASE.2 nor IEC 61850 has an abstract syntax of its own. */
export class MmsEvidence {
  protocol = 'MMS';
  private left = SEARCHED;

  look(bytes: Uint8Array, start: number, end: number): void {
    if (this.left <= 0 || this.protocol !== 'MMS') return;
    this.left--;
    const stop = Math.min(end, start + SEARCHED_OCTETS);
    for (let at = start; at < stop; at++) {
      if (FIRST[bytes[at]!] === 0) continue;
      const sign = signAt(bytes, at, stop);
      if (sign === null) continue;
      this.protocol = sign.protocol;
      return;
    }
  }
}

/** MMS right above the transport layer, as some test tools write it. */
export class BareMms implements Dialect {
  private readonly evidence = new MmsEvidence();

  get protocol(): string {
    return this.evidence.protocol;
  }

  read(t: Tsdu): string {
    this.evidence.look(t.bytes, t.start, t.end);
    return mmsType(t.bytes, t.start, t.end);
  }

  tree({ bytes, start, end, origin }: Tsdu): LayerTree[] {
    const { fields } = decode(MMS.type('MMSpdu'), PDU.name, bytes, start, end);
    return [
      { layer: 'mms', title: mmsTitle(bytes, start, end), bytes, start, end, origin, fields: fields.map(readable) },
    ];
  }
}
