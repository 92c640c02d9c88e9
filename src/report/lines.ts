import wrap from 'wrap-ansi';
import { type Look, typography } from './look.ts';

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
