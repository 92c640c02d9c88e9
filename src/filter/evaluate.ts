import { hex as toHex } from '../base/text.ts';
import { parseAddress, sameNetwork } from './address.ts';
import type { Ast, FieldRef, FieldSource, FieldValue, Literal, LiteralRange, Relation } from './ast.ts';
import { characters, fromHex, hexOfText, holdsHex, holdsOctets } from './octets.ts';
import { MATCHED } from './pattern.ts';

/** Is the filter true of what `source` holds? */
export function evaluate(ast: Ast, source: FieldSource): boolean {
  switch (ast.op) {
    case 'and':
      return ast.list.every(part => evaluate(part, source));
    case 'or':
      return ast.list.some(part => evaluate(part, source));
    case 'not':
      return !evaluate(ast.of, source);
    case 'exists':
      return ast.field.names.some(name => source.values(name).length > 0);
    case 'compare':
      return related(all(ast.field, source), ast.relation, value => holds(value, ast.relation, ast.value));
    case 'fields': {
      const others = all(ast.other, source)
        .map(value => literalFrom(value, ast.other.octets))
        .filter(l => l !== null);
      return related(all(ast.field, source), ast.relation, value =>
        ast.relation === '!='
          ? others.length > 0 && others.every(other => holds(value, '!=', other))
          : others.some(other => holds(value, ast.relation, other)),
      );
    }
    case 'in':
      return all(ast.field, source).some(value => ast.set.some(range => within(value, range)));
    case 'matches':
      return all(ast.field, source).some(value =>
        subjects(value, ast.field.octets).some(text => ast.pattern.test(text)),
      );
  }
}

/** The names whose values the filter looks at, beyond whether they are there. */
export function lookedAt(ast: Ast): Set<string> {
  switch (ast.op) {
    case 'and':
    case 'or':
      return new Set(ast.list.flatMap(part => [...lookedAt(part)]));
    case 'not':
      return lookedAt(ast.of);
    case 'exists':
      return new Set();
    case 'fields':
      return new Set([...ast.field.names, ...ast.other.names]);
    default:
      return new Set(ast.field.names);
  }
}

/**
 * Could what `more` holds change what the filter says of something that it is added to? Values that are added make a test true where
 * one of them passes, and `!=` false where one of them does not.
 */
export function affects(ast: Ast, more: FieldSource): boolean {
  switch (ast.op) {
    case 'and':
    case 'or':
      return ast.list.some(part => affects(part, more));
    case 'not':
      return affects(ast.of, more);
    case 'fields':
      return [ast.field, ast.other].some(field => all(field, more).length > 0);
    case 'compare':
      return ast.relation === '!=' ? all(ast.field, more).length > 0 : evaluate(ast, more);
    default:
      return evaluate(ast, more);
  }
}

function all(field: FieldRef, source: FieldSource): FieldValue[] {
  return field.names.flatMap(name => source.values(name));
}

/** `!=` asks it of all values (and of one at least), every other relation of any. */
function related(values: readonly FieldValue[], relation: Relation, test: (value: FieldValue) => boolean): boolean {
  return relation === '!=' ? values.length > 0 && values.every(test) : values.some(test);
}

function within(value: FieldValue, { from, to }: LiteralRange): boolean {
  if (from === to) return holds(value, '==', from);
  return holds(value, '>=', from) && holds(value, '<=', to);
}

function holds(value: FieldValue, relation: Relation, literal: Literal): boolean {
  if (relation === 'contains') return contains(value, literal);
  if (relation === '!=') return !holds(value, '==', literal);
  if (relation === '==' && literal.kind === 'string') return texts(value).includes(literal.value);
  const found = compare(value, literal);
  if (found === null) return false;
  switch (relation) {
    case '==':
      return found === 0;
    case '<':
      return found < 0;
    case '<=':
      return found <= 0;
    case '>':
      return found > 0;
    case '>=':
      return found >= 0;
  }
}

