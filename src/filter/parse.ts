import type { Ast, FieldRef, Literal, LiteralRange, Relation } from './ast.ts';
import { comparable, containable, type FieldIndex, PACKET_INDEX } from './fields.ts';
import { type Token, tokens } from './lexer.ts';
import { literalOf } from './literal.ts';
import { unknownName } from './names.ts';
import { hexOfText, octetPattern } from './octets.ts';
import { compilePattern } from './pattern.ts';

/** What may stand at a place of the text. */
export type Expected = 'field' | 'relation' | 'value' | 'logic' | 'close' | 'set' | 'end';

export type Parsed =
  | { readonly ok: true; readonly ast: Ast }
  | {
      readonly ok: false;
      /** One sentence: what is wrong. */
      readonly error: string;
      /** Where: `position` to `end` of the text. */
      readonly position: number;
      readonly end: number;
      readonly expected: readonly Expected[];
      /** The field that was probably meant. */
      readonly nearest: string | null;
      /** The field whose value is missing, for completion. */
      readonly field: string | null;
    };

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;

const RELATIONS: ReadonlyMap<string, Relation> = new Map([
  ['==', '=='],
  ['eq', '=='],
  ['!=', '!='],
  ['ne', '!='],
  ['<', '<'],
  ['lt', '<'],
  ['<=', '<='],
  ['le', '<='],
  ['>', '>'],
  ['gt', '>'],
  ['>=', '>='],
  ['ge', '>='],
  ['contains', 'contains'],
]);
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'matches', ...RELATIONS.keys()]);

const EXPECTED: Readonly<Record<Expected, string>> = {
  field: 'a field name, ! or (',
  relation: '==, !=, <, <=, >, >=, contains, matches or in',
  value: 'a value',
  logic: '&& or ||',
  close: ')',
  set: 'a set such as {1, 2, 8..15}',
  end: 'the end of the filter',
};

class Wrong extends Error {
  readonly token: Token;
  readonly expected: readonly Expected[];
  readonly nearest: string | null;
  readonly field: string | null;

  constructor(
    message: string,
    token: Token,
    expected: readonly Expected[],
    nearest: string | null = null,
    field: string | null = null,
  ) {
    super(message);
    this.token = token;
    this.expected = expected;
    this.nearest = nearest;
    this.field = field;
  }
}

/**
 * Parses a filter. Never throws; the grammar is in docs/filter.md.
 *
 * @param fields the names that are known; without it, those of packets, and any name of the upper layers
 */
export function parseFilter(text: string, fields: FieldIndex = PACKET_INDEX): Parsed {
  const fail = (error: string, position: number, end: number, more: Partial<Parsed & { ok: false }> = {}): Parsed => ({
    ok: false,
    error,
    position,
    end,
    expected: [],
    nearest: null,
    field: null,
    ...more,
  });
  if (text.length > MAX_LENGTH) return fail(`a filter has at most ${MAX_LENGTH} characters`, MAX_LENGTH, text.length);
  try {
    return { ok: true, ast: new Parser(tokens(text), fields).whole() };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const { token, expected, nearest, field } = error;
    return fail(error.message, token.start, token.end, { expected, nearest, field });
  }
}

class Parser {
  private readonly list: readonly Token[];
  private readonly fields: FieldIndex;
  private at = 0;
  private depth = 0;

  constructor(list: readonly Token[], fields: FieldIndex) {
    this.list = list;
    this.fields = fields;
  }

  whole(): Ast {
    const ast = this.or();
    if (this.peek().kind !== 'end') throw this.unexpected(['logic', 'end']);
    return ast;
  }

  private peek(): Token {
    return this.list[Math.min(this.at, this.list.length - 1)]!;
  }

  private is(...words: string[]): boolean {
    const { kind, text } = this.peek();
    return (kind === 'operator' || kind === 'word') && words.includes(kind === 'word' ? text.toLowerCase() : text);
  }

  private unexpected(expected: readonly Expected[], field: string | null = null): Wrong {
    const token = this.peek();
    if (token.kind === 'bad') return new Wrong(token.why!, token, expected, null, field);
    const wanted = expected.map(e => EXPECTED[e]).join(', or ');
    const got =
      token.kind === 'end' ? 'the filter ends' : `${token.kind === 'string' ? 'a string' : token.text} stands`;
    return new Wrong(`${got} where ${wanted} is expected`, token, expected, null, field);
  }

  private or(): Ast {
    const list = [this.and()];
    while (this.is('||', 'or')) {
      this.at++;
      list.push(this.and());
    }
    return list.length === 1 ? list[0]! : { op: 'or', list };
  }

  private and(): Ast {
    const list = [this.not()];
    while (this.is('&&', 'and')) {
      this.at++;
      list.push(this.not());
    }
    return list.length === 1 ? list[0]! : { op: 'and', list };
  }

  private not(): Ast {
    if (++this.depth > MAX_DEPTH)
      throw new Wrong(`more than ${MAX_DEPTH} levels of parentheses and !`, this.peek(), []);
    try {
      if (this.is('!', 'not')) {
        this.at++;
        return { op: 'not', of: this.not() };
      }
      if (this.peek().kind !== 'open') return this.test();
      this.at++;
      const inner = this.or();
      if (this.peek().kind !== 'close') throw this.unexpected(['logic', 'close']);
      this.at++;
      return inner;
    } finally {
      this.depth--;
    }
  }

