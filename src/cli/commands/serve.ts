import { spawn } from 'node:child_process';
import { findCaptures } from '../../app/gate-inputs.ts';
import { startServer } from '../../app/serve.ts';
import { isLoopback } from '../../app/serve-hosts.ts';
import { UsageError } from '../../base/errors.ts';
import { readOnce } from '../../source/once.ts';
import { analyzeOptions } from '../analysis.ts';
import { EXIT, type Io } from '../io.ts';

const DEFAULT_MAX_UPLOAD_MIB = 1024;

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  if (files.includes('-'))
    throw new UsageError('serve reads files; standard input can be followed as a file that grows');
  const analyze = analyzeOptions({ ...options, port: undefined }, io, 'full');
  const { captures: given, notices } = await findCaptures(files, [], io.cwd, io.cwd, io.cwd);
  for (const notice of notices) io.warn(notice);
  const pipe = given.find(readOnce);
  if (pipe !== undefined) throw new UsageError(`serve reads files, more than once; ${pipe} can be read only once`);
  const host = typeof options.host === 'string' ? options.host : '127.0.0.1';
  // Heard from the beginning: what was written for the viewer goes, whenever the end comes.
  const ended = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const server = await startServer(given, {
    analyze,
    version: io.version,
    port: typeof options.port === 'number' ? options.port : 0,
    host,
    onUnreadable: message => io.warn(message),
    maxUpload: Number(options.maxUpload ?? DEFAULT_MAX_UPLOAD_MIB) * (1 << 20),
  });
  if (!isLoopback(host)) {
    io.warn(`listens on ${host}: whoever can reach this machine and knows the address below sees the captures`);
  }
  await io.out(`${server.url}\n`);
  if (options.open === true) openBrowser(server.url, io);
  await ended;
  const unreadable = server.captures.list.some(capture => capture.given && capture.error !== '');
  await server.close();
  return unreadable ? EXIT.usage : EXIT.ok;
}

function openBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command!, args, { stdio: 'ignore', detached: true });
  child.on('error', error => io.warn(`the browser could not be opened (${error.message}); open the address yourself`));
  child.unref();
}
