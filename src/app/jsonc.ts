import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { UsageError } from '../base/errors.ts';

/**
 * Keys that every object of JavaScript answers to without having them, and `__proto__`, which changes what an object answers to: a
 * schema takes some for known and lets others through unseen.
 */
const FORBIDDEN: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Deeper than any policy, profile or baseline; the parser calls itself for each level. */
const MAX_DEPTH = 64;

/**
 * The one reader of policies, profiles and baselines: JSON with comments and trailing commas, of which every key is one that was
 * written. Throws `UsageError` naming `file`, line and column of the first error.
 */
export function parseJsonc(given: string, file: string): unknown {
  const text = given.replace(/^\ufeff/, '');
  const refuse = (offset: number, words: string): never => {
    const before = text.slice(0, offset).split('\n');
    throw new UsageError(`${file}: line ${before.length}, column ${before.at(-1)!.length + 1}: ${words}`);
  };
  let depth = 0;
  /** Keys of the objects around, the innermost last. */
  const keys: Set<string>[] = [];
  const deeper = (offset: number): void => {
    if (++depth > MAX_DEPTH) refuse(offset, 'nested too deep');
  };
  const higher = (): void => {
    depth--;
  };
  visit(text, {
    onObjectBegin(offset) {
      deeper(offset);
      keys.push(new Set());
    },
    onArrayBegin: deeper,
    onObjectEnd() {
      higher();
      keys.pop();
    },
    onArrayEnd: higher,
    onObjectProperty(name, offset) {
      if (FORBIDDEN.has(name)) refuse(offset, `'${name}' can't be a key`);
      // The parser would take the last one, and what stands in the others would silently do nothing.
      const known = keys.at(-1)!;
      if (known.has(name)) refuse(offset, `'${name}' stands there twice`);
      known.add(name);
    },
  });
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, disallowComments: false });
  const first = errors[0];
  if (first === undefined) return value;
  return refuse(
    first.offset,
    printParseErrorCode(first.error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase(),
  );
}
