import { key, readTlv, TAG, type Tlv, UNIVERSAL } from '../asn1/ber.ts';
import { stringOctets } from '../asn1/contents.ts';
import { type Asn1Fault, type Decoded, decode } from '../asn1/decode.ts';
import { oidName } from '../asn1/oids.ts';
import type { Type } from '../asn1/schema.ts';
import { find, path } from '../asn1/tree.ts';
import type { Field, LayerTree } from '../model/field.ts';
import { Origin } from '../model/origin.ts';
import { addInterchanges, atsHeaders, bareInterchange, ediHeaders, withholdIn } from './applications.ts';
import { contentKind, contentTypeText } from './content.ts';
import { mtsIdentifier } from './envelope.ts';
import { unwrapped } from './external.ts';
import { domainName, ipmId, orName } from './oraddress.ts';
import { openX400 } from './registry.ts';
import { EDIMS } from './tables/edims.ts';
import { IPMS } from './tables/ipms.ts';
import { MMS } from './tables/mms.ts';
import { MTA } from './tables/mta.ts';

export interface DissectOptions {
  /** Where the octets of `bytes` were captured; null when that is not asked for. */
  readonly origin?: Origin | null;
  readonly showCredentials?: boolean;
}

/** A fault, and the tree (index in `trees`) in whose octets its positions are. */
export interface LayerFault extends Asn1Fault {
  readonly tree: number;
}

export interface Dissection {
  /** p1 first, then the content (p22, p772, p35, or `content` when its type is unknown), then AMHS headers found in it. */
  readonly trees: LayerTree[];
  readonly faults: LayerFault[];
}

/**
 * Decodes an MTS-APDU, and its content by its type, into layer trees. Total.
 *
 * The APDU may be inside the EXTERNAL of a normal-mode transfer. A content in one piece keeps the positions of `bytes`; one in segments
 * (a constructed OCTET STRING) is joined, and its tree has octets and an origin of its own.
 */
export function dissectApdu(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
  options: DissectOptions = {},
): Dissection {
  const out: Dissection = { trees: [], faults: [] };
  const apdu = unwrapped(bytes, readTlv(bytes, start, end));
  if (apdu === null) return out;
  const type = MTA.type('MTS-APDU');
  const origin = options.origin ?? null;
  const fields = layer(out, 'p1', 'X.411 Message Transfer Service', type, bytes, apdu.start, end, origin, options);
  const body = fields[0]?.children[0]?.children ?? [];
  // Message: envelope and content. Report: envelope, and a content that has the subject's content type and maybe its content.
  const content = body.find(f => f.name === 'p1.content') ?? path(body, 'p1.content_element', 'p1.returned_content');
  if (content === undefined) return out;
  const typed =
    path(body, 'p1.envelope_element', 'p1.content_type') ?? path(body, 'p1.content_element', 'p1.content_type');
  const tlv = readTlv(bytes, content.start, content.end);
  if (tlv !== null) dissectContent(out, codedType(typed?.children[0]), bytes, tlv, origin, options);
  return out;
}

/**
 * The trees of the content that an operation of P3 or P7 carries (submission and delivery arguments, entries that are fetched), and what
 * is found in it. Of EDI body parts that are attributes themselves, the headers are put behind their fields.
 *
 * @param fields the operation's argument or result, decoded from `bytes`
 */
export function dissectCarried(
  fields: Field[],
  bytes: Uint8Array,
  origin: Origin | null,
  options: DissectOptions = {},
): Dissection {
  const out: Dissection = { trees: [], faults: [] };
  const fetched = find(fields, 'p7.entry_information_element')?.children ?? [];
  const content = find(fields, 'p1.content') ?? find(fields, 'p7.content') ?? find(fetched, 'p1.Content');
  const type = find(fetched, 'p1.ExtendedContentType') ?? find(fields, 'p1.content_type')?.children[0];
  addInterchanges(fields, bytes, 0, 0, options.showCredentials === true);
  const tlv = content === undefined ? null : readTlv(bytes, content.start, content.end);
  if (tlv !== null) dissectContent(out, codedType(type), bytes, tlv, origin, options);
  return out;
}

