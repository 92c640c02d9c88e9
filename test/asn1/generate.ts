import type { Component, Type } from '../../src/asn1/schema.ts';

/** How often an alternative is to be taken, and how deep it is looked for. */
const OFTEN = 4;
const DEEP = 18;

/** Octets of random values of a table's type. Ours, so it proves nothing alone: it makes input that an outsider judges. */
export class Generator {
  private state: number;
  private readonly hooks: Readonly<Record<string, (g: Generator) => Uint8Array>>;
  /** Component names that are left out. */
  private readonly skip: ReadonlySet<string>;
  private readonly objects: readonly (readonly [oid: string, type: Type])[];
  private readonly reached: Map<string, number> | null;

  /**
   * @param hooks by type name: octets of such a value, instead of a random one
   * @param objects what open values by object identifier may be
   * @param reached how often each alternative was taken, by field name; those that were not often come first, however deep they are
   */
  constructor(
    seed: number,
    objects: readonly (readonly [string, Type])[] = [],
    hooks: Readonly<Record<string, (g: Generator) => Uint8Array>> = {},
    skip: readonly string[] = [],
    reached: Map<string, number> | null = null,
  ) {
    this.reached = reached;
    this.skip = new Set(skip);
    this.state = seed >>> 0;
    this.objects = objects;
    this.hooks = hooks;
  }

  /** mulberry32 */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  text(alphabet = 'ABCDEFGHIJ klmnopq'): string {
    let out = 'x';
    for (let i = this.below(12); i > 0; i--) out += alphabet[this.below(alphabet.length)];
    return `${out}y`;
  }

  value(type: Type, depth = 0, fixed: string | null = null): Uint8Array {
    const hook = this.hooks[type.called];
    if (hook !== undefined && fixed === null) return hook(this);
    switch (type.op) {
      case 'EXPLICIT':
        return tlv(type.key, true, this.value(type.of, depth, fixed));
      case 'SECRET':
        return retagged(type.key, this.value(type.of, depth));
      case 'GUARD':
        return this.value(type.of, depth, fixed);
      case 'INSIDE':
        return tlv(type.key, false, this.value(type.of, depth + 1));
      case 'CHOICE':
        return this.choice(type, depth, fixed);
      case 'SEQ':
      case 'SET':
        return tlv(type.key, true, this.components(type, depth));
      case 'SEQOF':
      case 'SETOF': {
        const items: Uint8Array[] = [];
        for (let i = depth > 12 ? 1 : 1 + this.below(2); i > 0; i--) items.push(this.value(type.of, depth + 1));
        return tlv(type.key, true, ...items);
      }
      case 'ANY':
      case 'OPEN':
        return tlv(2, false, Uint8Array.of(7));
      default:
        return tlv(type.key, false, this.primitive(type, fixed));
    }
  }

  private choice(type: Type, depth: number, fixed: string | null): Uint8Array {
    let list = type.list.filter(c => !this.skip.has(c.name));
    const rare = this.rarest(list, depth);
    if (fixed !== null) list = list.filter(c => leaf(c.type) === (fixed.includes('.') ? 'OID' : 'INT'));
    else if (rare.length > 0) list = rare;
    // Recursive choices end with their plainer alternatives.
    else if (depth > 8) list = [...list].sort((a, b) => Number(nested(a.type)) - Number(nested(b.type))).slice(0, 2);
    const picked = this.pick(list);
    this.reached?.set(picked.field, (this.reached.get(picked.field) ?? 0) + 1);
    return this.value(picked.type, depth + 1, fixed);
  }

  private rarest(list: readonly Component[], depth: number): Component[] {
    const { reached } = this;
    if (reached === null || depth > DEEP) return [];
    const times = (c: Component): number => reached.get(c.field) ?? 0;
    const least = Math.min(OFTEN - 1, ...list.map(times));
    return list.filter(c => times(c) === least);
  }

  private components(type: Type, depth: number): Uint8Array {
    const fixed = new Map<string, string>();
    const values = new Map<Component, Type>();
    for (const c of type.list) {
      const open = opened(c.type);
      if (open === null) continue;
      const rows = this.rows(open);
      const key = open.keys.find(k => type.list.some(x => x.name === k));
      if (key === undefined || rows.length === 0) continue;
      const row = this.pick(rows);
      const keyType = type.list.find(x => x.name === key)!.type;
      const fits = row[0].includes('.') ? admits(keyType, 'OID') : admits(keyType, 'INT');
      if (!fits) continue;
      fixed.set(key, row[0]);
      values.set(c, row[1]);
    }
    const parts: Uint8Array[] = [];
    for (const c of type.list) {
      const wanted = fixed.get(c.name) ?? null;
      const open = values.get(c);
      if (this.skip.has(c.name)) continue;
      if (c.optional && wanted === null && open === undefined && this.random() < this.absence(depth)) continue;
      if (open !== undefined) parts.push(this.substitute(c.type, open, depth + 1));
      else parts.push(this.value(c.type, depth + 1, wanted));
    }
    return cat(parts);
  }

  /** How often an optional component is left out. */
  private absence(depth: number): number {
    return this.reached !== null && depth < 8 ? 0.3 : 0.3 + depth * 0.06;
  }

