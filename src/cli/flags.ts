import type { OptionDefinition } from './definitions.ts';

export interface Flag {
  readonly short: string | null;
  readonly long: string;
  /** `<file>` without the brackets; null for a switch. */
  readonly value: string | null;
  readonly option: OptionDefinition;
}

/** The parts of an option's flags, for those who print them: completions and the man page. */
export function flagOf(option: OptionDefinition): Flag {
  const match = /^(?:(-\w), )?(--[\w-]+)(?: <(.+)>)?$/.exec(option.flags);
  if (match === null) throw new Error(`flags of an unknown form: ${option.flags}`);
  return { short: match[1] ?? null, long: match[2]!, value: match[3] ?? null, option };
}

export const HELP: OptionDefinition = { flags: '-h, --help', description: 'this help', group: 'Options' };
export const VERSION_OPTION: OptionDefinition = {
  flags: '-V, --version',
  description: 'the version',
  group: 'Options',
};
