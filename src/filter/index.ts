export type { Ast, FieldSource, FieldValue } from './ast.ts';
export { type Completion, type Completions, completions } from './complete.ts';
export { affects, evaluate, lookedAt } from './evaluate.ts';
export { FieldIndex, type FieldInfo, type FieldKind, PACKET_FIELDS, type ValueInfo, valueInfo } from './fields.ts';
export { type Expected, type Parsed, parseFilter } from './parse.ts';