  private test(): Ast {
    const field = this.field();
    const negated = this.is('not') && this.list[this.at + 1]?.text.toLowerCase() === 'in';
    if (negated) this.at++;
    if (this.is('in')) {
      this.refuseValue(field, 'in');
      this.at++;
      const test: Ast = { op: 'in', field, set: this.set(field) };
      return negated ? { op: 'not', of: test } : test;
    }
    if (this.is('matches', '~')) {
      this.refuseValue(field, 'matches');
      this.at++;
      return { op: 'matches', field, pattern: this.pattern(field) };
    }
    const { kind, text } = this.peek();
    const relation =
      kind === 'operator' || kind === 'word' ? RELATIONS.get(kind === 'word' ? text.toLowerCase() : text) : undefined;
    if (relation === undefined) {
      if (kind === 'bad' || kind === 'string' || (kind === 'word' && !KEYWORDS.has(text.toLowerCase()))) {
        throw this.unexpected(['relation', 'logic', 'end'], field.text);
      }
      return { op: 'exists', field };
    }
    this.refuseValue(field, relation);
    this.at++;
    const other = this.otherField(field, relation);
    if (other !== null) return { op: 'fields', field, relation, other };
    return { op: 'compare', field, relation, value: this.value(field, relation) };
  }

  /** A layer has no value but its octets, and a remark has not even those. */
  private refuseValue(field: FieldRef, relation: Relation | 'matches' | 'in'): void {
    const { kind } = this.fields.about(field.names);
    const octets = kind === 'layer' ? ', or contain octets' : '';
    if (kind === 'none' || (octets !== '' && relation !== 'contains' && relation !== 'matches')) {
      throw new Wrong(`${field.text} has no value of its own: it can only be there or not${octets}`, this.peek(), [
        'logic',
        'end',
      ]);
    }
  }

  private field(): FieldRef {
    const token = this.peek();
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toLowerCase())) throw this.unexpected(['field']);
    const names = this.fields.resolve(token.text);
    if (names === null) {
      const { error, nearest } = this.fields.absent(token.text);
      throw new Wrong(error, token, ['field'], nearest);
    }
    this.at++;
    return this.reference(token, names);
  }

  private reference({ text, start }: Token, names: readonly string[]): FieldRef {
    return { text, names, octets: this.fields.about(names).kind === 'octets', position: start };
  }

  /** `tcp.srcport == tcp.dstport`: a dotted word that names a field is that field, anything else a value. */
  private otherField(field: FieldRef, relation: Relation): FieldRef | null {
    const token = this.peek();
    if (token.kind !== 'word' || !/^[a-z][\w-]*\.[a-z]/i.test(token.text)) return null;
    const names = this.fields.resolve(token.text);
    if (names === null) return null;
    const [own, others] = [field.names, names].map(of => this.fields.about(of).kind);
    const fits = relation === 'contains' ? containable(own!, others!) : comparable(own!, others!);
    if (!fits) {
      const never = relation === 'contains' ? 'never in each other' : 'never equal';
      const text = `${field.text} and ${token.text} have values of different kinds, which are ${never}`;
      throw new Wrong(text, token, ['value']);
    }
    this.at++;
    return this.reference(token, names);
  }

  private value(field: FieldRef, relation: Relation | 'in'): Literal {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'string') throw this.unexpected(['value'], field.text);
    const written = { text: token.text, hex: token.hex ?? null };
    const read = literalOf(written, field.text, this.fields.about(field.names), relation);
    if (typeof read === 'string') throw new Wrong(read, token, ['value'], null, field.text);
    this.at++;
    return read;
  }

  private set(field: FieldRef): LiteralRange[] {
    if (this.peek().kind !== 'brace') throw this.unexpected(['set'], field.text);
    this.at++;
    const out: LiteralRange[] = [];
    for (;;) {
      const from = this.value(field, this.list[this.at + 1]?.kind === 'range' ? '>=' : 'in');
      if (this.peek().kind === 'range') {
        const token = this.list[++this.at]!;
        const to = this.value(field, '<=');
        if (backwards(from, to))
          throw new Wrong('this range ends before it begins', token, ['value'], null, field.text);
        out.push({ from, to });
      } else out.push({ from, to: from });
      const ends = this.peek().kind === 'unbrace';
      if (!ends && this.peek().kind !== 'comma') {
        if (this.peek().kind === 'bad') throw this.unexpected(['set'], field.text);
        const got = this.peek().kind === 'end' ? 'the filter ends' : `${this.peek().text} stands`;
        throw new Wrong(
          `${got} where , or } or a range such as 8..15 is expected`,
          this.peek(),
          ['set'],
          null,
          field.text,
        );
      }
      this.at++;
      if (ends) return out;
    }
  }

  private pattern(field: FieldRef) {
    const token = this.peek();
    if (token.kind !== 'string' && token.kind !== 'word') throw this.unexpected(['value'], field.text);
    const of = this.fields.about(field.names);
    const octets = of.kind === 'octets' || of.kind === 'layer';
    const pattern = compilePattern(octets ? octetPattern(token.hex ?? hexOfText(token.text)) : token.text);
    if (typeof pattern === 'string') {
      throw new Wrong(`this is no regular expression: ${pattern}`, token, ['value'], null, field.text);
    }
    if (of.kind === 'text' && of.values.length > 0 && !of.values.some(value => pattern.test(value)))
      throw new Wrong(unknownName(field.text, token.text, of), token, ['value'], null, field.text);
    this.at++;
    return pattern;
  }
}

/** Nothing is ever in such a range. */
function backwards(from: Literal, to: Literal): boolean {
  const ordered = (literal: Literal) => (literal.kind === 'number' || literal.kind === 'time' ? literal.value : null);
  const [least, most] = [ordered(from), ordered(to)];
  return least !== null && most !== null && least > most;
}