function order<T extends number | bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Negative, 0 or positive; null when the two are of kinds that don't compare. */
function compare({ value, octets }: FieldValue, literal: Literal): number | null {
  switch (literal.kind) {
    case 'number':
      return compareNumber(value, literal.value, literal.text);
    case 'time':
      return typeof value === 'bigint' ? order(value, literal.value) : null;
    case 'boolean':
      if (typeof value === 'string') return order(value, literal.text);
      return compareNumber(value, Number(literal.value), literal.text);
    case 'string':
      return typeof value === 'string' ? order(value, literal.value) : null;
    case 'octets': {
      const hex = octets === undefined ? hexOf(value) : toHex(octets());
      // As in Wireshark: more octets are greater, whatever they are.
      return hex === null ? null : hex.length - literal.hex.length || order(hex, literal.hex);
    }
    case 'address': {
      const address = typeof value === 'string' ? parseAddress(value) : null;
      // A text may look like an address without being one.
      if (address === null) return typeof value === 'string' ? order(value, literal.text) : null;
      if (address.hex.length !== literal.hex.length) return null;
      if (sameNetwork(address.hex, literal.hex, literal.bits)) return 0;
      return order(address.hex, literal.hex);
    }
  }
}

function compareNumber(value: FieldValue['value'], wanted: number | bigint, written: string): number | null {
  if (typeof value === 'boolean') return order<number | bigint>(Number(value), wanted);
  if (typeof value === 'number' || typeof value === 'bigint') return order<number | bigint>(value, wanted);
  if (typeof value !== 'string') return null;
  // Octets are kept as hex, and 0x… is how one or a few of them are written without colons.
  const hex = /^0x((?:[0-9a-f]{2})+)$/.exec(written)?.[1];
  if (hex !== undefined && /^(?:[0-9a-f]{2})+$/.test(value) && value.length === hex.length) return order(value, hex);
  // In text a 0 in front makes nothing octal.
  return /^-?\d+(\.\d+)?$/.test(value) ? order(Number(value), Number(written)) : null;
}

/** What `==` with a string, and `matches`, look at: the value, what a person reads, and that without the code behind it. */
function texts({ value, text }: FieldValue): string[] {
  const out: string[] = [];
  if (value !== undefined) out.push(String(value).slice(0, MATCHED));
  if (text !== undefined) {
    out.push(text.slice(0, MATCHED));
    const name = /^([^\0]{1,200}?) \((?:0x[0-9a-f]+|-?\d+)\)$/i.exec(text.slice(0, 250));
    if (name !== null) out.push(name[1]!);
  }
  return out;
}

/** What `matches` looks at; of octets one character each. */
function subjects(of: FieldValue, octets: boolean): string[] {
  if (of.octets !== undefined) return [characters(of.octets().subarray(0, MATCHED))];
  if (octets) return typeof of.value === 'string' ? [characters(fromHex(of.value.slice(0, 2 * MATCHED)))] : [];
  return texts(of);
}

function contains(value: FieldValue, literal: Literal): boolean {
  if (literal.kind === 'octets') {
    if (value.octets !== undefined) return holdsOctets(value.octets(), fromHex(literal.hex));
    const hex = hexOf(value.value);
    return hex !== null && holdsHex(hex, literal.hex);
  }
  if (literal.kind === 'time') return false;
  const wanted = literal.kind === 'string' ? literal.value : literal.text;
  if (texts(value).some(text => text.includes(wanted))) return true;
  if (value.octets !== undefined) return holdsOctets(value.octets(), new TextEncoder().encode(wanted));
  // A field of octets: the text as it would stand in them.
  const octets = typeof value.value === 'string' && /^(?:[0-9a-f]{2})+$/.test(value.value) ? value.value : null;
  return octets !== null && holdsHex(octets, hexOfText(wanted));
}

/** Octets of a value: those that its hex says, else those of its text in UTF-8. */
function hexOf(value: FieldValue['value']): string | null {
  if (typeof value !== 'string') return null;
  return /^(?:[0-9a-f]{2})*$/.test(value) ? value : hexOfText(value);
}

function literalFrom({ value, octets: layer }: FieldValue, octets: boolean): Literal | null {
  if (layer !== undefined) return { kind: 'octets', hex: toHex(layer()) };
  if (octets) return typeof value === 'string' ? { kind: 'octets', hex: value } : null;
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return { kind: 'number', value, text: String(value) };
    case 'boolean':
      return { kind: 'boolean', value, text: String(value) };
    case 'string': {
      const address = parseAddress(value);
      return address === null ? { kind: 'string', value } : { kind: 'address', ...address, text: value };
    }
    default:
      return null;
  }
}
