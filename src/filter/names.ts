import { nearest } from '../base/nearest.ts';
import type { Literal } from './ast.ts';
import type { ValueInfo } from './fields.ts';

/** Names that a refusal lists; more are counted. */
const LISTED = 10;

/** The value of a closed list that a written one stands for, in any case, with or without the number that the tree prints behind it. */
export function named(written: string, { values, shown }: ValueInfo): Literal | null {
  const wanted = written.toLowerCase();
  const bare = wanted.replace(/ \((?:0x[0-9a-f]+|-?\d+)\)$/, '');
  const value = values.find(name => name.toLowerCase() === wanted) ?? values.find(name => name.toLowerCase() === bare);
  const alias = Object.keys(shown).find(name => name.toLowerCase() === wanted);
  const found = value ?? (alias === undefined ? undefined : shown[alias]);
  return found === undefined ? null : { kind: 'string', value: found };
}

/** Says that a closed list has no such value, which was probably meant, and what there is. */
export function unknownName(field: string, written: string, { kind, values, shown }: ValueInfo): string {
  const near = probable(written, values) ?? nearest(written, [...values, ...Object.keys(shown)]);
  const hint = near === null ? '; it' : `; did you mean ${quote(near)}? It`;
  const list = values.slice(0, LISTED).map(quote).join(', ');
  const more = values.length > LISTED ? `, … (${values.length - LISTED} more)` : '';
  return `${field} has no value ${quote(written)}${hint} has ${kind === 'number' ? 'numbers, or ' : ''}${list}${more}`;
}

/** One that has the written word among its own: `DT` is said of `DT Data`. */
function probable(written: string, values: readonly string[]): string | null {
  const wanted = written.toLowerCase();
  const found = values.filter(value =>
    value
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .includes(wanted),
  );
  return found[0] ?? null;
}

/** As it has to be written. */
function quote(value: string): string {
  return /^[\p{L}\p{N}_.-]+$/u.test(value) ? value : `"${value}"`;
}
