import type { JSX } from 'preact';
import { useShared } from './state.ts';

/** A button that puts text on the clipboard and says so. */
export function CopyButton({ text, label, what }: { text: () => string; label: string; what: string }): JSX.Element {
  const { say } = useShared();
  const copy = async (): Promise<void> => {
    try {
      await copyText(text());
      say(`${what} copied`);
    } catch (error) {
      say(`${what} could not be copied: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <button type="button" class="copy" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      {label}
    </button>
  );
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // Refused (a page from disk, no permission): the older way below needs none.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  area.className = 'offscreen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('the browser does not allow it');
}
