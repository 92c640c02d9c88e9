import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { worse } from '../report/verdict.ts';
import { Address } from './address.ts';
import { Buffers } from './buffers.tsx';
import { DropZone } from './drop.tsx';
import { useKeys } from './keys.ts';
import { Ladder } from './ladder.tsx';
import { Lengths } from './lengths.tsx';
import { Messages } from './messages.tsx';
import { Overview } from './overview.tsx';
import { Packets } from './packets.tsx';
import { usePlaces } from './places.ts';
import { type Source, streamOf } from './source.ts';
import { fromFragment, type Selection, SharedProvider, toFragment, VIEWS, type View } from './state.ts';
import { safe } from './text.ts';

const NAMES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  packets: 'Packets',
  ladder: 'Ladder',
  buffers: 'Buffers',
  lengths: 'Lengths',
  messages: 'Messages',
};

const BODIES: Readonly<Record<View, () => JSX.Element>> = {
  overview: Overview,
  packets: Packets,
  ladder: Ladder,
  buffers: Buffers,
  lengths: Lengths,
  messages: Messages,
};

type Theme = 'auto' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export function App({ source }: { source: Source }): JSX.Element {
  const [selection, setSelection] = useState<Selection>(() => fromFragment(location.hash));
  const [version, setVersion] = useState(0);
  const [said, say] = useState('');
  const [theme, setTheme] = useState<Theme>('auto');
  const address = useRef(new Address()).current;
  const kept = useRef(new Map<string, unknown>()).current;

  useEffect(() => source.watch(() => setVersion(v => v + 1)), [source]);
  useEffect(() => {
    const back = (): void => {
      address.left();
      setSelection(fromFragment(location.hash));
    };
    addEventListener('hashchange', back);
    return () => removeEventListener('hashchange', back);
  }, []);
  useEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const select = useCallback((change: Partial<Selection>) => {
    setSelection(old => {
      const next = { ...old, ...change };
      const fragment = `#${toFragment(next)}`;
      // A change of view or capture is a step that "back" undoes; within them the address only follows.
      if (next.view !== old.view || next.capture !== old.capture) address.step(fragment);
      else address.follow(fragment);
      return next;
    });
  }, []);
  const capture = Math.min(selection.capture, Math.max(0, source.captures.length - 1));
  const entry = source.captures[capture];
  const goto = useCallback(
    (frame: number, change: Partial<Selection> = {}) => select({ frame, mark: null, ...change }),
    [select],
  );
  const shared = useMemo(
    () =>
      entry?.summary
        ? { source, summary: entry.summary, selection: { ...selection, capture }, kept, select, goto, say }
        : null,
    [source, entry?.summary, selection, capture, select, goto, version],
  );
  const title = entry === undefined ? 'mtascope' : `${safe(base(entry.name), 60)} – mtascope`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  const worst = entry?.summary?.report.findings.reduce<'error' | 'warning' | 'note' | null>(
    (w, f) => (w === null || worse(f.severity, w) ? f.severity : w),
    null,
  );

  useKeys(select);
  usePlaces(selection.view);
  // An address may name a frame alone: its stream belongs to it.
  const { frame, stream } = selection;
  const ready = shared !== null;
  useEffect(() => {
    if (!ready || frame === null || stream !== null) return;
    let live = true;
    streamOf(source, capture, frame)
      .then(found => {
        if (live && found !== null) select({ stream: found });
      })
      .catch((error: Error) => say(error.message));
    return () => {
      live = false;
    };
  }, [source, capture, ready, frame, stream, select]);
  const show = (capture: number): void => select({ capture, frame: null, stream: null, finding: null, mark: null });
  const tabKey = (event: KeyboardEvent): void => {
    const at = VIEWS.indexOf(selection.view);
    const next =
      event.key === 'ArrowRight'
        ? at + 1
        : event.key === 'ArrowLeft'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? VIEWS.length - 1
              : null;
    if (next === null) return;
    event.preventDefault();
    const view = VIEWS[(next + VIEWS.length) % VIEWS.length]!;
    select({ view });
    document.getElementById(`tab-${view}`)?.focus();
  };
  const Body = BODIES[selection.view];
  return (
    <div class="page">
      <header class="top">
        <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
          Skip to the content
        </button>
        <strong class="brand">mtascope</strong>
        {source.captures.length > 1 ? (
          <select
            class="capture"
            aria-label="Capture"
            value={capture}
            onChange={event => show(Number(event.currentTarget.value))}
          >
            {source.captures.map((c, i) => (
              <option key={i} value={i}>
                {safe(base(c.name), 60)}
                {c.error !== '' ? ' ✖' : c.summary === null ? ` … ${Math.floor(c.progress * 100)} %` : ''}
              </option>
            ))}
          </select>
        ) : (
          <span class="capture" title={entry === undefined ? undefined : safe(entry.name)}>
            {entry === undefined ? '' : safe(base(entry.name), 60)}
          </span>
        )}
        <div class="tabs" role="tablist" aria-label="Views" onKeyDown={tabKey}>
          {VIEWS.map(view => (
            <button
              key={view}
              id={`tab-${view}`}
              type="button"
              role="tab"
              aria-selected={view === selection.view}
              aria-controls="main"
              tabIndex={view === selection.view ? 0 : -1}
              onClick={() => select({ view })}
            >
              {NAMES[view]}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="theme"
          aria-label={`Colours: ${theme}. Change`}
          onClick={() => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % 3]!)}
        >
          <span aria-hidden="true">{theme === 'auto' ? '◐' : theme === 'light' ? '☀' : '☾'}</span>
        </button>
      </header>
      <main class={`view-${selection.view}${worst === null ? '' : ` has-${worst}`}`}>
        {source.add !== null && <DropZone source={source} onTaken={show} say={say} />}
        <div id="main" class="view" role="tabpanel" aria-labelledby={`tab-${selection.view}`} tabIndex={-1}>
          {shared === null ? (
            <Waiting source={source} capture={capture} />
          ) : (
            <SharedProvider value={shared}>
              {entry!.error !== '' && (
                <p class="wrong" role="status">
                  ✖ {safe(base(entry!.name), 100)}: {safe(entry!.error, 600)}. What is shown was read before.
                </p>
              )}
              {selection.view !== 'overview' && (
                <h1 class="offscreen">
                  {NAMES[selection.view]} of {safe(base(entry!.name), 60)}
                </h1>
              )}
              <Body key={capture} />
            </SharedProvider>
          )}
        </div>
      </main>
      <footer>
        <span role="status" aria-live="polite">
          {said}
        </span>
        <span class="keys">
          <kbd>Alt</kbd>+<kbd>1</kbd>…<kbd>6</kbd> views · <kbd>/</kbd> filter · <kbd>↑</kbd>
          <kbd>↓</kbd> rows · <kbd>←</kbd>
          <kbd>→</kbd> open and close layers
        </span>
        <span>mtascope {source.version}</span>
      </footer>
    </div>
  );
}

function Waiting({ source, capture }: { source: Source; capture: number }): JSX.Element {
  const entry = source.captures[capture];
  if (entry === undefined) return <p class="hint">No capture yet. Drop one here.</p>;
  if (entry.error !== '')
    return (
      <p class="wrong">
        ✖ {safe(base(entry.name), 100)}: {safe(entry.error, 600)}
      </p>
    );
  return (
    <p class="hint" role="status">
      Analyzing {safe(base(entry.name), 100)} …{' '}
      <progress max={1} value={entry.progress} aria-label="Progress of the analysis" />{' '}
      {Math.floor(entry.progress * 100)} %
    </p>
  );
}

function base(name: string): string {
  return name.split(/[\\/]/).at(-1)!;
}
