import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serve as listen } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { InputError } from '../base/errors.ts';
import { sendDetail } from '../report/html/detail.ts';
import { SORT_KEYS } from '../report/html/order.ts';
import { pageEnd, pageHead } from '../report/html/page.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { type ServedCapture, ServedCaptures } from './serve-captures.ts';
import { isOwn, isWildcard, written } from './serve-hosts.ts';
import { contentPolicy, viewerFiles } from './viewer-files.ts';

export interface ServeOptions {
  readonly analyze: AnalyzeOptions;
  readonly version: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** Octets that an uploaded capture may have. */
  readonly maxUpload: number;
  /** Told of every given file that can't be read, with its name. */
  readonly onUnreadable: (message: string) => void;
}

export interface Server {
  /** The address to open, token and all. */
  readonly url: string;
  readonly captures: ServedCaptures;
  close(): Promise<void>;
}

/** Why a server can't listen, for people. */
const REFUSED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this port needs more rights; one above 1023 does not',
  ENOTFOUND: 'there is no host of this name',
};

/** Milliseconds that a viewer's question for changes is held. */
const PATIENCE = 25_000;
/** Rows that one request may ask for. */
const MAX_PAGE = 5000;

/**
 * The viewer on this machine. Everything stands under a random token; requests with a foreign Host or Origin are refused, so that
 * no other page in the same browser can reach it, also not by rebinding a name. Files are served only as what was read from them.
 */