/** A content type as it is coded, a number or an object identifier; null for none that can be read. */
function codedType(field: Field | undefined): number | string | null {
  const value = field?.value;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/**
 * Adds the trees of a content to `out`.
 *
 * @param type content type as coded in the envelope: number, object identifier, or null when there was none
 * @param tlv the OCTET STRING
 */
export function dissectContent(
  out: Dissection,
  type: number | string | null,
  bytes: Uint8Array,
  tlv: Tlv,
  origin: Origin | null,
  options: DissectOptions = {},
): void {
  const octets = tlv.constructed ? stringOctets(bytes, tlv) : bytes;
  const start = tlv.constructed ? 0 : tlv.content;
  const end = tlv.constructed ? octets.length : tlv.contentEnd;
  const from = tlv.constructed && origin !== null ? joined(bytes, tlv, origin) : origin;
  if (start >= end) return;
  const kind = contentKind(type);
  if (kind === 'P2' || kind === 'P22' || kind === 'P772') {
    const [name, title, module] =
      kind === 'P772'
        ? (['p772', 'STANAG 4406 Message', MMS] as const)
        : (['p22', 'X.420 Information Object', IPMS] as const);
    const type = module.type('InformationObject');
    const fields = layer(out, name, title, type, octets, start, end, from, options);
    forwarded(out, octets, options);
    amhs(out, fields, octets, from);
  } else if (kind === 'EDI' && !bareInterchange(octets, start, end)) {
    const title = octets[start] === EDIN ? 'X.435 EDI Notification' : 'X.435 EDI Message';
    layer(out, 'p35', title, EDIMS.type('InformationObject'), octets, start, end, from, options);
    addInterchanges(out.trees[out.trees.length - 1]!.fields, octets, start, end, options.showCredentials === true);
  } else {
    // Interchanges travel as contents of other types too, of an unidentified one above all, and in one more OCTET STRING there: their
    // passwords are passwords all the same.
    const inner = innermost(octets, start, end);
    const edi =
      kind === 'EDI' || (bareInterchange(octets, inner, end) && ediHeaders(octets, inner, end, false).length > 0);
    other(out, edi, type, octets, start, end, from, options);
  }
}

/** Where the contents begin of what OCTET STRINGs hold that are contents themselves. */
function innermost(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; ; ) {
    const tlv = readTlv(bytes, at, end);
    if (tlv?.key !== key(UNIVERSAL, TAG.octetString)) return at;
    at = tlv.content;
  }
}

/** Identifier octet of [1] in the InformationObject of X.435. */
const EDIN = 0xa1;

function layer(
  out: Dissection,
  name: string,
  title: string,
  type: Type,
  bytes: Uint8Array,
  start: number,
  end: number,
  origin: Origin | null,
  options: DissectOptions,
): Field[] {
  const decoded: Decoded = decode(type, '', bytes, start, end, {
    open: openX400,
    oidName,
    summary,
    ...(options.showCredentials === undefined ? {} : { showCredentials: options.showCredentials }),
  });
  const tree = out.trees.length;
  const fields = topless(decoded.fields);
  out.trees.push({ layer: name, title, bytes, start, end: decoded.end, origin, fields });
  for (const fault of decoded.faults) out.faults.push({ ...fault, tree });
  return decoded.fields;
}

/** Wireshark shows the alternative of a content (ipm, ipn, mm; so do we with edim, edin) without the CHOICE around it. */
function topless(fields: Field[]): Field[] {
  const [only] = fields;
  return only !== undefined &&
    /^p(22|772|35)\.InformationObject$/.test(only.name) &&
    only.fault === undefined &&
    only.children.length > 0
    ? only.children
    : fields;
}

