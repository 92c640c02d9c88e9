import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Ajv2020 from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { Conversation } from '../kit/conversation.ts';
import { Wire } from '../kit/wire.ts';
import { folder } from './kit.ts';

/* The program as it is installed: bin/mtascope.js over dist/, in processes of their own. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin', 'mtascope.js');
const CAPTURE = join(ROOT, 'captures', 'q182619-5.0.pcap');
const LOCALE = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: '' };

function mtascope(
  args: readonly string[],
  options: { cwd?: string; input?: Uint8Array | '' } = {},
): SpawnSyncReturns<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = LOCALE;
  return spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
    ...options,
  }) as SpawnSyncReturns<string>;
}

const shell = (line: string) => spawnSync('bash', ['-c', line], { encoding: 'utf8', cwd: ROOT, timeout: 60_000 });

/** `npm test` builds first; a run of the test runner alone may find an old build. */
function stale(): boolean {
  const start = join(ROOT, 'dist', 'start.cjs');
  if (!existsSync(start)) return true;
  const built = statSync(start).mtimeMs;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.some(name => statSync(join(ROOT, 'src', name)).mtimeMs > built);
}

beforeAll(() => {
  if (!stale()) return;
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
}, 60_000);

describe('the installed program', () => {
  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(mtascope(['--version']).stdout).toBe(`${version}\n`);
  });

  // pcap-parser is a CommonJS library behind a default import, the one kind that a build can take for something else.
  it('reads a capture with the second reader as well', () => {
    const { stdout, stderr, status } = mtascope(['analyze', CAPTURE, '--cross-check', '--format', 'json']);
    expect(stderr).toContain('pcap-parser agrees on all 78 frames');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).captures[0].frames).toBe(78);
  });

  it('serves what can be read, tells of what cannot, and ends with the code for it', async () => {
    const at = folder();
    writeFileSync(join(at, 'text.txt'), 'no capture at all, only words');
    const serve = async (...files: string[]): Promise<{ code: number | null; lines: string[] }> => {
      const child = spawn(process.execPath, [BIN, 'serve', ...files], { cwd: at, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const ended = new Promise<number | null>(done => child.once('close', done));
      const url = await new Promise<string>(done => {
        child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()));
      });
      const headers = { 'x-mtascope-token': new URL(url).pathname.split('/')[1]! };
      for (;;) {
        const answer = await fetch(new URL('api/state', url), { headers });
        const { captures } = (await answer.json()) as { captures: { error: string; revision: number }[] };
        if (captures.every(c => c.error !== '' || c.revision > 0)) break;
        await new Promise(done => setTimeout(done, 50));
      }
      child.kill('SIGINT');
      return { code: await ended, lines: said.trim().split('\n') };
    };
    expect(await serve('nofile.pcap', 'text.txt', CAPTURE)).toEqual({
      code: 2,
      lines: [
        'mtascope: nofile.pcap: no such file',
        expect.stringMatching(/^mtascope: text\.txt: is neither pcap nor pcapng/),
      ],
    });
    expect(await serve(CAPTURE)).toEqual({ code: 0, lines: [''] });
  });

  // Node's streams, its fs/promises (which brings readline) and the locales take a third of a run over a small capture.
  it('starts without the parts of Node that a short run does not need', () => {
    const place = folder();
    const out = join(place, 'report.json');
    const tell = join(place, 'tell.cjs');
    writeFileSync(
      tell,
      `process.on('exit', () => require('node:fs').writeSync(2, process.moduleLoadList.join('\\n')));\n`,
    );
    for (const args of [
      ['analyze', CAPTURE],
      ['analyze', CAPTURE, '--format', 'json', '-o', out],
      ['messages', CAPTURE],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, ['-r', tell, BIN, ...args], { encoding: 'utf8' });
      expect(status).toBe(0);
      const loaded = stderr.split('\n');
      expect(loaded).toContain('NativeModule vm');
      for (const part of ['fs/promises', 'stream', 'readline', 'worker_threads', 'zlib', 'v8', 'perf_hooks'])
        expect(loaded, args.join(' ')).not.toContain(`NativeModule ${part}`);
    }
  });

  // src/base/numbers.ts says why.
  it('asks for no locales of the runtime', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      name => /\.ts$/.test(name) && !name.startsWith('viewer'),
    );
    expect(sources.length).toBeGreaterThan(100);
    const asks = /\.(toLocale\w*|localeCompare)\(|\bIntl\./;
    expect(sources.filter(name => asks.test(readFileSync(join(ROOT, 'src', name), 'utf8')))).toEqual([]);
  });

  it('answers the main question on a bundled capture', () => {
    const { status, stdout, stderr } = mtascope(['analyze', CAPTURE, '--profile', 'exchange-5.0']);
    expect([status, stderr]).toEqual([0, '']);
    const expected = JSON.parse(readFileSync(CAPTURE.replace('.pcap', '.expected.json'), 'utf8'));
    const text = JSON.stringify(expected);
    const frame = /"frame":\s*(\d+)/.exec(text.slice(text.indexOf('mta.9404')))![1];
    expect(stdout).toContain(`9404 at frame ${frame}`);
    expect(stdout).toContain('The request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10] (16)\n');
    expect(stdout).not.toContain('\u001b');
  });

  it('writes to a pipe under every name that a shell has for it', () => {
    const piped = (command: string) =>
      spawnSync('bash', ['-c', command], { env: { ...process.env, BIN, CAPTURE }, cwd: folder(), encoding: 'utf8' });
    const analyzed = mtascope(['analyze', CAPTURE]).stdout;
    for (const name of ['-', '/dev/stdout', '/dev/fd/1', '>(cat)'])
      expect(piped(`"$BIN" analyze "$CAPTURE" -o ${name} | cat`).stdout, name).toBe(analyzed);
    const head = piped('"$BIN" gate --json - "$CAPTURE" 2>log | head -n 1; echo $PIPESTATUS; tail -n 1 log');
    expect(head.stdout).toBe('{\n1\n1 capture: 1 failed · no policy file · JSON -\n');
    expect(piped('"$BIN" gate --junit /dev/stdout "$CAPTURE" 2>log | tail -n 1').stdout).toBe('</testsuites>\n');
  });

  it('reads standard input as it reads the file', () => {
    const piped = mtascope(['analyze', '-', '--format', 'json'], { input: readFileSync(CAPTURE) });
    const named = mtascope(['analyze', CAPTURE, '--format', 'json']);
    expect(piped.status).toBe(0);
    expect(piped.stdout.replace('"file": "-"', `"file": ${JSON.stringify(CAPTURE)}`)).toBe(named.stdout);
  });

  it('goes on with a sound document behind a pipe of which it lists some packets and then ends', () => {
    const clean = join(ROOT, 'captures', 'clean-association.pcap');
    const argv = ['packets', '-', CAPTURE, '--stream', '0', '--stream', '1', '--format', 'json'];
    const { status, stdout, stderr } = mtascope(argv, { input: readFileSync(clean) });
    expect([status, stderr]).toEqual([2, 'mtascope: -: stream 1: the capture has stream 0 only\n']);
    const { captures } = JSON.parse(stdout);
    expect(captures.map((c: { file: string; packets: unknown[] }) => [c.file, c.packets.length])).toEqual([
      ['-', 83],
      [CAPTURE, 78],
    ]);
  });

  it('follows a stream that a pipe turns out not to have in no document, or in a whole one', () => {
    const input = readFileSync(CAPTURE);
    for (const format of ['text', 'json', 'ndjson']) {
      const { status, stdout, stderr } = mtascope(['follow', '9', '-', '--format', format], { input });
      expect([status, stdout], format).toEqual([2, '']);
      expect(stderr).toContain('stream 9: the capture has streams 0 to 1');
    }
    const http = new Conversation(
      new Wire('2026-01-01T00:00:00Z'),
      { address: '192.0.2.1', port: 1025 },
      { address: '192.0.2.2', port: 80 },
    );
    http.open();
    http.send(0, Buffer.from('GET / HTTP/1.0\r\n\r\n'));
    const argv = ['follow', '0', '-', '--any-port', '--format', 'json'];
    const { status, stdout, stderr } = mtascope(argv, { input: http.wire.pcap() });
    expect([status, stderr]).toEqual([2, 'mtascope: stream 0: the capture has no ISO transport stream\n']);
    expect(JSON.parse(stdout).pdus).toHaveLength(2);
    const none = mtascope(['follow', '1', '-', '--filter', 'cotp.type == 1', '--format', 'json'], { input });
    expect([none.status, JSON.parse(none.stdout).pdus]).toEqual([0, []]);
  });

  it('counts seconds from the first frame of what is piped, also where that is of other traffic', () => {
    const capture = readFileSync(CAPTURE);
    // ARP, five seconds earlier.
    const other = Buffer.alloc(16 + 42);
    other.writeUInt32LE(capture.readUInt32LE(24) - 5, 0);
    other.writeUInt32LE(capture.readUInt32LE(28), 4);
    other.writeUInt32LE(42, 8);
    other.writeUInt32LE(42, 12);
    other.writeUInt16BE(0x0806, 16 + 12);
    const input = Buffer.concat([capture.subarray(0, 24), other, capture.subarray(24)]);
    const { stdout } = mtascope(['packets', '-', '--format', 'ndjson', '--frames', '2'], { input });
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({ no: 2, relative: 5 });
  });

  it('knows a pipe by what it is, not by its name', () => {
    const at = (command: string) => {
      const line = command.replace('@', `<(cat '${CAPTURE}')`);
      return shell(`cd '${folder()}' && exec '${process.execPath}' '${BIN}' ${line}`);
    };
    const once = 'can be read only once';
    for (const [command, code, said, told] of [
      ['packets @', 0, '78 packets', ''],
      ['follow 1 @', 0, '31 lines', ''],
      ['show 76 @', 0, 'Frame 76 ', ''],
      ['gate @ --no-config', 1, '1 capture: 1 failed', ''],
      ['report @ -o r.html', 0, '', 'opens in any browser'],
      ['analyze @ --cross-check', 0, '78 frames', once],
      ['show 1 @ --port 103', 2, '', 'frame 1 is in no ISO transport stream; name a file'],
      ['annotate @ -o a.pcapng', 2, '', once],
      ['extract @ --stream 1 -o a.pcapng', 2, '', once],
      ['gate @ --no-config --profile exchange-5.0 --profile exchange-5.5', 2, '', once],
      ['serve @', 2, '', once],
    ] as const) {
      const { status, stdout, stderr } = at(command);
      expect([command, status]).toEqual([command, code]);
      expect(stdout).toContain(said);
      expect(stderr).toContain(told);
      if (code === 2) expect(stderr).toMatch(/^mtascope: .*\/dev\/fd\/\d+.*\n$/);
    }
  });

  it('calls a pipe by its name, wherever its octets are kept meanwhile', () => {
    const cwd = folder();
    expect(mtascope(['report', '-', '-o', 'r.html'], { cwd, input: readFileSync(CAPTURE) }).status).toBe(0);
    const page = readFileSync(join(cwd, 'r.html'), 'utf8');
    const data = /<script[^>]* id="report-data"[^>]*>([^<]+)</.exec(page)![1]!;
    expect(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()).captures[0].report.file).toBe(
      'standard input',
    );
    for (const command of ['report', 'analyze'])
      expect(mtascope([command, '-'], { cwd, input: '' }).stderr).toBe('mtascope: standard input: is empty\n');
  });

  it.each(['report - -o r.html', `serve '${CAPTURE}'`])(
    'says where %s finds no room to put anything aside',
    command => {
      const from = `cd '${folder()}' && TMPDIR=/nowhere exec timeout 20 '${process.execPath}' '${BIN}'`;
      const { status, stderr } = shell(`${from} ${command} < '${CAPTURE}'`);
      expect(stderr).toMatch(
        /^mtascope: .* can't be put aside in \/nowhere \(ENOENT: .*\): .* another folder in TMPDIR\n$/,
      );
      expect(status).toBe(2);
    },
  );

  it('prints no command to be pasted that would read a pipe again', () => {
    const { stdout } = mtascope(['analyze', '-'], { input: readFileSync(CAPTURE) });
    expect(stdout).toMatch(/^ {2}Next +mtascope explain mta\.9404 · show and extract need the capture in a file$/m);
  });

  it('reads a named pipe without opening it again', () => {
    const { status, stdout } = shell(
      `cd '${folder()}' && mkfifo p && (cat '${CAPTURE}' > p &) && exec timeout 20 '${process.execPath}' '${BIN}' packets p`,
    );
    expect(status).toBe(0);
    expect(stdout).toContain('78 packets');
  });

  it.skipIf(!existsSync('/usr/bin/script'))('lists no packet behind the progress line of the same terminal', () => {
    // What follows the first rows comes when it is time to show how far the reading is.
    const rest = `until grep -q SYN out; do sleep 0.1; done; sleep 1; tail -c +4001 '${CAPTURE}'`;
    const line = `stty cols 80; (head -c 4000 '${CAPTURE}'; ${rest}) | '${process.execPath}' '${BIN}' packets -`;
    const env = { ...LOCALE, CI: '', TERM: 'xterm' };
    const cwd = folder();
    const options = { encoding: 'utf8', cwd, env, input: '', timeout: 60_000 } as const;
    const { stdout } = spawnSync('/usr/bin/script', ['-qfec', line, 'out'], options);
    const [, behind] = stdout.split('0 MiB  0 MiB/s');
    expect(behind).toMatch(/^\r\x1b\[K/);
  });

  it('ends quietly when the reader of a pipe goes away', () => {
    const many = Array(40).fill(`'${CAPTURE}'`).join(' ');
    for (const format of ['table', 'json', 'csv']) {
      const { stdout, stderr } = shell(
        `'${process.execPath}' '${BIN}' analyze ${many} --format ${format} | head -n 1; echo "codes \${PIPESTATUS[*]}"`,
      );
      expect(stderr).toBe('');
      expect(stdout).toContain('codes 0 0');
    }
  });

  it('tells a full disk in one line and exit code 2', () => {
    const { status, stderr } = shell(`'${process.execPath}' '${BIN}' rules > /dev/full`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mtascope: standard output: .*\n$/);
    const file = shell(`'${process.execPath}' '${BIN}' rules -o /dev/full`);
    expect(file.status).toBe(2);
    expect(file.stderr).toBe("mtascope: /dev/full: can't be written: the disk is full\n");
  });

  it('analyzes the others when one file cannot be read', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'text.pcap'), 'this is no capture at all, just text');
    const { status, stdout, stderr } = mtascope(['analyze', 'gone.pcap', CAPTURE, 'text.pcap', '.'], { cwd });
    expect(status).toBe(2);
    expect(stdout).toContain('9404 at frame');
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const [i, name] of ['gone.pcap', 'text.pcap', '.'].entries())
      expect(lines[i]).toMatch(new RegExp(`^mtascope: ${name.replace('.', '\\.')}`));
    for (const line of lines) expect(line).not.toContain('internal error');
  });

  it('writes aside, then renames; a stop in between leaves nothing', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'report.json'), 'old');
    const child = spawn(process.execPath, [BIN, 'analyze', CAPTURE, '-', '--format', 'json', '-o', 'report.json'], {
      cwd,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    for (let i = 0; i < 200 && readdirSync(cwd).length < 2; i++) await new Promise(done => setTimeout(done, 25));
    expect(readdirSync(cwd)).toHaveLength(2);
    const ended = new Promise<[number | null, string | null]>(done => child.once('exit', (a, b) => done([a, b])));
    // The first one only ends the reading of the pipe.
    child.kill('SIGINT');
    await new Promise(done => setTimeout(done, 100));
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(readdirSync(cwd)).toEqual(['report.json']);
    expect(readFileSync(join(cwd, 'report.json'), 'utf8')).toBe('old');
  });

  it.each([0o600, 0o640, 0o444 | 0o222])('a file that is written anew keeps its mode %o', mode => {
    const path = join(folder(), 'kept.json');
    writeFileSync(path, 'old');
    chmodSync(path, mode);
    expect(mtascope(['streams', CAPTURE, '--format', 'json', '-o', path]).status).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8')).captures).toHaveLength(1);
    expect(statSync(path).mode & 0o7777).toBe(mode);
  });

  /** The program with its standard input open, and what it has said so far. */
  function started(args: readonly string[], cwd: string) {
    const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', data => {
      said.out += data;
    });
    child.stderr.on('data', data => {
      said.err += data;
    });
    return { child, said };
  }

  /** Reads a pipe that stays open, and gets `signal` when it has read all that came. */
  async function stopped(signal: NodeJS.Signals, args: readonly string[], cwd: string, frames: Uint8Array) {
    const { child, said } = started(args, cwd);
    child.stdin.on('error', () => {});
    child.stdin.write(frames);
    await new Promise(done => setTimeout(done, 1500));
    child.kill(signal);
    const [code, by] = await new Promise<[number | null, string | null]>(done =>
      child.once('close', (a, b) => done([a, b])),
    );
    return { code, by, ...said };
  }

  it.each([
    ['SIGINT', 'analyze', 0, '9404 at frame 76'],
    ['SIGTERM', 'packets', 0, '78 packets'],
    ['SIGINT', 'gate --no-config --profile exchange-5.0', 1, '1 capture: 1 failed'],
  ] as const)('%s while a live pipe is read: %s says what came until then', async (signal, command, code, said) => {
    const [name, ...options] = command.split(' ');
    const profile = name === 'analyze' ? ['--profile', 'exchange-5.0'] : [];
    const ran = await stopped(signal, [name!, '-', ...options, ...profile], folder(), readFileSync(CAPTURE));
    expect([ran.code, ran.by]).toEqual([code, null]);
    expect(ran.out).toContain(said);
    expect(ran.err).toBe(
      `mtascope: standard input: reading was stopped by ${signal}; what came before that is analyzed\n`,
    );
  });

  it('what the writer of the pipe hands over at ^C belongs to it, and nothing is said', async () => {
    const octets = readFileSync(CAPTURE);
    const { child, said } = started(['packets', '-'], folder());
    child.stdin.write(octets.subarray(0, 4000));
    await new Promise(done => setTimeout(done, 1500));
    child.kill('SIGINT');
    await new Promise(done => setTimeout(done, 50));
    child.stdin.end(octets.subarray(4000));
    const code = await new Promise(done => child.once('close', done));
    expect([code, said.err]).toEqual([0, '']);
    expect(said.out).toContain('78 packets');
  });

  it('never writes over a capture that it reads', () => {
    const { status, stderr } = mtascope(['analyze', CAPTURE, '-o', CAPTURE, '--format', 'json']);
    expect(status).toBe(2);
    expect(stderr).toContain('is one of the captures to read');
    expect(readFileSync(CAPTURE).subarray(0, 4).toString('hex')).toMatch(/^(d4c3b2a1|a1b2c3d4)$/);
  });

  it('gates a folder by the policy that it finds upward', () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'a.pcap'), readFileSync(CAPTURE));
    writeFileSync(
      join(cwd, 'mtascope.config.json'),
      '{ "captures": ["."], "profiles": ["exchange-5.0"] } // found upward',
    );
    const { status, stdout } = mtascope(['gate', '--junit', 'junit.xml'], { cwd: join(cwd, 'sub') });
    expect(status).toBe(1);
    expect(stdout).toContain('policy ../mtascope.config.json · JUnit junit.xml');
    expect(readdirSync(join(cwd, 'sub'))).toEqual(['junit.xml']);
  });
});

