import type { Names } from './names.ts';

/** How a field's value is kept and shown. `flag` is one bit, `time` a date (BCD), `node` holds others. */
export type Form = 'dec' | 'hex' | 'octets' | 'text' | 'flag' | 'time' | 'node';

export interface Kind {
  readonly label: string;
  readonly form: Form;
  readonly names?: Names;
  /** There are names that the table does not have: what is not in it is not called unknown. */
  readonly open?: true;
}

const kind =
  (form: Form) =>
  (label: string, values?: Names): Kind => ({ label, form, ...(values === undefined ? {} : { names: values }) });
export const dec = kind('dec');
export const hex = kind('hex');
export const octets = kind('octets');
export const text = kind('text');
export const flag = kind('flag');
export const node = kind('node');
