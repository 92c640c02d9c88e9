import { InputError } from '../base/errors.ts';
import type { EventLog } from './log/record.ts';
import { readTable } from './log/table.ts';
import { isEv0, readEv0, readText } from './log/text.ts';
import { dateOrderOf } from './log/time.ts';
import { isXml, readXml } from './log/xml.ts';

export type { EventLog, LogFormat, LogRecord, LogTime } from './log/record.ts';

/**
 * The 9404, 9215 and 9156 of a log in any of the forms that users hold: pasted lines, an event viewer's text, CSV or TSV, Windows event
 * XML, the MTA's Ev0.log. The form is told from the content. Never throws; what could not be read is in `problems`.
 */
export function parseEventLog(log: string): EventLog {
  const text = log
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '');
  if (isXml(text)) {
    const xml = readXml(text);
    if (xml.records.length > 0 || xml.others > 0) return xml;
    // A page that quotes an event, or damaged XML: the texts may still be found.
    const quoted = readText(text, dateOrderOf(text));
    return quoted.records.length > 0 ? { ...quoted, problems: xml.problems } : xml;
  }
  const order = dateOrderOf(text);
  if (isEv0(text)) return readEv0(text, order);
  return readTable(text, order) ?? readText(text, order);
}

/**
 * The text of a log file: UTF-8 or UTF-16 with a byte order mark, UTF-8 without one, else Windows-1252. Throws InputError for the binary
 * formats of Windows, which no kept library reads.
 */
export function decodeLog(bytes: Uint8Array, file: string): string {
  const ascii = String.fromCharCode(...bytes.subarray(0, 8));
  if (ascii.startsWith('ElfFile') || ascii.slice(4) === 'LfLe') {
    throw new InputError(
      `${file}: a binary event log (.evt, .evtx); export it first: wevtutil qe FILE /lf:true /f:renderedxml > log.xml, or "Save as" CSV or text in Event Viewer`,
    );
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: the code page of an older Windows. Every octet has a meaning there, and the texts looked for are ASCII.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