const SUMMARIZED = new Set([
  'ORName',
  'ORAddress',
  'GlobalDomainIdentifier',
  'MTSIdentifier',
  'IPMIdentifier',
  'EDIMIdentifier',
]);

/** Text behind the label of a node, from its octets. */
function summary(type: string, bytes: Uint8Array, start: number, end: number): string | null {
  if (!SUMMARIZED.has(type)) return null;
  const tlv = readTlv(bytes, start, end);
  if (tlv === null) return null;
  let text: string | null = null;
  if (type === 'ORName' || type === 'ORAddress') text = orName(bytes, tlv);
  else if (type === 'GlobalDomainIdentifier') text = domainName(bytes, tlv);
  else if (type === 'MTSIdentifier') [text] = mtsIdentifier(bytes, tlv);
  else if (type === 'IPMIdentifier' || type === 'EDIMIdentifier') text = ipmId(bytes, tlv);
  return text === '' ? null : text;
}

/** Contents of a type that no table describes, and bare EDI interchanges: named, with their elements (or, when they are no BER, their octets). */
function other(
  out: Dissection,
  edi: boolean,
  type: number | string | null,
  bytes: Uint8Array,
  start: number,
  end: number,
  origin: Origin | null,
  options: DissectOptions,
): void {
  const name = type === null ? 'unknown content type' : contentTypeText(type);
  const fields: Field[] = [];
  const prefix = edi ? 'p35' : 'content';
  fields.push({
    name: `${prefix}.type`,
    label: 'Content type',
    value: type ?? '',
    text: name,
    start,
    end: start,
    children: [],
  });
  fields.push({ name: `${prefix}.length`, label: 'Content length', value: end - start, start, end, children: [] });
  const headers = edi ? ediHeaders(bytes, start, end, options.showCredentials === true) : [];
  fields.push(...headers);
  const tlv = readTlv(bytes, start, end);
  // Octets that are one whole element are most likely BER; anything else would be shown as an absurd tree.
  if (tlv !== null && tlv.fault === null && tlv.end === end && tlv.constructed) {
    fields.push(...decode(IPMS.type('AnyContent'), `${prefix}.element`, bytes, start, end, { oidName }).fields);
  }
  withholdIn(fields, headers);
  out.trees.push({
    layer: prefix,
    title: edi ? 'EDI interchange without X.435' : `Content of type ${name}`,
    bytes,
    start,
    end,
    origin,
    fields,
  });
}

/** The EDI interchanges of EDIMs that the message just read forwards. */
function forwarded(out: Dissection, bytes: Uint8Array, { showCredentials }: DissectOptions): void {
  addInterchanges(out.trees[out.trees.length - 1]!.fields, bytes, 0, 0, showCredentials === true);
}

/** The ATS message headers in the text body parts of an AMHS message. */
function amhs(out: Dissection, fields: readonly Field[], bytes: Uint8Array, origin: Origin | null): void {
  const headers = atsHeaders(fields);
  const first = headers[0];
  if (first === undefined) return;
  const end = headers[headers.length - 1]!.end;
  const title = 'AMHS ATS Message Header (ICAO Doc 9880)';
  out.trees.push({ layer: 'amhs', title, bytes, start: first.start, end, origin, fields: headers });
}

/** Where the octets of a segmented OCTET STRING were captured, position 0 being the first contents octet. */
function joined(bytes: Uint8Array, tlv: Tlv, origin: Origin): Origin {
  const out = new Origin();
  let position = 0;
  const walk = (outer: Tlv, depth: number): void => {
    for (let at = outer.content; at < outer.contentEnd; ) {
      const part = readTlv(bytes, at, outer.contentEnd)!;
      at = part.end;
      if (part.constructed) {
        if (depth < 64) walk(part, depth + 1);
        continue;
      }
      out.join(position, origin, part.content, part.contentEnd);
      position += part.contentEnd - part.content;
    }
  };
  walk(tlv, 0);
  return out;
}
