const LIMIT = 65_536;

/** The same text in few large parts instead of one a row: each part costs its reader a promise and a write. */
export function* chunks(parts: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const part of parts) {
    held.push(part);
    size += part.length;
    if (size < LIMIT) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  if (size > 0) yield held.join('');
}
