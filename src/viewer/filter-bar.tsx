import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { completions, parseFilter } from '../filter/index.ts';
import { packetFields } from '../report/filter-fields.ts';
import { safe } from './text.ts';

export interface FilterBarProps {
  /** The filter that is in force. */
  readonly filter: string;
  /** Why it could not be applied; empty otherwise. */
  readonly wrong: string;
  onFilter(text: string): void;
}

/** Completions that are offered at once. */
const OFFERED = 12;

function atMost(offer: ReturnType<typeof completions>): ReturnType<typeof completions> {
  return { ...offer, items: offer.items.slice(0, OFFERED) };
}

/** The filter bar: completion while typing, the wrong part marked, Enter applies. */
export function FilterBar({ filter, wrong, onFilter }: FilterBarProps): JSX.Element {
  const [text, setText] = useState(filter);
  const [cursor, setCursor] = useState(filter.length);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  // Before anything can be typed: what was typed since would be taken away.
  useLayoutEffect(() => setText(filter), [filter]);
  const parsed = useMemo(() => (text.trim() === '' ? null : parseFilter(text, packetFields())), [text]);
  const offer = useMemo(
    () => (open ? atMost(completions(text, cursor, packetFields())) : { from: 0, to: 0, items: [] }),
    [open, text, cursor],
  );
  const take = (i: number): void => {
    const item = offer.items[i];
    if (item === undefined) return;
    const next = `${text.slice(0, offer.from)}${item.text}${text.slice(offer.to)}`;
    const place = offer.from + item.text.length;
    setText(next);
    setCursor(place);
    setOpen(false);
    setAt(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  };
  const apply = (value: string): void => {
    setOpen(false);
    setAt(-1);
    onFilter(value.trim());
  };
  const key = (event: KeyboardEvent): void => {
    const { items } = offer;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) {
        // The caret may have been moved since the last letter.
        setCursor(input.current!.selectionStart ?? text.length);
        setOpen(true);
      } else if (items.length > 0) setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (open && at >= 0) take(at);
      else if (parsed === null || parsed.ok) apply(text);
    } else if (event.key === 'Tab' && open && at >= 0) {
      event.preventDefault();
      take(at);
    } else if (event.key === 'Escape') {
      if (open) setOpen(false);
      else apply('');
    }
  };
  const bad = parsed !== null && !parsed.ok ? parsed : null;
  const state = text.trim() === '' ? '' : bad !== null ? 'bad' : 'good';
  const list = open && offer.items.length > 0;
  return (
    <div class={`filter ${state}`} role="search">
      <label for="filter">Filter</label>
      <span class="field">
        <input
          id="filter"
          ref={input}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          placeholder="cotp.type == 0x0e || tpkt.length > 2048"
          aria-expanded={list}
          aria-controls="completions"
          aria-autocomplete="list"
          aria-activedescendant={list && at >= 0 ? `completion-${at}` : undefined}
          aria-invalid={bad !== null}
          aria-describedby="filter-error"
          value={text}
          onInput={event => {
            setText(event.currentTarget.value);
            setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
            setOpen(true);
            setAt(-1);
          }}
          onKeyDown={key}
          onBlur={() => setTimeout(() => setOpen(false), 150)}
        />
        <span class="sign" aria-hidden="true">
          {state === 'good' ? '✔' : state === 'bad' ? '✖' : ''}
        </span>
        <ul id="completions" role="listbox" aria-label="Completions" hidden={!list}>
          {list &&
            offer.items.map((item, i) => (
              <li
                key={item.text}
                id={`completion-${i}`}
                role="option"
                aria-selected={i === at}
                onMouseDown={event => {
                  event.preventDefault();
                  take(i);
                }}
              >
                <code>{item.text}</code> <span>{item.label}</span>
              </li>
            ))}
        </ul>
      </span>
      <button type="button" disabled={bad !== null || text.trim() === filter} onClick={() => apply(text)}>
        Apply
      </button>
      <button type="button" disabled={text === '' && filter === ''} onClick={() => apply('')}>
        Clear
      </button>
      <p id="filter-error" class="wrong" role="status">
        {bad !== null ? (
          <>
            ✖ {safe(bad.error)}{' '}
            <code>
              {safe(text.slice(Math.max(0, bad.position - 30), bad.position))}
              <mark>{safe(text.slice(bad.position, Math.max(bad.end, bad.position + 1))) || '␣'}</mark>
              {safe(text.slice(Math.max(bad.end, bad.position + 1)).slice(0, 30))}
            </code>
          </>
        ) : wrong !== '' ? (
          `✖ ${wrong}`
        ) : (
          ''
        )}
      </p>
    </div>
  );
}
