import { useLayoutEffect, useRef } from 'preact/hooks';
import type { View } from './state.ts';

/**
 * Each view is found again as it was left, by its tab and by "back": the browser would keep the place of the page, which is that of
 * another view. What had the focus may have gone with its view; then the keyboard goes on in the new one.
 */
export function usePlaces(view: View): void {
  const places = useRef(new Map<View, number>());
  const shown = useRef<View | null>(null);
  // While the view that is left still stands: its events of scrolling may come only after it has gone.
  if (shown.current !== null && shown.current !== view) places.current.set(shown.current, scrollY);
  useLayoutEffect(() => {
    history.scrollRestoration = 'manual';
  }, []);
  useLayoutEffect(() => {
    const first = shown.current === null;
    shown.current = view;
    if (first) return;
    scrollTo(0, places.current.get(view) ?? 0);
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  }, [view]);
}
