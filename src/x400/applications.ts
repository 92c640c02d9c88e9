import { aroundText, credentialsText, doubtfulText, withheldIn } from '../asn1/secrets.ts';
import { latin1 } from '../base/text.ts';
import type { Field } from '../model/field.ts';

/** What applications put into the text of contents: the ATS message header of AMHS, the headers of EDI interchanges. */

/**
 * ICAO Doc 9880 part II, ATS-message-header: SOH, "PRI: " priority, "FT: " filing time, optionally "OHI: " optional heading
 * information, each on a line; then STX and the text. SOH and STX are sometimes left out.
 */
const ATS = /^[\r\n]*PRI: ?(SS|DD|FF|GG|KK)[ \t]*\r?\n[\r\n]*FT: ?(\d{6})[ \t]*(?:\r?\n[\r\n]*OHI: ?([^\r\n]*))?\r?\n/;
export const ATS_PRIORITIES = ['SS', 'DD', 'FF', 'GG', 'KK'];
const SOH = '\x01';
const STX = '\x02';
const ETX = '\x03';

/** The header fields found in IA5 and general text body parts; positions are those of the body part that holds them. */
export function atsHeaders(fields: readonly Field[]): Field[] {
  const out: Field[] = [];
  for (const field of texts(fields, [])) {
    if (typeof field.value !== 'string') continue;
    const soh = field.value.startsWith(SOH) ? 1 : 0;
    const match = ATS.exec(field.value.slice(soh));
    if (match === null) continue;
    const { start, end } = field;
    const [, pri, ft, ohi] = match;
    const children: Field[] = [
      { name: 'amhs.pri', label: 'Priority indicator', value: pri!, start, end, children: [] },
      { name: 'amhs.ft', label: 'Filing time', value: ft!, start, end, children: [] },
    ];
    if (ohi !== undefined) {
      children.push({ name: 'amhs.ohi', label: 'Optional heading information', value: ohi, start, end, children: [] });
    }
    const text = messageText(field.value.slice(soh + match[0].length));
    children.push({ name: 'amhs.text', label: 'ATS message text', value: text, start, end, children: [] });
    out.push({ name: 'amhs.header', label: 'ATS message header', text: `PRI ${pri}, FT ${ft}`, start, end, children });
  }
  return out;
}

const TEXTS = new Set(['p22.ia5text.data', 'p22.IA5TextData', 'p22.GeneralTextData']);

/** Text body parts, in order; headings are passed over. */
function texts(fields: readonly Field[], out: Field[]): Field[] {
  for (const f of fields) {
    if (TEXTS.has(f.name)) out.push(f);
    else if (f.name !== 'p22.heading_element') texts(f.children, out);
  }
  return out;
}

/** The text between STX and ETX, or all of it where they are left out. */
function messageText(body: string): string {
  const trimmed = body.replace(/^[\r\n]+/, '');
  const end = trimmed.lastIndexOf(ETX);
  return trimmed.slice(trimmed.startsWith(STX) ? 1 : 0, end < 0 ? undefined : end);
}

/** An EDI content without X.435 around it begins with a service segment of EDIFACT, UN/TDI or X12. */
export function bareInterchange(bytes: Uint8Array, start: number, end: number): boolean {
  return /^[\r\n ]*(UNA|UNB|STX|ISA)/.test(latin1(bytes, start, Math.min(end, start + 16)));
}

/**
 * Puts the headers of an interchange behind each EDI body part, those of forwarded EDIMs and of attributes of message stores included.
 * Where damage left no EDI body part to be found, those in the octets from `start` to `end` are put behind the fields.
 */
export function addInterchanges(
  fields: Field[],
  bytes: Uint8Array,
  start: number,
  end: number,
  showCredentials: boolean,
): void {
  const headers: Field[] = [];
  let found = false;
  const visit = (list: Field[]): void => {
    const part = list.find(f => f.name === 'p35.edi_body_part' || f.name === 'p35.EDIBodyPart');
    if (part !== undefined) {
      found = true;
      const own = ediHeaders(bytes, part.start, part.end, showCredentials);
      headers.push(...own);
      list.push(...own);
      return;
    }
    for (const field of list) if (field.children.length > 0) visit(field.children);
  };
  visit(fields);
  if (!found) {
    headers.push(...ediHeaders(bytes, start, end, showCredentials));
    fields.push(...headers);
  }
  withholdIn(fields, headers);
}

/** The text of an interchange is the value of a field as well: what `headers` withhold of it is taken out of `fields`. */
export function withholdIn(fields: Field[], headers: readonly Field[]): void {
  const kept = new Set(headers);
  const secrets = [...withheldIn(headers)];
  const without = (field: Field): Field => {
    if (kept.has(field) || !secrets.some(s => field.start < s.end && field.end > s.start)) return field;
    const { value, ...rest } = { ...field, children: field.children.map(without) };
    if (typeof value === 'string') return { ...rest, text: aroundText(field.end - field.start) };
    return value === undefined ? rest : { ...rest, value };
  };
  if (secrets.length > 0) for (const [i, field] of fields.entries()) fields[i] = without(field);
}

/** How far into an EDI content its interchange header is looked for: behind the EDIM heading. */
const EDI_REACH = 65536;

/** Headers that are read of one content. Where there are more, all that is behind them is withheld. */
const MOST_HEADERS = 100;

