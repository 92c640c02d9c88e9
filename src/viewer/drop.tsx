import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Source } from './source.ts';
import { safe } from './text.ts';

export interface DropProps {
  readonly source: Source;
  /** A capture was taken and can be looked at; this is its place among the source's. */
  onTaken(capture: number): void;
  say(text: string): void;
}

/** Takes captures by drag and drop, or chosen from disk. The first that can be read is shown. */
export function DropZone({ source, onTaken, say }: DropProps): JSX.Element {
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState('');
  const [refused, setRefused] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const take = async (files: readonly File[]): Promise<void> => {
    setRefused([]);
    let shown = false;
    for (const file of files) {
      const name = safe(file.name, 60);
      try {
        const capture = await source.add!(file, text => setBusy(`${name} ${text}`));
        say(`${name} was read`);
        if (!shown) onTaken(capture);
        shown = true;
      } catch (error) {
        const why = `${name}: ${safe(error instanceof Error ? error.message : String(error))}`;
        say(why);
        setRefused(before => [...before, why]);
      }
      setBusy('');
    }
  };
  useEffect(() => {
    // Text may be dragged into a field as on any page.
    const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: DragEvent): void => {
      if (!files(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!files(event)) return;
      event.preventDefault();
      setOver(false);
      void take([...(event.dataTransfer?.files ?? [])]);
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
        onChange={event => {
          const files = [...(event.currentTarget.files ?? [])];
          // So that the same file, changed meanwhile, can be chosen again.
          event.currentTarget.value = '';
          void take(files);
        }}
      />
      {refused.map((why, i) => (
        <p key={i} class="wrong">
          ✖ {why}
        </p>
      ))}
    </div>
  );
}
