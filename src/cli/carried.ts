import { shellWord } from '../report/findings.ts';
import { COMMANDS } from './definitions.ts';
import { flagOf } from './flags.ts';

/** Options that decide what a capture is read as: without them the same command shows something else, or fails. */
const GROUPS = new Set(['Reading', 'Judging']);

/**
 * What was given of the options that `command` takes too, as words for a shell, each with a space before it. Commands that are printed
 * to be pasted carry it.
 */
export function carried(options: Readonly<Record<string, unknown>>, command: string): string {
  const definition = COMMANDS.find(known => known.name === command);
  const words: string[] = [];
  for (const option of definition?.options ?? []) {
    if (!GROUPS.has(option.group)) continue;
    const { long } = flagOf(option);
    const value = options[long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (value === true) words.push(long);
    else if (value !== undefined && value !== false)
      for (const one of [value].flat()) words.push(long, shellWord(String(one)));
  }
  return words.map(word => ` ${word}`).join('');
}
