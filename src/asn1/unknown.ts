import { hex } from '../base/text.ts';
import * as ber from './ber.ts';
import { readTlv, type Tlv } from './ber.ts';
import { bitString, integer, oid, whole } from './contents.ts';
import { doubtfulText } from './secrets.ts';
import type { StringKind } from './strings.ts';
import { generalizedTime, utcTime } from './times.ts';
import { octets, rawText, real, STRINGS, textOf } from './values.ts';
import { blame, enough, type Node, node, type State, stopAt, tagName } from './walk.ts';

/** Elements of which only the encoding is known. */

type Row = readonly [name: string, label: string, kind: StringKind | ''];

/** Universal types as Wireshark names them when it knows nothing else about an element. */
const UNKNOWN: Partial<Record<number, Row>> = {
  [ber.TAG.boolean]: ['ber.unknown.BOOLEAN', 'BOOLEAN', ''],
  [ber.TAG.integer]: ['ber.unknown.INTEGER', 'INTEGER', ''],
  [ber.TAG.bitString]: ['ber.unknown.BITSTRING', 'BITSTRING', ''],
  [ber.TAG.octetString]: ['ber.unknown.OCTETSTRING', 'OCTETSTRING', ''],
  [ber.TAG.null]: ['ber.null_tag', 'NULL tag', ''],
  [ber.TAG.oid]: ['ber.unknown.OID', 'OID', ''],
  [ber.TAG.relativeOid]: ['ber.unknown.relative_OID', 'OID', ''],
  [ber.TAG.real]: ['ber.unknown.REAL', 'REAL', ''],
  [ber.TAG.enumerated]: ['ber.unknown.ENUMERATED', 'ENUMERATED', ''],
  [ber.TAG.utcTime]: ['ber.unknown.UTCTime', 'UTCTime', ''],
  [ber.TAG.generalizedTime]: ['ber.unknown.GeneralizedTime', 'GeneralizedTime', ''],
  [ber.TAG.utf8]: ['ber.unknown.UTF8String', 'UTF8String', 'UTF8'],
  [ber.TAG.numeric]: ['ber.unknown.NumericString', 'NumericString', 'NUMERIC'],
  [ber.TAG.printable]: ['ber.unknown.PrintableString', 'PrintableString', 'PRINTABLE'],
  [ber.TAG.teletex]: ['ber.unknown.TeletexString', 'TeletexString', 'TELETEX'],
  [ber.TAG.ia5]: ['ber.unknown.IA5String', 'IA5String', 'IA5'],
  [ber.TAG.graphic]: ['ber.unknown.GRAPHICSTRING', 'GRAPHICSTRING', 'GRAPHIC'],
  [ber.TAG.visible]: ['ber.unknown.VisibleString', 'VisibleString', 'VISIBLE'],
  [ber.TAG.general]: ['ber.unknown.GeneralString', 'GeneralString', 'GENERAL'],
  [ber.TAG.universal]: ['ber.unknown.UniversalString', 'UniversalString', 'UNIVERSAL'],
  [ber.TAG.bmp]: ['ber.unknown.BMPString', 'BMPString', 'BMP'],
};

/** Whether an element can hold a password: strings, octets, and what an implicit tag hides. */
function mayTell(tlv: Tlv, universal: boolean): boolean {
  return (
    !universal || STRINGS[tlv.tag] !== undefined || tlv.tag === ber.TAG.octetString || tlv.tag === ber.TAG.bitString
  );
}

/** An element of which only the encoding is known. */
export function unknown(state: State, tlv: Tlv, into: Node[]): void {
  const row = tlv.cls === ber.UNIVERSAL ? UNKNOWN[tlv.tag] : undefined;
  const segmented = row !== undefined && tlv.tag !== ber.TAG.null && (tlv.fault !== null || whole(state.bytes, tlv));
  const structured = tlv.constructed && !segmented;
  const f = structured
    ? node('ber.unknown.constructed', tagName(tlv.key), tlv.start, tlv.end)
    : row === undefined
      ? node('ber.unknown.primitive', tagName(tlv.key), tlv.start, tlv.end)
      : node(row[0], row[1], tlv.start, tlv.end);
  into.push(f);
  const before = state.faults.length;
  state.depth++;
  if (enough(state)) stopAt(state, f);
  else {
    if (structured) elements(state, f, tlv);
    else contents(state, f, tlv, row);
    blame(state, f, tlv, before);
  }
  state.depth--;
}

function elements(state: State, f: Node, tlv: Tlv): void {
  for (let at = tlv.content; at < tlv.contentEnd && state.left >= 0; ) {
    const inner = readTlv(state.bytes, at, tlv.contentEnd, state.depth)!;
    unknown(state, inner, f.children);
    at = inner.end;
  }
}

function contents(state: State, f: Node, tlv: Tlv, row: Row | undefined): void {
  const { bytes } = state;
  if (state.guards > 0 && state.options.showCredentials !== true && mayTell(tlv, row !== undefined)) {
    f.text = doubtfulText(tlv.contentEnd - tlv.content);
  } else if (row === undefined) {
    octets(state, f, tlv);
  } else if (row[2] !== '') {
    f.value = textOf(bytes, row[2], tlv);
  } else {
    switch (tlv.tag) {
      case ber.TAG.boolean:
        f.value = bytes[tlv.content] !== 0 && tlv.contentEnd > tlv.content;
        break;
      case ber.TAG.integer:
      case ber.TAG.enumerated:
        f.value = integer(bytes, tlv.content, tlv.contentEnd) ?? '';
        break;
      case ber.TAG.oid:
      case ber.TAG.relativeOid:
        f.value = oid(bytes, tlv.content, tlv.contentEnd, tlv.tag !== ber.TAG.oid) ?? '';
        break;
      case ber.TAG.real:
        f.value = real(bytes, tlv.content, tlv.contentEnd);
        break;
      case ber.TAG.bitString:
        f.value = hex(bitString(bytes, tlv).octets);
        break;
      case ber.TAG.octetString:
        octets(state, f, tlv);
        break;
      case ber.TAG.utcTime:
      case ber.TAG.generalizedTime: {
        const raw = rawText(bytes, tlv);
        f.value = (tlv.tag === ber.TAG.utcTime ? utcTime(raw) : generalizedTime(raw)) ?? raw;
      }
    }
  }
}
