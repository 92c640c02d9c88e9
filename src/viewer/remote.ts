import type { Profile } from '../mta/knobs.ts';
import type { CaptureSummary } from '../report/html/data.ts';
import { type FrameDetail, receiveDetail, type SentDetail } from '../report/html/detail.ts';
import type { PacketRow } from '../report/html/table.ts';
import type { CaptureEntry, ListRequest, Progress, RowList, Source } from './source.ts';

/** Rows asked for at once. */
const PAGE = 500;

/** What the server says of itself and its captures. */
export interface ServerState {
  readonly version: string;
  readonly profile: Profile;
  readonly anyPort: boolean;
  readonly captures: readonly {
    readonly id: number;
    readonly name: string;
    readonly error: string;
    readonly progress: number;
    /** Raised whenever the capture was analyzed anew; 0 while that goes on for the first time. */
    readonly revision: number;
  }[];
}

class Remote implements Source {
  version = '';
  profile!: Profile;
  anyPort = false;
  captures: readonly CaptureEntry[] = [];
  private readonly token: string;
  private ids: number[] = [];
  private revisions: number[] = [];
  private changed: () => void = () => {};
  private refreshed: Promise<void> = Promise.resolve();
  /** Called once, after the next refresh. */
  private waiters: (() => void)[] = [];

  constructor(token: string) {
    this.token = token;
  }

  /** Every request carries the token in a header, so that no other page can make it. */
  private async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, 'x-mtascope-token': this.token };
    const answer = await fetch(path, { ...init, headers }).catch((error: unknown) => {
      throw new Error('mtascope serve does not answer; has it ended?', { cause: error });
    });
    if (!answer.ok) throw new Error(((await answer.text()) || answer.statusText).slice(0, 500));
    return answer;
  }

  private async get<T>(path: string, init: RequestInit = {}): Promise<T> {
    return (await this.ask(path, init)).json() as Promise<T>;
  }

  /** One after the other: an older state that arrives later would undo a newer one. */
  refresh(): Promise<void> {
    const next = this.refreshed.then(() => this.load());
    this.refreshed = next.catch(() => {});
    return next;
  }

  private async load(): Promise<void> {
    const state = await this.get<ServerState>('api/state');
    this.version = state.version;
    this.profile = state.profile;
    this.anyPort = state.anyPort;
    const entries: CaptureEntry[] = [];
    for (const [i, c] of state.captures.entries()) {
      const known = this.captures[i];
      const fresh = c.revision > 0 && c.revision !== this.revisions[i];
      const summary = fresh ? await this.get<CaptureSummary>(`api/captures/${c.id}`) : (known?.summary ?? null);
      entries.push({ name: c.name, summary, error: c.error, progress: c.progress });
      this.revisions[i] = c.revision;
    }
    this.ids = state.captures.map(c => c.id);
    this.captures = entries;
    this.changed();
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  watch(changed: () => void): void {
    this.changed = changed;
    void this.listen();
  }

  /** The server holds the request until something changes; then everything that changed is asked for. */
  private async listen(): Promise<void> {
    for (let seen = 0; ; ) {
      try {
        const { tick } = await this.get<{ tick: number }>(`api/changes?since=${seen}`);
        if (tick !== seen) await this.refresh();
        seen = tick;
      } catch {
        // The server has ended or sleeps: the page stays as it is and asks again.
        await new Promise(resolve => setTimeout(resolve, 2000));
      }
    }
  }

  async detail(capture: number, frame: number): Promise<FrameDetail | null> {
    const sent = await this.get<SentDetail | null>(`api/captures/${this.ids[capture]}/frames/${frame}`);
    return sent === null ? null : receiveDetail(sent);
  }

  async list(capture: number, request: ListRequest, progress: Progress, gone?: AbortSignal): Promise<RowList> {
    const query = new URLSearchParams({
      filter: request.filter,
      sort: request.sort,
      descending: String(request.descending),
    });
    if (request.stream !== null) query.set('stream', String(request.stream));
    const path = `api/captures/${this.ids[capture]}/rows`;
    if (request.filter !== '') progress(0, 1);
    const { count } = await this.get<{ count: number }>(`${path}/count?${query}`, gone ? { signal: gone } : {});
    const rows = new Map<number, PacketRow>();
    const pages = new Map<number, Promise<void>>();
    const page = (n: number): Promise<void> => {
      let known = pages.get(n);
      if (known === undefined) {
        known = this.get<PacketRow[]>(`${path}?${query}&from=${n * PAGE}&to=${(n + 1) * PAGE}`).then(found => {
          for (const [i, row] of found.entries()) rows.set(n * PAGE + i, row);
        });
        pages.set(n, known);
        known.catch(() => pages.delete(n));
      }
      return known;
    };
    return {
      count,
      row: i => rows.get(i) ?? null,
      async ensure(from, to) {
        const wanted: Promise<void>[] = [];
        for (let n = Math.floor(from / PAGE); n * PAGE < Math.min(to, count); n++) wanted.push(page(n));
        await Promise.all(wanted);
      },
      positionOf: async frame =>
        (await this.get<{ position: number }>(`${path}/position?${query}&frame=${frame}`)).position,
    };
  }

  add = async (file: File, tell: (text: string) => void): Promise<number> => {
    tell('is being sent');
    const name = encodeURIComponent(file.name.slice(0, 200));
    const answer = await this.ask(`api/captures?name=${name}`, { method: 'POST', body: file });
    const { id } = (await answer.json()) as { id: number };
    for (await this.refresh(); ; await new Promise<void>(resolve => this.waiters.push(resolve))) {
      const at = this.ids.indexOf(id);
      const entry = this.captures[at];
      if (entry === undefined) continue;
      if (entry.error !== '') throw new Error(entry.error);
      if (entry.summary !== null) return at;
      tell(`is being read, ${Math.floor(entry.progress * 100)} %`);
    }
  };
}

export async function connect(): Promise<Source> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="mtascope-token"]')?.content ?? '';
  const remote = new Remote(token);
  await remote.refresh();
  return remote;
}
