import width from 'string-width';
import wrap from 'wrap-ansi';
import { ellipsis, type Look, typography } from './look.ts';

/**
 * A line of text, its end included, wrapped where the terminal ends; what follows is set in two columns deeper than the line begins.
 * In a pipe nobody counts columns, and a line stays whole. The text may be painted already, and is safe.
 */
export function textLine(text: string, look: Look): string {
  const shown = typography(look, text);
  if (look.width === null) return `${shown}\n`;
  const lead = /^ */.exec(shown)![0];
  const deeper = `${lead}  `;
  const rows = wrap(shown.slice(lead.length), Math.max(20, look.width - deeper.length), { hard: true }).split('\n');
  return `${lead}${rows.join(`\n${deeper}`)}\n`;
}

const SEQUENCES = /(\x1b\[[0-9;]*m)/;

/** The text, cut to `room` columns; our own colour sequences stay whole. */
export function cutTo(room: number, text: string, look: Look): string {
  if (room === Number.POSITIVE_INFINITY || width(text) <= room) return text;
  let out = '';
  let used = 0;
  let full = false;
  for (const part of text.split(SEQUENCES)) {
    if (SEQUENCES.test(part)) {
      out += part;
      continue;
    }
    for (const char of part) {
      if (full) break;
      used += width(char);
      full = used > room - 1;
      out += full ? ellipsis(look) : char;
    }
  }
  return out;
}
