import type { Field } from '../model/field.ts';

/** The first field of this name, depth first; undefined when there is none. */
export function find(fields: readonly Field[], name: string): Field | undefined {
  for (let i = 0; i < fields.length; i++) {
    const f = fields[i]!;
    if (f.name === name) return f;
    if (f.children.length === 0) continue;
    const inner = find(f.children, name);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Every field of this name, in order of the octets; fields below a match are looked at too. */
export function findAll(fields: readonly Field[], name: string): Field[] {
  const out: Field[] = [];
  const walk = (list: readonly Field[]): void => {
    for (let i = 0; i < list.length; i++) {
      const f = list[i]!;
      if (f.name === name) out.push(f);
      if (f.children.length > 0) walk(f.children);
    }
  };
  walk(fields);
  return out;
}

/** The field reached by one name per level, each the first of its name among the children. */
export function path(fields: readonly Field[], ...names: string[]): Field | undefined {
  let level = fields;
  let found: Field | undefined;
  for (const name of names) {
    found = level.find(f => f.name === name);
    if (found === undefined) return undefined;
    level = found.children;
  }
  return found;
}

/** The value of the first field of this name. */
export function fieldValue(fields: readonly Field[], name: string): Field['value'] {
  return find(fields, name)?.value;
}
