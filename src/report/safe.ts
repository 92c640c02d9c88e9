/**
 * Text out of captures is hostile: escape sequences, bidirectional controls, NULs, markup, formulas, 64-KB names.
 * It stays raw in the model and passes one of these functions at the point of output.
 */

/** Longest text of a capture that a table cell or a message shows, in characters. */
export const SHOWN = 200;

/**
 * What never reaches a reader: control characters (C0, C1, DEL), format characters (bidirectional controls, zero-width,
 * annotations, tags), line and paragraph separators, everything else that shows nothing, noncharacters, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Visible ASCII, Latin letters, dashes, quotation marks and arrows: nearly every text, and no closer look is needed. */
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2190-\u21ff]*$/;

function visible(char: string): string {
  const code = char.codePointAt(0)!;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/**
 * `text` on one line, fit for a terminal: what could move the cursor, hide or reorder is written as `\x1b`, `\u202e`.
 * Bounded to `max` characters, the cut shown by "…" and the number of characters left out.
 */
export function clean(text: string, max = SHOWN): string {
  const cut = bound(text, max);
  const shown = cut.text.replace(UNSAFE, visible);
  return cut.left === 0 ? shown : `${shown}… (${cut.left} more)`;
}

/** As `clean`, but line breaks stay: for texts of several lines that are ours in part (explanations, event texts). */
export function cleanLines(text: string, max = 20_000): string {
  return bound(text, max)
    .text.split(/\r\n|\n/)
    .map(line => line.replace(UNSAFE, visible))
    .join('\n');
}

/** As `clean`, for texts of several lines: a line break is a blank. */
export function oneLine(text: string, max = 20_000): string {
  return clean(text.replace(/\r\n|\n/g, ' '), max);
}

/** JSON, on one line without `indent`. The value is untouched: what a terminal would obey is written as JSON's own `\\u` escape. */
export function json(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return PLAIN.test(text) ? text : text.replace(UNSAFE, char => (char === '\n' ? char : utf16(char)));
}

function utf16(char: string): string {
  let out = '';
  for (let i = 0; i < char.length; i++) out += `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return out;
}

/** A character is a code point here: a cut never leaves half a surrogate pair. */
function bound(text: string, max: number): { text: string; left: number } {
  if (text.length <= max) return { text, left: 0 };
  let end = max;
  if (isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end))) end--;
  return { text: text.slice(0, end), left: text.length - end };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * One CSV field (RFC 4180). A spreadsheet takes a leading = + - @ for a formula (also behind blanks, also full-width): an
 * apostrophe before it keeps it text. Numbers of ours are passed as numbers and stay bare, negative ones too.
 */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  let text = clean(value, 32_000);
  if (/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(text)) text = `'${text}`;
  return /[",;\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Text in Markdown (CommonMark, GitHub tables): no markup, no HTML, no links, no table cell of its own, no mention. */
export function markdown(value: string, max = SHOWN): string {
  return clean(value, max)
    .replace(/[\\`*_{}[\]#|~$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '&#64;')
    .replace(
      /(https?|ftp|mailto|www)([:.])/gi,
      (_, scheme: string, mark: string) => `${scheme}${mark === ':' ? '&#58;' : '&#46;'}`,
    )
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** Text for HTML content and for attribute values in double or single quotes. */
export function html(value: string, max = 20_000): string {
  return entities(cleanLines(value, max));
}

/** Text for XML 1.0 content and attributes: `clean` has already removed every character that XML forbids. */
export function xml(value: string): string {
  return entities(cleanLines(value));
}

/** Text for an XML or HTML attribute: line breaks as character references, since parsers turn them into blanks. */
export function attribute(value: string, max = 2_000): string {
  return entities(cleanLines(value, max)).replaceAll('\n', '&#10;');
}

function entities(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The message of a GitHub workflow command (`::error …::message`). */
export function githubData(value: string): string {
  return cleanLines(value).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a GitHub workflow command. */
export function githubProperty(value: string): string {
  return githubData(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A description or a YAML value of TAP: `#` begins a directive there. */
export function tap(value: string, max = SHOWN): string {
  return clean(value, max).replace(/[\\#]/g, '\\$&');
}
