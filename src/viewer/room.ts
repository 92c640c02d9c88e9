import { type MutableRef, useLayoutEffect, useState } from 'preact/hooks';

/** Beyond this a drawing grows as a whole, texts and all. */
const MOST = 960;

/**
 * Pixels that a drawing in `box` has across, at least `least`, so that its texts have the size of the page's own: what is narrower than
 * `least` scrolls or shrinks.
 */
export function useRoom(box: MutableRef<HTMLElement | null>, least: number): number {
  const [room, setRoom] = useState(MOST);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setRoom(Math.min(MOST, Math.max(least, element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [least]);
  return room;
}
