import { type Ast, type AstComponent, type Names, parseType } from './dsl.ts';
import { fieldName } from './names.ts';
import type { Component, Module, ModuleSource, Op, Type } from './types.ts';

export type { Component, Module, Type } from './types.ts';

const UNIVERSAL_TAGS: Partial<Record<Op, number>> = {
  ...{
    SEQ: 16,
    SEQOF: 16,
    SET: 17,
    SETOF: 17,
    INT: 2,
    ENUM: 10,
    BITS: 3,
    BOOL: 1,
    NULL: 5,
    OID: 6,
    RELOID: 13,
    OCTETS: 4,
    OCTETINT: 2,
    CENTURYTIME: 23,
  },
  ...{ REAL: 9, UTCTIME: 23, GENTIME: 24, IA5: 22, PRINTABLE: 19, NUMERIC: 18, TELETEX: 20, VIDEOTEX: 21, GRAPHIC: 25 },
  ...{ VISIBLE: 26, GENERAL: 27, UTF8: 12, BMP: 30, UNIVERSAL: 28, DESCRIPTOR: 7 },
};

/**
 * ASN.1 types compiled from the tables (notation: dsl.ts), and what they are called in a field tree.
 *
 *     export const ROSE = defineModule({ proto: 'ros', types: { Reject: 'SEQ { invokeId INT, … }' } });
 *     const { fields, end, faults, opens } = decode(ROSE.type('Reject'), '', bytes, start, end);      // decode.ts
 *
 * Names are those of Wireshark's asn2wrs: `proto.component_name`, with `_element` behind when the node has no value of its own
 * (SEQUENCE, SET, NULL, open values); list items `proto.TypeName[_element]` or `proto.name_item[_element]`; named bits
 * `proto.TypeName.bit.name`. The value of a CHOICE is the alternative's tag number when all alternatives have tags of one class
 * other than universal, else its index; the value of a SEQUENCE OF or SET OF is its item count.
 *
 * A value whose type another component names is `OPEN(table; key, …)`: the first of the keys (component names of the same SEQUENCE)
 * that has a value is looked up in the module's `tables`; failing that, the caller's `open` callback is asked (decode.ts).
 *
 * Types are compiled on first use. A mistake in a table throws `SyntaxError`; it cannot depend on captured octets.
 */
export function defineModule(source: ModuleSource): Module {
  return new TableModule(source);
}

class TableModule implements Module {
  readonly proto: string;
  readonly source: ModuleSource;
  private readonly compiled = new Map<string, Compiled>();
  private readonly opened = new Map<string, Type | null>();

  constructor(source: ModuleSource) {
    this.proto = source.proto;
    this.source = source;
  }

  type(name: string): Compiled {
    const known = this.compiled.get(name);
    if (known !== undefined) return known;
    const text = Object.hasOwn(this.source.types, name) ? this.source.types[name] : undefined;
    if (text === undefined) throw new SyntaxError(`ASN.1 table ${this.proto}: no type ${name}`);
    const type = compile(parseType(text), this, name, false);
    this.compiled.set(name, type);
    return type;
  }

  lookup(table: string, key: string): Type | null {
    const cached = this.opened.get(`${table} ${key}`);
    if (cached !== undefined) return cached;
    const rows = this.source.tables?.[table];
    if (rows === undefined) throw new SyntaxError(`ASN.1 table ${this.proto}: no table ${table}`);
    const type = Object.hasOwn(rows, key) ? compile(parseType(rows[key]!), this, '', true) : null;
    this.opened.set(`${table} ${key}`, type);
    return type;
  }

  resolve(module: string | null, name: string): Compiled {
    const idOf = (m: Module): string => m.source.id ?? m.proto;
    if (module === null || module === idOf(this)) return this.type(name);
    const found = this.source.imports?.find(m => idOf(m) === module);
    if (found === undefined) throw new SyntaxError(`ASN.1 table ${this.proto}: ${module} is not imported`);
    return (found as TableModule).type(name);
  }
}

