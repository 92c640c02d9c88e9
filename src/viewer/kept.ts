import { useState } from 'preact/hooks';
import { useShared } from './state.ts';

/**
 * A state that outlives its view: what was sorted, searched, opened and scrolled to is found again when the view comes back.
 *
 * @param name what the state is called, in its capture; null for one that goes with its view
 */
export function useKept<T>(name: string | null, initial: T): [T, (value: T) => void] {
  const { kept, selection } = useShared();
  const key = `${selection.capture} ${name}`;
  const [value, setValue] = useState<T>(name !== null && kept.has(key) ? (kept.get(key) as T) : initial);
  const keep = (next: T): void => {
    if (name !== null) kept.set(key, next);
    setValue(next);
  };
  return [value, keep];
}
