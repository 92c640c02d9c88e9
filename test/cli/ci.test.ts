import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/definitions.ts';
import { flagOf } from '../../src/cli/flags.ts';
import { folder } from './kit.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin', 'mtascope.js');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function bash(script: string, cwd: string, env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd,
    env: { PATH: process.env.PATH!, HOME: cwd, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

/** A project with captures of its own, whose names would trip a careless script. */
function project(names: readonly string[]): string {
  const cwd = folder();
  mkdirSync(join(cwd, 'captures'));
  for (const name of names)
    copyFileSync(join(ROOT, 'captures', name), join(cwd, 'captures', name.replace('-5.0', ' $(touch pwned) 5.0')));
  return cwd;
}

describe('the GitHub action', () => {
  const action = parse(read('action.yml'));
  const step = action.runs.steps.find((candidate: { id?: string }) => candidate.id === 'gate');

  function run(cwd: string, inputs: Record<string, string>): SpawnSyncReturns<string> & { outputs: string } {
    const output = join(cwd, 'github-output');
    writeFileSync(output, '');
    const env: Record<string, string> = { GITHUB_OUTPUT: output };
    for (const [name, value] of Object.entries<string>(step.env)) {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1];
      env[name] =
        input === undefined
          ? value.replace(/\$\{\{ github\.action_path \}\}/, ROOT)
          : (inputs[input] ?? action.inputs[input].default);
    }
    return { ...bash(step.run, cwd, env), outputs: readFileSync(output, 'utf8') };
  }

  it('passes clean captures', () => {
    const cwd = project(['clean-association.pcap']);
    const { status, stdout, outputs } = run(cwd, { captures: 'captures/' });
    expect([status, outputs]).toEqual([0, 'exit-code=0\n']);
    expect(stdout).toContain('1 capture: 1 clean');
  });

  it('fails fatal ones, annotates them, and writes what was asked for', () => {
    const cwd = project(['clean-association.pcap', 'q182619-5.0.pcap']);
    const { status, stdout, outputs } = run(cwd, {
      captures: 'captures/\n',
      profiles: 'exchange-5.0\nexchange-5.5\n',
      junit: 'out one.xml',
      sarif: 's.sarif',
    });
    expect([status, outputs]).toEqual([1, 'exit-code=1\n']);
    expect(stdout).toMatch(/^::error file=captures\/q182619 .*,title=mta\.9404 at frame 76::/m);
    expect(readdirSync(cwd).sort()).toEqual(['captures', 'github-output', 'out one.xml', 's.sarif']);
  });

  it('runs nothing that stands in an input', () => {
    const cwd = project(['clean-association.pcap']);
    run(cwd, {
      captures: 'captures/$(touch pwned)`touch pwned`',
      'fail-on': 'error; touch pwned',
      config: '$(touch pwned)',
    });
    expect(readdirSync(cwd)).not.toContain('pwned');
    expect(step.run).not.toContain('${{');
  });

  it('takes only inputs that it declares, and options that there are', () => {
    const used = [...read('action.yml').matchAll(/inputs\.([\w-]+)/g)].map(match => match[1]!);
    expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)));
    const known = COMMANDS.find(command => command.name === 'gate')!.options.map(option => flagOf(option).long);
    for (const [flag] of step.run.matchAll(/--[a-z][a-z-]+/g)) expect(known).toContain(flag);
  });
});

describe('the GitLab job', () => {
  const job = parse(read('.gitlab/mtascope.gitlab-ci.yml'))['.mtascope-gate'];

  /** The script as it stands, with an npm that only writes down what it was asked for. */
  function run(cwd: string, variables: Record<string, string>): SpawnSyncReturns<string> & { npm: string } {
    mkdirSync(join(cwd, 'path'), { recursive: true });
    const log = join(cwd, 'path', 'npm.log');
    writeFileSync(log, '');
    writeFileSync(join(cwd, 'path', 'npm'), `#!/bin/sh\necho "$@" >> '${log}'\n`, { mode: 0o755 });
    const path = `${join(cwd, 'path')}:${process.env.PATH}`;
    const ran = bash(job.script.join('\n'), cwd, { ...job.variables, ...variables, PATH: path });
    return { ...ran, npm: readFileSync(log, 'utf8') };
  }

  it('judges by the policy of the project and leaves its artifacts', () => {
    const cwd = project(['clean-association.pcap', 'q182619-5.0.pcap']);
    writeFileSync(join(cwd, 'mtascope.config.json'), '{ "captures": ["captures"], "failOn": "never" }');
    const passed = run(cwd, { MTASCOPE_CHECKOUT: ROOT });
    expect(passed.stderr).toBe('');
    expect(passed.status).toBe(0);
    expect(passed.npm).toBe(`ci --no-audit --no-fund --prefix ${ROOT}\n`);
    for (const path of [...job.artifacts.paths, job.artifacts.reports.junit]) expect(readdirSync(cwd)).toContain(path);
    const failed = run(cwd, {
      MTASCOPE_CHECKOUT: ROOT,
      MTASCOPE_CAPTURES: 'captures/*.pcap',
      MTASCOPE_OPTIONS: '--fail-on error',
    });
    expect(failed.status).toBe(1);
  });

  it('installs what it is told to', () => {
    const cwd = project(['clean-association.pcap']);
    mkdirSync(join(cwd, '.mtascope/node_modules'), { recursive: true });
    symlinkSync(ROOT, join(cwd, '.mtascope/node_modules/mtascope'));
    const { status, npm } = run(cwd, { MTASCOPE_PACKAGE: './mtascope-0.1.0.tgz', MTASCOPE_CAPTURES: 'captures' });
    expect([status, npm]).toEqual([
      0,
      'install --no-save --no-audit --no-fund --prefix .mtascope ./mtascope-0.1.0.tgz\n',
    ]);
  });

  // Nothing is published under the name: whoever registers it would run in every pipeline.
  it('fetches nothing by a name of its own', () => {
    const { status, stderr, stdout, npm } = run(project([]), {});
    expect([status, stdout, npm]).toEqual([2, '', '']);
    expect(stderr).toMatch(
      /^mtascope: no clone of it in '\.' \(MTASCOPE_CHECKOUT\), and MTASCOPE_PACKAGE names no .*\n$/,
    );
  });
});

