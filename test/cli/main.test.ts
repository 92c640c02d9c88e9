import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from '../../src/cli/completion.ts';
import { COMMANDS } from '../../src/cli/definitions.ts';
import { flagOf } from '../../src/cli/flags.ts';
import { ClosedPipe } from '../../src/cli/io.ts';
import { LOADERS } from '../../src/cli/loader.ts';
import { main } from '../../src/cli/main.ts';
import { manPage } from '../../src/cli/manpage.ts';
import { detectLook } from '../../src/cli/process-io.ts';
import { parse } from '../../src/cli/program.ts';
import { fakeIo, folder, mtascope } from './kit.ts';

const WORDS = { profiles: ['exchange-5.0'], rules: ['mta.9404'] };

describe('help', () => {
  it('lists every command, with examples', async () => {
    const { code, out, err } = await mtascope(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command.name} +\\S`, 'm'));
    expect(out).toContain('mtascope analyze capture.pcap');
  });

  it.each(COMMANDS.map(command => command.name))('%s --help shows every option and an example', async name => {
    const { code, out } = await mtascope([name, '--help']);
    const definition = COMMANDS.find(command => command.name === name)!;
    expect(code).toBe(0);
    for (const option of definition.options) expect(out).toContain(flagOf(option).long);
    expect(out).toContain(`mtascope ${name}`);
    expect(out).toContain('Examples:');
  });

  it('has code for every command that is defined', () => {
    expect(Object.keys(LOADERS).sort()).toEqual(COMMANDS.map(command => command.name).sort());
  });

  it('goes to standard error with exit code 2 when no command is given', async () => {
    const { code, out, err } = await mtascope([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: mtascope');
  });
});

describe('what was probably meant', () => {
  const said = async (...argv: string[]) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'a b.pcap'), '');
    const { code, out, err } = await mtascope(argv, { cwd });
    expect([code, out]).toEqual([2, '']);
    return err;
  };

  it('takes help for --help', async () => {
    expect(await mtascope(['help'])).toEqual(await mtascope(['--help']));
    expect(await mtascope(['help', 'show'])).toEqual(await mtascope(['show', '--help']));
    expect(await said('help', 'shwo')).toBe("unknown command 'shwo' (did you mean show?)\n");
  });

  it('says what to do with a file alone', async () => {
    expect(await said('a b.pcap')).toBe(
      "unknown command 'a b.pcap'; to analyze that file: mtascope analyze 'a b.pcap'\n",
    );
    expect(await said('qqqqqqqq.pcap')).toBe("unknown command 'qqqqqqqq.pcap'; see mtascope --help\n");
  });

  it('says that the number stands before the file', async () => {
    expect(await said('show', 'x.pcap', '76')).toContain(
      '; the number stands before the file: mtascope show 76 x.pcap',
    );
    expect(await said('follow', 'x.pcap', '2')).toContain('mtascope follow 2 x.pcap');
    expect(await said('show', 'x.pcap', 'y')).toContain('Expected a whole number from 1 on; see mtascope show --help');
  });

  it('has no full stop before a semicolon', async () => {
    expect(await said('analyze', 'x', '--port', '0')).toBe(
      "option '--port <number>' argument '0' is invalid. Expected a port from 1 to 65535; see mtascope analyze --help\n",
    );
  });
});

describe('examples in the help', () => {
  it.each(COMMANDS.flatMap(command => command.examples.map(([line]) => line)))('are understood: %s', async line => {
    const words = line.replace(/^.*\| mtascope /, '').replace(/ [>&].*$/, '');
    const argv = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2]!);
    const { io, text } = fakeIo();
    expect(await parse(argv, io), text().err).toHaveProperty('definition');
  });
});

describe('wrong usage', () => {
  it.each([
    [['analyse', 'x.pcap'], "unknown command 'analyse' (did you mean analyze?)"],
    [['analyze', '--prt', '102', 'x'], "unknown option '--prt' (did you mean --port?)"],
    [['analyze', '--format', 'tabel', 'x'], 'Allowed: table, json, ndjson, csv, markdown. (did you mean table?)'],
    [['analyze', '--port', '0', 'x'], 'Expected a port from 1 to 65535; see'],
    [['analyze', '--port', '1e3', 'x'], 'Expected a port from 1 to 65535; see'],
    [
      ['analyze', '--mta', '192.0.2.7O', 'x'],
      "'192.0.2.7O' is invalid. Expected an IPv4 or IPv6 address, without a port; see",
    ],
    [['gate', '--mta', 'foo', 'x'], 'Expected an IPv4 or IPv6 address'],
    [['analyze'], "missing required argument 'files'; see mtascope analyze --help"],
    [['show', '76'], "missing required argument 'file'; see mtascope show --help"],
    [['gate', ''], "value '' is invalid for argument 'files'. It is empty; see mtascope gate --help"],
    [['analyze', 'x', ''], "value '' is invalid for argument 'files'. It is empty"],
    [['extract', 'x', '--messages', ''], "'--messages <directory>' argument '' is invalid. It is empty"],
    [['packets', 'x', '--filter', ''], 'It is empty'],
    [['explain'], "missing required argument 'code'"],
    [['explain', 'mta.9494'], 'mta.9494: no such rule (did you mean mta.9404?)'],
    [['completion', 'bsh'], "no completion for 'bsh': bash, zsh, fish (did you mean bash?)"],
    [['profiles', 'exchange-6'], '--profile exchange-6: no such profile'],
    [['profiles', './gone.json'], "./gone.json: can't be read: no such file"],
    [['analyze', '--profile', 'exchange-5.6', 'x'], 'did you mean exchange-5.0?'],
    [['analyze', '--set', 'maxElement=3', 'x'], 'maxElements'],
    [['show', '0', 'x.pcap'], 'Expected a whole number from 1 on; see'],
    [['packets', '--frames', '9-3', 'x.pcap'], 'a range ends no earlier than it begins'],
    [['gate', '--rule', 'mta.9404', 'x'], '--rule mta.9404: expected code=severity'],
    [['rules', 'surplus'], 'too many arguments'],
  ])('%j ends in one line and exit code 2', async (argv, message) => {
    const { code, out, err } = await mtascope(argv, { cwd: folder() });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('what is wrong in a profile file is told with its name', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'site.json'), '{ "name": "site", "fields": { "maxElements": "few" } }');
    const { code, err } = await mtascope(['analyze', '--profile', 'site.json', 'x.pcap'], { cwd });
    expect(code).toBe(2);
    expect(err.trim()).toBe('site.json: profile: fields.maxElements: few is not a whole number from 1 to 65535');
  });
});

it('a profile that is a list is told by its name', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'list.json'), '[]');
  const { code, err } = await mtascope(['profiles', './list.json'], { cwd });
  expect([code, err]).toEqual([2, '--profile ./list.json: expected an object\n']);
});

it('a profile is written as a file that says the same again, also what it extends', async () => {
  const cwd = folder();
  const printed = async (name: string) => (await mtascope(['profiles', name, '--format', 'json'], { cwd })).out;
  writeFileSync(
    join(cwd, 'site.json'),
    '{ "name": "site", "extends": "exchange-5.0", "fields": { "maxElements": 20 } }',
  );
  const site = await printed('site.json');
  expect(JSON.parse(site)).toMatchObject({
    name: 'site',
    extends: 'exchange-5.0',
    fields: { maxElements: { value: 20 } },
  });
  for (const name of ['exchange-5.0', 'tpkt-64k', 'site.json']) {
    writeFileSync(join(cwd, 'again.json'), await printed(name));
    expect(await printed('again.json'), name).toBe(await printed(name));
  }
});

describe('the options of a command', () => {
  it('come as numbers, lists and captures', async () => {
    const { io } = fakeIo();
    const chosen = await parse(
      ['packets', '--port', '102', '--port', '1102', '--frames', '1,4-6,9-', '--stream', '0', 'a', 'b'],
      io,
    );
    expect(chosen).toMatchObject({
      files: ['a', 'b'],
      options: {
        port: [102, 1102],
        stream: [0],
        mta: [],
        format: 'table',
        frames: [
          { from: 1, to: 1 },
          { from: 4, to: 6 },
          { from: 9, to: Number.POSITIVE_INFINITY },
        ],
      },
    });
    expect(await parse(['show', '233', 'a'], io)).toMatchObject({ files: ['a'], options: { frame: 233 } });
    expect(await parse(['analyze', '-'], io)).toMatchObject({ files: ['-'] });
  });
});

describe('what befalls a command', () => {
  const failing = async (error: unknown, env: Record<string, string> = {}) => {
    const { io, text } = fakeIo({ env });
    const broken = { ...io, out: () => Promise.reject(error) };
    const code = await main(['rules'], broken);
    return { code, err: text().err };
  };

  it('a closed pipe ends it quietly', async () => {
    expect(await failing(new ClosedPipe('gone'))).toEqual({ code: 0, err: '' });
  });

  it('a bug of ours is one line and exit code 70; the stack only on request', async () => {
    const { code, err } = await failing(new TypeError('x is undefined'));
    expect(code).toBe(70);
    expect(err).toMatch(/^internal error: x is undefined .*MTASCOPE_DEBUG=1.*\n$/);
    expect((await failing(new TypeError('x is undefined'), { MTASCOPE_DEBUG: '1' })).err).toMatch(/\n {4}at /);
  });
});

describe('the look of text', () => {
  it.each([
    [true, 100, {}, { color: true, unicode: true, width: 100 }],
    [true, 100, { NO_COLOR: '1' }, { color: false, unicode: true, width: 100 }],
    [true, 100, { NO_COLOR: '', TERM: 'dumb' }, { color: false, unicode: true, width: 100 }],
    [true, undefined, { LANG: 'C' }, { color: true, unicode: false, width: 80 }],
    [true, 100, { LANG: 'it_IT.ISO-8859-1', LC_ALL: 'it_IT.UTF-8' }, { color: true, unicode: true, width: 100 }],
    [true, 100, { COLUMNS: '66' }, { color: true, unicode: true, width: 66 }],
    [true, 100, { COLUMNS: '-66' }, { color: true, unicode: true, width: 100 }],
    [true, 100, { COLUMNS: '1000000000' }, { color: true, unicode: true, width: 10_000 }],
    [false, undefined, {}, { color: false, unicode: true, width: null }],
    [false, undefined, { LANG: 'C' }, { color: false, unicode: true, width: null }],
    [false, undefined, { LC_CTYPE: 'de_DE.ISO-8859-15' }, { color: false, unicode: false, width: null }],
    [false, undefined, { FORCE_COLOR: '1' }, { color: true, unicode: true, width: null }],
    [false, undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, { color: false, unicode: true, width: null }],
    [true, 100, { FORCE_COLOR: '0' }, { color: false, unicode: true, width: 100 }],
  ])('terminal %s, %s columns, %j', (terminal, columns, env, look) => {
    expect(detectLook(terminal, columns, env)).toEqual(look);
  });
});

describe('completion', () => {
  it('knows every command and option, in every shell', () => {
    for (const shell of SHELLS) {
      const script = completionScript(shell, WORDS);
      for (const command of COMMANDS) {
        expect(script).toContain(command.name);
        for (const option of command.options)
          expect(script).toContain(shell === 'fish' ? `-l ${flagOf(option).long.slice(2)}` : flagOf(option).long);
      }
    }
  });

  it('completes in a real bash', () => {
    const complete = (...words: string[]): string[] => {
      const list = ['mtascope', ...words].map(word => `'${word}'`).join(' ');
      const program = `${completionScript('bash', WORDS)}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length}; _mtascope; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd }).trim().split('\n');
    };
    const cwd = folder();
    for (const name of ['my capture.pcap', 'my * [1].pcap', 'myself']) writeFileSync(join(cwd, name), '');
    mkdirSync(join(cwd, 'a folder'));
    // compgen prints in the order of the folder.
    expect(complete('analyze', 'my').sort()).toEqual(['my * [1].pcap', 'my capture.pcap', 'myself']);
    expect(complete('extract', '--messages', 'a')).toEqual(['a folder']);
    expect(complete('gate', '--fail-on', '=', 'n').sort()).toEqual(['never', 'note']);
    expect(complete('gate', '--fail-on', '=')).toContain('error');
    expect(complete('ana')).toEqual(['analyze']);
    expect(complete('analyze', '--any')).toEqual(['--any-port']);
    expect(complete('analyze', '--format', 'm')).toEqual(['markdown']);
    expect(complete('explain', 'mta')).toEqual(['mta.9404']);
    expect(complete('analyze', '--profile', 'exch')).toEqual(['exchange-5.0']);
  });

  it('takes a value behind = in zsh too', () => {
    const script = completionScript('zsh', WORDS);
    expect(script).toContain("'--profile=[");
    expect(script).toContain("'--any-port[");
    expect(script).toContain('(-o --output)-o[');
  });

  const shells = [
    ['zsh', '-n'],
    ['fish', '--no-execute'],
  ] as const;
  for (const [shell, flag] of shells) {
    const installed = spawnSync(shell, ['--version']).error === undefined;
    it.skipIf(!installed)(
      `is a script that ${shell} takes${installed ? '' : ` (${shell} is not installed here)`}`,
      () => {
        // In a file: fish does not read a script from what Node makes of standard input.
        const script = join(folder(), `mtascope.${shell}`);
        writeFileSync(script, completionScript(shell, WORDS));
        const checked = spawnSync(shell, [flag, script], { encoding: 'utf8' });
        expect(checked.stderr).toBe('');
        expect(checked.status).toBe(0);
      },
    );
  }
});

describe('the manual page', () => {
  it('has every command and option', () => {
    const page = manPage('9.9.9');
    for (const command of COMMANDS) {
      expect(page).toContain(`.SS "mtascope ${command.name}`);
      for (const option of command.options) expect(page).toContain(flagOf(option).long.replaceAll('-', '\\-'));
    }
  });

  it('has the exit codes that docs/cli.md explains', () => {
    const { gate, extract } = { gate: 'at least one capture failed', extract: 'the proof failed' };
    expect(manPage('9.9.9')).toContain(`gate: ${gate}; extract: ${extract}`);
    expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toContain(
      '1 `gate`: a capture failed, `extract`: the proof failed',
    );
  });

  const installed = spawnSync('groff', ['--version']).error === undefined;
  it.skipIf(!installed)(
    `is read by groff without a complaint${installed ? '' : ' (groff is not installed here)'}`,
    () => {
      const read = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], { input: manPage('9.9.9'), encoding: 'utf8' });
      expect(read.stderr).toBe('');
    },
  );
});