export async function startServer(files: readonly string[], options: ServeOptions): Promise<Server> {
  const token = randomBytes(24).toString('base64url');
  const viewer = viewerFiles();
  const captures = new ServedCaptures(options.analyze, ({ given, name, error }) => {
    if (given) options.onUnreadable(`${name}: ${error}`);
  });
  const app = new Hono();
  let listening = options.port;
  const own = (authority: string): boolean => isOwn(authority, options.host, listening);

  app.use(async (c, next) => {
    if (!own(c.req.header('host') ?? '')) return c.text('unknown host', 403);
    const origin = c.req.header('origin');
    if (origin !== undefined && !own(origin.replace(/^http:\/\//i, ''))) return c.text('foreign origin', 403);
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
    c.header('cross-origin-resource-policy', 'same-origin');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('x-frame-options', 'DENY');
  });
  app.use('/:token/*', async (c, next) => {
    if (!same(c.req.param('token'), token)) return c.text('not found', 404);
    return next();
  });
  app.use('/:token/api/*', async (c, next) => {
    // A header that no form and no link can send.
    if (!same(c.req.header('x-mtascope-token') ?? '', token)) return c.text('the token is missing', 403);
    return next();
  });

  const policy = contentPolicy(viewer, "'self'");
  const head = pageHead({ title: 'mtascope', policy, ...viewer }, '<p>This page needs JavaScript.</p>').replace(
    '<title>',
    `<meta name="mtascope-token" content="${token}">\n<title>`,
  );
  app.get('/:token/', c => {
    // Who may frame a page is asked of the header alone (CSP 3 §3.3).
    c.header('content-security-policy', `${policy}; frame-ancestors 'none'`);
    return c.html(head + pageEnd(viewer.script));
  });

  app.get('/:token/api/state', c =>
    c.json({
      version: options.version,
      profile: options.analyze.profile,
      anyPort: options.analyze.anyPort,
      captures: captures.list.map(({ id, name, error, progress, revision }) => ({
        id,
        name,
        error,
        progress,
        revision,
      })),
    }),
  );
  app.get('/:token/api/changes', async c => {
    const since = Number(c.req.query('since') ?? 0);
    return c.json({ tick: await captures.after(since, PATIENCE) });
  });
  app.get('/:token/api/captures/:id', c => {
    const reading = found(c, captures)?.reading;
    return reading == null ? c.text('no such capture', 404) : c.json(reading.summary);
  });
  app.get('/:token/api/captures/:id/frames/:frame', async c => {
    const reading = found(c, captures)?.reading;
    if (reading == null) return c.text('no such capture', 404);
    const detail = await reading.use(book => book.detail(Number(c.req.param('frame'))));
    return c.json(detail === null ? null : sendDetail(detail));
  });
  app.get('/:token/api/captures/:id/rows/count', async c => {
    const rows = await rowsOf(c, captures);
    return typeof rows === 'string' ? c.text(rows, 400) : c.json({ count: rows.rows.length });
  });
  app.get('/:token/api/captures/:id/rows/position', async c => {
    const asked = await rowsOf(c, captures);
    if (typeof asked === 'string') return c.text(asked, 400);
    const frame = Number(c.req.query('frame'));
    const at = asked.table.indexOf(frame);
    return c.json({ position: asked.table.frames[at] === frame ? asked.rows.indexOf(at) : -1 });
  });
  app.get('/:token/api/captures/:id/rows', async c => {
    const asked = await rowsOf(c, captures);
    if (typeof asked === 'string') return c.text(asked, 400);
    const from = Math.max(0, Math.floor(Number(c.req.query('from') ?? 0) || 0));
    const to = Math.min(Number(c.req.query('to') ?? 0) || 0, from + MAX_PAGE, asked.rows.length);
    const out = [];
    for (let i = from; i < to; i++) out.push(asked.table.row(asked.rows[i]!));
    return c.json(out);
  });
  app.post('/:token/api/captures', async c => {
    // The name is only shown: where the octets go is ours to say.
    const name = basename((c.req.query('name') ?? 'capture').replaceAll('\\', '/')).slice(0, 200) || 'capture';
    if (Number(c.req.header('content-length') ?? 0) > options.maxUpload)
      return c.text(tooLarge(options.maxUpload), 413);
    const body = c.req.raw.body;
    if (body === null) return c.text('nothing was sent', 400);
    const path = join(captures.folder, `upload-${randomBytes(8).toString('hex')}`);
    let size = 0;
    try {
      await pipeline(
        Readable.fromWeb(body as import('node:stream/web').ReadableStream),
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            size += chunk.length;
            if (size > options.maxUpload) throw new InputError(tooLarge(options.maxUpload));
            yield chunk;
          }
        },
        createWriteStream(path, { mode: 0o600, flags: 'wx' }),
      );
    } catch (error) {
      await rm(path, { force: true });
      if (error instanceof InputError) return c.text(error.message, 413);
      return c.text(`the upload broke off: ${(error as Error).message}`, 400);
    }
    const capture = captures.add(path, name, false);
    return c.json({ id: capture.id }, 201);
  });
  app.notFound(c => c.text('not found', 404));
  app.onError((error, c) => c.text(error.message, 500));

  const server = await new Promise<ReturnType<typeof listen>>((resolve, reject) => {
    const made = listen({ fetch: app.fetch, port: options.port, hostname: options.host }, () => resolve(made));
    made.once('error', reject);
  }).catch(async (error: NodeJS.ErrnoException) => {
    await captures.close();
    const port = options.port === 0 ? '' : `:${options.port}`;
    throw new InputError(`${written(options.host)}${port}: ${REFUSED[error.code ?? ''] ?? error.message}`);
  });
  const { port } = server.address() as AddressInfo;
  listening = port;
  for (const file of files) captures.add(file, file);
  const shown = isWildcard(options.host) ? '127.0.0.1' : written(options.host);
  return {
    url: `http://${shown}:${port}/${token}/`,
    captures,
    async close() {
      await captures.close();
      await new Promise<void>(resolve => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}

function tooLarge(max: number): string {
  return `the capture is larger than ${Math.floor(max / (1 << 20))} MiB; name it on the command line instead`;
}

function same(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}

function found(c: Context, captures: ServedCaptures): ServedCapture | undefined {
  return captures.byId(Number(c.req.param('id')));
}

/** The rows that a request is about, or why there are none. */
async function rowsOf(c: Context, captures: ServedCaptures) {
  const reading = found(c, captures)?.reading;
  if (reading == null) return 'no such capture';
  const filter = c.req.query('filter') ?? '';
  const sort = SORT_KEYS.find(key => key === c.req.query('sort')) ?? 'no';
  const stream = c.req.query('stream');
  const request = {
    sort,
    descending: c.req.query('descending') === 'true',
    stream: stream === undefined ? null : Number(stream),
  };
  try {
    return { table: reading.table, rows: await reading.rows(filter, request, c.req.raw.signal) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