interface Shape {
  op: Op;
  module: TableModule;
  name: string;
  anonymous: boolean;
  key: number;
  names?: Names | null;
  table?: string;
  keys?: readonly string[];
  list?: readonly AstComponent[];
  inner?: Ast;
  itemField?: string | null;
  either?: boolean;
  /** Set on an alias: its name, and the module that declares it. */
  called?: string;
  home?: Module;
}

/** `name` is the type's own name, or for an anonymous type the component's (which names list items and bits). */
function compile(ast: Ast, module: TableModule, name: string, anonymous: boolean): Compiled {
  switch (ast.op) {
    case 'ref':
      return module.resolve(ast.module, ast.name);
    case 'tag': {
      // asn2wrs calls what is inside the tag of a tagged type Name_U, which shows in the names of its bits.
      const bits = ast.of.op === 'BITS' && !anonymous;
      const inner = bits
        ? compile(ast.of, module, `${name}_U`, false).rename(name, module)
        : compile(ast.of, module, name, anonymous);
      const explicit = ast.explicit ?? module.source.tags === 'explicit';
      if (explicit === false && inner.key !== -1) return inner.retag(ast.key);
      const either = explicit === 'either';
      return new Compiled({ op: 'EXPLICIT', module, name, anonymous, key: ast.key, inner: ast.of, either });
    }
    case 'alias':
      return compile(ast.of, module, name, anonymous).rename(name, module);
    case 'SECRET':
    case 'GUARD': {
      const inner = compile(ast.of, module, name, anonymous);
      return new Compiled({ op: ast.op, module, name, anonymous, key: inner.key, inner: ast.of });
    }
    case 'INSIDE':
      return new Compiled({ op: 'INSIDE', module, name, anonymous, key: UNIVERSAL_TAGS.OCTETS!, inner: ast.of });
    case 'SEQ':
    case 'SET':
      return new Compiled({ op: ast.op, module, name, anonymous, key: UNIVERSAL_TAGS[ast.op]!, list: ast.list });
    case 'CHOICE':
      return new Compiled({ op: 'CHOICE', module, name, anonymous, key: -1, list: ast.list });
    case 'SEQOF':
    case 'SETOF': {
      const shape = { op: ast.op, module, name, anonymous, key: UNIVERSAL_TAGS[ast.op]! };
      return new Compiled({ ...shape, inner: ast.of, itemField: ast.field });
    }
    case 'INT':
    case 'ENUM':
    case 'BITS':
      return new Compiled({ op: ast.op, module, name, anonymous, key: UNIVERSAL_TAGS[ast.op]!, names: ast.names });
    case 'OPEN':
      return new Compiled({ op: 'OPEN', module, name, anonymous, key: -1, table: ast.table, keys: ast.keys });
    default:
      return new Compiled({ op: ast.op, module, name, anonymous, key: UNIVERSAL_TAGS[ast.op] ?? -1 });
  }
}

class Compiled implements Type {
  readonly op: Op;
  readonly module: Module;
  readonly name: string;
  readonly anonymous: boolean;
  readonly key: number;
  readonly either: boolean;
  readonly called: string;
  readonly home: Module;
  readonly names: Names | null;
  readonly table: string;
  readonly keys: readonly string[];
  private readonly shape: Shape;
  private components: Component[] | null = null;
  private inner: Compiled | null = null;
  private starts: Map<number, number> | null = null;
  private wild = -1;
  private item: [string, string] | null = null;
  private hasOpen: boolean | null = null;
  private waiting: readonly boolean[] | null = null;
  private bitFields: Type['bits'] | null = null;

  constructor(shape: Shape) {
    this.shape = shape;
    this.op = shape.op;
    this.module = shape.module;
    this.name = shape.anonymous && shape.name !== '' ? `T_${shape.name}` : shape.name;
    this.anonymous = shape.anonymous;
    this.key = shape.key;
    this.either = shape.either ?? false;
    this.called = shape.called ?? this.name;
    this.home = shape.home ?? shape.module;
    this.names = shape.names ?? null;
    this.table = shape.table ?? '';
    this.keys = shape.keys ?? [];
  }

  retag(key: number): Compiled {
    return new Compiled({ ...this.shape, key });
  }

  /** The same type, called `name`. Components, items and bits keep the module that declares them. */
  rename(name: string, home: Module): Compiled {
    return new Compiled({ ...this.shape, called: name, home });
  }

