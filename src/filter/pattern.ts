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
 * so that a pattern out of a shared link cannot hang the reader. As in Wireshark case does not count, and a dot is no line feed.
 *
 * @returns the pattern, or what is wrong with it
 */
export function compilePattern(text: string): Pattern | string {
  if (text.length > LONGEST_PATTERN) return `a pattern has at most ${LONGEST_PATTERN} characters`;
  try {
    const re = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
    const found = (subject: string): boolean => re.matcher(subject).find();
    return {
      text,
      // `$` is also in front of a line feed that ends the text.
      test: subject => {
        const seen = subject.slice(0, MATCHED);
        return found(seen) || (seen.endsWith('\n') && found(seen.slice(0, -1)));
      },
    };
  } catch (error) {
    return (error instanceof Error ? error.message : String(error))
      .replace(/^error parsing regexp: /, '')
      .replace('(?i)', '');
  }
}
