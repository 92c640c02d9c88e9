import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Source } from './source.ts';
import { safe } from './text.ts';

/** Takes captures by drag and drop, or chosen from disk. */
export function DropZone({ source, say }: { source: Source; say(text: string): void }): JSX.Element {
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const take = async (files: FileList | null): Promise<void> => {
    for (const file of files ?? []) {
      try {
        await source.add!(file, (done, total) =>
          setBusy(`${safe(file.name, 60)}: ${Math.floor((100 * done) / Math.max(1, total))} % sent`),
        );
        say(`${safe(file.name, 60)} was taken`);
      } catch (error) {
        say(`${safe(file.name, 60)}: ${error instanceof Error ? error.message : String(error)}`);
      }
      setBusy('');
    }
  };
  useEffect(() => {
    const drag = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      void take(event.dataTransfer?.files ?? null);
    };
    addEventListener('dragover', drag);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', drag);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [source]);
  return (
    <div class={`drop${over ? ' over' : ''}`}>
      <button type="button" onClick={() => input.current?.click()}>
        Open a capture
      </button>{' '}
      <span class="hint">{busy !== '' ? busy : 'or drop it anywhere on this page'}</span>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Captures to open"
        onChange={event => take(event.currentTarget.files)}
      />
    </div>
  );
}
