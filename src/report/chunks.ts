const LIMIT = 65_536;

/** The same text in few large parts instead of one a row: each part costs its reader a promise and a write. */
export function* chunks(parts: Iterable<string>): Generator<string> {
  let held = '';
  for (const part of parts) {
    held += part;
    if (held.length < LIMIT) continue;
    yield held;
    held = '';
  }
  if (held !== '') yield held;
}
