import type { MutableRef } from 'preact/hooks';
import { useRef } from 'preact/hooks';

/**
 * Where the keys stand. They may come faster than the page is drawn, so each goes on from where the one before it went; the cursor
 * follows `selected` when that changes, not when something else is drawn anew in the meantime.
 */
export function useCursor(selected: number): MutableRef<number> {
  const cursor = useRef(selected);
  const known = useRef(selected);
  if (known.current !== selected) {
    known.current = selected;
    cursor.current = selected;
  }
  return cursor;
}
