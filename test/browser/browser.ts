import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const HAVE_CHROMIUM = existsSync(CHROMIUM);
/** Said by the suites that are skipped. In CI the browser is installed, so that its absence fails there. */
export const WHY_SKIPPED = `no Chromium at ${CHROMIUM}; CHROMIUM names another place`;
if (!HAVE_CHROMIUM && process.env.CI) throw new Error(WHY_SKIPPED);
if (!HAVE_CHROMIUM) process.stderr.write(`browser tests are skipped: ${WHY_SKIPPED}\n`);

/** A browser with a fresh profile that talks to nobody. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export function folder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'mtascope-browser-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the program as its users do; the address of the page comes back. */
export function writeReport(captures: readonly string[], output: string, ...more: string[]): string {
  execFileSync(process.execPath, [join(ROOT, 'bin', 'mtascope.js'), 'report', ...captures, '-o', output, ...more], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return pathToFileURL(output).href;
}

/** A page that keeps everything it should not have done. */
export interface Watched {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, requests that leave the page. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function watched(
  browser: Browser,
  options: BrowserContextOptions = {},
  allowed = 'file:',
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => complaints.push(`uncaught: ${error.message}`));
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  let documents = 0;
  page.on('request', request => {
    const url = request.url();
    if (url.startsWith('data:')) return;
    if (request.isNavigationRequest() && url.startsWith(allowed) && ++documents <= 1_000) return;
    if (allowed !== 'file:' && url.startsWith(allowed)) return;
    complaints.push(`request: ${url}`);
  });
  return { page, complaints, close: () => context.close() };
}

/** The captures of the project, by name. */
export const BUNDLED = readdirSync(join(ROOT, 'captures')).filter(name => /\.pcap(ng)?(\.gz)?$/.test(name));

export const VIEWS = ['overview', 'packets', 'ladder', 'buffers', 'lengths', 'messages'] as const;

/** Opens a view of a page afresh. */
export async function open(page: Page, url: string, fragment = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${url}${fragment === '' ? '' : `#${fragment}`}`);
  await page.waitForSelector('.page');
}

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core holds against the page as it is, rule by rule. */
export async function violations(page: Page): Promise<string[]> {
  // `evaluate` runs outside of the page's policy, which would refuse an injected script.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(o: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const found = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.map(
      v => `${v.id}: ${v.nodes.length} × ${v.nodes[0]!.html.slice(0, 160)} ${v.nodes[0]!.failureSummary ?? ''}`,
    );
  });
}

export async function expectAccessible(page: Page, where: string): Promise<void> {
  expect(await violations(page), where).toEqual([]);
}

/** The octets that the hex pane marks, in order. */
export function markedHex(page: Page): Promise<string> {
  return page.$$eval('.octets .o.m', nodes => nodes.map(node => node.textContent).join(''));
}

/** The local viewer in a process of its own. */
export async function serve(...args: string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'mtascope.js'), 'serve', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(done => child.once('exit', () => done()));
  const url = await new Promise<string>((done, fail) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) done(text.trim());
    });
    child.once('exit', code => fail(new Error(`serve ended with ${code}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