  private rows(open: Type): (readonly [string, Type])[] {
    if (open.table === '') return [...this.objects];
    const rows = Object.keys(open.module.source.tables?.[open.table] ?? {}).map(
      k => [k, open.module.lookup(open.table, k)!] as const,
    );
    return rows;
  }

  /** The octets of a component with its OPEN replaced. */
  private substitute(type: Type, by: Type, depth: number): Uint8Array {
    if (type.op === 'OPEN') return this.value(by, depth);
    if (type.op === 'EXPLICIT') return tlv(type.key, true, this.substitute(type.of, by, depth));
    if (type.op === 'SEQOF' || type.op === 'SETOF') return tlv(type.key, true, this.substitute(type.of, by, depth));
    if (type.op === 'CHOICE') return this.substitute(type.list.find(c => opened(c.type) !== null)!.type, by, depth);
    return this.value(type, depth);
  }

  private primitive(type: Type, fixed: string | null): Uint8Array {
    switch (type.op) {
      case 'BOOL':
        return Uint8Array.of(this.pick([0, 0xff, 1]));
      case 'NULL':
        return new Uint8Array(0);
      case 'INT':
      case 'ENUM': {
        if (fixed !== null) return Uint8Array.of(Number(fixed));
        const names = [...(type.names?.keys() ?? [])];
        return Uint8Array.of(names.length > 0 && this.random() < 0.8 ? this.pick(names) : this.below(100));
      }
      case 'OID':
        return oidOctets(fixed ?? this.pick(['1.2.3', '2.6.1.99.3', '1.3.26.0.4406.0.9', '2.100.3']));
      case 'BITS': {
        const octets = 1 + this.below(2);
        const unused = this.below(8);
        const out = new Uint8Array(octets + 1).map(() => this.below(256));
        out[0] = unused;
        out[octets] = out[octets]! & (0xff << unused);
        return out;
      }
      case 'OCTETINT':
      case 'OCTETS':
        return new Uint8Array(1 + this.below(6)).map(() => this.below(256));
      case 'CENTURYTIME':
      case 'UTCTIME':
        return ascii(this.pick(['980603091307Z', '0510011130Z', '980603091307+0100', '9806030913-0530']));
      case 'GENTIME':
        return ascii(this.pick(['19980603091307Z', '20260301091500Z']));
      case 'NUMERIC':
        return ascii(this.text('0123456789').replace(/[xy]/g, '5'));
      case 'BMP':
        return cat([...this.text()].map(c => Uint8Array.of(0, c.charCodeAt(0))));
      case 'UNIVERSAL':
        return cat([...this.text()].map(c => Uint8Array.of(0, 0, 0, c.charCodeAt(0))));
      default:
        return ascii(this.text());
    }
  }
}

function nested(type: Type): boolean {
  return !['INT', 'ENUM', 'OID', 'NULL', 'OCTETS', 'BITS', 'IA5', 'PRINTABLE', 'TELETEX', 'BOOL'].includes(type.op);
}

function leaf(type: Type): string {
  return type.op === 'EXPLICIT' ? leaf(type.of) : type.op === 'ENUM' ? 'INT' : type.op;
}

function admits(type: Type, op: string): boolean {
  return type.op === 'CHOICE' ? type.list.some(c => leaf(c.type) === op) : leaf(type) === op;
}

/** The OPEN that a type is or wraps; as deep as the decoder looks. */
function opened(type: Type, depth = 0): Type | null {
  if (type.op === 'OPEN') return type;
  if (depth > 4) return null;
  if (type.op === 'EXPLICIT' || type.op === 'GUARD' || type.op === 'SEQOF' || type.op === 'SETOF') {
    return opened(type.of, depth + 1);
  }
  if (type.op !== 'CHOICE') return null;
  for (const c of type.list) {
    const found = opened(c.type, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0));
}

export function cat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Tag numbers below 128: nothing in these protocols has others. */
export function tlv(key: number, constructed: boolean, ...contents: Uint8Array[]): Uint8Array {
  const body = cat(contents);
  const cls = Math.floor(key / 0x10000000);
  const tag = key % 0x10000000;
  const first = (cls << 6) | (constructed ? 0x20 : 0) | Math.min(tag, 31);
  const n = body.length;
  const length =
    n < 128
      ? [n]
      : n < 256
        ? [0x81, n]
        : n < 65536
          ? [0x82, n >> 8, n & 255]
          : [0x83, n >> 16, (n >> 8) & 255, n & 255];
  return cat([Uint8Array.of(first, ...(tag < 31 ? [] : [tag]), ...length), body]);
}

function retagged(key: number, octets: Uint8Array): Uint8Array {
  if (key < 0) return octets;
  const out = octets.slice();
  out[0] = (Math.floor(key / 0x10000000) << 6) | (out[0]! & 0x20) | (key % 0x10000000);
  return out;
}

export function oidOctets(dotted: string): Uint8Array {
  const [a, b, ...rest] = dotted.split('.').map(Number);
  const out: number[] = [];
  for (const arc of [a! * 40 + b!, ...rest]) {
    const digits = [arc & 127];
    for (let v = Math.floor(arc / 128); v > 0; v = Math.floor(v / 128)) digits.unshift((v & 127) | 128);
    out.push(...digits);
  }
  return Uint8Array.from(out);
}
