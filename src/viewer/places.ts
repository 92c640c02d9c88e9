import { useLayoutEffect, useRef } from 'preact/hooks';
import type { View } from './state.ts';

/**
 * Each view is found again as it was left, by its tab and by "back": the browser would keep the place of the page, which is that of
 * another view. What had the focus may have gone with its view; then the keyboard goes on in the new one.
 */
export function usePlaces(view: View): void {
  const places = useRef(new Map<View, number>());
  const shown = useRef<View | null>(null);
  // Before the first painting: a page that is scrolled as soon as it is there is found again, too.
  useLayoutEffect(() => {
    history.scrollRestoration = 'manual';
    const keep = (): void => {
      if (shown.current !== null) places.current.set(shown.current, scrollY);
    };
    addEventListener('scroll', keep, { passive: true });
    return () => removeEventListener('scroll', keep);
  }, []);
  useLayoutEffect(() => {
    const first = shown.current === null;
    shown.current = view;
    if (first) return;
    scrollTo(0, places.current.get(view) ?? 0);
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  }, [view]);
}
