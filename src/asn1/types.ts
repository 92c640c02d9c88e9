import type { Names, Primitive } from './dsl.ts';

/** What a module's tables say, and what its types are once they are compiled (schema.ts). */

export interface ModuleSource {
  /** Prefix of the field names. */
  readonly proto: string;
  /** The name by which other modules refer to this one, when several share a prefix; otherwise `proto`. */
  readonly id?: string;
  readonly types: Readonly<Record<string, string>>;
  /** What a tag without '!' or '~' is. Default 'implicit'. */
  readonly tags?: 'implicit' | 'explicit';
  /** For OPEN: table name → key (number or OID as text) → type. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly imports?: readonly Module[];
}

export interface Module {
  readonly proto: string;
  /** The named type, compiled. Throws SyntaxError when the module has none of this name. */
  type(name: string): Type;
  /** The type that a table names for `key`, or null. */
  lookup(table: string, key: string): Type | null;
  /** All type names, and all table rows: for tests that compile everything. */
  readonly source: ModuleSource;
}

export type Op =
  | 'SEQ'
  | 'SET'
  | 'CHOICE'
  | 'SEQOF'
  | 'SETOF'
  | 'SECRET'
  | 'GUARD'
  | 'INSIDE'
  | 'INT'
  | 'ENUM'
  | 'BITS'
  | 'OPEN'
  | 'EXPLICIT'
  | Primitive;

export interface Component {
  readonly name: string;
  /** Name of its field, `_element` included. */
  readonly field: string;
  readonly optional: boolean;
  /** For an alternative of a CHOICE: the number that stands for it. */
  readonly value: number;
  /** How a CHOICE says that this alternative was taken: "ia5-text (0)". */
  readonly text: string;
  readonly type: Type;
}

/** A compiled type. Opaque to callers, but for `name` and `module.proto`. */
export interface Type {
  readonly op: Op;
  readonly module: Module;
  /** Type name; of an anonymous type `T_<component>`, as asn2wrs has it. */
  readonly name: string;
  readonly anonymous: boolean;
  /** Outermost tag, `key()` of ber.ts; -1 when there is no single one (CHOICE, ANY, OPEN). */
  readonly key: number;
  /** Name and module under which the type is known: those of an alias, else `name` and `module`. */
  readonly called: string;
  readonly home: Module;
  readonly names: Names | null;
  /** Named bits with their field names. */
  readonly bits: readonly { readonly number: number; readonly name: string; readonly field: string }[];
  readonly table: string;
  readonly keys: readonly string[];
  /** Components of SEQ and SET, alternatives of CHOICE. */
  readonly list: readonly Component[];
  /** An explicit tag that may as well stand for the value's own. */
  readonly either: boolean;
  /** What is inside a list, an explicit tag or a SECRET. */
  readonly of: Type;
  /** Field name and label of a list's items. */
  readonly itemField: string;
  readonly itemLabel: string;
  /** Whether an OPEN looks for its keys among the components. */
  readonly opens: boolean;
  /** Whether component `i` is, or wraps, an OPEN that looks for its keys among the others. Never before `opens` is true. */
  waits(i: number): boolean;
  /** Index of the alternative (CHOICE) or component (SET) that begins with this tag, or -1. */
  accept(key: number): number;
}