  get of(): Compiled {
    // A list's item is never the named type itself; what is inside a tag or a SECRET is.
    const anonymous = this.anonymous || this.op === 'SEQOF' || this.op === 'SETOF' || this.op === 'INSIDE';
    if (this.inner === null) {
      const inner = compile(this.shape.inner!, this.shape.module, this.shape.name, anonymous);
      // An implicit tag on what is secret is the tag of the value itself.
      const same = this.op === 'SECRET' || this.op === 'GUARD';
      this.inner = same && this.key >= 0 && inner.key !== this.key ? inner.retag(this.key) : inner;
    }
    return this.inner;
  }

  get list(): readonly Component[] {
    this.components ??= this.compileList();
    return this.components;
  }

  private compileList(): Component[] {
    const { module, list } = this.shape;
    const types = list!.map(c => compile(c.type, module, c.name, true));
    const cls = types[0] === undefined || types[0].key < 0 ? 0 : Math.floor(types[0].key / 0x10000000);
    const byTag = cls !== 0 && types.every(t => t.key >= 0 && Math.floor(t.key / 0x10000000) === cls);
    return list!.map((c, i) => {
      const type = types[i]!;
      const field = c.field ?? fieldName(module.proto, c.name, type);
      const value = byTag ? type.key % 0x10000000 : i;
      return {
        name: c.name,
        field,
        optional: c.optional,
        value,
        text: `${c.name} (${value})`,
        type,
      };
    });
  }

  get bits(): Type['bits'] {
    if (this.bitFields === null) {
      const type = this.name.replace(/[-_]/g, '.');
      const fields: Type['bits'][number][] = [];
      const last = Math.max(-1, ...(this.names?.keys() ?? []));
      for (let number = 0; number <= last; number++) {
        const name = this.names!.get(number) ?? `spare_bit${number}`;
        fields.push({ number, name, field: `${this.module.proto}.${type}.${name.replace(/[-_]/g, '.')}` });
      }
      this.bitFields = fields;
    }
    return this.bitFields;
  }

  get itemField(): string {
    return this.items()[0];
  }

  get itemLabel(): string {
    return this.items()[1];
  }

  private items(): [string, string] {
    if (this.item === null) {
      const of = this.of;
      const label = of.anonymous || of.called === '' ? `${this.shape.name} item` : of.called;
      this.item = [this.shape.itemField ?? fieldName(this.module.proto, label.replace(' ', '_'), of), label];
    }
    return this.item;
  }

  get opens(): boolean {
    this.hasOpen ??= this.list.some(c => looksUp(c.type as Compiled, 0));
    return this.hasOpen;
  }

  waits(i: number): boolean {
    this.waiting ??= this.list.map(c => looksUp(c.type as Compiled, 0));
    return this.waiting[i] === true;
  }

  accept(key: number): number {
    if (this.starts === null) {
      this.starts = new Map();
      this.list.forEach((c, i) => {
        if (collect(c.type as Compiled, i, this.starts!, 0) && this.wild < 0) this.wild = i;
      });
    }
    return this.starts.get(key) ?? this.wild;
  }
}

/** Adds the tags with which a value of `type` may begin; true when it may begin with any tag. */
function collect(type: Compiled, index: number, into: Map<number, number>, depth: number): boolean {
  if (type.key >= 0) {
    if (!into.has(type.key)) into.set(type.key, index);
    return false;
  }
  if (type.op === 'SECRET' || type.op === 'GUARD') return collect(type.of, index, into, depth + 1);
  if (type.op !== 'CHOICE' || depth > 16) return true;
  let any = false;
  for (const c of type.list) any = collect(c.type as Compiled, index, into, depth + 1) || any;
  return any;
}

function looksUp(type: Compiled, depth: number): boolean {
  if (depth > 4) return false;
  if (type.op === 'OPEN') return true;
  if (type.op === 'EXPLICIT' || type.op === 'GUARD' || type.op === 'SEQOF' || type.op === 'SETOF') {
    return looksUp(type.of, depth + 1);
  }
  return type.op === 'CHOICE' && type.list.some(c => looksUp(c.type as Compiled, depth + 1));
}