describe('the page about builds', () => {
  it('names versions only that there are, and fetches no package by its bare name', () => {
    const page = read('docs/ci.md');
    const tags = spawnSync('git', ['tag'], { cwd: ROOT, encoding: 'utf8' }).stdout.split('\n');
    for (const [, version] of page.matchAll(/(?:\/mtascope@|\brev: )(v[\d.]+)/g)) expect(tags).toContain(version);
    expect(page).not.toMatch(/npx mtascope|npm (?:install|i)[^\n]* mtascope$/m);
  });
});

describe('the pre-commit hook', () => {
  const [hook] = parse(read('.pre-commit-hooks.yaml'));

  it('is called with the captures of a commit', () => {
    const cwd = project(['clean-association.pcap', 'q182619-5.0.pcap']);
    const files = readdirSync(join(cwd, 'captures')).map(name => join('captures', name));
    expect(files.every(file => new RegExp(hook.files).test(file))).toBe(true);
    const [program, ...args] = hook.entry.split(' ');
    expect(program).toBe('mtascope');
    const ran = spawnSync(process.execPath, [BIN, ...args, ...files], { cwd, encoding: 'utf8' });
    expect(ran.status).toBe(1);
    expect(ran.stdout).not.toContain('clean-association');
  });
});

describe('the example policies', () => {
  it.each([
    ['passes', 0],
    ['fails', 1],
    ['baseline', 0],
  ])('%s ends with exit code %s', (name, code) => {
    const ran = spawnSync(process.execPath, [BIN, 'gate', '--config', `examples/gate/${name}.jsonc`], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(code);
  });

  it('the one with a baseline fails without it', () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'examples/gate'), { recursive: true });
    symlinkSync(join(ROOT, 'captures'), join(cwd, 'captures'));
    const { baseline: _, ...policy } = parse(read('examples/gate/baseline.jsonc').replace(/^\/\/.*$/gm, ''));
    writeFileSync(join(cwd, 'examples/gate/p.json'), JSON.stringify(policy));
    expect(
      spawnSync(process.execPath, [BIN, 'gate', '--config', 'examples/gate/p.json'], { cwd, encoding: 'utf8' }).status,
    ).toBe(1);
  });
});

describe('what is made from other sources', () => {
  it('is up to date', () => {
    const checked = spawnSync('npx', ['tsx', 'scripts/schema.ts', '--check'], { cwd: ROOT, encoding: 'utf8' });
    expect(checked.stderr.split('\n').filter(line => line.includes('stale'))).toEqual([]);
    expect(checked.status).toBe(0);
  }, 60_000);

  it('names options that there are, in every page', () => {
    const known = new Set(
      COMMANDS.flatMap(command => command.options.map(option => flagOf(option).long)).concat('--help', '--version'),
    );
    for (const page of ['docs/ci.md', 'docs/json.md', 'docs/cli.md']) {
      for (const [line] of read(page).matchAll(/(?<!\w)mtascope (?:gate|analyze|messages|streams)[^`\n|]*/g)) {
        for (const [flag] of line.matchAll(/--[a-z][a-z-]+/g))
          expect([...known], `${basename(page)}: ${line}`).toContain(flag);
      }
    }
  });
});

describe('the package', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const packed = (path: string): boolean =>
    /^(README\.md|LICENSE|package\.json)$/.test(path) ||
    files.some(name => path === name || path.startsWith(`${name}/`));

  it('holds what its pages link to', () => {
    const pages = ['README.md', 'CHANGELOG.md', 'captures/README.md'].concat(
      readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.md'))
        .map(name => `docs/${name.replaceAll('\\', '/')}`),
    );
    const broken: string[] = [];
    for (const page of pages) {
      for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^\w+:/.test(target!)) continue;
        const path = posix.join(posix.dirname(page), target!);
        if (!packed(path.replace(/\/$/, '')) || !existsSync(join(ROOT, path))) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
});
