import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ALL_RULES } from '../../src/app/gate-rules.ts';
import { ruleOf } from '../../src/rules/catalogue.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    // Renderers name fields (tpkt.length), not rules.
    name => name.endsWith('.ts') && !/^(rules|cli|report|viewer|filter)\b/.test(name),
  );
}

/** Calls through which layers report a condition: the first code-like string in their arguments is the rule's code. */
const RAISED =
  /\b(?:fault|condition|add|warn|code)\s*[(:]\s*(?:[^'"`()]{0,60}?,\s*)?'((?:capture|tcp|tpkt|cotp|mta)\.[a-z0-9-]+)'/g;

it('every code that a layer raises has a rule', () => {
  const unknown: string[] = [];
  let raised = 0;
  for (const name of sourceFiles()) {
    for (const match of readFileSync(join(SOURCES, name), 'utf8').matchAll(RAISED)) {
      raised++;
      if (ruleOf(match[1]!) === undefined) unknown.push(`${name}: ${match[1]}`);
    }
  }
  expect(unknown).toEqual([]);
  expect(raised).toBeGreaterThan(20);
});

it('every rule is named by a test, so that one which nothing raises shows', () => {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const named = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.test.ts'))
      for (const [code] of readFileSync(join(folder, name), 'utf8').matchAll(/\b[a-z0-9]+\.[a-z0-9-]+/g))
        named.add(code);
  expect(ALL_RULES.map(rule => rule.code).filter(code => !named.has(code))).toEqual([]);
});
