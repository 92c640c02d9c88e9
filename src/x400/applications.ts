import { aroundText, credentialsText } from '../asn1/secrets.ts';
import { findAll } from '../asn1/tree.ts';
import { latin1 } from '../base/text.ts';
import type { Field } from '../model/field.ts';

/** What applications put into the text of contents: the ATS message header of AMHS, the interchange header of EDIFACT. */

/**
 * ICAO Doc 9880 part II, ATS-message-header: SOH, "PRI: " priority, "FT: " filing time, optionally "OHI: " optional heading
 * information, each on a line; then STX and the text. SOH and STX are sometimes left out.
 */
const ATS = /^[\r\n]*PRI: ?(SS|DD|FF|GG|KK)[ \t]*\r?\n[\r\n]*FT: ?(\d{6})[ \t]*(?:\r?\n[\r\n]*OHI: ?([^\r\n]*))?\r?\n/;
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
 * Puts the interchange header behind each EDI body part of an EDIM, forwarded ones included. Where damage left no EDI body part to be
 * found, the first header in the octets is put behind the fields.
 */
export function addInterchanges(
  fields: Field[],
  bytes: Uint8Array,
  start: number,
  end: number,
  showCredentials: boolean,
): void {
  let found = false;
  const visit = (list: Field[]): void => {
    const part = list.find(f => f.name === 'p35.edi_body_part');
    if (part !== undefined) {
      found = true;
      const header = ediInterchange(bytes, part.start, part.end, showCredentials);
      if (header !== null) list.push(header);
      return;
    }
    for (const field of list) if (field.children.length > 0) visit(field.children);
  };
  visit(fields);
  const header = found ? null : ediInterchange(bytes, start, end, showCredentials);
  if (header !== null) fields.push(header);
  if (showCredentials) return;
  // The text of an interchange is the value of a field as well.
  for (const secret of findAll(fields, PASSWORD_FIELD))
    for (const [i, field] of fields.entries()) fields[i] = without(field, secret);
}

function without(field: Field, secret: Field): Field {
  if (field.name === 'p35.interchange' || field.start >= secret.end || field.end <= secret.start) return field;
  const { value, ...rest } = { ...field, children: field.children.map(child => without(child, secret)) };
  if (typeof value === 'string') return { ...rest, text: aroundText(field.end - field.start) };
  return value === undefined ? rest : { ...rest, value };
}

/** How far into an EDI content its interchange header is looked for: behind the EDIM heading. */
const EDI_REACH = 65536;

/**
 * The service string advice UNA, and what follows UNB (ISO 9735): the characters of every level, and the information separators IS4 to IS1
 * that level B has between them.
 */
const HEADER = /(?:UNA([^A-Za-z0-9]{6})[\r\n]*)?UNB([^A-Za-z0-9][\x1c-\x7e\xa0-\xff]{1,400})/;

/** Separator of elements, release character and terminator: those of level A, and those of level B, which has no release character. */
const LEVEL_A = ['+', '?', "'"] as const;
const LEVEL_B = ['\x1d', '', '\x1c'] as const;

/** Place of the recipient's reference or password (S005 with element 0022) in UNB; the others are named before it. */
const PASSWORD = 5;
const PASSWORD_FIELD = 'p35.password';

/** The header of the first EDIFACT interchange; null when there is none. What may be a password is withheld as those of binds are. */
export function ediInterchange(bytes: Uint8Array, start: number, end: number, showCredentials: boolean): Field | null {
  const match = HEADER.exec(latin1(bytes, start, Math.min(end, start + EDI_REACH)));
  if (match === null) return null;
  const [found, advice] = match;
  const rest = match[2]!;
  // A blank as the release character says that there is none.
  const advised = advice === undefined ? null : [advice[1]!, advice[3]!.trim(), advice[5]!];
  const parts = elements(rest.slice(1), advised ?? (rest.startsWith(LEVEL_B[0]) ? LEVEL_B : LEVEL_A));
  const written = (parts: readonly string[]): string => `UNB${rest[0]!}${parts.join(rest[0])}`;
  const at = start + match.index;
  const limit = at + found.length;
  const unb = limit - 'UNB'.length - rest.length;
  // The terminator counts in where it is there.
  const whole = { start: at, end: Math.min(limit, unb + written(parts).length + 1) };
  const labels = ['Syntax', 'Sender', 'Recipient', 'Date and time of preparation', 'Control reference'];
  const names = ['syntax', 'sender', 'recipient', 'preparation', 'control_reference'];
  const children = parts.slice(0, names.length).map((value, i): Field => {
    return { name: `p35.${names[i]}`, label: labels[i]!, value, ...whole, children: [] };
  });
  const password = parts[PASSWORD] ?? '';
  if (password !== '') {
    const from = unb + written(parts.slice(0, PASSWORD)).length + 1;
    const place = { start: from, end: from + password.length, children: [] };
    const shown = showCredentials ? { value: password } : { text: credentialsText(password.length) };
    children.push({ name: PASSWORD_FIELD, label: 'Recipient reference or password', ...shown, ...place });
    if (!showCredentials) parts[PASSWORD] = '*'.repeat(password.length);
  }
  return { name: 'p35.interchange', label: 'EDIFACT interchange header', value: written(parts), ...whole, children };
}

/** The elements of a segment as they are written. A separator behind the release character is none. */
function elements(text: string, [separator, release, terminator]: readonly string[]): string[] {
  const out = [''];
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === terminator) break;
    if (char === separator) out.push('');
    else out[out.length - 1] += char === release ? char + (text[++i] ?? '') : char;
  }
  return out;
}
