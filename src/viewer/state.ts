import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { CaptureSummary } from '../report/html/data.ts';
import type { Source } from './source.ts';

export const VIEWS = ['overview', 'packets', 'ladder', 'buffers', 'lengths', 'messages'] as const;
export type View = (typeof VIEWS)[number];

/** Octets that are marked: positions in one of the spaces of the frame at hand. */
export interface Mark {
  readonly space: number;
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** What is selected, everywhere at once. It is written into the fragment of the address, so that a link can be shared. */
export interface Selection {
  readonly view: View;
  readonly capture: number;
  readonly frame: number | null;
  readonly stream: number | null;
  /** Index in the report's findings. */
  readonly finding: number | null;
  readonly mark: Mark | null;
  readonly filter: string;
}

export function toFragment(s: Selection): string {
  const out = new URLSearchParams();
  out.set('view', s.view);
  if (s.capture > 0) out.set('capture', String(s.capture));
  if (s.frame !== null) out.set('frame', String(s.frame));
  if (s.stream !== null) out.set('stream', String(s.stream));
  if (s.finding !== null) out.set('finding', String(s.finding));
  if (s.mark !== null) out.set('mark', `${s.mark.space}.${s.mark.start}-${s.mark.end}.${s.mark.name}`);
  if (s.filter !== '') out.set('filter', s.filter);
  return out.toString();
}

/** Whatever the fragment holds: what makes no sense is left out. */
export function fromFragment(fragment: string): Selection {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string): number | null => {
    const text = given.get(name);
    return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null;
  };
  const mark = /^(\d{1,4})\.(\d{1,9})-(\d{1,9})\.([\w.-]*)$/.exec(given.get('mark') ?? '');
  return {
    view: VIEWS.find(v => v === given.get('view')) ?? 'overview',
    capture: number('capture') ?? 0,
    frame: number('frame'),
    stream: number('stream'),
    finding: number('finding'),
    mark:
      mark === null || Number(mark[2]) > Number(mark[3])
        ? null
        : { space: Number(mark[1]), start: Number(mark[2]), end: Number(mark[3]), name: mark[4]! },
    filter: (given.get('filter') ?? '').slice(0, 4000),
  };
}

export interface Shared {
  readonly source: Source;
  readonly summary: CaptureSummary;
  readonly selection: Selection;
  /** What views remember while others are open: see `useKept`. */
  readonly kept: Map<string, unknown>;
  /** Change some of the selection; the rest stays. */
  select(change: Partial<Selection>): void;
  /** Select a frame: its stream comes along, what was marked in another frame goes. */
  goto(frame: number, change?: Partial<Selection>): void;
  /** A message that screen readers speak and the foot of the page shows. */
  say(text: string): void;
}

const SharedContext = createContext<Shared | null>(null);
export const SharedProvider = SharedContext.Provider;

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === null) throw new Error('a view stands outside of the page');
  return shared;
}
