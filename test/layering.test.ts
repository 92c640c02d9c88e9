import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom (docs/adr/0001). A folder may always import itself. */
const ALLOWED: Record<string, string[]> = {
  base: [],
  model: ['base'],
  asn1: ['base', 'model'],
  capture: ['base', 'model'],
  filter: ['base', 'model'],
  net: ['base', 'model', 'capture'],
  source: ['base', 'model', 'capture'],
  mta: ['base', 'model'],
  rules: ['base', 'model'],
  osi: ['base', 'model', 'asn1'],
  x400: ['base', 'model', 'asn1'],
  engine: ['base', 'model', 'asn1', 'capture', 'net', 'osi', 'x400', 'mta', 'rules'],
  report: ['base', 'model', 'asn1', 'capture', 'net', 'osi', 'x400', 'mta', 'rules', 'engine', 'filter'],
  viewer: ['base', 'model', 'asn1', 'capture', 'net', 'osi', 'x400', 'mta', 'rules', 'engine', 'filter', 'report'],
};
/** These stand at the edge and may reach everything to their left. */
const EDGES: Record<string, string[]> = { app: ['cli'], cli: [] };
/** The only folders that touch files, processes and clocks. */
const IO = new Set(['source', 'app', 'cli']);

const root = join(import.meta.dirname, '..', 'src');

function files(): { folder: string; file: string; text: string }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && name.includes('/'))
    .map(name => ({ folder: name.split('/')[0]!, file: name, text: readFileSync(join(root, name), 'utf8') }));
}

function imports(text: string): string[] {
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(match => match[1]!);
}

describe('the layers', () => {
  it('has a row for every folder', () => {
    const folders = new Set(files().map(f => f.folder));
    expect([...folders].filter(f => !(f in ALLOWED) && !(f in EDGES))).toEqual([]);
  });

  it('imports only to the left', () => {
    const wrong: string[] = [];
    for (const { folder, file, text } of files()) {
      for (const target of imports(text)) {
        const up = /^((?:\.\.\/)+)([a-z0-9]+)\//.exec(target);
        if (up === null || up[1]!.length / 3 !== file.split('/').length - 1 || up[2] === folder) continue;
        const fine = folder in EDGES ? !EDGES[folder]!.includes(up[2]!) : ALLOWED[folder]!.includes(up[2]!);
        if (!fine) wrong.push(`${file} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps files, processes and clocks at the edges', () => {
    const wrong: string[] = [];
    for (const { folder, file, text } of files()) {
      if (IO.has(folder)) continue;
      for (const target of imports(text))
        if (target.startsWith('node:') && target !== 'node:util') wrong.push(`${file} imports ${target}`);
      if (/\bDate\.now\(|\bMath\.random\(|\bprocess\./.test(text))
        wrong.push(`${file} reads a clock, chance or the process`);
    }
    expect(wrong).toEqual([]);
  });
});
