import { useEffect } from 'preact/hooks';
import { type Selection, VIEWS } from './state.ts';

const ROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'];

/**
 * The keys of the page as a whole. They are heard on the document: nothing in the page has the focus when it was just opened, and
 * what had it may have gone with its view.
 */
export function useKeys(select: (change: Partial<Selection>) => void): void {
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (event.altKey) {
        if (!/^Digit[1-6]$/.test(event.code)) return;
        event.preventDefault();
        select({ view: VIEWS[Number(event.code.slice(5)) - 1]! });
      } else if (event.key === '/' && !takesText(target)) {
        event.preventDefault();
        select({ view: 'packets' });
        // On another view the packet list, and its filter, are drawn first.
        const filter = document.getElementById('filter');
        if (filter !== null) filter.focus();
        else requestAnimationFrame(() => document.getElementById('filter')?.focus());
      } else if (ROWS.includes(event.key) && leavesRows(target)) toRows(event);
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, [select]);
}

function takesText(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement) return ['text', 'search'].includes(target.type);
  return target instanceof HTMLTextAreaElement;
}

/** Whether an element has no use for the keys of rows: the tab of a view, which was clicked, takes those only that go from tab to tab. */
function leavesRows(target: HTMLElement): boolean {
  return target === document.body || target.id === 'main' || target.getAttribute('role') === 'tab';
}

/** With the focus nowhere, or on a tab, the keys of rows are meant for the view's list. A view without one scrolls, as any page does. */
function toRows(event: KeyboardEvent): void {
  const list = document.querySelector<HTMLElement>('#main .virtual');
  if (list === null || event.shiftKey) return;
  event.preventDefault();
  list.focus();
  list.dispatchEvent(new KeyboardEvent('keydown', { key: event.key, bubbles: true, cancelable: true }));
}
