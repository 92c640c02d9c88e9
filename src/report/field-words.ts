import type { Field } from '../model/field.ts';

/** The name in `name (number)`. */
export function words(field: Field | undefined): string | null {
  const shown = text(field);
  return shown === null ? null : shown.replace(/ \((?:0x[0-9a-f]+|-?\d+)\)$/i, '');
}

export function text(field: Field | undefined): string | null {
  if (field === undefined) return null;
  return field.text ?? (field.value === undefined ? null : String(field.value));
}
