/** Writes docs/findings: one page a rule and an index, from the tables in src/rules. `npm run docs:findings` */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_RULES } from '../src/app/gate-rules.ts';
import type { Rule } from '../src/rules/rule.ts';

export const FOLDER = fileURLToPath(new URL('../docs/findings/', import.meta.url));

const MADE = '<!-- Made by scripts/findings-docs.ts from src/rules; edit the tables there. -->';

const LAYERS: Readonly<Record<string, string>> = {
  mta: 'The emulated MTA',
  gate: 'The policy of a gate',
  capture: 'The capture file',
  tcp: 'TCP',
  tpkt: 'TPKT (RFC 1006, RFC 2126)',
  cotp: 'Transport (X.224)',
  ses: 'Session (X.225)',
  pres: 'Presentation (X.226)',
  acse: 'ACSE (X.227)',
  rtse: 'RTSE (X.228)',
  ros: 'ROSE (X.229, X.880)',
  p1: 'Message transfer, P1 (X.411)',
  p22: 'Interpersonal messages, P2 and P22 (X.420)',
  p772: 'Military messages, P772 (STANAG 4406)',
  s7: 'S7comm',
};

export function page(rule: Rule): string {
  return [
    MADE,
    `# \`${rule.code}\``,
    `**${inline(rule.title)}**`,
    `Severity: ${rule.severity} · Clause: ${inline(rule.clause)}`,
    '## What it means and what to do',
    inline(rule.help),
    '## How sure',
    inline(rule.certain),
    '[All rules](README.md)',
    '',
  ].join('\n\n');
}

export function index(rules: readonly Rule[]): string {
  const parts = [MADE, '# Rules', 'Each finding has a code; `mtascope explain CODE` prints the page of one.'];
  for (const layer of new Set(rules.map(layerOf))) {
    parts.push(`## ${LAYERS[layer] ?? layer}`);
    const rows = rules.filter(rule => layerOf(rule) === layer).map(row);
    parts.push(['| code | severity | what |', '|---|---|---|', ...rows].join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

/** File names in the folder with their content. */
export function pages(rules: readonly Rule[]): Map<string, string> {
  const out = new Map([['README.md', index(rules)]]);
  for (const rule of rules) out.set(`${rule.code}.md`, page(rule));
  return out;
}

function row(rule: Rule): string {
  return `| [\`${rule.code}\`](${rule.code}.md) | ${rule.severity} | ${inline(rule.title).replaceAll('|', '\\|')} |`;
}

function layerOf(rule: Rule): string {
  return rule.code.slice(0, rule.code.indexOf('.'));
}

/** Our own texts, but written for people and not for Markdown: angle brackets would vanish. */
function inline(text: string): string {
  return text.replaceAll('<', '&lt;');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(FOLDER, { recursive: true });
  const wanted = pages(ALL_RULES);
  for (const name of readdirSync(FOLDER)) if (!wanted.has(name)) rmSync(join(FOLDER, name));
  for (const [name, text] of wanted) writeFileSync(join(FOLDER, name), text);
  console.log(`${wanted.size - 1} pages in docs/findings`);
}
