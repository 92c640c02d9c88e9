import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { UsageError } from '../base/errors.ts';

/** JSON with comments and trailing commas. Throws `UsageError` naming `file`, line and column of the first error. */
export function parseJsonc(text: string, file: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\ufeff/, ''), errors, {
    allowTrailingComma: true,
    disallowComments: false,
  });
  const first = errors[0];
  if (first === undefined) return value;
  const before = text.slice(0, first.offset).split('\n');
  const words = printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  throw new UsageError(`${file}: line ${before.length}, column ${before.at(-1)!.length + 1}: ${words}`);
}
