import { PacketBook, type Progress } from '../report/html/book.ts';
import type { PageData } from '../report/html/data.ts';
import { type FrameDetail, fromBase64, receiveDetail } from '../report/html/detail.ts';
import { FrameStore } from '../report/html/frames.ts';
import { order } from '../report/html/order.ts';
import { PacketTable } from '../report/html/table.ts';
import type { CaptureEntry, ListRequest, RowList, Source } from './source.ts';

/** Milliseconds of work between two looks at the keyboard. */
const SLICE = 12;

export async function inflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Lets the page breathe when a slice of work is over. */
function breather(): () => Promise<void> | null {
  let until = performance.now() + SLICE;
  return () => {
    if (performance.now() < until) return null;
    return new Promise(resolve =>
      setTimeout(() => {
        until = performance.now() + SLICE;
        resolve();
      }),
    );
  };
}

interface Loaded {
  readonly table: PacketTable;
  readonly pinned: Map<number, FrameDetail>;
  book: Promise<PacketBook> | null;
}

/** The report page: everything is in the page, trees are made by the engine in it. */
export class EmbeddedSource implements Source {
  readonly version: string;
  readonly profile: PageData['profile'];
  readonly anyPort: boolean;
  readonly captures: readonly CaptureEntry[];
  readonly add = null;
  private readonly data: PageData;
  private readonly loaded: Loaded[];

  constructor(data: PageData) {
    this.data = data;
    this.version = data.version;
    this.profile = data.profile;
    this.anyPort = data.ports === null;
    this.captures = data.captures.map(summary => ({ name: summary.report.file, summary, error: '', progress: 1 }));
    this.loaded = data.captures.map(capture => ({
      table: new PacketTable(capture.rows),
      pinned: new Map(capture.pinned.map(sent => [sent.no, receiveDetail(sent)])),
      book: null,
    }));
  }

  watch(): void {
    // What is in a page does not change.
  }

  async list(capture: number, request: ListRequest, progress: Progress, gone?: AbortSignal): Promise<RowList> {
    const { table } = this.loaded[capture]!;
    const matches =
      request.filter.trim() === '' ? null : await (await this.book(capture)).match(request.filter, progress, gone);
    const rows = order(table, request, matches);
    return {
      count: rows.length,
      row: i => table.row(rows[i]!),
      ensure: async () => {},
      positionOf: async frame => {
        const at = table.indexOf(frame);
        return table.frames[at] === frame ? rows.indexOf(at) : -1;
      },
    };
  }

  async detail(capture: number, frame: number): Promise<FrameDetail | null> {
    return this.loaded[capture]!.pinned.get(frame) ?? (await this.book(capture)).detail(frame);
  }

  private book(capture: number): Promise<PacketBook> {
    const loaded = this.loaded[capture]!;
    loaded.book ??= (async () => {
      const block = document.getElementById(`frames-${capture}`);
      const store = new FrameStore(await inflate(block?.textContent ?? ''));
      const { profile, ports } = this.data;
      return new PacketBook({
        table: loaded.table,
        profile,
        ports,
        frame: no => store.get(no),
        breathe: breather(),
      });
    })();
    return loaded.book;
  }
}
