/**
 * The session layer, X.225 (1995): cutting a TSDU into SPDUs, judging their form, showing them as trees.
 *
 * What the SPDUs mean for tokens, activities and synchronization points is state and lives with the association.
 */
export * from './session/check.ts';
export * from './session/parse.ts';
export { sessionTrees } from './session/render.ts';
export { DECIMAL_FIELDS, EXCEPTION_REASONS, REFUSE_REASONS, type SpduName, type SpduType } from './session/tables.ts';
