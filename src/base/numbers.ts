/**
 * Digits in groups of three, for people; machines get bare numbers. Not `toLocaleString`: its first call loads the locales of the
 * runtime, 10 ms of a run that takes 40.
 */
export function thousands(value: number): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(1);
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 octet`, `2 octets`: bare digits, for details that machines read too. */
export function numbered(value: number, one: string): string {
  return `${value} ${one}${value === 1 ? '' : 's'}`;
}

/** `0x0f`: in hexadecimal, with so many digits. */
export function hexadecimal(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