describe('the JSON of real captures', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schema', 'report.schema.json'), 'utf8'));
  const ajv = new Ajv2020.default({ strict: true, strictRequired: false, strictTypes: false });
  const validate = ajv.compile(schema);
  const bundled = readdirSync(join(ROOT, 'captures'))
    .filter(name => /\.pcap/.test(name))
    .map(name => join(ROOT, 'captures', name));

  const check = (path: string): { captures: { file: string }[] } => {
    const document = JSON.parse(readFileSync(path, 'utf8'));
    validate(document);
    expect(validate.errors).toBeNull();
    return document;
  };

  it.each(['analyze', 'streams', 'events', 'associations', 'messages'])(
    '%s: what the schema says, for every bundled capture',
    command => {
      const file = join(folder(), 'report.json');
      const { status, stderr } = mtascope([command, ...bundled, '--format', 'json', '-o', file]);
      expect([status, stderr]).toEqual([0, '']);
      expect(check(file).captures).toHaveLength(bundled.length);
    },
  );

  it('gate: the same, with verdicts, an unreadable capture among them', () => {
    const file = join(folder(), 'gate.json');
    const profiles = ['--profile', 'exchange-5.0', '--profile', 'exchange-5.5'];
    const args = ['gate', ...bundled, 'gone.pcap', '--json', file, '--no-config', ...profiles];
    const { status } = mtascope(args, { cwd: folder() });
    expect(status).toBe(2);
    expect(check(file).captures.at(-1)).toMatchObject({ verdict: { status: 'unreadable' } });
  });

  const shared = join(ROOT, '..', 'shared', 'captures');
  it.skipIf(!existsSync(shared))(
    `analyze: the same for captures of other stacks and damaged ones${existsSync(shared) ? '' : ' (../shared is not there)'}`,
    () => {
      const files = readdirSync(shared, { recursive: true, encoding: 'utf8' })
        .filter(name => /\.(pcap|pcapng|cap)(\.gz)?$/.test(name))
        .map(name => join(shared, name));
      expect(files.length).toBeGreaterThan(100);
      const file = join(folder(), 'report.json');
      const { status, stderr } = mtascope(['analyze', ...files, '--format', 'json', '-o', file]);
      // Formats that are none of ours are told, one line each, and are no bug.
      expect([0, 2]).toContain(status);
      expect(stderr).not.toContain('internal error');
      check(file);
    },
    120_000,
  );
});