/** The service string advice UNA with UNB, and UNG (ISO 9735); ISA with its qualifiers of two digits (X12.5). */
const HEADERS =
  /(?:UNA([^A-Za-z0-9]{6})[\r\n]*)?(UNB(?=[^A-Za-z0-9][\x1c-\x7e\xa0-\xff])|\bUNG\b|ISA(?=([^A-Za-z0-9 ])\d\d\3.{0,20}?\3\d\d\3.{0,20}?\3))/g;

/** Elements: the characters of every level, and the information separators IS4 to IS1 that level B has between them. */
const ELEMENTS = /^[\x1c-\x7e\xa0-\xff]*/;

/** X12 has a fixed number of elements in ISA, EDIFACT fewer in its headers; the last one tells a separator only. */
const MOST_ELEMENTS = 15;

type Syntax = readonly [separator: string, release: string, terminator: string];

/** Those of level A, and those of level B, which has no release character. */
const LEVEL_A: Syntax = ['+', '?', "'"];
const LEVEL_B: Syntax = ['\x1d', '', '\x1c'];

interface Segment {
  readonly name: string;
  readonly label: string;
  /** By place. What may be a password is withheld as those of binds are. */
  readonly elements: Readonly<Record<number, readonly [name: string, label: string, secret?: true]>>;
}

/** The segments that open interchanges and groups. */
const SEGMENTS: Readonly<Record<string, Segment>> = {
  UNB: {
    name: 'p35.interchange',
    label: 'EDIFACT interchange header',
    elements: {
      0: ['syntax', 'Syntax'],
      1: ['sender', 'Sender'],
      2: ['recipient', 'Recipient'],
      3: ['preparation', 'Date and time of preparation'],
      4: ['control_reference', 'Control reference'],
      5: ['password', 'Recipient reference or password', true],
    },
  },
  UNG: {
    name: 'p35.group',
    label: 'EDIFACT group header',
    elements: { 7: ['application_password', 'Application password', true] },
  },
  ISA: {
    name: 'p35.interchange',
    label: 'X12 interchange header',
    elements: {
      1: ['authorization_information', 'Authorization information', true],
      3: ['security_information', 'Security information', true],
      5: ['sender', 'Sender'],
      7: ['recipient', 'Recipient'],
      12: ['control_reference', 'Control reference'],
    },
  },
};

/** The headers of EDI interchanges and of the groups in them, those that follow in the syntax of the first; none without an interchange. */
export function ediHeaders(bytes: Uint8Array, start: number, end: number, showCredentials: boolean): Field[] {
  const text = latin1(bytes, start, Math.min(end, start + EDI_REACH));
  const out: Field[] = [];
  let syntax: Syntax | null = null;
  for (const match of text.matchAll(HEADERS)) {
    const [found, advice, tag] = match;
    const at = match.index + found.length;
    const separator = text[at]!;
    if (tag === 'ISA') syntax = [separator, '', ''];
    // A blank as the release character says that there is none.
    else if (advice !== undefined) syntax = [advice[1]!, advice[3]!.trim(), advice[5]!];
    else if (tag === 'UNB') syntax ??= separator === LEVEL_B[0] ? LEVEL_B : LEVEL_A;
    if (syntax === null || (out.length > 0 && separator !== syntax[0])) continue;
    if (out.length === MOST_HEADERS) {
      const rest = { start: start + match.index, end, children: [] };
      const said = showCredentials ? {} : { text: doubtfulText(rest.end - rest.start) };
      out.push({ name: 'p35.group', label: 'Further headers', ...said, ...rest });
      break;
    }
    const header = segment(tag!, text, at, start, syntax, showCredentials);
    out.push({ ...header, start: start + match.index });
  }
  return out;
}

/** A segment by its elements, which begin behind the separator at `at`; the octets of `text` begin at `base`. */
function segment(tag: string, text: string, at: number, base: number, syntax: Syntax, showCredentials: boolean): Field {
  const { name, label, elements: known } = SEGMENTS[tag]!;
  const parts = elements(ELEMENTS.exec(text.slice(at + 1, at + 401))![0], syntax).slice(0, MOST_ELEMENTS);
  const children: Field[] = [];
  let start = base + at + 1;
  for (const [i, part] of parts.entries()) {
    const place = { start, end: start + part.length, children: [] };
    start = place.end + 1;
    const [element, title, secret = false] = known[i] ?? [];
    if (element === undefined || (secret && part.trim() === '')) continue;
    const hidden = secret && !showCredentials;
    if (hidden) parts[i] = '*'.repeat(part.length);
    const said = hidden ? { text: credentialsText(part.length) } : { value: part };
    children.push({ name: `p35.${element}`, label: title!, ...said, ...place });
  }
  // The terminator counts in where it is there.
  const end = Math.min(base + text.length, start);
  return {
    name,
    label,
    value: `${tag}${text[at]}${parts.join(syntax[0])}`,
    start: base + at - tag.length,
    end,
    children,
  };
}

/** The elements of a segment as they are written. A separator behind the release character is none. */
function elements(text: string, [separator, release, terminator]: Syntax): string[] {
  const out = [''];
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === terminator) break;
    if (char === separator) out.push('');
    else out[out.length - 1] += char === release ? char + (text[++i] ?? '') : char;
  }
  return out;
}
