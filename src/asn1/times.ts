/** Contents of UTCTime and GeneralizedTime (X.680 §46, §47) as Wireshark prints them. */

/**
 * UTCTime contents as Wireshark prints them, "05-10-01 11:30:50 (UTC)", "… (UTC+0100)"; null when they are no UTCTime.
 * Seconds and (in 1984 implementations) the zone may be absent.
 */
export function utcTime(text: string): string | null {
  // Nearly every one is YYMMDDhhmmssZ.
  if (text.length === 13 && text.charCodeAt(12) === 0x5a && digits(text, 12)) {
    const date = `${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
    return `${date} ${text.slice(6, 8)}:${text.slice(8, 10)}:${text.slice(10, 12)} (UTC)`;
  }
  const m = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?$/.exec(text);
  if (m === null) return null;
  return `${m[1]}-${m[2]}-${m[3]} ${m[4]}:${m[5]}${m[6] === undefined ? '' : `:${m[6]}`}${zone(m[7])}`;
}

/** GeneralizedTime contents, "2005-10-01 11:30:50.123 (UTC)"; null when they are no GeneralizedTime. */
export function generalizedTime(text: string): string | null {
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?([.,]\d{1,9})?(Z|[+-]\d\d(?:\d\d)?)?$/.exec(text);
  if (m === null) return null;
  const clock = `${m[4]}${m[5] === undefined ? '' : `:${m[5]}`}${m[6] === undefined ? '' : `:${m[6]}`}`;
  return `${m[1]}-${m[2]}-${m[3]} ${clock}${m[7] ?? ''}${zone(m[8])}`;
}

function digits(text: string, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function zone(text: string | undefined): string {
  if (text === undefined) return '';
  return text === 'Z' ? ' (UTC)' : ` (UTC${text})`;
}
