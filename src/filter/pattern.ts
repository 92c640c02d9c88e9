import { RE2JS } from 're2js';

/** Characters of a text that `matches` looks at. */
export const MATCHED = 65_536;
const LONGEST_PATTERN = 1_000;

/** A compiled regular expression. */
export interface Pattern {
  readonly text: string;
  test(text: string): boolean;
}

/**
 * Regular expressions by RE2's algorithm: time linear in the text whatever the pattern (no back-references, no look-around),
 * so that a pattern out of a shared link cannot hang the reader. Case does not count, as in Wireshark.
 *
 * @returns the pattern, or what is wrong with it
 */
export function compilePattern(text: string): Pattern | string {
  if (text.length > LONGEST_PATTERN) return `a pattern has at most ${LONGEST_PATTERN} characters`;
  try {
    const re = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
    return { text, test: subject => re.matcher(subject.slice(0, MATCHED)).find() };
  } catch (error) {
    return (error instanceof Error ? error.message : String(error))
      .replace(/^error parsing regexp: /, '')
      .replace('(?s)(?i)', '');
  }
}
