import type { Pattern } from './pattern.ts';

/** The relations of the language; `!=` is "there is a value, and none is equal", as in Wireshark 4. */
export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains';

/** A value as it was written. */
export type Literal =
  | { readonly kind: 'number'; readonly value: number | bigint; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  /** Lower-case hex, two digits an octet. */
  | { readonly kind: 'octets'; readonly hex: string }
  /** Lower-case hex of 4 or 16 octets; `bits` of it count. */
  | { readonly kind: 'address'; readonly hex: string; readonly bits: number; readonly text: string }
  /** Nanoseconds since 1970. */
  | { readonly kind: 'time'; readonly value: bigint };

/** A field as it was written, and the names under which its values are kept (an alias, or one name for two: `tcp.port`). */
export interface FieldRef {
  readonly text: string;
  readonly names: readonly string[];
  /** Its values are octets, and kept as hex. */
  readonly octets: boolean;
  readonly position: number;
}

export interface LiteralRange {
  readonly from: Literal;
  readonly to: Literal;
}

/** A parsed filter. Positions are indices of the text. */
export type Ast =
  | { readonly op: 'and' | 'or'; readonly list: readonly Ast[] }
  | { readonly op: 'not'; readonly of: Ast }
  | { readonly op: 'exists'; readonly field: FieldRef }
  | { readonly op: 'compare'; readonly field: FieldRef; readonly relation: Relation; readonly value: Literal }
  | { readonly op: 'fields'; readonly field: FieldRef; readonly relation: Relation; readonly other: FieldRef }
  | { readonly op: 'in'; readonly field: FieldRef; readonly set: readonly LiteralRange[] }
  | { readonly op: 'matches'; readonly field: FieldRef; readonly pattern: Pattern };

/** One value of a field. A node that only groups others has none of the three. */
export interface FieldValue {
  /** As `Field.value` of the model: octets are lower-case hex. Of times nanoseconds since 1970, a bigint. */
  readonly value?: number | bigint | boolean | string;
  /** What a person reads: "DT Data (0x0f)". */
  readonly text?: string;
  /** The octets themselves, for those who have them (layers). */
  readonly octets?: () => Uint8Array;
}

/** What a filter is held against: a packet, a message, a stream. */
export interface FieldSource {
  /** Every value of the field, in order; empty when it is not there. `name` is never an alias. */
  values(name: string): readonly FieldValue[];
}
