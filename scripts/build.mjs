// Builds dist/ with esbuild: one small part that every start loads (the parser of the command line), and parts with shared chunks
// for everything that a command loads when it is called. All of them are CommonJS, loaded by boot.cjs with the bytecode that is
// kept beside them at the end; docs/adr/0030 has the numbers.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'src', 'cli');
/**
 * Libraries written as CommonJS ask for Node's own modules by require, which an ECMAScript module does not have; making one in each
 * chunk costs a millisecond a chunk. So they get them from a module that imports them.
 */
const builtinsByImport = {
  name: 'builtins-by-import',
  setup(pluginBuild) {
    const names = new Set(builtinModules);
    pluginBuild.onResolve({ filter: /^(node:)?[a-z_/]+$/ }, args => {
      const name = args.path.replace(/^node:/, '');
      if (args.namespace === 'builtin-import') return null;
      if (args.namespace === 'builtin') return { path: name, namespace: 'builtin-import' };
      return args.kind === 'require-call' && names.has(name) ? { path: name, namespace: 'builtin' } : null;
    });
    // What require would have given: the module itself, not a namespace around it.
    pluginBuild.onLoad({ filter: /.*/, namespace: 'builtin' }, args => ({
      contents: `module.exports = require('${args.path}').default;`,
      loader: 'js',
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'builtin-import' }, args => ({
      contents: `export { default } from 'node:${args.path}';`,
      loader: 'js',
    }));
  },
};

// Written aside and swapped at the end: a build that fails leaves the last good one in its place.
const dist = join(root, `dist-${process.pid}.tmp`);
process.on('exit', () => rmSync(dist, { recursive: true, force: true }));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // A name that is kept costs a call for each function that is made, also for those made again for every message; errors have
  // their names written out.
  keepNames: false,
  platform: 'node',
  target: 'node20.19',
  // The ECMAScript build of a library before its CommonJS one: only that can be split and thinned out.
  mainFields: ['module', 'main'],
  define: { __MTASCOPE_VERSION__: JSON.stringify(version) },
  legalComments: 'linked',
  logLevel: 'warning',
  // The version is defined, so the code that would look for package.json is dropped.
  logOverride: { 'empty-import-meta': 'silent' },
};

/** In the first part, `import('./commands/x.ts')` stays an import of the module that the second build writes. */
const lateParts = {
  name: 'late-parts',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /\.ts$/ }, args => {
      if (args.kind !== 'dynamic-import') return null;
      const file = resolve(args.resolveDir, args.path);
      const name = relative(join(root, 'src'), file)
        .replace(/^cli[\\/]/, '')
        .replace(/\.ts$/, '');
      late.set(name, file);
      return { path: `./${name}.cjs`, external: true };
    });
  },
};
const late = new Map();

/**
 * commander loads node:child_process for subcommands that are programs of their own. We have none, and loading it is a good part of
 * what `--help` costs: it is loaded when it is first used, which is never.
 */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^node:child_process$/ }, args =>
      args.importer.includes('commander') ? { path: args.path, namespace: 'lazy' } : null,
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "module.exports = { get spawn() { return require('node:child_process').spawn; } };",
      loader: 'js',
    }));
  },
};

for (const name of ['boot', 'thread'])
  await build({
    ...common,
    entryPoints: [join(source, `${name}.ts`)],
    outfile: join(dist, `${name}.cjs`),
    format: 'cjs',
  });
await build({
  ...common,
  entryPoints: [join(source, 'start.ts')],
  outfile: join(dist, 'start.cjs'),
  format: 'cjs',
  supported: { 'dynamic-import': false },
  plugins: [lateParts, lazyChildProcess],
});
// What other threads run, each a part of its own beside the chunks of dist/; thread.cjs loads it.
const workers = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.worker.ts'))
  .map(name => ({ in: join(root, 'src', name), out: name.split(/[\\/]/).at(-1).replace(/\.ts$/, '') }));
await build({
  ...common,
  entryPoints: [...[...late].map(([out, file]) => ({ in: file, out })), ...workers],
  outdir: dist,
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [builtinsByImport],
});

/** What boot.cjs loads is the text of a function, in ASCII: text that it would have to put together or decode is copied first. */
function writePart(file, code) {
  // esbuild leaves only the characters of regular expressions as they are.
  const ascii = code.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  writeFileSync(file, `(function(exports,require,module,__filename,__dirname){${ascii}\n})`);
}

// esbuild splits ECMAScript modules only: the parts are made CommonJS afterwards.
const URL_OF_PART = "const __partUrl = require('node:url').pathToFileURL(__filename).href;\n";
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.mjs')) continue;
  const file = join(dist, name);
  const { code } = await transform(readFileSync(file, 'utf8'), {
    format: 'cjs',
    minify: true,
    platform: 'node',
    target: common.target,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__partUrl' },
  });
  const required = code.replace(/require\((["'`])(\.{1,2}\/[^"'`]+)\.mjs\1\)/g, 'require($1$2.cjs$1)');
  const head = required.includes('__partUrl') ? URL_OF_PART : '';
  // What a part exports comes as getters, which cost each call from another part a call more; nothing in it changes once it is loaded.
  // The mark of an ECMAScript module goes along, or its default export would be taken for a property of another one.
  const plain = "module.exports=Object.defineProperty({...module.exports},'__esModule',{value:true});";
  writePart(file.replace(/\.mjs$/, '.cjs'), `${head}${required}\n${plain}`);
  rmSync(file);
}
writePart(join(dist, 'start.cjs'), readFileSync(join(dist, 'start.cjs'), 'utf8'));

// The viewer: one script and one style sheet, which `report` puts into the page and `serve` hands out. Nothing of Node is in it.
await build({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  entryPoints: [
    { in: join(root, 'src', 'viewer', 'main.tsx'), out: 'app' },
    { in: join(root, 'src', 'viewer', 'app.css'), out: 'app' },
  ],
  outdir: join(dist, 'viewer'),
  platform: 'browser',
  format: 'iife',
  target: ['chrome100', 'firefox115', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});

// What a first look at a capture calls. A run takes over the bytecode of those before it.
const samples = [
  'clean-association',
  'clean-association-1984',
  'header-split-1',
  'reordered',
  'gap',
  'q182619-5.0',
  'refused-connect',
].map(name => join(root, 'captures', `${name}.pcap`));
const RUNS = [
  ['--help'],
  ['analyze', ...samples],
  ['analyze', ...samples, '--format', 'json'],
  ['messages', ...samples],
  ['associations', ...samples],
  ['gate', ...samples],
  ['packets', samples[0]],
];
for (const args of RUNS) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'bytecode.mjs'), dist, ...args], {
    encoding: 'utf8',
    cwd: root,
  });
  if (status !== 0 && args[0] !== 'gate') throw new Error(`bytecode of ${args[0]}: ${stderr}`);
}

const place = join(root, 'dist');
const old = join(root, `dist-${process.pid}-old.tmp`);
if (existsSync(place)) renameSync(place, old);
renameSync(dist, place);
rmSync(old, { recursive: true, force: true });
